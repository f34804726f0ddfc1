//! What matters of an area at a glance: some of its figures, with their change, completion and history.

use std::collections::{BTreeMap, HashMap, VecDeque};

use super::is_own;
use crate::db::Conn;
use crate::db::areas::AreaRow;
use crate::db::figures::{self, Figure};
use crate::db::metrics::{self, MetricRow};
use crate::db::observations::Moment;
use crate::domain::area_code::AreaCode;
use crate::domain::codes::{Accumulation, AreaKind, Direction, Role};
use crate::domain::derived::Derived;
use crate::domain::goal::{Met, compare};
use crate::domain::period::Period;
use crate::error::Result;

/// Figures that an overview shows at most.
const MOST_HEADLINES: usize = 12;

/// Periods of a history, the present one included.
const HISTORY: usize = 6;

/// A figure with what goes with it.
#[derive(Debug, Clone)]
pub struct Headline {
    /// Its metric.
    pub metric: MetricRow,
    /// What is stated.
    pub figure: Figure,
    /// What it is more than the figure of the period before.
    pub change: Option<Derived>,
    /// In percent of its target.
    pub completion: Option<Derived>,
    /// Whether its target is met; none without a target.
    pub met: Option<Met>,
    /// The figures up to this one, at most six.
    pub history: Vec<Figure>,
}

/// The figures of an area for a period: of each theme in turn one, first those with a target, then those
/// that are better one way.
pub fn headlines(conn: &mut Conn, area: &AreaRow, period: Period, moment: Moment) -> Result<Vec<Headline>> {
    let here = [area.code];
    let days = (period.first_day(), period.last_day());
    let stated = figures::of_areas(conn, &here, None, days, Role::Actual, moment)?;
    let mut now: BTreeMap<String, Figure> = BTreeMap::new();
    for (metric, figure) in stated.into_iter().filter(|(_, figure)| figure.period == period) {
        // Of several accumulations the first stands for the metric.
        now.entry(metric).or_insert(figure);
    }
    let targets = targets(conn, area, period, moment)?;
    let known = metrics::these(conn, moment.sight, now.keys().cloned().collect())?;
    let chosen = choose(known, |metric| {
        now.get(&metric.code)
            .is_some_and(|figure| targets.contains_key(&(metric.code.clone(), figure.accumulation)))
    });
    let codes: Vec<String> = chosen.iter().map(|metric| metric.code.clone()).collect();
    let back = std::iter::successors(Some(period), Period::previous).take(HISTORY);
    let first = back.last().unwrap_or(period).first_day();
    let days = (first, period.last_day());
    let mut history: HashMap<String, Vec<Figure>> = HashMap::new();
    for (metric, figure) in figures::of_areas(conn, &here, Some(&codes), days, Role::Actual, moment)? {
        history.entry(metric).or_default().push(figure);
    }
    let headline = |metric: MetricRow| {
        let figure = now.get(&metric.code)?.clone();
        let mut history = history.remove(&metric.code).unwrap_or_default();
        history.retain(|past| {
            past.accumulation == figure.accumulation && past.period.frequency() == period.frequency()
        });
        let before = history.iter().find(|past| Some(past.period) == period.previous());
        let change = before.map(|past| Derived::from(&figure.quantity).minus(&Derived::from(&past.quantity)));
        let target = targets.get(&(metric.code.clone(), figure.accumulation));
        let compared = target.map(|target| compare(&figure.quantity, &target.quantity, metric.direction));
        let (completion, met) = compared.map_or((None, None), |(share, met)| (share, Some(met)));
        Some(Headline { metric, figure, change, completion, met, history })
    };
    Ok(chosen.into_iter().filter_map(headline).collect())
}

type Targets = HashMap<(String, Accumulation), Figure>;

/// The targets of an area for a period: its own, else one that was set for each village of an area above.
fn targets(conn: &mut Conn, area: &AreaRow, period: Period, moment: Moment) -> Result<Targets> {
    let mut codes: Vec<AreaCode> = vec![area.code];
    if area.kind == AreaKind::Village {
        codes.extend(area.code.ancestors());
    }
    let days = (period.first_day(), period.last_day());
    let mut stated = figures::of_areas(conn, &codes, None, days, Role::Target, moment)?;
    let holds = |figure: &Figure| is_own(figure) == (figure.area == area.code) && figure.period == period;
    stated.retain(|(_, figure)| holds(figure));
    // The nearest has the greatest code and comes last, so that it stands.
    stated.sort_by_key(|(_, figure)| figure.area);
    Ok(stated.into_iter().map(|(metric, figure)| ((metric, figure.accumulation), figure)).collect())
}

/// Of each theme in turn one, the foremost first.
fn choose(known: Vec<MetricRow>, has_target: impl Fn(&MetricRow) -> bool) -> Vec<MetricRow> {
    let mut themes: BTreeMap<String, Vec<MetricRow>> = BTreeMap::new();
    for metric in known {
        themes.entry(metric.theme.clone()).or_default().push(metric);
    }
    let mut themes: VecDeque<VecDeque<MetricRow>> = themes
        .into_values()
        .map(|mut metrics| {
            metrics.sort_by_key(|metric| {
                (!has_target(metric), metric.direction == Direction::Neutral, metric.code.clone())
            });
            metrics.into()
        })
        .collect();
    let mut chosen = Vec::new();
    while let Some(mut theme) = themes.pop_front().filter(|_| chosen.len() < MOST_HEADLINES) {
        if let Some(metric) = theme.pop_front() {
            chosen.push(metric);
            themes.push_back(theme);
        }
    }
    chosen
}
