//! `GET /completion`.

use actix_web::web::Data;
use actix_web::{HttpRequest, get};
use chrono::NaiveDateTime;
use serde::Serialize;
use utoipa::ToSchema;

use super::types::ROUNDED;
use super::unusable;
use crate::api::answer::Answer;
use crate::api::listing::Listing;
use crate::api::observations::next_change;
use crate::api::observations::query::AsOf;
use crate::api::page::{self, PageQuery, Statistics};
use crate::api::problem::Problem;
use crate::api::query::{Fields, FromFields, Query};
use crate::db::ledger::now;
use crate::db::{Conn, Db, Window};
use crate::domain::access::Sight;
use crate::domain::area_code::AreaCode;
use crate::domain::code::Code;
use crate::domain::codes::{Accumulation, Level, Role};
use crate::domain::decimal::Decimal;
use crate::domain::derived::Derived;
use crate::domain::goal::Met;
use crate::domain::period::Period;
use crate::domain::quantity::{Comparator, Quantity};
use crate::domain::when::When;
use crate::error::Result;
use crate::exchange::table::Tabular;
use crate::exchange::writer::unwritable;
use crate::statistics::Question;
use crate::statistics::completion::{Place, Plan, Row};
use crate::statistics::targets::Targets;

/// Which targets are looked at.
#[derive(Debug, Clone, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CompletionQuery {
    /// This area and all below it. 2, 4, 6, 9 or 12 digits.
    #[param(example = "430681107")]
    pub within: Option<AreaCode>,
    /// Level of the areas.
    #[param(required = false, inline, example = "village")]
    pub level: Option<Level>,
    /// Codes of metrics, repeated or comma-separated; all that have targets by default.
    #[param(value_type = Vec<Code>, example = json!(["economy.collective.income"]))]
    pub metric: Vec<String>,
    /// Exactly these periods, repeated or comma-separated.
    #[param(example = json!(["2022"]))]
    pub period: Vec<Period>,
    /// Accumulation of result and target.
    #[param(required = false, inline, example = "period")]
    pub accumulation: Option<Accumulation>,
    /// What the public could know at the end of a day or at an instant; now by default.
    #[param(value_type = Option<When>, example = "2023-12-31")]
    pub as_of: Option<AsOf>,
    /// Unit to tell results and targets in, by code; needs `metric`, and fits every one of them.
    #[param(example = "CNY")]
    pub unit: Option<String>,
}

impl FromFields for CompletionQuery {
    fn from_fields(fields: &mut Fields) -> CompletionQuery {
        CompletionQuery {
            within: fields.one("within"),
            level: fields.one("level"),
            metric: fields.codes("metric"),
            period: fields.many("period"),
            accumulation: fields.one("accumulation"),
            as_of: fields.one("as_of"),
            unit: fields.text("unit"),
        }
    }
}

/// What rows of completion share.
#[derive(Debug, Serialize, ToSchema)]
pub struct CompletionMeta {
    /// The area that is looked at, with all below it; null for the whole country.
    pub within: Option<AreaCode>,
    /// Level of the areas; null for all.
    pub level: Option<Level>,
}

/// A target and what has come of it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CompletionRow {
    /// Code of the area.
    pub area: AreaCode,
    /// Code of the metric.
    #[schema(example = "education.fund.raised")]
    pub metric: String,
    /// The span of time of both.
    pub period: Period,
    /// Over which part of the period both accumulate.
    pub accumulation: Accumulation,
    /// Code of the unit of `actual` and `target`.
    #[schema(example = "CNY_10K")]
    pub unit: String,
    /// The result; null when it is not reported.
    #[schema(example = 660.6)]
    pub actual: Option<Decimal>,
    /// How the true result lies to `actual`; null when it is exact.
    pub actual_comparator: Option<Comparator>,
    /// The target.
    #[schema(example = 1000)]
    pub target: Decimal,
    /// How the target is put: `>=` for at least so much; null when it is one number.
    pub target_comparator: Option<Comparator>,
    /// The area that this target was set for each village of; null for a target of the area itself.
    pub each_of: Option<AreaCode>,
    /// Result in percent of the target; null without a result, when the target is 0, or when it is too large
    /// to be told.
    #[schema(example = 66.06)]
    pub completion: Option<Decimal>,
    /// How the true completion lies to `completion`; null when it is exact.
    pub comparator: Option<Comparator>,
    /// Least that the true completion can be; null when there is no such bound.
    pub lower: Option<Decimal>,
    /// Most that the true completion can be; null when there is no such bound.
    pub upper: Option<Decimal>,
    /// Whether the target is met: `yes` and `no` are certain; a target is met from above unless it says at
    /// most, or fewer is better for its metric.
    pub met: Met,
    /// What to mind: `rounded`.
    #[schema(example = json!([]))]
    pub warnings: Vec<String>,
}

