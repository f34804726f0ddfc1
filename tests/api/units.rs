//! `GET /units`: what converts into what.

use std::collections::BTreeMap;

use crate::harness::TestApp;
use crate::harness::lists::each;

#[actix_web::test]
async fn units_come_in_order_of_code_with_their_names() {
    let app = TestApp::seeded().await;
    let units = app.paged("/api/v1/units", [1, 4, 29, 30, 31]).await;
    assert_eq!(units.len(), 30);
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
    assert_eq!(each(&money, "name"), ["元", "亿元", "万元"]); // CNY, CNY_100M, CNY_10K
    assert_eq!(each(&money, "numerator"), ["1", "100000000", "10000"]);
}

#[actix_web::test]
async fn every_counted_thing_and_every_rate_is_a_dimension_of_its_own() {
    let app = TestApp::seeded().await;
    let mut dimensions: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for unit in app.get("/api/v1/units?limit=1000").await.items() {
        let member = |name: &str| unit[name].as_str().unwrap().to_owned();
        dimensions.entry(member("dimension")).or_default().push(member("name"));
    }
    // 名 is another word for 人; all else that converts is land, length, mass or money.
    let shared: Vec<&str> = dimensions
        .iter()
        .filter(|(_, names)| names.len() > 1)
        .map(|(dimension, _)| dimension.as_str())
        .collect();
    assert_eq!(shared, ["land_area", "length", "mass", "money", "person"]);
    let alone: Vec<&String> = dimensions.values().filter(|names| names.len() == 1).flatten().collect();
    for name in
        ["户", "处", "栋", "起", "家", "台", "座", "条", "册", "份", "个", "次", "人次", "吨/日", "万元/年"]
    {
        assert!(alone.contains(&&name.to_owned()), "{name}");
    }
}

#[actix_web::test]
async fn several_dimensions_are_separated_by_commas() {
    let app = TestApp::seeded().await;
    let listed = app.listed("/api/v1/units?dimension=length,person_time", "code").await;
    assert_eq!(listed, ["KMT", "MTR", "PERSON_TIME"]);
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
