//! Comparators and the bounds that they mean.

use super::*;
use crate::domain::decimal::tests::decimals;
use crate::domain::unit::tests::unit;
use proptest::prelude::*;

fn number(text: &str) -> Decimal {
    text.parse().expect("a number")
}

/// The comparator, the bounds with their brackets, or the code of the refusal.
fn stated(value: &str, comparator: &str, lower: &str, upper: &str) -> Result<String, &'static str> {
    let given = |text: &str| (!text.is_empty()).then(|| number(text));
    let comparator = (!comparator.is_empty()).then(|| comparator.parse().expect("a comparator"));
    Quantity::stated(number(value), 0, comparator, given(lower), given(upper))
        .map(|quantity| interval(&quantity))
        .map_err(|refused| refused.code)
}

/// The bounds as in mathematics: `(90, 91)`, `[75, ∞)`.
pub(crate) fn interval(quantity: &Quantity) -> String {
    let bound = |bound: Option<Decimal>, none: &str| bound.map_or(none.to_owned(), |bound| bound.to_string());
    format!(
        "{}{}, {}{}",
        if quantity.lower_inclusive { "[" } else { "(" },
        bound(quantity.lower, "-∞"),
        bound(quantity.upper, "∞"),
        if quantity.upper_inclusive { "]" } else { ")" },
    )
}

#[test]
fn a_comparator_means_its_bounds() {
    for (value, comparator, bounds) in [
        ("90", "", "[90, 90]"),
        ("200", "~", "(-∞, ∞)"),
        ("50", "<", "(-∞, 50)"),
        ("50", "<=", "(-∞, 50]"),
        ("75", ">=", "[75, ∞)"),
        ("90", ">", "(90, ∞)"),
        ("-90", ">", "(-90, ∞)"),
    ] {
        assert_eq!(stated(value, comparator, "", ""), Ok(bounds.to_owned()), "{comparator}");
    }
}

#[test]
fn given_bounds_must_be_those_that_are_meant() {
    for (value, comparator, lower, upper, result) in [
        ("90", ">", "90", "91", Ok("(90, 91)")),
        ("90", ">", "", "91", Ok("(90, 91)")),
        ("90", ">", "90", "", Ok("(90, ∞)")),
        ("90", ">", "89", "91", Err("bounds_disagree")),
        ("90", ">", "90", "90", Err("bounds_disagree")),
        ("90", ">", "90", "89", Err("bounds_disagree")),
        ("75", ">=", "75", "", Ok("[75, ∞)")),
        ("50", ">=", "50", "60", Ok("[50, 60]")),
        ("50", ">=", "", "60", Ok("[50, 60]")),
        ("-7", ">=", "-7", "-5", Ok("[-7, -5]")),
        ("50", ">=", "50", "50", Err("bounds_disagree")),
        ("50", ">=", "50", "49", Err("bounds_disagree")),
        ("50", ">=", "49", "60", Err("bounds_disagree")),
        ("75", ">=", "74", "", Err("bounds_disagree")),
        ("50", "<", "", "50", Ok("(-∞, 50)")),
        ("50", "<", "40", "50", Err("bounds_disagree")),
        ("50", "<", "", "51", Err("bounds_disagree")),
        ("50", "<=", "", "50", Ok("(-∞, 50]")),
        ("50", "<=", "0", "50", Err("bounds_disagree")),
        ("200", "~", "190", "210", Err("bounds_disagree")),
        ("200", "~", "", "210", Err("bounds_disagree")),
        ("90", "", "90", "90", Ok("[90, 90]")),
        ("90", "", "90", "", Ok("[90, 90]")),
        ("90", "", "89", "91", Err("bounds_disagree")),
    ] {
        assert_eq!(
            stated(value, comparator, lower, upper),
            result.map(str::to_owned),
            "{value} {comparator} {lower} {upper}"
        );
    }
}

