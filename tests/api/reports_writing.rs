//! `POST /reports`, `PATCH` and `DELETE /reports/{code}`: texts and their hashes, dry runs, what is cited.

use actix_web::http::Method;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::builders::merged;
use crate::builders::reports::{TEXT, cited_report};
use crate::harness::TestApp;

const LIST: &str = "/api/v1/reports";
const PATH: &str = "/api/v1/reports/notes";

fn report(more: Value) -> Value {
    merged(json!({"code": "notes", "title": "会议纪要", "published_at": "2023-06-01T08:30:00+08:00"}), more)
}

fn hash(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[actix_web::test]
async fn a_report_is_created_with_its_text() {
    let app = TestApp::seeded().await.signed_in().await;
    let body = report(json!({
        "issuer": "430681107", "document_number": "弼政发〔2023〕1号", "url": "https://example.org/a?b=1",
        "period": "2023年上半年", "text": "第一段\r\n第二段",
    }));
    let made = app.post(LIST, body).await;
    assert_eq!((made.status.as_u16(), made.header("location")), (201, PATH), "{}", made.text());
    let read = app.get(PATH).await;
    assert_eq!((made.json(), made.header("etag")), (read.json(), read.header("etag")));
    assert_eq!(read.json()["sha256"], hash("第一段\n第二段"));
    assert_eq!((&read.json()["period"], &read.json()["issuer"]), (&json!("2023-S1"), &json!("430681107000")));
    assert_eq!(read.json()["text"], Value::Null, "the text has an address of its own");
    assert_eq!(app.get(&format!("{PATH}/text")).await.json()["text"], "第一段\n第二段");
    assert_eq!(app.listed("/api/v1/search?q=%E7%AC%AC%E4%BA%8C%E6%AE%B5", "code").await, ["notes"]); // 第二段
    app.post(LIST, report(json!({"issuer": "999999"}))).await.problem(409, "conflict");
}

#[actix_web::test]
async fn what_breaks_a_rule_of_reports_is_named() {
    let app = TestApp::seeded().await.signed_in().await;
    for (more, pointer) in [
        (json!({"code": "summary"}), "/code"),
        (json!({"code": "A b"}), "/code"),
        (json!({"title": ""}), "/title"),
        (json!({"document_number": " "}), "/document_number"),
        (json!({"issuer": "430681199"}), "/issuer"),
        (json!({"url": "ftp://example.org"}), "/url"),
        (json!({"url": "https://"}), "/url"),
        (json!({"url": "https://example.org/a b"}), "/url"),
        (json!({"url": "javascript:alert(1)"}), "/url"),
        (json!({"sha256": "abc"}), "/sha256"),
        (json!({"sha256": hash("另一篇"), "text": "这一篇"}), "/sha256"),
        (json!({"text": "\n \n"}), "/text"),
    ] {
        let problem = app.post(LIST, report(more.clone())).await.problem(422, "invalid_value");
        assert_eq!(problem["errors"][0]["pointer"], pointer, "{more}: {problem}");
    }
    let problem = app.post(LIST, report(json!({"sha256": hash("另一篇"), "text": "这一篇"}))).await.json();
    assert!(problem["errors"][0]["message"].as_str().unwrap().contains(&hash("这一篇")), "{problem}");
    app.post(LIST, report(json!({"published_at": "2023-06-01"}))).await.problem(400, "malformed_request");
    let written = report(json!({"sha256": hash("这一篇").to_uppercase(), "text": "这一篇"}));
    assert_eq!(app.post(LIST, written).await.json()["sha256"], hash("这一篇"));
}

#[actix_web::test]
async fn a_dry_run_checks_everything_and_keeps_nothing() {
    let app = TestApp::seeded().await.signed_in().await;
    let head = app.db.head().await.unwrap();
    let request = app
        .post("/api/v1/reports?dry_run=true", report(json!({"text": "正文"})))
        .header("idempotency-key", "k");
    let tried = request.await;
    assert_eq!(tried.status, 200, "{}", tried.text());
    assert_eq!(tried.json()["sha256"], hash("正文"));
    assert_eq!((tried.header("location"), tried.header("etag")), ("", ""));
    let refused = app.post(&format!("{LIST}?dry_run=true"), report(json!({"url": "x"}))).await;
    let problem = refused.problem(422, "invalid_value");
    assert_eq!(problem["errors"][0]["pointer"], "/url");
    app.post(&format!("{LIST}?dry_run=1"), report(json!({}))).await.problem(400, "invalid_parameter");
    app.get(PATH).await.problem(404, "not_found");
    assert_eq!(app.db.head().await.unwrap(), head);
    // The key of the trial is still free.
    let request = app.post("/api/v1/reports", report(json!({"text": "正文"}))).header("idempotency-key", "k");
    assert_eq!(request.await.status, 201);
}

#[actix_web::test]
async fn a_text_and_its_hash_go_together() {
    let app = TestApp::seeded().await.signed_in().await;
    let text = format!("{PATH}/text");
    let known = json!({"sha256": hash("第一版")});
    assert_eq!(app.post(LIST, report(known)).await.status, 201);
    // A hash that is known decides which text is the right one.
    let problem = app.patch(PATH, json!({"text": "第二版"})).await.problem(422, "invalid_value");
    assert!(problem["errors"][0]["message"].as_str().unwrap().contains(&hash("第二版")), "{problem}");
    assert_eq!(app.patch(PATH, json!({"text": "第一版"})).await.json()["sha256"], hash("第一版"));

    let changed = app.patch(PATH, json!({"text": "第二版\r\n完"})).await;
    assert_eq!(changed.json()["sha256"], hash("第二版\n完"), "{}", changed.text());
    assert_eq!(app.get(&text).await.json()["text"], "第二版\n完");
    let wrong = json!({"text": "第三版", "sha256": hash("第二版\n完")});
    app.patch(PATH, wrong).await.problem(422, "invalid_value");
    app.patch(PATH, json!({"sha256": hash("x")})).await.problem(422, "invalid_value");
    let head = app.db.head().await.unwrap();
    let same = app.patch(PATH, json!({"text": "第二版\n完", "title": "会议纪要"})).await;
    assert_eq!((same.status.as_u16(), app.db.head().await.unwrap()), (200, head), "nothing has changed");
    assert_eq!(app.patch(PATH, json!({"title": "新题"})).await.json()["sha256"], hash("第二版\n完"));

    let cleared = app.patch(PATH, json!({"text": null})).await;
    assert_eq!(cleared.json()["sha256"], hash("第二版\n完"), "it is still known which text it was");
    app.get(&text).await.problem(404, "not_found");
    assert!(app.listed("/api/v1/search?q=%E7%AC%AC%E4%BA%8C%E7%89%88", "code").await.is_empty()); // 第二版
    app.patch(PATH, json!({"code": "other"})).await.problem(400, "malformed_request");
    app.patch("/api/v1/reports/no-such", json!({})).await.problem(404, "not_found");
}

#[actix_web::test]
async fn a_text_that_contradicts_a_citation_is_refused() {
    let app = cited_report(None).await.signed_in().await;
    let path = "/api/v1/reports/trial";
    let problem = app.patch(path, json!({"text": TEXT.replacen("修路", "修桥", 1)})).await;
    let problem = problem.problem(422, "invalid_value");
    let told = problem["errors"].as_array().unwrap();
    assert_eq!(told.len(), 2, "{problem}");
    for (fault, kind) in told.iter().zip(["milestone", "project"]) {
        assert_eq!((&fault["pointer"], &fault["code"]), (&json!("/text"), &json!("citation_mismatch")));
        assert!(fault["message"].as_str().unwrap().starts_with(&format!("{kind} trial-roads 引用")));
    }
    app.get(&format!("{path}/text")).await.problem(404, "not_found");
    let given = app.patch(path, json!({"text": TEXT})).await;
    assert_eq!(given.status, 200, "{}", given.text());
    let facts = app.get(&format!("{path}/facts")).await.items();
    assert_eq!(facts[0]["sentence"], "修路三条，花费约20万元。");
    // Words may be added where they move no citation.
    assert_eq!(app.patch(path, json!({"text": format!("{TEXT}\n附件")})).await.status, 200);
    app.patch(path, json!({"text": format!("附件\n{TEXT}")})).await.problem(422, "invalid_value");
}

#[actix_web::test]
async fn a_report_that_is_cited_cannot_go_and_says_by_how_much() {
    let app = cited_report(None).await.signed_in().await;
    let delete = async |code: &str| app.delete(&format!("/api/v1/reports/{code}")).await;
    let problem = delete("trial").await.problem(409, "in_use");
    let told: Vec<&str> =
        problem["errors"].as_array().unwrap().iter().map(|e| e["message"].as_str().unwrap()).collect();
    assert_eq!(
        told,
        ["观测值版本 1", "项目 3", "项目金额和数量 4", "项目节点 1", "计划事项 2", "区划亮点 1",]
    );
    let problem = delete("bishi-2022").await.problem(409, "in_use");
    assert!(problem["errors"].to_string().contains("\"计划 1\""), "{problem}");

    assert_eq!(app.post(LIST, report(json!({"text": "无人引用"}))).await.status, 201);
    app.request(Method::DELETE, PATH).await.problem(428, "precondition_required");
    let gone = delete("notes").await;
    assert_eq!((gone.status.as_u16(), gone.body.len()), (204, 0));
    app.get(PATH).await.problem(404, "not_found");
    delete("notes").await.problem(404, "not_found");
    assert!(app.get("/api/v1/search?q=notes").await.items().is_empty());
}
