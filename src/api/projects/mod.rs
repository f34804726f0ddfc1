//! `GET /projects` and `GET /projects/{code}`.

pub mod milestones;
pub mod moves;
pub mod oc4ids;
pub mod summary;
pub mod types;
pub mod writing;

use actix_web::web::Data;
use actix_web::{HttpRequest, get};
use chrono::NaiveDateTime;
use itertools::Itertools;

use super::answer::Answer;
use super::listing::Listing;
use super::page::{self, Page, PageQuery};
use super::problem::Problem;
use super::query::{Code, Fields, FromFields, NoParameters, Query};
use crate::db::ledger::now;
use crate::db::lights;
use crate::db::projects::{self, ProjectFilter, ProjectRow};
use crate::db::{Conn, Db, Window};
use crate::domain::access::Sight;
use crate::domain::at::At;
use crate::domain::code::Code as ProjectCode;
use crate::domain::light::Facts;
use crate::error::{Result, only};
use crate::statistics::by_light::{LightFilter, Lit};
use crate::statistics::projects::Projects;
use types::Project;

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

/// Projects with their lights, and with the progress that is reported in the place of their own.
fn wire(conn: &mut Conn, sight: Sight, rows: Lit<(ProjectRow, Facts)>) -> Result<Vec<Project>> {
    let codes: Vec<String> = rows.iter().map(|((row, _), _)| row.code.clone()).collect();
    let parts = projects::parts(conn, sight, &codes)?;
    let mut areas = parts.areas.into_iter().into_group_map();
    let mut amounts = parts.amounts.into_iter().map(|row| (row.project.clone(), row)).into_group_map();
    let mut plan_items = parts.plan_items.into_iter().into_group_map();
    rows.into_iter()
        .map(|((row, facts), light)| {
            let areas = areas.remove(&row.code).unwrap_or_default();
            let amounts = amounts.remove(&row.code).unwrap_or_default();
            let plan_items = plan_items.remove(&row.code).unwrap_or_default();
            let row = ProjectRow { progress: facts.progress, ..row };
            Project::new(row, light.into(), areas, amounts, plan_items)
        })
        .collect()
}

/// The project with this code as it is answered.
///
/// Errors: `NotFound` when there is none, or none that may be seen.
fn shown(conn: &mut Conn, sight: Sight, code: &str, at: At) -> Result<Project> {
    let row = projects::find(conn, sight, code)?;
    let facts = lights::of_projects(conn, std::slice::from_ref(&row), at)?;
    let rows = facts.into_iter().map(|facts| ((row.clone(), facts.clone()), facts.light(at.day)));
    only(wire(conn, sight, rows.collect())?)
}

impl Listing for Projects {
    type Key = String;
    type Item = Project;

    fn check(&self, conn: &mut Conn, _: Sight) -> Result<()> {
        Projects::check(self, conn)
    }

    fn page(&self, conn: &mut Conn, sight: Sight, window: &Window<String>) -> Result<Vec<Project>> {
        let rows = self.watched(conn, sight, window)?;
        wire(conn, sight, rows)
    }

    fn count(&self, conn: &mut Conn, sight: Sight) -> Result<i64> {
        Projects::count(self, conn, sight)
    }

    fn key(&self, project: &Project) -> String {
        project.code.clone()
    }

    fn good_until(&self, _: &mut Conn) -> Result<Option<NaiveDateTime>> {
        Ok(self.at.midnight)
    }

    fn is_long(&self) -> bool {
        !self.light.is_open()
    }
}

/// List projects
///
/// Projects in order of their code, with stage, areas, money and quantities, and their lights of today.
#[utoipa::path(
    tag = "projects",
    params(ProjectFilter, LightFilter, PageQuery),
    responses((status = 200, description = "A page of projects", body = Page<Project>)),
)]
#[get("/projects")]
pub async fn list_projects(
    db: Data<Db>,
    request: HttpRequest,
    query: Query<((ProjectFilter, PageQuery), LightFilter)>,
) -> Result<Answer, Problem> {
    let Query(((filter, paging), light)) = query;
    page::list(&db, &request, paging, Projects { filter, light, at: At::today(now()) }).await
}

/// Read one project
///
/// One project by its code.
#[utoipa::path(
    tag = "projects",
    params(("code" = ProjectCode, Path, description = "Code of the project", example = "guoxiang-sewers")),
    responses((status = 200, description = "The project", body = Project)),
)]
#[get("/projects/{code}")]
pub async fn show_project(
    db: Data<Db>,
    request: HttpRequest,
    code: Code<ProjectCode>,
    sight: Sight,
    _query: Query<NoParameters>,
) -> Result<Answer, Problem> {
    let at = At::today(now());
    let work = move |conn: &mut Conn| Ok((shown(conn, sight, code.0.as_str(), at)?, at.midnight));
    Answer::changing(&request, db.read(work).await?, |project| project.seq)
}
