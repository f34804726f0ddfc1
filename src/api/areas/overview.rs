//! `GET /areas/{code}/overview`: the one call of a home screen.

use std::collections::BTreeMap;

use actix_web::web::Data;
use actix_web::{HttpRequest, get};
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::answer::{Answer, NO_ROW};
use crate::api::plans::types::{LightCounts, SectionScore};
use crate::api::problem::Problem;
use crate::api::query::{Code, Fields, FromFields, Query};
use crate::api::statistics::types::Number;
use crate::api::turns;
use crate::db::areas::{self, AreaRow};
use crate::db::figures::Figure;
use crate::db::glance::Counts;
use crate::db::ledger::now;
use crate::db::lights;
use crate::db::progress_reports::{ProgressReportRow, Subject};
use crate::db::turns::Turn;
use crate::db::{Conn, Db};
use crate::domain::access::Sight;
use crate::domain::area_code::AreaCode;
use crate::domain::at::At;
use crate::domain::codes::{Accumulation, Level};
use crate::domain::decimal::Decimal;
use crate::domain::derived::Derived;
use crate::domain::goal::Met;
use crate::domain::period::Period;
use crate::domain::quantity::Comparator;
use crate::domain::stage::Stage;
use crate::error::Result;
use crate::statistics::overview::{self, Headline as Chosen};
use crate::statistics::scoreboard::Scoreboard;

/// Signs of a report's text that are shown.
const SNIPPET: usize = 200;

/// Of which period figures are shown.
#[derive(Debug, Clone, Copy, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct OverviewQuery {
    /// The period of the figures; by default each is the latest of its metric, of whatever period has ended.
    #[param(example = "2022")]
    pub period: Option<Period>,
}

impl FromFields for OverviewQuery {
    fn from_fields(fields: &mut Fields) -> OverviewQuery {
        OverviewQuery { period: fields.one("period") }
    }
}

/// An area at a glance, for the first screen of an app.
#[derive(Debug, Serialize, ToSchema)]
pub struct Overview {
    /// The area itself.
    pub area: PlaceName,
    /// The areas above it, the nearest first.
    pub parents: Vec<PlaceName>,
    /// How much there is of it and of all below.
    pub counts: OverviewCounts,
    /// The period that was asked for; null when none was, and each headline has its own.
    pub period: Option<Period>,
    /// At most 12 figures of the area itself. Without a period asked for, the latest of each metric: of the
    /// period that ended last, and of those that ended on one day the standard period before an interval, then
    /// the longest. In the order of the metrics' `headline`; then those with a target, by theme and code.
    #[schema(max_items = 12)]
    pub headlines: Vec<Headline>,
    /// The newest plan of the area itself; null when it has none.
    pub plan: Option<PlanGlance>,
    /// The projects of the area and of all below.
    pub projects: ProjectsGlance,
    /// The latest progress reports of the area and of all below, at most 5.
    #[schema(max_items = 5)]
    pub latest: Vec<LatestProgress>,
}

/// An area by its name.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlaceName {
    /// Code of the area.
    pub code: AreaCode,
    /// Name.
    #[schema(example = "弼时镇")]
    pub name: String,
    /// Level.
    pub level: Level,
}

impl From<AreaRow> for PlaceName {
    fn from(row: AreaRow) -> PlaceName {
        PlaceName { code: row.code, name: row.name, level: row.level }
    }
}

/// How much there is of an area and of all below, as far as the reader sees it.
#[derive(Debug, Serialize, ToSchema)]
pub struct OverviewCounts {
    /// Villages and communities that exist today.
    #[schema(minimum = 0)]
    pub villages: i64,
    /// Projects.
    #[schema(minimum = 0)]
    pub projects: i64,
    /// Plan items.
    #[schema(minimum = 0)]
    pub plan_items: i64,
    /// Observations.
    #[schema(minimum = 0)]
    pub observations: i64,
}

/// A figure with its change, its completion and a short history.
#[derive(Debug, Serialize, ToSchema)]
pub struct Headline {
    /// Code of the metric.
    #[schema(example = "education.fund.raised")]
    pub metric: String,
    /// Name of the metric in Chinese.
    pub name: String,
    /// Name of the metric in English.
    pub name_en: String,
    /// Over which part of the period it accumulates.
    pub accumulation: Accumulation,
    /// The figure.
    #[schema(example = 660.6)]
    pub value: Decimal,
    /// Decimals that it was stated with: 660.60 has 2.
    #[schema(minimum = 0, maximum = 6)]
    pub decimals: u8,
    /// How the true figure lies to `value`; null when it is exact.
    pub comparator: Option<Comparator>,
    /// Code of the unit.
    #[schema(example = "CNY_10K")]
    pub unit: String,
    /// The words of the source; null when the figure was given as a number.
    pub text: Option<String>,
    /// The period, of which change, completion and history are too.
    pub period: Period,
    /// The figure less that of the period before; null when there is none.
    pub change: Option<Decimal>,
    /// How the true change lies to `change`; null when it is exact.
    pub change_comparator: Option<Comparator>,
    /// The figure in percent of its target; null without one, or when it is 0.
    #[schema(example = 66.06)]
    pub completion: Option<Decimal>,
    /// How the true completion lies to `completion`; null when it is exact.
    pub completion_comparator: Option<Comparator>,
    /// Whether the target is met; null without one.
    pub met: Option<Met>,
    /// The figures of the six periods up to this one, in their order: of the same frequency and accumulation.
    #[schema(max_items = 6)]
    pub history: Vec<HistoryPoint>,
}

