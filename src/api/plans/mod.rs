//! `GET /plans`, `GET /plans/{code}`.

pub mod scoreboard;
pub mod types;
pub mod writing;

use actix_web::web::Data;
use actix_web::{HttpRequest, get};
use chrono::NaiveDateTime;
use itertools::Itertools;

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
use crate::db::plans::{self, PlanRow};
use crate::db::{self, Conn, Db, Window};
use crate::domain::access::Sight;
use crate::domain::at::At;
use crate::domain::code::Code as PlanCode;
use crate::error::{Result, only};
use crate::statistics::scoreboard::completions;
use types::Plan;

fn wire(conn: &mut Conn, sight: Sight, at: At, rows: Vec<PlanRow>) -> Result<Vec<Plan>> {
    let codes: Vec<String> = rows.iter().map(|row| row.code.clone()).collect();
    let items = db::plan_items::of_plans(conn, sight, &codes)?;
    let facts = lights::of_items(conn, sight, &items, at)?;
    let watched = items.iter().map(BoardRow::from).zip(facts.iter().cloned());
    let mut done = completions(watched.collect(), at.day);
    let items = plan_items::wire(conn, sight, at, plan_items::lit(items, facts, at))?;
    let mut items = items.into_iter().map(|item| (item.plan.clone(), item)).into_group_map();
    let plan = |row: PlanRow| {
        let items = items.remove(&row.code).unwrap_or_default();
        Plan::new(row, items, &mut done)
    };
    Ok(rows.into_iter().map(plan).collect())
}

/// The plan with this code as it is answered.
///
/// Errors: `NotFound` when there is none.
fn shown(conn: &mut Conn, sight: Sight, code: &str, at: At) -> Result<Plan> {
    let row = plans::find(conn, code)?;
    only(wire(conn, sight, at, vec![row])?)
}

struct Plans {
    at: At,
}

impl Listing for Plans {
    type Key = String;
    type Item = Plan;

    fn page(&self, conn: &mut Conn, sight: Sight, window: &Window<String>) -> Result<Vec<Plan>> {
        let rows = plans::list(conn, window)?;
        wire(conn, sight, self.at, rows)
    }

    fn count(&self, conn: &mut Conn, _: Sight) -> Result<i64> {
        plans::count(conn)
    }

    fn key(&self, plan: &Plan) -> String {
        plan.code.clone()
    }

    fn good_until(&self, conn: &mut Conn) -> Result<Option<NaiveDateTime>> {
        lights::good_until(conn, self.at)
    }
}

/// List plans
///
/// Plans in order of their code, each with the tree of its items.
#[utoipa::path(
    tag = "plans",
    params(AtQuery, PageQuery),
    responses((status = 200, description = "A page of plans", body = Page<Plan>)),
)]
#[get("/plans")]
pub async fn list_plans(
    db: Data<Db>,
    request: HttpRequest,
    query: Query<(AtQuery, PageQuery)>,
) -> Result<Answer, Problem> {
    let Query((AtQuery { at }, paging)) = query;
    page::list(&db, &request, paging, Plans { at: At::new(at, now()) }).await
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
    Answer::changing(&request, db.read(work).await?, |plan| plan.seq)
}
