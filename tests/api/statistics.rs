//! Statistics: what holds for all five of them. What each works out is tested in `statistics/`, and all of
//! them against plain loops over the stored rows in `statistics/oracle.rs`.

mod aggregate;
mod completeness;
mod completion;
mod lives;
mod many;
mod oracle;
mod ranking;
mod scope;
mod series;
mod worked;

use serde_json::{Value, json};

use crate::builders::areas::{TOWN, VILLAGES, town};
use crate::builders::observations::state;
use crate::harness::TestApp;
use crate::harness::lists::{row, told};

/// Checks that an address is refused, by a problem about one parameter.
pub async fn refused(app: &TestApp, path: &str, status: u16, slug: &str, parameter: &str) -> Value {
    let problem = app.get(&format!("/api/v1/{path}")).await.problem(status, slug);
    assert_eq!(problem["errors"][0]["parameter"], parameter, "{path}: {problem}");
    problem
}

/// An address of each statistic on a metric, over the villages in 2022.
fn each_of(metric: &str) -> [String; 5] {
    [
        format!("metrics/{metric}/series?area={},{},{}", VILLAGES[0], VILLAGES[1], VILLAGES[2]),
        format!("metrics/{metric}/aggregate?within={TOWN}&group_by=township&period=2022"),
        format!("metrics/{metric}/ranking?within={TOWN}&period=2022"),
        format!("completion?metric={metric}&within={TOWN}&period=2022"),
        format!("completeness?metric={metric}&within={TOWN}&period=2022"),
    ]
}

#[actix_web::test]
async fn a_metric_that_is_not_there_or_not_seen_is_not_found() {
    let app = town().await;
    app.metric("trial.hidden", json!({"visibility": "internal"})).await;
    let key = app.key("reader", Some(TOWN)).await;
    for (metric, is_seen) in [("no.metric", false), ("trial.hidden", true)] {
        let [series, aggregate, ranking, completion, completeness] = each_of(metric);
        for path in [series, aggregate, ranking] {
            let path = format!("/api/v1/{path}");
            app.get(&path).await.problem(404, "not_found");
            let keyed = app.get(&path).by(&key).await;
            assert_eq!(keyed.status.as_u16(), if is_seen { 200 } else { 404 }, "{path}");
        }
        // Here it is a parameter that names it.
        for path in [completion, completeness] {
            let problem = refused(&app, &path, 422, "invalid_value", "metric").await;
            assert_eq!(problem["errors"][0]["code"], "unknown_reference");
        }
    }
    refused(&app, "metrics/A/series?area=43", 400, "invalid_parameter", "code").await;
}

#[actix_web::test]
async fn what_cannot_be_used_is_refused_by_the_name_of_its_parameter() {
    let app = town().await;
    for (path, status, slug, parameter) in [
        ("metrics/trial.area/series", 400, "invalid_parameter", "area"),
        ("metrics/trial.area/series?area=4306811", 400, "invalid_parameter", "area"),
        ("metrics/trial.area/series?area=430681108,44", 422, "invalid_value", "area"),
        ("metrics/trial.area/series?area=43&frequency=decade", 400, "invalid_parameter", "frequency"),
        ("metrics/trial.area/series?area=43&from=2022-13", 400, "invalid_parameter", "from"),
        ("metrics/trial.area/series?area=43&unit=CNY", 422, "unit_incompatible", "unit"),
        ("metrics/trial.area/series?area=43&unit=FURLONG", 422, "invalid_value", "unit"),
        ("metrics/trial.area/series?area=43&role=real", 400, "invalid_parameter", "role"),
        ("metrics/trial.area/aggregate?period=2022", 422, "invalid_value", "within"),
        ("metrics/trial.area/aggregate?group_by=year&period=2022", 422, "invalid_value", "within"),
        ("metrics/trial.area/aggregate?within=43", 422, "invalid_value", "period"),
        ("metrics/trial.area/aggregate?within=43&from=2022", 422, "invalid_value", "period"),
        ("metrics/trial.area/aggregate?within=43&period=2022&to=2023", 422, "invalid_value", "period"),
        ("metrics/trial.area/aggregate?within=43&from=2023&to=2022", 422, "invalid_value", "to"),
        ("metrics/trial.area/aggregate?within=44&period=2022", 422, "invalid_value", "within"),
        (
            "metrics/trial.area/aggregate?within=44&group_by=township&period=2022",
            422,
            "invalid_value",
            "within",
        ),
        (
            "metrics/trial.area/aggregate?within=430681108&level=township&period=2022",
            422,
            "invalid_value",
            "level",
        ),
        (
            "metrics/trial.area/aggregate?group_by=township&level=county&period=2022",
            422,
            "invalid_value",
            "level",
        ),
        ("metrics/trial.area/aggregate?within=430681108201&period=2022", 422, "invalid_value", "level"),
        (
            "metrics/trial.area/aggregate?within=43&group_by=village&period=2022",
            400,
            "invalid_parameter",
            "group_by",
        ),
        ("metrics/trial.area/aggregate?within=43&period=2022&unit=CNY", 422, "unit_incompatible", "unit"),
        ("metrics/trial.area/ranking?within=43", 400, "invalid_parameter", "period"),
        ("metrics/trial.area/ranking?within=44&period=2022", 422, "invalid_value", "within"),
        ("metrics/trial.area/ranking?within=43&period=2022&by=name", 400, "invalid_parameter", "by"),
        ("metrics/trial.area/ranking?within=43&period=2022&order=up", 400, "invalid_parameter", "order"),
        ("metrics/trial.area/ranking?within=43&period=2022&level=province", 422, "invalid_value", "level"),
        ("metrics/trial.area/ranking?within=43&period=2022&unit=CNY", 422, "unit_incompatible", "unit"),
        ("completion?within=44", 422, "invalid_value", "within"),
        ("completion?level=hamlet", 400, "invalid_parameter", "level"),
        ("completion?period=2022,x", 400, "invalid_parameter", "period"),
        ("completion?unit=CNY", 422, "invalid_value", "unit"),
        ("completion?metric=trial.area&unit=CNY", 422, "unit_incompatible", "unit"),
        ("completion?metric=trial.area&unit=FURLONG", 422, "invalid_value", "unit"),
        ("completeness?within=43", 400, "invalid_parameter", "period"),
        ("completeness?within=44&period=2022", 422, "invalid_value", "within"),
        ("completeness?within=43&period=2022&level=province", 422, "invalid_value", "level"),
        ("completeness?within=43&period=2022&reported=yes", 400, "invalid_parameter", "reported"),
    ] {
        refused(&app, path, status, slug, parameter).await;
    }
    for path in each_of("trial.area") {
        refused(&app, &format!("{path}&as_of=yesterday"), 400, "invalid_parameter", "as_of").await;
        refused(&app, &format!("{path}&metrics=a"), 400, "unknown_parameter", "metrics").await;
    }
}

