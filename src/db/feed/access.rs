//! Edits that changed who sees a row: it was deleted, published or withdrawn, or came to lie elsewhere. What belongs to
//! the row, or refers to it, is seen otherwise since, though nobody wrote it.

use diesel::prelude::*;
use itertools::Itertools;

use super::candidates::{Candidates, Cause};
use crate::db::among::among;
use crate::db::dialect::{Conn, on_each};
use crate::db::image::Image;
use crate::db::schema::{
    edits, metrics, milestones, observations, plan_item_projects, plan_items, progress_reports,
    revision_projects,
};
use crate::domain::codes::Op;
use crate::domain::feed::{FeedKind, Key, Position, UpTo};
use crate::domain::row_kind::RowKind;
use crate::error::Result;

/// An edit that changed who sees a row.
#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = edits)]
struct Change {
    seq: i64,
    kind: RowKind,
    key: String,
    op: Op,
    before: Option<String>,
    after: Option<String>,
}

impl Change {
    /// The projects that the row is linked to, before or after.
    fn projects(&self) -> Result<Vec<String>> {
        let images = [&self.before, &self.after].into_iter().flatten().map(|image| Image::read(image));
        let projects = images.map(|image| Ok(image?.projects)).collect::<Result<Vec<_>>>()?;
        Ok(projects.concat())
    }
}

/// Rows that others see since edits after a position than saw them before, of the first so many edits.
pub(super) fn list(conn: &mut Conn, after: &Position, limit: i64) -> Result<Candidates> {
    let first = if after.row == UpTo::End { after.seq + 1 } else { after.seq };
    let mut changes = changes(conn, first, limit)?;
    let mut candidates = Candidates::default();
    if changes.len() as i64 >= limit
        && let Some(last) = changes.last().map(|change| change.seq)
    {
        // All of the last entry, so that the order within it is known.
        changes.retain(|change| change.seq < last);
        changes.extend(of_entry(conn, last)?);
        candidates.end_at(Position::after_entry(last));
    }
    let is_own = |change: &&Change| change.op == Op::Delete || change.kind == RowKind::Observation;
    for change in changes.iter().filter(is_own) {
        if let Some(kind) = FeedKind::of(change.kind)
            && let Some(key) = kind.read_key(&change.key)
        {
            candidates.add(kind, Cause::Access, [(change.seq, key)]);
        }
    }
    for change in changes.iter().filter(|change| change.kind == RowKind::PlanItem) {
        let projects = change.projects()?.into_iter().map(|code| (change.seq, Key::Code(code)));
        candidates.add(FeedKind::Project, Cause::Access, projects);
    }
    let put = changes.into_iter().filter(|change| change.op == Op::Put).collect_vec();
    for (kind, changes) in put.into_iter().into_group_map_by(|change| change.kind) {
        dependants(conn, kind, &changes, after, limit, &mut candidates)?;
    }
    Ok(candidates)
}

fn changes(conn: &mut Conn, first: i64, limit: i64) -> Result<Vec<Change>> {
    Ok(on_each!(conn, conn => edits::table
        .filter(edits::changes_access)
        .filter(edits::seq.ge(first))
        .order((edits::seq, edits::ordinal))
        .select(Change::as_select())
        .limit(limit)
        .load(conn))?)
}

fn of_entry(conn: &mut Conn, seq: i64) -> Result<Vec<Change>> {
    Ok(on_each!(conn, conn => edits::table
        .filter(edits::changes_access)
        .filter(edits::seq.eq(seq))
        .order(edits::ordinal)
        .select(Change::as_select())
        .load(conn))?)
}

