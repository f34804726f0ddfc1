//! Areas that end or begin inside a period: what each statistic counts of them, and what it says that it leaves
//! out. All of it on random figures is in `oracle.rs`.

use serde_json::json;

use crate::builders::areas::add_area;
use crate::builders::observations::state;
use crate::harness::TestApp;
use crate::harness::lists::{columns, picked, row, told};

const TOWN: &str = "430681108000";
const DISSOLVED: &str = "430681109000";
/// Ended on 2022-06-30.
const ENDED: &str = "430681108201";
/// Took its place.
const SUCCESSOR: &str = "430681108202";
/// Began in July 2022.
const BEGUN: &str = "430681108203";

/// A township with the three villages, one that was dissolved with its village in May 2022, a flow and a stock.
async fn changing() -> TestApp {
    let app = TestApp::seeded().await;
    let yearly = json!({"kind": "flow", "time_rule": "sum", "frequencies": ["year"], "direction": "higher"});
    app.metric("trial.flow", yearly).await;
    app.metric("trial.stock", json!({})).await;
    add_area(&app, TOWN, "township", "town", json!({})).await;
    add_area(&app, SUCCESSOR, "village", "village", json!({})).await;
    add_area(&app, ENDED, "village", "village", json!({"valid_to": "2022-06-30", "successors": [SUCCESSOR]}))
        .await;
    add_area(&app, BEGUN, "village", "village", json!({"valid_from": "2022-07"})).await;
    add_area(&app, DISSOLVED, "township", "town", json!({"valid_to": "2022-05"})).await;
    add_area(&app, "430681109201", "village", "village", json!({"valid_to": "2022-05-31"})).await;
    app
}

const COVERAGE: [&str; 5] = ["value", "comparator", "reported", "expected", "missing"];

#[actix_web::test]
async fn a_flow_counts_areas_of_any_day_and_a_stock_those_of_the_last() {
    let app = changing().await;
    for (area, period, value) in [
        (ENDED, "2022-S1", 10),
        (SUCCESSOR, "2022-S1", 1),
        (SUCCESSOR, "2022-S2", 22),
        (BEGUN, "2022-S2", 100),
        ("430681109201", "2022-Q1", 3),
        ("430681109201", "2022-Q2", 4),
        (ENDED, "2021", 7),
    ] {
        state(&app, "trial.flow", area, period, json!(value)).await;
    }
    let path = |more: &str| format!("metrics/trial.flow/aggregate?within={TOWN}&period=2022{more}");
    let year = row(&app, &path("")).await;
    assert_eq!(picked(&year, COVERAGE), json!([133, null, 3, 3, []]));
    assert_eq!(year["over_time"], json!(["sum"]));
    assert_eq!(picked(&row(&app, &path("&group_by=year")).await, COVERAGE), json!([133, null, 3, 3, []]));
    let second = row(&app, &format!("metrics/trial.flow/aggregate?within={TOWN}&period=2022-S2")).await;
    assert_eq!(picked(&second, COVERAGE), json!([122, null, 2, 2, []]));
    // The dissolved township has its row, and its village covers what it lived.
    let towns = "metrics/trial.flow/aggregate?within=430681&group_by=township&period=2022";
    let towns = columns(&told(&app, towns).await, ["group", "value", "reported", "expected"]);
    assert_eq!(towns[1..], [json!([TOWN, 133, 3, 3]), json!([DISSOLVED, 7, 1, 1])]);
    let before = row(&app, &format!("metrics/trial.flow/aggregate?within={TOWN}&period=2021")).await;
    assert_eq!(picked(&before, COVERAGE), json!([7, null, 1, 2, [SUCCESSOR]]));
    // A stock is of those that are there in the end; the figure of June is in its life, and of no year's end.
    state(&app, "trial.stock", ENDED, "2022-06", json!(5)).await;
    state(&app, "trial.stock", SUCCESSOR, "2022-12", json!(6)).await;
    let stock = row(&app, &format!("metrics/trial.stock/aggregate?within={TOWN}&period=2022")).await;
    assert_eq!(picked(&stock, COVERAGE), json!([6, null, 1, 2, [BEGUN]]));
}

#[actix_web::test]
async fn what_an_area_lived_has_to_be_covered_and_more_may_be() {
    let app = changing().await;
    let year = async || row(&app, &format!("metrics/trial.flow/aggregate?within={TOWN}&period=2022")).await;
    state(&app, "trial.flow", ENDED, "2022-Q1", json!(4)).await;
    state(&app, "trial.flow", SUCCESSOR, "2022", json!(30)).await;
    assert_eq!(picked(&year().await, COVERAGE), json!([30, null, 1, 3, [ENDED, BEGUN]]));
    state(&app, "trial.flow", ENDED, "2022-Q2", json!(6)).await;
    // What is stated of half a year in which it did not exist makes the year, and then it is counted.
    state(&app, "trial.flow", BEGUN, "2022-S1", json!(1)).await;
    state(&app, "trial.flow", BEGUN, "2022-S2", json!(22)).await;
    let answer = told(&app, &format!("metrics/trial.flow/aggregate?within={TOWN}&period=2022")).await;
    assert_eq!(picked(&answer["items"][0], COVERAGE), json!([63, null, 3, 3, []]));
    assert_eq!(answer["meta"]["outside_life"], json!({"figures": 0, "areas": []}));
}

