//! Results against targets of the same metric, area, period and accumulation, by bounds. A target for each
//! village is one target for each of its villages, and none for the area that it was set for.

use std::collections::BTreeMap;

use super::{Question, is_own, reach};
use crate::db::Conn;
use crate::db::areas::{self, AreaFilter};
use crate::db::figures::{self, Figure, Places, Scope, Times};
use crate::domain::area_code::AreaCode;
use crate::domain::codes::{Accumulation, AreaKind, Direction, Level, Role, codes};
use crate::domain::derived::{Derived, percent};
use crate::domain::period::Period;
use crate::domain::quantity::{Comparator, Quantity};
use crate::error::Result;

codes! {
    /// Whether a target is met: by what is known, certainly or certainly not.
    Met ("是否完成", "verdict") {
        Yes = "yes",
        No = "no",
        Unknown = "unknown",
    }
}

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
}

impl Plan {
    /// The codes of the areas that it speaks of.
    pub fn reach(&self) -> (i64, i64) {
        reach(self.within)
    }
}

/// What a target asks for: at least or at most so much, or strictly more or less.
struct Goal {
    threshold: Derived,
    at_most: bool,
    strict: bool,
}

impl Goal {
    /// 达5万元 asks for 5 or more, whatever comes; 90万余元 is a figure between 90 and 91, which the
    /// direction of the metric turns into a goal.
    fn new(target: &Quantity, direction: Direction) -> Goal {
        let at = Derived::from(target.value);
        let fewer = direction == Direction::Lower;
        let figure = |at_most| Goal { threshold: Derived::from(target), at_most, strict: false };
        match (target.comparator, target.upper) {
            (Some(Comparator::AtLeast), _) => Goal { threshold: at, at_most: false, strict: false },
            (Some(Comparator::AtMost), _) => Goal { threshold: at, at_most: true, strict: false },
            (Some(Comparator::More), None) => Goal { threshold: at, at_most: false, strict: true },
            (Some(Comparator::Less), _) if direction != Direction::Higher => {
                Goal { threshold: at, at_most: true, strict: true }
            }
            _ => figure(fewer),
        }
    }

    fn met_by(&self, actual: &Derived) -> Met {
        let (more, less) = if self.at_most { (&self.threshold, actual) } else { (actual, &self.threshold) };
        let (yes, no) = if self.strict {
            (more.exceeds(less), less.reaches(more))
        } else {
            (more.reaches(less), less.exceeds(more))
        };
        match (yes, no) {
            (true, _) => Met::Yes,
            (_, true) => Met::No,
            _ => Met::Unknown,
        }
    }
}

/// Whether a result meets a target, and how much of it in percent.
pub fn compare(actual: &Quantity, target: &Quantity, direction: Direction) -> (Option<Derived>, Met) {
    let (actual, goal) = (Derived::from(actual), Goal::new(target, direction));
    (actual.times(&percent()).over(&goal.threshold), goal.met_by(&actual))
}

/// The targets of a metric and what has come of them, in order of area, period and accumulation.
pub fn rows(conn: &mut Conn, question: &Question, plan: &Plan) -> Result<Vec<Row>> {
    let (first, last) = plan.reach();
    let inside = Places::Codes(first, last, plan.level);
    let times =
        if plan.periods.is_empty() { Times::Between(None, None) } else { Times::These(plan.periods.clone()) };
    let scope = |places: Places, role: Role| Scope {
        metric: question.metric.code.clone(),
        places,
        times: times.clone(),
        accumulation: plan.accumulation,
        role,
        moment: question.moment,
    };
    let mut targets: BTreeMap<Place, (Quantity, Option<AreaCode>)> = BTreeMap::new();
    for target in set_for_each(conn, plan, &scope)? {
        for village in villages(conn, plan, &target)? {
            targets
                .insert((village, target.period, target.accumulation), (target.quantity, Some(target.area)));
        }
    }
    // What was set for an area itself stands before what was set for each.
    for target in figures::list(conn, &scope(inside.clone(), Role::Target))?.iter().filter(|row| is_own(row))
    {
        targets.insert((target.area, target.period, target.accumulation), (target.quantity, None));
    }
    if targets.is_empty() {
        return Ok(Vec::new());
    }
    let actuals: BTreeMap<Place, Quantity> = figures::list(conn, &scope(inside, Role::Actual))?
        .into_iter()
        .map(|row| ((row.area, row.period, row.accumulation), row.quantity))
        .collect();
    let row = |((area, period, accumulation), (target, each_of)): (Place, (Quantity, Option<AreaCode>))| {
        let actual = actuals.get(&(area, period, accumulation)).copied();
        let (completion, met) = match &actual {
            Some(actual) => compare(actual, &target, question.metric.direction),
            None => (None, Met::Unknown),
        };
        Row { area, period, accumulation, target, each_of, actual, completion, met }
    };
    Ok(targets.into_iter().map(row).collect())
}

