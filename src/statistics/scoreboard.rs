//! How a plan stands at the end of a day: its items counted by light and by what is done, in all and by section,
//! unit and area, and what is overdue. The one sum behind the scoreboard, the overview, the tree and bulletins.

use std::borrow::Borrow;
use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use itertools::Itertools;

use crate::db::lights;
use crate::db::plan_items::{self, BoardRow};
use crate::db::plans::PlanRow;
use crate::db::{Conn, areas};
use crate::domain::access::Sight;
use crate::domain::area_code::AreaCode;
use crate::domain::at::At;
use crate::domain::decimal::Decimal;
use crate::domain::light::{Facts, Light, LightReasonCode};
use crate::domain::partial_date::PartialDate;
use crate::domain::tally::Tally;
use crate::domain::tree::{self, Node};
use crate::error::Result;

/// Rows of a table of the scoreboard.
const MOST_ROWS: usize = 1000;

/// Items that are listed as overdue.
const MOST_OVERDUE: usize = 50;

/// How a plan stands at the end of a day.
#[derive(Debug, Clone)]
pub struct Scoreboard {
    /// Code of the plan.
    pub plan: String,
    /// The day.
    pub at: NaiveDate,
    /// All of the plan.
    pub total: Tally,
    /// The sections in their order.
    pub sections: Vec<Section>,
    /// The units in the lead in the order of their names; the items without one come last.
    pub units: Vec<(Option<String>, Tally)>,
    /// The areas in the order of their codes, with their names. An item of several areas counts in each.
    pub areas: Vec<(AreaCode, String, Tally)>,
    /// What is overdue, longest first, then in the order of the tree; at most 50.
    pub overdue: Vec<Overdue>,
    /// How many items are overdue.
    pub overdue_count: i64,
}

/// A section of a plan: an item without a parent that the reader sees, and all below it.
#[derive(Debug, Clone)]
pub struct Section {
    /// Code of its item.
    pub code: String,
    /// Title.
    pub title: String,
    /// Its items.
    pub tally: Tally,
}

/// A plan item past its due date.
#[derive(Debug, Clone)]
pub struct Overdue {
    /// The item.
    pub item: BoardRow,
    /// Its due date on the day.
    pub due_on: PartialDate,
    /// Days from the last day that the due date can mean.
    pub days: i64,
    /// Its light.
    pub light: Light,
}

/// Plan items in the order of their tree, with the facts of their lights.
pub type Watched = Vec<(BoardRow, Facts)>;

impl Node for (BoardRow, Facts) {
    fn code(&self) -> &str {
        &self.0.code
    }

    fn parent(&self) -> Option<&str> {
        self.0.parent.as_deref()
    }
}

/// The areas of plan items, by the code of the item.
pub type ItemAreas = HashMap<String, Vec<AreaCode>>;

/// How a plan stands at the end of a day, as far as the reader sees it.
pub fn of_plan(conn: &mut Conn, sight: Sight, plan: &PlanRow, at: At) -> Result<Scoreboard> {
    let items = watched(conn, sight, plan, at)?;
    let areas = item_areas(conn, plan)?;
    of_items(conn, plan, items, &areas, at.day)
}

/// The same without what it says of single areas, which costs most.
pub fn at_a_glance(conn: &mut Conn, sight: Sight, plan: &PlanRow, at: At) -> Result<Scoreboard> {
    let items = watched(conn, sight, plan, at)?;
    of_items(conn, plan, items, &HashMap::new(), at.day)
}

/// The items of a plan that the reader sees, in the order of the tree.
pub fn watched(conn: &mut Conn, sight: Sight, plan: &PlanRow, at: At) -> Result<Watched> {
    let items = plan_items::board(conn, sight, &plan.code)?;
    let facts = lights::of_plan(conn, sight, &plan.code, &items, at)?;
    Ok(items.into_iter().zip(facts).collect())
}

