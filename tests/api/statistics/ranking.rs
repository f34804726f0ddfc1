//! `GET /metrics/{code}/ranking`: ranks by value, change and completion, and who has none.

use serde_json::{Value, json};

use crate::builders::areas::{COMMUNITY, TOWN, VILLAGES, add_area, town};
use crate::builders::observations::state;
use crate::harness::TestApp;
use crate::harness::lists::{columns, picked, told};

/// Figures of some villages, in their order.
async fn stated<const N: usize>(app: &TestApp, metric: &str, period: &str, figures: [Value; N]) {
    for (village, figure) in VILLAGES.into_iter().zip(figures) {
        state(app, metric, village, period, figure).await;
    }
}

async fn ranked(app: &TestApp, metric: &str, more: &str) -> Value {
    told(app, &format!("metrics/{metric}/ranking?within={TOWN}&period=2022{more}")).await
}

/// The last digit of the area of each row, with a member.
fn order(told: &Value, member: &str) -> Value {
    let rows = columns(told, ["area", member]);
    rows.iter().map(|row| json!([row[0].as_str().unwrap()[11..], row[1]])).collect()
}

#[actix_web::test]
async fn equal_values_share_a_rank_and_who_has_not_reported_has_none() {
    let app = town().await;
    stated(&app, "trial.area", "2022", [json!(5), json!(7), json!(5)]).await;
    state(&app, "trial.area", TOWN, "2022", json!(99)).await;
    let told = ranked(&app, "trial.area", "").await;
    assert_eq!(order(&told, "rank"), json!([["2", 1], ["1", 2], ["3", 2]]));
    assert_eq!(columns(&told, ["best_rank", "worst_rank"]), [json!([1, 1]), json!([2, 2]), json!([2, 2])]);
    let members =
        ["reported", "expected", "not_reported", "unranked", "level", "order", "by", "previous_period"];
    assert_eq!(
        picked(&told["meta"], members),
        json!([3, 5, [COMMUNITY, VILLAGES[3]], [], "village", "desc", "value", "2021"])
    );
    // The townships of the county, one of which has reported.
    let path = "metrics/trial.area/ranking?within=430681&period=2022";
    let told = super::told(&app, path).await;
    assert_eq!(columns(&told, ["area", "value", "rank"]), [json!([TOWN, 99, 1])]);
    assert_eq!(told["meta"]["not_reported"], json!(["430681107000"]));
    // All villages of the county, whatever township they lie in.
    let told = super::told(&app, &format!("{path}&level=village")).await;
    assert_eq!(picked(&told["meta"], ["reported", "expected"]), json!([3, 23]));
    let nobody = super::told(&app, &format!("metrics/trial.area/ranking?within={TOWN}&period=2019")).await;
    assert_eq!(nobody["items"], json!([]));
    assert_eq!(nobody["meta"]["not_reported"].as_array().unwrap().len(), 5);
}

#[actix_web::test]
async fn the_better_end_comes_first_unless_an_order_is_asked_for() {
    let app = town().await;
    for (direction, first) in [("higher", "3"), ("neutral", "3"), ("lower", "2")] {
        let code = format!("trial.{direction}");
        app.metric(&code, json!({"direction": direction})).await;
        stated(&app, &code, "2022", [json!(5), json!(3), json!(9)]).await;
        let default = ranked(&app, &code, "").await;
        assert_eq!(order(&default, "rank")[0], json!([first, 1]), "{direction}");
        let [up, down] = [ranked(&app, &code, "&order=asc").await, ranked(&app, &code, "&order=desc").await];
        assert_eq!(order(&up, "rank"), json!([["2", 1], ["1", 2], ["3", 3]]));
        assert_eq!(order(&down, "rank"), json!([["3", 1], ["1", 2], ["2", 3]]));
        assert_eq!(default["items"], if first == "2" { &up } else { &down }["items"]);
    }
}

#[actix_web::test]
async fn bounds_tell_the_best_and_the_worst_rank() {
    let app = town().await;
    stated(&app, "trial.area", "2022", [json!("90余亩"), json!(95), json!(100), json!("80亩以上")]).await;
    let told = ranked(&app, "trial.area", "").await;
    assert_eq!(order(&told, "rank"), json!([["3", 1], ["2", 2], ["1", 3], ["4", 4]]));
    let bounds = columns(&told, ["best_rank", "worst_rank"]);
    assert_eq!(bounds, [json!([1, 2]), json!([2, 4]), json!([2, 4]), json!([1, 4])]);
    // In another unit the ranks are the same, the figures are not.
    let other = ranked(&app, "trial.area", "&unit=HAR").await;
    assert_eq!(columns(&other, ["best_rank", "worst_rank"]), bounds);
    assert_eq!(
        picked(&other["items"][1], ["value", "unit", "warnings"]),
        json!([6.333333, "HAR", ["rounded"]])
    );
    app.paged(&format!("/api/v1/metrics/trial.area/ranking?within={TOWN}&period=2022"), 1..=5).await;
}

