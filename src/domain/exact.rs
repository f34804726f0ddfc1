//! Exact numbers. Most are whole numbers of millionths, as figures are, and are worked with as such; a fraction of large
//! numbers costs a hundred times as much and is made only where nothing less is exact.

use std::cmp::Ordering;
use std::ops::{Add, Div, Mul, Neg};

use dashu_int::UBig;
use dashu_ratio::RBig;

use super::decimal::Decimal;

/// Millionths in one.
const ONE: i128 = 1_000_000;

/// An exact number. Each has one form: millionths, where it is a whole number of them that fits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Exact {
    /// A whole number of millionths.
    Millionths(i128),
    /// Any other.
    Fraction(Box<RBig>),
}

/// Which way a number is rounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rounding {
    /// To the nearest, from the middle away from zero.
    Nearest,
    /// Down.
    Floor,
    /// Up.
    Ceiling,
}

impl Exact {
    /// Nothing.
    pub const ZERO: Exact = Exact::Millionths(0);
    /// One.
    pub const ONE: Exact = Exact::Millionths(ONE);

    /// A fraction; none when the denominator is 0.
    pub fn fraction(numerator: i128, denominator: i128) -> Option<Exact> {
        if denominator == 0 {
            return None;
        }
        let whole =
            numerator.checked_mul(ONE).filter(|millionths| millionths.checked_rem(denominator) == Some(0));
        Some(match whole.and_then(|millionths| millionths.checked_div(denominator)) {
            Some(millionths) => Exact::Millionths(millionths),
            None => RBig::from_parts_signed(numerator.into(), denominator.into()).into(),
        })
    }

    /// Whether it is more than 0.
    pub fn is_positive(&self) -> bool {
        *self > Exact::ZERO
    }

    /// Whether it is less than 0.
    pub fn is_negative(&self) -> bool {
        *self < Exact::ZERO
    }

    /// Whether it is 0.
    pub fn is_zero(&self) -> bool {
        *self == Exact::ZERO
    }

    /// How many digits stand before the point; of what is less than one, none.
    pub fn whole_digits(&self) -> u32 {
        match self {
            Exact::Millionths(number) => {
                (number.unsigned_abs() / ONE.unsigned_abs()).checked_ilog10().map_or(0, |digits| digits + 1)
            }
            Exact::Fraction(number) => {
                let (_, whole) = number.trunc().into_parts();
                let digits = if whole.is_zero() { 0 } else { whole.ilog(&UBig::from(10_u8)) + 1 };
                u32::try_from(digits).unwrap_or(u32::MAX)
            }
        }
    }

    /// The nearest number with so many decimals, at most six, as millionths, and whether it is the number itself. None
    /// where it does not fit.
    pub fn rounded(&self, decimals: u32, way: Rounding) -> Option<(i128, bool)> {
        let step = 10_i128.pow(6_u32.saturating_sub(decimals));
        match self {
            Exact::Millionths(number) => {
                let (down, rest) = (number.div_euclid(step), number.rem_euclid(step));
                let up = match way {
                    Rounding::Floor => false,
                    Rounding::Ceiling => rest > 0,
                    // What is below zero goes away from it downward.
                    Rounding::Nearest if *number < 0 => rest * 2 > step,
                    Rounding::Nearest => rest * 2 >= step,
                };
                Some(((down + i128::from(up)).checked_mul(step)?, rest == 0))
            }
            Exact::Fraction(number) => {
                let scaled = number.as_ref() * RBig::from(UBig::from(10_u8).pow(decimals as usize));
                let whole = match way {
                    Rounding::Nearest => scaled.round(),
                    Rounding::Floor => scaled.floor(),
                    Rounding::Ceiling => scaled.ceil(),
                };
                Some((i128::try_from(whole).ok()?.checked_mul(step)?, scaled.is_int()))
            }
        }
    }

    fn to_fraction(&self) -> RBig {
        match self {
            Exact::Millionths(number) => RBig::from_parts((*number).into(), UBig::from(ONE.unsigned_abs())),
            Exact::Fraction(number) => number.as_ref().clone(),
        }
    }
}

