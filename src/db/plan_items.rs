//! Plan items, in the order of their tree: rows and queries. An item lies in its areas, and in the area of its
//! plan where it has none or where one is outside of that; `plan_item_areas` holds all of it, what comes from
//! the plan alone as `inherited`. Internal items are shown to keys that reach one of these.

pub mod place;
pub mod seen;
pub mod whole;
pub mod write;

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use diesel::prelude::*;
use serde::Serialize;
use utoipa::IntoParams;

use super::among::among;
use super::columns::citation_columns;
use super::dialect::{Backend, Conn, on_each};
use super::order::{Mark, coalesce, dateless, sorted};
use super::schema::{plan_item_areas, plan_item_projects, plan_items, projects};
use super::sight::{plan_item_visible, project_visible};
use super::{Window, containing, with_prefixes};
use crate::domain::access::Sight;
use crate::domain::area_code::AreaCode;
use crate::domain::code::Code;
use crate::domain::codes::{ItemState, Visibility, codes};
use crate::domain::fold::Terms;
use crate::domain::frequency::Frequency;
use crate::domain::partial_date::PartialDate;
use crate::domain::sort::Sort;
use crate::error::{Error, Result, Thing};

citation_columns!(PlanItemCitation of plan_items);

/// A plan item as stored. `deliverables` and `co_units` are JSON arrays; `path` orders the tree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = plan_items, primary_key(code), treat_none_as_default_value = false, treat_none_as_null = true)]
#[expect(missing_docs, reason = "the columns, which the migrations and the wire type describe")]
pub struct PlanItemRow {
    pub code: String,
    pub plan: String,
    pub parent: Option<String>,
    pub ordinal: i64,
    pub path: String,
    pub title: String,
    pub deliverables: String,
    pub lead_unit: Option<String>,
    pub co_units: String,
    pub post: Option<String>,
    pub start_on: Option<PartialDate>,
    pub due_on: Option<PartialDate>,
    pub reporting_cycle: Option<Frequency>,
    pub weight: Option<i64>,
    pub progress: Option<i16>,
    pub state: ItemState,
    pub metric: Option<String>,
    pub target: Option<i64>,
    pub carried_from: Option<String>,
    pub carried_to: Option<String>,
    pub report: Option<String>,
    #[diesel(embed)]
    #[serde(flatten)]
    pub cited: PlanItemCitation,
    pub visibility: Visibility,
    pub folded: String,
    pub seq: i64,
    pub updated_at: chrono::NaiveDateTime,
}

impl PlanItemRow {
    /// How deep it stands in the tree, from 1.
    pub fn level(&self) -> usize {
        self.path.split('.').count()
    }

    /// Whether it is an item of the same plan or stands below that.
    pub fn is_within(&self, above: &PlanItemRow) -> bool {
        let rest = self.path.strip_prefix(&above.path);
        self.plan == above.plan && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    }
}

/// What of a plan item the sums of its plan and its light are made from.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = plan_items)]
#[expect(missing_docs, reason = "the columns, which the migrations and the wire type describe")]
pub struct BoardRow {
    pub code: String,
    pub parent: Option<String>,
    pub title: String,
    pub lead_unit: Option<String>,
    pub start_on: Option<PartialDate>,
    pub due_on: Option<PartialDate>,
    pub reporting_cycle: Option<Frequency>,
    pub weight: Option<i64>,
    pub progress: Option<i16>,
    pub state: ItemState,
    pub target: Option<i64>,
}

impl From<&PlanItemRow> for BoardRow {
    fn from(row: &PlanItemRow) -> BoardRow {
        BoardRow {
            code: row.code.clone(),
            parent: row.parent.clone(),
            title: row.title.clone(),
            lead_unit: row.lead_unit.clone(),
            start_on: row.start_on,
            due_on: row.due_on,
            reporting_cycle: row.reporting_cycle,
            weight: row.weight,
            progress: row.progress,
            state: row.state,
            target: row.target,
        }
    }
}

/// Whose children a list of plan items shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Parent {
    /// Items without a parent: the sections of a plan.
    None,
    /// The direct children of an item.
    Item(String),
}

/// Which plan items a list shows.
#[derive(Debug, Clone, Default, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PlanItemFilter {
    /// Items of these plans, repeated or comma-separated.
    #[param(value_type = Vec<Code>, example = json!(["bishi-2023"]))]
    pub plan: Vec<String>,
    /// Direct children of this item; `none` for the roots.
    #[param(value_type = Option<Code>, example = "bishi-2023.4.2")]
    pub parent: Option<Parent>,
    /// States, repeated or comma-separated.
    #[param(example = json!(["drafted"]))]
    pub state: Vec<ItemState>,
    /// Items led by one of these units; repeated for several.
    pub lead_unit: Vec<String>,
    /// Items in this area or below. An item without areas lies in the area of its plan. 2, 4, 6, 9 or 12 digits.
    #[param(example = "430681107")]
    pub within: Option<AreaCode>,
    /// Part of the code or title; case and width are folded, spaces mean "and".
    #[param(example = "道路")]
    pub q: Option<Terms>,
    /// Items due before this day. A due date of lesser precision counts when all of it lies before
    /// the day.
    #[param(example = "2024-01-01")]
    pub due_before: Option<NaiveDate>,
}

