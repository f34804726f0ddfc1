//! `GET /projects/summary`: counted by hand.

use actix_web::http::Method;
use chrono::Days;
use serde_json::{Value, json};
use taizhang::db::ledger::now;
use taizhang::domain::at::At;

use crate::builders::projects::project;
use crate::harness::TestApp;
use crate::harness::lists::each;

const PATH: &str = "/api/v1/projects/summary";

async fn add(app: &TestApp, code: &str, more: Value) {
    app.project(project(&format!("zz-{code}"), "430681107223", more)).await;
}

/// Six projects of several kinds and places; one lies in two villages, and one in the township as a whole.
async fn township() -> TestApp {
    let app = TestApp::seeded().await;
    let day = |days: i64| {
        let today = At::today(now()).day;
        if days < 0 { today - Days::new(days.unsigned_abs()) } else { today + Days::new(days.unsigned_abs()) }
            .to_string()
    };
    let budget = |text: &str| json!({"quantity": {"text": text, "unit": "CNY_10K"}});
    for (code, more) in [
        // Five of ten days have passed with today, and a tenth is done: behind.
        (
            "a",
            json!({"stage": "under_construction", "starts_on": day(-4), "finishes_on": day(5), "progress": 10,
                "areas": ["430681107223", "430681107224"], "budget": budget("100.5万元")}),
        ),
        // A third has passed, and a third is done but for a fraction.
        (
            "b",
            json!({"stage": "under_construction", "starts_on": day(-9), "finishes_on": day(20), "progress": 34,
                "areas": ["430681107"], "budget": {"quantity": {"value": 15000, "unit": "CNY"}}}),
        ),
        ("c", json!({"finishes_on": "2020", "kind": "service", "budget": budget("90万余元")})),
        ("d", json!({"stage": "completed", "starts_on": "2020", "finishes_on": "2020"})),
        ("e", json!({"stage": "in_use", "kind": "service", "areas": ["430681107224"]})),
        (
            "f",
            json!({"stage": "cancelled", "finishes_on": "2020", "budget": {"quantity": {"value": 0.5, "unit": "CNY_100M"}}}),
        ),
    ] {
        add(&app, code, more).await;
    }
    app
}

fn lights([green, yellow, red, blue, grey]: [i64; 5]) -> Value {
    json!({"green": green, "yellow": yellow, "red": red, "blue": blue, "grey": grey})
}

