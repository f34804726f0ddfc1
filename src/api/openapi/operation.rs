//! What every operation has beside what its handler says: the headers of its answers, the problems that it answers
//! with, the key that it needs, and the headers that make a write safe.

use actix_web::http::{Method, StatusCode};
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{Object, ObjectBuilder, Type};
use utoipa::openapi::security::SecurityRequirement;
use utoipa::openapi::{RefOr, Required, Response, ResponseBuilder};

use super::answers::{downloads, example, file, header, problem};
use crate::api::format::Format;
use crate::api::operations::min_role;

/// Completes an operation of which its handler says the rest.
pub fn complete(path: &str, method: &Method, operation: &mut Operation) {
    let is_api = path.starts_with("/api/");
    let is_read = *method == Method::GET;
    let is_cached = is_read && (is_api || path == "/openapi.json");
    let id = operation.operation_id.clone().unwrap_or_default();
    if let Some(RefOr::T(body)) = &mut operation.request_body {
        for content in body.content.values_mut() {
            if let RefOr::T(content) = content {
                content.example = example(&format!("{id}.request.json"));
            }
        }
    }
    let formats = downloads(operation);
    let is_paged = has(operation, |parameter| parameter.name == "cursor");
    if has(operation, |parameter| parameter.name == "Range") {
        give_part(operation);
    }
    for (status, answer) in &mut operation.responses.responses {
        if let RefOr::T(answer) = answer {
            give_files(answer, &id, &formats, is_paged);
            give_headers(answer, status, is_read, is_cached);
        }
    }
    let mut statuses = statuses(path, operation, is_read, is_cached);
    if is_cached {
        let mut unchanged =
            ResponseBuilder::new().description("Unchanged since the ETag in If-None-Match").build();
        give_headers(&mut unchanged, "304", is_read, is_cached);
        operation.responses.responses.insert("304".to_owned(), RefOr::T(unchanged));
        let description =
            "ETags of answers that the caller still has: a 304 without a body when one of them holds.";
        let tags = ObjectBuilder::new().schema_type(Type::String).build();
        let condition = header_parameter("If-None-Match", false, tags, description, None);
        operation.parameters.get_or_insert_default().push(condition);
    }
    if path.contains("/submissions") {
        let description =
            "Language of the checks, and of problems: Chinese, or English where it is preferred.";
        let languages = ObjectBuilder::new().schema_type(Type::String).build();
        let parameter = header_parameter("Accept-Language", false, languages, description, None);
        operation.parameters.get_or_insert_default().push(parameter);
    }
    need_key(operation);
    if !is_read {
        conditions(path, method, operation, &mut statuses);
    }
    let takes_key = has(operation, |parameter| parameter.name == "Idempotency-Key");
    for status in statuses {
        let answer = problem(status, &id, method, takes_key);
        operation.responses.responses.insert(status.as_str().to_owned(), RefOr::T(answer));
    }
}

/// A header of a request. Swagger UI sends the example; a header without one is left out there.
fn header_parameter(
    name: &str,
    is_required: bool,
    schema: Object,
    description: &str,
    example: Option<&str>,
) -> RefOr<Parameter> {
    let parameter = ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Header)
        .required(if is_required { Required::True } else { Required::False })
        .description(Some(description))
        .schema(Some(schema))
        .example(example.map(Into::into));
    RefOr::T(parameter.build())
}

fn has(operation: &Operation, is_it: impl Fn(&Parameter) -> bool) -> bool {
    let mut parameters = operation.parameters.iter().flatten();
    parameters.any(|parameter| matches!(parameter, RefOr::T(parameter) if is_it(parameter)))
}

/// Gives the answer with a part of a file, which is that with the whole but for what it says of the part.
fn give_part(operation: &mut Operation) {
    let Some(RefOr::T(whole)) = operation.responses.responses.get("200") else { return };
    let mut part = whole.clone();
    part.description = "The part of the file that `Range` asks for".to_owned();
    let place = header("Which part it is, and the size of the whole: `bytes 1000-2999/3000`.");
    part.headers.insert("Content-Range".to_owned(), RefOr::T(place));
    operation.responses.responses.insert("206".to_owned(), RefOr::T(part));
}

/// Gives an answer an example, and the formats in which it is had as a file.
fn give_files(answer: &mut Response, id: &str, formats: &[Format], is_paged: bool) {
    if let Some(RefOr::T(content)) = answer.content.get_mut("application/json") {
        content.example = example(&format!("{id}.json"));
    }
    if formats.is_empty() {
        return;
    }
    for format in formats {
        let media_type = format.media_type().split(';').next().unwrap_or_default();
        answer.content.insert(media_type.to_owned(), RefOr::T(file(*format, id)));
    }
    let description = "Name of the file, `attachment`, of formats that a spreadsheet opens (RFC 6266).";
    answer.headers.insert("Content-Disposition".to_owned(), RefOr::T(header(description)));
    if is_paged {
        answer
            .headers
            .insert("Link".to_owned(), RefOr::T(header("The next page, `rel=\"next\"` (RFC 8288).")));
    }
}

