//! The OpenAPI document: collected from the handlers, then completed with what all operations share:
//! the problems they answer with, the headers, the other formats, and a real example of each answer.

mod bodies;
mod links;
mod tidy;
mod trials;

use actix_web::http::{Method, StatusCode};
use include_dir::{Dir, include_dir};
use serde_json::Value;
use utoipa::ToSchema;
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::path::{Operation, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{KnownFormat, Object, ObjectBuilder, Schema, SchemaFormat, Type};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{
    Contact, Content, ContentBuilder, Info, License, OpenApi, OpenApiBuilder, Ref, RefOr, Required,
    ResponseBuilder, Server, tag::TagBuilder,
};
use utoipa_actix_web::AppExt;
use utoipa_swagger_ui::Config;

use super::base;
use super::format::Format;
use super::observations::query::ComparatorChoice;
use super::operations::min_role;
use super::problem::kinds::{KINDS, Kind};
use super::problem::{ProblemDocument, ProblemError};
use super::routes::routes;
use crate::domain::code::{Code, Word};
use crate::domain::codes::RevisionReason;
use crate::domain::fold::Terms;
use crate::domain::id::{Id, KeyId};
use crate::domain::when::When;
use crate::error::{Error, Result};
use crate::exchange::json_stat::{Extension, JsonStat};

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
    (
        "statistics",
        "Statistics 统计: what the figures of a metric say together, with method, bounds and what is missing.",
    ),
    (
        "submissions",
        "Submissions 报送: figures that a reporter proposes and a reviewer publishes. They are not public.",
    ),
    ("projects", "Projects 项目 with stages, money, quantities and milestones."),
    ("plans", "Plans 计划, each a tree of items."),
    ("bulletins", "Bulletins 通报: a ranking or a scoreboard of a day, frozen for ever, on a page to print."),
    ("plan-items", "Plan items 计划事项, flat in the order of their trees."),
    ("attachments", "Attachments 附件: photos and documents that hang on progress reports."),
    ("reports", "Reports 文献, the documents that figures are taken from, and all that cites them."),
    ("units", "Units of measure 计量单位 with exact factors."),
    ("search", "Search over everything that has a name."),
    ("entries", "Entries 记账 of the ledger: who wrote what, when and why."),
    ("api-keys", "API keys 密钥 with role, area and expiry."),
    ("service", "The service itself: health, version, counters, this document, problem types."),
];