impl Tabular for CompletionRow {}

impl CompletionRow {
    fn new(question: &Question, row: Row) -> Result<CompletionRow> {
        let Row { area, period, accumulation, target, each_of, actual, completion, met } = row;
        let told = |quantity: &Quantity| question.shown(&Derived::from(quantity));
        let (wanted, actual) = (told(&target)?, actual.as_ref().map(told).transpose()?);
        let share = completion.and_then(|share| share.shown().ok());
        let rounded = wanted.rounded || [actual, share].iter().flatten().any(|number| number.rounded);
        Ok(CompletionRow {
            area,
            metric: question.metric.code.clone(),
            period,
            accumulation,
            unit: question.unit.code.clone(),
            actual: actual.map(|actual| actual.value),
            actual_comparator: actual.and_then(|actual| actual.comparator),
            target: wanted.value,
            target_comparator: wanted.comparator,
            each_of,
            completion: share.map(|share| share.value),
            comparator: share.and_then(|share| share.comparator),
            lower: share.and_then(|share| share.lower),
            upper: share.and_then(|share| share.upper),
            met,
            warnings: if rounded { vec![ROUNDED.to_owned()] } else { Vec::new() },
        })
    }
}

impl Listing for Targets {
    type Key = (String, Place);
    type Item = CompletionRow;

    fn check(&self, conn: &mut Conn, sight: Sight) -> Result<()> {
        Targets::check(self, conn, sight)
    }

    fn page(&self, conn: &mut Conn, sight: Sight, window: &Window<Self::Key>) -> Result<Vec<CompletionRow>> {
        let limit = usize::try_from(window.limit).unwrap_or(usize::MAX);
        let mut rows = Vec::new();
        Targets::page(self, conn, sight, window.after.as_ref(), limit, |question, row| {
            rows.push(CompletionRow::new(question, row)?);
            Ok(())
        })?;
        Ok(rows)
    }

    fn count(&self, conn: &mut Conn, sight: Sight) -> Result<i64> {
        Targets::count(self, conn, sight)
    }

    fn key(&self, row: &CompletionRow) -> Self::Key {
        (row.metric.clone(), (row.area, row.period, row.accumulation))
    }

    fn good_until(&self, conn: &mut Conn) -> Result<Option<NaiveDateTime>> {
        next_change(conn, self.moment(Sight::PUBLIC), self.now)
    }

    fn meta(&self, _: &mut Conn, _: Sight) -> Result<Option<serde_json::Value>> {
        let meta = CompletionMeta { within: self.plan.within, level: self.plan.level };
        serde_json::to_value(meta).map(Some).map_err(unwritable)
    }

    fn is_long(&self) -> bool {
        true
    }
}

/// Compare results with targets
///
/// Results against targets of the same metric, area, period and accumulation: completion in percent with its
/// bounds, and whether the target is met. A target that was set for each village is told for each of its
/// villages 村, and not as a total. 75%以上 meets 75; what is not certain is `unknown`.
#[utoipa::path(
    tag = "statistics",
    params(CompletionQuery, PageQuery),
    responses((
        status = 200,
        description = "A page of targets, in order of metric and area",
        body = Statistics<CompletionMeta, CompletionRow>,
    )),
)]
#[get("/completion")]
pub async fn list_completion(
    db: Data<Db>,
    request: HttpRequest,
    query: Query<(CompletionQuery, PageQuery)>,
) -> Result<Answer, Problem> {
    let Query((query, paging)) = query;
    if query.unit.is_some() && query.metric.is_empty() {
        return Err(
            unusable("unit", "unit_of_what", "需要与 metric 一起使用", "needs metric beside it").into()
        );
    }
    let CompletionQuery { within, level, metric, period, accumulation, as_of, unit } = query;
    let plan = Plan { within, level, periods: period, accumulation, role: Role::Actual };
    let as_of = as_of.map(AsOf::time);
    page::list(&db, &request, paging, Targets { metrics: metric, plan, as_of, unit, now: now() }).await
}
