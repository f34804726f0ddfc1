//! Drafts of what figures are measured by: units and metrics.

use serde::Deserialize;

use super::{
    Draft, NAME, THEME, WORDS, check_code, check_count, check_length, check_name, check_text, fault, folded,
    is_missing,
};
use crate::db::Conn;
use crate::db::columns::list;
use crate::db::ledger::{Edited, Entry};
use crate::db::metrics::{self, MetricRow};
use crate::db::units::{self, UnitRow};
use crate::domain::access::Sight;
use crate::domain::codes::*;
use crate::domain::decimal::Decimal;
use crate::domain::frequency::Frequency;
use crate::domain::text;
use crate::error::{Invalid, Result};

/// A unit of measure.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "the wire type of the same members describes them")]
pub struct UnitDraft {
    pub code: String,
    #[serde(deserialize_with = "text::one_label")]
    pub name: String,
    #[serde(deserialize_with = "text::one_label")]
    pub name_en: String,
    #[serde(deserialize_with = "text::one_label")]
    pub symbol: String,
    #[serde(deserialize_with = "text::one_label")]
    pub dimension: String,
    pub numerator: i64,
    pub denominator: i64,
}

impl Draft for UnitDraft {
    fn missing(&self, _: &mut Conn, _: Sight) -> Result<Option<(&'static str, String)>> {
        Ok(None)
    }

    fn natural_key(&self, _: &mut Conn) -> Result<String> {
        Ok(self.code.clone())
    }

    fn exists(&self, conn: &mut Conn) -> Result<bool> {
        Ok(units::get(conn, &self.code)?.is_some())
    }

    fn insert(&self, entry: &mut Entry<'_>) -> Result<()> {
        check_name("code", &self.code)?;
        check_name("name", &self.name)?;
        for (member, text) in
            [("name_en", &self.name_en), ("symbol", &self.symbol), ("dimension", &self.dimension)]
        {
            check_length(member, Some(text), NAME)?;
        }
        if self.numerator < 1 || self.denominator < 1 {
            let invalid = Invalid::new("factor", "换算系数必须为正", "the factor must be positive");
            return Err(fault("numerator", invalid).into());
        }
        let UnitDraft { code, name, name_en, symbol, dimension, numerator, denominator } = self.clone();
        let (seq, updated_at) = (entry.seq, entry.at);
        units::insert(
            entry,
            &UnitRow { code, name, name_en, symbol, dimension, numerator, denominator, seq, updated_at },
        )
    }
}

/// A metric of the dictionary.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "the wire type of the same members describes them")]
pub struct MetricDraft {
    pub code: String,
    #[serde(deserialize_with = "text::one_label")]
    pub name: String,
    #[serde(deserialize_with = "text::one_label")]
    pub name_en: String,
    #[serde(deserialize_with = "text::one_prose")]
    pub definition: String,
    #[serde(deserialize_with = "text::one_label")]
    pub theme: String,
    pub unit: String,
    pub decimals: i16,
    pub kind: MetricKind,
    pub area_rule: AreaRule,
    pub time_rule: TimeRule,
    pub numerator: Option<String>,
    pub denominator: Option<String>,
    pub weight: Option<String>,
    pub direction: Direction,
    #[serde(default)]
    pub frequencies: Vec<Frequency>,
    pub min: Option<Decimal>,
    pub max: Option<Decimal>,
    pub visibility: Visibility,
    pub status: MetricStatus,
    pub replaced_by: Option<String>,
    pub headline: Option<i16>,
}

impl Draft for MetricDraft {
    fn missing(&self, conn: &mut Conn, sight: Sight) -> Result<Option<(&'static str, String)>> {
        if units::get(conn, &self.unit)?.is_none() {
            return Ok(Some(("unit", self.unit.clone())));
        }
        let others = [
            ("numerator", &self.numerator),
            ("denominator", &self.denominator),
            ("weight", &self.weight),
            ("replaced_by", &self.replaced_by),
        ];
        for (member, code) in others {
            // A metric may refer to itself only once it is there.
            if let Some(code) = code
                && is_missing(metrics::find(conn, sight, code))?
            {
                return Ok(Some((member, code.clone())));
            }
        }
        Ok(None)
    }

