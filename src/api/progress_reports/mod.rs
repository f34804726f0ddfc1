//! `GET /projects/{code}/progress-reports`, `GET /plan-items/{code}/progress-reports` and each of theirs alone:
//! the same for projects and plan items.

pub mod types;
pub mod writing;

use actix_web::web::Data;
use actix_web::{HttpRequest, get};
use chrono::{NaiveDate, NaiveDateTime};

use super::answer::Answer;
use super::listing::Listing;
use super::page::{self, Page, PageQuery};
use super::problem::Problem;
use super::query::{Code, Codes, Fields, FromFields, NoParameters, Query};
use crate::db::ledger::now;
use crate::db::observations;
use crate::db::progress_reports::seen::seen;
use crate::db::progress_reports::{self, ProgressReportFilter, ProgressReportRow, Subject};
use crate::db::sight::Moment;
use crate::db::{Conn, Db, Window};
use crate::domain::access::Sight;
use crate::domain::code::Code as SubjectCode;
use crate::domain::id::Id;
use crate::error::{Result, only};
use types::ProgressReport;

impl FromFields for ProgressReportFilter {
    fn from_fields(fields: &mut Fields) -> ProgressReportFilter {
        ProgressReportFilter { current: fields.flag("current") }
    }
}

/// Progress reports as they go over the wire, in the order of the rows.
pub fn wire(conn: &mut Conn, moment: Moment, rows: Vec<ProgressReportRow>) -> Result<Vec<ProgressReport>> {
    Ok(seen(conn, moment, rows)?.into_iter().map(ProgressReport::from).collect())
}

/// A progress report as it is answered.
///
/// Errors: `NotFound` when there is none.
fn shown(conn: &mut Conn, moment: Moment, subject: &Subject, id: i64) -> Result<ProgressReport> {
    let row = progress_reports::find(conn, subject, id)?;
    only(wire(conn, moment, vec![row])?)
}

/// The progress reports on one project or plan item.
struct ProgressReports {
    subject: Subject,
    filter: ProgressReportFilter,
    now: NaiveDateTime,
}

impl Listing for ProgressReports {
    type Key = (NaiveDate, i64);
    type Item = ProgressReport;

    fn check(&self, conn: &mut Conn, sight: Sight) -> Result<()> {
        self.subject.scope(conn, sight).map(drop)
    }

    fn page(
        &self,
        conn: &mut Conn,
        sight: Sight,
        window: &Window<(NaiveDate, i64)>,
    ) -> Result<Vec<ProgressReport>> {
        let rows = progress_reports::list(conn, &self.subject, self.filter, window)?;
        wire(conn, Moment::new(sight, None, self.now), rows)
    }

    fn count(&self, conn: &mut Conn, _: Sight) -> Result<i64> {
        progress_reports::count(conn, &self.subject, self.filter)
    }

    fn key(&self, report: &ProgressReport) -> (NaiveDate, i64) {
        (report.as_of, report.id)
    }

    fn good_until(&self, conn: &mut Conn) -> Result<Option<NaiveDateTime>> {
        observations::next_release(conn, self.now)
    }
}

async fn list(
    db: &Db,
    request: &HttpRequest,
    query: Query<(ProgressReportFilter, PageQuery)>,
    subject: Subject,
) -> Result<Answer, Problem> {
    let Query((filter, paging)) = query;
    page::list(db, request, paging, ProgressReports { subject, filter, now: now() }).await
}

async fn show(
    db: &Db,
    request: &HttpRequest,
    sight: Sight,
    subject: Subject,
    id: Id,
) -> Result<Answer, Problem> {
    let now = now();
    let work = move |conn: &mut Conn| {
        subject.scope(conn, sight)?;
        let report = shown(conn, Moment::new(sight, None, now), &subject, id.number())?;
        Ok((report, observations::next_release(conn, now)?))
    };
    Answer::changing(request, db.read(work).await?, |report| report.seq)
}

/// List the progress reports of a project
///
/// Progress reports in the order of the days they speak of, and of one day in that of their entry. Those that
/// were corrected stand among them.
#[utoipa::path(
    tag = "projects",
    params(
        ("code" = SubjectCode, Path, description = "Code of the project", example = "tongba-bridge"),
        ProgressReportFilter,
        PageQuery,
    ),
    responses((status = 200, description = "A page of progress reports", body = Page<ProgressReport>)),
)]
#[get("/projects/{code}/progress-reports")]
pub async fn list_project_progress_reports(
    db: Data<Db>,
    request: HttpRequest,
    code: Code<SubjectCode>,
    query: Query<(ProgressReportFilter, PageQuery)>,
) -> Result<Answer, Problem> {
    list(&db, &request, query, Subject::Project(code.0.to_string())).await
}

/// Read one progress report of a project
///
/// One progress report by its id.
#[utoipa::path(
    tag = "projects",
    params(
        ("code" = SubjectCode, Path, description = "Code of the project", example = "tongba-bridge"),
        ("id" = Id, Path, description = "Id of the progress report", example = 1),
    ),
    responses((status = 200, description = "The progress report", body = ProgressReport)),
)]
#[get("/projects/{code}/progress-reports/{id}")]
pub async fn show_project_progress_report(
    db: Data<Db>,
    request: HttpRequest,
    codes: Codes<SubjectCode, Id>,
    sight: Sight,
    _query: Query<NoParameters>,
) -> Result<Answer, Problem> {
    show(&db, &request, sight, Subject::Project(codes.0.to_string()), codes.1).await
}

/// List the progress reports of a plan item
///
/// Progress reports in the order of the days they speak of, and of one day in that of their entry. Those that
/// were corrected stand among them.
#[utoipa::path(
    tag = "plan-items",
    params(
        ("code" = SubjectCode, Path, description = "Code of the plan item", example = "bishi-2023.4.2"),
        ProgressReportFilter,
        PageQuery,
    ),
    responses((status = 200, description = "A page of progress reports", body = Page<ProgressReport>)),
)]
#[get("/plan-items/{code}/progress-reports")]
pub async fn list_plan_item_progress_reports(
    db: Data<Db>,
    request: HttpRequest,
    code: Code<SubjectCode>,
    query: Query<(ProgressReportFilter, PageQuery)>,
) -> Result<Answer, Problem> {
    list(&db, &request, query, Subject::PlanItem(code.0.to_string())).await
}

/// Read one progress report of a plan item
///
/// One progress report by its id.
#[utoipa::path(
    tag = "plan-items",
    params(
        ("code" = SubjectCode, Path, description = "Code of the plan item", example = "bishi-2023.4.2"),
        ("id" = Id, Path, description = "Id of the progress report", example = 2),
    ),
    responses((status = 200, description = "The progress report", body = ProgressReport)),
)]
#[get("/plan-items/{code}/progress-reports/{id}")]
pub async fn show_plan_item_progress_report(
    db: Data<Db>,
    request: HttpRequest,
    codes: Codes<SubjectCode, Id>,
    sight: Sight,
    _query: Query<NoParameters>,
) -> Result<Answer, Problem> {
    show(&db, &request, sight, Subject::PlanItem(codes.0.to_string()), codes.1).await
}
