//! `GET /projects/{code}/timeline` and `GET /plan-items/{code}/timeline`: everything that happened to one.

pub mod types;

use actix_web::web::Data;
use actix_web::{HttpRequest, get};
use chrono::{NaiveDate, NaiveDateTime};

use super::answer::Answer;
use super::listing::Listing;
use super::page::{self, Page, PageQuery};
use super::problem::Problem;
use super::query::{Code, Query};
use crate::db::ledger::now;
use crate::db::observations;
use crate::db::progress_reports::Subject;
use crate::db::{Conn, Db, Window};
use crate::domain::access::Sight;
use crate::domain::code::Code as SubjectCode;
use crate::error::Result;
use crate::statistics::timeline::timeline;
use types::TimelineItem;

/// What happened to one project or plan item.
struct Timeline {
    subject: Subject,
    now: NaiveDateTime,
}

impl Listing for Timeline {
    type Key = (NaiveDate, i64, i64);
    type Item = TimelineItem;

    fn check(&self, conn: &mut Conn, sight: Sight) -> Result<()> {
        self.subject.scope(conn, sight).map(drop)
    }

    fn page(
        &self,
        conn: &mut Conn,
        sight: Sight,
        window: &Window<(NaiveDate, i64, i64)>,
    ) -> Result<Vec<TimelineItem>> {
        let limit = usize::try_from(window.limit).unwrap_or(usize::MAX);
        let all = timeline(conn, sight, &self.subject, self.now)?.into_iter();
        let rest = all.filter(|one| window.after.is_none_or(|after| one.place() > after));
        Ok(rest.take(limit).map(TimelineItem::from).collect())
    }

    fn count(&self, conn: &mut Conn, sight: Sight) -> Result<i64> {
        Ok(timeline(conn, sight, &self.subject, self.now)?.len() as i64)
    }

    fn key(&self, item: &TimelineItem) -> (NaiveDate, i64, i64) {
        item.place
    }

    fn good_until(&self, conn: &mut Conn) -> Result<Option<NaiveDateTime>> {
        observations::next_release(conn, self.now)
    }
}

/// Read the timeline of a project
///
/// Everything that happened to the project, in the order of the days on which it did: how it was created and
/// changed, its moves, progress reports (corrected ones too) and milestones.
#[utoipa::path(
    tag = "projects",
    params(
        ("code" = SubjectCode, Path, description = "Code of the project", example = "tongba-bridge"),
        PageQuery,
    ),
    responses((status = 200, description = "A page of the timeline", body = Page<TimelineItem>)),
)]
#[get("/projects/{code}/timeline")]
pub async fn show_project_timeline(
    db: Data<Db>,
    request: HttpRequest,
    code: Code<SubjectCode>,
    query: Query<PageQuery>,
) -> Result<Answer, Problem> {
    let subject = Subject::Project(code.0.to_string());
    page::list(&db, &request, query.0, Timeline { subject, now: now() }).await
}

/// Read the timeline of a plan item
///
/// Everything that happened to the item, in the order of the days on which it did: how it was created and
/// changed, its moves with their evidence, progress reports (corrected ones too) and extensions.
#[utoipa::path(
    tag = "plan-items",
    params(
        ("code" = SubjectCode, Path, description = "Code of the plan item", example = "bishi-2023.4.2.01"),
        PageQuery,
    ),
    responses((status = 200, description = "A page of the timeline", body = Page<TimelineItem>)),
)]
#[get("/plan-items/{code}/timeline")]
pub async fn show_plan_item_timeline(
    db: Data<Db>,
    request: HttpRequest,
    code: Code<SubjectCode>,
    query: Query<PageQuery>,
) -> Result<Answer, Problem> {
    let subject = Subject::PlanItem(code.0.to_string());
    page::list(&db, &request, query.0, Timeline { subject, now: now() }).await
}
