//! Time series: the figures of a metric for some areas over the periods of one frequency, gaps and all, with
//! the change since the period before and since the year before, and marks where the definition breaks.

use std::collections::{BTreeMap, HashMap};

use chrono::{Days, Months, NaiveDate};

use super::{Question, held, is_own};
use crate::db::figures::{self, Figure, Places, Scope, Times};
use crate::db::metrics::{self, MetricRow};
use crate::db::{Conn, areas};
use crate::domain::area_code::AreaCode;
use crate::domain::derived::{Derived, percent};
use crate::domain::frequency::Frequency;
use crate::domain::period::Period;
use crate::domain::unit::Unit;
use crate::error::{Fault, Invalid, Result};

/// A series has at most so many points.
const MOST_POINTS: usize = 20_000;

/// A series follows at most so many metrics back, and as many on.
const MOST_METRICS: usize = 10;

/// Which series is asked for.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The areas, in order of code.
    pub areas: Vec<AreaCode>,
    /// It begins with the first day of this period; with the first figure by default.
    pub from: Option<Period>,
    /// It ends with the last day of this period; with the last figure by default.
    pub to: Option<Period>,
    /// The frequency; the one that most figures have by default.
    pub frequency: Option<Frequency>,
}

/// A figure on the way.
#[derive(Debug, Clone)]
pub struct Stated {
    /// The metric that stated it: the one asked for, or one that it took the place of or gave way to.
    pub metric: String,
    /// Which definition of that metric held, from 1.
    pub definition: usize,
    /// What was stated.
    pub figure: Figure,
    /// In the unit that the metric asked for is held in.
    pub number: Derived,
}

/// A place in a series, with what was stated there.
#[derive(Debug, Clone)]
pub struct Point {
    /// The period.
    pub period: Period,
    /// The area.
    pub area: AreaCode,
    /// None: there is a gap.
    pub stated: Option<Stated>,
    /// Against the period before.
    pub change: Option<Change>,
    /// Against the same period of the year before.
    pub year_change: Option<Change>,
    /// Whether it is stated by another definition than the figure before it in the series.
    pub breaks: bool,
}

/// How much more a figure is than an earlier one.
#[derive(Debug, Clone)]
pub struct Change {
    /// The difference.
    pub difference: Derived,
    /// In percent of the earlier one's magnitude; none when that is 0.
    pub rate: Option<Derived>,
}

/// A series in order of period and area, and its frequency; none when there are no figures.
pub fn points(conn: &mut Conn, question: &Question, plan: &Plan) -> Result<(Option<Frequency>, Vec<Point>)> {
    for &area in &plan.areas {
        areas::check(conn, "area", Some(area))?;
    }
    let stated = stated(conn, question, plan)?;
    let inside = |period: &Period| {
        plan.from.is_none_or(|from| from.first_day() <= period.first_day())
            && plan.to.is_none_or(|to| period.last_day() <= to.last_day())
    };
    let shown = || stated.keys().map(|(period, _)| *period).filter(inside);
    let Some(frequency) = plan.frequency.or_else(|| most_common(shown())) else {
        return Ok((None, Vec::new()));
    };
    let periods = periods(plan, frequency, shown().filter(|period| period.frequency() == frequency))?;
    let mut before: HashMap<AreaCode, (String, usize)> = HashMap::new();
    let mut points = Vec::new();
    for period in periods {
        for &area in &plan.areas {
            let get = |period: Option<Period>| Some(&stated.get(&(period?, area))?.number);
            let now = stated.get(&(period, area));
            let change = |then: Option<Period>| {
                let (now, then) = (&now?.number, get(then)?);
                let difference = now.minus(then);
                let rate = difference.times(&percent()).over(&then.magnitude());
                Some(Change { difference, rate })
            };
            let definition = now.map(|now| (now.metric.clone(), now.definition));
            let breaks = match definition {
                Some(definition) => {
                    before.insert(area, definition.clone()).is_some_and(|last| last != definition)
                }
                None => false,
            };
            points.push(Point {
                period,
                area,
                stated: now.cloned(),
                change: change(question.before(&period)),
                year_change: change(period.year_before()),
                breaks,
            });
        }
    }
    Ok((Some(frequency), points))
}

