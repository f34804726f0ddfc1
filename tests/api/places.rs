//! Where plan items lie: in their areas, and in that of their plan where they have none or one is outside. All that
//! asks finds the same.

use actix_web::http::Method;
use diesel::connection::SimpleConnection;
use serde_json::{Value, json};
use taizhang::db::Conn;
use taizhang::db::dialect::{self, Location, Purpose};

use crate::harness::TestApp;
use crate::lights::{report, trial};

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
async fn an_item_without_areas_lies_where_its_plan_does() {
    let items =
        [("a", json!({})), ("b", json!({"areas": [VILLAGE]})), ("c", json!({"visibility": "internal"}))];
    let app = trial(&items).await.signed_in().await;
    app.key("reader", Some("430681108")).await;
    let foreign = json!({"code": "trial.d", "plan": "trial", "title": "事项", "areas": [NEIGHBOUR]});
    let made = app.request(Method::POST, "/api/v1/plan-items").json(foreign).send().await;
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
    let location = || Location::parse(&app.url).unwrap();
    let files = match location() {
        Location::Sqlite(_) => [
            include_str!("../../migrations/sqlite/2026-11-26-110400_plan_item_areas/down.sql"),
            include_str!("../../migrations/sqlite/2026-11-26-110400_plan_item_areas/up.sql"),
        ],
        Location::Postgres(_) => [
            include_str!("../../migrations/postgres/2026-11-26-110400_plan_item_areas/down.sql"),
            include_str!("../../migrations/postgres/2026-11-26-110400_plan_item_areas/up.sql"),
        ],
    };
    for file in files {
        match &mut dialect::open(&location(), Purpose::Write).unwrap() {
            Conn::Sqlite(conn) => conn.batch_execute(file).unwrap(),
            Conn::Postgres(conn) => conn.batch_execute(file).unwrap(),
        }
    }
    let app = app.again().await.signed_in().await;
    stands(&app).await;

    // With its plan it goes elsewhere; what has areas of its own stays there too.
    let moved = app.request(Method::PATCH, "/api/v1/plans/trial").if_match("*");
    assert_eq!(moved.json(json!({"area": NEIGHBOUR})).send().await.status, 200);
    expect(&app, TOWN, &["b"], "0").await;
    expect(&app, VILLAGE, &["b"], "1").await;
    expect(&app, NEIGHBOUR, &["a", "b", "c", "d"], "4").await;
}
