//! Numbers at the edges of what is kept, and the laws of reading, writing and adding.

use super::*;
use proptest::prelude::*;

fn number(text: &str) -> Decimal {
    text.parse().expect("a number")
}

fn refusal(text: &str) -> &'static str {
    text.parse::<Decimal>().expect_err(text).code
}

#[test]
fn numbers_are_read_with_their_decimals() {
    for (text, millionths, decimals) in [
        ("90", 90_000_000, 0),
        ("660.60", 660_600_000, 2),
        ("891.1814", 891_181_400, 4),
        ("0.000001", 1, 6),
        ("-0.5", -500_000, 1),
        ("+7", 7_000_000, 0),
        ("0", 0, 0),
        ("-0", 0, 0),
        ("0.00", 0, 2),
        ("007", 7_000_000, 0),
        ("999999999999", 999_999_999_999_000_000, 0),
        ("1e3", 1_000_000_000, 0),
        ("1E+3", 1_000_000_000, 0),
        ("1.50e1", 15_000_000, 1),
        ("25e-1", 2_500_000, 1),
        ("1.2345678e1", 12_345_678, 6),
        ("0e999999999", 0, 0),
        ("100000e-6", 100_000, 6),
        // As programs write them: the zeros before the exponent are of the form.
        ("1.0E-6", 1, 6),
        ("2.50e3", 2_500_000_000, 0),
    ] {
        let read = Decimal::parse_with_decimals(text).map(|(value, decimals)| (value.millionths(), decimals));
        assert_eq!(read, Ok((millionths, decimals)), "{text}");
    }
}

#[test]
fn what_is_no_number_is_refused() {
    for text in [
        "",
        " ",
        "-",
        "+",
        ".",
        ".5",
        "5.",
        "1,000",
        "1 000",
        "0x10",
        "１",
        "--1",
        "1.2.3",
        "1e",
        "e3",
        "1e1.5",
        "NaN",
        "inf",
        "1_000",
        "九十",
        "1e99999999999999999999",
    ] {
        assert_eq!(refusal(text), "number_malformed", "{text}");
    }
}

#[test]
fn what_a_client_could_not_read_exactly_is_refused() {
    for text in
        ["1000000000000", "-1000000000000", "1e12", "1e400", "999999999999e1", "9".repeat(60).as_str()]
    {
        assert_eq!(refusal(text), "too_large", "{text}");
    }
    for text in ["0.0000001", "1.0000000", "123456789012.3456", "1e-7", "0e-7", "1e-400", "1234567890.123456"]
    {
        assert_eq!(refusal(text), "too_precise", "{text}");
    }
    assert_eq!(number("123456789012.345").to_string(), "123456789012.345");
    assert_eq!(number("123456789.123456").to_string(), "123456789.123456");
    assert_eq!(Decimal::from_millionths(i64::MIN).map_err(|e| e.code), Err("too_large"));
    assert_eq!(Decimal::from_millionths(1_234_567_890_123_456).map_err(|e| e.code), Err("too_precise"));
}

#[test]
fn the_shortest_form_and_the_stated_one() {
    assert_eq!(number("660.60").to_string(), "660.6");
    assert_eq!(number("90.000").to_string(), "90");
    assert_eq!(number("-0.50").to_string(), "-0.5");
    assert_eq!(number("660.6").to_fixed(2), "660.60");
    assert_eq!(number("90").to_fixed(0), "90");
    assert_eq!(number("90").to_fixed(1), "90.0");
    assert_eq!(number("-0.25").to_fixed(1), "-0.25", "no decimal is dropped");
    assert_eq!(number("1").to_fixed(8), "1.00000000");
    assert_eq!(number("660.60").decimals(), 1);
    assert_eq!(Decimal::ZERO.decimals(), 0);
}

#[test]
fn sums_that_leave_the_range_overflow() {
    let code = |result: Result<Decimal, Invalid>| result.map_err(|invalid| invalid.code);
    assert_eq!(code(number("0.1").checked_add(number("0.2"))), Ok(number("0.3")));
    assert_eq!(code(number("0.3").checked_sub(number("0.1"))), Ok(number("0.2")));
    assert_eq!(code(number("999999999999").checked_add(number("1"))), Err("overflow"));
    assert_eq!(code(number("-999999999999").checked_sub(number("1"))), Err("overflow"));
    assert_eq!(code(number("99999999999").checked_add(number("0.000001"))), Err("overflow"));
}

