//! `GET /plans/{code}/scoreboard`: counted by hand.

use serde_json::{Value, json};

use crate::builders::merged;
use crate::builders::plans::trial;
use crate::builders::progress::report;
use crate::harness::TestApp;
use crate::harness::lists::each;

const PATH: &str = "/api/v1/plans/trial/scoreboard";

/// A plan of two sections, with a heading in the first, and six items without any below them.
async fn township() -> TestApp {
    let app = trial(&[("a", json!({"title": "甲", "weight": 3})), ("b", json!({"title": "乙"}))]).await;
    for (code, parent, ordinal, more) in [
        // 甲: (2·(100 + 0)/2 + 1·30) / 3 = 130/3
        ("a1", "a", 1, json!({"weight": 2})),
        ("a11", "a1", 1, json!({"state": "closed", "lead_unit": "甲办", "areas": ["430681107223"]})),
        (
            "a12",
            "a1",
            2,
            json!({"due_on": "2023-05", "lead_unit": "甲办", "areas": ["430681107223", "430681107230"]}),
        ),
        ("a2", "a", 2, json!({"progress": 10, "weight": 1, "lead_unit": "乙办", "due_on": "2023-06-29"})),
        // 乙: (50 + 0 + 100) / 3 = 50
        ("b1", "b", 1, json!({"progress": 50, "start_on": "2023-01-01", "due_on": "2023-12-31"})),
        ("b2", "b", 2, json!({"state": "suspended", "lead_unit": "乙办"})),
        ("b3", "b", 3, json!({"progress": 100, "due_on": "2023-01"})),
    ] {
        let item = merged(
            json!({
                "code": format!("trial.{code}"), "plan": "trial", "parent": format!("trial.{parent}"),
                "ordinal": ordinal, "title": code,
            }),
            more,
        );
        app.plan_item(item).await;
    }
    report(&app, "plan_item", "trial.a2", "2023-06-01", "30");
    report(&app, "plan_item", "trial.a2", "2023-07-01", "90");
    app
}

fn lights([green, yellow, red, blue, grey]: [i64; 5]) -> Value {
    json!({"green": green, "yellow": yellow, "red": red, "blue": blue, "grey": grey})
}

#[actix_web::test]
async fn a_plan_is_counted_by_section_unit_and_area() {
    let app = township().await;
    let answer = app.get(&format!("{PATH}?at=2023-06-30")).await;
    let mut board = answer.json();
    let overdue = board.as_object_mut().unwrap().remove("overdue").unwrap();
    assert_eq!(
        board,
        json!({
            "plan": "trial", "at": "2023-06-30", "rule": 1,
            // (3·130/3 + 1·50) / 4
            "items": 6, "completion": 45, "lights": lights([1, 0, 2, 1, 2]),
            "by_section": [
                {"code": "trial.a", "title": "甲", "items": 3, "completion": 43.33, "lights": lights([0, 0, 2, 1, 0])},
                {"code": "trial.b", "title": "乙", "items": 3, "completion": 50, "lights": lights([1, 0, 0, 0, 2])},
            ],
            "by_unit": [
                {"lead_unit": "乙办", "items": 2, "completion": 15, "lights": lights([0, 0, 1, 0, 1])},
                {"lead_unit": "甲办", "items": 2, "completion": 50, "lights": lights([0, 0, 1, 1, 0])},
                {"lead_unit": null, "items": 2, "completion": 75, "lights": lights([1, 0, 0, 0, 1])},
            ],
            "by_area": [
                {"area": "430681107000", "name": "弼时镇", "items": 4, "completion": 45, "lights": lights([1, 0, 1, 0, 2])},
                {"area": "430681107223", "name": "序贤村", "items": 2, "completion": 50, "lights": lights([0, 0, 1, 1, 0])},
                {"area": "430681107230", "name": "白鹤洞村", "items": 1, "completion": 0, "lights": lights([0, 0, 1, 0, 0])},
            ],
            "overdue_count": 2,
        })
    );
    // The tree of the plan rolls up likewise, heading by heading.
    let tree = app.get("/api/v1/plans/trial?at=2023-06-30").await.json()["children"].clone();
    assert_eq!(each(tree.as_array().unwrap(), "completion"), ["43.33", "50"]);
    assert_eq!(each(tree[0]["children"].as_array().unwrap(), "completion"), ["50", "30"]);
    let overdue = overdue.as_array().unwrap();
    assert_eq!(each(overdue, "code"), ["trial.a12", "trial.a2"]);
    assert_eq!(each(overdue, "days_overdue"), ["30", "1"]);
    assert_eq!(each(overdue, "due_on"), ["2023-05", "2023-06-29"]);
    assert_eq!(each(overdue, "lead_unit"), ["甲办", "乙办"]);
    let item = app.get("/api/v1/plan-items/trial.a12?at=2023-06-30").await.json();
    assert_eq!((&overdue[0]["light"], &overdue[0]["title"]), (&item["light"], &item["title"]));
    // A day later there is another report.
    let later = app.get(&format!("{PATH}?at=2023-07-01")).await.json();
    assert_eq!(later["by_section"][0]["completion"], 63.33);
    assert_eq!(later["completion"], 60);
}

