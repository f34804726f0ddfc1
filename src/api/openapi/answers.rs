//! Parts of answers in the OpenAPI document: real examples, files in other formats, headers, problems.

use actix_web::http::{Method, StatusCode};
use include_dir::{Dir, include_dir};
use serde_json::Value;
use utoipa::ToSchema;
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::path::Operation;
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, Schema, SchemaFormat, Type};
use utoipa::openapi::{Content, ContentBuilder, Ref, RefOr, ResponseBuilder};

use super::refusals;
use crate::api::format::Format;
use crate::api::problem::document::ProblemDocument;
use crate::api::problem::kinds::KINDS;
use crate::exchange::json_stat::JsonStat;

/// Answers of the service over its own seed, one file for each operation that answers JSON. A test
/// asks the operation of the file's name and compares.
static EXAMPLES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/openapi/examples");

/// What an operation really answers or takes, where there is a file of it.
pub fn example(file: &str) -> Option<Value> {
    EXAMPLES.get_file(file).and_then(|file| serde_json::from_slice(file.contents()).ok())
}

/// The formats of files that an operation gives.
pub fn downloads(operation: &Operation) -> Vec<Format> {
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
pub fn file(format: Format, id: &str) -> Content {
    let text = || ObjectBuilder::new().schema_type(Type::String);
    let schema: RefOr<Schema> = match format {
        Format::JsonStat => Ref::from_schema_name(JsonStat::name()).into(),
        Format::Xlsx => text().format(Some(SchemaFormat::KnownFormat(KnownFormat::Binary))).into(),
        _ => text().into(),
    };
    let example = example(&format!("{id}.{format}.json"));
    ContentBuilder::new().schema(Some(schema)).example(example).build()
}

/// A header of an answer.
pub fn header(description: &str) -> utoipa::openapi::Header {
    let schema = ObjectBuilder::new().schema_type(Type::String).build();
    HeaderBuilder::new().schema(Some(schema)).description(Some(description)).build()
}

/// What an operation answers with a status: the problems that have it.
pub fn problem(status: StatusCode, id: &str, method: &Method, takes_key: bool) -> utoipa::openapi::Response {
    let first = KINDS.iter().find(|kind| kind.status == status);
    let example = first.map(|kind| {
        serde_json::json!({
            "type": format!("/problems/{}", kind.slug),
            "title": kind.title.1,
            "status": status.as_u16(),
            "detail": kind.explanation.1,
            "errors": [],
            "request_id": "019ab0f2-7f3e-7cc1-8f52-0d1a3c5b7e90"
        })
    });
    let schema = Ref::from_schema_name(ProblemDocument::name());
    let content = ContentBuilder::new().schema(Some(schema));
    let response = ResponseBuilder::new().description(refusals::told(status, id, method, takes_key));
    // What is told of each operation by itself is told in short.
    if refusals::OWN.contains(&status) {
        return response.content("application/problem+json", content.build()).build();
    }
    let response = response
        .content("application/problem+json", content.example(example).build())
        .header("Content-Language", header("`zh` or `en`, by Accept-Language."))
        .header("Cache-Control", header("`no-store`."))
        .header(
            "Vary",
            header("`Accept-Language`: a problem is told in Chinese, or in English where it is preferred."),
        );
    let response = match status {
        StatusCode::UNAUTHORIZED => response.header(
            "WWW-Authenticate",
            header("`Bearer`, and what is wrong with the key that was sent (RFC 6750)."),
        ),
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
            response.header("Retry-After", header("Seconds to wait before the next try."))
        }
        StatusCode::RANGE_NOT_SATISFIABLE => {
            response.header("Content-Range", header("The size of the file: `bytes */3000`."))
        }
        _ => response,
    };
    response.build()
}
