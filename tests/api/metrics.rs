//! `GET /metrics`, `GET /metrics/{code}`: the dictionary and its filters.

use serde_json::{Value, json};

use crate::harness::TestApp;
use crate::harness::lists::{each, escaped};

#[actix_web::test]
async fn a_metric_says_what_it_counts_and_how_it_rolls_up() {
    let app = TestApp::seeded().await;
    let area = app.get("/api/v1/metrics/housing.illegal.demolished_area").await.json();
    assert_eq!(area["name"], "拆除违法建设面积");
    assert_eq!(area["unit"], "MTK");
    assert_eq!(
        (&area["kind"], &area["area_rule"], &area["time_rule"]),
        (&json!("flow"), &json!("sum"), &json!("sum"))
    );
    assert_eq!(area["frequencies"], json!(["year", "half_year", "quarter", "month"]));
    assert_eq!((&area["min"], &area["max"]), (&json!(0), &Value::Null));
    let rate = app.get("/api/v1/metrics/land.transfer.rate").await.json();
    assert_eq!(
        (&rate["kind"], &rate["area_rule"], &rate["max"]),
        (&json!("ratio"), &json!("none"), &json!(100))
    );
    // A rate is never summed, over areas or over time.
    for metric in app.get("/api/v1/metrics?kind=ratio,average,index,rank&limit=1000").await.items() {
        assert!(metric["area_rule"] != "sum" && metric["time_rule"] != "sum", "{metric}");
    }
}

#[actix_web::test]
async fn metrics_are_chosen_by_theme_kind_unit_and_status() {
    let app = TestApp::seeded().await;
    let code = "trial.old";
    app.metric(code, json!({"status": "retired", "replaced_by": "land.cultivated.area"})).await;
    let listed = async |query: &str| app.listed(&format!("/api/v1/metrics?{query}"), "code").await;
    assert_eq!(
        listed("theme=agriculture").await,
        ["agriculture.early_rice.nursery_area", "agriculture.early_rice.planted_area"]
    );
    assert_eq!(listed("theme=trial").await, [code]);
    assert_eq!(listed("theme=agriculture&theme=trial").await.len(), 3);
    assert_eq!(
        listed("kind=ratio").await,
        ["homestead.fee.completion", "land.transfer.rate", "safety.road.helmet_rate"]
    );
    assert_eq!(listed("kind=stock&theme=housing").await.len(), 2); // 经营性 and 非经营性自建房
    assert_eq!(listed("unit=MTK").await, ["housing.illegal.demolished_area"]);
    assert_eq!(
        listed("unit=MACHINE,VOLUME").await,
        ["environment.excavators.seized", "safety.publicity.booklets"]
    );
    assert_eq!(listed("unit=KMT").await, Vec::<String>::new());
    assert_eq!(listed("status=retired").await, [code]);
    assert_eq!(listed("status=active,retired&theme=trial").await, [code]);
    assert!(listed("status=active&theme=trial").await.is_empty());
    assert_eq!(app.get("/api/v1/metrics/trial.old").await.json()["replaced_by"], "land.cultivated.area");
}

#[actix_web::test]
async fn metrics_are_found_by_part_of_code_or_name_in_both_languages() {
    let app = TestApp::seeded().await;
    let found = async |q: &str| app.listed(&format!("/api/v1/metrics?q={}", escaped(q)), "code").await;
    assert_eq!(found("抛荒").await, ["land.abandoned.remedied"]);
    assert_eq!(found("PUPILS").await, ["education.students.placed"]);
    assert_eq!(found("ｈｅｌｍｅｔ").await, ["safety.road.helmet_rate"]);
    assert_eq!(found("水库 隐患").await, ["safety.reservoir.hazards_rectified"]);
    assert_eq!(found("隐患 水库").await, ["safety.reservoir.hazards_rectified"]);
    // An underscore is a letter of codes, not a wildcard.
    assert_eq!(found("job_info").await, ["employment.job_info.provided"]);
    assert!(found("job.info").await.is_empty());
    assert!(found("%").await.is_empty());
    assert!(found("\\").await.is_empty());
}

#[actix_web::test]
async fn what_is_no_metric_is_refused_where_it_is_named() {
    let app = TestApp::seeded().await;
    app.get("/api/v1/metrics/no.such.metric").await.problem(404, "not_found");
    let problem = app.get("/api/v1/metrics/No_Such").await.problem(400, "invalid_parameter");
    assert_eq!(problem["errors"][0]["parameter"], "code");
    for (query, parameter) in
        [("kind=flows", "kind"), ("status=dead", "status"), ("q=", "q"), ("theme=", "theme")]
    {
        let problem = app.get(&format!("/api/v1/metrics?{query}")).await.problem(400, "invalid_parameter");
        assert_eq!(problem["errors"][0]["parameter"], parameter);
    }
    let problem = app.get("/api/v1/metrics?unit=FURLONG").await.problem(422, "invalid_value");
    assert_eq!(problem["errors"][0]["parameter"], "unit");
}

#[actix_web::test]
async fn pages_of_metrics_hold_every_metric_once_and_as_it_is_read_alone() {
    let app = TestApp::seeded().await;
    let metrics = app.paged("/api/v1/metrics", [1, 5, 17, 51, 52, 53]).await;
    assert_eq!(metrics.len(), 52);
    let codes = each(&metrics, "code");
    assert!(codes.is_sorted(), "{codes:?}");
    for listed in metrics.iter().step_by(9) {
        let path = format!("/api/v1/metrics/{}", listed["code"].as_str().unwrap());
        assert_eq!(&app.get(&path).await.json(), listed);
    }
}
