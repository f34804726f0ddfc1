//! Rows of each kind in the order of the entries that last wrote them.

use diesel::prelude::*;

use super::candidates::{Candidates, Cause};
use crate::db::dialect::{Conn, on_each};
use crate::db::schema::{
    areas, metrics, milestones, plan_items, plans, progress_reports, projects, public_stamps, reports,
    revisions, units,
};
use crate::domain::feed::{FeedKind, Key, Position, UpTo};
use crate::error::Result;

/// Rows of a kind that were written after a position, at most so many, whoever sees them.
pub(super) fn list(conn: &mut Conn, kind: FeedKind, after: &Position, limit: i64) -> Result<Candidates> {
    let start = Start::of(kind, after);
    // Of the entry in which the position lies the rows behind it; then those of later entries. As one condition no
    // index would serve both.
    macro_rules! rows {
        ($table:ident, $key:ident, $read:path) => {{
            let mut rows: Vec<(i64, Key)> = Vec::new();
            if let Some($read(key)) = &start.key {
                let rest: Vec<_> = on_each!(&mut *conn, conn => $table::table
                    .filter($table::seq.eq(start.seq).and($table::$key.gt(key.clone())))
                    .select($table::$key)
                    .order($table::$key)
                    .limit(limit)
                    .load(conn))?;
                rows.extend(rest.into_iter().map(|key| (start.seq, $read(key))));
            }
            let left = limit - rows.len() as i64;
            let later: Vec<(i64, _)> = on_each!(&mut *conn, conn => $table::table
                .filter($table::seq.gt(start.seq))
                .select(($table::seq, $table::$key))
                .order(($table::seq, $table::$key))
                .limit(left)
                .load(conn))?;
            rows.extend(later.into_iter().map(|(seq, key)| (seq, $read(key))));
            Candidates::of_rows(kind, Cause::Written, rows, limit)
        }};
    }
    Ok(match kind {
        FeedKind::Unit => rows!(units, code, Key::Code),
        FeedKind::Area => rows!(areas, code, Key::Number),
        FeedKind::Report => rows!(reports, code, Key::Code),
        FeedKind::Project => rows!(projects, code, Key::Code),
        FeedKind::Plan => rows!(plans, code, Key::Code),
        FeedKind::ProgressReport => rows!(progress_reports, id, Key::Number),
        FeedKind::Observation => rows!(revisions, observation, Key::Number),
        FeedKind::Metric | FeedKind::PlanItem => {
            let mut written = match kind {
                FeedKind::Metric => rows!(metrics, code, Key::Code),
                _ => rows!(plan_items, code, Key::Code),
            };
            written.add(kind, Cause::Written, stamped(conn, kind, &start)?);
            written
        }
        FeedKind::Milestone => Candidates::of_rows(kind, Cause::Written, parts(conn, &start, limit)?, limit),
    })
}

/// Milestones, whose key has two parts.
fn parts(conn: &mut Conn, start: &Start, limit: i64) -> Result<Vec<(i64, Key)>> {
    let key = (milestones::seq, milestones::project, milestones::ordinal);
    let mut rows: Vec<(i64, String, i64)> = Vec::new();
    if let Some(Key::Part(project, ordinal)) = &start.key {
        rows = on_each!(&mut *conn, conn => milestones::table
            .filter(milestones::seq.eq(start.seq).and(milestones::project.ge(project)))
            .filter(milestones::project.gt(project).or(milestones::ordinal.gt(ordinal)))
            .select(key)
            .order(key)
            .limit(limit)
            .load(conn))?;
    }
    let left = limit - rows.len() as i64;
    let later: Vec<(i64, String, i64)> = on_each!(conn, conn => milestones::table
        .filter(milestones::seq.gt(start.seq))
        .select(key)
        .order(key)
        .limit(left)
        .load(conn))?;
    rows.extend(later);
    Ok(rows.into_iter().map(|(seq, project, ordinal)| (seq, Key::Part(project, ordinal))).collect())
}

/// Where the rows of a kind begin: in entries after this one, and in it behind a key.
struct Start {
    seq: i64,
    key: Option<Key>,
}

impl Start {
    fn of(kind: FeedKind, after: &Position) -> Start {
        match &after.row {
            UpTo::Row(at, key) if *at == kind => Start { seq: after.seq, key: Some(key.clone()) },
            // None of the rows of this kind has been told of the entry.
            UpTo::Row(at, _) if *at < kind => Start { seq: after.seq - 1, key: None },
            _ => Start { seq: after.seq, key: None },
        }
    }
}

/// Rows of which the public is told an older entry than the one that last wrote them.
fn stamped(conn: &mut Conn, kind: FeedKind, start: &Start) -> Result<Vec<(i64, Key)>> {
    let rows: Vec<(i64, String)> = on_each!(conn, conn => public_stamps::table
        .filter(public_stamps::kind.eq(kind.row_kind()).and(public_stamps::seq.ge(start.seq)))
        .select((public_stamps::seq, public_stamps::key))
        .load(conn))?;
    let rows = rows.into_iter().map(|(seq, key)| (seq, Key::Code(key)));
    let is_behind =
        |(seq, key): &(i64, Key)| *seq > start.seq || start.key.as_ref().is_some_and(|at| key > at);
    Ok(rows.filter(is_behind).collect())
}
