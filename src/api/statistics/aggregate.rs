//! `GET /metrics/{code}/aggregate`.

use actix_web::web::Data;
use actix_web::{HttpRequest, get};
use chrono::NaiveDateTime;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::types::{MOST_NAMED, MetricMeta, NotCounted, Number};
use super::{Figures, good_until, span, unusable};
use crate::api::answer::Answer;
use crate::api::listing::Listing;
use crate::api::page::{self, CubeQuery, Statistics};
use crate::api::problem::Problem;
use crate::api::query::{Code, Fields, FromFields, Query};
use crate::db::ledger::now;
use crate::db::{Conn, Db, Window};
use crate::domain::access::Sight;
use crate::domain::area_code::AreaCode;
use crate::domain::code::Code as MetricCode;
use crate::domain::codes::{AreaRule, Level, codes};
use crate::domain::decimal::Decimal;
use crate::domain::period::Period;
use crate::domain::quantity::Comparator;
use crate::domain::rollup::Made;
use crate::error::Result;
use crate::exchange::cube::{Cube, Dimension, dimensions};
use crate::exchange::table::Tabular;
use crate::exchange::writer::unwritable;
use crate::statistics::aggregate::{self, Groups, Plan, Prepared, Row, Together};
use crate::statistics::{Asked, Question};

codes! {
    /// What a roll-up has a row for.
    GroupBy ("分组方式", "grouping") {
        Province = "province" ("省", "A row for each province"),
        Prefecture = "prefecture" ("市州", "A row for each prefecture"),
        County = "county" ("县区", "A row for each county"),
        Township = "township" ("乡镇", "A row for each township"),
        Year = "year" ("年", "A row for each year"),
    }
}

impl From<Option<GroupBy>> for Groups {
    fn from(by: Option<GroupBy>) -> Groups {
        match by {
            None => Groups::One,
            Some(GroupBy::Province) => Groups::Areas(Level::Province),
            Some(GroupBy::Prefecture) => Groups::Areas(Level::Prefecture),
            Some(GroupBy::County) => Groups::Areas(Level::County),
            Some(GroupBy::Township) => Groups::Areas(Level::Township),
            Some(GroupBy::Year) => Groups::Years,
        }
    }
}

/// Which figures are rolled up, over which areas and time.
#[derive(Debug, Clone, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AggregateQuery {
    /// The area and all below it. 2, 4, 6, 9 or 12 digits. Needed unless there is a row for each area of a
    /// level.
    #[param(example = "430681107")]
    pub within: Option<AreaCode>,
    /// A row for each area of this level, or for each calendar year; one row for all by default.
    #[param(required = false, inline, value_type = Option<GroupBy>)]
    pub group_by: Option<GroupBy>,
    /// Level of the areas whose figures are rolled up; the next below the group by default.
    #[param(required = false, inline, example = "village")]
    pub level: Option<Level>,
    /// The span of time. Where an area states no figure of the span itself, those of its parts make one by
    /// the time rule of the metric. Either `period`, or `from` and `to`.
    #[param(example = "2022")]
    pub period: Option<Period>,
    /// The span begins with the first day of this period.
    pub from: Option<Period>,
    /// The span ends with the last day of this period.
    pub to: Option<Period>,
}

impl FromFields for AggregateQuery {
    fn from_fields(fields: &mut Fields) -> AggregateQuery {
        AggregateQuery {
            within: fields.one("within"),
            group_by: fields.one("group_by"),
            level: fields.one("level"),
            period: fields.one("period"),
            from: fields.one("from"),
            to: fields.one("to"),
        }
    }
}

impl AggregateQuery {
    fn plan(&self) -> Result<Plan> {
        let &AggregateQuery { within, group_by, level, period, from, to } = self;
        if within.is_none() && matches!(group_by, None | Some(GroupBy::Year)) {
            let (zh, en) =
                ("需要 within，或按区划层级分组", "is needed, unless group_by names a level of areas");
            return Err(unusable("within", "missing", zh, en));
        }
        Ok(Plan { within, groups: group_by.into(), level, span: span(period, from, to)? })
    }
}

