//! `GET /completeness`.

use std::collections::HashMap;

use actix_web::web::Data;
use actix_web::{HttpRequest, get};
use chrono::NaiveDateTime;
use serde::Serialize;
use utoipa::ToSchema;

use super::types::NotCounted;
use crate::api::answer::Answer;
use crate::api::observations::next_change;
use crate::api::observations::query::AsOf;
use crate::api::page::{self, Listing, PageQuery, Statistics};
use crate::api::problem::Problem;
use crate::api::query::{Fields, FromFields, Query};
use crate::db::figures::{self, Places};
use crate::db::ledger::now;
use crate::db::metrics::{self, MetricFilter, MetricRow};
use crate::db::observations::Moment;
use crate::db::{Conn, Db, Window, areas};
use crate::domain::access::Sight;
use crate::domain::area_code::AreaCode;
use crate::domain::code::Code;
use crate::domain::codes::{Accumulation, Level, MetricStatus, Visibility};
use crate::domain::life::counted_days;
use crate::domain::period::Period;
use crate::domain::when::When;
use crate::error::{Error, Result};
use crate::exchange::table::Tabular;
use crate::exchange::writer::unwritable;
use crate::statistics::outside_life::{self, OutsideLife};
use crate::statistics::{Extent, existing, level_below};

/// Areas looked at together: few at first, because a page needs no more, and at most so many.
const FIRST_CHUNK: i64 = 100;
const CHUNK: i64 = 2000;

/// Whose reports are looked at, and on what.
#[derive(Debug, Clone, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CompletenessQuery {
    /// The areas below this one; of the whole country by default. 2, 4, 6, 9 or 12 digits.
    #[param(example = "430681107")]
    pub within: Option<AreaCode>,
    /// Level of the areas; the next below `within` by default.
    #[param(required = false, inline, example = "village")]
    pub level: Option<Level>,
    /// The period.
    #[param(value_type = Period, example = "2022")]
    pub period: Option<Period>,
    /// Codes of metrics, repeated or comma-separated. By default the active ones that are reported at the
    /// frequency of the period.
    #[param(value_type = Vec<Code>, example = json!(["land.management_right.certified_area"]))]
    pub metric: Vec<String>,
    /// Only the metrics of these themes; repeated for several.
    #[param(example = json!(["land"]))]
    pub theme: Vec<String>,
    /// `true` shows only what is reported, `false` only what is missing; both by default.
    #[param(example = false)]
    pub reported: Option<bool>,
    /// What the public could know at the end of a day or at an instant; now by default.
    #[param(value_type = Option<When>, example = "2023-12-31")]
    pub as_of: Option<AsOf>,
}

impl FromFields for CompletenessQuery {
    fn from_fields(fields: &mut Fields) -> CompletenessQuery {
        CompletenessQuery {
            within: fields.one("within"),
            level: fields.one("level"),
            period: fields.required("period"),
            metric: fields.codes("metric"),
            theme: fields.texts("theme"),
            reported: fields.choice("reported"),
            as_of: fields.one("as_of"),
        }
    }
}

/// What the rows of completeness share.
#[derive(Debug, Serialize, ToSchema)]
pub struct CompletenessMeta {
    /// The area whose parts are looked at; null for the whole country.
    pub within: Option<AreaCode>,
    /// The area that the rows of internal metrics are cut to, with all below, because the caller sees no more of
    /// them; null when nothing is cut.
    pub scope: Option<AreaCode>,
    /// Level of the areas.
    pub level: Level,
    /// The period.
    pub period: Period,
    /// How many areas of the level are looked at: those that exist on any day of the period, where a flow is among
    /// the metrics; else on its last.
    #[schema(minimum = 0)]
    pub areas: usize,
    /// Codes of the metrics.
    pub metrics: Vec<String>,
    /// Results of exactly the period that lie outside the life of their area, and have no row.
    pub outside_life: NotCounted,
}

/// Whether an area has reported a metric.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CompletenessRow {
    /// Code of the area.
    pub area: AreaCode,
    /// Code of the metric.
    #[schema(example = "land.management_right.certified_area")]
    pub metric: String,
    /// The period.
    pub period: Period,
    /// Whether there is a result of exactly this area and period.
    pub reported: bool,
    /// The accumulations that were reported.
    pub accumulations: Vec<Accumulation>,
}

