//! `GET /metrics`; `GET`, `PUT`, `PATCH` and `DELETE /metrics/{code}`.

pub mod types;

use actix_web::web::Data;
use actix_web::{HttpRequest, delete, get, patch, put};

use super::answer::Answer;
use super::body::Nothing;
use super::body::rows::{Put, same_code};
use super::listing::Listing;
use super::page::{self, Page, PageQuery};
use super::problem::Problem;
use super::query::{Code, Fields, FromFields, NoParameters, Query};
use super::write::Write;
use super::write::done::Done;
use super::write::intent::Intent;
use super::write::parameters::WhyQuery;
use crate::db::idempotency::Reply;
use crate::db::ledger::Entry;
use crate::db::metrics::{self, MetricFilter, MetricRow, members};
use crate::db::{Conn, Db, Window, outside, units};
use crate::domain::access::Sight;
use crate::domain::code::Code as MetricCode;
use crate::domain::codes::Visibility;
use crate::error::{Result, only};
use crate::exchange::drafts::Draft;
use crate::exchange::drafts::reference::metric_row;
use types::{Metric, MetricChanges, MetricInput};

impl FromFields for MetricFilter {
    fn from_fields(fields: &mut Fields) -> MetricFilter {
        MetricFilter {
            theme: fields.texts("theme"),
            kind: fields.many("kind"),
            unit: fields.words("unit"),
            q: fields.one("q"),
            status: fields.many("status"),
        }
    }
}

/// Metrics as they go over the wire, in the order of the rows.
pub fn wire(conn: &mut Conn, sight: Sight, rows: Vec<MetricRow>) -> Result<Vec<Metric>> {
    Ok(metrics::seen(conn, sight, rows)?.into_iter().map(Metric::from).collect())
}

impl Listing for MetricFilter {
    type Key = String;
    type Item = Metric;

    fn check(&self, conn: &mut Conn, sight: Sight) -> Result<()> {
        metrics::check_themes(conn, sight, &self.theme)?;
        for unit in &self.unit {
            units::named(conn, "unit", unit)?;
        }
        Ok(())
    }

    fn page(&self, conn: &mut Conn, sight: Sight, window: &Window<String>) -> Result<Vec<Metric>> {
        let rows = metrics::list(conn, sight, self, window)?;
        wire(conn, sight, rows)
    }

    fn count(&self, conn: &mut Conn, sight: Sight) -> Result<i64> {
        metrics::count(conn, sight, self)
    }

    fn key(&self, metric: &Metric) -> String {
        metric.members.code.clone()
    }
}

/// List metrics
///
/// The dictionary of metrics in order of their code: what each counts, in which unit, and how it
/// rolls up.
#[utoipa::path(
    tag = "metrics",
    params(MetricFilter, PageQuery),
    responses((status = 200, description = "A page of metrics", body = Page<Metric>)),
)]
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
#[utoipa::path(
    tag = "metrics",
    params((
        "code" = MetricCode,
        Path,
        description = "Code of the metric",
        example = "housing.illegal.demolished_area",
    )),
    responses((status = 200, description = "The metric", body = Metric)),
)]
#[get("/metrics/{code}")]
pub async fn show_metric(
    db: Data<Db>,
    request: HttpRequest,
    code: Code<MetricCode>,
    sight: Sight,
    _query: Query<NoParameters>,
) -> Result<Answer, Problem> {
    let row = db
        .read(move |conn| {
            let row = metrics::find(conn, sight, code.0.as_str())?;
            only(wire(conn, sight, vec![row])?)
        })
        .await?;
    Answer::one(&request, row.data.seq, &row)
}

/// The metric as it is answered.
fn shown(conn: &mut Conn, sight: Sight, row: MetricRow) -> Result<Metric> {
    only(wire(conn, sight, vec![row])?)
}

/// A metric is everybody's: whoever changes it covers all who use it.
fn may_change(conn: &mut Conn, intent: &Intent, code: &str) -> Result<()> {
    intent.may_change_shared(outside::uses_metric(conn, intent.caller.reach(), code)?)
}

