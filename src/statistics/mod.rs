//! Whatever is worked out from rows: roll-ups, rankings, series, completion, scoreboards, summaries, overviews,
//! timelines. Reads through `db`, works out by the rules of `domain`; knows nothing of HTTP. Nothing here writes.

pub mod aggregate;
pub mod by_light;
pub mod completeness;
pub mod completion;
pub mod outside_life;
pub mod overview;
pub mod projects;
pub mod ranking;
pub mod scoreboard;
pub mod series;
pub mod targets;
pub mod timeline;

use std::collections::HashMap;

use chrono::NaiveDateTime;

use crate::db::areas::{self, Member};
use crate::db::figures::{self, Figure, Places, Scope, Times};
use crate::db::metrics::{self, MetricRow};
use crate::db::sight::Moment;
use crate::db::{Conn, numbers, units};
use crate::domain::access::{Reach, Sight};
use crate::domain::area_code::AreaCode;
use crate::domain::codes::{Accumulation, Level, MetricKind, Role, Spread, TimeRule, Visibility};
use crate::domain::derived::{Derived, Shown};
use crate::domain::life::{Life, counted_days};
use crate::domain::period::Period;
use crate::domain::period_before::before;
use crate::domain::rollup::{Made, over_time};
use crate::domain::unit::{Unit, check_dimension};
use crate::error::{Error, Fault, Invalid, Result, only};

/// So many areas are looked up one by one.
const FEW: usize = 500;

/// Which figures of a metric a statistic is made of, and how it is told.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Code of the metric.
    pub metric: String,
    /// The default is the metric's own.
    pub accumulation: Option<Accumulation>,
    /// Whether results, aims, projections or points of comparison are asked for.
    pub role: Role,
    /// The time asked for; none for now.
    pub as_of: Option<NaiveDateTime>,
    /// Code of the unit to tell it in; the metric's own by default.
    pub unit: Option<String>,
    /// Now.
    pub now: NaiveDateTime,
}

/// The same once its words have been looked up.
#[derive(Debug, Clone)]
pub struct Question {
    /// The metric, without references to metrics that the reader does not see.
    pub metric: MetricRow,
    /// Over which part of a period its figures accumulate.
    pub accumulation: Accumulation,
    /// The same, where it was asked for.
    asked: Option<Accumulation>,
    /// Whether results, aims, projections or points of comparison are asked for.
    pub role: Role,
    /// As of when, and for whose eyes.
    pub moment: Moment,
    /// The unit that figures are held in.
    pub held: Unit,
    /// The unit that the answer is told in.
    pub unit: Unit,
}

impl Question {
    /// Looks up what is asked for.
    ///
    /// Errors: `NotFound` without such a metric that the reader sees; `Invalid` for a unit that is not
    /// registered or does not fit.
    pub fn new(conn: &mut Conn, sight: Sight, asked: &Asked) -> Result<Question> {
        let metric = metrics::find(conn, sight, &asked.metric)?;
        let metric = only(metrics::seen(conn, sight, vec![metric])?)?;
        let held = held(conn, &metric)?;
        let unit = match &asked.unit {
            Some(code) => units::named(conn, "unit", code)?,
            None => held.clone(),
        };
        check_dimension(&held, &unit).map_err(|invalid| Fault::parameter("unit", invalid))?;
        Ok(Question {
            accumulation: asked.accumulation.unwrap_or_else(|| usual(&metric)),
            asked: asked.accumulation,
            role: asked.role,
            moment: Moment::new(sight, asked.as_of, asked.now),
            metric,
            held,
            unit,
        })
    }

    /// The days of a period on one of which an area has to exist to count: of a flow any, else the last.
    pub fn counted_days(&self, period: Period) -> Period {
        counted_days(self.metric.kind, period)
    }

    /// The areas within one that an answer about the metric tells of.
    pub fn extent(&self, within: Option<AreaCode>) -> Extent {
        Extent::new(within, self.moment.sight, [&self.metric])
    }

    /// The metric's figures by themselves.
    pub fn term(&self) -> Term {
        Term { metric: self.metric.clone(), accumulation: self.accumulation }
    }

