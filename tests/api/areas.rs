//! `GET /areas`, `GET /areas/{code}`: filters, validity, successors, codes of every length.

use serde_json::{Value, json};

use crate::builders::merged;
use crate::harness::TestApp;
use crate::harness::lists::escaped;

const TOWNSHIP: &str = "430681107000";

async fn add(app: &TestApp, code: &str, name: &str, more: Value) {
    let area = merged(
        json!({
            "code": code, "name": name, "level": "village", "kind": "village", "parent": TOWNSHIP,
            "code_system": "NBS-2023",
        }),
        more,
    );
    app.area(area).await;
}

#[actix_web::test]
async fn the_township_stands_in_its_county_prefecture_and_province() {
    let app = TestApp::seeded().await;
    assert_eq!(app.counted("/api/v1/areas").await, 22);
    let above = "/api/v1/areas?level=province,prefecture,county,township";
    assert_eq!(app.listed(above, "name").await, ["湖南省", "岳阳市", "汨罗市", "弼时镇"]);
    assert_eq!(app.listed(above, "parent").await, ["null", "430000000000", "430600000000", "430681000000"]);
    assert_eq!(app.listed("/api/v1/areas?level=county", "code").await, ["430681000000"]);
    assert_eq!(app.counted("/api/v1/areas?level=village").await, 18);
}

#[actix_web::test]
async fn areas_are_chosen_by_kind_parent_and_subtree() {
    let app = TestApp::seeded().await;
    add(
        &app,
        "430681108000",
        "另一镇",
        json!({"level": "township", "kind": "town", "parent": "430681000000"}),
    )
    .await;
    add(&app, "430681108201", "另一村", json!({"parent": "430681108000"})).await;
    assert_eq!(app.listed("/api/v1/areas?kind=community", "name").await, ["金山社区"]);
    assert_eq!(app.counted("/api/v1/areas?kind=village,community").await, 19);
    assert_eq!(app.listed("/api/v1/areas?kind=town", "name").await, ["弼时镇", "另一镇"]);

    assert_eq!(app.counted("/api/v1/areas?parent=430681107").await, 18);
    assert_eq!(app.listed("/api/v1/areas?parent=430681", "code").await, [TOWNSHIP, "430681108000"]);
    assert_eq!(app.listed("/api/v1/areas?parent=43", "code").await, ["430600000000"]);
    assert!(app.listed("/api/v1/areas?parent=430681107223", "code").await.is_empty());

    assert_eq!(app.counted("/api/v1/areas?within=430681107").await, 19); // itself and 18 below
    assert_eq!(app.listed("/api/v1/areas?within=430681108", "name").await, ["另一镇", "另一村"]);
    assert_eq!(app.listed("/api/v1/areas?within=430681107223", "name").await, ["序贤村"]);
    assert_eq!(app.counted("/api/v1/areas?within=43").await, 24);
    assert_eq!(
        app.listed("/api/v1/areas?within=430681108&level=village&kind=village", "name").await,
        ["另一村"]
    );
}

#[actix_web::test]
async fn areas_are_found_by_part_of_code_name_or_alias() {
    let app = TestApp::seeded().await;
    add(&app, "430681107299", "ABC新村", json!({"aliases": ["Ｘ１村", "老百_分%\\村"]})).await;
    let found = async |q: &str| app.listed(&format!("/api/v1/areas?q={}", escaped(q)), "code").await;
    assert_eq!(found("李家").await, ["430681107226"]); // its alias and its name
    assert_eq!(found("汨罗").await, ["430681000000"]);
    assert_eq!(found("107223").await, ["430681107223"]);
    // Case and width are folded on both sides.
    for q in ["abc", "ＡＢＣ新", "x1村", "X１", "aBc x1", "x1　abc"] {
        assert_eq!(found(q).await, ["430681107299"], "{q}");
    }
    // A space means and: both words, in any order; none of the villages has both.
    assert_eq!(found("村 4306811072 山").await, ["430681107219", "430681107227", "430681107232"]);
    assert!(found("序贤 清溪").await.is_empty());
    // What is special to LIKE is an ordinary character.
    for q in ["_", "%", "\\", "百_分%", "%\\村"] {
        assert_eq!(found(q).await, ["430681107299"], "{q}");
    }
    for q in ["a_c", "a%c", "\\_"] {
        assert!(found(q).await.is_empty(), "{q}");
    }
}

