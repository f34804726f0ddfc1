//! Observations and revisions as they go over the wire.

use chrono::{DateTime, FixedOffset, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use crate::db::columns::words;
use crate::db::observations::{Key, ObservationRow, RevisionRow, Stated};
use crate::domain::area_code::AreaCode;
use crate::domain::citation::Citation;
use crate::domain::codes::{Accumulation, RevisionReason, Role, Spread};
use crate::domain::decimal::Decimal;
use crate::domain::period::Period;
use crate::domain::quantity::Comparator;
use crate::domain::unit::{Unit, convert_rounded};
use crate::domain::zone;
use crate::error::{Fault, Result};
use crate::exchange::cube::{Cube, dimensions};
use crate::exchange::table::Tabular;

/// A statement of one metric for one area and one period 观测值: what a source says, with its
/// qualifier, its words and where they stand.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Observation {
    /// Id in this installation. The natural key is metric, area, period, accumulation and role.
    #[schema(example = 40, minimum = 1)]
    pub id: i64,
    /// Code of the metric.
    #[schema(example = "homestead.fee.collected")]
    pub metric: String,
    /// Name of the metric, with `names=true` only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metric_name: Option<String>,
    /// Code of the area.
    pub area: AreaCode,
    /// Name of the area, with `names=true` only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub area_name: Option<String>,
    /// Period: `2022`, `2022-S1`, `2022-Q3`, `2022-07`, `2022-W35`, `2022-08-01`, or an interval
    /// `2022-01/2022-11`.
    #[schema(example = "2022")]
    pub period: Period,
    /// Over which span within the period the figure accumulates.
    pub accumulation: Accumulation,
    /// Whether it is a result, an aim, a projection or a point of comparison.
    pub role: Role,
    /// The figure, exact: magnitude below 10^12, at most 6 decimals and 15 significant digits.
    #[schema(example = 90)]
    pub value: Decimal,
    /// Code of the unit of `value`, `lower` and `upper`.
    #[schema(example = "CNY_10K")]
    pub unit: String,
    /// Name of the unit, with `names=true` only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit_name: Option<String>,
    /// Decimals that it was stated with: 660.60 has 2.
    #[schema(minimum = 0, maximum = 6)]
    pub decimals: i16,
    /// How the true figure lies to `value`; null when it is exact. `~` is about, and has no bounds.
    pub comparator: Option<Comparator>,
    /// Least that the true figure can be; null when there is no such bound.
    #[schema(example = 90)]
    pub lower: Option<Decimal>,
    /// Most that the true figure can be; null when there is no such bound.
    #[schema(example = 91)]
    pub upper: Option<Decimal>,
    /// Whether the true figure can be `lower` itself; false without a bound.
    pub lower_inclusive: bool,
    /// Whether the true figure can be `upper` itself; false without a bound.
    pub upper_inclusive: bool,
    /// The words of the source; null when the figure was given as a number.
    #[schema(example = "90万余元")]
    pub text: Option<String>,
    /// Of a target: one for the whole area, or one for each of its villages. Null otherwise.
    pub spread: Option<Spread>,
    /// Code of the report; null when the figure comes from no report.
    #[schema(example = "bishi-2022")]
    pub report: Option<String>,
    /// Where in the report; null when it is not located.
    pub citation: Option<Citation>,
    /// Areas below its own that the figure speaks of jointly.
    pub covers: Vec<AreaCode>,
    /// Codes of the projects that the figure speaks of jointly.
    pub projects: Vec<String>,
    /// Note of the clerk; null when there is none.
    pub note: Option<String>,
    /// What to mind: `qualifier_contradiction` (余 after a number that is not round), `text_not_read` (the words are
    /// kept beside the figure, which nobody could compare with them), `outside_life` (when it was
    /// entered, the area was known to exist on no day of the period, for a flow, or not on its last, for all else),
    /// `rounded` (a share in words, or the conversion to the unit asked for, is not exact at six decimals).
    #[schema(example = json!([]))]
    pub warnings: Vec<String>,
    /// Number of this state of the observation, from 1.
    #[schema(minimum = 1)]
    pub revision: i64,
    /// When the public could know it.
    pub released_at: DateTime<FixedOffset>,
    /// When it was entered here.
    pub recorded_at: DateTime<Utc>,
    /// Number of the entry that stated this. What is filed to be released later moves it when it is released.
    #[schema(minimum = 1)]
    pub seq: i64,
    /// When that entry was made.
    pub updated_at: DateTime<Utc>,
}