    /// The figures of a metric that this one is made of: of a flow over what was asked for.
    fn made_of(&self, metric: MetricRow) -> Term {
        let asked = self.asked.filter(|asked| *asked != Accumulation::Instant);
        let accumulation =
            asked.filter(|_| metric.kind == MetricKind::Flow).unwrap_or_else(|| usual(&metric));
        Term { accumulation, metric }
    }

    /// A number in the unit of the answer, as it is told.
    ///
    /// Errors: `overflow`.
    pub fn shown(&self, number: &Derived) -> Result<Shown> {
        let told = number.convert(&self.held, &self.unit).and_then(|number| number.shown());
        told.map_err(|invalid| Fault::parameter("code", invalid).into())
    }

    /// The period whose figures are those before.
    pub fn before(&self, period: &Period) -> Option<Period> {
        before(self.accumulation, period)
    }

    /// What the metric states for these places and times.
    pub fn scope(&self, places: Places, times: Times) -> Scope {
        self.term().scope(self, places, times)
    }
}

fn held(conn: &mut Conn, metric: &MetricRow) -> Result<Unit> {
    let unit = units::get(conn, &metric.unit)?;
    unit.ok_or_else(|| Error::Corrupt(format!("unit of {}", metric.code)))?.try_into()
}

/// The accumulation that figures of a metric have unless they say otherwise.
fn usual(metric: &MetricRow) -> Accumulation {
    match metric.kind {
        MetricKind::Flow => Accumulation::Period,
        _ => Accumulation::Instant,
    }
}

/// A metric that goes into a statistic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    metric: MetricRow,
    accumulation: Accumulation,
}

/// The figures of a span by area, and how each was made.
type ByArea = HashMap<AreaCode, (Derived, Made)>;

/// Figures by area, each with its period.
type Stated = HashMap<AreaCode, Vec<(Period, Derived)>>;

impl Term {
    fn scope(&self, question: &Question, places: Places, times: Times) -> Scope {
        Scope {
            metric: self.metric.code.clone(),
            places,
            times,
            accumulation: Some(self.accumulation),
            role: question.role,
            moment: question.moment,
        }
    }

    /// The days of a period on one of which an area has to exist to count.
    fn counted_days(&self, period: Period) -> Period {
        counted_days(self.metric.kind, period)
    }

    /// What it states of exactly a period.
    fn exactly<'a>(&'a self, question: &Question, places: &'a Places, period: Period) -> numbers::Scope<'a> {
        let visible = match self.metric.visibility {
            Visibility::Public => Reach::Everywhere,
            Visibility::Internal => question.moment.sight.internal,
        };
        numbers::Scope {
            metric: &self.metric.code,
            visible,
            places,
            period,
            accumulation: self.accumulation,
            role: question.role,
            moment: question.moment,
        }
    }

    /// What each place states, in order of period. A target for each village is no figure of the area that it
    /// was set for.
    fn stated(&self, conn: &mut Conn, question: &Question, places: Places, times: Times) -> Result<Stated> {
        let mut stated = Stated::new();
        let figures = figures::list(conn, &self.scope(question, places, times))?;
        for Figure { area, period, quantity, .. } in figures.into_iter().filter(is_own) {
            stated.entry(area).or_default().push((period, Derived::from(&quantity)));
        }
        Ok(stated)
    }

    /// The figure of an area for a span by the metric's time rule.
    fn over_time(&self, span: Period, life: &Life, stated: &[(Period, Derived)]) -> Option<(Derived, Made)> {
        over_time(self.metric.time_rule, self.accumulation, span, life, stated)
    }

