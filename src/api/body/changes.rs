//! Bodies that say what of a row changes: merge patches (RFC 7396).

use std::marker::PhantomData;

use actix_web::HttpRequest;
use serde::Serialize;
use serde_json::{Map, Value};

use super::members::{check_unchanged, members_of, same};
use super::rows::{Writable, read_only};
use super::{Body, JSON};
use crate::error::Result;
use crate::exchange::drafts::{citation, quantity};
use crate::exchange::reading::{check_part, read_row};

const MERGE_PATCH: &str = "application/merge-patch+json";

/// Changes of a row, a merge patch (RFC 7396): an absent member stays, null clears. A row that was read is
/// one too, which changes nothing.
#[derive(Debug, Clone)]
pub struct Changes<D> {
    members: Map<String, Value>,
    of: PhantomData<D>,
}

impl<D: Writable> Body for Changes<D> {
    const MEDIA: &'static [&'static str] = &[MERGE_PATCH, JSON];

    fn read(_: &HttpRequest, members: Map<String, Value>) -> Result<Changes<D>> {
        // What cannot be read is told at once, before the row is looked for. What is missing is no fault of a change.
        let read_only = read_only::<D>();
        let own = members.iter().filter(|(name, _)| !read_only.contains(&name.as_str()));
        let own: Map<String, Value> = own.map(|(name, value)| (name.clone(), value.clone())).collect();
        check_part::<D>(Value::Object(own))?;
        Ok(Changes { members, of: PhantomData })
    }
}

impl<D: Writable> Changes<D> {
    /// The changes without what is sent back as the caller sees the row.
    ///
    /// Errors: `Malformed` for a member that a change may not have and that is not as it is in the row.
    pub fn of(&self, row: &impl Serialize) -> Result<Changes<D>> {
        self.within(row, None)
    }

    /// As [`Changes::of`], where only these members may change.
    pub fn within(&self, row: &impl Serialize, only: Option<&[&str]>) -> Result<Changes<D>> {
        let row = members_of(row)?;
        let read_only = read_only::<D>();
        let fixed = |name: &str| {
            read_only.contains(&name)
                || D::KEY.contains(&name)
                || only.is_some_and(|only| !only.contains(&name))
        };
        let names: Vec<&str> = self.members.keys().map(String::as_str).filter(|name| fixed(name)).collect();
        check_unchanged(&self.members, &names, &row)?;
        let mut members = self.members.clone();
        quantity::drop_restated(&mut members, &row, same);
        members.retain(|name, value| {
            !fixed(name) && (quantity::is_part(name, &row) || !same(value, row.get(name)))
        });
        Ok(Changes { members, of: PhantomData })
    }

    /// The row as it is after the changes.
    ///
    /// Errors: `Invalid` when a member that is needed is cleared.
    pub fn onto(&self, row: &impl Serialize) -> Result<D> {
        let mut whole = members_of(row)?;
        let read_only = read_only::<D>();
        whole.retain(|name, _| !read_only.contains(&name.as_str()));
        quantity::restate(&mut whole, &self.members);
        merge(&mut whole, &self.members);
        read_row(whole)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// Whether a member is among the changes.
    pub fn has(&self, member: &str) -> bool {
        self.members.contains_key(member)
    }
}

/// RFC 7396, section 2.
fn merge(row: &mut Map<String, Value>, patch: &Map<String, Value>) {
    for (name, change) in patch {
        match (row.get_mut(name), change) {
            (_, Value::Null) => drop(row.remove(name)),
            (Some(Value::Object(inner)), Value::Object(changes)) => {
                quantity::restate(inner, changes);
                citation::relocate(inner, changes);
                merge(inner, changes);
            }
            (_, Value::Object(changes)) => {
                let mut inner = Map::new();
                merge(&mut inner, changes);
                row.insert(name.clone(), Value::Object(inner));
            }
            (_, other) => drop(row.insert(name.clone(), other.clone())),
        }
    }
}
