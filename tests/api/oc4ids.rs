//! `GET /projects/oc4ids.json`: a package that the standard takes, and that says what the ledger says.

use std::collections::BTreeSet;

use actix_web::http::Method;
use jsonschema::Validator;
use serde_json::{Value, json};
use taizhang::api::Settings;
use taizhang::exchange::oc4ids::Publisher;

use crate::builders::projects::project;
use crate::harness::lists::each;
use crate::harness::{Answer, TestApp};

const PATH: &str = "/api/v1/projects/oc4ids.json";

async fn add(app: &TestApp, code: &str, more: Value) {
    app.project(project(code, "430681107223", more)).await;
}

fn standard() -> Validator {
    let schema: Value = serde_json::from_str(include_str!("../data/oc4ids/package.json")).unwrap();
    jsonschema::options().should_validate_formats(true).build(&schema).unwrap()
}

/// The projects of a package, after it was held to the standard.
fn projects(answer: &Answer) -> Vec<Value> {
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.header("content-type"), "application/json");
    let package = answer.json();
    let faults: Vec<String> =
        standard().iter_errors(&package).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(faults.is_empty(), "{faults:#?}");
    let projects = package["projects"].as_array().unwrap().clone();
    for ids in [each(&projects, "id")].into_iter().chain(projects.iter().flat_map(lists_of_ids)) {
        let distinct: BTreeSet<&String> = ids.iter().collect();
        assert_eq!(distinct.len(), ids.len(), "{ids:?} are not unique");
    }
    projects
}

/// The ids in each list of a project; they are unique in their list.
fn lists_of_ids(project: &Value) -> Vec<Vec<String>> {
    ["locations", "parties", "milestones", "metrics", "forecasts"]
        .into_iter()
        .filter_map(|list| Some(each(project[list].as_array()?, "id")))
        .collect()
}

#[actix_web::test]
async fn the_test_of_the_standard_refuses_what_is_none() {
    let good = json!({
        "uri": "https://example.org/a", "version": "0.9", "publisher": {"name": "镇"},
        "publishedDate": "2023-01-01T00:00:00Z", "projects": [{"id": "oc4ids-a1b2c3-1", "status": "completion"}],
    });
    assert!(standard().is_valid(&good));
    for (pointer, wrong) in [
        ("/uri", json!("no address")),
        ("/version", json!("0.9.1")),
        ("/publishedDate", json!("2023-01-01")),
        ("/publisher", json!({})),
        ("/projects/0/status", json!("in_use")),
        ("/projects/0/status", json!("completed")),
        ("/projects/0/id", json!("")),
        ("/projects/0/id", json!("oc4ids-local-1")),
        ("/projects/0", json!({})),
        (
            "/projects/0",
            json!({"id": "oc4ids-a1b2c3-1", "budget": {"amount": {"amount": "1", "currency": "CNY"}}}),
        ),
        (
            "/projects/0",
            json!({"id": "oc4ids-a1b2c3-1", "budget": {"amount": {"amount": 1, "currency": "CNY_10K"}}}),
        ),
        ("/projects/0", json!({"id": "oc4ids-a1b2c3-1", "budget": {"budgetBreakdown": [{"id": "1"}]}})),
        ("/projects/0", json!({"id": "oc4ids-a1b2c3-1", "parties": []})),
        ("/projects/0", json!({"id": "oc4ids-a1b2c3-1", "period": {"startDate": "2022-11"}})),
        ("/projects/0", json!({"id": "oc4ids-a1b2c3-1", "finished_on": "2022"})),
    ] {
        let mut package = good.clone();
        *package.pointer_mut(pointer).unwrap() = wrong.clone();
        assert!(!standard().is_valid(&package), "{pointer} {wrong}");
    }
}

