//! Writes: what every request that changes something has in common. Its key, what it expects of the row
//! that it changes, why it changes it, and whether it may come twice.

use std::future::Future;
use std::pin::Pin;

use actix_web::body::BoxBody;
use actix_web::dev::Payload;
use actix_web::http::header::{self, ContentEncoding, Header, HeaderName, IfMatch, IfNoneMatch};
use actix_web::http::{Method, StatusCode};
use actix_web::{FromRequest, HttpMessage, HttpRequest, HttpResponse, Responder};
use serde::Serialize;
use serde_json::Value;

use super::base;
use super::body::{self, Body, Changes, Held, Why, Writable};
use super::cache;
use super::condition;
use super::format::Format;
use super::payload::{self, Limits};
use super::problem::Problem;
use super::query::{Fields, FromFields, NoParameters};
use super::request_id;
use crate::db::Db;
use crate::db::idempotency::{Reply, Ticket};
use crate::db::ledger::{Entry, Origin};
use crate::domain::access::{Caller, Sight};
use crate::domain::area_code::AreaCode;
use crate::domain::hash;
use crate::error::{Error, Invalid, Result, Text};

/// Header by which a client makes a POST safe to repeat.
pub const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// A request that changes something: who asks, the parameters, the body. Read in the order in which
/// faults are told: media type, size, syntax. What the body means is looked at by the handler, after the row
/// and what the caller expects of it.
pub struct Write<B, Q = NoParameters> {
    /// Who asks, and on which conditions.
    pub intent: Intent,
    /// The parameters.
    pub query: Q,
    /// The body, of which what breaks a rule is told last.
    pub body: Held<B>,
}

/// Who wants to change something, and on which conditions.
#[derive(Debug, Clone)]
pub struct Intent {
    /// The holder of the key.
    pub caller: Caller,
    /// Why.
    pub why: Why,
    request_id: String,
    expected: Expected,
    ticket: Option<Ticket>,
    trial: bool,
}

/// What the caller expects of the row.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Expected {
    /// It does not say.
    Unsaid,
    /// That there is none.
    Absent,
    /// That there is one.
    Any,
    /// That its last entry is one of these.
    Entry(Vec<i64>),
    /// It names weak tags only.
    Weak,
}

impl Intent {
    /// What the caller sees.
    pub fn sight(&self) -> Sight {
        self.caller.sight()
    }

    /// Checks that the caller may write to all of these areas.
    pub fn may_write(&self, areas: &[AreaCode]) -> Result<()> {
        match areas.iter().find(|&&area| !self.caller.reach().covers(area)) {
            None => Ok(()),
            Some(outside) => Err(Error::Forbidden(Text::new(
                format!("密钥的区划范围不含 {outside}"),
                format!("The key is not for {outside}."),
            ))),
        }
    }

    /// Checks that the caller may report on what lies in these areas: one of them is within the key's area,
    /// or has it within, so that a village reports on what concerns its township.
    pub fn may_report(&self, areas: &[AreaCode]) -> Result<()> {
        if areas.iter().any(|&area| self.caller.reach().meets(area)) {
            return Ok(());
        }
        Err(Error::Forbidden(Text::new(
            "密钥的区划与此事项所在区划无关",
            "The key is not for any of the areas that this concerns.",
        )))
    }

    /// Checks that the caller may write to all areas there are.
    pub fn may_write_everywhere(&self) -> Result<()> {
        match self.caller.area {
            None => Ok(()),
            Some(_) => Err(Error::Forbidden(Text::new(
                "需要不限区划的密钥",
                "This takes a key that is not for one area only.",
            ))),
        }
    }

    /// Checks that the caller may change something that is everybody's: it is not used outside of the areas
    /// that the caller may write to. Where it is used is not told, some of it may be internal.
    pub fn may_change_shared(&self, used_outside: bool) -> Result<()> {
        if !used_outside {
            return Ok(());
        }
        Err(Error::Forbidden(Text::new(
            "密钥的区划范围之外也在使用它，只有范围含全部使用者的密钥可以改动",
            "It is used outside of the area of the key: a key that covers all who use it changes it.",
        )))
    }