impl Tabular for CompletenessRow {
    const COLUMNS: &'static [&'static str] = &["area", "metric", "period", "reported", "accumulations"];
}

struct Completeness {
    query: CompletenessQuery,
    period: Period,
    now: NaiveDateTime,
}

impl Completeness {
    fn moment(&self, sight: Sight) -> Moment {
        Moment::new(sight, self.query.as_of.map(AsOf::time), self.now)
    }

    /// The metrics, in order of code.
    fn metrics(&self, conn: &mut Conn, sight: Sight) -> Result<Vec<MetricRow>> {
        let CompletenessQuery { metric: named, theme, .. } = &self.query;
        if !named.is_empty() && theme.is_empty() {
            return named.iter().map(|code| metrics::find(conn, sight, code)).collect();
        }
        let status = if named.is_empty() { vec![MetricStatus::Active] } else { Vec::new() };
        let filter = MetricFilter { theme: theme.clone(), status, ..MetricFilter::default() };
        let rows = metrics::list(conn, sight, &filter, &Window { after: None, limit: i64::MAX })?;
        let word = format!("\"{}\"", self.period.frequency());
        let looked_at = |row: &MetricRow| {
            if named.is_empty() { row.frequencies.contains(&word) } else { named.contains(&row.code) }
        };
        Ok(rows.into_iter().filter(looked_at).collect())
    }

    fn level(&self, conn: &mut Conn) -> Result<Level> {
        level_below(conn, self.query.within, self.query.level)
    }

    /// The areas that are told of for any of these metrics: those of the one that is told of most.
    fn range(&self, sight: Sight, metrics: &[MetricRow]) -> (i64, i64) {
        let public = metrics.iter().filter(|metric| metric.visibility == Visibility::Public);
        let widest: &[MetricRow] = if public.count() > 0 { &[] } else { metrics };
        Extent::new(self.query.within, sight, widest).range
    }

    /// The days on one of which an area has to exist to be looked at for any of these metrics.
    fn days(&self, metrics: &[MetricRow]) -> Period {
        let days = metrics.iter().map(|metric| counted_days(metric.kind, self.period));
        // All end with the period.
        days.min().unwrap_or(self.period.end())
    }

    /// Calls `each` for every row after a place, until it wants no more: with an area, a metric, and the accumulations
    /// that were reported, which are looked up only where they matter.
    fn walk(
        &self,
        conn: &mut Conn,
        sight: Sight,
        after: Option<&(AreaCode, String)>,
        looks_up: bool,
        mut each: impl FnMut(AreaCode, &MetricRow, &[Accumulation]) -> bool,
    ) -> Result<()> {
        let metrics = self.metrics(conn, sight)?;
        let codes: Vec<String> = metrics.iter().map(|metric| metric.code.clone()).collect();
        let (level, days) = (self.level(conn)?, self.days(&metrics));
        let (mut first, last) = self.range(sight, &metrics);
        // The area of the place itself may have more rows.
        first = after.map_or(first, |(area, _)| first.max(area.as_i64()));
        let (mut chunk, mut goes_on) = (FIRST_CHUNK, true);
        while goes_on {
            let areas = areas::existing_between(conn, (first, last), level, days, Some(chunk))?;
            let Some(end) = areas.last() else { return Ok(()) };
            let places = match level {
                // Most of what is stated between two villages is of villages.
                Level::Village => Places::Codes(areas[0].code.as_i64(), end.code.as_i64(), None),
                _ => Places::These(areas.iter().map(|area| area.code).collect()),
            };
            first = end.code.as_i64() + 1;
            chunk = (2 * chunk).min(CHUNK);
            let mut found: HashMap<(AreaCode, &str), Vec<Accumulation>> = HashMap::new();
            let reported = match looks_up {
                true => figures::reported(conn, &codes, &places, self.period, self.moment(sight))?,
                false => Vec::new(),
            };
            for (area, metric, accumulation) in &reported {
                found.entry((*area, metric)).or_default().push(*accumulation);
            }
            goes_on = areas.iter().all(|area| {
                metrics.iter().all(|metric| {
                    let code = metric.code.as_str();
                    let accumulations = found.get(&(area.code, code)).map_or(&[][..], Vec::as_slice);
                    let seen = metric.visibility == Visibility::Public || sight.internal.covers(area.code);
                    let wanted = seen
                        && area.life.meets(counted_days(metric.kind, self.period))
                        && self.query.reported.is_none_or(|wanted| wanted != accumulations.is_empty())
                        && after.is_none_or(|(after, than)| (area.code, code) > (*after, than.as_str()));
                    !wanted || each(area.code, metric, accumulations)
                })
            });
        }
        Ok(())
    }

