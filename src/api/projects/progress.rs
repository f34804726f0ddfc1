//! Progress reports as a list, the same for projects and plan items.

use chrono::NaiveDate;

use super::types::ProgressReport;
use crate::api::areas::types::gather;
use crate::api::page::Listing;
use crate::db::progress_reports::{self, Subject};
use crate::db::{Conn, Window, plan_items, projects};
use crate::domain::access::Sight;
use crate::error::Result;

/// The progress reports on one project or plan item.
pub struct ProgressReports(pub Subject);

impl Listing for ProgressReports {
    type Key = (NaiveDate, i64);
    type Item = ProgressReport;

    fn check(&self, conn: &mut Conn, sight: Sight) -> Result<()> {
        match &self.0 {
            Subject::Project(code) => projects::find(conn, sight, code).map(drop),
            Subject::PlanItem(code) => plan_items::find(conn, sight, code).map(drop),
        }
    }

    fn page(
        &self,
        conn: &mut Conn,
        _: Sight,
        window: &Window<(NaiveDate, i64)>,
    ) -> Result<Vec<ProgressReport>> {
        let rows = progress_reports::list(conn, &self.0, window)?;
        let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
        let mut attachments = gather(progress_reports::attachments(conn, &ids)?);
        Ok(rows
            .into_iter()
            .map(|row| {
                let attachments = attachments.remove(&row.id).unwrap_or_default();
                ProgressReport::new(row, attachments)
            })
            .collect())
    }

    fn count(&self, conn: &mut Conn, _: Sight) -> Result<i64> {
        progress_reports::count(conn, &self.0)
    }

    fn key(&self, report: &ProgressReport) -> (NaiveDate, i64) {
        (report.as_of, report.id)
    }
}
