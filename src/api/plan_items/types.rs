//! Plan items as they go over the wire.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::body::changes::Changes;
use crate::api::body::rows::{New, Writable};
use crate::api::light::Light;
use crate::db::columns::words;
use crate::db::plan_items::PlanItemRow;
use crate::domain::area_code::AreaCode;
use crate::domain::citation::Citation;
use crate::domain::codes::{ItemState, Visibility};
use crate::domain::frequency::Frequency;
use crate::domain::partial_date::PartialDate;
use crate::error::Result;
use crate::exchange::drafts::plan_item::PlanItemDraft;
use crate::exchange::table::Tabular;

/// One promise of a plan 计划事项, or a heading above several.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PlanItem {
    /// Code: that of the plan, then `.` or `-`, then more.
    #[schema(example = "bishi-2023.4.2", pattern = "^[a-z0-9][a-z0-9._-]{0,63}$")]
    pub code: String,
    /// Code of the plan.
    #[schema(example = "bishi-2023")]
    pub plan: String,
    /// Title of the plan, with `names=true` only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plan_title: Option<String>,
    /// Code of the item above; null for a section of the plan.
    pub parent: Option<String>,
    /// Title of that item, with `names=true` only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent_title: Option<String>,
    /// Place among its siblings, from 1: 一、 or 一是 is 1. Internal items are numbered by themselves, and each
    /// stands before the public one of its number.
    #[schema(minimum = 1, maximum = 9999)]
    pub ordinal: i64,
    /// Title.
    #[schema(example = "加强基础设施建设")]
    pub title: String,
    /// What is to be there in the end.
    pub deliverables: Vec<String>,
    /// Unit in the lead; null when none is assigned.
    pub lead_unit: Option<String>,
    /// Units that help.
    pub co_units: Vec<String>,
    /// Post that answers for it; null when none is named. A post, never a person.
    pub post: Option<String>,
    /// Codes of the areas that it concerns, in the order given. Without any it lies in the area of its plan.
    pub areas: Vec<AreaCode>,
    /// Names of these areas, with `names=true` only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub area_names: Option<Vec<String>>,
    /// Start, as precise as said; null when not said.
    pub start_on: Option<PartialDate>,
    /// Due date, as precise as said; null when there is none.
    #[schema(example = "2023")]
    pub due_on: Option<PartialDate>,
    /// How often progress is reported: `year`, `half_year`, `quarter`, `month`, `week` or `day`; null
    /// when there is no rule.
    pub reporting_cycle: Option<Frequency>,
    /// Weight among its siblings; null counts as equal.
    #[schema(minimum = 0)]
    pub weight: Option<i64>,
    /// Progress in percent: that of the last progress report up to the day asked for which tells any, corrections
    /// counted; while none does, as it was set. Null when nobody has told.
    #[schema(minimum = 0, maximum = 100)]
    pub progress: Option<i16>,
    /// State; a new item is `drafted`, and moves by transitions.
    pub state: ItemState,
    /// Light and its reasons.
    pub light: Light,
    /// Codes of the linked projects, in the order given.
    pub projects: Vec<String>,
    /// Names of these projects, with `names=true` only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub project_names: Option<Vec<String>>,
    /// Code of the linked metric; null when the item is not measured.
    pub metric: Option<String>,
    /// Name of that metric, with `names=true` only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metric_name: Option<String>,
    /// Id of the target observation that it is to reach; null when there is none.
    #[schema(minimum = 1)]
    pub target: Option<i64>,
    /// Code of the item of an earlier plan that it goes on with; null when it is new.
    pub carried_from: Option<String>,
    /// Code of the item of a later plan that goes on with it; null when none does.
    pub carried_to: Option<String>,
    /// Code of the report that states it; null when it comes from elsewhere.
    #[schema(example = "bishi-2022")]
    pub report: Option<String>,
    /// Where in the report; null when it is not located.
    pub citation: Option<Citation>,
    /// Who may read it.
    pub visibility: Visibility,
    /// Number of the entry that last touched this row.
    #[schema(minimum = 1)]
    pub seq: i64,
    /// When that entry was made.
    pub updated_at: DateTime<Utc>,
}

/// A new plan item, for POST.
pub type PlanItemInput = New<PlanItemDraft>;

/// Changes of a plan item, for PATCH.
pub type PlanItemChanges = Changes<PlanItemDraft>;

impl Writable for PlanItemDraft {
    type Answer = PlanItem;
    const KEY: &'static [&'static str] = &["code", "plan", "state"];
}

impl Tabular for PlanItem {
    const LISTS: &'static [&'static str] = &["light.reasons[text]"];
}

impl PlanItem {
    /// A plan item with its light, areas and projects.
    pub fn new(
        row: PlanItemRow,
        light: Light,
        areas: Vec<AreaCode>,
        projects: Vec<String>,
    ) -> Result<PlanItem> {
        let PlanItemRow {
            code,
            plan,
            parent,
            ordinal,
            path: _,
            title,
            deliverables,
            lead_unit,
            co_units,
            post,
            start_on,
            due_on,
            reporting_cycle,
            weight,
            progress,
            state,
            metric,
            target,
            carried_from,
            carried_to,
            report,
            cited,
            visibility,
            folded: _,
            seq,
            updated_at,
        } = row;
        Ok(PlanItem {
            code,
            plan,
            plan_title: None,
            parent,
            parent_title: None,
            ordinal,
            title,
            deliverables: words(&deliverables)?,
            lead_unit,
            co_units: words(&co_units)?,
            post,
            areas,
            area_names: None,
            start_on,
            due_on,
            reporting_cycle,
            weight,
            progress,
            state,
            light,
            projects,
            project_names: None,
            metric,
            metric_name: None,
            target,
            carried_from,
            carried_to,
            report,
            citation: cited.into(),
            visibility,
            seq,
            updated_at: updated_at.and_utc(),
        })
    }
}
