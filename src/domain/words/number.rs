//! The number at the beginning of the words of a figure: digits, a Chinese numeral, two neighbouring digits
//! (五六十), or a multiplier that counts one of itself (百余家).

use super::multiplier::begins_a_unit;
use super::place::times;
use crate::domain::decimal::Decimal;
use crate::domain::numeral::pair::pair;
use crate::domain::numeral::{self, digit_of};
use crate::error::Invalid;

/// A number as it is written.
#[derive(Clone, Copy)]
pub(super) struct Number {
    pub(super) value: Decimal,
    /// How many decimals it is written with.
    pub(super) decimals: u8,
    /// The other end, where two are spoken in one.
    pub(super) to: Option<Decimal>,
    /// Whether no digit is spoken: 百 of 百余家.
    pub(super) is_implied: bool,
}

impl Number {
    fn of(value: Decimal, decimals: u8) -> Number {
        Number { value, decimals, to: None, is_implied: false }
    }

    fn whole(value: i64) -> Result<Number, Invalid> {
        Ok(Number::of(whole(value)?, 0))
    }

    /// Takes a number off the text. None when the text does not begin with one.
    ///
    /// Errors: `too_large`, `too_precise` for numbers that are not kept.
    pub(super) fn take(text: &str) -> Result<Option<(Number, &str)>, Invalid> {
        let (sign, unsigned) = match text.strip_prefix(['-', '−']) {
            Some(unsigned) => ("-", unsigned),
            None => ("", text),
        };
        if unsigned.starts_with(|c: char| c.is_ascii_digit()) {
            return take_digits(sign, unsigned);
        }
        Ok(match take_numeral(text)? {
            Some(taken) => Some(taken),
            None => take_implied(text)?,
        })
    }
}

fn whole(number: i64) -> Result<Decimal, Invalid> {
    times(number.into(), Decimal::MAX_DECIMALS.into())
}

fn take_digits<'a>(sign: &str, unsigned: &'a str) -> Result<Option<(Number, &'a str)>, Invalid> {
    let end = unsigned.find(|c: char| !c.is_ascii_digit() && c != ',').unwrap_or(unsigned.len());
    let (whole, rest) = unsigned.split_at(end);
    let fraction =
        rest.strip_prefix('.').map_or(0, |rest| rest.bytes().take_while(u8::is_ascii_digit).count());
    // A point without digits after it is left to be refused with the unit.
    let (fraction, rest) = rest.split_at(if fraction > 0 { fraction + 1 } else { 0 });
    // What begins with a zero is the number of a telephone or a document.
    if !is_grouped(whole) || (whole.len() > 1 && whole.starts_with('0')) {
        return Ok(None);
    }
    let plain = format!("{sign}{}{fraction}", whole.replace(',', ""));
    let (value, decimals) = Decimal::parse_with_decimals(&plain)?;
    Ok(Some((Number::of(value, decimals), rest)))
}

/// Whether the commas, if any, part the digits into groups of three.
fn is_grouped(whole: &str) -> bool {
    match whole.split_once(',') {
        None => true,
        Some((first, rest)) => first.len() <= 3 && rest.split(',').all(|group| group.len() == 3),
    }
}

fn take_numeral(text: &str) -> Result<Option<(Number, &str)>, Invalid> {
    let end = text.find(|c: char| !numeral::CHARACTERS.contains(c)).unwrap_or(text.len());
    let mut run = &text[..end];
    if let Some(taken) = take_pointed(run, &text[end..])? {
        return Ok(Some(taken));
    }
    if let Some(shorter) =
        run.strip_suffix(['百', '千']).filter(|shorter| begins_a_unit(&text[shorter.len()..]))
    {
        run = shorter;
    }
    // A final 万 or 亿 may belong to the unit, as after digits; in 两亿五千万 it does not.
    if let Some(shorter) = run.strip_suffix(['万', '亿']).filter(|shorter| !shorter.contains(['万', '亿']))
    {
        run = shorter;
    }
    if let Some(number) = numeral::whole(run) {
        return Ok(Some((Number::whole(number)?, &text[run.len()..])));
    }
    // 一两个 are one to two, 一两 is one of the weight, as 三十两 is thirty.
    let weighed = || run.strip_suffix('两').and_then(|shorter| Some((shorter, numeral::whole(shorter)?)));
    let rest = &text[run.len()..];
    match (pair(run), weighed()) {
        (Some((low, high)), weight) if weight.is_none() || !rest.is_empty() => {
            Ok(Some((Number { to: Some(whole(high)?), ..Number::whole(low)? }, rest)))
        }
        (_, Some((shorter, number))) => Ok(Some((Number::whole(number)?, &text[shorter.len()..]))),
        _ => Ok(None),
    }
}

/// 一点五: a numeral, a point, and digits one by one. What comes next may multiply it.
fn take_pointed<'a>(before: &str, text: &'a str) -> Result<Option<(Number, &'a str)>, Invalid> {
    let Some((above, after)) = numeral::whole(before).zip(text.strip_prefix('点')) else { return Ok(None) };
    let digits: Vec<i64> = after
        .chars()
        .map_while(|c| if matches!(c, '零' | '〇') { Some(0) } else { digit_of(c).filter(|_| c != '两') })
        .collect();
    // Every digit is a character of as many bytes.
    let rest = &after[digits.len() * '零'.len_utf8()..];
    if digits.is_empty() || (rest.starts_with('十') && !rest.starts_with("十万") && !rest.starts_with("十亿"))
    {
        return Ok(None);
    }
    let fraction: String = digits.iter().map(ToString::to_string).collect();
    let (value, decimals) = Decimal::parse_with_decimals(&format!("{above}.{fraction}"))?;
    Ok(Some((Number::of(value, decimals), rest)))
}

/// A multiplier without a digit before it counts one of itself. 万 and 亿 are left, as they may belong to the unit.
fn take_implied(text: &str) -> Result<Option<(Number, &str)>, Invalid> {
    let (number, rest) = match text.chars().next() {
        Some(c @ '百') if !begins_a_unit(text) => (100, &text[c.len_utf8()..]),
        Some(c @ '千') if !begins_a_unit(text) => (1000, &text[c.len_utf8()..]),
        Some('万' | '亿') => (1, text),
        _ => return Ok(None),
    };
    Ok(Some((Number { is_implied: true, ..Number::whole(number)? }, rest)))
}
