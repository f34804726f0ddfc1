//! The OpenAPI document: collected from the handlers, then completed with what all operations share:
//! the problems they answer with, the headers, the other formats, and a real example of each answer.

mod tidy;

use actix_web::HttpRequest;
use actix_web::dev::ResourceDef;
use actix_web::http::StatusCode;
use include_dir::{Dir, include_dir};
use serde_json::Value;
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::path::{Operation, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{
    Contact, Content, ContentBuilder, Info, License, OpenApi, OpenApiBuilder, Ref, RefOr, ResponseBuilder,
    Server, tag::TagBuilder,
};
use utoipa::{PartialSchema, ToSchema};
use utoipa_actix_web::AppExt;
use utoipa_swagger_ui::Config;

use super::problem::{KINDS, Kind, Problem, ProblemDocument, ProblemError};
use super::routes;
use crate::domain::code::Code;
use crate::domain::id::Id;
use crate::error::{Error, Result};

/// Answers of the service over its own seed, one file for each operation that answers JSON. A test
/// asks the operation of the file's name and compares.
static EXAMPLES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/openapi/examples");

const TAGS: &[(&str, &str)] = &[
    ("villages", "Villages 村 and communities 社区, and what they are known for."),
    ("areas", "Administrative divisions 区划 by their official statistical codes."),
    ("metrics", "The dictionary of metrics 指标: definition, unit, roll-up rules."),
    (
        "observations",
        "Observations 观测值: what sources say, with qualifiers, words and citations; their revisions.",
    ),
    ("projects", "Projects 项目 with stages, money, quantities and milestones."),
    ("plans", "Plans 计划, each a tree of items."),
    ("plan-items", "Plan items 计划事项, flat in the order of their trees."),
    ("reports", "Reports 文献, the documents that figures are taken from, and all that cites them."),
    ("units", "Units of measure 计量单位 with exact factors."),
    ("search", "Search over everything that has a name."),
    ("service", "The service itself: health, version, counters, this document, problem types."),
];

const DESCRIPTION: &str = "台账 holds what a township says of its year once: villages, metrics with their \
observations, projects and plan items, each traceable to the sentence that states it.\n\n\
**Codes.** An area is its official code, accepted with 2, 4, 6, 9 or 12 digits and always given with 12. \
`area=` is exact, `within=` is the area itself and all below.\n\n\
**Figures** keep the qualifier of their source: 90万余元 is `value` 90 with `comparator` `>` and bounds 90 and 91, \
not 90. Numbers are exact decimals.\n\n\
**Lists** answer `{\"items\": […], \"next\": cursor or null}` and a Link header. `limit` is 1 to 1000, 50 by default. \
Several values of a parameter are comma-separated; a repeated or unknown parameter is a 400 that names it. \
`format=csv` and `format=ndjson`, or the media type in Accept, download the whole selection.\n\n\
**Problems** are `application/problem+json` (RFC 9457), in Chinese or English by Accept-Language.\n\n\
**Rates.** A client sends so many requests a second as RateLimit-Policy tells; beyond is a 429 with Retry-After.\n\n\
**Caching.** Every read has an ETag; send it back in If-None-Match and an unchanged answer is a 304.";

/// The document of this service.
pub fn document() -> OpenApi {
    // Generators name their packages after the title, so it keeps to ASCII.
    let mut info = Info::new("taizhang", env!("CARGO_PKG_VERSION"));
    info.description = Some(DESCRIPTION.to_owned());
    let mut contact = Contact::new();
    contact.name = Some("taizhang maintainers".to_owned());
    contact.url = Some("https://example.org/taizhang".to_owned());
    info.contact = Some(contact);
    let mut license = License::new("MIT");
    license.url = Some("https://opensource.org/license/mit".to_owned());
    info.license = Some(license);
    let tags = TAGS.iter().map(|(name, text)| TagBuilder::new().name(*name).description(Some(*text)).build());
    let base = OpenApiBuilder::new()
        .info(info)
        .servers(Some([Server::new("/")]))
        .tags(Some(tags.collect::<Vec<_>>()))
        .build();
    let (_, mut document) =
        actix_web::App::new().into_utoipa_app().openapi(base).configure(routes).split_for_parts();
    let components = document.components.get_or_insert_default();
    // What only stands in a path is not collected with the bodies.
    components.schemas.insert(Code::name().into_owned(), Code::schema());
    components.schemas.insert(Id::name().into_owned(), Id::schema());
    components.schemas.insert(ProblemDocument::name().into_owned(), ProblemDocument::schema());
    components.schemas.insert(ProblemError::name().into_owned(), ProblemError::schema());
    for (path, item) in &mut document.paths.paths {
        let operations = [&mut item.get, &mut item.put, &mut item.post, &mut item.delete, &mut item.patch];
        for operation in operations.into_iter().flatten() {
            complete(path, operation);
        }
    }
    document
}

/// The document as it is printed, served and committed.
pub fn rendered(document: &OpenApi) -> Result<String> {
    let unwritable = |error: serde_json::Error| Error::Corrupt(error.to_string());
    let mut value = serde_json::to_value(document).map_err(unwritable)?;
    tidy::tidy(&mut value);
    let mut text = serde_json::to_string_pretty(&value).map_err(unwritable)?;
    text.push('\n');
    Ok(text)
}

/// Settings of the Swagger UI: our document, and no validator on another host.
pub fn swagger_config() -> Config<'static> {
    Config::new(["/openapi.json"]).display_operation_id(true).filter(true).validator_url("none")
}

