//! The audit: entries of the ledger with their edits, as far as their reader may see them. An entry of
//! which the reader sees no edit does not exist for that reader.

use std::collections::HashMap;

use chrono::NaiveDateTime;
use diesel::dsl::{auto_type, count_star, exists};
use diesel::prelude::*;
use diesel::sql_types::Bool;
use utoipa::IntoParams;

use super::Window;
use super::among::among;
use super::dialect::{Backend, Conn, on_each};
use super::schema::{edits, entries};
use crate::domain::access::{Caller, KeyRole, Reach};
use crate::domain::codes::{Op, RevisionReason};
use crate::domain::row_kind::RowKind;
use crate::domain::when::When;
use crate::error::{Error, Result, Thing};

/// Rows of these kinds have no area: every reader of the audit sees their edits.
const WITHOUT_AREA: [RowKind; 3] = [RowKind::Metric, RowKind::Unit, RowKind::Report];

/// An entry as stored.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = entries)]
#[expect(missing_docs, reason = "the columns, which the migrations and the wire type describe")]
pub struct EntryRow {
    pub seq: i64,
    pub at: NaiveDateTime,
    pub author: String,
    pub key_id: Option<String>,
    pub request_id: Option<String>,
    pub reason: Option<RevisionReason>,
    pub comment: Option<String>,
}

/// What an entry did to one row, as stored: `before` and `after` are the row as JSON.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = edits)]
#[expect(missing_docs, reason = "the columns, which the migrations and the wire type describe")]
pub struct EditRow {
    pub ordinal: i64,
    pub kind: String,
    pub key: String,
    pub op: Op,
    pub before: Option<String>,
    pub after: Option<String>,
}

/// What somebody sees of the audit.
#[derive(Debug, Clone, Copy)]
pub struct Auditor {
    reach: Reach,
    sees_keys: bool,
}

impl Auditor {
    /// What the holder of a key sees: edits of rows within its reach, those of keys when it gives out
    /// keys itself.
    pub fn of(caller: &Caller) -> Auditor {
        Auditor { reach: caller.reach(), sees_keys: caller.role >= KeyRole::Admin }
    }

    /// Whether rows of all areas are seen.
    pub fn sees_everywhere(self) -> bool {
        self.reach == Reach::Everywhere
    }
}

/// Which entries a list shows.
#[derive(Debug, Clone, Default, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct EntryFilter {
    /// Name of the key or command that made them, or id of the key.
    #[param(required = false, example = "seed")]
    pub actor: Option<String>,
    /// Entries made at this instant or later; of a day, from its beginning.
    #[param(required = false, example = "2022-01-01")]
    pub from: Option<When>,
    /// Entries made at this instant or before; of a day, up to its end.
    #[param(required = false, example = "9998-12-31T00:00:00Z")]
    pub to: Option<When>,
    /// Entries of this number or a greater one.
    #[param(minimum = 1, example = 1)]
    pub seq_ge: Option<i64>,
    /// Entries of this number or a smaller one.
    #[param(minimum = 1, example = 1000000)]
    pub seq_le: Option<i64>,
}

#[auto_type(no_type_alias)]
fn visible(auditor: Auditor) -> _ {
    let first: i64 = auditor.reach.span().0;
    let last: i64 = auditor.reach.span().1;
    let everywhere: bool = auditor.reach == Reach::Everywhere;
    let sees_keys: bool = auditor.sees_keys;
    let everything = everywhere.into_sql::<Bool>();
    let keys = sees_keys.into_sql::<Bool>();
    let within = edits::area.between(first, last);
    let everybodys: [RowKind; 3] = WITHOUT_AREA;
    let of_key: RowKind = RowKind::ApiKey;
    everything.or(within).or(edits::kind.eq_any(everybodys)).and(keys.or(edits::kind.ne(of_key)))
}

