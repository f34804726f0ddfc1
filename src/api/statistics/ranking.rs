//! `GET /metrics/{code}/ranking`.

use actix_web::web::Data;
use actix_web::{HttpRequest, get};
use serde::Serialize;
use utoipa::ToSchema;

use super::NO_PERIOD;
use super::types::{MOST_NAMED, MetricMeta, NotCounted, Number};
use super::{Figures, StatisticRow, WorkedOut};
use crate::api::answer::Answer;
use crate::api::page::{self, CubeQuery, Statistics};
use crate::api::problem::Problem;
use crate::api::query::{Code, Fields, FromFields, Query};
use crate::db::ledger::now;
use crate::db::{Conn, Db};
use crate::domain::access::Sight;
use crate::domain::area_code::AreaCode;
use crate::domain::code::Code as MetricCode;
use crate::domain::codes::{Direction, Level, codes};
use crate::domain::decimal::Decimal;
use crate::domain::period::Period;
use crate::domain::quantity::Comparator;
use crate::error::Result;
use crate::exchange::cube::{Cube, dimensions};
use crate::exchange::table::Tabular;
use crate::statistics::ranking::{self, By, Plan, Ranking, Row};
use crate::statistics::{Asked, Question};

codes! {
    /// Which end of a ranking comes first.
    Order ("排序方向", "order") {
        Ascending = "asc" ("升序", "The least first"),
        Descending = "desc" ("降序", "The greatest first"),
    }
}

/// Which areas are ranked, and how.
#[derive(Debug, Clone, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct RankingQuery {
    /// The areas below this one; of the whole country by default. 2, 4, 6, 9 or 12 digits.
    #[param(example = "430681107")]
    pub within: Option<AreaCode>,
    /// Level of the areas; the next below `within` by default.
    #[param(required = false, inline, example = "village")]
    pub level: Option<Level>,
    /// The period.
    #[param(value_type = Period, example = "2022")]
    pub period: Option<Period>,
    /// What areas are ranked by; `value` by default. `change` is against the period before, `completion`
    /// against the target of the same period.
    #[param(required = false, inline, value_type = Option<By>)]
    pub by: Option<By>,
    /// Which end comes first: the better one by default, which is the greatest unless less is better for the
    /// metric.
    #[param(required = false, inline, value_type = Option<Order>)]
    pub order: Option<Order>,
}

impl FromFields for RankingQuery {
    fn from_fields(fields: &mut Fields) -> RankingQuery {
        RankingQuery {
            within: fields.one("within"),
            level: fields.one("level"),
            period: fields.required("period"),
            by: fields.one("by"),
            order: fields.one("order"),
        }
    }
}

/// What the rows of a ranking share, and who is not in it.
#[derive(Debug, Serialize, ToSchema)]
pub struct RankingMeta {
    /// The metric and the key of its figures.
    #[serde(flatten)]
    pub metric: MetricMeta,
    /// The area whose parts are ranked; null for the whole country.
    pub within: Option<AreaCode>,
    /// The area that the answer is cut to, with all below, because the caller sees no more of an internal metric;
    /// null when nothing is cut.
    pub scope: Option<AreaCode>,
    /// Level of the areas.
    pub level: Level,
    /// The period.
    pub period: Period,
    /// The period before; null for one that has none of its kind before it, and for the first of a year of
    /// what accumulates since January: it began anew.
    pub previous_period: Option<Period>,
    /// What areas are ranked by.
    pub by: By,
    /// Which end comes first.
    pub order: Order,
    /// Areas that have reported.
    pub reported: usize,
    /// Areas of the level that exist on any day of the period, for a flow; for all else on its last.
    pub expected: usize,
    /// Areas that have not reported, in order of code; the first 50 of them.
    pub not_reported: Vec<AreaCode>,
    /// Areas that have reported but lack a figure before, or a target, to be ranked by; the first 50.
    pub unranked: Vec<AreaCode>,
    /// Figures of the period that lie outside the life of their area.
    pub outside_life: NotCounted,
}

/// An area with its rank.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RankingRow {
    /// Rank by value, from 1. Equal values share a rank, and the next is skipped.
    #[schema(minimum = 1)]
    pub rank: usize,
    /// The best rank that the bounds of all figures allow.
    #[schema(minimum = 1)]
    pub best_rank: usize,
    /// The worst rank that the bounds of all figures allow.
    #[schema(minimum = 1)]
    pub worst_rank: usize,
    /// Code of the area.
    pub area: AreaCode,
    /// Code of the metric.
    pub metric: String,
    /// The period.
    pub period: Period,
    /// Code of the unit of `value`, `previous_value` and `change`.
    pub unit: String,
    /// The figure.
    #[serde(flatten)]
    pub number: Number,
    /// The figure of the period before; null when there is none.
    pub previous_value: Option<Decimal>,
    /// Rank in the period before; null when it had none.
    pub previous_rank: Option<usize>,
    /// Ranks gained since, negative when lost; null when it had none.
    pub movement: Option<i64>,
    /// The figure less that of the period before; null when there is none.
    pub change: Option<Decimal>,
    /// How the true change lies to `change`; null when it is exact.
    pub change_comparator: Option<Comparator>,
    /// The figure in percent of its target, in a ranking by `completion`; else null.
    pub completion: Option<Decimal>,
    /// How the true completion lies to `completion`; null when it is exact.
    pub completion_comparator: Option<Comparator>,
}

