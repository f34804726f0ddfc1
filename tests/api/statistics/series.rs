//! `GET /metrics/{code}/series`: points, gaps, changes and breaks.

use serde_json::{Value, json};

use super::refused;
use crate::builders::areas::{COMMUNITY, TOWN, VILLAGES, town};
use crate::builders::merged;
use crate::builders::observations::state;
use crate::harness::TestApp;
use crate::harness::lists::{columns, picked, told};

/// The series of the first village.
async fn series(app: &TestApp, metric: &str, more: &str) -> Value {
    told(app, &format!("metrics/{metric}/series?area={}{more}", VILLAGES[0])).await
}

#[actix_web::test]
async fn a_gap_has_its_place_and_a_figure_its_changes() {
    let app = town().await;
    for (period, figure) in
        [("2019", json!(4)), ("2021", json!("10余亩")), ("2022", json!(15)), ("2022-12", json!(15))]
    {
        state(&app, "trial.area", VILLAGES[0], period, figure).await;
    }
    let told = series(&app, "trial.area", "").await;
    assert_eq!(
        json!(columns(&told, ["period", "value", "text", "change", "change_comparator", "change_rate"])),
        json!([
            ["2019", 4, null, null, null, null],
            ["2020", null, null, null, null, null],
            ["2021", 10, "10余亩", null, null, null],
            ["2022", 15, null, 5, "<", 50]
        ])
    );
    let gap = &told["items"][1];
    assert_eq!(
        picked(gap, ["metric", "unit", "observation", "definition", "break"]),
        json!(["trial.area", "MU", null, null, false])
    );
    // 15 less what lies between 10 and 20 is between −5 and 5, over 10 to 20: from −50% to 50%.
    assert_eq!(told["items"][3]["change_rate_comparator"], "<");
    assert_eq!(picked(&told["items"][3], ["year_change", "year_change_rate"]), json!([5, 50]));
    assert_eq!(picked(&told["meta"], ["frequency", "areas"]), json!(["year", [VILLAGES[0]]]));
    // What is asked for has its places too, and reaches back for the change.
    let told = series(&app, "trial.area", "&from=2022&to=2023").await;
    assert_eq!(
        columns(&told, ["period", "value", "change"]),
        [json!(["2022", 15, 5]), json!(["2023", null, null])]
    );
    assert_eq!(columns(&series(&app, "trial.area", "&from=2030").await, ["period"]), Vec::<Value>::new());
    let none = super::told(&app, &format!("metrics/trial.area/series?area={COMMUNITY}")).await;
    assert_eq!((&none["items"], &none["meta"]["frequency"]), (&json!([]), &Value::Null));
    let path = format!("metrics/trial.area/series?area={COMMUNITY}&from=2021&to=2022&frequency=half_year");
    let gaps = super::told(&app, &path).await;
    assert_eq!(columns(&gaps, ["period", "value"]).len(), 4);
}

#[actix_web::test]
async fn the_frequency_is_what_most_figures_have_or_what_is_asked_for() {
    let app = town().await;
    for period in [
        "2020",
        "2021",
        "2022",
        "2021-01",
        "2021-02",
        "2022-01",
        "2022-02",
        "2021-01/2021-11",
        "2022-01/2022-11",
    ] {
        let value: u32 = period.bytes().map(u32::from).sum();
        state(&app, "trial.area", VILLAGES[0], period, json!(value)).await;
    }
    let told = series(&app, "trial.area", "").await;
    assert_eq!(told["meta"]["frequency"], "month");
    assert_eq!(told["items"].as_array().unwrap().len(), 14);
    let last = &told["items"][13];
    assert_eq!(picked(last, ["period", "change", "year_change"]), json!(["2022-02", 1, 1]));
    // Of 2020 and 2021 there are as many years as months: the wider stands.
    assert_eq!(series(&app, "trial.area", "&to=2021").await["meta"]["frequency"], "year");
    let years = series(&app, "trial.area", "&frequency=year").await;
    assert_eq!(columns(&years, ["period"]), [json!(["2020"]), json!(["2021"]), json!(["2022"])]);
    // What has no frequency has no gaps and nothing before it, but the same a year before.
    let others = series(&app, "trial.area", "&frequency=interval").await;
    assert_eq!(
        columns(&others, ["period", "change", "year_change"]),
        [json!(["2021-01/2021-11", null, null]), json!(["2022-01/2022-11", null, 2])]
    );
    assert_eq!(series(&app, "trial.area", "&frequency=week").await["items"], json!([]));
}

