//! Drafts of milestones, which come with a new project of a seed or one by one.

use std::collections::{BTreeSet, HashSet};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::citation::{CitationDraft, Texts};
use super::{fault, numbered};
use crate::db::ledger::Entry;
use crate::db::projects::milestones::MilestoneRow;
use crate::db::{Conn, reports};
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
    let cited = Cited::by(entry.conn, drafts, report)?;
    let row = |(index, ordinal, draft): (i64, i64, &MilestoneDraft)| {
        let row = draft.row_of((project, report), ordinal, entry, &cited);
        row.map_err(|error| error.inside(format!("milestones/{index}")))
    };
    numbered(drafts).map(row).collect()
}

/// What milestones refer to, looked up for all of them together.
struct Cited {
    /// The reports that there are.
    reports: HashSet<String>,
    texts: Texts,
}

impl Cited {
    fn by(conn: &mut Conn, drafts: &[MilestoneDraft], its_report: Option<&str>) -> Result<Cited> {
        let named = drafts.iter().filter_map(|draft| draft.report.as_ref());
        let named: BTreeSet<String> = named.map(ToString::to_string).collect();
        let known = reports::published(conn, named.into_iter().collect())?;
        let cited = drafts.iter().map(|draft| (draft.cited_report(its_report), draft.citation.as_ref()));
        Ok(Cited {
            reports: known.into_iter().map(|(code, ..)| code).collect(),
            texts: Texts::of(conn, cited)?,
        })
    }
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
        let cited = Cited::by(entry.conn, std::slice::from_ref(self), its_report)?;
        self.row_of((project, its_report), ordinal, entry, &cited)
    }

    fn row_of(
        &self,
        (project, its_report): (&str, Option<&str>),
        ordinal: i64,
        entry: &Entry<'_>,
        cited: &Cited,
    ) -> Result<MilestoneRow> {
        self.check(zone::local(entry.at).date_naive())?;
        if let Some(key) = self.report.as_deref().filter(|code| !cited.reports.contains(*code)) {
            return Err(fault("report", Invalid::unregistered(key)).into());
        }
        let report = self.cited_report(its_report);
        let citation = cited.texts.citation(report, self.citation.as_ref())?;
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

    /// The report of the milestone; a citation without one is of the project's.
    fn cited_report<'a>(&'a self, its_report: Option<&'a str>) -> Option<&'a str> {
        self.report.as_deref().or(its_report.filter(|_| self.citation.is_some()))
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
