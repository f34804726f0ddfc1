//! `POST /projects`, `PATCH` and `DELETE /projects/{code}`.

use actix_web::web::Data;
use actix_web::{delete, patch, post};

use super::types::{Project, ProjectChanges, ProjectInput};
use super::{add_names, answered};
use crate::api::body::Nothing;
use crate::api::problem::Problem;
use crate::api::progress_reports::writing::own_progress;
use crate::api::query::Code;
use crate::api::write::Write;
use crate::api::write::done::Done;
use crate::api::write::intent::Intent;
use crate::api::write::parameters::{DryRun, WhyQuery};
use crate::db::Conn;
use crate::db::Db;
use crate::db::ledger::Entry;
use crate::db::progress_reports::Subject;
use crate::db::projects::{self, whole, write};
use crate::domain::at::At;
use crate::domain::code::Code as ProjectCode;
use crate::error::Thing;
use crate::exchange::drafts::Draft;
use crate::exchange::moves::project::note_change;

/// Create a project
///
/// A new project under a code of your own; 409 when the code is taken. Its milestones have an address
/// of their own.
#[utoipa::path(
    tag = "projects",
    params(DryRun),
    request_body = ProjectInput,
    responses(
        (status = 200, description = "The project as it would be, of a dry run", body = Project),
        (status = 201, description = "The project, created", body = Project),
    ),
    extensions(("x-min-role" = json!("editor"))),
)]
#[post("/projects")]
pub async fn create_project(db: Data<Db>, write: Write<ProjectInput, DryRun>) -> Result<Done, Problem> {
    let Write { intent, body, .. } = write;
    let work = move |entry: &mut Entry<'_>, intent: &Intent| {
        let taken = |conn: &mut Conn, code: &str| Ok(projects::get(conn, code)?.is_some());
        intent.may_write(&body.areas())?;
        let draft = body.new_row(entry, intent.sight(), Thing::Project, taken)?;
        let added = draft.add(entry)?;
        let project = answered(entry.conn, intent.sight(), &added, At::today(entry.at))?;
        Done::created(format!("/api/v1/projects/{}", project.code), project.seq, &project)
    };
    intent.commit(&db, work).await
}

/// Change a project
///
/// A merge patch (RFC 7396): absent members stay, null clears, a list is replaced as a whole. A key must
/// reach all areas that the project lies in, before and after. Another stage, or to suspend it or not, is a move
/// of today: see `POST /projects/{code}/transitions`. While progress reports tell the `progress`, it is not set
/// here (422).
#[utoipa::path(
    tag = "projects",
    params(("code" = ProjectCode, Path, description = "Code of the project", example = "tongba-bridge")),
    request_body(content = ProjectChanges, content_type = "application/merge-patch+json"),
    responses((status = 200, description = "The project, changed", body = Project)),
    extensions(("x-min-role" = json!("editor"))),
)]
#[patch("/projects/{code}")]
pub async fn update_project(
    db: Data<Db>,
    write: Write<ProjectChanges>,
    code: Code<ProjectCode>,
) -> Result<Done, Problem> {
    let Write { intent, body, .. } = write;
    let work = move |entry: &mut Entry<'_>, intent: &Intent| {
        let code = code.0.as_str();
        let row = projects::find(entry.conn, intent.sight(), code)?;
        let before = whole::load(entry.conn, row)?;
        intent.may_write(&before.areas)?;
        let mut told = answered(entry.conn, intent.sight(), &before, At::today(entry.at))?;
        if body.has_names() {
            add_names(entry.conn, std::slice::from_mut(&mut told))?;
        }
        let changes = intent.changes(&body, &told, before.row.seq)?;
        let mut draft = changes.onto(&told)?;
        intent.may_write(&draft.areas)?;
        draft.check_references(entry.conn, intent.sight())?;
        let change = changes.has("progress").then_some(draft.progress);
        let subject = Subject::Project(code.to_owned());
        draft.progress = own_progress(entry, &subject, before.row.progress, change)?;
        let after = draft.whole(entry)?;
        let written = write::update(entry, &before, &after)?;
        note_change(entry, &intent.caller, &before, &after)?;
        let project = answered(entry.conn, intent.sight(), written, At::today(entry.at))?;
        Done::row(project.seq, &project)
    };
    intent.commit(&db, work).await
}

/// Delete a project
///
/// It goes with its milestones. 409 while progress is reported of it, or plan items or observations refer to it
/// that the key reaches; those of others let it go, which their timelines and the same entry tell. A project that
/// was given up can be cancelled instead.
#[utoipa::path(
    tag = "projects",
    params(
        ("code" = ProjectCode, Path, description = "Code of the project", example = "guoxiang-sewers"),
        WhyQuery,
    ),
    responses((status = 204, description = "The project is gone")),
    extensions(("x-min-role" = json!("editor"))),
)]
#[delete("/projects/{code}")]
pub async fn delete_project(
    db: Data<Db>,
    write: Write<Nothing, WhyQuery>,
    code: Code<ProjectCode>,
) -> Result<Done, Problem> {
    let work = move |entry: &mut Entry<'_>, intent: &Intent| {
        let row = projects::find(entry.conn, intent.sight(), code.0.as_str())?;
        let before = whole::load(entry.conn, row)?;
        intent.may_write(&before.areas)?;
        intent.matches(before.row.seq)?;
        write::delete(entry, &before, intent.caller.reach())?;
        Ok(Done::gone())
    };
    write.intent.commit(&db, work).await
}
