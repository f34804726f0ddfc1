//! Drafts of what figures are measured by: units and metrics.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::{Draft, check_code, fault, folded};
use crate::db::Conn;
use crate::db::columns::list;
use crate::db::ledger::{Edited, Entry};
use crate::db::metrics::members::Metric;
use crate::db::metrics::{self, MetricRow};
use crate::db::units::{self, UnitRow};
use crate::domain::codes::*;
use crate::domain::text::{Line, Name};
use crate::error::{Invalid, Result};
use crate::exchange::reading::HandedIn;
use crate::exchange::references::{References, Refers};

/// A unit of measure.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "the wire type of the same members describes them")]
#[schema(as = UnitInput)]
pub struct UnitDraft {
    pub code: Name,
    pub name: Name,
    pub name_en: Line,
    pub symbol: Line,
    #[serde(default)]
    #[schema(max_items = 100)]
    pub aliases: Vec<Name>,
    pub dimension: Line,
    #[schema(minimum = 1)]
    pub numerator: i64,
    #[schema(minimum = 1)]
    pub denominator: i64,
}

impl Draft for UnitDraft {
    fn natural_key(&self, _: &mut Conn) -> Result<String> {
        Ok(self.code.to_string())
    }

    fn exists(&self, conn: &mut Conn) -> Result<bool> {
        Ok(units::get(conn, &self.code)?.is_some())
    }

    fn insert(&self, entry: &mut Entry<'_>) -> Result<()> {
        let UnitDraft { code, name, name_en, symbol, aliases, dimension, numerator, denominator } =
            self.clone();
        let aliases = list(&aliases)?;
        let (seq, updated_at) = (entry.seq, entry.at);
        units::insert(
            entry,
            &UnitRow {
                code: code.into(),
                name: name.into(),
                name_en: name_en.into(),
                symbol: symbol.into(),
                dimension: dimension.into(),
                numerator,
                denominator,
                seq,
                updated_at,
                aliases,
            },
        )
    }
}

impl HandedIn for UnitDraft {}

impl HandedIn for Metric {
    fn fill(members: &mut Map<String, Value>) {
        let has = |name: &str| members.get(name).is_some_and(|member| !member.is_null());
        let kind = members.get("kind").and_then(Value::as_str).and_then(|kind| kind.parse().ok());
        let area_rule = match kind {
            Some(MetricKind::Stock | MetricKind::Flow) => AreaRule::Sum,
            Some(MetricKind::Ratio) if has("numerator") && has("denominator") => AreaRule::RatioOfSums,
            Some(MetricKind::Average) if has("weight") => AreaRule::WeightedMean,
            _ => AreaRule::None,
        };
        let time_rule = match kind {
            Some(MetricKind::Stock) => TimeRule::Last,
            Some(MetricKind::Flow) => TimeRule::Sum,
            _ => TimeRule::None,
        };
        let name = members.get("name").filter(|name| name.is_string()).cloned();
        let defaults = [
            ("name_en", name.unwrap_or_else(|| "".into())),
            ("definition", "".into()),
            ("theme", "".into()),
            ("area_rule", area_rule.as_str().into()),
            ("time_rule", time_rule.as_str().into()),
            ("direction", Direction::Neutral.as_str().into()),
            ("visibility", Visibility::Public.as_str().into()),
            ("status", MetricStatus::Active.as_str().into()),
        ];
        for (name, default) in defaults {
            members.entry(name).or_insert(default);
        }
    }
}

impl Draft for Metric {
    const REFERENCES: References = &[
        ("unit", Refers::Unit),
        ("numerator", Refers::Metric),
        ("denominator", Refers::Metric),
        ("weight", Refers::Metric),
        ("replaced_by", Refers::Metric),
    ];

    fn natural_key(&self, _: &mut Conn) -> Result<String> {
        Ok(self.code.to_string())
    }

    fn exists(&self, conn: &mut Conn) -> Result<bool> {
        Ok(metrics::get(conn, &self.code)?.is_some())
    }

    fn edited(&self) -> Option<Edited> {
        Some(metrics::edited(&self.code))
    }

    fn insert(&self, entry: &mut Entry<'_>) -> Result<()> {
        check_code(&self.code)?;
        let row = metric_row(self, entry)?;
        metrics::insert(entry, &row)
    }
}

/// The row of a metric.
///
/// Errors: `Invalid` with the members that break a rule.
pub fn metric_row(metric: &Metric, entry: &Entry<'_>) -> Result<MetricRow> {
    check_rules(metric)?;
    Ok(MetricRow {
        folded: folded([metric.code.as_str(), &metric.name, &metric.name_en]),
        members: metric.clone(),
        seq: entry.seq,
        updated_at: entry.at,
    })
}

fn check_rules(metric: &Metric) -> Result<()> {
    let refuse =
        |member: &str, zh: &str, en: &str| Err(fault(member, Invalid::new("metric_rule", zh, en)).into());
    if metric.area_rule == AreaRule::RatioOfSums
        && (metric.numerator.is_none() || metric.denominator.is_none())
    {
        return refuse(
            "area_rule",
            "ratio_of_sums 需要 numerator 和 denominator",
            "ratio_of_sums needs numerator and denominator",
        );
    }
    if metric.area_rule == AreaRule::WeightedMean && metric.weight.is_none() {
        return refuse("area_rule", "weighted_mean 需要 weight", "weighted_mean needs weight");
    }
    if matches!(metric.kind, MetricKind::Ratio | MetricKind::Average | MetricKind::Index | MetricKind::Rank)
        && (metric.area_rule == AreaRule::Sum || metric.time_rule == TimeRule::Sum)
    {
        return refuse(
            "area_rule",
            "比率、平均数、指数和位次不能相加",
            "ratios, averages, indices and ranks are never summed",
        );
    }
    if metric.min.zip(metric.max).is_some_and(|(min, max)| min > max) {
        return refuse("min", "min 大于 max", "min is greater than max");
    }
    Ok(())
}
