//! What stands between the words around: one figure or two, and their unit.

use super::figure::Figure;
use super::place::times;
use super::spoken_unit;
use crate::domain::decimal::Decimal;
use crate::domain::quantity::Comparator;
use crate::error::Invalid;

/// Between two figures: above the first, below the second. No report says it so; it is how bounds
/// that no single word has (those of a sum) are written and read back.
pub(super) const AND_BELOW: &str = "且低于";

/// Between the two ends of a range.
const UP_TO: [char; 9] = ['—', '–', '-', '−', '~', '〜', '―', '至', '到'];

/// Figures and unit as they are spoken.
pub(super) struct Body<'a> {
    /// The value, in terms of `large`; of two the lesser.
    pub(super) value: Decimal,
    pub(super) decimals: u8,
    /// What the figure says of itself: 余, 来, or that there are two.
    pub(super) comparator: Option<Comparator>,
    /// Bound above, in terms of `large`.
    pub(super) upper: Option<Decimal>,
    /// Whether the bound above is that of 且低于, which needs a word before.
    pub(super) is_between: bool,
    /// `万`, `亿` or nothing.
    pub(super) large: &'a str,
    pub(super) unit: &'a str,
    /// Whether no digit is spoken: 万元.
    pub(super) is_implied: bool,
    /// Whether something counted to its last digit is said to be more.
    pub(super) is_odd: bool,
}

impl<'a> Body<'a> {
    /// Reads figures and unit. `spans` tells that two figures are announced.
    ///
    /// None for what is neither. Errors: `too_large`, `too_precise` for numbers that are not kept.
    pub(super) fn read(text: &'a str, spans: bool) -> Result<Option<Body<'a>>, Invalid> {
        if let Some(unit) = text.strip_prefix('半') {
            return Ok(if spoken_unit::has_halves(unit) && !spans { Some(Body::half(unit)?) } else { None });
        }
        let Some((figure, rest)) = Figure::take(text)? else { return Ok(None) };
        if let Some(rest) = rest.strip_prefix(AND_BELOW) {
            return Body::between(figure, rest);
        }
        if let Some(body) = Body::range(&figure, rest, spans)? {
            return Ok(Some(body));
        }
        if spans && figure.number.to.is_none() {
            return Ok(None);
        }
        let after_unit = |sign| rest.strip_suffix(sign).map(str::trim_end).filter(|unit| has_parts(unit));
        if let Some(unit) = after_unit('多') {
            return figure.with_more_of_unit().map(|figure| Body::single(&figure, unit)).transpose();
        }
        if let Some(unit) = after_unit('半') {
            return figure.with_half().map(|figure| Body::single(&figure, unit)).transpose();
        }
        // Above what is not positive, which way 余 goes is open.
        if figure.is_more() && figure.upper()?.is_none() {
            return Ok(None);
        }
        Body::single(&figure, rest).map(Some)
    }

    fn half(unit: &'a str) -> Result<Body<'a>, Invalid> {
        Ok(Body {
            value: Decimal::from_wide(500_000)?,
            decimals: 1,
            comparator: None,
            upper: None,
            is_between: false,
            large: "",
            unit,
            is_implied: false,
            is_odd: false,
        })
    }

    fn single(figure: &Figure<'a>, unit: &'a str) -> Result<Body<'a>, Invalid> {
        let to = figure.to()?;
        let comparator = if figure.is_more() {
            Some(Comparator::More)
        } else if figure.is_about() {
            Some(Comparator::About)
        } else {
            to.map(|_| Comparator::AtLeast)
        };
        Ok(Body {
            value: figure.value()?,
            decimals: figure.decimals(),
            comparator,
            upper: figure.upper()?.or(to),
            is_between: false,
            large: figure.multiplier.large,
            unit,
            is_implied: figure.number.is_implied && comparator.is_none(),
            is_odd: figure.leaves_no_room() && !spoken_unit::is_measured(unit),
        })
    }

    /// The figure after 且低于. A multiplier that only the second one has is that of both.
    fn between(mut above: Figure<'a>, text: &'a str) -> Result<Option<Body<'a>>, Invalid> {
        let Some((below, unit)) = Figure::take(text)? else { return Ok(None) };
        if !above.multiplier.is_spoken() {
            above.multiplier = below.multiplier;
        }
        if above.multiplier != below.multiplier || !below.is_plain() || above.number.to.is_some() {
            return Ok(None);
        }
        let upper = Some(below.value()?);
        Ok(Some(Body { upper, is_between: true, is_odd: false, ..Body::single(&above, unit)? }))
    }

    /// Two figures: 50—60户, 5%至7%, 8000万至1亿元. A multiplier that only the second one has is that of both,
    /// unless the first is the greater number then (8000至1万).
    fn range(low: &Figure<'a>, rest: &'a str, spans: bool) -> Result<Option<Body<'a>>, Invalid> {
        let up_to = |c: char| UP_TO.contains(&c) || (spans && ['和', '与'].contains(&c));
        let Some((at, sign)) = rest.char_indices().find(|&(_, c)| up_to(c)) else { return Ok(None) };
        let (low_unit, after) = (rest[..at].trim_end(), &rest[at + sign.len_utf8()..]);
        // A dash may be two characters long.
        let after = after.strip_prefix(sign).unwrap_or(after).trim_start();
        let Some((high, unit)) = Figure::take(after)? else { return Ok(None) };
        let unit = if unit.is_empty() { low_unit } else { unit };
        if !low.is_plain() || !high.is_plain() || !(low_unit.is_empty() || low_unit == unit) {
            return Ok(None);
        }
        let mut low = *low;
        if low_unit.is_empty() && !low.multiplier.is_spoken() && low.number.value < high.number.value {
            low.multiplier = high.multiplier;
        }
        let (low_power, high_power) = (low.multiplier.large_power(), high.multiplier.large_power());
        let large = if low_power < high_power { low.multiplier.large } else { high.multiplier.large };
        let power = low_power.min(high_power);
        let in_large = |of: &Figure<'_>, its: u32| times(of.value()?.millionths().into(), its - power);
        let (value, upper) = (in_large(&low, low_power)?, in_large(&high, high_power)?);
        if upper <= value || are_years(value, upper, unit) {
            return Ok(None);
        }
        Ok(Some(Body {
            value,
            upper: Some(upper),
            comparator: Some(Comparator::AtLeast),
            large,
            is_implied: false,
            is_odd: false,
            ..Body::single(&low, unit)?
        }))
    }

    /// Whether it is a year of the calendar and no length of time.
    pub(super) fn is_year(&self) -> bool {
        self.unit == "年" && self.large.is_empty() && is_year(self.value)
    }
}

/// 2022—2025 without a unit are years rather than a count.
fn are_years(low: Decimal, high: Decimal, unit: &str) -> bool {
    unit.is_empty() && is_year(low) && is_year(high)
}

fn is_year(number: Decimal) -> bool {
    let millionths = number.millionths();
    millionths % 1_000_000 == 0 && (1900..=2100).contains(&(millionths / 1_000_000))
}

/// Whether something can lie between one of a unit and the next.
fn has_parts(unit: &str) -> bool {
    spoken_unit::is_measured(unit)
}
