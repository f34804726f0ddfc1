//! The number in the words of a figure: digits or a Chinese numeral, 余 or 多 after it, and its
//! multiplier (万, 亿, 千万).

use super::qualifier::MORE;
use crate::domain::decimal::Decimal;
use crate::domain::numeral;
use crate::error::Invalid;

/// A number as it stands in the words.
pub(super) struct Figure<'a> {
    number: Decimal,
    decimals: u8,
    more: Option<More>,
    /// The multiplier; of the value only its ten to the power is applied, never its 万 or 亿.
    pub(super) multiplier: Multiplier<'a>,
}

/// Where 余 or 多 stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum More {
    /// 90余万: up to the next number as round as this one.
    AfterNumber,
    /// 90万余: up to the next one of the multiplier.
    AfterMultiplier,
}

/// A multiplier: 千万 is ten to the power of three, of 万.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Multiplier<'a> {
    power: u32,
    /// `万`, `亿` or nothing: the part that may belong to the unit instead.
    pub(super) large: &'a str,
}

impl<'a> Figure<'a> {
    /// Takes a figure off the text. None when the text does not begin with one.
    ///
    /// Errors: `too_large`, `too_precise` for numbers that are not kept.
    pub(super) fn take(text: &'a str) -> Result<Option<(Figure<'a>, &'a str)>, Invalid> {
        let Some(((number, decimals), rest)) = take_number(text)? else {
            return Ok(None);
        };
        let (after_number, rest) = take_more(rest);
        let (multiplier, rest) = Multiplier::take(rest.trim_start());
        let (after_multiplier, rest) = if multiplier.is_spoken() { take_more(rest) } else { (false, rest) };
        let more = match (after_number, after_multiplier) {
            (false, false) => None,
            (true, false) => Some(More::AfterNumber),
            (false, true) => Some(More::AfterMultiplier),
            (true, true) => return Ok(None),
        };
        Ok(Some((Figure { number, decimals, more, multiplier }, rest.trim_start())))
    }

    /// The value, in terms of its 万 or 亿.
    pub(super) fn value(&self) -> Result<Decimal, Invalid> {
        times(self.number.millionths().into(), self.multiplier.power)
    }

    /// How many decimals the value has, in terms of its 万 or 亿.
    pub(super) fn decimals(&self) -> u8 {
        decimals_after(self.decimals, self.multiplier.power)
    }

    /// Whether 余 or 多 is said of it.
    pub(super) fn is_more(&self) -> bool {
        self.more.is_some()
    }

    /// What the value stays below by its 余 or 多. None without one, and for numbers that are not
    /// positive: which way they would be more is not clear.
    pub(super) fn upper(&self) -> Result<Option<Decimal>, Invalid> {
        let number = i128::from(self.number.millionths());
        let step = match self.more {
            Some(More::AfterNumber) => round_place(self.number, self.decimals),
            Some(More::AfterMultiplier) => last_place(self.decimals),
            None => return Ok(None),
        };
        (number > 0).then(|| times(number + step, self.multiplier.power)).transpose()
    }

    /// Whether a whole number, given to its last digit and without a multiplier, is said to be
    /// more: of things that are counted nothing lies between it and the next one.
    pub(super) fn leaves_no_room(&self) -> bool {
        let to_the_digit = self.decimals == 0 && round_place(self.number, 0) == last_place(0);
        self.is_more() && to_the_digit && !self.multiplier.is_spoken()
    }
}

impl<'a> Multiplier<'a> {
    const NONE: Multiplier<'static> = Multiplier { power: 0, large: "" };

    /// Takes a multiplier off the text: 万, 亿, a smaller one before these (千万), or 百 and 千
    /// alone unless they begin the unit.
    pub(super) fn take(text: &'a str) -> (Multiplier<'a>, &'a str) {
        let (power, rest) = match text.chars().next() {
            Some(c @ '十') => (1, &text[c.len_utf8()..]),
            Some(c @ '百') => (2, &text[c.len_utf8()..]),
            Some(c @ '千') => (3, &text[c.len_utf8()..]),
            Some(c @ '万') if text[c.len_utf8()..].starts_with('亿') => (4, &text[c.len_utf8()..]),
            _ => (0, text),
        };
        if let Some(after) = rest.strip_prefix(['万', '亿']) {
            let large = &rest[..rest.len() - after.len()];
            return (Multiplier { power, large }, after);
        }
        if power >= 2 && !begins_a_unit(text) {
            return (Multiplier { power, large: "" }, rest);
        }
        (Multiplier::NONE, text)
    }

