//! `GET /completion`: results against targets, by bounds.

use serde_json::{Value, json};

use crate::builders::areas::{COMMUNITY, TOWN, VILLAGES, add_area, town};
use crate::builders::merged;
use crate::builders::observations::state;
use crate::harness::TestApp;
use crate::harness::lists::{columns, picked, told};

/// A target of an area for 2022.
async fn aim(app: &TestApp, metric: &str, area: &str, target: Value, more: Value) {
    let target = if target.is_string() { json!({"text": target}) } else { json!({"value": target}) };
    state(app, metric, area, "2022", merged(merged(target, json!({"role": "target"})), more)).await;
}

#[actix_web::test]
async fn a_result_is_held_against_the_target_of_its_own_key_only() {
    let app = town().await;
    app.metric("trial.flow", json!({"kind": "flow", "time_rule": "sum"})).await;
    aim(&app, "trial.flow", VILLAGES[0], json!(10), json!({})).await;
    aim(&app, "trial.flow", VILLAGES[0], json!(40), json!({"accumulation": "ytd"})).await;
    aim(&app, "trial.flow", VILLAGES[1], json!(10), json!({})).await;
    state(&app, "trial.flow", VILLAGES[0], "2022", json!(3)).await;
    state(&app, "trial.flow", VILLAGES[1], "2021", json!(10)).await; // another year
    state(&app, "trial.area", VILLAGES[1], "2022", json!(10)).await; // another metric
    state(&app, "trial.flow", VILLAGES[2], "2022", json!(10)).await; // no target
    let told = told(&app, &format!("completion?metric=trial.flow&within={TOWN}")).await;
    let members = ["area", "accumulation", "actual", "target", "completion", "met", "each_of"];
    assert_eq!(
        json!(columns(&told, members)),
        json!([
            [VILLAGES[0], "period", 3, 10, 30, "no", null],
            [VILLAGES[0], "ytd", null, 40, null, "unknown", null],
            [VILLAGES[1], "period", null, 10, null, "unknown", null]
        ])
    );
    let ytd =
        super::told(&app, &format!("completion?metric=trial.flow&within={TOWN}&accumulation=ytd")).await;
    assert_eq!(columns(&ytd, ["target"]), [json!([40])]);
}

#[actix_web::test]
async fn bounds_decide_whether_a_target_is_met() {
    let app = town().await;
    for (number, (direction, target, actual, met, completion)) in [
        ("higher", json!(75), json!("75亩以上"), "yes", json!([100, ">=", 100, null])),
        ("higher", json!("达5亩"), json!(5), "yes", json!([100, null, 100, 100])),
        ("higher", json!("达5亩"), json!("近5亩"), "no", json!([100, "<", null, 100])),
        ("higher", json!(95), json!("90余亩"), "unknown", json!([94.736842, ">", 94.736842, 105.263158])),
        ("higher", json!(100), json!("90余亩"), "no", json!([90, ">", 90, 100])),
        ("higher", json!("50亩以内"), json!(51), "no", json!([102, null, 102, 102])),
        ("lower", json!(50), json!(49), "yes", json!([98, null, 98, 98])),
        ("lower", json!(50), json!("50余亩"), "no", json!([100, ">", 100, 120])),
        ("neutral", json!(50), json!("约60亩"), "unknown", json!([120, "~", null, null])),
        ("higher", json!(0), json!(3), "yes", json!([null, null, null, null])),
    ]
    .into_iter()
    .enumerate()
    {
        let code = format!("trial.n{number}");
        app.metric(&code, json!({"direction": direction})).await;
        aim(&app, &code, VILLAGES[0], target.clone(), json!({})).await;
        state(&app, &code, VILLAGES[0], "2022", actual.clone()).await;
        let row = super::row(&app, &format!("completion?metric={code}")).await;
        assert_eq!(row["met"], met, "{actual} for {target}, {direction}");
        let share = picked(&row, ["completion", "comparator", "lower", "upper"]);
        assert_eq!(share, completion, "{actual} for {target}, {direction}");
    }
}

