//! Results against targets of the same metric, area, period and accumulation, by bounds. A target for each
//! village is one target for each of its villages, and none for the area that it was set for.

use std::collections::{BTreeMap, BTreeSet, HashMap};

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
use crate::error::{Fault, Result};

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
type Target = (Quantity, Option<AreaCode>);

/// Targets that are looked up together.
const CHUNK: i64 = 1000;

/// The targets of a metric and what has come of them, in order of area, period and accumulation.
pub fn rows(conn: &mut Conn, question: &Question, plan: &Plan) -> Result<Vec<Row>> {
    page(conn, question, plan, None, usize::MAX)
}

/// At most so many of these rows after a place. No more is looked at than these need.
pub fn page(
    conn: &mut Conn,
    question: &Question,
    plan: &Plan,
    after: Option<Place>,
    limit: usize,
) -> Result<Vec<Row>> {
    let (mut from, last) = plan.reach();
    // The area of the place itself may have more rows.
    from = after.map_or(from, |(area, ..)| from.max(area.as_i64()));
    let mut rows = Vec::new();
    while rows.len() < limit {
        let (targets, upto) = targets(conn, question, plan, (from, last))?;
        let targets = targets.into_iter().filter(|(place, _)| after.is_none_or(|after| *place > after));
        let targets: Vec<_> = targets.take(limit - rows.len()).collect();
        rows.extend(results(conn, question, plan, &targets)?);
        if upto == last {
            break;
        }
        from = upto + 1;
    }
    Ok(rows)
}

/// How many rows there are.
pub fn count(conn: &mut Conn, question: &Question, plan: &Plan) -> Result<i64> {
    let (first, last) = plan.reach();
    let each = set_for_each(conn, question, plan, (first, last))?;
    let (pairs, _) = villages(conn, question, &each, (first, last), None)?;
    let villages: BTreeSet<Place> = pairs.iter().map(|(target, village)| place(target, *village)).collect();
    let scope = plan.scope(question, Places::Codes(first, last, plan.level), Role::Target);
    if villages.is_empty() {
        return figures::count_own(conn, &scope);
    }
    // What was set for a village itself stands before what was set for each, and is counted already.
    let own = figures::own_places(conn, &scope)?;
    let twice = own.iter().filter(|place| villages.contains(place)).count();
    Ok((own.len() + villages.len() - twice) as i64)
}

/// Where a target is held against a result: of an area itself, or of one that it was set for.
fn place(target: &Figure, area: AreaCode) -> Place {
    (area, target.period, target.accumulation)
}

/// The targets of all areas from the first of these codes up to one, which is given with them: in order, and no
/// fewer than a page has unless there are no more.
fn targets(
    conn: &mut Conn,
    question: &Question,
    plan: &Plan,
    (first, last): (i64, i64),
) -> Result<(Vec<(Place, Target)>, i64)> {
    let scope = |places| plan.scope(question, places, Role::Target);
    let mut own = figures::first(conn, &scope(Places::Codes(first, last, plan.level)), CHUNK)?;
    let mut upto = last;
    if let Some(end) = own.last().filter(|_| own.len() as i64 == CHUNK).map(|end| end.area) {
        // There may be more of the last area.
        upto = end.as_i64() - 1;
        if own.first().is_some_and(|first| first.area == end) {
            upto = end.as_i64();
            own = figures::list(conn, &scope(Places::These(vec![end])))?;
        }
    }
    let each = set_for_each(conn, question, plan, (first, upto))?;
    let (pairs, upto) = villages(conn, question, &each, (first, upto), Some(CHUNK))?;
    let mut targets: BTreeMap<Place, Target> = BTreeMap::new();
    for (target, village) in pairs {
        targets.insert(place(target, village), (target.quantity, Some(target.area)));
    }
    // What was set for an area itself stands before what was set for each.
    for target in own.iter().filter(|target| is_own(target) && target.area.as_i64() <= upto) {
        targets.insert(place(target, target.area), (target.quantity, None));
    }
    Ok((targets.into_iter().collect(), upto))
}

