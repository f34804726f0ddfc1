//! Places of decimal numbers: powers of ten, and the place in which a number ends.

use crate::domain::decimal::Decimal;
use crate::error::Invalid;

/// A number of millionths times a power of ten.
pub(super) fn times(millionths: i128, power: u32) -> Result<Decimal, Invalid> {
    Decimal::from_wide(millionths * 10_i128.pow(power))
}

/// How many decimals are left when a number with so many is multiplied by a power of ten.
pub(super) fn decimals_after(decimals: u8, power: u32) -> u8 {
    u8::try_from(u32::from(decimals).saturating_sub(power)).unwrap_or_default()
}

/// One of the last place of a number with so many decimals, in millionths.
pub(super) fn last_place(decimals: u8) -> i128 {
    10_i128.pow(u32::from(Decimal::MAX_DECIMALS.saturating_sub(decimals)))
}

/// One of the last place that is not a round zero, in millionths: 1000 of 2000, 10 of 550, 1 of
/// 1225. Zeros after the point are never round, they were measured: 0.01 of 3.50.
pub(super) fn round_place(number: Decimal, decimals: u8) -> i128 {
    let mut place = last_place(decimals);
    let millionths = i128::from(number.millionths());
    while decimals == 0 && millionths != 0 && millionths % (10 * place) == 0 {
        place *= 10;
    }
    place
}
