//! `GET` and `POST /plan-items/{code}/extensions`, `GET …/{ordinal}`, `POST …/{ordinal}/transitions`.

use actix_web::web::Data;
use actix_web::{HttpRequest, get, post};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::answer::Answer;
use crate::api::body::Plain;
use crate::api::listing::Listing;
use crate::api::page::{self, Page, PageQuery};
use crate::api::problem::Problem;
use crate::api::query::{Code, Codes, NoParameters, Query};
use crate::api::write::Write;
use crate::api::write::done::Done;
use crate::api::write::intent::Intent;
use crate::db::extensions::{self, ExtensionRow};
use crate::db::ledger::Entry;
use crate::db::plan_items::whole::{self, WholeItem};
use crate::db::{Conn, Db, Window, plan_items};
use crate::domain::access::Sight;
use crate::domain::code::Code as ItemCode;
use crate::domain::codes::ExtensionState;
use crate::domain::id::Id;
use crate::domain::partial_date::PartialDate;
use crate::domain::when;
use crate::error::Result as Checked;
use crate::exchange::moves::extension::{self, Decision};
use crate::exchange::table::Tabular;

/// A request to have more time for a plan item 延期, and what became of it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Extension {
    /// Number among the requests of the item, from 1.
    #[schema(minimum = 1)]
    pub ordinal: i64,
    /// State; `granted` and `refused` are decisions, `withdrawn` needs none.
    pub state: ExtensionState,
    /// The due date that is asked for.
    #[schema(example = "2023-12-31")]
    pub due_on: PartialDate,
    /// The due date that a granted one took the place of; null when there was none, or it was not granted.
    pub was_due_on: Option<PartialDate>,
    /// The day on which it was asked for.
    pub requested_on: NaiveDate,
    /// Why more time is needed.
    pub comment: String,
    /// Name of the key that asked.
    pub author: String,
    /// The day on which it was decided or withdrawn; null before.
    pub decided_on: Option<NaiveDate>,
    /// What was said with the decision; null when nothing was.
    pub decision: Option<String>,
    /// Name of the key that decided; null before.
    pub decided_by: Option<String>,
    /// When it was entered.
    pub recorded_at: DateTime<Utc>,
    /// Number of the entry that last touched it.
    #[schema(minimum = 1)]
    pub seq: i64,
    /// When that entry was made.
    pub updated_at: DateTime<Utc>,
}

impl Tabular for Extension {}

impl From<ExtensionRow> for Extension {
    fn from(row: ExtensionRow) -> Extension {
        let ExtensionRow {
            item: _,
            ordinal,
            state,
            due_on,
            was_due_on,
            requested_on,
            comment,
            author,
            author_key: _,
            decided_on,
            decision,
            decided_by,
            recorded_at,
            requested_seq: _,
            seq,
            updated_at,
        } = row;
        Extension {
            ordinal,
            state,
            due_on,
            was_due_on,
            requested_on,
            comment,
            author,
            decided_on,
            decision,
            decided_by,
            recorded_at: recorded_at.and_utc(),
            seq,
            updated_at: updated_at.and_utc(),
        }
    }
}

/// A request for more time, as a body; `comment` says why it is needed.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExtensionInput {
    /// The due date that is asked for; later than the one that the item has.
    #[schema(example = "2023-12-31")]
    pub due_on: PartialDate,
    /// The day on which it is asked for; today when null.
    #[serde(default, deserialize_with = "when::optional_day")]
    pub on: Option<NaiveDate>,
}

/// A decision on a request for more time, as a body.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExtensionDecisionInput {
    /// The state to come to.
    #[schema(example = "granted")]
    pub to: ExtensionState,
    /// The day on which it was decided; today when null. Not before the request.
    #[serde(default, deserialize_with = "when::optional_day")]
    pub on: Option<NaiveDate>,
}

struct Extensions {
    item: String,
}

impl Listing for Extensions {
    type Key = i64;
    type Item = Extension;

    fn check(&self, conn: &mut Conn, sight: Sight) -> Checked<()> {
        plan_items::find(conn, sight, &self.item).map(drop)
    }

    fn page(&self, conn: &mut Conn, _: Sight, window: &Window<i64>) -> Checked<Vec<Extension>> {
        Ok(extensions::list(conn, &self.item, window)?.into_iter().map(Extension::from).collect())
    }

    fn count(&self, conn: &mut Conn, _: Sight) -> Checked<i64> {
        extensions::count(conn, &self.item)
    }

    fn key(&self, extension: &Extension) -> i64 {
        extension.ordinal
    }
}

/// List the extensions of a plan item
///
/// Requests for more time and what became of them, in the order of their making.
#[utoipa::path(
    tag = "plan-items",
    params(
        ("code" = ItemCode, Path, description = "Code of the plan item", example = "bishi-2023.4.2.01"),
        PageQuery,
    ),
    responses((status = 200, description = "A page of extensions", body = Page<Extension>)),
)]
#[get("/plan-items/{code}/extensions")]
pub async fn list_plan_item_extensions(
    db: Data<Db>,
    request: HttpRequest,
    code: Code<ItemCode>,
    query: Query<PageQuery>,
) -> Result<Answer, Problem> {
    page::list(&db, &request, query.0, Extensions { item: code.0.to_string() }).await
}

