//! Plans and their trees as they go over the wire.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::body::changes::Changes;
use crate::api::body::rows::{New, Writable};
use crate::api::light::Light;
use crate::api::plan_items::types::PlanItem;
use crate::db::plan_items::BoardRow;
use crate::db::plans::PlanRow;
use crate::domain::area_code::AreaCode;
use crate::domain::decimal::Decimal;
use crate::domain::light::LightColor;
use crate::domain::light::rule::RULE;
use crate::domain::partial_date::PartialDate;
use crate::domain::tally::Tally;
use crate::domain::tree::{self, Node};
use crate::exchange::drafts::plan::PlanDraft;
use crate::exchange::table::Tabular;
use crate::statistics::scoreboard;

/// The plan of an area for a year 计划, without its items.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PlanSummary {
    /// Code.
    #[schema(example = "bishi-2023", pattern = "^[a-z0-9][a-z0-9._-]{0,63}$")]
    pub code: String,
    /// Title.
    #[schema(example = "弼时镇2023年工作规划")]
    pub title: String,
    /// Code of the area.
    pub area: AreaCode,
    /// Year.
    #[schema(example = 2023, minimum = 1900, maximum = 2999)]
    pub year: i64,
    /// Code of the report that states it; null when it comes from elsewhere.
    pub report: Option<String>,
    /// Number of the entry that last touched the plan itself.
    #[schema(minimum = 1)]
    pub seq: i64,
    /// When that entry was made.
    pub updated_at: DateTime<Utc>,
}

/// The plan of an area for a year 计划, with the tree of its items.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Plan {
    /// The plan itself.
    #[serde(flatten)]
    pub summary: PlanSummary,
    /// Its sections in their order, each with what is below it.
    pub children: Vec<PlanNode>,
}

/// A new plan, for POST.
pub type PlanInput = New<PlanDraft>;

/// Changes of a plan, for PATCH.
pub type PlanChanges = Changes<PlanDraft>;

impl Writable for PlanDraft {
    type Answer = Plan;
    const KEY: &'static [&'static str] = &["code"];
}

/// A plan item and what is below it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PlanNode {
    /// The item itself.
    #[serde(flatten)]
    pub item: PlanItem,
    /// What is done in percent: of an item 100 when it is closed, else its progress; of a heading the mean of the
    /// items directly below it by their weights, and so on. Null where nothing has a weight.
    #[schema(example = 43.33)]
    pub completion: Option<Decimal>,
    /// The items below, in their order.
    #[schema(no_recursion)]
    pub children: Vec<PlanNode>,
}

impl Tabular for PlanSummary {}

impl From<PlanRow> for PlanSummary {
    fn from(row: PlanRow) -> PlanSummary {
        let PlanRow { code, title, area, year, report, seq, updated_at } = row;
        PlanSummary { code, title, area, year, report, seq, updated_at: updated_at.and_utc() }
    }
}

impl Node for PlanItem {
    fn code(&self) -> &str {
        &self.code
    }

    fn parent(&self) -> Option<&str> {
        self.parent.as_deref()
    }
}

impl Plan {
    /// A plan with its items, which come in the order of the tree, and what is done of each by its code. An item
    /// whose parent is not among them hangs on the plan itself.
    pub fn new(
        row: PlanRow,
        items: Vec<PlanItem>,
        completions: &mut HashMap<String, Option<Decimal>>,
    ) -> Plan {
        let children = tree::fold(items, |item, children| {
            let completion = completions.remove(&item.code).flatten();
            PlanNode { item, completion, children }
        });
        Plan { summary: row.into(), children }
    }
}

/// How a plan stands at the end of a day.
#[derive(Debug, Serialize, ToSchema)]
pub struct Scoreboard {
    /// Code of the plan.
    #[schema(example = "bishi-2023")]
    pub plan: String,
    /// The day.
    pub at: NaiveDate,
    /// Version of the rule of the lights.
    #[schema(example = 1, minimum = 1)]
    pub rule: i64,
    /// All of the plan.
    #[serde(flatten)]
    pub total: Score,
    /// The sections in their order, at most 1000: items without a parent that the reader may see.
    #[schema(max_items = 1000)]
    pub by_section: Vec<SectionScore>,
    /// The units in the lead in the order of their names, at most 1000; the items without one come last.
    #[schema(max_items = 1000)]
    pub by_unit: Vec<UnitScore>,
    /// The areas in the order of their codes, at most 1000. An item of several areas counts in each; one without
    /// any, or with one outside of the area of the plan, in that of the plan.
    #[schema(max_items = 1000)]
    pub by_area: Vec<AreaScore>,
    /// What is overdue, longest first, then in the order of the tree; at most 50.
    #[schema(max_items = 50)]
    pub overdue: Vec<OverdueItem>,
    /// How many items are overdue.
    #[schema(minimum = 0)]
    pub overdue_count: i64,
}

