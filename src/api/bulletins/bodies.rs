//! The body of a new bulletin, and what it asks for once its defaults are filled in.

use chrono::NaiveDate;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::domain::area_code::AreaCode;
use crate::domain::code::Code;
use crate::domain::codes::{Accumulation, Level};
use crate::domain::period::Period;
use crate::domain::text::{DocumentCode, Name};
use crate::domain::when;
use crate::domain::zone;
use crate::error::{Error, Fault, Invalid, Result};
use crate::exchange::bulletins::issue::Ranked;
use crate::statistics::ranking::By;

/// A new bulletin, as a body: about a metric or about a plan.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BulletinInput {
    /// Title; made of subject and day by default.
    pub title: Option<Name>,
    /// Code of the metric that areas are ranked by. Either this or `plan`.
    #[schema(value_type = Option<Code>)]
    pub metric: Option<Name>,
    /// Code of the plan whose scoreboard is told. Either this or `metric`.
    #[schema(value_type = Option<Code>)]
    pub plan: Option<Name>,
    /// The day that it speaks of; today in the township's zone by default, and never a day to come.
    #[serde(default, deserialize_with = "when::optional_day")]
    pub date: Option<NaiveDate>,
    /// The area whose parts are ranked; of a plan its own area by default, or one within it, whose items count.
    pub within: Option<AreaCode>,
    /// Of a metric: level of the areas, at most 300; the next below by default. Communities 社区 count as villages.
    pub level: Option<Level>,
    /// Of a metric: the period; the shortest of the metric's frequencies that the day lies in by default.
    pub period: Option<Period>,
    /// Of a metric: accumulation of the figures; that of its kind by default.
    pub accumulation: Option<Accumulation>,
    /// Of a metric: what areas are ranked by; `value` by default. The better end comes first.
    pub by: Option<By>,
    /// The organ that issues it 落款; the name of its area by default. It counts its bulletins from 1 in each year.
    #[schema(example = "弼时镇人民政府")]
    pub issuer: Option<Name>,
    /// The area of that organ, which organs of the same name elsewhere do not have: the area of the bulletin by
    /// default, or one above it. The key must be for it.
    pub issuer_area: Option<AreaCode>,
    /// The person who signs it 签发人; null for none.
    pub signatory: Option<Name>,
    /// Document code 机关代字 of the organ: letters alone. The document has the next number under it of the year;
    /// null for a bulletin that is no numbered document.
    #[schema(example = "弼镇督")]
    pub document_code: Option<DocumentCode>,
}

/// What a bulletin is about.
#[derive(Debug, Clone)]
pub enum Subject {
    /// The ranking of areas by a metric.
    Metric(Ranked),
    /// A plan, by its code; in an area of it where one is named.
    Plan(String, Option<AreaCode>),
}

impl BulletinInput {
    /// What it is about.
    ///
    /// Errors: `Invalid` when it is about both or neither, or for members that do not go with it.
    pub fn subject(&self) -> Result<Subject> {
        let BulletinInput { metric, plan, within, level, period, accumulation, by, .. } = self;
        match (metric, plan) {
            (Some(metric), None) => {
                let missing =
                    || Fault::pointer("/within", Invalid::new("missing", "缺少这个成员", "is missing"));
                Ok(Subject::Metric(Ranked {
                    metric: metric.to_string(),
                    within: within.ok_or_else(missing)?,
                    level: *level,
                    period: *period,
                    accumulation: *accumulation,
                    by: by.unwrap_or(By::Value),
                }))
            }
            (None, Some(plan)) => {
                let given = [
                    ("level", level.is_some()),
                    ("period", period.is_some()),
                    ("accumulation", accumulation.is_some()),
                    ("by", by.is_some()),
                ];
                let stray = given.into_iter().filter(|(_, is_given)| *is_given).map(|(name, _)| {
                    let (zh, en) = ("只用于指标的通报", "goes with a metric only");
                    Fault::pointer(format!("/{name}"), Invalid::new("not_of_a_plan", zh, en))
                });
                let stray: Vec<Fault> = stray.collect();
                if stray.is_empty() {
                    Ok(Subject::Plan(plan.to_string(), *within))
                } else {
                    Err(Error::Invalid(stray))
                }
            }
            _ => {
                let (zh, en) = ("须有 metric 或 plan 之一", "is about either `metric` or `plan`");
                Err(Fault::pointer("", Invalid::new("one_subject", zh, en)).into())
            }
        }
    }

    /// The day that it speaks of, and the day on which it is issued.
    ///
    /// Errors: `Invalid` for a day to come, or one before 1900; and for a title that says nothing.
    pub fn days(&self, now: chrono::NaiveDateTime) -> Result<(NaiveDate, NaiveDate)> {
        let today = zone::local(now).date_naive();
        let date = self.date.unwrap_or(today);
        let at = |invalid| Fault::pointer("/date", invalid);
        if date > today {
            let (zh, en) = ("不能晚于今天", "must not lie in the future");
            return Err(at(Invalid::new("in_the_future", zh, en)).into());
        }
        Period::from_days(date, date).map_err(at)?;
        Ok((date, today))
    }
}
