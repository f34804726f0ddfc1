//! Where plan items lie: in their areas, and in that of their plan where they have none or one is outside. All that
//! asks finds the same.

use serde_json::{Value, json};

use crate::builders::merged;
use crate::builders::plans::trial;
use crate::builders::progress::report;
use crate::harness::TestApp;

const TOWN: &str = "430681107000";
const VILLAGE: &str = "430681107223";
const NEIGHBOUR: &str = "430681108000";

/// The items of the trial that each way of asking finds in an area and below: lists, search, and the scoreboard,
/// which counts.
async fn found(app: &TestApp, within: &str) -> (Vec<String>, Vec<String>) {
    let listed = app.listed(&format!("/api/v1/plan-items?plan=trial&within={within}"), "code").await;
    let mut hits =
        app.listed(&format!("/api/v1/search?kinds=plan_item&q=trial&within={within}"), "code").await;
    hits.sort();
    assert_eq!(hits, listed, "search within {within}");
    let board = app.get("/api/v1/plans/trial/scoreboard").await.json();
    let of_area = board["by_area"].as_array().unwrap().clone().into_iter().find(|row| row["area"] == within);
    let counted = app.counted(&format!("/api/v1/plan-items?within={within}")).await;
    let overview = app.get(&format!("/api/v1/areas/{within}/overview")).await.json();
    assert_eq!(overview["counts"]["plan_items"], counted, "overview of {within}");
    let scored = of_area.map_or(Value::from(0), |row| row["items"].clone());
    (listed, vec![scored.to_string()])
}

#[actix_web::test]
async fn internal_items_are_numbered_by_themselves() {
    let items = [("a", json!({})), ("b", json!({})), ("c", json!({"visibility": "internal"}))];
    let app = trial(&items).await.signed_in().await;
    let add = async |code: &str, members: Value| {
        let made = app
            .post(
                "/api/v1/plan-items",
                merged(json!({"code": code, "plan": "trial", "title": "事项"}), members),
            )
            .await;
        assert_eq!(made.status, 201, "{}", made.text());
    };
    let show = async |visibility: &str| {
        let path = "/api/v1/plan-items/trial.c";
        let body = json!({"visibility": visibility});
        let shown = app.patch(path, body).await;
        assert_eq!(shown.status, 200, "{}", shown.text());
    };
    let places = async |app: &TestApp| -> String {
        let items = app.get("/api/v1/plan-items?plan=trial").await.items();
        let place = |item: &Value| format!("{}{}", &item["code"].as_str().unwrap()[6..], item["ordinal"]);
        items.iter().map(place).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(places(&app).await, "a1 b2 c3");
    add("trial.d", json!({"visibility": "internal", "ordinal": 1})).await;
    add("trial.e", json!({})).await;
    add("trial.f", json!({"visibility": "internal", "parent": "trial.a"})).await;
    assert_eq!(places(&app).await, "d1 a1 f1 b2 c3 e3", "what is internal takes no place of the others");
    show("public").await;
    assert_eq!(places(&app).await, "d1 a1 f1 b2 c3 e4", "once it is public, they make way");
    show("internal").await;
    assert_eq!(places(&app).await, "d1 a1 f1 b2 c3 e4");

    // Before the upgrade all siblings were numbered together.
    app.migrate("2026-11-26-110800_internal_places", "down");
    let app = app.again().await.signed_in().await;
    assert_eq!(places(&app).await, "d1 a2 f1 b3 c4 e5");
    app.migrate("2026-11-26-110800_internal_places", "up");
    let app = app.again().await.signed_in().await;
    assert_eq!(places(&app).await, "d1 a2 f1 b3 c4 e5");
    let place = json!({"code": "trial.g", "plan": "trial", "title": "事项", "ordinal": 3});
    let made = app.post("/api/v1/plan-items", place).await;
    assert_eq!(made.status, 201, "{}", made.text());
    assert_eq!(places(&app).await, "d1 a2 f1 g3 c4 b4 e5", "those who are public make way for it");
}

#[actix_web::test]
async fn an_item_without_areas_lies_where_its_plan_does() {
    let items =
        [("a", json!({})), ("b", json!({"areas": [VILLAGE]})), ("c", json!({"visibility": "internal"}))];
    let app = trial(&items).await.signed_in().await;
    app.key("reader", Some("430681108")).await;
    let foreign = json!({"code": "trial.d", "plan": "trial", "title": "事项", "areas": [NEIGHBOUR]});
    let made = app.post("/api/v1/plan-items", foreign).await;
    assert_eq!((made.status.as_u16(), &made.json()["areas"]), (201, &json!([NEIGHBOUR])));
    report(&app, "plan_item", "trial.a", "2023-03-01", "10");

    let expect = async |app: &TestApp, within: &str, items: &[&str], scored: &str| {
        let items: Vec<String> = items.iter().map(|item| format!("trial.{item}")).collect();
        assert_eq!(found(app, within).await, (items, vec![scored.to_owned()]), "within {within}");
    };
    // Of those of the village and the neighbour the scoreboard counts each where it lies, and not below.
    let stands = async |app: &TestApp| {
        expect(app, TOWN, &["a", "b", "c", "d"], "3").await;
        expect(app, VILLAGE, &["b"], "1").await;
        expect(app, NEIGHBOUR, &["d"], "1").await;
        let latest = app.get(&format!("/api/v1/areas/{TOWN}/overview")).await.json()["latest"].clone();
        assert_eq!(latest[0]["plan_item"], "trial.a");
        assert_eq!(app.get("/api/v1/plan-items/trial.a").await.json()["areas"], json!([]), "it has none");
    };
    stands(&app).await;

    // An upgrade finds out where all of them lie.
    for step in ["down", "up"] {
        app.migrate("2026-11-26-110400_plan_item_areas", step);
    }
    let app = app.again().await.signed_in().await;
    stands(&app).await;

    // With its plan it goes elsewhere; what has areas of its own stays there too.
    assert_eq!(app.patch("/api/v1/plans/trial", json!({"area": NEIGHBOUR})).await.status, 200);
    expect(&app, TOWN, &["b"], "0").await;
    expect(&app, VILLAGE, &["b"], "1").await;
    expect(&app, NEIGHBOUR, &["a", "b", "c", "d"], "4").await;
}
