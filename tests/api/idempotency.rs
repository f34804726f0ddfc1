//! `Idempotency-Key`: a request that comes again is answered as the first time, and done once.

use actix_web::http::Method;
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::harness::{Answer, TestApp};

const PATH: &str = "/api/v1/reports";

fn report(code: &str) -> Value {
    json!({"code": code, "title": "纪要", "published_at": "2023-06-01T08:30:00+08:00", "text": "正文"})
}

/// All that an answer says of what was done.
fn told(answer: &Answer) -> (u16, String, String, Vec<u8>) {
    let header = |name| answer.header(name).to_owned();
    (answer.status.as_u16(), header("location"), header("etag"), answer.body.clone())
}

#[actix_web::test]
async fn a_request_that_comes_again_gets_the_first_answer() {
    let app = TestApp::empty().await.signed_in().await;
    let first = app.post(PATH, report("a")).header("idempotency-key", "one").await;
    assert_eq!((first.status.as_u16(), first.header("location")), (201, "/api/v1/reports/a"));
    assert!(!first.header("etag").is_empty());
    let head = app.db.head().await.unwrap();
    // What has happened to the row since changes nothing about the answer.
    assert_eq!(app.patch("/api/v1/reports/a", json!({"title": "改题"})).await.status, 200);
    assert_eq!(told(&app.post(PATH, report("a")).header("idempotency-key", "one").await), told(&first));
    assert_eq!(app.get("/api/v1/reports/a").await.json()["title"], "改题");
    assert_eq!(app.db.head().await.unwrap(), head + 1, "the repetition made no entry");
    // Without a key it is a new request.
    app.post(PATH, report("a")).await.problem(409, "conflict");
}

#[actix_web::test]
async fn a_key_stands_for_one_request_only() {
    let app = TestApp::empty().await;
    let (mine, other) = (app.key("editor", None).await, app.key("editor", None).await);
    let send = async |who: &str, query: &str, code: &str| {
        let request = app.request(Method::POST, &format!("{PATH}{query}")).by(who);
        request.header("idempotency-key", "one").json(report(code)).await
    };
    assert_eq!(send(&mine, "", "a").await.status, 201);
    send(&mine, "", "b").await.problem(422, "idempotency_mismatch");
    send(&mine, "?dry_run=false", "a").await.problem(422, "idempotency_mismatch");
    app.get("/api/v1/reports/b").await.problem(404, "not_found");
    // The same key of another holder is another key.
    assert_eq!(send(&other, "", "b").await.status, 201);
    send(&other, "", "a").await.problem(422, "idempotency_mismatch");
}

#[actix_web::test]
async fn a_refused_request_can_be_corrected() {
    let app = TestApp::empty().await.signed_in().await;
    let mut wrong = report("a");
    wrong["url"] = json!("nowhere");
    for _ in 0..2 {
        app.post(PATH, wrong.clone()).header("idempotency-key", "one").await.problem(422, "invalid_value");
    }
    assert_eq!(app.post(PATH, report("a")).header("idempotency-key", "one").await.status, 201);
    app.post(PATH, wrong.clone()).header("idempotency-key", "one").await.problem(422, "idempotency_mismatch");
    // A conflict is no success either.
    app.post(PATH, report("a")).header("idempotency-key", "two").await.problem(409, "conflict");
    assert_eq!(app.post(PATH, report("b")).header("idempotency-key", "two").await.status, 201);
}

#[actix_web::test]
async fn a_malformed_key_is_refused() {
    let app = TestApp::empty().await.signed_in().await;
    for key in ["", "a b", "钥匙", &"k".repeat(256)] {
        let refused = app.post(PATH, report("a")).header("idempotency-key", key).await;
        let problem = refused.problem(400, "malformed_request");
        assert_eq!(problem["errors"][0]["parameter"], "idempotency-key", "{key}");
    }
    let twice = app.post(PATH, report("a")).header("idempotency-key", "a").header("idempotency-key", "b");
    twice.await.problem(400, "malformed_request");
    app.get("/api/v1/reports/a").await.problem(404, "not_found");
    assert_eq!(app.post(PATH, report("a")).header("idempotency-key", &"k".repeat(255)).await.status, 201);
}

#[actix_web::test]
async fn of_eight_at_once_one_is_done_and_all_are_answered_alike() {
    let first = TestApp::empty().await;
    let second = first.again().await;
    let key = first.key("editor", None).await;
    // In one process, then beside a second one that writes to the same database.
    for (code, apps) in [("a", [&first, &first]), ("b", [&first, &second])] {
        let head = first.db.head().await.unwrap();
        let body = report(code);
        let requests = (0..8).map(|turn| {
            let request = apps[turn % 2].request(Method::POST, PATH).by(&key);
            request.header("idempotency-key", code).json(body.clone()).send()
        });
        let answers: Vec<_> = join_all(requests).await.iter().map(told).collect();
        assert_eq!(answers[0].0, 201, "{}", String::from_utf8_lossy(&answers[0].3));
        assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
        assert_eq!(first.db.head().await.unwrap(), head + 1, "one effect");
    }
}

#[actix_web::test]
async fn an_answer_is_kept_for_a_day_and_over_a_restart() {
    let app = TestApp::empty().await;
    let key = app.key("editor", None).await;
    let send = async |app: &TestApp, code: &str| {
        app.post(PATH, report(code)).by(&key).header("idempotency-key", "one").await
    };
    let first = send(&app, "a").await;
    assert_eq!(first.status, 201);
    let app = app.again().await;
    assert_eq!(told(&send(&app, "a").await), told(&first));

    let aged = |app: &TestApp, hours: i64| {
        let time = chrono::Utc::now().naive_utc() - chrono::TimeDelta::hours(hours);
        app.sql(&format!("UPDATE idempotency SET recorded_at = '{}'", time.format("%Y-%m-%d %H:%M:%S%.6f")));
    };
    aged(&app, 23);
    assert_eq!(told(&send(&app, "a").await), told(&first));
    aged(&app, 25);
    send(&app, "a").await.problem(409, "conflict");
    assert_eq!(send(&app, "b").await.status, 201, "the key is free again");
}
