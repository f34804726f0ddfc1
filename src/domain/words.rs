//! The words of a figure, both ways: 90万余元 is read as a quantity in 万元 and written back. Words around
//! the figure are the tables of `words/lead.rs` and `words/trail.rs`; what stands between them is read in
//! `words/body.rs` or, where it is a figure by itself, in `words/phrase.rs`; units are found in
//! `words/spoken_unit.rs`.

mod body;
mod figure;
mod lead;
mod multiplier;
pub mod nature;
mod number;
mod phrase;
mod place;
mod qualifier;
mod spoken_unit;
mod trail;
mod typing;
pub mod writing;

use self::body::Body;
use self::multiplier::Multiplier;
use self::nature::Nature;
use self::phrase::Phrase;
use self::qualifier::{Around, Change};
use super::codes::Role;
use super::decimal::Decimal;
use super::quantity::{Comparator, Quantity};
use super::unit::Unit;
use crate::error::Invalid;

/// What the words of a figure say, before it is known which metric they speak of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// The figure in the spoken unit. Of counts the multiplier is applied: 4万人次 is 40000 人次.
    /// Of money, and where no unit is spoken, it belongs to the unit: 90万元 is 90 of 万元.
    pub quantity: Quantity,
    /// The spoken unit, with the multiplier that belongs to it; empty when none is spoken.
    pub unit_words: String,
    /// Which metrics the words can be a figure of.
    pub nature: Nature,
    /// What is odd about the words without making them unreadable: `qualifier_contradiction` when
    /// something counted to its last digit is said to be more (64余人), `rounded` when a share is
    /// no decimal (三分之二).
    pub warnings: Vec<&'static str>,
}

/// Codes of the refusals of words that cannot be read, as against those that say something else than is meant.
pub const UNREAD: [&str; 3] = ["unreadable_quantity", "ambiguous_qualifier", "unknown_unit"];

impl Reading {
    /// The figure in the unit of its metric. Words of no unit mean the metric's own (of a metric
    /// in money 90万 means 90万元); words of a unit are looked up by name, symbol, code or alias.
    ///
    /// Errors: `change_of_no_rate` and `rank_of_no_rank` when the words are no figure of such a
    /// metric, `unknown_unit` when no unit is called so, `unit_incompatible` when it does not
    /// convert exactly to the metric's, and those of [`Quantity::convert`].
    pub fn resolve(&self, metric_unit: &Unit, units: &[Unit]) -> Result<Quantity, Invalid> {
        match self.nature {
            Nature::Change if !spoken_unit::is_rate(metric_unit) => return Err(no_rate(metric_unit)),
            Nature::Rank if !spoken_unit::is_rank(metric_unit) => return Err(no_rank(metric_unit)),
            Nature::Level | Nature::Change | Nature::Rank => {}
        }
        let spoken = spoken_unit::find(&self.unit_words, metric_unit, units)?;
        multiplied(&self.quantity, spoken.power)?.convert(spoken.unit, metric_unit)
    }

    /// The unit that the words name, where they are no figure of a metric that has one.
    ///
    /// Errors: `missing` when they name none, `unknown_unit` when no unit is called so.
    pub fn unit<'a>(&self, units: &'a [Unit]) -> Result<&'a Unit, Invalid> {
        spoken_unit::find_alone(&self.unit_words, units)
    }
}

/// Reads the words of one figure: qualifiers, number, multiplier and unit (`90万余元`, `近50亩`,
/// `75%以上`, `两处`), a range (`50—60户`, `五六十户`), a share (`三分之二`, `八成以上`), a growth
/// (`同比增长5%`, `下降15%`, `持平`, `翻一番`) or a rank (`第4位`), with the words that introduce it
/// (`累计`, `其中`, `力争达到`). Characters may be full-width, digits grouped by thousands; Chinese
/// numerals are read exactly. 达 and 达到 mean at least in a target and nothing elsewhere.
///
/// Errors: `unreadable_quantity` for what is not such words, `ambiguous_qualifier` when two
/// qualifiers disagree, `too_large` and `too_precise` for numbers that are not kept.
pub fn read(text: &str, role: Role) -> Result<Reading, Invalid> {
    let plain = typing::plain(text);
    let mut around = Around::default();
    let rest = lead::take(plain.trim(), role, &mut around);
    let rest = trail::take(rest, &mut around);
    let reading = match phrase::read(rest, &around)? {
        Some(phrase) if !around.spans => read_phrase(&phrase, &around, text)?,
        _ => read_body(rest, &around, text)?,
    };
    let changes = around.change.is_some() || reading.nature == Nature::Change;
    if around.is_unclear || (around.compared && !changes) {
        return Err(unreadable(text));
    }
    match around.change {
        None => Ok(reading),
        Some(change) => changed(reading, change).ok_or_else(|| unreadable(text)),
    }
}

fn read_phrase(phrase: &Phrase, around: &Around, text: &str) -> Result<Reading, Invalid> {
    let said: Vec<Comparator> = around.comparators.iter().copied().chain(phrase.comparator).collect();
    let comparator = qualifier::agreed(&said, text)?.or(around.reaches.then_some(Comparator::AtLeast));
    Ok(Reading {
        quantity: Quantity::stated(phrase.value, 0, comparator, None, None)?,
        unit_words: phrase.unit.to_owned(),
        nature: phrase.nature,
        warnings: if phrase.is_rounded { vec!["rounded"] } else { Vec::new() },
    })
}

