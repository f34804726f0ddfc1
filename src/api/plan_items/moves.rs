//! `POST /plan-items/{code}/transitions`.

use actix_web::web::Data;
use actix_web::{HttpRequest, post};
use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use super::shown;
use super::types::PlanItem;
use crate::api::body::{Body, JSON};
use crate::api::problem::Problem;
use crate::api::query::Code;
use crate::api::write::Write;
use crate::api::write::done::Done;
use crate::api::write::intent::Intent;
use crate::db::Db;
use crate::db::ledger::Entry;
use crate::db::plan_items::{self, whole};
use crate::domain::at::At;
use crate::domain::code::Code as ItemCode;
use crate::domain::codes::ItemState;
use crate::domain::evidence::Evidence;
use crate::domain::text::{Line, Name};
use crate::domain::when;
use crate::error::Result as Checked;
use crate::exchange::moves::plan_item::{self, ItemMove};
use crate::exchange::reading::read;

/// A move of a plan item to another state, as a body.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanItemTransitionInput {
    /// The state to come to.
    pub to: ItemState,
    /// The day on which it did; today when null. Not before the last move.
    #[schema(example = "2023-06-30")]
    #[serde(default, deserialize_with = "when::optional_day")]
    pub on: Option<NaiveDate>,
    /// With `close_requested` and `closed`: what shows that the deliverables are there. A bare string is
    /// evidence in words.
    #[serde(default)]
    #[schema(max_items = 200)]
    pub evidence: Vec<Evidence>,
    /// With `assigned`: the unit in the lead from now on; null to leave it.
    #[schema(example = "镇农业综合服务中心")]
    pub lead_unit: Option<Line>,
    /// With `assigned`: the units that help from now on; null to leave them.
    #[schema(max_items = 200)]
    pub co_units: Option<Vec<Name>>,
    /// With `carried_over`: code of the item of a later year's plan that goes on with this one.
    #[schema(value_type = Option<ItemCode>, example = "bishi-2024.4.2")]
    pub carried_to: Option<String>,
}

impl Body for PlanItemTransitionInput {
    const MEDIA: &'static [&'static str] = &[JSON];

    fn read(_: &HttpRequest, mut members: Map<String, Value>) -> Checked<PlanItemTransitionInput> {
        if let Some(Value::Array(evidence)) = members.get_mut("evidence") {
            for shown in evidence {
                if let Value::String(words) = shown {
                    *shown = json!({ "text": words });
                }
            }
        }
        read(Value::Object(members))
    }
}

impl From<PlanItemTransitionInput> for ItemMove {
    fn from(body: PlanItemTransitionInput) -> ItemMove {
        let PlanItemTransitionInput { to, on, evidence, lead_unit, co_units, carried_to } = body;
        ItemMove { to, on, evidence, lead_unit, co_units, carried_to }
    }
}

/// Move a plan item
///
/// The moves there are; any other is a 409 that names those that are allowed:
///
/// | from | to |
/// | --- | --- |
/// | `drafted` | `assigned`, `cancelled` |
/// | `assigned`, `returned` | `in_progress`, `suspended`, `cancelled`, `carried_over` |
/// | `in_progress` | `close_requested`, `suspended`, `cancelled`, `carried_over` |
/// | `close_requested` | `closed`, `returned`, `in_progress` |
/// | `suspended` | `in_progress`, `cancelled`, `carried_over` |
/// | `closed`, `carried_over` | `in_progress` |
/// | `cancelled` | `drafted` |
///
/// A `reporter` goes on with an item and asks to close it. A `reviewer` closes, returns, suspends, resumes and
/// reopens. An `editor` assigns, cancels and carries over, and takes either back. `returned`, `suspended` and
/// `cancelled` need a reason (`comment` or `reason`), and so does whatever follows `closed`, `cancelled` or
/// `carried_over`.
///
/// **close_requested** takes evidence for each deliverable, and some where none is named.
///
/// **closed** takes a second person: another key than the one that asked for it.
///
/// **carried_over** takes `carried_to`, an item of a later year's plan; both ends are linked.
///
/// `If-Match` is optional. The moves are part of the timeline, and lights of a past day are told by the state of
/// that day.
#[utoipa::path(
    tag = "plan-items",
    params(("code" = ItemCode, Path, description = "Code of the plan item", example = "bishi-2023.4.2.02")),
    request_body = PlanItemTransitionInput,
    responses((status = 200, description = "The plan item after the move", body = PlanItem)),
    extensions(("x-min-role" = json!("reporter"))),
)]
#[post("/plan-items/{code}/transitions")]
pub async fn move_plan_item(
    db: Data<Db>,
    write: Write<PlanItemTransitionInput>,
    code: Code<ItemCode>,
) -> Result<Done, Problem> {
    let Write { intent, body, .. } = write;
    let work = move |entry: &mut Entry<'_>, intent: &Intent| {
        let row = plan_items::find(entry.conn, intent.sight(), code.0.as_str())?;
        let before = whole::load(entry.conn, row)?;
        intent.may_write(&whole::scope(entry.conn, &before.row.plan, &before.areas)?)?;
        if let Some(to) = body.said("to") {
            plan_item::permit(entry, &intent.caller, &before.row, to)?;
        }
        intent.matches_if_said(before.row.seq)?;
        let asked = ItemMove::from(body.checked_move(|to| before.row.state.check_move(to))?.clone());
        asked.make(entry, &intent.caller, &before, |areas| intent.may_write(areas))?;
        let item = shown(entry.conn, intent.sight(), code.0.as_str(), At::today(entry.at))?;
        Done::row(item.seq, &item)
    };
    intent.commit(&db, work).await
}
