//! Figures for statistics: what one metric states for many areas and periods, by one condition of time
//! and sight, with no more of each row than a calculation needs.

use std::collections::HashMap;

use chrono::NaiveDate;
use diesel::dsl::exists;
use diesel::prelude::*;

use super::Window;
use super::among::among;
use super::dialect::{Backend, Conn, on_each};
use super::observation_id::ObservationId;
use super::observations::{RevisionFigure, joined};
use super::schema::{areas, metrics, observations, revisions};
use super::sight::{Moment, current};
use crate::domain::area_code::AreaCode;
use crate::domain::codes::{Accumulation, Direction, Level, Role, Spread};
use crate::domain::period::Period;
use crate::domain::quantity::Quantity;
use crate::error::Result;

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

impl Times {
    /// The days on which periods of a span begin, from the first to the last, and the last day on which they end; none
    /// of periods that are named.
    fn days(&self) -> Option<[NaiveDate; 3]> {
        let last = NaiveDate::from_ymd_opt(9999, 12, 31)?;
        match *self {
            Times::These(_) => None,
            Times::Inside(span) => Some([span.first_day(), span.last_day(), span.last_day()]),
            Times::Between(from, to) => {
                // No period begins earlier.
                let first = NaiveDate::from_ymd_opt(1900, 1, 1)?;
                Some([from.unwrap_or(first), last, to.unwrap_or(last)])
            }
        }
    }
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
    period: Period,
    accumulation: Accumulation,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = revisions)]
struct Said {
    #[diesel(embed)]
    figure: RevisionFigure,
    text: Option<String>,
    spread: Option<Spread>,
    seq: i64,
}

fn figure((place, said): (Place, Said)) -> Figure {
    let Place { id, area, period, accumulation } = place;
    let Said { figure, text, spread, seq } = said;
    Figure { id, area, period, accumulation, quantity: figure.quantity(), text, spread, seq }
}

/// A county has as many codes.
const WIDE: i64 = 1_000_000 - 1;

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
                query = match scope.times {
                    // All that was ever stated there is more than what the metric states of the span anywhere.
                    Times::Inside(_) if last - first >= WIDE => {
                        query.filter((observations::area + 0).between(*first, *last))
                    }
                    _ => query.filter(observations::area.between(*first, *last)),
                };
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
    // Of most metrics there are none, and to find that out all targets are looked at: once, not for each metric.
    let aims = diesel::alias!(observations as aims);
    let aimed = aims
        .filter(aims.field(observations::role).eq(Role::Target))
        .select(aims.field(observations::metric))
        .distinct();
    Ok(metrics::table
        .filter(metrics::code.gt(window.after.clone().unwrap_or_default()))
        .filter(metrics::code.eq_any(aimed))
        .filter(exists(targets))
        .select(metrics::code)
        .order(metrics::code)
        .limit(window.limit)
        .load(conn)?)
}

/// Which areas have stated a result of which of these metrics for exactly a period, and over which accumulation. Of
/// places with a level the figures of other levels come too.
pub fn reported(
    conn: &mut Conn,
    codes: &[String],
    places: &Places,
    period: Period,
    moment: Moment,
) -> Result<Vec<(AreaCode, String, Accumulation)>> {
    let query = joined(ObservationId::First)
        .filter(current(moment))
        .filter(observations::metric.eq_any(codes.to_vec()))
        .filter(observations::starts_on.eq(period.first_day()))
        .filter(observations::period.eq(period.to_string()))
        .filter(observations::role.eq(Role::Actual))
        .select((observations::area, observations::metric, observations::accumulation))
        .order((observations::area, observations::metric, observations::accumulation))
        .into_boxed::<Backend>();
    Ok(match places {
        Places::These(codes) if codes.is_empty() => Vec::new(),
        Places::These(codes) => query.filter(observations::area.eq_any(codes.clone())).load(conn)?,
        Places::Codes(first, last, _) => {
            // The last day too, because an index has it before the area.
            let ends = observations::ends_on.eq(period.last_day());
            query.filter(observations::area.between(*first, *last)).filter(ends).load(conn)?
        }
    })
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
    pub headline: Option<i16>,
}

