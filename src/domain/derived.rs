//! Numbers worked out from stated figures: sums, differences, products, quotients, with the bounds that
//! follow. Exact fractions all the way; only [`Derived::shown`] rounds, and says so.

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{One, Signed, ToPrimitive, Zero};

use super::decimal::Decimal;
use super::quantity::{Comparator, Quantity};
use super::unit::{Unit, check_dimension};
use crate::error::Invalid;

/// Decimals that every client reads back exactly: with the digits before the point, at most so many.
const SIGNIFICANT: usize = 15;

/// A limit of what a true number can be, and whether it can be the limit itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limit {
    at: BigRational,
    inclusive: bool,
}

/// A limit, and on which side of it the true number stays: 1 above, -1 below, 0 when it can be the limit.
pub type Edge = (BigRational, i8);

/// A number with what is known of the true one behind it. No limit: nothing is known on that side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Derived {
    value: BigRational,
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
        Derived::exactly(ratio(exact))
    }
}

impl From<&Quantity> for Derived {
    fn from(quantity: &Quantity) -> Derived {
        let limit = |bound: Option<Decimal>, inclusive| bound.map(|at| Limit { at: ratio(at), inclusive });
        Derived {
            value: ratio(quantity.value),
            lower: limit(quantity.lower, quantity.lower_inclusive),
            upper: limit(quantity.upper, quantity.upper_inclusive),
        }
    }
}

fn ratio(number: Decimal) -> BigRational {
    BigRational::new(number.millionths().into(), 1_000_000.into())
}

impl Derived {
    fn exactly(value: BigRational) -> Derived {
        let limit = Limit { at: value.clone(), inclusive: true };
        Derived { value, lower: Some(limit.clone()), upper: Some(limit) }
    }

    /// Exactly nothing, the sum of no figures.
    pub fn zero() -> Derived {
        Derived::exactly(BigRational::zero())
    }

    /// Exactly one.
    pub fn one() -> Derived {
        Derived::exactly(BigRational::one())
    }

    /// A fraction of whole numbers; none when the denominator is 0.
    pub fn fraction(numerator: i64, denominator: i64) -> Option<Derived> {
        (denominator != 0).then(|| Derived::exactly(BigRational::new(numerator.into(), denominator.into())))
    }

    /// The value, without what is known of the true one: what a ranking sorts by.
    pub fn value(&self) -> &BigRational {
        &self.value
    }

    /// The sum.
    pub fn plus(&self, other: &Derived) -> Derived {
        Derived {
            value: &self.value + &other.value,
            lower: sum(self.lower.as_ref(), other.lower.as_ref()),
            upper: sum(self.upper.as_ref(), other.upper.as_ref()),
        }
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
        Derived { value: -&self.value, lower: turned(&self.upper), upper: turned(&self.lower) }
    }

    /// The product. It has bounds where the other is certainly not negative, as weights are.
    pub fn times(&self, other: &Derived) -> Derived {
        let value = &self.value * &other.value;
        let Some(least) = other.lower.as_ref().filter(|limit| !limit.at.is_negative()) else {
            return Derived { value, lower: None, upper: None };
        };
        // The far corner of a bound on the side of 0 is the other's greatest, and the near one its least.
        let corner = |limit: &Option<Limit>, outward: fn(&BigRational) -> bool| {
            let limit = limit.as_ref()?;
            if limit.at.is_zero() {
                let inclusive = limit.inclusive || least.at.is_zero() && least.inclusive;
                return Some(Limit { at: BigRational::zero(), inclusive });
            }
            let factor = if outward(&limit.at) { other.upper.as_ref()? } else { least };
            let inclusive = factor.inclusive && (limit.inclusive || factor.at.is_zero());
            Some(Limit { at: &limit.at * &factor.at, inclusive })
        };
        Derived {
            value,
            lower: corner(&self.lower, Signed::is_negative),
            upper: corner(&self.upper, Signed::is_positive),
        }
    }

    /// The quotient; none when the divisor is 0. It has bounds where the divisor is certainly not 0.
    pub fn over(&self, divisor: &Derived) -> Option<Derived> {
        if divisor.value.is_zero() {
            return None;
        }
        let positive = |number: &Derived| {
            number
                .lower
                .as_ref()
                .is_some_and(|limit| limit.at.is_positive() || limit.at.is_zero() && !limit.inclusive)
        };
        let negated = divisor.negated();
        if positive(divisor) {
            Some(self.over_positive(divisor))
        } else if positive(&negated) {
            Some(self.negated().over_positive(&negated))
        } else {
            Some(Derived { value: &self.value / &divisor.value, lower: None, upper: None })
        }
    }

    fn over_positive(&self, divisor: &Derived) -> Derived {
        let corner = |limit: &Option<Limit>, outward: fn(&BigRational) -> bool| {
            let limit = limit.as_ref()?;
            if limit.at.is_zero() {
                return Some(Limit { at: BigRational::zero(), inclusive: limit.inclusive });
            }
            if outward(&limit.at) {
                let least = divisor.lower.as_ref().filter(|least| !least.at.is_zero())?;
                return Some(Limit {
                    at: &limit.at / &least.at,
                    inclusive: limit.inclusive && least.inclusive,
                });
            }
            Some(match &divisor.upper {
                Some(most) => {
                    Limit { at: &limit.at / &most.at, inclusive: limit.inclusive && most.inclusive }
                }
                // However great the divisor, the quotient does not get to 0.
                None => Limit { at: BigRational::zero(), inclusive: false },
            })
        };
        Derived {
            value: &self.value / &divisor.value,
            lower: corner(&self.lower, Signed::is_negative),
            upper: corner(&self.upper, Signed::is_positive),
        }
    }

