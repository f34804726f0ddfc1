//! Drafts of observations.

use chrono::{DateTime, FixedOffset, SubsecRound};
use serde::Deserialize;
use serde_json::Number;

use super::quantity::StatedDraft;
use super::{CitationDraft, Draft, citation, fault, is_missing, missing_area, missing_report};
use crate::db::columns::list;
use crate::db::ledger::Entry;
use crate::db::metrics::{self, MetricRow};
use crate::db::observations::{self, ObservationRow, RevisionRow};
use crate::db::{Conn, projects, reports, units};
use crate::domain::access::Sight;
use crate::domain::area_code::AreaCode;
use crate::domain::codes::{Accumulation, MetricKind, Role, Spread};
use crate::domain::period::Period;
use crate::domain::quantity::{Comparator, Quantity};
use crate::error::{Error, Invalid, Result};

/// A statement of one metric for one area and one period. `value` or `text` is needed; the rest has
/// defaults: the metric's unit, the accumulation of its kind, a result, released with its report.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "the wire type of the same members describes them")]
pub struct ObservationDraft {
    pub metric: String,
    pub area: AreaCode,
    pub period: Period,
    pub accumulation: Option<Accumulation>,
    pub role: Option<Role>,
    pub value: Option<Number>,
    pub unit: Option<String>,
    pub decimals: Option<Number>,
    pub comparator: Option<Comparator>,
    pub lower: Option<Number>,
    pub upper: Option<Number>,
    pub lower_inclusive: Option<bool>,
    pub upper_inclusive: Option<bool>,
    pub text: Option<String>,
    pub spread: Option<Spread>,
    #[serde(default)]
    pub covers: Vec<AreaCode>,
    #[serde(default)]
    pub projects: Vec<String>,
    pub note: Option<String>,
    pub report: Option<String>,
    pub citation: Option<CitationDraft>,
    pub released_at: Option<DateTime<FixedOffset>>,
}

impl ObservationDraft {
    fn stated(&self) -> StatedDraft {
        StatedDraft {
            value: self.value.clone(),
            unit: self.unit.clone(),
            decimals: self.decimals.clone(),
            comparator: self.comparator,
            lower: self.lower.clone(),
            upper: self.upper.clone(),
            lower_inclusive: self.lower_inclusive,
            upper_inclusive: self.upper_inclusive,
            text: self.text.clone(),
        }
    }

    fn metric(&self, conn: &mut Conn) -> Result<MetricRow> {
        metrics::get(conn, &self.metric)?
            .ok_or_else(|| Error::NotFound { what: "metric", key: self.metric.clone() })
    }

    fn key(&self, metric: &MetricRow, entry: Option<&Entry<'_>>) -> ObservationRow {
        let by_kind =
            if metric.kind == MetricKind::Flow { Accumulation::Period } else { Accumulation::Instant };
        ObservationRow {
            id: 0,
            metric: self.metric.clone(),
            area: self.area,
            period: self.period.to_string(),
            starts_on: self.period.first_day(),
            ends_on: self.period.last_day(),
            accumulation: self.accumulation.unwrap_or(by_kind),
            role: self.role.unwrap_or(Role::Actual),
            seq: entry.map_or(0, |entry| entry.seq),
            updated_at: entry.map_or_else(Default::default, |entry| entry.at),
        }
    }

    fn check(&self, metric: &MetricRow, key: &ObservationRow, quantity: &Quantity) -> Result<()> {
        if self.spread.is_some() != (key.role == Role::Target) {
            let invalid = Invalid::new(
                "spread",
                "目标值须填 spread，其他角色不填",
                "a target has a spread, nothing else has",
            );
            return Err(fault("spread", invalid).into());
        }
        let value = quantity.value.millionths();
        if metric.min.is_some_and(|min| value < min) || metric.max.is_some_and(|max| value > max) {
            let (zh, en) = ("数值超出该指标的范围", "the value is outside of the metric's range");
            return Err(fault("value", Invalid::new("out_of_range", zh, en)).into());
        }
        let below = |code: AreaCode| code != self.area && self.area.subtree().contains(&code.as_i64());
        if let Some(other) = self.covers.iter().find(|&&code| !below(code)) {
            let (zh, en) = (format!("{other} 不在本区划之下"), format!("{other} is not below the area"));
            return Err(fault("covers", Invalid::new("covers", zh, en)).into());
        }
        Ok(())
    }
}

impl Draft for ObservationDraft {
    fn missing(&self, conn: &mut Conn, sight: Sight) -> Result<Option<(&'static str, String)>> {
        if is_missing(metrics::find(conn, sight, &self.metric))? {
            return Ok(Some(("metric", self.metric.clone())));
        }
        if let Some(key) = missing_area(conn, &[self.area])? {
            return Ok(Some(("area", key)));
        }
        if let Some(key) = missing_area(conn, &self.covers)? {
            return Ok(Some(("covers", key)));
        }
        for project in &self.projects {
            if is_missing(projects::find(conn, sight, project))? {
                return Ok(Some(("projects", project.clone())));
            }
        }
        Ok(missing_report(conn, self.report.as_ref())?.map(|key| ("report", key)))
    }

    fn natural_key(&self, conn: &mut Conn) -> Result<String> {
        let metric = self.metric(conn)?;
        let ObservationRow { metric, area, period, accumulation, role, .. } = self.key(&metric, None);
        Ok(format!("{metric} {area} {period} {accumulation} {role}"))
    }

    fn exists(&self, conn: &mut Conn) -> Result<bool> {
        let metric = self.metric(conn)?;
        Ok(observations::id_of(conn, &self.key(&metric, None))?.is_some())
    }

    fn insert(&self, entry: &mut Entry<'_>) -> Result<()> {
        let metric = self.metric(entry.conn)?;
        let key = self.key(&metric, Some(entry));
        let units = units::all(entry.conn)?;
        let (quantity, warnings) = self.stated().resolve(&metric.unit, key.role, &units)?;
        self.check(&metric, &key, &quantity)?;
        let (cite_paragraph, cite_start, cite_end, cite_words) =
            citation(self.report.as_ref(), self.citation.as_ref())?;
        let report_released = match &self.report {
            Some(code) => reports::get(entry.conn, code)?.map(|report| report.published_at),
            None => None,
        };
        let stated_release = self.released_at.map(|time| time.naive_utc().trunc_subsecs(0));
        let state = RevisionRow {
            observation: 0,
            revision: 1,
            retracted: false,
            value: quantity.value.millionths(),
            decimals: i16::from(quantity.decimals),
            comparator: quantity.comparator.map(|comparator| comparator.to_string()),
            lower: quantity.lower.map(|bound| bound.millionths()),
            upper: quantity.upper.map(|bound| bound.millionths()),
            lower_inclusive: quantity.lower_inclusive,
            upper_inclusive: quantity.upper_inclusive,
            text: self.text.clone(),
            warnings: list(&warnings)?,
            spread: self.spread,
            note: self.note.clone(),
            report: self.report.clone(),
            cite_paragraph,
            cite_start,
            cite_end,
            cite_words,
            reason: None,
            comment: None,
            author: entry.origin.author.clone(),
            released_at: stated_release.or(report_released).unwrap_or(entry.at),
            recorded_at: entry.at,
            superseded_at: None,
            seq: entry.seq,
        };
        let mut covers = self.covers.clone();
        covers.sort();
        observations::insert(entry, &key, &state, &covers, &self.projects).map(drop)
    }
}
