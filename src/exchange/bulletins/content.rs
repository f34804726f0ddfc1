//! What stands in a bulletin. It is read back for ever: a member that comes later needs a default.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::area_code::AreaCode;
use crate::domain::codes::{Accumulation, AreaRule, Level, codes, first};
use crate::domain::decimal::Decimal;
use crate::domain::derived::{Derived, Shown};
use crate::domain::light::{Light, LightColor, LightReasonCode};
use crate::domain::period::Period;
use crate::domain::quantity::{Comparator, Quantity};
use crate::domain::tally::Tally;
use crate::statistics::ranking::By;

/// What a bulletin says: of a metric a ranking, of a plan a board.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(untagged)]
#[expect(
    missing_docs,
    reason = "what is said of a choice would be said of all of them in the OpenAPI document"
)]
pub enum BulletinContent {
    Metric(Box<RankingContent>),
    Plan(Box<BoardContent>),
}

codes! {
    /// What tells the content of a bulletin about a metric.
    RankingKind ("指标通报", "kind of a ranking") {
        Metric = "metric" ("指标通报", "The ranking of areas by a metric"),
    }
}

codes! {
    /// What tells the content of a bulletin about a plan.
    BoardKind ("计划通报", "kind of a board") {
        Plan = "plan" ("计划通报", "The scoreboard of a plan"),
    }
}

/// The ranking of areas by a metric, as it was known when the bulletin was issued.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct RankingContent {
    /// The kind of the bulletin.
    #[serde(default = "first")]
    pub kind: RankingKind,
    /// Name of the metric.
    pub metric_name: String,
    /// What the metric counts.
    pub definition: String,
    /// Code of the unit of all numbers.
    #[schema(example = "CNY_10K")]
    pub unit: String,
    /// Name of the unit.
    #[schema(example = "万元")]
    pub unit_name: String,
    /// Decimals that numbers are printed with at least.
    #[schema(minimum = 0, maximum = 6)]
    pub decimals: i64,
    /// Name of the area.
    pub area_name: String,
    /// Level of the areas that are ranked.
    pub level: Level,
    /// The period of the figures.
    pub period: Period,
    /// Accumulation of the figures.
    pub accumulation: Accumulation,
    /// What areas are ranked by.
    pub by: By,
    /// Whether the least is first.
    pub ascending: bool,
    /// Day of the bulletin before; null for the first.
    pub previous_date: Option<NaiveDate>,
    /// Why nothing is compared with the bulletin before; null where it is, or there is none.
    #[serde(default)]
    pub not_compared: Option<Told>,
    /// The areas that have reported, in order of rank, then of code.
    #[schema(max_items = 300)]
    pub rows: Vec<RankedArea>,
    /// Areas that have reported.
    #[schema(minimum = 0)]
    pub reported: i64,
    /// Areas of the level that exist on any day of the period, for a flow; for all else on its last.
    #[schema(minimum = 0)]
    pub expected: i64,
    /// Areas that have not reported, in order of code.
    #[schema(max_items = 300)]
    pub not_reported: Vec<NamedArea>,
    /// Areas that have reported but lack a figure before, or a target, to be ranked by.
    #[schema(max_items = 300)]
    pub unranked: Vec<NamedArea>,
    /// What those that have reported come to; null where the metric does not add up.
    pub total: Option<BulletinTotal>,
    /// Why there is no total; null where there is one.
    pub no_total: Option<Told>,
    /// The day on which the bulletin was issued, in the township's zone.
    pub issued_on: NaiveDate,
}

/// An area by its code and name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NamedArea {
    /// Code.
    pub area: AreaCode,
    /// Name.
    pub name: String,
}

/// A sentence in both languages.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Told {
    /// In Chinese.
    pub text: String,
    /// In English.
    pub text_en: String,
}

/// A number with what is known of the true one.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct BulletinNumber {
    /// The number.
    #[schema(example = 90)]
    pub value: Decimal,
    /// How the true number lies to `value`; null when it is exact.
    pub comparator: Option<Comparator>,
    /// Least that the true number can be; null when there is no such bound.
    pub lower: Option<Decimal>,
    /// Most that the true number can be; null when there is no such bound.
    pub upper: Option<Decimal>,
    /// Whether the true number can be `lower` itself; false without a bound.
    pub lower_inclusive: bool,
    /// Whether the true number can be `upper` itself; false without a bound.
    pub upper_inclusive: bool,
}

