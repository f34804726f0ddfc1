//! `GET /plans`, `GET /plans/{code}`.

pub mod scoreboard;
pub mod types;
pub mod writing;

use actix_web::web::Data;
use actix_web::{HttpRequest, get};

use super::answer::Answer;
use super::light::AtQuery;
use super::listing::Listing;
use super::page::{self, Page, PageQuery};
use super::plan_items;
use super::problem::Problem;
use super::query::{Code, Query};
use crate::db::ledger::now;
use crate::db::lights;
use crate::db::plan_items::BoardRow;
use crate::db::plans;
use crate::db::{self, Conn, Db, Window};
use crate::domain::access::Sight;
use crate::domain::at::At;
use crate::domain::code::Code as PlanCode;
use crate::error::Result;
use crate::statistics::scoreboard::completions;
use types::{Plan, PlanSummary};

/// The plan with this code as it is answered.
///
/// Errors: `NotFound` when there is none.
fn shown(conn: &mut Conn, sight: Sight, code: &str, at: At) -> Result<Plan> {
    let row = plans::find(conn, code)?;
    let items = db::plan_items::of_plan(conn, sight, code)?;
    let facts = lights::of_items(conn, sight, &items, at)?;
    let watched = items.iter().map(BoardRow::from).zip(facts.iter().cloned());
    let mut done = completions(watched.collect(), at.day);
    let items = plan_items::wire(conn, sight, at, plan_items::lit(items, facts, at))?;
    Ok(Plan::new(row, items, &mut done))
}

struct Plans;

impl Listing for Plans {
    type Key = String;
    type Item = PlanSummary;

    fn page(&self, conn: &mut Conn, _: Sight, window: &Window<String>) -> Result<Vec<PlanSummary>> {
        Ok(plans::list(conn, window)?.into_iter().map(PlanSummary::from).collect())
    }

    fn count(&self, conn: &mut Conn, _: Sight) -> Result<i64> {
        plans::count(conn)
    }

    fn key(&self, plan: &PlanSummary) -> String {
        plan.code.clone()
    }
}

/// List plans
///
/// Plans in order of their code, without their items: `/plans/{code}` has the tree of one.
#[utoipa::path(
    tag = "plans",
    params(PageQuery),
    responses((status = 200, description = "A page of plans", body = Page<PlanSummary>)),
)]
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
#[utoipa::path(
    tag = "plans",
    params(("code" = PlanCode, Path, description = "Code of the plan", example = "bishi-2023"), AtQuery),
    responses((status = 200, description = "The plan", body = Plan)),
)]
#[get("/plans/{code}")]
pub async fn show_plan(
    db: Data<Db>,
    request: HttpRequest,
    code: Code<PlanCode>,
    sight: Sight,
    query: Query<AtQuery>,
) -> Result<Answer, Problem> {
    let at = At::new(query.0.at, now());
    let work =
        move |conn: &mut Conn| Ok((shown(conn, sight, code.0.as_str(), at)?, lights::good_until(conn, at)?));
    Answer::changing(&request, db.read(work).await?, |plan| plan.summary.seq)
}