codes! {
    /// What plan items are sorted by. Not by their entries: their order would tell of one that the reader is not
    /// told of.
    PlanItemOrder ("排序方式", "an order") {
        Tree = "tree" ("计划顺序", "Plan, then the order of its tree"),
        StartOn = "start_on" ("开始日期", "Start; without one last"),
        DueOn = "due_on" ("完成期限", "Due date; without one last"),
    }
}

/// In which order a list is.
pub type PlanItemSort = Sort<PlanItemOrder>;

/// Place of a plan item in a list: what it is sorted by, then its code; in the order of the tree its plan, then its
/// path. All marks are words.
pub type PlanItemPlace = (Mark, String);

impl PlanItemRow {
    /// Where it stands in an order.
    pub fn place(&self, sort: PlanItemSort) -> PlanItemPlace {
        let dated = |date: Option<PartialDate>| (Mark::of_date(date, sort.descending), self.code.clone());
        match sort.by {
            PlanItemOrder::Tree => (Mark::Word(self.plan.clone()), self.path.clone()),
            PlanItemOrder::StartOn => dated(self.start_on),
            PlanItemOrder::DueOn => dated(self.due_on),
        }
    }
}

/// What belongs to the plan items of one page, each beside the item's code.
#[derive(Debug, Default)]
pub struct Parts {
    /// Areas, in the order given; not those where an item lies by its plan alone.
    pub areas: Vec<(String, AreaCode)>,
    /// Codes of the linked projects, in the order given.
    pub projects: Vec<(String, String)>,
}

fn select(sight: Sight, filter: &PlanItemFilter) -> plan_items::BoxedQuery<'static, Backend> {
    let mut query = plan_items::table.filter(plan_item_visible(sight.internal)).into_boxed();
    if !filter.plan.is_empty() {
        query = query.filter(plan_items::plan.eq_any(filter.plan.clone()));
    }
    query = match &filter.parent {
        None => query,
        Some(Parent::None) => query.filter(plan_items::parent.is_null()),
        Some(Parent::Item(code)) => query.filter(plan_items::parent.eq(code.clone())),
    };
    if !filter.state.is_empty() {
        query = query.filter(plan_items::state.eq_any(filter.state.clone()));
    }
    if !filter.lead_unit.is_empty() {
        query = query.filter(plan_items::lead_unit.eq_any(filter.lead_unit.clone()));
    }
    if let Some(within) = filter.within {
        let (first, last) = within.subtree().into_inner();
        let inside = plan_item_areas::table.filter(plan_item_areas::area.between(first, last));
        query = query.filter(plan_items::code.eq_any(inside.select(plan_item_areas::item)));
    }
    for term in filter.q.iter().flat_map(Terms::iter) {
        query = query.filter(plan_items::folded.like(containing(term)).escape('\\'));
    }
    if let Some(day) = filter.due_before {
        // As for projects: wholly before the day, unless it is the day's own year or month.
        let (day, own) = with_prefixes(day);
        query = query.filter(plan_items::due_on.lt(day)).filter(plan_items::due_on.ne_all(own));
    }
    query
}

/// Plan items in an order.
pub fn list(
    conn: &mut Conn,
    sight: Sight,
    filter: &PlanItemFilter,
    sort: PlanItemSort,
    window: &Window<PlanItemPlace>,
) -> Result<Vec<PlanItemRow>> {
    let query = select(sight, filter);
    macro_rules! by {
        ($by:expr, $last:expr) => {
            sorted!(query, window.after, sort.descending, Word, $by, $last)
        };
    }
    let or_last = dateless(sort.descending);
    let query = match sort.by {
        PlanItemOrder::Tree => by!(plan_items::plan, plan_items::path),
        PlanItemOrder::StartOn => by!(coalesce(plan_items::start_on, or_last), plan_items::code),
        PlanItemOrder::DueOn => by!(coalesce(plan_items::due_on, or_last), plan_items::code),
    };
    Ok(query.select(PlanItemRow::as_select()).limit(window.limit).load(conn)?)
}

/// Titles of plan items by code.
pub fn titles(conn: &mut Conn, codes: Vec<String>) -> Result<HashMap<String, String>> {
    let titled = plan_items::table.filter(plan_items::code.eq_any(codes));
    Ok(titled.select((plan_items::code, plan_items::title)).load(conn)?.into_iter().collect())
}

/// How many plan items the filter selects.
pub fn count(conn: &mut Conn, sight: Sight, filter: &PlanItemFilter) -> Result<i64> {
    Ok(select(sight, filter).count().get_result(conn)?)
}

