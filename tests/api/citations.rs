//! Citations: checked against the text of their report, and located in it by their words.

use serde_json::{Value, json};

use crate::harness::{Answer, TestApp};

const VILLAGE: &str = "/api/v1/villages/430681107223";
// Characters:        0 1 2 3  4 5 6 7 8 9  10
const TEXT: &str = "𠀀年总结\n\n修路三条，修桥。\n再修桥";

async fn with_reports() -> TestApp {
    let app = TestApp::seeded().await.signed_in().await;
    for (code, text) in [("told", Some(TEXT)), ("untold", None)] {
        let report =
            json!({"code": code, "title": "总结", "published_at": "2023-06-01T08:30:00+08:00", "text": text});
        let made = app.post("/api/v1/reports", report).await;
        assert_eq!(made.status, 201, "{}", made.text());
    }
    app
}

async fn cite(app: &TestApp, report: &str, citation: Value) -> Answer {
    let highlight = json!({"kind": "event", "text": "修路", "report": report, "citation": citation});
    app.patch(VILLAGE, json!({"highlights": [highlight]})).await
}

#[actix_web::test]
async fn words_that_stand_once_are_located() {
    let app = with_reports().await;
    for (citation, paragraph, start) in [
        (json!({"words": "𠀀年"}), 1, 0),
        (json!({"words": "三条"}), 2, 8),
        (json!({"words": "再修桥"}), 3, 15),
        // What is given narrows the choice.
        (json!({"words": "修桥", "paragraph": 3}), 3, 16),
        (json!({"words": "修桥", "start": 11}), 2, 11),
        (json!({"words": "修桥", "paragraph": 2, "start": 11, "end": 13}), 2, 11),
    ] {
        let answer = cite(&app, "told", citation.clone()).await;
        assert_eq!(answer.status, 200, "{citation}: {}", answer.text());
        let words = citation["words"].as_str().unwrap();
        let end = start + words.chars().count();
        let located = json!({"paragraph": paragraph, "start": start, "end": end, "words": words});
        assert_eq!(answer.json()["highlights"][0]["citation"], located);
    }
}

#[actix_web::test]
async fn words_that_do_not_stand_there_are_refused() {
    let app = with_reports().await;
    for (citation, code) in [
        (json!({"words": "修渠"}), "citation_not_found"),
        (json!({"words": "修桥。\n再"}), "citation_not_found"),
        (json!({"words": "修桥"}), "citation_ambiguous"),
        (json!({"words": "修桥", "paragraph": 1}), "citation_mismatch"),
        (json!({"words": "三条", "paragraph": 3, "start": 8, "end": 10}), "citation_mismatch"),
        (json!({"words": "三条", "paragraph": 2, "start": 7, "end": 9}), "citation_mismatch"),
        (json!({"words": "三条", "paragraph": 2, "start": 8, "end": 11}), "citation_mismatch"),
        (json!({"words": "三条", "start": 1}), "citation_mismatch"),
    ] {
        let problem = cite(&app, "told", citation.clone()).await.problem(422, "invalid_value");
        assert_eq!(problem["errors"][0]["code"], code, "{citation}: {problem}");
        assert_eq!(problem["errors"][0]["pointer"], "/highlights/0/citation");
    }
    let problem = cite(&app, "told", json!({"words": ""})).await.problem(422, "invalid_value");
    assert_eq!(problem["errors"][0]["pointer"], "/highlights/0/citation/words");
}

#[actix_web::test]
async fn without_a_text_the_place_must_be_given() {
    let app = with_reports().await;
    let whole = json!({"words": "三条", "paragraph": 2, "start": 8, "end": 10});
    assert_eq!(cite(&app, "untold", whole.clone()).await.status, 200);
    for member in ["paragraph", "start", "end"] {
        let mut citation = whole.clone();
        citation[member] = Value::Null;
        let problem = cite(&app, "untold", citation).await.problem(422, "invalid_value");
        assert_eq!(problem["errors"][0]["pointer"], format!("/highlights/0/citation/{member}"));
    }
    for (member, value, code) in [
        ("paragraph", 0, "out_of_range"),
        ("start", -1, "out_of_range"),
        ("end", 11, "citation_range"),
        ("end", i64::MAX, "citation_range"),
    ] {
        let mut citation = whole.clone();
        citation[member] = json!(value);
        let problem = cite(&app, "untold", citation).await.problem(422, "invalid_value");
        assert_eq!(problem["errors"][0]["code"], code, "{member}");
    }
}
