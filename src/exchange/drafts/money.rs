//! What a draft says of a project's money: budget and sources are money, and the sources add up to the
//! budget or the draft says why not.

use super::fault;
use crate::db::projects::money::AmountRow;
use crate::domain::codes::AmountKind;
use crate::domain::derived::Derived;
use crate::domain::unit::{MONEY, Unit};
use crate::error::{Error, Fault, Invalid, Result};

/// Checks the budget and the sources of funding of a project, of which a note says more where there is one.
///
/// Errors: `unit_incompatible` for what is no money, `funding_sum` for sources that cannot add up to the
/// budget, however their qualifiers are taken, while nothing says why.
pub(super) fn check(amounts: &[AmountRow], units: &[Unit], note: Option<&str>) -> Result<()> {
    let of = |kind: AmountKind| amounts.iter().filter(move |amount| amount.kind == kind);
    for amount in of(AmountKind::Budget) {
        money(amount, units).map_err(|error| error.inside("budget"))?;
    }
    let mut sources = Vec::new();
    for amount in of(AmountKind::Funding) {
        let place = format!("funding/{}", amount.ordinal - 1);
        let unit = money(amount, units).map_err(|error| error.inside(place))?;
        sources.push((Derived::from(&amount.figure.quantity()), unit));
    }
    let Some(budget) = of(AmountKind::Budget).next().filter(|_| note.is_none() && !sources.is_empty()) else {
        return Ok(());
    };
    let unit = money(budget, units)?;
    let budget = Derived::from(&budget.figure.quantity());
    let mut sum = Derived::zero();
    for (source, from) in sources {
        sum = sum.plus(&source.convert(from, unit).map_err(|invalid| fault("funding", invalid))?);
    }
    if !sum.exceeds(&budget) && !budget.exceeds(&sum) {
        return Ok(());
    }
    let (sum, budget) = (told(&sum)?, told(&budget)?);
    let zh = format!(
        "资金来源合计 {sum} {unit}，与预算 {budget} {unit} 不符；请更正，或在 funding_note 中说明原因",
        unit = unit.name
    );
    let en = format!(
        "the sources add up to {sum} {unit}, which is not the budget of {budget} {unit}; correct them, or say why \
         in funding_note",
        unit = unit.code
    );
    Err(fault("funding", Invalid::new("funding_sum", zh, en)).into())
}

/// The unit of an amount of money.
fn money<'a>(amount: &AmountRow, units: &'a [Unit]) -> Result<&'a Unit> {
    let unit = units.iter().find(|unit| unit.code == amount.unit);
    let unit = unit.ok_or_else(|| Error::Corrupt(format!("an amount in {}", amount.unit)))?;
    if unit.dimension == MONEY {
        return Ok(unit);
    }
    let (zh, en) = (format!("{}不是金额的单位", unit.name), format!("{} is no unit of money", unit.code));
    Err(fault("quantity/unit", Invalid::new("unit_incompatible", zh, en)).into())
}

/// A number, or the interval that it lies in where it is not exact.
fn told(number: &Derived) -> Result<String> {
    let shown = number.shown().map_err(|invalid| Fault::pointer("/funding", invalid))?;
    if shown.lower == shown.upper {
        return Ok(shown.value.to_string());
    }
    let lower = shown.lower.map_or_else(|| "-∞".to_owned(), |bound| bound.to_string());
    let upper = shown.upper.map_or_else(|| "∞".to_owned(), |bound| bound.to_string());
    let open = if shown.lower_inclusive { '[' } else { '(' };
    let close = if shown.upper_inclusive { ']' } else { ')' };
    Ok(format!("{open}{lower}, {upper}{close}"))
}
