//! Figures for statistics: what one metric states for many areas and periods, by one condition of time
//! and sight, with no more of each row than a calculation needs.

use chrono::NaiveDate;
use diesel::dsl::exists;
use diesel::prelude::*;

use super::Window;
use super::dialect::{Backend, Conn, on_each};
use super::observation_id::ObservationId;
use super::observations::{Moment, QuantityColumns, current, joined};
use super::schema::{areas, metrics, observations, revisions};
use crate::domain::area_code::AreaCode;
use crate::domain::codes::{Accumulation, Direction, Level, Role, Spread};
use crate::domain::period::Period;
use crate::domain::quantity::Quantity;
use crate::error::{Error, Result};

/// The areas that figures are asked of.
#[derive(Debug, Clone)]
pub enum Places {
    /// These.
    These(Vec<AreaCode>),
    /// All codes from the first to the last, of one level or of any.
    Codes(i64, i64, Option<Level>),
}

/// The periods that figures are asked of.
#[derive(Debug, Clone)]
pub enum Times {
    /// These.
    These(Vec<Period>),
    /// All that lie wholly within a span.
    Inside(Period),
    /// All that begin on the first day or later, and end on the last day or earlier, where given.
    Between(Option<NaiveDate>, Option<NaiveDate>),
}

/// Which figures are asked for.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the members are those of an observation's key")]
pub struct Scope {
    pub metric: String,
    pub places: Places,
    pub times: Times,
    /// None for any.
    pub accumulation: Option<Accumulation>,
    pub role: Role,
    pub moment: Moment,
}

/// What was stated for an area and a period.
#[derive(Debug, Clone)]
pub struct Figure {
    /// Id of the observation.
    pub id: i64,
    /// The area.
    pub area: AreaCode,
    /// The period.
    pub period: Period,
    /// Over which part of the period it accumulates.
    pub accumulation: Accumulation,
    /// The figure, in the unit of the metric.
    pub quantity: Quantity,
    /// The words of the source.
    pub text: Option<String>,
    /// Of a target: one for all, or one for each village.
    pub spread: Option<Spread>,
    /// The entry that stated it.
    pub seq: i64,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = observations)]
struct Place {
    id: i64,
    area: AreaCode,
    period: String,
    accumulation: Accumulation,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = revisions)]
struct Said {
    #[diesel(embed)]
    figure: QuantityColumns,
    text: Option<String>,
    spread: Option<Spread>,
    seq: i64,
}

fn figure((place, said): (Place, Said)) -> Result<Figure> {
    let Place { id, area, period, accumulation } = place;
    let Said { figure, text, spread, seq } = said;
    let period = period.parse().map_err(|invalid| Error::Corrupt(format!("figure {id}: {invalid}")))?;
    Ok(Figure { id, area, period, accumulation, quantity: figure.quantity()?, text, spread, seq })
}

/// The rows of a scope. A macro, because the type of this query is longer than the query.
macro_rules! select {
    ($scope:expr) => {{
        let scope: &Scope = $scope;
        let mut query = joined(ObservationId::First)
            .filter(current(scope.moment))
            .filter(observations::metric.eq(scope.metric.clone()))
            .filter(observations::role.eq(scope.role))
            .into_boxed::<Backend>();
        if let Some(accumulation) = scope.accumulation {
            query = query.filter(observations::accumulation.eq(accumulation));
        }
        match &scope.places {
            Places::These(codes) => query = query.filter(observations::area.eq_any(codes.clone())),
            Places::Codes(first, last, level) => {
                query = query.filter(observations::area.between(*first, *last));
                if let Some(level) = level {
                    let of_level = areas::table
                        .filter(areas::code.eq(observations::area))
                        .filter(areas::level.eq(*level));
                    query = query.filter(exists(of_level));
                }
            }
        }
        match &scope.times {
            Times::These(periods) => {
                let first: Vec<NaiveDate> = periods.iter().map(Period::first_day).collect();
                let last: Vec<NaiveDate> = periods.iter().map(Period::last_day).collect();
                let words: Vec<String> = periods.iter().map(ToString::to_string).collect();
                // The days too, because an index has them.
                query = query
                    .filter(observations::starts_on.eq_any(first))
                    .filter(observations::ends_on.eq_any(last))
                    .filter(observations::period.eq_any(words));
            }
            Times::Inside(span) => {
                query = query
                    .filter(observations::starts_on.between(span.first_day(), span.last_day()))
                    .filter(observations::ends_on.le(span.last_day()));
            }
            Times::Between(from, to) => {
                if let Some(from) = from {
                    query = query.filter(observations::starts_on.ge(*from));
                }
                if let Some(to) = to {
                    query = query.filter(observations::ends_on.le(*to));
                }
            }
        }
        query
    }};
}

