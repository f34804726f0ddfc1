//! Numbers worked out from stated figures: sums, differences, products, quotients, with the bounds that
//! follow. Exact fractions all the way; only [`Derived::shown`] rounds, and says so.

use dashu_int::{IBig, UBig};
use dashu_ratio::RBig;

use super::decimal::Decimal;
use super::quantity::{Comparator, Quantity};
use super::unit::{Unit, check_dimension};
use crate::error::Invalid;

/// Decimals that every client reads back exactly: with the digits before the point, at most so many.
const SIGNIFICANT: usize = 15;

/// A limit of what a true number can be, and whether it can be the limit itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limit {
    at: RBig,
    inclusive: bool,
}

/// A limit, and on which side of it the true number stays: 1 above, -1 below, 0 when it can be the limit.
pub type Edge = (RBig, i8);

/// A number with what is known of the true one behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Derived {
    value: RBig,
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
        Derived::exactly(ratio(exact))
    }
}

impl From<&Quantity> for Derived {
    fn from(quantity: &Quantity) -> Derived {
        let Quantity { value, lower, upper, lower_inclusive, upper_inclusive, .. } = *quantity;
        if [lower, upper] == [Some(value); 2] && lower_inclusive && upper_inclusive {
            return Derived::from(value);
        }
        let limit = |bound: Option<Decimal>, inclusive| bound.map(|at| Limit { at: ratio(at), inclusive });
        Derived::bounded(ratio(value), limit(lower, lower_inclusive), limit(upper, upper_inclusive))
    }
}

fn is_positive(number: &RBig) -> bool {
    *number > RBig::ZERO
}

fn is_negative(number: &RBig) -> bool {
    *number < RBig::ZERO
}

fn ratio(number: Decimal) -> RBig {
    RBig::from_parts(number.millionths().into(), 1_000_000_u32.into())
}

impl Derived {
    fn exactly(value: RBig) -> Derived {
        Derived { value, bounds: None }
    }

    fn bounded(value: RBig, lower: Option<Limit>, upper: Option<Limit>) -> Derived {
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
        Derived::exactly(RBig::ZERO)
    }

    /// Exactly one.
    pub fn one() -> Derived {
        Derived::exactly(RBig::ONE)
    }

    /// A fraction of whole numbers; none when the denominator is 0.
    pub fn fraction(numerator: i64, denominator: i64) -> Option<Derived> {
        (denominator != 0)
            .then(|| Derived::exactly(RBig::from_parts_signed(numerator.into(), denominator.into())))
    }

    /// The value, without what is known of the true one: what a ranking sorts by.
    pub fn value(&self) -> &RBig {
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
        if self.are_exact(other) && !is_negative(&other.value) {
            return Derived::exactly(value);
        }
        let Some(least) = other.lower().filter(|limit| !is_negative(&limit.at)) else {
            return Derived::bounded(value, None, None);
        };
        let most = other.upper();
        // The far corner of a bound on the side of 0 is the other's greatest, and the near one its least.
        let corner = |limit: &Option<Limit>, outward: fn(&RBig) -> bool| {
            let limit = limit.as_ref()?;
            if limit.at.is_zero() {
                let inclusive = limit.inclusive || least.at.is_zero() && least.inclusive;
                return Some(Limit { at: RBig::ZERO, inclusive });
            }
            let factor = if outward(&limit.at) { most.as_ref()? } else { &least };
            let inclusive = factor.inclusive && (limit.inclusive || factor.at.is_zero());
            Some(Limit { at: &limit.at * &factor.at, inclusive })
        };
        Derived::bounded(value, corner(&self.lower(), is_negative), corner(&self.upper(), is_positive))
    }

    /// The quotient; none when the divisor is 0. It has bounds where the divisor is certainly not 0.
    pub fn over(&self, divisor: &Derived) -> Option<Derived> {
        if divisor.value.is_zero() {
            return None;
        }
        let positive = |number: &Derived| {
            number
                .lower()
                .is_some_and(|limit| is_positive(&limit.at) || limit.at.is_zero() && !limit.inclusive)
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
        let corner = |limit: &Option<Limit>, outward: fn(&RBig) -> bool| {
            let limit = limit.as_ref()?;
            if limit.at.is_zero() {
                return Some(Limit { at: RBig::ZERO, inclusive: limit.inclusive });
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
                None => Limit { at: RBig::ZERO, inclusive: false },
            })
        };
        Derived::bounded(value, corner(&self.lower(), is_negative), corner(&self.upper(), is_positive))
    }

    /// The magnitude of what is certainly on one side of 0; of anything else the value's alone.
    pub fn magnitude(&self) -> Derived {
        let certain = |limit: Option<Limit>, sign: fn(&RBig) -> bool| {
            limit.is_some_and(|limit| limit.at.is_zero() || sign(&limit.at))
        };
        if certain(self.lower(), is_positive) {
            self.clone()
        } else if certain(self.upper(), is_negative) {
            self.negated()
        } else {
            let value = if is_negative(&self.value) { -&self.value } else { self.value.clone() };
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
        check_dimension(from, to)?;
        let numerator = IBig::from(from.numerator) * IBig::from(to.denominator);
        let denominator = IBig::from(from.denominator) * IBig::from(to.numerator);
        Ok(self.times(&Derived::exactly(RBig::from_parts_signed(numerator, denominator))))
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
        let mut told = |number: &RBig, round: fn(&RBig) -> IBig| {
            let (decimal, exact) = decimal(number, round)?;
            rounded |= !exact;
            Ok((decimal, exact))
        };
        let (value, exact) = told(&self.value, RBig::round)?;
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
        let mut limit = |limit: Option<Limit>, round: fn(&RBig) -> IBig| {
            let Some(limit) = limit else { return Ok((None, false)) };
            let (at, exact) = told(&limit.at, round)?;
            // What was rounded outward is no longer reached.
            Ok((Some(at), limit.inclusive && exact))
        };
        let (lower, lower_inclusive) = limit(self.lower(), RBig::floor)?;
        let (upper, upper_inclusive) = limit(self.upper(), RBig::ceil)?;
        let comparator = self.comparator();
        Ok(Shown { value, comparator, lower, upper, lower_inclusive, upper_inclusive, rounded })
    }
}

fn sum(one: Option<Limit>, two: Option<Limit>) -> Option<Limit> {
    let (one, two) = one.zip(two)?;
    Some(Limit { at: one.at + two.at, inclusive: one.inclusive && two.inclusive })
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
fn decimal(number: &RBig, round: fn(&RBig) -> IBig) -> Result<(Decimal, bool), Invalid> {
    let (_, whole) = number.trunc().into_parts();
    let digits = if whole.is_zero() { 0 } else { whole.ilog(&UBig::from(10_u8)) + 1 };
    let most = usize::from(Decimal::MAX_DECIMALS);
    let decimals = SIGNIFICANT.saturating_sub(digits).min(most);
    let scaled = number * RBig::from(UBig::from(10_u8).pow(decimals));
    let millionths = i64::try_from(round(&scaled) * IBig::from(10).pow(most - decimals));
    let overflow = || {
        Invalid::new(
            "overflow",
            "计算结果超出范围：绝对值应小于10的12次方",
            "the result is out of range: its magnitude must be below 10^12",
        )
    };
    let decimal = Decimal::from_millionths(millionths.map_err(|_| overflow())?).map_err(|_| overflow())?;
    Ok((decimal, scaled.is_int()))
}

/// A hundred, for percentages.
pub fn percent() -> Derived {
    Derived::exactly(RBig::from(100))
}

#[cfg(test)]
mod tests;
