//! Results held against targets, by bounds: whether a target is met, and how much of it is done.

use super::codes::{Direction, codes};
use super::derived::{Derived, percent};
use super::quantity::{Comparator, Quantity};

codes! {
    /// Whether a target is met: by what is known, certainly or certainly not.
    Met ("是否完成", "verdict") {
        Yes = "yes" ("已完成", "The target is certainly met"),
        No = "no" ("未完成", "The target is certainly not met"),
        Unknown = "unknown" ("无法判断", "What is known does not tell"),
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
