//! Conditional requests, compression and the cache of ready answers. An answer is a function of the
//! request and the ledger: it is encoded and compressed once, kept as bytes, and dropped when something
//! that it is made of is written.

use std::sync::Arc;
use std::time::Duration;

use actix_http::encoding::Encoder;
use actix_web::body::{self, BodySize, BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{
    self, AcceptEncoding, ContentEncoding, EntityTag, Header, HeaderMap, HeaderValue,
};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};
use chrono::{NaiveDateTime, Utc};
use quick_cache::sync::{Cache, DefaultLifecycle, EntryAction, EntryResult, PlaceholderGuard};
use quick_cache::{DefaultHashBuilder, Weighter};
use xxhash_rust::xxh3::Xxh3;

use super::access;
use super::answer::Vintage;
use super::condition::{self, Verdict};
use super::language::Language;
use super::operations::Operations;
use super::problem::Problem;
use crate::db::Db;
use crate::domain::access::Sight;
use crate::error::Error;

/// An answer that is longer than this part of the cache is not kept.
const SHARE: u64 = 8;

/// So long it is waited for an answer that somebody else is having made.
const PATIENCE: Duration = Duration::from_secs(1);

/// Below this size compression gains nothing.
const WORTH_COMPRESSING: usize = 512;

/// Everything that an answer depends on but the ledger.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Key {
    target: String,
    /// The values of all Accept headers, which count as one.
    accept: Vec<HeaderValue>,
    coding: ContentEncoding,
    sight: Sight,
    /// The key, where the answer is for its holder alone.
    caller: Option<String>,
    /// The language, where the answer is told to the holder of a key: it may have sentences.
    language: Option<Language>,
}

impl Key {
    /// The headers that the answer depends on.
    fn vary(&self) -> HeaderValue {
        HeaderValue::from_static(match self.language {
            None => "accept, accept-encoding, authorization",
            Some(_) => "accept, accept-encoding, accept-language, authorization",
        })
    }
}

#[derive(Debug, Clone)]
struct Kept {
    head: i64,
    good_until: Option<NaiveDateTime>,
    headers: HeaderMap,
    etag: EntityTag,
    /// None of what does not lie in memory: its tag alone is kept, for those who have it.
    body: Option<Bytes>,
}

impl Kept {
    /// The answer, where its body is kept.
    fn whole(&self) -> Option<HttpResponse> {
        self.body.clone().map(|body| whole(&self.headers, &self.etag, body))
    }
}

#[derive(Debug, Clone)]
struct ByBytes;

impl Weighter<Key, Arc<Kept>> for ByBytes {
    fn weight(&self, key: &Key, kept: &Arc<Kept>) -> u64 {
        (key.target.len() + kept.body.as_ref().map_or(0, Bytes::len) + 512) as u64
    }
}

/// The ready answers of a process.
pub struct Answers {
    kept: Cache<Key, Arc<Kept>, ByBytes>,
    capacity: u64,
}

impl Answers {
    /// A cache of at most so many bytes.
    pub fn new(capacity: u64) -> Answers {
        let items = usize::try_from(capacity / 4096).unwrap_or(usize::MAX).max(16);
        Answers { kept: Cache::with_weighter(items, capacity, ByBytes), capacity }
    }

    /// What is kept and good, or the place to keep an answer in, which only one of those has who ask for it at a time:
    /// the others wait for the answer, though not for long. Neither where nobody should wait any more.
    async fn place<'a>(
        &'a self,
        key: &Key,
        is_good: impl Fn(&Kept) -> bool,
    ) -> (Option<Arc<Kept>>, Option<Place<'a>>) {
        let entry = self.kept.entry_async(key, |_, kept| match is_good(kept) {
            true => EntryAction::Retain(kept.clone()),
            false => EntryAction::ReplaceWithGuard,
        });
        match tokio::time::timeout(PATIENCE, entry).await {
            Ok(EntryResult::Retained(kept)) => (Some(kept), None),
            Ok(EntryResult::Vacant(place) | EntryResult::Replaced(place, _)) => (None, Some(place)),
            Ok(EntryResult::Removed(..) | EntryResult::Timeout) | Err(_) => (None, None),
        }
    }
}