#[actix_web::test]
async fn a_target_for_each_village_is_one_for_every_village_and_none_for_the_township() {
    let app = town().await;
    add_area(&app, "430681108205", "village", "village", json!({"valid_to": "2021"})).await;
    let each = json!({"spread": "each"});
    aim(&app, "trial.area", "430681", json!(3), each.clone()).await;
    aim(&app, "trial.area", TOWN, json!(5), each.clone()).await;
    aim(&app, "trial.area", VILLAGES[1], json!(7), json!({})).await;
    state(&app, "trial.area", VILLAGES[0], "2022", json!(6)).await;
    state(&app, "trial.area", TOWN, "2022", json!(100)).await;
    let here = told(&app, &format!("completion?metric=trial.area&within={TOWN}")).await;
    assert_eq!(
        json!(columns(&here, ["area", "target", "each_of", "met"])),
        json!([
            [VILLAGES[0], 5, TOWN, "yes"],
            [VILLAGES[1], 7, null, "unknown"],
            [VILLAGES[2], 5, TOWN, "unknown"],
            [VILLAGES[3], 5, TOWN, "unknown"]
        ])
    );
    // What was set at the county reaches the villages of the other township, however they are asked for.
    for path in ["completion?metric=trial.area", "completion?period=2022", "completion?level=village"] {
        let other = told(&app, &format!("{path}&within=430681107223")).await;
        let rows = columns(&other, ["metric", "target", "each_of"]);
        assert!(rows.contains(&json!(["trial.area", 3, "430681000000"])), "{path}: {rows:?}");
        assert!(
            rows.iter().all(|row| row[0] != "economy.collective.income" || row[2] == "430681107000"),
            "{path}"
        );
    }
    let one = told(&app, &format!("completion?within={}", VILLAGES[2])).await;
    assert_eq!(columns(&one, ["metric", "target"]), [json!(["trial.area", 5])]);
    let whole = told(&app, "completion?metric=trial.area").await;
    assert_eq!(whole["items"].as_array().unwrap().len(), 17 + 4);
    assert_eq!(told(&app, "completion?metric=trial.area&level=township").await["items"], json!([]));
    let community = told(&app, &format!("completion?metric=trial.area&within={COMMUNITY}")).await;
    assert_eq!(community["items"], json!([]));
}

#[actix_web::test]
async fn targets_are_chosen_by_level_period_and_metric_and_told_in_a_unit() {
    let app = town().await;
    app.metric("trial.other", json!({})).await;
    for (metric, area, period) in [
        ("trial.area", TOWN, "2022"),
        ("trial.area", VILLAGES[0], "2022"),
        ("trial.area", VILLAGES[0], "2022-Q1"),
        ("trial.area", VILLAGES[0], "2023"),
        ("trial.other", VILLAGES[0], "2022"),
    ] {
        state(&app, metric, area, period, json!({"value": 20, "role": "target"})).await;
        state(&app, metric, area, period, json!(7)).await;
    }
    for (query, count) in [
        ("", 5),
        ("&level=village", 4),
        ("&level=village,township", 0),
        ("&period=2022", 3),
        ("&period=2022,2022年一季度", 4),
        ("&metric=trial.other", 1),
        ("&metric=trial.other,trial.area", 5),
        ("&accumulation=ytd", 0),
    ] {
        let path = format!(
            "/api/v1/completion?within={TOWN}{}",
            query.replace("年一季度", "%E5%B9%B4%E4%B8%80%E5%AD%A3%E5%BA%A6")
        );
        if query.contains("village,") {
            app.get(&path).await.problem(400, "invalid_parameter");
            continue;
        }
        let rows = app.paged(&path, 1..=6).await;
        assert_eq!(rows.len(), count, "{query}");
        assert!(rows.iter().all(|row| row["completion"] == 35 && row["met"] == "no"), "{rows:?}");
    }
    // In order of metric and area, then of first and last day.
    let all = told(&app, &format!("completion?within={TOWN}")).await;
    assert_eq!(
        json!(columns(&all, ["metric", "area", "period"])),
        json!([
            ["trial.area", TOWN, "2022"],
            ["trial.area", VILLAGES[0], "2022-Q1"],
            ["trial.area", VILLAGES[0], "2022"],
            ["trial.area", VILLAGES[0], "2023"],
            ["trial.other", VILLAGES[0], "2022"]
        ])
    );
    let told = told(&app, &format!("completion?within={TOWN}&metric=trial.area&unit=HAR&period=2023")).await;
    let members = ["actual", "target", "unit", "completion", "warnings"];
    assert_eq!(columns(&told, members), [json!([0.466667, 1.333333, "HAR", 35, ["rounded"]])]);
}
