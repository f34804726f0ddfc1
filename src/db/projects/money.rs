//! The money of projects: their figures, and which of their budgets lie in a range.

use diesel::dsl::exists;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use serde::Serialize;

use crate::db::columns::{citation_columns, figure_columns};
use crate::db::dialect::{Backend, Conn};
use crate::db::schema::{project_amounts, projects};
use crate::db::units;
use crate::domain::codes::{AmountKind, Role};
use crate::domain::decimal::Decimal;
use crate::domain::period::Period;
use crate::domain::quantity::Quantity;
use crate::domain::unit::{MONEY, Unit};
use crate::error::{Fault, Invalid, Result};

/// The unit in which budgets are compared and summed when nothing else is said: 万元.
pub const UNIT: &str = "CNY_10K";

/// What holds of a project or not.
pub(super) type Condition = Box<dyn BoxableExpression<projects::table, Backend, SqlType = Bool>>;

figure_columns!(AmountFigure of project_amounts);
citation_columns!(AmountCitation of project_amounts);

/// The budget, one source of funding, or one quantity of a project, as stored. `name` is the source
/// or what the quantity counts; values are millionths of the unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Queryable, Selectable, Insertable)]
#[diesel(table_name = project_amounts, treat_none_as_default_value = false)]
#[expect(missing_docs, reason = "the columns, which the migrations and the wire type describe")]
pub struct AmountRow {
    pub project: String,
    pub kind: AmountKind,
    pub ordinal: i64,
    pub name: String,
    pub role: Role,
    pub period: Option<Period>,
    pub unit: String,
    #[diesel(embed)]
    #[serde(flatten)]
    pub figure: AmountFigure,
    pub text: Option<String>,
    pub report: Option<String>,
    #[diesel(embed)]
    #[serde(flatten)]
    pub cited: AmountCitation,
}

/// Checks what a filter says of budgets.
///
/// Errors: `Invalid` when its unit is not registered, or no money.
pub fn check(conn: &mut Conn, unit: Option<&str>) -> Result<()> {
    let Some(code) = unit else { return Ok(()) };
    let unit = units::named(conn, "budget_unit", code)?;
    if unit.dimension == MONEY {
        return Ok(());
    }
    let (zh, en) = (format!("{}不是金额的单位", unit.name), format!("{} is no unit of money", unit.code));
    Err(Fault::parameter("budget_unit", Invalid::new("unit_incompatible", zh, en)).into())
}

/// Whether the budget of a project lies in the range that a filter gives.
pub(super) fn in_range(
    conn: &mut Conn,
    least: Option<Decimal>,
    most: Option<Decimal>,
    unit: Option<&str>,
) -> Result<Condition> {
    let told = units::named(conn, "budget_unit", unit.unwrap_or(UNIT))?;
    let mut any: Condition = Box::new(false.into_sql::<Bool>());
    // Each budget is compared in the unit that it was stated in, where the limits are whole millionths.
    for unit in units::all(conn)?.into_iter().filter(|unit| unit.dimension == MONEY) {
        let least = least.map_or(i64::MIN, |limit| in_millionths(limit, &told, &unit, true));
        let most = most.map_or(i64::MAX, |limit| in_millionths(limit, &told, &unit, false));
        let budget = project_amounts::table
            .filter(project_amounts::project.eq(projects::code))
            .filter(project_amounts::kind.eq(AmountKind::Budget))
            .filter(project_amounts::unit.eq(unit.code))
            .filter(project_amounts::value.between(least, most));
        any = Box::new(any.or(exists(budget)));
    }
    Ok(any)
}

/// A limit in millionths of another unit, rounded up or down to a whole one. Nothing that is stored lies
/// beyond 64 bits.
fn in_millionths(limit: Decimal, from: &Unit, to: &Unit, up: bool) -> i64 {
    let numerator = i128::from(limit.millionths())
        .saturating_mul(i128::from(from.numerator))
        .saturating_mul(i128::from(to.denominator));
    let denominator = i128::from(from.denominator) * i128::from(to.numerator);
    let (whole, rest) = (numerator.div_euclid(denominator), numerator.rem_euclid(denominator));
    let rounded = whole + i128::from(up && rest != 0);
    i64::try_from(rounded).unwrap_or(if rounded < 0 { i64::MIN } else { i64::MAX })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_rounded_towards_what_passes_it() {
        let unit = |code: &str, numerator, denominator| Unit {
            code: code.to_owned(),
            name: code.to_owned(),
            name_en: code.to_owned(),
            symbol: code.to_owned(),
            aliases: Vec::new(),
            dimension: MONEY.to_owned(),
            numerator,
            denominator,
        };
        let (yuan, wan, third) = (unit("CNY", 1, 1), unit("CNY_10K", 10_000, 1), unit("THIRD", 1, 3));
        let limit = |text: &str| text.parse::<Decimal>().expect("a number");
        for (text, from, to, least, most) in [
            ("200", &wan, &wan, 200_000_000, 200_000_000),
            ("200", &wan, &yuan, 2_000_000_000_000, 2_000_000_000_000),
            ("0.000001", &yuan, &wan, 1, 0),
            ("-0.000001", &yuan, &wan, 0, -1),
            ("15000", &yuan, &wan, 1_500_000, 1_500_000),
            ("1", &third, &yuan, 333_334, 333_333),
            ("999999999999", &wan, &yuan, i64::MAX, i64::MAX),
            ("-999999999999", &wan, &yuan, i64::MIN, i64::MIN),
        ] {
            assert_eq!(in_millionths(limit(text), from, to, true), least, "{text} up");
            assert_eq!(in_millionths(limit(text), from, to, false), most, "{text} down");
        }
    }
}