#[actix_web::test]
async fn the_seed_is_a_package_of_the_standard() {
    let app = TestApp::seeded().await;
    let answer = app.get(PATH).await;
    let package = answer.json();
    assert_eq!(package["uri"], format!("http://127.0.0.1:8080{PATH}"));
    assert_eq!(
        (&package["version"], &package["publisher"]),
        (&json!("0.9"), &json!({"name": "taizhang 台账"}))
    );
    assert_eq!(package["license"], Value::Null);
    let told = projects(&answer);
    let listed = app.get("/api/v1/projects?limit=1000").await.items();
    let expected: Vec<String> =
        each(&listed, "code").iter().map(|code| format!("oc4ids-000000-{code}")).collect();
    assert_eq!(each(&told, "id"), expected);
    assert_eq!(each(&told, "title"), each(&listed, "name"));
    assert_eq!(each(&told, "status"), each(&listed, "oc4ids_status"));
    assert!(each(&told, "updated").iter().all(|day| *day == package["publishedDate"]), "one entry");
    let sewers = told.iter().find(|project| project["id"] == "oc4ids-000000-guoxiang-sewers").unwrap();
    assert_eq!(
        sewers["budget"],
        json!({"budgetBreakdowns": [{"id": "sources", "description": "资金来源", "budgetBreakdown": [
            {"id": "1", "description": "争取的项目资金", "amount": {"amount": 2000000, "currency": "CNY"}},
        ]}]})
    );
    assert_eq!(
        sewers["metrics"],
        json!([{"id": "quantity-1", "title": "管道总长", "observations": [
            {"id": "1", "measure": "676", "unit": {"name": "米", "scheme": "UNCEFACT", "id": "MTR"}},
        ]}])
    );
    assert_eq!(
        sewers["locations"],
        json!([{"id": "430681107000", "description": "弼时镇",
            "gazetteer": {"scheme": "CN-NBS", "identifiers": ["430681107000"]}}])
    );
    let bridge = told.iter().find(|project| project["id"] == "oc4ids-000000-tongba-bridge").unwrap();
    assert_eq!(bridge["period"], Value::Null, "no day that nobody said");
    assert!(bridge["description"].as_str().unwrap().ends_with("计划完工：2022。"), "{bridge}");
    let written = &bridge["updated"];
    assert_eq!(
        bridge["milestones"],
        json!([{"id": "1", "title": "通车", "description": "应达到：2022。预计：2022。", "status": "scheduled",
            "dateModified": written}])
    );
    // What is used is kept up; a month is no day.
    let statuses: BTreeSet<&str> = told.iter().map(|project| project["status"].as_str().unwrap()).collect();
    assert!(statuses.contains("maintenance"), "{statuses:?}");
    let ends: Vec<&Value> =
        told.iter().map(|project| &project["completion"]).filter(|end| !end.is_null()).collect();
    assert_eq!(ends, [&json!({"endDateDetails": "2022-11"})]);
}