impl Tabular for RankingRow {
    const LEADING: &'static [&'static str] =
        &["rank", "best_rank", "worst_rank", "area", "metric", "period", "unit"];
}

const CUBE: &Cube = &Cube {
    dataflow: "RANKING",
    label: "Ranking 排名",
    dimensions: &dimensions("area"),
    value: "value",
    attributes: &[
        ("rank", "RANK"),
        ("best_rank", "BEST_RANK"),
        ("worst_rank", "WORST_RANK"),
        ("previous_value", "PREVIOUS_VALUE"),
        ("previous_rank", "PREVIOUS_RANK"),
        ("change", "CHANGE"),
        ("completion", "COMPLETION"),
    ],
};

impl StatisticRow for RankingRow {
    type Outcome = Row;
    type Place = (usize, AreaCode);
    const CUBE: &'static Cube = CUBE;

    fn new(question: &Question, row: &Row) -> Result<RankingRow> {
        let Row { area, period, standing, value, previous, previous_rank, change, completion } = row;
        let told = |number: &Option<_>| Number::new(question, number.as_ref());
        let (before, change) = (told(previous)?, told(change)?);
        let completion = completion.as_ref().and_then(|share| share.shown().ok());
        Ok(RankingRow {
            rank: standing.rank,
            best_rank: standing.best,
            worst_rank: standing.worst,
            area: *area,
            metric: question.metric.code.clone(),
            period: *period,
            unit: question.unit.code.clone(),
            number: Number::new(question, Some(value))?,
            previous_value: before.value,
            previous_rank: *previous_rank,
            movement: row.movement(),
            change: change.value,
            change_comparator: change.comparator,
            completion: completion.map(|share| share.value),
            completion_comparator: completion.and_then(|share| share.comparator),
        })
    }
    fn place_of(row: &Row) -> (usize, AreaCode) {
        (row.standing.rank, row.area)
    }

    fn place(&self) -> (usize, AreaCode) {
        (self.rank, self.area)
    }
}

fn work_out(
    conn: &mut Conn,
    sight: Sight,
    asked: &Asked,
    (query, period): (RankingQuery, Period),
) -> Result<WorkedOut<RankingRow>> {
    let question = Question::new(conn, sight, asked)?;
    let better = match question.metric.direction {
        Direction::Lower => Order::Ascending,
        Direction::Higher | Direction::Neutral => Order::Descending,
    };
    let RankingQuery { within, level, by, order, .. } = query;
    let (order, by) = (order.unwrap_or(better), by.unwrap_or(By::Value));
    let plan = Plan { within, level, period, by, ascending: order == Order::Ascending };
    let Ranking { level, scope, rows, expected, not_reported, unranked, outside_life } =
        ranking::rank(conn, &question, &plan)?;
    let meta = RankingMeta {
        metric: (&question).into(),
        within,
        scope,
        level,
        period,
        previous_period: question.before(&period),
        by,
        order,
        reported: expected - not_reported.len(),
        expected,
        not_reported: not_reported.into_iter().take(MOST_NAMED).collect(),
        unranked: unranked.into_iter().take(MOST_NAMED).collect(),
        outside_life: outside_life.into(),
    };
    WorkedOut::new(conn, asked, question, &meta, rows)
}

/// Rank areas by a metric
///
/// The areas of one level by the figure of a period, its change, or its completion, the better end first.
/// Equal figures share a rank; `best_rank` and `worst_rank` say what the bounds of all figures allow, with
/// the rank before and the movement. Who has not reported has no rank and is named in `meta`.
#[utoipa::path(
    tag = "statistics",
    params(
        (
            "code" = MetricCode,
            Path,
            description = "Code of the metric",
            example = "land.management_right.certified_area",
        ),
        RankingQuery,
        Figures,
        CubeQuery,
    ),
    responses((
        status = 200,
        description = "A page of the ranking",
        body = Statistics<RankingMeta, RankingRow>,
    )),
)]
#[get("/metrics/{code}/ranking")]
pub async fn list_metric_ranks(
    db: Data<Db>,
    request: HttpRequest,
    code: Code<MetricCode>,
    query: Query<(RankingQuery, (Figures, CubeQuery))>,
) -> Result<Answer, Problem> {
    let Query((query, (figures, paging))) = query;
    let period = query.period.ok_or(NO_PERIOD)?;
    let asked = figures.of(code.0.as_str(), now());
    let work_out = move |conn: &mut Conn, sight| work_out(conn, sight, &asked, (query, period));
    page::list_worked_out(&db, &request, paging, work_out).await
}
