//! `GET` and `POST /api-keys`, `DELETE /api-keys/{id}`, and `GET /me`.

pub mod types;

use actix_web::web::Data;
use actix_web::{HttpRequest, delete, get, post};
use chrono::NaiveDateTime;

use super::answer::Answer;
use super::body::Nothing;
use super::body::rows::New;
use super::listing::Listing;
use super::page::{self, Page, PageQuery};
use super::problem::Problem;
use super::query::{Code, NoParameters, Query};
use super::write::Write;
use super::write::done::Done;
use super::write::intent::Intent;
use super::write::parameters::WhyQuery;
use crate::db::ledger::{Entry, now};
use crate::db::{Conn, Db, Snapshot, Window, keys};
use crate::domain::access::{Caller, Sight};
use crate::domain::id::KeyId;
use crate::domain::token::Token;
use crate::error::{Error, Result, Text, Thing};
use types::{ApiKey, ApiKeyInput, MadeKey, Me};

/// All keys that their reader may give out and revoke.
struct Keys;

impl Listing for Keys {
    type Key = String;
    type Item = ApiKey;

    fn page(&self, conn: &mut Conn, sight: Sight, window: &Window<String>) -> Result<Vec<ApiKey>> {
        Ok(keys::list(conn, sight.internal, window)?.into_iter().map(ApiKey::from).collect())
    }

    fn count(&self, conn: &mut Conn, sight: Sight) -> Result<i64> {
        keys::count(conn, sight.internal)
    }

    fn key(&self, key: &ApiKey) -> String {
        key.id.clone()
    }

    fn good_until(&self, _: &mut Conn) -> Result<Option<NaiveDateTime>> {
        // The last use of a key is noted without an entry.
        Ok(Some(now()))
    }
}

/// List API keys
///
/// The keys, revoked and expired ones too, in the order of their making. A key for an area sees those
/// for that area and below.
#[utoipa::path(
    tag = "api-keys",
    params(PageQuery),
    responses((status = 200, description = "A page of keys", body = Page<ApiKey>)),
    extensions(("x-min-role" = json!("admin"))),
)]
#[get("/api-keys")]
pub async fn list_api_keys(
    db: Data<Db>,
    request: HttpRequest,
    query: Query<PageQuery>,
) -> Result<Answer, Problem> {
    page::list(&db, &request, query.0, Keys).await
}

/// Make an API key
///
/// The answer holds the key's token, which is shown this once; only its hash is stored. A request that
/// is repeated with its Idempotency-Key gets the same answer, token and all: for these 24 hours the
/// token is kept under a veil that only the key which asked can lift. A key for an area makes keys for
/// that area and below, and a key that expires none that outlive it.
#[utoipa::path(
    tag = "api-keys",
    request_body = ApiKeyInput,
    responses((status = 201, description = "The key, with its token", body = MadeKey)),
    extensions(("x-min-role" = json!("admin"))),
)]
#[post("/api-keys")]
pub async fn create_api_key(db: Data<Db>, maker: Token, write: Write<ApiKeyInput>) -> Result<Done, Problem> {
    let Write { intent, body, .. } = write;
    let token = Token::generate().map_err(Error::from)?;
    let veiled = token.veiled_by(&maker).to_string();
    let work = move |entry: &mut Entry<'_>, intent: &Intent| {
        intent.may_write(&body.areas())?;
        let New(draft) = body.checked()?;
        if draft.area.is_none() && intent.caller.area.is_some() {
            let (zh, en) =
                ("密钥只能发放其区划范围内的密钥", "A key for an area makes keys for that area only.");
            return Err(Error::Forbidden(Text::new(zh, en)));
        }
        let key = ApiKey::from(draft.make(entry, &token, intent.caller.expires_at)?);
        let address = format!("/api/v1/api-keys/{}", key.id);
        Done::created(address, key.seq, &MadeKey { key, token: veiled.clone() })
    };
    let done = intent.commit(&db, work).await?;
    Ok(done.with_body(|body| unveil(body, &maker))?)
}

/// Revoke an API key
///
/// For good, from the next request on. A key cannot revoke itself (409); one that is revoked already is
/// a 404.
#[utoipa::path(
    tag = "api-keys",
    params(
        ("id" = KeyId, Path, description = "Id of the key", example = "019ab0f2-7f3e-7cc1-8f52-0d1a3c5b7e90"),
        WhyQuery,
    ),
    responses((status = 204, description = "The key is revoked")),
    extensions(("x-min-role" = json!("admin"))),
)]
#[delete("/api-keys/{id}")]
pub async fn delete_api_key(
    db: Data<Db>,
    write: Write<Nothing, WhyQuery>,
    id: Code<KeyId>,
) -> Result<Done, Problem> {
    let id = id.0.to_string();
    let work = move |entry: &mut Entry<'_>, intent: &Intent| {
        if id == intent.caller.id {
            let (zh, en) = ("密钥不能撤销自己", "A key cannot revoke itself.");
            return Err(Error::Refused(Text::new(zh, en)));
        }
        keys::revoke(entry, intent.caller.reach(), &id)?;
        Ok(Done::gone())
    };
    write.intent.commit(&db, work).await
}

/// Read the key of this request
///
/// Who the caller is to this service: name, role, area and expiry of the key in the Authorization
/// header.
#[utoipa::path(
    tag = "api-keys",
    responses((status = 200, description = "The key", body = Me)),
    extensions(("x-min-role" = json!("reader"))),
)]
#[get("/me")]
pub async fn show_me(
    db: Data<Db>,
    request: HttpRequest,
    caller: Caller,
    _query: Query<NoParameters>,
) -> Result<Answer, Problem> {
    let Snapshot { head, data } = db
        .read(move |conn| {
            let missing = || Error::NotFound { what: Thing::ApiKey, key: caller.id.clone() };
            keys::get(conn, &caller.id)?.ok_or_else(missing)
        })
        .await?;
    Answer::one(&request, data.seq, &Snapshot { head, data: Me::from(data) })
}

/// The answer of a key's making, with its token as it is.
fn unveil(body: &str, maker: &Token) -> Result<String> {
    let broken = |error: &dyn std::fmt::Display| Error::Corrupt(error.to_string());
    let mut made: serde_json::Value = serde_json::from_str(body).map_err(|error| broken(&error))?;
    let veiled: Token = made["token"]
        .as_str()
        .unwrap_or_default()
        .parse()
        .map_err(|invalid: crate::error::Invalid| broken(&invalid))?;
    made["token"] = veiled.veiled_by(maker).to_string().into();
    Ok(made.to_string())
}
