//! `GET /metrics/{code}/series`.

use actix_web::web::Data;
use actix_web::{HttpRequest, get};
use serde::Serialize;
use utoipa::ToSchema;

use super::types::{MetricMeta, Number};
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
use crate::domain::decimal::Decimal;
use crate::domain::frequency::Frequency;
use crate::domain::period::Period;
use crate::domain::quantity::Comparator;
use crate::error::Result;
use crate::exchange::cube::{Cube, dimensions};
use crate::exchange::table::Tabular;
use crate::statistics::series::{self, Change, Plan, Point};
use crate::statistics::{Asked, Question};

/// Which series is asked for.
#[derive(Debug, Clone, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SeriesQuery {
    /// The areas, repeated or comma-separated codes of 2, 4, 6, 9 or 12 digits.
    #[param(min_items = 1, example = json!(["430681107"]))]
    pub area: Vec<AreaCode>,
    /// Periods that begin with the first day of this period or later; from the first figure by default.
    #[param(example = "2021")]
    pub from: Option<Period>,
    /// Periods that end with the last day of this period or earlier; up to the last figure by default.
    #[param(example = "2023")]
    pub to: Option<Period>,
    /// Frequency of the points; the one that most figures have by default. `interval` shows figures of any
    /// other length as they are, without gaps: they have a change since the year before, and none since a
    /// period before.
    #[param(required = false, inline, example = "year")]
    pub frequency: Option<Frequency>,
}

impl FromFields for SeriesQuery {
    fn from_fields(fields: &mut Fields) -> SeriesQuery {
        let mut area = fields.many_required("area");
        area.sort();
        area.dedup();
        SeriesQuery {
            area,
            from: fields.one("from"),
            to: fields.one("to"),
            frequency: fields.one("frequency"),
        }
    }
}

/// What the points of a series share.
#[derive(Debug, Serialize, ToSchema)]
pub struct SeriesMeta {
    /// The metric and the key of its figures.
    #[serde(flatten)]
    pub metric: MetricMeta,
    /// Codes of the areas.
    pub areas: Vec<AreaCode>,
    /// Frequency of the points; null when there are no figures.
    pub frequency: Option<Frequency>,
}

/// A point of a series. `value` is null where there is a gap.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SeriesPoint {
    /// The period.
    pub period: Period,
    /// Code of the area.
    pub area: AreaCode,
    /// Code of the metric that states it: the one asked for, or one that it took the place of or gave way
    /// to.
    pub metric: String,
    /// Code of the unit of `value` and of the changes.
    pub unit: String,
    /// The figure.
    #[serde(flatten)]
    pub number: Number,
    /// The words of the source; null when the figure was given as a number, and in a gap.
    pub text: Option<String>,
    /// Id of the observation; null in a gap.
    pub observation: Option<i64>,
    /// Which definition of its metric held, from 1; null in a gap. It changes with the metric's definition,
    /// kind, rules, terms and weight.
    pub definition: Option<usize>,
    /// Whether another definition, or another metric, holds than for the figure before it in the series: they
    /// cannot be compared without a look at both.
    #[serde(rename = "break")]
    pub breaks: bool,
    /// The figure less that of the period before; null where one is missing. What accumulates since January
    /// has no change from December.
    pub change: Option<Decimal>,
    /// How the true change lies to `change`; null when it is exact.
    pub change_comparator: Option<Comparator>,
    /// `change` in percent of the figure of the period before; null where that is 0, or the rate too
    /// large to be told.
    pub change_rate: Option<Decimal>,
    /// How the true rate lies to `change_rate`; null when it is exact.
    pub change_rate_comparator: Option<Comparator>,
    /// The figure less that of the same period of the year before; null where one is missing.
    pub year_change: Option<Decimal>,
    /// How the true change lies to `year_change`; null when it is exact.
    pub year_change_comparator: Option<Comparator>,
    /// `year_change` in percent of the figure of the year before; null where that is 0, or the rate too
    /// large to be told.
    pub year_change_rate: Option<Decimal>,
    /// How the true rate lies to `year_change_rate`; null when it is exact.
    pub year_change_rate_comparator: Option<Comparator>,
}

impl Tabular for SeriesPoint {
    const LEADING: &'static [&'static str] = &["period", "area", "metric", "unit"];
}

