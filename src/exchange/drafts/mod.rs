//! What people hand in, by seed, import or request: each kind of row as it is written down by hand.
//! A draft checks itself against the domain's rules and the database, and adds itself to an entry.

pub mod amount;
pub mod area;
pub mod citation;
pub mod hanging;
pub mod key;
pub mod milestone;
pub mod money;
pub mod observation;
pub mod plan;
pub mod plan_item;
pub mod progress_report;
pub mod project;
pub mod quantity;
pub mod recording;
pub mod reference;
pub mod report;
pub mod sources;

use serde::Serialize;
use serde_json::{Map, Value};

use crate::db::Conn;
use crate::db::ledger::{Edited, Entry};
use crate::domain::access::Sight;
use crate::domain::code::Code;
use crate::domain::fold::fold;
use crate::domain::partial_date::PartialDate;
use crate::error::{Error, Fault, Invalid, Place, Result};
use crate::exchange::reading::HandedIn;
use crate::exchange::references::{References, unregistered};

/// A row that somebody hands in.
pub trait Draft: HandedIn + Serialize {
    /// The members that refer to other rows: it can be added once these are there.
    const REFERENCES: References = &[];

    /// Its natural key, told in words. Called when nothing is missing.
    fn natural_key(&self, conn: &mut Conn) -> Result<String>;
    /// Whether a row of its key is there already.
    fn exists(&self, conn: &mut Conn) -> Result<bool>;
    /// Its row as the ledger knows it, by which it is known to have been deleted; none for what is never
    /// deleted.
    fn edited(&self) -> Option<Edited> {
        None
    }
    /// Adds it.
    ///
    /// Errors: `Invalid` with the members that break a rule.
    fn insert(&self, entry: &mut Entry<'_>) -> Result<()>;

    /// Its members, as they would be handed in.
    fn members(&self) -> Result<Map<String, Value>> {
        match serde_json::to_value(self) {
            Ok(Value::Object(members)) => Ok(members),
            Ok(other) => Err(Error::Corrupt(format!("no row: {other}"))),
            Err(error) => Err(Error::Corrupt(error.to_string())),
        }
    }

    /// What it refers to and is not there, or may not be seen.
    fn unregistered(&self, conn: &mut Conn, sight: Sight) -> Result<Vec<Fault>> {
        unregistered(conn, sight, Self::REFERENCES, &self.members()?)
    }

    /// Checks that all it refers to is there and may be seen.
    ///
    /// Errors: `Invalid` with every reference that leads nowhere.
    fn check_references(&self, conn: &mut Conn, sight: Sight) -> Result<()> {
        let faults = self.unregistered(conn, sight)?;
        if faults.is_empty() { Ok(()) } else { Err(Error::Invalid(faults)) }
    }
}

/// A fault of a member, which may be a path such as `quantity/unit`.
pub(super) fn fault(member: &str, invalid: Invalid) -> Fault {
    Fault { place: Place::Pointer(format!("/{member}")), invalid }
}

/// Checks a code that is to be given.
pub(super) fn check_code(code: &str) -> Result<()> {
    Code::to_give(code).map(drop).map_err(|invalid| fault("code", invalid).into())
}

/// Checks that a name or title says something.
pub(super) fn check_text(member: &str, text: &str) -> Result<()> {
    if text.trim().is_empty() || text.contains('\0') {
        return Err(fault(member, Invalid::new("empty", "不能为空", "must not be empty")).into());
    }
    Ok(())
}

/// Checks that no item of a list stands in it twice.
pub(super) fn check_once<T: PartialEq>(member: &str, items: &[T]) -> Result<()> {
    match (0..items.len()).find(|&index| items[..index].contains(&items[index])) {
        None => Ok(()),
        Some(index) => {
            let invalid = Invalid::new("twice", "与前面的重复", "stands here twice");
            Err(fault(&format!("{member}/{index}"), invalid).into())
        }
    }
}

/// Checks that something does not end before it starts, as far as both dates tell.
pub fn check_order(member: &str, start: Option<PartialDate>, end: Option<PartialDate>) -> Result<()> {
    match start.zip(end) {
        Some((start, end)) if start.first_day() > end.last_day() => {
            let (zh, en) = (format!("早于开始日期 {start}"), format!("is before the start, {start}"));
            Err(fault(member, Invalid::new("ends_before_start", zh, en)).into())
        }
        _ => Ok(()),
    }
}

/// Code, names and aliases as one folded text, for `q=` and for search.
pub(super) fn folded<'a>(parts: impl IntoIterator<Item = &'a str>) -> String {
    fold(&parts.into_iter().collect::<Vec<_>>().join(" "))
}

/// Each draft with its place in a body, from 0, and among the rows, from 1.
pub(super) fn numbered<T>(drafts: &[T]) -> impl Iterator<Item = (i64, i64, &T)> {
    (0i64..).zip(drafts).map(|(index, draft)| (index, index + 1, draft))
}
