//! The HTTP face: what a service is made of, and what every request passes through. One module for each
//! resource, their handlers in `routes`; `observe` and `cache` stand before all of them, `problem` behind.

pub mod access;
pub mod answer;
pub mod areas;
pub mod attachments;
pub mod base;
pub mod body;
pub mod bulletins;
pub mod cache;
pub mod changes;
mod condition;
pub mod connection;
mod documentation;
pub mod download;
pub mod entries;
pub mod format;
pub mod headers;
pub mod keys;
mod known_keys;
pub mod language;
pub mod light;
pub mod light_rules;
pub mod limits;
pub mod listing;
pub mod made_of;
pub mod metrics;
pub mod observations;
pub mod observe;
pub mod openapi;
pub mod operations;
pub mod pace;
pub mod page;
pub mod payload;
pub mod plan_items;
pub mod plans;
pub mod problem;
pub mod progress_reports;
pub mod projects;
pub mod query;
pub mod refused;
pub mod reports;
pub mod request_id;
pub mod routes;
pub mod search;
pub mod server;
pub mod service;
pub mod stamped;
pub mod statistics;
pub mod submissions;
pub mod timeline;
pub mod turns;
pub mod units;
pub mod villages;
pub mod write;
pub mod written;

use std::sync::{Arc, OnceLock};

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::middleware::from_fn;
use actix_web::web::{self, Data};
use actix_web::{App, Error, HttpRequest};
use utoipa::openapi::Server;
use utoipa_actix_web::AppExt;

use crate::db::Db;
use crate::exchange::oc4ids::Publisher;
use crate::storage::Store;
use cache::Answers;
use headers::Origins;
use known_keys::KnownKeys;
use limits::{PerSecond, Rates};
use observe::Metrics;
use operations::Operations;
use problem::Problem;
use service::Document;
use turns::Clients;

/// How the service is to be had.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Memory for ready answers, in bytes.
    pub cache_bytes: u64,
    /// How much of a body is read.
    pub body: payload::Limits,
    /// How many requests are taken of one client.
    pub rates: PerSecond,
    /// What downloads under way may take of `TMPDIR` together, in bytes.
    pub download_bytes: u64,
    /// Which pages may read answers.
    pub origins: Origins,
    /// Where the files of attachments lie; if not said, in memory.
    pub store: Store,
    /// Who publishes packages of data.
    pub publisher: Publisher,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            cache_bytes: 16 << 20,
            body: payload::Limits::default(),
            rates: PerSecond::default(),
            download_bytes: 4 << 30,
            origins: Origins::default(),
            store: Store::in_memory(),
            publisher: Publisher::default(),
        }
    }
}

/// What all workers of a process share.
#[derive(Clone)]
pub struct Shared {
    db: Data<Db>,
    answers: Data<Answers>,
    metrics: Data<Metrics>,
    document: Data<Document>,
    operations: Data<Operations>,
    body: payload::Limits,
    rates: Data<Rates>,
    keys: Data<KnownKeys>,
    clients: Data<Clients>,
    origins: Data<Origins>,
    store: Data<Store>,
    publisher: Data<Publisher>,
}

impl Shared {
    /// The shared parts of a service over `db`.
    pub fn new(db: Db, settings: Settings) -> Result<Shared, crate::error::Error> {
        let (operations, document) = described()?;
        let metrics = Metrics::new().map_err(|error| crate::error::Error::Corrupt(error.to_string()))?;
        Ok(Shared {
            clients: Data::new(Clients::new(&db, settings.download_bytes)),
            db: Data::new(db),
            answers: Data::new(Answers::new(settings.cache_bytes)),
            metrics: Data::new(metrics),
            operations,
            document,
            body: settings.body,
            rates: Data::new(Rates::new(settings.rates)),
            keys: Data::new(KnownKeys::new()),
            origins: Data::new(settings.origins),
            store: Data::new(settings.store),
            publisher: Data::new(settings.publisher),
        })
    }
}

/// What the service says of itself: made once in a process, for it takes longer than most requests, and a test
/// has a service of its own.
fn described() -> Result<(Data<Operations>, Data<Document>), crate::error::Error> {
    static MADE: OnceLock<(Data<Operations>, Data<Document>)> = OnceLock::new();
    if let Some(made) = MADE.get() {
        return Ok(made.clone());
    }
    let mut document = openapi::document();
    document.servers = Some(vec![Server::new(base::address("/"))]);
    let operations = Data::new(Operations::of(&document));
    let document = Data::new(Document(Arc::from(openapi::rendered(&document)?)));
    Ok(MADE.get_or_init(|| (operations, document)).clone())
}

/// The application: every route, with the same settings in production and in tests.
pub fn app(
    shared: &Shared,
) -> App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<impl MessageBody + use<>>,
        Error = Error,
        InitError = (),
    > + use<>,
> {
    App::new()
        .app_data(shared.db.clone())
        .app_data(shared.answers.clone())
        .app_data(shared.metrics.clone())
        .app_data(shared.document.clone())
        .app_data(shared.operations.clone())
        .app_data(shared.body)
        .app_data(shared.rates.clone())
        .app_data(shared.keys.clone())
        .app_data(shared.clients.clone())
        .app_data(shared.origins.clone())
        .app_data(shared.store.clone())
        .app_data(shared.publisher.clone())
        .into_utoipa_app()
        .configure(routes::routes)
        .into_app()
        .configure(documentation::pages)
        .default_service(web::to(nowhere))
        .wrap(from_fn(cache::ready))
        .wrap(from_fn(access::guard))
        .wrap(from_fn(observe::refusals))
        .wrap(from_fn(limits::by_address))
        .wrap(shared.origins.cors())
        .wrap(from_fn(observe::every_request))
        .wrap(from_fn(connection::hold))
}

async fn nowhere(request: HttpRequest, operations: Data<Operations>) -> Result<&'static str, Problem> {
    Err(operations.refusal(&request))
}
