//! The facts that lights are computed from, gathered for many rows at once. The rule is in
//! `domain/light.rs`.

use std::collections::HashMap;

use chrono::{Days, NaiveDate, NaiveDateTime};
use diesel::prelude::*;

use super::dialect::Conn;
use super::ledger::now;
use super::observations::{self as figures, Moment, RevisionRow};
use super::plan_items::PlanItemRow;
use super::progress_reports;
use super::projects::{self as works, ProjectRow};
use super::schema::{metrics, observations, plan_item_projects, projects, revisions};
use crate::domain::access::Sight;
use crate::domain::codes::{Direction, Role, Spread};
use crate::domain::goal::{Met, compare};
use crate::domain::light::{Facts, Standing};
use crate::domain::partial_date::PartialDate;
use crate::domain::zone;
use crate::error::{Error, Invalid, Result};

/// Rows whose facts are gathered together.
const CHUNK: usize = 1000;

/// The day that lights are asked for.
#[derive(Debug, Clone, Copy)]
pub struct At {
    /// The day.
    pub day: NaiveDate,
    /// When it was asked for.
    pub now: NaiveDateTime,
    /// When the day ends, where it is today because no other was asked for.
    pub midnight: Option<NaiveDateTime>,
}

impl At {
    /// Today in the township's zone.
    pub fn today() -> At {
        At::new(None)
    }

    /// The day asked for, or today in the township's zone.
    pub fn new(asked: Option<NaiveDate>) -> At {
        let now = now();
        let today = zone::local(now).date_naive();
        let midnight = asked.is_none().then(|| zone::start_of(today + Days::new(1)));
        At { day: asked.unwrap_or(today), now, midnight }
    }

    /// When the light of a plan item on this day changes without a write, if ever: when the day ends, or with
    /// the next figure that is released.
    pub fn good_until(&self, conn: &mut Conn) -> Result<Option<NaiveDateTime>> {
        let release = figures::next_release(conn, self.now)?;
        Ok(self.midnight.into_iter().chain(release).min())
    }
}

/// The facts of these plan items, in their order, as far as the reader may see them.
pub fn of_items(conn: &mut Conn, sight: Sight, rows: &[PlanItemRow], at: At) -> Result<Vec<Facts>> {
    let mut facts = Vec::with_capacity(rows.len());
    for rows in rows.chunks(CHUNK) {
        let codes: Vec<String> = rows.iter().map(|row| row.code.clone()).collect();
        let mut suspended = suspended_projects(conn, sight, &codes)?;
        let latest = progress_reports::latest_of_items(conn, codes, at.day)?;
        let targets = rows.iter().filter_map(|row| row.target).collect();
        let missed = missed(conn, Moment::new(sight, None, at.now), targets, at.day)?;
        for row in rows {
            let latest = latest.get(&row.code).copied().unwrap_or_default();
            let cycle = row.reporting_cycle.as_deref().map(str::parse).transpose();
            facts.push(Facts {
                standing: row.state.into(),
                start_on: date(row.start_on.as_deref())?,
                due_on: date(row.due_on.as_deref())?,
                progress: latest.progress.or(row.progress),
                cycle: cycle.map_err(|invalid| Error::Corrupt(format!("reporting cycle: {invalid}")))?,
                reported_on: latest.as_of,
                missed_on: row.target.and_then(|id| missed.get(&id).copied()),
                suspended_projects: suspended.remove(&row.code).unwrap_or_default(),
            });
        }
    }
    Ok(facts)
}

/// The facts of these projects, in their order.
pub fn of_projects(conn: &mut Conn, rows: &[ProjectRow], at: At) -> Result<Vec<Facts>> {
    let mut facts = Vec::with_capacity(rows.len());
    for rows in rows.chunks(CHUNK) {
        let codes = rows.iter().map(|row| row.code.clone()).collect();
        let latest = progress_reports::latest_of_projects(conn, codes, at.day)?;
        for row in rows {
            let latest = latest.get(&row.code).copied().unwrap_or_default();
            facts.push(Facts {
                standing: Standing::of_project(row.stage, row.suspended),
                start_on: date(row.starts_on.as_deref())?,
                due_on: date(row.finishes_on.as_deref())?,
                progress: latest.progress.or(row.progress),
                ..Facts::default()
            });
        }
    }
    Ok(facts)
}

fn date(column: Option<&str>) -> Result<Option<PartialDate>> {
    let read = column.map(str::parse).transpose();
    read.map_err(|invalid: Invalid| Error::Corrupt(format!("date column: {invalid}")))
}

/// Codes of the suspended projects that are linked to these plan items, by item, in the order of the links.
fn suspended_projects(
    conn: &mut Conn,
    sight: Sight,
    items: &[String],
) -> Result<HashMap<String, Vec<String>>> {
    let links: Vec<(String, String)> = plan_item_projects::table
        .inner_join(projects::table.on(projects::code.eq(plan_item_projects::project)))
        .filter(plan_item_projects::item.eq_any(items.to_vec()))
        .filter(projects::suspended.eq(true))
        .filter(works::visible(sight.internal))
        .order((plan_item_projects::item, plan_item_projects::ordinal))
        .select((plan_item_projects::item, plan_item_projects::project))
        .load(conn)?;
    let mut suspended = HashMap::<String, Vec<String>>::new();
    for (item, project) in links {
        suspended.entry(item).or_default().push(project);
    }
    Ok(suspended)
}

/// Of the targets with these ids those whose period has ended by a day and which were certainly not met, with
/// the last day of the period. A target for each of several villages is none for the area as a whole.
fn missed(conn: &mut Conn, moment: Moment, ids: Vec<i64>, day: NaiveDate) -> Result<HashMap<i64, NaiveDate>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let stated = || figures::joined(figures::ID).filter(figures::current(moment));
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
            && compare(&result.quantity()?, &target.quantity()?, direction).1 == Met::No
        {
            missed.insert(id, ends_on);
        }
    }
    Ok(missed)
}