#[actix_web::test]
async fn an_unchanged_answer_is_a_304_until_a_figure_is_added() {
    let app = town().await;
    let mut tags = Vec::new();
    for path in each_of("trial.area") {
        let path = format!("/api/v1/{path}");
        let etag = app.get(&path).await.header("etag").to_owned();
        let again = app.get(&path).header("if-none-match", &etag).await;
        assert_eq!(again.status, 304, "{path}");
        tags.push((path, etag));
    }
    state(&app, "trial.area", VILLAGES[0], "2022", json!({"value": 3, "role": "target"})).await;
    state(&app, "trial.area", VILLAGES[0], "2022", json!(7)).await;
    for (path, etag) in tags {
        let after = app.get(&path).header("if-none-match", &etag).await;
        assert_eq!(after.status, 200, "{path}");
        let seven = [after.json()["items"].to_string().contains(":7,"), path.contains("completeness")];
        assert!(seven.contains(&true), "{path}: {}", after.text());
    }
}

#[actix_web::test]
async fn a_table_holds_the_numbers_of_the_json() {
    let app = town().await;
    for (village, words) in VILLAGES.into_iter().zip(["90余亩", "3.25亩", "近50亩", "约7亩"]) {
        state(&app, "trial.area", village, "2022", json!(words)).await;
        state(&app, "trial.area", village, "2022", json!({"text": "不少于7亩", "role": "target"})).await;
        state(&app, "trial.area", village, "2021", json!(3)).await;
    }
    for path in each_of("trial.area") {
        let json = told(&app, &path).await;
        let answer = app.get(&format!("/api/v1/{path}&format=csv")).await;
        let mut reader = csv::Reader::from_reader(answer.body.as_slice());
        let header = reader.headers().unwrap().clone();
        let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        let items = json["items"].as_array().unwrap();
        assert_eq!(rows.len(), items.len(), "{path}");
        for (row, item) in rows.iter().zip(items) {
            // Every member has its column, and in its order.
            assert!(header.iter().eq(item.as_object().unwrap().keys()), "{path}: {header:?}");
            for (cell, (member, value)) in row.iter().zip(item.as_object().unwrap()) {
                match value {
                    Value::Null => assert_eq!(cell, "", "{path} {member}"),
                    // A comparator may look like a formula, which a table escapes.
                    Value::String(text) => assert_eq!(cell.trim_start_matches('\''), text, "{path} {member}"),
                    Value::Array(_) => {}
                    other => assert_eq!(cell, other.to_string(), "{path} {member}"),
                }
            }
        }
    }
}

