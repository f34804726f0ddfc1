//! `GET /metrics/{code}/aggregate`: roll-ups by the rules of the metric and no others.

use serde_json::{Value, json};

use super::refused;
use crate::builders::areas::{COMMUNITY, TOWN, VILLAGES, add_area, town};
use crate::builders::observations::state;
use crate::harness::TestApp;
use crate::harness::lists::{columns, picked, row, told};

const BOUNDS: [&str; 6] = ["value", "comparator", "lower", "upper", "lower_inclusive", "upper_inclusive"];

/// The row of the township for 2022.
async fn rolled(app: &TestApp, metric: &str, more: &str) -> Value {
    row(app, &format!("metrics/{metric}/aggregate?within={TOWN}&period=2022{more}")).await
}

#[actix_web::test]
async fn a_sum_keeps_the_bounds_of_its_parts_and_names_who_is_missing() {
    let app = town().await;
    let nobody = rolled(&app, "trial.area", "").await;
    assert_eq!(picked(&nobody, ["value", "reported", "expected", "own_value"]), json!([null, 0, 5, null]));
    assert_eq!(nobody["missing"].as_array().unwrap().len(), 5);
    state(&app, "trial.area", VILLAGES[0], "2022", json!("90余亩")).await;
    state(&app, "trial.area", VILLAGES[1], "2022", json!(3.5)).await;
    let more = rolled(&app, "trial.area", "").await;
    assert_eq!(picked(&more, BOUNDS), json!([93.5, ">", 93.5, 103.5, false, false]));
    assert_eq!(picked(&more, ["reported", "missing"]), json!([2, [COMMUNITY, VILLAGES[2], VILLAGES[3]]]));
    state(&app, "trial.area", VILLAGES[2], "2022", json!("近50亩")).await;
    // More than 93.5 and less than 50 beside it: only from above is anything known.
    let about = rolled(&app, "trial.area", "").await;
    assert_eq!(picked(&about, BOUNDS), json!([143.5, "~", null, 153.5, false, false]));
    state(&app, "trial.area", TOWN, "2022", json!("150亩以上")).await;
    let beside = rolled(&app, "trial.area", "").await;
    assert_eq!(picked(&beside, BOUNDS), picked(&about, BOUNDS), "its own figure is no part of it");
    assert_eq!(picked(&beside, ["own_value", "own_comparator"]), json!([150, ">="]));
    assert_eq!(picked(&beside, ["difference", "difference_comparator"]), json!([-6.5, "~"]));
    assert_eq!(
        picked(&beside, ["method", "over_time", "group", "unit"]),
        json!(["sum", ["stated"], TOWN, "MU"])
    );
    // An area that has reported nothing has a sum of nothing, not of zero; its own figure stands alone.
    let county = row(&app, "metrics/trial.area/aggregate?within=430681&period=2022").await;
    assert_eq!(
        picked(&county, ["value", "reported", "expected", "missing"]),
        json!([150, 1, 2, ["430681107000"]])
    );
}

#[actix_web::test]
async fn other_units_are_told_exactly_or_rounded_outward() {
    let app = town().await;
    state(&app, "trial.area", VILLAGES[0], "2022", json!("550多亩")).await;
    let told = rolled(&app, "trial.area", "&unit=MTK").await;
    assert_eq!(
        picked(&told, BOUNDS),
        json!([366666.666667, ">", 366666.666666, 373333.333334, false, false])
    );
    assert_eq!(told["warnings"], json!(["rounded"]));
    let told = rolled(&app, "trial.area", "&unit=HAR").await;
    assert_eq!(picked(&told, ["value", "unit", "warnings"]), json!([36.666667, "HAR", ["rounded"]]));
    state(&app, "trial.area", VILLAGES[1], "2022", json!(50)).await;
    let told = rolled(&app, "trial.area", "&unit=HAR").await;
    assert_eq!(
        picked(&told, ["value", "lower", "upper", "warnings"]),
        json!([40, 40, 40.666667, ["rounded"]])
    );
}

