//! `GET /projects/oc4ids.json`: projects as a package of the Open Contracting for Infrastructure Data Standard.

use actix_web::web::Data;
use actix_web::{HttpRequest, get};
use itertools::Itertools;

use crate::api::answer::Answer;
use crate::api::download::{self, Outlet};
use crate::api::format::Format;
use crate::api::problem::Problem;
use crate::api::query::Query;
use crate::db::ledger::now;
use crate::db::projects::{self, ProjectFilter, ProjectRow, ProjectSort};
use crate::db::{Conn, Db, Window, areas, units};
use crate::domain::access::Sight;
use crate::domain::at::At;
use crate::domain::light::Facts;
use crate::error::Result;
use crate::exchange::oc4ids::project::Whole;
use crate::exchange::oc4ids::{Package, PackageWriter, Project, Publisher};
use crate::statistics::by_light::LightFilter;
use crate::statistics::projects::{CHUNK, Projects};

/// Download projects as an OC4IDS package
///
/// The projects that `/projects` lists with the same parameters, all of them, as a package of the Open
/// Contracting for Infrastructure Data Standard, version 0.9 (release 0.9.5). The standard is for works: `kind=construction`
/// leaves out what is none.
///
/// Money is told in yuan (CNY), exactly; 约200万元 is an amount of 2000000 with its words as `description` of the
/// budget. Dates that are not known to the day are told in words. `sector` and `type` are left out, since nobody states them
/// here. A project's `id` is the publisher's prefix with its code; `TAIZHANG_OC4IDS_PREFIX` sets the one that the
/// OC4IDS Helpdesk has assigned. Where no project is selected there is a package of none, though the standard
/// wants one at least.
#[utoipa::path(
    tag = "projects",
    params(ProjectFilter, LightFilter),
    responses((status = 200, description = "The package", body = Package)),
)]
#[get("/projects/oc4ids.json")]
pub async fn show_oc4ids_package(
    db: Data<Db>,
    request: HttpRequest,
    sight: Sight,
    publisher: Data<Publisher>,
    query: Query<(ProjectFilter, LightFilter)>,
) -> Result<Answer, Problem> {
    Format::json(&request)?;
    let Query((filter, light)) = query;
    let projects = Projects { filter, light, at: At::today(now()), sort: ProjectSort::default() };
    let address = download::address(&request);
    let work = move |conn: &mut Conn, outlet: &mut Outlet| {
        projects.check(conn)?;
        let of_today = projects.filter.overdue.is_some() || !projects.light.is_open();
        outlet.is_of(conn, projects.at.midnight.filter(|_| of_today))?;
        let mut package = PackageWriter::begin(outlet)?;
        let mut window = Window { after: None, limit: CHUNK };
        loop {
            let rows = projects.watched(conn, sight, &window)?;
            let rows: Vec<_> = rows.into_iter().map(|(row, _)| row).collect();
            window.after = rows.last().map(|(row, _)| row.place(projects.sort));
            let is_last = (rows.len() as i64) < CHUNK;
            package.projects(&told(conn, sight, &publisher, rows)?, outlet)?;
            outlet.check()?;
            if is_last {
                package.finish(&publisher, &address, outlet)?;
                return Ok(());
            }
        }
    };
    download::stream(&db, &request, Format::Json.media_type(), work).await
}

/// Projects with all that belongs to them, in OC4IDS.
fn told(
    conn: &mut Conn,
    sight: Sight,
    publisher: &Publisher,
    rows: Vec<(ProjectRow, Facts)>,
) -> Result<Vec<Project>> {
    let codes: Vec<String> = rows.iter().map(|(row, _)| row.code.clone()).collect();
    let units = units::all(conn)?;
    let parts = projects::parts(conn, sight, &codes)?;
    let names = areas::names(conn, parts.areas.iter().map(|(_, area)| *area).collect())?;
    let named = parts.areas.into_iter().map(|(project, area)| {
        let name = names.get(&area).cloned().unwrap_or_default();
        (project, (area, name))
    });
    let mut areas = named.into_iter().into_group_map();
    let mut amounts = parts.amounts.into_iter().map(|row| (row.project.clone(), row)).into_group_map();
    let milestones = projects::milestones::of_projects(conn, &codes)?;
    let mut milestones = milestones.into_iter().map(|row| (row.project.clone(), row)).into_group_map();
    let whole = rows.into_iter().map(|(row, facts)| {
        let whole = Whole {
            progress: facts.progress,
            areas: areas.remove(&row.code).unwrap_or_default(),
            amounts: amounts.remove(&row.code).unwrap_or_default(),
            milestones: milestones.remove(&row.code).unwrap_or_default(),
            row,
        };
        Project::new(publisher, &units, whole)
    });
    whole.collect()
}
