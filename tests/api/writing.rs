//! What holds for every write, shown on metrics: keys, preconditions, merge patches, refusals in their
//! order, repetition, what the ledger keeps of it.

use actix_web::http::Method;
use serde_json::{Value, json};

use crate::builders::metrics::metric;
use crate::harness::TestApp;

const PATH: &str = "/api/v1/metrics/trial.metric";

/// A service with one metric that nothing refers to, and the key of an editor.
async fn with_metric() -> (TestApp, String) {
    let (app, editor) = TestApp::seeded_for("editor", None).await;
    let made = app.put(PATH, metric("trial.metric", json!({}))).by(&editor).await;
    assert_eq!(made.status, 201, "{}", made.text());
    (app, editor)
}

#[actix_web::test]
async fn what_is_put_is_answered_with_its_address_and_the_tag_of_reading_it() {
    let (app, editor) = with_metric().await;
    let path = "/api/v1/metrics/trial.other";
    let made = app.put(path, metric("trial.other", json!({"min": 0.5}))).by(&editor).await;
    assert_eq!((made.status.as_u16(), made.header("location")), (201, path));
    let read = app.get(path).await;
    assert_eq!(made.json(), read.json());
    assert_eq!(made.header("etag"), read.header("etag"));
    assert_eq!(read.json()["min"], 0.5);
    assert_eq!(read.json()["seq"], app.db.head().await.unwrap());

    // Put again it is replaced as a whole: what is absent has its default.
    let request = app
        .put(path, metric("trial.other", json!({"name": "新名"})))
        .by(&editor)
        .if_match(read.header("etag"));
    let replaced = request.await;
    assert_eq!(replaced.status, 200, "{}", replaced.text());
    assert_eq!((&replaced.json()["name"], &replaced.json()["min"]), (&json!("新名"), &Value::Null));
    assert_eq!(app.get("/api/v1/search?q=%E6%96%B0%E5%90%8D").await.items().len(), 1);
}

#[actix_web::test]
async fn a_patch_leaves_what_is_absent_and_clears_what_is_null() {
    let (app, editor) = with_metric().await;
    let before = app.get(PATH).await.json();
    let changed = app.patch(PATH, json!({"min": 1, "max": 9, "name": "甲"})).by(&editor).await;
    assert_eq!(changed.status, 200, "{}", changed.text());
    let cleared =
        app.patch(PATH, json!({"max": null})).by(&editor).if_match(changed.header("etag")).await.json();
    assert_eq!((&cleared["min"], &cleared["max"], &cleared["name"]), (&json!(1), &Value::Null, &json!("甲")));
    for member in ["definition", "unit", "frequencies", "kind", "code"] {
        assert_eq!(cleared[member], before[member], "{member}");
    }
    let head = app.db.head().await.unwrap();
    let same = app.patch(PATH, json!({"name": "甲"})).by(&editor).await;
    assert_eq!((same.status.as_u16(), app.db.head().await.unwrap()), (200, head), "nothing has changed");
    assert_eq!(same.json()["seq"], cleared["seq"]);
}

#[actix_web::test]
async fn a_write_says_which_state_it_changes() {
    let (app, editor) = with_metric().await;
    let stale = app.get(PATH).await.header("etag").to_owned();
    assert_eq!(app.patch(PATH, json!({"name": "甲"})).by(&editor).if_match(&stale).await.status, 200);
    for method in [Method::PUT, Method::PATCH, Method::DELETE] {
        let request = || {
            let body = if method == Method::PUT {
                metric("trial.metric", json!({}))
            } else {
                json!({"name": "乙"})
            };
            app.request(method.clone(), PATH).by(&editor).json(body)
        };
        request().await.problem(428, "precondition_required");
        request().if_match(&stale).await.problem(412, "stale");
        request().if_match("\"0\"").await.problem(412, "stale");
        // A weak tag never matches, even of the right number (RFC 9110, 13.1.1).
        let weak = format!("W/{}", app.get(PATH).await.header("etag"));
        request().if_match(&weak).await.problem(412, "stale");
        request().if_match("nonsense").await.problem(400, "malformed_request");
        request().header("if-none-match", "*").await.problem(412, "stale");
        request().header("if-none-match", "\"1-x\"").await.problem(400, "malformed_request");
    }
    assert_eq!(app.get(PATH).await.json()["name"], "甲", "nothing was done");
    let absent = app.put("/api/v1/metrics/trial.none", metric("trial.none", json!({}))).by(&editor);
    absent.if_match("*").await.problem(412, "stale");

    // Any tag of the right number serves, whatever the coding it was read in.
    let coded = app.get(PATH).header("accept-encoding", "gzip").await.header("etag").to_owned();
    let both = format!("\"1-a\", {coded}");
    assert_eq!(app.patch(PATH, json!({"name": "乙"})).by(&editor).if_match(&both).await.status, 200);
}

