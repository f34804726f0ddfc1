//! Observations and their revisions: rows and queries. One condition answers every "as of": a
//! revision is the current one from its release until it is superseded. Observations of internal
//! metrics, and what is not yet released, are shown to keys that reach their area.

use std::collections::{HashMap, HashSet};

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use diesel::dsl::{auto_type, exists};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use super::columns::{decimal, optional_decimal};
use super::dialect::{Backend, Conn};
use super::schema::{areas, metrics, observations, projects, revision_areas, revision_projects, revisions};
use super::{Window, projects as works};
use crate::domain::access::{Reach, Sight};
use crate::domain::area_code::AreaCode;
use crate::domain::codes::{Accumulation, Level, RevisionReason, Role, Spread, Visibility};
use crate::domain::decimal::Decimal;
use crate::domain::period::Period;
use crate::domain::quantity::Quantity;
use crate::error::{Error, Result};

/// The natural key of an observation, its id and its last change, as stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Queryable, Selectable, Insertable)]
#[diesel(table_name = observations, treat_none_as_default_value = false)]
#[expect(missing_docs, reason = "the columns, which the migrations and the wire type describe")]
pub struct ObservationRow {
    #[diesel(skip_insertion)]
    pub id: i64,
    pub metric: String,
    pub area: AreaCode,
    pub period: String,
    pub starts_on: NaiveDate,
    pub ends_on: NaiveDate,
    pub accumulation: Accumulation,
    pub role: Role,
    pub seq: i64,
    pub updated_at: NaiveDateTime,
}

/// The natural key of an observation: what it speaks of.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Key {
    /// Code of the metric.
    pub metric: String,
    /// The area.
    pub area: AreaCode,
    /// The span of time.
    pub period: Period,
    /// Over which part of the period it accumulates.
    pub accumulation: Accumulation,
    /// Result, aim, projection or point of comparison.
    pub role: Role,
}

/// One state of an observation, as stored. Values are millionths of the metric's unit; `warnings`
/// is a JSON array.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Queryable, Selectable, Insertable)]
#[diesel(table_name = revisions, treat_none_as_default_value = false)]
#[expect(missing_docs, reason = "the columns, which the migrations and the wire type describe")]
pub struct RevisionRow {
    pub observation: i64,
    pub revision: i64,
    pub retracted: bool,
    pub value: i64,
    pub decimals: i16,
    pub comparator: Option<String>,
    pub lower: Option<i64>,
    pub upper: Option<i64>,
    pub lower_inclusive: bool,
    pub upper_inclusive: bool,
    pub text: Option<String>,
    pub warnings: String,
    pub spread: Option<Spread>,
    pub note: Option<String>,
    pub report: Option<String>,
    pub cite_paragraph: Option<i64>,
    pub cite_start: Option<i64>,
    pub cite_end: Option<i64>,
    pub cite_words: Option<String>,
    pub reason: Option<RevisionReason>,
    pub comment: Option<String>,
    pub author: String,
    pub released_at: NaiveDateTime,
    pub recorded_at: NaiveDateTime,
    pub superseded_at: Option<NaiveDateTime>,
    pub seq: i64,
}

