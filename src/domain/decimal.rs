//! Exact decimal numbers: reading, writing, adding. Held as a whole number of millionths; no step
//! goes through binary floating point. Units and bounds of a figure live in `quantity.rs`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, ser};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, Schema, SchemaFormat, Type};
use utoipa::{PartialSchema, ToSchema};

use crate::error::{Invalid, refused};

const ONE: i128 = 1_000_000;
/// One more than the largest number of millionths: values stay below 10^12.
const LIMIT: i128 = 1_000_000_000_000_000_000;
/// Fifteen significant digits are what every client reads back exactly.
const SIGNIFICANT: i128 = 1_000_000_000_000_000;

/// An exact decimal number: a JSON number below 10^12 in magnitude with at most 6 decimals and at
/// most 15 significant digits, so that every client reads it exactly. Given in its shortest form
/// (`660.6`, never `660.60` or `6.606e2`).
#[derive(
    Debug,
    Clone,
    Copy,
    Default,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    diesel::expression::AsExpression,
    diesel::deserialize::FromSqlRow,
)]
#[diesel(sql_type = diesel::sql_types::BigInt)]
pub struct Decimal(i64);

impl Decimal {
    /// Nothing at all.
    pub const ZERO: Decimal = Decimal(0);

    /// The most decimals that a number can have.
    pub const MAX_DECIMALS: u8 = 6;

    /// The number with this many millionths.
    ///
    /// Errors: `too_large` from 10^12 on, `too_precise` with more than 15 significant digits.
    pub fn from_millionths(millionths: i64) -> Result<Decimal, Invalid> {
        Decimal::from_wide(i128::from(millionths))
    }

    /// As [`Decimal::from_millionths`], for what a multiplication has made wide.
    pub(super) fn from_wide(millionths: i128) -> Result<Decimal, Invalid> {
        if millionths.abs() >= LIMIT {
            return Err(too_large());
        }
        let mut significant = millionths;
        while significant != 0 && significant % 10 == 0 {
            significant /= 10;
        }
        if significant.abs() >= SIGNIFICANT {
            return Err(too_precise());
        }
        i64::try_from(millionths).map(Decimal).map_err(|_| too_large())
    }

    /// The number in millionths, as it is stored.
    pub const fn millionths(self) -> i64 {
        self.0
    }

    /// The same, to be borrowed by what writes it.
    pub const fn millionths_ref(&self) -> &i64 {
        &self.0
    }

    /// How many decimals the shortest form has, 0 to 6.
    pub fn decimals(self) -> u8 {
        let mut rest = self.0;
        let mut decimals = Decimal::MAX_DECIMALS;
        while decimals > 0 && rest % 10 == 0 {
            rest /= 10;
            decimals -= 1;
        }
        decimals
    }

    /// Reads a number and how many decimals it was written with: `660.60` has 2.
    ///
    /// Errors: as for reading with `parse`.
    pub fn parse_with_decimals(text: &str) -> Result<(Decimal, u8), Invalid> {
        let (digits, exponent) = split(text).ok_or_else(|| malformed(text))?;
        let mut millionths: i128 = 0;
        for digit in digits.whole.bytes().chain(digits.fraction.bytes()) {
            millionths = millionths
                .checked_mul(10)
                .and_then(|shifted| shifted.checked_add(i128::from(digit - b'0')))
                .ok_or_else(too_large)?;
        }
        let fraction = i64::try_from(digits.fraction.len()).map_err(|_| too_precise())?;
        let written = fraction.saturating_sub(exponent).max(0);
        let decimals =
            u8::try_from(written).ok().filter(|&d| d <= Decimal::MAX_DECIMALS).ok_or_else(too_precise)?;
        // No more than six decimals are left, so that this never divides.
        let shift = exponent.saturating_sub(fraction).saturating_add(i64::from(Decimal::MAX_DECIMALS));
        let power = u32::try_from(shift).ok().and_then(|shift| 10_i128.checked_pow(shift));
        let millionths = match power {
            _ if millionths == 0 => 0,
            Some(power) => millionths.checked_mul(power).ok_or_else(too_large)?,
            None => return Err(too_large()),
        };
        let signed = if digits.negative { -millionths } else { millionths };
        Ok((Decimal::from_wide(signed)?, decimals))
    }

