//! `GET /units`: what converts into what.

use std::collections::BTreeMap;

use serde_json::json;

use crate::harness::TestApp;
use crate::harness::lists::each;

/// How many units the seed has.
const SHIPPED: usize = 108;

#[actix_web::test]
async fn units_come_in_order_of_code_with_their_names() {
    let app = TestApp::seeded().await;
    let units = app.paged("/api/v1/units", [1, 4, SHIPPED - 1, SHIPPED, SHIPPED + 1]).await;
    assert_eq!(units.len(), SHIPPED);
    let codes = each(&units, "code");
    assert!(codes.is_sorted(), "{codes:?}");
    let square_metre = units.iter().find(|unit| unit["code"] == "MTK").unwrap();
    assert_eq!(square_metre["name"], "平方米");
    assert_eq!(square_metre["name_en"], "square metre");
    assert_eq!(square_metre["symbol"], "m²");
    assert!(square_metre["seq"].as_i64().unwrap() >= 1);
}

#[actix_web::test]
async fn a_mu_is_two_thousand_thirds_of_a_square_metre_exactly() {
    let app = TestApp::seeded().await;
    let land = app.get("/api/v1/units?dimension=land_area").await.items();
    let factor = |code: &str| {
        let unit = land.iter().find(|unit| unit["code"] == code).unwrap();
        (unit["numerator"].as_i64().unwrap(), unit["denominator"].as_i64().unwrap())
    };
    assert_eq!(land.len(), 4);
    assert_eq!(factor("MU"), (1, 1));
    assert_eq!(factor("MTK"), (3, 2000));
    assert_eq!(factor("HAR"), (15, 1));
    assert_eq!(factor("KMK"), (1500, 1));
    let money = app.get("/api/v1/units?dimension=money").await.items();
    assert_eq!(each(&money, "name"), ["元", "亿元", "万元", "角"]); // CNY, CNY_100M, CNY_10K, CNY_JIAO
    assert_eq!(each(&money, "numerator"), ["1", "100000000", "10000", "1"]);
}

#[actix_web::test]
async fn every_counted_thing_and_every_rate_is_a_dimension_of_its_own() {
    let app = TestApp::seeded().await;
    let mut dimensions: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for unit in app.get("/api/v1/units?limit=1000").await.items() {
        let member = |name: &str| unit[name].as_str().unwrap().to_owned();
        dimensions.entry(member("dimension")).or_default().push(member("name"));
    }
    // 名 and 位 are other words for 人; all else that converts is measured.
    let shared: Vec<&str> = dimensions
        .iter()
        .filter(|(_, names)| names.len() > 1)
        .map(|(dimension, _)| dimension.as_str())
        .collect();
    assert_eq!(
        shared,
        [
            "calendar_time",
            "capacity",
            "duration",
            "energy",
            "land_area",
            "length",
            "mass",
            "mass_per_capacity",
            "mass_per_land_area",
            "money",
            "money_per_day",
            "money_per_land_area",
            "money_per_mass",
            "money_per_year",
            "money_usd",
            "percent",
            "person",
            "power",
        ]
    );
    let alone: Vec<&String> = dimensions.values().filter(|names| names.len() == 1).flatten().collect();
    for name in [
        "户",
        "处",
        "栋",
        "起",
        "家",
        "台",
        "座",
        "条",
        "册",
        "份",
        "个",
        "次",
        "人次",
        "吨/日",
        "项",
        "个百分点",
    ] {
        assert!(alone.contains(&&name.to_owned()), "{name}");
    }
}

#[actix_web::test]
async fn several_dimensions_are_separated_by_commas() {
    let app = TestApp::seeded().await;
    let listed = app.listed("/api/v1/units?dimension=length,person_time", "code").await;
    assert_eq!(listed, ["CMT", "KMT", "LI", "MMT", "MTR", "PERSON_TIME"]);
    let problem = app.get("/api/v1/units?dimensions=length").await.problem(400, "unknown_parameter");
    assert_eq!(problem["errors"][0]["parameter"], "dimensions");
    let problem = app.get("/api/v1/units?dimension=length,").await.problem(400, "invalid_parameter");
    assert_eq!(problem["errors"][0]["parameter"], "dimension");
}

#[actix_web::test]
async fn an_empty_ledger_has_an_empty_list_of_units() {
    let app = TestApp::empty().await;
    let answer = app.get("/api/v1/units?count=exact").await;
    assert_eq!(answer.text(), r#"{"items":[],"next":null,"count":0}"#);
}

#[actix_web::test]
async fn other_words_for_a_unit_are_told_and_read() {
    let (app, editor) = TestApp::seeded_for("editor", None).await;
    let units = app.get("/api/v1/units?limit=1000").await.items();
    let kilometre = units.iter().find(|unit| unit["code"] == "KMT").unwrap();
    assert_eq!(kilometre["aliases"], json!(["公里"]));
    app.metric("trial.road", json!({"unit": "KMT", "decimals": 3, "kind": "stock"})).await;
    let figure = json!({"metric": "trial.road", "area": "430681107223", "period": "2022", "text": "9.2公里"});
    let made = app.post("/api/v1/observations", figure).by(&editor).await;
    assert_eq!((made.status.as_u16(), &made.json()["value"]), (201, &json!(9.2)), "{}", made.text());
}