/// The areas that each item of a plan counts in.
pub fn item_areas(conn: &mut Conn, plan: &PlanRow) -> Result<ItemAreas> {
    Ok(plan_items::areas_of_plan(conn, &plan.code)?.into_iter().into_group_map())
}

/// How some items of a plan stand together at the end of a day. A heading comes with the items below it that are
/// meant, or not at all.
pub fn of_items(
    conn: &mut Conn,
    plan: &PlanRow,
    items: Watched,
    areas: &ItemAreas,
    day: NaiveDate,
) -> Result<Scoreboard> {
    let mut by_unit: BTreeMap<(bool, Option<String>), Tally> = BTreeMap::new();
    let mut by_area: BTreeMap<AreaCode, Tally> = BTreeMap::new();
    let mut overdue = Vec::new();
    let mut of_leaf = |row: &BoardRow, facts: &Facts| {
        let (light, tally) = leaf(facts, day);
        let unit = row.lead_unit.clone();
        by_unit.entry((unit.is_none(), unit)).or_default().add(&tally, row.weight);
        for &area in areas.get(&row.code).into_iter().flatten() {
            by_area.entry(area).or_default().add(&tally, row.weight);
        }
        let is_overdue = light.reasons.iter().any(|reason| reason.code == LightReasonCode::Overdue);
        if let Some(due_on) = facts.due_on.filter(|_| is_overdue) {
            let days = (day - due_on.last_day()).num_days();
            overdue.push(Overdue { item: row.clone(), due_on, days, light });
        }
        tally
    };
    let sections = tree::fold(items, |(row, facts), below| {
        let tally = if below.is_empty() { of_leaf(&row, &facts) } else { together(&below) };
        (Section { code: row.code, title: row.title, tally }, row.weight)
    });
    // The tree was folded from its end.
    overdue.reverse();
    overdue.sort_by_key(|overdue| Reverse(overdue.days));
    let overdue_count = overdue.len() as i64;
    overdue.truncate(MOST_OVERDUE);
    let by_area: Vec<_> = by_area.into_iter().take(MOST_ROWS).collect();
    let mut names = areas::names(conn, by_area.iter().map(|(area, _)| *area).collect())?;
    let named = |(area, tally)| (area, names.remove(&area).unwrap_or_default(), tally);
    Ok(Scoreboard {
        plan: plan.code.clone(),
        at: day,
        total: together(&sections),
        sections: sections.into_iter().map(|(section, _)| section).take(MOST_ROWS).collect(),
        units: by_unit.into_iter().map(|((_, unit), tally)| (unit, tally)).take(MOST_ROWS).collect(),
        areas: by_area.into_iter().map(named).collect(),
        overdue,
        overdue_count,
    })
}

/// What is done of plan items on a day in percent, by code: of an item by its facts, of a heading by what is below
/// it. None where nothing has a weight.
pub fn completions(items: Watched, day: NaiveDate) -> HashMap<String, Option<Decimal>> {
    let mut completions = HashMap::new();
    tree::fold(items, |(row, facts), below| {
        let tally = if below.is_empty() { leaf(&facts, day).1 } else { together(&below) };
        completions.insert(row.code, tally.completion());
        (tally, row.weight)
    });
    completions
}

/// How an item without any below it stands.
fn leaf(facts: &Facts, day: NaiveDate) -> (Light, Tally) {
    let light = facts.light(day);
    let tally = Tally::of_item(light.color, facts.completion());
    (light, tally)
}

/// What parts of a plan come to, by their weights.
fn together<T: Borrow<Tally>>(parts: &[(T, Option<i64>)]) -> Tally {
    let mut tally = Tally::default();
    for (part, weight) in parts {
        tally.add(part.borrow(), *weight);
    }
    tally
}

impl Borrow<Tally> for Section {
    fn borrow(&self) -> &Tally {
        &self.tally
    }
}
