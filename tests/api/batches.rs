//! Batches: all rows or none. A thousand rows of which the last is bad leave nothing behind, and the row is
//! named.

use serde_json::{Value, json};

use crate::harness::TestApp;

const OBSERVATIONS: &str = "/api/v1/observations";
const SUBMISSIONS: &str = "/api/v1/submissions";
const VILLAGE: &str = "430681107223";

/// A thousand figures of one village, a day each, of which the last says something else.
fn rows(last: &Value) -> Vec<Value> {
    let first = chrono::NaiveDate::from_ymd_opt(2020, 1, 1).unwrap();
    let row = |day: chrono::NaiveDate| json!({"metric": "education.fund.raised", "area": VILLAGE, "period": day.to_string(), "value": 5});
    let mut rows: Vec<Value> = first.iter_days().take(1000).map(row).collect();
    rows[999].as_object_mut().unwrap().extend(last.as_object().unwrap().clone());
    rows
}

async fn figures(app: &TestApp) -> Value {
    let list = format!("{OBSERVATIONS}?metric=education.fund.raised&area={VILLAGE}&count=exact");
    app.get(&list).await.json()["count"].clone()
}

#[actix_web::test]
async fn a_bad_last_row_of_a_thousand_figures_leaves_nothing_and_is_named() {
    let (app, editor) = TestApp::seeded_for("editor", Some("430681107")).await;
    app.key("editor", Some("430681108")).await;
    let taken = json!({"period": "1990"});
    assert_eq!(app.post(OBSERVATIONS, rows(&taken)[999].clone()).by(&editor).await.status, 201);
    let (head, before) = (app.db.head().await.unwrap(), figures(&app).await);
    for (last, status, slug, place) in [
        (json!({"value": -1}), 422, "invalid_value", "/items/999/value"),
        (json!({"value": "five"}), 400, "malformed_request", "/items/999/value"),
        (json!({"period": "2020-01-01"}), 409, "conflict", "/items/999"),
        (taken, 409, "conflict", "/items/999"),
        (json!({"area": "430681108"}), 403, "forbidden", "/items/999"),
    ] {
        let problem = app.post(OBSERVATIONS, json!({"items": rows(&last)})).by(&editor).await;
        let problem = problem.problem(status, slug);
        match problem["errors"].as_array().map(Vec::as_slice) {
            Some([only]) => assert_eq!(only["pointer"], place, "{last}: {problem}"),
            // A refusal has a sentence alone.
            _ => assert!(problem["detail"].as_str().unwrap().contains(place), "{last}: {problem}"),
        }
        assert_eq!(app.db.head().await.unwrap(), head, "{last}: nothing was done");
        assert_eq!(figures(&app).await, before, "{last}");
    }
    let good = app.post(OBSERVATIONS, json!({"items": rows(&json!({}))})).by(&editor).await;
    assert_eq!(good.items_of_201().len(), 1000);
    assert_eq!(app.db.head().await.unwrap(), head + 1, "all in one entry");
}

#[actix_web::test]
async fn a_bad_last_row_of_a_thousand_proposed_leaves_nothing_and_is_named() {
    let (app, reporter) = TestApp::seeded_for("reporter", Some("430681107")).await;
    let propose = async |last: &Value| {
        let body = json!({"area": VILLAGE, "title": "日报", "items": rows(last)});
        app.post(SUBMISSIONS, body).by(&reporter).await
    };
    let head = app.db.head().await.unwrap();
    for (last, status, slug, place) in [
        (json!({"area": "430681107224"}), 422, "invalid_value", "/items/999/area"),
        (json!({"value": "five"}), 400, "malformed_request", "/items/999/value"),
    ] {
        let problem = propose(&last).await.problem(status, slug);
        assert_eq!(problem["errors"].as_array().unwrap().len(), 1, "{problem}");
        assert_eq!(problem["errors"][0]["pointer"], place, "{problem}");
        assert_eq!(app.db.head().await.unwrap(), head, "{last}: nothing was done");
    }
    // What is only wrong as a figure is kept to be mended, and stops the whole when it is handed in.
    let made = propose(&json!({"value": -1})).await;
    assert_eq!(made.status, 201, "{}", made.text());
    let path = format!("{SUBMISSIONS}/{}/transitions", made.json()["id"]);
    let head = app.db.head().await.unwrap();
    let problem =
        app.post(&path, json!({"to": "submitted"})).by(&reporter).await.problem(422, "invalid_value");
    assert_eq!(problem["errors"].as_array().unwrap().len(), 1, "{problem}");
    assert_eq!(problem["errors"][0]["pointer"], "/items/1000/value", "row 1000: {problem}");
    assert_eq!(app.db.head().await.unwrap(), head);
}