/// What is reported of fields and of people, and the ratios and means over them.
async fn fields() -> TestApp {
    let app = town().await;
    let ratio = json!({"kind": "ratio", "area_rule": "ratio_of_sums", "unit": "P1",
        "numerator": "trial.let", "denominator": "trial.area"});
    let per_head = json!({"kind": "average", "area_rule": "ratio_of_sums", "unit": "CNY",
        "numerator": "trial.income", "denominator": "trial.people"});
    let mean = json!({"kind": "ratio", "area_rule": "weighted_mean", "unit": "P1", "weight": "trial.area"});
    for (code, more) in [
        ("trial.let", json!({})),
        ("trial.rate", ratio),
        ("trial.income", json!({"kind": "flow", "unit": "CNY_10K", "time_rule": "sum"})),
        ("trial.people", json!({"unit": "PERSON"})),
        ("trial.per_head", per_head),
        ("trial.mean", mean),
        ("trial.most", json!({"area_rule": "max"})),
        ("trial.least", json!({"area_rule": "min"})),
    ] {
        app.metric(code, more).await;
    }
    app
}

#[actix_web::test]
async fn a_ratio_is_that_of_the_sums_and_never_of_the_ratios() {
    let app = fields().await;
    for (village, taken, of) in [(VILLAGES[0], 10, 20), (VILLAGES[1], 30, 100)] {
        state(&app, "trial.let", village, "2022", json!(taken)).await;
        state(&app, "trial.area", village, "2022", json!(of)).await;
        state(&app, "trial.rate", village, "2022", json!(99)).await;
    }
    // One has no denominator and another no numerator: neither counts on one side only.
    state(&app, "trial.let", VILLAGES[2], "2022", json!(1000)).await;
    state(&app, "trial.area", VILLAGES[3], "2022", json!(1000)).await;
    state(&app, "trial.rate", TOWN, "2022", json!(33)).await;
    let told = rolled(&app, "trial.rate", "").await;
    assert_eq!(picked(&told, BOUNDS), json!([33.333333, null, 33.333333, 33.333334, false, false]));
    assert_eq!(picked(&told, ["reported", "method", "warnings"]), json!([2, "ratio_of_sums", ["rounded"]]));
    assert_eq!(picked(&told, ["own_value", "difference"]), json!([33, 0.333333]));
    for (village, income, people) in [(VILLAGES[0], 3, 2), (VILLAGES[1], 5, 6)] {
        state(&app, "trial.income", village, "2022", json!(income)).await;
        state(&app, "trial.people", village, "2022", json!(people)).await;
    }
    // 8万元 over 8 people is 10000元 each.
    assert_eq!(picked(&rolled(&app, "trial.per_head", "").await, ["value", "unit"]), json!([10000, "CNY"]));
    let told = rolled(&app, "trial.per_head", "&unit=CNY_10K").await;
    assert_eq!(picked(&told, ["value", "unit", "comparator"]), json!([1, "CNY_10K", null]));
    // A sum of nothing has no ratio.
    state(&app, "trial.let", VILLAGES[0], "2021", json!(0)).await;
    state(&app, "trial.area", VILLAGES[0], "2021", json!(0)).await;
    let none = row(&app, &format!("metrics/trial.rate/aggregate?within={TOWN}&period=2021")).await;
    assert_eq!(picked(&none, ["value", "reported", "warnings"]), json!([null, 1, []]));
}

