//! What is seen of every request: its id, one line of log, the counters; and the last stop of every
//! refusal, where it becomes a problem document.

use std::panic::AssertUnwindSafe;
use std::time::Instant;

use actix_cors::CorsError;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{HttpMessage, HttpRequest, HttpResponse};
use futures_util::FutureExt;
use prometheus::{
    Encoder, HistogramOpts, HistogramVec, IntCounterVec, IntGauge, Opts, Registry, TextEncoder,
};

use super::access;
use super::headers::{self, Origins};
use super::operations::Operations;
use super::problem::Problem;
use super::problem::panicked::Panicked;
use super::request_id::{self, REQUEST_ID};
use crate::db::Db;
use crate::domain::access::Caller;
use crate::error::{Error, Invalid};

/// Counters and histograms of a process, for Prometheus.
pub struct Metrics {
    registry: Registry,
    requests: IntCounterVec,
    durations: HistogramVec,
    head: IntGauge,
    pool_open: IntGauge,
    pool_idle: IntGauge,
}

impl Metrics {
    /// A fresh set of counters.
    ///
    /// Errors: only when two counters had one name, which a test would find.
    pub fn new() -> Result<Metrics, prometheus::Error> {
        let metrics = Metrics {
            registry: Registry::new(),
            requests: IntCounterVec::new(
                Opts::new("taizhang_requests_total", "Requests by route, method and status."),
                &["route", "method", "status"],
            )?,
            durations: HistogramVec::new(
                HistogramOpts::new("taizhang_request_duration_seconds", "Time to answer, by route.")
                    .buckets(vec![0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0]),
                &["route"],
            )?,
            head: IntGauge::new("taizhang_ledger_head", "Number of the newest entry seen.")?,
            pool_open: IntGauge::new(
                "taizhang_pool_connections",
                "Open connections to PostgreSQL for reads.",
            )?,
            pool_idle: IntGauge::new("taizhang_pool_idle_connections", "Idle ones of these connections.")?,
        };
        metrics.registry.register(Box::new(metrics.requests.clone()))?;
        metrics.registry.register(Box::new(metrics.durations.clone()))?;
        for gauge in [&metrics.head, &metrics.pool_open, &metrics.pool_idle] {
            metrics.registry.register(Box::new(gauge.clone()))?;
        }
        Ok(metrics)
    }

    /// The counters in the text format of Prometheus.
    pub fn text(&self, db: &Db) -> Result<Vec<u8>, prometheus::Error> {
        self.head.set(db.last_seen_head());
        let (open, idle) = db.pool_state().unwrap_or((0, 0));
        self.pool_open.set(i64::from(open));
        self.pool_idle.set(i64::from(idle));
        let mut text = Vec::new();
        TextEncoder::new().encode(&self.registry.gather(), &mut text)?;
        Ok(text)
    }
}

/// Gives the request an id, answers HEAD as GET, turns refusals into problem documents, counts and
/// logs.
pub async fn every_request(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let begun = Instant::now();
    let id = request_id::give(request.request());
    let method = request.method().clone();
    if method == Method::HEAD {
        // The server itself leaves the body out, since the client asked by HEAD.
        request.head_mut().method = Method::GET;
    }
    let metrics = request.app_data::<Data<Metrics>>().cloned();
    let origins = request.app_data::<Data<Origins>>().cloned();

    let aside = Panicked::by(request.request());
    let mut response = match AssertUnwindSafe(next.call(request)).catch_unwind().await {
        Ok(response) => document(response?.map_into_boxed_body()),
        Err(_) => {
            tracing::error!(request_id = id, method = method.as_str(), "a handler panicked");
            return Err(aside.into());
        }
    };

    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    if let Some(origins) = origins {
        let path = response.request().path().to_owned();
        headers::protect(response.headers_mut(), &path, &origins);
    }
    let route = response.request().match_pattern().unwrap_or_else(|| "none".to_owned());
    let status = response.status().as_u16();
    let elapsed = begun.elapsed();
    if let Some(metrics) = metrics {
        metrics
            .requests
            .with_label_values(&[route.as_str(), method_label(&method), &status.to_string()])
            .inc();
        metrics.durations.with_label_values(&[&route]).observe(elapsed.as_secs_f64());
    }
    tracing::info!(
        request_id = id,
        method = method.as_str(),
        route,
        status,
        peer = access::peer(response.request()),
        key = response.request().extensions().get::<Caller>().map(|caller| caller.id.as_str()),
        duration_us = u64::try_from(elapsed.as_micros()).unwrap_or(u64::MAX),
        "request"
    );
    Ok(response)
}

/// Refuses a path that is no text, and turns every refusal into its problem document, to which what
/// stands outside then adds its headers.
pub async fn refusals(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    if percent_encoding::percent_decode_str(request.path()).decode_utf8().is_err() {
        let message = ("路径不是有效的 UTF-8", "The path is not valid UTF-8.");
        let problem = Problem::malformed(Invalid::new("not_utf8", message.0, message.1));
        let response = problem.respond(request.request());
        return Ok(request.into_response(response));
    }
    Ok(document(next.call(request).await?.map_into_boxed_body()))
}

/// A client may invent methods without end; a counter has only so many labels.
fn method_label(method: &Method) -> &str {
    match method.as_str() {
        known @ ("GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE" | "OPTIONS") => known,
        _ => "other",
    }
}

/// Gives a refusal its document, whoever refused.
fn document(response: ServiceResponse<BoxBody>) -> ServiceResponse<BoxBody> {
    let is_document = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"application/problem+json"));
    if !response.status().is_client_error() && !response.status().is_server_error() || is_document {
        return response;
    }
    let refused = match response.response().error() {
        Some(error) => refusal(response.request(), error),
        None => by_status(response.request(), response.status()),
    };
    response.into_response(refused)
}

fn refusal(request: &HttpRequest, error: &actix_web::Error) -> HttpResponse {
    // Where a browser's question is not granted, OPTIONS is a method like any other.
    if error.as_error::<CorsError>().is_some()
        && let Some(operations) = request.app_data::<Data<Operations>>()
    {
        return operations.refusal(request).respond(request);
    }
    match error.as_error::<Problem>() {
        Some(problem) => problem.respond(request),
        None => by_status(request, error.as_response_error().status_code()),
    }
}

fn by_status(request: &HttpRequest, status: StatusCode) -> HttpResponse {
    let problem = match status {
        StatusCode::NOT_FOUND => Problem::no_such_path(request.path()),
        status if status.is_client_error() => Problem::malformed(Invalid::new(
            "malformed_request",
            "请求无法读取",
            "The request cannot be read.",
        )),
        _ => Problem::from(Error::Bug("an answer of status 5xx that is no problem")),
    };
    problem.respond(request)
}