    fn natural_key(&self, _: &mut Conn) -> Result<String> {
        Ok(self.code.clone())
    }

    fn exists(&self, conn: &mut Conn) -> Result<bool> {
        Ok(metrics::get(conn, &self.code)?.is_some())
    }

    fn edited(&self) -> Option<Edited> {
        Some(metrics::edited(&self.code))
    }

    fn insert(&self, entry: &mut Entry<'_>) -> Result<()> {
        check_code(&self.code)?;
        let row = self.row(entry)?;
        metrics::insert(entry, &row)
    }
}

impl MetricDraft {
    /// The row of a metric that is there already.
    ///
    /// Errors: `Invalid` with the members that break a rule.
    pub fn row(&self, entry: &Entry<'_>) -> Result<MetricRow> {
        check_name("name", &self.name)?;
        check_length("name_en", Some(&self.name_en), NAME)?;
        check_text("definition", &self.definition)?;
        check_length("definition", Some(&self.definition), WORDS)?;
        check_length("theme", Some(&self.theme), THEME)?;
        check_count("frequencies", &self.frequencies)?;
        self.check_rules()?;
        let MetricDraft {
            code,
            name,
            name_en,
            definition,
            theme,
            unit,
            decimals,
            kind,
            area_rule,
            time_rule,
            numerator,
            denominator,
            weight,
            direction,
            frequencies,
            min,
            max,
            visibility,
            status,
            replaced_by,
            headline,
        } = self.clone();
        let frequencies: Vec<String> = frequencies.iter().map(ToString::to_string).collect();
        Ok(MetricRow {
            folded: folded([code.as_str(), &name, &name_en]),
            code,
            name,
            name_en,
            definition,
            theme,
            unit,
            decimals,
            kind,
            area_rule,
            time_rule,
            numerator,
            denominator,
            weight,
            direction,
            frequencies: list(&frequencies)?,
            min,
            max,
            visibility,
            status,
            replaced_by,
            headline,
            seq: entry.seq,
            updated_at: entry.at,
        })
    }

    fn check_rules(&self) -> Result<()> {
        let refuse =
            |member: &str, zh: &str, en: &str| Err(fault(member, Invalid::new("metric_rule", zh, en)).into());
        if !(0..=6).contains(&self.decimals) {
            return refuse("decimals", "小数位数应为 0 到 6", "decimals are 0 to 6");
        }
        if self.headline.is_some_and(|place| place < 1) {
            return refuse(
                "headline",
                "首屏次序应为 1 到 32767",
                "a place on the first screen is 1 to 32767",
            );
        }
        if self.area_rule == AreaRule::RatioOfSums && (self.numerator.is_none() || self.denominator.is_none())
        {
            return refuse(
                "area_rule",
                "ratio_of_sums 需要 numerator 和 denominator",
                "ratio_of_sums needs numerator and denominator",
            );
        }
        if self.area_rule == AreaRule::WeightedMean && self.weight.is_none() {
            return refuse("area_rule", "weighted_mean 需要 weight", "weighted_mean needs weight");
        }
        if matches!(self.kind, MetricKind::Ratio | MetricKind::Average | MetricKind::Index | MetricKind::Rank)
            && (self.area_rule == AreaRule::Sum || self.time_rule == TimeRule::Sum)
        {
            return refuse(
                "area_rule",
                "比率、平均数、指数和位次不能相加",
                "ratios, averages, indices and ranks are never summed",
            );
        }
        if self.min.zip(self.max).is_some_and(|(min, max)| min > max) {
            return refuse("min", "min 大于 max", "min is greater than max");
        }
        Ok(())
    }
}
