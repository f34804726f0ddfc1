//! Numbers worked out from stated figures: sums, differences, products, quotients, with the bounds that
//! follow. Exact fractions all the way; only [`Derived::shown`] rounds, and says so.

use super::decimal::Decimal;
use super::exact::{Exact, Rounding};
use super::quantity::{Comparator, Quantity};
use super::unit::{Unit, exact_factor};
use crate::error::Invalid;

/// Decimals that every client reads back exactly: with the digits before the point, at most so many.
const SIGNIFICANT: u32 = 15;

/// A limit of what a true number can be, and whether it can be the limit itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limit {
    at: Exact,
    inclusive: bool,
}

/// A limit, and on which side of it the true number stays: 1 above, -1 below, 0 when it can be the limit.
pub type Edge = (Exact, i8);

/// A number with what is known of the true one behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Derived {
    value: Exact,
    /// None for the true number itself.
    bounds: Option<Box<Bounds>>,
}

/// Least and most that the true number can be. No limit: nothing is known on that side.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Bounds {
    lower: Option<Limit>,
    upper: Option<Limit>,
}

/// A derived number as it is told: at most six decimals and fifteen significant digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shown {
    /// The number, rounded half away from zero.
    pub value: Decimal,
    /// How the true number lies to it, as the bounds tell. Beside `~` there may be bounds.
    pub comparator: Option<Comparator>,
    /// Least that the true number can be, rounded down.
    pub lower: Option<Decimal>,
    /// Most that the true number can be, rounded up.
    pub upper: Option<Decimal>,
    /// Whether the true number can be `lower` itself.
    pub lower_inclusive: bool,
    /// Whether the true number can be `upper` itself.
    pub upper_inclusive: bool,
    /// Whether any of the numbers had to be rounded.
    pub rounded: bool,
}

impl From<Decimal> for Derived {
    fn from(exact: Decimal) -> Derived {
        Derived::exactly(exact.into())
    }
}

impl From<&Quantity> for Derived {
    fn from(quantity: &Quantity) -> Derived {
        let Quantity { value, lower, upper, lower_inclusive, upper_inclusive, .. } = *quantity;
        Derived::between(value, (lower, lower_inclusive), (upper, upper_inclusive))
    }
}

impl Derived {
    /// A value, the least and the most that the true number can be, and whether it can be each of these itself.
    pub fn between(
        value: Decimal,
        lower: (Option<Decimal>, bool),
        upper: (Option<Decimal>, bool),
    ) -> Derived {
        if [lower, upper] == [(Some(value), true); 2] {
            return Derived::from(value);
        }
        let limit =
            |(bound, inclusive): (Option<Decimal>, bool)| bound.map(|at| Limit { at: at.into(), inclusive });
        Derived::bounded(value.into(), limit(lower), limit(upper))
    }

    fn exactly(value: Exact) -> Derived {
        Derived { value, bounds: None }
    }

    fn bounded(value: Exact, lower: Option<Limit>, upper: Option<Limit>) -> Derived {
        let reached = |limit: &Option<Limit>| limit.as_ref().is_some_and(|at| at.inclusive && at.at == value);
        if reached(&lower) && reached(&upper) {
            return Derived::exactly(value);
        }
        Derived { value, bounds: Some(Box::new(Bounds { lower, upper })) }
    }

    fn lower(&self) -> Option<Limit> {
        match &self.bounds {
            Some(bounds) => bounds.lower.clone(),
            None => Some(Limit { at: self.value.clone(), inclusive: true }),
        }
    }

    fn upper(&self) -> Option<Limit> {
        match &self.bounds {
            Some(bounds) => bounds.upper.clone(),
            None => Some(Limit { at: self.value.clone(), inclusive: true }),
        }
    }

    /// Whether both are the true numbers themselves: so is what is worked out from them.
    fn are_exact(&self, other: &Derived) -> bool {
        self.bounds.is_none() && other.bounds.is_none()
    }

    /// Exactly nothing, the sum of no figures.
    pub fn zero() -> Derived {
        Derived::exactly(Exact::ZERO)
    }

    /// Exactly one.
    pub fn one() -> Derived {
        Derived::exactly(Exact::ONE)
    }

    /// A fraction of whole numbers; none when the denominator is 0.
    pub fn fraction(numerator: i64, denominator: i64) -> Option<Derived> {
        Exact::fraction(numerator.into(), denominator.into()).map(Derived::exactly)
    }

    /// The value, without what is known of the true one: what a ranking sorts by.
    pub fn value(&self) -> &Exact {
        &self.value
    }

    /// The sum.
    pub fn plus(&self, other: &Derived) -> Derived {
        let value = &self.value + &other.value;
        if self.are_exact(other) {
            return Derived::exactly(value);
        }
        Derived::bounded(value, sum(self.lower(), other.lower()), sum(self.upper(), other.upper()))
    }

    /// The difference.
    pub fn minus(&self, other: &Derived) -> Derived {
        self.plus(&other.negated())
    }

