//! Bodies of which what breaks a rule is told last.

use actix_web::HttpRequest;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::Body;
use super::rows::{New, Writable};
use super::why::Why;
use crate::db::Conn;
use crate::db::ledger::Entry;
use crate::domain::access::Sight;
use crate::domain::area_code::AreaCode;
use crate::domain::members::is_name;
use crate::error::{Error, Fault, Result, Thing};
use crate::exchange::drafts::Draft;
use crate::exchange::references::{References, with_unregistered};

/// A body, or what is wrong with its meaning. That is told last, after what the path, the preconditions and
/// the stored rows have to say: see [`Held::checked`].
#[derive(Debug)]
pub struct Held<B> {
    read: Result<B, Vec<Fault>>,
    /// What was sent.
    said: Map<String, Value>,
}

impl<B: Body> Held<B> {
    /// Reads a body, and why it is sent.
    ///
    /// Errors: `Malformed` for what cannot be read. What is missing, or breaks a rule, is held back.
    pub fn read(request: &HttpRequest, mut members: Map<String, Value>) -> Result<(Held<B>, Why)> {
        let said = members.clone();
        let why = Why::take(&mut members);
        let body = B::read(request, members);
        let (why, explained, is_malformed) = hold(why)?;
        let (body, read, body_is_malformed) = hold(body)?;
        let faults = [read, explained].concat();
        if is_malformed || body_is_malformed {
            return Err(Error::Malformed(faults));
        }
        let read = body.filter(|_| faults.is_empty()).ok_or(faults);
        Ok((Held { read, said }, why.unwrap_or_default()))
    }

    /// The body of a request that has none.
    pub fn none(request: &HttpRequest) -> Result<Held<B>> {
        Ok(Held { read: Ok(B::read(request, Map::new())?), said: Map::new() })
    }
}

impl<B> Held<B> {
    /// The body, where all that comes before has been looked at.
    ///
    /// Errors: `Invalid` for what is missing or breaks a rule.
    pub fn checked(&self) -> Result<&B> {
        self.read.as_ref().map_err(|faults| Error::Invalid(faults.clone()))
    }

    /// Whether names stand beside codes, as they do in a row that was read with `names=true`.
    pub fn has_names(&self) -> bool {
        self.said.keys().any(|name| is_name(name))
    }

    /// A member that tells, where it can be read by itself.
    pub fn said<T: DeserializeOwned>(&self, name: &str) -> Option<T> {
        serde_json::from_value(self.said.get(name)?.clone()).ok()
    }

    /// The areas that a new row is said to belong to.
    pub fn areas(&self) -> Vec<AreaCode> {
        let listed = self.said::<Vec<AreaCode>>("areas").unwrap_or_default();
        self.said("area").into_iter().chain(listed).collect()
    }

    /// As [`Held::checked`], of a move, of which it comes first whether the row can go to the state that it names.
    pub fn checked_move<T: DeserializeOwned>(&self, check: impl FnOnce(T) -> Result<()>) -> Result<&B> {
        self.checked().or_else(|error| self.said("to").map_or(Ok(()), check).and(Err(error)))
    }

    /// As [`Held::checked`], with what the body refers to and is not registered among the faults.
    pub fn checked_with(&self, conn: &mut Conn, sight: Sight, references: References) -> Result<&B> {
        self.read.as_ref().map_err(|faults| with_unregistered(conn, sight, references, &self.said, faults))
    }
}

impl<D: Writable + Draft> Held<New<D>> {
    /// A new row, with all that is wrong with it.
    ///
    /// Errors: `Conflict` when its code `is_taken`, then `Invalid` with the faults of its form and what it refers to
    /// and is not there.
    pub fn new_row(
        &self,
        entry: &mut Entry<'_>,
        sight: Sight,
        what: Thing,
        is_taken: impl FnOnce(&mut Conn, &str) -> Result<bool>,
    ) -> Result<&D> {
        if let Some(key) = self.said::<String>("code")
            && is_taken(entry.conn, &key)?
        {
            return Err(Error::Conflict { what, key });
        }
        let New(draft) = self.checked_with(entry.conn, sight, D::REFERENCES)?;
        draft.check_references(entry.conn, sight)?;
        Ok(draft)
    }
}

/// What was read, or what is wrong with its form, and whether it cannot be read at all.
fn hold<T>(read: Result<T>) -> Result<(Option<T>, Vec<Fault>, bool)> {
    match read {
        Ok(read) => Ok((Some(read), Vec::new(), false)),
        Err(Error::Invalid(faults)) => Ok((None, faults, false)),
        Err(Error::Malformed(faults)) => Ok((None, faults, true)),
        Err(other) => Err(other),
    }
}
