//! Drafts of milestones, which come with a new project of a seed or one by one.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::citation::{CitationDraft, citation};
use super::{fault, missing_report, numbered};
use crate::db::ledger::Entry;
use crate::db::projects::milestones::MilestoneRow;
use crate::domain::code::Code;
use crate::domain::codes::MilestoneStatus;
use crate::domain::partial_date::PartialDate;
use crate::domain::text::Name;
use crate::domain::zone;
use crate::error::{Invalid, Result};
use crate::exchange::reading::HandedIn;

/// A milestone of a project.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "the wire type of the same members describes them")]
#[schema(as = MilestoneInput)]
pub struct MilestoneDraft {
    pub title: Name,
    pub due_on: Option<PartialDate>,
    pub forecast_on: Option<PartialDate>,
    pub met_on: Option<PartialDate>,
    pub status: Option<MilestoneStatus>,
    #[schema(value_type = Option<Code>)]
    pub report: Option<Name>,
    pub citation: Option<CitationDraft>,
}

impl HandedIn for MilestoneDraft {}

/// The rows of a project's milestones, in the order given.
pub(super) fn rows(
    drafts: &[MilestoneDraft],
    (project, report): (&str, Option<&str>),
    entry: &mut Entry<'_>,
) -> Result<Vec<MilestoneRow>> {
    let row = |(index, ordinal, draft): (i64, i64, &MilestoneDraft)| {
        draft
            .row(project, report, ordinal, entry)
            .map_err(|error| error.inside(format!("milestones/{index}")))
    };
    numbered(drafts).map(row).collect()
}

impl MilestoneDraft {
    /// The milestone in a place of a project. A citation without a report is of the project's report.
    ///
    /// Errors: `Invalid` with the members that break a rule.
    pub fn row(
        &self,
        project: &str,
        its_report: Option<&str>,
        ordinal: i64,
        entry: &mut Entry<'_>,
    ) -> Result<MilestoneRow> {
        self.check(zone::local(entry.at).date_naive())?;
        if let Some(key) = missing_report(entry.conn, self.report.as_deref())? {
            return Err(fault("report", Invalid::unregistered(key)).into());
        }
        let cited = self.citation.as_ref();
        let report = self.report.as_deref().or(its_report.filter(|_| cited.is_some()));
        let citation = citation(entry.conn, report, cited)?;
        Ok(MilestoneRow {
            project: project.to_owned(),
            ordinal,
            title: self.title.to_string(),
            due_on: self.due_on,
            forecast_on: self.forecast_on,
            met_on: self.met_on,
            status: self.status(),
            report: report.map(str::to_owned),
            cited: citation.into(),
            seq: entry.seq,
            updated_at: entry.at,
        })
    }

    fn status(&self) -> MilestoneStatus {
        self.status.unwrap_or(MilestoneStatus::Due)
    }

    /// A forecast stays what was expected: it may stand beside any status and any actual date.
    fn check(&self, today: NaiveDate) -> Result<()> {
        let Some(met_on) = self.met_on else { return Ok(()) };
        let status = self.status();
        if [MilestoneStatus::Due, MilestoneStatus::Missed].contains(&status) {
            let (zh, en) = (
                format!("状态为 {status} 的节点没有实际完成日期"),
                format!("is not of a milestone whose status is {status}"),
            );
            return Err(fault("met_on", Invalid::new("not_met", zh, en)).into());
        }
        if met_on.first_day() > today {
            let (zh, en) = (format!("晚于今天 {today}"), format!("is after today, {today}"));
            return Err(fault("met_on", Invalid::new("in_the_future", zh, en)).into());
        }
        Ok(())
    }
}
