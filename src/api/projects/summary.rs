//! `GET /projects/summary`: projects counted by stage, status, kind and area, in one pass over them.

use std::collections::{BTreeMap, BTreeSet};

use actix_web::web::Data;
use actix_web::{HttpRequest, get};
use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

use super::Projects;
use crate::api::answer::{Answer, NO_ROW};
use crate::api::areas::types::gather;
use crate::api::format::Format;
use crate::api::light::{LightFilter, Lit, lit};
use crate::api::page::Listing;
use crate::api::plans::types::LightCounts;
use crate::api::problem::Problem;
use crate::api::query::Query;
use crate::api::statistics::types::Worked;
use crate::api::turns;
use crate::db::lights::{self, At};
use crate::db::projects::{self, ProjectFilter, ProjectRow, money};
use crate::db::turns::Turn;
use crate::db::{Conn, Db, Window, areas, units};
use crate::domain::access::Sight;
use crate::domain::area_code::AreaCode;
use crate::domain::codes::{AmountKind, ProjectKind};
use crate::domain::decimal::Decimal;
use crate::domain::derived::Derived;
use crate::domain::light::Facts;
use crate::domain::light::rule::RULE;
use crate::domain::project_tally::ProjectTally;
use crate::domain::stage::{Oc4idsStatus, Stage};
use crate::domain::unit::Unit;
use crate::error::{Fault, Result};

/// Areas that are told.
const MOST_AREAS: usize = 1000;

/// Projects read at a time.
pub const CHUNK: i64 = 1000;

/// Projects counted, with their money.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProjectSummary {
    /// All of the projects together.
    pub meta: SummaryMeta,
    /// Those at each stage, in the order of the stages.
    pub by_stage: Vec<StageTotals>,
    /// Those under each status of the Open Contracting for Infrastructure Data Standard.
    pub by_status: Vec<StatusTotals>,
    /// Those of each kind.
    pub by_kind: Vec<KindTotals>,
    /// Those in each area, in the order of their codes, at most 1000. With `within=` the areas directly below
    /// it, and itself for projects that name no area below; else the areas that the projects name. With `area=`
    /// no other areas. A project of several areas counts in each, so the rows add up to more than `meta`.
    #[schema(max_items = 1000)]
    pub by_area: Vec<AreaTotals>,
}

/// What is counted, and all of it together: each project once.
#[derive(Debug, Serialize, ToSchema)]
pub struct SummaryMeta {
    /// Today in the township's zone: the day of the lights and of what is overdue.
    pub today: NaiveDate,
    /// Version of the rule of the lights.
    #[schema(example = 1, minimum = 1)]
    pub rule: i64,
    /// The area asked for, with all below it.
    pub within: Option<AreaCode>,
    /// All of the projects.
    #[serde(flatten)]
    pub totals: ProjectTotals,
}

/// Projects that are counted together.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProjectTotals {
    /// How many there are.
    #[schema(minimum = 0)]
    pub count: i64,
    /// The sum of the budgets that are known; null when none is.
    pub budget: Option<BudgetTotal>,
    /// How many have no budget.
    #[schema(minimum = 0)]
    pub without_budget: i64,
    /// How many are past their planned finish, as `overdue=true` selects them.
    #[schema(minimum = 0)]
    pub overdue: i64,
    /// Physical progress against time.
    pub pace: Pace,
    /// How many have each light.
    pub lights: LightCounts,
}

/// A sum of money: exact, with the bounds that follow from those of the figures.
#[derive(Debug, Serialize, ToSchema)]
pub struct BudgetTotal {
    /// Code of the unit of all numbers: 万元. Money in other units is converted exactly.
    #[schema(example = "CNY_10K")]
    pub unit: &'static str,
    /// The number.
    #[serde(flatten)]
    pub number: Worked,
}

/// Physical progress against time, of the projects under way that have a planned start and a planned finish.
#[derive(Debug, Serialize, ToSchema)]
pub struct Pace {
    /// How many there are.
    #[schema(minimum = 0)]
    pub timed: i64,
    /// How many of them have less progress in percent than the share of their days that has passed, today among
    /// them.
    #[schema(minimum = 0)]
    pub behind: i64,
    /// The mean of the shares of their days that have passed, in percent, rounded half up to two decimals; null
    /// when there are none.
    #[schema(minimum = 0, maximum = 100)]
    pub elapsed: Option<Decimal>,
    /// The mean of their progress in percent, likewise; 0 counts for what nobody has told.
    #[schema(minimum = 0, maximum = 100)]
    pub progress: Option<Decimal>,
}

