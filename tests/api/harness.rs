//! A service over a fresh database, and requests to it.

pub mod database;
pub mod edits;
pub mod lists;
pub mod process;
pub mod request;
pub mod sql;
pub mod statements;
pub mod times;

use std::pin::Pin;
use std::rc::Rc;

use actix_web::dev::ServiceResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::HeaderMap;
use actix_web::test;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use taizhang::api::limits::PerSecond;
use taizhang::api::{self, Settings, Shared};
use taizhang::db::Db;
use taizhang::db::keys::{self, KeyRow};
use taizhang::db::ledger::Origin;
use taizhang::domain::token::Token;
use taizhang::exchange::drafts::Draft;
use taizhang::storage::Store;

use database::{Copied, Template, copy};

/// A running service: in process, over a database that is nobody else's.
pub struct TestApp {
    pub db: Db,
    pub url: String,
    pub shared: Shared,
    pub store: Store,
    call: Call,
    /// The key that requests have unless they say otherwise.
    key: Option<String>,
    /// After `db`, whose connections end before their database does.
    _copied: Option<Copied>,
}

type Call = Box<dyn Fn(actix_http::Request) -> Pin<Box<dyn Future<Output = ServiceResponse>>>>;

/// What the service answered.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    pub async fn of(response: ServiceResponse) -> Answer {
        let (status, headers) = (response.status(), response.headers().clone());
        let body = actix_web::body::to_bytes(response.into_body()).await.unwrap().to_vec();
        Answer { status, headers, body }
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error} in {}", self.text()))
    }

    /// The items of a list that was answered with 200.
    pub fn items(&self) -> Vec<Value> {
        assert_eq!(self.status, 200, "{}", self.text());
        self.json()["items"].as_array().unwrap().clone()
    }

    /// The items of an answer to a write.
    pub fn items_of_201(&self) -> Vec<Value> {
        assert!(self.status.is_success(), "{}", self.text());
        self.json()["items"].as_array().unwrap().clone()
    }

    /// Checks that this is a problem document of a type, and gives it.
    pub fn problem(&self, status: u16, slug: &str) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", self.text());
        assert_eq!(self.header("content-type"), "application/problem+json");
        let problem = self.json();
        assert_eq!(problem["type"], format!("/problems/{slug}"));
        assert_eq!(problem["status"], status);
        for member in ["title", "detail", "request_id"] {
            assert!(problem[member].as_str().is_some_and(|text| !text.is_empty()), "{member} in {problem}");
        }
        assert_eq!(problem["request_id"], self.header("x-request-id"));
        problem
    }
}

impl TestApp {
    /// A service over the township of the built-in seed.
    pub async fn seeded() -> TestApp {
        let (url, copied) = copy(Template::Seeded).await;
        TestApp::over(url, Some(copied)).await
    }

    /// The same, and a new key of a role, for an area or for all.
    pub async fn seeded_for(role: &str, area: Option<&str>) -> (TestApp, String) {
        let app = TestApp::seeded().await;
        let key = app.key(role, area).await;
        (app, key)
    }

    /// A service over a migrated database with nothing in it.
    pub async fn empty() -> TestApp {
        let (url, copied) = copy(Template::Empty).await;
        TestApp::over(url, Some(copied)).await
    }

    /// A service with such settings over a migrated database with nothing in it.
    pub async fn with(settings: Settings) -> TestApp {
        let (url, copied) = copy(Template::Empty).await;
        TestApp::serving(url, Some(copied), settings).await
    }

    /// The service started a second time over the same database, as after a restart or beside the first.
    pub async fn again(&self) -> TestApp {
        TestApp::over(self.url.clone(), None).await
    }

    async fn over(url: String, copied: Option<Copied>) -> TestApp {
        // A test may send as fast as it can.
        let rates = PerSecond { key: 0, ..PerSecond::default() };
        TestApp::serving(url, copied, Settings { cache_bytes: 1 << 20, rates, ..Settings::default() }).await
    }

    async fn serving(url: String, copied: Option<Copied>, settings: Settings) -> TestApp {
        let db = Db::open(&url, 2).unwrap();
        let store = settings.store.clone();
        let shared = Shared::new(db.clone(), settings).unwrap();
        let service = Rc::new(test::init_service(api::app(&shared)).await);
        let call: Call = Box::new(move |request| {
            let service = service.clone();
            Box::pin(async move { test::call_service(&*service, request).await.map_into_boxed_body() })
        });
        TestApp { db, url, shared, store, call, key: None, _copied: copied }
    }

    /// The same service, with a key of an admin on every request that says nothing else.
    pub async fn signed_in(self) -> TestApp {
        let key = self.key("admin", None).await;
        TestApp { key: Some(key), ..self }
    }

    /// A new key of a role, for an area or for all: its token. A township that is not registered yet becomes
    /// a neighbour of the seed's.
    pub async fn key(&self, role: &str, area: Option<&str>) -> String {
        if let Some(code) = area
            && self.get(&format!("/api/v1/areas/{code}")).await.status == 404
        {
            self.township(code).await;
        }
        let token = Token::generate().unwrap();
        let (id, hash) = (token.id().to_string(), token.hash());
        let (role, area) = (role.parse().unwrap(), area.map(|code| code.parse().unwrap()));
        let made = self.db.write(Origin::command("test"), move |entry| {
            let row = KeyRow {
                id: id.clone(),
                name: format!("{role}"),
                role,
                area,
                hash: hash.clone(),
                expires_at: None,
                revoked_at: None,
                created_at: entry.at,
                // Used a moment ago: nothing is noted while a test looks.
                last_used_at: Some(entry.at),
                seq: entry.seq,
            };
            keys::insert(entry, &row)
        });
        made.await.unwrap();
        token.to_string()
    }

    /// Registers a township beside that of the seed.
    pub async fn township(&self, code: &str) {
        self.area(json!({
            "code": code, "name": "邻镇", "level": "township", "kind": "town", "parent": "430681",
            "code_system": "NBS-2023",
        }))
        .await;
    }

    /// Adds a row as a user would write it down.
    pub async fn add<D: Draft + DeserializeOwned + Send + 'static>(&self, members: Value) {
        let draft: D = serde_json::from_value(members).unwrap();
        self.db.write(Origin::command("test"), move |entry| draft.insert(entry)).await.unwrap();
    }
}