    /// Checks that the row whose last entry is `seq` is as the caller expects.
    pub fn matches(&self, seq: i64) -> Result<()> {
        match &self.expected {
            Expected::Unsaid => Err(Error::PreconditionRequired),
            Expected::Any => Ok(()),
            Expected::Entry(expected) if expected.contains(&seq) => Ok(()),
            Expected::Entry(_) => Err(Error::Stale(Text::new(
                format!("现在的版本是 {seq}，与 If-Match 不符"),
                format!("Its last entry is {seq}, which If-Match does not name."),
            ))),
            Expected::Weak => Err(Error::Stale(condition::weak())),
            Expected::Absent => Err(Error::Stale(Text::new(
                "已存在（If-None-Match: *）",
                "It is there already (If-None-Match: *).",
            ))),
        }
    }

    /// As [`Intent::matches`], of a request that need not say what it expects.
    pub fn matches_if_said(&self, seq: i64) -> Result<()> {
        if self.expected == Expected::Unsaid { Ok(()) } else { self.matches(seq) }
    }

    /// As [`Intent::matches`], where there may be no row yet.
    pub fn matches_or_creates(&self, seq: Option<i64>) -> Result<()> {
        match (seq, &self.expected) {
            (Some(seq), _) => self.matches(seq),
            (None, Expected::Absent) => Ok(()),
            (None, Expected::Unsaid) => Err(Error::PreconditionRequired),
            (None, Expected::Weak) => Err(Error::Stale(condition::weak())),
            (None, _) => Err(Error::Stale(Text::new(
                "尚不存在；新建请用 If-None-Match: *",
                "There is none yet; create it with If-None-Match: *.",
            ))),
        }
    }

    /// The row after the changes, when it is as the caller expects.
    pub fn changed<D: Writable>(&self, body: &Held<Changes<D>>, row: &impl Serialize, seq: i64) -> Result<D> {
        self.changes(body, row, seq)?.onto(row)
    }

    /// What really changes, when the row is as the caller expects.
    pub fn changes<D: Writable>(
        &self,
        body: &Held<Changes<D>>,
        row: &impl Serialize,
        seq: i64,
    ) -> Result<Changes<D>> {
        self.matches(seq)?;
        body.checked()?.of(row)
    }

    /// Does the work as one entry of the ledger, and answers with what it returns. A request that comes
    /// again with its idempotency key gets the first one's answer. A trial creates nothing: its answer is a
    /// 200 without address and tag.
    pub async fn commit<F>(self, db: &Db, mut work: F) -> Result<Done, Problem>
    where
        F: FnMut(&mut Entry<'_>, &Intent) -> Result<Reply> + Send + 'static,
    {
        let origin = Origin {
            author: self.caller.name.clone(),
            key_id: Some(self.caller.id.clone()),
            request_id: Some(self.request_id.clone()),
            reason: self.why.reason,
            comment: self.why.comment.clone(),
        };
        let ticket = self.ticket.clone();
        let work = move |entry: &mut Entry<'_>| {
            if self.trial {
                entry.try_only();
                return of_trial(work(entry, &self)?, entry.seq);
            }
            work(entry, &self)
        };
        let reply = match ticket {
            Some(ticket) => db.write_once(origin, ticket, work).await?,
            None => db.write(origin, work).await?.data,
        };
        Ok(Done(reply))
    }
}

/// The answer to a trial: without address and tag, and without the ids of what it would have created, since another
/// write gets these.
fn of_trial(reply: Reply, seq: i64) -> Result<Reply> {
    let broken = |error: serde_json::Error| Error::Corrupt(error.to_string());
    let mut body: Value = serde_json::from_str(&reply.body).map_err(broken)?;
    let is_new = |row: &Value| row["seq"] == seq && row.get("revision").is_none_or(|number| *number == 1);
    let forget = |row: &mut Value| {
        if is_new(row)
            && let Some(members) = row.as_object_mut()
        {
            members.shift_remove("id");
        }
    };
    if reply.status == 201 {
        match body.get_mut("items") {
            Some(Value::Array(rows)) => rows.iter_mut().for_each(forget),
            _ => forget(&mut body),
        }
    }
    let body = serde_json::to_string(&body).map_err(broken)?;
    Ok(Reply { status: 200, location: None, etag: None, body })
}

/// The answer to a write that was done.
#[derive(Debug)]
pub struct Done(Reply);

impl Done {
    /// A row that was created, and its address.
    pub fn created(location: String, seq: i64, row: &impl Serialize) -> Result<Reply> {
        Ok(Reply { status: 201, location: Some(location), ..Done::row(seq, row)? })
    }

