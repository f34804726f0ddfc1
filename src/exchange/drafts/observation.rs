//! Drafts of observations.

use chrono::NaiveDateTime;
use serde::{Deserialize, Serialize};
use serde_json::Number;
use utoipa::ToSchema;

use super::citation::CitationDraft;
use super::quantity::StatedDraft;
use super::sources::Sources;
use super::{Draft, fault};
use crate::db::columns::list;
use crate::db::ledger::Entry;
use crate::db::metrics::MetricRow;
use crate::db::observations::history::{self, History, Joint};
use crate::db::observations::{Key, ObservationRow, RevisionRow};
use crate::db::revisions::{Additions, Statement};
use crate::domain::area_code::AreaCode;
use crate::domain::code::Code;
use crate::domain::codes::{Accumulation, MetricKind, MetricStatus, Role, Spread};
use crate::domain::decimal::Decimal;
use crate::domain::instant::Instant;
use crate::domain::period::Period;
use crate::domain::period_words::PeriodWords;
use crate::domain::quantity::{Comparator, Quantity};
use crate::domain::text::{Name, Note, plain};
use crate::error::{Error, Invalid, Result, only};
use crate::exchange::reading::HandedIn;

/// A statement of one metric for one area and one period. `value` or `text` is needed; the rest has
/// defaults: the metric's unit, the accumulation of its kind, a result, released with its report.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "the wire type of the same members describes them")]
#[schema(as = ObservationInput)]
pub struct ObservationDraft {
    #[schema(value_type = Code)]
    pub metric: Name,
    pub area: AreaCode,
    pub period: PeriodWords,
    pub accumulation: Option<Accumulation>,
    pub role: Option<Role>,
    #[schema(value_type = Option<Decimal>)]
    pub value: Option<Number>,
    pub unit: Option<Name>,
    #[schema(value_type = Option<i32>, minimum = 0, maximum = 6)]
    pub decimals: Option<Number>,
    pub comparator: Option<Comparator>,
    #[schema(value_type = Option<Decimal>)]
    pub lower: Option<Number>,
    #[schema(value_type = Option<Decimal>)]
    pub upper: Option<Number>,
    pub lower_inclusive: Option<bool>,
    pub upper_inclusive: Option<bool>,
    pub text: Option<Name>,
    pub spread: Option<Spread>,
    #[serde(default)]
    #[schema(max_items = 200)]
    pub covers: Vec<AreaCode>,
    #[serde(default)]
    #[schema(value_type = Vec<Code>, max_items = 200)]
    pub projects: Vec<Name>,
    pub note: Option<Note>,
    #[schema(value_type = Option<Code>)]
    pub report: Option<Name>,
    pub citation: Option<CitationDraft>,
    pub released_at: Option<Instant>,
}

impl HandedIn for ObservationDraft {}

impl ObservationDraft {
    /// Corrects an observation.
    ///
    /// Errors: `Invalid` with the members that break a rule, or when it changes and no reason is given.
    pub fn revise(&self, entry: &mut Entry<'_>, sources: &Sources, history: &History) -> Result<()> {
        let statement = self.statement(sources)?;
        if statement.is_stated(history)? {
            return Ok(());
        }
        check_reason(entry)?;
        let mut additions = Additions::default();
        additions.revise(entry, history, &statement)?;
        additions.write(entry).map(drop)
    }

    /// Checks that all it refers to is there and may be seen.
    ///
    /// Errors: `Invalid` with every reference that leads nowhere.
    pub fn check_registered(&self, sources: &Sources) -> Result<()> {
        let faults = sources.referred.unregistered(Self::REFERENCES, &self.members()?);
        if faults.is_empty() { Ok(()) } else { Err(Error::Invalid(faults)) }
    }

    /// The statement, checked by all rules that need no entry.
    ///
    /// Errors: `Invalid` with the members that break a rule.
    pub fn statement(&self, sources: &Sources) -> Result<Statement> {
        let metric = sources.metric(&self.metric)?;
        let key = self.key(metric, sources.referred.period_of(self.report.as_deref()))?;
        let (quantity, mut warnings) = self.stated().resolve(&metric.unit, key.role, &sources.units)?;
        warnings.extend(self.outside_life(sources, key.period)?.map(|outside| outside.code.to_owned()));
        self.check(metric, &key, &quantity)?;
        let report = self.report.as_deref();
        let citation = sources.texts.citation(report, self.citation.as_ref())?;
        let state = RevisionRow {
            observation: 0,
            revision: 1,
            retracted: false,
            figure: quantity.into(),
            text: plain(self.text.clone()),
            warnings: list(&warnings)?,
            // A target that does not say is one for the whole area.
            spread: self.spread.or((key.role == Role::Target).then_some(Spread::Total)),
            note: plain(self.note.clone()),
            report: plain(self.report.clone()),
            cited: citation.into(),
            reason: None,
            comment: None,
            author: String::new(),
            released_at: NaiveDateTime::default(),
            recorded_at: NaiveDateTime::default(),
            superseded_at: None,
            seq: 0,
        };
        let mut covers = self.covers.clone();
        let mut projects: Vec<String> = self.projects.iter().map(ToString::to_string).collect();
        covers.sort();
        projects.sort();
        Ok(Statement {
            key,
            state,
            joint: Joint { covers, projects },
            released_at: self.released_at.map(Instant::utc),
            published_at: report.and_then(|code| sources.referred.published_at(code)),
        })
    }

