//! `POST /projects/{code}/transitions`.

use actix_web::post;
use actix_web::web::Data;
use chrono::NaiveDate;
use serde::Deserialize;
use utoipa::ToSchema;

use super::answered;
use super::types::Project;
use crate::api::body::Plain;
use crate::api::problem::Problem;
use crate::api::query::Code;
use crate::api::write::Write;
use crate::api::write::done::Done;
use crate::api::write::intent::Intent;
use crate::db::Db;
use crate::db::ledger::Entry;
use crate::db::projects::{self, whole};
use crate::domain::at::At;
use crate::domain::code::Code as ProjectCode;
use crate::domain::stage::Stage;
use crate::domain::when;
use crate::exchange::moves::project::ProjectMove;

/// A move of a project, as a body: to another stage, into suspension or out of it, or both.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProjectTransitionInput {
    /// The stage to come to; null to stay.
    #[schema(example = "under_construction")]
    pub to: Option<Stage>,
    /// Whether work is suspended from now on; null to leave it as it is.
    pub suspended: Option<bool>,
    /// The day on which it happened; today when null. Not before the last move.
    #[schema(example = "2023-03-01")]
    #[serde(default, deserialize_with = "when::optional_day")]
    pub on: Option<NaiveDate>,
}

/// Move a project
///
/// To another stage, into suspension or out of it. Forward moves may skip stages and take the role `reporter`;
/// all others take the role `reviewer`, and but for resuming what was suspended they take a reason (`comment`
/// or `reason`): to go back, to cancel, to suspend. A stage that the project is at already is a 409 that names the others: of two who race one wins.
///
/// `started` and `under_construction` fill `started_on`, and `completed` fills `finished_on`, where that is not
/// known; to go back to a stage before `completed` or `started` clears it. `If-Match` is optional. The moves are part of the timeline, and lights of a past day are told by the
/// stage of that day.
#[utoipa::path(
    tag = "projects",
    params(("code" = ProjectCode, Path, description = "Code of the project", example = "tongba-bridge")),
    request_body = ProjectTransitionInput,
    responses((status = 200, description = "The project after the move", body = Project)),
    extensions(("x-min-role" = json!("reporter"))),
)]
#[post("/projects/{code}/transitions")]
pub async fn move_project(
    db: Data<Db>,
    write: Write<Plain<ProjectTransitionInput>>,
    code: Code<ProjectCode>,
) -> Result<Done, Problem> {
    let Write { intent, body, .. } = write;
    let work = move |entry: &mut Entry<'_>, intent: &Intent| {
        let row = projects::find(entry.conn, intent.sight(), code.0.as_str())?;
        let before = whole::load(entry.conn, row)?;
        intent.may_write(&before.areas)?;
        let asked = ProjectMove { to: body.said("to"), suspended: body.said("suspended"), on: None };
        asked.permit(&intent.caller, &before)?;
        intent.matches_if_said(before.row.seq)?;
        let Plain(ProjectTransitionInput { on, .. }) =
            *body.checked().or_else(|error| asked.check(&before).and(Err(error)))?;
        let after = ProjectMove { on, ..asked }.make(entry, &intent.caller, &before)?;
        let project = answered(entry.conn, intent.sight(), &after, At::today(entry.at))?;
        Done::row(project.seq, &project)
    };
    intent.commit(&db, work).await
}