/// Projects at a stage.
#[derive(Debug, Serialize, ToSchema)]
pub struct StageTotals {
    /// Stage.
    pub stage: Stage,
    /// The projects.
    #[serde(flatten)]
    pub totals: ProjectTotals,
}

/// Projects under a status.
#[derive(Debug, Serialize, ToSchema)]
pub struct StatusTotals {
    /// Status.
    pub status: Oc4idsStatus,
    /// The projects.
    #[serde(flatten)]
    pub totals: ProjectTotals,
}

/// Projects of a kind.
#[derive(Debug, Serialize, ToSchema)]
pub struct KindTotals {
    /// Kind.
    pub kind: ProjectKind,
    /// The projects.
    #[serde(flatten)]
    pub totals: ProjectTotals,
}

/// Projects in an area.
#[derive(Debug, Serialize, ToSchema)]
pub struct AreaTotals {
    /// Code of the area.
    pub area: AreaCode,
    /// Name of the area.
    #[schema(example = "序贤村")]
    pub name: String,
    /// The projects.
    #[serde(flatten)]
    pub totals: ProjectTotals,
}

/// Sum up projects
///
/// The projects that `/projects` lists with the same parameters: how many, their budgets, what is overdue,
/// progress against time, and their lights of today, in all and by stage, status, kind and area. In `meta` a
/// project counts once, however many areas it lies in.
///
/// 422 `overflow` when the budgets add up to 10^12 万元 or more.
#[utoipa::path(tag = "projects", params(ProjectFilter, LightFilter), responses((status = 200, description = "The summary", body = ProjectSummary)))]
#[get("/projects/summary")]
pub async fn show_project_summary(
    db: Data<Db>,
    request: HttpRequest,
    sight: Sight,
    query: Query<(ProjectFilter, LightFilter)>,
) -> Result<Answer, Problem> {
    Format::json(&request)?;
    let Query((filter, light)) = query;
    let projects = Projects { filter, light, at: At::today() };
    let work = move |conn: &mut Conn| {
        projects.check(conn, sight)?;
        Ok((summary(conn, sight, &projects)?, projects.at.midnight))
    };
    let read = turns::scan(&db, &request, Turn::RollUp, work).await?;
    Answer::changing(&request, read, |_| NO_ROW)
}

/// The selected projects after a place, with what their lights are computed from.
pub(super) fn watched(
    conn: &mut Conn,
    sight: Sight,
    projects: &Projects,
    window: &Window<String>,
) -> Result<Lit<(ProjectRow, Facts)>> {
    let key = |(row, _): &(ProjectRow, Facts)| row.code.clone();
    projects.light.choose(window, key, |window| {
        let rows = projects::list(conn, sight, &projects.filter, window)?;
        let facts = lights::of_projects(conn, &rows, projects.at)?;
        Ok(lit(rows.into_iter().zip(facts.iter().cloned()).collect(), facts, projects.at))
    })
}

/// The same projects counted in several ways.
#[derive(Default)]
struct Tallies {
    all: ProjectTally,
    by_stage: BTreeMap<Stage, ProjectTally>,
    by_status: BTreeMap<Oc4idsStatus, ProjectTally>,
    by_kind: BTreeMap<ProjectKind, ProjectTally>,
    by_area: BTreeMap<AreaCode, ProjectTally>,
}

fn summary(conn: &mut Conn, sight: Sight, projects: &Projects) -> Result<ProjectSummary> {
    let at = projects.at.day;
    let units = units::all(conn)?;
    let places = Places::new(conn, &projects.filter)?;
    let mut tallies = Tallies::default();
    let mut window = Window { after: None, limit: CHUNK };
    loop {
        let rows = watched(conn, sight, projects, &window)?;
        let codes: Vec<String> = rows.iter().map(|((row, _), _)| row.code.clone()).collect();
        let parts = projects::parts(conn, sight, &codes)?;
        let named = gather(parts.areas);
        let mut budgets = BTreeMap::new();
        for amount in parts.amounts.iter().filter(|amount| amount.kind == AmountKind::Budget) {
            let budget = Derived::from(&amount.quantity()?);
            if let Some(budget) = in_summary_unit(&budget, &amount.unit, &units) {
                budgets.insert(amount.project.as_str(), budget);
            }
        }
        for ((row, facts), light) in &rows {
            let budget = budgets.get(row.code.as_str());
            let add = |tally: &mut ProjectTally| tally.add(facts, light.color, budget, at);
            add(&mut tallies.all);
            add(tallies.by_stage.entry(row.stage).or_default());
            add(tallies.by_status.entry(row.stage.oc4ids_status()).or_default());
            add(tallies.by_kind.entry(row.kind).or_default());
            let areas = named.get(&row.code).into_iter().flatten();
            for area in areas.filter_map(|&area| places.row(area)).collect::<BTreeSet<_>>() {
                add(tallies.by_area.entry(area).or_default());
            }
        }
        window.after = codes.last().cloned();
        if (codes.len() as i64) < CHUNK {
            return told(conn, projects, tallies);
        }
    }
}