    /// The same with the opposite sign.
    pub fn negated(&self) -> Derived {
        let turned = |limit: &Option<Limit>| {
            limit.as_ref().map(|limit| Limit { at: -&limit.at, inclusive: limit.inclusive })
        };
        let bounds = self.bounds.as_ref();
        let bounds = bounds.map(|of| Box::new(Bounds { lower: turned(&of.upper), upper: turned(&of.lower) }));
        Derived { value: -&self.value, bounds }
    }

    /// The product. It has bounds where the other is certainly not negative, as weights are.
    pub fn times(&self, other: &Derived) -> Derived {
        let value = &self.value * &other.value;
        if self.are_exact(other) && !other.value.is_negative() {
            return Derived::exactly(value);
        }
        let Some(least) = other.lower().filter(|limit| !limit.at.is_negative()) else {
            return Derived::bounded(value, None, None);
        };
        let most = other.upper();
        // The far corner of a bound on the side of 0 is the other's greatest, and the near one its least.
        let corner = |limit: &Option<Limit>, outward: fn(&Exact) -> bool| {
            let limit = limit.as_ref()?;
            if limit.at.is_zero() {
                let inclusive = limit.inclusive || least.at.is_zero() && least.inclusive;
                return Some(Limit { at: Exact::ZERO, inclusive });
            }
            let factor = if outward(&limit.at) { most.as_ref()? } else { &least };
            let inclusive = factor.inclusive && (limit.inclusive || factor.at.is_zero());
            Some(Limit { at: &limit.at * &factor.at, inclusive })
        };
        Derived::bounded(
            value,
            corner(&self.lower(), Exact::is_negative),
            corner(&self.upper(), Exact::is_positive),
        )
    }

    /// The quotient; none when the divisor is 0. It has bounds where the divisor is certainly not 0.
    pub fn over(&self, divisor: &Derived) -> Option<Derived> {
        if divisor.value.is_zero() {
            return None;
        }
        let positive = |number: &Derived| {
            number
                .lower()
                .is_some_and(|limit| limit.at.is_positive() || limit.at.is_zero() && !limit.inclusive)
        };
        let negated = divisor.negated();
        if positive(divisor) {
            Some(self.over_positive(divisor))
        } else if positive(&negated) {
            Some(self.negated().over_positive(&negated))
        } else {
            Some(Derived::bounded(&self.value / &divisor.value, None, None))
        }
    }

    fn over_positive(&self, divisor: &Derived) -> Derived {
        let value = &self.value / &divisor.value;
        if self.are_exact(divisor) {
            return Derived::exactly(value);
        }
        let (least, most) = (divisor.lower(), divisor.upper());
        let corner = |limit: &Option<Limit>, outward: fn(&Exact) -> bool| {
            let limit = limit.as_ref()?;
            if limit.at.is_zero() {
                return Some(Limit { at: Exact::ZERO, inclusive: limit.inclusive });
            }
            if outward(&limit.at) {
                let least = least.as_ref().filter(|least| !least.at.is_zero())?;
                return Some(Limit {
                    at: &limit.at / &least.at,
                    inclusive: limit.inclusive && least.inclusive,
                });
            }
            Some(match &most {
                Some(most) => {
                    Limit { at: &limit.at / &most.at, inclusive: limit.inclusive && most.inclusive }
                }
                // However great the divisor, the quotient does not get to 0.
                None => Limit { at: Exact::ZERO, inclusive: false },
            })
        };
        Derived::bounded(
            value,
            corner(&self.lower(), Exact::is_negative),
            corner(&self.upper(), Exact::is_positive),
        )
    }

    /// The magnitude of what is certainly on one side of 0; of anything else the value's alone.
    pub fn magnitude(&self) -> Derived {
        let certain = |limit: Option<Limit>, sign: fn(&Exact) -> bool| {
            limit.is_some_and(|limit| limit.at.is_zero() || sign(&limit.at))
        };
        if certain(self.lower(), Exact::is_positive) {
            self.clone()
        } else if certain(self.upper(), Exact::is_negative) {
            self.negated()
        } else {
            let value = if self.value.is_negative() { -&self.value } else { self.value.clone() };
            Derived::bounded(value, None, None)
        }
    }

    /// The greater of both. It is at least what either is at least.
    pub fn max(&self, other: &Derived) -> Derived {
        self.negated().min(&other.negated()).negated()
    }

    /// The lesser of both. It is at most what either is at most.
    pub fn min(&self, other: &Derived) -> Derived {
        let upper = match (self.upper(), other.upper()) {
            (Some(one), Some(two)) => Some(lesser(&one, &two, true)),
            (one, two) => one.or(two),
        };
        let lower = self.lower().zip(other.lower()).map(|(one, two)| lesser(&one, &two, false));
        Derived::bounded(self.value.clone().min(other.value.clone()), lower, upper)
    }

    /// The same in another unit, exactly.
    ///
    /// Errors: `unit_incompatible` when the units are of different dimensions.
    pub fn convert(&self, from: &Unit, to: &Unit) -> Result<Derived, Invalid> {
        if from.code == to.code {
            return Ok(self.clone());
        }
        Ok(self.times(&Derived::exactly(exact_factor(from, to)?)))
    }

