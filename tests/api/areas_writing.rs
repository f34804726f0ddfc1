//! `PUT` and `PATCH /areas/{code}`, `PATCH /villages/{code}`: rules, scope, highlights in the ledger.

use actix_web::http::Method;
use serde_json::{Value, json};
use taizhang::exchange::seed::{self, Files};

use crate::builders::merged;
use crate::harness::TestApp;
use crate::harness::lists::each;

const VILLAGE: &str = "/api/v1/areas/430681107299";

fn village(more: Value) -> Value {
    merged(
        json!({
            "name": "新村", "level": "village", "kind": "village", "parent": "430681107", "code_system": "NBS-2023",
        }),
        more,
    )
}

/// The edits of an entry as "operation kind key", sorted.
fn edits(app: &TestApp, seq: i64) -> Vec<String> {
    let query = format!("SELECT op || ' ' || kind || ' ' || key AS text FROM edits WHERE seq = {seq}");
    let mut told = app.texts(&query);
    told.sort();
    told
}

#[actix_web::test]
async fn an_area_is_created_replaced_and_changed() {
    let app = TestApp::seeded().await.signed_in().await;
    let body = village(json!({
        "aliases": ["新"], "valid_from": "2023-05", "point": {"lon": 113.25, "lat": 28.5}, "urban_rural_class": "220",
        "successors": ["430681107224", "430681107223"],
        "highlights": [{"kind": "specialty", "text": "茶叶", "since": "2023"}],
    }));
    let made = app.put(VILLAGE, body.clone()).or_replace().await;
    assert_eq!((made.status.as_u16(), made.header("location")), (201, VILLAGE), "{}", made.text());
    let read = app.get(VILLAGE).await;
    assert_eq!((made.json(), made.header("etag")), (read.json(), read.header("etag")));
    for (member, value) in body.as_object().unwrap() {
        match member.as_str() {
            "parent" => assert_eq!(read.json()[member], "430681107000"),
            "successors" => assert_eq!(read.json()[member], json!(["430681107223", "430681107224"])),
            "highlights" => assert_eq!(read.json()[member][0]["text"], "茶叶"),
            _ => assert_eq!(read.json()[member], *value, "{member}"),
        }
    }
    assert_eq!(app.listed("/api/v1/villages?q=%E6%96%B0%E6%9D%91", "name").await, ["新村"]); // 新村
    assert_eq!(app.listed("/api/v1/search?kinds=area&q=%E6%96%B0%E6%9D%91", "name").await, ["新村"]);

    let changed = app.patch(VILLAGE, json!({"name": "老村", "point": {"lat": 28}, "valid_to": "2024"})).await;
    assert_eq!(changed.json()["point"], json!({"lon": 113.25, "lat": 28}), "{}", changed.text());
    assert!(app.listed("/api/v1/search?kinds=area&q=%E6%96%B0%E6%9D%91", "name").await.is_empty());
    let cleared = app.patch(VILLAGE, json!({"point": null, "successors": null, "valid_from": null})).await;
    assert_eq!(
        ["point", "successors", "valid_from"].map(|member| cleared.json()[member].clone()),
        [Value::Null, json!([]), Value::Null]
    );
    let head = app.db.head().await.unwrap();
    let same = app.patch(VILLAGE, json!({"name": "老村", "successors": []})).await;
    assert_eq!((same.status.as_u16(), app.db.head().await.unwrap()), (200, head), "nothing has changed");

    let replaced = app.put(VILLAGE, village(json!({"code": "430681107299"}))).or_replace().await;
    assert_eq!(replaced.status, 200, "{}", replaced.text());
    for (member, value) in [("name", json!("新村")), ("highlights", json!([])), ("aliases", json!([]))] {
        assert_eq!(replaced.json()[member], value, "{member}");
    }
    assert_eq!(replaced.json()["valid_to"], Value::Null);
}

