//! How the rows of a submission go with each other and with what is published. All that is found here
//! are warnings: the figures may be right, and then a note says why.

use std::collections::BTreeSet;

use super::figures::Figures;
use super::findings::{Findings, Row};
use crate::db::metrics::{self, MetricRow};
use crate::db::observations::Key;
use crate::db::{Conn, units};
use crate::domain::area_code::AreaCode;
use crate::domain::codes::{Accumulation, AreaRule, Role};
use crate::domain::decimal::Decimal;
use crate::domain::derived::Derived;
use crate::domain::life::counted_days;
use crate::domain::period_before::{before, grows};
use crate::domain::plausibility::{disagrees, jumps};
use crate::domain::quantity::Quantity;
use crate::domain::unit::Unit;
use crate::error::Result;

/// Code of the warning that something published would be revised.
pub(super) const EXISTS: &str = "exists";

/// The unit of ratios that can be compared with those of their terms.
const PERCENT: &str = "P1";

/// Compares the rows.
pub(super) fn check(
    conn: &mut Conn,
    figures: &mut Figures,
    rows: &[Row],
    findings: &mut Findings,
) -> Result<()> {
    figures.load_areas(conn)?;
    for row in rows {
        published(conn, figures, row, findings)?;
        jump(conn, figures, row, findings)?;
    }
    ratios(conn, figures, rows, findings)?;
    sums(conn, figures, rows, findings)
}

/// Whether a row would revise what is published.
fn published(conn: &mut Conn, figures: &mut Figures, row: &Row, findings: &mut Findings) -> Result<()> {
    if let Some(before) = figures.published(conn, &row.key)? {
        let before = said(&before);
        findings.warn(
            row.number,
            EXISTS,
            format!("已公布 {before}，批准后将被修订"),
            format!("{before} is published and would be revised"),
        );
    }
    Ok(())
}

/// Whether a row is far from the figure of the period before.
fn jump(conn: &mut Conn, figures: &mut Figures, row: &Row, findings: &mut Findings) -> Result<()> {
    let Key { accumulation, period, .. } = row.key;
    let previous = before(accumulation, &period).filter(|_| !grows(accumulation, &period));
    let Some(previous) = previous else { return Ok(()) };
    let before = figures.get(conn, &Key { period: previous, ..row.key.clone() })?;
    if let Some(before) = before.filter(|before| jumps(before, &row.quantity)) {
        let (before, now) = (said(&before), said(&row.quantity));
        findings.warn(
            row.number,
            "jump",
            format!("{previous} 为 {before}，本期为 {now}，变动达一半以上"),
            format!("was {before} in {previous} and is {now} now, a change by half or more"),
        );
    }
    Ok(())
}

/// Whether parts exceed their whole, and ratios are not those of their terms.
fn ratios(conn: &mut Conn, figures: &mut Figures, rows: &[Row], findings: &mut Findings) -> Result<()> {
    let known = metrics::ratios(conn)?;
    let units = units::all(conn)?;
    for row in rows {
        let speaks_of = |ratio: &&MetricRow| {
            [Some(&ratio.code), ratio.numerator.as_ref(), ratio.denominator.as_ref()]
                .contains(&Some(&row.key.metric))
        };
        // A rate or a stock is an instant, whatever its terms accumulate over.
        let over = match row.key.accumulation {
            Accumulation::Instant => Accumulation::ALL,
            _ => std::slice::from_ref(&row.key.accumulation),
        };
        for ratio in known.iter().filter(speaks_of) {
            for &accumulation in over {
                ratio_of(conn, figures, &units, ratio, &Key { accumulation, ..row.key.clone() }, findings)?;
            }
        }
    }
    Ok(())
}

/// Compares one ratio with its terms, of the area, period, accumulation and role of `like`.
fn ratio_of(
    conn: &mut Conn,
    figures: &mut Figures,
    units: &[Unit],
    ratio: &MetricRow,
    like: &Key,
    findings: &mut Findings,
) -> Result<()> {
    let (Some(part), Some(whole)) = (&ratio.numerator, &ratio.denominator) else { return Ok(()) };
    let Some((part_key, above)) = alike(conn, figures, part, like)? else { return Ok(()) };
    let Some((whole_key, below)) = alike(conn, figures, whole, like)? else { return Ok(()) };
    let Some(below) = in_unit_of(conn, units, part, whole, below)? else { return Ok(()) };
    let stated = alike(conn, figures, &ratio.code, like)?;
    let part_row = figures.row(&part_key).or_else(|| figures.row(&whole_key));
    if let Some(row) = part_row.filter(|_| Derived::from(&above).exceeds(&Derived::from(&below))) {
        findings.warn(
            row,
            "part_exceeds_whole",
            format!("{part} 为 {}，大于 {whole} 的 {}", said(&above), said(&below)),
            format!("{part} is {}, more than the {} of {whole}", said(&above), said(&below)),
        );
    }
    let Some((key, share)) = stated.filter(|_| *ratio.unit == *PERCENT) else { return Ok(()) };
    if let Some(row) = figures.row(&key).or(part_row).filter(|_| disagrees(&share, &above, &below)) {
        findings.warn(
            row,
            "ratio_disagrees",
            format!("{} 为 {}%，与 {} 除以 {} 不符", ratio.code, said(&share), said(&above), said(&below)),
            format!(
                "{} is {} %, which is not {} by {}",
                ratio.code,
                said(&share),
                said(&above),
                said(&below)
            ),
        );
    }
    Ok(())
}

