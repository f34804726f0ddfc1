//! `GET …/timeline`: everything that happened to a project or a plan item, in the order of its days.

use actix_web::http::Method;
use serde_json::{Value, json};

use crate::builders::plans::Office;
use crate::harness::TestApp;

/// What a timeline tells, in short.
async fn told(app: &TestApp, path: &str) -> Vec<String> {
    let items = app.paged(&format!("/api/v1/{path}/timeline"), [1, 2, 1000]).await;
    let short = |item: &Value| {
        let data = match item["event"].as_str().unwrap() {
            "moved" => json!([item["data"]["from"], item["data"]["to"]]),
            "reported" => item["data"]["progress"].clone(),
            "milestone" => json!([item["data"]["ordinal"], item["data"]["status"]]),
            "changed" => item["data"]["members"].clone(),
            "created" => Value::Null,
            _ => json!([item["data"]["state"], item["data"]["due_on"], item["data"]["was_due_on"]]),
        };
        let on = item["on"].as_str().unwrap();
        let on = if on.starts_with("2023") { on } else { "today" };
        format!("{on} {} {data} by {}", item["event"].as_str().unwrap(), item["by"].as_str().unwrap())
    };
    items.iter().map(short).collect()
}

#[actix_web::test]
async fn a_project_is_told_from_its_beginning() {
    let office = Office::with(&[]).await;
    let Office { app, reporter, reviewer, editor } = &office;
    let new = json!({"code": "trial", "name": "试验工程", "kind": "service", "areas": ["430681107"], "stage": "idea"});
    let send = |method: Method, path: &str, body: Value| {
        let request = app.request(method, &format!("/api/v1/projects{path}")).by(editor).if_match("*");
        request.json(body).send()
    };
    assert_eq!(office.app.post("/api/v1/projects", new.clone()).by(editor).await.status, 201);
    // One of the same code that was deleted is another.
    let gone = app.delete("/api/v1/projects/trial").by(editor).await;
    assert_eq!(gone.status, 204);
    assert_eq!(office.app.post("/api/v1/projects", new).by(editor).await.status, 201);
    let path = "/api/v1/projects/trial";
    let move_on = |to: &str, on: &str| json!({"to": to, "on": on, "comment": "x"});
    let transitions = format!("{path}/transitions");
    assert_eq!(
        office.app.post(&transitions, move_on("started", "2023-03-01")).by(reporter).await.status,
        200
    );
    assert_eq!(office.app.post(&transitions, move_on("design", "2023-04-01")).by(reviewer).await.status, 200);
    // Late news stands at its day.
    for (as_of, progress) in [("2023-05-01", 20), ("2023-02-01", 5)] {
        let report = json!({"as_of": as_of, "progress": progress});
        assert_eq!(
            office.app.post(&format!("{path}/progress-reports"), report).by(reporter).await.status,
            201
        );
    }
    let milestone = json!({"title": "通车", "due_on": "2023-10"});
    assert_eq!(office.app.post(&format!("{path}/milestones"), milestone).by(editor).await.status, 201);
    let met = json!({"status": "met", "met_on": "2023-09-30"});
    assert_eq!(send(Method::PATCH, "/trial/milestones/1", met).await.status, 200);
    let changes = json!({"name": "试验工程二期", "place": "石河", "stage": "in_use"});
    assert_eq!(send(Method::PATCH, "/trial", changes).await.status, 200);
    let quantity = json!([{"name": "长", "quantity": {"value": 3, "unit": "KMT"}}]);
    let budget = json!({"quantity": {"value": 300, "unit": "CNY_10K"}});
    let more = json!({"budget": budget, "quantities": quantity, "contractor": "某公司"});
    for changes in [more, json!({"quantities": []})] {
        assert_eq!(send(Method::PATCH, "/trial", changes).await.status, 200);
    }
    assert_eq!(
        told(app, "projects/trial").await,
        [
            "2023-02-01 reported 5 by reporter",
            "2023-03-01 moved [\"idea\",\"started\"] by reporter",
            "2023-04-01 moved [\"started\",\"design\"] by reviewer",
            "2023-05-01 reported 20 by reporter",
            "today created null by editor",
            "today changed [\"started_on\"] by reporter",
            "today changed [\"started_on\"] by reviewer",
            "today milestone [1,\"due\"] by editor",
            "today milestone [1,\"met\"] by editor",
            "today changed [\"name\",\"place\"] by editor",
            "today moved [\"design\",\"in_use\"] by editor",
            "today changed [\"budget\",\"contractor\",\"quantities\"] by editor",
            "today changed [\"quantities\"] by editor",
        ]
    );
    app.get("/api/v1/projects/none/timeline").await.problem(404, "not_found");
    app.get("/api/v1/projects/trial/timeline?at=2023").await.problem(400, "unknown_parameter");
}

