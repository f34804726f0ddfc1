//! Problem documents (RFC 9457): the only place that picks status codes for errors. What each type of
//! problem says of itself is in `kinds.rs`.

pub mod kinds;

use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, ResponseError};
use serde::Serialize;
use utoipa::ToSchema;

use super::base;
use super::headers::{self, Origins};
use super::language::Language;
use super::request_id;
use crate::domain::access::KeyRole;
use crate::error::{Error, Fault, Invalid, Place, Text, chain, lacks_means};
use kinds::*;

/// A problem document tells at most so many faults of syntax, and its sentence at most so many of any kind.
const MOST_FAULTS: usize = 20;

/// It tells more of what rows say: whoever hands in a table mends it in one go.
const MOST_ROW_FAULTS: usize = 1000;

/// A refusal or failure on its way to the caller.
#[derive(Debug)]
pub struct Problem(Box<Told>);

#[derive(Debug)]
struct Told {
    kind: &'static Kind,
    detail: Text,
    faults: Vec<Fault>,
    /// A header that this refusal comes with.
    header: Option<(HeaderName, String)>,
    cause: Option<Error>,
}

impl Problem {
    fn new(kind: &'static Kind, detail: Text) -> Problem {
        Problem(Box::new(Told { kind, detail, faults: Vec::new(), header: None, cause: None }))
    }

    fn of_faults(kind: &'static Kind, mut faults: Vec<Fault>) -> Problem {
        // Whoever sends thousands of mistakes learns as much from the first.
        let most = if kind.status == StatusCode::BAD_REQUEST { MOST_FAULTS } else { MOST_ROW_FAULTS };
        faults.truncate(most);
        let mut problem = Problem::new(kind, told(&faults[..faults.len().min(MOST_FAULTS)]));
        problem.0.faults = faults;
        problem
    }

    /// A problem of which there is no more to say than its type does.
    fn explained(kind: &'static Kind) -> Problem {
        let (zh, en) = kind.explanation;
        Problem::new(kind, Text::new(zh, en))
    }

    /// A failure inside: it says nothing of the inside, and is logged when it is answered.
    fn inside(kind: &'static Kind, cause: Error) -> Problem {
        let mut problem = Problem::explained(kind);
        problem.0.cause = Some(cause);
        problem
    }

    fn with(mut self, name: HeaderName, value: impl Into<String>) -> Problem {
        self.0.header = Some((name, value.into()));
        self
    }

    /// A request whose syntax is broken.
    pub fn malformed(invalid: Invalid) -> Problem {
        Problem::new(&MALFORMED_REQUEST, invalid.message)
    }

    /// A parameter that cannot even be read.
    pub fn malformed_parameter(name: &str, invalid: Invalid) -> Problem {
        Problem::of_faults(&MALFORMED_REQUEST, vec![Fault::parameter(name, invalid)])
    }

    /// A body that cannot be read, and the JSON pointer to where.
    pub fn malformed_body(pointer: String, invalid: Invalid) -> Problem {
        Problem::of_faults(&MALFORMED_REQUEST, vec![Fault { place: Place::Pointer(pointer), invalid }])
    }

    /// A request that came too slowly.
    pub fn request_timeout() -> Problem {
        Problem::explained(&REQUEST_TIMEOUT)
    }

    /// What the server's parser refused with this status.
    pub fn unreadable(status: StatusCode) -> Problem {
        match status {
            StatusCode::REQUEST_TIMEOUT => Problem::request_timeout(),
            StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE => Problem::explained(&HEAD_TOO_LARGE),
            _ => Problem::new(
                &MALFORMED_REQUEST,
                Text::new(
                    "收到的不是可读的 HTTP/1.1 请求：请检查请求行（地址须百分号编码，不超过 64 KiB）、各请求头、Host，以及 Content-Length 和 Transfer-Encoding",
                    "This is no request of HTTP/1.1 that can be read: look at its first line (the address is percent-encoded and has at most 64 KiB), its headers, Host, Content-Length and Transfer-Encoding.",
                ),
            ),
        }
    }