/// Which figures are looked at to find the latest.
#[derive(Debug, Clone, Copy)]
pub enum Among {
    /// Those of exactly a period.
    Of(Period),
    /// Those of all periods that have ended by a day.
    EndedBy(NaiveDate),
}

/// The latest result that an area states of each metric: of the period that ends last; of those that end on one
/// day of a standard period before an interval, then of the longest; of several accumulations the one that was
/// stated first. The database looks for each by itself, so that no others are read.
pub fn latest(
    conn: &mut Conn,
    area: AreaCode,
    among: Among,
    moment: Moment,
) -> Result<Vec<(Glance, Figure)>> {
    // No period begins earlier.
    let earliest = NaiveDate::from_ymd_opt(1900, 1, 1).unwrap_or(NaiveDate::MIN);
    let (starts, ends) = match among {
        Among::Of(period) => ([period.first_day(); 2], [period.last_day(); 2]),
        Among::EndedBy(day) => ([earliest, day], [earliest, day]),
    };
    let last = observations::table
        .inner_join(revisions::table.on(revisions::observation.eq(ObservationId::First)))
        .filter(current(moment))
        .filter(observations::metric.eq(metrics::code))
        .filter(observations::role.eq(Role::Actual))
        .filter(observations::area.eq(area))
        .filter(observations::starts_on.between(starts[0], starts[1]))
        .filter(observations::ends_on.between(ends[0], ends[1]))
        .select(observations::id)
        // Only intervals are written with a stroke.
        .order((
            observations::ends_on.desc(),
            observations::period.like("%/%"),
            observations::starts_on,
            observations::id,
        ))
        .limit(1);
    let found: Vec<(Glance, Option<i64>)> = on_each!(conn, conn => metrics::table
        .select((Glance::as_select(), last.single_value()))
        .load(conn))?;
    let mut metrics: HashMap<i64, Glance> =
        found.into_iter().filter_map(|(metric, id)| Some((id?, metric))).collect();
    let ids: Vec<i64> = metrics.keys().copied().collect();
    let rows: Vec<(Place, Said)> = on_each!(conn, conn => joined(ObservationId::First)
        .filter(current(moment))
        .filter(observations::id.eq_any(ids))
        .select((Place::as_select(), Said::as_select()))
        .load(conn))?;
    let mut latest = Vec::new();
    for row in rows {
        let figure = figure(row);
        if let Some(metric) = metrics.remove(&figure.id) {
            latest.push((metric, figure));
        }
    }
    Ok(latest)
}

/// The results that an area states of these metrics in exactly these periods, in order of period: each beside
/// its metric.
pub fn results(
    conn: &mut Conn,
    area: AreaCode,
    codes: Vec<String>,
    periods: &[Period],
    moment: Moment,
) -> Result<Vec<(String, Figure)>> {
    let words: Vec<String> = periods.iter().map(ToString::to_string).collect();
    let rows: Vec<(String, (Place, Said))> = on_each!(conn, conn => joined(ObservationId::First)
        .filter(current(moment))
        .filter(observations::metric.eq_any(codes))
        .filter(observations::area.eq(area))
        .filter(observations::role.eq(Role::Actual))
        .filter(observations::period.eq_any(words))
        .select((observations::metric, (Place::as_select(), Said::as_select())))
        .order((observations::starts_on, observations::id))
        .load(conn))?;
    Ok(rows.into_iter().map(|(metric, row)| (metric, figure(row))).collect())
}

/// The aims of areas in exactly these periods, in order of area: each beside its metric.
pub fn targets(
    conn: &mut Conn,
    areas: Vec<AreaCode>,
    periods: &[Period],
    moment: Moment,
) -> Result<Vec<(String, Figure)>> {
    let first: Vec<NaiveDate> = periods.iter().map(Period::first_day).collect();
    let words: Vec<String> = periods.iter().map(ToString::to_string).collect();
    let rows: Vec<(String, (Place, Said))> = on_each!(conn, conn => joined(ObservationId::First)
        .filter(current(moment))
        .filter(observations::area.eq_any(areas))
        .filter(observations::role.eq(Role::Target))
        .filter(observations::starts_on.eq_any(first))
        .filter(observations::period.eq_any(words))
        .select((observations::metric, (Place::as_select(), Said::as_select())))
        .order((observations::area, observations::id))
        .load(conn))?;
    Ok(rows.into_iter().map(|(metric, row)| (metric, figure(row))).collect())
}

