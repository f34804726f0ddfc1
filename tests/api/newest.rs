//! `latest` on observations: the newest periods of each metric and area, among what all else selects.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde_json::{Value, json};

use crate::builders::observations::state;
use crate::harness::TestApp;
use crate::harness::lists::each;
use taizhang::domain::period::Period;

const METRICS: [&str; 2] = ["education.fund.raised", "land.cultivated.area"];

/// Figures of two metrics and three areas: years, half-years and months that overlap, results and targets, some exact
/// and some not.
async fn with_history() -> TestApp {
    let app = TestApp::seeded().await;
    for (at, metric) in METRICS.iter().enumerate() {
        for (place, area) in ["430681107205", "430681107208", "430681107"].iter().enumerate() {
            let periods = ["2018", "2019", "2019-S2", "2019-12", "2020-06", "2021"];
            for (number, period) in periods.iter().enumerate().skip(place) {
                let value = json!({"value": 10 * number + place + at});
                state(&app, metric, area, period, value).await;
            }
            let told = json!({"metric": metric, "area": area, "period": "2021-03", "text": "30多"});
            app.observation(told).await;
            let aim =
                json!({"metric": metric, "area": area, "period": "2024", "role": "target", "value": 99});
            app.observation(aim).await;
        }
    }
    app
}

/// When a period ends and begins: of two that end together the shorter is the newer.
fn age(item: &Value) -> (NaiveDate, NaiveDate) {
    let period: Period = item["period"].as_str().unwrap().parse().unwrap();
    (period.last_day(), period.first_day())
}

/// What is left of a list when only the newest periods of each metric and area are kept.
fn newest(items: &[Value], latest: usize) -> BTreeSet<String> {
    let mut periods: BTreeMap<(String, String), BTreeSet<_>> = BTreeMap::new();
    let series = |item: &Value| (item["metric"].to_string(), item["area"].to_string());
    for item in items {
        periods.entry(series(item)).or_default().insert(age(item));
    }
    let is_new =
        |item: &&Value| periods[&series(item)].iter().rev().take(latest).any(|period| *period == age(item));
    items.iter().filter(is_new).map(|item| item["id"].to_string()).collect()
}

#[actix_web::test]
async fn the_newest_periods_are_those_of_what_all_else_selects() {
    let app = with_history().await;
    for query in [
        "",
        "metric=education.fund.raised",
        "metric=education.fund.raised,land.cultivated.area",
        "within=430681107",
        "within=430681107&sort=value",
        "area=430681107205,430681107208&sort=-period",
        "role=actual",
        "role=target",
        "theme=education",
        "level=village&sort=-seq",
        "period=2018,2019,2019-12",
        "from=2019&to=2020",
        "to=2019",
        "accumulation=period",
        "comparator=none",
        "comparator=%3E",
        "value_ge=12&value_le=31",
        "value_ge=30&certain=true",
        "value_le=31&certain=true&sort=-value",
        "report=bishi-2022",
        "metric=land.cultivated.area&sort=value&role=actual",
    ] {
        let list = format!("/api/v1/observations?{query}");
        let all = app.walked(&list, 1000).await;
        for latest in [1, 2, 3, 1000] {
            let asked = format!("{list}&latest={latest}");
            let told = app.walked(&asked, 1000).await;
            let ids: BTreeSet<String> = each(&told, "id").into_iter().collect();
            assert_eq!(ids, newest(&all, latest), "{asked}");
            let kept: Vec<&Value> = all.iter().filter(|item| ids.contains(&item["id"].to_string())).collect();
            assert!(
                kept.iter().zip(&told).all(|(kept, told)| *kept == told),
                "{asked}: in the order of the list"
            );
            assert_eq!(app.walked(&asked, 3).await, told, "{asked}: page by page");
            assert_eq!(app.counted(&asked).await, told.len() as i64, "{asked}");
        }
    }
    for wrong in ["0", "1001", "x", ""] {
        let answer = app.get(&format!("/api/v1/observations?latest={wrong}")).await;
        assert_eq!(answer.problem(400, "invalid_parameter")["errors"][0]["parameter"], "latest", "{wrong}");
    }
}

#[actix_web::test]
async fn what_was_newest_is_asked_as_of_a_day_and_passes_with_a_retraction() {
    let app = with_history().await.signed_in().await;
    let newest = "/api/v1/observations?metric=education.fund.raised&area=430681107205&role=actual&latest=1";
    let [told] = &app.get(newest).await.items()[..] else { panic!("one") };
    assert_eq!(told["period"], "2021");
    assert!(app.get(&format!("{newest}&as_of=1999-01-01")).await.items().is_empty());
    let address = format!("/api/v1/observations/{}", told["id"]);
    assert_eq!(app.delete(&format!("{address}?reason=entry_error")).if_match("*").await.status, 204);
    let [told] = &app.get(newest).await.items()[..] else { panic!("one") };
    assert_eq!(told["period"], "2021-03", "a month that ends before the year did");
    // What is released later is the newest for who may see it.
    let later = json!({
        "metric": METRICS[0], "area": "430681107205", "period": "2022-01", "value": 7,
        "released_at": "2999-01-01T00:00:00+08:00",
    });
    let posted = app.post("/api/v1/observations", later).await;
    assert_eq!(posted.status, 201, "{}", posted.text());
    assert_eq!(app.get(newest).await.items()[0]["period"], "2022-01");
    let reader = app.key("reader", Some("430681107208")).await;
    assert_eq!(app.get(newest).by(&reader).await.items()[0]["period"], "2021-03");
}