    /// A body of more than `limit` bytes.
    pub fn too_large(limit: usize) -> Problem {
        let (zh, en) = (
            format!("请求体超过 {limit} 字节"),
            format!("The body, as sent or as decompressed, is larger than {limit} bytes."),
        );
        Problem::new(&TOO_LARGE, Text::new(zh, en))
    }

    /// A body whose coding is none of the `known`, or is put on another.
    pub fn unsupported_coding(known: &str) -> Problem {
        let (zh, en) = (
            format!("Content-Encoding 只能是一个，可用：{known}"),
            format!("A body has one Content-Encoding at most, of {known}."),
        );
        Problem::new(&UNSUPPORTED_MEDIA_TYPE, Text::new(zh, en)).with(header::ACCEPT_ENCODING, known)
    }

    /// A request over the rate of its client.
    pub fn too_many_requests() -> Problem {
        Problem::explained(&TOO_MANY_REQUESTS)
    }

    /// A client that has as much under way as it may.
    pub fn too_many_at_once() -> Problem {
        let (zh, en) = (
            "该地址或密钥正在进行的汇总或下载已达上限，请待其完成后再试",
            "This address or key has as many roll-ups or downloads under way as it may: let one of them end first.",
        );
        Problem::new(&TOO_MANY_REQUESTS, Text::new(zh, en))
    }

    /// A selection that takes too long to be put together.
    fn too_long() -> Problem {
        let (zh, en) = (
            "整理所选数据用时过长，已中止以免妨碍他人；请用 format=json 与 cursor 分页读取，或缩小范围",
            "Putting the selection together took too long and was given up, so that nobody else is held up: read it page \
             by page (format=json with cursor), or select less.",
        );
        let mut problem = Problem::new(&UNAVAILABLE, Text::new(zh, en));
        problem.0.cause = Some(Error::TooLong);
        problem
    }

    /// Parameters that are unknown (first choice) or malformed. `faults` is not empty.
    pub fn parameters(faults: Vec<Fault>) -> Problem {
        let unknown = faults.iter().any(|fault| fault.invalid.code == "unknown_parameter");
        Problem::of_faults(if unknown { &UNKNOWN_PARAMETER } else { &INVALID_PARAMETER }, faults)
    }

    /// A path that leads nowhere.
    pub fn no_such_path(path: &str) -> Problem {
        let detail = Text::new(format!("没有地址 {path}"), format!("There is nothing at {path}."));
        Problem::new(&NOT_FOUND, detail)
    }

    /// A method that the path does not take; `allow` lists those it takes.
    pub fn method_not_allowed(method: &Method, allow: String) -> Problem {
        let (zh, en) = (
            format!("该地址不支持 {method}，可用：{allow}"),
            format!("{method} is not taken here; use {allow}."),
        );
        Problem::new(&METHOD_NOT_ALLOWED, Text::new(zh, en)).with(header::ALLOW, allow)
    }

    /// No key where one is needed, or none that is valid.
    pub fn unauthorized(given: bool) -> Problem {
        let (detail, challenge) = if given {
            (
                Text::new("密钥无效、已过期或已撤销", "The key is unknown, expired or revoked."),
                ", error=\"invalid_token\"",
            )
        } else {
            (Text::new("本操作需要密钥", "This operation needs a key."), "")
        };
        let challenge = format!("Bearer realm=\"taizhang\"{challenge}");
        Problem::new(&UNAUTHORIZED, detail).with(header::WWW_AUTHENTICATE, challenge)
    }

    /// A role that the operation needs and the caller has not.
    pub fn needs_role(role: KeyRole) -> Problem {
        let (zh, en) =
            (format!("需要 {role} 或更高角色"), format!("The role {role} or a higher one is needed."));
        Problem::new(&FORBIDDEN, Text::new(zh, en))
    }

