//! `GET` and `POST /projects/{code}/milestones`; `GET`, `PATCH` and `DELETE /projects/{code}/milestones/{ordinal}`.

use actix_web::web::Data;
use actix_web::{HttpRequest, delete, get, patch, post};

use super::types::{Milestone, MilestoneChanges, MilestoneInput};
use crate::api::answer::Answer;
use crate::api::body::Nothing;
use crate::api::body::rows::New;
use crate::api::listing::Listing;
use crate::api::page::{self, Page, PageQuery};
use crate::api::problem::Problem;
use crate::api::query::{Code, Codes, NoParameters, Query};
use crate::api::write::Write;
use crate::api::write::done::Done;
use crate::api::write::intent::Intent;
use crate::api::write::parameters::{DryRun, WhyQuery};
use crate::db::ledger::Entry;
use crate::db::projects::whole::{self, WholeProject};
use crate::db::projects::{self, milestones};
use crate::db::{Conn, Db, Window};
use crate::domain::access::Sight;
use crate::domain::code::Code as ProjectCode;
use crate::domain::id::Id;
use crate::error::Result;

struct Milestones {
    project: String,
}

impl Listing for Milestones {
    type Key = i64;
    type Item = Milestone;

    fn check(&self, conn: &mut Conn, sight: Sight) -> Result<()> {
        projects::find(conn, sight, &self.project).map(drop)
    }

    fn page(&self, conn: &mut Conn, _: Sight, window: &Window<i64>) -> Result<Vec<Milestone>> {
        Ok(milestones::list(conn, &self.project, window)?.into_iter().map(Milestone::from).collect())
    }

    fn count(&self, conn: &mut Conn, _: Sight) -> Result<i64> {
        milestones::count(conn, &self.project)
    }

    fn key(&self, milestone: &Milestone) -> i64 {
        milestone.ordinal
    }
}

/// List the milestones of a project
///
/// Milestones in the order given.
#[utoipa::path(
    tag = "projects",
    params(
        ("code" = ProjectCode, Path, description = "Code of the project", example = "tongba-bridge"),
        PageQuery,
    ),
    responses((status = 200, description = "A page of milestones", body = Page<Milestone>)),
)]
#[get("/projects/{code}/milestones")]
pub async fn list_project_milestones(
    db: Data<Db>,
    request: HttpRequest,
    code: Code<ProjectCode>,
    query: Query<PageQuery>,
) -> Result<Answer, Problem> {
    page::list(&db, &request, query.0, Milestones { project: code.0.to_string() }).await
}

/// Read one milestone
///
/// One milestone by its place among those of its project.
#[utoipa::path(
    tag = "projects",
    params(
        ("code" = ProjectCode, Path, description = "Code of the project", example = "tongba-bridge"),
        ("ordinal" = Id, Path, description = "Place of the milestone", example = 1),
    ),
    responses((status = 200, description = "The milestone", body = Milestone)),
)]
#[get("/projects/{code}/milestones/{ordinal}")]
pub async fn show_project_milestone(
    db: Data<Db>,
    request: HttpRequest,
    codes: Codes<ProjectCode, Id>,
    sight: Sight,
    _query: Query<NoParameters>,
) -> Result<Answer, Problem> {
    let work = move |conn: &mut Conn| {
        let project = projects::find(conn, sight, codes.0.as_str())?;
        milestones::find(conn, &project.code, codes.1.number()).map(Milestone::from)
    };
    let row = db.read(work).await?;
    Answer::one(&request, row.data.seq, &row)
}

/// The project, if the caller may write to all of it.
fn writable(entry: &mut Entry<'_>, intent: &Intent, code: &ProjectCode) -> Result<WholeProject> {
    let row = projects::find(entry.conn, intent.sight(), code.as_str())?;
    let project = whole::load(entry.conn, row)?;
    intent.may_write(&project.areas)?;
    Ok(project)
}

