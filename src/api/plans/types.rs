//! Plans and their trees as they go over the wire.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::body::{Changes, New, Writable};
use crate::api::plan_items::types::PlanItem;
use crate::db::plans::PlanRow;
use crate::domain::area_code::AreaCode;
use crate::exchange::drafts::plan::PlanDraft;
use crate::exchange::table::Tabular;

/// The plan of an area for a year 计划, with the tree of its items.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Plan {
    /// Code.
    #[schema(example = "bishi-2023", pattern = "^[a-z0-9][a-z0-9._-]{0,63}$")]
    pub code: String,
    /// Title.
    #[schema(example = "弼时镇2023年工作规划")]
    pub title: String,
    /// Code of the area.
    pub area: AreaCode,
    /// Year.
    #[schema(example = 2023, minimum = 1900, maximum = 2999)]
    pub year: i64,
    /// Code of the report that states it; null when it comes from elsewhere.
    pub report: Option<String>,
    /// Its sections in their order, each with what is below it.
    pub children: Vec<PlanNode>,
    /// Number of the entry that last touched the plan itself.
    #[schema(minimum = 1)]
    pub seq: i64,
    /// When that entry was made.
    pub updated_at: DateTime<Utc>,
}

/// A new plan, for POST.
pub type NewPlan = New<PlanDraft>;

/// Changes of a plan, for PATCH.
pub type PlanChanges = Changes<PlanDraft>;

impl Writable for PlanDraft {
    const NAME: &'static str = "Plan";
    const READ_ONLY: &'static [&'static str] = &["children", "seq", "updated_at"];
    const KEY: &'static [&'static str] = &["code"];
    const REQUIRED: &'static [&'static str] = &["code", "title", "area", "year"];
}

/// A plan item and what is below it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PlanNode {
    /// The item itself.
    #[serde(flatten)]
    pub item: PlanItem,
    /// The items below, in their order.
    #[schema(no_recursion)]
    pub children: Vec<PlanNode>,
}

impl Tabular for Plan {
    const COLUMNS: &'static [&'static str] =
        &["code", "title", "area", "year", "report", "seq", "updated_at"];
}

impl Plan {
    /// A plan with its items, which come in the order of the tree. An item whose parent is not among
    /// them hangs on the plan itself.
    pub fn new(row: PlanRow, items: Vec<PlanItem>) -> Plan {
        let PlanRow { code, title, area, year, report, seq, updated_at } = row;
        let mut below: HashMap<Option<String>, Vec<PlanNode>> = HashMap::new();
        let known: std::collections::HashSet<String> = items.iter().map(|item| item.code.clone()).collect();
        // From the last to the first, every item comes after all that is below it.
        for item in items.into_iter().rev() {
            let mut children = below.remove(&Some(item.code.clone())).unwrap_or_default();
            children.reverse();
            let parent = item.parent.clone().filter(|parent| known.contains(parent));
            below.entry(parent).or_default().push(PlanNode { item, children });
        }
        let mut children = below.remove(&None).unwrap_or_default();
        children.reverse();
        Plan { code, title, area, year, report, children, seq, updated_at: updated_at.and_utc() }
    }
}
