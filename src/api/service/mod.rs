//! The service itself: health, version, counters, the OpenAPI document, problem types.

pub mod problems;
pub mod types;

use std::sync::Arc;

use actix_web::http::header;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, Responder, get, web};

use super::answer::Answer;
use super::observe::Metrics;
use super::problem::Problem;
use super::query::{NoParameters, Query};
use crate::db::{Db, dialect};
use crate::error::{Error, Thing, chain};
use types::{Health, Version};

/// The OpenAPI document, rendered once.
#[derive(Clone)]
pub struct Document(pub Arc<str>);

/// Is the process alive
///
/// Answers as long as the process runs, whatever the database does.
#[utoipa::path(
    tag = "service",
    responses((status = 200, description = "The process is alive", body = Health)),
)]
#[get("/healthz")]
pub async fn show_health(_query: Query<NoParameters>) -> impl Responder {
    web::Json(Health { status: "ok".to_owned() })
}

/// Is the service ready
///
/// Answers 200 when the database can be reached and written and is migrated by this program or an older one, else
/// 503.
#[utoipa::path(
    tag = "service",
    responses((status = 200, description = "The service is ready", body = Health)),
)]
#[get("/readyz")]
pub async fn show_readiness(db: Data<Db>, _query: Query<NoParameters>) -> Result<web::Json<Health>, Problem> {
    match is_ready(&db).await {
        Ok(true) => Ok(web::Json(Health { status: "ok".to_owned() })),
        Ok(false) => Err(Error::Busy("migrations are missing".to_owned()).into()),
        Err(error @ (Error::Busy(_) | Error::Unusable(_))) => Err(error.into()),
        Err(error) => Err(Error::Busy(chain(&error)).into()),
    }
}

async fn is_ready(db: &Db) -> Result<bool, Error> {
    let is_migrated = db.read(dialect::is_migrated).await?.data;
    if is_migrated {
        db.check_writable().await?;
    }
    Ok(is_migrated)
}

/// Version of the service
///
/// Name and version of the program, and which database it runs on.
#[utoipa::path(tag = "service", responses((status = 200, description = "The version", body = Version)))]
#[get("/version")]
pub async fn show_version(db: Data<Db>, _query: Query<NoParameters>) -> impl Responder {
    web::Json(Version {
        name: env!("CARGO_PKG_NAME").to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        database: db.kind().to_owned(),
    })
}

/// Counters of the service
///
/// Requests by route and status, a histogram of their time, the connection pool and the head of the
/// ledger, in the text format of Prometheus.
#[utoipa::path(
    tag = "service",
    responses((status = 200, description = "The counters", body = String, content_type = "text/plain")),
)]
#[get("/-/metrics")]
pub async fn show_counters(
    db: Data<Db>,
    metrics: Data<Metrics>,
    _query: Query<NoParameters>,
) -> Result<HttpResponse, Problem> {
    // Refreshes the head; when the database is away, the last head seen is still worth telling.
    if let Err(error) = db.head().await {
        tracing::warn!(error = chain(&error), "the ledger head could not be read");
    }
    let text = metrics.text(&db).map_err(|error| Error::Corrupt(error.to_string()))?;
    Ok(HttpResponse::Ok().insert_header((header::CONTENT_TYPE, "text/plain; version=0.0.4")).body(text))
}

/// The OpenAPI document
///
/// This document: every operation, parameter and answer of the service.
#[utoipa::path(
    tag = "service",
    responses((
        status = 200,
        description = "The OpenAPI document",
        content_type = "application/json",
        body = serde_json::Value,
    )),
)]
#[get("/openapi.json")]
pub async fn show_openapi(
    db: Data<Db>,
    document: Data<Document>,
    _query: Query<NoParameters>,
) -> Result<Answer, Problem> {
    let head = db.head().await?;
    Ok(Answer::json(head, document.0.as_bytes().to_vec()))
}

/// Explain a problem type
///
/// The page behind the `type` of a problem document, in Chinese and English.
#[utoipa::path(
    tag = "service",
    params((
        "slug" = String,
        Path,
        description = "Last part of the problem type",
        example = "unknown_parameter",
    )),
    responses((status = 200, description = "The explanation", body = String, content_type = "text/html")),
)]
#[get("/problems/{slug}")]
pub async fn show_problem_type(
    slug: web::Path<String>,
    _request: HttpRequest,
    _query: Query<NoParameters>,
) -> Result<HttpResponse, Problem> {
    let page = problems::page(&slug)
        .ok_or_else(|| Error::NotFound { what: Thing::Problem, key: slug.into_inner() })?;
    Ok(HttpResponse::Ok().insert_header((header::CONTENT_TYPE, "text/html; charset=utf-8")).body(page))
}
