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

use super::answer::Answer;
use super::areas::types::gather;
use super::light::{LightFilter, Lit, lit};
use super::page::{self, Listing, Page, PageQuery};
use super::problem::Problem;
use super::query::{Code, Fields, FromFields, NoParameters, Query};
use crate::db::lights::{self, At};
use crate::db::projects::{self, ProjectFilter, ProjectRow};
use crate::db::{Conn, Db, Window, areas};
use crate::domain::access::Sight;
use crate::domain::code::Code as ProjectCode;
use crate::error::{Error, Result};
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
fn with_lights(conn: &mut Conn, at: At, mut rows: Vec<ProjectRow>) -> Result<Lit<ProjectRow>> {
    let facts = lights::of_projects(conn, &rows, at)?;
    rows.iter_mut().zip(&facts).for_each(|(row, facts)| row.progress = facts.progress);
    Ok(lit(rows, facts, at))
}

fn wire(conn: &mut Conn, sight: Sight, rows: Lit<ProjectRow>) -> Result<Vec<Project>> {
    let codes: Vec<String> = rows.iter().map(|(row, _)| row.code.clone()).collect();
    let parts = projects::parts(conn, sight, &codes)?;
    let mut areas = gather(parts.areas);
    let mut amounts = gather(parts.amounts.into_iter().map(|row| (row.project.clone(), row)));
    let mut plan_items = gather(parts.plan_items);
    rows.into_iter()
        .map(|(row, light)| {
            let areas = areas.remove(&row.code).unwrap_or_default();
            let amounts = amounts.remove(&row.code).unwrap_or_default();
            let plan_items = plan_items.remove(&row.code).unwrap_or_default();
            Project::new(row, light.into(), areas, amounts, plan_items)
        })
        .collect()
}

/// The project with this code as it is answered.
///
/// Errors: `NotFound` when there is none, or none that may be seen.
fn shown(conn: &mut Conn, sight: Sight, code: &str, at: At) -> Result<Project> {
    let row = projects::find(conn, sight, code)?;
    let row = with_lights(conn, at, vec![row])?;
    wire(conn, sight, row)?.pop().ok_or(Error::Cancelled)
}

struct Projects {
    filter: ProjectFilter,
    light: LightFilter,
    at: At,
}

impl Projects {
    fn read(&self, conn: &mut Conn, sight: Sight, window: &Window<String>) -> Result<Lit<ProjectRow>> {
        let rows = projects::list(conn, sight, &self.filter, window)?;
        with_lights(conn, self.at, rows)
    }
}

fn place(row: &ProjectRow) -> String {
    row.code.clone()
}

impl Listing for Projects {
    type Key = String;
    type Item = Project;

    fn check(&self, conn: &mut Conn, _: Sight) -> Result<()> {
        projects::money::check(conn, &self.filter)?;
        areas::check(conn, "within", self.filter.within)?;
        self.filter.area.iter().try_for_each(|&area| areas::check(conn, "area", Some(area)))
    }

    fn page(&self, conn: &mut Conn, sight: Sight, window: &Window<String>) -> Result<Vec<Project>> {
        let rows = self.light.choose(window, place, |window| self.read(conn, sight, window))?;
        wire(conn, sight, rows)
    }

    fn count(&self, conn: &mut Conn, sight: Sight) -> Result<i64> {
        if self.light.is_open() {
            return projects::count(conn, sight, &self.filter);
        }
        self.light.count(place, |window| self.read(conn, sight, window))
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
#[utoipa::path(tag = "projects", params(ProjectFilter, LightFilter, PageQuery), responses((status = 200, description = "A page of projects", body = Page<Project>)))]
#[get("/projects")]
pub async fn list_projects(
    db: Data<Db>,
    request: HttpRequest,
    query: Query<((ProjectFilter, PageQuery), LightFilter)>,
) -> Result<Answer, Problem> {
    let Query(((filter, paging), light)) = query;
    page::list(&db, &request, paging, Projects { filter, light, at: At::today() }).await
}

/// Read one project
///
/// One project by its code.
#[utoipa::path(tag = "projects", params(("code" = ProjectCode, Path, description = "Code of the project", example = "guoxiang-sewers")), responses((status = 200, description = "The project", body = Project)))]
#[get("/projects/{code}")]
pub async fn show_project(
    db: Data<Db>,
    request: HttpRequest,
    code: Code<ProjectCode>,
    sight: Sight,
    _query: Query<NoParameters>,
) -> Result<Answer, Problem> {
    let at = At::today();
    let work = move |conn: &mut Conn| Ok((shown(conn, sight, code.0.as_str(), at)?, at.midnight));
    Answer::changing(&request, db.read(work).await?, |project| project.seq)
}