#[actix_web::test]
async fn projects_are_counted_once_in_all_and_once_in_each_row() {
    let app = township().await;
    let told = app.get(&format!("{PATH}?q=zz-&within=430681107")).await.json();
    let meta = &told["meta"];
    assert_eq!(
        (&meta["count"], &meta["without_budget"], &meta["overdue"]),
        (&json!(6), &json!(2), &json!(1))
    );
    assert_eq!((&meta["rule"], &meta["within"]), (&json!(1), &json!("430681107000")));
    assert_eq!(meta["today"], At::today(now()).day.to_string());
    // 100.5 + 1.5 + (90, 91) + 5000
    assert_eq!(
        meta["budget"],
        json!({"unit": "CNY_10K", "value": 5192, "comparator": ">", "lower": 5192, "upper": 5193,
            "lower_inclusive": false, "upper_inclusive": false, "warnings": []})
    );
    // Of 50 and 33.33 percent of the time 10 and 34 percent are done.
    assert_eq!(meta["pace"], json!({"timed": 2, "behind": 1, "elapsed": 41.67, "progress": 22}));
    let rows = |table: &str| told[table].as_array().unwrap().clone();
    let counts = |table: &str, name: &str| {
        let rows = rows(table);
        each(&rows, name).into_iter().zip(each(&rows, "count")).collect::<Vec<_>>()
    };
    let expect = |pairs: &[(&str, &str)]| {
        pairs.iter().map(|(name, count)| ((*name).to_owned(), (*count).to_owned())).collect::<Vec<_>>()
    };
    assert_eq!(
        counts("by_stage", "stage"),
        expect(&[
            ("idea", "1"),
            ("under_construction", "2"),
            ("completed", "1"),
            ("in_use", "1"),
            ("cancelled", "1")
        ])
    );
    assert_eq!(
        counts("by_status", "status"),
        expect(&[
            ("identification", "1"),
            ("implementation", "2"),
            ("completion", "1"),
            ("maintenance", "1"),
            ("cancelled", "1")
        ])
    );
    assert_eq!(counts("by_kind", "kind"), expect(&[("construction", "4"), ("service", "2")]));
    assert_eq!(
        counts("by_area", "area"),
        expect(&[("430681107000", "1"), ("430681107223", "4"), ("430681107224", "2")])
    );
    assert_eq!(each(&rows("by_area"), "name"), ["弼时镇", "序贤村", "清溪村"]);
    let service = &rows("by_kind")[1];
    assert_eq!(service["lights"], lights([0, 0, 1, 1, 0]));
    assert_eq!(service["pace"], json!({"timed": 0, "behind": 0, "elapsed": null, "progress": null}));
    assert_eq!((&service["budget"]["upper"], &service["without_budget"]), (&json!(91), &json!(1)));
    assert_eq!(rows("by_stage")[2]["budget"], Value::Null);
    // 100.5 of the one project in both villages stands in both rows.
    assert_eq!(rows("by_area")[2]["budget"]["value"], 100.5);
    assert_eq!(rows("by_area")[1]["budget"]["value"], 5190.5);
}

#[actix_web::test]
async fn a_summary_counts_what_the_list_with_the_same_filter_lists() {
    let app = township().await;
    for filter in [
        "",
        "kind=service",
        "stage=idea,completed",
        "status=implementation",
        "within=430681107224",
        "area=430681107223,430681107224",
        "q=%E6%A1%A5",
        "light=red,blue",
        "light=green",
        "overdue=true",
        "overdue=false",
        "budget_ge=90&budget_le=101",
        "due_before=2021-01-01",
        "q=nothing-has-this-name",
    ] {
        let told = app.get(&format!("{PATH}?{filter}")).await.json();
        let listed = app.get(&format!("/api/v1/projects?limit=1000&{filter}")).await.items();
        assert_eq!(told["meta"]["count"], listed.len(), "{filter}");
        for table in ["by_stage", "by_status", "by_kind"] {
            let counts = told[table].as_array().unwrap().iter().map(|row| row["count"].as_i64().unwrap());
            assert_eq!(counts.sum::<i64>(), listed.len() as i64, "{filter} {table}");
        }
        for color in ["green", "yellow", "red", "blue", "grey"] {
            let lit = listed.iter().filter(|project| project["light"]["color"] == color).count();
            assert_eq!(told["meta"]["lights"][color], lit, "{filter} {color}");
        }
        for row in told["by_area"].as_array().unwrap() {
            let area = row["area"].as_str().unwrap();
            let named =
                |project: &&Value| project["areas"].as_array().unwrap().iter().any(|code| code == area);
            assert_eq!(row["count"], listed.iter().filter(named).count(), "{filter} {area}");
        }
    }
    let none = app.get(&format!("{PATH}?q=nothing-has-this-name")).await.json();
    assert_eq!(
        (&none["meta"]["budget"], &none["by_stage"], &none["by_area"]),
        (&Value::Null, &json!([]), &json!([]))
    );
}

