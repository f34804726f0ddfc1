//! `GET /projects` and `GET /projects/{code}`.

pub mod milestones;
pub mod moves;
pub mod oc4ids;
pub mod query;
pub mod summary;
pub mod types;
pub mod writing;

use std::collections::{BTreeSet, HashMap};

use actix_web::web::Data;
use actix_web::{HttpRequest, get};
use chrono::NaiveDateTime;
use itertools::Itertools;

use super::answer::Answer;
use super::listing::{Listing, Placed, named};
use super::page::{self, Page, PageQuery};
use super::problem::Problem;
use super::query::{Code, Query};
use crate::db::ledger::now;
use crate::db::lights;
use crate::db::projects::whole::{self, WholeProject};
use crate::db::projects::{self, ProjectFilter, ProjectPlace, ProjectRow};
use crate::db::{Conn, Db, Window, areas, plan_items, units};
use crate::domain::access::Sight;
use crate::domain::area_code::AreaCode;
use crate::domain::at::At;
use crate::domain::code::Code as ProjectCode;
use crate::domain::light::Facts;
use crate::error::{Result, only};
use crate::exchange::table::Tabular;
use crate::statistics::by_light::{LightFilter, Lit};
use crate::statistics::projects::Projects;
use query::{ProjectNames, ProjectsQuery, ProjectsView};
use types::Project;

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

fn add_names(conn: &mut Conn, projects: &mut [Project]) -> Result<()> {
    let named: BTreeSet<AreaCode> =
        projects.iter().flat_map(|project| project.areas.iter().copied()).collect();
    let areas = areas::names(conn, named.into_iter().collect())?;
    let linked: BTreeSet<String> =
        projects.iter().flat_map(|project| project.plan_items.iter().cloned()).collect();
    let titles = plan_items::titles(conn, linked.into_iter().collect())?;
    let units: HashMap<String, String> =
        units::all(conn)?.into_iter().map(|unit| (unit.code, unit.name)).collect();
    for project in projects {
        project.area_names = Some(project.areas.iter().filter_map(|area| areas.get(area).cloned()).collect());
        project.plan_item_titles =
            Some(project.plan_items.iter().filter_map(|item| titles.get(item).cloned()).collect());
        let quantities = project.quantities.iter().map(|named| &named.quantity);
        let funding = project.funding.iter().map(|funding| &funding.quantity);
        let figures = project.budget.iter().map(|budget| &budget.quantity).chain(funding).chain(quantities);
        let named = figures.filter_map(|figure| units.get_key_value(&figure.unit));
        project.unit_names = Some(named.map(|(code, name)| (code.clone(), name.clone())).collect());
    }
    Ok(())
}

/// The project with this code as it is answered.
///
/// Errors: `NotFound` when there is none, or none that may be seen.
fn shown(conn: &mut Conn, sight: Sight, code: &str, at: At) -> Result<Project> {
    let row = projects::find(conn, sight, code)?;
    let project = whole::load(conn, row)?;
    answered(conn, sight, &project, at)
}

/// A project that may be seen as it is answered.
fn answered(conn: &mut Conn, sight: Sight, project: &WholeProject, at: At) -> Result<Project> {
    let WholeProject { row, areas, amounts } = project.clone();
    let facts = only(lights::of_projects(conn, std::slice::from_ref(&row), at)?)?;
    let plan_items = projects::plan_items(conn, sight, std::slice::from_ref(&row.code))?;
    let plan_items = plan_items.into_iter().map(|(_, item)| item).collect();
    let row = ProjectRow { progress: facts.progress, ..row };
    Project::new(row, facts.light(at.day).into(), areas, amounts, plan_items)
}

/// Projects with their lights on a day as they go over the wire, in the order of the rows.
pub fn lit_wire(conn: &mut Conn, sight: Sight, at: At, rows: Vec<ProjectRow>) -> Result<Vec<Project>> {
    let facts = lights::of_projects(conn, &rows, at)?;
    let lit = rows.into_iter().zip(facts).map(|(row, facts)| ((row, facts.clone()), facts.light(at.day)));
    wire(conn, sight, lit.collect())
}

/// The list of projects, and how it is shown.
struct ProjectList {
    projects: Projects,
    fields: Vec<String>,
    names: bool,
}

impl Listing for ProjectList {
    type Key = ProjectPlace;
    type Item = Placed<Project, ProjectPlace>;

    fn check(&self, conn: &mut Conn, _: Sight) -> Result<()> {
        self.projects.check(conn)
    }

    fn page(&self, conn: &mut Conn, sight: Sight, window: &Window<ProjectPlace>) -> Result<Vec<Self::Item>> {
        let rows = self.projects.watched(conn, sight, window)?;
        let places = rows.iter().map(|((row, _), _)| row.place(self.projects.sort)).collect();
        let mut projects = wire(conn, sight, rows)?;
        if self.names {
            add_names(conn, &mut projects)?;
        }
        Ok(Placed::all(projects, places))
    }

    fn count(&self, conn: &mut Conn, sight: Sight) -> Result<i64> {
        self.projects.count(conn, sight)
    }

    fn key(&self, project: &Self::Item) -> ProjectPlace {
        project.place()
    }

    fn order(&self) -> String {
        self.projects.sort.to_string()
    }

    fn takes(&self, (mark, _): &ProjectPlace) -> bool {
        self.projects.sort.by.takes(mark)
    }

    fn fields(&self) -> &[String] {
        &self.fields
    }

    fn columns(&self) -> Vec<String> {
        named(Project::columns(), self.names)
    }

    fn good_until(&self, _: &mut Conn) -> Result<Option<NaiveDateTime>> {
        Ok(self.projects.at.midnight)
    }

    fn is_long(&self) -> bool {
        !self.projects.light.is_open()
    }
}

/// List projects
///
/// Projects with stage, areas, money and quantities, and their lights of today.
#[utoipa::path(
    tag = "projects",
    params(ProjectFilter, LightFilter, ProjectsView, ProjectNames, PageQuery),
    responses((status = 200, description = "A page of projects", body = Page<Project>)),
)]
#[get("/projects")]
pub async fn list_projects(
    db: Data<Db>,
    request: HttpRequest,
    query: Query<ProjectsQuery>,
) -> Result<Answer, Problem> {
    let Query(((filter, paging), (light, (ProjectsView { sort, fields }, ProjectNames { names })))) = query;
    let projects = Projects { filter, light, at: At::today(now()), sort };
    page::list(&db, &request, paging, ProjectList { projects, fields, names }).await
}

/// Read one project
///
/// One project by its code.
#[utoipa::path(
    tag = "projects",
    params(
        ("code" = ProjectCode, Path, description = "Code of the project", example = "guoxiang-sewers"),
        ProjectNames,
    ),
    responses((status = 200, description = "The project", body = Project)),
)]
#[get("/projects/{code}")]
pub async fn show_project(
    db: Data<Db>,
    request: HttpRequest,
    code: Code<ProjectCode>,
    sight: Sight,
    query: Query<ProjectNames>,
) -> Result<Answer, Problem> {
    let at = At::today(now());
    let ProjectNames { names } = query.0;
    let work = move |conn: &mut Conn| {
        let mut project = shown(conn, sight, code.0.as_str(), at)?;
        if names {
            add_names(conn, std::slice::from_mut(&mut project))?;
        }
        Ok((project, at.midnight))
    };
    Answer::changing(&request, db.read(work).await?, |project| project.seq)
}
