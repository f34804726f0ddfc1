//! What an observation shows: its words and place, the members asked for, names, other units.

use serde_json::{Value, json};

use crate::harness::TestApp;

const RAISED: &str = "/api/v1/observations?metric=education.fund.raised&role=actual";

#[actix_web::test]
async fn fields_keep_the_members_asked_for_in_every_format() {
    let app = TestApp::seeded().await;
    let json = app.get(&format!("{RAISED}&fields=value,metric,citation,comparator")).await;
    assert_eq!(
        json.text(),
        "{\"items\":[{\"metric\":\"education.fund.raised\",\"value\":660.6,\"comparator\":null,\"citation\":\
         {\"paragraph\":11,\"start\":1608,\"end\":1621,\"words\":\"共筹集资金660.60万元\"}}],\"next\":null}"
    );
    let ndjson = app.get(&format!("{RAISED}&fields=text,value&format=ndjson")).await;
    assert_eq!(ndjson.text(), "{\"value\":660.6,\"text\":\"660.60万元\"}\n");
    let csv = app.get(&format!("{RAISED}&fields=unit,value,citation,metric&format=csv")).await;
    assert_eq!(csv.header("content-type"), "text/csv; charset=utf-8");
    // A table shows the decimals as they were stated.
    assert_eq!(
        csv.text(),
        "metric,value,unit,citation_paragraph,citation_start,citation_end,citation_words\r\n\
         education.fund.raised,660.60,CNY_10K,11,1608,1621,共筹集资金660.60万元\r\n"
    );
    for format in ["json", "csv", "ndjson"] {
        let answer = app.get(&format!("{RAISED}&fields=value,colour&format={format}")).await;
        let problem = answer.problem(400, "invalid_parameter");
        assert_eq!(problem["errors"][0]["parameter"], "fields");
        assert!(problem["errors"][0]["message"].as_str().unwrap().contains("colour"), "{problem}");
    }
    // Pages stay what they are.
    let all = app.walked("/api/v1/observations?fields=id", 1000).await;
    assert_eq!(app.walked("/api/v1/observations?fields=id", 20).await, all);
    assert_eq!(all.len(), 53);
}

#[actix_web::test]
async fn names_stand_beside_codes_when_they_are_asked_for() {
    let app = TestApp::seeded().await;
    let named = app.get(&format!("{RAISED}&names=true")).await.items();
    assert_eq!(named[0]["metric_name"], "教育基金筹集资金");
    assert_eq!(named[0]["area_name"], "弼时镇");
    assert_eq!(named[0]["unit_name"], "万元");
    let plain = app.get(RAISED).await.items();
    assert!(!plain[0].as_object().unwrap().keys().any(|member| member.ends_with("_name")), "{plain:?}");
    let path = format!("/api/v1/observations/{}", plain[0]["id"]);
    assert_eq!(app.get(&path).await.json(), plain[0]);
    assert_eq!(app.get(&format!("{path}?names=true")).await.json(), named[0]);
    let header = |csv: String| csv.lines().next().unwrap().to_owned();
    let with_names = header(app.get(&format!("{RAISED}&names=true&format=csv")).await.text());
    assert!(with_names.starts_with("id,metric,metric_name,area,area_name,period,"), "{with_names}");
    let without = header(app.get(&format!("{RAISED}&format=csv")).await.text());
    assert!(without.starts_with("id,metric,area,period,accumulation,role,value,unit,decimals,"), "{without}");
}

