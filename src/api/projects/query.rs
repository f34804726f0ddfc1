//! The query parameters of projects.

use utoipa::IntoParams;

use super::types::Project;
use crate::api::page::PageQuery;
use crate::api::query::{Fields, FromFields};
use crate::db::projects::{ProjectFilter, ProjectSort};
use crate::statistics::by_light::LightFilter;

impl FromFields for ProjectFilter {
    fn from_fields(fields: &mut Fields) -> ProjectFilter {
        ProjectFilter {
            stage: fields.many("stage"),
            status: fields.many("status"),
            within: fields.one("within"),
            area: fields.many("area"),
            kind: fields.many("kind"),
            q: fields.one("q"),
            due_before: fields.day("due_before"),
            overdue: fields.choice("overdue"),
            budget_ge: fields.one("budget_ge"),
            budget_le: fields.one("budget_le"),
            budget_unit: fields.text("budget_unit"),
        }
    }
}

/// How the list of projects is shown.
#[derive(Debug, Clone, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ProjectsView {
    /// Order: `code` (default), `starts_on`, `finishes_on` or `seq`; a minus before it descends. Dates are in order
    /// of their words, `2023` before `2023-01`; what has none comes last.
    #[param(required = false, inline, value_type = Option<ProjectSort>, example = "-seq")]
    pub sort: ProjectSort,
    /// Members to keep, repeated or comma-separated; all by default.
    #[param(example = json!(["code", "name", "stage", "light"]))]
    pub fields: Vec<String>,
}

impl FromFields for ProjectsView {
    fn from_fields(fields: &mut Fields) -> ProjectsView {
        ProjectsView {
            sort: fields.one("sort").unwrap_or_default(),
            fields: fields.members_of::<Project>("fields"),
        }
    }
}

/// Whether names are shown beside the codes of a project.
#[derive(Debug, Clone, Copy, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ProjectNames {
    /// Adds `area_names`, `unit_names` and `plan_item_titles`.
    #[param(required = false, default = false)]
    pub names: bool,
}

impl FromFields for ProjectNames {
    fn from_fields(fields: &mut Fields) -> ProjectNames {
        ProjectNames { names: fields.flag("names") }
    }
}

/// The whole query of the list.
pub type ProjectsQuery = ((ProjectFilter, PageQuery), (LightFilter, (ProjectsView, ProjectNames)));
