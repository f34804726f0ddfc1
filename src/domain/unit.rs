//! Units of measure and the exact conversion between those of one dimension. Which units there are
//! is data; how words name them is read in `words.rs`.

use super::decimal::Decimal;
use super::exact::Exact;
use crate::error::Invalid;

/// The dimension of money.
pub const MONEY: &str = "money";

/// A unit of measure. Units of one dimension convert into each other by exact fractions; units of
/// different dimensions never do.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Unit {
    /// Code: UN/ECE Recommendation 20 or ISO 4217 where they have one, for example `CNY_10K`.
    pub code: String,
    /// Name in Chinese, as figures are spoken with: 万元.
    pub name: String,
    /// Name in English.
    pub name_en: String,
    /// Symbol as printed: m².
    pub symbol: String,
    /// Other words for it: 公里 of 千米.
    pub aliases: Vec<String>,
    /// What is measured. Everything counted (户, 处, 栋) is a dimension of its own.
    pub dimension: String,
    /// Numerator of the factor to the base of the dimension: value in base = value × numerator /
    /// denominator. Positive.
    pub numerator: i64,
    /// Denominator of the factor to the base of the dimension. Positive.
    pub denominator: i64,
}

impl Unit {
    /// All that words can name it by.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        [&self.name, &self.symbol, &self.code].into_iter().chain(&self.aliases).map(String::as_str)
    }
}

/// The value in another unit, exactly.
///
/// Errors: `unit_incompatible` when the units are of different dimensions or the result needs more
/// than six decimals; `too_large`, `too_precise` when it is no longer an exact decimal.
pub fn convert_exact(value: Decimal, from: &Unit, to: &Unit) -> Result<Decimal, Invalid> {
    match convert_rounded(value, from, to)? {
        (converted, false) => Ok(converted),
        (_, true) => Err(Invalid::new(
            "unit_incompatible",
            format!("{value}{}换算为{}时除不尽（最多6位小数），请改用{}", from.name, to.name, to.name),
            format!(
                "{value} {} is not exact in {} at six decimals; state it in {}",
                from.code, to.code, to.code
            ),
        )),
    }
}

/// Checks that values of one unit can be told in the other.
///
/// Errors: `unit_incompatible` when the units are of different dimensions.
pub fn check_dimension(from: &Unit, to: &Unit) -> Result<(), Invalid> {
    if from.dimension == to.dimension { Ok(()) } else { Err(incompatible(from, to)) }
}

/// The value in another unit, rounded half away from zero at six decimals, and whether it had to
/// be rounded. For output only: what is stored is exact.
///
/// Errors: `unit_incompatible` when the units are of different dimensions; `too_large`,
/// `too_precise` when the result is no longer an exact decimal.
pub fn convert_rounded(value: Decimal, from: &Unit, to: &Unit) -> Result<(Decimal, bool), Invalid> {
    if from.code == to.code {
        return Ok((value, false));
    }
    let (numerator, denominator) = factor(from, to)?;
    let millionths = i128::from(value.millionths());
    let (quotient, remainder) = (millionths / denominator, millionths % denominator);
    // Whole multiples first: only the remainder, which is smaller than the denominator, can leave
    // something to round.
    let rest = remainder.checked_mul(numerator);
    let whole = quotient.checked_mul(numerator);
    let (Some(rest), Some(whole)) = (rest, whole) else {
        return Err(out_of_range(value, from, to));
    };
    let half_up = i128::from(2 * (rest % denominator).abs() >= denominator) * rest.signum();
    let converted =
        whole.checked_add(rest / denominator + half_up).ok_or_else(|| out_of_range(value, from, to))?;
    Ok((Decimal::from_wide(converted)?, rest % denominator != 0))
}

/// What values of one unit are multiplied by to be in another.
///
/// Errors: `unit_incompatible` when the units are of different dimensions, or one has no positive factor.
pub fn exact_factor(from: &Unit, to: &Unit) -> Result<Exact, Invalid> {
    let (numerator, denominator) = factor(from, to)?;
    Exact::fraction(numerator, denominator).ok_or_else(|| incompatible(from, to))
}

/// The same as a reduced fraction.
fn factor(from: &Unit, to: &Unit) -> Result<(i128, i128), Invalid> {
    check_dimension(from, to)?;
    let parts = [from.numerator, from.denominator, to.numerator, to.denominator];
    if parts.iter().any(|&part| part <= 0) {
        return Err(incompatible(from, to));
    }
    let numerator = i128::from(from.numerator) * i128::from(to.denominator);
    let denominator = i128::from(from.denominator) * i128::from(to.numerator);
    let common = greatest_common_divisor(numerator, denominator);
    Ok((numerator / common, denominator / common))
}

fn greatest_common_divisor(a: i128, b: i128) -> i128 {
    if b == 0 { a } else { greatest_common_divisor(b, a % b) }
}

fn incompatible(from: &Unit, to: &Unit) -> Invalid {
    Invalid::new(
        "unit_incompatible",
        format!("{}不能换算为{}", from.name, to.name),
        format!("{} ({}) does not convert to {} ({})", from.code, from.name_en, to.code, to.name_en),
    )
}

fn out_of_range(value: Decimal, from: &Unit, to: &Unit) -> Invalid {
    Invalid::new(
        "too_large",
        format!("{value}{}换算为{}后数值过大", from.name, to.name),
        format!("{value} {} is too large a number in {}", from.code, to.code),
    )
}

#[cfg(test)]
pub(super) mod tests;
