//! What the ledger keeps of one project or plan item, and of the milestones of a project: who wrote it when.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDateTime;
use diesel::dsl::max;
use diesel::prelude::*;
use serde::Deserialize;

use super::dialect::Conn;
use super::observations;
use super::schema::{edits, entries};
use super::sight::Moment;
use super::{metrics, plan_items, projects};
use crate::domain::access::{Reach, Sight};
use crate::domain::area_code::AreaCode;
use crate::domain::codes::{Op, Visibility};
use crate::domain::row_kind::RowKind;
use crate::error::{Error, Result};

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
pub fn of_row(conn: &mut Conn, kind: RowKind, key: &str) -> Result<Vec<Written>> {
    let since = last_deletion(conn, kind, key)?;
    since_entry(conn, since, kind, (key, key))
}

/// The edits of what belongs to a project, of one kind, since it was last created, in their order.
pub fn of_parts(conn: &mut Conn, kind: RowKind, project: &str) -> Result<Vec<Written>> {
    let since = last_deletion(conn, RowKind::Project, project)?;
    // Keys are the project's code, a slash, and letters or digits; after all of these comes the tilde.
    since_entry(conn, since, kind, (&format!("{project}/"), &format!("{project}/~")))
}

/// The entries that made rows of a kind, by key. A key is made once.
pub fn makers(conn: &mut Conn, kind: RowKind, keys: Vec<String>) -> Result<HashMap<String, i64>> {
    let made: Vec<(String, i64)> = edits::table
        .filter(edits::kind.eq(kind).and(edits::key.eq_any(keys)))
        .filter(edits::before.is_null())
        .select((edits::key, edits::seq))
        .load(conn)?;
    Ok(made.into_iter().collect())
}

/// What a row can name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Named {
    /// A metric.
    Metric,
    /// An observation.
    Observation,
    /// A plan item.
    PlanItem,
    /// A project.
    Project,
}

/// Which of these keys name what the reader sees, or saw until it was deleted.
pub fn seen_among(
    conn: &mut Conn,
    moment: Moment,
    named: Named,
    keys: Vec<String>,
) -> Result<HashSet<String>> {
    let sight = moment.sight;
    let (kind, mut seen) = match named {
        Named::Metric => (RowKind::Metric, metrics::seen_among(conn, sight, keys.clone())?),
        Named::PlanItem => (RowKind::PlanItem, plan_items::seen_among(conn, sight, keys.clone())?),
        Named::Project => (RowKind::Project, projects::seen_among(conn, sight, keys.clone())?),
        Named::Observation => {
            let ids = keys.iter().filter_map(|key| key.parse().ok()).collect();
            let known = observations::known_among(conn, moment, ids)?;
            return Ok(known.into_iter().map(|id| id.to_string()).collect());
        }
    };
    seen.extend(seen_until_deleted(conn, sight, kind, keys)?);
    Ok(seen)
}

/// What the ledger keeps of a row, as far as it is of interest here.
#[derive(Deserialize)]
struct Kept {
    visibility: Visibility,
}

/// Of these keys of a kind those whose row is deleted and could be seen before.
fn seen_until_deleted(
    conn: &mut Conn,
    sight: Sight,
    kind: RowKind,
    keys: Vec<String>,
) -> Result<HashSet<String>> {
    type Last = (String, Op, Option<AreaCode>, Option<String>);
    let written: Vec<Last> = edits::table
        .filter(edits::kind.eq(kind).and(edits::key.eq_any(keys)))
        .order((edits::seq, edits::ordinal))
        .select((edits::key, edits::op, edits::area, edits::before))
        .load(conn)?;
    let last: HashMap<_, _> =
        written.into_iter().map(|(key, op, area, row)| (key, (op, area, row))).collect();
    let mut seen = HashSet::new();
    for (key, (op, area, row)) in last {
        let Some(row) = row.filter(|_| op == Op::Delete) else { continue };
        let kept: Kept =
            serde_json::from_str(&row).map_err(|error| Error::Corrupt(format!("edit of {key}: {error}")))?;
        let reached = area.map_or(sight.internal != Reach::Nowhere, |area| sight.internal.covers(area));
        if kept.visibility == Visibility::Public || reached {
            seen.insert(key);
        }
    }
    Ok(seen)
}

/// The edits of rows of a kind, with keys from the first to the last, after an entry.
fn since_entry(
    conn: &mut Conn,
    since: i64,
    kind: RowKind,
    (first, last): (&str, &str),
) -> Result<Vec<Written>> {
    Ok(edits::table
        .inner_join(entries::table.on(entries::seq.eq(edits::seq)))
        .filter(edits::kind.eq(kind).and(edits::key.between(first, last)))
        .filter(edits::seq.gt(since))
        .order((edits::seq, edits::ordinal))
        .select((edits::seq, edits::ordinal, entries::at, entries::author, edits::before, edits::after))
        .load(conn)?)
}

/// The entry that deleted a row last; 0 when none did.
fn last_deletion(conn: &mut Conn, kind: RowKind, key: &str) -> Result<i64> {
    let last: Option<i64> = edits::table
        .filter(edits::kind.eq(kind).and(edits::key.eq(key)))
        .filter(edits::op.eq(Op::Delete))
        .select(max(edits::seq))
        .get_result(conn)?;
    Ok(last.unwrap_or(0))
}
