//! How long the database takes for the first screen of an app, over the built-in seed: `cargo bench --bench
//! overview` prints the queries of one request, the time they take together, and the size of the answer.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark prints, and ends when it cannot go on"
)]

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use actix_web::http::StatusCode;
use actix_web::test;
use diesel::connection::{Instrumentation, InstrumentationEvent, set_default_instrumentation};
use taizhang::api::limits::PerSecond;
use taizhang::api::{self, Settings, Shared};
use taizhang::db::Db;
use taizhang::exchange::seed::{self, Files};

const RUNS: usize = 200;

static QUERIES: AtomicU64 = AtomicU64::new(0);
static NANOSECONDS: AtomicU64 = AtomicU64::new(0);

/// Adds up what the queries of a connection take.
struct Watch(Option<Instant>);

impl Instrumentation for Watch {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        match event {
            InstrumentationEvent::StartQuery { .. } => self.0 = Some(Instant::now()),
            InstrumentationEvent::FinishQuery { .. } => {
                let spent = self.0.take().map_or(0, |began| began.elapsed().as_nanos());
                NANOSECONDS.fetch_add(u64::try_from(spent).unwrap(), Ordering::Relaxed);
                QUERIES.fetch_add(1, Ordering::Relaxed);
            }
            _ => {}
        }
    }
}

#[actix_web::main]
async fn main() {
    set_default_instrumentation(|| Some(Box::new(Watch(None)))).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let db = Db::open(&format!("sqlite://{}/taizhang.db", folder.path().display()), 2).unwrap();
    db.migrate().unwrap();
    seed::load(&db, Files::built_in().unwrap()).await.unwrap();
    let rates = PerSecond { address: 0, key: 0, ..PerSecond::default() };
    // Without a cache: every request asks the database.
    let shared = Shared::new(db, Settings { cache_bytes: 0, rates, ..Settings::default() }).unwrap();
    let service = test::init_service(api::app(&shared)).await;
    for area in ["430681107", "430681107223", "430681"] {
        let (mut database, mut whole, mut queries, mut bytes) = (Vec::new(), Vec::new(), 0, 0);
        for _ in 0..RUNS {
            QUERIES.store(0, Ordering::Relaxed);
            NANOSECONDS.store(0, Ordering::Relaxed);
            let call = test::TestRequest::get().uri(&format!("/api/v1/areas/{area}/overview")).to_request();
            let began = Instant::now();
            let answer = test::call_service(&service, call).await;
            assert_eq!(answer.status(), StatusCode::OK);
            bytes = test::read_body(answer).await.len();
            whole.push(began.elapsed().as_micros());
            database.push(NANOSECONDS.load(Ordering::Relaxed) / 1000);
            queries = QUERIES.load(Ordering::Relaxed);
        }
        database.sort_unstable();
        whole.sort_unstable();
        println!(
            "{area}: {queries} queries take {} µs of {} µs; {bytes} bytes",
            database[RUNS / 2],
            whole[RUNS / 2]
        );
    }
}
