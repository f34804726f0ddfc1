//! `GET /plan-items`, `GET /plan-items/{code}` and its progress reports.

pub mod types;
pub mod writing;

use std::str::FromStr;

use actix_web::web::Data;
use actix_web::{HttpRequest, get};

use super::answer::Answer;
use super::areas::types::gather;
use super::page::{self, Listing, Page, PageQuery};
use super::problem::Problem;
use super::projects::progress::ProgressReports;
use super::projects::types::ProgressReport;
use super::query::{Code, Fields, FromFields, NoParameters, Query};
use crate::db::plan_items::{self, ItemKey, Parent, PlanItemFilter, PlanItemRow};
use crate::db::progress_reports::Subject;
use crate::db::{Conn, Db, Window, areas, plans};
use crate::domain::access::Sight;
use crate::domain::code::Code as ItemCode;
use crate::error::{Error, Invalid, Result};
use types::PlanItem;

impl FromStr for Parent {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Parent, Invalid> {
        if text == "none" {
            Ok(Parent::None)
        } else {
            Ok(Parent::Item(text.parse::<ItemCode>()?.to_string()))
        }
    }
}

impl FromFields for PlanItemFilter {
    fn from_fields(fields: &mut Fields) -> PlanItemFilter {
        PlanItemFilter {
            plan: fields.codes("plan"),
            parent: fields.one("parent"),
            state: fields.many("state"),
            lead_unit: fields.words("lead_unit"),
            within: fields.one("within"),
            q: fields.one("q"),
            due_before: fields.day("due_before"),
        }
    }
}

/// Plan items as they go over the wire, in the order of the rows.
pub fn wire(conn: &mut Conn, sight: Sight, rows: Vec<PlanItemRow>) -> Result<Vec<PlanItem>> {
    let rows = plan_items::seen(conn, sight, rows)?;
    let codes: Vec<String> = rows.iter().map(|row| row.code.clone()).collect();
    let parts = plan_items::parts(conn, sight, &codes)?;
    let (mut areas, mut projects) = (gather(parts.areas), gather(parts.projects));
    rows.into_iter()
        .map(|row| {
            let areas = areas.remove(&row.code).unwrap_or_default();
            let projects = projects.remove(&row.code).unwrap_or_default();
            PlanItem::new(row, areas, projects)
        })
        .collect()
}

/// The plan item with this code as it is answered.
///
/// Errors: `NotFound` when there is none, or none that may be seen.
fn shown(conn: &mut Conn, sight: Sight, code: &str) -> Result<PlanItem> {
    let row = plan_items::find(conn, sight, code)?;
    wire(conn, sight, vec![row])?.pop().ok_or(Error::Cancelled)
}

impl Listing for PlanItemFilter {
    type Key = ItemKey;
    type Item = PlanItem;

    fn check(&self, conn: &mut Conn, sight: Sight) -> Result<()> {
        plans::check(conn, "plan", &self.plan)?;
        plan_items::check(conn, sight, "parent", self.parent.as_ref())?;
        areas::check(conn, "within", self.within)
    }

    fn page(&self, conn: &mut Conn, sight: Sight, window: &Window<ItemKey>) -> Result<Vec<PlanItem>> {
        let rows = plan_items::list(conn, sight, self, window)?;
        wire(conn, sight, rows)
    }

    fn count(&self, conn: &mut Conn, sight: Sight) -> Result<i64> {
        plan_items::count(conn, sight, self)
    }

    fn key(&self, item: &PlanItem) -> ItemKey {
        (item.plan.clone(), item.path.clone())
    }
}

/// List plan items
///
/// Plan items flat, in the order of their trees: a heading stands before what is below it.
#[utoipa::path(tag = "plan-items", params(PlanItemFilter, PageQuery), responses((status = 200, description = "A page of plan items", body = Page<PlanItem>)))]
#[get("/plan-items")]
pub async fn list_plan_items(
    db: Data<Db>,
    request: HttpRequest,
    query: Query<(PlanItemFilter, PageQuery)>,
) -> Result<Answer, Problem> {
    let Query((filter, paging)) = query;
    page::list(&db, &request, paging, filter).await
}

/// Read one plan item
///
/// One plan item by its code.
#[utoipa::path(tag = "plan-items", params(("code" = ItemCode, Path, description = "Code of the plan item", example = "bishi-2023.4.2")), responses((status = 200, description = "The plan item", body = PlanItem)))]
#[get("/plan-items/{code}")]
pub async fn show_plan_item(
    db: Data<Db>,
    request: HttpRequest,
    code: Code<ItemCode>,
    sight: Sight,
    _query: Query<NoParameters>,
) -> Result<Answer, Problem> {
    let row = db.read(move |conn| shown(conn, sight, code.0.as_str())).await?;
    Answer::one(&request, row.data.seq, &row)
}

/// List the progress reports of a plan item
///
/// Progress reports in the order of the days they speak of.
#[utoipa::path(tag = "plan-items", params(("code" = ItemCode, Path, description = "Code of the plan item", example = "bishi-2023.4.2"), PageQuery), responses((status = 200, description = "A page of progress reports", body = Page<ProgressReport>)))]
#[get("/plan-items/{code}/progress-reports")]
pub async fn list_plan_item_progress_reports(
    db: Data<Db>,
    request: HttpRequest,
    code: Code<ItemCode>,
    query: Query<PageQuery>,
) -> Result<Answer, Problem> {
    page::list(&db, &request, query.0, ProgressReports(Subject::PlanItem(code.0.to_string()))).await
}