impl RevisionRow {
    /// The figure, in the unit that its metric is held in.
    pub fn quantity(&self) -> Result<Quantity> {
        let broken = |what: &dyn std::fmt::Display| Error::Corrupt(format!("figure: {what}"));
        let comparator = self.comparator.as_deref().map(str::parse).transpose();
        Ok(Quantity {
            value: decimal(self.value)?,
            decimals: u8::try_from(self.decimals).map_err(|error| broken(&error))?,
            comparator: comparator.map_err(|invalid| broken(&invalid))?,
            lower: optional_decimal(self.lower)?,
            upper: optional_decimal(self.upper)?,
            lower_inclusive: self.lower_inclusive,
            upper_inclusive: self.upper_inclusive,
        })
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

/// As of when, and for whose eyes.
#[derive(Debug, Clone, Copy)]
pub struct Moment {
    /// What the reader sees.
    pub sight: Sight,
    /// The time asked for, but never one to come: what is released later is not public yet.
    pub public: NaiveDateTime,
    /// The time asked for, or the end of all time: where the reader sees what is not yet released.
    pub ahead: NaiveDateTime,
}

impl Moment {
    /// The time asked for, if one is, as this reader sees it at `now`.
    pub fn new(sight: Sight, asked: Option<NaiveDateTime>, now: NaiveDateTime) -> Moment {
        let last = NaiveDate::from_ymd_opt(9999, 12, 31).unwrap_or(NaiveDate::MAX).and_time(NaiveTime::MIN);
        Moment { sight, public: asked.map_or(now, |time| time.min(now)), ahead: asked.unwrap_or(last) }
    }
}

/// What observations can be sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SortBy {
    /// Order of entry.
    #[default]
    Id,
    /// Code of the metric.
    Metric,
    /// Code of the area.
    Area,
    /// First day, then last day.
    Period,
    /// Value, in the unit each metric is held in.
    Value,
    /// Time of release.
    ReleasedAt,
    /// Entry of the last change.
    Seq,
}

/// Which observations a list shows, as of when and in which order.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the query parameters of the same names describe them")]
pub struct Selection {
    pub metric: Vec<String>,
    pub theme: Vec<String>,
    pub area: Vec<AreaCode>,
    pub within: Option<AreaCode>,
    pub level: Vec<Level>,
    pub period: Vec<Period>,
    pub from: Option<Period>,
    pub to: Option<Period>,
    pub accumulation: Vec<Accumulation>,
    pub role: Vec<Role>,
    pub report: Vec<String>,
    /// Comparators, `None` standing for exact figures.
    pub comparator: Vec<Option<String>>,
    pub value_ge: Option<Decimal>,
    pub value_le: Option<Decimal>,
    pub certain: bool,
    pub moment: Moment,
    pub sort: SortBy,
    pub descending: bool,
}

impl Selection {
    /// Everything that can be seen at a moment, in order of entry.
    pub fn all(moment: Moment) -> Selection {
        Selection {
            metric: Vec::new(),
            theme: Vec::new(),
            area: Vec::new(),
            within: None,
            level: Vec::new(),
            period: Vec::new(),
            from: None,
            to: None,
            accumulation: Vec::new(),
            role: Vec::new(),
            report: Vec::new(),
            comparator: Vec::new(),
            value_ge: None,
            value_le: None,
            certain: false,
            moment,
            sort: SortBy::Id,
            descending: false,
        }
    }
}

/// What a row is sorted by, kept in a cursor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the kinds of sort keys name themselves")]
pub enum Mark {
    Int(i64),
    Word(String),
    Days(NaiveDate, NaiveDate),
    Time(NaiveDateTime),
}

impl SortBy {
    /// Whether rows are sorted by marks of this kind.
    pub fn takes(self, mark: &Mark) -> bool {
        match self {
            SortBy::Id | SortBy::Area | SortBy::Value | SortBy::Seq => matches!(mark, Mark::Int(_)),
            SortBy::Metric => matches!(mark, Mark::Word(_)),
            SortBy::Period => matches!(mark, Mark::Days(..)),
            SortBy::ReleasedAt => matches!(mark, Mark::Time(_)),
        }
    }
}

/// Place of an observation in a list: what it is sorted by, then its id.
pub type ObservationKey = (Mark, i64);

#[auto_type(no_type_alias)]
fn joined() -> _ {
    observations::table
        .inner_join(revisions::table.on(revisions::observation.eq(observations::id)))
        .inner_join(metrics::table.on(metrics::code.eq(observations::metric)))
}

/// The observations that may be seen, as far as their metric decides.
#[auto_type]
fn visible(reach: Reach) -> _ {
    let public: Visibility = Visibility::Public;
    let inside: within = within(reach);
    metrics::visibility.eq(public).or(inside)
}

#[auto_type]
fn within(reach: Reach) -> _ {
    let first: i64 = reach.span().0;
    let last: i64 = reach.span().1;
    observations::area.between(first, last)
}

#[auto_type(no_type_alias)]
fn released(moment: Moment) -> _ {
    let ahead: NaiveDateTime = moment.ahead;
    let public: NaiveDateTime = moment.public;
    let inside: within = within(moment.sight.unreleased);
    revisions::released_at.le(public).or(inside.and(revisions::released_at.le(ahead)))
}

/// The condition of every "as of": what could be known at that time.
#[auto_type(no_type_alias)]
pub fn current(moment: Moment) -> _ {
    let seen: visible = visible(moment.sight.internal);
    let inside: within = within(moment.sight.unreleased);
    let outside: within = within(moment.sight.unreleased);
    let ahead: at = at(moment.ahead);
    let public: at = at(moment.public);
    revisions::retracted.eq(false).and(seen).and(inside.and(ahead).or(diesel::dsl::not(outside).and(public)))
}

#[auto_type]
fn at(time: NaiveDateTime) -> _ {
    revisions::released_at
        .le(time)
        .and(revisions::superseded_at.is_null().or(revisions::superseded_at.gt(time)))
}

/// The rows of a selection, for a list, a count and the units alike. A macro, because the type of
/// this query is longer than the query.
macro_rules! select {
    ($selection:expr) => {{
        let selection: &Selection = $selection;
        let mut query = joined().filter(current(selection.moment)).into_boxed::<Backend>();
        if !selection.metric.is_empty() {
            query = query.filter(observations::metric.eq_any(selection.metric.clone()));
        }
        if !selection.theme.is_empty() {
            query = query.filter(metrics::theme.eq_any(selection.theme.clone()));
        }
        if !selection.area.is_empty() {
            query = query.filter(observations::area.eq_any(selection.area.clone()));
        }
        if let Some(within) = selection.within {
            let (first, last) = within.subtree().into_inner();
            query = query.filter(observations::area.between(first, last));
        }
        if !selection.level.is_empty() {
            query = query.filter(exists(
                areas::table
                    .filter(areas::code.eq(observations::area))
                    .filter(areas::level.eq_any(selection.level.clone())),
            ));
        }
        if !selection.period.is_empty() {
            let periods: Vec<String> = selection.period.iter().map(ToString::to_string).collect();
            query = query.filter(observations::period.eq_any(periods));
        }
        if let Some(from) = selection.from {
            query = query.filter(observations::starts_on.ge(from.first_day()));
        }
        if let Some(to) = selection.to {
            query = query.filter(observations::ends_on.le(to.last_day()));
        }
        if !selection.accumulation.is_empty() {
            query = query.filter(observations::accumulation.eq_any(selection.accumulation.clone()));
        }
        if !selection.role.is_empty() {
            query = query.filter(observations::role.eq_any(selection.role.clone()));
        }
        if !selection.report.is_empty() {
            query = query.filter(revisions::report.eq_any(selection.report.clone()));
        }
        if !selection.comparator.is_empty() {
            let stated: Vec<String> = selection.comparator.iter().flatten().cloned().collect();
            query = if selection.comparator.contains(&None) {
                query.filter(revisions::comparator.eq_any(stated).or(revisions::comparator.is_null()))
            } else {
                query.filter(revisions::comparator.eq_any(stated))
            };
        }
        if let Some(least) = selection.value_ge {
            query = match selection.certain {
                true => query.filter(revisions::lower.ge(least.millionths())),
                false => query.filter(revisions::value.ge(least.millionths())),
            };
        }
        if let Some(most) = selection.value_le {
            query = match selection.certain {
                true => query.filter(revisions::upper.le(most.millionths())),
                false => query.filter(revisions::value.le(most.millionths())),
            };
        }
        query
    }};
}

/// Observations in the order that the selection asks for.
pub fn list(conn: &mut Conn, selection: &Selection, window: &Window<ObservationKey>) -> Result<Vec<Stated>> {
    let mut query = select!(selection);
    // A mark of another kind has been refused with its cursor.
    macro_rules! sorted {
        ($column:expr, $kind:ident) => {{
            if let Some((Mark::$kind(mark), id)) = window.after.clone() {
                query = if selection.descending {
                    query.filter($column.lt(mark.clone()).or($column.eq(mark).and(observations::id.lt(id))))
                } else {
                    query.filter($column.gt(mark.clone()).or($column.eq(mark).and(observations::id.gt(id))))
                };
            }
            if selection.descending {
                query.order(($column.desc(), observations::id.desc()))
            } else {
                query.order(($column.asc(), observations::id.asc()))
            }
        }};
    }
    let query = match selection.sort {
        SortBy::Id => sorted!(observations::id, Int),
        SortBy::Metric => sorted!(observations::metric, Word),
        SortBy::Area => sorted!(observations::area, Int),
        SortBy::Value => sorted!(revisions::value, Int),
        SortBy::ReleasedAt => sorted!(revisions::released_at, Time),
        SortBy::Seq => sorted!(observations::seq, Int),
        SortBy::Period => {
            use observations::{ends_on, id, starts_on};
            if let Some((Mark::Days(first, last), after)) = window.after {
                query =
                    if selection.descending {
                        query.filter(starts_on.lt(first).or(
                            starts_on.eq(first).and(ends_on.lt(last).or(ends_on.eq(last).and(id.lt(after)))),
                        ))
                    } else {
                        query.filter(starts_on.gt(first).or(
                            starts_on.eq(first).and(ends_on.gt(last).or(ends_on.eq(last).and(id.gt(after)))),
                        ))
                    };
            }
            if selection.descending {
                query.order((starts_on.desc(), ends_on.desc(), id.desc()))
            } else {
                query.order((starts_on.asc(), ends_on.asc(), id.asc()))
            }
        }
    };
    Ok(query
        .select((ObservationRow::as_select(), RevisionRow::as_select(), metrics::unit))
        .limit(window.limit)
        .load(conn)?)
}

/// Where a row stands in the order of a selection.
pub fn key(sort: SortBy, stated: &Stated) -> ObservationKey {
    let Stated { observation, revision, .. } = stated;
    let mark = match sort {
        SortBy::Id => Mark::Int(observation.id),
        SortBy::Metric => Mark::Word(observation.metric.clone()),
        SortBy::Area => Mark::Int(observation.area.as_i64()),
        SortBy::Period => Mark::Days(observation.starts_on, observation.ends_on),
        SortBy::Value => Mark::Int(revision.value),
        SortBy::ReleasedAt => Mark::Time(revision.released_at),
        SortBy::Seq => Mark::Int(observation.seq),
    };
    (mark, observation.id)
}

/// How many observations the selection has.
pub fn count(conn: &mut Conn, selection: &Selection) -> Result<i64> {
    Ok(select!(selection).count().get_result(conn)?)
}

/// Codes of the units that the observations of the selection are held in.
pub fn units(conn: &mut Conn, selection: &Selection) -> Result<Vec<String>> {
    Ok(select!(selection).select(metrics::unit).distinct().order(metrics::unit).load(conn)?)
}

/// The observation with this id as it stood at a time.
///
/// Errors: `NotFound` when there is none, it was not yet released, it is retracted, or it may not be
/// seen.
pub fn find(conn: &mut Conn, id: i64, moment: Moment) -> Result<Stated> {
    joined()
        .filter(current(moment))
        .filter(observations::id.eq(id))
        .select((ObservationRow::as_select(), RevisionRow::as_select(), metrics::unit))
        .first(conn)
        .optional()?
        .ok_or_else(|| missing(id))
}

/// The observations with these ids as they stood at a time, in the same order. No id stands there twice.
///
/// Errors: as those of [`find`].
pub fn find_all(conn: &mut Conn, ids: &[i64], moment: Moment) -> Result<Vec<Stated>> {
    let rows: Vec<Stated> = joined()
        .filter(current(moment))
        .filter(observations::id.eq_any(ids.to_vec()))
        .select((ObservationRow::as_select(), RevisionRow::as_select(), metrics::unit))
        .load(conn)?;
    let mut found: HashMap<i64, Stated> = rows.into_iter().map(|row| (row.observation.id, row)).collect();
    ids.iter().map(|&id| found.remove(&id).ok_or_else(|| missing(id))).collect()
}

fn missing(id: i64) -> Error {
    Error::NotFound { what: "observation", key: id.to_string() }
}

/// Checks that an observation may be seen in any of its states.
pub fn check(conn: &mut Conn, id: i64, moment: Moment) -> Result<()> {
    joined()
        .filter(observations::id.eq(id))
        .filter(visible(moment.sight.internal))
        .filter(released(moment))
        .select(observations::id)
        .first::<i64>(conn)
        .optional()?
        .map(drop)
        .ok_or_else(|| missing(id))
}

/// What a metric stated at a time for these areas, those directly below them, and these periods, as far
/// as it may be seen.
pub fn figures(
    conn: &mut Conn,
    metric: &str,
    groups: &[AreaCode],
    periods: &[Period],
    moment: Moment,
) -> Result<Vec<(Key, RevisionRow)>> {
    let periods: Vec<String> = periods.iter().map(ToString::to_string).collect();
    let rows: Vec<(ObservationRow, RevisionRow)> = joined()
        .inner_join(areas::table.on(areas::code.eq(observations::area)))
        .filter(current(moment))
        .filter(observations::metric.eq(metric))
        .filter(areas::code.eq_any(groups.to_vec()).or(areas::parent.eq_any(groups.to_vec())))
        .filter(observations::period.eq_any(periods))
        .select((ObservationRow::as_select(), RevisionRow::as_select()))
        .load(conn)?;
    let keyed = |(row, state): (ObservationRow, RevisionRow)| {
        let ObservationRow { metric, area, period, accumulation, role, .. } = row;
        let period = period.parse().map_err(|_| Error::Corrupt(format!("period {period}")))?;
        Ok((Key { metric, area, period, accumulation, role }, state))
    };
    rows.into_iter().map(keyed).collect()
}

/// Which of these ids are of observations of metrics that may be seen.
pub fn seen_among(conn: &mut Conn, sight: Sight, ids: Vec<i64>) -> Result<HashSet<i64>> {
    if ids.is_empty() {
        return Ok(HashSet::new());
    }
    let seen: Vec<i64> = observations::table
        .inner_join(metrics::table.on(metrics::code.eq(observations::metric)))
        .filter(observations::id.eq_any(ids))
        .filter(visible(sight.internal))
        .select(observations::id)
        .load(conn)?;
    Ok(seen.into_iter().collect())
}

/// Every state of an observation that may be seen, in the order of entry, retractions too.
pub fn history(conn: &mut Conn, id: i64, moment: Moment, window: &Window<i64>) -> Result<Vec<Stated>> {
    Ok(joined()
        .filter(observations::id.eq(id))
        .filter(visible(moment.sight.internal))
        .filter(released(moment))
        .filter(revisions::revision.gt(window.after.unwrap_or(0)))
        .select((ObservationRow::as_select(), RevisionRow::as_select(), metrics::unit))
        .order(revisions::revision)
        .limit(window.limit)
        .load(conn)?)
}

/// How many states of an observation may be seen.
pub fn count_history(conn: &mut Conn, id: i64, moment: Moment) -> Result<i64> {
    Ok(joined()
        .filter(observations::id.eq(id))
        .filter(visible(moment.sight.internal))
        .filter(released(moment))
        .count()
        .get_result(conn)?)
}

/// The areas that these states speak of jointly, as (observation, revision, area).
pub fn covers(conn: &mut Conn, observations: &[i64]) -> Result<Vec<(i64, i64, AreaCode)>> {
    Ok(revision_areas::table
        .filter(revision_areas::observation.eq_any(observations.to_vec()))
        .order((revision_areas::observation, revision_areas::revision, revision_areas::area))
        .load(conn)?)
}

/// The projects that these states speak of jointly, as (observation, revision, project).
pub fn joint_projects(
    conn: &mut Conn,
    sight: Sight,
    observations: &[i64],
) -> Result<Vec<(i64, i64, String)>> {
    Ok(revision_projects::table
        .inner_join(projects::table.on(projects::code.eq(revision_projects::project)))
        .filter(revision_projects::observation.eq_any(observations.to_vec()))
        .filter(works::visible(sight.internal))
        .order((revision_projects::observation, revision_projects::revision, revision_projects::project))
        .select((revision_projects::observation, revision_projects::revision, revision_projects::project))
        .load(conn)?)
}

/// The next time after `now` at which a figure is released, and answers change without a write.
pub fn next_release(conn: &mut Conn, now: NaiveDateTime) -> Result<Option<NaiveDateTime>> {
    Ok(revisions::table
        .filter(revisions::released_at.gt(now))
        .select(diesel::dsl::min(revisions::released_at))
        .get_result(conn)?)
}
