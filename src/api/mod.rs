//! The HTTP face: the tree of routes, and what every request passes through. One module for each
//! resource; `observe` and `cache` stand before all of them, `problem` behind.

pub mod access;
pub mod answer;
pub mod areas;
pub mod attachments;
pub mod base;
pub mod body;
pub mod bulletins;
pub mod cache;
mod condition;
pub mod connection;
pub mod download;
pub mod entries;
pub mod format;
pub mod headers;
pub mod keys;
pub mod language;
pub mod light;
pub mod light_rules;
pub mod limits;
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
pub mod search;
pub mod server;
pub mod service;
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
use actix_web::{App, Error, HttpRequest, guard};
use utoipa::openapi::Server;
use utoipa_actix_web::AppExt;
use utoipa_actix_web::scope::scope;
use utoipa_actix_web::service_config::ServiceConfig;
use utoipa_swagger_ui::SwaggerUi;

use crate::db::Db;
use crate::exchange::oc4ids::Publisher;
use crate::storage::Store;
use cache::Answers;
use headers::Origins;
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
        .app_data(shared.clients.clone())
        .app_data(shared.origins.clone())
        .app_data(shared.store.clone())
        .app_data(shared.publisher.clone())
        .into_utoipa_app()
        .configure(routes)
        .into_app()
        .service(web::resource("/swagger-ui").guard(guard::Get()).to(swagger_ui))
        .service(SwaggerUi::new("/swagger-ui/{_:.*}").config(openapi::swagger_config()))
        .default_service(web::to(nowhere))
        .wrap(from_fn(cache::ready))
        .wrap(from_fn(access::guard))
        .wrap(from_fn(observe::refusals))
        .wrap(from_fn(limits::by_address))
        .wrap(shared.origins.cors())
        .wrap(from_fn(observe::every_request))
        .wrap(from_fn(connection::hold))
}

/// Every route of the service. Registered this way, each is in the OpenAPI document too.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(service::show_health)
        .service(service::show_readiness)
        .service(service::show_version)
        .service(service::show_counters)
        .service(service::show_openapi)
        .service(service::show_problem_type)
        .service(
            scope("/api/v1")
                .service(areas::list_areas)
                .service(areas::show_area)
                .service(areas::overview::show_area_overview)
                .service(areas::replace_area)
                .service(areas::update_area)
                .service(villages::list_villages)
                .service(villages::show_village)
                .service(villages::update_village)
                .service(units::list_units)
                .service(metrics::list_metrics)
                .service(metrics::show_metric)
                .service(metrics::replace_metric)
                .service(metrics::update_metric)
                .service(metrics::delete_metric)
                .service(statistics::series::list_metric_series)
                .service(statistics::aggregate::list_metric_aggregates)
                .service(statistics::ranking::list_metric_ranks)
                .service(statistics::completion::list_completion)
                .service(statistics::completeness::list_completeness)
                .service(observations::list_observations)
                .service(observations::show_observation)
                .service(observations::writing::create_observations)
                .service(observations::writing::update_observation)
                .service(observations::writing::delete_observation)
                .service(observations::list_observation_revisions)
                .service(submissions::list_submissions)
                .service(submissions::create_submission)
                .service(submissions::show_submission)
                .service(submissions::move_submission)
                .service(reports::list_reports)
                .service(reports::writing::create_report)
                .service(reports::show_report)
                .service(reports::writing::update_report)
                .service(reports::writing::delete_report)
                .service(reports::show_report_text)
                .service(reports::list_report_facts)
                .service(projects::list_projects)
                .service(projects::summary::show_project_summary)
                .service(projects::oc4ids::show_oc4ids_package)
                .service(projects::show_project)
                .service(projects::writing::create_project)
                .service(projects::writing::update_project)
                .service(projects::writing::delete_project)
                .service(projects::moves::move_project)
                .service(projects::milestones::list_project_milestones)
                .service(projects::milestones::create_project_milestone)
                .service(projects::milestones::show_project_milestone)
                .service(projects::milestones::update_project_milestone)
                .service(projects::milestones::delete_project_milestone)
                .service(progress_reports::list_project_progress_reports)
                .service(progress_reports::writing::create_project_progress_report)
                .service(progress_reports::show_project_progress_report)
                .service(timeline::show_project_timeline)
                .service(plans::list_plans)
                .service(plans::show_plan)
                .service(plans::scoreboard::show_scoreboard)
                .service(light_rules::list_light_rules)
                .service(plans::writing::create_plan)
                .service(plans::writing::update_plan)
                .service(plans::writing::delete_plan)
                .service(plan_items::list_plan_items)
                .service(plan_items::show_plan_item)
                .service(plan_items::writing::create_plan_item)
                .service(plan_items::writing::update_plan_item)
                .service(plan_items::writing::delete_plan_item)
                .service(plan_items::moves::move_plan_item)
                .service(plan_items::extensions::list_plan_item_extensions)
                .service(plan_items::extensions::create_plan_item_extension)
                .service(plan_items::extensions::show_plan_item_extension)
                .service(plan_items::extensions::move_plan_item_extension)
                .service(progress_reports::list_plan_item_progress_reports)
                .service(progress_reports::writing::create_plan_item_progress_report)
                .service(progress_reports::show_plan_item_progress_report)
                .service(timeline::show_plan_item_timeline)
                .service(attachments::create_attachment)
                .service(attachments::show_attachment)
                .service(bulletins::list_bulletins)
                .service(bulletins::show_bulletin)
                .service(bulletins::create_bulletin)
                .service(search::list_search_hits)
                .service(entries::list_entries)
                .service(entries::show_entry)
                .service(entries::list_entry_edits)
                .service(keys::list_api_keys)
                .service(keys::create_api_key)
                .service(keys::delete_api_key)
                .service(keys::show_me),
        );
}

async fn swagger_ui() -> web::Redirect {
    web::Redirect::to(base::address("/swagger-ui/"))
}

async fn nowhere(request: HttpRequest, operations: Data<Operations>) -> Result<&'static str, Problem> {
    Err(operations.refusal(&request))
}