#[actix_web::test]
async fn a_project_is_told_with_all_that_the_standard_has_a_member_for() {
    let app = TestApp::seeded().await;
    let quantity = |value: f64, unit: &str| json!({"value": value, "unit": unit});
    add(
        &app,
        "whole",
        json!({
            "stage": "under_construction", "place": "石河", "lead_unit": "镇水利站", "contractor": "某公司", "suspended": true,
            "areas": ["430681107224", "430681107223"], "progress": 40,
            "budget": {"quantity": {"text": "约200万元", "unit": "CNY_10K"}},
            "funding": [
                {"source": "县级", "quantity": quantity(0.15, "CNY_100M")},
                {"source": "自筹", "quantity": {"text": "90万余元", "unit": "CNY_10K"}},
                {"source": "捐款", "quantity": quantity(0.5, "CNY")},
            ],
            "funding_note": "有结余",
            "quantities": [
                {"name": "长", "role": "target", "period": "2023", "quantity": quantity(12.5, "MTR")},
                {"name": "护坡", "quantity": {"value": 300, "unit": "MTK", "comparator": ">="}},
                {"name": "产值", "quantity": quantity(3.0, "CNY_10K")},
            ],
            "starts_on": "2022-11-30", "finishes_on": "2023-11-29", "started_on": "2022-12-01", "finished_on": "2023-10-31",
            "milestones": [
                {"title": "通车", "due_on": "2023-10-01", "met_on": "2023-10-02", "status": "partly_met"},
                {"title": "验收", "due_on": "2023-12", "status": "missed"},
            ],
        }),
    )
    .await;
    let mut told = projects(&app.get(&format!("{PATH}?q=whole")).await);
    let mut whole = told.pop().unwrap();
    let updated = whole.as_object_mut().unwrap().remove("updated").unwrap();
    let yuan = |amount: Value| json!({"amount": amount, "currency": "CNY"});
    assert_eq!(
        whole,
        json!({
            "id": "oc4ids-000000-whole", "title": "试验工程", "language": "zh", "status": "implementation",
            "description": "地点：石河。已暂停。实际开工：2022-12-01。",
            "period": {"startDate": "2022-11-30T00:00:00+08:00", "endDate": "2023-11-29T23:59:59+08:00"},
            "additionalClassifications": [{"scheme": "taizhang-project-kind", "id": "construction"}],
            "locations": [
                {"id": "430681107224", "description": "清溪村",
                    "gazetteer": {"scheme": "CN-NBS", "identifiers": ["430681107224"]}},
                {"id": "430681107223", "description": "序贤村",
                    "gazetteer": {"scheme": "CN-NBS", "identifiers": ["430681107223"]}},
            ],
            "budget": {
                "description": "约200万元；有结余",
                "amount": yuan(json!(2000000)),
                "budgetBreakdowns": [{"id": "sources", "description": "资金来源", "budgetBreakdown": [
                    {"id": "1", "description": "县级", "amount": yuan(json!(15000000))},
                    {"id": "2", "description": "自筹（90万余元）", "amount": yuan(json!(900000))},
                    {"id": "3", "description": "捐款", "amount": yuan(json!(0.5))},
                ]}],
            },
            "forecasts": [{"id": "quantity-1", "title": "长", "observations": [{
                "id": "1", "measure": "12.5", "unit": {"name": "米", "scheme": "UNCEFACT", "id": "MTR"},
                "period": {"startDate": "2023-01-01T00:00:00+08:00", "endDate": "2023-12-31T23:59:59+08:00"},
            }]}],
            "parties": [
                {"id": "lead-unit", "name": "镇水利站", "roles": ["publicAuthority"]},
                {"id": "contractor", "name": "某公司", "roles": ["supplier"]},
            ],
            "publicAuthority": {"id": "lead-unit", "name": "镇水利站"},
            "metrics": [
                {"id": "physicalProgress", "title": "工程形象进度",
                    "observations": [{"id": "1", "measure": "40", "unit": {"name": "%", "scheme": "UNCEFACT", "id": "P1"}}]},
                {"id": "quantity-2", "title": "护坡",
                    "observations": [{"id": "1", "measure": "300", "notes": ">=300平方米",
                        "unit": {"name": "平方米", "scheme": "UNCEFACT", "id": "MTK"}}]},
                {"id": "quantity-3", "title": "产值", "observations": [{"id": "1", "value": yuan(json!(30000))}]},
            ],
            "milestones": [
                {"id": "1", "title": "通车", "status": "partiallyMet",
                    "dueDate": "2023-10-01T23:59:59+08:00", "dateMet": "2023-10-02T23:59:59+08:00", "dateModified": updated},
                {"id": "2", "title": "验收", "status": "notMet", "description": "应达到：2023-12。",
                    "dateModified": updated},
            ],
            "completion": {"endDate": "2023-10-31T23:59:59+08:00"},
        })
    );
}

#[actix_web::test]
async fn every_amount_is_exact_and_one_unit_may_have_two_roles() {
    let app = TestApp::seeded().await;
    let budget = |value: &str, unit: &str| {
        let value: Value = serde_json::from_str(value).unwrap();
        json!({"budget": {"quantity": {"value": value, "unit": unit}}, "lead_unit": "村委会", "contractor": "村委会"})
    };
    for (code, value, unit) in [
        ("z1", "999999999999", "CNY_100M"),
        ("z2", "0.000001", "CNY"),
        ("z3", "0.000001", "CNY_10K"),
        ("z4", "-12.3", "CNY_10K"),
        ("z5", "0", "CNY"),
    ] {
        add(&app, code, budget(value, unit)).await;
    }
    let answer =
        app.get(&format!("{PATH}?budget_le=999999999999&budget_unit=CNY_100M&area=430681107223")).await;
    let told = projects(&answer);
    let amounts: Vec<String> =
        told.iter().map(|project| project["budget"]["amount"]["amount"].to_string()).collect();
    assert_eq!(amounts, ["99999999999900000000", "0.000001", "0.01", "-123000", "0"]);
    assert_eq!(
        told[0]["parties"],
        json!([{"id": "lead-unit", "name": "村委会", "roles": ["publicAuthority", "supplier"]}])
    );
}