#[actix_web::test]
async fn rankings_completeness_and_targets_for_each_know_who_was_there() {
    let app = changing().await;
    for (area, value) in [(ENDED, 10), (SUCCESSOR, 30)] {
        state(&app, "trial.flow", area, "2022", json!(value)).await;
        state(&app, "trial.stock", area, "2022", json!(value)).await;
    }
    let ranked = async |metric: &str| {
        let answer = told(&app, &format!("metrics/{metric}/ranking?within={TOWN}&period=2022")).await;
        let meta = picked(&answer["meta"], ["reported", "expected", "not_reported", "outside_life"]);
        (columns(&answer, ["rank", "area"]), meta)
    };
    let (rows, meta) = ranked("trial.flow").await;
    assert_eq!(rows, [json!([1, SUCCESSOR]), json!([2, ENDED])]);
    assert_eq!(meta, json!([2, 3, [BEGUN], {"figures": 0, "areas": []}]));
    let (rows, meta) = ranked("trial.stock").await;
    assert_eq!(rows, [json!([1, SUCCESSOR])]);
    assert_eq!(meta, json!([1, 2, [BEGUN], {"figures": 1, "areas": [ENDED]}]));
    let path = format!("completeness?within={TOWN}&period=2022&metric=trial.flow,trial.stock");
    let answer = told(&app, &path).await;
    assert_eq!(
        columns(&answer, ["area", "metric", "reported"]),
        [
            json!([ENDED, "trial.flow", true]),
            json!([SUCCESSOR, "trial.flow", true]),
            json!([SUCCESSOR, "trial.stock", true]),
            json!([BEGUN, "trial.flow", false]),
            json!([BEGUN, "trial.stock", false]),
        ]
    );
    assert_eq!(
        picked(&answer["meta"], ["areas", "outside_life"]),
        json!([3, {"figures": 1, "areas": [ENDED]}])
    );
    app.paged(&format!("/api/v1/{path}"), [1, 2, 4, 5]).await;
    for metric in ["trial.flow", "trial.stock"] {
        let aim = json!({"metric": metric, "area": TOWN, "period": "2022", "role": "target", "value": 20, "spread": "each"});
        app.observation(aim).await;
    }
    let completion = async |metric: &str| {
        columns(
            &told(&app, &format!("completion?metric={metric}&within={TOWN}")).await,
            ["area", "completion"],
        )
    };
    let expected = [json!([ENDED, 50]), json!([SUCCESSOR, 150]), json!([BEGUN, null])];
    assert_eq!(completion("trial.flow").await, expected);
    assert_eq!(completion("trial.stock").await, expected[1..]);
}

#[actix_web::test]
async fn figures_outside_a_life_are_taken_with_a_warning_and_every_roll_up_says_that_it_leaves_them_out() {
    let app = changing().await;
    let editor = app.key("editor", None).await;
    let post = async |metric: &str, area: &str, period: &str, value: i64| {
        let body = json!({"metric": metric, "area": area, "period": period, "value": value});
        let answer = app.post("/api/v1/observations", body).by(&editor).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
        answer.json()
    };
    for (metric, area, period, outside) in [
        ("trial.flow", ENDED, "2022", false),
        ("trial.flow", ENDED, "2022-07", true),
        ("trial.flow", ENDED, "2023", true),
        ("trial.flow", BEGUN, "2022-S1", true),
        ("trial.flow", BEGUN, "2022-07", false),
        ("trial.flow", "430681109201", "2022-06", true),
        ("trial.stock", ENDED, "2022-06", false),
        ("trial.stock", ENDED, "2022", true),
        ("trial.stock", BEGUN, "2022", false),
    ] {
        let expected = if outside { json!(["outside_life"]) } else { json!([]) };
        assert_eq!(post(metric, area, period, 1).await["warnings"], expected, "{metric} {area} {period}");
    }
    // A correction of it is still outside.
    let row = post("trial.stock", ENDED, "2023", 1).await;
    let path = format!("/api/v1/observations/{}", row["id"]);
    let patched = app.patch(&path, json!({"value": 2, "reason": "audit"})).by(&editor).await;
    assert_eq!(patched.json()["warnings"], json!(["outside_life"]), "{}", patched.text());
    let left_out = async |path: &str| told(&app, path).await["meta"]["outside_life"].clone();
    let one = json!({"figures": 1, "areas": [ENDED]});
    for path in
        ["metrics/trial.flow/aggregate?", "metrics/trial.stock/ranking?", "completeness?metric=trial.flow&"]
    {
        assert_eq!(left_out(&format!("{path}within={TOWN}&period=2023")).await, one, "{path}");
    }
    // In 2022 that of July and that of the first half; of the year that was stated nothing is left out.
    assert_eq!(
        left_out(&format!("metrics/trial.flow/aggregate?within={TOWN}&period=2022")).await,
        json!({"figures": 1, "areas": [BEGUN]})
    );
    let towns = "metrics/trial.flow/aggregate?within=430681&group_by=township&period=2022-06/2022-07";
    assert_eq!(left_out(towns).await, json!({"figures": 2, "areas": [ENDED, "430681109201"]}));
}