#[actix_web::test]
async fn a_year_to_date_has_no_change_from_december_to_january() {
    let app = town().await;
    app.metric("trial.flow", json!({"kind": "flow", "time_rule": "sum"})).await;
    for (period, value) in
        [("2021-01", 3), ("2021-12", 40), ("2022-01", 5), ("2022-02", 9), ("2021", 40), ("2022", 44)]
    {
        for accumulation in ["ytd", "period"] {
            state(
                &app,
                "trial.flow",
                VILLAGES[0],
                period,
                json!({"value": value, "accumulation": accumulation}),
            )
            .await;
        }
    }
    let ytd = series(&app, "trial.flow", "&accumulation=ytd&from=2022-01").await;
    assert_eq!(
        columns(&ytd, ["period", "change", "year_change"]),
        [json!(["2022-01", null, 2]), json!(["2022-02", 4, null])]
    );
    let of_period = series(&app, "trial.flow", "&from=2022-01&frequency=month&to=2022-01").await;
    assert_eq!(columns(&of_period, ["change"]), [json!([-35])]);
    let years = series(&app, "trial.flow", "&accumulation=ytd&frequency=year").await;
    assert_eq!(columns(&years, ["change"]), [json!([null]), json!([4])]);
}

#[actix_web::test]
async fn several_areas_stand_side_by_side_and_page_by_page() {
    let app = town().await;
    for (village, first) in [(VILLAGES[1], 2019), (VILLAGES[0], 2020)] {
        for year in first..2023 {
            state(&app, "trial.area", village, &year.to_string(), json!(year)).await;
        }
    }
    state(&app, "trial.area", TOWN, "2021", json!({"value": 5, "role": "target", "spread": "each"})).await;
    state(&app, "trial.area", TOWN, "2021", json!({"value": 9})).await;
    let path = format!("metrics/trial.area/series?area={},{},{TOWN}", VILLAGES[1], VILLAGES[0]);
    let told = told(&app, &path).await;
    let places = columns(&told, ["period", "area"]);
    assert_eq!(
        places[..3],
        [json!(["2019", TOWN]), json!(["2019", VILLAGES[0]]), json!(["2019", VILLAGES[1]])]
    );
    assert_eq!(places.len(), 12);
    assert_eq!(told["meta"]["areas"], json!([TOWN, VILLAGES[0], VILLAGES[1]]));
    app.paged(&format!("/api/v1/{path}"), [1, 5, 11, 12, 13]).await;
    // A target for each village is no point of its township.
    let each = super::told(&app, &format!("metrics/trial.area/series?area={TOWN}&role=target")).await;
    assert_eq!(each["items"], json!([]));
    let unit = series(&app, "trial.area", "&unit=HAR&from=2022").await;
    assert_eq!(
        columns(&unit, ["value", "unit", "change", "warnings"]),
        [json!([134.8, "HAR", 0.066667, []])]
    );
}

