//! The query parameters of observations.

use std::str::FromStr;

use chrono::NaiveDateTime;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::Schema;
use utoipa::{IntoParams, ToSchema};

use super::types::Observation;
use crate::api::query::{Fields, FromFields};
use crate::db::observations::selection::{ObservationSort, Selection};
use crate::db::sight::Moment;
use crate::domain::access::Sight;
use crate::domain::area_code::AreaCode;
use crate::domain::code::Code;
use crate::domain::codes::{self, Accumulation, Level, Listed, Role};
use crate::domain::decimal::Decimal;
use crate::domain::period::Period;
use crate::domain::quantity::Comparator;
use crate::domain::when::When;
use crate::error::{Fault, Invalid, Result};

/// Which observations a list shows, as of when, in which order, and what of each.
#[derive(Debug, Clone, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ObservationFilter {
    /// Codes of metrics, repeated or comma-separated.
    #[param(value_type = Vec<Code>, example = json!(["housing.illegal.demolished_area"]))]
    pub metric: Vec<String>,
    /// Observations of the metrics of these themes; repeated for several.
    #[param(example = json!(["housing"]))]
    pub theme: Vec<String>,
    /// Exactly these areas, repeated or comma-separated codes of 2, 4, 6, 9 or 12 digits.
    #[param(example = json!(["430681107"]))]
    pub area: Vec<AreaCode>,
    /// This area and all below it. 2, 4, 6, 9 or 12 digits.
    #[param(example = "430681107")]
    pub within: Option<AreaCode>,
    /// Levels of the areas, repeated or comma-separated.
    #[param(example = json!(["township"]))]
    pub level: Vec<Level>,
    /// Exactly these periods, repeated or comma-separated. Chinese spellings (2022年7月) are normalised.
    #[param(example = json!(["2022"]))]
    pub period: Vec<Period>,
    /// Periods that begin with the first day of this period or later.
    #[param(example = "2022")]
    pub from: Option<Period>,
    /// Periods that end with the last day of this period or earlier.
    #[param(example = "2022-12")]
    pub to: Option<Period>,
    /// Accumulations, repeated or comma-separated.
    #[param(example = json!(["period", "ytd"]))]
    pub accumulation: Vec<Accumulation>,
    /// Roles, repeated or comma-separated.
    #[param(example = json!(["actual"]))]
    pub role: Vec<Role>,
    /// Codes of the reports that the figures are taken from, repeated or comma-separated.
    #[param(value_type = Vec<Code>, example = json!(["bishi-2022"]))]
    pub report: Vec<String>,
    /// Comparators, repeated or comma-separated; `none` for exact figures.
    #[param(example = json!([">", "none"]))]
    pub comparator: Vec<ComparatorChoice>,
    /// At least this much, in the unit that each metric is held in.
    #[param(example = 10)]
    pub value_ge: Option<Decimal>,
    /// At most this much, in the unit that each metric is held in.
    #[param(example = 100000)]
    pub value_le: Option<Decimal>,
    /// Makes `value_ge` and `value_le` decide by bounds: only figures that certainly qualify.
    #[param(required = false, default = false)]
    pub certain: bool,
    /// Figures as the public could know them at the end of a day (`2023-01-31`) or at an instant
    /// (`2023-01-31T08:00:00+08:00`); now by default, and at the latest but for keys that see what is not yet released.
    #[param(value_type = Option<When>, example = "2023-12-31")]
    pub as_of: Option<AsOf>,
    /// Unit to convert every figure into, by code; 422 for a figure of another dimension.
    #[param(example = "MTK")]
    pub unit: Option<String>,
    /// Adds `metric_name`, `area_name` and `unit_name`.
    #[param(required = false, default = false)]
    pub names: bool,
    /// Of each metric and area only the newest so many periods that the other parameters leave. Of two periods that
    /// end on one day the shorter is the newer.
    #[param(minimum = 1, maximum = 1000, example = 1)]
    pub latest: Option<i64>,
    /// Order: `id` (default), `metric`, `area`, `period`, `value`, `released_at` or `seq`; a minus
    /// before it descends. `value` sorts by the unit each metric is held in.
    #[param(required = false, inline, value_type = Option<ObservationSort>, example = "-period")]
    pub sort: ObservationSort,
    /// Members to keep, repeated or comma-separated; all by default. JSON-stat and SDMX-CSV have their own.
    #[param(example = json!(["metric", "area", "period", "value", "unit", "comparator", "text"]))]
    pub fields: Vec<String>,
}