#[actix_web::test]
async fn a_rank_is_told_with_the_one_before_and_the_movement() {
    let app = town().await;
    stated(&app, "trial.area", "2021", [json!(1), json!(2), json!(3)]).await;
    stated(&app, "trial.area", "2022", [json!(8), json!(2), json!("近5亩"), json!(4)]).await;
    let told = ranked(&app, "trial.area", "").await;
    let members = ["rank", "previous_rank", "movement", "previous_value", "change", "change_comparator"];
    assert_eq!(
        json!(columns(&told, members)),
        json!([
            [1, 3, 2, 1, 7, null],
            [2, 1, -1, 3, 2, "<"],
            [3, null, null, null, null, null],
            [4, 2, -2, 2, 0, null]
        ])
    );
    let by_change = ranked(&app, "trial.area", "&by=change").await;
    assert_eq!(order(&by_change, "change"), json!([["1", 7], ["3", 2], ["2", 0]]));
    assert_eq!(picked(&by_change["meta"], ["reported", "unranked"]), json!([4, [VILLAGES[3]]]));
    // Nobody had a change the year before.
    assert_eq!(columns(&by_change, ["previous_rank"]), vec![json!([null]); 3]);
    // A span of no frequency has none before it.
    state(&app, "trial.area", VILLAGES[0], "2022-01/2022-11", json!(3)).await;
    let path = format!("metrics/trial.area/ranking?within={TOWN}&period=2022-01/2022-11&by=change");
    let none = super::told(&app, &path).await;
    assert_eq!(picked(&none["meta"], ["previous_period", "unranked"]), json!([null, [VILLAGES[0]]]));
}

#[actix_web::test]
async fn a_year_to_date_has_no_change_from_december_to_january() {
    let app = town().await;
    app.metric("trial.flow", json!({"kind": "flow", "time_rule": "sum"})).await;
    for accumulation in ["ytd", "itd"] {
        for (period, values) in [("2021-12", [90, 80]), ("2022-01", [5, 9]), ("2022-02", [12, 13])] {
            for (village, value) in VILLAGES.into_iter().zip(values) {
                let figure = json!({"value": value, "accumulation": accumulation});
                state(&app, "trial.flow", village, period, figure).await;
            }
        }
    }
    let ranked = async |period: &str, accumulation: &str| {
        let path = format!(
            "metrics/trial.flow/ranking?within={TOWN}&by=change&period={period}&accumulation={accumulation}"
        );
        told(&app, &path).await
    };
    let january = ranked("2022-01", "ytd").await;
    assert_eq!(january["items"], json!([]), "what began anew in January has not fallen");
    assert_eq!(january["meta"]["unranked"], json!([VILLAGES[0], VILLAGES[1]]));
    assert_eq!(order(&ranked("2022-02", "ytd").await, "change"), json!([["1", 7], ["2", 4]]));
    assert_eq!(columns(&ranked("2022-02", "ytd").await, ["previous_rank"]), vec![json!([null]); 2]);
    assert_eq!(order(&ranked("2022-01", "itd").await, "change"), json!([["2", -71], ["1", -85]]));
}

#[actix_web::test]
async fn completion_ranks_by_the_share_of_the_target() {
    let app = town().await;
    let targets = [
        json!({"value": 10, "role": "target"}),
        json!({"value": 4, "role": "target"}),
        json!({"value": 0, "role": "target"}),
    ];
    stated(&app, "trial.area", "2022", targets).await;
    stated(&app, "trial.area", "2022", [json!(5), json!(3), json!(9), json!(1)]).await;
    let told = ranked(&app, "trial.area", "&by=completion").await;
    assert_eq!(order(&told, "completion"), json!([["2", 75], ["1", 50]]));
    // No share of nothing, and none without a target.
    assert_eq!(picked(&told["meta"], ["reported", "unranked"]), json!([4, [VILLAGES[2], VILLAGES[3]]]));
    assert_eq!(columns(&ranked(&app, "trial.area", "").await, ["completion"]), vec![json!([null]); 4]);
    // A target for each village reaches who has none of its own, but for the community.
    state(&app, "trial.area", TOWN, "2022", json!({"value": 2, "role": "target", "spread": "each"})).await;
    state(&app, "trial.area", COMMUNITY, "2022", json!(2)).await;
    let told = ranked(&app, "trial.area", "&by=completion").await;
    assert_eq!(order(&told, "completion"), json!([["2", 75], ["1", 50], ["4", 50]]));
    assert_eq!(columns(&told, ["rank"]), [json!([1]), json!([2]), json!([2])]);
    assert_eq!(told["meta"]["unranked"], json!([COMMUNITY, VILLAGES[2]]));
    // A projection is held against the target as well, and a target is wholly what it is.
    stated(&app, "trial.area", "2022", [json!({"value": 8, "role": "forecast"})]).await;
    let told = ranked(&app, "trial.area", "&by=completion&role=forecast").await;
    assert_eq!(columns(&told, ["value", "completion"]), [json!([8, 80])]);
    let told = ranked(&app, "trial.area", "&by=completion&role=target").await;
    assert_eq!(columns(&told, ["completion"]), [json!([100]), json!([100])]);
}

#[actix_web::test]
async fn areas_are_ranked_that_exist_on_the_last_day() {
    let app = town().await;
    add_area(&app, "430681108206", "village", "village", json!({"valid_to": "2022-06"})).await;
    add_area(&app, "430681108207", "village", "village", json!({"valid_from": "2022-07"})).await;
    for (code, value) in [("430681108206", 6), ("430681108207", 7), (VILLAGES[0], 1)] {
        for period in ["2022", "2022-05"] {
            state(&app, "trial.area", code, period, json!(value)).await;
        }
    }
    assert_eq!(order(&ranked(&app, "trial.area", "").await, "value"), json!([["7", 7], ["1", 1]]));
    let path = format!("metrics/trial.area/ranking?within={TOWN}&period=2022-05");
    assert_eq!(order(&told(&app, &path).await, "value"), json!([["6", 6], ["1", 1]]));
}
