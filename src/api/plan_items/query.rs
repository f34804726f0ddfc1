//! The query parameters of plan items.

use std::str::FromStr;

use utoipa::IntoParams;

use super::types::PlanItem;
use crate::api::light::AtQuery;
use crate::api::page::PageQuery;
use crate::api::query::{Fields, FromFields};
use crate::db::plan_items::{Parent, PlanItemFilter, PlanItemSort};
use crate::domain::code::Code as ItemCode;
use crate::error::{Invalid, Result};
use crate::statistics::by_light::LightFilter;

impl FromStr for Parent {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Parent, Invalid> {
        if text == "none" {
            Ok(Parent::None)
        } else {
            Ok(Parent::Item(text.parse::<ItemCode>()?.to_string()))
        }
    }
}

impl FromFields for PlanItemFilter {
    fn from_fields(fields: &mut Fields) -> PlanItemFilter {
        PlanItemFilter {
            plan: fields.codes("plan"),
            parent: fields.one("parent"),
            state: fields.many("state"),
            lead_unit: fields.texts("lead_unit"),
            within: fields.one("within"),
            q: fields.one("q"),
            due_before: fields.day("due_before"),
        }
    }
}

/// How the list of plan items is shown.
#[derive(Debug, Clone, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PlanItemsView {
    /// Order: `tree` (default: by plan, a heading before what is below it), `start_on` or `due_on`; a minus before it
    /// descends. Dates are in order of their words, `2023` before `2023-01`; what has none comes last.
    #[param(required = false, inline, value_type = Option<PlanItemSort>, example = "due_on")]
    pub sort: PlanItemSort,
    /// Members to keep, repeated or comma-separated; all by default.
    #[param(example = json!(["code", "title", "due_on", "light"]))]
    pub fields: Vec<String>,
}

impl FromFields for PlanItemsView {
    fn from_fields(fields: &mut Fields) -> PlanItemsView {
        PlanItemsView {
            sort: fields.one("sort").unwrap_or_default(),
            fields: fields.members_of::<PlanItem>("fields"),
        }
    }
}

/// Whether names are shown beside the codes of a plan item.
#[derive(Debug, Clone, Copy, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PlanItemNames {
    /// Adds `plan_title`, `parent_title`, `area_names`, `project_names` and `metric_name`.
    #[param(required = false, default = false)]
    pub names: bool,
}

impl FromFields for PlanItemNames {
    fn from_fields(fields: &mut Fields) -> PlanItemNames {
        PlanItemNames { names: fields.flag("names") }
    }
}

/// The whole query of the list.
pub type PlanItemsQuery =
    ((PlanItemFilter, PageQuery), ((LightFilter, AtQuery), (PlanItemsView, PlanItemNames)));