#[actix_web::test]
async fn figures_convert_exactly_or_say_that_they_are_rounded() {
    let app = TestApp::seeded().await;
    let shown = async |metric: &str, unit: &str| {
        let path = format!("/api/v1/observations?role=actual&metric={metric}&unit={unit}");
        let items = app.get(&path).await.items();
        let single = app.get(&format!("/api/v1/observations/{}?unit={unit}", items[0]["id"])).await.json();
        assert_eq!(single, items[0]);
        assert_eq!(items[0]["unit"], unit);
        ["value", "lower", "upper", "warnings"].map(|member| items[0][member].to_string())
    };
    let demolished = "housing.illegal.demolished_area"; // 3580平方米; a 亩 is 2000/3 of them
    assert_eq!(shown(demolished, "MTK").await, ["3580", "3580", "3580", "[]"]);
    assert_eq!(shown(demolished, "MU").await, ["5.37", "5.37", "5.37", "[]"]);
    assert_eq!(shown(demolished, "HAR").await, ["0.358", "0.358", "0.358", "[]"]);
    assert_eq!(shown(demolished, "KMK").await, ["0.00358", "0.00358", "0.00358", "[]"]);
    assert_eq!(shown("homestead.fee.collected", "CNY").await, ["900000", "900000", "910000", "[]"]); // 90万余
    assert_eq!(shown("homestead.fee.collected", "CNY_100M").await, ["0.009", "0.009", "0.0091", "[]"]);
    // 550多亩 lies between 550 and 560: 366,666.66… and 373,333.33… square metres.
    let abandoned = ["366666.666667", "366666.666667", "373333.333333", "[\"rounded\"]"];
    assert_eq!(shown("land.abandoned.remedied", "MTK").await, abandoned);
    assert_eq!(
        shown("agriculture.early_rice.nursery_area", "MTK").await,
        ["560000", "560000", "560000", "[]"]
    );
}

#[actix_web::test]
async fn a_unit_of_another_dimension_is_refused_in_every_format() {
    let app = TestApp::seeded().await;
    for path in [
        "/api/v1/observations?metric=homestead.fee.collected&unit=MU",
        "/api/v1/observations?metric=homestead.fee.collected&unit=MU&format=csv",
        "/api/v1/observations?theme=land&unit=MU&format=ndjson",
        "/api/v1/observations?theme=land&unit=MU",
        // Refused on every page, not only on the one that holds the figure.
        "/api/v1/observations?metric=land.cultivated.area,homestead.fee.collected&unit=MU&limit=1",
        "/api/v1/observations/1?unit=MU",
    ] {
        let problem = app.get(path).await.problem(422, "unit_incompatible");
        assert_eq!(problem["errors"][0]["parameter"], "unit", "{path}");
    }
    let problem = app.get("/api/v1/observations?unit=FURLONG").await.problem(422, "invalid_value");
    assert_eq!(problem["errors"][0]["parameter"], "unit");
}

#[actix_web::test]
async fn a_figure_keeps_its_words_its_place_and_what_it_speaks_of_jointly() {
    let app = TestApp::seeded().await;
    let read = async |query: &str| app.get(&format!("/api/v1/observations?{query}")).await.items()[0].clone();
    let fee = read("metric=homestead.fee.collected").await;
    let expected = json!({
        "metric": "homestead.fee.collected", "area": "430681107000", "period": "2022", "accumulation": "ytd",
        "role": "actual", "value": 90, "unit": "CNY_10K", "decimals": 0, "comparator": ">", "lower": 90,
        "upper": 91, "lower_inclusive": false, "upper_inclusive": false, "text": "90万余元", "spread": null,
        "report": "bishi-2022", "covers": [], "projects": [], "warnings": [], "revision": 1,
        "released_at": "2023-01-17T10:21:00+08:00",
        "citation": {"paragraph": 15, "start": 4358, "end": 4366, "words": "已收取90万余元"},
    });
    for (member, value) in expected.as_object().unwrap() {
        assert_eq!(&fee[member], value, "{member}");
    }
    let target = read("metric=economy.collective.income").await;
    assert_eq!((&target["spread"], &target["comparator"]), (&json!("each"), &json!(">=")));
    assert_eq!((&target["lower"], &target["upper"]), (&json!(5), &Value::Null));
    assert_eq!(target["lower_inclusive"], true);
    let water = read("metric=environment.black_odorous_water.treated").await;
    assert_eq!(water["covers"], json!(["430681107221", "430681107229"]));
    assert_eq!(water["projects"], json!(["nanlong-black-water", "tongpen-black-water"]));
    let driving = read("metric=safety.road.drink_driving").await; // 64余人
    assert_eq!((&driving["lower"], &driving["upper"]), (&json!(64), &json!(65)));
    assert_eq!(driving["warnings"], json!(["qualifier_contradiction"]));
}
