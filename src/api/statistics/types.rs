//! What the rows of several statistics have in common.

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::area_code::AreaCode;
use crate::domain::codes::{Accumulation, AreaRule, Direction, Role, TimeRule};
use crate::domain::decimal::Decimal;
use crate::domain::derived::{Derived, Shown};
use crate::domain::quantity::Comparator;
use crate::error::Result;
use crate::statistics::Question;
use crate::statistics::outside_life::OutsideLife;

/// Warning that a number had to be rounded at six decimals.
pub const ROUNDED: &str = "rounded";

/// At most so many areas that have not reported, or have no rank, are named.
pub const MOST_NAMED: usize = 50;

/// The metric that a statistic is of, and the key that its figures share.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MetricMeta {
    /// Code of the metric.
    #[schema(example = "education.fund.raised")]
    pub metric: String,
    /// Name of the metric in Chinese.
    pub name: String,
    /// Name of the metric in English.
    pub name_en: String,
    /// Code of the unit of all numbers.
    #[schema(example = "CNY_10K")]
    pub unit: String,
    /// How the metric rolls up over areas.
    pub area_rule: AreaRule,
    /// How the metric rolls up over time.
    pub time_rule: TimeRule,
    /// Which way the metric is better.
    pub direction: Direction,
    /// Accumulation of the figures.
    pub accumulation: Accumulation,
    /// Role of the figures.
    pub role: Role,
}

impl From<&Question> for MetricMeta {
    fn from(question: &Question) -> MetricMeta {
        let metric = question.metric.members.clone();
        MetricMeta {
            metric: metric.code,
            name: metric.name.into(),
            name_en: metric.name_en.into(),
            unit: question.unit.code.clone(),
            area_rule: metric.area_rule,
            time_rule: metric.time_rule,
            direction: metric.direction,
            accumulation: question.accumulation,
            role: question.role,
        }
    }
}

/// Figures that are stated and not counted, because their area did not exist then: on no day of their period,
/// for a flow; on its last day, for all else.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct NotCounted {
    /// How many figures.
    #[schema(minimum = 0, example = 0)]
    pub figures: usize,
    /// Their areas, in order of code; the first 50 of them.
    pub areas: Vec<AreaCode>,
}

impl From<OutsideLife> for NotCounted {
    fn from(OutsideLife { figures, mut areas }: OutsideLife) -> NotCounted {
        areas.truncate(MOST_NAMED);
        NotCounted { figures, areas }
    }
}

/// A number that was worked out, with the bounds that follow from those of the figures.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
#[schema(as = Worked)]
pub struct Number {
    /// The number; null when there is nothing to work it out from. Rounded, with the warning `rounded`, where
    /// it has more than six decimals or fifteen digits.
    #[schema(example = 600)]
    pub value: Option<Decimal>,
    /// How the true number lies to `value`, from its bounds; null when it is exact.
    pub comparator: Option<Comparator>,
    /// Least that the true number can be, rounded down; null when there is no such bound.
    pub lower: Option<Decimal>,
    /// Most that the true number can be, rounded up; null when there is no such bound.
    pub upper: Option<Decimal>,
    /// Whether the true number can be `lower` itself; false without a bound.
    pub lower_inclusive: bool,
    /// Whether the true number can be `upper` itself; false without a bound.
    pub upper_inclusive: bool,
    /// What to mind: `rounded`.
    #[schema(example = json!([]))]
    pub warnings: Vec<String>,
}

impl Number {
    /// A number as a question wants it told.
    ///
    /// Errors: `overflow`.
    pub fn new(question: &Question, number: Option<&Derived>) -> Result<Number> {
        Ok(number
            .map(|number| question.shown(number))
            .transpose()?
            .map_or_else(Number::default, Number::from))
    }
}

impl From<Shown> for Number {
    fn from(shown: Shown) -> Number {
        let Shown { value, comparator, lower, upper, lower_inclusive, upper_inclusive, rounded } = shown;
        let warnings = if rounded { vec![ROUNDED.to_owned()] } else { Vec::new() };
        Number { value: Some(value), comparator, lower, upper, lower_inclusive, upper_inclusive, warnings }
    }
}
