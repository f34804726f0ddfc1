//! Statistics over the figures of the township's own report, worked out by hand.

use serde_json::{Value, json};
use taizhang::domain::codes::Direction;
use taizhang::domain::decimal::Decimal;
use taizhang::domain::derived::{Derived, percent};
use taizhang::domain::goal::{Met, compare};
use taizhang::domain::quantity::Quantity;
use taizhang::domain::unit::Unit;

use crate::harness::TestApp;
use crate::harness::lists::{columns, picked, row, told};

const TOWN: &str = "430681107000";

/// A figure of the seed as it is read over HTTP.
async fn read(app: &TestApp, query: &str) -> Quantity {
    let items = app.get(&format!("/api/v1/observations?{query}")).await.items();
    assert_eq!(items.len(), 1, "{query}");
    quantity(&items[0])
}

fn quantity(row: &Value) -> Quantity {
    let number =
        |member: &str| (!row[member].is_null()).then(|| row[member].to_string().parse::<Decimal>().unwrap());
    let comparator = row["comparator"].as_str().map(|sign| sign.parse().unwrap());
    let (value, decimals) = Decimal::parse_with_decimals(&row["value"].to_string()).unwrap();
    Quantity::stated(value, decimals, comparator, number("lower"), number("upper")).unwrap()
}

async fn unit(app: &TestApp, code: &str) -> Unit {
    let units = app.get("/api/v1/units?limit=1000").await.items();
    let unit = units.iter().find(|unit| unit["code"] == code).unwrap();
    let text = |member: &str| unit[member].as_str().unwrap().to_owned();
    Unit {
        code: text("code"),
        name: text("name"),
        name_en: text("name_en"),
        symbol: text("symbol"),
        aliases: Vec::new(),
        dimension: text("dimension"),
        numerator: unit["numerator"].as_i64().unwrap(),
        denominator: unit["denominator"].as_i64().unwrap(),
    }
}

/// A worked-out number: value, comparator and bounds as text.
fn shown(number: &Derived) -> [String; 4] {
    let shown = number.shown().unwrap();
    let text = |bound: Option<Decimal>| bound.map_or_else(|| "none".to_owned(), |bound| bound.to_string());
    let comparator = shown.comparator.map_or("exact".to_owned(), |sign| sign.to_string());
    [shown.value.to_string(), comparator, text(shown.lower), text(shown.upper)]
}

#[actix_web::test]
async fn jobs_at_home_and_outside_are_more_than_600_and_less_than_700() {
    let app = TestApp::seeded().await;
    let at_home = read(&app, "metric=employment.local.new").await; // 400余人
    let outside = read(&app, "metric=employment.labour.exported").await; // 200人
    let together = Derived::from(&at_home).plus(&Derived::from(&outside));
    assert_eq!(shown(&together), ["600", ">", "600", "700"]);
    let told = together.shown().unwrap();
    assert!(!told.lower_inclusive && !told.upper_inclusive && !told.rounded);
}

#[actix_web::test]
async fn nearly_fifty_and_three_and_a_half_mu_are_under_53_and_a_half() {
    let app = TestApp::seeded().await;
    // Both are quantities of projects in the report.
    let projects = app.get("/api/v1/projects?limit=1000").await.items();
    let quantities: Vec<Quantity> = ["近50亩", "3.5亩"]
        .iter()
        .map(|words| {
            let all = projects.iter().flat_map(|project| project["quantities"].as_array().unwrap());
            quantity(&all.map(|one| &one["quantity"]).find(|one| one["text"] == *words).unwrap().clone())
        })
        .collect();
    let together = Derived::from(&quantities[0]).plus(&Derived::from(&quantities[1]));
    assert_eq!(shown(&together), ["53.5", "<", "none", "53.5"]);
    assert!(!together.shown().unwrap().upper_inclusive);
}

#[actix_web::test]
async fn the_education_fund_reached_66_06_percent() {
    let app = TestApp::seeded().await;
    let told = row(&app, "completion?within=430681107&metric=education.fund.raised").await;
    let members =
        ["area", "period", "accumulation", "actual", "target", "completion", "comparator", "met", "each_of"];
    let expected = json!([TOWN, "2022", "ytd", 660.6, 1000, 66.06, null, "no", null]);
    assert_eq!(picked(&told, members), expected);
    let ranked =
        "metrics/education.fund.raised/ranking?within=430681&period=2022&accumulation=ytd&by=completion";
    assert_eq!(picked(&row(&app, ranked).await, ["area", "completion", "rank"]), json!([TOWN, 66.06, 1]));
}

