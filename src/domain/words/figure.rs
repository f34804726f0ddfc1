//! A figure in the words: its number, 余, 多, 几 or 来 after it, and its multiplier (万, 亿, 千万), also where
//! a larger one stands before (3亿5千万).

use super::multiplier::Multiplier;
use super::number::Number;
use super::place::{decimals_after, last_place, round_place};
use crate::domain::decimal::Decimal;
use crate::error::Invalid;

/// A number as it stands in the words.
#[derive(Clone, Copy)]
pub(super) struct Figure<'a> {
    pub(super) number: Number,
    /// What a larger multiplier before it has counted, in millionths, in terms of its 万 or 亿.
    above: i128,
    mark: Option<Mark>,
    /// The multiplier; of the value only its ten to the power is applied, never its 万 or 亿.
    pub(super) multiplier: Multiplier<'a>,
}

/// What is said of the number between it and its unit.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    /// 90余万: up to the next number as round as this one.
    MoreThanNumber,
    /// 90万余: up to the next one of the multiplier.
    MoreThanMultiplier,
    /// 一倍多: up to the next one of the unit.
    MoreThanUnit,
    /// 200来万: near the number.
    About,
}

impl<'a> Figure<'a> {
    /// Takes a figure off the text. None when the text does not begin with one.
    ///
    /// Errors: `too_large`, `too_precise` for numbers that are not kept.
    pub(super) fn take(text: &'a str) -> Result<Option<(Figure<'a>, &'a str)>, Invalid> {
        let Some((mut figure, mut rest)) = Figure::take_simple(text)? else {
            return Ok(None);
        };
        while figure.multiplier.is_spoken() && rest.starts_with(|c: char| c.is_ascii_digit()) {
            let Some((below, after)) = Figure::take_simple(rest)? else { return Ok(None) };
            let Some(joined) = figure.joined(below) else { return Ok(None) };
            (figure, rest) = (joined, after);
        }
        Ok(Some((figure, rest)))
    }

    fn take_simple(text: &'a str) -> Result<Option<(Figure<'a>, &'a str)>, Invalid> {
        let Some((number, rest)) = Number::take(text)? else {
            return Ok(None);
        };
        let (after_number, rest) = take_mark(rest.trim_start(), number);
        let (multiplier, rest) = Multiplier::take(rest.trim_start());
        let (after_multiplier, rest) = match multiplier.is_spoken() {
            true => take_mark(rest.trim_start(), number),
            false => (None, rest),
        };
        let mark = match (after_number, after_multiplier) {
            (Some(_), Some(_)) => return Ok(None),
            (None, Some(Mark::MoreThanNumber)) => Some(Mark::MoreThanMultiplier),
            (mark, other) => mark.or(other),
        };
        // 千百 is no number, and two ends with a mark are none.
        let one = number.value == Decimal::from_wide(1_000_000)?;
        let is_odd = number.is_implied && multiplier.power > 0 && !(one && multiplier.large == "亿");
        if is_odd || (mark.is_some() && number.to.is_some()) {
            return Ok(None);
        }
        Ok(Some((Figure { number, above: 0, mark, multiplier }, rest.trim_start())))
    }

