//! `POST /plan-items`, `PATCH` and `DELETE /plan-items/{code}`.

use actix_web::web::Data;
use actix_web::{delete, patch, post};

use super::types::{PlanItem, PlanItemChanges, PlanItemInput};
use super::{add_names, shown};
use crate::api::body::Nothing;
use crate::api::problem::Problem;
use crate::api::progress_reports::writing::own_progress;
use crate::api::query::Code;
use crate::api::write::Write;
use crate::api::write::done::Done;
use crate::api::write::intent::Intent;
use crate::api::write::parameters::{DryRun, WhyQuery};
use crate::db::ledger::Entry;
use crate::db::plan_items::{self, PlanItemRow, place, whole, write};
use crate::db::progress_reports::Subject;
use crate::db::sight::Moment;
use crate::db::{Conn, Db, plans};
use crate::domain::access::Sight;
use crate::domain::at::At;
use crate::domain::code::Code as ItemCode;
use crate::domain::codes::ItemState;
use crate::error::{Error, Fault, Invalid, Result as Checked, Text, Thing};
use crate::exchange::drafts::Draft;

/// Create a plan item
///
/// A new item of a plan's tree, in the state `drafted`; 409 when its code is taken. Its code is the plan's
/// code, then `.` or `-`, then more. Without an `ordinal` it is the last of its siblings; with one it takes
/// that place, and those who stand there without a gap move on by one.
///
/// A key must reach all areas of the item, and all of its parent, or that of the plan for an item at the top
/// (403).
#[utoipa::path(
    tag = "plan-items",
    params(DryRun),
    request_body = PlanItemInput,
    responses(
        (status = 200, description = "The plan item as it would be, of a dry run", body = PlanItem),
        (status = 201, description = "The plan item, created", body = PlanItem),
    ),
    extensions(("x-min-role" = json!("editor"))),
)]
#[post("/plan-items")]
pub async fn create_plan_item(db: Data<Db>, write: Write<PlanItemInput, DryRun>) -> Result<Done, Problem> {
    let Write { intent, body, .. } = write;
    let work = move |entry: &mut Entry<'_>, intent: &Intent| {
        let plan = body.said::<String>("plan").unwrap_or_default();
        intent.may_write(&whole::scope(entry.conn, &plan, &body.areas())?)?;
        let parent = body.said::<String>("parent");
        may_order_below(entry.conn, intent, intent.sight(), &plan, parent.as_deref())?;
        let taken = |conn: &mut Conn, code: &str| Ok(plan_items::get(conn, code)?.is_some());
        let draft = body.new_row(entry, intent.sight(), Thing::PlanItem, taken)?;
        draft.check_target(entry.conn, Moment::new(intent.sight(), None, entry.at))?;
        if draft.state.is_some_and(|state| state != ItemState::Drafted) {
            let (zh, en) = ("新事项的状态为 drafted", "a new item is drafted");
            return Err(Fault::pointer("/state", Invalid::new("state", zh, en)).into());
        }
        let item = draft.whole(entry, None)?;
        may_move(entry.conn, intent, None, &item.row)?;
        write::insert(entry, &item)?;
        let item = shown(entry.conn, intent.sight(), &draft.code, At::today(entry.at))?;
        Done::created(format!("/api/v1/plan-items/{}", item.code), item.seq, &item)
    };
    intent.commit(&db, work).await
}

/// Change a plan item
///
/// A merge patch (RFC 7396): absent members stay, null clears, a list is replaced as a whole. Another
/// parent or ordinal moves the item with all that is below it. It takes the place that is named, and the
/// siblings between that and the place it left close up; from another parent, those who stand there
/// without a gap move on by one. With `ordinal` null it becomes the last. A key must reach all areas of the
/// item, or those of its plan where it has none, before and after, and likewise of what moves, and of the parent
/// that it leaves and that it comes to, or of the plan at the top. While progress reports tell the `progress`, it is not set here (422); 409 for other `deliverables` once closing is asked for.
#[utoipa::path(
    tag = "plan-items",
    params(("code" = ItemCode, Path, description = "Code of the plan item", example = "bishi-2023.4.2")),
    request_body(content = PlanItemChanges, content_type = "application/merge-patch+json"),
    responses((status = 200, description = "The plan item, changed", body = PlanItem)),
    extensions(("x-min-role" = json!("editor"))),
)]
#[patch("/plan-items/{code}")]
pub async fn update_plan_item(
    db: Data<Db>,
    write: Write<PlanItemChanges>,
    code: Code<ItemCode>,
) -> Result<Done, Problem> {
    let Write { intent, body, .. } = write;
    let work = move |entry: &mut Entry<'_>, intent: &Intent| {
        let code = code.0.as_str();
        let row = plan_items::find(entry.conn, intent.sight(), code)?;
        let before = whole::load(entry.conn, row)?;
        intent.may_write(&whole::scope(entry.conn, &before.row.plan, &before.areas)?)?;
        let mut told = shown(entry.conn, intent.sight(), code, At::today(entry.at))?;
        if body.has_names() {
            add_names(entry.conn, std::slice::from_mut(&mut told))?;
        }
        let changes = intent.changes(&body, &told, before.row.seq)?;
        let seen = changes.onto(&told)?;
        intent.may_write(&whole::scope(entry.conn, &seen.plan, &seen.areas)?)?;
        // What the item refers to and the caller does not see stays, and is not held against the changes.
        seen.check_references(entry.conn, intent.sight())?;
        let mut draft = changes.onto(&shown(entry.conn, Sight::ALL, code, At::today(entry.at))?)?;
        if (draft.target, draft.metric.as_deref()) != (before.row.target, before.row.metric.as_deref()) {
            draft.check_target(entry.conn, Moment::new(intent.sight(), None, entry.at))?;
        }
        let change = changes.has("progress").then_some(draft.progress);
        let subject = Subject::PlanItem(code.to_owned());
        draft.progress = own_progress(entry, &subject, before.row.progress, change)?;
        let after = draft.whole(entry, Some(&before.row))?;
        check_deliverables(&before.row, &after.row)?;
        may_move(entry.conn, intent, Some(&before.row), &after.row)?;
        write::update(entry, &before, &after)?;
        let item = shown(entry.conn, intent.sight(), code, At::today(entry.at))?;
        Done::row(item.seq, &item)
    };
    intent.commit(&db, work).await
}