    /// What to mind where the area does not exist in the period.
    pub fn outside_life(&self, sources: &Sources, period: Period) -> Result<Option<Invalid>> {
        let kind = sources.metric(&self.metric)?.kind;
        Ok(sources.referred.life(self.area).and_then(|life| life.outside(kind, period)))
    }

    /// The period, in the year of the report's own where its words leave it to that.
    ///
    /// Errors: `Invalid` when no report tells the year.
    pub fn period(&self, report: Option<Period>) -> Result<Period> {
        self.period.in_year_of(report).map_err(|invalid| fault("period", invalid).into())
    }

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

    /// What it speaks of, of this metric, with the period of its report.
    ///
    /// Errors: as of [`ObservationDraft::period`].
    pub(super) fn key(&self, metric: &MetricRow, report: Option<Period>) -> Result<Key> {
        let by_kind =
            if metric.kind == MetricKind::Flow { Accumulation::Period } else { Accumulation::Instant };
        Ok(Key {
            metric: self.metric.to_string(),
            area: self.area,
            period: self.period(report)?,
            accumulation: self.accumulation.unwrap_or(by_kind),
            role: self.role.unwrap_or(Role::Actual),
        })
    }

    /// Checks that the metric still takes new observations.
    pub fn check_active(&self, metric: &MetricRow) -> Result<()> {
        if metric.status == MetricStatus::Active {
            return Ok(());
        }
        let (zh, en) = ("该指标已停用，不再登记新的观测值", "is retired and takes no new observations");
        Err(fault("metric", Invalid::new("metric_retired", zh, en)).into())
    }

    /// What is stated anew is released after it was retracted, or it would be retracted from the start.
    pub(super) fn check_revival(&self, entry: &Entry<'_>, history: &History) -> Result<()> {
        let retracted = history.as_of(entry.at).map(|state| state.released_at);
        if self.released_at.map(Instant::utc).zip(retracted).is_none_or(|(said, retracted)| said >= retracted)
        {
            return Ok(());
        }
        let (zh, en) = ("早于撤回时间", "lies before the retraction");
        Err(fault("released_at", Invalid::new("before_retraction", zh, en)).into())
    }

    fn check(&self, metric: &MetricRow, key: &Key, quantity: &Quantity) -> Result<()> {
        let mut faults = Vec::new();
        let mut refuse = |member: &str, code: &'static str, zh: String, en: String| {
            faults.push(fault(member, Invalid::new(code, zh, en)));
        };
        if self.spread.is_some() && key.role != Role::Target {
            refuse("spread", "spread", "只有目标值有 spread".into(), "only a target has a spread".into());
        }
        let value = quantity.value;
        if metric.min.is_some_and(|min| value < min) || metric.max.is_some_and(|max| value > max) {
            let (zh, en) = ("数值超出该指标的范围", "the value is outside of the metric's range");
            refuse("value", "out_of_range", zh.into(), en.into());
        }
        let below = |code: AreaCode| code != self.area && self.area.subtree().contains(&code.as_i64());
        if let Some(other) = self.covers.iter().find(|&&code| !below(code)) {
            refuse(
                "covers",
                "covers",
                format!("{other} 不在本区划之下"),
                format!("{other} is not below the area"),
            );
        }
        for (member, twice) in
            [("covers", named_twice(&self.covers)), ("projects", named_twice(&self.projects))]
        {
            if let Some(twice) = twice {
                refuse(member, "named_twice", format!("{twice} 重复"), format!("{twice} is named twice"));
            }
        }
        if faults.is_empty() { Ok(()) } else { Err(Error::Invalid(faults)) }
    }
}

/// The first of these that stands there again.
fn named_twice<T: Ord + ToString>(all: &[T]) -> Option<String> {
    let mut seen = std::collections::BTreeSet::new();
    all.iter().find(|one| !seen.insert(*one)).map(ToString::to_string)
}

/// A correction says why.
pub(super) fn check_reason(entry: &Entry<'_>) -> Result<()> {
    if entry.origin.reason.is_some() {
        return Ok(());
    }
    let (zh, en) = ("更正或撤回观测值须说明原因", "is needed to change or retract an observation");
    Err(fault("reason", Invalid::new("missing", zh, en)).into())
}

/// Retracts an observation, for the reason that the entry gives.
///
/// Errors: `Invalid` when it gives none.
pub fn retract(entry: &mut Entry<'_>, row: &ObservationRow) -> Result<()> {
    check_reason(entry)?;
    let history = only(history::of(entry.conn, vec![row.clone()])?)?;
    let mut additions = Additions::default();
    additions.retract(entry, &history);
    additions.write(entry).map(drop)
}
