//! How the rows of a submission go with each other and with what is published. All that is found here
//! are warnings: the figures may be right, and then a note says why.

use std::collections::{BTreeSet, HashMap};

use super::figures::Figures;
use super::findings::{Findings, Row};
use crate::db::Conn;
use crate::db::metrics::{self, MetricRow};
use crate::db::observations::Key;
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
use crate::exchange::drafts::sources::Sources;

/// Code of the warning that something published would be revised.
pub(super) const EXISTS: &str = "exists";

/// The unit of ratios that can be compared with those of their terms.
const PERCENT: &str = "P1";

/// Compares the rows.
pub(super) fn check(
    conn: &mut Conn,
    sources: &Sources,
    figures: &mut Figures,
    rows: &[Row],
    findings: &mut Findings,
) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let ratios = Ratios::of(conn, sources, figures)?;
    let compared = ratios.metrics(figures);
    figures.load(conn, compared)?;
    for row in rows {
        published(figures, row, findings);
        jump(figures, row, findings);
    }
    ratios.check(figures, rows, findings);
    sums(figures, rows, findings);
    Ok(())
}

/// Whether a row would revise what is published.
fn published(figures: &Figures, row: &Row, findings: &mut Findings) {
    if let Some(before) = figures.published(&row.key) {
        let before = said(&before);
        findings.warn(
            row.number,
            EXISTS,
            format!("已公布 {before}，批准后将被修订"),
            format!("{before} is published and would be revised"),
        );
    }
}

/// Whether a row is far from the figure of the period before.
fn jump(figures: &Figures, row: &Row, findings: &mut Findings) {
    let Key { accumulation, period, .. } = row.key;
    let previous = before(accumulation, &period).filter(|_| !grows(accumulation, &period));
    let Some(previous) = previous else { return };
    let before = figures.get(&Key { period: previous, ..row.key.clone() });
    if let Some(before) = before.filter(|before| jumps(before, &row.quantity)) {
        let (before, now) = (said(&before), said(&row.quantity));
        findings.warn(
            row.number,
            "jump",
            format!("{previous} 为 {before}，本期为 {now}，变动达一半以上"),
            format!("was {before} in {previous} and is {now} now, a change by half or more"),
        );
    }
}

/// The ratios that the metrics of the rows are, or are terms of.
struct Ratios<'a> {
    known: Vec<MetricRow>,
    /// The units that their terms are held in, by the codes of the terms.
    units: HashMap<String, &'a Unit>,
}