/// Add a milestone
///
/// A new milestone after the last of the project. What is expected (`forecast_on`) is kept apart from what came
/// true (`met_on`). A key must reach all areas of the project.
#[utoipa::path(
    tag = "projects",
    params(
        ("code" = ProjectCode, Path, description = "Code of the project", example = "tongba-bridge"),
        DryRun,
    ),
    request_body = MilestoneInput,
    responses(
        (status = 200, description = "The milestone as it would be, of a dry run", body = Milestone),
        (status = 201, description = "The milestone, added", body = Milestone),
    ),
    extensions(("x-min-role" = json!("editor"))),
)]
#[post("/projects/{code}/milestones")]
pub async fn create_project_milestone(
    db: Data<Db>,
    write: Write<MilestoneInput, DryRun>,
    code: Code<ProjectCode>,
) -> Result<Done, Problem> {
    let Write { intent, body, .. } = write;
    let work = move |entry: &mut Entry<'_>, intent: &Intent| {
        let project = writable(entry, intent, &code.0)?;
        let New(draft) = body.checked()?;
        let place = milestones::next_place(entry.conn, &project.row.code)?;
        let row = draft.row(&project.row.code, project.row.report.as_deref(), place, entry)?;
        milestones::insert(entry, &project, &row)?;
        let address = format!("/api/v1/projects/{}/milestones/{place}", project.row.code);
        Done::created(address, row.seq, &Milestone::from(row))
    };
    intent.commit(&db, work).await
}

/// Change a milestone
///
/// A merge patch (RFC 7396): absent members stay, null clears. It stays in its place.
#[utoipa::path(
    tag = "projects",
    params(
        ("code" = ProjectCode, Path, description = "Code of the project", example = "tongba-bridge"),
        ("ordinal" = Id, Path, description = "Place of the milestone", example = 1),
    ),
    request_body(content = MilestoneChanges, content_type = "application/merge-patch+json"),
    responses((status = 200, description = "The milestone, changed", body = Milestone)),
    extensions(("x-min-role" = json!("editor"))),
)]
#[patch("/projects/{code}/milestones/{ordinal}")]
pub async fn update_project_milestone(
    db: Data<Db>,
    write: Write<MilestoneChanges>,
    codes: Codes<ProjectCode, Id>,
) -> Result<Done, Problem> {
    let Write { intent, body, .. } = write;
    let work = move |entry: &mut Entry<'_>, intent: &Intent| {
        let project = writable(entry, intent, &codes.0)?;
        let before = milestones::find(entry.conn, &project.row.code, codes.1.number())?;
        let draft = intent.changed(&body, &Milestone::from(before.clone()), before.seq)?;
        let after = draft.row(&before.project, project.row.report.as_deref(), before.ordinal, entry)?;
        milestones::update(entry, &project, &before, &after)?;
        let row = milestones::find(entry.conn, &before.project, before.ordinal)?;
        Done::row(row.seq, &Milestone::from(row))
    };
    intent.commit(&db, work).await
}

/// Delete a milestone
///
/// The others keep their places.
#[utoipa::path(
    tag = "projects",
    params(
        ("code" = ProjectCode, Path, description = "Code of the project", example = "tongba-bridge"),
        ("ordinal" = Id, Path, description = "Place of the milestone", example = 1),
        WhyQuery,
    ),
    responses((status = 204, description = "The milestone is gone")),
    extensions(("x-min-role" = json!("editor"))),
)]
#[delete("/projects/{code}/milestones/{ordinal}")]
pub async fn delete_project_milestone(
    db: Data<Db>,
    write: Write<Nothing, WhyQuery>,
    codes: Codes<ProjectCode, Id>,
) -> Result<Done, Problem> {
    let work = move |entry: &mut Entry<'_>, intent: &Intent| {
        let project = writable(entry, intent, &codes.0)?;
        let row = milestones::find(entry.conn, &project.row.code, codes.1.number())?;
        intent.matches(row.seq)?;
        milestones::delete(entry, &project, &row)?;
        Ok(Done::gone())
    };
    write.intent.commit(&db, work).await
}
