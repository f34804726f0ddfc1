//! A plan item with what is written together with it, and where it lies.

use serde::Serialize;

use super::{PlanItemRow, parts};
use crate::db::dialect::Conn;
use crate::db::ledger::Edited;
use crate::db::plans;
use crate::domain::access::Sight;
use crate::domain::area_code::AreaCode;
use crate::domain::row_kind::RowKind;
use crate::error::Result;

/// A plan item with what is written together with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WholeItem {
    /// The item itself.
    #[serde(flatten)]
    pub row: PlanItemRow,
    /// Its areas, in the order given.
    pub areas: Vec<AreaCode>,
    /// Codes of the linked projects, in the order given.
    pub projects: Vec<String>,
}

impl WholeItem {
    /// Whether another says the same of the item, whenever it was written.
    pub(super) fn says_the_same(&self, other: &WholeItem) -> bool {
        let stamp = (other.row.seq, other.row.updated_at);
        let row = PlanItemRow { seq: stamp.0, updated_at: stamp.1, ..self.row.clone() };
        WholeItem { row, ..self.clone() } == *other
    }
}

/// A plan item with what is written together with it, as stored.
pub fn load(conn: &mut Conn, row: PlanItemRow) -> Result<WholeItem> {
    let parts = parts(conn, Sight::ALL, std::slice::from_ref(&row.code))?;
    let areas = parts.areas.into_iter().map(|(_, area)| area).collect();
    let projects = parts.projects.into_iter().map(|(_, project)| project).collect();
    Ok(WholeItem { row, areas, projects })
}

/// Where an item of a plan lies: in its areas, and in the plan's where it has none or where one is outside of
/// that. Else whoever reaches a place elsewhere could write to this plan.
pub fn scope(conn: &mut Conn, plan: &str, areas: &[AreaCode]) -> Result<Vec<AreaCode>> {
    Ok(lies_in(plans::get(conn, plan)?.map(|plan| plan.area), areas))
}

pub(super) fn lies_in(whole: Option<AreaCode>, areas: &[AreaCode]) -> Vec<AreaCode> {
    let covers = |whole: AreaCode| areas.iter().all(|area| whole.subtree().contains(&area.as_i64()));
    let beside = whole.filter(|whole| areas.is_empty() || !covers(*whole) && !areas.contains(whole));
    areas.iter().copied().chain(beside).collect()
}

/// A plan item as the ledger knows it.
pub fn edited(code: &str) -> Edited {
    Edited::new(RowKind::PlanItem, code)
}