/// The figure of another metric that goes with a key: of its accumulation, or an instant.
fn alike(
    conn: &mut Conn,
    figures: &mut Figures,
    metric: &str,
    like: &Key,
) -> Result<Option<(Key, Quantity)>> {
    for accumulation in [like.accumulation, Accumulation::Instant] {
        let key = Key { metric: metric.to_owned(), accumulation, ..like.clone() };
        if let Some(quantity) = figures.get(conn, &key)? {
            return Ok(Some((key, quantity)));
        }
    }
    Ok(None)
}

/// A figure of `whole` in the unit that `part` is held in; none when that is not exact.
fn in_unit_of(
    conn: &mut Conn,
    units: &[Unit],
    part: &str,
    whole: &str,
    quantity: Quantity,
) -> Result<Option<Quantity>> {
    let mut unit = |code: &str| -> Result<Option<&Unit>> {
        let metric = metrics::get(conn, code)?;
        Ok(metric.and_then(|metric| units.iter().find(|unit| unit.code == *metric.unit)))
    };
    let (Some(to), Some(from)) = (unit(part)?, unit(whole)?) else { return Ok(None) };
    Ok(quantity.convert(from, to).ok())
}

/// Whether the areas directly below one come to another sum than its own figure.
fn sums(conn: &mut Conn, figures: &mut Figures, rows: &[Row], findings: &mut Findings) -> Result<()> {
    let mut seen = BTreeSet::new();
    let summed = |row: &&Row| row.metric.area_rule == AreaRule::Sum && row.key.role == Role::Actual;
    for row in rows.iter().filter(summed) {
        for area in figures.above(row.key.area).into_iter().chain([row.key.area]) {
            let group = (row.key.metric.clone(), row.key.period, row.key.accumulation.as_str(), area);
            if seen.insert(group) {
                sum_of(conn, figures, row, area, findings)?;
            }
        }
    }
    Ok(())
}

/// Compares the figure of an area with the sum of those directly below it, in the metric, period and
/// accumulation of a row. The warning is the area's own row's, or that of the first below that has one.
fn sum_of(
    conn: &mut Conn,
    figures: &mut Figures,
    row: &Row,
    area: AreaCode,
    findings: &mut Findings,
) -> Result<()> {
    let whole_key = Key { area, ..row.key.clone() };
    let Some(whole) = figures.get(conn, &whole_key)? else { return Ok(()) };
    let (mut sum, mut missing, mut told) = (Derived::zero(), 0, figures.row(&whole_key));
    let below = figures.below(area, counted_days(row.metric.kind, row.key.period))?;
    for &code in &below {
        let key = Key { area: code, ..row.key.clone() };
        match figures.get(conn, &key)? {
            Some(figure) => sum = sum.plus(&Derived::from(&figure)),
            None => missing += 1,
        }
        told = told.or_else(|| figures.row(&key));
    }
    let never_negative = row.metric.min.is_some_and(|min| min >= Decimal::ZERO);
    let (Some(told), true) = (told, missing < below.len() && (missing == 0 || never_negative)) else {
        return Ok(());
    };
    let (whole, shown) = (Derived::from(&whole), said(&whole));
    let reported = below.len() - missing;
    if missing > 0 && sum.clone().and_more().exceeds(&whole) || missing == 0 && sum.exceeds(&whole) {
        findings.warn(
            told,
            "sum_exceeds",
            format!("{area} 以下 {reported} 个区划之和超过其本级的 {shown}"),
            format!("the {reported} areas below {area} come to more than its own {shown}"),
        );
    } else if missing == 0 && whole.exceeds(&sum) {
        findings.warn(
            told,
            "sum_differs",
            format!("{area} 以下 {reported} 个区划均已填报，其和不到本级的 {shown}"),
            format!("all {reported} areas below {area} have reported and come to less than its own {shown}"),
        );
    }
    Ok(())
}

/// A figure in a sentence: its comparator and its value.
fn said(quantity: &Quantity) -> String {
    let comparator = quantity.comparator.map_or("", |comparator| comparator.as_str());
    format!("{comparator}{}", quantity.value.to_fixed(quantity.decimals))
}