/// What one observation shows, and as of when.
#[derive(Debug, Clone, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ObservationView {
    /// The figure as the public could know it at the end of a day or at an instant; now by default,
    /// and at the latest but for keys that see what is not yet released.
    #[param(value_type = Option<When>, example = "2023-12-31")]
    pub as_of: Option<AsOf>,
    /// Unit to convert the figure into, by code; 422 for one of another dimension.
    #[param(example = "MTK")]
    pub unit: Option<String>,
    /// Adds `metric_name`, `area_name` and `unit_name`.
    #[param(required = false, default = false)]
    pub names: bool,
}

impl FromFields for ObservationView {
    fn from_fields(fields: &mut Fields) -> ObservationView {
        ObservationView { as_of: fields.one("as_of"), unit: fields.text("unit"), names: fields.flag("names") }
    }
}

impl FromFields for ObservationFilter {
    fn from_fields(fields: &mut Fields) -> ObservationFilter {
        ObservationFilter {
            metric: fields.codes("metric"),
            theme: fields.texts("theme"),
            area: fields.many("area"),
            within: fields.one("within"),
            level: fields.many("level"),
            period: fields.many("period"),
            from: fields.one("from"),
            to: fields.one("to"),
            accumulation: fields.many("accumulation"),
            role: fields.many("role"),
            report: fields.codes("report"),
            comparator: fields.many("comparator"),
            value_ge: fields.one("value_ge"),
            value_le: fields.one("value_le"),
            certain: fields.flag("certain"),
            as_of: fields.one("as_of"),
            unit: fields.text("unit"),
            names: fields.flag("names"),
            latest: fields.number("latest", 1, 1000),
            sort: fields.one("sort").unwrap_or_default(),
            fields: fields.members_of::<Observation>("fields"),
        }
    }
}

impl ObservationFilter {
    /// Checks the rules between its parameters.
    pub fn check(&self) -> Result<()> {
        if self.certain && self.value_ge.is_none() && self.value_le.is_none() {
            let (zh, en) =
                ("certain 需要与 value_ge 或 value_le 一起使用", "needs value_ge or value_le beside it");
            return Err(Fault::parameter("certain", Invalid::new("certain_of_what", zh, en)).into());
        }
        Ok(())
    }

    /// The filter as the database understands it, at a time.
    pub fn selection(&self, sight: Sight, now: NaiveDateTime) -> Selection {
        Selection {
            metric: self.metric.clone(),
            theme: self.theme.clone(),
            area: self.area.clone(),
            within: self.within,
            level: self.level.clone(),
            period: self.period.clone(),
            from: self.from,
            to: self.to,
            accumulation: self.accumulation.clone(),
            role: self.role.clone(),
            report: self.report.clone(),
            comparator: self
                .comparator
                .iter()
                .map(|ComparatorChoice(choice)| choice.map(|comparator| comparator.to_string()))
                .collect(),
            value_ge: self.value_ge,
            value_le: self.value_le,
            certain: self.certain,
            latest: self.latest,
            moment: Moment::new(sight, self.as_of.map(AsOf::time), now),
            sort: self.sort,
        }
    }
}

/// A comparator, or none.
#[derive(Debug, Clone, Copy)]
pub struct ComparatorChoice(Option<Comparator>);

impl ToSchema for ComparatorChoice {}

impl utoipa::PartialSchema for ComparatorChoice {
    fn schema() -> RefOr<Schema> {
        let exact: Listed = ("None", "none", "无比较符", "The figure is exact");
        let listed: Vec<Listed> = Comparator::LISTED.iter().copied().chain([exact]).collect();
        codes::schema("Comparators that figures are chosen by.", ("比较符", "comparator"), &listed)
    }
}

impl FromStr for ComparatorChoice {
    type Err = Invalid;

    fn from_str(word: &str) -> Result<ComparatorChoice, Invalid> {
        if word == "none" {
            Ok(ComparatorChoice(None))
        } else {
            word.parse().map(|c| ComparatorChoice(Some(c)))
        }
    }
}

/// The time of an "as of" question, in UTC.
#[derive(Debug, Clone, Copy)]
pub struct AsOf(NaiveDateTime);

impl AsOf {
    /// The time asked for.
    pub fn time(self) -> NaiveDateTime {
        self.0
    }
}

impl FromStr for AsOf {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<AsOf, Invalid> {
        text.parse().map(|when: When| AsOf(when.last()))
    }
}
