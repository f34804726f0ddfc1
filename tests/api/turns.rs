//! Turns: what one client has under way never stops another, a download holds nothing that others need while it is
//! read, and what holds a snapshot too long is told to read pages.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::time::{Duration, Instant};

use actix_web::dev::{Server, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::rt::task::spawn_blocking;
use actix_web::rt::time::sleep;
use actix_web::test::{self, TestRequest};
use diesel::connection::SimpleConnection;
use diesel::{RunQueryDsl, sql_query};
use futures_util::future::join_all;
use taizhang::api::server::{self, Patience};
use taizhang::api::{self, Settings};
use taizhang::db::dialect::location::{self, Location, Purpose};
use taizhang::exchange::generate::{self, Sizes};

use crate::harness::{Answer, TestApp};

const FILE: &str = "/api/v1/observations?format=ndjson";

/// So many downloads a client may have under way.
const MOST: usize = 8;

async fn begun(app: &TestApp, peer: &str, key: Option<&str>) -> ServiceResponse {
    let service = test::init_service(api::app(&app.shared)).await;
    let mut request = TestRequest::get().uri(FILE).peer_addr(peer.parse().unwrap());
    if let Some(key) = key {
        request = request.insert_header(("authorization", format!("Bearer {key}")));
    }
    test::call_service(&service, request.to_request()).await.map_into_boxed_body()
}

async fn status(app: &TestApp, peer: &str, path: &str) -> StatusCode {
    let request = TestRequest::get().uri(path).peer_addr(peer.parse().unwrap());
    app.answer(request).await.status
}

#[actix_web::test]
async fn downloads_that_nobody_reads_stop_nobody_else() {
    let (app, key) = TestApp::seeded_for("reader", None).await;
    let mut held = Vec::new();
    for _ in 0..MOST {
        held.push(begun(&app, "192.0.2.1:1000", Some(&key)).await);
    }
    assert!(held.iter().all(|answer| answer.status() == 200));
    // Others have their screens, roll-ups, lists and downloads at once.
    let begin = Instant::now();
    for path in [
        "/api/v1/areas/430681107/overview",
        "/api/v1/plans/bishi-2023/scoreboard",
        "/api/v1/completion?within=430681107&limit=10",
        "/api/v1/observations?limit=10",
        "/api/v1/observations?limit=10&count=exact",
        FILE,
    ] {
        assert_eq!(status(&app, "192.0.2.2:1000", path).await, 200, "{path}");
        assert_eq!(status(&app, "192.0.2.1:1000", path).await == 200, path != FILE, "{path}");
    }
    assert!(begin.elapsed() < Duration::from_secs(15), "only the client itself waits");
    // Neither the address nor the key may have more, until one of them ends.
    let (by_address, by_key) = futures_util::future::join(
        begun(&app, "192.0.2.1:1001", None),
        begun(&app, "192.0.2.3:1", Some(&key)),
    )
    .await;
    for refused in [by_address, by_key] {
        let refused = Answer::of(refused).await;
        assert_eq!(refused.header("retry-after"), "1");
        refused.problem(429, "too_many_requests");
    }
    let whole = test::read_body(held.pop().unwrap()).await;
    let again = begun(&app, "192.0.2.1:1001", Some(&key)).await;
    assert_eq!(again.status(), 200);
    assert_eq!(test::read_body(again).await, whole);
}

#[actix_web::test]
async fn many_of_one_client_wait_for_each_other() {
    let app = TestApp::seeded().await;
    let ask = |path| status(&app, "192.0.2.1:1000", path);
    let all = join_all((0..10).map(|_| ask("/api/v1/areas/430681107/overview"))).await;
    assert!(all.iter().all(|status| *status == 200), "{all:?}");
}

/// How long the log of an embedded database is.
fn log(path: &str) -> u64 {
    Path::new(&format!("{path}-wal")).metadata().map_or(0, |metadata| metadata.len())
}

#[actix_web::test]
async fn a_download_does_not_let_the_log_grow() {
    let app = TestApp::seeded().await;
    let Location::Sqlite(path) = Location::parse(&app.url).unwrap() else { return };
    let location = Location::Sqlite(path.clone());
    // Whoever is the last on the database folds the log in.
    assert_eq!(app.get(FILE).await.status, 200);
    fill(&app, "once");
    assert!(log(&path) > 40 << 20);
    assert_eq!(app.get(FILE).await.status, 200, "whoever comes first folds it in");
    assert!(log(&path) < 1 << 20, "{}", log(&path));
    // While a snapshot needs it, nobody can.
    let mut reader = location::open(&location, Purpose::Read).unwrap();
    reader.batch_execute("BEGIN").unwrap();
    sql_query("SELECT 1 FROM areas").execute(&mut reader).unwrap();
    fill(&app, "twice");
    let refused = app.get(FILE).header("accept-language", "en").await;
    let problem = refused.problem(503, "unavailable");
    assert!(problem["detail"].as_str().unwrap().contains("page by page"), "{problem}");
    assert_eq!(app.get("/api/v1/observations?limit=1000").await.status, 200);
    assert_eq!(app.get("/api/v1/areas/430681107/overview").await.status, 200);
    reader.batch_execute("COMMIT").unwrap();
    assert_eq!(app.get(FILE).await.status, 200);
    assert!(log(&path) < 1 << 20, "{}", log(&path));
}

/// Writes more to the log than it may hold.
fn fill(app: &TestApp, table: &str) {
    app.sql(&format!(
        "CREATE TABLE {table} AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 46) \
         SELECT randomblob(1000000) AS bytes FROM n"
    ));
}

#[actix_web::test]
async fn screens_do_not_let_the_log_grow() {
    let app = TestApp::seeded().await;
    let Location::Sqlite(path) = Location::parse(&app.url).unwrap() else { return };
    assert_eq!(app.get("/api/v1/areas/430681107/overview?period=2021").await.status, 200);
    fill(&app, "once");
    assert!(log(&path) > 40 << 20);
    // Not the one that is ready already.
    assert_eq!(app.get("/api/v1/areas/430681107/overview?period=2022").await.status, 200);
    let begun = Instant::now();
    while log(&path) > 1 << 20 {
        assert!(begun.elapsed() < Duration::from_secs(20), "{}", log(&path));
        sleep(Duration::from_millis(50)).await;
    }
}

#[actix_web::test]
async fn downloads_have_so_much_room_together() {
    let with_room = async |download_bytes: u64| {
        let app = TestApp::with(Settings { download_bytes, ..Settings::default() }).await;
        generate::fill(&app.db, Sizes { observations: 1_000, villages: 100, seed: 1 }).await.unwrap();
        app
    };
    let one = with_room(u64::MAX).await.get(FILE).await.body.len() as u64;
    let app = with_room(one * 3 / 2).await;
    let held = begun(&app, "192.0.2.1:1", None).await;
    assert_eq!(held.status(), 200);
    Answer::of(begun(&app, "192.0.2.2:1", None).await).await.problem(503, "unavailable");
    drop(held);
    assert_eq!(begun(&app, "192.0.2.2:1", None).await.status(), 200);
}

#[actix_web::test]
async fn who_reads_nothing_is_cut_and_who_reads_slowly_is_not() {
    let app = TestApp::empty().await;
    let listener = server::listen(([127, 0, 0, 1], 0).into()).unwrap();
    let (address, shared) = (listener.local_addr().unwrap(), app.shared.clone());
    let second = Duration::from_secs(1);
    let patience = Patience { head: second, reading: 3 * second };
    let serving = move || server::serving(&shared, address, std::future::pending::<()>, patience);
    let server =
        Server::build().workers(1).disable_signals().listen("http", listener, serving).unwrap().run();
    let handle = server.handle();
    actix_web::rt::spawn(server);
    let one = app.get("/openapi.json").await.body.len();
    // Far more than the buffers between the two hold.
    let asked = "GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n".repeat(40);
    let connect = move || {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.write_all(asked.as_bytes()).unwrap();
        stream.set_read_timeout(Some(10 * second)).unwrap();
        stream
    };
    let idle = connect.clone();
    let idle = spawn_blocking(move || {
        let mut stream = idle();
        // It learns of its end by what it sends.
        let mut left = 60;
        while left > 0 && stream.write_all(b"x").is_ok() {
            left -= 1;
            std::thread::sleep(second);
        }
        let mut told = Vec::new();
        // What was on its way may be there, or nothing.
        let _ = stream.read_to_end(&mut told);
        (left > 0, told.len())
    });
    // Half a megabyte a second.
    let slow = spawn_blocking(move || {
        let (mut stream, mut piece, mut told) = (connect(), vec![0; 64 << 10], 0);
        for _ in 0..40 {
            stream.read_exact(&mut piece).unwrap();
            told += piece.len();
            std::thread::sleep(second / 8);
        }
        told
    });
    let (has_ended, told) = idle.await.unwrap();
    assert!(has_ended && told < 40 * one, "{told} bytes of {one} each");
    assert_eq!(slow.await.unwrap(), 40 * (64 << 10));
    handle.stop(false).await;
}
