//! Observations and their revisions: rows and queries. One condition answers every "as of": a
//! revision is the current one from its release until it is superseded. Observations of internal
//! metrics, and what is not yet released, are shown to keys that reach their area.

mod among_keys;
pub mod count;
pub mod history;
mod key;
pub mod list;
mod newest;
mod select;
pub mod selection;

use std::collections::{HashMap, HashSet};

use chrono::{NaiveDate, NaiveDateTime};
use diesel::dsl::auto_type;
use diesel::prelude::*;
use serde::Serialize;

use crate::db::Window;
use crate::db::among::among;
use crate::db::columns::{citation_columns, figure_columns};
use crate::db::dialect::{Conn, on_each};
use crate::db::observation_id::ObservationId;
use crate::db::schema::{
    areas, metrics, observations, projects, revision_areas, revision_projects, revisions,
};
use crate::db::sight::{Moment, current, observation_visible, project_visible, released};
use crate::domain::access::Sight;
use crate::domain::area_code::AreaCode;
use crate::domain::codes::{RevisionReason, Spread};
use crate::domain::period::Period;
use crate::domain::quantity::Quantity;
use crate::error::{Error, Result, Thing};

pub use key::{Key, day_number};

use among_keys::among_keys;
use key::Place;

/// The natural key of an observation, its id and its last change, as stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Queryable, Selectable, Insertable)]
#[diesel(table_name = observations, treat_none_as_default_value = false)]
#[expect(missing_docs, reason = "the columns, which the migrations and the wire type describe")]
pub struct ObservationRow {
    #[diesel(skip_insertion)]
    pub id: i64,
    #[diesel(embed)]
    #[serde(flatten)]
    pub key: Key,
    pub starts_on: NaiveDate,
    pub ends_on: NaiveDate,
    pub seq: i64,
    pub updated_at: NaiveDateTime,
}

impl ObservationRow {
    /// A new observation: the database gives it an id.
    pub fn new(key: Key, seq: i64, at: NaiveDateTime) -> ObservationRow {
        let (starts_on, ends_on) = (key.period.first_day(), key.period.last_day());
        ObservationRow { id: 0, key, starts_on, ends_on, seq, updated_at: at }
    }
}

figure_columns!(RevisionFigure of revisions);
citation_columns!(RevisionCitation of revisions);

/// One state of an observation, as stored. Values are millionths of the metric's unit; `warnings`
/// is a JSON array.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Queryable, Selectable, Insertable)]
#[diesel(table_name = revisions, treat_none_as_default_value = false)]
#[expect(missing_docs, reason = "the columns, which the migrations and the wire type describe")]
pub struct RevisionRow {
    pub observation: i64,
    pub revision: i64,
    pub retracted: bool,
    #[diesel(embed)]
    #[serde(flatten)]
    pub figure: RevisionFigure,
    pub text: Option<String>,
    pub warnings: String,
    pub spread: Option<Spread>,
    pub note: Option<String>,
    pub report: Option<String>,
    #[diesel(embed)]
    #[serde(flatten)]
    pub cited: RevisionCitation,
    pub reason: Option<RevisionReason>,
    pub comment: Option<String>,
    pub author: String,
    pub released_at: NaiveDateTime,
    pub recorded_at: NaiveDateTime,
    pub superseded_at: Option<NaiveDateTime>,
    pub seq: i64,
}

/// A state with what it speaks of, as it is written.
#[derive(Debug, Clone, Insertable)]
#[diesel(table_name = revisions, treat_none_as_default_value = false)]
pub(super) struct PlacedState {
    #[diesel(embed)]
    state: RevisionRow,
    #[diesel(embed)]
    place: Place,
}

impl PlacedState {
    /// A state of the observation of this key.
    pub(super) fn new(state: RevisionRow, key: &Key) -> PlacedState {
        PlacedState { state, place: Place::from(key) }
    }
}