#[actix_web::test]
async fn ninety_odd_at_92_percent_implies_a_target_that_nobody_has_stated() {
    let app = TestApp::seeded().await;
    let collected = read(&app, "metric=homestead.fee.collected").await; // 90万余元
    let share = read(&app, "metric=homestead.fee.completion").await; // 92%
    let implied = Derived::from(&collected).times(&percent()).over(&Derived::from(&share)).unwrap();
    assert_eq!(shown(&implied), ["97.826087", ">", "97.826086", "98.913044"]);
    // It is none of the stored ones.
    let told = told(&app, "completion?metric=homestead.fee.collected,homestead.fee.completion").await;
    assert_eq!(told["items"], json!([]));
}

#[actix_web::test]
async fn a_transfer_rate_is_neither_summed_nor_averaged() {
    let app = TestApp::seeded().await;
    for query in
        ["within=430681&period=2022", "within=430681107&period=2022", "group_by=township&period=2022"]
    {
        let path = format!("/api/v1/metrics/land.transfer.rate/aggregate?{query}");
        let problem = app.get(&path).await.problem(422, "not_aggregable");
        assert_eq!(problem["errors"][0]["code"], "not_aggregable");
    }
    // It is still read, ranked and told over time.
    let path = "metrics/land.transfer.rate/series?area=430681107";
    assert_eq!(picked(&row(&app, path).await, ["value", "unit"]), json!([71.53, "P1"]));
}

#[actix_web::test]
async fn people_and_times_of_people_do_not_subtract() {
    let app = TestApp::seeded().await;
    let (people, times) = (unit(&app, "PERSON").await, unit(&app, "PERSON_TIME").await);
    let isolated = Derived::from(&read(&app, "metric=health.isolation.centralised").await); // 95人次
    assert!(isolated.convert(&times, &people).is_err());
    for path in [
        "metrics/health.isolation.centralised/series?area=430681107&accumulation=ytd&unit=PERSON",
        "metrics/health.isolation.centralised/aggregate?within=430681&period=2022&unit=PERSON",
        "metrics/health.returnees.screened/ranking?within=430681&period=2022&unit=PERSON_TIME",
    ] {
        super::refused(&app, path, 422, "unit_incompatible", "unit").await;
    }
}

#[actix_web::test]
async fn five_for_each_village_is_seventeen_targets_and_no_total() {
    let app = TestApp::seeded().await;
    for within in ["43", "430681107"] {
        let path = format!("completion?metric=economy.collective.income&period=2022&within={within}");
        let told = told(&app, &path).await;
        let rows = columns(&told, ["target", "target_comparator", "each_of", "actual", "met"]);
        assert_eq!(rows, vec![json!([5, ">=", TOWN, null, "unknown"]); 17]);
        let areas = columns(&told, ["area"]);
        assert!(!areas.contains(&json!([TOWN])) && !areas.contains(&json!(["430681107002"])));
    }
    // The community has none, and a village finds its own without naming the metric.
    for (area, count) in [("430681107002", 0), ("430681107223", 1)] {
        assert_eq!(app.counted(&format!("/api/v1/completion?within={area}")).await, count, "{area}");
    }
    let path = "metrics/economy.collective.income/aggregate?within=430681107&period=2022&role=target";
    let members = ["value", "own_value", "difference", "reported", "expected"];
    assert_eq!(picked(&row(&app, path).await, members), json!([null, null, null, 0, 18]));
    // 达5万元 is met by 5, and not by less.
    let target = read(&app, "metric=economy.collective.income").await;
    let five = Quantity::exact("5".parse().unwrap(), 0);
    assert_eq!(compare(&five, &target, Direction::Higher).1, Met::Yes);
}

#[actix_web::test]
async fn what_was_demolished_is_exactly_5_37_mu_everywhere() {
    let app = TestApp::seeded().await;
    let code = "housing.illegal.demolished_area";
    for (path, member) in [
        (format!("metrics/{code}/series?area=430681107&unit=MU"), "value"),
        (format!("metrics/{code}/aggregate?within=430681107&period=2022&unit=MU"), "own_value"),
        (format!("metrics/{code}/aggregate?within=430681&period=2022&unit=MU"), "value"),
        (format!("metrics/{code}/ranking?within=430681&period=2022&unit=MU"), "value"),
    ] {
        let told = row(&app, &path).await;
        assert_eq!(picked(&told, [member, "unit", "warnings"]), json!([5.37, "MU", []]), "{path}");
    }
}