    /// The magnitude of what is certainly on one side of 0; of anything else the value's alone.
    pub fn magnitude(&self) -> Derived {
        let certain = |limit: &Option<Limit>, sign: fn(&BigRational) -> bool| {
            limit.as_ref().is_some_and(|limit| limit.at.is_zero() || sign(&limit.at))
        };
        if certain(&self.lower, Signed::is_positive) {
            self.clone()
        } else if certain(&self.upper, Signed::is_negative) {
            self.negated()
        } else {
            Derived { value: self.value.abs(), lower: None, upper: None }
        }
    }

    /// The greater of both. It is at least what either is at least.
    pub fn max(&self, other: &Derived) -> Derived {
        self.negated().min(&other.negated()).negated()
    }

    /// The lesser of both. It is at most what either is at most.
    pub fn min(&self, other: &Derived) -> Derived {
        let upper = match (&self.upper, &other.upper) {
            (Some(one), Some(two)) => Some(lesser(one, two, true)),
            (one, two) => one.clone().or_else(|| two.clone()),
        };
        let lower = self.lower.as_ref().zip(other.lower.as_ref()).map(|(one, two)| lesser(one, two, false));
        Derived { value: self.value.clone().min(other.value.clone()), lower, upper }
    }

    /// The same in another unit, exactly.
    ///
    /// Errors: `unit_incompatible` when the units are of different dimensions.
    pub fn convert(&self, from: &Unit, to: &Unit) -> Result<Derived, Invalid> {
        if from.code == to.code {
            return Ok(self.clone());
        }
        check_dimension(from, to)?;
        let numerator = BigInt::from(from.numerator) * BigInt::from(to.denominator);
        let denominator = BigInt::from(from.denominator) * BigInt::from(to.numerator);
        Ok(self.times(&Derived::exactly(BigRational::new(numerator, denominator))))
    }

    /// The sum with something more of which only that it is not negative is known.
    pub fn and_more(self) -> Derived {
        Derived { upper: None, ..self }
    }

    /// Whether the true number is certainly more than the other's.
    pub fn exceeds(&self, other: &Derived) -> bool {
        self.lower.as_ref().zip(other.upper.as_ref()).is_some_and(|(least, most)| {
            least.at > most.at || least.at == most.at && !(least.inclusive && most.inclusive)
        })
    }

    /// Whether the true number is certainly at least the other's.
    pub fn reaches(&self, other: &Derived) -> bool {
        self.lower.as_ref().zip(other.upper.as_ref()).is_some_and(|(least, most)| least.at >= most.at)
    }

    /// Where the lower and the upper bound lie, for finding among many what is certainly more or less.
    pub fn edges(&self) -> (Option<Edge>, Option<Edge>) {
        let edge = |limit: &Option<Limit>, beside: i8| {
            limit.as_ref().map(|limit| (limit.at.clone(), if limit.inclusive { 0 } else { beside }))
        };
        (edge(&self.lower, 1), edge(&self.upper, -1))
    }

    fn comparator(&self) -> Option<Comparator> {
        let at = |limit: &Option<Limit>| {
            limit.as_ref().filter(|limit| limit.at == self.value).map(|limit| limit.inclusive)
        };
        match (at(&self.lower), at(&self.upper)) {
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
        let mut told = |number: &BigRational, round: fn(&BigRational) -> BigRational| {
            let (decimal, exact) = decimal(number, round)?;
            rounded |= !exact;
            Ok((decimal, exact))
        };
        let (value, _) = told(&self.value, BigRational::round)?;
        let mut limit = |limit: &Option<Limit>, round: fn(&BigRational) -> BigRational| {
            let Some(limit) = limit else { return Ok((None, false)) };
            let (at, exact) = told(&limit.at, round)?;
            // What was rounded outward is no longer reached.
            Ok((Some(at), limit.inclusive && exact))
        };
        let (lower, lower_inclusive) = limit(&self.lower, BigRational::floor)?;
        let (upper, upper_inclusive) = limit(&self.upper, BigRational::ceil)?;
        let comparator = self.comparator();
        Ok(Shown { value, comparator, lower, upper, lower_inclusive, upper_inclusive, rounded })
    }
}

fn sum(one: Option<&Limit>, two: Option<&Limit>) -> Option<Limit> {
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
fn decimal(number: &BigRational, round: fn(&BigRational) -> BigRational) -> Result<(Decimal, bool), Invalid> {
    let whole = number.trunc().numer().magnitude().to_string();
    let digits = if whole == "0" { 0 } else { whole.len() };
    let decimals = SIGNIFICANT.saturating_sub(digits).min(usize::from(Decimal::MAX_DECIMALS));
    let scale = |decimals: usize| BigRational::from(num_traits::pow(BigInt::from(10), decimals));
    let near = round(&(number * scale(decimals))) / scale(decimals);
    let millionths = (&near * scale(usize::from(Decimal::MAX_DECIMALS))).to_integer().to_i64();
    let overflow = || {
        Invalid::new(
            "overflow",
            "计算结果超出范围：绝对值应小于10的12次方",
            "the result is out of range: its magnitude must be below 10^12",
        )
    };
    let decimal = Decimal::from_millionths(millionths.ok_or_else(overflow)?).map_err(|_| overflow())?;
    Ok((decimal, near == *number))
}

/// A hundred, for percentages.
pub fn percent() -> Derived {
    Derived::exactly(BigRational::one() * BigInt::from(100))
}

#[cfg(test)]
mod tests;
