//! Whether figures go together: parts with their whole, a ratio with its terms, a figure with the one
//! before. By bounds and in whole numbers: what cannot be certain is never doubted.

use super::quantity::Quantity;

/// Limits of what is known of a figure or of a sum, in millionths. None: unlimited. The limit itself
/// belongs to it when the flag says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    lower: Option<(i128, bool)>,
    upper: Option<(i128, bool)>,
}

impl Span {
    /// Exactly nothing, the sum of no figures.
    pub const ZERO: Span = Span { lower: Some((0, true)), upper: Some((0, true)) };

    /// The sum of both.
    pub fn plus(self, other: Span) -> Span {
        let add = |one: Option<(i128, bool)>, two: Option<(i128, bool)>| {
            one.zip(two).map(|((one, in_one), (two, in_two))| (one + two, in_one && in_two))
        };
        Span { lower: add(self.lower, other.lower), upper: add(self.upper, other.upper) }
    }

    /// The sum with something more of which only that it is not negative is known.
    pub fn and_more(self) -> Span {
        Span { upper: None, ..self }
    }

    /// Whether this is certainly more.
    pub fn exceeds(self, other: Span) -> bool {
        self.lower.zip(other.upper).is_some_and(|((least, reached), (most, reachable))| {
            least > most || (least == most && !(reached && reachable))
        })
    }
}

impl From<&Quantity> for Span {
    fn from(quantity: &Quantity) -> Span {
        Span {
            lower: quantity.lower.map(|bound| (i128::from(bound.millionths()), quantity.lower_inclusive)),
            upper: quantity.upper.map(|bound| (i128::from(bound.millionths()), quantity.upper_inclusive)),
        }
    }
}

/// Whether a ratio in percent is certainly not that of its terms, which are in one unit: further off than
/// half of its last stated decimal.
pub fn disagrees(ratio: &Quantity, numerator: &Quantity, denominator: &Quantity) -> bool {
    let wide = |bound: Option<super::decimal::Decimal>| bound.map(|bound| i128::from(bound.millionths()));
    // The last stated decimal, in millionths of a percent; all that follows is doubled, so that its
    // half is whole.
    let last = 10_i128.pow(u32::from(6 - ratio.decimals.min(6)));
    // (2 · ratio ± last) · denominator against 2 · 100 · 10^6 · numerator. Values are below 10^18, so
    // that the left side stays below 10^37 and the right one far below that.
    let scaled = |numerator: i128| 200_000_000 * numerator;
    let positive = |bound: i128| Some(bound).filter(|bound| *bound > 0);
    let above = || {
        let (most, least) = (wide(ratio.upper)?, wide(numerator.lower)?);
        let divisor = positive(wide(denominator.upper)?)?;
        Some(least >= 0 && scaled(least) > (2 * most + last) * divisor)
    };
    let below = || {
        let (least, most) = (wide(ratio.lower)?, wide(numerator.upper)?);
        let divisor = positive(wide(denominator.lower)?)?;
        Some(most >= 0 && scaled(most) < (2 * least - last) * divisor)
    };
    above().unwrap_or(false) || below().unwrap_or(false)
}

/// Whether a figure is at least half as much again as the one before, or at most half of it. Only exact
/// figures other than 0 are compared.
pub fn jumps(before: &Quantity, now: &Quantity) -> bool {
    let exact = |quantity: &Quantity| quantity.comparator.is_none().then(|| quantity.value.millionths());
    let (Some(before), Some(now)) = (exact(before), exact(now)) else { return false };
    let (before, now) = (i128::from(before), i128::from(now));
    let (size, same_way) = (before.abs(), now * before.signum());
    before != 0 && now != 0 && (2 * same_way >= 3 * size || 2 * same_way <= size)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::quantity::Comparator;

    fn stated(value: &str, comparator: Option<Comparator>) -> Quantity {
        let (value, decimals) =
            crate::domain::decimal::Decimal::parse_with_decimals(value).expect("a number");
        Quantity::stated(value, decimals, comparator, None, None).expect("a figure")
    }

    fn exact(value: &str) -> Quantity {
        stated(value, None)
    }

    #[test]
    fn only_what_is_certain_exceeds() {
        let span = |value, comparator| Span::from(&stated(value, comparator));
        for (one, other, certain) in [
            (("11", None), ("10", None), true),
            (("10", None), ("10", None), false),
            (("10", Some(Comparator::More)), ("10", None), true),
            (("10", Some(Comparator::AtLeast)), ("10", None), false),
            (("10", None), ("10", Some(Comparator::Less)), true),
            (("10", None), ("10", Some(Comparator::AtMost)), false),
            (("99", Some(Comparator::About)), ("10", None), false),
            (("99", None), ("10", Some(Comparator::About)), false),
            (("99", None), ("10", Some(Comparator::AtLeast)), false),
        ] {
            assert_eq!(span(one.0, one.1).exceeds(span(other.0, other.1)), certain, "{one:?} {other:?}");
        }
    }

    #[test]
    fn sums_add_their_limits_and_lose_what_one_lacks() {
        let of = |value, comparator| Span::from(&stated(value, comparator));
        let sum = Span::ZERO.plus(of("3", None)).plus(of("4", Some(Comparator::More)));
        assert!(sum.exceeds(of("7", None)) && !sum.exceeds(of("7.000001", None)));
        assert!(!of("100", None).exceeds(sum), "there is no upper limit");
        let partial = of("5", None).and_more();
        assert!(partial.exceeds(of("4", None)) && !of("6", None).exceeds(partial));
        assert!(of("6", None).exceeds(of("5", None)));
    }

    #[test]
    fn a_ratio_may_be_off_by_half_of_its_last_decimal() {
        // 2 / 3 is 66.666… %, 1 / 8 is 12.5 %.
        for (ratio, numerator, denominator, wrong) in [
            ("66.67", "2", "3", false),
            ("66.66", "2", "3", true),
            ("66.7", "2", "3", false),
            ("67", "2", "3", false),
            ("66", "2", "3", true),
            ("12", "1", "8", false),
            ("13", "1", "8", false),
            ("12.4", "1", "8", true),
            ("12.500000", "1", "8", false),
            ("12.500001", "1", "8", true),
            ("50", "0", "8", true),
            ("0", "0", "8", false),
            ("50", "1", "0", false),
        ] {
            let (share, part, whole) = (exact(ratio), exact(numerator), exact(denominator));
            assert_eq!(disagrees(&share, &part, &whole), wrong, "{ratio} of {numerator}/{denominator}");
        }
        let more = stated("90", Some(Comparator::More));
        assert!(
            !disagrees(&more, &exact("95"), &exact("100")) && disagrees(&more, &exact("80"), &exact("100"))
        );
        assert!(!disagrees(&exact("1"), &stated("80", Some(Comparator::About)), &exact("100")));
        let largest = exact("999999999999");
        assert!(!disagrees(&exact("100"), &largest, &largest));
    }

    #[test]
    fn a_jump_begins_at_half_more_or_half() {
        for (before, now, jump) in [
            ("100", "149.999999", false),
            ("100", "150", true),
            ("100", "50.000001", false),
            ("100", "50", true),
            ("100", "-100", true),
            ("-100", "-149", false),
            ("-100", "-150", true),
            ("0", "9", false),
            ("9", "0", false),
        ] {
            assert_eq!(jumps(&exact(before), &exact(now)), jump, "{before} to {now}");
        }
        assert!(!jumps(&stated("100", Some(Comparator::About)), &exact("900")));
        assert!(!jumps(&exact("100"), &stated("900", Some(Comparator::AtLeast))));
    }
}