impl From<&BulletinNumber> for Derived {
    fn from(number: &BulletinNumber) -> Derived {
        let BulletinNumber { value, comparator, lower, upper, lower_inclusive, upper_inclusive } = *number;
        let decimals = value.decimals();
        let quantity =
            Quantity { value, decimals, comparator, lower, upper, lower_inclusive, upper_inclusive };
        Derived::from(&quantity)
    }
}

impl From<Shown> for BulletinNumber {
    fn from(shown: Shown) -> BulletinNumber {
        let Shown { value, comparator, lower, upper, lower_inclusive, upper_inclusive, rounded: _ } = shown;
        BulletinNumber { value, comparator, lower, upper, lower_inclusive, upper_inclusive }
    }
}

/// An area with its rank.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct RankedArea {
    /// Rank, from 1. Equal ones share a rank, and the next is skipped.
    #[schema(minimum = 1)]
    pub rank: i64,
    /// The best rank that the bounds of all figures allow.
    #[schema(minimum = 1)]
    pub best_rank: i64,
    /// The worst rank that the bounds of all figures allow.
    #[schema(minimum = 1)]
    pub worst_rank: i64,
    /// Code of the area.
    pub area: AreaCode,
    /// Name of the area.
    pub area_name: String,
    /// The figure.
    pub number: BulletinNumber,
    /// The words that it was stated in; null when it came as a number. Bulletins issued before these were kept
    /// have no such member.
    #[serde(default)]
    #[schema(example = "150余户")]
    pub text: Option<String>,
    /// What it is more than that of the period before, in a ranking by `change`; else null.
    pub period_change: Option<BulletinNumber>,
    /// The figure in percent of its target, in a ranking by `completion`; else null.
    pub completion: Option<BulletinNumber>,
    /// The figure in the bulletin before; null when it had none there.
    pub previous: Option<BulletinNumber>,
    /// Rank in the bulletin before; null when it had none there.
    pub previous_rank: Option<i64>,
    /// Ranks gained since the bulletin before, negative when lost; null when it had none there.
    pub movement: Option<i64>,
    /// The figure less that of the bulletin before; null when it had none there.
    pub change: Option<BulletinNumber>,
}

/// What the areas that have reported come to.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct BulletinTotal {
    /// The number; null when nobody has reported.
    pub number: Option<BulletinNumber>,
    /// How it is made.
    pub method: AreaRule,
    /// Areas whose figures are in it.
    #[schema(minimum = 0)]
    pub reported: i64,
    /// Their codes, in order. Bulletins issued before these were kept have no such member.
    #[serde(default)]
    #[schema(max_items = 300)]
    pub areas: Option<Vec<AreaCode>>,
    /// The number less that of the bulletin before. Where others have reported than then, what a sum has changed
    /// over the areas in both. Null when there is nothing to compare with.
    pub change: Option<BulletinNumber>,
    /// How many areas the change is over; null without one.
    #[serde(default)]
    #[schema(minimum = 0)]
    pub compared: Option<i64>,
    /// Why the change is not that of the whole, or there is none; null where it is, or nothing came before.
    #[serde(default)]
    pub change_note: Option<Told>,
}

/// The scoreboard of a plan at the end of the bulletin's day, as it was known when it was issued.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct BoardContent {
    /// The kind of the bulletin.
    #[serde(default = "first")]
    pub kind: BoardKind,
    /// Title of the plan.
    pub plan_title: String,
    /// Name of the area.
    pub area_name: String,
    /// Version of the rule of the lights.
    #[schema(minimum = 1)]
    pub rule: i64,
    /// Day of the bulletin before; null for the first.
    pub previous_date: Option<NaiveDate>,
    /// All items.
    pub total: Stand,
    /// The sections of the plan in their order.
    #[schema(max_items = 1000)]
    pub by_section: Vec<SectionStand>,
    /// The units in the lead in the order of their names; the items without one come last.
    #[schema(max_items = 1000)]
    pub by_unit: Vec<UnitStand>,
    /// The areas in the order of their codes.
    #[schema(max_items = 1000)]
    pub by_area: Vec<AreaStand>,
    /// What is overdue, longest first; at most 50.
    #[schema(max_items = 50)]
    pub overdue: Vec<OverdueLine>,
    /// How many items are overdue.
    #[schema(minimum = 0)]
    pub overdue_count: i64,
    /// How many were in the bulletin before; null in the first.
    pub previous_overdue_count: Option<i64>,
    /// Items whose light got worse since the bulletin before.
    pub worse: Vec<LightShift>,
    /// Items whose light got better since the bulletin before. What was cancelled, suspended or carried over
    /// is not among them.
    pub better: Vec<LightShift>,
    /// Items with a reporting cycle that nobody has reported on for one cycle or longer.
    pub not_reported: Vec<SilentItem>,
    /// Every item that is counted, with its light: what the next bulletin compares with.
    pub items: Vec<ItemLight>,
    /// The day on which the bulletin was issued, in the township's zone.
    pub issued_on: NaiveDate,
}

