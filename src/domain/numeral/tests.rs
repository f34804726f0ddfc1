//! Spellings that mean one number, and those that do not.

use super::*;
use proptest::prelude::*;

#[test]
fn numerals_are_read() {
    for (text, number) in [
        ("零", 0),
        ("两", 2),
        ("十", 10),
        ("十二", 12),
        ("二十", 20),
        ("九十九", 99),
        ("三百", 300),
        ("三百零五", 305),
        ("三百五十", 350),
        ("一百一十二", 112),
        ("一千零五", 1005),
        ("一千零五十", 1050),
        ("两千三百", 2300),
        ("三万五千", 35_000),
        ("十万零五百", 100_500),
        ("一万零二", 10_002),
        ("两亿五千万", 250_000_000),
        ("一亿零三", 100_000_003),
        ("三万亿", 3_000_000_000_000),
    ] {
        assert_eq!(whole(text), Some(number), "{text}");
    }
}

#[test]
fn what_spells_no_number_or_more_than_one_is_not_read() {
    for text in [
        "",
        "三百五",
        "一万二",
        "两千三",
        "百",
        "千",
        "万",
        "亿",
        "一二",
        "二〇二二",
        "十百",
        "一百二百",
        "零五",
        "一百零",
        "一百零零五",
        "三点五",
        "几",
        "几十",
        "二十几",
        "五零",
        "一万万",
        "一亿亿",
        "12",
        "十十",
    ] {
        assert_eq!(whole(text), None, "{text}");
    }
}

/// The usual spelling of a number, up to 10^12.
pub(crate) fn spell(number: i64) -> String {
    if number == 0 {
        return "零".to_owned();
    }
    let mut spelled = String::new();
    for (size, name) in [(100_000_000, "亿"), (10_000, "万"), (1, "")] {
        let part = number / size % 10_000;
        if part > 0 {
            let gap = !spelled.is_empty() && part < 1000;
            spelled += if gap { "零" } else { "" };
            spelled += &spell_below_wan(part);
            spelled += name;
        }
    }
    spelled
}

fn spell_below_wan(number: i64) -> String {
    let mut spelled = String::new();
    let mut gap = false;
    for (rank, name) in [(1000, "千"), (100, "百"), (10, "十"), (1, "")] {
        let digit = usize::try_from(number / rank % 10).expect("a digit");
        if digit == 0 {
            gap = !spelled.is_empty();
            continue;
        }
        spelled += if gap { "零" } else { "" };
        gap = false;
        spelled.extend("零一二三四五六七八九".chars().nth(digit));
        spelled += name;
    }
    spelled
}

proptest! {
    #[test]
    fn every_spelling_is_read_back(number in 0i64..1_000_000_000_000, cut in 0u32..12) {
        let number = number / 10_i64.pow(cut);
        let spelled = spell(number);
        prop_assert_eq!(whole(&spelled), Some(number), "{}", spelled);
    }

    #[test]
    fn no_text_makes_it_panic(text in "[零〇一二两三四五六七八九十百千万亿]{0,24}") {
        let _number = whole(&text);
    }
}
