//! Progress reports as they are written: each with its attachments and observations, and what the ledger
//! keeps of it. What a report speaks of is stamped with the report's entry.

use diesel::prelude::*;
use serde::Serialize;

use super::{ProgressReportRow, Subject};
use crate::db::dialect::{Conn, insert_many};
use crate::db::ledger::{Edited, Entry};
use crate::db::schema::{progress_report_attachments, progress_report_observations, progress_reports};
use crate::db::{plan_items, projects};
use crate::domain::access::Sight;
use crate::domain::area_code::AreaCode;
use crate::domain::codes::Visibility;
use crate::domain::row_kind::RowKind;
use crate::error::Result;

/// A progress report with what is written together with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WholeReport {
    /// The report itself.
    #[serde(flatten)]
    pub row: ProgressReportRow,
    /// Ids of its attachments, in the order given.
    pub attachments: Vec<String>,
    /// Ids of the observations that it speaks of, in the order given.
    pub observations: Vec<i64>,
}

/// A progress report with what is written together with it, as stored.
pub fn whole(conn: &mut Conn, row: ProgressReportRow) -> Result<WholeReport> {
    let attachments = super::attachments(conn, &[row.id])?.into_iter().map(|(_, id)| id).collect();
    let observations = super::observations(conn, &[row.id])?.into_iter().map(|(_, id)| id).collect();
    Ok(WholeReport { row, attachments, observations })
}

/// Where a subject lies, and who may see it.
#[derive(Debug, Clone)]
pub struct Place {
    /// Who may see it.
    pub visibility: Visibility,
    /// The areas that it lies in.
    pub areas: Vec<AreaCode>,
}

impl Subject {
    /// Where the subject lies, and who may see it.
    ///
    /// Errors: `NotFound` when there is none, or none that may be seen.
    pub fn place(&self, conn: &mut Conn, sight: Sight) -> Result<Place> {
        match self {
            Subject::Project(code) => {
                let row = projects::find(conn, sight, code)?;
                let visibility = row.visibility;
                Ok(Place { visibility, areas: projects::whole::load(conn, row)?.areas })
            }
            Subject::PlanItem(code) => {
                let row = plan_items::find(conn, sight, code)?;
                let item = plan_items::whole::load(conn, row)?;
                let areas = plan_items::whole::scope(conn, &item.row.plan, &item.areas)?;
                Ok(Place { visibility: item.row.visibility, areas })
            }
        }
    }

    /// Where the subject lies.
    ///
    /// Errors: `NotFound` when there is none, or none that may be seen.
    pub fn scope(&self, conn: &mut Conn, sight: Sight) -> Result<Vec<AreaCode>> {
        Ok(self.place(conn, sight)?.areas)
    }

    pub(in crate::db) fn restamp(&self, entry: &mut Entry<'_>) -> Result<()> {
        match self {
            Subject::Project(code) => projects::whole::restamp(entry, code),
            Subject::PlanItem(code) => plan_items::write::restamp(entry, code),
        }
    }
}

pub(in crate::db) fn edited(id: i64, areas: &[AreaCode]) -> Edited {
    Edited::new(RowKind::ProgressReport, id).within(areas)
}

/// Adds a progress report on a subject that lies in these areas, puts it in the place of the one that it
/// corrects, and gives its id.
pub fn insert(
    entry: &mut Entry<'_>,
    subject: &Subject,
    areas: &[AreaCode],
    mut report: WholeReport,
) -> Result<i64> {
    let id: i64 = diesel::insert_into(progress_reports::table)
        .values(&report.row)
        .returning(progress_reports::id)
        .get_result(entry.conn)?;
    report.row.id = id;
    let attachments = (1i64..).zip(&report.attachments).map(|(ordinal, attachment)| {
        (
            progress_report_attachments::progress_report.eq(id),
            progress_report_attachments::ordinal.eq(ordinal),
            progress_report_attachments::attachment.eq(attachment),
        )
    });
    insert_many!(entry.conn, progress_report_attachments::table, attachments.collect::<Vec<_>>())?;
    let observations = (1i64..).zip(&report.observations).map(|(ordinal, observation)| {
        (
            progress_report_observations::progress_report.eq(id),
            progress_report_observations::ordinal.eq(ordinal),
            progress_report_observations::observation.eq(observation),
        )
    });
    insert_many!(entry.conn, progress_report_observations::table, observations.collect::<Vec<_>>())?;
    entry.put(edited(id, areas), None, &report)?;
    if let Some(corrected) = report.row.corrects {
        let row = super::find(entry.conn, subject, corrected)?;
        let before = whole(entry.conn, row)?;
        let mut after = before.clone();
        (after.row.corrected_by, after.row.seq, after.row.updated_at) = (Some(id), entry.seq, entry.at);
        diesel::update(progress_reports::table.find(corrected))
            .set((
                progress_reports::corrected_by.eq(id),
                progress_reports::seq.eq(entry.seq),
                progress_reports::updated_at.eq(entry.at),
            ))
            .execute(entry.conn)?;
        entry.put(edited(corrected, areas), Some(&before), &after)?;
    }
    subject.restamp(entry)?;
    Ok(id)
}