    /// The number with at least this many decimals: 660.6 with 2 is `660.60`. Decimals that the
    /// value has are never dropped, so that reading it back gives the same number.
    pub fn to_fixed(self, decimals: u8) -> String {
        let places = usize::from(decimals.max(self.decimals()));
        let sign = if self.0 < 0 { "-" } else { "" };
        let magnitude = i128::from(self.0).abs();
        let whole = magnitude / ONE;
        if places == 0 {
            return format!("{sign}{whole}");
        }
        let fraction = format!("{:06}", magnitude % ONE);
        match fraction.get(..places) {
            Some(shown) => format!("{sign}{whole}.{shown}"),
            None => format!("{sign}{whole}.{fraction:0<places$}"),
        }
    }

    /// The sum.
    ///
    /// Errors: `overflow` when it is no longer a number of this kind.
    pub fn checked_add(self, other: Decimal) -> Result<Decimal, Invalid> {
        Decimal::from_wide(i128::from(self.0) + i128::from(other.0)).map_err(|_| overflow())
    }

    /// The difference.
    ///
    /// Errors: `overflow` when it is no longer a number of this kind.
    pub fn checked_sub(self, other: Decimal) -> Result<Decimal, Invalid> {
        Decimal::from_wide(i128::from(self.0) - i128::from(other.0)).map_err(|_| overflow())
    }
}

struct Digits<'a> {
    negative: bool,
    whole: &'a str,
    fraction: &'a str,
}

/// Takes `-12.50e3` apart into its digits and its exponent.
fn split(text: &str) -> Option<(Digits<'_>, i64)> {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse().ok()?),
        None => (text, 0),
    };
    let (negative, unsigned) = match mantissa.strip_prefix('-') {
        Some(unsigned) => (true, unsigned),
        None => (false, mantissa.strip_prefix('+').unwrap_or(mantissa)),
    };
    let (whole, fraction) = match unsigned.split_once('.') {
        Some((_, "")) => return None,
        Some(parts) => parts,
        None => (unsigned, ""),
    };
    // Programs write 0.000001 as 1.0E-6: a zero beyond the sixth decimal is then of the form, and nobody has stated it.
    let is_beyond = exponent < 0 && fraction.len() as i64 > i64::from(Decimal::MAX_DECIMALS) + exponent;
    let fraction = if is_beyond { fraction.trim_end_matches('0') } else { fraction };
    let all_digits = whole.bytes().chain(fraction.bytes()).all(|byte| byte.is_ascii_digit());
    (!whole.is_empty() && all_digits).then_some((Digits { negative, whole, fraction }, exponent))
}

fn malformed(text: &str) -> Invalid {
    Invalid::new(
        "number_malformed",
        format!("“{text}”不是十进制数，应写作90或660.60"),
        format!("“{text}” is not a decimal number; write 90 or 660.60"),
    )
}

fn too_large() -> Invalid {
    Invalid::new(
        "too_large",
        "数值过大：绝对值应小于1000000000000（10的12次方）",
        "the number is too large: its magnitude must be below 1000000000000 (10^12)",
    )
}

fn too_precise() -> Invalid {
    Invalid::new(
        "too_precise",
        "数值过细：小数最多6位，有效数字最多15位",
        "the number is too precise: give at most 6 decimals and 15 significant digits",
    )
}

fn overflow() -> Invalid {
    Invalid::new(
        "overflow",
        "计算结果超出范围：绝对值应小于10的12次方，有效数字最多15位",
        "the result is out of range: its magnitude must be below 10^12, with at most 15 significant digits",
    )
}

impl FromStr for Decimal {
    type Err = Invalid;

    /// Reads a plain decimal, or the exponent spelling that JSON allows (`1e3`), exactly.
    ///
    /// Errors: `number_malformed`, `too_large`, `too_precise` (also for zeros beyond the sixth
    /// decimal: what was stated could not be given back).
    fn from_str(text: &str) -> Result<Decimal, Invalid> {
        Decimal::parse_with_decimals(text).map(|(value, _)| value)
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_fixed(0))
    }
}

impl Serialize for Decimal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let number: serde_json::Number = self.to_string().parse().map_err(ser::Error::custom)?;
        number.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Decimal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Decimal, D::Error> {
        let number = serde_json::Number::deserialize(deserializer)?;
        number.to_string().parse().map_err(|invalid| refused(&invalid))
    }
}

impl ToSchema for Decimal {}

impl PartialSchema for Decimal {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::Number)
            .description(Some(
                "An exact decimal number: below 10^12 in magnitude, at most 6 decimals and 15 significant digits, so \
                 that it passes through a double unharmed.",
            ))
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Double)))
            .exclusive_minimum(Some(-1_000_000_000_000_i64))
            .exclusive_maximum(Some(1_000_000_000_000_i64))
            .examples([90])
            .into()
    }
}

#[cfg(test)]
pub(super) mod tests;
