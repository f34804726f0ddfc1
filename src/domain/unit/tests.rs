//! Conversion at its edges, and the units that other tests measure in.

use super::*;
use crate::domain::decimal::tests::decimals;
use proptest::prelude::*;

/// A unit as the seed has it.
pub(crate) fn unit(code: &str) -> Unit {
    let (name, symbol, dimension, numerator, denominator) = match code {
        "CNY" => ("元", "元", "money", 1, 1),
        "CNY_10K" => ("万元", "万元", "money", 10_000, 1),
        "CNY_100M" => ("亿元", "亿元", "money", 100_000_000, 1),
        "CNY_10K_PER_YEAR" => ("万元/年", "万元/年", "money_per_year", 1, 1),
        "CNY_PER_PERSON" => ("元/人", "元/人", "money_per_person", 1, 1),
        "MU" => ("亩", "亩", "land_area", 1, 1),
        "MTK" => ("平方米", "m²", "land_area", 3, 2000),
        "HAR" => ("公顷", "hm²", "land_area", 15, 1),
        "KMK" => ("平方千米", "km²", "land_area", 1500, 1),
        "MTR" => ("米", "m", "length", 1, 1),
        "KMT" => ("千米", "km", "length", 1000, 1),
        "KGM" => ("千克", "kg", "mass", 1, 1),
        "TNE" => ("吨", "t", "mass", 1000, 1),
        "P1" => ("%", "%", "percent", 1, 1),
        "PERSON" => ("人", "人", "person", 1, 1),
        "PERSON_MING" => ("名", "名", "person", 1, 1),
        "PERSON_TIME" => ("人次", "人次", "person_time", 1, 1),
        "HOUSEHOLD" => ("户", "户", "household", 1, 1),
        other => (other, other, other, 1, 1),
    };
    Unit {
        code: code.to_owned(),
        name: name.to_owned(),
        name_en: code.to_lowercase(),
        symbol: symbol.to_owned(),
        aliases: Vec::new(),
        dimension: dimension.to_owned(),
        numerator,
        denominator,
    }
}

fn number(text: &str) -> Decimal {
    text.parse().expect("a number")
}

fn exact(value: &str, from: &str, to: &str) -> Result<String, &'static str> {
    convert_exact(number(value), &unit(from), &unit(to)).map(|value| value.to_string()).map_err(|e| e.code)
}

#[test]
fn units_of_one_dimension_convert() {
    for (value, from, to, converted) in [
        ("660.60", "CNY_10K", "CNY", "6606000"),
        ("90", "CNY_10K", "CNY_100M", "0.009"),
        ("2000", "MTK", "MU", "3"),
        ("3580", "MTK", "MU", "5.37"),
        ("1", "KMK", "HAR", "100"),
        ("676", "MTR", "KMT", "0.676"),
        ("-1.5", "TNE", "KGM", "-1500"),
        ("27", "PERSON_MING", "PERSON", "27"),
        ("0.000001", "MU", "MU", "0.000001"),
    ] {
        assert_eq!(exact(value, from, to), Ok(converted.to_owned()), "{value} {from} in {to}");
    }
}

#[test]
fn what_is_not_exact_or_of_another_dimension_is_refused() {
    assert_eq!(exact("1", "MU", "MTK"), Err("unit_incompatible"));
    assert_eq!(exact("0.01", "CNY", "CNY_100M"), Err("unit_incompatible"));
    assert_eq!(exact("1", "MU", "MTR"), Err("unit_incompatible"));
    assert_eq!(exact("1", "PERSON", "PERSON_TIME"), Err("unit_incompatible"));
    assert_eq!(exact("999999999999", "CNY_100M", "CNY"), Err("too_large"));
    let broken = Unit { denominator: 0, ..unit("MU") };
    let refused = convert_exact(number("1"), &Unit { code: "BROKEN".to_owned(), ..broken }, &unit("MU"));
    assert_eq!(refused.map_err(|e| e.code), Err("unit_incompatible"));
}

#[test]
fn output_is_rounded_half_away_from_zero() {
    let rounded = |value: &str, from: &str, to: &str| {
        let (value, rounded) =
            convert_rounded(number(value), &unit(from), &unit(to)).expect("same dimension");
        (value.to_string(), rounded)
    };
    assert_eq!(rounded("1", "MU", "MTK"), ("666.666667".to_owned(), true));
    assert_eq!(rounded("-1", "MU", "MTK"), ("-666.666667".to_owned(), true));
    assert_eq!(rounded("3", "MU", "MTK"), ("2000".to_owned(), false));
    assert_eq!(rounded("0.0005", "MTR", "KMT"), ("0.000001".to_owned(), true));
    assert_eq!(rounded("-0.0005", "MTR", "KMT"), ("-0.000001".to_owned(), true));
    assert_eq!(rounded("0.000499", "MTR", "KMT"), ("0".to_owned(), true));
}

#[test]
fn extreme_factors_do_not_panic() {
    let huge = Unit { numerator: i64::MAX, denominator: 1, ..unit("HAR") };
    let tiny = Unit { numerator: 1, denominator: i64::MAX, ..unit("MTK") };
    assert_eq!(convert_exact(number("1"), &huge, &tiny).map_err(|e| e.code), Err("too_large"));
    assert_eq!(convert_exact(number("1"), &tiny, &huge).map_err(|e| e.code), Err("unit_incompatible"));
}

fn codes() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "CNY",
        "CNY_10K",
        "CNY_100M",
        "MU",
        "MTK",
        "HAR",
        "KMK",
        "MTR",
        "KMT",
        "KGM",
        "TNE",
        "P1",
        "PERSON",
        "PERSON_TIME",
    ])
}

proptest! {
    #[test]
    fn there_and_back_is_the_same_when_exact(value in decimals(), from in codes(), to in codes()) {
        let (from, to) = (unit(from), unit(to));
        match convert_exact(value, &from, &to) {
            Ok(there) => {
                prop_assert_eq!(convert_exact(there, &to, &from), Ok(value));
                prop_assert_eq!(convert_rounded(value, &from, &to), Ok((there, false)));
            }
            Err(refused) if from.dimension != to.dimension => {
                prop_assert_eq!(refused.code, "unit_incompatible");
                prop_assert!(convert_rounded(value, &from, &to).is_err());
            }
            Err(_) => {}
        }
    }

    #[test]
    fn rounding_is_off_by_half_a_millionth_at_most(value in decimals(), from in codes(), to in codes()) {
        let (from, to) = (unit(from), unit(to));
        if let Ok((converted, _)) = convert_rounded(value, &from, &to) {
            // |converted - value × n/d| ≤ ½ millionth, all multiplied by 2 d.
            let n = i128::from(from.numerator) * i128::from(to.denominator);
            let d = i128::from(from.denominator) * i128::from(to.numerator);
            let exact = i128::from(value.millionths()) * n;
            let off = i128::from(converted.millionths()) * d - exact;
            prop_assert!(2 * off.abs() <= d);
        }
    }

    #[test]
    fn conversion_keeps_order(a in decimals(), b in decimals(), from in codes(), to in codes()) {
        let (from, to) = (unit(from), unit(to));
        if let (Ok((x, _)), Ok((y, _))) = (convert_rounded(a, &from, &to), convert_rounded(b, &from, &to)) {
            prop_assert!(a > b || x <= y);
        }
    }
}
