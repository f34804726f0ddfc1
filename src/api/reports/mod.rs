//! `GET /reports`, `GET /reports/{code}`, its text, and the facts that cite it. Changing reports is beside.

pub mod types;
pub mod writing;

use actix_web::web::Data;
use actix_web::{HttpRequest, get};
use chrono::{NaiveDateTime, Utc};

use super::answer::Answer;
use super::listing::Listing;
use super::page::{self, Page, PageQuery};
use super::problem::Problem;
use super::query::{Code, NoParameters, Query};
use crate::db::facts::{self, FactKey};
use crate::db::sight::Moment;
use crate::db::{Conn, Db, Window, observations, reports};
use crate::domain::access::Sight;
use crate::domain::code::Code as ReportCode;
use crate::domain::prose;
use crate::error::{Error, Result, Thing};
use types::{Fact, Paragraph, Report, ReportText};

struct Reports;

impl Listing for Reports {
    type Key = String;
    type Item = Report;

    fn page(&self, conn: &mut Conn, _: Sight, window: &Window<String>) -> Result<Vec<Report>> {
        Ok(reports::list(conn, window)?.into_iter().map(Report::from).collect())
    }

    fn count(&self, conn: &mut Conn, _: Sight) -> Result<i64> {
        reports::count(conn)
    }

    fn key(&self, report: &Report) -> String {
        report.code.clone()
    }
}

/// List reports
///
/// The documents that figures are taken from, in order of their code.
#[utoipa::path(
    tag = "reports",
    params(PageQuery),
    responses((status = 200, description = "A page of reports", body = Page<Report>)),
)]
#[get("/reports")]
pub async fn list_reports(
    db: Data<Db>,
    request: HttpRequest,
    query: Query<PageQuery>,
) -> Result<Answer, Problem> {
    page::list(&db, &request, query.0, Reports).await
}

/// Read one report
///
/// Title, issuer and publication of one document.
#[utoipa::path(
    tag = "reports",
    params(("code" = ReportCode, Path, description = "Code of the report", example = "bishi-2022")),
    responses((status = 200, description = "The report", body = Report)),
)]
#[get("/reports/{code}")]
pub async fn show_report(
    db: Data<Db>,
    request: HttpRequest,
    code: Code<ReportCode>,
    _query: Query<NoParameters>,
) -> Result<Answer, Problem> {
    let row = db.read(move |conn| Ok(Report::from(reports::find(conn, code.0.as_str())?))).await?;
    Answer::one(&request, row.data.seq, &row)
}

/// Read the text of a report
///
/// The whole text and its paragraphs. 404 when the operator of this service has not given it.
#[utoipa::path(
    tag = "reports",
    params(("code" = ReportCode, Path, description = "Code of the report", example = "bishi-2022")),
    responses((status = 200, description = "The text", body = ReportText)),
)]
#[get("/reports/{code}/text")]
pub async fn show_report_text(
    db: Data<Db>,
    request: HttpRequest,
    code: Code<ReportCode>,
    _query: Query<NoParameters>,
) -> Result<Answer, Problem> {
    let row = db
        .read(move |conn| {
            let report = reports::find(conn, code.0.as_str())?;
            let text = reports::text(conn, &report.code)?;
            let text =
                text.ok_or_else(|| Error::NotFound { what: Thing::ReportText, key: report.code.clone() })?;
            let paragraphs = prose::paragraphs(&text).into_iter().map(Paragraph::from).collect();
            Ok((report.seq, ReportText { report: report.code, sha256: report.sha256, text, paragraphs }))
        })
        .await?;
    let (seq, data) = row.data;
    Answer::one(&request, seq, &crate::db::Snapshot { head: row.head, data })
}

struct Facts {
    report: String,
    moment: Moment,
}

impl Listing for Facts {
    type Key = FactKey;
    type Item = Fact;

    fn check(&self, conn: &mut Conn, _: Sight) -> Result<()> {
        reports::find(conn, &self.report).map(drop)
    }

    fn page(&self, conn: &mut Conn, _: Sight, window: &Window<FactKey>) -> Result<Vec<Fact>> {
        let text = reports::text(conn, &self.report)?;
        let rows = facts::list(conn, &self.report, self.moment, window)?;
        Ok(rows.into_iter().map(|row| Fact::new(row, text.as_deref())).collect())
    }

    fn count(&self, conn: &mut Conn, _: Sight) -> Result<i64> {
        facts::count(conn, &self.report, self.moment)
    }

    fn key(&self, fact: &Fact) -> FactKey {
        fact.key.clone()
    }

    fn good_until(&self, conn: &mut Conn) -> Result<Option<NaiveDateTime>> {
        observations::next_release(conn, self.moment.public)
    }
}

/// List the facts of a report
///
/// Everything that cites the report, in the order of its text: observations, projects with their
/// budgets, funding, quantities and milestones, plan items, highlights.
#[utoipa::path(
    tag = "reports",
    params(
        ("code" = ReportCode, Path, description = "Code of the report", example = "bishi-2022"),
        PageQuery,
    ),
    responses((status = 200, description = "A page of facts", body = Page<Fact>)),
)]
#[get("/reports/{code}/facts")]
pub async fn list_report_facts(
    db: Data<Db>,
    request: HttpRequest,
    code: Code<ReportCode>,
    sight: Sight,
    query: Query<PageQuery>,
) -> Result<Answer, Problem> {
    let facts =
        Facts { report: code.0.to_string(), moment: Moment::new(sight, None, Utc::now().naive_utc()) };
    page::list(&db, &request, query.0, facts).await
}