    /// What is reported of the period and has no row.
    fn outside_life(&self, conn: &mut Conn, sight: Sight, metrics: &[MetricRow]) -> Result<OutsideLife> {
        let (reached, moment) = ((self.range(sight, metrics), self.level(conn)?), self.moment(sight));
        outside_life::of_period(conn, metrics, reached, self.period, moment)
    }
}

impl Listing for Completeness {
    type Key = (AreaCode, String);
    type Item = CompletenessRow;

    fn check(&self, conn: &mut Conn, sight: Sight) -> Result<()> {
        metrics::check(conn, sight, "metric", &self.query.metric)?;
        metrics::check_themes(conn, sight, &self.query.theme)?;
        self.level(conn).map(drop)
    }

    fn page(
        &self,
        conn: &mut Conn,
        sight: Sight,
        window: &Window<Self::Key>,
    ) -> Result<Vec<CompletenessRow>> {
        let limit = usize::try_from(window.limit).unwrap_or(usize::MAX);
        let mut rows = Vec::new();
        self.walk(conn, sight, window.after.as_ref(), true, |area, metric, accumulations| {
            rows.push(CompletenessRow {
                area,
                metric: metric.code.clone(),
                period: self.period,
                reported: !accumulations.is_empty(),
                accumulations: accumulations.to_vec(),
            });
            rows.len() < limit
        })?;
        Ok(rows)
    }

    fn count(&self, conn: &mut Conn, sight: Sight) -> Result<i64> {
        let mut count = 0;
        self.walk(conn, sight, None, self.query.reported.is_some(), |_, _, _| {
            count += 1;
            true
        })?;
        Ok(count)
    }

    fn key(&self, row: &CompletenessRow) -> Self::Key {
        (row.area, row.metric.clone())
    }

    fn good_until(&self, conn: &mut Conn) -> Result<Option<NaiveDateTime>> {
        next_change(conn, self.moment(Sight::PUBLIC), self.now)
    }

    fn meta(&self, conn: &mut Conn, sight: Sight) -> Result<Option<serde_json::Value>> {
        let (level, metrics) = (self.level(conn)?, self.metrics(conn, sight)?);
        let meta = CompletenessMeta {
            within: self.query.within,
            level,
            period: self.period,
            scope: Extent::new(self.query.within, sight, &metrics).scope,
            areas: existing(conn, self.range(sight, &metrics), level, self.days(&metrics))?.len(),
            outside_life: self.outside_life(conn, sight, &metrics)?.into(),
            metrics: metrics.into_iter().map(|metric| metric.code).collect(),
        };
        serde_json::to_value(meta).map(Some).map_err(unwritable)
    }

    fn is_long(&self) -> bool {
        true
    }
}

/// See who has reported what
///
/// For every area of a level and every metric whether a result of exactly this area and period is there:
/// what is missing is told as well as what is reported. For a flow areas count that exist on any day of the period,
/// for all else those of its last day.
#[utoipa::path(tag = "statistics", params(CompletenessQuery, PageQuery), responses((status = 200, description = "A page of the reporting matrix, in order of area and metric", body = Statistics<CompletenessMeta, CompletenessRow>)))]
#[get("/completeness")]
pub async fn list_completeness(
    db: Data<Db>,
    request: HttpRequest,
    query: Query<(CompletenessQuery, PageQuery)>,
) -> Result<Answer, Problem> {
    let Query((query, paging)) = query;
    let period = query.period.ok_or(Error::Cancelled)?;
    page::list(&db, &request, paging, Completeness { query, period, now: now() }).await
}
