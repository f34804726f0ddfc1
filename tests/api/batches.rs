//! Batches: all rows or none. A thousand rows of which the last is bad leave nothing behind, and the row is
//! named.

use serde_json::{Value, json};

use crate::builders::merged;
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

/// What has been noted of rows since an entry, in its order, but for when it was.
fn noted(app: &TestApp, since: i64) -> Vec<Value> {
    let all = format!(
        "SELECT kind || ' | ' || key || ' | ' || op || ' | ' || coalesce(before, 'null') || ' | ' || coalesce(after, 'null')
         AS text FROM edits WHERE seq > {since} ORDER BY seq, ordinal"
    );
    let state = |text: &str| {
        let mut state: Value = serde_json::from_str(text).unwrap();
        if let Some(members) = state.as_object_mut() {
            members.retain(|name, _| name != "seq" && !name.ends_with("_at"));
        }
        state
    };
    let edit = |text: String| {
        let parts: Vec<&str> = text.splitn(5, " | ").collect();
        json!([parts[0], parts[1], parts[2], state(parts[3]), state(parts[4])])
    };
    app.texts(&all).into_iter().map(edit).collect()
}

#[actix_web::test]
async fn rows_that_come_together_are_noted_as_if_they_came_one_by_one() {
    let (told, words) = ("430681107224", json!({"text": "90万余元", "note": "补报"}));
    let recorded = async |together: bool| {
        let (app, editor) = TestApp::seeded_for("editor", None).await;
        let row = |area: &str, more: Value| {
            merged(json!({"metric": "education.fund.raised", "area": area, "period": "1999"}), more)
        };
        for village in [VILLAGE, told, "430681107225"] {
            let made = app.post(OBSERVATIONS, row(village, json!({"value": 1}))).by(&editor).await;
            assert_eq!(made.status, 201, "{}", made.text());
            if village == VILLAGE {
                let path = format!("{OBSERVATIONS}/{}?reason=entry_error", made.json()["id"]);
                assert_eq!(app.delete(&path).by(&editor).if_match("*").await.status, 204);
            }
        }
        let head = app.db.head().await.unwrap();
        let rows = [
            row("430681107", json!({"value": 7, "covers": [told, VILLAGE]})),
            row(told, words.clone()),
            row(VILLAGE, json!({"value": 2})),
            row("430681107225", json!({"value": 1})),
            row("430681107226", json!({"value": 3})),
        ];
        let path = format!("{OBSERVATIONS}?on_conflict=revise");
        let why = json!({"reason": "audit", "comment": "年报"});
        if together {
            let body = merged(json!({"items": rows}), why);
            assert_eq!(app.post(&path, body).by(&editor).await.items_of_201().len(), 5);
        } else {
            for row in rows {
                let answer = app.post(&path, merged(row, why.clone())).by(&editor).await;
                assert!(answer.status.is_success(), "{}", answer.text());
            }
        }
        noted(&app, head)
    };
    let (together, one_by_one) = (recorded(true).await, recorded(false).await);
    let kinds: Vec<&str> = together.iter().map(|edit| edit[0].as_str().unwrap()).collect();
    let (new, changed) = (["revision", "observation"], ["revision", "revision", "observation"]);
    assert_eq!(kinds, [&new[..], &changed, &changed, &new].concat());
    assert_eq!(together, one_by_one);
}

#[actix_web::test]
async fn a_row_whose_key_one_before_it_has_is_refused_for_what_is_to_become_of_it() {
    let (app, editor) = TestApp::seeded_for("editor", None).await;
    let row = |value: i64| json!({"metric": "education.fund.raised", "area": VILLAGE, "period": "1999", "value": value});
    for (how, reason, status, slug, told) in [
        ("fail", Value::Null, 409, "conflict", json!(["/items/1", "taken"])),
        ("skip", Value::Null, 422, "invalid_value", json!(["/items/1", "same_key"])),
        ("revise", Value::Null, 422, "invalid_value", json!(["/items/1/reason", "missing"])),
        ("revise", json!("audit"), 422, "invalid_value", json!(["/items/1", "same_key"])),
    ] {
        let mut body = json!({"items": [row(1), row(2)]});
        if !reason.is_null() {
            body["reason"] = reason;
        }
        let answer = app.post(&format!("{OBSERVATIONS}?on_conflict={how}"), body).by(&editor).await;
        let problem = answer.problem(status, slug);
        let fault = &problem["errors"][0];
        assert_eq!(json!([fault["pointer"], fault["code"]]), told, "{how}: {problem}");
        assert_eq!(problem["errors"].as_array().unwrap().len(), 1, "{how}: {problem}");
    }
}