/// What has come of some targets: the results of their areas alone are looked at.
fn results(
    conn: &mut Conn,
    question: &Question,
    plan: &Plan,
    targets: &[(Place, Target)],
) -> Result<Vec<Row>> {
    let mut rows = Vec::with_capacity(targets.len());
    for targets in targets.chunks(CHUNK as usize) {
        let areas: BTreeSet<AreaCode> = targets.iter().map(|((area, ..), _)| *area).collect();
        let places = Places::These(Vec::from_iter(areas));
        let actuals = figures::list(conn, &plan.scope(question, places, plan.role))?;
        let actuals: HashMap<Place, Quantity> = actuals
            .iter()
            .filter(|row| is_own(row))
            .map(|row| (place(row, row.area), row.quantity))
            .collect();
        rows.extend(targets.iter().map(|&((area, period, accumulation), (target, each_of))| {
            let actual = actuals.get(&(area, period, accumulation)).copied();
            let (completion, met) = match &actual {
                Some(actual) => compare(actual, &target, question.metric.direction),
                None => (None, Met::Unknown),
            };
            Row { area, period, accumulation, target, each_of, actual, completion, met }
        }));
    }
    Ok(rows)
}

/// The targets that were set for each village, of the areas between two codes and of those above them: the widest
/// first, so that a nearer one stands in its place.
fn set_for_each(
    conn: &mut Conn,
    question: &Question,
    plan: &Plan,
    (first, last): (i64, i64),
) -> Result<Vec<Figure>> {
    let mut each = Vec::new();
    if plan.level.is_some_and(|level| level != Level::Village) {
        return Ok(each);
    }
    // Of all areas before the first only those above it have villages behind it.
    let above = AreaCode::try_from(first).map_or_else(|_| Vec::new(), |first| first.ancestors().collect());
    for places in [Places::These(above), Places::Codes(first, last, None)] {
        each.extend(figures::for_each(conn, &plan.scope(question, places, Role::Target))?);
    }
    Ok(each)
}

/// Each of these targets with each of its villages 村, not communities, from the first of two codes up to one, which is
/// given with them: the last of the two, unless there are more villages than the limit.
fn villages<'a>(
    conn: &mut Conn,
    question: &Question,
    each: &'a [Figure],
    (first, mut upto): (i64, i64),
    limit: Option<i64>,
) -> Result<(Vec<(&'a Figure, AreaCode)>, i64)> {
    let span = |target: &Figure| target.area.subtree().into_inner();
    let near = || each.iter().filter(|target| span(target).0 <= upto && span(target).1 >= first);
    let days = || near().map(|target| question.counted_days(target.period));
    let starts = days().map(|days| days.first_day()).min();
    let Some((starts, ends)) = starts.zip(days().map(|days| days.last_day()).max()) else {
        return Ok((Vec::new(), upto));
    };
    let days = Period::from_days(starts, ends).map_err(|invalid| Fault::parameter("period", invalid))?;
    let from = near().map(|target| span(target).0).min().map_or(first, |from| from.max(first));
    let to = near().map(|target| span(target).1).max().map_or(upto, |to| to.min(upto));
    let members = areas::existing_between(conn, (from, to), Level::Village, days, limit)?;
    if let Some(last) = members.last().filter(|_| limit == Some(members.len() as i64)) {
        upto = last.code.as_i64();
    }
    let mut pairs = Vec::new();
    for target in each {
        let days = question.counted_days(target.period);
        let from = members.partition_point(|member| member.code.as_i64() < span(target).0);
        let to = members.partition_point(|member| member.code.as_i64() <= span(target).1);
        let of_target = members[from..to].iter();
        let alive = of_target.filter(|member| member.kind == AreaKind::Village && member.life.meets(days));
        pairs.extend(alive.map(|member| (target, member.code)));
    }
    Ok((pairs, upto))
}