/// All items of a plan, in the order of their tree.
pub fn of_plan(conn: &mut Conn, sight: Sight, plan: &str) -> Result<Vec<PlanItemRow>> {
    let filter = PlanItemFilter { plan: vec![plan.to_owned()], ..PlanItemFilter::default() };
    list(conn, sight, &filter, Sort::default(), &Window { after: None, limit: i64::MAX })
}

/// What the sums of a plan are made from: all its items that may be seen, in the order of the tree.
pub fn board(conn: &mut Conn, sight: Sight, plan: &str) -> Result<Vec<BoardRow>> {
    Ok(on_each!(conn, conn => plan_items::table
        .filter(plan_item_visible(sight.internal))
        .filter(plan_items::plan.eq(plan))
        .select(BoardRow::as_select())
        .order(plan_items::path)
        .load(conn))?)
}

/// The plan item with this code.
///
/// Errors: `NotFound` when there is none, or none that may be seen.
pub fn find(conn: &mut Conn, sight: Sight, code: &str) -> Result<PlanItemRow> {
    plan_items::table
        .find(code)
        .filter(plan_item_visible(sight.internal))
        .select(PlanItemRow::as_select())
        .first(conn)
        .optional()?
        .ok_or_else(|| Error::NotFound { what: Thing::PlanItem, key: code.to_owned() })
}

/// The plan items with these codes, internal or not.
pub fn of_codes(conn: &mut Conn, codes: Vec<String>) -> Result<Vec<PlanItemRow>> {
    Ok(on_each!(conn, conn => plan_items::table
        .filter(among(plan_items::code, codes))
        .select(PlanItemRow::as_select())
        .load(conn))?)
}

/// The plan item with this code, internal or not, if there is one.
pub fn get(conn: &mut Conn, code: &str) -> Result<Option<PlanItemRow>> {
    Ok(plan_items::table.find(code).select(PlanItemRow::as_select()).first(conn).optional()?)
}

/// Checks that a parameter names a plan item that may be seen.
pub fn check(conn: &mut Conn, sight: Sight, parameter: &str, parent: Option<&Parent>) -> Result<()> {
    match parent {
        Some(Parent::Item(code)) => {
            find(conn, sight, code).map(drop).map_err(|error| error.of_parameter(parameter))
        }
        _ => Ok(()),
    }
}

/// Whether an item of a plan goes on with one of another, or the other way round.
pub fn is_carried_over(conn: &mut Conn, plan: &str) -> Result<bool> {
    let linked = plan_items::carried_from.is_not_null().or(plan_items::carried_to.is_not_null());
    let found: i64 =
        plan_items::table.filter(plan_items::plan.eq(plan)).filter(linked).count().get_result(conn)?;
    Ok(found > 0)
}

/// All items below one, in the order of their tree, internal or not.
pub fn below(conn: &mut Conn, row: &PlanItemRow) -> Result<Vec<PlanItemRow>> {
    Ok(plan_items::table
        .filter(plan_items::plan.eq(&row.plan))
        .filter(plan_items::path.like(format!("{}.%", row.path)))
        .select(PlanItemRow::as_select())
        .order(plan_items::path)
        .load(conn)?)
}

/// Which of these codes name plan items that may be seen.
pub fn seen_among(conn: &mut Conn, sight: Sight, codes: Vec<String>) -> Result<HashSet<String>> {
    if codes.is_empty() {
        return Ok(HashSet::new());
    }
    let seen: Vec<String> = on_each!(conn, conn => plan_items::table
        .filter(among(plan_items::code, codes))
        .filter(plan_item_visible(sight.internal))
        .select(plan_items::code)
        .load(conn))?;
    Ok(seen.into_iter().collect())
}

/// Where all items of a plan lie, as (item, area).
pub fn areas_of_plan(conn: &mut Conn, plan: &str) -> Result<Vec<(String, AreaCode)>> {
    Ok(plan_item_areas::table
        .inner_join(plan_items::table.on(plan_items::code.eq(plan_item_areas::item)))
        .filter(plan_items::plan.eq(plan))
        .select((plan_item_areas::item, plan_item_areas::area))
        .load(conn)?)
}

/// What belongs to these plan items. Projects that may not be seen are left out.
pub fn parts(conn: &mut Conn, sight: Sight, codes: &[String]) -> Result<Parts> {
    Ok(Parts {
        areas: plan_item_areas::table
            .filter(plan_item_areas::item.eq_any(codes.to_vec()))
            .filter(plan_item_areas::inherited.eq(false))
            .order((plan_item_areas::item, plan_item_areas::ordinal))
            .select((plan_item_areas::item, plan_item_areas::area))
            .load(conn)?,
        projects: plan_item_projects::table
            .inner_join(projects::table.on(projects::code.eq(plan_item_projects::project)))
            .filter(plan_item_projects::item.eq_any(codes.to_vec()))
            .filter(project_visible(sight.internal))
            .order((plan_item_projects::item, plan_item_projects::ordinal))
            .select((plan_item_projects::item, plan_item_projects::project))
            .load(conn)?,
    })
}