/// An observation in one of its states, with the unit that its metric is held in.
#[derive(Debug, Clone, Queryable)]
pub struct Stated {
    /// What it speaks of.
    pub observation: ObservationRow,
    /// What it says.
    pub revision: RevisionRow,
    /// Code of the unit.
    pub unit: String,
}

/// Observations with their states and their metrics, joined by the id as it is written.
#[auto_type(no_type_alias)]
pub(in crate::db) fn joined(id: ObservationId) -> _ {
    observations::table
        .inner_join(revisions::table.on(revisions::observation.eq(id)))
        .inner_join(metrics::table.on(metrics::code.eq(observations::metric)))
}

/// The observation with this id as it stood at a time.
///
/// Errors: `NotFound` when there is none, it was not yet released, it is retracted, or it may not be
/// seen.
pub fn find(conn: &mut Conn, id: i64, moment: Moment) -> Result<Stated> {
    on_each!(conn, conn => joined(ObservationId::Plain)
        .filter(current(moment))
        .filter(observations::id.eq(id))
        .select((ObservationRow::as_select(), RevisionRow::as_select(), metrics::unit))
        .first(conn))
    .optional()?
    .ok_or_else(|| missing(id))
}

/// The observations with these ids as they stood at a time, in the same order. No id stands there twice.
///
/// Errors: as those of [`find`].
pub fn find_all(conn: &mut Conn, ids: &[i64], moment: Moment) -> Result<Vec<Stated>> {
    let rows: Vec<Stated> = on_each!(conn, conn => joined(ObservationId::Plain)
        .filter(current(moment))
        .filter(among(observations::id, ids.iter().copied()))
        .select((ObservationRow::as_select(), RevisionRow::as_select(), metrics::unit))
        .load(conn))?;
    let mut found: HashMap<i64, Stated> = rows.into_iter().map(|row| (row.observation.id, row)).collect();
    ids.iter().map(|&id| found.remove(&id).ok_or_else(|| missing(id))).collect()
}

/// Whether there is an observation with this natural key, retracted or not.
pub fn exists(conn: &mut Conn, key: &Key) -> Result<bool> {
    let id: Option<i64> = on_each!(conn, conn => observations::table
        .filter(among_keys(&[key]))
        .select(observations::id)
        .first(conn))
    .optional()?;
    Ok(id.is_some())
}

fn missing(id: i64) -> Error {
    Error::NotFound { what: Thing::Observation, key: id.to_string() }
}

/// Checks that an observation may be seen in any of its states.
pub fn check(conn: &mut Conn, id: i64, moment: Moment) -> Result<()> {
    joined(ObservationId::Plain)
        .filter(observations::id.eq(id))
        .filter(observation_visible(moment.sight.internal))
        .filter(released(moment))
        .select(observations::id)
        .first::<i64>(conn)
        .optional()?
        .map(drop)
        .ok_or_else(|| missing(id))
}

/// What these metrics stated at a time for these areas, those directly below them, and these periods, as far
/// as it may be seen.
pub fn figures(
    conn: &mut Conn,
    metrics: Vec<String>,
    groups: &[AreaCode],
    periods: &[Period],
    moment: Moment,
) -> Result<Vec<(Key, RevisionRow)>> {
    let groups = groups.iter().map(|area| area.as_i64());
    let rows: Vec<(Key, RevisionRow)> = on_each!(conn, conn => joined(ObservationId::Plain)
        .inner_join(areas::table.on(areas::code.eq(observations::area)))
        .filter(current(moment))
        .filter(among(observations::metric, metrics))
        .filter(among(areas::code, groups.clone()).or(among(areas::parent, groups.map(Some))))
        .filter(among(observations::period, periods.iter().map(ToString::to_string)))
        .select((Key::as_select(), RevisionRow::as_select()))
        .load(conn))?;
    Ok(rows)
}

