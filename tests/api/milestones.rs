//! `POST /projects/{code}/milestones`, and `GET`, `PATCH` and `DELETE` of one of them.

use actix_web::http::Method;
use chrono::Days;
use serde_json::json;
use taizhang::db::ledger::now;
use taizhang::domain::at::At;

use crate::builders::merged;
use crate::harness::TestApp;
use crate::harness::edits::last_done;
use crate::harness::lists::each;

const PROJECT: &str = "/api/v1/projects/tongba-bridge";
const LIST: &str = "/api/v1/projects/tongba-bridge/milestones";
const ONE: &str = "/api/v1/projects/tongba-bridge/milestones/1";

#[actix_web::test]
async fn a_milestone_is_added_after_the_last_and_moves_the_tag_of_its_project() {
    let (app, editor) = TestApp::seeded_for("editor", Some("430681107")).await;
    let before = app.get(PROJECT).await;
    let body = json!({
        "title": "竣工验收", "due_on": "2023-06", "forecast_on": "2023-08-15", "report": "bishi-2022",
    });
    let made = app.post(LIST, body).by(&editor).await;
    assert_eq!(made.status, 201, "{}", made.text());
    let milestone = made.json();
    assert_eq!(
        (&milestone["ordinal"], &milestone["status"], &milestone["report"]),
        (&json!(2), &json!("due"), &json!("bishi-2022"))
    );
    assert_eq!(made.header("location"), format!("{LIST}/2"));
    let read = app.get(&format!("{LIST}/2")).await;
    assert_eq!((read.json(), read.header("etag")), (milestone.clone(), made.header("etag")));
    assert_eq!(last_done(&app).await, ["put milestone tongba-bridge/2", "put project tongba-bridge"]);
    let after = app.get(PROJECT).await;
    assert_eq!(after.json()["seq"], milestone["seq"]);
    assert_ne!(after.header("etag"), before.header("etag"));
    assert_eq!(each(&app.paged(LIST, 1..=3).await, "ordinal"), ["1", "2"]);
    // A citation without a report is of the project's own.
    let cited = json!({"title": "通车", "citation": {"paragraph": 11, "start": 2267, "end": 2275, "words": "预计在年底前通车"}});
    let cited = app.post(LIST, cited).by(&editor).await.json();
    assert_eq!((&cited["ordinal"], &cited["report"]), (&json!(3), &json!("bishi-2022")));
    // A trial keeps nothing.
    let trial = format!("{LIST}?dry_run=true");
    assert_eq!(app.post(&trial, json!({"title": "试"})).by(&editor).await.status, 200);
    assert_eq!(app.counted(LIST).await, 3);
}

#[actix_web::test]
async fn a_milestone_is_met_and_keeps_what_was_expected() {
    let (app, editor) = TestApp::seeded_for("editor", None).await;
    let read = app.get(ONE).await;
    assert_eq!((&read.json()["status"], &read.json()["forecast_on"]), (&json!("due"), &json!("2022")));
    let changes = json!({"status": "met", "met_on": "2022-12-28"});
    let patch = || app.request(Method::PATCH, ONE).by(&editor);
    patch().json(changes.clone()).await.problem(428, "precondition_required");
    let met = patch().if_match(read.header("etag")).json(changes.clone()).await;
    assert_eq!(met.status, 200, "{}", met.text());
    let expected = json!({"forecast_on": "2022", "due_on": "2022", "met_on": "2022-12-28", "status": "met"});
    for (member, value) in expected.as_object().unwrap() {
        assert_eq!(met.json()[member], *value, "{member}");
    }
    assert_eq!(met.json()["citation"], read.json()["citation"]);
    assert_eq!(last_done(&app).await, ["put milestone tongba-bridge/1", "put project tongba-bridge"]);
    patch().if_match(read.header("etag")).json(changes.clone()).await.problem(412, "stale");
    // What changes nothing writes nothing.
    let head = app.db.head().await.unwrap();
    let same = patch().if_match("*").json(changes).await;
    assert_eq!((same.status.as_u16(), same.json()), (200, met.json()));
    assert_eq!(app.db.head().await.unwrap(), head);

    let delete = |tag: &str| app.delete(ONE).by(&editor).if_match(tag);
    delete(read.header("etag")).await.problem(412, "stale");
    app.request(Method::DELETE, ONE).by(&editor).await.problem(428, "precondition_required");
    assert_eq!(delete(met.header("etag")).await.status, 204);
    assert_eq!(last_done(&app).await, ["delete milestone tongba-bridge/1", "put project tongba-bridge"]);
    for method in [Method::GET, Method::DELETE] {
        let gone = app.request(method, ONE).by(&editor).if_match("*").await;
        gone.problem(404, "not_found");
    }
}

