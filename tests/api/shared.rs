//! Metrics and reports have no area: they are everybody's. Whose key may change them.

use actix_web::http::Method;
use serde_json::{Value, json};

use crate::builders::merged;
use crate::builders::metrics::put_metric;
use crate::builders::observations::figure;
use crate::harness::TestApp;

const TOWN: &str = "430681107";
const VILLAGE: &str = "430681107223";
const SIBLING: &str = "430681107224";

#[actix_web::test]
async fn a_metric_that_others_use_is_changed_by_a_key_that_covers_them_all() {
    let (app, everywhere) = TestApp::seeded_for("editor", None).await;
    let (town, village) = (app.key("editor", Some(TOWN)).await, app.key("editor", Some(VILLAGE)).await);
    // Whoever may write makes one, and changes it while nobody else uses it.
    for code in ["trial.own", "trial.figure", "trial.target", "trial.item", "trial.bulletin", "trial.term"] {
        assert_eq!(put_metric(&app, &village, code, json!({})).await.status, 201);
        assert_eq!(
            app.patch(&format!("/api/v1/metrics/{code}"), json!({"max": 99})).by(&village).await.status,
            200
        );
    }
    app.observation(figure("trial.own", VILLAGE, json!({}))).await;
    app.observation(figure("trial.figure", SIBLING, json!({}))).await;
    let target = json!({"role": "target", "spread": "each", "released_at": "2999-01-01T00:00:00+08:00"});
    app.observation(figure("trial.target", TOWN, target)).await;
    app.plan_item(json!({
        "code": "bishi-2023.8", "plan": "bishi-2023", "ordinal": 8, "title": "事项", "metric": "trial.item",
        "areas": [VILLAGE], "visibility": "internal",
    }))
    .await;
    app.observation(figure("trial.bulletin", VILLAGE, json!({}))).await;
    let bulletin =
        json!({"metric": "trial.bulletin", "within": TOWN, "period": "2022", "date": "2023-02-01"});
    let issued = app.post("/api/v1/bulletins", bulletin).by(&town).await;
    assert_eq!(issued.status, 201, "{}", issued.text());
    assert_eq!(app.patch("/api/v1/metrics/trial.own", json!({"max": 50})).by(&village).await.status, 200);
    for code in ["trial.figure", "trial.target", "trial.item", "trial.bulletin"] {
        for changes in [json!({"max": 1}), json!({"visibility": "internal"}), json!({"status": "retired"})] {
            let refused = app.patch(&format!("/api/v1/metrics/{code}"), changes).by(&village).await;
            let problem = refused.problem(403, "forbidden");
            let detail = problem["detail"].as_str().unwrap();
            assert!(!detail.contains("430681"), "where it is used is not told: {detail}");
        }
        put_metric(&app, &village, code, json!({})).await.problem(403, "forbidden");
        app.delete(&format!("/api/v1/metrics/{code}")).by(&village).await.problem(403, "forbidden");
        // Before anything is said of what the caller expects of it.
        let path = format!("/api/v1/metrics/{code}");
        for request in
            [app.request(Method::PATCH, &path), app.request(Method::PATCH, &path).if_match("\"0\"")]
        {
            request.by(&village).json(json!({"max": 1})).await.problem(403, "forbidden");
        }
        let changed = app.patch(&format!("/api/v1/metrics/{code}"), json!({"max": 70})).by(&town).await;
        assert_eq!(changed.status, 200, "the township covers them all: {}", changed.text());
        app.delete(&format!("/api/v1/metrics/{code}")).by(&town).await.problem(409, "in_use");
    }
    // What a metric has to do with another lies in no area.
    for member in ["numerator", "denominator", "weight", "replaced_by"] {
        let other = format!("trial.other-{}", member.replace('_', "-"));
        app.metric(&other, json!({member: "trial.term"})).await;
        for key in [&village, &town] {
            let refused = app.patch("/api/v1/metrics/trial.term", json!({"max": 1})).by(key).await;
            refused.problem(403, "forbidden");
        }
        assert_eq!(
            app.patch("/api/v1/metrics/trial.term", json!({"max": 70})).by(&everywhere).await.status,
            200
        );
        assert_eq!(app.delete(&format!("/api/v1/metrics/{other}")).by(&town).await.status, 204);
    }
    let itself =
        app.patch("/api/v1/metrics/trial.term", json!({"replaced_by": "trial.term"})).by(&village).await;
    assert_eq!(itself.status, 200, "{}", itself.text());
    assert_eq!(app.delete("/api/v1/metrics/trial.term").by(&village).await.status, 204);
}

#[actix_web::test]
async fn a_report_that_others_cite_is_changed_by_a_key_that_covers_them_all() {
    let app = TestApp::seeded().await;
    let (town, village) =
        (app.key("editor", Some("430681107")).await, app.key("editor", Some("430681107223")).await);
    let change = async |key: &str, code: &str| {
        app.patch(&format!("/api/v1/reports/{code}"), json!({"title": "新题"})).by(key).await
    };
    let delete = async |key: &str, code: &str| app.delete(&format!("/api/v1/reports/{code}")).by(key).await;
    // Of each kind that cites one row cites a report of its own.
    for code in ["own", "figure", "project", "milestone", "plan", "item", "highlight"] {
        let body = json!({"code": code, "title": "会议纪要", "published_at": "2023-06-01T08:30:00+08:00"});
        let made = app.post("/api/v1/reports", body).by(&village).await;
        assert_eq!(made.status, 201, "{}", made.text());
    }
    let figure = |area: &str, report: &str| json!({"metric": "education.fund.raised", "area": area, "period": "2023", "value": 1, "report": report});
    app.observation(figure("430681107223", "own")).await;
    app.observation(figure("430681107224", "figure")).await;
    let project = |more: Value| {
        merged(
            json!({"kind": "construction", "areas": ["430681107223", "430681107224"], "stage": "idea", "visibility": "internal"}),
            more,
        )
    };
    app.project(project(json!({"code": "trial-1", "name": "一", "report": "project"}))).await;
    app.project(project(json!({
        "code": "trial-2", "name": "二",
        "milestones": [{"title": "完工", "status": "due", "report": "milestone"}],
    })))
    .await;
    app.plan(json!({"code": "trial", "title": "计划", "area": "430681107", "year": 2023, "report": "plan"}))
        .await;
    app.plan_item(json!({
        "code": "trial.1", "plan": "trial", "ordinal": 1, "title": "修路", "areas": ["430681107223"], "report": "item",
    }))
    .await;
    app.highlight(json!({"area": "430681107224", "kind": "honour", "text": "先进", "report": "highlight"}))
        .await;
    assert_eq!(change(&village, "own").await.status, 200);
    delete(&village, "own").await.problem(409, "in_use");
    for code in ["figure", "project", "milestone", "plan", "item", "highlight"] {
        let problem = change(&village, code).await.problem(403, "forbidden");
        assert!(!problem["detail"].as_str().unwrap().contains("430681"), "{problem}");
        delete(&village, code).await.problem(403, "forbidden");
        assert_eq!(change(&town, code).await.status, 200, "{code}");
        delete(&town, code).await.problem(409, "in_use");
    }
}
