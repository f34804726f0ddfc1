//! What the ledger keeps of one project or plan item, and of the milestones of a project: who wrote it when.

use std::collections::HashMap;

use chrono::NaiveDateTime;
use diesel::dsl::max;
use diesel::prelude::*;

use super::dialect::Conn;
use super::schema::{edits, entries};
use crate::domain::codes::Op;
use crate::error::Result;

/// What an entry did to a row, as stored: `before` and `after` are the row as JSON.
#[derive(Debug, Clone, Queryable)]
pub struct Written {
    /// Number of the entry.
    pub seq: i64,
    /// Place of the edit in it.
    pub ordinal: i64,
    /// When the entry was made.
    pub at: NaiveDateTime,
    /// Who made it.
    pub author: String,
    /// The row before; none when it was new.
    pub before: Option<String>,
    /// The row after; none when it was deleted.
    pub after: Option<String>,
}

/// The edits of a row since it was last created, in their order.
pub fn of_row(conn: &mut Conn, kind: &str, key: &str) -> Result<Vec<Written>> {
    let since = last_deletion(conn, kind, key)?;
    since_entry(conn, since, kind, (key, key))
}

/// The edits of what belongs to a project, of one kind, since it was last created, in their order.
pub fn of_parts(conn: &mut Conn, kind: &str, project: &str) -> Result<Vec<Written>> {
    let since = last_deletion(conn, "project", project)?;
    // Keys are the project's code, a slash, and letters or digits; after all of these comes the tilde.
    since_entry(conn, since, kind, (&format!("{project}/"), &format!("{project}/~")))
}

/// The entries that made rows of a kind, by key. A key is made once.
pub fn makers(conn: &mut Conn, kind: &str, keys: Vec<String>) -> Result<HashMap<String, i64>> {
    let made: Vec<(String, i64)> = edits::table
        .filter(edits::kind.eq(kind).and(edits::key.eq_any(keys)))
        .filter(edits::before.is_null())
        .select((edits::key, edits::seq))
        .load(conn)?;
    Ok(made.into_iter().collect())
}

/// The edits of rows of a kind, with keys from the first to the last, after an entry.
fn since_entry(conn: &mut Conn, since: i64, kind: &str, (first, last): (&str, &str)) -> Result<Vec<Written>> {
    Ok(edits::table
        .inner_join(entries::table.on(entries::seq.eq(edits::seq)))
        .filter(edits::kind.eq(kind).and(edits::key.between(first, last)))
        .filter(edits::seq.gt(since))
        .order((edits::seq, edits::ordinal))
        .select((edits::seq, edits::ordinal, entries::at, entries::author, edits::before, edits::after))
        .load(conn)?)
}

/// The entry that deleted a row last; 0 when none did.
fn last_deletion(conn: &mut Conn, kind: &str, key: &str) -> Result<i64> {
    let last: Option<i64> = edits::table
        .filter(edits::kind.eq(kind).and(edits::key.eq(key)))
        .filter(edits::op.eq(Op::Delete))
        .select(max(edits::seq))
        .get_result(conn)?;
    Ok(last.unwrap_or(0))
}