#[actix_web::test]
async fn a_figure_counts_from_its_release_and_before_only_for_who_reviews_there() {
    let app = town().await;
    state(
        &app,
        "trial.area",
        VILLAGES[0],
        "2022",
        json!({"value": 5, "released_at": "2023-01-10T08:00:00+08:00"}),
    )
    .await;
    state(
        &app,
        "trial.area",
        VILLAGES[1],
        "2022",
        json!({"value": 7, "released_at": "2999-01-01T08:00:00+08:00"}),
    )
    .await;
    state(
        &app,
        "trial.area",
        VILLAGES[1],
        "2022",
        json!({"value": 9, "role": "target", "released_at": "2023-03-01T08:00:00+08:00"}),
    )
    .await;
    let here = app.key("reviewer", Some(TOWN)).await;
    let there = app.key("reviewer", Some("430681107")).await;
    for (path, before, open, ahead) in [
        (0, json!([]), json!([5]), json!([5, 7])),
        (1, json!([null]), json!([5]), json!([12])),
        (2, json!([]), json!([5]), json!([7, 5])),
        (3, json!([]), json!([null]), json!([7])),
        (
            4,
            json!([false, false, false, false, false]),
            json!([false, true, false, false, false]),
            json!([false, true, true, false, false]),
        ),
    ] {
        let path = format!("/api/v1/{}", each_of("trial.area")[path]);
        let member = match &path {
            path if path.contains("completion") => "actual",
            path if path.contains("completeness") => "reported",
            _ => "value",
        };
        let shown = async |query: &str, key: Option<&str>| {
            let answer = app.get(&format!("{path}{query}")).by_if(key).await;
            assert_eq!(answer.status, 200, "{path}: {}", answer.text());
            let items = answer.json()["items"].as_array().unwrap().clone();
            let values = items.iter().map(|item| item[member].clone());
            // A gap of a series is a place without a figure.
            values.filter(|value| !(value.is_null() && path.contains("series"))).collect::<Value>()
        };
        assert_eq!(shown("&as_of=2023-01-09", None).await, before, "{path} before");
        assert_eq!(shown("", None).await, open, "{path} now");
        assert_eq!(shown("", Some(&there)).await, open, "{path} for who reviews elsewhere");
        assert_eq!(shown("", Some(&here)).await, ahead, "{path} for who reviews here");
        assert_eq!(shown("&as_of=2998-12-31", Some(&here)).await, open, "{path} as of a day before");
        // What is to come is not public as of then either.
        assert_eq!(shown("&as_of=2999-12-31", None).await, open, "{path} as of a day to come");
    }
}

#[actix_web::test]
async fn figures_of_an_internal_metric_count_where_the_key_reaches() {
    let app = town().await;
    app.metric("trial.hidden", json!({"visibility": "internal"})).await;
    for village in [VILLAGES[0], "430681107223"] {
        state(&app, "trial.hidden", village, "2022", json!(4)).await;
        state(&app, "trial.hidden", village, "2022", json!({"value": 8, "role": "target"})).await;
    }
    for (area, sum, ranked, targets) in [(None, 8, 2, 2), (Some(TOWN), 4, 1, 1), (Some(VILLAGES[1]), 0, 0, 0)]
    {
        let key = app.key("reader", area).await;
        let get = async |path: &str| {
            let answer = app.get(&format!("/api/v1/{path}")).by(&key).await;
            assert_eq!(answer.status, 200, "{path}: {}", answer.text());
            answer.json()
        };
        let told = get("metrics/trial.hidden/aggregate?within=430681&level=village&period=2022").await;
        let sum = if sum == 0 { Value::Null } else { json!(sum) };
        assert_eq!(told["items"][0]["value"], sum, "{area:?}");
        let told = get("metrics/trial.hidden/ranking?within=430681&level=village&period=2022").await;
        assert_eq!(told["items"].as_array().unwrap().len(), ranked, "{area:?}");
        for path in ["completion?metric=trial.hidden", "completion?period=2022&within=430681&level=village"] {
            let told = get(path).await;
            let rows = told["items"].as_array().unwrap();
            let found = rows.iter().filter(|row| row["metric"] == "trial.hidden").count();
            assert_eq!(found, targets, "{area:?} {path}");
        }
        let told = get("metrics/trial.hidden/series?area=430681107223").await;
        let points = told["items"].as_array().unwrap().len();
        assert_eq!(points, usize::from(area.is_none()), "{area:?}");
        let told =
            get("completeness?metric=trial.hidden&period=2022&within=430681&level=village&reported=true")
                .await;
        assert_eq!(told["items"].as_array().unwrap().len(), ranked, "{area:?}");
    }
    // Without a key neither the lists nor the defaults know of it.
    for path in ["completion?within=430681", "completeness?within=430681&level=village&period=2022"] {
        let answer = app.get(&format!("/api/v1/{path}&limit=1000")).await;
        assert!(!answer.text().contains("trial.hidden"), "{path}");
    }
}
