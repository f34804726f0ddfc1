//! `GET /projects/summary`: projects counted by stage, status, kind and area.

use actix_web::web::Data;
use actix_web::{HttpRequest, get};
use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::answer::{Answer, NO_ROW};
use crate::api::format::Format;
use crate::api::plans::types::LightCounts;
use crate::api::problem::Problem;
use crate::api::query::Query;
use crate::api::statistics::types::Number;
use crate::api::turns;
use crate::db::ledger::now;
use crate::db::projects::{ProjectFilter, ProjectSort, money};
use crate::db::turns::Turn;
use crate::db::{Conn, Db};
use crate::domain::access::Sight;
use crate::domain::area_code::AreaCode;
use crate::domain::at::At;
use crate::domain::codes::ProjectKind;
use crate::domain::decimal::Decimal;
use crate::domain::derived::Derived;
use crate::domain::light::rule::RULE;
use crate::domain::project_tally::ProjectTally;
use crate::domain::stage::{Oc4idsStatus, Stage};
use crate::error::{Fault, Result};
use crate::statistics::by_light::LightFilter;
use crate::statistics::projects::{self, Projects, Summary};

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
    pub number: Number,
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
#[utoipa::path(
    tag = "projects",
    params(ProjectFilter, LightFilter),
    responses((status = 200, description = "The summary", body = ProjectSummary)),
)]
#[get("/projects/summary")]
pub async fn show_project_summary(
    db: Data<Db>,
    request: HttpRequest,
    sight: Sight,
    query: Query<(ProjectFilter, LightFilter)>,
) -> Result<Answer, Problem> {
    Format::json(&request)?;
    let Query((filter, light)) = query;
    let projects = Projects { filter, light, at: At::today(now()), sort: ProjectSort::default() };
    let work = move |conn: &mut Conn| {
        projects.check(conn)?;
        let summary = projects::summary(conn, sight, &projects)?;
        Ok((ProjectSummary::new(&projects, summary)?, projects.at.midnight))
    };
    let read = turns::scan(&db, &request, Turn::RollUp, work).await?;
    Answer::changing(&request, read, |_| NO_ROW)
}

impl ProjectSummary {
    fn new(projects: &Projects, summary: Summary) -> Result<ProjectSummary> {
        let Summary { all, by_stage, by_status, by_kind, by_area } = summary;
        let of_stage = |(stage, tally)| Ok(StageTotals { stage, totals: ProjectTotals::new(&tally)? });
        let of_status = |(status, tally)| Ok(StatusTotals { status, totals: ProjectTotals::new(&tally)? });
        let of_kind = |(kind, tally)| Ok(KindTotals { kind, totals: ProjectTotals::new(&tally)? });
        let of_area =
            |(area, name, tally)| Ok(AreaTotals { area, name, totals: ProjectTotals::new(&tally)? });
        Ok(ProjectSummary {
            meta: SummaryMeta {
                today: projects.at.day,
                rule: RULE.version,
                within: projects.filter.within,
                totals: ProjectTotals::new(&all)?,
            },
            by_stage: by_stage.into_iter().map(of_stage).collect::<Result<_>>()?,
            by_status: by_status.into_iter().map(of_status).collect::<Result<_>>()?,
            by_kind: by_kind.into_iter().map(of_kind).collect::<Result<_>>()?,
            by_area: by_area.into_iter().map(of_area).collect::<Result<_>>()?,
        })
    }
}

impl ProjectTotals {
    fn new(tally: &ProjectTally) -> Result<ProjectTotals> {
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
