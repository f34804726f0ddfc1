//! `POST /projects/{code}/progress-reports` and `POST /plan-items/{code}/progress-reports`; and what reports
//! leave of the progress that is set by hand.

use actix_web::post;
use actix_web::web::Data;

use super::shown;
use super::types::{ProgressReport, ProgressReportInput};
use crate::api::body::rows::New;
use crate::api::problem::Problem;
use crate::api::query::Code;
use crate::api::write::Write;
use crate::api::write::done::Done;
use crate::api::write::intent::Intent;
use crate::api::write::parameters::DryRun;
use crate::db::Db;
use crate::db::ledger::Entry;
use crate::db::progress_reports::{self, Subject};
use crate::db::sight::Moment;
use crate::domain::at::At;
use crate::domain::code::Code as SubjectCode;
use crate::error::{Fault, Invalid, Result as Checked};
use crate::exchange::drafts::progress_report::Entered;

/// The progress that a changed row keeps of its own. What reports tell is shown in its place, and is never
/// written into it: the lights of days before the report would be others.
///
/// Errors: `Invalid` when the change names another progress than reports tell.
pub fn own_progress(
    entry: &mut Entry<'_>,
    subject: &Subject,
    own: Option<i16>,
    change: Option<Option<i16>>,
) -> Checked<Option<i16>> {
    let Some(wanted) = change else { return Ok(own) };
    match progress_reports::latest_of(entry.conn, subject, At::today(entry.at).day)?.progress {
        None => Ok(wanted),
        told if told == wanted => Ok(own),
        Some(told) => {
            let (zh, en) = (
                format!("进展报告的进度是 {told}；请提交新的进展报告"),
                format!("is {told} by its progress reports; post a progress report"),
            );
            Err(Fault::pointer("/progress", Invalid::new("reported", zh, en)).into())
        }
    }
}

async fn create(
    db: &Db,
    write: Write<ProgressReportInput, DryRun>,
    address: String,
    subject: Subject,
) -> Result<Done, Problem> {
    let Write { intent, body, .. } = write;
    let work = move |entry: &mut Entry<'_>, intent: &Intent| {
        let areas = subject.scope(entry.conn, intent.sight())?;
        intent.may_report(&areas)?;
        let New(draft) = body.checked()?;
        let entered = draft.enter(entry, &intent.caller, &subject, &areas)?;
        let (Entered::Added(id) | Entered::Known(id)) = entered;
        let moment = Moment::new(intent.sight(), None, entry.at);
        let report = shown(entry.conn, moment, &subject, id)?;
        match entered {
            Entered::Added(id) => Done::created(format!("{address}/{id}"), report.seq, &report),
            Entered::Known(_) => Done::row(report.seq, &report),
        }
    };
    intent.commit(db, work).await
}

/// Report progress of a project
///
/// A key reports on what lies in its area, and on what its area lies in. A report may arrive late: it takes its
/// place by `as_of`, and the progress and the light of the project are those of the report of the newest day,
/// of one day of that entered last.
///
/// **Twice.** Give every report a `client_id`. The same report from the same key under the same id is entered
/// once: the second answer is 200 with the report that is there. Another report under an id that is taken is a
/// 409.
///
/// **Corrections** say in `corrects` which report they stand in the place of. That one is still read, with
/// `corrected_by`, and counts no more. A report is corrected once (409), by the key that made it or by an
/// editor of all areas of the project (403).
#[utoipa::path(
    tag = "projects",
    params(
        ("code" = SubjectCode, Path, description = "Code of the project", example = "tongba-bridge"),
        DryRun,
    ),
    request_body = ProgressReportInput,
    responses(
        (
            status = 200,
            description = "The progress report that is there under this `client_id`; of a dry run, as it would be",
            body = ProgressReport,
        ),
        (status = 201, description = "The progress report, entered", body = ProgressReport),
    ),
    extensions(("x-min-role" = json!("reporter"))),
)]
#[post("/projects/{code}/progress-reports")]
pub async fn create_project_progress_report(
    db: Data<Db>,
    write: Write<ProgressReportInput, DryRun>,
    code: Code<SubjectCode>,
) -> Result<Done, Problem> {
    let address = format!("/api/v1/projects/{}/progress-reports", code.0);
    create(&db, write, address, Subject::Project(code.0.to_string())).await
}

/// Report progress of a plan item
///
/// As of a project. An item without areas lies in the area of its plan. Reports are taken in every state of the
/// item: one that arrives late is not lost because the item was closed meanwhile.
#[utoipa::path(
    tag = "plan-items",
    params(
        ("code" = SubjectCode, Path, description = "Code of the plan item", example = "bishi-2023.4.2"),
        DryRun,
    ),
    request_body = ProgressReportInput,
    responses(
        (
            status = 200,
            description = "The progress report that is there under this `client_id`; of a dry run, as it would be",
            body = ProgressReport,
        ),
        (status = 201, description = "The progress report, entered", body = ProgressReport),
    ),
    extensions(("x-min-role" = json!("reporter"))),
)]
#[post("/plan-items/{code}/progress-reports")]
pub async fn create_plan_item_progress_report(
    db: Data<Db>,
    write: Write<ProgressReportInput, DryRun>,
    code: Code<SubjectCode>,
) -> Result<Done, Problem> {
    let address = format!("/api/v1/plan-items/{}/progress-reports", code.0);
    create(&db, write, address, Subject::PlanItem(code.0.to_string())).await
}
