//! Drafts of observations.

use chrono::NaiveDateTime;
use serde::{Deserialize, Serialize};
use serde_json::Number;
use utoipa::ToSchema;

use super::citation::{CitationDraft, citation};
use super::quantity::StatedDraft;
use super::{Draft, fault};
use crate::db::columns::list;
use crate::db::ledger::Entry;
use crate::db::metrics::{self, MetricRow};
use crate::db::observations::{Key, ObservationRow, RevisionRow};
use crate::db::revisions::{self, Statement};
use crate::db::{Conn, areas, reports, units};
use crate::domain::area_code::AreaCode;
use crate::domain::code::Code;
use crate::domain::codes::{Accumulation, MetricKind, MetricStatus, OnConflict, Role, Spread};
use crate::domain::decimal::Decimal;
use crate::domain::instant::Instant;
use crate::domain::period::Period;
use crate::domain::period_words::PeriodWords;
use crate::domain::quantity::{Comparator, Quantity};
use crate::domain::text::{Name, Note, plain};
use crate::error::{Error, Invalid, Result, Thing};
use crate::exchange::reading::HandedIn;
use crate::exchange::references::{References, Refers};

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

/// What became of a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recorded {
    /// There was none of its key, or it was retracted.
    Added,
    /// It is a revision of what was there.
    Revised,
    /// What was there stays.
    Kept,
}

impl ObservationDraft {
    /// Records the statement and gives the id of its observation.
    ///
    /// Errors: `Invalid` with the members that break a rule, `Conflict` when its key is taken and that is
    /// to fail.
    pub fn record(&self, entry: &mut Entry<'_>, on_conflict: OnConflict) -> Result<(i64, Recorded)> {
        let metric = self.metric(entry.conn)?;
        let statement = self.statement(entry.conn, &metric)?;
        let Some(row) = revisions::with_key(entry.conn, &statement.key)? else {
            self.check_active(&metric)?;
            return Ok((revisions::insert(entry, &statement)?.id, Recorded::Added));
        };
        if revisions::last(entry.conn, row.id)?.retracted {
            self.check_active(&metric)?;
            self.check_revival(entry, &row)?;
            revisions::revive(entry, &row, &statement)?;
            return Ok((row.id, Recorded::Added));
        }
        match on_conflict {
            OnConflict::Fail => Err(revisions::taken(&statement.key)),
            OnConflict::Skip => Ok((row.id, Recorded::Kept)),
            OnConflict::Revise => {
                check_reason(entry)?;
                revisions::revise(entry, &row, &statement)?;
                Ok((row.id, Recorded::Revised))
            }
        }
    }

    /// Corrects an observation.
    ///
    /// Errors: `Invalid` with the members that break a rule, or when it changes and no reason is given.
    pub fn revise(&self, entry: &mut Entry<'_>, row: &ObservationRow) -> Result<()> {
        let metric = self.metric(entry.conn)?;
        let statement = self.statement(entry.conn, &metric)?;
        if revisions::is_stated(entry.conn, row, &statement)? {
            return Ok(());
        }
        check_reason(entry)?;
        revisions::revise(entry, row, &statement)
    }

    /// The statement, checked by all rules that need no entry.
    ///
    /// Errors: `Invalid` with the members that break a rule.
    pub fn statement(&self, conn: &mut Conn, metric: &MetricRow) -> Result<Statement> {
        let key = self.key(conn, metric)?;
        let units = units::all(conn)?;
        let (quantity, mut warnings) = self.stated().resolve(&metric.unit, key.role, &units)?;
        warnings.extend(self.outside_life(conn, metric, key.period)?.map(|outside| outside.code.to_owned()));
        self.check(metric, &key, &quantity)?;
        let citation = citation(conn, self.report.as_deref(), self.citation.as_ref())?;
        let report = match &self.report {
            Some(code) => reports::get(conn, code)?,
            None => None,
        };
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
            covers,
            projects,
            released_at: self.released_at.map(Instant::utc),
            published_at: report.map(|report| report.published_at),
        })
    }

    /// What to mind where the area does not exist in the period.
    pub fn outside_life(
        &self,
        conn: &mut Conn,
        metric: &MetricRow,
        period: Period,
    ) -> Result<Option<Invalid>> {
        let life = areas::get(conn, self.area)?.map(|area| area.life());
        Ok(life.and_then(|life| life.outside(metric.kind, period)))
    }

    /// The period, in the year of the report where its words leave it to that.
    ///
    /// Errors: `Invalid` when no report tells the year.
    pub fn period(&self, conn: &mut Conn) -> Result<Period> {
        let report = match (&self.period, &self.report) {
            (PeriodWords::WithinYear(_), Some(code)) => reports::get(conn, code)?,
            _ => None,
        };
        let year_of = report.and_then(|report| report.period);
        self.period.in_year_of(year_of).map_err(|invalid| fault("period", invalid).into())
    }

    /// The metric that the statement is of.
    pub fn metric(&self, conn: &mut Conn) -> Result<MetricRow> {
        metrics::get(conn, &self.metric)?
            .ok_or_else(|| Error::NotFound { what: Thing::Metric, key: self.metric.to_string() })
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

    fn key(&self, conn: &mut Conn, metric: &MetricRow) -> Result<Key> {
        let by_kind =
            if metric.kind == MetricKind::Flow { Accumulation::Period } else { Accumulation::Instant };
        Ok(Key {
            metric: self.metric.to_string(),
            area: self.area,
            period: self.period(conn)?,
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
    fn check_revival(&self, entry: &mut Entry<'_>, row: &ObservationRow) -> Result<()> {
        let retracted = revisions::as_of(entry.conn, row.id, entry.at)?.map(|state| state.released_at);
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
fn check_reason(entry: &Entry<'_>) -> Result<()> {
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
    revisions::retract(entry, row)
}

impl Draft for ObservationDraft {
    const REFERENCES: References = &[
        ("metric", Refers::Metric),
        ("area", Refers::Area),
        ("covers", Refers::Area),
        ("projects", Refers::Project),
        ("report", Refers::Report),
    ];

    fn natural_key(&self, conn: &mut Conn) -> Result<String> {
        let metric = self.metric(conn)?;
        Ok(self.key(conn, &metric)?.to_string())
    }

    fn exists(&self, conn: &mut Conn) -> Result<bool> {
        let metric = self.metric(conn)?;
        let key = self.key(conn, &metric)?;
        Ok(revisions::with_key(conn, &key)?.is_some())
    }

    fn insert(&self, entry: &mut Entry<'_>) -> Result<()> {
        self.record(entry, OnConflict::Fail).map(drop)
    }
}
