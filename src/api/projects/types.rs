//! Projects, their amounts and milestones as they go over the wire.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::body::changes::Changes;
use crate::api::body::rows::{New, Writable};
use crate::api::light::Light;
use crate::db::columns::words;
use crate::db::projects::ProjectRow;
use crate::db::projects::milestones::MilestoneRow;
use crate::db::projects::money::{AmountFigure, AmountRow};
use crate::domain::area_code::AreaCode;
use crate::domain::citation::Citation;
use crate::domain::codes::{AmountKind, MilestoneStatus, ProjectKind, Role, Visibility};
use crate::domain::decimal::Decimal;
use crate::domain::partial_date::PartialDate;
use crate::domain::period::Period;
use crate::domain::quantity::Comparator;
use crate::domain::stage::{Oc4idsStatus, Stage};
use crate::error::Result;
use crate::exchange::drafts::milestone::MilestoneDraft;
use crate::exchange::drafts::project::ProjectDraft;
use crate::exchange::table::Tabular;

/// A project 项目.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Project {
    /// Code.
    #[schema(example = "longtouba-reservoir", pattern = "^[a-z0-9][a-z0-9._-]{0,63}$")]
    pub code: String,
    /// Name.
    #[schema(example = "龙头坝水库除险加固工程")]
    pub name: String,
    /// Other names, such as a report's own.
    pub aliases: Vec<String>,
    /// Kind.
    pub kind: ProjectKind,
    /// Codes of the areas that it lies in, in the order given.
    #[schema(min_items = 1)]
    pub areas: Vec<AreaCode>,
    /// Names of these areas, with `names=true` only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub area_names: Option<Vec<String>>,
    /// Site, road, river, school or enterprise; null when none was named.
    pub place: Option<String>,
    /// Stage.
    pub stage: Stage,
    /// Status of the stage in the Open Contracting for Infrastructure Data Standard.
    pub oc4ids_status: Oc4idsStatus,
    /// Whether work is suspended.
    pub suspended: bool,
    /// Unit in the lead; null when not said.
    pub lead_unit: Option<String>,
    /// Contractor; null when not said.
    pub contractor: Option<String>,
    /// What it is to cost; null when not said.
    pub budget: Option<Budget>,
    /// Where the money comes from.
    pub funding: Vec<Funding>,
    /// Why `funding` does not add up to `budget`; needed where it cannot. Null when nothing is said.
    #[schema(example = "其余由村级自筹，尚未落实", max_length = 500)]
    pub funding_note: Option<String>,
    /// What is built, bought, used or yielded.
    pub quantities: Vec<NamedQuantity>,
    /// Names of the units of all these figures by their codes, with `names=true` only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = json!({"CNY_10K": "万元"}))]
    pub unit_names: Option<BTreeMap<String, String>>,
    /// Planned start, as precise as said; null when not said.
    pub starts_on: Option<PartialDate>,
    /// Planned finish, as precise as said; null when not said.
    pub finishes_on: Option<PartialDate>,
    /// Actual start, as precise as said; null when not said.
    pub started_on: Option<PartialDate>,
    /// Actual finish, as precise as said; null when not said.
    pub finished_on: Option<PartialDate>,
    /// Physical progress in percent of the works: that of the last progress report up to today which tells any,
    /// corrections counted; while none does, as it was set. Null when nobody has told.
    #[schema(minimum = 0, maximum = 100)]
    pub progress: Option<i16>,
    /// Light of today and its reasons.
    pub light: Light,
    /// Codes of the plan items that it is linked to, in the order of their plans.
    pub plan_items: Vec<String>,
    /// Titles of these plan items, with `names=true` only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plan_item_titles: Option<Vec<String>>,
    /// Code of the report that names it; null when it comes from elsewhere.
    #[schema(example = "bishi-2022")]
    pub report: Option<String>,
    /// Where in the report; null when it is not located.
    pub citation: Option<Citation>,
    /// Who may read it.
    pub visibility: Visibility,
    /// Number of the entry that last touched this row.
    #[schema(minimum = 1)]
    pub seq: i64,
    /// When that entry was made.
    pub updated_at: DateTime<Utc>,
}

/// A new project, for POST.
pub type ProjectInput = New<ProjectDraft>;

/// Changes of a project, for PATCH.
pub type ProjectChanges = Changes<ProjectDraft>;

impl Writable for ProjectDraft {
    type Answer = Project;
    const KEY: &'static [&'static str] = &["code"];
    const SEEDS_ONLY: &'static [&'static str] = &["milestones"];
}

/// A number as it was stated: with its unit, qualifier and words.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Quantity {
    /// The figure, exact: magnitude below 10^12, at most 6 decimals and 15 significant digits.
    #[schema(example = 200)]
    pub value: Decimal,
    /// Code of the unit of `value`, `lower` and `upper`.
    #[schema(example = "CNY_10K")]
    pub unit: String,
    /// Decimals that it was stated with: 660.60 has 2.
    #[schema(minimum = 0, maximum = 6)]
    pub decimals: i16,
    /// How the true figure lies to `value`; null when it is exact. `~` is about, and has no bounds.
    pub comparator: Option<Comparator>,
    /// Least that the true figure can be; null when there is no such bound.
    pub lower: Option<Decimal>,
    /// Most that the true figure can be; null when there is no such bound.
    pub upper: Option<Decimal>,
    /// Whether the true figure can be `lower` itself; false without a bound.
    pub lower_inclusive: bool,
    /// Whether the true figure can be `upper` itself; false without a bound.
    pub upper_inclusive: bool,
    /// The words of the source; null when the figure was given as a number.
    #[schema(example = "约200万元")]
    pub text: Option<String>,
}

