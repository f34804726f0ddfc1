//! `GET /plan-items` and `GET /plan-items/{code}`.

pub mod extensions;
pub mod moves;
pub mod types;
pub mod writing;

use std::str::FromStr;

use actix_web::web::Data;
use actix_web::{HttpRequest, get};
use chrono::NaiveDateTime;
use itertools::Itertools;

use super::answer::Answer;
use super::light::AtQuery;
use super::listing::Listing;
use super::page::{self, Page, PageQuery};
use super::problem::Problem;
use super::query::{Code, Fields, FromFields, Query};
use crate::db::ledger::now;
use crate::db::lights;
use crate::db::plan_items::{self, ItemKey, Parent, PlanItemFilter, PlanItemRow, seen};
use crate::db::{Conn, Db, Window, areas, plans};
use crate::domain::access::Sight;
use crate::domain::at::At;
use crate::domain::code::Code as ItemCode;
use crate::domain::light::Facts;
use crate::error::{Invalid, Result, only};
use crate::statistics::by_light::{self, LightFilter, Lit};
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
            lead_unit: fields.texts("lead_unit"),
            within: fields.one("within"),
            q: fields.one("q"),
            due_before: fields.day("due_before"),
        }
    }
}

/// Plan items with their lights, and with the progress that their facts tell in the place of their own.
pub fn lit(mut rows: Vec<PlanItemRow>, facts: Vec<Facts>, at: At) -> Lit<PlanItemRow> {
    rows.iter_mut().zip(&facts).for_each(|(row, facts)| row.progress = facts.progress);
    by_light::lit(rows, facts, at)
}

fn with_lights(conn: &mut Conn, sight: Sight, at: At, rows: Vec<PlanItemRow>) -> Result<Lit<PlanItemRow>> {
    let facts = lights::of_items(conn, sight, &rows, at)?;
    Ok(lit(rows, facts, at))
}

/// Plan items as they go over the wire, in the order of the rows.
pub fn wire(conn: &mut Conn, sight: Sight, at: At, rows: Lit<PlanItemRow>) -> Result<Vec<PlanItem>> {
    let (rows, lights): (Vec<_>, Vec<_>) = rows.into_iter().unzip();
    let rows = seen::seen(conn, sight, rows, at.now)?;
    let codes: Vec<String> = rows.iter().map(|row| row.code.clone()).collect();
    let parts = plan_items::parts(conn, sight, &codes)?;
    let (mut areas, mut projects) =
        (parts.areas.into_iter().into_group_map(), parts.projects.into_iter().into_group_map());
    rows.into_iter()
        .zip(lights)
        .map(|(row, light)| {
            let areas = areas.remove(&row.code).unwrap_or_default();
            let projects = projects.remove(&row.code).unwrap_or_default();
            PlanItem::new(row, light.into(), areas, projects)
        })
        .collect()
}

/// The plan item with this code as it is answered.
///
/// Errors: `NotFound` when there is none, or none that may be seen.
fn shown(conn: &mut Conn, sight: Sight, code: &str, at: At) -> Result<PlanItem> {
    let row = plan_items::find(conn, sight, code)?;
    let row = with_lights(conn, sight, at, vec![row])?;
    only(wire(conn, sight, at, row)?)
}

struct PlanItems {
    filter: PlanItemFilter,
    light: LightFilter,
    at: At,
}

impl PlanItems {
    fn read(&self, conn: &mut Conn, sight: Sight, window: &Window<ItemKey>) -> Result<Lit<PlanItemRow>> {
        let rows = plan_items::list(conn, sight, &self.filter, window)?;
        with_lights(conn, sight, self.at, rows)
    }
}

fn place(row: &PlanItemRow) -> ItemKey {
    (row.plan.clone(), row.path.clone())
}

impl Listing for PlanItems {
    type Key = ItemKey;
    type Item = PlanItem;

    fn check(&self, conn: &mut Conn, sight: Sight) -> Result<()> {
        plans::check(conn, "plan", &self.filter.plan)?;
        plan_items::check(conn, sight, "parent", self.filter.parent.as_ref())?;
        areas::check(conn, "within", self.filter.within)
    }

    fn page(&self, conn: &mut Conn, sight: Sight, window: &Window<ItemKey>) -> Result<Vec<PlanItem>> {
        let rows = self.light.choose(window, place, |window| self.read(conn, sight, window))?;
        wire(conn, sight, self.at, rows)
    }

    fn count(&self, conn: &mut Conn, sight: Sight) -> Result<i64> {
        if self.light.is_open() {
            return plan_items::count(conn, sight, &self.filter);
        }
        self.light.count(place, |window| self.read(conn, sight, window))
    }

    fn key(&self, item: &PlanItem) -> ItemKey {
        (item.plan.clone(), item.path.clone())
    }

    fn good_until(&self, conn: &mut Conn) -> Result<Option<NaiveDateTime>> {
        lights::good_until(conn, self.at)
    }

    fn is_long(&self) -> bool {
        !self.light.is_open()
    }
}

/// List plan items
///
/// Plan items flat, in the order of their trees: a heading stands before what is below it.
#[utoipa::path(
    tag = "plan-items",
    params(PlanItemFilter, LightFilter, AtQuery, PageQuery),
    responses((status = 200, description = "A page of plan items", body = Page<PlanItem>)),
)]
#[get("/plan-items")]
pub async fn list_plan_items(
    db: Data<Db>,
    request: HttpRequest,
    query: Query<((PlanItemFilter, PageQuery), (LightFilter, AtQuery))>,
) -> Result<Answer, Problem> {
    let Query(((filter, paging), (light, AtQuery { at }))) = query;
    page::list(&db, &request, paging, PlanItems { filter, light, at: At::new(at, now()) }).await
}

/// Read one plan item
///
/// One plan item by its code.
#[utoipa::path(
    tag = "plan-items",
    params(
        ("code" = ItemCode, Path, description = "Code of the plan item", example = "bishi-2023.4.2"),
        AtQuery,
    ),
    responses((status = 200, description = "The plan item", body = PlanItem)),
)]
#[get("/plan-items/{code}")]
pub async fn show_plan_item(
    db: Data<Db>,
    request: HttpRequest,
    code: Code<ItemCode>,
    sight: Sight,
    query: Query<AtQuery>,
) -> Result<Answer, Problem> {
    let at = At::new(query.0.at, now());
    let work =
        move |conn: &mut Conn| Ok((shown(conn, sight, code.0.as_str(), at)?, lights::good_until(conn, at)?));
    Answer::changing(&request, db.read(work).await?, |item| item.seq)
}