/// The periods that a series has places for.
///
/// Errors: `Invalid` when there are too many.
fn periods(plan: &Plan, frequency: Frequency, stated: impl Iterator<Item = Period>) -> Result<Vec<Period>> {
    let mut stated: Vec<Period> = stated.collect();
    stated.sort();
    stated.dedup();
    if frequency == Frequency::Interval {
        return Ok(stated);
    }
    let first = plan.from.map(|from| from.first_day()).or_else(|| Some(stated.first()?.first_day()));
    let last = plan.to.map(|to| to.last_day()).or_else(|| Some(stated.last()?.last_day()));
    let Some((first, last)) = first.zip(last).filter(|(first, last)| first <= last) else {
        return Ok(Vec::new());
    };
    let span = Period::from_days(first, last).map_err(|invalid| Fault::parameter("from", invalid))?;
    let most = MOST_POINTS / plan.areas.len().max(1);
    let periods: Vec<Period> = span.filled_by(frequency).take(most + 1).collect();
    if periods.len() > most {
        let (zh, en) = (
            format!("超过 {MOST_POINTS} 个点，请缩短时段或减少区划"),
            format!("makes more than {MOST_POINTS} points; ask for a shorter span or fewer areas"),
        );
        return Err(Fault::parameter("from", Invalid::new("too_many_points", zh, en)).into());
    }
    Ok(periods)
}

/// The frequency that most figures have; of equally common ones the wider.
fn most_common(periods: impl Iterator<Item = Period>) -> Option<Frequency> {
    let mut counts: BTreeMap<Frequency, usize> = BTreeMap::new();
    periods.for_each(|period| *counts.entry(period.frequency()).or_default() += 1);
    counts.into_iter().rev().max_by_key(|(_, count)| *count).map(|(frequency, _)| frequency)
}

type ByPlace = HashMap<(Period, AreaCode), Stated>;

/// What the metric states, and where it states nothing what those state that it took the place of or gave
/// way to. It reaches back a year, for the changes.
fn stated(conn: &mut Conn, question: &Question, plan: &Plan) -> Result<ByPlace> {
    let back = |day: NaiveDate| day.checked_sub_months(Months::new(12))?.checked_sub_days(Days::new(7));
    let times =
        Times::Between(plan.from.and_then(|from| back(from.first_day())), plan.to.map(|to| to.last_day()));
    let mut found = ByPlace::new();
    for (metric, unit) in lineage(conn, question)? {
        let changes = metrics::definition_changes(conn, question.moment.sight, &metric.code)?;
        let scope = Scope {
            metric: metric.code.clone(),
            ..question.scope(Places::These(plan.areas.clone()), times.clone())
        };
        for figure in figures::list(conn, &scope)?.into_iter().filter(is_own) {
            let number = Derived::from(&figure.quantity).convert(&unit, &question.held);
            let number = number.map_err(|invalid| Fault::parameter("code", invalid))?;
            let definition = 1 + changes.iter().filter(|seq| **seq <= figure.seq).count();
            let metric = metric.code.clone();
            found.entry((figure.period, figure.area)).or_insert(Stated {
                metric,
                definition,
                figure,
                number,
            });
        }
    }
    Ok(found)
}

/// The metric asked for, then those that it took the place of, then those that it gave way to, one after the
/// other, as far as they can be told in its unit; each with the unit that it is held in. What merely gave way
/// to the same one measures something else.
fn lineage(conn: &mut Conn, question: &Question) -> Result<Vec<(MetricRow, Unit)>> {
    let mut found = vec![(question.metric.clone(), question.held.clone())];
    let mut at = 0;
    while at < found.len() && found.len() < MOST_METRICS {
        let before = metrics::replaced_by(conn, &found[at].0.code)?;
        add(conn, question, &mut found, before)?;
        at += 1;
    }
    let mut after = question.metric.replaced_by.clone();
    for _ in 0..MOST_METRICS {
        let Some(code) = after else { break };
        let next: Vec<MetricRow> = metrics::get(conn, &code)?.into_iter().collect();
        let known = found.len();
        add(conn, question, &mut found, next)?;
        after = found.get(known).and_then(|(metric, _)| metric.replaced_by.clone());
    }
    Ok(found)
}

/// Adds the metrics that are new, may be seen, and fit the unit.
fn add(
    conn: &mut Conn,
    question: &Question,
    found: &mut Vec<(MetricRow, Unit)>,
    more: Vec<MetricRow>,
) -> Result<()> {
    let sight = question.moment.sight;
    for metric in more.into_iter().filter(|metric| sight.sees(metric.visibility)) {
        let unit = held(conn, &metric)?;
        let known = found.iter().any(|(known, _)| known.code == metric.code);
        if !known && unit.dimension == question.held.dimension {
            found.push((metric, unit));
        }
    }
    Ok(())
}