#[actix_web::test]
async fn means_are_weighted_and_extremes_are_what_they_are() {
    let app = fields().await;
    for (village, mean, weight) in
        [(VILLAGES[0], json!(20), json!(100)), (VILLAGES[1], json!("40%以上"), json!(300))]
    {
        state(&app, "trial.mean", village, "2022", mean).await;
        state(&app, "trial.area", village, "2022", weight).await;
    }
    state(&app, "trial.mean", VILLAGES[2], "2022", json!(100)).await; // without a weight
    let told = rolled(&app, "trial.mean", "").await;
    assert_eq!(picked(&told, BOUNDS), json!([35, ">=", 35, null, true, false]));
    assert_eq!(picked(&told, ["reported", "method"]), json!([2, "weighted_mean"]));
    for (village, words) in VILLAGES.into_iter().zip(["90余亩", "95亩", "100亩以内", "约1亩"]) {
        state(&app, "trial.most", village, "2022", json!(words)).await;
        state(&app, "trial.least", village, "2022", json!(words)).await;
    }
    let most = rolled(&app, "trial.most", "").await;
    assert_eq!(picked(&most, BOUNDS), json!([100, "~", 95, null, true, false]));
    let least = rolled(&app, "trial.least", "").await;
    assert_eq!(picked(&least, BOUNDS), json!([1, "~", null, 95, false, true]));
}

#[actix_web::test]
async fn what_does_not_roll_up_is_refused_with_what_is_missing() {
    let app = fields().await;
    app.metric("trial.none", json!({"area_rule": "none"})).await;
    app.metric("trial.hidden", json!({"visibility": "internal"})).await;
    let ratio = |numerator: &str, unit: &str| {
        json!({"kind": "ratio", "area_rule": "ratio_of_sums", "unit": unit, "numerator": numerator,
            "denominator": "trial.area"})
    };
    app.metric("trial.half_hidden", ratio("trial.hidden", "P1")).await;
    app.metric("trial.askew", ratio("trial.people", "P1")).await;
    for (code, words) in
        [("trial.none", "numerator"), ("trial.half_hidden", "numerator"), ("trial.askew", "PERSON over MU")]
    {
        for query in
            ["period=2022", "from=2021&to=2023&group_by=year", "period=2022&group_by=township&level=village"]
        {
            let path = format!("/api/v1/metrics/{code}/aggregate?within=430681&{query}");
            let problem = app.get(&path).header("accept-language", "en").await.problem(422, "not_aggregable");
            assert!(problem["detail"].as_str().unwrap().contains(words), "{problem}");
        }
    }
    // Who sees the numerator sees the ratio.
    let key = app.key("reader", None).await;
    let path = format!("/api/v1/metrics/trial.half_hidden/aggregate?within={TOWN}&period=2022");
    assert_eq!(app.get(&path).by(&key).await.status, 200);
}

#[actix_web::test]
async fn there_is_a_row_for_each_area_of_a_level_or_each_year() {
    let app = town().await;
    state(&app, "trial.area", VILLAGES[0], "2022", json!(1)).await;
    state(&app, "trial.area", VILLAGES[1], "2023", json!(2)).await;
    state(&app, "trial.area", "430681107223", "2022", json!(4)).await;
    state(&app, "trial.area", TOWN, "2022", json!(8)).await;
    let path = "metrics/trial.area/aggregate?group_by=township&period=2022";
    let by_town = told(&app, path).await;
    let members = ["group", "value", "reported", "expected", "own_value", "difference"];
    let rows = json!([["430681107000", 4, 1, 18, null, null], [TOWN, 1, 1, 5, 8, -7]]);
    assert_eq!(json!(columns(&by_town, members)), rows);
    assert_eq!(
        picked(&by_town["meta"], ["level", "group_by", "within", "period"]),
        json!(["village", "township", null, "2022"])
    );
    assert_eq!(json!(columns(&told(&app, &format!("{path}&within=4306")).await, members)), rows);
    assert_eq!(columns(&told(&app, &format!("{path}&within={TOWN}")).await, members), [rows[1].clone()]);
    // Of one level at a time: the townships of a county, or all its villages.
    for (level, row) in [
        ("", json!(["430681000000", 8, 1, 2, null, null])),
        ("&level=village", json!(["430681000000", 5, 2, 23, null, null])),
    ] {
        let path = format!("metrics/trial.area/aggregate?group_by=county&period=2022{level}");
        assert_eq!(columns(&told(&app, &path).await, members), [row]);
    }
    let path = format!("metrics/trial.area/aggregate?within={TOWN}&group_by=year&from=2021-07&to=2023");
    let by_year = told(&app, &path).await;
    assert_eq!(
        json!(columns(&by_year, ["group", "period", "value", "own_value"])),
        json!([["2022", "2022", 1, 8], ["2023", "2023", 2, null]])
    );
    assert_eq!(by_year["meta"]["period"], "2021-07/2023-12");
    for path in ["group_by=township&period=2022", &format!("within={TOWN}&group_by=year&from=2019&to=2024")] {
        app.paged(&format!("/api/v1/metrics/trial.area/aggregate?{path}"), 1..=6).await;
    }
    let path = format!("/api/v1/metrics/trial.area/aggregate?within={TOWN}&group_by=year&from=2022&to=2023");
    assert_eq!(app.walked(&path, 2).await.len(), 2, "the last page is full, and no page follows it");
}

