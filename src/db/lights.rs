//! The facts that lights are computed from, gathered for many rows at once, as they were at the end of a
//! day. The rule is in `domain/light.rs`.

use std::collections::HashMap;

use chrono::{Days, NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use diesel::sql_types::Bool;

use super::columns::date;
use super::dialect::Conn;
use super::ledger::now;
use super::observation_id::ObservationId;
use super::observations::{self as figures, Moment, RevisionRow};
use super::plan_items::{BoardRow, PlanItemRow};
use super::progress_reports;
use super::projects::{self as works, ProjectRow};
use super::schema::{metrics, observations, plan_item_projects, projects, revisions};
use super::{extensions, moves, own_progress};
use crate::domain::access::Sight;
use crate::domain::codes::{Direction, Role, Spread};
use crate::domain::goal::{Met, compare};
use crate::domain::light::{Facts, Standing};
use crate::domain::stage::Stage;
use crate::domain::when::When;
use crate::domain::zone;
use crate::error::{Error, Result};

/// Rows whose facts are gathered together.
const CHUNK: usize = 1000;

/// When lights are asked for.
#[derive(Debug, Clone, Copy)]
pub struct At {
    /// The day.
    pub day: NaiveDate,
    /// The end of the day, or the instant that was asked for: the last second that counts.
    time: NaiveDateTime,
    /// When it was asked for.
    pub now: NaiveDateTime,
    /// When the day ends, where it is today because no other was asked for.
    pub midnight: Option<NaiveDateTime>,
    /// Whether the time is over, so that things may have happened since.
    is_past: bool,
}

impl At {
    /// Today in the township's zone.
    pub fn today() -> At {
        At::new(None)
    }

    /// The day or the instant asked for, or today in the township's zone.
    pub fn new(asked: Option<When>) -> At {
        let now = now();
        let today = zone::local(now).date_naive();
        let midnight = asked.is_none().then(|| zone::start_of(today + Days::new(1)));
        At { midnight, ..At::as_known(asked.unwrap_or(When::Day(today)), now) }
    }

    /// A day or an instant, as it is known at some time.
    pub fn as_known(when: When, now: NaiveDateTime) -> At {
        let time = when.last();
        At { day: when.day(), time, now, midnight: None, is_past: time < now }
    }

    /// When the light of a plan item on this day changes without a write, if ever: when the day ends, or with
    /// the next figure that is released.
    pub fn good_until(&self, conn: &mut Conn) -> Result<Option<NaiveDateTime>> {
        let release = figures::next_release(conn, self.now)?;
        Ok(self.midnight.into_iter().chain(release).min())
    }
}

/// Which plan items facts are gathered of.
pub enum Items {
    /// All of a plan. No list of codes goes to the database: such a statement is prepared anew each time.
    OfPlan(String),
    /// Those with these codes.
    These(Vec<String>),
}

/// Loads what a query selects of some plan items, by the column that holds their codes.
macro_rules! load_of_items {
    ($conn:expr, $query:expr, $column:expr, $items:expr) => {
        match $items {
            $crate::db::lights::Items::OfPlan(plan) => {
                use $crate::db::schema::plan_items;
                let codes = plan_items::table.filter(plan_items::plan.eq(plan)).select(plan_items::code);
                $crate::db::dialect::on_each!($conn, conn => $query.filter($column.eq_any(codes)).load(conn))
            }
            $crate::db::lights::Items::These(codes) => {
                $query.filter($column.eq_any(codes.clone())).load($conn)
            }
        }
    };
}
pub(crate) use load_of_items;

/// The facts of these plan items, in their order, as far as the reader may see them.
pub fn of_items(conn: &mut Conn, sight: Sight, rows: &[PlanItemRow], at: At) -> Result<Vec<Facts>> {
    let mut facts = Vec::with_capacity(rows.len());
    for rows in rows.chunks(CHUNK) {
        let items = Items::These(rows.iter().map(|row| row.code.clone()).collect());
        let rows: Vec<BoardRow> = rows.iter().map(BoardRow::from).collect();
        facts.extend(gather(conn, sight, &items, &rows, at)?);
    }
    Ok(facts)
}

/// The facts of all items of a plan that may be seen, in their order.
pub fn of_plan(conn: &mut Conn, sight: Sight, plan: &str, rows: &[BoardRow], at: At) -> Result<Vec<Facts>> {
    let items = Items::OfPlan(plan.to_owned());
    gather(conn, sight, &items, rows, at)
}

fn gather(conn: &mut Conn, sight: Sight, items: &Items, rows: &[BoardRow], at: At) -> Result<Vec<Facts>> {
    let mut suspended = suspended_projects(conn, sight, items, at)?;
    let latest = progress_reports::latest_of_items(conn, items, at.day)?;
    let targets = rows.iter().filter_map(|row| row.target).collect();
    let missed = missed(conn, Moment::new(sight, None, at.now), targets, at.day)?;
    let (mut states, mut due_dates, mut own) = (HashMap::new(), HashMap::new(), HashMap::new());
    if at.is_past {
        let untold = rows.iter().filter(|row| latest.get(&row.code).and_then(|told| told.progress).is_none());
        let untold: Vec<String> = untold.map(|row| row.code.clone()).collect();
        own = own_progress::before(conn, "plan_item", &untold, at.time)?;
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
            let cycle = row.reporting_cycle.as_deref().map(str::parse).transpose();
            let due_on = due_dates.get(&row.code).unwrap_or(&row.due_on);
            Ok(Facts {
                standing: states.get(&row.code).copied().unwrap_or(row.state).into(),
                start_on: date(row.start_on.as_deref())?,
                due_on: date(due_on.as_deref())?,
                progress: latest.progress.or_else(|| own.get(&row.code).copied().unwrap_or(row.progress)),
                cycle: cycle.map_err(|invalid| Error::Corrupt(format!("reporting cycle: {invalid}")))?,
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
        if at.is_past {
            own = own_progress::before(conn, "project", &codes, at.time)?;
            before = moves::projects_before(conn, codes, at.day)?;
        }
        for row in rows {
            let latest = latest.get(&row.code).copied().unwrap_or_default();
            let (stage, suspended) = before.get(&row.code).copied().unwrap_or((row.stage, row.suspended));
            facts.push(Facts {
                standing: Standing::of_project(stage, suspended),
                start_on: date(row.starts_on.as_deref())?,
                due_on: date(row.finishes_on.as_deref())?,
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
    items: &Items,
    at: At,
) -> Result<HashMap<String, Vec<String>>> {
    let query = plan_item_projects::table
        .inner_join(projects::table.on(projects::code.eq(plan_item_projects::project)))
        .filter(works::visible(sight.internal))
        .filter(projects::suspended.or(at.is_past.into_sql::<Bool>()))
        .order((plan_item_projects::item, plan_item_projects::ordinal))
        .select((
            plan_item_projects::item,
            plan_item_projects::project,
            (projects::stage, projects::suspended),
        ));
    let links: Vec<(String, String, (Stage, bool))> =
        load_of_items!(conn, query, plan_item_projects::item, items)?;
    let mut before = HashMap::new();
    if at.is_past {
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
    let stated = || figures::joined(ObservationId::Plain).filter(figures::current(moment));
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