/// Where an answer is to be kept that is being made.
type Place<'a> =
    PlaceholderGuard<'a, Key, Arc<Kept>, ByBytes, DefaultHashBuilder, DefaultLifecycle<Key, Arc<Kept>>>;

/// Answers reads from the cache, or lets the handler answer and keeps that.
pub async fn ready(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    // Nothing else depends on the ledger, least of all whether the process is alive.
    let path = request.match_info().as_str();
    let is_read = path.starts_with("/api/") || path == "/openapi.json";
    if request.method() != Method::GET || !is_read {
        return Ok(next.call(request).await?.map_into_boxed_body());
    }
    let (Some(answers), Some(db), Some(operations)) = (
        request.app_data::<Data<Answers>>().cloned(),
        request.app_data::<Data<Db>>().cloned(),
        request.app_data::<Data<Operations>>(),
    ) else {
        return Ok(next.call(request).await?.map_into_boxed_body());
    };
    let made_of = operations.made_of(path);
    let caller = access::holder(request.request());
    let key = Key {
        target: request.uri().path_and_query().map_or_else(String::new, ToString::to_string),
        accept: request.headers().get_all(header::ACCEPT).cloned().collect(),
        coding: coding(request.request()),
        sight: access::sight(request.request()),
        language: caller.as_ref().map(|_| Language::of(request.request())),
        caller,
    };
    if !access::has_looked(request.request())
        && let Err(error) = db.look().await
    {
        let refusal = Problem::from(error).respond(request.request());
        return Ok(request.into_response(refusal));
    }
    let newest = db.newest(made_of);
    let is_good = |kept: &Kept| {
        newest <= kept.head && kept.good_until.is_none_or(|until| Utc::now().naive_utc() < until)
    };
    let kept = answers.kept.get(&key).filter(|kept| is_good(kept));
    let (kept, place) = match kept {
        Some(kept) => (Some(kept), None),
        None => answers.place(&key, is_good).await,
    };
    if let Some(response) = kept.and_then(|kept| short(request.request(), &kept).or_else(|| kept.whole())) {
        return Ok(request.into_response(response));
    }

    let response = next.call(request).await?.map_into_boxed_body();
    let vintage = response.response().extensions().get::<Vintage>().copied();
    let (Some(vintage), StatusCode::OK) = (vintage, response.status()) else {
        return Ok(response);
    };
    let (request, response) = response.into_parts();
    let (kept, whole) = match response.body().size() {
        BodySize::Stream => keep_tag(&key, vintage, response),
        BodySize::None | BodySize::Sized(_) => keep(&key, vintage, response).await?,
    };
    let response = short(&request, &kept).unwrap_or(whole);
    let kept = Arc::new(kept);
    if kept.body.as_ref().map_or(0, Bytes::len) as u64 <= answers.capacity / SHARE {
        match place {
            // It fails only when somebody was faster.
            Some(place) => drop(place.insert(kept)),
            None => answers.kept.insert(key, kept),
        }
    }
    Ok(ServiceResponse::new(request, response))
}

/// The best coding that the client takes and the service has.
fn coding(request: &HttpRequest) -> ContentEncoding {
    const HAVE: [ContentEncoding; 4] =
        [ContentEncoding::Zstd, ContentEncoding::Brotli, ContentEncoding::Gzip, ContentEncoding::Identity];
    if !request.headers().contains_key(header::ACCEPT_ENCODING) {
        return ContentEncoding::Identity;
    }
    let Ok(accepted) = AcceptEncoding::parse(request) else { return ContentEncoding::Identity };
    match accepted
        .negotiate(HAVE.iter().map(|&coding| header::Encoding::Known(coding)).collect::<Vec<_>>().iter())
    {
        Some(header::Encoding::Known(coding)) => coding,
        _ => ContentEncoding::Identity,
    }
}