    /// The figure of each of these areas, which are in order of code and at these places, for a span that has parts or
    /// not. Areas beside them may come too.
    fn over(
        &self,
        conn: &mut Conn,
        question: &Question,
        (places, members): (Places, &[Member]),
        (span, has_parts): (Period, bool),
    ) -> Result<ByArea> {
        let places = if members.len() <= FEW {
            Places::These(members.iter().map(|member| member.code).collect())
        } else {
            places
        };
        if !has_parts {
            let numbers = numbers::of_period(conn, &self.exactly(question, &places, span))?;
            return Ok(numbers.into_iter().map(|(area, number)| (area, (number, Made::Stated))).collect());
        }
        let stated = self.stated(conn, question, places, Times::Inside(span))?;
        let made = members.iter().filter_map(|Member { code, life, .. }| {
            Some((*code, self.over_time(span, life, stated.get(code)?)?))
        });
        Ok(made.collect())
    }

    /// Whether its figures for a span may have to be made of parts.
    fn has_parts(&self, conn: &mut Conn, question: &Question, span: Period) -> Result<bool> {
        let nowhere = Places::These(Vec::new());
        Ok(self.metric.time_rule != TimeRule::None
            && numbers::has_parts(conn, &self.exactly(question, &nowhere, span))?)
    }
}

/// Whether a figure is of its area, and not one for each of the villages there.
pub fn is_own(figure: &Figure) -> bool {
    figure.spread != Some(Spread::Each)
}

/// The areas that an answer tells of.
#[derive(Debug, Clone, Copy)]
pub struct Extent {
    /// Their codes: the first and the last. Of nothing the first lies above the last.
    pub range: (i64, i64),
    /// The area that it is cut to, with all below; none when nothing is cut.
    pub scope: Option<AreaCode>,
}

impl Extent {
    /// What a reader may be told of these metrics within an area, or in the whole country: of internal ones
    /// nothing beyond the reader's own area, not even who has not reported.
    pub fn new<'a>(
        within: Option<AreaCode>,
        sight: Sight,
        metrics: impl IntoIterator<Item = &'a MetricRow>,
    ) -> Extent {
        let (first, last) = reach(within);
        if metrics.into_iter().all(|metric| metric.visibility == Visibility::Public) {
            return Extent { range: (first, last), scope: None };
        }
        let (from, to) = sight.internal.span();
        let scope = match sight.internal {
            Reach::Within(area) if from > first || to < last => Some(area),
            _ => None,
        };
        Extent { range: (first.max(from), last.min(to)), scope }
    }

    /// Whether an area is told of in whole.
    pub fn covers(&self, area: AreaCode) -> bool {
        self.scope.is_none_or(|scope| Reach::Within(scope).covers(area))
    }
}

/// The codes of an area and all below it, or of the whole country.
pub fn reach(within: Option<AreaCode>) -> (i64, i64) {
    within.map_or((0, i64::MAX), |code| code.subtree().into_inner())
}

/// Codes of the areas of a level between two codes that exist on any of these days, in their order.
pub fn existing(conn: &mut Conn, range: (i64, i64), level: Level, days: Period) -> Result<Vec<AreaCode>> {
    let members = areas::existing_between(conn, range, level, days, None)?;
    Ok(members.into_iter().map(|member| member.code).collect())
}

/// The level of areas that is looked at within an area: the one asked for, else the next below.
///
/// Errors: `Invalid` when it does not lie below.
pub fn level_below(conn: &mut Conn, within: Option<AreaCode>, asked: Option<Level>) -> Result<Level> {
    let above = within.map(|code| areas::find(conn, code)).transpose();
    below(above.map_err(|error| error.of_parameter("within"))?.map(|area| area.level), asked)
}

fn below(above: Option<Level>, asked: Option<Level>) -> Result<Level> {
    let next = Level::ALL.iter().copied().find(|level| above.is_none_or(|above| *level > above));
    match (asked, next) {
        (None, Some(next)) => Ok(next),
        (Some(level), Some(next)) if level >= next => Ok(level),
        _ => {
            let (zh, en) =
                ("层级应低于所在或分组的区划", "must be below the area, or the group, that it lies in");
            Err(Fault::parameter("level", Invalid::new("level_not_below", zh, en)).into())
        }
    }
}

/// The refusal of what a metric's rules do not allow.
fn not_aggregable(zh: impl Into<String>, en: impl Into<String>) -> Error {
    Fault::parameter("code", Invalid::new("not_aggregable", zh, en)).into()
}
