//! Words that are a whole figure by themselves: shares (三分之二, 一半), growth in words (持平, 翻一番,
//! 两位数), ranks (第四, 前10位, 首个).

use super::lead;
use super::nature::Nature;
use super::qualifier::{Around, Change};
use crate::domain::decimal::Decimal;
use crate::domain::exact::{Exact, Rounding};
use crate::domain::numeral;
use crate::domain::quantity::Comparator;
use crate::error::Invalid;

/// A figure and its unit.
pub(super) struct Phrase {
    pub(super) value: Decimal,
    pub(super) comparator: Option<Comparator>,
    pub(super) unit: &'static str,
    pub(super) nature: Nature,
    /// Whether the value had to be rounded.
    pub(super) is_rounded: bool,
}

impl Phrase {
    fn percent(value: i64) -> Result<Phrase, Invalid> {
        let value = whole(value)?;
        Ok(Phrase { value, comparator: None, unit: "%", nature: Nature::Level, is_rounded: false })
    }

    fn change(value: i64, comparator: Option<Comparator>) -> Result<Phrase, Invalid> {
        Ok(Phrase { comparator, nature: Nature::Change, ..Phrase::percent(value)? })
    }

    fn rank(value: i64, comparator: Option<Comparator>) -> Result<Phrase, Invalid> {
        Ok(Phrase { comparator, unit: "", nature: Nature::Rank, ..Phrase::percent(value)? })
    }
}

/// Things of which the first is counted as one: 首个, 首家.
const FIRST_OF: [&str; 6] = ["个", "家", "座", "条", "项", "所"];

/// The figure that the words are; none when they are something else.
///
/// Errors: `too_large` for numbers that are not kept.
pub(super) fn read(text: &str, around: &Around) -> Result<Option<Phrase>, Invalid> {
    if let Some(phrase) = share(text, around)? {
        return Ok(Some(phrase));
    }
    if let Some(phrase) = growth(text, around)? {
        return Ok(Some(phrase));
    }
    rank(lead::after_place(text))
}

fn share(text: &str, around: &Around) -> Result<Option<Phrase>, Invalid> {
    let half = match text {
        "一半" | "半数" => true,
        // 半 alone begins too many words.
        "半" => !around.comparators.is_empty(),
        _ => false,
    };
    if half {
        return Phrase::percent(50).map(Some);
    }
    let digits = |text: &str| {
        let plain = (1..=4).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        if plain { text.parse().ok() } else { None }
    };
    let parts = match (text.split_once('/'), text.split_once("分之")) {
        (Some((part, of)), _) => digits(part).zip(digits(of)),
        (_, Some((of, part))) => number(part).zip(number(of)),
        _ => None,
    };
    let Some((part, of)) = parts.filter(|&(part, of)| 0 < part && part < of) else { return Ok(None) };
    let share = Exact::fraction(100 * i128::from(part), i128::from(of));
    let rounded = share.and_then(|share| share.rounded(Decimal::MAX_DECIMALS.into(), Rounding::Nearest));
    let Some((millionths, is_exact)) = rounded else { return Ok(None) };
    let value = Decimal::from_wide(millionths)?;
    Ok(Some(Phrase { value, is_rounded: !is_exact, ..Phrase::percent(0)? }))
}

fn growth(text: &str, around: &Around) -> Result<Option<Phrase>, Invalid> {
    let phrase = match text {
        "持平" => Phrase::change(0, None),
        "基本持平" => Phrase::change(0, Some(Comparator::About)),
        "零" if around.change == Some(Change::Rise) => Phrase::change(0, None),
        "翻番" | "翻一番" | "翻了一番" | "翻倍" => Phrase::change(100, None),
        "翻两番" | "翻了两番" | "翻二番" => Phrase::change(300, None),
        "翻三番" | "翻了三番" => Phrase::change(700, None),
        "两位数" | "2位数" if around.change.is_some() => Phrase::change(10, Some(Comparator::AtLeast)),
        "三位数" | "3位数" if around.change.is_some() => Phrase::change(100, Some(Comparator::AtLeast)),
        _ => return Ok(None),
    };
    phrase.map(Some)
}

fn rank(text: &str) -> Result<Option<Phrase>, Invalid> {
    if text == "首位" {
        return Phrase::rank(1, None).map(Some);
    }
    if let Some(unit) = text.strip_prefix('首').and_then(|unit| FIRST_OF.into_iter().find(|of| *of == unit))
    {
        return Ok(Some(Phrase { unit, nature: Nature::Level, ..Phrase::rank(1, None)? }));
    }
    let ranked = |text: &str| {
        let bare = ["名次", "位", "名"].iter().find_map(|unit| text.strip_suffix(unit)).unwrap_or(text);
        number(bare).filter(|&number| number > 0)
    };
    if let Some(rank) = text.strip_prefix('第').and_then(ranked) {
        return Phrase::rank(rank, None).map(Some);
    }
    match text.strip_prefix('前').and_then(ranked) {
        Some(rank) => Phrase::rank(rank, Some(Comparator::AtMost)).map(Some),
        None => Ok(None),
    }
}

/// A small whole number in digits or in words.
fn number(text: &str) -> Option<i64> {
    let digits = (1..=6).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    if digits { text.parse().ok() } else { numeral::whole(text) }
}

fn whole(number: i64) -> Result<Decimal, Invalid> {
    Decimal::from_wide(i128::from(number) * 1_000_000)
}