const DESCRIPTION: &str = "台账 holds what a township says of its year once: villages, metrics with their \
observations, projects and plan items, each traceable to the sentence that states it.\n\n\
**Codes.** An area is its official code, accepted with 2, 4, 6, 9 or 12 digits and always given with 12. \
`area=` is exact, `within=` is the area itself and all below.\n\n\
**Figures** keep the qualifier of their source: 90万余元 is `value` 90 with `comparator` `>` and bounds 90 and 91, \
not 90. Numbers are exact decimals.\n\n\
**Lists** answer `{\"items\": […], \"next\": cursor or null}` and a Link header. `limit` is 1 to 1000, 50 by default. \
A parameter that is a list is repeated for several values; commas separate codes too, never free texts. What \
takes one value and is repeated, and an unknown parameter, is a 400 that names it. \
`format=csv`, `ndjson` or `xlsx`, and of observations `json-stat` or `sdmx-csv`, or the media type in Accept, \
download the whole selection.\n\n\
**Problems** are `application/problem+json` (RFC 9457), in Chinese or English by Accept-Language.\n\n\
**Rates.** A client sends so many requests a second as RateLimit-Policy tells; beyond is a 429 with Retry-After.\n\n\
**Caching.** Every read has an ETag; send it back in If-None-Match and an unchanged answer is a 304, whatever \
else has been written since.\n\n\
**Writing** needs a key, `Authorization: Bearer tz_…`; `x-min-role` says which role. PUT, PATCH and DELETE need \
If-Match with the ETag of what was read (428 without, 412 when it has changed since); PUT creates with \
If-None-Match: *. PATCH is a merge patch (RFC 7396). Both take a row as it was read: members that are read only \
may be sent back as they are, and are refused by name (400) when they are not. An Idempotency-Key makes a POST \
safe to repeat. Of several faults the first is told: unknown path or method, 401, 403, 415, 413, 400, 404, 428, \
412, 409, 422.\n\n\
**Texts** are kept in Unicode NFC without white space at their edges. Names, titles, units and other labels are one \
line, in which any white space is one blank; longer texts keep their lines, which end in LF. Control characters, \
bidirectional controls and zero-width characters are refused (422) with their place; variation selectors are kept. \
Filters compare by the same rule. The text of a report, and the words that a citation quotes from it, stay as they \
are given.";

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
    let bearer = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some("An API key, `tz_…`. Public data need none."))
        .build();
    components.add_security_scheme("key", SecurityScheme::Http(bearer));
    for (name, schema) in [
        named::<RevisionReason>(),
        named::<Code>(),
        named::<Word>(),
        named::<Id>(),
        named::<KeyId>(),
        named::<Terms>(),
        named::<When>(),
        named::<ComparatorChoice>(),
        named::<JsonStat>(),
        named::<Extension>(),
        named::<ProblemDocument>(),
        named::<ProblemError>(),
    ] {
        components.schemas.insert(name, schema);
    }
    for (path, item) in &mut document.paths.paths {
        let operations = [
            (Method::GET, &mut item.get),
            (Method::PUT, &mut item.put),
            (Method::POST, &mut item.post),
            (Method::DELETE, &mut item.delete),
            (Method::PATCH, &mut item.patch),
        ];
        for (method, operation) in operations {
            if let Some(operation) = operation {
                complete(path, &method, operation);
            }
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
    Config::new([base::address("/openapi.json")])
        .display_operation_id(true)
        .filter(true)
        .validator_url("none")
}

fn named<T: ToSchema>() -> (String, RefOr<Schema>) {
    (T::name().into_owned(), T::schema())
}

fn complete(path: &str, method: &Method, operation: &mut Operation) {
    let is_api = path.starts_with("/api/");
    let is_read = *method == Method::GET;
    let is_cached = is_read && (is_api || path == "/openapi.json");
    let parameters = operation.parameters.iter().flatten();
    let names: Vec<(String, ParameterIn)> = parameters
        .filter_map(|parameter| match parameter {
            RefOr::T(parameter) => Some((parameter.name.clone(), parameter.parameter_in.clone())),
            RefOr::Ref(_) => None,
        })
        .collect();
    let formats = downloads(operation);
    let in_path = names.iter().any(|(_, place)| *place == ParameterIn::Path);
    let in_query = names.iter().any(|(_, place)| *place == ParameterIn::Query);

    let id = operation.operation_id.clone().unwrap_or_default();
    if let Some(RefOr::T(body)) = &mut operation.request_body {
        for content in body.content.values_mut() {
            if let RefOr::T(content) = content {
                content.example = example(&format!("{id}.request.json"));
            }
        }
    }
    for (status, answer) in &mut operation.responses.responses {
        let RefOr::T(answer) = answer else { continue };
        if let Some(RefOr::T(content)) = answer.content.get_mut("application/json") {
            content.example = example(&format!("{id}.json"));
        }
        if status == "201" {
            answer.headers.insert("Location".to_owned(), header("Address of what was created."));
        }
        if !is_read && status != "204" {
            let tag = || header("Tag of the row after this write.");
            answer.headers.entry("ETag".to_owned()).or_insert_with(tag);
        }
        if !formats.is_empty() {
            for format in &formats {
                let media_type = format.media_type().split(';').next().unwrap_or_default();
                answer.content.insert(media_type.to_owned(), RefOr::T(file(*format, &id)));
            }
            let description =
                "Name of the file, `attachment`, of formats that a spreadsheet opens (RFC 6266).";
            answer.headers.insert("Content-Disposition".to_owned(), header(description));
            if names.iter().any(|(name, _)| name == "cursor") {
                answer.headers.insert("Link".to_owned(), header("The next page, `rel=\"next\"` (RFC 8288)."));
            }
        }
        if is_cached {
            let tag = || {
                header(
                    "Tag of this representation, led by the entry that last wrote the row, or by 0 where it is no single row.",
                )
            };
            answer.headers.entry("ETag".to_owned()).or_insert_with(tag);
        }
        for (name, description) in [
            ("RateLimit", "What is left of each rate (draft-ietf-httpapi-ratelimit-headers)."),
            ("RateLimit-Policy", "The rates that the request was counted against."),
            ("X-Request-Id", "Id of this request in the service's log."),
        ] {
            answer.headers.insert(name.to_owned(), header(description));
        }
    }
    let mut statuses = vec![
        StatusCode::BAD_REQUEST,
        StatusCode::UNAUTHORIZED,
        StatusCode::TOO_MANY_REQUESTS,
        StatusCode::INTERNAL_SERVER_ERROR,
    ];
    if is_cached {
        let unchanged =
            ResponseBuilder::new().description("Unchanged since the ETag in If-None-Match").build();
        operation.responses.responses.insert("304".to_owned(), RefOr::T(unchanged));
        statuses.push(StatusCode::PRECONDITION_FAILED);
    }
    let role = min_role(operation);
    if let Some(role) = role {
        statuses.push(StatusCode::FORBIDDEN);
        let needs = format!("Needs a key of role `{role}` or higher.");
        operation.description = Some(match operation.description.take() {
            Some(description) => format!("{description}\n\n{needs}"),
            None => needs,
        });
    }
    let key = SecurityRequirement::new("key", [""; 0]);
    operation.security =
        Some(if role.is_some() { vec![key] } else { vec![SecurityRequirement::default(), key] });
    if !is_read {
        statuses.extend([StatusCode::CONFLICT, StatusCode::UNPROCESSABLE_ENTITY]);
        conditions(path, method, operation, &mut statuses);
    }
    if operation.request_body.is_some() {
        statuses.extend([
            StatusCode::REQUEST_TIMEOUT,
            StatusCode::PAYLOAD_TOO_LARGE,
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
        ]);
    }
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

/// The headers that make a write safe against others' writes and against its own repetition.
fn conditions(path: &str, method: &Method, operation: &mut Operation, statuses: &mut Vec<StatusCode>) {
    let text = || ObjectBuilder::new().schema_type(Type::String);
    let pattern = |pattern: &str| text().pattern(Some(pattern)).build();
    let mut parameter = |name: &str, required: bool, schema: Object, description: &str, example: &str| {
        let parameter = ParameterBuilder::new()
            .name(name)
            .parameter_in(ParameterIn::Header)
            .required(if required { Required::True } else { Required::False })
            .description(Some(description))
            .schema(Some(schema))
            .example(Some(example.into()))
            .build();
        operation.parameters.get_or_insert_default().push(RefOr::T(parameter));
    };
    if *method == Method::POST {
        // A file that is uploaded again is the same file, whatever a header says.
        if path.ends_with("/attachments") {
            return;
        }
        let description =
            "Makes the request safe to repeat: for 24 hours the same key gets the first answer.";
        let example = "6c1f4c1e-5a0e-4e39-8d52-6d3c2a1b0f77";
        parameter("Idempotency-Key", false, pattern("^[!-~]{1,255}$"), description, example);
    } else if !path.contains("/api-keys") {
        let is_put = *method == Method::PUT;
        let description = "ETag of the row as it was read; its number decides. `*` for any.";
        parameter(
            "If-Match",
            !is_put,
            pattern(r#"^(\*|"[!#-+\--~]+"(, ?"[!#-+\--~]+")*)$"#),
            description,
            "*",
        );
        if is_put {
            let any = text().enum_values(Some(["*"])).build();
            parameter("If-None-Match", false, any, "`*` to create, and not to replace.", "*");
        }
        statuses.extend([StatusCode::PRECONDITION_FAILED, StatusCode::PRECONDITION_REQUIRED]);
    }
}

fn example(file: &str) -> Option<Value> {
    EXAMPLES.get_file(file).and_then(|file| serde_json::from_slice(file.contents()).ok())
}

/// The formats of files that an operation gives.
fn downloads(operation: &Operation) -> Vec<Format> {
    let parameters = operation.parameters.iter().flatten();
    let named = parameters.filter_map(|parameter| match parameter {
        RefOr::T(parameter) if parameter.name == "format" => serde_json::to_value(&parameter.schema).ok(),
        _ => None,
    });
    let words = |schema: Value| schema["enum"].as_array().cloned().unwrap_or_default();
    let formats = named.flat_map(words).filter_map(|word| word.as_str()?.parse().ok());
    formats.filter(|format| *format != Format::Json).collect()
}

/// A file in a format, shown by an example where there is one.
fn file(format: Format, id: &str) -> Content {
    let text = || ObjectBuilder::new().schema_type(Type::String);
    let schema: RefOr<Schema> = match format {
        Format::JsonStat => Ref::from_schema_name(JsonStat::name()).into(),
        Format::Xlsx => text().format(Some(SchemaFormat::KnownFormat(KnownFormat::Binary))).into(),
        _ => text().into(),
    };
    let example = example(&format!("{id}.{format}.json"));
    ContentBuilder::new().schema(Some(schema)).example(example).build()
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