/// Read one extension of a plan item
///
/// One request for more time by its number.
#[utoipa::path(
    tag = "plan-items",
    params(
        ("code" = ItemCode, Path, description = "Code of the plan item", example = "bishi-2023.4.2.01"),
        ("ordinal" = Id, Path, description = "Number of the extension", example = 1),
    ),
    responses((status = 200, description = "The extension", body = Extension)),
)]
#[get("/plan-items/{code}/extensions/{ordinal}")]
pub async fn show_plan_item_extension(
    db: Data<Db>,
    request: HttpRequest,
    path: Codes<ItemCode, Id>,
    sight: Sight,
    _query: Query<NoParameters>,
) -> Result<Answer, Problem> {
    let Codes(code, ordinal) = path;
    let work = move |conn: &mut Conn| {
        plan_items::find(conn, sight, code.as_str())?;
        Ok(Extension::from(extensions::find(conn, code.as_str(), ordinal.number())?))
    };
    let read = db.read(work).await?;
    Answer::one(&request, read.data.seq, &read)
}

/// Ask for more time for a plan item
///
/// A request for a later due date, with its reason in `comment`. 409 while another one is not decided, or when
/// nothing is to be done of the item any more.
#[utoipa::path(
    tag = "plan-items",
    params(("code" = ItemCode, Path, description = "Code of the plan item", example = "bishi-2023.4.2.01")),
    request_body = ExtensionInput,
    responses((status = 201, description = "The extension, requested", body = Extension)),
    extensions(("x-min-role" = json!("reporter"))),
)]
#[post("/plan-items/{code}/extensions")]
pub async fn create_plan_item_extension(
    db: Data<Db>,
    write: Write<Plain<ExtensionInput>>,
    code: Code<ItemCode>,
) -> Result<Done, Problem> {
    let Write { intent, body, .. } = write;
    let work = move |entry: &mut Entry<'_>, intent: &Intent| {
        let code = code.0.as_str();
        let item = writable(entry, intent, code)?;
        let Plain(ExtensionInput { due_on, on }) = *body.checked()?;
        let ordinal = extension::NewExtension { due_on, on }.insert(entry, &intent.caller, &item)?;
        let made = Extension::from(extensions::find(entry.conn, code, ordinal)?);
        Done::created(format!("/api/v1/plan-items/{code}/extensions/{ordinal}"), made.seq, &made)
    };
    intent.commit(&db, work).await
}

/// Decide on an extension
///
/// `granted` gives the item its new due date, `refused` leaves it: either by a `reviewer` whose key is not the
/// one that asked; 409 to grant what gives the item no more time, or nothing is to be done of. `withdrawn` by the key that asked, or by an `editor`. A request is decided once: any further
/// move is a 409. Lights of a day before the decision are told by the due date of that day.
#[utoipa::path(
    tag = "plan-items",
    params(
        ("code" = ItemCode, Path, description = "Code of the plan item", example = "bishi-2023.4.2.01"),
        ("ordinal" = Id, Path, description = "Number of the extension", example = 1),
    ),
    request_body = ExtensionDecisionInput,
    responses((status = 200, description = "The extension after the move", body = Extension)),
    extensions(("x-min-role" = json!("reporter"))),
)]
#[post("/plan-items/{code}/extensions/{ordinal}/transitions")]
pub async fn move_plan_item_extension(
    db: Data<Db>,
    write: Write<Plain<ExtensionDecisionInput>>,
    path: Codes<ItemCode, Id>,
) -> Result<Done, Problem> {
    let Write { intent, body, .. } = write;
    let Codes(code, ordinal) = path;
    let work = move |entry: &mut Entry<'_>, intent: &Intent| {
        let code = code.as_str();
        plan_items::find(entry.conn, intent.sight(), code)?;
        let before = extensions::find(entry.conn, code, ordinal.number())?;
        let item = writable(entry, intent, code)?;
        if let Some(to) = body.said("to") {
            Decision { to, on: None }.permit(&intent.caller, &before)?;
        }
        intent.matches_if_said(before.seq)?;
        let Plain(ExtensionDecisionInput { to, on }) =
            *body.checked_move(|to| before.state.check_move(to))?;
        let decision = Decision { to, on };
        decision.make(entry, &intent.caller, &item, &before)?;
        let decided = Extension::from(extensions::find(entry.conn, code, ordinal.number())?);
        Done::row(decided.seq, &decided)
    };
    intent.commit(&db, work).await
}

/// The plan item with this code, to which the caller may write.
fn writable(entry: &mut Entry<'_>, intent: &Intent, code: &str) -> Checked<WholeItem> {
    let row = plan_items::find(entry.conn, intent.sight(), code)?;
    let item = whole::load(entry.conn, row)?;
    intent.may_write(&whole::scope(entry.conn, &item.row.plan, &item.areas)?)?;
    Ok(item)
}
