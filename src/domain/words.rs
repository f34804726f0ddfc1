//! The words of a figure, both ways: 90万余元 is read as a quantity in 万元 and written back. Which
//! words mean which comparator is the table of `words/qualifier.rs`; figures and multipliers are
//! read in `words/figure.rs`, units are found in `words/spoken_unit.rs`.

mod figure;
mod qualifier;
mod spoken_unit;

use self::figure::{Figure, Multiplier};
use super::codes::Role;
use super::decimal::Decimal;
use super::quantity::{Comparator, Quantity};
use super::unit::Unit;
use super::width;
use crate::error::Invalid;

/// Between two figures: above the first, below the second. No report says it so; it is how bounds
/// that no single word has (those of a sum) are written and read back.
const AND_BELOW: &str = "且低于";

/// What the words of a figure say, before it is known which metric they speak of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// The figure in the spoken unit. Of counts the multiplier is applied: 4万人次 is 40000 人次.
    /// Of money, and where no unit is spoken, it belongs to the unit: 90万元 is 90 of 万元.
    pub quantity: Quantity,
    /// The spoken unit, with the multiplier that belongs to it; empty when none is spoken.
    pub unit_words: String,
    /// What is odd about the words without making them unreadable: `qualifier_contradiction` when
    /// something counted to its last digit is said to be more (64余人).
    pub warnings: Vec<&'static str>,
}

impl Reading {
    /// The figure in the unit of its metric. Words of no unit mean the metric's own (of a metric
    /// in money 90万 means 90万元); words of a unit are looked up by name, symbol or code.
    ///
    /// Errors: `unknown_unit` when no unit is called so, `unit_incompatible` when it does not
    /// convert exactly to the metric's, and those of [`Quantity::convert`].
    pub fn resolve(&self, metric_unit: &Unit, units: &[Unit]) -> Result<Quantity, Invalid> {
        let spoken = spoken_unit::find(&self.unit_words, metric_unit, units)?;
        multiplied(&self.quantity, spoken.power)?.convert(spoken.unit, metric_unit)
    }
}

/// Reads the words of one figure: qualifiers, number, multiplier and unit, nothing else
/// (`90万余元`, `近50亩`, `75%以上`, `达5万元`, `两处`). Digits may be full-width and grouped by
/// thousands; Chinese numerals are read exactly. 达 and 达到 mean at least in a target and nothing
/// elsewhere.
///
/// Errors: `unreadable_quantity` for what is not such words, `ambiguous_qualifier` when two
/// qualifiers disagree, `too_large` and `too_precise` for numbers that are not kept.
pub fn read(text: &str, role: Role) -> Result<Reading, Invalid> {
    let narrow = width::narrow(text);
    let (mut said, rest) = qualifier::take_before(narrow.trim(), role);
    let (mut figure, rest) = Figure::take(rest)?.ok_or_else(|| unreadable(text))?;
    let (below, rest) = match rest.strip_prefix(AND_BELOW) {
        Some(rest) => {
            let (below, rest) = take_below(&mut figure, rest)?.ok_or_else(|| unreadable(text))?;
            (Some(below), rest)
        }
        None => (None, rest),
    };
    let unit = qualifier::take_after(rest, &mut said);
    let multiplies = Multiplier::take(unit).0.is_spoken();
    if multiplies || !spoken_unit::could_be(unit) || qualifier::is_in(unit) {
        return Err(unreadable(text));
    }
    if figure.is_more() {
        said.push(Comparator::More);
    }
    let comparator = qualifier::agreed(&said, text)?;
    let upper = if figure.is_more() { Some(figure.upper()?.ok_or_else(|| unreadable(text))?) } else { below };
    if below.is_some() && (figure.is_more() || comparator != Some(Comparator::More)) {
        return Err(qualifier::ambiguous(text));
    }
    let quantity = Quantity::stated(figure.value()?, figure.decimals(), comparator, None, upper)?;
    reading(quantity, &figure, unit)
}

/// The figure after 且低于. A multiplier that only the second one has is that of both.
fn take_below<'a>(above: &mut Figure<'a>, text: &'a str) -> Result<Option<(Decimal, &'a str)>, Invalid> {
    let Some((below, rest)) = Figure::take(text)? else {
        return Ok(None);
    };
    if !above.multiplier.is_spoken() {
        above.multiplier = below.multiplier;
    }
    let comparable = above.multiplier == below.multiplier && !below.is_more();
    comparable.then(|| Ok((below.value()?, rest))).transpose()
}

fn reading(quantity: Quantity, figure: &Figure<'_>, unit: &str) -> Result<Reading, Invalid> {
    let contradicts = figure.leaves_no_room() && !spoken_unit::is_measured(unit);
    let warnings = if contradicts { vec!["qualifier_contradiction"] } else { Vec::new() };
    if spoken_unit::keeps_multiplier(unit) {
        return Ok(Reading { quantity, unit_words: format!("{}{unit}", figure.multiplier.large), warnings });
    }
    let quantity = multiplied(&quantity, figure.multiplier.large_power())?;
    Ok(Reading { quantity, unit_words: unit.to_owned(), warnings })
}

/// The quantity times a power of ten, as 万 and 亿 multiply it.
fn multiplied(quantity: &Quantity, power: u32) -> Result<Quantity, Invalid> {
    let times = |number: Decimal| figure::times(number.millionths().into(), power);
    let decimals = figure::decimals_after(quantity.decimals, power);
    let upper = quantity.upper.map(times).transpose()?;
    Quantity::stated(times(quantity.value)?, decimals, quantity.comparator, None, upper)
}

/// Words for a quantity in the unit of this name, which [`read`] maps back to the same quantity:
/// `90万余元`, `约200万元`, `不少于75%`. Bounds that no qualifier has are written out:
/// `超过90且低于95万元`.
pub fn write(quantity: &Quantity, unit_name: &str) -> String {
    let number = quantity.value.to_fixed(quantity.decimals);
    let before = match quantity.comparator {
        None => "",
        Some(Comparator::About) => "约",
        Some(Comparator::Less) => "低于",
        Some(Comparator::AtMost) => "不超过",
        Some(Comparator::AtLeast) => "不少于",
        Some(Comparator::More) => return write_more(quantity, &number, unit_name),
    };
    format!("{before}{number}{unit_name}")
}

fn write_more(quantity: &Quantity, number: &str, unit_name: &str) -> String {
    let Some(upper) = quantity.upper else {
        return format!("超过{number}{unit_name}");
    };
    let room = i128::from(upper.millionths()) - i128::from(quantity.value.millionths());
    let positive = quantity.value > Decimal::ZERO;
    if positive && room == figure::round_place(quantity.value, quantity.decimals) {
        return format!("{number}余{unit_name}");
    }
    let (multiplier, rest) = Multiplier::take(unit_name);
    if positive && multiplier.is_spoken() && room == figure::last_place(quantity.decimals) {
        let spoken = &unit_name[..unit_name.len() - rest.len()];
        return format!("{number}{spoken}余{rest}");
    }
    format!("超过{number}{AND_BELOW}{upper}{unit_name}")
}

fn unreadable(text: &str) -> Invalid {
    Invalid::new(
        "unreadable_quantity",
        format!("“{text}”读不出数量：应只有限定词、数字和计量单位，如90万余元、近50亩、75%以上"),
        format!(
            "“{text}” is not readable as a quantity: give a qualifier, a number and a unit and nothing else, \
             as in 90万余元, 近50亩 or 75%以上"
        ),
    )
}

#[cfg(test)]
mod tests;
