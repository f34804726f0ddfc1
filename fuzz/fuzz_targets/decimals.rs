//! Decimals: no digit is lost or made up on the way in, out, through JSON, or by adding.

#![no_main]

use libfuzzer_sys::fuzz_target;
use taizhang::domain::decimal::Decimal;

fuzz_target!(|text: &str| {
    let of_json = serde_json::from_str::<Decimal>(text);
    let Ok((value, decimals)) = Decimal::parse_with_decimals(text) else {
        assert!(of_json.is_err() || text.trim() != text, "JSON takes what reading refuses");
        return;
    };
    if let Ok(of_json) = of_json {
        assert_eq!(of_json, value);
    }
    assert_eq!(text.parse(), Ok(value));
    assert_eq!(Decimal::from_millionths(value.millionths()), Ok(value));
    let shortest = value.to_string();
    if let Some(expected) = shortened(text) {
        assert_eq!(shortest, expected);
    }
    let fixed = value.to_fixed(decimals);
    assert_eq!(Decimal::parse_with_decimals(&fixed), Ok((value, decimals)), "{fixed}");
    assert_eq!(serde_json::to_string(&value).ok(), Some(shortest));
    if let Ok(twice) = value.checked_add(value) {
        assert_eq!(twice.checked_sub(value), Ok(value));
        assert_eq!(twice > value, value > Decimal::ZERO);
    }
});

/// The shortest form of a number that is written without an exponent, by its characters alone.
fn shortened(text: &str) -> Option<String> {
    if text.contains(['e', 'E']) {
        return None;
    }
    let unsigned = text.trim_start_matches(['+', '-']);
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let whole = whole.trim_start_matches('0');
    let fraction = fraction.trim_end_matches('0');
    let sign = if text.starts_with('-') && !(whole.is_empty() && fraction.is_empty()) { "-" } else { "" };
    let whole = if whole.is_empty() { "0" } else { whole };
    let point = if fraction.is_empty() { "" } else { "." };
    Some(format!("{sign}{whole}{point}{fraction}"))
}