/// How items stand together, and how they stood in the bulletin before.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Stand {
    /// On the day.
    pub now: Standing,
    /// In the bulletin before; null where they were not in it.
    pub previous: Option<Standing>,
}

/// Items that are counted together.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = BulletinStanding)]
pub struct Standing {
    /// How many there are.
    #[schema(minimum = 0)]
    pub items: i64,
    /// What is done in percent, by weight; null where nothing has a weight.
    pub completion: Option<Decimal>,
    /// How many have each light.
    pub lights: Lights,
}

impl From<&Tally> for Standing {
    fn from(tally: &Tally) -> Standing {
        let [green, yellow, red, blue, grey] =
            [LightColor::Green, LightColor::Yellow, LightColor::Red, LightColor::Blue, LightColor::Grey]
                .map(|color| tally.lights(color));
        let lights = Lights { green, yellow, red, blue, grey };
        Standing { items: tally.items, completion: tally.completion(), lights }
    }
}

/// Items by the color of their light.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = BulletinLights)]
pub struct Lights {
    /// Under a green light.
    #[schema(minimum = 0)]
    pub green: i64,
    /// Under a yellow light.
    #[schema(minimum = 0)]
    pub yellow: i64,
    /// Under a red light.
    #[schema(minimum = 0)]
    pub red: i64,
    /// Closed.
    #[schema(minimum = 0)]
    pub blue: i64,
    /// The rule says nothing of them.
    #[schema(minimum = 0)]
    pub grey: i64,
}

/// A section of a plan.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct SectionStand {
    /// Code of its item.
    pub code: String,
    /// Title.
    pub title: String,
    /// How it stands.
    pub stand: Stand,
}

/// A unit in the lead.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct UnitStand {
    /// The unit; null for the items that name none.
    pub lead_unit: Option<String>,
    /// How its items stand.
    pub stand: Stand,
}

/// An area of a plan.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct AreaStand {
    /// Code of the area.
    pub area: AreaCode,
    /// Its name.
    pub name: String,
    /// How the items that concern it stand.
    pub stand: Stand,
}

/// An item past its due date.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct OverdueLine {
    /// Code.
    pub code: String,
    /// Title.
    pub title: String,
    /// Unit in the lead; null when none is assigned.
    pub lead_unit: Option<String>,
    /// Due date, as precise as said.
    #[schema(value_type = crate::domain::partial_date::PartialDate)]
    pub due_on: String,
    /// Days since the last day that the due date can mean.
    #[schema(minimum = 1)]
    pub days_overdue: i64,
}

/// An item whose light has changed since the bulletin before.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct LightShift {
    /// Code.
    pub code: String,
    /// Title.
    pub title: String,
    /// Unit in the lead; null when none is assigned.
    pub lead_unit: Option<String>,
    /// Light in the bulletin before.
    pub from: LightColor,
    /// Light now.
    pub to: LightColor,
    /// Why it is so now.
    pub reasons: Vec<Reason>,
}

/// An item that nobody reports on.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct SilentItem {
    /// Code.
    pub code: String,
    /// Title.
    pub title: String,
    /// Unit in the lead; null when none is assigned.
    pub lead_unit: Option<String>,
    /// For how long: `silent` or `long_silent`.
    pub reasons: Vec<Reason>,
}

/// One reason of a light.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = BulletinReason)]
pub struct Reason {
    /// Code of what applies.
    pub code: LightReasonCode,
    /// In Chinese.
    pub text: String,
    /// In English.
    pub text_en: String,
}

/// The light of an item.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ItemLight {
    /// Code of the item.
    pub code: String,
    /// Its light.
    pub light: LightColor,
}

/// The reasons of a light, those of some codes only or all.
pub fn reasons(light: &Light, wanted: impl Fn(LightReasonCode) -> bool) -> Vec<Reason> {
    let told = light.reasons.iter().filter(|reason| wanted(reason.code));
    told.map(|reason| Reason {
        code: reason.code,
        text: reason.text.zh.clone(),
        text_en: reason.text.en.clone(),
    })
    .collect()
}