#[actix_web::test]
async fn a_package_holds_what_the_list_with_the_same_filter_holds() {
    let app = TestApp::seeded().await;
    add(&app, "red", json!({"finishes_on": "2020"})).await;
    for filter in [
        "kind=construction",
        "within=430681107223",
        "stage=completed,in_use",
        "status=cancelled",
        "q=%E6%A1%A5",
        "light=red",
        "overdue=true",
        "overdue=false&kind=service",
        "budget_ge=200",
        "due_before=2023-01-01",
    ] {
        let listed = app.get(&format!("/api/v1/projects?limit=1000&{filter}")).await.items();
        let told = projects(&app.get(&format!("{PATH}?{filter}")).await);
        assert_eq!(each(&told, "title"), each(&listed, "name"), "{filter}");
        assert_eq!(listed.is_empty(), filter == "status=cancelled", "{filter}");
    }
    // Read in several pieces, it is still one package.
    for number in 0..1001 {
        add(&app, &format!("many-{number:04}"), json!({})).await;
    }
    let told = projects(&app.get(&format!("{PATH}?q=many-")).await);
    assert_eq!((told.len(), &told[1000]["id"]), (1001, &json!("oc4ids-000000-many-1000")));
}

#[actix_web::test]
async fn the_publisher_is_the_operators() {
    let publisher = Publisher {
        url: "https://data.example.org/taizhang".to_owned(),
        name: "弼时镇人民政府".to_owned(),
        license: Some("https://creativecommons.org/publicdomain/zero/1.0/".to_owned()),
        prefix: "oc4ids-a1b2c3".to_owned(),
    };
    let app = TestApp::with(Settings { publisher, ..Settings::default() }).await;
    let empty = app.get(&format!("{PATH}?kind=service&q=a|b[1]")).await;
    assert!(projects(&empty).is_empty());
    let package = empty.json();
    assert_eq!(
        package["uri"],
        "https://data.example.org/taizhang/api/v1/projects/oc4ids.json?kind=service&q=a%7Cb%5B1%5D"
    );
    assert_eq!(package["publisher"]["name"], "弼时镇人民政府");
    assert_eq!(package["license"], "https://creativecommons.org/publicdomain/zero/1.0/");
    app.add::<taizhang::exchange::drafts::area::AreaDraft>(json!({
        "code": "430681107223", "name": "序贤村", "level": "village", "kind": "village", "code_system": "NBS-2023",
    }))
    .await;
    add(&app, "one", json!({})).await;
    assert_eq!(each(&projects(&app.get(PATH).await), "id"), ["oc4ids-a1b2c3-one"]);
}

#[actix_web::test]
async fn only_those_who_see_an_internal_project_find_it_in_the_package() {
    let app = TestApp::seeded().await;
    add(&app, "hidden", json!({"visibility": "internal"})).await;
    let path = format!("{PATH}?area=430681107223&q=hidden");
    let near = app.key("reader", Some("430681107223")).await;
    let far = app.key("reader", Some("430681107224")).await;
    assert!(projects(&app.get(&path).await).is_empty());
    assert!(projects(&app.get(&path).by(&far).await).is_empty());
    let seen = projects(&app.get(&path).by(&near).await);
    assert_eq!(each(&seen, "id"), ["oc4ids-000000-hidden"]);
}

#[actix_web::test]
async fn a_package_is_not_sent_again_while_nothing_has_changed() {
    let app = TestApp::seeded().await;
    let tag = app.get(PATH).await.header("etag").to_owned();
    assert_eq!(app.get(PATH).header("if-none-match", &tag).await.status, 304);
    add(&app, "new", json!({})).await;
    let again = app.get(PATH).header("if-none-match", &tag).await;
    assert!(each(&projects(&again), "id").contains(&"oc4ids-000000-new".to_owned()));
    assert_ne!(again.header("etag"), tag);
}

#[actix_web::test]
async fn what_is_no_json_and_what_is_unknown_is_refused() {
    let app = TestApp::seeded().await;
    app.get(PATH).header("accept", "text/csv").await.problem(406, "not_acceptable");
    for (query, status, slug) in [
        ("format=csv", 400, "unknown_parameter"),
        ("limit=1", 400, "unknown_parameter"),
        ("stage=done", 400, "invalid_parameter"),
        ("overdue=maybe", 400, "invalid_parameter"),
        ("within=44", 422, "invalid_value"),
        ("budget_ge=1&budget_unit=MU", 422, "unit_incompatible"),
    ] {
        let problem = app.get(&format!("{PATH}?{query}")).await.problem(status, slug);
        let parameter = query.rsplit('&').next().unwrap().split('=').next().unwrap();
        assert_eq!(problem["errors"][0]["parameter"], parameter, "{query}");
    }
    app.request(Method::POST, PATH).await.problem(405, "method_not_allowed");
}
