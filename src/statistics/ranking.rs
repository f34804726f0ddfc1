//! Rankings: the areas of one level by a metric's value, its change or its completion. Who has not reported
//! is told apart and has no rank.

use std::collections::HashMap;

use super::completion::{self, Plan as Targets};
use super::outside_life::{self, OutsideLife};
use super::{Extent, Question, existing, is_own, level_below};
use crate::db::figures::{self, Places, Times};
use crate::db::{Conn, numbers};
use crate::domain::area_code::AreaCode;
use crate::domain::codes::{Level, codes};
use crate::domain::derived::Derived;
use crate::domain::period::Period;
use crate::domain::ranking::{Standing, standings};
use crate::error::Result;

codes! {
    /// What areas are ranked by.
    By ("排名依据", "ranking") {
        Value = "value" ("数值", "The figure of the period"),
        Change = "change" ("增量", "The difference from the period before"),
        Completion = "completion" ("完成率", "The figure in percent of its target"),
    }
}

/// Which areas are ranked, and how.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The area and all below it; none for the whole country.
    pub within: Option<AreaCode>,
    /// Level of the areas; the next below by default.
    pub level: Option<Level>,
    /// The period.
    pub period: Period,
    /// What they are ranked by.
    pub by: By,
    /// Whether the least is first.
    pub ascending: bool,
}

/// An area with its rank.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the members of the wire type describe them")]
pub struct Row {
    pub area: AreaCode,
    pub period: Period,
    pub standing: Standing,
    pub value: Derived,
    pub previous: Option<Derived>,
    pub previous_rank: Option<usize>,
    pub change: Option<Derived>,
    pub completion: Option<Derived>,
}

impl Row {
    /// Ranks gained since the period before, negative when lost; none without a rank then.
    pub fn movement(&self) -> Option<i64> {
        let number = |rank: usize| i64::try_from(rank).unwrap_or(i64::MAX);
        self.previous_rank.map(|before| number(before) - number(self.standing.rank))
    }
}

/// A ranking and who is not in it.
#[derive(Debug, Clone)]
pub struct Ranking {
    /// Level of the areas.
    pub level: Level,
    /// The area that it is cut to; none when nothing is cut.
    pub scope: Option<AreaCode>,
    /// In order of rank, then of code.
    pub rows: Vec<Row>,
    /// Areas of the level that exist on any day of the period, for a flow; for all else on its last.
    pub expected: usize,
    /// Those that have not reported, in order of code.
    pub not_reported: Vec<AreaCode>,
    /// Those that have, but lack what they are ranked by: a figure before, or a target.
    pub unranked: Vec<AreaCode>,
    /// What is stated of the period and not counted.
    pub outside_life: OutsideLife,
}

type Numbers = HashMap<AreaCode, Derived>;

/// What is known of one period.
struct Stand {
    values: Numbers,
    changes: Numbers,
    completions: Numbers,
}

impl Stand {
    fn scores(&self, by: By) -> &Numbers {
        match by {
            By::Value => &self.values,
            By::Change => &self.changes,
            By::Completion => &self.completions,
        }
    }
}

/// Ranks the areas of a plan.
pub fn rank(conn: &mut Conn, question: &Question, plan: &Plan) -> Result<Ranking> {
    let level = level_below(conn, plan.within, plan.level)?;
    let Extent { range: (first, last), scope: cut_to } = question.extent(plan.within);
    let existing = existing(conn, (first, last), level, question.counted_days(plan.period))?;
    // A change of the period before takes one more.
    let most = if plan.by == By::Change { 3 } else { 2 };
    let periods: Vec<Period> =
        std::iter::successors(Some(plan.period), |now| question.before(now)).take(most).collect();
    let places = Places::Codes(first, last, Some(level));
    let mut values: HashMap<Period, Numbers> = HashMap::new();
    let term = question.term();
    for &period in &periods {
        let stated = numbers::of_period(conn, &term.exactly(question, &places, period))?;
        values.insert(period, stated.into_iter().collect());
    }
    let mut completions = completions(conn, question, plan, level, &periods)?;
    let mut stand = |period: Option<&Period>| {
        let of = |period: Option<&Period>| {
            period.and_then(|period| values.get(period)).cloned().unwrap_or_default()
        };
        let before = period.and_then(|now| question.before(now));
        let (values, before) = (of(period), of(before.as_ref()));
        let changes = values.iter().filter_map(|(area, value)| Some((*area, value.minus(before.get(area)?))));
        let changes = changes.collect();
        let completions = period.and_then(|period| completions.remove(period)).unwrap_or_default();
        Stand { values, changes, completions }
    };
    let (now, before) = (stand(Some(&plan.period)), stand(question.before(&plan.period).as_ref()));
    let ranks = |stand: &Stand| -> HashMap<AreaCode, Standing> {
        let scores = stand.scores(plan.by);
        let ranked = existing.iter().filter_map(|area| Some((*area, scores.get(area)?.clone())));
        let (areas, numbers): (Vec<AreaCode>, Vec<Derived>) = ranked.unzip();
        areas.into_iter().zip(standings(&numbers, plan.ascending)).collect()
    };
    let (ranked, ranked_before) = (ranks(&now), ranks(&before));
    let (mut rows, mut not_reported, mut unranked) = (Vec::new(), Vec::new(), Vec::new());
    for &area in &existing {
        match (now.values.get(&area), ranked.get(&area)) {
            (None, _) => not_reported.push(area),
            (Some(_), None) => unranked.push(area),
            (Some(value), Some(&standing)) => rows.push(Row {
                area,
                period: plan.period,
                standing,
                value: value.clone(),
                previous: before.values.get(&area).cloned(),
                previous_rank: ranked_before.get(&area).map(|standing| standing.rank),
                change: now.changes.get(&area).cloned(),
                completion: now.completions.get(&area).cloned(),
            }),
        }
    }
    rows.sort_by_key(|row| (row.standing.rank, row.area));
    let (reached, times) = (((first, last), level), Times::These(vec![plan.period]));
    let outside_life =
        outside_life::of_term(conn, question, &question.term(), reached, (&times, plan.period))?;
    let expected = existing.len();
    Ok(Ranking { level, scope: cut_to, rows, expected, not_reported, unranked, outside_life })
}

/// The words that the figures of a period were stated in, where they were.
pub fn texts(
    conn: &mut Conn,
    question: &Question,
    period: Period,
    areas: Vec<AreaCode>,
) -> Result<HashMap<AreaCode, String>> {
    let scope = question.scope(Places::These(areas), Times::These(vec![period]));
    let figures = figures::list(conn, &scope)?.into_iter().filter(is_own);
    Ok(figures.filter_map(|figure| Some((figure.area, figure.text?))).collect())
}

/// Completion of the period and the one before, where that is what areas are ranked by.
fn completions(
    conn: &mut Conn,
    question: &Question,
    plan: &Plan,
    level: Level,
    periods: &[Period],
) -> Result<HashMap<Period, Numbers>> {
    let mut found: HashMap<Period, Numbers> = HashMap::new();
    if plan.by == By::Completion {
        let targets = Targets {
            within: plan.within,
            level: Some(level),
            periods: periods.to_vec(),
            accumulation: Some(question.accumulation),
            role: question.role,
        };
        for row in completion::rows(conn, question, &targets)? {
            if let Some(completion) = row.completion {
                found.entry(row.period).or_default().insert(row.area, completion);
            }
        }
    }
    Ok(found)
}
