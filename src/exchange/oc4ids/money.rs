//! Amounts and figures of a project in OC4IDS: money in yuan, everything else in its own unit, and the words of
//! what is not exact.

use serde_json::Number;

use super::{Amount, Budget, BudgetBreakdown, BudgetLine, MeasureUnit, Metric, Observation, Period};
use crate::db::projects::money::AmountRow;
use crate::domain::codes::{AmountKind, Role};
use crate::domain::unit::{MONEY, Unit};
use crate::domain::zone;

/// An amount of money in yuan, exactly. None of what is no money, which older data may hold.
fn yuan(row: &AmountRow, units: &[Unit]) -> Option<Amount> {
    let unit = units.iter().find(|unit| unit.code == row.unit && unit.dimension == MONEY)?;
    // More than a figure of the ledger may have: 万元 below 10^12 are yuan below 10^16.
    let millionths =
        i128::from(row.figure.value.millionths()) * i128::from(unit.numerator) / i128::from(unit.denominator);
    let (whole, rest) = (millionths.unsigned_abs() / 1_000_000, millionths.unsigned_abs() % 1_000_000);
    let sign = if millionths < 0 { "-" } else { "" };
    let digits = format!("{sign}{whole}.{rest:06}");
    let number: Number = digits.trim_end_matches('0').trim_end_matches('.').parse().ok()?;
    Some(Amount { amount: number, currency: "CNY" })
}

/// The words of a figure, where it is not exact.
pub fn qualified(row: &AmountRow, units: &[Unit]) -> Option<String> {
    let comparator = row.figure.comparator?;
    let name = units.iter().find(|unit| unit.code == row.unit).map_or(&row.unit, |unit| &unit.name);
    Some(row.text.clone().unwrap_or_else(|| format!("{comparator}{}{name}", row.figure.value)))
}

/// The budget and the sources of a project, and what is said of them, if there is any of this.
pub fn budget(amounts: &[AmountRow], note: Option<&String>, units: &[Unit]) -> Option<Budget> {
    let of = |kind: AmountKind| amounts.iter().filter(move |row| row.kind == kind);
    let budget = of(AmountKind::Budget).next();
    let amount = budget.and_then(|row| yuan(row, units));
    let words = budget.and_then(|row| qualified(row, units));
    let said: Vec<String> = words.into_iter().chain(note.cloned()).collect();
    let description = (!said.is_empty()).then(|| said.join("；"));
    let lines = of(AmountKind::Funding).map(|row| {
        let description = match qualified(row, units) {
            Some(words) => format!("{}（{words}）", row.name),
            None => row.name.clone(),
        };
        BudgetLine { id: row.ordinal.to_string(), description, amount: yuan(row, units) }
    });
    let lines: Vec<_> = lines.collect();
    let budget_breakdowns = (!lines.is_empty()).then_some([BudgetBreakdown {
        id: "sources",
        description: "资金来源",
        budget_breakdown: lines,
    }]);
    let is_empty = description.is_none() && amount.is_none() && budget_breakdowns.is_none();
    (!is_empty).then_some(Budget { description, amount, budget_breakdowns })
}

/// The quantities of a project: those that are aimed at or foreseen, and those that are not.
pub fn quantities(amounts: &[AmountRow], units: &[Unit]) -> (Vec<Metric>, Vec<Metric>) {
    let (mut forecasts, mut metrics) = (Vec::new(), Vec::new());
    for row in amounts.iter().filter(|row| row.kind == AmountKind::Quantity) {
        let metric = quantity(row, units);
        match row.role {
            Role::Target | Role::Forecast => forecasts.push(metric),
            Role::Actual | Role::Baseline => metrics.push(metric),
        }
    }
    (forecasts, metrics)
}

fn quantity(row: &AmountRow, units: &[Unit]) -> Metric {
    let value = yuan(row, units);
    let unit = units.iter().find(|unit| unit.code == row.unit).filter(|_| value.is_none());
    let observation = Observation {
        id: "1",
        period: row.period.map(|span| Period {
            start_date: Some(zone::local(zone::start_of(span.first_day()))),
            end_date: Some(zone::local(zone::end_of(span.last_day()))),
        }),
        measure: value.is_none().then(|| row.figure.value.to_string()),
        value,
        unit: unit.map(|unit| measured_in(&unit.code, &unit.name)),
        notes: qualified(row, units),
    };
    Metric { id: format!("quantity-{}", row.ordinal), title: row.name.clone(), observations: [observation] }
}

/// The units here that UN/ECE Recommendation 20 has; the other codes are our own.
const RECOMMENDATION_20: [&str; 8] = ["MTK", "HAR", "KMK", "MTR", "KMT", "KGM", "TNE", "P1"];

fn measured_in(code: &str, name: &str) -> MeasureUnit {
    let is_standard = RECOMMENDATION_20.contains(&code);
    MeasureUnit {
        name: name.to_owned(),
        scheme: is_standard.then_some("UNCEFACT"),
        id: is_standard.then(|| code.to_owned()),
    }
}

/// The physical progress of a project.
pub fn progress(percent: i16) -> Metric {
    let observation = Observation {
        id: "1",
        period: None,
        value: None,
        measure: Some(percent.to_string()),
        unit: Some(measured_in("P1", "%")),
        notes: None,
    };
    Metric {
        id: "physicalProgress".to_owned(),
        title: "工程形象进度".to_owned(),
        observations: [observation],
    }
}
