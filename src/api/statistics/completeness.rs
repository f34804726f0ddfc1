//! `GET /completeness`.

use actix_web::web::Data;
use actix_web::{HttpRequest, get};
use chrono::NaiveDateTime;
use serde::Serialize;
use utoipa::ToSchema;

use super::NO_PERIOD;
use super::types::NotCounted;
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
use crate::domain::codes::{Accumulation, Level};
use crate::domain::period::Period;
use crate::domain::when::When;
use crate::error::Result;
use crate::exchange::table::Tabular;
use crate::exchange::writer::unwritable;
use crate::statistics::completeness::{Completeness, Row, Shared};

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

impl Tabular for CompletenessRow {}

impl Listing for Completeness {
    type Key = (AreaCode, String);
    type Item = CompletenessRow;

    fn check(&self, conn: &mut Conn, sight: Sight) -> Result<()> {
        Completeness::check(self, conn, sight)
    }

    fn page(
        &self,
        conn: &mut Conn,
        sight: Sight,
        window: &Window<Self::Key>,
    ) -> Result<Vec<CompletenessRow>> {
        let limit = usize::try_from(window.limit).unwrap_or(usize::MAX);
        let row = |Row { area, metric, accumulations }| {
            let (period, reported) = (self.period, !accumulations.is_empty());
            CompletenessRow { area, metric, period, reported, accumulations }
        };
        Ok(self.rows(conn, sight, window.after.as_ref(), limit)?.into_iter().map(row).collect())
    }

    fn count(&self, conn: &mut Conn, sight: Sight) -> Result<i64> {
        Completeness::count(self, conn, sight)
    }

    fn key(&self, row: &CompletenessRow) -> Self::Key {
        (row.area, row.metric.clone())
    }

    fn good_until(&self, conn: &mut Conn) -> Result<Option<NaiveDateTime>> {
        next_change(conn, self.moment(Sight::PUBLIC), self.now)
    }

    fn meta(&self, conn: &mut Conn, sight: Sight) -> Result<Option<serde_json::Value>> {
        let Shared { level, scope, areas, metrics, outside_life } = self.shared(conn, sight)?;
        let (within, period, outside_life) = (self.within, self.period, outside_life.into());
        let meta = CompletenessMeta { within, scope, level, period, areas, metrics, outside_life };
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
#[utoipa::path(
    tag = "statistics",
    params(CompletenessQuery, PageQuery),
    responses((
        status = 200,
        description = "A page of the reporting matrix, in order of area and metric",
        body = Statistics<CompletenessMeta, CompletenessRow>,
    )),
)]
#[get("/completeness")]
pub async fn list_completeness(
    db: Data<Db>,
    request: HttpRequest,
    query: Query<(CompletenessQuery, PageQuery)>,
) -> Result<Answer, Problem> {
    let Query((query, paging)) = query;
    let CompletenessQuery { within, level, period, metric, theme, reported, as_of } = query;
    let (period, as_of) = (period.ok_or(NO_PERIOD)?, as_of.map(AsOf::time));
    let asked = Completeness { within, level, period, metric, theme, reported, as_of, now: now() };
    page::list(&db, &request, paging, asked).await
}