    /// The sum with something more of which only that it is not negative is known.
    pub fn and_more(self) -> Derived {
        let lower = self.lower();
        Derived::bounded(self.value, lower, None)
    }

    /// Whether the true number is certainly more than the other's.
    pub fn exceeds(&self, other: &Derived) -> bool {
        self.lower().zip(other.upper()).is_some_and(|(least, most)| {
            least.at > most.at || least.at == most.at && !(least.inclusive && most.inclusive)
        })
    }

    /// Whether the true number is certainly at least the other's.
    pub fn reaches(&self, other: &Derived) -> bool {
        self.lower().zip(other.upper()).is_some_and(|(least, most)| least.at >= most.at)
    }

    /// Where the lower and the upper bound lie, for finding among many what is certainly more or less.
    pub fn edges(&self) -> (Option<Edge>, Option<Edge>) {
        let edge = |limit: Option<Limit>, beside: i8| {
            limit.map(|limit| (limit.at, if limit.inclusive { 0 } else { beside }))
        };
        (edge(self.lower(), 1), edge(self.upper(), -1))
    }

    fn comparator(&self) -> Option<Comparator> {
        let Bounds { lower, upper } = self.bounds.as_deref()?;
        let at = |limit: &Option<Limit>| {
            limit.as_ref().filter(|limit| limit.at == self.value).map(|limit| limit.inclusive)
        };
        match (at(lower), at(upper)) {
            (Some(_), Some(_)) => None,
            (Some(true), None) => Some(Comparator::AtLeast),
            (Some(false), None) => Some(Comparator::More),
            (None, Some(true)) => Some(Comparator::AtMost),
            (None, Some(false)) => Some(Comparator::Less),
            (None, None) => Some(Comparator::About),
        }
    }

    /// The number as it is told. Bounds are rounded outward: the true number stays between them.
    ///
    /// Errors: `overflow` when a number is no longer below 10^12.
    pub fn shown(&self) -> Result<Shown, Invalid> {
        let mut rounded = false;
        let mut told = |number: &Exact, way: Rounding| {
            let (decimal, exact) = decimal(number, way)?;
            rounded |= !exact;
            Ok((decimal, exact))
        };
        let (value, exact) = told(&self.value, Rounding::Nearest)?;
        if exact && self.bounds.is_none() {
            return Ok(Shown {
                value,
                comparator: None,
                lower: Some(value),
                upper: Some(value),
                lower_inclusive: true,
                upper_inclusive: true,
                rounded: false,
            });
        }
        let mut limit = |limit: Option<Limit>, way: Rounding| {
            let Some(limit) = limit else { return Ok((None, false)) };
            let (at, exact) = told(&limit.at, way)?;
            // What was rounded outward is no longer reached.
            Ok((Some(at), limit.inclusive && exact))
        };
        let (lower, lower_inclusive) = limit(self.lower(), Rounding::Floor)?;
        let (upper, upper_inclusive) = limit(self.upper(), Rounding::Ceiling)?;
        let comparator = self.comparator();
        Ok(Shown { value, comparator, lower, upper, lower_inclusive, upper_inclusive, rounded })
    }
}

fn sum(one: Option<Limit>, two: Option<Limit>) -> Option<Limit> {
    let (one, two) = one.zip(two)?;
    Some(Limit { at: &one.at + &two.at, inclusive: one.inclusive && two.inclusive })
}

/// The lesser of two limits. Where they are alike, an upper one is reached if both are, and a lower one if
/// either is.
fn lesser(one: &Limit, two: &Limit, is_upper: bool) -> Limit {
    match one.at.cmp(&two.at) {
        std::cmp::Ordering::Less => one.clone(),
        std::cmp::Ordering::Greater => two.clone(),
        std::cmp::Ordering::Equal => {
            let inclusive =
                if is_upper { one.inclusive && two.inclusive } else { one.inclusive || two.inclusive };
            Limit { at: one.at.clone(), inclusive }
        }
    }
}

/// The nearest number that can be told, by a way of rounding, and whether it is the number itself.
fn decimal(number: &Exact, way: Rounding) -> Result<(Decimal, bool), Invalid> {
    let decimals = SIGNIFICANT.saturating_sub(number.whole_digits()).min(Decimal::MAX_DECIMALS.into());
    let rounded = number.rounded(decimals, way).and_then(|(millionths, exact)| {
        Some((Decimal::from_millionths(i64::try_from(millionths).ok()?).ok()?, exact))
    });
    rounded.ok_or_else(|| {
        Invalid::new(
            "overflow",
            "计算结果超出范围：绝对值应小于10的12次方",
            "the result is out of range: its magnitude must be below 10^12",
        )
    })
}

/// A hundred, for percentages.
pub fn percent() -> Derived {
    Derived::exactly(100.into())
}

#[cfg(test)]
mod tests;