#[actix_web::test]
async fn an_item_is_told_with_its_evidence_and_its_extensions() {
    let office =
        Office::with(&[("a", json!({"due_on": "2023-06-30"})), ("b", json!({"visibility": "internal"}))])
            .await;
    let Office { app, reporter, reviewer, editor } = &office;
    office.goes(editor, "trial.a", json!({"to": "assigned", "on": "2023-01-01", "lead_unit": "办"})).await;
    let path = "/api/v1/plan-items/trial.a/extensions";
    let ask = json!({"due_on": "2023-09", "on": "2023-02-01", "comment": "汛期"});
    assert_eq!(office.app.post(path, ask).by(reporter).await.status, 201);
    let refuse = json!({"to": "refused", "on": "2023-02-02", "comment": "不同意"});
    assert_eq!(office.app.post(&format!("{path}/1/transitions"), refuse).by(reviewer).await.status, 200);
    office.goes(reporter, "trial.a", json!({"to": "in_progress", "on": "2023-03-01"})).await;
    let shown = json!({"to": "close_requested", "on": "2023-04-01", "evidence": ["验收报告"]});
    office.goes(reporter, "trial.a", shown).await;
    let items = app.get("/api/v1/plan-items/trial.a/timeline").await.items();
    let asked = items.iter().find(|item| item["data"]["to"] == "close_requested").unwrap();
    assert_eq!(asked["data"]["evidence"][0]["text"], "验收报告");
    let told: Vec<String> = told(app, "plan-items/trial.a").await;
    assert_eq!(
        told,
        [
            "2023-01-01 moved [\"drafted\",\"assigned\"] by editor",
            "2023-02-01 extension_requested [\"requested\",\"2023-09\",null] by reporter",
            "2023-02-02 extension_decided [\"refused\",\"2023-09\",null] by reviewer",
            "2023-03-01 moved [\"assigned\",\"in_progress\"] by reporter",
            "2023-04-01 moved [\"in_progress\",\"close_requested\"] by reporter",
            "today created null by test",
            "today changed [\"lead_unit\"] by editor",
        ]
    );
    app.get("/api/v1/plan-items/trial.b/timeline").await.problem(404, "not_found");
}

#[actix_web::test]
async fn evidence_is_told_to_those_who_may_see_it() {
    let office = Office::with(&[("a", json!({"projects": ["tongba-bridge"]}))]).await;
    let Office { app, reporter, reviewer, editor } = &office;
    office.goes(editor, "trial.a", json!({"to": "assigned", "on": "2023-01-01"})).await;
    office.goes(reporter, "trial.a", json!({"to": "in_progress", "on": "2023-01-02"})).await;
    let path = "/api/v1/projects/tongba-bridge/progress-reports";
    let made =
        office.app.post(path, json!({"as_of": "2023-02-01", "progress": 60})).by(reporter).await.json();
    let (metric, figure) = {
        let figure = app.get("/api/v1/observations?limit=1").await.items().remove(0);
        (figure["metric"].as_str().unwrap().to_owned(), figure["id"].clone())
    };
    let shown = json!([{"progress_report": made["id"]}, {"observation": figure, "text": "见表"}]);
    office.goes(reporter, "trial.a", json!({"to": "close_requested", "evidence": shown})).await;
    let told = async |key: Option<&str>| {
        let items = app.get("/api/v1/plan-items/trial.a/timeline").by_if(key).await.items();
        let asked = items.into_iter().find(|item| item["data"]["to"] == "close_requested").unwrap();
        let evidence = asked["data"]["evidence"].clone();
        json!([evidence[0]["progress_report"], evidence[1]["observation"], evidence[1]["text"]])
    };
    let whole = json!([made["id"], figure, "见表"]);
    assert_eq!(told(None).await, whole);
    app.sql("UPDATE projects SET visibility = 'internal' WHERE code = 'tongba-bridge'");
    app.sql(&format!("UPDATE metrics SET visibility = 'internal' WHERE code = '{metric}'"));
    office.goes(reviewer, "trial.a", json!({"to": "returned", "comment": "x"})).await;
    assert_eq!(told(None).await, json!([null, null, "见表"]));
    assert_eq!(told(Some(&app.key("reader", None).await)).await, whole);
}

#[actix_web::test]
async fn a_report_that_was_corrected_stands_with_the_entry_that_made_it() {
    let office = Office::with(&[("a", json!({}))]).await;
    let path = "/api/v1/plan-items/trial.a/progress-reports";
    let report = |progress: i64| json!({"as_of": "2023-02-01", "progress": progress});
    let first = office.app.post(path, report(10)).by(&office.reporter).await.json();
    assert_eq!(office.app.post(path, report(20)).by(&office.reporter).await.status, 201);
    let mut correction = report(15);
    correction["corrects"] = first["id"].clone();
    assert_eq!(office.app.post(path, correction).by(&office.reporter).await.status, 201);
    let items = office.app.get("/api/v1/plan-items/trial.a/timeline").await.items();
    let reported: Vec<&Value> = items.iter().filter(|item| item["event"] == "reported").collect();
    let told: Vec<String> = reported.iter().map(|item| item["data"]["progress"].to_string()).collect();
    assert_eq!(told, ["10", "20", "15"]);
    assert_eq!(reported[0]["seq"], first["seq"]);
}
