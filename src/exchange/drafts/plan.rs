//! Drafts of plans. Their items have a module of their own.

use serde::Deserialize;

use super::{Draft, check_code, check_name, fault, missing_area, missing_report};
use crate::db::Conn;
use crate::db::ledger::{Edited, Entry};
use crate::db::plans::{self, PlanRow};
use crate::domain::access::Sight;
use crate::domain::area_code::AreaCode;
use crate::domain::text;
use crate::error::{Invalid, Result};

/// A plan.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "the wire type of the same members describes them")]
pub struct PlanDraft {
    pub code: String,
    #[serde(deserialize_with = "text::one_label")]
    pub title: String,
    pub area: AreaCode,
    pub year: i64,
    pub report: Option<String>,
}

impl Draft for PlanDraft {
    fn missing(&self, conn: &mut Conn, _: Sight) -> Result<Option<(&'static str, String)>> {
        if let Some(key) = missing_area(conn, &[self.area])? {
            return Ok(Some(("area", key)));
        }
        Ok(missing_report(conn, self.report.as_ref())?.map(|key| ("report", key)))
    }

    fn natural_key(&self, _: &mut Conn) -> Result<String> {
        Ok(self.code.clone())
    }

    fn exists(&self, conn: &mut Conn) -> Result<bool> {
        Ok(plans::get(conn, &self.code)?.is_some())
    }

    fn edited(&self) -> Option<Edited> {
        Some(plans::write::edited(&self.code))
    }

    fn insert(&self, entry: &mut Entry<'_>) -> Result<()> {
        check_code(&self.code)?;
        let row = self.row(entry)?;
        plans::write::insert(entry, &row)
    }
}

impl PlanDraft {
    /// The plan as it is written.
    ///
    /// Errors: `Invalid` with the members that break a rule.
    pub fn row(&self, entry: &Entry<'_>) -> Result<PlanRow> {
        check_name("title", &self.title)?;
        if !(1900..=2999).contains(&self.year) {
            let invalid = Invalid::new("out_of_range", "年份应为 1900 到 2999", "years are 1900 to 2999");
            return Err(fault("year", invalid).into());
        }
        let PlanDraft { code, title, area, year, report } = self.clone();
        let (seq, updated_at) = (entry.seq, entry.at);
        Ok(PlanRow { code, title, area, year, report, seq, updated_at })
    }
}