/// Which of these ids are of observations that may be seen in any of their states, retracted ones too.
pub fn known_among(conn: &mut Conn, moment: Moment, ids: Vec<i64>) -> Result<HashSet<i64>> {
    if ids.is_empty() {
        return Ok(HashSet::new());
    }
    let known: Vec<i64> = joined(ObservationId::Plain)
        .filter(observations::id.eq_any(ids))
        .filter(observation_visible(moment.sight.internal))
        .filter(released(moment))
        .select(observations::id)
        .distinct()
        .load(conn)?;
    Ok(known.into_iter().collect())
}

/// The natural keys of observations, retracted or not, by their ids.
pub fn keys(conn: &mut Conn, ids: Vec<i64>) -> Result<HashMap<i64, Key>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let keys: Vec<(i64, Key)> = on_each!(conn, conn => observations::table
        .filter(among(observations::id, ids))
        .select((observations::id, Key::as_select()))
        .load(conn))?;
    Ok(keys.into_iter().collect())
}

/// Which of these ids are of observations as they stand at a time.
pub fn current_among(conn: &mut Conn, moment: Moment, ids: Vec<i64>) -> Result<HashSet<i64>> {
    if ids.is_empty() {
        return Ok(HashSet::new());
    }
    let found = joined(ObservationId::Plain).filter(current(moment)).filter(observations::id.eq_any(ids));
    Ok(found.select(observations::id).load(conn)?.into_iter().collect())
}

/// Every state of an observation that may be seen, in the order of entry, retractions too.
pub fn history(conn: &mut Conn, id: i64, moment: Moment, window: &Window<i64>) -> Result<Vec<Stated>> {
    Ok(joined(ObservationId::Plain)
        .filter(observations::id.eq(id))
        .filter(observation_visible(moment.sight.internal))
        .filter(released(moment))
        .filter(revisions::revision.gt(window.after.unwrap_or(0)))
        .select((ObservationRow::as_select(), RevisionRow::as_select(), metrics::unit))
        .order(revisions::revision)
        .limit(window.limit)
        .load(conn)?)
}

/// How many states of an observation may be seen.
pub fn count_history(conn: &mut Conn, id: i64, moment: Moment) -> Result<i64> {
    Ok(joined(ObservationId::Plain)
        .filter(observations::id.eq(id))
        .filter(observation_visible(moment.sight.internal))
        .filter(released(moment))
        .count()
        .get_result(conn)?)
}

/// The areas that these states speak of jointly, as (observation, revision, area).
pub fn covers(conn: &mut Conn, observations: &[i64]) -> Result<Vec<(i64, i64, AreaCode)>> {
    Ok(on_each!(conn, conn => revision_areas::table
        .filter(among(revision_areas::observation, observations.iter().copied()))
        .order((revision_areas::observation, revision_areas::revision, revision_areas::area))
        .load(conn))?)
}

/// The projects that these states speak of jointly, as (observation, revision, project).
pub fn joint_projects(
    conn: &mut Conn,
    sight: Sight,
    observations: &[i64],
) -> Result<Vec<(i64, i64, String)>> {
    Ok(on_each!(conn, conn => revision_projects::table
        .inner_join(projects::table.on(projects::code.eq(revision_projects::project)))
        .filter(among(revision_projects::observation, observations.iter().copied()))
        .filter(project_visible(sight.internal))
        .order((revision_projects::observation, revision_projects::revision, revision_projects::project))
        .select((revision_projects::observation, revision_projects::revision, revision_projects::project))
        .load(conn))?)
}

/// The next time after `now` at which a figure is released, and answers change without a write.
pub fn next_release(conn: &mut Conn, now: NaiveDateTime) -> Result<Option<NaiveDateTime>> {
    Ok(on_each!(conn, conn => revisions::table
        .filter(revisions::released_at.gt(now))
        .select(diesel::dsl::min(revisions::released_at))
        .get_result(conn))?)
}
