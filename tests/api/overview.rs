//! `GET /areas/{code}/overview`: the one call of a home screen.

use serde_json::{Value, json};

use crate::builders::areas::{TOWN, VILLAGES, town};
use crate::builders::observations::state;
use crate::harness::TestApp;
use crate::harness::lists::{columns, each, picked};

const TOWNSHIP: &str = "/api/v1/areas/430681107/overview";

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
    assert_eq!(overview["period"], Value::Null, "none was asked for");
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
    app.observation(income).await;
    for (year, value) in [("2019", 9), ("2020", 3), ("2021", 4)] {
        let before = json!({"metric": "economy.collective.income", "area": "430681107223", "period": year, "value": value});
        app.observation(before).await;
    }
    let overview = app.get(village).await.json();
    assert_eq!((&overview["plan"], &overview["period"]), (&Value::Null, &Value::Null));
    let headlines = overview["headlines"].as_array().unwrap();
    let income = headlines.iter().find(|headline| headline["metric"] == "economy.collective.income").unwrap();
    assert_eq!(
        (&income["change"], &income["met"], &income["completion"]),
        (&json!(2), &json!("yes"), &json!(120))
    );
    assert_eq!(each(income["history"].as_array().unwrap(), "value"), ["9", "3", "4", "6"]);
    let earlier = app.get(&format!("{village}?period=2021")).await.json();
    assert_eq!(earlier["period"], "2021");
    assert_eq!(each(earlier["headlines"].as_array().unwrap(), "value"), ["4"]);
    assert_eq!(earlier["headlines"][0]["met"], Value::Null, "the target is for 2022");
    // A community is not among the villages that the target was set for.
    let income =
        json!({"metric": "economy.collective.income", "area": "430681107002", "period": "2022", "value": 1});
    app.observation(income).await;
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
    app.metric("aaa.secret", json!({"headline": 1, "visibility": "internal"})).await;
    app.observation(json!({"metric": "aaa.secret", "area": "430681107000", "period": "2022", "value": 7}))
        .await;
    app.plan_item(json!({
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
    let seen = app.get(TOWNSHIP).by(&reader).await;
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
        app.get("/api/v1/areas/430681/overview").header("if-none-match", unchanged.header("etag")).await;
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

/// Some members of each headline of an area.
async fn headlines<const N: usize>(app: &TestApp, area: &str, members: [&str; N]) -> Vec<Value> {
    let overview = app.get(&format!("/api/v1/areas/{area}/overview")).await.json();
    columns(&json!({"items": overview["headlines"]}), members)
}

#[actix_web::test]
async fn a_later_figure_of_one_metric_hides_no_other() {
    let app = TestApp::seeded().await;
    let before = headlines(&app, "430681107", ["metric", "value"]).await;
    let later = json!({"metric": "land.cultivated.area", "area": "430681107000", "period": "2023-06", "value": 48900});
    app.observation(later).await;
    let after = headlines(&app, "430681107", ["metric", "period"]).await;
    let metrics = |rows: &[Value]| rows.iter().map(|row| row[0].clone()).collect::<Vec<_>>();
    assert_eq!((after.len(), metrics(&after)), (12, metrics(&before)));
    let later: Vec<&Value> = after.iter().filter(|row| row[1] != "2022").collect();
    assert_eq!(later, [&json!(["land.cultivated.area", "2023-06"])]);
    let of_month = app.get(&format!("{TOWNSHIP}?period=2023-06")).await.json();
    assert_eq!(
        (&of_month["period"], of_month["headlines"].as_array().unwrap().len()),
        (&json!("2023-06"), 1)
    );
    // The seed's order, which is that of the metrics.
    assert_eq!(after[0][0], "agriculture.early_rice.planted_area");
    let of_year = app.get(&format!("{TOWNSHIP}?period=2022")).await.json();
    assert_eq!(metrics(&columns(&json!({"items": of_year["headlines"]}), ["metric"])), metrics(&before));
}

#[actix_web::test]
async fn each_headline_is_the_latest_of_its_metric_with_what_goes_with_its_own_period() {
    let app = town().await;
    for code in ["trial.month", "trial.span", "trial.year"] {
        app.metric(code, json!({"direction": "higher"})).await;
    }
    let village = VILLAGES[0];
    for (metric, period, value) in [
        // What spans years ends on the same day as the year, and hides nothing of it.
        ("trial.year", "2021-01/2025-12", 500),
        ("trial.year", "2025", 50),
        ("trial.year", "2025-12", 5),
        ("trial.year", "2024", 40),
        ("trial.month", "2021-01/2025-10", 300),
        ("trial.month", "2025-10", 12),
        ("trial.month", "2025-09", 9),
        ("trial.month", "2025-08", 7),
        ("trial.month", "2025-04", 1),
        ("trial.month", "2024", 100),
        // It has nothing else.
        ("trial.span", "2021-01/2025-12", 9),
        // What is to come is not the latest yet.
        ("trial.month", "2990", 1),
    ] {
        state(&app, metric, village, period, json!(value)).await;
    }
    let aim = |value: i64| json!({"value": value, "role": "target"});
    state(&app, "trial.month", village, "2025-10", aim(24)).await;
    state(&app, "trial.month", village, "2025", aim(240)).await;
    let each_village = json!({"value": 100, "role": "target", "spread": "each"});
    state(&app, "trial.year", TOWN, "2025", each_village).await;
    state(&app, "trial.year", TOWN, "2024", aim(1)).await;
    assert_eq!(
        json!(headlines(&app, village, ["metric", "period", "value", "change", "completion"]).await),
        json!([
            ["trial.month", "2025-10", 12, 3, 50],
            ["trial.year", "2025", 50, 10, 50],
            ["trial.span", "2021-01/2025-12", 9, null, null],
        ])
    );
    let histories = headlines(&app, village, ["history"]).await;
    let periods = |at: usize| each(histories[at][0].as_array().unwrap(), "period");
    assert_eq!(periods(0), ["2025-08", "2025-09", "2025-10"], "six months back, not seven");
    assert_eq!(periods(1), ["2024", "2025"]);

    // Of those of one day the longest standard period, and of several accumulations the first stated.
    let later = json!({"value": 3, "accumulation": "itd"});
    state(&app, "trial.month", village, "2025-10", later).await;
    state(&app, "trial.span", village, "2025-12", json!(2)).await;
    state(&app, "trial.span", village, "2025-Q4", json!(4)).await;
    let told = headlines(&app, village, ["metric", "period", "value"]).await;
    assert_eq!(told[0], json!(["trial.month", "2025-10", 12]));
    assert_eq!(told[2], json!(["trial.span", "2025-Q4", 4]));
    // What is not released yet is the latest for those only who see it, and what is retracted for nobody.
    let ahead = json!({"value": 60, "released_at": "2999-01-01T00:00:00+08:00"});
    state(&app, "trial.span", village, "2026-01", ahead).await;
    assert_eq!(headlines(&app, village, ["value"]).await[2], json!([4]));
    let reviewer = app.key("reviewer", Some("430681108")).await;
    let path = format!("/api/v1/areas/{village}/overview");
    let seen = app.get(&path).by(&reviewer).await.json();
    assert_eq!(picked(&seen["headlines"][2], ["period", "value"]), json!(["2026-01", 60]));
    let editor = app.key("editor", None).await;
    let listed = format!("/api/v1/observations?metric=trial.span&area={village}&period=2025-Q4");
    let id = app.get(&listed).await.items()[0]["id"].clone();
    let path = format!("/api/v1/observations/{id}?reason=entry_error");
    let retracted = app.delete(&path).by(&editor).await;
    assert_eq!(retracted.status, 204, "{}", retracted.text());
    assert_eq!(headlines(&app, village, ["period", "value"]).await[2], json!(["2025-12", 2]));
}

#[actix_web::test]
async fn headlines_stand_in_the_order_that_metrics_are_given() {
    let app = town().await.signed_in().await;
    for (code, theme, place) in [
        ("trial.b", "b", json!(null)),
        ("trial.c", "a", json!(null)),
        ("trial.a", "b", json!(null)),
        ("trial.target", "z", json!(null)),
        ("trial.last", "a", json!(32767)),
        ("trial.first", "z", json!(7)),
        ("trial.also", "a", json!(7)),
    ] {
        app.metric(code, json!({"theme": theme, "headline": place})).await;
        state(&app, code, TOWN, "2022", json!(1)).await;
    }
    for code in ["trial.target", "trial.first"] {
        let aim = json!({"value": 2, "role": "target"});
        state(&app, code, TOWN, "2022", aim).await;
    }
    let order = async || -> Vec<String> {
        let told = headlines(&app, TOWN, ["metric"]).await;
        told.iter().map(|row| row[0].as_str().unwrap().trim_start_matches("trial.").to_owned()).collect()
    };
    assert_eq!(order().await, ["first", "also", "last", "target", "c", "a", "b"]);
    // An editor gives a metric its place.
    let path = "/api/v1/metrics/trial.b";
    let place = async |place: Value| app.patch(path, json!({"headline": place})).await;
    let patched = place(json!(1)).await;
    assert_eq!((patched.status.as_u16(), &patched.json()["headline"]), (200, &json!(1)));
    assert_eq!(order().await, ["b", "first", "also", "last", "target", "c", "a"]);
    assert_eq!(place(json!(null)).await.json()["headline"], Value::Null);
    assert_eq!(order().await, ["first", "also", "last", "target", "c", "a", "b"]);
    let refused = place(json!(0)).await.problem(422, "invalid_value");
    assert_eq!(refused["errors"][0]["pointer"], "/headline");
    for wrong in [json!(-1), json!(32768), json!(1.5), json!("1")] {
        assert!(place(wrong.clone()).await.status.is_client_error(), "{wrong}");
    }
    let csv = app.get("/api/v1/metrics?theme=z&format=csv").await.text();
    let column = csv.lines().next().unwrap().split(',').position(|name| name == "headline").unwrap();
    let cells: Vec<&str> = csv.lines().skip(1).map(|line| line.split(',').nth(column).unwrap()).collect();
    assert_eq!(cells, ["7", ""]);
}