/// A sum of money in the unit of the summary. None of what is no money, which older data may hold.
fn in_summary_unit(money: &Derived, unit: &str, units: &[Unit]) -> Option<Derived> {
    let find = |code: &str| units.iter().find(|unit| unit.code == code);
    money.convert(find(unit)?, find(money::UNIT)?).ok()
}

fn told(conn: &mut Conn, projects: &Projects, tallies: Tallies) -> Result<ProjectSummary> {
    let areas: Vec<_> = tallies.by_area.into_iter().take(MOST_AREAS).collect();
    let mut names = areas::names(conn, areas.iter().map(|(area, _)| *area).collect())?;
    let by_area = areas.into_iter().map(|(area, tally)| {
        let name = names.remove(&area).unwrap_or_default();
        Ok(AreaTotals { area, name, totals: (&tally).try_into()? })
    });
    let by_stage = tallies.by_stage.iter();
    let by_status = tallies.by_status.iter();
    let by_kind = tallies.by_kind.iter();
    Ok(ProjectSummary {
        meta: SummaryMeta {
            today: projects.at.day,
            rule: RULE.version,
            within: projects.filter.within,
            totals: (&tallies.all).try_into()?,
        },
        by_stage: by_stage
            .map(|(&stage, tally)| Ok(StageTotals { stage, totals: tally.try_into()? }))
            .collect::<Result<_>>()?,
        by_status: by_status
            .map(|(&status, tally)| Ok(StatusTotals { status, totals: tally.try_into()? }))
            .collect::<Result<_>>()?,
        by_kind: by_kind
            .map(|(&kind, tally)| Ok(KindTotals { kind, totals: tally.try_into()? }))
            .collect::<Result<_>>()?,
        by_area: by_area.collect::<Result<_>>()?,
    })
}

impl TryFrom<&ProjectTally> for ProjectTotals {
    type Error = crate::error::Error;

    fn try_from(tally: &ProjectTally) -> Result<ProjectTotals> {
        let shown = tally.budget.as_ref().map(Derived::shown).transpose();
        let shown = shown.map_err(|invalid| Fault::parameter("within", invalid))?;
        Ok(ProjectTotals {
            count: tally.count,
            budget: shown.map(|shown| BudgetTotal { unit: money::UNIT, number: shown.into() }),
            without_budget: tally.without_budget,
            overdue: tally.overdue,
            pace: Pace {
                timed: tally.timed,
                behind: tally.behind,
                elapsed: tally.elapsed(),
                progress: tally.progress(),
            },
            lights: LightCounts::new(|color| tally.lights(color)),
        })
    }
}

/// Which row an area that a project names is counted in.
struct Places {
    within: Option<AreaCode>,
    /// The areas directly below.
    below: BTreeSet<AreaCode>,
    /// No other areas; any when empty.
    only: Vec<AreaCode>,
}

impl Places {
    fn new(conn: &mut Conn, filter: &ProjectFilter) -> Result<Places> {
        let below = match filter.within {
            Some(within) => areas::children(conn, &[within])?.into_iter().map(|area| area.code).collect(),
            None => BTreeSet::new(),
        };
        Ok(Places { within: filter.within, below, only: filter.area.clone() })
    }

    fn row(&self, area: AreaCode) -> Option<AreaCode> {
        if !self.only.is_empty() && !self.only.contains(&area) {
            return None;
        }
        let Some(within) = self.within else { return Some(area) };
        let holds = |above: AreaCode| above.subtree().contains(&area.as_i64());
        let below = self.below.range(..=area).next_back().copied().filter(|&below| holds(below));
        below.or_else(|| holds(within).then_some(within))
    }
}
