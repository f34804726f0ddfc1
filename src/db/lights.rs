//! The facts that lights are computed from, gathered for many rows at once, as they were at the end of a
//! day. The rule is in `domain/light.rs`.

use std::collections::HashMap;

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use diesel::sql_types::Bool;

use super::dialect::Conn;
use super::item_set::{ItemSet, load_of_items};
use super::observation_id::ObservationId;
use super::observations::{self as figures, RevisionRow};
use super::plan_items::{BoardRow, PlanItemRow};
use super::progress_reports;
use super::projects::ProjectRow;
use super::schema::{metrics, observations, plan_item_projects, projects, revisions};
use super::sight::{Moment, current, project_visible};
use super::{extensions, moves, own_progress};
use crate::domain::access::Sight;
use crate::domain::at::At;
use crate::domain::codes::{Direction, Role, Spread};
use crate::domain::goal::{Met, compare};
use crate::domain::light::{Facts, Standing};
use crate::domain::row_kind::RowKind;
use crate::domain::stage::Stage;
use crate::error::Result;

/// Rows whose facts are gathered together.
const CHUNK: usize = 1000;

/// When the light of a plan item on this day changes without a write, if ever: when the day ends, or with the next
/// figure that is released.
pub fn good_until(conn: &mut Conn, at: At) -> Result<Option<NaiveDateTime>> {
    let release = figures::next_release(conn, at.now)?;
    Ok(at.midnight.into_iter().chain(release).min())
}

/// The facts of these plan items, in their order, as far as the reader may see them.
pub fn of_items(conn: &mut Conn, sight: Sight, rows: &[PlanItemRow], at: At) -> Result<Vec<Facts>> {
    let mut facts = Vec::with_capacity(rows.len());
    for rows in rows.chunks(CHUNK) {
        let items = ItemSet::These(rows.iter().map(|row| row.code.clone()).collect());
        let rows: Vec<BoardRow> = rows.iter().map(BoardRow::from).collect();
        facts.extend(gather(conn, sight, &items, &rows, at)?);
    }
    Ok(facts)
}

/// The facts of all items of a plan that may be seen, in their order.
pub fn of_plan(conn: &mut Conn, sight: Sight, plan: &str, rows: &[BoardRow], at: At) -> Result<Vec<Facts>> {
    let items = ItemSet::OfPlan(plan.to_owned());
    gather(conn, sight, &items, rows, at)
}

fn gather(conn: &mut Conn, sight: Sight, items: &ItemSet, rows: &[BoardRow], at: At) -> Result<Vec<Facts>> {
    let mut suspended = suspended_projects(conn, sight, items, at)?;
    let latest = progress_reports::latest_of_items(conn, items, at.day)?;
    let targets = rows.iter().filter_map(|row| row.target).collect();
    let missed = missed(conn, Moment::new(sight, None, at.now), targets, at.day)?;
    let (mut states, mut due_dates, mut own) = (HashMap::new(), HashMap::new(), HashMap::new());
    if at.is_past() {
        let untold = rows.iter().filter(|row| latest.get(&row.code).and_then(|told| told.progress).is_none());
        let untold: Vec<String> = untold.map(|row| row.code.clone()).collect();
        own = own_progress::before(conn, RowKind::PlanItem, &untold, at.time)?;
        states = moves::item_states_before(conn, items, at.day)?;
        due_dates = extensions::due_dates_before(conn, items, at.day)?;
    }
    let mut assigned = HashMap::new();
    if rows.iter().any(|row| row.reporting_cycle.is_some() && row.start_on.is_none()) {
        assigned = moves::assigned_by(conn, items, at.day)?;
    }
    rows.iter()
        .map(|row| {
            let latest = latest.get(&row.code).copied().unwrap_or_default();
            let due_on = due_dates.get(&row.code).unwrap_or(&row.due_on);
            Ok(Facts {
                standing: states.get(&row.code).copied().unwrap_or(row.state).into(),
                start_on: row.start_on,
                due_on: *due_on,
                progress: latest.progress.or_else(|| own.get(&row.code).copied().unwrap_or(row.progress)),
                cycle: row.reporting_cycle,
                assigned_on: assigned.get(&row.code).copied().filter(|_| row.start_on.is_none()),
                reported_on: latest.as_of,
                missed_on: row.target.and_then(|id| missed.get(&id).copied()),
                suspended_projects: suspended.remove(&row.code).unwrap_or_default(),
            })
        })
        .collect()
}