/// What the rows of a roll-up share.
#[derive(Debug, Serialize, ToSchema)]
pub struct AggregateMeta {
    /// The metric and the key of its figures.
    #[serde(flatten)]
    pub metric: MetricMeta,
    /// The area that is rolled up; null for the whole country.
    pub within: Option<AreaCode>,
    /// The area that the answer is cut to, with all below, because the caller sees no more of an internal metric;
    /// null when nothing is cut.
    pub scope: Option<AreaCode>,
    /// What there is a row for; null when there is one for all.
    pub group_by: Option<GroupBy>,
    /// Level of the areas whose figures are rolled up.
    pub level: Level,
    /// The span of time.
    pub period: Period,
    /// Figures within the span that lie outside the life of their area.
    pub outside_life: NotCounted,
}

/// The figures of a group of areas rolled up to one number.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AggregateRow {
    /// Code of the area, or the calendar year.
    #[schema(example = "430681107000")]
    pub group: String,
    /// Code of the metric.
    pub metric: String,
    /// The span of time.
    pub period: Period,
    /// Code of the unit of all numbers.
    pub unit: String,
    /// The number, of the areas that have reported.
    #[serde(flatten)]
    pub number: Number,
    /// How the areas' figures make the number: the area rule of the metric.
    pub method: AreaRule,
    /// How each area's figure of the span was made, by the time rule of the metric.
    pub over_time: Vec<Made>,
    /// Areas that have reported.
    #[schema(minimum = 0)]
    pub reported: usize,
    /// Areas of the level that exist on any day of the span, for a flow; for all else on its last. A ratio takes
    /// them by its numerator and by its denominator.
    #[schema(minimum = 0)]
    pub expected: usize,
    /// Areas that have not reported, in order of code; the first 50 of them.
    pub missing: Vec<AreaCode>,
    /// What is reported of the group itself, in whole; null when nothing is. It is no part of the number.
    pub own_value: Option<Decimal>,
    /// How the true figure lies to `own_value`; null when it is exact.
    pub own_comparator: Option<Comparator>,
    /// `value` less `own_value`; null when one of them is.
    pub difference: Option<Decimal>,
    /// How the true difference lies to `difference`; null when it is exact.
    pub difference_comparator: Option<Comparator>,
}

impl Tabular for AggregateRow {
    const LEADING: &'static [&'static str] = &["group", "metric", "period", "unit"];
}

impl AggregateRow {
    fn new(question: &Question, row: Row) -> Result<AggregateRow> {
        let Row { group, span, together, own, difference } = row;
        let Together { number, made, expected, missing } = together;
        let (own, difference) =
            (Number::new(question, own.as_ref())?, Number::new(question, difference.as_ref())?);
        Ok(AggregateRow {
            group,
            metric: question.metric.code.clone(),
            period: span,
            unit: question.unit.code.clone(),
            number: Number::new(question, number.as_ref())?,
            method: question.metric.area_rule,
            over_time: made.into_iter().collect(),
            reported: expected - missing.len(),
            expected,
            missing: missing.into_iter().take(MOST_NAMED).collect(),
            own_value: own.value,
            own_comparator: own.comparator,
            difference: difference.value,
            difference_comparator: difference.comparator,
        })
    }
}

/// A cube of roll-ups, whose area stands in this member.
const fn cube(dimensions: &'static [Dimension]) -> Cube {
    Cube {
        dataflow: "AGGREGATES",
        label: "Roll-ups 汇总",
        dimensions,
        value: "value",
        attributes: &[
            ("method", "METHOD"),
            ("reported", "REPORTED"),
            ("expected", "EXPECTED"),
            ("own_value", "OWN_VALUE"),
            ("difference", "DIFFERENCE"),
        ],
    }
}

const OF_AREAS: &Cube = &cube(&dimensions("group"));
const OF_YEARS: &Cube = &cube(&dimensions("within"));

/// A roll-up that has been looked up; its rows are worked out page by page.
struct Aggregate {
    question: Question,
    prepared: Prepared,
    meta: Value,
    cube: &'static Cube,
    good_until: Option<NaiveDateTime>,
}