#[actix_web::test]
async fn a_code_of_the_path_may_be_short() {
    let app = TestApp::seeded().await.signed_in().await;
    let town = json!({"name": "邻镇", "level": "township", "kind": "town", "code_system": "NBS-2023"});
    let made = app.put("/api/v1/areas/430681108", town.clone()).or_replace().await;
    assert_eq!((made.status.as_u16(), made.header("location")), (201, "/api/v1/areas/430681108000"));
    let mut other = town;
    other["code"] = json!("430681109");
    let problem = app.put("/api/v1/areas/430681108", other).or_replace().await.problem(422, "invalid_value");
    assert_eq!(problem["errors"][0]["pointer"], "/code");
    let problem =
        app.put("/api/v1/areas/43068", json!({})).or_replace().await.problem(400, "invalid_parameter");
    assert_eq!(problem["errors"][0]["parameter"], "code");
}

#[actix_web::test]
async fn what_breaks_a_rule_of_areas_is_named() {
    let app = TestApp::seeded().await.signed_in().await;
    let honour = |more: Value| json!({"highlights": [{"kind": "pilot", "text": "先进"}, merged(json!({"kind": "honour", "text": "先进"}), more)]});
    let cited = json!({"paragraph": 1, "start": 0, "end": 3, "words": "先进"});
    for (more, pointer) in [
        (json!({"name": " "}), "/name"),
        (json!({"aliases": ["新", ""]}), "/aliases/1"),
        (json!({"code_system": ""}), "/code_system"),
        (json!({"kind": "town"}), "/kind"),
        (json!({"parent": "430681108"}), "/parent"),
        (json!({"parent": "430681107299"}), "/parent"),
        (json!({"parent": "430681107223"}), "/parent"),
        (json!({"urban_rural_class": "22"}), "/urban_rural_class"),
        (json!({"valid_from": "2023-02", "valid_to": "2023-01-31"}), "/valid_to"),
        (json!({"point": {"lon": 180.000001, "lat": 0}}), "/point/lon"),
        (json!({"point": {"lon": 0, "lat": -90.5}}), "/point/lat"),
        (json!({"point": {"lon": 0}}), "/point/lat"),
        (json!({"successors": ["430681107299"]}), "/successors/0"),
        (json!({"successors": ["430681107223", "430681107223"]}), "/successors"),
        (json!({"successors": ["430681107298"]}), "/successors/0"),
        (honour(json!({"text": ""})), "/highlights/1/text"),
        (honour(json!({"text": "长".repeat(201)})), "/highlights/1/text"),
        (honour(json!({"kind": "pilot"})), "/highlights/1/text"),
        (honour(json!({"report": "no-such"})), "/highlights/1/report"),
        (honour(json!({"citation": cited})), "/highlights/1/citation"),
        (honour(json!({"report": "bishi-2022", "citation": cited})), "/highlights/1/citation"),
        (
            honour(json!({"report": "bishi-2022", "citation": {"words": "先进"}})),
            "/highlights/1/citation/paragraph",
        ),
    ] {
        let problem =
            app.put(VILLAGE, village(more.clone())).or_replace().await.problem(422, "invalid_value");
        assert_eq!(problem["errors"][0]["pointer"], pointer, "{more}: {problem}");
    }
    app.get(VILLAGE).await.problem(404, "not_found");
    // A year ends on its last day, and a month begins on its first.
    let sound = village(json!({"valid_from": "2023-12-31", "valid_to": "2023"}));
    assert_eq!(app.put(VILLAGE, sound).or_replace().await.status, 201);
}

#[actix_web::test]
async fn a_key_writes_to_its_own_area_and_below() {
    let app = TestApp::seeded().await;
    app.area(json!({
        "code": "430681108", "name": "邻镇", "level": "township", "kind": "town", "code_system": "NBS-2023",
    }))
    .await;
    let town = app.key("editor", Some("430681107")).await;
    let other = app.key("editor", Some("430681108")).await;
    let reviewer = app.key("reviewer", None).await;
    let alias = json!({"aliases": ["又名"]});
    for path in ["/api/v1/areas/430681107223", "/api/v1/villages/430681107223"] {
        let request = |key: &str| app.request(Method::PATCH, path).by(key).json(alias.clone());
        request(&other).await.problem(403, "forbidden");
        request(&reviewer).if_match("*").await.problem(403, "forbidden");
        request(&town).await.problem(428, "precondition_required");
        request(&town).if_match("\"0\"").await.problem(412, "stale");
        assert_eq!(request(&town).if_match("*").await.status, 200);
    }
    app.patch("/api/v1/areas/430681", alias).by(&town).await.problem(403, "forbidden");
    let put = |key: &str| app.put(VILLAGE, village(json!({}))).by(key);
    put(&other).await.problem(403, "forbidden");
    assert_eq!(put(&town).await.status, 201);
}