/// Codes of the metrics after one that have targets between two area codes, or for each village of an area
/// above, in their order: those that may be seen, at most so many.
pub fn metrics_with_targets(
    conn: &mut Conn,
    (first, last): (i64, i64),
    above: Vec<AreaCode>,
    moment: Moment,
    window: &Window<String>,
) -> Result<Vec<String>> {
    let targets = observations::table
        .inner_join(revisions::table.on(revisions::observation.eq(observations::id)))
        .filter(current(moment))
        .filter(observations::metric.eq(metrics::code))
        .filter(observations::role.eq(Role::Target))
        .filter(
            observations::area
                .between(first, last)
                .or(observations::area.eq_any(above).and(revisions::spread.eq(Spread::Each))),
        );
    Ok(metrics::table
        .filter(metrics::code.gt(window.after.clone().unwrap_or_default()))
        .filter(exists(targets))
        .select(metrics::code)
        .order(metrics::code)
        .limit(window.limit)
        .load(conn)?)
}

/// Which of these areas have stated a result of which of these metrics for exactly a period, and over which
/// accumulation.
pub fn reported(
    conn: &mut Conn,
    codes: &[String],
    places: &[AreaCode],
    period: Period,
    moment: Moment,
) -> Result<Vec<(AreaCode, String, Accumulation)>> {
    if places.is_empty() {
        return Ok(Vec::new());
    }
    Ok(joined(ObservationId::First)
        .filter(current(moment))
        .filter(observations::area.eq_any(places.to_vec()))
        .filter(observations::metric.eq_any(codes.to_vec()))
        .filter(observations::starts_on.eq(period.first_day()))
        .filter(observations::period.eq(period.to_string()))
        .filter(observations::role.eq(Role::Actual))
        .select((observations::area, observations::metric, observations::accumulation))
        .order((observations::area, observations::metric, observations::accumulation))
        .load(conn)?)
}

/// What an area states last up to a day: the period that ends last, of equal ones the longest.
pub fn last_period(
    conn: &mut Conn,
    area: AreaCode,
    day: NaiveDate,
    moment: Moment,
) -> Result<Option<Period>> {
    let last: Option<String> = on_each!(conn, conn => joined(ObservationId::First)
        .filter(current(moment))
        .filter(observations::area.eq(area))
        .filter(observations::role.eq(Role::Actual))
        .filter(observations::ends_on.le(day))
        .select(observations::period)
        .order((observations::ends_on.desc(), observations::starts_on))
        .first(conn))
    .optional()?;
    let broken = |invalid| Error::Corrupt(format!("period of area {area}: {invalid}"));
    last.map(|period| period.parse().map_err(broken)).transpose()
}

/// What of a metric goes with its figures at a glance.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = metrics)]
#[expect(missing_docs, reason = "the columns, which the migrations and the wire type describe")]
pub struct Glance {
    pub code: String,
    pub name: String,
    pub name_en: String,
    pub theme: String,
    pub unit: String,
    pub direction: Direction,
}

/// The results and aims that an area states of every metric in the periods that begin and end between two
/// days, in order of metric and period.
pub fn of_area(
    conn: &mut Conn,
    area: AreaCode,
    (first, last): (NaiveDate, NaiveDate),
    moment: Moment,
) -> Result<Vec<(Glance, Role, Figure)>> {
    let rows: Vec<(Glance, Role, (Place, Said))> = on_each!(conn, conn => joined(ObservationId::First)
        .filter(current(moment))
        .filter(observations::area.eq(area))
        .filter(observations::role.eq(Role::Actual).or(observations::role.eq(Role::Target)))
        .filter(observations::starts_on.ge(first))
        .filter(observations::ends_on.le(last))
        .select((Glance::as_select(), observations::role, (Place::as_select(), Said::as_select())))
        .order((observations::metric, observations::starts_on, observations::ends_on, observations::id))
        .load(conn))?;
    rows.into_iter().map(|(metric, role, row)| Ok((metric, role, figure(row)?))).collect()
}

/// The aims that areas state for each of their villages in exactly a period, in order of area: each beside
/// its metric.
pub fn for_each_village(
    conn: &mut Conn,
    areas: Vec<AreaCode>,
    period: Period,
    moment: Moment,
) -> Result<Vec<(String, Figure)>> {
    let rows: Vec<(String, (Place, Said))> = joined(ObservationId::First)
        .filter(current(moment))
        .filter(observations::area.eq_any(areas))
        .filter(observations::role.eq(Role::Target))
        .filter(observations::starts_on.eq(period.first_day()))
        .filter(observations::period.eq(period.to_string()))
        .filter(revisions::spread.eq(Spread::Each))
        .select((observations::metric, (Place::as_select(), Said::as_select())))
        .order(observations::area)
        .load(conn)?;
    rows.into_iter().map(|(metric, row)| Ok((metric, figure(row)?))).collect()
}

/// The figures of a scope, in order of area, first day and last day.
pub fn list(conn: &mut Conn, scope: &Scope) -> Result<Vec<Figure>> {
    let rows: Vec<(Place, Said)> = select!(scope)
        .select((Place::as_select(), Said::as_select()))
        .order((observations::area, observations::starts_on, observations::ends_on))
        .load(conn)?;
    rows.into_iter().map(figure).collect()
}
