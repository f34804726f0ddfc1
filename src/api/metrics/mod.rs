//! `GET /metrics`, `GET /metrics/{code}`.

pub mod types;

use actix_web::web::Data;
use actix_web::{HttpRequest, get};

use super::answer::Answer;
use super::page::{self, Listing, Page, PageQuery};
use super::problem::Problem;
use super::query::{Code, Fields, FromFields, NoParameters, Query};
use crate::db::metrics::{self, MetricFilter};
use crate::db::{Conn, Db, Window, units};
use crate::domain::code::Code as MetricCode;
use crate::error::{Error, Result};
use types::Metric;

impl FromFields for MetricFilter {
    fn from_fields(fields: &mut Fields) -> MetricFilter {
        MetricFilter {
            theme: fields.words("theme"),
            kind: fields.many("kind"),
            unit: fields.words("unit"),
            q: fields.one("q"),
            status: fields.many("status"),
        }
    }
}

impl Listing for MetricFilter {
    type Key = String;
    type Item = Metric;

    fn check(&self, conn: &mut Conn) -> Result<()> {
        for unit in &self.unit {
            units::named(conn, "unit", unit)?;
        }
        Ok(())
    }

    fn page(&self, conn: &mut Conn, window: &Window<String>) -> Result<Vec<Metric>> {
        let rows = metrics::list(conn, self, window)?;
        metrics::seen(conn, rows)?.into_iter().map(Metric::try_from).collect()
    }

    fn count(&self, conn: &mut Conn) -> Result<i64> {
        metrics::count(conn, self)
    }

    fn key(&self, metric: &Metric) -> String {
        metric.code.clone()
    }
}

/// List metrics
///
/// The dictionary of metrics in order of their code: what each counts, in which unit, and how it
/// rolls up.
#[utoipa::path(tag = "metrics", params(MetricFilter, PageQuery), responses((status = 200, description = "A page of metrics", body = Page<Metric>)))]
#[get("/metrics")]
pub async fn list_metrics(
    db: Data<Db>,
    request: HttpRequest,
    query: Query<(MetricFilter, PageQuery)>,
) -> Result<Answer, Problem> {
    let Query((filter, paging)) = query;
    page::list(&db, &request, paging, filter).await
}

/// Read one metric
///
/// One metric of the dictionary by its code.
#[utoipa::path(tag = "metrics", params(("code" = MetricCode, Path, description = "Code of the metric", example = "housing.illegal.demolished_area")), responses((status = 200, description = "The metric", body = Metric)))]
#[get("/metrics/{code}")]
pub async fn show_metric(
    db: Data<Db>,
    request: HttpRequest,
    code: Code<MetricCode>,
    _query: Query<NoParameters>,
) -> Result<Answer, Problem> {
    let row = db
        .read(move |conn| {
            let row = metrics::find(conn, code.0.as_str())?;
            metrics::seen(conn, vec![row])?.pop().map_or(Err(Error::Cancelled), Metric::try_from)
        })
        .await?;
    Answer::one(&request, row.data.seq, &row)
}
