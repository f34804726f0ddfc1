//! `POST /plans`, `PATCH` and `DELETE /plans/{code}`.

use actix_web::web::Data;
use actix_web::{delete, patch, post};

use super::shown;
use super::types::{Plan, PlanChanges, PlanInput};
use crate::api::body::Nothing;
use crate::api::problem::Problem;
use crate::api::query::Code;
use crate::api::write::Write;
use crate::api::write::done::Done;
use crate::api::write::intent::Intent;
use crate::api::write::parameters::{DryRun, WhyQuery};
use crate::db::ledger::Entry;
use crate::db::{Conn, Db, plan_items, plans};
use crate::domain::at::At;
use crate::domain::code::Code as PlanCode;
use crate::error::{Error, Text, Thing};
use crate::exchange::drafts::Draft;

/// Create a plan
///
/// A new plan, without items, under a code of your own; 409 when the code is taken.
#[utoipa::path(
    tag = "plans",
    params(DryRun),
    request_body = PlanInput,
    responses(
        (status = 200, description = "The plan as it would be, of a dry run", body = Plan),
        (status = 201, description = "The plan, created", body = Plan),
    ),
    extensions(("x-min-role" = json!("editor"))),
)]
#[post("/plans")]
pub async fn create_plan(db: Data<Db>, write: Write<PlanInput, DryRun>) -> Result<Done, Problem> {
    let Write { intent, body, .. } = write;
    let work = move |entry: &mut Entry<'_>, intent: &Intent| {
        let taken = |conn: &mut Conn, code: &str| Ok(plans::get(conn, code)?.is_some());
        intent.may_write(&body.areas())?;
        let draft = body.new_row(entry, intent.sight(), Thing::Plan, taken)?;
        draft.insert(entry)?;
        let plan = shown(entry.conn, intent.sight(), &draft.code, At::today(entry.at))?;
        Done::created(format!("/api/v1/plans/{}", draft.code), plan.summary.seq, &plan)
    };
    intent.commit(&db, work).await
}

/// Change a plan
///
/// A merge patch (RFC 7396): absent members stay, null clears. Its items have addresses of their own. The `year`
/// stays while items are carried over from or to another plan (409).
#[utoipa::path(
    tag = "plans",
    params(("code" = PlanCode, Path, description = "Code of the plan", example = "bishi-2023")),
    request_body(content = PlanChanges, content_type = "application/merge-patch+json"),
    responses((status = 200, description = "The plan, changed", body = Plan)),
    extensions(("x-min-role" = json!("editor"))),
)]
#[patch("/plans/{code}")]
pub async fn update_plan(
    db: Data<Db>,
    write: Write<PlanChanges>,
    code: Code<PlanCode>,
) -> Result<Done, Problem> {
    let Write { intent, body, .. } = write;
    let work = move |entry: &mut Entry<'_>, intent: &Intent| {
        let before = plans::find(entry.conn, code.0.as_str())?;
        intent.may_write(&[before.area])?;
        let draft = intent.changed(
            &body,
            &shown(entry.conn, intent.sight(), code.0.as_str(), At::today(entry.at))?,
            before.seq,
        )?;
        intent.may_write(&[draft.area])?;
        draft.check_references(entry.conn, intent.sight())?;
        let row = draft.row(entry);
        if row.year != before.year && plan_items::is_carried_over(entry.conn, &before.code)? {
            let (zh, en) = (
                "有事项与其他年度的计划接续，年度不能改",
                "Items are carried over from it or to it: its year stays.",
            );
            return Err(Error::Refused(Text::new(zh, en)));
        }
        plans::write::update(entry, &before, &row)?;
        let plan = shown(entry.conn, intent.sight(), code.0.as_str(), At::today(entry.at))?;
        Done::row(plan.summary.seq, &plan)
    };
    intent.commit(&db, work).await
}

/// Delete a plan
///
/// 409 while it has items.
#[utoipa::path(
    tag = "plans",
    params(("code" = PlanCode, Path, description = "Code of the plan", example = "bishi-2023"), WhyQuery),
    responses((status = 204, description = "The plan is gone")),
    extensions(("x-min-role" = json!("editor"))),
)]
#[delete("/plans/{code}")]
pub async fn delete_plan(
    db: Data<Db>,
    write: Write<Nothing, WhyQuery>,
    code: Code<PlanCode>,
) -> Result<Done, Problem> {
    let work = move |entry: &mut Entry<'_>, intent: &Intent| {
        let before = plans::find(entry.conn, code.0.as_str())?;
        intent.may_write(&[before.area])?;
        intent.matches(before.seq)?;
        plans::write::delete(entry, &before)?;
        Ok(Done::gone())
    };
    write.intent.commit(&db, work).await
}
