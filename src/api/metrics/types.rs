//! Metrics as they go over the wire.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::body::changes::Changes;
use crate::api::body::rows::{New, Writable};
use crate::db::columns::words;
use crate::db::metrics::MetricRow;
use crate::domain::codes::{AreaRule, Direction, MetricKind, MetricStatus, TimeRule, Visibility};
use crate::domain::decimal::Decimal;
use crate::domain::frequency::Frequency;
use crate::error::Result;
use crate::exchange::drafts::reference::MetricDraft;
use crate::exchange::table::Tabular;

/// What is measured 指标: its definition, its unit, and how it rolls up.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Metric {
    /// Code, dotted from the general to the particular.
    #[schema(example = "housing.illegal.demolished_area", pattern = "^[a-z0-9][a-z0-9._-]{0,63}$")]
    pub code: String,
    /// Name in Chinese.
    #[schema(example = "拆除违章建筑面积")]
    pub name: String,
    /// Name in English.
    #[schema(example = "Area of illegal buildings demolished")]
    pub name_en: String,
    /// Definition 口径, in Chinese: what is counted and what is not.
    pub definition: String,
    /// Theme.
    #[schema(example = "housing")]
    pub theme: String,
    /// Code of the unit that its observations are held in.
    #[schema(example = "MTK")]
    pub unit: String,
    /// Decimals that its figures are usually shown with.
    #[schema(minimum = 0, maximum = 6)]
    pub decimals: i16,
    /// Kind of number.
    pub kind: MetricKind,
    /// How it rolls up over areas.
    pub area_rule: AreaRule,
    /// How it rolls up over time.
    pub time_rule: TimeRule,
    /// Metric above the line of a ratio; null when it is no ratio of metrics.
    pub numerator: Option<String>,
    /// Metric below the line of a ratio; null when it is no ratio of metrics.
    pub denominator: Option<String>,
    /// Metric that weights a mean over areas; null when none does.
    pub weight: Option<String>,
    /// Which way is better.
    pub direction: Direction,
    /// Frequencies at which it is reported: `year`, `half_year`, `quarter`, `month`, `week`, `day`.
    #[schema(value_type = Vec<Frequency>, example = json!(["year"]))]
    pub frequencies: Vec<String>,
    /// Least possible value, in its unit; null when there is none.
    pub min: Option<Decimal>,
    /// Greatest possible value, in its unit; null when there is none.
    pub max: Option<Decimal>,
    /// Who may read it and its observations.
    pub visibility: Visibility,
    /// Whether it still takes observations.
    pub status: MetricStatus,
    /// The metric that took its place; null when none did.
    pub replaced_by: Option<String>,
    /// Its place among the headlines of an overview, the lowest first; null: after those that have one.
    #[schema(minimum = 1, maximum = 32767)]
    pub headline: Option<i16>,
    /// Number of the entry that last touched this row.
    #[schema(minimum = 1)]
    pub seq: i64,
    /// When that entry was made.
    pub updated_at: DateTime<Utc>,
}

/// A metric as a body: all of it, for PUT.
pub type NewMetric = New<MetricDraft>;

/// Changes of a metric, for PATCH.
pub type MetricChanges = Changes<MetricDraft>;

impl Writable for MetricDraft {
    const NAME: &'static str = "Metric";
    const READ_ONLY: &'static [&'static str] = &["seq", "updated_at"];
    const KEY: &'static [&'static str] = &["code"];
    const REQUIRED: &'static [&'static str] = &[
        "name",
        "name_en",
        "definition",
        "theme",
        "unit",
        "decimals",
        "kind",
        "area_rule",
        "time_rule",
        "direction",
        "visibility",
        "status",
    ];
}

impl Tabular for Metric {
    const COLUMNS: &'static [&'static str] = &[
        "code",
        "name",
        "name_en",
        "definition",
        "theme",
        "unit",
        "decimals",
        "kind",
        "area_rule",
        "time_rule",
        "numerator",
        "denominator",
        "weight",
        "direction",
        "frequencies",
        "min",
        "max",
        "visibility",
        "status",
        "replaced_by",
        "headline",
        "seq",
        "updated_at",
    ];
}

impl TryFrom<MetricRow> for Metric {
    type Error = crate::error::Error;

    fn try_from(row: MetricRow) -> Result<Metric> {
        let MetricRow {
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
            folded: _,
            seq,
            updated_at,
        } = row;
        Ok(Metric {
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
            frequencies: words(&frequencies)?,
            min,
            max,
            visibility,
            status,
            replaced_by,
            headline,
            seq,
            updated_at: updated_at.and_utc(),
        })
    }
}
