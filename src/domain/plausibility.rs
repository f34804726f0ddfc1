//! Whether figures go together: a ratio with its terms, a figure with the one before. By bounds: what cannot
//! be certain is never doubted.

use super::derived::{Derived, percent};
use super::quantity::Quantity;

/// Whether a ratio in percent is certainly not that of its terms, which are in one unit: further off than
/// half of its last stated decimal.
pub fn disagrees(ratio: &Quantity, numerator: &Quantity, denominator: &Quantity) -> bool {
    let share = Derived::from(numerator).times(&percent()).over(&Derived::from(denominator));
    let half = Derived::fraction(1, 2 * 10_i64.pow(u32::from(ratio.decimals)));
    share.zip(half).is_some_and(|(share, half)| {
        let ratio = Derived::from(ratio);
        share.exceeds(&ratio.plus(&half)) || ratio.minus(&half).exceeds(&share)
    })
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
