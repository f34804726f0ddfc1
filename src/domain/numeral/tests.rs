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
        ("一亿两千万", 120_000_000),
        ("一万零两百", 10_200),
        ("一万五百", 10_500),
        ("二十万零五千", 205_000),
        ("一亿零五千", 100_005_000),
        ("一十", 10),
        ("一百十二", 112),
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
        "三十两",
        "十两",
        "二十两万",
        "一百两",
        "一百零两",
        "一万零两",
        "两两",
        "两十",
        "二十零二",
        "三百零五十",
        "一万零五千",
        "一亿五千",
        "一亿五百",
        "三万亿五千万",
        "一百五万",
        "零万",
        "一亿零万",
    ] {
        assert_eq!(whole(text), None, "{text}");
    }
}

/// What a grammar of numerals writes for a number below 10^16, part by part: the usual words first, then
/// those that mean the same.
fn written(number: i64) -> Vec<Vec<String>> {
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    if number == 0 {
        return vec![words(&["零", "〇"])];
    }
    let mut parts = Vec::new();
    let mut last: Option<u32> = None;
    for place in (0..16u32).rev() {
        let section = number / 10_i64.pow(place / 4 * 4) % 10_000;
        let digit = number / 10_i64.pow(place) % 10;
        if digit > 0 {
            let skipped = last.map_or(0, |last| last - place - 1);
            let new_section = last.is_some_and(|last| last / 4 > place / 4);
            let far = last.is_some_and(|last| last / 4 > place / 4 + 1);
            parts.push(match (skipped, place % 4) {
                (0, _) => words(&[""]),
                (_, 3) if new_section && !far => words(&["", "零", "〇"]),
                (_, 1..) if !far => words(&["零", "〇", ""]),
                _ => words(&["零", "〇"]),
            });
            let name = ["", "十", "百", "千"][place as usize % 4];
            let alone = section == 2 && if place < 4 { number == 2 } else { skipped == 0 };
            let usual: String = "零一二三四五六七八九".chars().nth(digit as usize).into_iter().collect();
            let other = match (digit, place % 4) {
                (2, 2 | 3) => Some("两"),
                (2, 0) if alone => Some("两"),
                (1, 1) => Some(""),
                _ => None,
            };
            let digits = std::iter::once(usual.as_str()).chain(other);
            parts.push(digits.map(|digit| format!("{digit}{name}")).collect());
            last = Some(place);
        }
        let name = match place {
            12 | 4 if section > 0 => "万",
            8 if number >= 100_000_000 => "亿",
            _ => continue,
        };
        parts.push(words(&[name]));
    }
    parts
}

/// The usual spelling of a number.
pub(crate) fn spell(number: i64) -> String {
    written(number).iter().map(|words| words[0].as_str()).collect()
}

/// Whether a text is one of the ways to write these parts.
fn is_written(text: &str, parts: &[Vec<String>]) -> bool {
    match parts.split_first() {
        None => text.is_empty(),
        Some((words, others)) => words
            .iter()
            .filter_map(|word| text.strip_prefix(word.as_str()))
            .any(|rest| is_written(rest, others)),
    }
}

fn is_refused_or_written(text: &str) -> bool {
    whole(text).is_none_or(|number| is_written(text, &written(number)))
}

#[test]
fn every_short_text_that_is_read_is_one_that_is_written() {
    let mut texts = vec![String::new()];
    for _ in 0..4 {
        texts = texts.iter().flat_map(|text| CHARACTERS.chars().map(move |c| format!("{text}{c}"))).collect();
        for text in &texts {
            assert!(is_refused_or_written(text), "{text} is read as {:?}", whole(text));
        }
    }
}

proptest! {
    #[test]
    fn every_text_that_is_read_is_one_that_is_written(
        text in "[零〇一二两三四五六七八九十百千万亿]{0,24}",
        number in 0i64..10_000_000_000_000_000,
        cut in 0u32..16,
        at in 0usize..30,
        put in "[零〇一二两三四五六七八九十百千万亿]{0,1}",
        taken in 0usize..2,
    ) {
        prop_assert!(is_refused_or_written(&text), "{} is read as {:?}", text, whole(&text));
        // A numeral with one character more, less, or another.
        let mut spelled: Vec<char> = spell(number / 10_i64.pow(cut)).chars().collect();
        let at = at.min(spelled.len());
        spelled.splice(at..(at + taken).min(spelled.len()), put.chars());
        let text: String = spelled.into_iter().collect();
        prop_assert!(is_refused_or_written(&text), "{} is read as {:?}", text, whole(&text));
    }

    #[test]
    fn every_way_to_write_a_number_is_read(
        number in 0i64..10_000_000_000_000_000,
        cut in 0u32..16,
        choices in prop::collection::vec(0usize..6, 64),
    ) {
        let number = number / 10_i64.pow(cut);
        prop_assert_eq!(whole(&spell(number)), Some(number), "{}", spell(number));
        let parts = written(number);
        let chosen: String = parts.iter().zip(&choices).map(|(words, choice)| words[choice % words.len()].as_str()).collect();
        prop_assert_eq!(whole(&chosen), Some(number), "{}", chosen);
    }
}
