//! `GET /areas/{code}/overview`: the one call of a home screen.

use serde_json::{Value, json};
use taizhang::exchange::drafts::observation::ObservationDraft;
use taizhang::exchange::drafts::plan_item::PlanItemDraft;
use taizhang::exchange::drafts::reference::MetricDraft;

use crate::harness::TestApp;
use crate::lists::each;
use crate::metrics::metric;

const TOWNSHIP: &str = "/api/v1/areas/430681107/overview";

async fn state(app: &TestApp, members: Value) {
    app.add::<ObservationDraft>(members).await;
}

#[actix_web::test]
async fn the_first_screen_of_the_township_is_small_and_whole() {
    let app = TestApp::seeded().await;
    let answer = app.get(TOWNSHIP).await;
    assert!(answer.body.len() < 20_000, "{} bytes", answer.body.len());
    let overview = answer.json();
    assert_eq!(overview["area"], json!({"code": "430681107000", "name": "弼时镇", "level": "township"}));
    assert_eq!(each(overview["parents"].as_array().unwrap(), "name"), ["汨罗市", "岳阳市", "湖南省"]);
    assert_eq!(
        overview["counts"],
        json!({"villages": 18, "projects": 85, "plan_items": 147, "observations": 53})
    );
    assert_eq!(overview["period"], "2022");
    let headlines = overview["headlines"].as_array().unwrap();
    assert_eq!(headlines.len(), 12);
    let fund = headlines.iter().find(|headline| headline["metric"] == "education.fund.raised").unwrap();
    assert_eq!(
        (&fund["value"], &fund["decimals"], &fund["unit"]),
        (&json!(660.6), &json!(2), &json!("CNY_10K"))
    );
    assert_eq!((&fund["completion"], &fund["met"]), (&json!(66.06), &json!("no")));
    assert_eq!(overview["plan"]["code"], "bishi-2023");
    let lights = overview["plan"]["lights"].as_object().unwrap();
    let items: i64 = lights.values().filter_map(Value::as_i64).sum();
    let scoreboard = app.get("/api/v1/plans/bishi-2023/scoreboard").await.json();
    assert_eq!(json!(items), scoreboard["items"]);
    assert_eq!(overview["plan"]["sections"], scoreboard["by_section"]);
    let stages: i64 =
        overview["projects"]["by_stage"].as_object().unwrap().values().filter_map(Value::as_i64).sum();
    assert_eq!(stages, 85);
    assert_eq!(overview["latest"], json!([]));
}

#[actix_web::test]
async fn a_village_has_its_own_figures_and_the_targets_set_for_each() {
    let app = TestApp::seeded().await;
    let village = "/api/v1/areas/430681107223/overview";
    let income = json!({"metric": "economy.collective.income", "area": "430681107223", "period": "2022", "text": "6万元"});
    state(&app, income).await;
    for (year, value) in [("2019", 9), ("2020", 3), ("2021", 4)] {
        let before = json!({"metric": "economy.collective.income", "area": "430681107223", "period": year, "value": value});
        state(&app, before).await;
    }
    let overview = app.get(village).await.json();
    assert_eq!((&overview["plan"], &overview["period"]), (&Value::Null, &json!("2022")));
    let headlines = overview["headlines"].as_array().unwrap();
    let income = headlines.iter().find(|headline| headline["metric"] == "economy.collective.income").unwrap();
    assert_eq!(
        (&income["change"], &income["met"], &income["completion"]),
        (&json!(2), &json!("yes"), &json!(120))
    );
    assert_eq!(each(income["history"].as_array().unwrap(), "value"), ["9", "3", "4", "6"]);
    let earlier = app.get(&format!("{village}?period=2021")).await.json();
    assert_eq!(each(earlier["headlines"].as_array().unwrap(), "value"), ["4"]);
    assert_eq!(earlier["headlines"][0]["met"], Value::Null, "the target is for 2022");
    // A community is not among the villages that the target was set for.
    let income =
        json!({"metric": "economy.collective.income", "area": "430681107002", "period": "2022", "value": 1});
    state(&app, income).await;
    let community = app.get("/api/v1/areas/430681107002/overview").await.json();
    assert_eq!(community["headlines"][0]["met"], Value::Null);
}

