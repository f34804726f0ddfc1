//! Numbers that are worked out: by hand, and against any truth that the figures allow.

use proptest::prelude::*;

use super::*;

fn told(value: &str, comparator: Option<Comparator>, upper: Option<&str>) -> Derived {
    let (value, decimals) = Decimal::parse_with_decimals(value).expect("a number");
    let upper = upper.map(|upper| upper.parse().expect("a number"));
    Derived::from(&Quantity::stated(value, decimals, comparator, None, upper).expect("a figure"))
}

fn exact(value: &str) -> Derived {
    told(value, None, None)
}

/// `(600, 700)`, `[75, ∞)`, and so on, with the value before it and the comparator after.
fn written(number: &Derived) -> String {
    let shown = number.shown().expect("a number that can be told");
    let lower = match shown.lower {
        Some(lower) => format!("{}{lower}", if shown.lower_inclusive { '[' } else { '(' }),
        None => "(-∞".to_owned(),
    };
    let upper = match shown.upper {
        Some(upper) => format!("{upper}{}", if shown.upper_inclusive { ']' } else { ')' }),
        None => "∞)".to_owned(),
    };
    let comparator = shown.comparator.map_or("=", Comparator::as_str);
    format!("{} {lower}, {upper} {comparator}", shown.value)
}

#[test]
fn sums_and_differences_add_their_bounds() {
    let more = told("400", Some(Comparator::More), Some("500"));
    assert_eq!(written(&more.plus(&exact("200"))), "600 (600, 700) >");
    let near = told("50", Some(Comparator::Less), None);
    assert_eq!(written(&near.plus(&exact("3.5"))), "53.5 (-∞, 53.5) <");
    assert_eq!(written(&near.plus(&more)), "450 (-∞, 550) ~");
    assert_eq!(written(&exact("5").minus(&near)), "-45 (-45, ∞) >");
    assert_eq!(written(&exact("5").minus(&more)), "-395 (-495, -395) <");
    let about = told("10", Some(Comparator::About), None);
    assert_eq!(written(&exact("1").plus(&about)), "11 (-∞, ∞) ~");
    assert_eq!(written(&Derived::zero()), "0 [0, 0] =");
}

#[test]
fn a_product_can_be_nothing_where_either_factor_can() {
    let more = told("0", Some(Comparator::More), None);
    let at_least = told("0", Some(Comparator::AtLeast), None);
    assert_eq!(written(&more.times(&at_least)), "0 [0, ∞) >=");
    assert_eq!(written(&at_least.times(&more)), "0 [0, ∞) >=");
    assert_eq!(written(&more.times(&more)), "0 (0, ∞) >");
    assert_eq!(written(&more.negated().times(&at_least)), "0 (-∞, 0] <=");
}

#[test]
fn quotients_have_bounds_where_the_divisor_is_not_nothing() {
    let share = |part: &Derived, whole: &Derived| part.times(&percent()).over(whole);
    assert_eq!(written(&share(&exact("660.6"), &exact("1000")).expect("a share")), "66.06 [66.06, 66.06] =");
    // What is left over is rounded outward.
    let third = share(&exact("2"), &exact("3")).expect("a share");
    assert_eq!(written(&third), "66.666667 (66.666666, 66.666667) =");
    assert!(third.shown().expect("told").rounded);
    // 90万余元 at 92 %: the whole lies between 97.826 and 98.914.
    let collected = told("90", Some(Comparator::More), Some("91"));
    let whole = collected.times(&percent()).over(&exact("92")).expect("a whole");
    assert_eq!(written(&whole), "97.826087 (97.826086, 98.913044) >");
    let at_least = told("75", Some(Comparator::AtLeast), None);
    assert_eq!(written(&at_least.over(&exact("75")).expect("a quotient")), "1 [1, ∞) >=");
    assert_eq!(written(&exact("75").over(&at_least).expect("a quotient")), "1 (0, 1] <=");
    assert_eq!(written(&exact("0").over(&at_least).expect("a quotient")), "0 [0, 0] =");
    assert_eq!(written(&exact("-6").over(&exact("-3")).expect("a quotient")), "2 [2, 2] =");
    assert_eq!(exact("1").over(&Derived::zero()), None);
    let about = told("10", Some(Comparator::About), None);
    assert_eq!(written(&exact("1").over(&about).expect("a quotient")), "0.1 (-∞, ∞) ~");
}

#[test]
fn only_what_is_certain_exceeds_or_reaches() {
    use Comparator::{About, AtLeast, AtMost, Less, More};
    for (one, other, exceeds, reaches) in [
        (("11", None), ("10", None), true, true),
        (("10", None), ("10", None), false, true),
        (("10", Some(More)), ("10", None), true, true),
        (("10", Some(AtLeast)), ("10", None), false, true),
        (("10", None), ("10", Some(Less)), true, true),
        (("10", None), ("10", Some(AtMost)), false, true),
        (("9.999999", Some(More)), ("10", None), false, false),
        (("99", Some(About)), ("10", None), false, false),
        (("99", None), ("10", Some(About)), false, false),
        (("99", None), ("10", Some(AtLeast)), false, false),
    ] {
        let (left, right) = (told(one.0, one.1, None), told(other.0, other.1, None));
        assert_eq!(left.exceeds(&right), exceeds, "{one:?} over {other:?}");
        assert_eq!(left.reaches(&right), reaches, "{one:?} at {other:?}");
    }
    let partial = exact("5").and_more();
    assert!(partial.exceeds(&exact("4")) && !exact("6").exceeds(&partial));
}