impl From<Decimal> for Exact {
    fn from(number: Decimal) -> Exact {
        Exact::Millionths(number.millionths().into())
    }
}

impl From<RBig> for Exact {
    fn from(number: RBig) -> Exact {
        let millionths = &number * RBig::from(ONE);
        match i128::try_from(millionths.numerator().clone()) {
            Ok(whole) if millionths.is_int() => Exact::Millionths(whole),
            _ => Exact::Fraction(Box::new(number)),
        }
    }
}

impl Ord for Exact {
    fn cmp(&self, other: &Exact) -> Ordering {
        match (self, other) {
            (Exact::Millionths(one), Exact::Millionths(two)) => one.cmp(two),
            _ => self.to_fraction().cmp(&other.to_fraction()),
        }
    }
}

impl PartialOrd for Exact {
    fn partial_cmp(&self, other: &Exact) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Add for &Exact {
    type Output = Exact;

    fn add(self, other: &Exact) -> Exact {
        if let (Exact::Millionths(one), Exact::Millionths(two)) = (self, other)
            && let Some(sum) = one.checked_add(*two)
        {
            return Exact::Millionths(sum);
        }
        (self.to_fraction() + other.to_fraction()).into()
    }
}

impl Mul for &Exact {
    type Output = Exact;

    fn mul(self, other: &Exact) -> Exact {
        if let (Exact::Millionths(one), Exact::Millionths(two)) = (self, other)
            && let Some(product) = one.checked_mul(*two)
            && product % ONE == 0
        {
            return Exact::Millionths(product / ONE);
        }
        (self.to_fraction() * other.to_fraction()).into()
    }
}

/// The divisor is not 0: who divides looks first.
impl Div for &Exact {
    type Output = Exact;

    fn div(self, other: &Exact) -> Exact {
        if let (Exact::Millionths(one), Exact::Millionths(two)) = (self, other)
            && let Some(quotient) = Exact::fraction(*one, *two)
        {
            return quotient;
        }
        (self.to_fraction() / other.to_fraction()).into()
    }
}

impl Neg for &Exact {
    type Output = Exact;

    fn neg(self) -> Exact {
        match self {
            Exact::Millionths(number) => match number.checked_neg() {
                Some(negated) => Exact::Millionths(negated),
                None => (-self.to_fraction()).into(),
            },
            Exact::Fraction(number) => Exact::Fraction(Box::new(-number.as_ref())),
        }
    }
}

impl From<i64> for Exact {
    fn from(whole: i64) -> Exact {
        Exact::Millionths(i128::from(whole) * ONE)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Numbers of both forms, near zero and near the ends of what fits.
    fn number() -> impl Strategy<Value = Exact> {
        let part = || prop_oneof![-9_i128..9, -ONE * 9..ONE * 9, any::<i128>()];
        (part(), part())
            .prop_filter_map("no division by zero", |(above, below)| Exact::fraction(above, below))
    }

    proptest! {
        #[test]
        fn each_operation_is_that_of_fractions(one in number(), two in number()) {
            let (a, b) = (one.to_fraction(), two.to_fraction());
            prop_assert_eq!(&one + &two, Exact::from(&a + &b));
            prop_assert_eq!(&one * &two, Exact::from(&a * &b));
            if !two.is_zero() {
                prop_assert_eq!(&one / &two, Exact::from(&a / &b));
            }
            prop_assert_eq!(-&one, Exact::from(-&a));
            prop_assert_eq!(one.cmp(&two), a.cmp(&b));
            prop_assert_eq!(one == two, a == b);
        }

        #[test]
        fn rounding_is_that_of_fractions(number in number(), decimals in 0_u32..=6) {
            let fraction = Exact::Fraction(Box::new(number.to_fraction()));
            prop_assert_eq!(number.whole_digits(), fraction.whole_digits());
            for way in [Rounding::Nearest, Rounding::Floor, Rounding::Ceiling] {
                prop_assert_eq!(number.rounded(decimals, way), fraction.rounded(decimals, way), "{:?}", way);
            }
        }
    }
}