#[actix_web::test]
async fn refusals_come_in_their_order() {
    let (app, editor) = with_metric().await;
    let reader = app.key("reader", None).await;
    let at = |path: &str| app.request(Method::PATCH, path);
    let broken = ("text/plain", "{");
    let lost = "/api/v1/metrics/no.such";
    // Each request has all the faults that come after the one it is refused for.
    at("/api/v1/nothing").by("tz_x").body(broken.0, broken.1).await.problem(404, "not_found");
    at("/api/v1/metrics").by("tz_x").body(broken.0, broken.1).await.problem(405, "method_not_allowed");
    at(lost).body(broken.0, broken.1).await.problem(401, "unauthorized");
    at(lost).by("tz_x").body(broken.0, broken.1).await.problem(401, "unauthorized");
    at(lost).by(&reader).body(broken.0, broken.1).await.problem(403, "forbidden");
    at(lost).by(&editor).body(broken.0, broken.1).await.problem(415, "unsupported_media_type");
    at(lost).by(&editor).body("application/json", "{").await.problem(400, "malformed_request");
    at(lost).by(&editor).json(json!({"colour": 1})).await.problem(400, "unknown_parameter");
    at(lost).by(&editor).json(json!({"decimals": "x"})).await.problem(400, "malformed_request");
    at(lost).by(&editor).json(json!({"unit": "NONE"})).await.problem(404, "not_found");
    at(PATH).by(&editor).json(json!({"unit": "NONE"})).await.problem(428, "precondition_required");
    let stale = at(PATH).by(&editor).if_match("\"1\"").json(json!({"unit": "NONE"})).await;
    stale.problem(412, "stale");
    let invalid = at(PATH).by(&editor).if_match("*").json(json!({"unit": "NONE"})).await;
    assert_eq!(invalid.problem(422, "invalid_value")["errors"][0]["pointer"], "/unit");
}

#[actix_web::test]
async fn what_a_body_may_not_have_is_named() {
    let (app, editor) = with_metric().await;
    for (changes, status, slug, pointer) in [
        (json!({"colour": "red"}), 400, "unknown_parameter", "/colour"),
        (json!({"seq": 7}), 400, "malformed_request", "/seq"),
        (json!({"code": "other"}), 400, "malformed_request", "/code"),
        (json!({"kind": "flows"}), 400, "malformed_request", "/kind"),
        (json!({"decimals": 1.5}), 400, "malformed_request", "/decimals"),
        (json!({"min": "1"}), 400, "malformed_request", "/min"),
        (json!({"frequencies": ["year", "decade"]}), 400, "malformed_request", "/frequencies/1"),
        (json!({"reason": "because"}), 400, "malformed_request", "/reason"),
        (json!({"name": null}), 422, "invalid_value", "/name"),
        (json!({"name": " "}), 422, "invalid_value", "/name"),
        (json!({"decimals": 7}), 422, "invalid_value", "/decimals"),
        (json!({"min": 2, "max": 1}), 422, "invalid_value", "/min"),
        (json!({"replaced_by": "no.such"}), 422, "invalid_value", "/replaced_by"),
        (json!({"area_rule": "weighted_mean"}), 422, "invalid_value", "/area_rule"),
        (json!({"comment": "长".repeat(2001)}), 422, "invalid_value", "/comment"),
    ] {
        let problem = app.patch(PATH, changes.clone()).by(&editor).await.problem(status, slug);
        assert_eq!(problem["errors"][0]["pointer"], pointer, "{changes}: {problem}");
    }
    // All that cannot be read is told at once, in the language asked for.
    let request = app.request(Method::PATCH, PATH).by(&editor).header("accept-language", "zh");
    let problem = request.json(json!({"kind": "x", "decimals": "y", "z": 1})).await;
    let problem = problem.problem(400, "unknown_parameter");
    assert_eq!(problem["errors"].as_array().unwrap().len(), 3);
    assert!(problem["errors"][0]["message"].as_str().unwrap().contains("不是指标类型的代码"), "{problem}");

    let missing = app.put("/api/v1/metrics/trial.x", json!({})).by(&editor);
    let problem = missing.await.problem(422, "invalid_value");
    assert_eq!(problem["errors"][0]["pointer"], "/name");
    let other = app.put(PATH, metric("trial.other", json!({}))).by(&editor).if_match("*");
    let problem = other.await.problem(422, "invalid_value");
    assert_eq!(problem["errors"][0]["pointer"], "/code");
    let list = app.put(PATH, json!([])).by(&editor).if_match("*").await;
    list.problem(400, "malformed_request");
}