/// The targets that were set for each village, of the areas looked at and of those above them: the widest
/// first, so that a nearer one stands in its place.
fn set_for_each(conn: &mut Conn, plan: &Plan, scope: &impl Fn(Places, Role) -> Scope) -> Result<Vec<Figure>> {
    if plan.level.is_some_and(|level| level != Level::Village) {
        return Ok(Vec::new());
    }
    let (first, last) = plan.reach();
    let above: Vec<AreaCode> = plan.within.iter().flat_map(|within| within.ancestors()).collect();
    let mut each = Vec::new();
    for places in [Places::These(above), Places::Codes(first, last, None)] {
        let targets = figures::list(conn, &scope(places, Role::Target))?;
        each.extend(targets.into_iter().filter(|target| !is_own(target)));
    }
    Ok(each)
}

/// The villages of the plan that a target for each was set for: villages 村, not communities.
fn villages(conn: &mut Conn, plan: &Plan, target: &Figure) -> Result<Vec<AreaCode>> {
    let (first, last) = plan.reach();
    let (from, to) = target.area.subtree().into_inner();
    let filter = AreaFilter {
        level: vec![Level::Village],
        kind: vec![AreaKind::Village],
        valid_on: Some(target.period.last_day()),
        ..AreaFilter::default()
    };
    areas::codes_between(conn, first.max(from), last.min(to), &filter)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quantity(value: &str, comparator: Option<Comparator>, upper: Option<&str>) -> Quantity {
        let (value, decimals) =
            crate::domain::decimal::Decimal::parse_with_decimals(value).expect("a number");
        let upper = upper.map(|upper| upper.parse().expect("a number"));
        Quantity::stated(value, decimals, comparator, None, upper).expect("a figure")
    }

    #[test]
    fn a_target_is_met_by_bounds() {
        use Comparator::{About, AtLeast, AtMost, Less, More};
        use Direction::{Higher, Lower, Neutral};
        let plain = |value| (value, None, None);
        for (actual, target, direction, met) in [
            (plain("100"), plain("100"), Higher, Met::Yes),
            (plain("99.9"), plain("100"), Higher, Met::No),
            (plain("99.9"), plain("100"), Neutral, Met::No),
            (plain("99.9"), plain("100"), Lower, Met::Yes),
            (plain("100.1"), plain("100"), Lower, Met::No),
            // 75%以上 meets 75, and 达5万元 is met by 5.
            (("75", Some(AtLeast), None), plain("75"), Higher, Met::Yes),
            (plain("5"), ("5", Some(AtLeast), None), Higher, Met::Yes),
            (plain("5"), ("5", Some(AtLeast), None), Lower, Met::Yes),
            (plain("4.9"), ("5", Some(AtLeast), None), Higher, Met::No),
            (("90", Some(More), Some("91")), plain("90"), Higher, Met::Yes),
            (("90", Some(More), Some("91")), plain("91"), Higher, Met::No),
            (("90", Some(More), Some("91")), plain("90.5"), Higher, Met::Unknown),
            (plain("90.5"), ("90", Some(More), Some("91")), Higher, Met::Unknown),
            (plain("91"), ("90", Some(More), Some("91")), Higher, Met::Yes),
            // 超过 and 不足 as goals are not met by the number itself.
            (plain("90"), ("90", Some(More), None), Higher, Met::No),
            (plain("90.1"), ("90", Some(More), None), Higher, Met::Yes),
            (plain("50"), ("50", Some(Less), None), Lower, Met::No),
            (plain("49"), ("50", Some(Less), None), Neutral, Met::Yes),
            (plain("50"), ("50", Some(Less), None), Higher, Met::Yes),
            (plain("49"), ("50", Some(Less), None), Higher, Met::Unknown),
            (plain("3"), ("3", Some(AtMost), None), Higher, Met::Yes),
            (plain("4"), ("3", Some(AtMost), None), Higher, Met::No),
            (("100", Some(About), None), plain("50"), Higher, Met::Unknown),
            (plain("100"), ("50", Some(About), None), Higher, Met::Unknown),
        ] {
            let (result, aim) =
                (quantity(actual.0, actual.1, actual.2), quantity(target.0, target.1, target.2));
            assert_eq!(compare(&result, &aim, direction).1, met, "{actual:?} for {target:?}, {direction}");
        }
    }

    #[test]
    fn completion_is_in_percent_of_the_target() {
        let (share, _) =
            compare(&quantity("660.60", None, None), &quantity("1000", None, None), Direction::Higher);
        assert_eq!(share.expect("a share").shown().expect("small").value.to_string(), "66.06");
        let (none, met) = compare(&quantity("1", None, None), &quantity("0", None, None), Direction::Higher);
        assert_eq!((none, met), (None, Met::Yes));
    }
}
