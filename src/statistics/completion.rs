//! Results against targets of the same metric, area, period and accumulation, by bounds. A target for each
//! village is one target for each of its villages, and none for the area that it was set for.

use std::collections::BTreeMap;

use super::{Question, is_own, reach};
use crate::db::Conn;
use crate::db::areas;
use crate::db::figures::{self, Figure, Places, Scope, Times};
use crate::domain::area_code::AreaCode;
use crate::domain::codes::{Accumulation, AreaKind, Level, Role};
use crate::domain::derived::Derived;
use crate::domain::goal::{Met, compare};
use crate::domain::period::Period;
use crate::domain::quantity::Quantity;
use crate::error::Result;

/// What a result and a target have in common.
pub type Place = (AreaCode, Period, Accumulation);

/// A target, and the result that it is held against.
#[derive(Debug, Clone)]
pub struct Row {
    /// The area.
    pub area: AreaCode,
    /// The span of time.
    pub period: Period,
    /// Over which part of the period both accumulate.
    pub accumulation: Accumulation,
    /// The target.
    pub target: Quantity,
    /// The area that the target was set for each village of; none for one of the area itself.
    pub each_of: Option<AreaCode>,
    /// The result; none when it is not reported.
    pub actual: Option<Quantity>,
    /// Result in percent of the target; none without a result, or when the target is 0.
    pub completion: Option<Derived>,
    /// Whether the target is met.
    pub met: Met,
}

/// Which targets are looked at.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The area and all below it; none for the whole country.
    pub within: Option<AreaCode>,
    /// Level of the areas; none for all.
    pub level: Option<Level>,
    /// The periods; none for all.
    pub periods: Vec<Period>,
    /// The accumulation; none for all.
    pub accumulation: Option<Accumulation>,
    /// Role of what is held against the targets.
    pub role: Role,
}

impl Plan {
    /// The codes of the areas that it speaks of.
    pub fn reach(&self) -> (i64, i64) {
        reach(self.within)
    }

    /// What the metric states for these places, of the role.
    fn scope(&self, question: &Question, places: Places, role: Role) -> Scope {
        let times = match &self.periods[..] {
            [] => Times::Between(None, None),
            periods => Times::These(periods.to_vec()),
        };
        Scope {
            metric: question.metric.code.clone(),
            places,
            times,
            accumulation: self.accumulation,
            role,
            moment: question.moment,
        }
    }

    /// The areas above, whose targets for each village are also those of its villages.
    pub fn above(&self) -> Vec<AreaCode> {
        self.within.iter().flat_map(|within| within.ancestors()).collect()
    }
}

/// A target, and the area that it was set for each village of; none for one of the area itself.
pub type Target = (Quantity, Option<AreaCode>);

/// The targets of a metric and what has come of them, in order of area, period and accumulation.
pub fn rows(conn: &mut Conn, question: &Question, plan: &Plan) -> Result<Vec<Row>> {
    let targets = targets(conn, question, plan)?;
    results(conn, question, plan, &targets)
}

/// The targets of a metric, in order of area, period and accumulation.
pub fn targets(conn: &mut Conn, question: &Question, plan: &Plan) -> Result<Vec<(Place, Target)>> {
    let (first, last) = plan.reach();
    let inside = Places::Codes(first, last, plan.level);
    let scope = |places: Places, role: Role| plan.scope(question, places, role);
    let mut targets: BTreeMap<Place, Target> = BTreeMap::new();
    for target in set_for_each(conn, plan, &scope)? {
        for village in villages(conn, question, plan, &target)? {
            targets
                .insert((village, target.period, target.accumulation), (target.quantity, Some(target.area)));
        }
    }
    // What was set for an area itself stands before what was set for each.
    for target in figures::list(conn, &scope(inside, Role::Target))?.iter().filter(|row| is_own(row)) {
        targets.insert((target.area, target.period, target.accumulation), (target.quantity, None));
    }
    Ok(targets.into_iter().collect())
}

/// What has come of some targets, which are in order: the results of their areas alone are looked at.
pub fn results(
    conn: &mut Conn,
    question: &Question,
    plan: &Plan,
    targets: &[(Place, Target)],
) -> Result<Vec<Row>> {
    let (Some(((first, ..), _)), Some(((last, ..), _))) = (targets.first(), targets.last()) else {
        return Ok(Vec::new());
    };
    let places = Places::Codes(first.as_i64(), last.as_i64(), plan.level);
    let actuals: BTreeMap<Place, Quantity> = figures::list(conn, &plan.scope(question, places, plan.role))?
        .into_iter()
        .filter(is_own)
        .map(|row| ((row.area, row.period, row.accumulation), row.quantity))
        .collect();
    let row = |&((area, period, accumulation), (target, each_of)): &(Place, Target)| {
        let actual = actuals.get(&(area, period, accumulation)).copied();
        let (completion, met) = match &actual {
            Some(actual) => compare(actual, &target, question.metric.direction),
            None => (None, Met::Unknown),
        };
        Row { area, period, accumulation, target, each_of, actual, completion, met }
    };
    Ok(targets.iter().map(row).collect())
}

/// The targets that were set for each village, of the areas looked at and of those above them: the widest
/// first, so that a nearer one stands in its place.
fn set_for_each(conn: &mut Conn, plan: &Plan, scope: &impl Fn(Places, Role) -> Scope) -> Result<Vec<Figure>> {
    if plan.level.is_some_and(|level| level != Level::Village) {
        return Ok(Vec::new());
    }
    let (first, last) = plan.reach();
    let mut each = Vec::new();
    for places in [Places::These(plan.above()), Places::Codes(first, last, None)] {
        let targets = figures::list(conn, &scope(places, Role::Target))?;
        each.extend(targets.into_iter().filter(|target| !is_own(target)));
    }
    Ok(each)
}

/// The villages of the plan that a target for each was set for: villages 村, not communities.
fn villages(conn: &mut Conn, question: &Question, plan: &Plan, target: &Figure) -> Result<Vec<AreaCode>> {
    let (first, last) = plan.reach();
    let (from, to) = target.area.subtree().into_inner();
    let (range, days) = ((first.max(from), last.min(to)), question.counted_days(target.period));
    let members = areas::existing_between(conn, range, Level::Village, days, None)?;
    Ok(members.iter().filter(|member| member.kind == AreaKind::Village).map(|member| member.code).collect())
}