impl<'a> Ratios<'a> {
    fn of(conn: &mut Conn, sources: &'a Sources, figures: &Figures) -> Result<Ratios<'a>> {
        let own = figures.metrics();
        let mut known = metrics::ratios(conn)?;
        known.retain(|ratio| codes(ratio).any(|code| own.contains(code)));
        let terms: BTreeSet<String> = known.iter().flat_map(codes).map(str::to_owned).collect();
        let terms = metrics::known_among(conn, terms.into_iter().collect())?;
        let unit = |metric: &MetricRow| sources.units.iter().find(|unit| unit.code == *metric.unit);
        let units = terms.iter().filter_map(|metric| Some((metric.code.clone(), unit(metric)?))).collect();
        Ok(Ratios { known, units })
    }

    /// The metrics whose figures are compared.
    fn metrics(&self, figures: &Figures) -> BTreeSet<String> {
        figures.metrics().into_iter().chain(self.known.iter().flat_map(codes).map(str::to_owned)).collect()
    }

    /// Whether parts exceed their whole, and ratios are not those of their terms.
    fn check(&self, figures: &Figures, rows: &[Row], findings: &mut Findings) {
        for row in rows {
            // A rate or a stock is an instant, whatever its terms accumulate over.
            let over = match row.key.accumulation {
                Accumulation::Instant => Accumulation::ALL,
                _ => std::slice::from_ref(&row.key.accumulation),
            };
            for ratio in self.known.iter().filter(|ratio| codes(ratio).any(|code| code == row.key.metric)) {
                for &accumulation in over {
                    self.ratio(figures, ratio, &Key { accumulation, ..row.key.clone() }, findings);
                }
            }
        }
    }

    /// A figure of `whole` in the unit that `part` is held in; none when that is not exact.
    fn in_unit_of(&self, part: &str, whole: &str, quantity: Quantity) -> Option<Quantity> {
        quantity.convert(self.units.get(whole)?, self.units.get(part)?).ok()
    }

    /// Compares one ratio with its terms, of the area, period, accumulation and role of `like`.
    fn ratio(&self, figures: &Figures, ratio: &MetricRow, like: &Key, findings: &mut Findings) {
        let (Some(part), Some(whole)) = (&ratio.numerator, &ratio.denominator) else { return };
        let Some((part_key, above)) = alike(figures, part, like) else { return };
        let Some((whole_key, below)) = alike(figures, whole, like) else { return };
        let Some(below) = self.in_unit_of(part, whole, below) else { return };
        let stated = alike(figures, &ratio.code, like);
        let part_row = figures.row(&part_key).or_else(|| figures.row(&whole_key));
        if let Some(row) = part_row.filter(|_| Derived::from(&above).exceeds(&Derived::from(&below))) {
            findings.warn(
                row,
                "part_exceeds_whole",
                format!("{part} 为 {}，大于 {whole} 的 {}", said(&above), said(&below)),
                format!("{part} is {}, more than the {} of {whole}", said(&above), said(&below)),
            );
        }
        let Some((key, share)) = stated.filter(|_| *ratio.unit == *PERCENT) else { return };
        if let Some(row) = figures.row(&key).or(part_row).filter(|_| disagrees(&share, &above, &below)) {
            findings.warn(
                row,
                "ratio_disagrees",
                format!(
                    "{} 为 {}%，与 {} 除以 {} 不符",
                    ratio.code,
                    said(&share),
                    said(&above),
                    said(&below)
                ),
                format!(
                    "{} is {} %, which is not {} by {}",
                    ratio.code,
                    said(&share),
                    said(&above),
                    said(&below)
                ),
            );
        }
    }
}

/// The metrics of a ratio: itself and its terms.
fn codes(ratio: &MetricRow) -> impl Iterator<Item = &str> {
    [Some(&ratio.code), ratio.numerator.as_ref(), ratio.denominator.as_ref()]
        .into_iter()
        .flatten()
        .map(String::as_str)
}

/// The figure of another metric that goes with a key: of its accumulation, or an instant.
fn alike(figures: &Figures, metric: &str, like: &Key) -> Option<(Key, Quantity)> {
    [like.accumulation, Accumulation::Instant].into_iter().find_map(|accumulation| {
        let key = Key { metric: metric.to_owned(), accumulation, ..like.clone() };
        figures.get(&key).map(|quantity| (key, quantity))
    })
}

/// Whether the areas directly below one come to another sum than its own figure.
fn sums(figures: &Figures, rows: &[Row], findings: &mut Findings) {
    let mut seen = BTreeSet::new();
    let summed = |row: &&Row| row.metric.area_rule == AreaRule::Sum && row.key.role == Role::Actual;
    for row in rows.iter().filter(summed) {
        for area in figures.above(row.key.area).into_iter().chain([row.key.area]) {
            let group = (row.key.metric.clone(), row.key.period, row.key.accumulation.as_str(), area);
            if seen.insert(group) {
                sum_of(figures, row, area, findings);
            }
        }
    }
}

/// Compares the figure of an area with the sum of those directly below it, in the metric, period and
/// accumulation of a row. The warning is the area's own row's, or that of the first below that has one.
fn sum_of(figures: &Figures, row: &Row, area: AreaCode, findings: &mut Findings) {
    let whole_key = Key { area, ..row.key.clone() };
    let Some(whole) = figures.get(&whole_key) else { return };
    let (mut sum, mut missing, mut told) = (Derived::zero(), 0, figures.row(&whole_key));
    let below = figures.below(area, counted_days(row.metric.kind, row.key.period));
    for &code in &below {
        let key = Key { area: code, ..row.key.clone() };
        match figures.get(&key) {
            Some(figure) => sum = sum.plus(&Derived::from(&figure)),
            None => missing += 1,
        }
        told = told.or_else(|| figures.row(&key));
    }
    let never_negative = row.metric.min.is_some_and(|min| min >= Decimal::ZERO);
    let (Some(told), true) = (told, missing < below.len() && (missing == 0 || never_negative)) else {
        return;
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
}

/// A figure in a sentence: its comparator and its value.
fn said(quantity: &Quantity) -> String {
    let comparator = quantity.comparator.map_or("", |comparator| comparator.as_str());
    format!("{comparator}{}", quantity.value.to_fixed(quantity.decimals))
}