#[actix_web::test]
async fn what_is_wrong_or_unseen_is_told_as_everywhere() {
    let app = TestApp::seeded().await;
    app.get("/api/v1/areas/430681999/overview").await.problem(404, "not_found");
    app.get("/api/v1/areas/12345/overview").await.problem(400, "invalid_parameter");
    app.get(&format!("{TOWNSHIP}?period=never")).await.problem(400, "invalid_parameter");
    app.get(&format!("{TOWNSHIP}?level=village")).await.problem(400, "unknown_parameter");
    // What is internal is neither shown nor counted but to those who see it.
    app.add::<MetricDraft>(metric("aaa.secret", json!({"theme": "aaa", "visibility": "internal"}))).await;
    state(&app, json!({"metric": "aaa.secret", "area": "430681107000", "period": "2022", "value": 7})).await;
    app.add::<PlanItemDraft>(json!({
        "code": "bishi-2023.99", "plan": "bishi-2023", "ordinal": 99, "title": "内部", "areas": ["430681107000"],
        "visibility": "internal",
    }))
    .await;
    let public = app.get(TOWNSHIP).await;
    assert!(!public.text().contains("aaa.secret") && !public.text().contains("bishi-2023.99"));
    assert_eq!(
        (&public.json()["counts"]["observations"], &public.json()["counts"]["plan_items"]),
        (&json!(53), &json!(147))
    );
    let reader = app.key("reader", Some("430681107")).await;
    let seen = app.request(actix_web::http::Method::GET, TOWNSHIP).by(&reader).send().await;
    assert_eq!(seen.json()["headlines"][0]["metric"], "aaa.secret");
    assert_eq!(
        (&seen.json()["counts"]["observations"], &seen.json()["counts"]["plan_items"]),
        (&json!(54), &json!(148))
    );
}

#[actix_web::test]
async fn an_area_without_figures_has_an_overview_too() {
    let app = TestApp::seeded().await;
    let county = app.get("/api/v1/areas/430681/overview").await.json();
    assert_eq!(
        (&county["period"], &county["headlines"], &county["plan"]),
        (&Value::Null, &json!([]), &Value::Null)
    );
    assert_eq!(county["counts"]["projects"], 85);
    let unchanged = app.get("/api/v1/areas/430681/overview").await;
    let again =
        app.get_with("/api/v1/areas/430681/overview", &[("if-none-match", unchanged.header("etag"))]).await;
    assert_eq!(again.status, 304);
}

#[actix_web::test]
async fn the_latest_progress_comes_first() {
    let app = TestApp::seeded().await;
    let seq = app.db.head().await.unwrap();
    for (id, subject, code, day) in [
        (1, "project", "tongba-bridge", "2023-02-01"),
        (2, "plan_item", "bishi-2023.4.2", "2023-03-01"),
        (3, "project", "tongba-bridge", "2023-01-01"),
    ] {
        app.sql(&format!(
            "INSERT INTO progress_reports (id, {subject}, as_of, progress, text, author, recorded_at, seq, updated_at) \
             VALUES ({id}, '{code}', '{day}', 50, '{}', 'test', '2023-04-01 00:00:00', {seq}, '2023-04-01 00:00:00')",
            "进".repeat(300)
        ));
    }
    // Rows were put there behind the ledger's back: a new entry makes every kept answer old.
    app.key("reader", None).await;
    let latest = app.get(TOWNSHIP).await.json()["latest"].as_array().unwrap().clone();
    assert_eq!(each(&latest, "as_of"), ["2023-03-01", "2023-02-01", "2023-01-01"]);
    assert_eq!((&latest[0]["plan_item"], &latest[0]["project"]), (&json!("bishi-2023.4.2"), &Value::Null));
    assert_eq!((&latest[1]["plan_item"], &latest[1]["project"]), (&Value::Null, &json!("tongba-bridge")));
    assert_eq!(latest[0]["text"].as_str().unwrap().chars().count(), 200);
}