/// What belongs or refers to rows of a kind.
fn dependants(
    conn: &mut Conn,
    kind: RowKind,
    changes: &[Change],
    after: &Position,
    limit: i64,
    candidates: &mut Candidates,
) -> Result<()> {
    let codes = changes.iter().map(|change| change.key.clone()).unique().collect_vec();
    let seqs = changes.iter().map(|change| (change.key.clone(), change.seq)).into_group_map();
    let mut add = |kind: FeedKind, rows: Vec<(String, Key)>| {
        for (of, key) in rows {
            let seqs = seqs.get(&of).into_iter().flatten();
            candidates.add(kind, Cause::Access, seqs.map(|&seq| (seq, key.clone())));
        }
    };
    match kind {
        RowKind::Project => {
            let steps: Vec<(String, i64)> = on_each!(&mut *conn, conn => milestones::table
                .filter(among(milestones::project, codes.clone()))
                .select((milestones::project, milestones::ordinal))
                .load(conn))?;
            let steps = steps.into_iter().map(|(of, ordinal)| (of.clone(), Key::Part(of, ordinal)));
            add(FeedKind::Milestone, steps.collect());
            let reports: Vec<(Option<String>, i64)> = on_each!(&mut *conn, conn => progress_reports::table
                .filter(among(progress_reports::project, codes.clone()))
                .select((progress_reports::project, progress_reports::id))
                .load(conn))?;
            add(FeedKind::ProgressReport, numbered(reports));
            let figures: Vec<(String, i64)> = on_each!(&mut *conn, conn => revision_projects::table
                .filter(among(revision_projects::project, codes.clone()))
                .select((revision_projects::project, revision_projects::observation))
                .distinct()
                .load(conn))?;
            add(FeedKind::Observation, numbered(figures.into_iter().map(|(of, id)| (Some(of), id))));
            let items: Vec<(String, String)> = on_each!(conn, conn => plan_item_projects::table
                .filter(among(plan_item_projects::project, codes))
                .select((plan_item_projects::project, plan_item_projects::item))
                .load(conn))?;
            add(FeedKind::PlanItem, items.into_iter().map(|(of, item)| (of, Key::Code(item))).collect());
        }
        RowKind::PlanItem => {
            let reports: Vec<(Option<String>, i64)> = on_each!(conn, conn => progress_reports::table
                .filter(among(progress_reports::plan_item, codes))
                .select((progress_reports::plan_item, progress_reports::id))
                .load(conn))?;
            add(FeedKind::ProgressReport, numbered(reports));
        }
        RowKind::Metric => {
            for change in changes {
                of_metric(conn, change, after, limit, candidates)?;
            }
        }
        _ => {}
    }
    Ok(())
}

/// What belongs or refers to a metric that was published or withdrawn, which few are. It may have more figures than a
/// page has room for.
fn of_metric(
    conn: &mut Conn,
    change: &Change,
    after: &Position,
    limit: i64,
    candidates: &mut Candidates,
) -> Result<()> {
    let (code, seq) = (&change.key, change.seq);
    let told = match &after.row {
        UpTo::Row(FeedKind::Observation, Key::Number(id)) if after.seq == seq => *id,
        _ => 0,
    };
    let ids: Vec<i64> = on_each!(&mut *conn, conn => observations::table
        .filter(observations::metric.eq(code).and(observations::id.gt(told)))
        .select(observations::id)
        .order(observations::id)
        .limit(limit)
        .load(conn))?;
    let rows = ids.into_iter().map(|id| (seq, Key::Number(id))).collect();
    candidates.merge(Candidates::of_rows(FeedKind::Observation, Cause::Access, rows, limit));
    let others: Vec<String> = on_each!(&mut *conn, conn => metrics::table
        .filter(metrics::numerator.eq(code).or(metrics::denominator.eq(code)).or(metrics::weight.eq(code))
            .or(metrics::replaced_by.eq(code)))
        .select(metrics::code)
        .load(conn))?;
    candidates.add(FeedKind::Metric, Cause::Access, others.into_iter().map(|code| (seq, Key::Code(code))));
    let items: Vec<String> = on_each!(conn, conn => plan_items::table
        .filter(plan_items::metric.eq(code))
        .select(plan_items::code)
        .load(conn))?;
    candidates.add(FeedKind::PlanItem, Cause::Access, items.into_iter().map(|code| (seq, Key::Code(code))));
    Ok(())
}

fn numbered(rows: impl IntoIterator<Item = (Option<String>, i64)>) -> Vec<(String, Key)> {
    rows.into_iter().filter_map(|(of, id)| Some((of?, Key::Number(id)))).collect()
}