#[actix_web::test]
async fn of_a_village_only_highlights_point_and_aliases_are_changed() {
    let app = TestApp::seeded().await.signed_in().await;
    let path = "/api/v1/villages/430681107223";
    let problem = app.patch(path, json!({"name": "x", "point": null, "parent": null})).await;
    let problem = problem.problem(400, "malformed_request");
    let named: Vec<Value> =
        problem["errors"].as_array().unwrap().iter().map(|e| e["pointer"].clone()).collect();
    assert_eq!(named, ["/name", "/parent"]);
    app.patch(path, json!({"colour": 1})).await.problem(400, "unknown_parameter");
    app.patch("/api/v1/villages/430681107", json!({})).await.problem(404, "not_found");
    let changed = app.patch(path, json!({"point": {"lon": 113, "lat": 28.5}, "aliases": ["序贤"]})).await;
    assert_eq!(changed.status, 200, "{}", changed.text());
    assert_eq!(app.get(path).await.json(), app.get("/api/v1/areas/430681107223").await.json());
    assert_eq!(app.get(path).await.json()["aliases"], json!(["序贤"]));
}

#[actix_web::test]
async fn the_ledger_has_each_highlight_that_has_changed_and_the_area_once() {
    let app = TestApp::seeded().await.signed_in().await;
    let path = "/api/v1/villages/430681107223";
    let mut highlights = app.get(path).await.json()["highlights"].as_array().unwrap().clone();
    let texts = each(&highlights, "text");
    // The first goes, the last is dated, one comes before them.
    highlights.remove(0);
    let last = highlights.last_mut().unwrap();
    last["since"] = json!("2021");
    let last = last.clone();
    highlights.insert(0, json!({"kind": "event", "text": "晚会"}));
    let changed = app.patch(path, json!({"highlights": highlights})).await;
    assert_eq!(changed.status, 200, "{}", changed.text());
    assert_eq!(each(changed.json()["highlights"].as_array().unwrap(), "text")[0], "晚会");
    let seq = changed.json()["seq"].as_i64().unwrap();
    let told = edits(&app, seq);
    let expected = [
        format!("delete highlight 430681107223/pilot/{}", texts[0]),
        "put area 430681107223".to_owned(),
        "put highlight 430681107223/event/晚会".to_owned(),
        format!(
            "put highlight 430681107223/{}/{}",
            last["kind"].as_str().unwrap(),
            last["text"].as_str().unwrap()
        ),
    ];
    assert_eq!(told, expected);

    // Only turned round, the area's answer is another, but no highlight is.
    highlights.reverse();
    let turned = app.patch(path, json!({"highlights": highlights})).await.json();
    assert_eq!(edits(&app, seq + 1).len(), 1);
    assert_eq!(turned["seq"], seq + 1);
}

#[actix_web::test]
async fn a_highlight_that_was_removed_stays_away_when_the_seed_is_loaded_again() {
    let app = TestApp::seeded().await.signed_in().await;
    let path = "/api/v1/villages/430681107205";
    let mut highlights = app.get(path).await.json()["highlights"].as_array().unwrap().clone();
    highlights.remove(0);
    let left = app.patch(path, json!({"highlights": highlights})).await.json();
    let added = seed::load(&app.db, Files::built_in().unwrap()).await.unwrap();
    assert_eq!(added.to_string(), "nothing to add");
    assert_eq!(app.get(path).await.json(), left);
}