    /// A body of a type that the operation does not take.
    pub fn unsupported_media_type(taken: &str) -> Problem {
        let (zh, en) = (format!("应为 {taken}"), format!("The body must be {taken}."));
        Problem::new(&UNSUPPORTED_MEDIA_TYPE, Text::new(zh, en))
    }

    /// A file of a type that is not taken.
    pub fn unsupported_file(taken: &str) -> Problem {
        let (zh, en) =
            (format!("文件内容应为 {taken}"), format!("The content of the file must be one of {taken}."));
        Problem::new(&UNSUPPORTED_MEDIA_TYPE, Text::new(zh, en))
    }

    /// A header that cannot be read.
    pub fn malformed_header(name: &HeaderName, invalid: Invalid) -> Problem {
        Problem::malformed_parameter(name.as_str(), invalid)
    }

    /// An Accept header that no format satisfies.
    pub fn not_acceptable(known: &str) -> Problem {
        let (zh, en) =
            (format!("可提供的格式：{known}"), format!("The formats that can be given are {known}."));
        Problem::new(&NOT_ACCEPTABLE, Text::new(zh, en))
    }

    /// The problem document, in the language that the request prefers.
    pub fn respond(&self, request: &HttpRequest) -> HttpResponse {
        self.render(Language::of(request), request_id::of(request))
    }

    /// The problem document with all headers that an answer has, where there is no request to see.
    pub fn respond_without_request(&self, id: &str, origins: &Origins) -> HttpResponse {
        self.respond_apart(Language::Chinese, id, "", origins)
    }

    /// The problem document with all headers that an answer has, for what is known of the request.
    fn respond_apart(&self, language: Language, id: &str, path: &str, origins: &Origins) -> HttpResponse {
        let mut response = self.render(language, id.to_owned());
        if let Ok(id) = HeaderValue::from_str(id) {
            response.headers_mut().insert(request_id::REQUEST_ID, id);
        }
        headers::protect(response.headers_mut(), path, origins);
        response
    }

    /// The problem document, in a language and for the request with this id.
    fn render(&self, language: Language, request_id: String) -> HttpResponse {
        let Told { kind, detail, faults, header, cause } = &*self.0;
        if kind.status.is_server_error() {
            let cause = cause.as_ref().map(|error| chain(error));
            tracing::error!(request_id, cause, "{}", kind.slug);
        }
        let document = ProblemDocument {
            r#type: base::address(&format!("/problems/{}", kind.slug)),
            title: language.pick(kind.title.0, kind.title.1).to_owned(),
            status: kind.status.as_u16(),
            detail: language.pick(&detail.zh, &detail.en).to_owned(),
            errors: faults.iter().map(|fault| ProblemError::new(fault, language)).collect(),
            request_id,
        };
        let mut response = HttpResponseBuilder::new(kind.status);
        response
            .insert_header((header::CONTENT_TYPE, "application/problem+json"))
            .insert_header((header::CONTENT_LANGUAGE, language.tag()))
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .insert_header((header::VARY, "accept-language"));
        if [StatusCode::SERVICE_UNAVAILABLE, StatusCode::TOO_MANY_REQUESTS].contains(&kind.status) {
            response.insert_header((header::RETRY_AFTER, "1"));
        }
        if kind.status == StatusCode::REQUEST_TIMEOUT {
            response.force_close();
        }
        if let Some((name, value)) = header {
            response.insert_header((name.clone(), value.as_str()));
        }
        response.json(document)
    }
}

fn told(faults: &[Fault]) -> Text {
    let line = |message: fn(&Fault) -> &str| {
        faults
            .iter()
            .map(|fault| match place(fault).as_str() {
                "" => message(fault).to_owned(),
                place => format!("{place}: {}", message(fault)),
            })
            .collect::<Vec<_>>()
            .join("; ")
    };
    Text::new(line(|fault| &fault.invalid.message.zh), line(|fault| &fault.invalid.message.en))
}

