//! `GET /plan-items` and `GET /plan-items/{code}`.

pub mod extensions;
pub mod moves;
pub mod query;
pub mod types;
pub mod writing;

use std::collections::BTreeSet;

use actix_web::web::Data;
use actix_web::{HttpRequest, get};
use chrono::NaiveDateTime;
use itertools::Itertools;

use super::answer::Answer;
use super::light::AtQuery;
use super::listing::{Listing, Placed, named};
use super::page::{self, Page, PageQuery};
use super::problem::Problem;
use super::query::{Code, Query};
use crate::db::ledger::now;
use crate::db::lights;
use crate::db::order::Mark;
use crate::db::plan_items::{self, PlanItemFilter, PlanItemPlace, PlanItemRow, seen};
use crate::db::{Conn, Db, Window, areas, metrics, plans, projects};
use crate::domain::access::Sight;
use crate::domain::area_code::AreaCode;
use crate::domain::at::At;
use crate::domain::code::Code as ItemCode;
use crate::domain::light::Facts;
use crate::error::{Result, only};
use crate::exchange::table::Tabular;
use crate::statistics::by_light::{self, LightFilter, Lit};
use query::{PlanItemNames, PlanItemsQuery, PlanItemsView};
use types::PlanItem;

/// Plan items with their lights, and with the progress that their facts tell in the place of their own.
pub fn lit(mut rows: Vec<PlanItemRow>, facts: Vec<Facts>, at: At) -> Lit<PlanItemRow> {
    rows.iter_mut().zip(&facts).for_each(|(row, facts)| row.progress = facts.progress);
    by_light::lit(rows, facts, at)
}

/// Plan items with their lights on a day, in the order of the rows.
pub fn with_lights(
    conn: &mut Conn,
    sight: Sight,
    at: At,
    rows: Vec<PlanItemRow>,
) -> Result<Lit<PlanItemRow>> {
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

fn add_names(conn: &mut Conn, items: &mut [PlanItem]) -> Result<()> {
    let every = |codes: &dyn Fn(&PlanItem) -> Vec<String>| -> Vec<String> {
        items.iter().flat_map(codes).collect::<BTreeSet<_>>().into_iter().collect()
    };
    let plans = plans::titles(conn, every(&|item| vec![item.plan.clone()]))?;
    let parents = plan_items::titles(conn, every(&|item| item.parent.iter().cloned().collect()))?;
    let projects = projects::names(conn, every(&|item| item.projects.clone()))?;
    let metrics = metrics::names(conn, every(&|item| item.metric.iter().cloned().collect()))?;
    let named: BTreeSet<AreaCode> = items.iter().flat_map(|item| item.areas.iter().copied()).collect();
    let areas = areas::names(conn, named.into_iter().collect())?;
    for item in items {
        item.plan_title = plans.get(&item.plan).cloned();
        item.parent_title = item.parent.as_ref().and_then(|parent| parents.get(parent).cloned());
        item.area_names = Some(item.areas.iter().filter_map(|area| areas.get(area).cloned()).collect());
        item.project_names =
            Some(item.projects.iter().filter_map(|code| projects.get(code).cloned()).collect());
        item.metric_name = item.metric.as_ref().and_then(|metric| metrics.get(metric).cloned());
    }
    Ok(())
}

struct PlanItems {
    filter: PlanItemFilter,
    light: LightFilter,
    at: At,
    view: PlanItemsView,
    names: bool,
}

impl PlanItems {
    fn read(
        &self,
        conn: &mut Conn,
        sight: Sight,
        window: &Window<PlanItemPlace>,
    ) -> Result<Lit<PlanItemRow>> {
        let rows = plan_items::list(conn, sight, &self.filter, self.view.sort, window)?;
        with_lights(conn, sight, self.at, rows)
    }
}

impl Listing for PlanItems {
    type Key = PlanItemPlace;
    type Item = Placed<PlanItem, PlanItemPlace>;

    fn check(&self, conn: &mut Conn, sight: Sight) -> Result<()> {
        plans::check(conn, "plan", &self.filter.plan)?;
        plan_items::check(conn, sight, "parent", self.filter.parent.as_ref())?;
        areas::check(conn, "within", self.filter.within)
    }

    fn page(&self, conn: &mut Conn, sight: Sight, window: &Window<PlanItemPlace>) -> Result<Vec<Self::Item>> {
        let sort = self.view.sort;
        let rows = self.light.choose(
            window,
            |row: &PlanItemRow| row.place(sort),
            |window| self.read(conn, sight, window),
        )?;
        let places = rows.iter().map(|(row, _)| row.place(sort)).collect();
        let mut items = wire(conn, sight, self.at, rows)?;
        if self.names {
            add_names(conn, &mut items)?;
        }
        Ok(Placed::all(items, places))
    }

    fn count(&self, conn: &mut Conn, sight: Sight) -> Result<i64> {
        if self.light.is_open() {
            return plan_items::count(conn, sight, &self.filter);
        }
        let place = |row: &PlanItemRow| row.place(self.view.sort);
        self.light.count(place, |window| self.read(conn, sight, window))
    }

    fn key(&self, item: &Self::Item) -> PlanItemPlace {
        item.place()
    }

    fn order(&self) -> String {
        self.view.sort.to_string()
    }

    fn takes(&self, (mark, _): &PlanItemPlace) -> bool {
        matches!(mark, Mark::Word(_))
    }

    fn fields(&self) -> &[String] {
        &self.view.fields
    }

    fn columns(&self) -> Vec<String> {
        named(PlanItem::columns(), self.names)
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
/// Plan items flat, in the order of their trees if no other is asked for.
#[utoipa::path(
    tag = "plan-items",
    params(PlanItemFilter, LightFilter, AtQuery, PlanItemsView, PlanItemNames, PageQuery),
    responses((status = 200, description = "A page of plan items", body = Page<PlanItem>)),
)]
#[get("/plan-items")]
pub async fn list_plan_items(
    db: Data<Db>,
    request: HttpRequest,
    query: Query<PlanItemsQuery>,
) -> Result<Answer, Problem> {
    let Query(((filter, paging), ((light, AtQuery { at }), (view, PlanItemNames { names })))) = query;
    page::list(&db, &request, paging, PlanItems { filter, light, at: At::new(at, now()), view, names }).await
}

/// Read one plan item
///
/// One plan item by its code.
#[utoipa::path(
    tag = "plan-items",
    params(
        ("code" = ItemCode, Path, description = "Code of the plan item", example = "bishi-2023.4.2"),
        AtQuery,
        PlanItemNames,
    ),
    responses((status = 200, description = "The plan item", body = PlanItem)),
)]
#[get("/plan-items/{code}")]
pub async fn show_plan_item(
    db: Data<Db>,
    request: HttpRequest,
    code: Code<ItemCode>,
    sight: Sight,
    query: Query<(AtQuery, PlanItemNames)>,
) -> Result<Answer, Problem> {
    let Query((AtQuery { at }, PlanItemNames { names })) = query;
    let at = At::new(at, now());
    let work = move |conn: &mut Conn| {
        let mut item = shown(conn, sight, code.0.as_str(), at)?;
        if names {
            add_names(conn, std::slice::from_mut(&mut item))?;
        }
        Ok((item, lights::good_until(conn, at)?))
    };
    Answer::changing(&request, db.read(work).await?, |item| item.seq)
}
