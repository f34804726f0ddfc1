//! `GET /villages`, `GET /villages/{code}`.

use crate::harness::TestApp;

#[actix_web::test]
async fn the_township_has_seventeen_villages_and_a_community() {
    let app = TestApp::seeded().await;
    let all = app.get("/api/v1/villages?within=430681107&count=exact").await;
    assert_eq!(all.items().len(), 18);
    assert_eq!(all.json()["count"], 18);
    assert_eq!(all.json()["next"], serde_json::Value::Null);
    assert_eq!(app.get("/api/v1/villages?kind=village").await.items().len(), 17);
    let communities = app.get("/api/v1/villages?kind=community").await.items();
    assert_eq!(communities.len(), 1);
    assert_eq!(communities[0]["name"], "金山社区");
}

#[actix_web::test]
async fn a_village_is_read_with_what_it_is_known_for() {
    let app = TestApp::seeded().await;
    let village = app.get("/api/v1/villages/430681107223").await.json();
    assert_eq!(village["name"], "序贤村");
    assert_eq!(village["code"], "430681107223");
    assert_eq!(village["parent"], "430681107000");
    let highlights = village["highlights"].as_array().unwrap();
    let listed = highlights.iter().find(|highlight| highlight["since"] == "2022-11").unwrap();
    assert_eq!(listed["kind"], "honour");
    assert_eq!(listed["report"], "bishi-2022");
}

#[actix_web::test]
async fn villages_are_found_by_name_alias_and_highlight() {
    let app = TestApp::seeded().await;
    let found = app.get("/api/v1/villages?q=%E6%9D%8E%E5%AE%B6").await.items(); // 李家
    assert_eq!(found.len(), 1);
    assert_eq!(found[0]["name"], "李家塅村");
    let known = app.get("/api/v1/villages?highlight=specialty&limit=1000").await.items();
    assert!(!known.is_empty() && known.len() < 18);
    for village in known {
        let kinds: Vec<_> =
            village["highlights"].as_array().unwrap().iter().map(|h| h["kind"].clone()).collect();
        assert!(kinds.contains(&"specialty".into()), "{village}");
    }
}

#[actix_web::test]
async fn what_is_no_village_is_not_found_and_what_is_no_code_is_refused() {
    let app = TestApp::seeded().await;
    app.get("/api/v1/villages/430681107").await.problem(404, "not_found");
    app.get("/api/v1/villages/430681107999").await.problem(404, "not_found");
    let problem = app.get("/api/v1/villages/4306x").await.problem(400, "invalid_parameter");
    assert_eq!(problem["errors"][0]["parameter"], "code");
    let problem = app.get("/api/v1/villages?within=999999").await.problem(422, "invalid_value");
    assert_eq!(problem["errors"][0]["parameter"], "within");
}