    /// A row that was changed, or stays as it was.
    pub fn row(seq: i64, row: &impl Serialize) -> Result<Reply> {
        let body = serde_json::to_string(row).map_err(|error| Error::Corrupt(error.to_string()))?;
        // The tag of the same row when it is read without compression.
        let etag = cache::etag(seq, ContentEncoding::Identity, body.as_bytes()).to_string();
        Ok(Reply { status: 200, location: None, etag: Some(etag), body })
    }

    /// Several rows together, which have no tag of their own.
    pub fn rows(status: StatusCode, rows: &impl Serialize) -> Result<Reply> {
        let status = i16::try_from(status.as_u16()).unwrap_or(200);
        Ok(Reply { status, etag: None, ..Done::row(0, rows)? })
    }

    /// The same answer with another body.
    pub fn with_body(self, change: impl FnOnce(&str) -> Result<String>) -> Result<Done> {
        let body = change(&self.0.body)?;
        Ok(Done(Reply { body, ..self.0 }))
    }

    /// A row that is gone.
    pub fn gone() -> Reply {
        Reply { status: 204, location: None, etag: None, body: String::new() }
    }
}

impl Responder for Done {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse<BoxBody> {
        let Done(Reply { status, location, etag, body }) = self;
        let status = u16::try_from(status).ok().and_then(|status| StatusCode::from_u16(status).ok());
        let mut response = HttpResponse::build(status.unwrap_or(StatusCode::OK));
        response.insert_header((header::CACHE_CONTROL, "no-store"));
        let location = location.map(|path| base::address(&path));
        for (name, value) in [(header::LOCATION, location), (header::ETAG, etag)] {
            if let Some(value) = value {
                response.insert_header((name, value));
            }
        }
        if body.is_empty() {
            return response.finish();
        }
        response.insert_header((header::CONTENT_TYPE, Format::Json.media_type())).body(body)
    }
}

/// Why something is deleted, and whether it may be.
#[derive(Debug, Clone, Default, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct WhyQuery {
    /// Coded reason; needed to retract an observation.
    #[param(required = false, value_type = Option<crate::domain::codes::RevisionReason>, inline, example = "entry_error")]
    pub reason: Option<crate::domain::codes::RevisionReason>,
    /// Free words about it.
    #[param(required = false, max_length = 2000)]
    pub comment: Option<String>,
}

impl FromFields for WhyQuery {
    fn from_fields(fields: &mut Fields) -> WhyQuery {
        let (reason, comment) = (fields.one("reason"), fields.text("comment"));
        let comment = body::clean_comment(comment).unwrap_or_else(|invalid| {
            fields.fault("comment", invalid);
            None
        });
        WhyQuery { reason, comment }
    }
}

/// Whether a write is only tried.
#[derive(Debug, Clone, Copy, Default, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct DryRun {
    /// Checks everything and answers 200 with what would be there, but keeps nothing: what would be created has no
    /// `id` yet. An Idempotency-Key has no effect then.
    #[param(required = false, default = false)]
    pub dry_run: bool,
}

impl FromFields for DryRun {
    fn from_fields(fields: &mut Fields) -> DryRun {
        DryRun { dry_run: fields.flag("dry_run") }
    }
}

impl MayExplain for DryRun {
    fn is_trial(&self) -> bool {
        self.dry_run
    }
}

impl<Q> MayExplain for (Q, DryRun) {
    fn is_trial(&self) -> bool {
        self.1.dry_run
    }
}

/// Parameters that may say why.
pub trait MayExplain {
    /// The reason that they give, where there is no body to do it.
    fn why(&self) -> Why {
        Why::default()
    }

    /// Whether the request is a trial, of which nothing is kept.
    fn is_trial(&self) -> bool {
        false
    }
}

impl MayExplain for NoParameters {}

impl MayExplain for WhyQuery {
    fn why(&self) -> Why {
        Why { reason: self.reason, comment: self.comment.clone() }
    }
}

impl<B: Body + 'static, Q: FromFields + MayExplain + 'static> FromRequest for Write<B, Q> {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Write<B, Q>, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, mut payload) = (request.clone(), payload.take());
        let reading = payload::reading(&request);
        Box::pin(async move {
            let write = read(&request, &mut payload).await;
            drop(reading);
            write
        })
    }
}