#[actix_web::test]
async fn an_area_is_valid_from_its_first_possible_day_to_its_last() {
    let app = TestApp::seeded().await;
    add(&app, "430681107301", "甲", json!({"valid_from": "2020-03-15", "valid_to": "2022-06-30"})).await;
    add(&app, "430681107302", "乙", json!({"valid_from": "2020-03", "valid_to": "2022-06"})).await;
    add(&app, "430681107303", "丙", json!({"valid_from": "2020", "valid_to": "2022"})).await;
    add(&app, "430681107304", "丁", json!({"valid_from": "2020-03-15"})).await;
    add(&app, "430681107305", "戊", json!({"valid_to": "2022-06-30"})).await;
    for (day, valid) in [
        ("2019-12-31", "戊"),
        ("2020-01-01", "丙戊"),
        ("2020-02-29", "丙戊"),
        ("2020-03-01", "乙丙戊"),
        ("2020-03-14", "乙丙戊"),
        ("2020-03-15", "甲乙丙丁戊"),
        ("2021-07-01", "甲乙丙丁戊"),
        ("2022-06-29", "甲乙丙丁戊"),
        ("2022-06-30", "甲乙丙丁戊"),
        ("2022-07-01", "丙丁"),
        ("2022-12-31", "丙丁"),
        ("2023-01-01", "丁"),
    ] {
        let path = format!("/api/v1/areas?within=430681107&level=village&valid_on={day}");
        let names: String = app.listed(&path, "name").await.concat();
        // The villages of the seed have no dates: they are always valid.
        let added: String = names.chars().filter(|name| "甲乙丙丁戊".contains(*name)).collect();
        assert_eq!(added, valid, "on {day}");
        assert!(names.contains("序贤村"), "on {day}");
    }
    for bad in ["2022", "2022-02-30", "2022-6-1", "tomorrow"] {
        let problem =
            app.get(&format!("/api/v1/areas?valid_on={bad}")).await.problem(400, "invalid_parameter");
        assert_eq!(problem["errors"][0]["parameter"], "valid_on");
    }
}

#[actix_web::test]
async fn a_divided_area_names_its_successors_in_order_of_code() {
    let app = TestApp::seeded().await;
    add(&app, "430681107301", "旧村", json!({"valid_to": "2020"})).await;
    app.sql("INSERT INTO area_successors (area, successor) VALUES (430681107301, 430681107223)");
    app.sql("INSERT INTO area_successors (area, successor) VALUES (430681107301, 430681107205)");
    let both = json!(["430681107205", "430681107223"]);
    let read = app.get("/api/v1/areas/430681107301").await.json();
    assert_eq!(read["successors"], both);
    let listed = app.get("/api/v1/areas?q=430681107301").await.items();
    assert_eq!(listed, [read]);
    assert_eq!(app.get("/api/v1/areas/430681107223").await.json()["successors"], json!([]));
}

#[actix_web::test]
async fn a_code_is_read_with_2_4_6_9_or_12_digits_and_given_with_12() {
    let app = TestApp::seeded().await;
    for (short, code, name) in [
        ("43", "430000000000", "湖南省"),
        ("4306", "430600000000", "岳阳市"),
        ("430681", "430681000000", "汨罗市"),
        ("430681107", "430681107000", "弼时镇"),
        ("430681107223", "430681107223", "序贤村"),
    ] {
        let area = app.get(&format!("/api/v1/areas/{short}")).await.json();
        assert_eq!((&area["code"], &area["name"]), (&json!(code), &json!(name)));
        assert_eq!(app.get(&format!("/api/v1/areas/{code}")).await.json(), area);
    }
    for bad in ["4", "430", "43068", "4306811", "43068110722", "4306811072230", "430681x07", "030000000000"] {
        let problem = app.get(&format!("/api/v1/areas/{bad}")).await.problem(400, "invalid_parameter");
        assert_eq!(problem["errors"][0]["parameter"], "code", "{bad}");
        for parameter in ["within", "parent"] {
            let answer = app.get(&format!("/api/v1/areas?{parameter}={bad}")).await;
            assert_eq!(answer.problem(400, "invalid_parameter")["errors"][0]["parameter"], parameter);
        }
    }
    app.get("/api/v1/areas/44").await.problem(404, "not_found");
    for parameter in ["within", "parent"] {
        let answer = app.get(&format!("/api/v1/areas?{parameter}=44")).await;
        assert_eq!(answer.problem(422, "invalid_value")["errors"][0]["parameter"], parameter);
    }
}

#[actix_web::test]
async fn an_area_has_its_point_and_class_where_they_are_known() {
    let app = TestApp::seeded().await;
    let more = json!({"point": {"lon": 113.060001, "lat": 28.5}, "urban_rural_class": "220"});
    add(&app, "430681107301", "有点村", more).await;
    let answer = app.get("/api/v1/areas/430681107301").await;
    assert!(answer.text().contains(r#""point":{"lon":113.060001,"lat":28.5}"#), "{}", answer.text());
    assert_eq!(answer.json()["urban_rural_class"], "220");
    assert_eq!(app.get("/api/v1/areas/430681107").await.json()["point"], Value::Null);
}

#[actix_web::test]
async fn pages_of_areas_hold_every_area_once() {
    let app = TestApp::seeded().await;
    assert_eq!(app.paged("/api/v1/areas", [1, 2, 3, 7, 11, 21, 22, 23]).await.len(), 22);
    assert_eq!(app.paged("/api/v1/areas?valid_on=2023-01-01&parent=430681107", [5, 6, 9]).await.len(), 18);
}