    /// Whether there is one.
    pub(super) fn is_spoken(&self) -> bool {
        *self != Multiplier::NONE
    }

    /// The power of ten that its 万 or 亿 stands for, 0 without one.
    pub(super) fn large_power(&self) -> u32 {
        match self.large {
            "万" => 4,
            "亿" => 8,
            _ => 0,
        }
    }
}

/// Units that begin with 百 or 千: 5千克 is five of 千克 and 2百分点 two of 百分点, while 5千户 is
/// five thousand of 户.
fn begins_a_unit(text: &str) -> bool {
    text.starts_with("百分")
        || text
            .strip_prefix('千')
            .is_some_and(|rest| rest.starts_with(['克', '米', '瓦', '卡', '赫', '伏', '帕', '升', '焦']))
}

/// A number of millionths times a power of ten.
pub(super) fn times(millionths: i128, power: u32) -> Result<Decimal, Invalid> {
    Decimal::from_wide(millionths * 10_i128.pow(power))
}

/// How many decimals are left when a number with so many is multiplied by a power of ten.
pub(super) fn decimals_after(decimals: u8, power: u32) -> u8 {
    u8::try_from(u32::from(decimals).saturating_sub(power)).unwrap_or_default()
}

/// One of the last place of a number with so many decimals, in millionths.
pub(super) fn last_place(decimals: u8) -> i128 {
    10_i128.pow(u32::from(Decimal::MAX_DECIMALS.saturating_sub(decimals)))
}

/// One of the last place that is not a round zero, in millionths: 1000 of 2000, 10 of 550, 1 of
/// 1225. Zeros after the point are never round, they were measured: 0.01 of 3.50.
pub(super) fn round_place(number: Decimal, decimals: u8) -> i128 {
    let mut place = last_place(decimals);
    let millionths = i128::from(number.millionths());
    while decimals == 0 && millionths != 0 && millionths % (10 * place) == 0 {
        place *= 10;
    }
    place
}

fn take_more(text: &str) -> (bool, &str) {
    text.strip_prefix(MORE).map_or((false, text), |rest| (true, rest))
}

/// A number, the decimals that it was written with, and the text after it.
type Taken<'a> = ((Decimal, u8), &'a str);

fn take_number(text: &str) -> Result<Option<Taken<'_>>, Invalid> {
    let (sign, unsigned) = match text.strip_prefix(['-', '−']) {
        Some(unsigned) => ("-", unsigned),
        None => ("", text),
    };
    if !unsigned.starts_with(|c: char| c.is_ascii_digit()) {
        return take_numeral(text);
    }
    let end = unsigned.find(|c: char| !c.is_ascii_digit() && c != ',').unwrap_or(unsigned.len());
    let (whole, rest) = unsigned.split_at(end);
    let fraction =
        rest.strip_prefix('.').map_or(0, |rest| rest.bytes().take_while(u8::is_ascii_digit).count());
    // A point without digits after it is left to be refused with the unit.
    let (fraction, rest) = rest.split_at(if fraction > 0 { fraction + 1 } else { 0 });
    if !is_grouped(whole) {
        return Ok(None);
    }
    let plain = format!("{sign}{}{fraction}", whole.replace(',', ""));
    Ok(Some((Decimal::parse_with_decimals(&plain)?, rest)))
}

/// Whether the commas, if any, part the digits into groups of three.
fn is_grouped(whole: &str) -> bool {
    match whole.split_once(',') {
        None => true,
        Some((first, rest)) => first.len() <= 3 && rest.split(',').all(|group| group.len() == 3),
    }
}

fn take_numeral(text: &str) -> Result<Option<Taken<'_>>, Invalid> {
    let end = text.find(|c: char| !numeral::CHARACTERS.contains(c)).unwrap_or(text.len());
    let mut run = &text[..end];
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
    // 三十两 is thirty of the weight.
    let weighed = || run.strip_suffix('两').and_then(|shorter| Some((shorter, numeral::whole(shorter)?)));
    let Some((run, number)) = numeral::whole(run).map(|number| (run, number)).or_else(weighed) else {
        return Ok(None);
    };
    Ok(Some(((times(number.into(), Decimal::MAX_DECIMALS.into())?, 0), &text[run.len()..])))
}
