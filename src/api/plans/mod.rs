//! `GET /plans`, `GET /plans/{code}`.

pub mod types;
pub mod writing;

use actix_web::web::Data;
use actix_web::{HttpRequest, get};

use super::answer::Answer;
use super::areas::types::gather;
use super::page::{self, Listing, Page, PageQuery};
use super::plan_items;
use super::problem::Problem;
use super::query::{Code, NoParameters, Query};
use crate::db::plans::{self, PlanRow};
use crate::db::{Conn, Db, Window};
use crate::domain::access::Sight;
use crate::domain::code::Code as PlanCode;
use crate::error::{Error, Result};
use types::Plan;

fn wire(conn: &mut Conn, sight: Sight, rows: Vec<PlanRow>) -> Result<Vec<Plan>> {
    let codes: Vec<String> = rows.iter().map(|row| row.code.clone()).collect();
    let items = crate::db::plan_items::of_plans(conn, sight, &codes)?;
    let items = plan_items::wire(conn, sight, items)?;
    let mut items = gather(items.into_iter().map(|item| (item.plan.clone(), item)));
    Ok(rows
        .into_iter()
        .map(|row| {
            let items = items.remove(&row.code).unwrap_or_default();
            Plan::new(row, items)
        })
        .collect())
}

/// The plan with this code as it is answered.
///
/// Errors: `NotFound` when there is none.
fn shown(conn: &mut Conn, sight: Sight, code: &str) -> Result<Plan> {
    let row = plans::find(conn, code)?;
    wire(conn, sight, vec![row])?.pop().ok_or(Error::Cancelled)
}

struct Plans;

impl Listing for Plans {
    type Key = String;
    type Item = Plan;

    fn check(&self, _: &mut Conn, _: Sight) -> Result<()> {
        Ok(())
    }

    fn page(&self, conn: &mut Conn, sight: Sight, window: &Window<String>) -> Result<Vec<Plan>> {
        let rows = plans::list(conn, window)?;
        wire(conn, sight, rows)
    }

    fn count(&self, conn: &mut Conn, _: Sight) -> Result<i64> {
        plans::count(conn)
    }

    fn key(&self, plan: &Plan) -> String {
        plan.code.clone()
    }
}

/// List plans
///
/// Plans in order of their code, each with the tree of its items.
#[utoipa::path(tag = "plans", params(PageQuery), responses((status = 200, description = "A page of plans", body = Page<Plan>)))]
#[get("/plans")]
pub async fn list_plans(
    db: Data<Db>,
    request: HttpRequest,
    query: Query<PageQuery>,
) -> Result<Answer, Problem> {
    page::list(&db, &request, query.0, Plans).await
}

/// Read one plan
///
/// One plan with the tree of its items.
#[utoipa::path(tag = "plans", params(("code" = PlanCode, Path, description = "Code of the plan", example = "bishi-2023")), responses((status = 200, description = "The plan", body = Plan)))]
#[get("/plans/{code}")]
pub async fn show_plan(
    db: Data<Db>,
    request: HttpRequest,
    code: Code<PlanCode>,
    sight: Sight,
    _query: Query<NoParameters>,
) -> Result<Answer, Problem> {
    let row = db.read(move |conn| shown(conn, sight, code.0.as_str())).await?;
    Answer::one(&request, row.data.seq, &row)
}