/// Checks that what was shown, or is to be confirmed, is still what is to be there.
fn check_deliverables(before: &PlanItemRow, after: &PlanItemRow) -> Checked<()> {
    let is_shown = matches!(before.state, ItemState::CloseRequested | ItemState::Closed);
    if !is_shown || before.deliverables == after.deliverables {
        return Ok(());
    }
    let (zh, en) = (
        format!("事项已是 {}，成果不能再改", before.state),
        format!("The item is {}: its deliverables stay what the evidence shows.", before.state),
    );
    Err(Error::Refused(Text::new(zh, en)))
}

/// Checks that the caller may give places among what stands directly below an item, or among the roots of its
/// plan: that it may write to that item, or to the plan. A parent that is not seen is left for the check of
/// references to refuse.
fn may_order_below(
    conn: &mut Conn,
    intent: &Intent,
    sight: Sight,
    plan: &str,
    parent: Option<&str>,
) -> Checked<()> {
    let areas = match parent {
        None => plans::get(conn, plan)?.map(|plan| vec![plan.area]).unwrap_or_default(),
        Some(parent) => match plan_items::find(conn, sight, parent) {
            Err(Error::NotFound { .. }) => Vec::new(),
            found => {
                let above = whole::load(conn, found?)?;
                whole::scope(conn, &above.row.plan, &above.areas)?
            }
        },
    };
    intent.may_write(&areas).map_err(|_| {
        let (zh, en) = match parent {
            Some(parent) => (
                format!("密钥不能写入上级事项 {parent}，不能在其下增加、移动或排序"),
                format!("the key may not write to {parent}: nothing is added, moved or ordered below it"),
            ),
            None => (
                format!("密钥不能写入计划 {plan}，不能在其顶层增加、移动或排序"),
                format!(
                    "the key may not write to the plan {plan}: nothing is added, moved or ordered at its top"
                ),
            ),
        };
        Error::ForbiddenMembers(vec![Fault::pointer("/parent", Invalid::new("out_of_reach", zh, en))])
    })
}

/// Checks that the caller may give an item its place, and take it from where it stood, and that it may write all
/// that gets another place with it.
fn may_move(
    conn: &mut Conn,
    intent: &Intent,
    before: Option<&PlanItemRow>,
    after: &PlanItemRow,
) -> Checked<()> {
    let stays = |before: &PlanItemRow| (&before.parent, before.ordinal) == (&after.parent, after.ordinal);
    if !before.is_some_and(stays) {
        for row in before.into_iter().chain([after]) {
            may_order_below(conn, intent, Sight::ALL, &row.plan, row.parent.as_deref())?;
        }
    }
    for moved in place::moved(conn, before, after)? {
        let item = whole::load(conn, moved.row)?;
        intent.may_write(&whole::scope(conn, &item.row.plan, &item.areas)?)?;
    }
    Ok(())
}

/// Delete a plan item
///
/// 409 while items stand below it, progress is reported of it, another is carried over to it, or it is carried over
/// to another that the key reaches; one of others lets it go, which its timeline and the same entry tell.
#[utoipa::path(
    tag = "plan-items",
    params(
        ("code" = ItemCode, Path, description = "Code of the plan item", example = "bishi-2023.1.2.03"),
        WhyQuery,
    ),
    responses((status = 204, description = "The plan item is gone")),
    extensions(("x-min-role" = json!("editor"))),
)]
#[delete("/plan-items/{code}")]
pub async fn delete_plan_item(
    db: Data<Db>,
    write: Write<Nothing, WhyQuery>,
    code: Code<ItemCode>,
) -> Result<Done, Problem> {
    let work = move |entry: &mut Entry<'_>, intent: &Intent| {
        let row = plan_items::find(entry.conn, intent.sight(), code.0.as_str())?;
        let before = whole::load(entry.conn, row)?;
        intent.may_write(&whole::scope(entry.conn, &before.row.plan, &before.areas)?)?;
        intent.matches(before.row.seq)?;
        write::delete(entry, &before, intent.caller.reach())?;
        Ok(Done::gone())
    };
    write.intent.commit(&db, work).await
}