/// Items that are counted together.
#[derive(Debug, Serialize, ToSchema)]
pub struct Score {
    /// How many items there are.
    #[schema(minimum = 0)]
    pub items: i64,
    /// What is done in percent, 0 to 100, by weight, rounded half up to two decimals; null where nothing has
    /// a weight.
    pub completion: Option<Decimal>,
    /// How many items have each light.
    pub lights: LightCounts,
}

/// Items by the color of their light.
#[derive(Debug, Serialize, ToSchema)]
pub struct LightCounts {
    /// Items under a green light.
    #[schema(minimum = 0)]
    pub green: i64,
    /// Items under a yellow light.
    #[schema(minimum = 0)]
    pub yellow: i64,
    /// Items under a red light.
    #[schema(minimum = 0)]
    pub red: i64,
    /// Items that are closed.
    #[schema(minimum = 0)]
    pub blue: i64,
    /// Items that the rule says nothing of.
    #[schema(minimum = 0)]
    pub grey: i64,
}

impl LightCounts {
    /// As many of each color as are counted.
    pub fn new(count: impl Fn(LightColor) -> i64) -> LightCounts {
        LightCounts {
            green: count(LightColor::Green),
            yellow: count(LightColor::Yellow),
            red: count(LightColor::Red),
            blue: count(LightColor::Blue),
            grey: count(LightColor::Grey),
        }
    }
}

/// A section of a plan.
#[derive(Debug, Serialize, ToSchema)]
pub struct SectionScore {
    /// Code of its item.
    #[schema(example = "bishi-2023.4")]
    pub code: String,
    /// Title.
    pub title: String,
    /// The items of the section.
    #[serde(flatten)]
    pub score: Score,
}

/// A unit in the lead.
#[derive(Debug, Serialize, ToSchema)]
pub struct UnitScore {
    /// The unit; null for the items that name none.
    pub lead_unit: Option<String>,
    /// The items that it leads.
    #[serde(flatten)]
    pub score: Score,
}

/// An area of a plan.
#[derive(Debug, Serialize, ToSchema)]
pub struct AreaScore {
    /// Code of the area.
    pub area: AreaCode,
    /// Its name.
    pub name: String,
    /// The items that concern it.
    #[serde(flatten)]
    pub score: Score,
}

/// A plan item past its due date.
#[derive(Debug, Serialize, ToSchema)]
pub struct OverdueItem {
    /// Code.
    #[schema(example = "bishi-2023.4.2.01")]
    pub code: String,
    /// Title.
    pub title: String,
    /// Unit in the lead; null when none is assigned.
    pub lead_unit: Option<String>,
    /// Due date, as precise as said.
    pub due_on: PartialDate,
    /// Days from the last day that the due date can mean.
    #[schema(minimum = 1)]
    pub days_overdue: i64,
    /// Light and its reasons.
    pub light: Light,
}

impl From<scoreboard::Scoreboard> for Scoreboard {
    fn from(board: scoreboard::Scoreboard) -> Scoreboard {
        let scoreboard::Scoreboard { plan, at, total, sections, units, areas, overdue, overdue_count } =
            board;
        let unit = |(lead_unit, tally): (_, Tally)| UnitScore { lead_unit, score: (&tally).into() };
        let area = |(area, name, tally): (_, _, Tally)| AreaScore { area, name, score: (&tally).into() };
        Scoreboard {
            plan,
            at,
            rule: RULE.version,
            total: (&total).into(),
            by_section: sections.into_iter().map(SectionScore::from).collect(),
            by_unit: units.into_iter().map(unit).collect(),
            by_area: areas.into_iter().map(area).collect(),
            overdue: overdue.into_iter().map(OverdueItem::from).collect(),
            overdue_count,
        }
    }
}

impl From<scoreboard::Section> for SectionScore {
    fn from(section: scoreboard::Section) -> SectionScore {
        let scoreboard::Section { code, title, tally } = section;
        SectionScore { code, title, score: (&tally).into() }
    }
}

impl From<scoreboard::Overdue> for OverdueItem {
    fn from(overdue: scoreboard::Overdue) -> OverdueItem {
        let scoreboard::Overdue { item, due_on, days, light } = overdue;
        let BoardRow { code, title, lead_unit, .. } = item;
        OverdueItem { code, title, lead_unit, due_on, days_overdue: days, light: light.into() }
    }
}

impl From<&Tally> for LightCounts {
    fn from(tally: &Tally) -> LightCounts {
        LightCounts::new(|color| tally.lights(color))
    }
}

impl From<&Tally> for Score {
    fn from(tally: &Tally) -> Score {
        Score { items: tally.items, completion: tally.completion(), lights: tally.into() }
    }
}