#[actix_web::test]
async fn a_series_goes_on_where_a_metric_took_the_place_of_another() {
    let app = town().await;
    app.metric("trial.new", json!({"unit": "HAR"})).await;
    let replaced = json!({"replaced_by": "trial.new"});
    app.metric("trial.old", replaced.clone()).await;
    // Another that went into the same, and one that measures something else.
    app.metric("trial.sister", replaced.clone()).await;
    app.metric("trial.money", merged(replaced, json!({"unit": "CNY"}))).await;
    for (metric, period, value) in [
        ("trial.old", "2020", 30),
        ("trial.old", "2021", 45),
        ("trial.new", "2021", 4),
        ("trial.new", "2022", 5),
        ("trial.sister", "2017", 7),
        ("trial.money", "2018", 7),
    ] {
        state(&app, metric, VILLAGES[0], period, json!(value)).await;
    }
    let members = ["period", "metric", "value", "unit", "change", "break"];
    let told = series(&app, "trial.new", "&from=2020").await;
    assert_eq!(
        json!(columns(&told, members)),
        json!([
            ["2020", "trial.old", 2, "HAR", null, false],
            ["2021", "trial.new", 4, "HAR", 2, true],
            ["2022", "trial.new", 5, "HAR", 1, false]
        ])
    );
    // Forward as well; the sister is neither what the old one replaced nor what it gave way to.
    let told = series(&app, "trial.old", "").await;
    assert_eq!(
        json!(columns(&told, members)),
        json!([
            ["2020", "trial.old", 30, "MU", null, false],
            ["2021", "trial.old", 45, "MU", 15, false],
            ["2022", "trial.new", 75, "MU", 30, true]
        ])
    );
    let told = series(&app, "trial.new", "").await;
    assert_eq!(columns(&told, ["period", "metric"])[0], json!(["2017", "trial.sister"]));
    // What replaced it is no secret, unless it is internal.
    app.sql("UPDATE metrics SET visibility = 'internal' WHERE code = 'trial.new'");
    let told =
        super::told(&app.again().await, &format!("metrics/trial.old/series?area={}", VILLAGES[0])).await;
    assert_eq!(columns(&told, ["period"]), [json!(["2020"]), json!(["2021"])]);
}

#[actix_web::test]
async fn a_change_of_the_definition_breaks_the_series_and_a_change_of_the_name_does_not() {
    let app = town().await;
    let editor = app.key("editor", None).await;
    let patch = async |changes: Value| {
        let answer = app.patch("/api/v1/metrics/trial.area", changes).by(&editor).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
    };
    state(&app, "trial.area", VILLAGES[0], "2020", json!(1)).await;
    patch(json!({"name": "新名称", "reason": "other", "comment": "x"})).await;
    state(&app, "trial.area", VILLAGES[0], "2021", json!(2)).await;
    patch(json!({"definition": "新口径。", "reason": "definition", "comment": "x"})).await;
    state(&app, "trial.area", VILLAGES[0], "2023", json!(3)).await;
    let told = series(&app, "trial.area", "").await;
    assert_eq!(
        columns(&told, ["period", "definition", "break"]),
        [
            json!(["2020", 1, false]),
            json!(["2021", 1, false]),
            json!(["2022", null, false]),
            json!(["2023", 2, true])
        ]
    );
    patch(json!({"area_rule": "max", "reason": "definition"})).await;
    state(&app, "trial.area", VILLAGES[0], "2024", json!(4)).await;
    patch(json!({"time_rule": "none", "reason": "definition"})).await;
    state(&app, "trial.area", VILLAGES[0], "2025", json!(5)).await;
    let told = series(&app, "trial.area", "&from=2024").await;
    assert_eq!(
        columns(&told, ["period", "definition", "break"]),
        [json!(["2024", 3, false]), json!(["2025", 4, true])]
    );
}

#[actix_web::test]
async fn more_points_than_can_be_told_are_refused() {
    let app = town().await;
    let path = format!("metrics/trial.area/series?area={}", VILLAGES[0]);
    let days = format!("{path}&frequency=day&from=1950&to=2010");
    let problem = refused(&app, &days, 422, "invalid_value", "from").await;
    assert_eq!(problem["errors"][0]["code"], "too_many_points");
    // The most that can be: 20,000 days are 54 years and 278 days.
    let first =
        app.get(&format!("/api/v1/{path}&frequency=day&from=1950&to=2004-10-03&count=exact&limit=1")).await;
    assert_eq!(first.json()["count"], 20_000, "{}", first.text());
    refused(&app, &format!("{path}&frequency=day&from=1950&to=2004-10-04"), 422, "invalid_value", "from")
        .await;
    let two = format!("{path},{}&frequency=day&from=1950&to=1990", VILLAGES[1]);
    refused(&app, &two, 422, "invalid_value", "from").await;
}
