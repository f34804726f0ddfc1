//! The money of projects: sources that add up or say why not, and lists by budget and by what is overdue.

use serde_json::{Value, json};

use crate::builders::projects::project;
use crate::harness::TestApp;

const LIST: &str = "/api/v1/projects";
const VILLAGE: &str = "430681107223";

/// Money as somebody states it: in 万元, or with a unit of its own.
fn money(stated: &str) -> Value {
    let (text, unit) = stated.split_once(' ').unwrap_or((stated, "CNY_10K"));
    match text.parse::<f64>() {
        Ok(_) => json!({"value": serde_json::from_str::<Value>(text).unwrap(), "unit": unit}),
        Err(_) => json!({"text": text, "unit": unit}),
    }
}

fn funded(budget: &str, sources: &[&str]) -> Value {
    let sources: Vec<Value> =
        sources.iter().map(|source| json!({"source": "县级", "quantity": money(source)})).collect();
    json!({"budget": {"quantity": money(budget)}, "funding": sources})
}

#[actix_web::test]
async fn sources_add_up_to_the_budget_as_far_as_their_qualifiers_let_them() {
    let (app, editor) = TestApp::seeded_for("editor", None).await;
    for (number, (budget, sources, told)) in (0..).zip([
        ("200", vec!["150", "50"], None),
        ("200", vec!["150.5", "49.5"], None),
        ("0.3", vec!["0.1", "0.2"], None),
        ("200", vec!["0.015 CNY_100M", "500000 CNY"], None),
        ("200", vec!["90万余元", "109.5"], None),
        ("200万元以上", vec!["300"], None),
        ("约200万元", vec!["1"], None), // about says nothing of how far
        ("200", vec!["约1万元", "1"], None),
        ("200", vec![], None),
        ("200", vec!["150"], Some(("150", "200"))),
        ("200", vec!["150", "50.000001"], Some(("200.000001", "200"))),
        ("200", vec!["90万余元", "109"], Some(("(199, 200)", "200"))),
        ("200万元以上", vec!["199.999999"], Some(("199.999999", "[200, ∞)"))),
        ("不超过200万元", vec!["150", "60"], Some(("210", "(-∞, 200]"))),
        ("200", vec!["0"], Some(("0", "200"))),
        ("0.02 CNY_100M", vec!["150"], Some(("0.015", "0.02"))),
    ]) {
        let body = project(&format!("m{number}"), VILLAGE, funded(budget, &sources));
        let made = app.post(LIST, body.clone()).by(&editor).await;
        let Some((sum, budget)) = told else {
            assert_eq!(made.status, 201, "{body}: {}", made.text());
            continue;
        };
        let problem = made.problem(422, "invalid_value");
        let error = &problem["errors"][0];
        assert_eq!((&error["pointer"], &error["code"]), (&json!("/funding"), &json!("funding_sum")));
        let message = error["message"].as_str().unwrap();
        assert!(
            message.contains(&format!(" {sum} ")) && message.contains(&format!(" {budget} ")),
            "{message}"
        );
        // Said why, it is taken.
        let mut noted = body;
        noted["funding_note"] = "其余尚未落实".into();
        let made = app.post(LIST, noted).by(&editor).await;
        assert_eq!((made.status.as_u16(), &made.json()["funding_note"]), (201, &json!("其余尚未落实")));
    }
}

#[actix_web::test]
async fn a_change_is_held_to_the_sum_too() {
    let (app, editor) = TestApp::seeded_for("editor", None).await;
    app.project(project("trial", VILLAGE, funded("200", &["200"]))).await;
    let path = format!("{LIST}/trial");
    let patch = async |changes: Value| app.patch(&path, changes).by(&editor).await;
    assert_eq!(app.get(&path).await.json()["funding_note"], Value::Null);
    let head = app.db.head().await.unwrap();
    let problem = patch(json!({"budget": {"quantity": {"value": 210}}})).await.problem(422, "invalid_value");
    assert_eq!(problem["errors"][0]["code"], "funding_sum");
    for (note, code) in [(json!(" "), "empty"), (json!("注".repeat(501)), "too_long")] {
        let problem = patch(json!({"funding_note": note})).await.problem(422, "invalid_value");
        let error = &problem["errors"][0];
        assert_eq!((&error["pointer"], &error["code"]), (&json!("/funding_note"), &json!(code)));
    }
    patch(json!({"funding_note": 1})).await.problem(400, "malformed_request");
    assert_eq!(app.db.head().await.unwrap(), head, "nothing was done");
    let both = json!({"budget": {"quantity": {"value": 210}}, "funding_note": "注".repeat(500)});
    let told = patch(both).await;
    assert_eq!(told.status, 200, "{}", told.text());
    assert_eq!(app.get(&path).await.json(), told.json());
    // The reason stays needed while the gap stays.
    patch(json!({"funding_note": null})).await.problem(422, "invalid_value");
    let closed = patch(json!({"budget": null, "funding_note": null})).await.json();
    assert_eq!((&closed["budget"], &closed["funding_note"]), (&Value::Null, &Value::Null));
    let csv = app.get("/api/v1/projects?q=trial&format=csv").await.text();
    assert!(csv.lines().next().unwrap().contains(",funding,funding_note,quantities,"), "{csv}");
}