fn give_headers(answer: &mut Response, status: &str, is_read: bool, is_cached: bool) {
    if status == "201" {
        answer.headers.insert("Location".to_owned(), RefOr::T(header("Address of what was created.")));
    }
    if !is_read && status != "204" {
        let tag = || RefOr::T(header("Tag of the row after this write."));
        answer.headers.entry("ETag".to_owned()).or_insert_with(tag);
    }
    if is_cached {
        for (name, description) in [
            (
                "ETag",
                "Tag of this representation, led by the entry that last wrote the row, or by 0 where it is no single row.",
            ),
            ("Cache-Control", "`no-cache`: it is kept, and asked for again with its ETag before it is used."),
            ("Vary", "The headers of the request that another answer depends on."),
        ] {
            answer.headers.entry(name.to_owned()).or_insert_with(|| RefOr::T(header(description)));
        }
    }
}

/// The statuses of the problems that an operation can answer with, but for those of its preconditions.
fn statuses(path: &str, operation: &Operation, is_read: bool, is_cached: bool) -> Vec<StatusCode> {
    let is_api = path.starts_with("/api/");
    let is_in = |place| has(operation, |parameter| parameter.parameter_in == place);
    let mut statuses = vec![
        StatusCode::BAD_REQUEST,
        StatusCode::UNAUTHORIZED,
        StatusCode::TOO_MANY_REQUESTS,
        StatusCode::INTERNAL_SERVER_ERROR,
    ];
    let mut add = |applies: bool, more: &[StatusCode]| statuses.extend(more.iter().filter(|_| applies));
    add(is_cached, &[StatusCode::PRECONDITION_FAILED]);
    add(min_role(operation).is_some(), &[StatusCode::FORBIDDEN]);
    add(!is_read, &[StatusCode::CONFLICT, StatusCode::UNPROCESSABLE_ENTITY]);
    let of_body =
        [StatusCode::REQUEST_TIMEOUT, StatusCode::PAYLOAD_TOO_LARGE, StatusCode::UNSUPPORTED_MEDIA_TYPE];
    add(operation.request_body.is_some(), &of_body);
    add(is_in(ParameterIn::Path), &[StatusCode::NOT_FOUND]);
    add(has(operation, |parameter| parameter.name == "Range"), &[StatusCode::RANGE_NOT_SATISFIABLE]);
    add(is_api, &[StatusCode::NOT_ACCEPTABLE, StatusCode::SERVICE_UNAVAILABLE]);
    add(is_api && is_in(ParameterIn::Query), &[StatusCode::UNPROCESSABLE_ENTITY]);
    add(path == "/api/v1/changes", &[StatusCode::GONE]);
    add(path == "/readyz" || path == "/openapi.json", &[StatusCode::SERVICE_UNAVAILABLE]);
    statuses
}

/// Says which key an operation needs, if any.
fn need_key(operation: &mut Operation) {
    let role = min_role(operation);
    if let Some(role) = role {
        let needs = format!("Needs a key of role `{role}` or higher.");
        operation.description = Some(match operation.description.take() {
            Some(description) => format!("{description}\n\n{needs}"),
            None => needs,
        });
    }
    let key = SecurityRequirement::new("key", [""; 0]);
    operation.security =
        Some(if role.is_some() { vec![key] } else { vec![SecurityRequirement::default(), key] });
}

/// What If-Match names: anything, or one or several tags.
const TAGS: &str = r#"^(\*|"[!#-+\--~]+"(, ?"[!#-+\--~]+")*)$"#;

/// The headers that make a write safe against others' writes and against its own repetition.
fn conditions(path: &str, method: &Method, operation: &mut Operation, statuses: &mut Vec<StatusCode>) {
    let text = || ObjectBuilder::new().schema_type(Type::String);
    let pattern = |pattern: &str| text().pattern(Some(pattern)).build();
    let parameters = operation.parameters.get_or_insert_default();
    if *method == Method::POST {
        // A file that is uploaded again is the same file, whatever a header says.
        if path.ends_with("/attachments") {
            return;
        }
        let description =
            "Makes the request safe to repeat: for 24 hours the same key gets the first answer.";
        let keys = pattern("^[!-~]{1,255}$");
        parameters.push(header_parameter("Idempotency-Key", false, keys, description, None));
        if path.ends_with("/transitions") {
            let description =
                "ETag of the row as it was read: the move is refused when it has changed since.";
            parameters.push(header_parameter("If-Match", false, pattern(TAGS), description, None));
            statuses.push(StatusCode::PRECONDITION_FAILED);
        }
    } else if !path.contains("/api-keys") {
        let is_put = *method == Method::PUT;
        let description = "ETag of the row as it was read; its number decides. `*` for any.";
        parameters.push(header_parameter("If-Match", !is_put, pattern(TAGS), description, Some("*")));
        if is_put {
            let any = text().description(Some("Any row at all.")).enum_values(Some(["*"])).build();
            let description = "`*` to create, and not to replace; not beside If-Match.";
            parameters.push(header_parameter("If-None-Match", false, any, description, None));
        }
        statuses.extend([StatusCode::PRECONDITION_FAILED, StatusCode::PRECONDITION_REQUIRED]);
    }
}