/// One state of an observation, as it then was, and why it was entered.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Revision {
    /// The observation in this state.
    #[serde(flatten)]
    pub observation: Observation,
    /// Whether this state retracts the observation: its figures are then those that were retracted.
    pub retracted: bool,
    /// Coded reason; null for the first state.
    pub reason: Option<RevisionReason>,
    /// Free words about the change; null when none were given.
    pub comment: Option<String>,
    /// Who entered it: the name of a key or command.
    #[schema(example = "seed")]
    pub author: String,
}

impl Tabular for Observation {}

impl Observation {
    /// Observations as a cube: the dimensions are their natural key.
    pub const CUBE: &'static Cube = &Cube {
        dataflow: "OBSERVATIONS",
        label: "Observations 观测值",
        dimensions: &dimensions("area"),
        value: "value",
        attributes: &[("spread", "SPREAD"), ("report", "REPORT"), ("released_at", "RELEASED_AT")],
    };
}

impl Tabular for Revision {
    const TRAILING: &'static [&'static str] = &["seq", "updated_at"];
    const LEFT_OUT: &'static [&'static str] = &["metric_name", "area_name", "unit_name"];
}

impl Observation {
    /// An observation in one of its states, with what it covers.
    pub fn new(stated: Stated, covers: Vec<AreaCode>, projects: Vec<String>) -> Result<Observation> {
        let Stated { observation, revision, unit } = stated;
        let ObservationRow {
            id,
            key: Key { metric, area, period, accumulation, role },
            starts_on: _,
            ends_on: _,
            seq: _,
            updated_at: _,
        } = observation;
        let RevisionRow {
            observation: _,
            revision,
            retracted: _,
            figure,
            text,
            warnings,
            spread,
            note,
            report,
            cited,
            reason: _,
            comment: _,
            author: _,
            released_at,
            recorded_at,
            superseded_at: _,
            seq,
        } = revision;
        Ok(Observation {
            id,
            metric,
            metric_name: None,
            area,
            area_name: None,
            period,
            accumulation,
            role,
            value: figure.value,
            unit,
            unit_name: None,
            decimals: figure.decimals,
            comparator: figure.comparator,
            lower: figure.lower,
            upper: figure.upper,
            lower_inclusive: figure.lower_inclusive,
            upper_inclusive: figure.upper_inclusive,
            text,
            spread,
            report,
            citation: cited.into(),
            covers,
            projects,
            note,
            warnings: words(&warnings)?,
            revision,
            released_at: zone::local(released_at),
            recorded_at: recorded_at.and_utc(),
            seq,
            updated_at: recorded_at.and_utc(),
        })
    }

    /// The same figures in another unit of the dimension, rounded at six decimals where they must be.
    ///
    /// Errors: `Invalid` with `unit_incompatible` when the dimensions differ.
    pub fn convert(mut self, from: &Unit, to: &Unit) -> Result<Observation> {
        let mut rounded = false;
        let mut convert = |value: Decimal| -> Result<Decimal> {
            let (value, inexact) =
                convert_rounded(value, from, to).map_err(|invalid| Fault::parameter("unit", invalid))?;
            rounded |= inexact;
            Ok(value)
        };
        self.value = convert(self.value)?;
        self.lower = self.lower.map(&mut convert).transpose()?;
        self.upper = self.upper.map(&mut convert).transpose()?;
        if from.code != to.code {
            self.decimals =
                i16::try_from(self.value.to_string().split_once('.').map_or(0, |(_, part)| part.len()))
                    .unwrap_or(6);
        }
        if rounded {
            self.warnings.push("rounded".to_owned());
        }
        self.unit = to.code.clone();
        Ok(self)
    }
}

impl Revision {
    /// One state of an observation, with what it covered.
    pub fn new(stated: Stated, covers: Vec<AreaCode>, projects: Vec<String>) -> Result<Revision> {
        let RevisionRow { retracted, reason, comment, author, .. } = stated.revision.clone();
        let observation = Observation::new(stated, covers, projects)?;
        Ok(Revision { observation, retracted, reason, comment, author })
    }
}
