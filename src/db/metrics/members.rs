//! The members of a metric, as they are handed in, kept and answered: a new one is declared here alone, beside its
//! column.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::db::schema::metrics;
use crate::domain::code::Code;
use crate::domain::codes::{AreaRule, Direction, MetricKind, MetricStatus, TimeRule, Visibility};
use crate::domain::decimal::Decimal;
use crate::domain::frequency::{Frequencies, Frequency};
use crate::domain::text::{Line, Name, Note, Theme};

/// What is measured 指标: its definition, its unit, and how it rolls up.
#[derive(
    Debug,
    Clone,
    PartialEq,
    Eq,
    Serialize,
    Deserialize,
    ToSchema,
    Queryable,
    Selectable,
    Insertable,
    AsChangeset,
)]
#[diesel(table_name = metrics, treat_none_as_default_value = false, treat_none_as_null = true)]
#[serde(deny_unknown_fields)]
#[schema(as = MetricInput, example = json!({
    "code": "housing.illegal.demolished_area", "name": "拆除违章建筑面积",
    "name_en": "Area of illegal buildings demolished", "theme": "housing", "unit": "MTK", "kind": "flow",
    "frequencies": ["year"], "direction": "higher",
}))]
pub struct Metric {
    /// Code, dotted from the general to the particular.
    #[schema(example = "housing.illegal.demolished_area", pattern = "^[a-z0-9][a-z0-9._-]{0,63}$")]
    pub code: String,
    /// Name in Chinese.
    pub name: Name,
    /// Name in English; by default the name in Chinese.
    #[schema(required = false)]
    pub name_en: Line,
    /// Definition 口径, in Chinese: what is counted and what is not.
    #[schema(required = false)]
    pub definition: Note,
    /// Theme.
    #[schema(required = false)]
    pub theme: Theme,
    /// Code of the unit that its observations are held in.
    pub unit: Name,
    /// Decimals that its figures are usually shown with.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 6)]
    pub decimals: i16,
    /// Kind of number.
    pub kind: MetricKind,
    /// How it rolls up over areas; by default stocks and flows are summed, a ratio of two metrics is worked out from
    /// their sums, an average with a weight is weighted, and nothing else rolls up.
    #[schema(required = false)]
    pub area_rule: AreaRule,
    /// How it rolls up over time; by default flows are summed, of stocks the last counts, and nothing else rolls up.
    #[schema(required = false)]
    pub time_rule: TimeRule,
    /// Metric above the line of a ratio; null when it is no ratio of metrics.
    #[schema(value_type = Option<Code>)]
    pub numerator: Option<String>,
    /// Metric below the line of a ratio; null when it is no ratio of metrics.
    #[schema(value_type = Option<Code>)]
    pub denominator: Option<String>,
    /// Metric that weights a mean over areas; null when none does.
    #[schema(value_type = Option<Code>)]
    pub weight: Option<String>,
    /// Which way is better; `neutral` by default.
    #[schema(required = false)]
    pub direction: Direction,
    /// Frequencies at which it is reported; all by default.
    #[serde(default)]
    #[schema(value_type = Vec<Frequency>, max_items = 200, example = json!(["year"]))]
    pub frequencies: Frequencies,
    /// Least possible value, in its unit; null when there is none.
    pub min: Option<Decimal>,
    /// Greatest possible value, in its unit; null when there is none.
    pub max: Option<Decimal>,
    /// Who may read it and its observations; `public` by default.
    #[schema(required = false)]
    pub visibility: Visibility,
    /// Whether it still takes observations; `active` by default.
    #[schema(required = false)]
    pub status: MetricStatus,
    /// The metric that took its place; null when none did.
    #[schema(value_type = Option<Code>)]
    pub replaced_by: Option<String>,
    /// Its place among the headlines of an overview, the lowest first; null: after those that have one.
    #[schema(minimum = 1, maximum = 32767)]
    pub headline: Option<i16>,
}