/// The first days of the periods that figures of a scope may be of: of all that was ever stated there, whatever level
/// its areas have and whoever sees it.
pub fn first_days(conn: &mut Conn, scope: &Scope) -> Result<Vec<NaiveDate>> {
    let mut query = observations::table
        .filter(observations::metric.eq(scope.metric.clone()))
        .select(observations::starts_on)
        .distinct()
        .into_boxed::<Backend>();
    if let Places::Codes(first, last, _) = scope.places {
        query = query.filter(observations::area.between(first, last));
    }
    if let Times::Inside(span) = &scope.times {
        query = query.filter(observations::starts_on.between(span.first_day(), span.last_day()));
    }
    Ok(query.load(conn)?)
}

/// The figures of a scope, in order of area, first day and last day.
pub fn list(conn: &mut Conn, scope: &Scope) -> Result<Vec<Figure>> {
    match (&scope.places, scope.accumulation, scope.times.days()) {
        (Places::These(codes), Some(accumulation), Some(days)) => {
            of_areas(conn, scope, codes, accumulation, days)
        }
        _ => first(conn, scope, i64::MAX),
    }
}

/// The figures of a scope of these areas, by a statement that is prepared once.
fn of_areas(
    conn: &mut Conn,
    scope: &Scope,
    codes: &[AreaCode],
    accumulation: Accumulation,
    [from, begun, ended]: [NaiveDate; 3],
) -> Result<Vec<Figure>> {
    let rows: Vec<(Place, Said)> = on_each!(conn, conn => joined(ObservationId::First)
        .filter(current(scope.moment))
        .filter(observations::metric.eq(&scope.metric))
        .filter(observations::role.eq(scope.role))
        .filter(observations::accumulation.eq(accumulation))
        .filter(among(observations::area, codes.iter().map(|code| code.as_i64())))
        .filter(observations::starts_on.between(from, begun))
        .filter(observations::ends_on.le(ended))
        .select((Place::as_select(), Said::as_select()))
        .order((observations::area, observations::starts_on, observations::ends_on))
        .load(conn))?;
    Ok(rows.into_iter().map(figure).collect())
}

/// The first of these figures, at most so many.
pub fn first(conn: &mut Conn, scope: &Scope, limit: i64) -> Result<Vec<Figure>> {
    let rows: Vec<(Place, Said)> = select!(scope)
        .limit(limit)
        .select((Place::as_select(), Said::as_select()))
        .order((observations::area, observations::starts_on, observations::ends_on))
        .load(conn)?;
    Ok(rows.into_iter().map(figure).collect())
}

/// How many figures of a scope are of their areas, and not for each of the villages there.
pub fn count_own(conn: &mut Conn, scope: &Scope) -> Result<i64> {
    let own = revisions::spread.is_null().or(revisions::spread.ne(Spread::Each));
    Ok(select!(scope).filter(own).count().get_result(conn)?)
}

/// What the figures of a scope speak of that are of their areas, and not for each of the villages there.
pub fn own_places(conn: &mut Conn, scope: &Scope) -> Result<Vec<(AreaCode, Period, Accumulation)>> {
    let own = revisions::spread.is_null().or(revisions::spread.ne(Spread::Each));
    let places = (observations::area, observations::period, observations::accumulation);
    Ok(select!(scope).filter(own).select(places).load(conn)?)
}

/// The figures of a scope that are for each of the villages there, in order of area, first day and last day.
pub fn for_each(conn: &mut Conn, scope: &Scope) -> Result<Vec<Figure>> {
    let set = diesel::alias!(revisions as set);
    let each =
        set.filter(set.field(revisions::spread).eq(Spread::Each)).select(set.field(revisions::observation));
    let rows: Vec<(Place, Said)> = select!(scope)
        .filter(revisions::spread.eq(Spread::Each))
        .filter(observations::id.eq_any(each))
        .select((Place::as_select(), Said::as_select()))
        .order((observations::area, observations::starts_on, observations::ends_on))
        .load(conn)?;
    Ok(rows.into_iter().map(figure).collect())
}
