//! `GET /observations`, `GET /observations/{id}` and its revisions. Writing has a file of its own.

pub mod bodies;
pub mod query;
pub mod types;
pub mod writing;

use std::collections::HashMap;

use actix_web::web::Data;
use actix_web::{HttpRequest, get};
use chrono::NaiveDateTime;

use super::answer::Answer;
use super::listing::{Listing, Placed, named};
use super::page::{self, CubeQuery, Page, PageQuery};
use super::problem::Problem;
use super::query::{Code, Query};
use crate::db::ledger::now;
use crate::db::observations::count::count;
use crate::db::observations::list::{self, list};
use crate::db::observations::selection::{ObservationKey, Selection, key};
use crate::db::observations::{self, Stated};
use crate::db::sight::Moment;
use crate::db::{Conn, Db, Window, areas, metrics, reports, units};
use crate::domain::access::Sight;
use crate::domain::area_code::AreaCode;
use crate::domain::id::Id;
use crate::domain::unit::{Unit, check_dimension};
use crate::error::{Error, Fault, Result, only};
use crate::exchange::cube::Cube;
use crate::exchange::table::Tabular;
use query::{AsOf, ObservationFilter, ObservationView};
use types::{Observation, Revision};

struct Observations {
    filter: ObservationFilter,
    selection: Selection,
    now: NaiveDateTime,
}

impl Listing for Observations {
    type Key = ObservationKey;
    type Item = Placed<Observation, ObservationKey>;

    fn check(&self, conn: &mut Conn, sight: Sight) -> Result<()> {
        self.filter.check()?;
        metrics::check(conn, sight, "metric", &self.filter.metric)?;
        metrics::check_themes(conn, sight, &self.filter.theme)?;
        for &area in &self.filter.area {
            areas::check(conn, "area", Some(area))?;
        }
        areas::check(conn, "within", self.filter.within)?;
        reports::check(conn, "report", &self.filter.report)?;
        let Some(unit) = &self.filter.unit else { return Ok(()) };
        // All of the selection, so that a figure far down the list refuses the first page too.
        let to = units::named(conn, "unit", unit)?;
        for held in list::units(conn, &self.selection)? {
            let from = units::named(conn, "unit", &held)?;
            check_dimension(&from, &to).map_err(|invalid| Fault::parameter("unit", invalid))?;
        }
        Ok(())
    }

    fn page(
        &self,
        conn: &mut Conn,
        sight: Sight,
        window: &Window<ObservationKey>,
    ) -> Result<Vec<Self::Item>> {
        let rows = list(conn, &self.selection, window)?;
        let places = rows.iter().map(|row| key(self.selection.sort.by, row)).collect();
        let shown = wire(conn, sight, rows, self.filter.unit.as_deref(), self.filter.names)?;
        Ok(Placed::all(shown, places))
    }

    fn count(&self, conn: &mut Conn, _: Sight) -> Result<i64> {
        count(conn, &self.selection)
    }

    fn key(&self, observation: &Self::Item) -> ObservationKey {
        observation.place()
    }

    fn order(&self) -> String {
        self.selection.sort.to_string()
    }

    fn takes(&self, (mark, _): &ObservationKey) -> bool {
        self.selection.sort.by.takes(mark)
    }

    fn fields(&self) -> &[String] {
        &self.filter.fields
    }

    fn columns(&self) -> Vec<String> {
        named(Observation::columns(), self.filter.names)
    }

    fn cube(&self) -> Option<&'static Cube> {
        Some(Observation::CUBE)
    }

    fn good_until(&self, conn: &mut Conn) -> Result<Option<NaiveDateTime>> {
        next_change(conn, self.selection.moment, self.now)
    }

    fn is_long(&self) -> bool {
        self.selection.is_long()
    }
}

type ByState<T> = HashMap<(i64, i64), Vec<T>>;

fn joint(conn: &mut Conn, sight: Sight, rows: &[Stated]) -> Result<(ByState<AreaCode>, ByState<String>)> {
    let ids: Vec<i64> = rows.iter().map(|row| row.observation.id).collect();
    let (mut covers, mut projects) = (ByState::new(), ByState::new());
    for (id, revision, area) in observations::covers(conn, &ids)? {
        covers.entry((id, revision)).or_insert_with(Vec::new).push(area);
    }
    for (id, revision, project) in observations::joint_projects(conn, sight, &ids)? {
        projects.entry((id, revision)).or_insert_with(Vec::new).push(project);
    }
    Ok((covers, projects))
}