#[actix_web::test]
async fn what_is_used_cannot_go_and_says_by_what() {
    let (app, editor) = with_metric().await;
    let delete = async |code: &str| app.delete(&format!("/api/v1/metrics/{code}")).by(&editor).await;
    let problem = delete("homestead.fee.collected").await.problem(409, "in_use");
    assert!(problem["errors"][0]["message"].as_str().unwrap().contains("观测值"), "{problem}");
    app.patch(PATH, json!({"replaced_by": "land.cultivated.area"})).by(&editor).await;
    let unit = app.patch("/api/v1/metrics/land.cultivated.area", json!({"unit": "MTK"})).by(&editor);
    unit.await.problem(409, "in_use");

    let gone = delete("trial.metric").await;
    assert_eq!((gone.status.as_u16(), gone.body.len()), (204, 0));
    app.get(PATH).await.problem(404, "not_found");
    delete("trial.metric").await.problem(404, "not_found");
    assert!(app.get("/api/v1/search?q=trial").await.items().is_empty());
    assert_eq!(app.put(PATH, metric("trial.metric", json!({}))).by(&editor).await.status, 201);
}

#[actix_web::test]
async fn media_types_are_read_as_the_standard_says() {
    let (app, editor) = with_metric().await;
    for (media_type, status) in [
        ("APPLICATION/JSON", 200),
        ("application/json; charset=UTF-8", 200),
        ("application/merge-patch+json;charset=utf-8", 200),
        ("application/json; charset=gbk", 415),
        ("application/jsonx", 415),
        ("json", 415),
    ] {
        let request = app.request(Method::PATCH, PATH).by(&editor).if_match("*");
        let answer = request.body(media_type, r#"{"name": "甲"}"#).await;
        assert_eq!(answer.status.as_u16(), status, "{media_type}: {}", answer.text());
    }
    // Before anything else of the request is looked at.
    let lost = app.request(Method::PATCH, "/api/v1/metrics/NO%20CODE").by(&editor).body("text/plain", "{");
    lost.await.problem(415, "unsupported_media_type");
}

#[actix_web::test]
async fn only_a_post_can_be_repeated_by_its_key() {
    let (app, editor) = with_metric().await;
    let delete = |tag: &str| app.delete(PATH).by(&editor).header("idempotency-key", "abc").if_match(tag);
    assert_eq!(delete("*").await.status, 204);
    assert_eq!(app.put(PATH, metric("trial.metric", json!({}))).by(&editor).await.status, 201);
    delete("\"1-x\"").await.problem(412, "stale");
    assert_eq!(app.get(PATH).await.status, 200);
}

#[actix_web::test]
async fn a_metric_is_made_public_by_a_key_for_all_areas_only() {
    let (app, editor) = with_metric().await;
    let hide = app.patch(PATH, json!({"visibility": "internal"})).by(&editor).await;
    assert_eq!(hide.status, 200, "{}", hide.text());
    let village = app.key("editor", Some("430681107223")).await;
    app.patch(PATH, json!({"visibility": "public"})).by(&village).await.problem(403, "forbidden");
    assert_eq!(app.patch(PATH, json!({"name": "乙"})).by(&village).await.status, 200);
    assert_eq!(app.patch(PATH, json!({"visibility": "public"})).by(&editor).await.status, 200);
}