#[actix_web::test]
async fn what_is_wrong_with_a_milestone_is_told_by_its_place() {
    let (app, editor) = TestApp::seeded_for("editor", None).await;
    let head = app.db.head().await.unwrap();
    let tomorrow = At::today(now()).day + Days::new(1);
    for (more, status, pointer, code) in [
        (json!({"title": null}), 422, "/title", "missing"),
        (json!({"title": " "}), 422, "/title", "empty"),
        (json!({"title": "长".repeat(201)}), 422, "/title", "too_long"),
        (json!({"due_on": "2023-13"}), 400, "/due_on", "malformed_value"),
        (json!({"status": "done"}), 400, "/status", "malformed_value"),
        (json!({"met_on": "2023"}), 422, "/met_on", "not_met"),
        (json!({"met_on": "2023", "status": "missed"}), 422, "/met_on", "not_met"),
        (json!({"met_on": tomorrow, "status": "met"}), 422, "/met_on", "in_the_future"),
        (json!({"met_on": "2999", "status": "partly_met"}), 422, "/met_on", "in_the_future"),
        (json!({"report": "none"}), 422, "/report", "unknown_reference"),
        (json!({"citation": {"words": "没有这句话"}}), 422, "/citation/paragraph", "missing"),
        (json!({"ordinal": 7}), 400, "/ordinal", "read_only"),
        (json!({"colour": "red"}), 400, "/colour", "unknown_member"),
    ] {
        for (method, path) in [(Method::POST, LIST), (Method::PATCH, ONE)] {
            let body = merged(json!({"title": "节点", "status": "due"}), more.clone());
            let request = if method == Method::POST { app.post(path, body) } else { app.patch(path, body) };
            let answer = request.by(&editor).await;
            let problem = answer.json();
            assert_eq!(answer.status.as_u16(), status, "{method} {more}: {problem}");
            let told = &problem["errors"][0];
            assert_eq!((&told["pointer"], &told["code"]), (&json!(pointer), &json!(code)), "{method} {more}");
        }
    }
    assert_eq!(app.db.head().await.unwrap(), head, "nothing was written");
    // A source may say that it is met and not when; and of the day itself that it was met in part.
    for more in [json!({"status": "met"}), json!({"status": "partly_met", "met_on": At::today(now()).day})] {
        let body = merged(json!({"title": "节点", "forecast_on": "2030"}), more);
        assert_eq!(app.post(LIST, body).by(&editor).await.status, 201);
    }
}

#[actix_web::test]
async fn milestones_are_written_by_editors_of_all_areas_of_the_project() {
    let app = TestApp::seeded().await;
    app.project(json!({
        "code": "sesame", "name": "密件", "kind": "service", "areas": ["430681107223", "430681107224"], "stage": "idea",
        "visibility": "internal", "milestones": [{"title": "密"}],
    }))
    .await;
    let path = "/api/v1/projects/sesame/milestones";
    let one = format!("{path}/1");
    app.get(&one).await.problem(404, "not_found");
    for (role, area, status) in [
        ("reviewer", None, 403),
        ("editor", Some("430681107223"), 403), // sees it
        ("editor", Some("430681107225"), 404),
        ("editor", Some("430681107"), 201),
    ] {
        let key = app.key(role, area).await;
        let answer = app.post(path, json!({"title": "节点"})).by(&key).await;
        assert_eq!(answer.status.as_u16(), status, "{role} of {area:?}: {}", answer.text());
        let changed = app.patch(&one, json!({"title": "新"})).by(&key).await;
        let changes = if status == 201 { 200 } else { status };
        assert_eq!(changed.status.as_u16(), changes, "{role} of {area:?}");
    }
    let editor = app.key("editor", None).await;
    for path in ["/api/v1/projects/none/milestones/1", "/api/v1/projects/tongba-bridge/milestones/9"] {
        for method in [Method::GET, Method::PATCH, Method::DELETE] {
            let request = app.request(method.clone(), path).by(&editor).if_match("*");
            let request =
                if method == Method::PATCH { request.json(json!({"title": "新"})) } else { request };
            request.await.problem(404, "not_found");
        }
    }
    app.get("/api/v1/projects/tongba-bridge/milestones/0").await.problem(400, "invalid_parameter");
    app.get("/api/v1/projects/A/milestones/1").await.problem(400, "invalid_parameter");
}