fn place(fault: &Fault) -> String {
    match &fault.place {
        Place::Parameter(name) => name.clone(),
        Place::Pointer(pointer) => pointer.clone(),
        Place::Cell { row, column } => format!("{row}.{column}"),
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Problem {
        match error {
            Error::NotFound { what, key } => {
                let (zh, en) = thing(what);
                let detail = Text::new(format!("没有{zh} {key}"), format!("There is no {en} {key}."));
                Problem::new(&NOT_FOUND, detail)
            }
            Error::Conflict { what, key } => {
                let (zh, en) = thing(what);
                let detail = Text::new(format!("{zh} {key} 已存在"), format!("There is {en} {key} already."));
                Problem::new(&CONFLICT, detail)
            }
            Error::Taken(faults) => Problem::of_faults(&CONFLICT, faults),
            Error::InUse { what, key, uses } => {
                let (zh, en) = thing(what);
                let mut problem = Problem::new(
                    &IN_USE,
                    Text::new(format!("{zh} {key} 正被引用"), format!("Other data refer to {en} {key}.")),
                );
                problem.0.faults = uses.into_iter().map(|used| reason("used_by", used)).collect();
                problem
            }
            Error::IllegalTransition { from, to, allowed } => {
                let mut problem = Problem::new(
                    &ILLEGAL_TRANSITION,
                    Text::new(
                        format!("不能从 {from} 转到 {to}"),
                        format!("There is no way from {from} to {to}."),
                    ),
                );
                let allow = |state: &str| reason("allowed", Text::new(state, state));
                problem.0.faults = allowed.into_iter().map(allow).collect();
                problem
            }
            Error::Refused(detail) => Problem::new(&CONFLICT, detail),
            Error::Forbidden(detail) => Problem::new(&FORBIDDEN, detail),
            Error::ForbiddenMembers(faults) => Problem::of_faults(&FORBIDDEN, faults),
            Error::Stale(detail) => Problem::new(&STALE, detail),
            Error::PreconditionRequired => Problem::explained(&PRECONDITION_REQUIRED),
            Error::IdempotencyMismatch => Problem::explained(&IDEMPOTENCY_MISMATCH),
            Error::Malformed(faults) => {
                let kind = match () {
                    () if faults.iter().any(|fault| fault.invalid.code == "unknown_member") => {
                        &UNKNOWN_PARAMETER
                    }
                    () if faults.iter().any(|fault| matches!(fault.place, Place::Parameter(_))) => {
                        &INVALID_PARAMETER
                    }
                    () => &MALFORMED_REQUEST,
                };
                Problem::of_faults(kind, faults)
            }
            Error::Invalid(faults) => {
                let one_of = |code: &str| faults.iter().any(|fault| fault.invalid.code == code);
                let kind = match () {
                    () if one_of("unit_incompatible") => &UNIT_INCOMPATIBLE,
                    () if one_of("overflow") => &OVERFLOW,
                    () if one_of("not_aggregable") => &NOT_AGGREGABLE,
                    () => &INVALID_VALUE,
                };
                Problem::of_faults(kind, faults)
            }
            Error::TooLong => Problem::too_long(),
            Error::Busy(_) | Error::Storage(_) | Error::Unusable(_) => Problem::inside(&UNAVAILABLE, error),
            Error::Io(ref cause) if lacks_means(cause) => Problem::inside(&UNAVAILABLE, error),
            Error::File { .. }
            | Error::Config(_)
            | Error::Query(_)
            | Error::Corrupt(_)
            | Error::Unprinted(_)
            | Error::Cancelled
            | Error::Io(_) => Problem::inside(&INTERNAL, error),
        }
    }
}

/// One thing to know beside the detail, which has no place in the request.
fn reason(code: &'static str, message: Text) -> Fault {
    Fault::pointer("", Invalid { code, message })
}

fn thing(what: &str) -> (&str, &str) {
    match what {
        "area" => ("区划", "area"),
        "village" => ("村或社区", "village"),
        "metric" => ("指标", "metric"),
        "observation" => ("观测值", "observation"),
        "report" => ("文献", "report"),
        "report_text" => ("文献全文", "text of the report"),
        "project" => ("项目", "project"),
        "plan" => ("计划", "plan"),
        "plan_item" => ("计划事项", "plan item"),
        "plan_item_place" => ("该位置的计划事项", "an item in the place of"),
        "progress_report" => ("进展", "progress report"),
        "milestone" => ("节点", "milestone"),
        "problem" => ("问题类型", "problem type"),
        "api_key" => ("密钥", "API key"),
        "entry" => ("记账", "entry"),
        "submission" => ("报送", "submission"),
        "period_lock" => ("时期锁定", "period lock"),
        "attachment" => ("附件", "attachment"),
        other => (other, other),
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.0.kind.slug, self.0.detail)
    }
}