#[test]
fn what_is_too_large_to_tell_is_an_overflow() {
    let largest = exact("999999999999");
    assert_eq!(written(&largest.plus(&Derived::zero())), "999999999999 [999999999999, 999999999999] =");
    assert_eq!(largest.plus(&exact("1")).shown().expect_err("too large").code, "overflow");
    let many = (0..1000).fold(Derived::zero(), |sum, _| sum.plus(&largest));
    assert_eq!(many.shown().expect_err("too large").code, "overflow");
    // On the way a number may be as large as it needs to.
    assert_eq!(
        written(&many.over(&exact("1000")).expect("a mean")),
        "999999999999 [999999999999, 999999999999] ="
    );
    // Of the fifteen digits that can be told, twelve stand before the point here.
    let fine = exact("333333333333").plus(&exact("1").over(&exact("7")).expect("a part"));
    assert_eq!(written(&fine), "333333333333.143 (333333333333.142, 333333333333.143) =");
}

/// A figure, and a true number that it allows.
fn figure_and_truth() -> impl Strategy<Value = (Derived, Exact)> {
    let comparator = prop::option::of(prop::sample::select(Comparator::ALL));
    (-1_000_000_i64..1_000_000, comparator, 0_i64..1_000_000, 1_i64..1_000_000).prop_map(
        |(millis, comparator, beside, above)| {
            let millionths = |number: i64| Decimal::from_millionths(number).expect("small");
            let value = millis * 1000;
            let upper = (comparator == Some(Comparator::More)).then(|| millionths(value + above * 10));
            let quantity = Quantity::stated(millionths(value), 3, comparator, None, upper).expect("a figure");
            let beside = match comparator {
                None => 0,
                Some(Comparator::About) => beside - 500_000,
                Some(Comparator::Less) => -beside - 1,
                Some(Comparator::AtMost) => -beside,
                Some(Comparator::AtLeast) => beside,
                Some(Comparator::More) => 1 + beside % (above * 10 - 1).max(1),
            };
            let truth = Exact::Millionths((value + beside).into());
            (Derived::from(&quantity), truth)
        },
    )
}

fn allows(number: &Derived, truth: &Exact) -> bool {
    let above = number.lower().is_none_or(|limit| limit.at < *truth || limit.inclusive && limit.at == *truth);
    let below = number.upper().is_none_or(|limit| *truth < limit.at || limit.inclusive && limit.at == *truth);
    above && below
}

fn shows(number: &Derived, truth: &Exact) -> bool {
    let Ok(shown) = number.shown() else { return true };
    let above = shown.lower.is_none_or(|lower| {
        Exact::from(lower) < *truth || shown.lower_inclusive && Exact::from(lower) == *truth
    });
    let below = shown.upper.is_none_or(|upper| {
        *truth < Exact::from(upper) || shown.upper_inclusive && Exact::from(upper) == *truth
    });
    above && below
}

proptest! {
    #[test]
    fn any_true_numbers_give_one_within_the_bounds(
        (one, a) in figure_and_truth(),
        (two, b) in figure_and_truth(),
    ) {
        prop_assert!(allows(&one, &a) && allows(&two, &b), "the figures themselves");
        let mut all = vec![
            (one.plus(&two), &a + &b),
            (one.minus(&two), &a + &-&b),
            (one.times(&two), &a * &b),
            (one.max(&two), a.clone().max(b.clone())),
            (one.min(&two), a.clone().min(b.clone())),
            (one.magnitude(), if a < Exact::ZERO { -&a } else { a.clone() }),
        ];
        if let Some(quotient) = one.over(&two).filter(|_| !b.is_zero()) {
            all.push((quotient, &a / &b));
        }
        for (number, truth) in all {
            prop_assert!(allows(&number, &truth), "{truth:?} in {number:?}");
            prop_assert!(shows(&number, &truth), "{truth:?} in {:?}", number.shown());
        }
    }

    #[test]
    fn what_exceeds_does_so_for_all_true_numbers((one, a) in figure_and_truth(), (two, b) in figure_and_truth()) {
        prop_assert!(!one.exceeds(&two) || a > b);
        prop_assert!(!one.reaches(&two) || a >= b);
    }

    #[test]
    fn exact_figures_stay_exact(a in -1_000_000_000_i64..1_000_000_000, b in 1_i64..1_000_000_000) {
        let number = |millionths| Derived::from(Decimal::from_millionths(millionths).expect("small"));
        let (one, two) = (number(a), number(b));
        for whole in [one.plus(&two), one.minus(&two), one.max(&two), one.min(&two)] {
            let shown = whole.shown().expect("small");
            prop_assert!(shown.comparator.is_none() && !shown.rounded);
            prop_assert_eq!((shown.lower, shown.upper), (Some(shown.value), Some(shown.value)));
        }
        let quotient = one.over(&two).expect("not nothing");
        prop_assert_eq!(quotient.times(&two), one);
    }
}