#[actix_web::test]
async fn accumulations_roles_and_levels_are_never_mixed() {
    let app = town().await;
    let flow = json!({"kind": "flow", "time_rule": "sum"});
    app.metric("trial.flow", flow).await;
    for (accumulation, value) in [("period", 1), ("ytd", 10), ("itd", 100), ("instant", 1000)] {
        let figure = json!({"value": value, "accumulation": accumulation});
        state(&app, "trial.flow", VILLAGES[0], "2022", figure).await;
        let told = rolled(&app, "trial.flow", &format!("&accumulation={accumulation}")).await;
        assert_eq!(picked(&told, ["value", "reported"]), json!([value, 1]));
    }
    assert_eq!(rolled(&app, "trial.flow", "").await["value"], 1, "of a flow, what is of the period");
    for (role, value) in [("target", 2), ("forecast", 3), ("baseline", 4)] {
        state(&app, "trial.flow", VILLAGES[1], "2022", json!({"value": value, "role": role})).await;
        assert_eq!(rolled(&app, "trial.flow", &format!("&role={role}")).await["value"], value);
    }
    assert_eq!(rolled(&app, "trial.flow", "").await["reported"], 1);
    // A target for each village is none of the township, nor a part of any total.
    let each = json!({"value": 5, "role": "target", "spread": "each"});
    state(&app, "trial.flow", TOWN, "2022", each).await;
    let told = rolled(&app, "trial.flow", "&role=target").await;
    assert_eq!(picked(&told, ["value", "reported", "own_value"]), json!([2, 1, null]));
    let told = row(&app, "metrics/trial.flow/aggregate?within=430681&period=2022&role=target").await;
    assert_eq!(picked(&told, ["value", "reported"]), json!([null, 0]));
}

#[actix_web::test]
async fn a_span_is_rolled_up_over_the_areas_that_existed_at_its_end() {
    let app = town().await;
    let merged = "430681108205";
    add_area(&app, merged, "village", "village", json!({})).await;
    for (code, more) in [
        ("430681108206", json!({"valid_to": "2021-12-31", "successors": [merged]})),
        ("430681108207", json!({"valid_to": "2021", "successors": [merged]})),
        ("430681108208", json!({"valid_from": "2022-07-01"})),
    ] {
        add_area(&app, code, "village", "village", more).await;
    }
    for (period, value) in [("2021", 1), ("2022", 10)] {
        for code in ["430681108206", "430681108207", "430681108208"] {
            state(&app, "trial.area", code, period, json!(value)).await;
        }
    }
    for (period, value, reported, expected) in
        [("2021", json!(2), 2, 8), ("2022", json!(10), 1, 7), ("2022-S1", json!(null), 0, 6)]
    {
        let path = format!("metrics/trial.area/aggregate?within={TOWN}&period={period}");
        let told = row(&app, &path).await;
        assert_eq!(
            picked(&told, ["value", "reported", "expected"]),
            json!([value, reported, expected]),
            "{period}"
        );
    }
}

