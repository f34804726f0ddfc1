//! Figures in words: value, qualifier and bounds agree, and what is written is read back, in the spoken
//! unit and in the unit of a metric.

#![no_main]

use libfuzzer_sys::fuzz_target;
use taizhang::domain::codes::Role;
use taizhang::domain::decimal::Decimal;
use taizhang::domain::quantity::Quantity;
use taizhang::domain::unit::Unit;
use taizhang::domain::words::read;
use taizhang::domain::words::writing::write;

fuzz_target!(|text: &str| {
    let units = units();
    for role in [Role::Actual, Role::Target] {
        let Ok(reading) = read(text, role) else { continue };
        check(&reading.quantity);
        let written = write(&reading.quantity, &reading.unit_words);
        let again = read(&written, role).map(|again| (again.quantity, again.unit_words));
        assert_eq!(again, Ok((reading.quantity, reading.unit_words.clone())), "{written}");
        for unit in &units {
            let Ok(quantity) = reading.resolve(unit, &units) else { continue };
            check(&quantity);
            assert_eq!(quantity.comparator, reading.quantity.comparator, "in {}", unit.name);
            let written = write(&quantity, &unit.name);
            let again = read(&written, role).and_then(|again| again.resolve(unit, &units));
            assert_eq!(again, Ok(quantity), "{written}");
        }
    }
});

fn check(quantity: &Quantity) {
    let Quantity { value, decimals, comparator, lower, upper, lower_inclusive, upper_inclusive } = *quantity;
    assert!(lower.is_none_or(|lower| lower <= value), "{quantity:?}");
    assert!(upper.is_none_or(|upper| upper >= value), "{quantity:?}");
    assert!(lower.is_some() || !lower_inclusive, "{quantity:?}");
    assert!(upper.is_some() || !upper_inclusive, "{quantity:?}");
    assert!((value.decimals()..=Decimal::MAX_DECIMALS).contains(&decimals), "{quantity:?}");
    assert_eq!(Quantity::stated(value, decimals, comparator, lower, upper), Ok(*quantity));
}

fn units() -> [Unit; 8] {
    [
        ("CNY", "元", "money", 1, 1),
        ("CNY_10K", "万元", "money", 10_000, 1),
        ("CNY_100M", "亿元", "money", 100_000_000, 1),
        ("MU", "亩", "land_area", 1, 1),
        ("MTK", "平方米", "land_area", 3, 2000),
        ("KGM", "千克", "mass", 1, 1000),
        ("P1", "%", "ratio", 1, 1),
        ("PERSON", "人", "person", 1, 1),
    ]
    .map(|(code, name, dimension, numerator, denominator)| Unit {
        code: code.to_owned(),
        name: name.to_owned(),
        name_en: code.to_owned(),
        symbol: name.to_owned(),
        aliases: Vec::new(),
        dimension: dimension.to_owned(),
        numerator,
        denominator,
    })
}