/// A figure of a history.
#[derive(Debug, Serialize, ToSchema)]
pub struct HistoryPoint {
    /// The period.
    pub period: Period,
    /// The figure, in the unit of the headline.
    pub value: Decimal,
    /// How the true figure lies to `value`; null when it is exact.
    pub comparator: Option<Comparator>,
}

impl From<Figure> for HistoryPoint {
    fn from(figure: Figure) -> HistoryPoint {
        let Figure { period, quantity, .. } = figure;
        HistoryPoint { period, value: quantity.value, comparator: quantity.comparator }
    }
}

/// How a plan stands today, by section.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlanGlance {
    /// Code of the plan.
    #[schema(example = "bishi-2023")]
    pub code: String,
    /// What is done in percent, by weight; null where nothing has a weight.
    pub completion: Option<Decimal>,
    /// How many items have each light.
    pub lights: LightCounts,
    /// Its sections in their order; the first 20.
    #[schema(max_items = 20)]
    pub sections: Vec<SectionScore>,
}

impl From<Scoreboard> for PlanGlance {
    fn from(board: Scoreboard) -> PlanGlance {
        let Scoreboard { plan, total, sections, .. } = board;
        let sections = sections.into_iter().take(20).map(SectionScore::from).collect();
        PlanGlance { code: plan, completion: total.completion(), lights: (&total).into(), sections }
    }
}

/// Projects by what has become of them.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProjectsGlance {
    /// How many projects are at each stage that any is at.
    #[schema(example = json!({"completed": 17, "under_construction": 12}))]
    pub by_stage: BTreeMap<Stage, i64>,
}

/// A progress report at a glance.
#[derive(Debug, Serialize, ToSchema)]
pub struct LatestProgress {
    /// Code of the project that it is on; null when it is on a plan item.
    pub project: Option<String>,
    /// Code of the plan item that it is on; null when it is on a project.
    pub plan_item: Option<String>,
    /// Name of the project or title of the plan item.
    pub title: String,
    /// The day that it speaks of.
    pub as_of: NaiveDate,
    /// Progress in percent, 0 to 100; null when it tells none.
    pub progress: Option<i16>,
    /// Its text, the first 200 characters; null when it has none.
    pub text: Option<String>,
    /// When it was entered.
    pub recorded_at: DateTime<Utc>,
}

impl LatestProgress {
    fn new((subject, title, row): (Subject, String, ProgressReportRow)) -> LatestProgress {
        let (project, plan_item) = match subject {
            Subject::Project(code) => (Some(code), None),
            Subject::PlanItem(code) => (None, Some(code)),
        };
        LatestProgress {
            project,
            plan_item,
            title,
            as_of: row.as_of,
            progress: row.progress,
            text: row.text.map(|text| text.chars().take(SNIPPET).collect()),
            recorded_at: row.recorded_at.and_utc(),
        }
    }
}

fn headline(chosen: Chosen) -> Headline {
    let Chosen { metric, figure, change, completion, met, history } = chosen;
    // What is too large to be told is left out of a glance.
    let told = |number: Option<Derived>| {
        number.and_then(|number| number.shown().ok()).map_or_else(Number::default, Number::from)
    };
    let (change, completion) = (told(change), told(completion));
    let quantity = figure.quantity;
    Headline {
        metric: metric.code,
        name: metric.name,
        name_en: metric.name_en,
        accumulation: figure.accumulation,
        value: quantity.value,
        decimals: quantity.decimals,
        comparator: quantity.comparator,
        unit: metric.unit,
        text: figure.text,
        period: figure.period,
        change: change.value,
        change_comparator: change.comparator,
        completion: completion.value,
        completion_comparator: completion.comparator,
        met,
        history: history.into_iter().map(HistoryPoint::from).collect(),
    }
}

impl Overview {
    fn new(overview: overview::Overview, period: Option<Period>) -> Overview {
        let overview::Overview { area, parents, counts, headlines, plan, by_stage, latest } = overview;
        let Counts { villages, plan_items, observations } = counts;
        let projects = by_stage.iter().map(|(_, count)| count).sum();
        let parent = |(code, name, level)| PlaceName { code, name, level };
        Overview {
            area: area.into(),
            parents: parents.into_iter().map(parent).collect(),
            counts: OverviewCounts { villages, projects, plan_items, observations },
            period,
            headlines: headlines.into_iter().map(headline).collect(),
            plan: plan.map(PlanGlance::from),
            projects: ProjectsGlance { by_stage: by_stage.into_iter().collect() },
            latest: latest.into_iter().map(LatestProgress::new).collect(),
        }
    }
}

/// Read the overview of an area
///
/// What the first screen of an app shows, in one small answer: the area and those above it, counts, some of its
/// figures with change, completion and a short history, how its plan stands by lights, its projects by stage,
/// and the latest progress.
#[utoipa::path(
    tag = "areas",
    params(("code" = AreaCode, Path, description = "Code of the area", example = "430681107"), OverviewQuery),
    responses((status = 200, description = "The overview", body = Overview)),
)]
#[get("/areas/{code}/overview")]
pub async fn show_area_overview(
    db: Data<Db>,
    request: HttpRequest,
    code: Code<AreaCode>,
    sight: Sight,
    query: Query<OverviewQuery>,
) -> Result<Answer, Problem> {
    let (at, asked) = (At::today(now()), query.0.period);
    let work = move |conn: &mut Conn| {
        let area = areas::find(conn, code.0)?;
        let overview = overview::overview(conn, sight, area, asked, at)?;
        Ok((Overview::new(overview, asked), lights::good_until(conn, at)?))
    };
    let read = turns::scan(&db, &request, Turn::Screen, work).await?;
    Answer::changing(&request, read, |_| NO_ROW)
}