/// The facts of these projects, in their order.
pub fn of_projects(conn: &mut Conn, rows: &[ProjectRow], at: At) -> Result<Vec<Facts>> {
    let mut facts = Vec::with_capacity(rows.len());
    for rows in rows.chunks(CHUNK) {
        let codes: Vec<String> = rows.iter().map(|row| row.code.clone()).collect();
        let latest = progress_reports::latest_of_projects(conn, codes.clone(), at.day)?;
        let (mut before, mut own) = (HashMap::new(), HashMap::new());
        if at.is_past() {
            own = own_progress::before(conn, RowKind::Project, &codes, at.time)?;
            before = moves::projects_before(conn, codes, at.day)?;
        }
        for row in rows {
            let latest = latest.get(&row.code).copied().unwrap_or_default();
            let (stage, suspended) = before.get(&row.code).copied().unwrap_or((row.stage, row.suspended));
            facts.push(Facts {
                standing: Standing::of_project(stage, suspended),
                start_on: row.starts_on,
                due_on: row.finishes_on,
                progress: latest.progress.or_else(|| own.get(&row.code).copied().unwrap_or(row.progress)),
                ..Facts::default()
            });
        }
    }
    Ok(facts)
}

/// Codes of the projects that are linked to these plan items and were suspended at the end of a day, by item,
/// in the order of the links.
fn suspended_projects(
    conn: &mut Conn,
    sight: Sight,
    items: &ItemSet,
    at: At,
) -> Result<HashMap<String, Vec<String>>> {
    let query = plan_item_projects::table
        .inner_join(projects::table.on(projects::code.eq(plan_item_projects::project)))
        .filter(project_visible(sight.internal))
        .filter(projects::suspended.or(at.is_past().into_sql::<Bool>()))
        .order((plan_item_projects::item, plan_item_projects::ordinal))
        .select((
            plan_item_projects::item,
            plan_item_projects::project,
            (projects::stage, projects::suspended),
        ));
    let links: Vec<(String, String, (Stage, bool))> =
        load_of_items!(conn, query, plan_item_projects::item, items)?;
    let mut before = HashMap::new();
    if at.is_past() {
        let linked = links.iter().map(|(_, project, _)| project.clone()).collect();
        before = moves::projects_before(conn, linked, at.day)?;
    }
    let mut suspended = HashMap::<String, Vec<String>>::new();
    for (item, project, now) in links {
        let (stage, rests) = before.get(&project).copied().unwrap_or(now);
        if Standing::of_project(stage, rests) == Standing::Suspended {
            suspended.entry(item).or_default().push(project);
        }
    }
    Ok(suspended)
}

/// Of the targets with these ids those whose period has ended by a day and which were certainly not met, with
/// the last day of the period. A target for each of several villages is none for the area as a whole.
fn missed(conn: &mut Conn, moment: Moment, ids: Vec<i64>, day: NaiveDate) -> Result<HashMap<i64, NaiveDate>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let stated = || figures::joined(ObservationId::Plain).filter(current(moment));
    let targets: Vec<(i64, NaiveDate, Direction, RevisionRow)> = stated()
        .filter(observations::id.eq_any(ids))
        .filter(observations::ends_on.le(day))
        .filter(revisions::spread.is_null().or(revisions::spread.ne(Spread::Each)))
        .select((observations::id, observations::ends_on, metrics::direction, RevisionRow::as_select()))
        .load(conn)?;
    let aims = diesel::alias!(observations as aims);
    let results: HashMap<i64, RevisionRow> = stated()
        .inner_join(
            aims.on(aims
                .field(observations::metric)
                .eq(observations::metric)
                .and(aims.field(observations::area).eq(observations::area))
                .and(aims.field(observations::period).eq(observations::period))
                .and(aims.field(observations::accumulation).eq(observations::accumulation))),
        )
        .filter(aims.field(observations::id).eq_any(targets.iter().map(|(id, ..)| *id).collect::<Vec<_>>()))
        .filter(observations::role.eq(Role::Actual))
        .select((aims.field(observations::id), RevisionRow::as_select()))
        .load::<(i64, RevisionRow)>(conn)?
        .into_iter()
        .collect();
    let mut missed = HashMap::new();
    for (id, ends_on, direction, target) in targets {
        if let Some(result) = results.get(&id)
            && compare(&result.figure.quantity(), &target.figure.quantity(), direction).1 == Met::No
        {
            missed.insert(id, ends_on);
        }
    }
    Ok(missed)
}