/// Rows as they go over the wire, in the unit asked for and with names where they are wanted.
pub fn wire(
    conn: &mut Conn,
    sight: Sight,
    rows: Vec<Stated>,
    unit: Option<&str>,
    names: bool,
) -> Result<Vec<Observation>> {
    let (mut covers, mut projects) = joint(conn, sight, &rows)?;
    let known: HashMap<String, Unit> = if unit.is_some() || names {
        units::all(conn)?.into_iter().map(|unit| (unit.code.clone(), unit)).collect()
    } else {
        HashMap::new()
    };
    let target = unit.map(|code| known.get(code).ok_or_else(|| Fault::unknown("unit", code))).transpose()?;
    let metric_names: HashMap<String, String> = if names {
        metrics::names(conn, rows.iter().map(|row| row.observation.key.metric.clone()).collect())?
    } else {
        HashMap::new()
    };
    let area_names: HashMap<AreaCode, String> = if names {
        areas::names(conn, rows.iter().map(|row| row.observation.key.area).collect())?
    } else {
        HashMap::new()
    };
    rows.into_iter()
        .map(|row| {
            let state = (row.observation.id, row.revision.revision);
            let mut shown = Observation::new(
                row,
                covers.remove(&state).unwrap_or_default(),
                projects.remove(&state).unwrap_or_default(),
            )?;
            if let Some(to) = target {
                let from =
                    known.get(&shown.unit).ok_or_else(|| Error::Corrupt(format!("unit {}", shown.unit)))?;
                shown = shown.convert(from, to)?;
            }
            if names {
                shown.metric_name = metric_names.get(&shown.metric).cloned();
                shown.area_name = area_names.get(&shown.area).cloned();
                shown.unit_name = known.get(&shown.unit).map(|unit| unit.name.clone());
            }
            Ok(shown)
        })
        .collect()
}

/// When an answer changes without a write: with the next release, unless it tells of the past.
pub fn next_change(conn: &mut Conn, moment: Moment, now: NaiveDateTime) -> Result<Option<NaiveDateTime>> {
    if moment.public < now { Ok(None) } else { observations::next_release(conn, now) }
}

/// List observations
///
/// What sources say of metrics, areas and periods, with qualifiers, words and citations. Sums are
/// not made here: an area's figure is what was said of that area.
#[utoipa::path(
    tag = "observations",
    params(ObservationFilter, CubeQuery),
    responses((status = 200, description = "A page of observations", body = Page<Observation>)),
)]
#[get("/observations")]
pub async fn list_observations(
    db: Data<Db>,
    request: HttpRequest,
    sight: Sight,
    query: Query<(ObservationFilter, CubeQuery)>,
) -> Result<Answer, Problem> {
    let Query((filter, CubeQuery(paging))) = query;
    let now = now();
    let selection = filter.selection(sight, now);
    page::list(&db, &request, paging, Observations { filter, selection, now }).await
}

/// Read one observation
///
/// One observation by its id. 404 when it is retracted, or was not yet released at `as_of`; its
/// revisions stay readable.
#[utoipa::path(
    tag = "observations",
    params(("id" = Id, Path, description = "Id of the observation", example = 4), ObservationView),
    responses((status = 200, description = "The observation", body = Observation)),
)]
#[get("/observations/{id}")]
pub async fn show_observation(
    db: Data<Db>,
    request: HttpRequest,
    id: Code<Id>,
    sight: Sight,
    query: Query<ObservationView>,
) -> Result<Answer, Problem> {
    let view = query.0;
    let row = db
        .read(move |conn| {
            let now = now();
            let moment = Moment::new(sight, view.as_of.map(AsOf::time), now);
            let row = observations::find(conn, id.0.number(), moment)?;
            let shown = wire(conn, sight, vec![row], view.unit.as_deref(), view.names)?;
            let shown = only(shown)?;
            Ok((shown, next_change(conn, moment, now)?))
        })
        .await?;
    Answer::changing(&request, row, |observation| observation.seq)
}

struct Revisions {
    id: i64,
    moment: Moment,
}

impl Listing for Revisions {
    type Key = i64;
    type Item = Revision;

    fn check(&self, conn: &mut Conn, _: Sight) -> Result<()> {
        observations::check(conn, self.id, self.moment)
    }

    fn page(&self, conn: &mut Conn, sight: Sight, window: &Window<i64>) -> Result<Vec<Revision>> {
        let rows = observations::history(conn, self.id, self.moment, window)?;
        let (mut covers, mut projects) = joint(conn, sight, &rows)?;
        rows.into_iter()
            .map(|row| {
                let state = (row.observation.id, row.revision.revision);
                let covers = covers.remove(&state).unwrap_or_default();
                Revision::new(row, covers, projects.remove(&state).unwrap_or_default())
            })
            .collect()
    }

    fn count(&self, conn: &mut Conn, _: Sight) -> Result<i64> {
        observations::count_history(conn, self.id, self.moment)
    }

    fn key(&self, revision: &Revision) -> i64 {
        revision.observation.revision
    }

    fn good_until(&self, conn: &mut Conn) -> Result<Option<NaiveDateTime>> {
        observations::next_release(conn, self.moment.public)
    }
}

/// List the revisions of an observation
///
/// Every released state of an observation in the order of entry, with reason and author.
/// Retractions too: a retracted observation keeps its revisions.
#[utoipa::path(
    tag = "observations",
    params(("id" = Id, Path, description = "Id of the observation", example = 4), PageQuery),
    responses((status = 200, description = "A page of revisions", body = Page<Revision>)),
)]
#[get("/observations/{id}/revisions")]
pub async fn list_observation_revisions(
    db: Data<Db>,
    request: HttpRequest,
    id: Code<Id>,
    sight: Sight,
    query: Query<PageQuery>,
) -> Result<Answer, Problem> {
    let revisions = Revisions { id: id.0.number(), moment: Moment::new(sight, None, now()) };
    page::list(&db, &request, query.0, revisions).await
}