impl Aggregate {
    fn new(conn: &mut Conn, sight: Sight, asked: &Asked, query: &AggregateQuery) -> Result<Aggregate> {
        let question = Question::new(conn, sight, asked)?;
        let plan = query.plan()?;
        let level = aggregate::level(conn, &plan)?;
        let prepared = Prepared::new(conn, &question, &plan, level)?;
        let meta = AggregateMeta {
            metric: (&question).into(),
            within: plan.within,
            scope: prepared.scope(),
            group_by: query.group_by,
            level,
            period: plan.span,
            outside_life: prepared.outside_life.clone().into(),
        };
        let meta = serde_json::to_value(meta).map_err(unwritable)?;
        let cube = if query.group_by == Some(GroupBy::Year) { OF_YEARS } else { OF_AREAS };
        Ok(Aggregate { question, prepared, meta, cube, good_until: good_until(conn, asked)? })
    }
}

impl Listing for Aggregate {
    type Key = String;
    type Item = AggregateRow;

    fn page(&self, conn: &mut Conn, _: Sight, window: &Window<String>) -> Result<Vec<AggregateRow>> {
        let Aggregate { question, prepared, .. } = self;
        let from = window.after.as_deref().map_or(0, |after| prepared.behind(after));
        let limit = usize::try_from(window.limit).unwrap_or(usize::MAX);
        let places = from..from.saturating_add(limit).min(prepared.len());
        let mut rows = Vec::new();
        prepared.rows(conn, question, places, |row| {
            rows.push(AggregateRow::new(question, row)?);
            Ok(())
        })?;
        Ok(rows)
    }

    fn at_once(&self, conn: &mut Conn, window: &Window<&String>) -> Result<i64> {
        let prepared = &self.prepared;
        let from = window.after.map_or(0, |after| prepared.behind(after));
        let limit = usize::try_from(window.limit).unwrap_or(usize::MAX);
        Ok(prepared.at_once(conn, from, limit)? as i64)
    }

    fn count(&self, _: &mut Conn, _: Sight) -> Result<i64> {
        Ok(self.prepared.len() as i64)
    }

    fn key(&self, row: &AggregateRow) -> String {
        row.group.clone()
    }

    fn good_until(&self, _: &mut Conn) -> Result<Option<NaiveDateTime>> {
        Ok(self.good_until)
    }

    fn meta(&self, _: &mut Conn, _: Sight) -> Result<Option<Value>> {
        Ok(Some(self.meta.clone()))
    }

    fn cube(&self) -> Option<&'static Cube> {
        Some(self.cube)
    }
}

/// Roll up a metric
///
/// One number out of the figures of many areas, by the area rule and the time rule of the metric and no
/// others: sums, ratios of sums, weighted means. What is missing is named; the group's own figure stands
/// beside, and neither overwrites the other. For a flow areas count that exist on any day of the span, for all
/// else those of its last day; the figures of an area need only cover the part of the span in which it exists. A
/// target for each village is not part of any total. A page of years over very many areas ends before `limit`: `next`
/// leads on. 422 `not_aggregable` for a metric that does not roll up.
#[utoipa::path(
    tag = "statistics",
    params(
        (
            "code" = MetricCode,
            Path,
            description = "Code of the metric",
            example = "land.management_right.certified_area",
        ),
        AggregateQuery,
        Figures,
        CubeQuery,
    ),
    responses((
        status = 200,
        description = "A page of roll-ups, in order of group",
        body = Statistics<AggregateMeta, AggregateRow>,
    )),
)]
#[get("/metrics/{code}/aggregate")]
pub async fn list_metric_aggregates(
    db: Data<Db>,
    request: HttpRequest,
    code: Code<MetricCode>,
    query: Query<(AggregateQuery, (Figures, CubeQuery))>,
) -> Result<Answer, Problem> {
    let Query((query, (figures, paging))) = query;
    let asked = figures.of(code.0.as_str(), now());
    let work_out = move |conn: &mut Conn, sight| Aggregate::new(conn, sight, &asked, &query);
    page::list_worked_out(&db, &request, paging, work_out).await
}
