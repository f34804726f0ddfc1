//! `POST /reports`; `PATCH` and `DELETE /reports/{code}`.

use actix_web::web::Data;
use actix_web::{delete, patch, post};

use super::types::{Report, ReportChanges, ReportInput, WholeReport};
use crate::api::body::Nothing;
use crate::api::problem::Problem;
use crate::api::query::Code;
use crate::api::write::Write;
use crate::api::write::done::Done;
use crate::api::write::intent::Intent;
use crate::api::write::parameters::{DryRun, WhyQuery};
use crate::db::ledger::Entry;
use crate::db::{Conn, Db, outside, reports};
use crate::domain::code::Code as ReportCode;
use crate::error::{Result, Thing};
use crate::exchange::drafts::Draft;

/// Create a report
///
/// With its text the service can locate and check citations. A given `sha256` must be that of the text.
#[utoipa::path(
    tag = "reports",
    params(DryRun),
    request_body = ReportInput,
    responses(
        (status = 200, description = "The report as it would be, of a dry run", body = Report),
        (status = 201, description = "The report, created", body = Report),
    ),
    extensions(("x-min-role" = json!("editor"))),
)]
#[post("/reports")]
pub async fn create_report(db: Data<Db>, write: Write<ReportInput, DryRun>) -> Result<Done, Problem> {
    let Write { intent, body, .. } = write;
    let work = move |entry: &mut Entry<'_>, intent: &Intent| {
        let taken = |conn: &mut Conn, code: &str| Ok(reports::get(conn, code)?.is_some());
        let draft = body.new_row(entry, intent.sight(), Thing::Report, taken)?;
        draft.insert(entry)?;
        let report = Report::from(reports::find(entry.conn, &draft.code)?);
        Done::created(format!("/api/v1/reports/{}", report.code), report.seq, &report)
    };
    intent.commit(&db, work).await
}

/// A report is everybody's: whoever changes it covers all who cite it.
fn may_change(conn: &mut Conn, intent: &Intent, code: &str) -> Result<()> {
    intent.may_change_shared(outside::cites_report(conn, intent.caller.reach(), code)?)
}

/// Change a report
///
/// A merge patch (RFC 7396): absent members stay, null clears. `text` is replaced as a whole: what cites the
/// report must stand in the new text at its place (422). With a new text in the place of an old one comes its
/// own `sha256`; where there was none, a `sha256` that is known decides whether the text is the right one.
/// A report that is cited outside of the area of the key is changed by a key that covers all who cite it (403).
#[utoipa::path(
    tag = "reports",
    params(("code" = ReportCode, Path, description = "Code of the report", example = "bishi-2022")),
    request_body(content = ReportChanges, content_type = "application/merge-patch+json"),
    responses((status = 200, description = "The report, changed", body = Report)),
    extensions(("x-min-role" = json!("editor"))),
)]
#[patch("/reports/{code}")]
pub async fn update_report(
    db: Data<Db>,
    write: Write<ReportChanges>,
    code: Code<ReportCode>,
) -> Result<Done, Problem> {
    let Write { intent, body, .. } = write;
    let work = move |entry: &mut Entry<'_>, intent: &Intent| {
        let before = reports::find(entry.conn, code.0.as_str())?;
        may_change(entry.conn, intent, &before.code)?;
        let text = reports::text(entry.conn, &before.code)?;
        let whole = WholeReport { report: before.clone().into(), text };
        let changes = intent.changes(&body, &whole, before.seq)?;
        let mut draft = changes.onto(&whole)?;
        let is_told = body.checked()?.has("sha256");
        if draft.text.is_some() && whole.text.is_some() && changes.has("text") && !is_told {
            // It was that of the old text.
            draft.sha256 = None;
        }
        draft.check_references(entry.conn, intent.sight())?;
        draft.update(entry, &before, whole.text.as_deref())?;
        let report = Report::from(reports::find(entry.conn, &before.code)?);
        Done::row(report.seq, &report)
    };
    intent.commit(&db, work).await
}

/// Delete a report
///
/// 409 while anything cites it, with how many of each kind; 403 where that is outside of the area of the key.
#[utoipa::path(
    tag = "reports",
    params(("code" = ReportCode, Path, description = "Code of the report", example = "bishi-2022"), WhyQuery),
    responses((status = 204, description = "The report is gone")),
    extensions(("x-min-role" = json!("editor"))),
)]
#[delete("/reports/{code}")]
pub async fn delete_report(
    db: Data<Db>,
    write: Write<Nothing, WhyQuery>,
    code: Code<ReportCode>,
) -> Result<Done, Problem> {
    let work = move |entry: &mut Entry<'_>, intent: &Intent| {
        let before = reports::find(entry.conn, code.0.as_str())?;
        may_change(entry.conn, intent, &before.code)?;
        intent.matches(before.seq)?;
        reports::delete(entry, &before)?;
        Ok(Done::gone())
    };
    write.intent.commit(&db, work).await
}