fn complete(path: &str, operation: &mut Operation) {
    let is_api = path.starts_with("/api/");
    let is_cached = is_api || path == "/openapi.json";
    let parameters = operation.parameters.iter().flatten();
    let names: Vec<(String, ParameterIn)> = parameters
        .filter_map(|parameter| match parameter {
            RefOr::T(parameter) => Some((parameter.name.clone(), parameter.parameter_in.clone())),
            RefOr::Ref(_) => None,
        })
        .collect();
    let has = |name: &str| names.iter().any(|(given, _)| given == name);
    let in_path = names.iter().any(|(_, place)| *place == ParameterIn::Path);
    let in_query = names.iter().any(|(_, place)| *place == ParameterIn::Query);

    if let Some(RefOr::T(answer)) = operation.responses.responses.get_mut("200") {
        let file = format!("{}.json", operation.operation_id.as_deref().unwrap_or_default());
        let example: Option<Value> =
            EXAMPLES.get_file(&file).and_then(|file| serde_json::from_slice(file.contents()).ok());
        if let Some(RefOr::T(content)) = answer.content.get_mut("application/json") {
            content.example = example;
        }
        if has("format") {
            answer.content.insert("text/csv".to_owned(), RefOr::T(text()));
            answer.content.insert("application/x-ndjson".to_owned(), RefOr::T(text()));
            answer.headers.insert("Link".to_owned(), header("The next page, `rel=\"next\"` (RFC 8288)."));
        }
        if is_cached {
            answer.headers.insert(
                "ETag".to_owned(),
                header("Tag of this representation, led by the number of an entry of the ledger."),
            );
        }
        for (name, description) in [
            ("RateLimit", "What is left of each rate (draft-ietf-httpapi-ratelimit-headers)."),
            ("RateLimit-Policy", "The rates that the request was counted against."),
            ("X-Request-Id", "Id of this request in the service's log."),
        ] {
            answer.headers.insert(name.to_owned(), header(description));
        }
    }
    if is_cached {
        let unchanged =
            ResponseBuilder::new().description("Unchanged since the ETag in If-None-Match").build();
        operation.responses.responses.insert("304".to_owned(), RefOr::T(unchanged));
    }
    let mut statuses =
        vec![StatusCode::BAD_REQUEST, StatusCode::TOO_MANY_REQUESTS, StatusCode::INTERNAL_SERVER_ERROR];
    if in_path {
        statuses.push(StatusCode::NOT_FOUND);
    }
    if is_api {
        statuses.push(StatusCode::NOT_ACCEPTABLE);
        statuses.push(StatusCode::SERVICE_UNAVAILABLE);
        if in_query {
            statuses.push(StatusCode::UNPROCESSABLE_ENTITY);
        }
    }
    if path == "/readyz" || path == "/openapi.json" {
        statuses.push(StatusCode::SERVICE_UNAVAILABLE);
    }
    for status in statuses {
        operation.responses.responses.insert(status.as_str().to_owned(), RefOr::T(problem(status)));
    }
}

fn text() -> Content {
    let schema = ObjectBuilder::new().schema_type(Type::String).build();
    ContentBuilder::new().schema(Some(schema)).build()
}

fn header(description: &str) -> RefOr<utoipa::openapi::Header> {
    let schema = ObjectBuilder::new().schema_type(Type::String).build();
    RefOr::T(HeaderBuilder::new().schema(Some(schema)).description(Some(description)).build())
}

fn problem(status: StatusCode) -> utoipa::openapi::Response {
    let kinds: Vec<&&Kind> = KINDS.iter().filter(|kind| kind.status == status).collect();
    let slugs: Vec<String> = kinds.iter().map(|kind| format!("`{}`", kind.slug)).collect();
    let title = kinds.last().map_or("", |kind| kind.title.1);
    let example = kinds.last().map(|kind| {
        serde_json::json!({
            "type": format!("/problems/{}", kind.slug),
            "title": kind.title.1,
            "status": status.as_u16(),
            "detail": kind.explanation.1,
            "errors": [],
            "request_id": "019ab0f2-7f3e-7cc1-8f52-0d1a3c5b7e90"
        })
    });
    let content = ContentBuilder::new()
        .schema(Some(Ref::from_schema_name(ProblemDocument::name())))
        .example(example)
        .build();
    ResponseBuilder::new()
        .description(format!("{title}: {}", slugs.join(", ")))
        .content("application/problem+json", content)
        .build()
}

/// Which methods each path takes, from the document: every route is in it.
pub struct Methods(Vec<(ResourceDef, String)>);

impl Methods {
    /// The methods of a document.
    pub fn of(document: &OpenApi) -> Methods {
        let read = |path: &str| (ResourceDef::new(path), "GET, HEAD".to_owned());
        let documentation = [read("/swagger-ui"), read("/swagger-ui/{file:.*}")];
        Methods(
            document
                .paths
                .paths
                .iter()
                .map(|(path, item)| {
                    let methods = [
                        ("GET, HEAD", &item.get),
                        ("POST", &item.post),
                        ("PUT", &item.put),
                        ("PATCH", &item.patch),
                        ("DELETE", &item.delete),
                    ];
                    let taken: Vec<&str> = methods
                        .iter()
                        .filter(|(_, operation)| operation.is_some())
                        .map(|(name, _)| *name)
                        .collect();
                    (ResourceDef::new(path.as_str()), taken.join(", "))
                })
                .chain(documentation)
                .collect(),
        )
    }

    /// What a request is told for which there is no handler: a 405 where another method would have
    /// one, else a 404.
    pub fn refusal(&self, request: &HttpRequest) -> Problem {
        let path = request.path();
        match self.0.iter().find(|(resource, _)| resource.is_match(path)) {
            Some((_, methods)) => Problem::method_not_allowed(request.method(), methods.clone()),
            None => Problem::no_such_path(path),
        }
    }
}
