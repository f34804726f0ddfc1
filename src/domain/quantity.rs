//! A figure as it is stated: its value, how precisely it was written, and what its qualifier says
//! about the truth. Words are read in `words.rs`, units converted in `unit.rs`.

use super::codes::codes;
use super::decimal::Decimal;
use super::unit::{Unit, convert_exact};
use crate::error::Invalid;

codes! {
    /// How the true figure stands to the stated one, as in FHIR's Quantity, with `~` beside.
    Comparator ("比较符", "comparator") {
        About = "~" ("约", "Near the value, on either side"),
        Less = "<" ("近、不足", "The true figure is less"),
        AtMost = "<=" ("以下、不超过", "The true figure is at most the value"),
        AtLeast = ">=" ("以上、不少于", "The true figure is at least the value"),
        More = ">" ("余、多、超过", "The true figure is more"),
    }
}

/// A stated figure, in a unit that stands beside it. Made by [`Quantity::exact`] or
/// [`Quantity::stated`], which keep comparator and bounds in agreement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Quantity {
    /// The value as stated.
    pub value: Decimal,
    /// How many decimals it was stated with, 0 to 6, at least as many as the value has: 660.60
    /// has 2.
    pub decimals: u8,
    /// The qualifier. None: the figure is exact.
    pub comparator: Option<Comparator>,
    /// The true figure is not below this. None: nothing is known of a lower bound.
    pub lower: Option<Decimal>,
    /// The true figure is not above this. None: nothing is known of an upper bound.
    pub upper: Option<Decimal>,
    /// Whether the true figure may be the lower bound itself. False without a lower bound.
    pub lower_inclusive: bool,
    /// Whether the true figure may be the upper bound itself. False without an upper bound.
    pub upper_inclusive: bool,
}

impl Quantity {
    /// A figure without a qualifier: both bounds are the value.
    pub fn exact(value: Decimal, decimals: u8) -> Quantity {
        Quantity::bounded(value, decimals, None, None)
    }

    /// A figure with its qualifier and the bounds that were given with it. A bound that follows
    /// from the comparator may be left out; only `>` and `>=` can have one that does not follow, an
    /// upper one (90万余 is below 91万; 50—60户 is from 50 to 60). Decimals are raised to what the value
    /// itself has.
    ///
    /// Errors: `bounds_disagree` when a given bound is not the one that the comparator means.
    pub fn stated(
        value: Decimal,
        decimals: u8,
        comparator: Option<Comparator>,
        lower: Option<Decimal>,
        upper: Option<Decimal>,
    ) -> Result<Quantity, Invalid> {
        let free_upper = upper.filter(|&upper| has_free_upper(comparator) && upper > value);
        let quantity = Quantity::bounded(value, decimals, comparator, free_upper);
        let agrees = |given: Option<Decimal>, meant| given.is_none() || given == meant;
        if agrees(lower, quantity.lower) && agrees(upper, quantity.upper) {
            Ok(quantity)
        } else {
            Err(disagree(&quantity, lower, upper))
        }
    }

    /// The one place that knows which bounds a comparator means. `above` is the upper bound of
    /// `>`, which is not reached, and of `>=`, which is.
    fn bounded(
        value: Decimal,
        decimals: u8,
        comparator: Option<Comparator>,
        above: Option<Decimal>,
    ) -> Quantity {
        let at = Some(value);
        let (lower, upper, lower_inclusive, upper_inclusive) = match comparator {
            None => (at, at, true, true),
            Some(Comparator::About) => (None, None, false, false),
            Some(Comparator::Less) => (None, at, false, false),
            Some(Comparator::AtMost) => (None, at, false, true),
            Some(Comparator::AtLeast) => (at, above, true, above.is_some()),
            Some(Comparator::More) => (at, above, false, false),
        };
        let decimals = decimals.clamp(value.decimals(), Decimal::MAX_DECIMALS);
        Quantity { value, decimals, comparator, lower, upper, lower_inclusive, upper_inclusive }
    }

    /// The same figure in another unit, exact in its value and its bounds. In another unit than
    /// the stated one it has no more decimals than it needs.
    ///
    /// Errors: `unit_incompatible`, `too_large`, `too_precise`, as [`convert_exact`].
    pub fn convert(&self, from: &Unit, to: &Unit) -> Result<Quantity, Invalid> {
        if from.code == to.code {
            return Ok(*self);
        }
        let value = convert_exact(self.value, from, to)?;
        let above = self.upper.map(|upper| convert_exact(upper, from, to)).transpose()?;
        Ok(Quantity::bounded(value, 0, self.comparator, above))
    }
}

/// Whether the upper bound is a statement of its own.
fn has_free_upper(comparator: Option<Comparator>) -> bool {
    matches!(comparator, Some(Comparator::More | Comparator::AtLeast))
}

fn disagree(meant: &Quantity, lower: Option<Decimal>, upper: Option<Decimal>) -> Invalid {
    let shown = |bound: Option<Decimal>| bound.map_or_else(|| "null".to_owned(), |bound| bound.to_string());
    let comparator = meant.comparator.map_or("null", Comparator::as_str);
    let (value, low, high) = (meant.value, shown(meant.lower), shown(meant.upper));
    let (given_low, given_high) = (shown(lower), shown(upper));
    let more = has_free_upper(meant.comparator);
    Invalid::new(
        "bounds_disagree",
        format!(
            "上下限与比较符不符：数值{value}、比较符{comparator}，应为下限{low}、上限{}，给出的是{given_low}和{given_high}",
            if more { "大于数值或不填" } else { &high },
        ),
        format!(
            "the bounds do not agree with value {value} and comparator {comparator}: lower must be {low} and upper {}, \
             but {given_low} and {given_high} were given",
            if more { "above the value or absent" } else { &high },
        ),
    )
}

#[cfg(test)]
pub(super) mod tests;