#[actix_web::test]
async fn parts_of_a_span_make_it_by_the_time_rule() {
    let app = town().await;
    for (code, kind, rule) in [
        ("trial.sum", "flow", "sum"),
        ("trial.last", "stock", "last"),
        ("trial.mean", "stock", "mean"),
        ("trial.never", "stock", "none"),
    ] {
        app.metric(code, json!({"kind": kind, "time_rule": rule})).await;
        for (period, value) in
            [("2022-Q1", 1), ("2022-Q2", 2), ("2022-S2", 4), ("2022-12", 8), ("2022-Q3", 16)]
        {
            state(&app, code, VILLAGES[0], period, json!(value)).await;
        }
    }
    for (metric, period, value, way) in [
        ("trial.sum", "2022", json!(7), json!(["sum"])),
        ("trial.sum", "2022-S1", json!(3), json!(["sum"])),
        ("trial.sum", "2022-S2", json!(4), json!(["stated"])),
        ("trial.sum", "2022-Q4", json!(null), json!([])),
        ("trial.sum", "2022-04/2022-09", json!(18), json!(["sum"])),
        ("trial.last", "2022", json!(4), json!(["last"])),
        ("trial.last", "2022-Q4", json!(8), json!(["last"])),
        ("trial.last", "2022-S1", json!(2), json!(["last"])),
        ("trial.last", "2022-05", json!(null), json!([])),
        ("trial.mean", "2022", json!(null), json!([])),
        ("trial.mean", "2022-S1", json!(1.5), json!(["mean"])),
        ("trial.never", "2022-S1", json!(null), json!([])),
        ("trial.never", "2022-S2", json!(4), json!(["stated"])),
    ] {
        let path = format!("metrics/{metric}/aggregate?within={TOWN}&period={period}");
        assert_eq!(
            picked(&row(&app, &path).await, ["value", "over_time"]),
            json!([value, way]),
            "{metric} {period}"
        );
    }
    // What is stated of the year itself stands, whatever its parts come to; a year to date is no part.
    state(&app, "trial.sum", VILLAGES[0], "2022", json!(100)).await;
    assert_eq!(
        picked(&rolled(&app, "trial.sum", "").await, ["value", "over_time"]),
        json!([100, ["stated"]])
    );
    for quarter in ["2022-Q1", "2022-Q2"] {
        state(&app, "trial.sum", VILLAGES[1], quarter, json!({"value": 5, "accumulation": "ytd"})).await;
    }
    let path = format!("metrics/trial.sum/aggregate?within={TOWN}&period=2022-S1&accumulation=ytd");
    // The last of what accumulates holds it all, and is not summed.
    assert_eq!(picked(&row(&app, &path).await, ["value", "over_time"]), json!([5, ["last"]]));
}

#[actix_web::test]
async fn at_most_fifty_of_the_missing_are_named_and_all_are_counted() {
    let app = TestApp::seeded().await;
    add_area(&app, "430681109000", "township", "town", json!({})).await;
    for number in 201..253 {
        add_area(&app, &format!("430681109{number}"), "village", "village", json!({})).await;
    }
    app.metric("trial.area", json!({})).await;
    state(&app, "trial.area", "430681109201", "2022", json!(1)).await;
    let told = row(&app, "metrics/trial.area/aggregate?within=430681109&period=2022").await;
    assert_eq!(picked(&told, ["reported", "expected"]), json!([1, 52]));
    let missing = told["missing"].as_array().unwrap();
    assert_eq!(
        (missing.len(), &missing[0], &missing[49]),
        (50, &json!("430681109202"), &json!("430681109251"))
    );
    refused(
        &app,
        "metrics/trial.area/aggregate?within=430681109252&period=2022",
        422,
        "invalid_value",
        "level",
    )
    .await;
}