/// What a project is to cost.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Budget {
    /// How much.
    pub quantity: Quantity,
    /// Where in the project's report; null when it is not located.
    pub citation: Option<Citation>,
}

/// One source of a project's money.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Funding {
    /// Who gives it, or for what it was raised.
    #[schema(example = "争取项目资金")]
    pub source: String,
    /// How much.
    pub quantity: Quantity,
    /// Where in the project's report; null when it is not located.
    pub citation: Option<Citation>,
}

/// One quantity of a project.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct NamedQuantity {
    /// What it counts.
    #[schema(example = "管道总长")]
    pub name: String,
    /// Whether it is a result, an aim or a projection.
    pub role: Role,
    /// Period that it speaks of; null when none was said.
    pub period: Option<Period>,
    /// How much.
    pub quantity: Quantity,
    /// Where in the project's report; null when it is not located.
    pub citation: Option<Citation>,
}

impl Tabular for Project {
    const LISTS: &'static [&'static str] =
        &["funding[source,quantity]", "quantities[name,role,period,quantity]", "light.reasons[text]"];
    const LEFT_OUT: &'static [&'static str] = &["budget.citation", "unit_names"];
}

impl From<&AmountRow> for Quantity {
    fn from(row: &AmountRow) -> Quantity {
        let AmountFigure { value, decimals, comparator, lower, upper, lower_inclusive, upper_inclusive } =
            row.figure;
        let (unit, text) = (row.unit.clone(), row.text.clone());
        Quantity { value, unit, decimals, comparator, lower, upper, lower_inclusive, upper_inclusive, text }
    }
}

impl Project {
    /// A project with what belongs to it.
    pub fn new(
        row: ProjectRow,
        light: Light,
        areas: Vec<AreaCode>,
        amounts: Vec<AmountRow>,
        plan_items: Vec<String>,
    ) -> Result<Project> {
        let ProjectRow {
            code,
            name,
            aliases,
            kind,
            place,
            stage,
            suspended,
            lead_unit,
            contractor,
            starts_on,
            finishes_on,
            started_on,
            finished_on,
            progress,
            report,
            cited,
            visibility,
            folded: _,
            seq,
            updated_at,
            funding_note,
        } = row;
        let (mut budget, mut funding, mut quantities) = (None, Vec::new(), Vec::new());
        for amount in amounts {
            let quantity = Quantity::from(&amount);
            let AmountRow { kind, name, role, period, cited, .. } = amount;
            let citation = cited.into();
            match kind {
                AmountKind::Budget => budget = Some(Budget { quantity, citation }),
                AmountKind::Funding => funding.push(Funding { source: name, quantity, citation }),
                AmountKind::Quantity => {
                    quantities.push(NamedQuantity { name, role, period, quantity, citation })
                }
            }
        }
        Ok(Project {
            code,
            name,
            aliases: words(&aliases)?,
            kind,
            areas,
            area_names: None,
            place,
            stage,
            oc4ids_status: stage.oc4ids_status(),
            suspended,
            lead_unit,
            contractor,
            budget,
            funding,
            funding_note,
            quantities,
            unit_names: None,
            starts_on,
            finishes_on,
            started_on,
            finished_on,
            progress,
            light,
            plan_items,
            plan_item_titles: None,
            report,
            citation: cited.into(),
            visibility,
            seq,
            updated_at: updated_at.and_utc(),
        })
    }
}

/// A milestone of a project 节点.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Milestone {
    /// Place among the project's milestones, from 1.
    #[schema(minimum = 1)]
    pub ordinal: i64,
    /// What is to be reached.
    #[schema(example = "通车")]
    pub title: String,
    /// Promised date, as precise as said; null when none was said.
    pub due_on: Option<PartialDate>,
    /// Date now expected, kept apart from the actual one; null when nobody has said.
    pub forecast_on: Option<PartialDate>,
    /// Actual date, as precise as said and not to come, of a milestone that is `met` or `partly_met`; null when
    /// it is not met or the date was not said.
    pub met_on: Option<PartialDate>,
    /// Where it stands; `due` when not said.
    pub status: MilestoneStatus,
    /// Code of the report that names it, the project's where a citation stands alone; null when it comes from
    /// elsewhere.
    pub report: Option<String>,
    /// Where in the report; null when it is not located.
    pub citation: Option<Citation>,
    /// Number of the entry that last touched this row.
    #[schema(minimum = 1)]
    pub seq: i64,
    /// When that entry was made.
    pub updated_at: DateTime<Utc>,
}

/// A new milestone, for POST.
pub type MilestoneInput = New<MilestoneDraft>;

/// Changes of a milestone, for PATCH.
pub type MilestoneChanges = Changes<MilestoneDraft>;

impl Writable for MilestoneDraft {
    type Answer = Milestone;
    const KEY: &'static [&'static str] = &[];
}

impl Tabular for Milestone {}

impl From<MilestoneRow> for Milestone {
    fn from(row: MilestoneRow) -> Milestone {
        let MilestoneRow {
            project: _,
            ordinal,
            title,
            due_on,
            forecast_on,
            met_on,
            status,
            report,
            cited,
            seq,
            updated_at,
        } = row;
        let citation = cited.into();
        let updated_at = updated_at.and_utc();
        Milestone { ordinal, title, due_on, forecast_on, met_on, status, report, citation, seq, updated_at }
    }
}