/// The middleware in `observe.rs` turns a problem into its document, because only there the request
/// and its language are at hand; this carries it that far.
impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.0.kind.status
    }
}

/// A handler panicked. The request went with it, so what the document needs is kept aside before.
#[derive(Debug)]
pub struct Panicked {
    language: Language,
    request_id: String,
    path: String,
}

impl Panicked {
    /// What is kept aside of a request.
    pub fn by(request: &HttpRequest) -> Panicked {
        Panicked {
            language: Language::of(request),
            request_id: request_id::of(request),
            path: request.path().to_owned(),
        }
    }
}

impl std::fmt::Display for Panicked {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a handler panicked")
    }
}

impl ResponseError for Panicked {
    fn status_code(&self) -> StatusCode {
        StatusCode::INTERNAL_SERVER_ERROR
    }

    fn error_response(&self) -> HttpResponse {
        let origins = Origins::default();
        Problem::from(Error::Cancelled).respond_apart(self.language, &self.request_id, &self.path, &origins)
    }
}

/// A problem document (RFC 9457), with media type `application/problem+json`.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem, example = json!({
    "type": "/problems/unknown_parameter",
    "title": "Unknown parameter",
    "status": 400,
    "detail": "witihn: this operation has no such parameter",
    "errors": [{"parameter": "witihn", "code": "unknown_parameter", "message": "this operation has no such parameter"}],
    "request_id": "019ab0f2-7f3e-7cc1-8f52-0d1a3c5b7e90"
}))]
pub struct ProblemDocument {
    /// Stable type of the problem: the address of a page of this service that explains it.
    pub r#type: String,
    /// Short title of the type, in Chinese or English by Accept-Language.
    pub title: String,
    /// The HTTP status.
    #[schema(minimum = 400, maximum = 599)]
    pub status: u16,
    /// What went wrong this time.
    pub detail: String,
    /// Each single fault, with its place. Empty when there is nothing more to say.
    pub errors: Vec<ProblemError>,
    /// Id of this request, also in the `X-Request-Id` header and in the log of the service.
    pub request_id: String,
}

/// One fault of a request and its place: either `parameter`, `pointer`, or `row` and `column`.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProblemError {
    /// Name of the parameter of the query or path.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parameter: Option<String>,
    /// JSON pointer (RFC 6901) to the member of the body.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pointer: Option<String>,
    /// Row of the table handed in, from 1 below the header.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub row: Option<usize>,
    /// Column of the table handed in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// Stable code of the rule that is broken.
    pub code: String,
    /// What is wrong, in Chinese or English by Accept-Language.
    pub message: String,
}

impl ProblemError {
    fn new(fault: &Fault, language: Language) -> ProblemError {
        let (parameter, pointer, row, column) = match fault.place.clone() {
            Place::Parameter(name) => (Some(name), None, None, None),
            Place::Pointer(pointer) => (None, Some(pointer), None, None),
            Place::Cell { row, column } => (None, None, Some(row), Some(column)),
        };
        let message = &fault.invalid.message;
        ProblemError {
            parameter,
            pointer,
            row,
            column,
            code: fault.invalid.code.to_owned(),
            message: language.pick(&message.zh, &message.en).to_owned(),
        }
    }
}
