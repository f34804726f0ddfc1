//! An area at a glance: counts, how its plan and its projects stand, the latest progress, and some of its figures
//! with their change, completion and history.

use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDate;

use super::is_own;
use super::scoreboard::{self, Scoreboard};
use crate::db::areas::{self, AreaRow};
use crate::db::figures::{self, Among, Figure, Glance};
use crate::db::glance::{self, Counts};
use crate::db::progress_reports::{self, ProgressReportRow, Subject};
use crate::db::sight::Moment;
use crate::db::{Conn, plans, projects};
use crate::domain::access::Sight;
use crate::domain::area_code::AreaCode;
use crate::domain::at::At;
use crate::domain::codes::{Accumulation, AreaKind, Level};
use crate::domain::derived::Derived;
use crate::domain::goal::{Met, compare};
use crate::domain::period::Period;
use crate::domain::period_before::before;
use crate::domain::stage::Stage;
use crate::error::Result;

/// Figures that an overview shows at most.
const MOST_HEADLINES: usize = 12;

/// Periods of a history, the present one included.
const HISTORY: usize = 6;

/// Progress reports that an overview shows at most.
const LATEST: i64 = 5;

/// An area at a glance, as far as the reader sees it.
#[derive(Debug, Clone)]
pub struct Overview {
    /// The area.
    pub area: AreaRow,
    /// Those above it, as (code, name, level), the nearest last.
    pub parents: Vec<(AreaCode, String, Level)>,
    /// How much there is of it and of all below.
    pub counts: Counts,
    /// Some of its figures.
    pub headlines: Vec<Headline>,
    /// How its newest plan stands, without single areas; none when it has none.
    pub plan: Option<Scoreboard>,
    /// How many projects are at each stage that any is at.
    pub by_stage: Vec<(Stage, i64)>,
    /// The latest progress reports, with the name of what each is on.
    pub latest: Vec<(Subject, String, ProgressReportRow)>,
}

/// The overview of an area: figures of one period, or of whatever period has ended.
pub fn overview(
    conn: &mut Conn,
    sight: Sight,
    area: AreaRow,
    asked: Option<Period>,
    at: At,
) -> Result<Overview> {
    let moment = Moment::new(sight, None, at.now);
    let plan = plans::newest_of(conn, area.code)?;
    Ok(Overview {
        parents: areas::above(conn, &area)?,
        counts: glance::counts(conn, sight, area.code, at.day, moment)?,
        headlines: headlines(conn, &area, asked, at.day, moment)?,
        plan: plan.map(|plan| scoreboard::at_a_glance(conn, sight, &plan, at)).transpose()?,
        by_stage: projects::count_by_stage(conn, sight, area.code)?,
        latest: progress_reports::latest_within(conn, sight, area.code, LATEST)?,
        area,
    })
}

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

/// The latest figure of each metric that an area states, of one period or of whatever period has ended by a
/// day, each with what goes with its own period. In the order that the metrics are given; then come those with
/// a target, and all by theme and code.
fn headlines(
    conn: &mut Conn,
    area: &AreaRow,
    asked: Option<Period>,
    day: NaiveDate,
    moment: Moment,
) -> Result<Vec<Headline>> {
    let among = asked.map_or(Among::EndedBy(day), Among::Of);
    let mut known = figures::latest(conn, area.code, among, moment)?;
    let targets = targets(conn, area, &known, moment)?;
    let target = |metric: &Glance, figure: &Figure| {
        targets.get(&(metric.code.clone(), figure.period, figure.accumulation))
    };
    known.sort_by_cached_key(|(metric, figure)| {
        let Glance { headline, theme, code, .. } = metric;
        let has_target = target(metric, figure).is_some();
        (headline.is_none(), *headline, !has_target, theme.clone(), code.clone())
    });
    known.truncate(MOST_HEADLINES);
    let mut histories = histories(conn, area.code, &known, moment)?;
    let headline = |(metric, figure): (Glance, Figure)| {
        let history = histories.remove(&metric.code).unwrap_or_default();
        let earlier = before(figure.accumulation, &figure.period);
        let before = history.iter().find(|past| Some(past.period) == earlier);
        let change = before.map(|past| Derived::from(&figure.quantity).minus(&Derived::from(&past.quantity)));
        let compared = target(&metric, &figure)
            .map(|target| compare(&figure.quantity, &target.quantity, metric.direction));
        let (completion, met) = compared.map_or((None, None), |(share, met)| (share, Some(met)));
        Headline { metric, figure, change, completion, met, history }
    };
    Ok(known.into_iter().map(headline).collect())
}

/// The targets of figures, by the metric, the period and the accumulation that they have in common. An area's
/// own stands before one that was set for each village of an area above, and the nearest of those before others.
fn targets(
    conn: &mut Conn,
    area: &AreaRow,
    known: &[(Glance, Figure)],
    moment: Moment,
) -> Result<HashMap<(String, Period, Accumulation), Figure>> {
    let mut areas = vec![area.code];
    if area.kind == AreaKind::Village {
        areas.extend(area.code.ancestors());
    }
    let periods: BTreeSet<Period> = known.iter().map(|(_, figure)| figure.period).collect();
    let stated = figures::targets(conn, areas, &Vec::from_iter(periods), moment)?;
    // The nearest has the greatest code and comes last, so that it stands.
    let fits = stated.into_iter().filter(|(_, target)| is_own(target) == (target.area == area.code));
    Ok(fits.map(|(metric, target)| ((metric, target.period, target.accumulation), target)).collect())
}

/// The figures up to each of these, by metric: of its own accumulation, and of its period and those before it.
fn histories(
    conn: &mut Conn,
    area: AreaCode,
    known: &[(Glance, Figure)],
    moment: Moment,
) -> Result<HashMap<String, Vec<Figure>>> {
    let back = |figure: &Figure| std::iter::successors(Some(figure.period), Period::previous).take(HISTORY);
    let spans: HashMap<&str, (Accumulation, Vec<Period>)> = known
        .iter()
        .map(|(metric, figure)| (metric.code.as_str(), (figure.accumulation, back(figure).collect())))
        .collect();
    let codes = known.iter().map(|(metric, _)| metric.code.clone()).collect();
    let periods: BTreeSet<Period> = spans.values().flat_map(|(_, periods)| periods).copied().collect();
    let mut histories: HashMap<String, Vec<Figure>> = HashMap::new();
    for (metric, figure) in figures::results(conn, area, codes, &Vec::from_iter(periods), moment)? {
        let (accumulation, periods) = &spans[metric.as_str()];
        if figure.accumulation == *accumulation && periods.contains(&figure.period) {
            histories.entry(metric).or_default().push(figure);
        }
    }
    Ok(histories)
}
