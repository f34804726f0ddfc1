//! Drafts of plans. Their items have a module of their own.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Draft, check_code};
use crate::db::Conn;
use crate::db::ledger::{Edited, Entry};
use crate::db::plans::{self, PlanRow};
use crate::domain::area_code::AreaCode;
use crate::domain::code::Code;
use crate::domain::text::{Name, plain};
use crate::error::Result;
use crate::exchange::reading::HandedIn;
use crate::exchange::references::{References, Refers};

/// A plan.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "the wire type of the same members describes them")]
#[schema(as = PlanInput)]
pub struct PlanDraft {
    #[schema(value_type = Code)]
    pub code: String,
    pub title: Name,
    pub area: AreaCode,
    #[schema(minimum = 1900, maximum = 2999)]
    pub year: i64,
    #[schema(value_type = Option<Code>)]
    pub report: Option<Name>,
}

impl HandedIn for PlanDraft {}

impl Draft for PlanDraft {
    const REFERENCES: References = &[("area", Refers::Area), ("report", Refers::Report)];

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
        let row = self.row(entry);
        plans::write::insert(entry, &row)
    }
}

impl PlanDraft {
    /// The plan as it is written.
    pub fn row(&self, entry: &Entry<'_>) -> PlanRow {
        let PlanDraft { code, title, area, year, report } = self.clone();
        let (seq, updated_at) = (entry.seq, entry.at);
        PlanRow { code, title: title.into(), area, year, report: plain(report), seq, updated_at }
    }
}
