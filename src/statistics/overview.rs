//! What matters of an area at a glance: some of its figures, with their change, completion and history.

use std::collections::{BTreeMap, HashMap, VecDeque};

use super::is_own;
use crate::db::Conn;
use crate::db::areas::AreaRow;
use crate::db::figures::{self, Figure, Glance};
use crate::db::observations::Moment;
use crate::domain::area_code::AreaCode;
use crate::domain::codes::{Accumulation, AreaKind, Direction, Role};
use crate::domain::derived::Derived;
use crate::domain::goal::{Met, compare};
use crate::domain::period::Period;
use crate::domain::period_before::before;
use crate::error::Result;

/// Figures that an overview shows at most.
const MOST_HEADLINES: usize = 12;

/// Periods of a history, the present one included.
const HISTORY: usize = 6;

/// A figure with what goes with it.
#[derive(Debug, Clone)]
pub struct Headline {
    /// Its metric.
    pub metric: Glance,
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
    let back = std::iter::successors(Some(period), Period::previous).take(HISTORY);
    let days = (back.last().unwrap_or(period).first_day(), period.last_day());
    let mut now: BTreeMap<String, (Glance, Figure)> = BTreeMap::new();
    let mut history: HashMap<String, Vec<Figure>> = HashMap::new();
    let mut targets = targets_for_each(conn, area, period, moment)?;
    for (metric, role, figure) in figures::of_area(conn, area.code, days, moment)? {
        match role {
            // Its own aim stands before one that was set for each village of an area above.
            Role::Target if figure.period == period && is_own(&figure) => {
                targets.insert((metric.code, figure.accumulation), figure);
            }
            Role::Actual => {
                history.entry(metric.code.clone()).or_default().push(figure.clone());
                if figure.period == period {
                    // Of several accumulations the first stands for the metric.
                    now.entry(metric.code.clone()).or_insert((metric, figure));
                }
            }
            _ => {}
        }
    }
    let target = |metric: &Glance, figure: &Figure| targets.get(&(metric.code.clone(), figure.accumulation));
    let headline = |(metric, figure): (Glance, Figure)| {
        let mut history = history.remove(&metric.code).unwrap_or_default();
        history.retain(|past| {
            past.accumulation == figure.accumulation && past.period.frequency() == period.frequency()
        });
        let earlier = before(figure.accumulation, &period);
        let before = history.iter().find(|past| Some(past.period) == earlier);
        let change = before.map(|past| Derived::from(&figure.quantity).minus(&Derived::from(&past.quantity)));
        let compared = target(&metric, &figure)
            .map(|target| compare(&figure.quantity, &target.quantity, metric.direction));
        let (completion, met) = compared.map_or((None, None), |(share, met)| (share, Some(met)));
        Headline { metric, figure, change, completion, met, history }
    };
    let chosen = choose(now.into_values(), |(metric, figure)| target(metric, figure).is_some());
    Ok(chosen.into_iter().map(headline).collect())
}

type Targets = HashMap<(String, Accumulation), Figure>;

/// The targets that were set for each village of an area above, of a village.
fn targets_for_each(conn: &mut Conn, area: &AreaRow, period: Period, moment: Moment) -> Result<Targets> {
    if area.kind != AreaKind::Village {
        return Ok(Targets::new());
    }
    let above: Vec<AreaCode> = area.code.ancestors().collect();
    let stated = figures::for_each_village(conn, above, period, moment)?;
    // The nearest has the greatest code and comes last, so that it stands.
    Ok(stated.into_iter().map(|(metric, figure)| ((metric, figure.accumulation), figure)).collect())
}

/// Of each theme in turn one, the foremost first.
fn choose(
    known: impl Iterator<Item = (Glance, Figure)>,
    has_target: impl Fn(&(Glance, Figure)) -> bool,
) -> Vec<(Glance, Figure)> {
    let mut themes: BTreeMap<String, Vec<(Glance, Figure)>> = BTreeMap::new();
    for known in known {
        themes.entry(known.0.theme.clone()).or_default().push(known);
    }
    let mut themes: VecDeque<VecDeque<(Glance, Figure)>> = themes
        .into_values()
        .map(|mut of_theme| {
            // Those of one kind stay in order of code.
            of_theme.sort_by_key(|known| (!has_target(known), known.0.direction == Direction::Neutral));
            of_theme.into()
        })
        .collect();
    let mut chosen = Vec::new();
    while let Some(mut theme) = themes.pop_front().filter(|_| chosen.len() < MOST_HEADLINES) {
        if let Some(known) = theme.pop_front() {
            chosen.push(known);
            themes.push_back(theme);
        }
    }
    chosen
}