/// One tag for each representation and coding, led by the number that `If-Match` compares of a row.
pub fn etag(seq: i64, coding: ContentEncoding, content: &[u8]) -> EntityTag {
    let mut hash = Xxh3::new();
    hash.update(coding.as_str().as_bytes());
    hash.update(content);
    EntityTag::new_strong(format!("{seq}-{:016x}", hash.digest()))
}

/// What is kept of an answer, and the answer.
async fn keep(
    key: &Key,
    vintage: Vintage,
    response: HttpResponse,
) -> Result<(Kept, HttpResponse), actix_web::Error> {
    let (head, body) = response.into_parts();
    let plain = body::to_bytes(body).await.map_err(actix_web::Error::from)?;
    let coding = if plain.len() < WORTH_COMPRESSING { ContentEncoding::Identity } else { key.coding };
    let etag = etag(vintage.seq, coding, &plain);
    let mut response = head.set_body(plain).map_into_boxed_body();
    set_common(response.headers_mut(), key);
    let (mut head, body) = encode(coding, response).into_parts();
    // The encoder adds a Vary of its own beside ours.
    head.headers_mut().insert(header::VARY, key.vary());
    let body = body::to_bytes(body).await.map_err(actix_web::Error::from)?;
    let headers = head.headers().clone();
    let whole = whole(&headers, &etag, body.clone());
    let Vintage { head, good_until, .. } = vintage;
    Ok((Kept { head, good_until, headers, etag, body: Some(body) }, whole))
}

/// The tag of an answer that arrives in chunks, and the answer.
fn keep_tag(key: &Key, vintage: Vintage, mut response: HttpResponse) -> (Kept, HttpResponse) {
    let content = vintage.content.unwrap_or_default().to_be_bytes();
    let etag = etag(vintage.seq, key.coding, &content);
    set_common(response.headers_mut(), key);
    let mut response = encode(key.coding, response);
    response.headers_mut().insert(header::VARY, key.vary());
    insert_etag(response.headers_mut(), &etag);
    let Vintage { head, good_until, .. } = vintage;
    (Kept { head, good_until, headers: response.headers().clone(), etag, body: None }, response)
}

fn encode(coding: ContentEncoding, response: HttpResponse) -> HttpResponse {
    response.map_body(|head, body| Encoder::response(coding, head, body).boxed())
}

fn set_common(headers: &mut HeaderMap, key: &Key) {
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert(header::VARY, key.vary());
}

fn insert_etag(headers: &mut HeaderMap, etag: &EntityTag) {
    if let Ok(value) = HeaderValue::from_str(&etag.to_string()) {
        headers.insert(header::ETAG, value);
    }
}

fn not_modified(headers: &HeaderMap, etag: &EntityTag) -> HttpResponse {
    let mut response = HttpResponse::NotModified();
    for name in [header::CACHE_CONTROL, header::VARY, header::LINK] {
        if let Some(value) = headers.get(&name) {
            response.insert_header((name, value.clone()));
        }
    }
    let mut response = response.finish();
    insert_etag(response.headers_mut(), etag);
    response
}

/// What is answered in the place of the whole, where the conditions of the request say so.
fn short(request: &HttpRequest, kept: &Kept) -> Option<HttpResponse> {
    match condition::of_read(request, &kept.etag) {
        Verdict::Answer => None,
        Verdict::Unchanged => Some(not_modified(&kept.headers, &kept.etag)),
        Verdict::Failed(why) => Some(Problem::from(Error::Stale(why)).respond(request)),
    }
}

fn whole(headers: &HeaderMap, etag: &EntityTag, body: Bytes) -> HttpResponse {
    let mut response = HttpResponse::Ok().body(body);
    *response.headers_mut() = headers.clone();
    insert_etag(response.headers_mut(), etag);
    response
}