#[test]
fn decimals_are_kept_as_stated_but_never_too_few() {
    assert_eq!(Quantity::exact(number("660.6"), 2).decimals, 2);
    assert_eq!(Quantity::exact(number("660.65"), 0).decimals, 2);
    assert_eq!(Quantity::exact(number("5"), 200).decimals, 6);
}

#[test]
fn figures_convert_with_their_bounds() {
    let convert = |quantity: Quantity, from, to| {
        quantity
            .convert(&unit(from), &unit(to))
            .map(|converted| (converted.value.to_string(), converted.decimals, interval(&converted)))
            .map_err(|refused| refused.code)
    };
    let more =
        Quantity::stated(number("90"), 0, Some(Comparator::More), None, Some(number("91"))).expect("stated");
    assert_eq!(convert(more, "CNY_10K", "CNY"), Ok(("900000".to_owned(), 0, "(900000, 910000)".to_owned())));
    let fund = Quantity::exact(number("660.60"), 2);
    assert_eq!(convert(fund, "CNY_10K", "CNY_10K"), Ok(("660.6".to_owned(), 2, "[660.6, 660.6]".to_owned())));
    assert_eq!(
        convert(fund, "CNY_10K", "CNY_100M"),
        Ok(("0.06606".to_owned(), 5, "[0.06606, 0.06606]".to_owned()))
    );
    assert_eq!(convert(fund, "CNY_10K", "MU"), Err("unit_incompatible"));
    let metres = Quantity::stated(number("2000"), 0, Some(Comparator::More), None, Some(number("2001")))
        .expect("stated");
    assert_eq!(convert(metres, "MTK", "MU"), Ok(("3".to_owned(), 0, "(3, 3.0015)".to_owned())));
    let about = Quantity::stated(number("200"), 0, Some(Comparator::About), None, None).expect("stated");
    assert_eq!(convert(about, "CNY_10K", "CNY"), Ok(("2000000".to_owned(), 0, "(-∞, ∞)".to_owned())));
    // The value converts exactly, the bound does not.
    let odd =
        Quantity::stated(number("3"), 0, Some(Comparator::More), None, Some(number("4"))).expect("stated");
    assert_eq!(convert(odd, "MU", "MTK"), Err("unit_incompatible"));
}

#[test]
fn comparators_are_their_signs() {
    for comparator in Comparator::ALL {
        let json = serde_json::to_string(comparator).expect("JSON");
        assert_eq!(json, format!("\"{comparator}\""));
        assert_eq!(serde_json::from_str(&json).ok(), Some(*comparator));
        assert_eq!(comparator.as_str().parse(), Ok(*comparator));
    }
    assert!("=".parse::<Comparator>().is_err());
}

/// Any figure that can be stated.
pub(crate) fn quantities() -> impl Strategy<Value = Quantity> {
    let comparators = prop::option::of(prop::sample::select(Comparator::ALL.to_vec()));
    (decimals(), 0u8..=6, comparators, prop::option::of(decimals())).prop_map(
        |(value, places, comparator, upper)| {
            let upper = upper.filter(|&upper| has_free_upper(comparator) && upper > value);
            Quantity::stated(value, places, comparator, None, upper).expect("consistent")
        },
    )
}

proptest! {
    #[test]
    fn the_bounds_of_a_figure_state_it_again(quantity in quantities()) {
        let Quantity { value, decimals, comparator, lower, upper, .. } = quantity;
        prop_assert_eq!(Quantity::stated(value, decimals, comparator, lower, upper), Ok(quantity));
        prop_assert!(lower.is_some() || !quantity.lower_inclusive);
        prop_assert!(upper.is_some() || !quantity.upper_inclusive);
    }

    #[test]
    fn there_and_back_is_the_same_figure(quantity in quantities()) {
        let (from, to) = (unit("CNY"), unit("CNY_10K"));
        if let Ok(there) = quantity.convert(&from, &to) {
            let back = there.convert(&to, &from).expect("exact");
            prop_assert_eq!(Quantity { decimals: quantity.decimals, ..back }, quantity);
        }
    }
}