#[actix_web::test]
async fn areas_are_told_one_level_below_the_one_asked_for() {
    let app = township().await;
    app.key("reader", Some("430681108")).await; // a township beside ours
    add(&app, "g", json!({"areas": ["430681108", "430681107224"]})).await;
    add(&app, "h", json!({"areas": ["430681", "430681107224", "430681107223"]})).await;
    let areas = async |query: &str| {
        let told = app.get(&format!("{PATH}?q=zz-&{query}")).await.json();
        let rows = told["by_area"].as_array().unwrap().clone();
        each(&rows, "area")
            .into_iter()
            .zip(each(&rows, "count"))
            .map(|(a, n)| format!("{a} {n}"))
            .collect::<Vec<_>>()
    };
    assert_eq!(areas("within=430681").await, ["430681000000 1", "430681107000 8", "430681108000 1"]);
    assert_eq!(areas("within=430681107224").await, ["430681107224 4"]);
    assert_eq!(areas("area=430681107224").await, ["430681107224 4"]);
    assert_eq!(
        areas("within=430681&area=430681107224,430681108").await,
        ["430681107000 4", "430681108000 1"]
    );
    assert_eq!(
        areas("stage=idea").await,
        ["430681000000 1", "430681107223 2", "430681107224 2", "430681108000 1"]
    );
}

#[actix_web::test]
async fn more_projects_than_are_read_at_a_time_are_all_counted() {
    let app = TestApp::seeded().await;
    for number in 0..1001 {
        add(
            &app,
            &format!("{number:04}"),
            json!({"budget": {"quantity": {"value": 0.1, "unit": "CNY_10K"}}}),
        )
        .await;
    }
    let told = app.get(&format!("{PATH}?q=zz-")).await.json();
    assert_eq!((&told["meta"]["count"], &told["meta"]["budget"]["value"]), (&json!(1001), &json!(100.1)));
    let lit = app.get(&format!("{PATH}?q=zz-&light=grey")).await.json();
    assert_eq!(lit["meta"]["count"], 1001);
}

#[actix_web::test]
async fn only_what_the_reader_sees_is_counted() {
    let app = township().await;
    let path = format!("{PATH}?within=430681107");
    let before = app.get(&path).await.json();
    add(&app, "s", json!({"visibility": "internal", "areas": ["430681107224"], "stage": "design", "finishes_on": "2020"}))
        .await;
    let [far, near] =
        [app.key("reader", Some("430681107223")).await, app.key("reader", Some("430681107224")).await];
    assert_eq!(app.get(&path).await.json(), before);
    assert_eq!(app.get(&path).by(&far).await.json(), before);
    let seen = app.get(&path).by(&near).await.json();
    assert_eq!(seen["meta"]["count"].as_i64(), before["meta"]["count"].as_i64().map(|count| count + 1));
    assert!(each(seen["by_stage"].as_array().unwrap(), "stage").contains(&"design".to_owned()));
}

#[actix_web::test]
async fn sums_too_large_to_tell_are_refused_and_so_is_what_is_unknown() {
    let app = TestApp::seeded().await;
    for code in ["x", "y"] {
        add(&app, code, json!({"budget": {"quantity": {"value": 600000000000_i64, "unit": "CNY_10K"}}}))
            .await;
    }
    let problem = app.get(PATH).await.problem(422, "overflow");
    assert_eq!(problem["errors"][0]["code"], "overflow");
    assert_eq!(app.get(&format!("{PATH}?q=zz-x")).await.json()["meta"]["budget"]["value"], 600000000000_i64);
    for (query, status, slug) in [
        ("limit=1", 400, "unknown_parameter"),
        ("at=2023-01-01", 400, "unknown_parameter"),
        ("kind=road", 400, "invalid_parameter"),
        ("light=pink", 400, "invalid_parameter"),
        ("area=44", 422, "invalid_value"),
        ("budget_unit=DOU", 422, "invalid_value"),
        ("budget_unit=MU", 422, "unit_incompatible"),
    ] {
        app.get(&format!("{PATH}?{query}")).await.problem(status, slug);
    }
    app.get(PATH).header("accept", "text/csv").await.problem(406, "not_acceptable");
    app.request(Method::DELETE, PATH).await.problem(405, "method_not_allowed");
}