#[test]
fn json_holds_an_exact_number() {
    for (json, shortest) in [
        ("90", "90"),
        ("660.60", "660.6"),
        ("0.1", "0.1"),
        ("123456789012.345", "123456789012.345"),
        ("1e3", "1000"),
    ] {
        let value: Decimal = serde_json::from_str(json).expect(json);
        assert_eq!(serde_json::to_string(&value).expect("JSON"), shortest);
        let tree: serde_json::Value = serde_json::from_str(json).expect(json);
        assert_eq!(serde_json::from_value::<Decimal>(tree).ok(), Some(value), "{json} through a tree");
    }
    for json in ["\"90\"", "null", "true", "1e12", "0.0000001", "[]"] {
        assert!(serde_json::from_str::<Decimal>(json).is_err(), "{json}");
    }
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Figure {
    value: Option<Decimal>,
    #[serde(flatten)]
    rest: Rest,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Rest {
    upper: Option<Decimal>,
}

#[test]
fn numbers_stay_exact_inside_flattened_members() {
    let json = r#"{"value":0.1,"upper":123456789012.345}"#;
    let figure: Figure = serde_json::from_str(json).expect("a figure");
    assert_eq!(figure.rest.upper, Some(number("123456789012.345")));
    assert_eq!(serde_json::to_string(&figure).expect("JSON"), json);
}

/// Any number that can be one: up to fifteen digits, shifted so far that it stays in range.
pub(crate) fn decimals() -> impl Strategy<Value = Decimal> {
    (-999_999_999_999_999_i64..=999_999_999_999_999, 0u32..=14, 0u32..=3).prop_map(|(digits, down, up)| {
        Decimal::from_millionths(digits / 10_i64.pow(down) * 10_i64.pow(up)).expect("in range")
    })
}

proptest! {
    #[test]
    fn every_number_is_read_back(value in decimals(), places in 0u8..=6) {
        prop_assert_eq!(value.to_string().parse::<Decimal>(), Ok(value));
        prop_assert_eq!(Decimal::from_millionths(value.millionths()), Ok(value));
        let fixed = value.to_fixed(places);
        let decimals = places.max(value.decimals());
        prop_assert_eq!(Decimal::parse_with_decimals(&fixed), Ok((value, decimals)), "{}", fixed);
    }

    #[test]
    fn json_is_read_back(value in decimals()) {
        let json = serde_json::to_string(&value).expect("JSON");
        prop_assert_eq!(&json, &value.to_string());
        prop_assert_eq!(serde_json::from_str::<Decimal>(&json).ok(), Some(value));
    }

    #[test]
    fn an_exponent_shifts_the_point(value in decimals(), exponent in -6i32..=6) {
        let spelled = format!("{value}e{exponent}");
        let shifted = i128::from(value.millionths()) * 10_i128.pow(exponent.max(0).unsigned_abs());
        let divisor = 10_i128.pow(exponent.min(0).unsigned_abs());
        match spelled.parse::<Decimal>() {
            Ok(read) => prop_assert_eq!(i128::from(read.millionths()) * divisor, shifted),
            Err(refused) => prop_assert!(matches!(refused.code, "too_large" | "too_precise")),
        }
    }

    #[test]
    fn adding_and_taking_away_cancel_and_order_agrees(a in decimals(), b in decimals()) {
        prop_assert_eq!(a.checked_add(b), b.checked_add(a));
        if let Ok(sum) = a.checked_add(b) {
            prop_assert_eq!(sum.checked_sub(b), Ok(a));
            prop_assert_eq!(sum > a, b > Decimal::ZERO);
        }
    }

    #[test]
    fn no_text_makes_it_panic(text in "\\PC{0,30}|[-+0-9.eE]{0,30}") {
        let _read = text.parse::<Decimal>();
    }
}
