//! `GET /reports` and below: facts in the order of the text, the text itself.

use serde_json::{Value, json};

use crate::builders::reports::{TEXT, cited_report};
use crate::harness::TestApp;
use crate::harness::lists::each;

const TOWNSHIP: &str = "430681107000";

#[actix_web::test]
async fn facts_stand_in_the_order_of_the_text_with_the_rest_at_the_end() {
    let app = cited_report(None).await;
    let facts = app.paged("/api/v1/reports/trial/facts", 1..=14).await;
    let told: Vec<_> = facts
        .iter()
        .map(|fact| ["kind", "code", "name"].map(|member| fact[member].as_str().unwrap()))
        .collect();
    assert_eq!(
        told,
        [
            ["milestone", "trial-roads", "完工"],
            ["project", "trial-roads", "修路"],
            ["observation", "54", "修通资源产业路旅游产业路的村数"],
            ["quantity", "trial-roads", "条数"],
            ["budget", "trial-roads", "修路"],
            ["funding", "trial-roads", "自筹"],
            ["funding", "trial-roads", "捐款"],
            ["highlight", "430681107223", "植树先进"],
            ["plan_item", "trial.1", "再修"],
            ["project", "trial-bridge", "桥"],
            ["plan_item", "trial.2", "再修"],
            ["project", "trial-whole", "全文"],
        ]
    );
    let starts: Vec<String> = facts.iter().map(|fact| fact["citation"]["start"].to_string()).collect();
    assert_eq!(starts, ["6", "6", "8", "8", "13", "13", "13", "21", "29", "31", "null", "null"]);
    assert_eq!(each(&facts[4..6], "text"), ["约20万元", "null"]);
    assert_eq!(each(&facts[2..4], "area"), ["430681107223", "null"]);
    assert!(facts.iter().all(|fact| fact["sentence"].is_null()), "no text, no sentences");
}

#[actix_web::test]
async fn a_report_without_its_text_has_none_to_give() {
    let app = cited_report(None).await;
    app.get("/api/v1/reports/trial/text").await.problem(404, "not_found");
    app.get("/api/v1/reports/bishi-2022/text").await.problem(404, "not_found");
    for path in ["", "/text", "/facts"] {
        app.get(&format!("/api/v1/reports/no-such{path}")).await.problem(404, "not_found");
        let problem =
            app.get(&format!("/api/v1/reports/No%20Code{path}")).await.problem(400, "invalid_parameter");
        assert_eq!(problem["errors"][0]["parameter"], "code");
    }
}

#[actix_web::test]
async fn a_text_is_given_whole_and_in_paragraphs() {
    let app = cited_report(Some(TEXT)).await;
    let text = app.get("/api/v1/reports/trial/text").await.json();
    assert_eq!(text["report"], "trial");
    assert_eq!(text["text"], "工作总结\n\n修路三条，花费约20万元。二是植树！\n　\n明年再修一座桥；建站。完");
    assert_eq!(
        text["paragraphs"],
        json!([
            {"paragraph": 1, "start": 0, "end": 4, "text": "工作总结"},
            {"paragraph": 2, "start": 6, "end": 24, "text": "修路三条，花费约20万元。二是植树！"},
            {"paragraph": 3, "start": 27, "end": 39, "text": "明年再修一座桥；建站。完"},
        ])
    );
    let report = app.get("/api/v1/reports/trial").await.json();
    assert_eq!(text["sha256"], report["sha256"]);
    assert_eq!(report["sha256"].as_str().unwrap().len(), 64);
    assert!(report.get("text").is_none(), "{report}");
}

#[actix_web::test]
async fn with_the_text_at_hand_every_fact_has_its_whole_sentence() {
    let app = cited_report(Some(TEXT)).await;
    let facts = app.paged("/api/v1/reports/trial/facts", [1, 5, 12]).await;
    let roads = "修路三条，花费约20万元。";
    let next = "明年再修一座桥；";
    assert_eq!(
        each(&facts, "sentence"),
        [roads, roads, roads, roads, roads, roads, roads, "二是植树！", next, next, "null", "null"]
    );
}

#[actix_web::test]
async fn every_cited_row_of_the_seed_is_a_fact_of_its_report_once() {
    let app = TestApp::seeded().await;
    let facts = app.paged("/api/v1/reports/bishi-2022/facts", [37, 100]).await;
    let of_kind = |kind: &str| facts.iter().filter(|fact| fact["kind"] == kind).count();
    let rows = |file: &str| csv::Reader::from_reader(file.as_bytes()).records().count();
    assert_eq!(of_kind("observation"), rows(include_str!("../../seeds/observations.csv")));
    assert_eq!(of_kind("plan_item"), rows(include_str!("../../seeds/plan_items.csv")));
    assert_eq!(of_kind("highlight"), rows(include_str!("../../seeds/highlights.csv")));
    let projects: Vec<Value> = serde_json::from_str(include_str!("../../seeds/projects.json")).unwrap();
    let parts =
        |member: &str| projects.iter().filter_map(|project| project[member].as_array()).flatten().count();
    assert_eq!(of_kind("project"), projects.len());
    assert_eq!(of_kind("budget"), projects.iter().filter(|project| project["budget"].is_object()).count());
    assert_eq!(of_kind("funding"), parts("funding"));
    assert_eq!(of_kind("quantity"), parts("quantities"));
    assert_eq!(of_kind("milestone"), parts("milestones"));
    let starts: Vec<i64> = facts.iter().map(|fact| fact["citation"]["start"].as_i64().unwrap()).collect();
    assert!(starts.is_sorted(), "{starts:?}");
    // The first words cited and the last.
    assert_eq!(facts[0]["citation"]["paragraph"], 7);
    assert_eq!(facts[facts.len() - 1]["citation"]["paragraph"], 26);
}

#[actix_web::test]
async fn a_report_says_who_published_it_and_when() {
    let app = cited_report(None).await;
    assert_eq!(app.listed("/api/v1/reports", "code").await, ["bishi-2022", "trial"]);
    app.paged("/api/v1/reports", 1..=3).await;
    let report = app.get("/api/v1/reports/bishi-2022").await.json();
    for (member, value) in [
        ("title", "弼时镇2022年工作总结及2023年工作规划"),
        ("issuer", TOWNSHIP),
        ("published_at", "2023-01-17T10:21:00+08:00"),
        ("period", "2022"),
        ("sha256", "e86779252646bbc8413d96c27120e6a06767494918e5dbf0933b7b2c91f3df39"),
    ] {
        assert_eq!(report[member], value, "{member}");
    }
    assert_eq!((&report["url"], &report["document_number"]), (&Value::Null, &Value::Null));
    let trial = app.get("/api/v1/reports/trial").await.json();
    assert_eq!((&trial["period"], &trial["sha256"]), (&json!("2022"), &Value::Null));
    // An observation that says nothing else is released with its report.
    let path = "/api/v1/observations?report=trial";
    assert_eq!(app.listed(path, "released_at").await, ["2023-06-01T08:30:00+08:00"]);
}
