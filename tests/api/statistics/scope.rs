//! Statistics of an internal metric under a key of a part: nothing is told of the rest, not even who has not
//! reported, and `meta` says to what the answer is cut.

use serde_json::{Value, json};

use crate::builders::areas::{COMMUNITY, TOWN, VILLAGES, town};
use crate::builders::observations::state;
use crate::harness::lists::picked;

#[actix_web::test]
async fn coverage_of_an_internal_metric_is_cut_to_what_the_key_reaches() {
    let app = town().await;
    let internal = json!({"visibility": "internal", "kind": "flow", "time_rule": "sum"});
    app.metric("trial.internal", internal).await;
    // A public ratio over an internal denominator.
    let ratio = json!({"kind": "ratio", "unit": "P1", "area_rule": "ratio_of_sums",
        "numerator": "trial.area", "denominator": "trial.internal"});
    app.metric("trial.ratio", ratio).await;
    for metric in ["trial.area", "trial.internal"] {
        state(&app, metric, VILLAGES[0], "2022", json!(3)).await;
        state(&app, metric, VILLAGES[1], "2022", json!(4)).await;
        state(&app, metric, TOWN, "2022", json!(9)).await;
    }
    state(&app, "trial.ratio", TOWN, "2022", json!(50)).await;
    let village = app.key("reviewer", Some(VILLAGES[0])).await;
    let all = app.key("reviewer", Some("430681")).await;
    let ask = async |key: &str, path: &str| -> (Value, Vec<Value>) {
        let path = format!("/api/v1/{path}&period=2022");
        let answer = app.get(&path).by(key).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        (answer.json()["meta"].clone(), answer.items())
    };
    let aggregate = |metric: &str| format!("metrics/{metric}/aggregate?within={TOWN}");
    let members = ["value", "reported", "expected", "missing", "own_value", "difference"];
    let missing = json!([COMMUNITY, VILLAGES[2], VILLAGES[3]]);
    // The county's key reaches all of it, and of what is public nothing is cut for anybody.
    for (key, metric) in [(&all, "trial.internal"), (&all, "trial.area"), (&village, "trial.area")] {
        let (meta, rows) = ask(key, &aggregate(metric)).await;
        assert_eq!(meta["scope"], Value::Null, "{metric}");
        assert_eq!(picked(&rows[0], members), json!([7, 2, 5, missing, 9, -2]), "{metric}");
    }
    let (meta, rows) = ask(&village, &aggregate("trial.internal")).await;
    assert_eq!(meta["scope"], VILLAGES[0]);
    assert_eq!(picked(&rows[0], members), json!([3, 1, 1, [], null, null]));
    let (meta, rows) = ask(&village, &aggregate("trial.ratio")).await;
    assert_eq!((&meta["scope"], rows.len()), (&json!(VILLAGES[0]), 1));
    assert_eq!(picked(&rows[0], members), json!([100, 1, 1, [], null, null]));
    // By township there is a row for its own alone.
    let (meta, rows) =
        ask(&village, "metrics/trial.internal/aggregate?within=430681&group_by=township").await;
    assert_eq!(meta["scope"], VILLAGES[0]);
    let groups: Vec<Value> = rows.iter().map(|row| picked(row, ["group", "value", "expected"])).collect();
    assert_eq!(groups, [json!([TOWN, 3, 1])]);
    let ranking = format!("metrics/trial.internal/ranking?within={TOWN}");
    let coverage = ["scope", "reported", "expected", "not_reported"];
    let (meta, rows) = ask(&village, &ranking).await;
    assert_eq!((picked(&meta, coverage), rows.len()), (json!([VILLAGES[0], 1, 1, []]), 1));
    let (meta, rows) = ask(&all, &ranking).await;
    assert_eq!((picked(&meta, coverage), rows.len()), (json!([null, 2, 5, missing]), 2));
    // One of a neighbour that has reported nothing is told of itself alone.
    let neighbour = app.key("reader", Some(VILLAGES[2])).await;
    let (meta, _) = ask(&neighbour, &ranking).await;
    assert_eq!(picked(&meta, coverage), json!([VILLAGES[2], 0, 1, [VILLAGES[2]]]));
    let matrix = |metrics: &str| format!("completeness?within={TOWN}&metric={metrics}");
    let (meta, rows) = ask(&village, &matrix("trial.internal")).await;
    assert_eq!((picked(&meta, ["scope", "areas"]), rows.len()), (json!([VILLAGES[0], 1]), 1));
    let (meta, rows) = ask(&village, &matrix("trial.area,trial.internal")).await;
    assert_eq!((picked(&meta, ["scope", "areas"]), rows.len()), (json!([VILLAGES[0], 5]), 6));
    let (meta, rows) = ask(&all, &matrix("trial.area,trial.internal")).await;
    assert_eq!((picked(&meta, ["scope", "areas"]), rows.len()), (json!([null, 5]), 10));
}