async fn read<B: Body, Q: FromFields + MayExplain>(
    request: &HttpRequest,
    payload: &mut Payload,
) -> Result<Write<B, Q>, Problem> {
    let caller = request.extensions().get::<Caller>().cloned().ok_or_else(|| Problem::unauthorized(false))?;
    Format::json(request)?;
    let bytes = if B::MEDIA.is_empty() {
        Default::default()
    } else {
        if !is_one_of(request, B::MEDIA) {
            return Err(Problem::unsupported_media_type(&B::MEDIA.join(", ")));
        }
        let limits = request.app_data::<Limits>().copied().unwrap_or_default();
        payload::read(request, payload, &limits).await?
    };
    let query = Fields::parse(request.query_string())?.read::<Q>()?;
    let (body, why) = if B::MEDIA.is_empty() {
        (Held::none(request)?, query.why())
    } else {
        let Value::Object(members) = payload::json(&bytes)? else {
            let message = ("请求体应为 JSON 对象", "The body must be a JSON object.");
            return Err(Problem::malformed(Invalid::new("not_an_object", message.0, message.1)));
        };
        Held::read(request, members)?
    };
    let trial = query.is_trial();
    let intent = Intent {
        // The answer to a trial is not that of the deed.
        ticket: ticket(request, &caller, &bytes)?.filter(|_| !trial),
        trial,
        expected: expected(request)?,
        request_id: request_id::of(request),
        caller,
        why,
    };
    Ok(Write { intent, query, body })
}

/// Whether the body is of one of these media types, in UTF-8.
fn is_one_of(request: &HttpRequest, media_types: &[&str]) -> bool {
    let Ok(Some(given)) = request.mime_type() else { return false };
    let in_utf_8 = given.get_param(mime::CHARSET).is_none_or(|charset| charset == mime::UTF_8);
    in_utf_8 && media_types.iter().any(|taken| given.essence_str() == *taken)
}

fn expected(request: &HttpRequest) -> Result<Expected, Problem> {
    let has = |name: &HeaderName| request.headers().contains_key(name);
    let wrong = |name: &HeaderName, zh: &str, en: &str| {
        Problem::malformed_header(name, Invalid::new("malformed_header", zh, en))
    };
    if has(&header::IF_NONE_MATCH) {
        // Only `*` is of use to a write.
        return match IfNoneMatch::parse(request) {
            Ok(IfNoneMatch::Any) if !has(&header::IF_MATCH) => Ok(Expected::Absent),
            _ => Err(wrong(
                &header::IF_NONE_MATCH,
                "写操作只能用 *，且不与 If-Match 同用",
                "of a write must be *, without If-Match",
            )),
        };
    }
    if !has(&header::IF_MATCH) {
        return Ok(Expected::Unsaid);
    }
    match IfMatch::parse(request) {
        Ok(IfMatch::Any) => Ok(Expected::Any),
        // RFC 9110, 13.1.1: a weak tag never matches.
        Ok(IfMatch::Items(tags)) if condition::all_weak(&tags) => Ok(Expected::Weak),
        Ok(IfMatch::Items(tags)) if !tags.is_empty() => {
            Ok(Expected::Entry(tags.iter().filter_map(condition::entry).collect()))
        }
        _ => Err(wrong(&header::IF_MATCH, "应为读取时得到的 ETag", "must be the ETag of what was read")),
    }
}

fn ticket(request: &HttpRequest, caller: &Caller, body: &[u8]) -> Result<Option<Ticket>, Problem> {
    // The other methods have their preconditions.
    if request.method() != Method::POST {
        return Ok(None);
    }
    let mut given = request.headers().get_all(IDEMPOTENCY_KEY);
    let Some(value) = given.next() else { return Ok(None) };
    let fits = |key: &&str| (1..=255).contains(&key.len()) && key.bytes().all(|sign| sign.is_ascii_graphic());
    let key = value.to_str().ok().filter(fits).filter(|_| given.next().is_none()).ok_or_else(|| {
        let (zh, en) = (
            "应为一个 1 到 255 个可见 ASCII 字符的值",
            "must be one value of 1 to 255 visible ASCII characters",
        );
        Problem::malformed_header(&IDEMPOTENCY_KEY, Invalid::new("malformed_header", zh, en))
    })?;
    Ok(Some(Ticket {
        key_id: caller.id.clone(),
        path: request.match_info().as_str().to_owned(),
        idempotency_key: key.to_owned(),
        fingerprint: hash::sha256(&[request.query_string().as_bytes(), &[0], body]),
    }))
}