fn select(auditor: Auditor, filter: &EntryFilter) -> entries::BoxedQuery<'static, Backend> {
    let seen = edits::table.filter(edits::seq.eq(entries::seq)).filter(visible(auditor));
    let mut query = entries::table.filter(exists(seen)).into_boxed();
    if let Some(actor) = &filter.actor {
        query = query.filter(entries::author.eq(actor.clone()).or(entries::key_id.eq(actor.clone())));
    }
    if let Some(from) = filter.from.map(When::first) {
        query = query.filter(entries::at.ge(from));
    }
    if let Some(to) = filter.to.map(When::last) {
        query = query.filter(entries::at.le(to));
    }
    if let Some(least) = filter.seq_ge {
        query = query.filter(entries::seq.ge(least));
    }
    if let Some(most) = filter.seq_le {
        query = query.filter(entries::seq.le(most));
    }
    query
}

/// Entries in the order of their numbers.
pub fn list(
    conn: &mut Conn,
    auditor: Auditor,
    filter: &EntryFilter,
    window: &Window<i64>,
) -> Result<Vec<EntryRow>> {
    let mut query = select(auditor, filter);
    if let Some(after) = window.after {
        query = query.filter(entries::seq.gt(after));
    }
    Ok(query.select(EntryRow::as_select()).order(entries::seq).limit(window.limit).load(conn)?)
}

/// How many entries there are.
pub fn count(conn: &mut Conn, auditor: Auditor, filter: &EntryFilter) -> Result<i64> {
    Ok(select(auditor, filter).count().get_result(conn)?)
}

/// The entry with this number.
///
/// Errors: `NotFound` when there is none of which the reader sees anything.
pub fn find(conn: &mut Conn, auditor: Auditor, seq: i64) -> Result<EntryRow> {
    select(auditor, &EntryFilter::default())
        .filter(entries::seq.eq(seq))
        .select(EntryRow::as_select())
        .first(conn)
        .optional()?
        .ok_or_else(|| Error::NotFound { what: Thing::Entry, key: seq.to_string() })
}

/// Edits of an entry in their order.
pub fn list_edits(conn: &mut Conn, auditor: Auditor, seq: i64, window: &Window<i64>) -> Result<Vec<EditRow>> {
    Ok(edits::table
        .filter(edits::seq.eq(seq))
        .filter(edits::ordinal.gt(window.after.unwrap_or(0)))
        .filter(visible(auditor))
        .select(EditRow::as_select())
        .order(edits::ordinal)
        .limit(window.limit)
        .load(conn)?)
}

/// The first edits of each of these entries, at most so many, in their order, each beside the number of its entry.
pub fn first_edits(
    conn: &mut Conn,
    auditor: Auditor,
    counts: &HashMap<i64, i64>,
    limit: i64,
) -> Result<Vec<(i64, EditRow)>> {
    // To who sees all of them the place of an edit tells how many stand before it. Of an entry with many of which others
    // are hidden, its own query does.
    let sees_all = auditor.sees_everywhere() && auditor.sees_keys;
    let last = if sees_all { limit } else { i64::MAX };
    let at_once = |&(_, &count): &(&i64, &i64)| sees_all || count <= limit;
    let (few, many): (Vec<_>, Vec<_>) = counts.iter().partition(at_once);
    let mut told: Vec<(i64, EditRow)> = on_each!(&mut *conn, conn => edits::table
        .filter(among(edits::seq, few.into_iter().map(|(entry, _)| *entry)))
        .filter(edits::ordinal.le(last))
        .filter(visible(auditor))
        .select((edits::seq, EditRow::as_select()))
        .order((edits::seq, edits::ordinal))
        .load(conn))?;
    for (entry, _) in many {
        let first = list_edits(conn, auditor, *entry, &Window { after: None, limit })?;
        told.extend(first.into_iter().map(|edit| (*entry, edit)));
    }
    Ok(told)
}

/// How many edits each of these entries has.
pub fn counts_of_edits(conn: &mut Conn, auditor: Auditor, entries: &[i64]) -> Result<HashMap<i64, i64>> {
    let counts: Vec<(i64, i64)> = on_each!(conn, conn => edits::table
        .filter(among(edits::seq, entries.iter().copied()))
        .filter(visible(auditor))
        .group_by(edits::seq)
        .select((edits::seq, count_star()))
        .load(conn))?;
    Ok(counts.into_iter().collect())
}

/// How many edits an entry has.
pub fn count_edits(conn: &mut Conn, auditor: Auditor, seq: i64) -> Result<i64> {
    Ok(edits::table.filter(edits::seq.eq(seq)).filter(visible(auditor)).count().get_result(conn)?)
}