    /// This figure with the one that is written behind it: 3亿 and 5千万. None where it is open what the second
    /// counts, as in 1万2.
    fn joined(self, below: Figure<'a>) -> Option<Figure<'a>> {
        let power = self.multiplier.power + self.multiplier.large_power();
        let below_power = below.multiplier.power + below.multiplier.large_power();
        let large = below.multiplier.large_power();
        let plain = self.mark.is_none() && self.number.to.is_none() && self.number.decimals == 0;
        if !plain || self.number.value <= Decimal::ZERO || below.number.to.is_some() || power <= large {
            return None;
        }
        let number = i128::from(self.number.value.millionths());
        let above = (self.above + number * 10_i128.pow(self.multiplier.power))
            * 10_i128.pow(self.multiplier.large_power().checked_sub(large)?);
        let size = i128::from(below.number.value.millionths()).checked_mul(10_i128.pow(below_power))?;
        let room = 1_000_000 * 10_i128.pow(power);
        // Without a multiplier of its own it must have a digit for each of the places.
        let fits = size < room
            && (below.multiplier.is_spoken() || (size >= room / 10 && below.number.decimals == 0));
        fits.then_some(Figure { above, ..below })
    }

    /// The value, in terms of its 万 or 亿.
    pub(super) fn value(&self) -> Result<Decimal, Invalid> {
        self.in_large(self.number.value.millionths().into())
    }

    /// The other end, where two are spoken in one (五六十).
    pub(super) fn to(&self) -> Result<Option<Decimal>, Invalid> {
        self.number.to.map(|to| self.in_large(to.millionths().into())).transpose()
    }

    fn in_large(&self, millionths: i128) -> Result<Decimal, Invalid> {
        Decimal::from_wide(self.above + millionths * 10_i128.pow(self.multiplier.power))
    }

    /// How many decimals the value has, in terms of its 万 or 亿.
    pub(super) fn decimals(&self) -> u8 {
        decimals_after(self.number.decimals, self.multiplier.power)
    }

    /// Whether 余 or 多 is said of it.
    pub(super) fn is_more(&self) -> bool {
        self.mark.is_some_and(|mark| mark != Mark::About)
    }

    /// Whether 来 is said of it.
    pub(super) fn is_about(&self) -> bool {
        self.mark == Some(Mark::About)
    }

    /// Whether it is a number and at most a multiplier, one end and nothing said of it.
    pub(super) fn is_plain(&self) -> bool {
        self.mark.is_none() && self.number.to.is_none()
    }

    /// What the value stays below by its 余 or 多. None without one, and for numbers that are not
    /// positive: which way they would be more is not clear.
    pub(super) fn upper(&self) -> Result<Option<Decimal>, Invalid> {
        let number = i128::from(self.number.value.millionths());
        let step = match self.mark {
            Some(Mark::MoreThanNumber) => round_place(self.number.value, self.number.decimals),
            Some(Mark::MoreThanMultiplier | Mark::MoreThanUnit) => last_place(self.number.decimals),
            Some(Mark::About) | None => return Ok(None),
        };
        (number > 0).then(|| self.in_large(number + step)).transpose()
    }

    /// Whether a whole number, given to its last digit and without a multiplier, is said to be
    /// more: of things that are counted nothing lies between it and the next one.
    pub(super) fn leaves_no_room(&self) -> bool {
        self.mark == Some(Mark::MoreThanNumber) && self.ends_in_its_last_digit()
    }

    /// The figure with 多 said after its unit. None where it is open up to what: 90亩多.
    pub(super) fn with_more_of_unit(self) -> Option<Figure<'a>> {
        let few =
            self.ends_in_its_last_digit() || self.number.value == Decimal::from_wide(10_000_000).ok()?;
        (self.is_plain() && few).then_some(Figure { mark: Some(Mark::MoreThanUnit), ..self })
    }

    /// The figure with one half of the unit more: 三亩半.
    pub(super) fn with_half(self) -> Option<Figure<'a>> {
        let value = Decimal::from_wide(i128::from(self.number.value.millionths()) + 500_000).ok()?;
        let whole = self.is_plain() && self.number.decimals == 0 && !self.multiplier.is_spoken();
        let number = Number { value, decimals: 1, ..self.number };
        (whole && !self.number.is_implied && self.number.value > Decimal::ZERO)
            .then_some(Figure { number, ..self })
    }

    fn ends_in_its_last_digit(&self) -> bool {
        let decimals = self.number.decimals;
        decimals == 0 && round_place(self.number.value, 0) == last_place(0) && !self.multiplier.is_spoken()
    }
}

fn take_mark(text: &str, number: Number) -> (Option<Mark>, &str) {
    // 十几 and 二十几: only the last place is open.
    let tens = number.decimals == 0 && round_place(number.value, 0) == 10 * last_place(0);
    if let Some(rest) = text.strip_prefix(['余', '多']) {
        (Some(Mark::MoreThanNumber), rest)
    } else if let Some(rest) = text.strip_prefix('几').filter(|_| tens) {
        (Some(Mark::MoreThanNumber), rest)
    } else if let Some(rest) = text.strip_prefix('来') {
        (Some(Mark::About), rest)
    } else {
        (None, text)
    }
}
