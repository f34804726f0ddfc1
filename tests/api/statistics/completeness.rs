//! `GET /completeness`: who has reported what, and who has not.

use serde_json::json;

use crate::builders::areas::{COMMUNITY, TOWN, VILLAGES, add_area, town};
use crate::builders::observations::state;
use crate::harness::TestApp;
use crate::harness::lists::{columns, picked, told};

/// The township with some yearly and monthly metrics, and some figures.
async fn reported() -> TestApp {
    let app = town().await;
    for (code, more) in [
        ("trial.monthly", json!({"frequencies": ["month"], "kind": "flow"})),
        ("trial.both", json!({"frequencies": ["year", "month"]})),
        ("trial.other", json!({"theme": "trials"})),
        ("trial.gone", json!({"status": "retired"})),
    ] {
        app.metric(code, more).await;
    }
    for (metric, area, period, figure) in [
        ("trial.area", VILLAGES[0], "2022", json!(1)),
        ("trial.area", VILLAGES[0], "2022-12", json!(1)),
        ("trial.area", VILLAGES[1], "2022", json!({"value": 1, "role": "target"})),
        ("trial.area", TOWN, "2022", json!(1)),
        ("trial.both", VILLAGES[0], "2022", json!({"value": 1, "accumulation": "ytd"})),
        ("trial.both", VILLAGES[0], "2022", json!(1)),
        ("trial.monthly", COMMUNITY, "2022-12", json!(0)),
    ] {
        state(&app, metric, area, period, figure).await;
    }
    app
}

#[actix_web::test]
async fn the_matrix_tells_what_is_missing_as_well_as_what_is_there() {
    let app = reported().await;
    let path = format!("completeness?within={TOWN}&period=2022&metric=trial.both,trial.area");
    let told = told(&app, &path).await;
    assert_eq!(
        picked(&told["meta"], ["within", "level", "period", "areas", "metrics"]),
        json!([TOWN, "village", "2022", 5, ["trial.area", "trial.both"]])
    );
    let rows = columns(&told, ["area", "metric", "reported", "accumulations"]);
    assert_eq!(
        rows[..6],
        [
            json!([COMMUNITY, "trial.area", false, []]),
            json!([COMMUNITY, "trial.both", false, []]),
            json!([VILLAGES[0], "trial.area", true, ["instant"]]),
            json!([VILLAGES[0], "trial.both", true, ["instant", "ytd"]]),
            json!([VILLAGES[1], "trial.area", false, []]), // a target is no result
            json!([VILLAGES[1], "trial.both", false, []]),
        ]
    );
    assert_eq!(rows.len(), 10);
    let path = format!("/api/v1/{path}");
    app.paged(&path, [1, 2, 3, 9, 10, 11]).await;
    for (reported, count) in [(true, 2), (false, 8)] {
        let rows = app.paged(&format!("{path}&reported={reported}"), [1, 2, 8]).await;
        assert_eq!(rows.len(), count);
        assert!(rows.iter().all(|row| row["reported"] == reported));
    }
    let towns = super::told(&app, "completeness?within=430681&period=2022&metric=trial.area").await;
    assert_eq!(columns(&towns, ["area", "reported"]), [json!(["430681107000", false]), json!([TOWN, true])]);
}

#[actix_web::test]
async fn the_metrics_are_those_named_of_a_theme_or_of_the_frequency() {
    let app = reported().await;
    for (query, metrics) in [
        ("period=2022&theme=trial", json!(["trial.area", "trial.both"])),
        ("period=2022&theme=trial&theme=trials", json!(["trial.area", "trial.both", "trial.other"])),
        ("period=2022-12&theme=trial", json!(["trial.both", "trial.monthly"])),
        ("period=2022-12&theme=trial&theme=trials", json!(["trial.both", "trial.monthly"])),
        // What is named is looked at, whatever its frequency and status.
        ("period=2022-12&metric=trial.area,trial.gone", json!(["trial.area", "trial.gone"])),
        // Both together narrow it down.
        ("period=2022&metric=trial.area,trial.other&theme=trials", json!(["trial.other"])),
        ("period=2022&metric=trial.area&theme=trials", json!([])),
        ("period=2022-W35&theme=trial", json!([])),
        ("period=2022-01/2022-11&theme=trial", json!([])),
    ] {
        let told = told(&app, &format!("completeness?within={TOWN}&{query}")).await;
        assert_eq!(told["meta"]["metrics"], metrics, "{query}");
        assert_eq!(told["items"].as_array().unwrap().len(), 5 * metrics.as_array().unwrap().len(), "{query}");
    }
    let all = told(&app, &format!("completeness?within={}&level=village&period=2022", &TOWN[..9])).await;
    let metrics = all["meta"]["metrics"].as_array().unwrap();
    assert!(metrics.contains(&json!("land.cultivated.area")) && !metrics.contains(&json!("trial.gone")));
    // Exactly this period: a December is not its year.
    let december =
        told(&app, &format!("completeness?within={TOWN}&period=2022-12&theme=trial&reported=true")).await;
    assert_eq!(columns(&december, ["area", "metric"]), [json!([COMMUNITY, "trial.monthly"])]);
}

#[actix_web::test]
async fn areas_are_looked_at_that_exist_on_the_last_day() {
    let app = reported().await;
    add_area(&app, "430681108206", "village", "village", json!({"valid_to": "2022-06-30"})).await;
    add_area(&app, "430681108207", "village", "village", json!({"valid_from": "2023"})).await;
    for (period, count) in [("2021", 6), ("2022-S1", 6), ("2022", 5), ("2023", 6)] {
        let told = told(&app, &format!("completeness?within={TOWN}&period={period}&metric=trial.area")).await;
        assert_eq!(told["meta"]["areas"], count, "{period}");
        assert_eq!(told["items"].as_array().unwrap().len(), count, "{period}");
    }
}