#[actix_web::test]
async fn weights_of_nothing_say_nothing() {
    let app = trial(&[("a", json!({"weight": 0, "progress": 40}))]).await;
    let board = app.get(PATH).await.json();
    assert_eq!((&board["items"], &board["completion"]), (&json!(1), &Value::Null));
    assert_eq!(board["by_section"][0]["completion"], 40); // the section by itself
    assert_eq!(board["by_unit"][0]["completion"], Value::Null);
    let app = trial(&[]).await;
    let board = app.get(PATH).await.json();
    assert_eq!(
        (&board["items"], &board["completion"], &board["overdue_count"]),
        (&json!(0), &Value::Null, &json!(0))
    );
    for table in ["by_section", "by_unit", "by_area", "overdue"] {
        assert_eq!(board[table], json!([]), "{table}");
    }
}

#[actix_web::test]
async fn the_seeds_plan_is_due_with_its_year() {
    let app = TestApp::seeded().await;
    let path = "/api/v1/plans/bishi-2023/scoreboard";
    let half = app.get(&format!("{path}?at=2023-06-30")).await.json();
    assert_eq!((&half["items"], &half["completion"]), (&json!(124), &json!(0)));
    assert_eq!((&half["lights"], &half["overdue"]), (&lights([0, 0, 0, 0, 124]), &json!([])));
    let over = app.get(&format!("{path}?at=2024-01-01")).await.json();
    assert_eq!((&over["lights"], &over["overdue_count"]), (&lights([0, 0, 124, 0, 0]), &json!(124)));
    let overdue = over["overdue"].as_array().unwrap();
    assert_eq!((overdue.len(), &overdue[0]["days_overdue"]), (50, &json!(1)));
    assert!(each(overdue, "code").is_sorted(), "in the order of the tree");
    let sections = over["by_section"].as_array().unwrap();
    let items: i64 = sections.iter().map(|section| section["items"].as_i64().unwrap()).sum();
    assert_eq!((sections.len(), items), (5, 124));
    assert_eq!(over["by_unit"].as_array().unwrap().len(), 1);
    // Today, long after.
    assert_eq!(app.get(path).await.json()["lights"], over["lights"]);
}

#[actix_web::test]
async fn only_what_the_reader_sees_is_counted() {
    let app = township().await;
    let hidden = json!({
        "plan": "trial", "visibility": "internal", "due_on": "2022", "lead_unit": "密件办", "title": "密件",
        "areas": ["430681107231"],
    });
    for (code, parent, ordinal) in [("trial.s", None, 7), ("trial.b1s", Some("trial.b1"), 1)] {
        let mut item = hidden.clone();
        item["code"] = code.into();
        item["parent"] = parent.into();
        item["ordinal"] = ordinal.into();
        app.plan_item(item).await;
    }
    let path = format!("{PATH}?at=2023-06-30");
    let before = township().await.get(&path).await.json();
    let far = app.key("reader", Some("430681107223")).await;
    assert_eq!(app.get(&path).await.json(), before);
    assert_eq!(app.get(&path).by(&far).await.json(), before);
    let near = app.key("reader", Some("430681107231")).await;
    let seen = app.get(&path).by(&near).await.json();
    // What has an item below it is a heading now.
    assert_eq!((&seen["items"], &seen["overdue_count"]), (&json!(7), &json!(4)));
    assert_eq!(seen["by_unit"][1]["lead_unit"], "密件办");
    assert_eq!(each(seen["overdue"].as_array().unwrap(), "code")[..2], ["trial.b1s", "trial.s"]);
}

#[actix_web::test]
async fn a_wrong_plan_or_parameter_is_refused() {
    let app = TestApp::seeded().await;
    app.get("/api/v1/plans/no-such/scoreboard").await.problem(404, "not_found");
    app.get("/api/v1/plans/A/scoreboard").await.problem(400, "invalid_parameter");
    let problem =
        app.get("/api/v1/plans/bishi-2023/scoreboard?limit=1").await.problem(400, "unknown_parameter");
    assert_eq!(problem["errors"][0]["parameter"], "limit");
    // Before it is found out whether there is such a plan.
    app.get("/api/v1/plans/no-such/scoreboard?at=x").await.problem(400, "invalid_parameter");
}