/// A number that stands beside another: how it lies is told, its bounds are not.
type Beside = (Option<Decimal>, Option<Comparator>);

fn beside(question: &Question, change: Option<&Change>) -> Result<(Beside, Beside)> {
    let Some(Change { difference, rate }) = change else { return Ok(Default::default()) };
    let difference = question.shown(difference)?;
    let rate = rate.as_ref().and_then(|rate| rate.shown().ok());
    let rate = rate.map_or_else(Default::default, |rate| (Some(rate.value), rate.comparator));
    Ok(((Some(difference.value), difference.comparator), rate))
}

const CUBE: &Cube = &Cube {
    dataflow: "SERIES",
    label: "Series 时间序列",
    dimensions: &dimensions("area"),
    value: "value",
    attributes: &[("definition", "DEFINITION"), ("break", "TIME_SERIES_BREAK")],
};

impl StatisticRow for SeriesPoint {
    type Outcome = Point;
    type Place = (Period, AreaCode);
    const CUBE: &'static Cube = CUBE;

    fn new(question: &Question, point: &Point) -> Result<SeriesPoint> {
        let Point { period, area, stated, change, year_change, breaks } = point;
        let ((change, change_comparator), (change_rate, change_rate_comparator)) =
            beside(question, change.as_ref())?;
        let ((year_change, year_change_comparator), (year_change_rate, year_change_rate_comparator)) =
            beside(question, year_change.as_ref())?;
        let asked = || question.metric.code.clone();
        Ok(SeriesPoint {
            period: *period,
            area: *area,
            metric: stated.as_ref().map_or_else(asked, |stated| stated.metric.clone()),
            unit: question.unit.code.clone(),
            number: Number::new(question, stated.as_ref().map(|stated| &stated.number))?,
            text: stated.as_ref().and_then(|stated| stated.figure.text.clone()),
            observation: stated.as_ref().map(|stated| stated.figure.id),
            definition: stated.as_ref().map(|stated| stated.definition),
            breaks: *breaks,
            change,
            change_comparator,
            change_rate,
            change_rate_comparator,
            year_change,
            year_change_comparator,
            year_change_rate,
            year_change_rate_comparator,
        })
    }
    fn place_of(point: &Point) -> (Period, AreaCode) {
        (point.period, point.area)
    }

    fn place(&self) -> (Period, AreaCode) {
        (self.period, self.area)
    }
}

fn work_out(conn: &mut Conn, sight: Sight, asked: &Asked, plan: Plan) -> Result<WorkedOut<SeriesPoint>> {
    let question = Question::new(conn, sight, asked)?;
    let (frequency, points) = series::points(conn, &question, &plan)?;
    let meta = SeriesMeta { metric: (&question).into(), areas: plan.areas, frequency };
    WorkedOut::new(conn, asked, question, &meta, points)
}

/// Read a metric as time series
///
/// The figures of a metric for some areas, over the periods of one frequency in their order. A period without
/// a figure is a gap and has its place; every figure tells its change since the period before and since the
/// same period of the year before. Where a metric took the place of another the series goes on, and the break
/// is marked; so is a change of the definition. At most 20,000 points.
#[utoipa::path(
    tag = "statistics",
    params(
        ("code" = MetricCode, Path, description = "Code of the metric", example = "land.cultivated.area"),
        SeriesQuery,
        Figures,
        CubeQuery,
    ),
    responses((
        status = 200,
        description = "A page of points, in order of period and area",
        body = Statistics<SeriesMeta, SeriesPoint>,
    )),
)]
#[get("/metrics/{code}/series")]
pub async fn list_metric_series(
    db: Data<Db>,
    request: HttpRequest,
    code: Code<MetricCode>,
    query: Query<(SeriesQuery, (Figures, CubeQuery))>,
) -> Result<Answer, Problem> {
    let Query((SeriesQuery { area, from, to, frequency }, (figures, paging))) = query;
    let (asked, plan) = (figures.of(code.0.as_str(), now()), Plan { areas: area, from, to, frequency });
    let work_out = move |conn: &mut Conn, sight| work_out(conn, sight, &asked, plan);
    page::list_worked_out(&db, &request, paging, work_out).await
}