/// Create or replace a metric
///
/// Puts a metric under a code: a new one with `If-None-Match: *`, in the place of the old one with
/// `If-Match`. Absent members have their defaults. The unit and the kind stay while there are observations (409);
/// what these mean (definition, rules, terms and weight) changes for the reason `definition` alone (422) and
/// marks a break in series. A metric that has figures, or is referred to, outside of the area of the key is
/// changed by a key that covers them all (403).
#[utoipa::path(
    tag = "metrics",
    params((
        "code" = MetricCode,
        Path,
        description = "Code of the metric",
        example = "housing.illegal.demolished_area",
    )),
    request_body = MetricInput,
    responses(
        (status = 200, description = "The metric, replaced", body = Metric),
        (status = 201, description = "The metric, created", body = Metric),
    ),
    extensions(("x-min-role" = json!("editor"))),
)]
#[put("/metrics/{code}")]
pub async fn replace_metric(
    db: Data<Db>,
    write: Write<Put<members::Metric>>,
    code: Code<MetricCode>,
) -> Result<Done, Problem> {
    let Write { intent, body, .. } = write;
    let code = code.0.to_string();
    let work = move |entry: &mut Entry<'_>, intent: &Intent| {
        let before = metrics::get(entry.conn, &code)?;
        if before.is_some() {
            may_change(entry.conn, intent, &code)?;
        }
        intent.matches_or_creates(before.as_ref().map(|metric| metric.seq))?;
        let told = before.clone().map(|before| shown(entry.conn, intent.sight(), before)).transpose()?;
        let draft = body
            .checked_with(entry.conn, intent.sight(), members::Metric::REFERENCES)?
            .over(told.as_ref())?;
        same_code(&draft.code, &code)?;
        draft.check_references(entry.conn, intent.sight())?;
        match before {
            Some(before) => replace(entry, intent, &before, draft),
            None => {
                draft.insert(entry)?;
                let row = metrics::find(entry.conn, intent.sight(), &code)?;
                let metric = shown(entry.conn, intent.sight(), row)?;
                Done::created(format!("/api/v1/metrics/{code}"), metric.seq, &metric)
            }
        }
    };
    intent.commit(&db, work).await
}

fn replace(
    entry: &mut Entry<'_>,
    intent: &Intent,
    before: &MetricRow,
    draft: &members::Metric,
) -> Result<Reply> {
    let row = metric_row(draft, entry)?;
    // It would show figures of everywhere.
    if before.visibility == Visibility::Internal && row.visibility == Visibility::Public {
        intent.may_write_everywhere()?;
    }
    metrics::update(entry, before, &row)?;
    let row = metrics::find(entry.conn, intent.sight(), &row.code)?;
    let metric = shown(entry.conn, intent.sight(), row)?;
    Done::row(metric.seq, &metric)
}

/// Change a metric
///
/// A merge patch (RFC 7396): absent members stay, null clears. What stays while there are observations, what
/// needs the reason `definition`, and whose key may: as with PUT.
#[utoipa::path(
    tag = "metrics",
    params((
        "code" = MetricCode,
        Path,
        description = "Code of the metric",
        example = "housing.illegal.demolished_area",
    )),
    request_body(content = MetricChanges, content_type = "application/merge-patch+json"),
    responses((status = 200, description = "The metric, changed", body = Metric)),
    extensions(("x-min-role" = json!("editor"))),
)]
#[patch("/metrics/{code}")]
pub async fn update_metric(
    db: Data<Db>,
    write: Write<MetricChanges>,
    code: Code<MetricCode>,
) -> Result<Done, Problem> {
    let Write { intent, body, .. } = write;
    let work = move |entry: &mut Entry<'_>, intent: &Intent| {
        let before = metrics::find(entry.conn, intent.sight(), code.0.as_str())?;
        may_change(entry.conn, intent, &before.code)?;
        let draft = intent.changed(&body, &shown(entry.conn, intent.sight(), before.clone())?, before.seq)?;
        draft.check_references(entry.conn, intent.sight())?;
        replace(entry, intent, &before, &draft)
    };
    intent.commit(&db, work).await
}

/// Delete a metric
///
/// 409 while observations, other metrics or plan items refer to it; a metric that is no longer used
/// can be retired instead. 403 where that is outside of the area of the key.
#[utoipa::path(
    tag = "metrics",
    params(
        (
            "code" = MetricCode,
            Path,
            description = "Code of the metric",
            example = "housing.illegal.demolished_area",
        ),
        WhyQuery,
    ),
    responses((status = 204, description = "The metric is gone")),
    extensions(("x-min-role" = json!("editor"))),
)]
#[delete("/metrics/{code}")]
pub async fn delete_metric(
    db: Data<Db>,
    write: Write<Nothing, WhyQuery>,
    code: Code<MetricCode>,
) -> Result<Done, Problem> {
    let work = move |entry: &mut Entry<'_>, intent: &Intent| {
        let before = metrics::find(entry.conn, intent.sight(), code.0.as_str())?;
        may_change(entry.conn, intent, &before.code)?;
        intent.matches(before.seq)?;
        metrics::delete(entry, &before)?;
        Ok(Done::gone())
    };
    write.intent.commit(&db, work).await
}