fn read_body(words: &str, around: &Around, text: &str) -> Result<Reading, Invalid> {
    let body = Body::read(words, around.spans)?.ok_or_else(|| unreadable(text))?;
    let unit = body.unit;
    let multiplies = Multiplier::take(unit).0.is_spoken();
    if multiplies || !spoken_unit::could_be(unit) || lead::is_in(unit) || trail::is_in(unit) || body.is_year()
    {
        return Err(unreadable(text));
    }
    // 万元 is a unit and 百 a piece of a number, as long as nothing is said of them.
    let bare = around.comparators.is_empty() && (unit.is_empty() || (unit == "元" && body.value == one()?));
    if body.is_implied && bare {
        return Err(unreadable(text));
    }
    let mut said = around.comparators.clone();
    let is_range = body.comparator == Some(Comparator::AtLeast);
    if is_range && !said.is_empty() {
        return Err(qualifier::ambiguous(text));
    }
    said.extend(body.comparator);
    said.extend((around.reaches && !is_range).then_some(Comparator::AtLeast));
    let comparator = qualifier::agreed(&said, text)?;
    if body.is_between && (comparator != Some(Comparator::More) || body.comparator.is_some()) {
        return Err(qualifier::ambiguous(text));
    }
    let quantity = Quantity::stated(body.value, body.decimals, comparator, None, body.upper)?;
    in_spoken_unit(quantity, &body, text)
}

fn in_spoken_unit(quantity: Quantity, body: &Body<'_>, text: &str) -> Result<Reading, Invalid> {
    let warnings = if body.is_odd { vec!["qualifier_contradiction"] } else { Vec::new() };
    let of = |quantity, unit_words| Reading { quantity, unit_words, nature: Nature::Level, warnings };
    if spoken_unit::keeps_multiplier(body.unit) {
        return Ok(of(quantity, format!("{}{}", body.large, body.unit)));
    }
    let power = match body.large {
        "万" => 4,
        "亿" => 8,
        _ => 0,
    };
    if body.unit == spoken_unit::TENTHS {
        // Tenths are a few.
        let few = power == 0 && quantity.value <= Decimal::from_wide(100_000_000)?;
        return if few { Ok(of(multiplied(&quantity, 1)?, "%".to_owned())) } else { Err(unreadable(text)) };
    }
    Ok(of(multiplied(&quantity, power)?, body.unit.to_owned()))
}

/// The reading as a change in this direction; none where a fall has a sign or a bound of its own.
fn changed(reading: Reading, change: Change) -> Option<Reading> {
    let quantity = match change {
        Change::Rise => reading.quantity,
        Change::Fall => negated(&reading.quantity)?,
    };
    (reading.nature != Nature::Rank).then_some(Reading { quantity, nature: Nature::Change, ..reading })
}

/// The same below nothing. None for what is negative already and for 余, whose bound a fall cannot have.
fn negated(quantity: &Quantity) -> Option<Quantity> {
    let negative = |number: Decimal| Decimal::from_millionths(-number.millionths()).ok();
    if quantity.value < Decimal::ZERO {
        return None;
    }
    let (value, comparator, upper) = match (quantity.comparator, quantity.upper) {
        (Some(Comparator::AtLeast), Some(upper)) => {
            (upper, Some(Comparator::AtLeast), negative(quantity.value))
        }
        (Some(Comparator::More), Some(_)) => return None,
        (Some(Comparator::AtLeast), None) => (quantity.value, Some(Comparator::AtMost), None),
        (Some(Comparator::More), None) => (quantity.value, Some(Comparator::Less), None),
        (Some(Comparator::AtMost), _) => (quantity.value, Some(Comparator::AtLeast), None),
        (Some(Comparator::Less), _) => (quantity.value, Some(Comparator::More), None),
        (same, _) => (quantity.value, same, None),
    };
    Quantity::stated(negative(value)?, quantity.decimals, comparator, None, upper).ok()
}

/// The quantity times a power of ten, as 万 and 亿 multiply it.
fn multiplied(quantity: &Quantity, power: u32) -> Result<Quantity, Invalid> {
    let times = |number: Decimal| place::times(number.millionths().into(), power);
    let decimals = place::decimals_after(quantity.decimals, power);
    let upper = quantity.upper.map(times).transpose()?;
    Quantity::stated(times(quantity.value)?, decimals, quantity.comparator, None, upper)
}

fn one() -> Result<Decimal, Invalid> {
    Decimal::from_wide(1_000_000)
}

fn unreadable(text: &str) -> Invalid {
    Invalid::new(
        "unreadable_quantity",
        format!(
            "“{text}”读不出一个数量：应写作限定词、数字和计量单位，如90万余元、近50亩、75%以上、50—60户、三分之二；也可另给数值"
        ),
        format!(
            "“{text}” is not readable as one quantity: give a qualifier, a number and a unit, as in 90万余元, 近50亩, \
             75%以上, 50—60户 or 三分之二, or give the value beside it"
        ),
    )
}

fn no_rate(metric_unit: &Unit) -> Invalid {
    Invalid::new(
        "change_of_no_rate",
        format!(
            "这句话说的是增减，而该指标的单位是{}：请写该指标本身的数值，增减另记在单位为%的增长率指标上",
            metric_unit.name
        ),
        format!(
            "the words tell a change, and the metric is in {}: state the metric's own figure here, and the change on a \
             metric of growth in %",
            metric_unit.code
        ),
    )
}

fn no_rank(metric_unit: &Unit) -> Invalid {
    Invalid::new(
        "rank_of_no_rank",
        format!("这句话说的是名次，而该指标的单位是{}：名次应记在单位为位或名次的指标上", metric_unit.name),
        format!(
            "the words tell a rank, and the metric is in {}: state it on a metric of ranks",
            metric_unit.code
        ),
    )
}

#[cfg(test)]
mod tests;