#[actix_web::test]
async fn budgets_and_sources_are_money() {
    let (app, editor) = TestApp::seeded_for("editor", None).await;
    let funding = |unit: &str| {
        json!([{"source": "a", "quantity": {"value": 1, "unit": "CNY"}},
        {"source": "b", "quantity": {"value": 1, "unit": unit}}])
    };
    for (more, pointer) in [
        (json!({"budget": {"quantity": {"value": 1, "unit": "MU"}}}), "/budget/quantity/unit"),
        (json!({"budget": {"quantity": {"value": 1, "unit": "CNY_10K_PER_YEAR"}}}), "/budget/quantity/unit"),
        (json!({"funding": funding("MU")}), "/funding/1/quantity/unit"),
        (json!({"funding": funding("MU"), "funding_note": "无"}), "/funding/1/quantity/unit"),
    ] {
        let made = app.post(LIST, project("trial", VILLAGE, more)).by(&editor).await;
        let problem = made.problem(422, "unit_incompatible");
        assert_eq!(problem["errors"][0]["pointer"], pointer);
    }
}

async fn codes(app: &TestApp, query: &str) -> Vec<String> {
    app.chosen(&format!("{LIST}?q=zz-&{query}"), "code").await
}

#[actix_web::test]
async fn projects_are_chosen_by_their_budget_in_any_unit_of_money() {
    let app = TestApp::seeded().await;
    for (code, budget) in [
        ("zz-1", "200"),
        ("zz-2", "2000000 CNY"),
        ("zz-3", "1999999.999999 CNY"),
        ("zz-4", "0.02000001 CNY_100M"),
        ("zz-5", "约200万元"),
        ("zz-6", "150万元以上"),
    ] {
        let budget = if code == "zz-4" { "2000001 CNY" } else { budget };
        app.project(project(code, VILLAGE, json!({"budget": {"quantity": money(budget)}}))).await;
    }
    let sources = json!({"funding": [{"source": "a", "quantity": {"value": 200, "unit": "CNY_10K"}}],
        "quantities": [{"name": "b", "quantity": {"value": 200, "unit": "CNY_10K"}}]});
    app.project(project("zz-7", VILLAGE, sources)).await;
    for (query, expected) in [
        ("budget_ge=200", &["zz-1", "zz-2", "zz-4", "zz-5"] as &[&str]),
        ("budget_le=200", &["zz-1", "zz-2", "zz-3", "zz-5", "zz-6"]),
        ("budget_ge=200&budget_le=200", &["zz-1", "zz-2", "zz-5"]),
        ("budget_ge=2000001&budget_unit=CNY", &["zz-4"]),
        ("budget_ge=0.02&budget_unit=CNY_100M&budget_le=0.02", &["zz-1", "zz-2", "zz-5"]),
        ("budget_ge=200.000001", &["zz-4"]),
        ("budget_le=999999999999&budget_unit=CNY_100M", &["zz-1", "zz-2", "zz-3", "zz-4", "zz-5", "zz-6"]),
        ("budget_ge=201&budget_le=200", &[]),
        ("budget_ge=200&stage=idea&light=grey", &["zz-1", "zz-2", "zz-4", "zz-5"]),
        ("budget_ge=200&stage=completed", &[]),
    ] {
        assert_eq!(codes(&app, query).await, expected, "{query}");
    }
    for (query, status, parameter, code) in [
        ("budget_ge=x", 400, "budget_ge", "number_malformed"),
        ("budget_le=1e99", 400, "budget_le", "too_large"),
        ("budget_ge=1&budget_ge=2", 400, "budget_ge", "repeated_parameter"),
        ("budget_ge=1&budget_unit=DOU", 422, "budget_unit", "unknown_reference"),
        ("budget_ge=1&budget_unit=MU", 422, "budget_unit", "unit_incompatible"),
    ] {
        let answer = app.get(&format!("{LIST}?{query}")).await;
        assert_eq!(answer.status, status, "{query}: {}", answer.text());
        let error = answer.json()["errors"][0].clone();
        assert_eq!((&error["parameter"], &error["code"]), (&json!(parameter), &json!(code)), "{query}");
    }
}

#[actix_web::test]
async fn a_project_is_overdue_when_all_of_its_planned_finish_has_passed() {
    use chrono::{Datelike, Days};
    let app = TestApp::seeded().await;
    let today = taizhang::domain::at::At::today(taizhang::db::ledger::now()).day;
    let day = |days: i64| match days {
        ..0 => today - Days::new(days.unsigned_abs()),
        _ => today + Days::new(days.unsigned_abs()),
    };
    for (code, finish, stage) in [
        ("zz-1", day(-1).to_string(), "idea"),
        ("zz-2", day(0).to_string(), "idea"),
        ("zz-3", day(1).to_string(), "idea"),
        ("zz-4", today.format("%Y-%m").to_string(), "idea"),
        ("zz-5", today.year().to_string(), "under_construction"),
        ("zz-6", (today.year() - 1).to_string(), "under_construction"),
        ("zz-7", "2020-02".to_owned(), "procurement"),
        ("zz-8", "2020".to_owned(), "completed"),
        ("zz-9", "2020".to_owned(), "in_use"),
        ("zz-a", "2020".to_owned(), "cancelled"),
    ] {
        app.project(project(code, VILLAGE, json!({"finishes_on": finish, "stage": stage}))).await;
    }
    app.project(project("zz-b", VILLAGE, json!({}))).await;
    app.project(project("zz-c", VILLAGE, json!({"finishes_on": "2020", "suspended": true}))).await;
    let overdue = codes(&app, "overdue=true").await;
    assert_eq!(overdue, ["zz-1", "zz-6", "zz-7", "zz-c"]);
    let others = codes(&app, "overdue=false").await;
    let mut all = [overdue, others.clone()].concat();
    all.sort();
    assert_eq!(
        all,
        codes(&app, "stage=idea,under_construction,procurement,completed,in_use,cancelled").await
    );
    assert!(others.contains(&"zz-b".to_owned()), "without a planned finish");
    let problem = app.get(&format!("{LIST}?overdue=1")).await.problem(400, "invalid_parameter");
    assert_eq!(problem["errors"][0]["parameter"], "overdue");
}
