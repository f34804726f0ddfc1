//! Words for a quantity, which reading maps back to the same quantity.

use super::body::AND_BELOW;
use super::multiplier::Multiplier;
use super::place;
use crate::domain::decimal::Decimal;
use crate::domain::quantity::{Comparator, Quantity};

/// Words for a quantity in the unit of this name, which [`super::read`] maps back to the same quantity:
/// `90万余元`, `约200万元`, `不少于75%`, `50至60户`. Bounds that no qualifier has are written out:
/// `超过90且低于95万元`.
pub fn write(quantity: &Quantity, unit_name: &str) -> String {
    let number = quantity.value.to_fixed(quantity.decimals);
    let before = match (quantity.comparator, quantity.upper) {
        (None, _) => "",
        (Some(Comparator::About), _) => "约",
        (Some(Comparator::Less), _) => "低于",
        (Some(Comparator::AtMost), _) => "不超过",
        (Some(Comparator::AtLeast), None) => "不少于",
        (Some(Comparator::AtLeast), Some(upper)) => return format!("{number}至{upper}{unit_name}"),
        (Some(Comparator::More), None) => "超过",
        (Some(Comparator::More), Some(upper)) => return write_more(quantity, upper, &number, unit_name),
    };
    format!("{before}{number}{unit_name}")
}

fn write_more(quantity: &Quantity, upper: Decimal, number: &str, unit_name: &str) -> String {
    let room = i128::from(upper.millionths()) - i128::from(quantity.value.millionths());
    let positive = quantity.value > Decimal::ZERO;
    if positive && room == place::round_place(quantity.value, quantity.decimals) {
        return format!("{number}余{unit_name}");
    }
    let (multiplier, rest) = Multiplier::take(unit_name);
    if positive && multiplier.is_spoken() && room == place::last_place(quantity.decimals) {
        let spoken = &unit_name[..unit_name.len() - rest.len()];
        return format!("{number}{spoken}余{rest}");
    }
    format!("超过{number}{AND_BELOW}{upper}{unit_name}")
}
