//! `POST /projects`, `PATCH` and `DELETE /projects/{code}`.

use actix_web::http::Method;
use serde_json::{Value, json};
use taizhang::exchange::seed::{self, Files};

use crate::builders::projects::whole_project;
use crate::harness::TestApp;
use crate::harness::edits::{last_done, last_edits};

const LIST: &str = "/api/v1/projects";
const PATH: &str = "/api/v1/projects/trial-works";

/// A service with that project, a township beside ours, and the key of an editor.
async fn with_project() -> (TestApp, String) {
    let app = TestApp::seeded().await;
    app.township("430681108").await;
    let editor = app.key("editor", None).await;
    let made = app.post(LIST, whole_project(json!({}))).by(&editor).await;
    assert_eq!(made.status, 201, "{}", made.text());
    (app, editor)
}

#[actix_web::test]
async fn what_is_posted_is_answered_with_its_address_and_the_tag_of_reading_it() {
    let (app, editor) = with_project().await;
    let body = whole_project(json!({"code": "trial-2"}));
    let made = app.post(LIST, body.clone()).by(&editor).await;
    assert_eq!((made.status.as_u16(), made.header("location")), (201, "/api/v1/projects/trial-2"));
    let read = app.get("/api/v1/projects/trial-2").await;
    assert_eq!((made.json(), made.header("etag")), (read.json(), read.header("etag")));
    let told = read.json();
    for member in ["code", "name", "aliases", "kind", "areas", "place", "stage", "starts_on", "finishes_on"] {
        assert_eq!(told[member], body[member], "{member}");
    }
    let budget = &told["budget"]["quantity"];
    assert_eq!((&budget["value"], &budget["comparator"]), (&json!(200), &json!("~")));
    assert_eq!(told["funding"][0]["quantity"]["decimals"], 1);
    assert_eq!(told["funding"][1]["quantity"]["upper"], 91);
    assert_eq!((&told["quantities"][0]["role"], &told["suspended"]), (&json!("target"), &json!(false)));
    assert_eq!(app.get("/api/v1/search?q=trial-2").await.items().len(), 1);

    let again = app.post(LIST, body).by(&editor).await;
    again.problem(409, "conflict");
    let least = json!({"code": "trial-3", "name": "小桥", "kind": "service", "areas": ["430681107"], "stage": "idea"});
    let made = app.post(LIST, least).by(&editor).await;
    assert_eq!((made.status.as_u16(), &made.json()["visibility"]), (201, &json!("public")));
}

#[actix_web::test]
async fn every_project_reads_back_as_it_is_answered() {
    let (app, editor) = with_project().await;
    let head = app.db.head().await.unwrap();
    for told in app.get("/api/v1/projects?limit=1000").await.items() {
        let path = format!("{LIST}/{}", told["code"].as_str().unwrap());
        // The members that can be changed, sent back as they came.
        let mut body = told.as_object().unwrap().clone();
        for member in ["code", "oc4ids_status", "light", "plan_items", "seq", "updated_at"] {
            body.remove(member);
        }
        let same = app.patch(&path, Value::Object(body)).by(&editor).await;
        assert_eq!(same.status, 200, "{path}: {}", same.text());
        assert_eq!(same.json(), told);
    }
    assert_eq!(app.db.head().await.unwrap(), head, "nothing has changed");
}

#[actix_web::test]
async fn a_patch_changes_what_it_names_and_a_figure_loses_what_followed_from_the_old_one() {
    let (app, editor) = with_project().await;
    let before = app.get(PATH).await.json();
    let changes = json!({
        "stage": "started", "lead_unit": null, "aliases": [], "budget": {"quantity": {"value": 220}},
        "funding": [{"source": "县级", "quantity": {"value": 90.5, "unit": "CNY_10K"}}],
    });
    let after = app.patch(PATH, changes).by(&editor).await.json();
    assert_eq!((&after["stage"], &after["oc4ids_status"]), (&json!("started"), &json!("implementation")));
    assert_eq!((&after["lead_unit"], &after["aliases"]), (&Value::Null, &json!([])));
    let budget = &after["budget"]["quantity"];
    assert_eq!(
        (&budget["value"], &budget["text"], &budget["comparator"]),
        (&json!(220), &Value::Null, &json!("~"))
    );
    assert_eq!(budget["unit"], "CNY_10K");
    assert_eq!(after["funding"].as_array().unwrap().len(), 1, "a list is replaced as a whole");
    for member in ["code", "name", "areas", "quantities", "place", "starts_on"] {
        assert_eq!(after[member], before[member], "{member}");
    }
    // Words alone decide anew.
    let words = json!({"budget": {"quantity": {"text": "90万余元"}}});
    let budget = app.patch(PATH, words).by(&editor).await.json()["budget"]["quantity"].clone();
    assert_eq!(
        (&budget["value"], &budget["comparator"], &budget["upper"]),
        (&json!(90), &json!(">"), &json!(91))
    );
    let none = app.patch(PATH, json!({"budget": null, "visibility": null})).by(&editor).await.json();
    assert_eq!((&none["budget"], &none["visibility"]), (&Value::Null, &json!("public")));
}

#[actix_web::test]
async fn what_a_project_may_not_say_is_told_by_its_place() {
    let (app, editor) = with_project().await;
    let figure = json!({"value": 1, "unit": "CNY_10K"});
    let refused = [
        (json!({"name": " "}), 422, "/name"),
        (json!({"areas": []}), 422, "/areas"),
        (json!({"areas": null}), 422, "/areas"),
        (json!({"areas": ["430681107223", "430681107223"]}), 422, "/areas/1"),
        (json!({"areas": ["430681107999"]}), 422, "/areas/0"),
        (json!({"areas": ["43068x"]}), 400, "/areas/0"),
        (json!({"progress": 101}), 422, "/progress"),
        (json!({"progress": -1}), 422, "/progress"),
        (json!({"progress": 40000}), 422, "/progress"),
        (json!({"starts_on": "2023-12"}), 422, "/finishes_on"),
        (json!({"started_on": "2023-02-02", "finished_on": "2023-02-01"}), 422, "/finished_on"),
        (json!({"report": "no-such"}), 422, "/report"),
        (json!({"citation": {"paragraph": 1, "start": 0, "end": 1, "words": "桥"}}), 422, "/citation"),
        (
            json!({"budget": {"quantity": {"unit": "DOU", "text": null, "value": 1}}}),
            422,
            "/budget/quantity/unit",
        ),
        (json!({"budget": {"quantity": {"text": "很多"}}}), 422, "/budget/quantity/text"),
        (json!({"budget": {"quantity": {"text": null, "value": null}}}), 422, "/budget/quantity/value"),
        (json!({"budget": {"quantity": null}}), 422, "/budget/quantity"),
        (json!({"budget": {"quantity": {"lower": 1}}}), 422, "/budget/quantity/comparator"),
        (json!({"budget": {"quantity": {"value": "200"}}}), 400, "/budget/quantity/value"),
        (json!({"budget": {"quantity": {"colour": 1}}}), 400, "/budget/quantity/colour"),
        (json!({"budget": {"source": "县级", "quantity": figure}}), 400, "/budget/source"),
        (json!({"funding": [{"quantity": figure}]}), 422, "/funding/0/source"),
        (json!({"funding": [{"source": "", "quantity": figure}]}), 422, "/funding/0/source"),
        (
            json!({"funding": [{"source": "县级", "quantity": figure}, {"source": "省级", "quantity": {"value": 1}}]}),
            422,
            "/funding/1/quantity/unit",
        ),
        (
            json!({"funding": [{"source": "县级", "quantity": {"value": true}}]}),
            400,
            "/funding/0/quantity/value",
        ),
        (json!({"quantities": [{"quantity": figure}]}), 422, "/quantities/0/name"),
        (
            json!({"quantities": [{"name": "长", "quantity": figure,
                "citation": {"paragraph": 1, "start": 0, "end": 1, "words": "桥"}}]}),
            422,
            "/quantities/0/citation",
        ),
        (
            json!({"quantities": [{"name": "长", "role": "hope", "quantity": figure}]}),
            400,
            "/quantities/0/role",
        ),
        (json!({"stage": "finished"}), 400, "/stage"),
        (json!({"oc4ids_status": "completed"}), 400, "/oc4ids_status"),
        (json!({"milestones": []}), 400, "/milestones"),
        (json!({"seq": 1}), 400, "/seq"),
        (json!({"colour": 1}), 400, "/colour"),
    ];
    let head = app.db.head().await.unwrap();
    for (changes, status, pointer) in refused {
        let changed = app.patch(PATH, changes.clone()).by(&editor).await;
        assert_eq!(changed.status, status, "{changes}: {}", changed.text());
        assert_eq!(changed.json()["errors"][0]["pointer"], pointer, "{changes}: {}", changed.text());
    }
    for (members, status, pointer) in [
        (json!({"code": "Trial"}), 422, "/code"),
        (json!({"code": "summary"}), 422, "/code"),
        (json!({"code": "trial-4", "areas": []}), 422, "/areas"),
        (json!({"code": "trial-4", "light": null}), 400, "/light"),
        (json!({"code": "trial-4", "funding": [{"source": "县级"}]}), 422, "/funding/0/quantity"),
    ] {
        let made = app.post(LIST, whole_project(members.clone())).by(&editor).await;
        assert_eq!(made.status, status, "{members}: {}", made.text());
        assert_eq!(made.json()["errors"][0]["pointer"], pointer, "{members}: {}", made.text());
    }
    app.patch(PATH, json!({"code": "other"})).by(&editor).await.problem(400, "malformed_request");
    assert_eq!(app.db.head().await.unwrap(), head, "nothing was done");
    // A year and a month of it say nothing against each other.
    assert_eq!(
        app.patch(PATH, json!({"starts_on": "2023-12", "finishes_on": "2023"})).by(&editor).await.status,
        200
    );
}

#[actix_web::test]
async fn only_editors_whose_key_reaches_all_areas_write_a_project() {
    let (app, editor) = with_project().await;
    let village = app.key("editor", Some("430681107223")).await;
    let town = app.key("editor", Some("430681107")).await;
    let sibling = app.key("editor", Some("430681108")).await;
    let reviewer = app.key("reviewer", None).await;
    let name = json!({"name": "改名"});
    for key in [&village, &sibling, &reviewer] {
        app.patch(PATH, name.clone()).by(key).await.problem(403, "forbidden");
        app.delete(PATH).by(key).await.problem(403, "forbidden");
        let made = app.post(LIST, whole_project(json!({"code": "trial-5"}))).by(key).await;
        made.problem(403, "forbidden");
    }
    assert_eq!(app.patch(PATH, name).by(&town).await.status, 200);
    // Nobody takes a project out of their own reach, or gives one to others.
    app.patch(PATH, json!({"areas": ["430681107", "430681108"]})).by(&town).await.problem(403, "forbidden");
    let own = json!({"code": "trial-5", "areas": ["430681107223"]});
    let made = app.post(LIST, whole_project(own)).by(&village).await;
    assert_eq!(made.status, 201, "{}", made.text());
    let path = "/api/v1/projects/trial-5";
    app.patch(path, json!({"areas": ["430681107224"]})).by(&village).await.problem(403, "forbidden");
    assert_eq!(app.delete(path).by(&village).await.status, 204);

    // What is internal and out of reach is not there.
    assert_eq!(app.patch(PATH, json!({"visibility": "internal"})).by(&editor).await.status, 200);
    app.patch(PATH, json!({})).by(&sibling).await.problem(404, "not_found");
    app.delete(PATH).by(&sibling).await.problem(404, "not_found");
    app.patch(PATH, json!({})).by(&village).await.problem(403, "forbidden");
    app.get(PATH).await.problem(404, "not_found");
}

#[actix_web::test]
async fn a_project_changes_only_from_the_state_that_was_read() {
    let (app, editor) = with_project().await;
    let tag = app.get(PATH).await.header("etag").to_owned();
    for method in [Method::PATCH, Method::DELETE] {
        let request = || app.request(method.clone(), PATH).by(&editor).json(json!({"name": "甲"}));
        request().await.problem(428, "precondition_required");
        request().if_match("\"1-x\"").await.problem(412, "stale");
        let lost = app.request(method.clone(), "/api/v1/projects/no-such").by(&editor).json(json!({}));
        lost.if_match("*").await.problem(404, "not_found");
    }
    assert_eq!(app.patch(PATH, json!({"name": "甲"})).by(&editor).if_match(&tag).await.status, 200);
    app.patch(PATH, json!({"name": "乙"})).by(&editor).if_match(&tag).await.problem(412, "stale");
}

#[actix_web::test]
async fn the_ledger_keeps_what_has_changed_and_nothing_else() {
    let (app, editor) = with_project().await;
    // A change of areas alone shows, and the amounts, which are written anew, do not.
    app.patch(PATH, json!({"areas": ["430681107224", "430681107223"]})).by(&editor).await;
    let edits = last_edits(&app).await;
    assert_eq!(edits.len(), 1);
    let (told, before, after) = &edits[0];
    assert_eq!(told, "put project trial-works");
    assert_eq!(before["areas"], json!(["430681107223", "430681107224"]));
    assert_eq!(after["areas"], json!(["430681107224", "430681107223"]));
    assert_eq!((&before["name"], &after["name"]), (&json!("试验工程"), &json!("试验工程")));

    let funding = json!({"funding": [
        {"source": "县级", "quantity": {"value": 150.5, "unit": "CNY_10K"}},
    ], "quantities": [{"name": "宽", "quantity": {"value": 3, "unit": "MTR"}}]});
    app.patch(PATH, funding).by(&editor).await;
    let done = last_done(&app).await;
    let expected = [
        "delete project_amount trial-works/funding/2",
        "put project_amount trial-works/quantity/1",
        "put project trial-works",
    ];
    assert_eq!(done, expected);
    let head = app.db.head().await.unwrap();
    assert_eq!(app.patch(PATH, json!({"name": "试验工程"})).by(&editor).await.status, 200);
    assert_eq!(app.db.head().await.unwrap(), head, "nothing has changed");
}

#[actix_web::test]
async fn a_project_goes_with_its_parts_once_nothing_refers_to_it() {
    let (app, editor) = with_project().await;
    let uses = async |path: &str| {
        let problem = app.delete(path).by(&editor).await.problem(409, "in_use");
        problem["errors"].as_array().unwrap().iter().map(|e| e["message"].to_string()).collect::<Vec<_>>()
    };
    let used = uses("/api/v1/projects/bishi-beautiful-village").await;
    assert!(used[0].contains("plan items") || used[0].contains("计划事项"), "{used:?}");
    assert_eq!(used.len(), 2, "an observation speaks of it too: {used:?}");
    app.plan_item(json!({
        "code": "bishi-2023.9", "plan": "bishi-2023", "ordinal": 9, "title": "事项", "projects": ["trial-works"],
    }))
    .await;
    assert_eq!(uses(PATH).await.len(), 1);
    let item = app.patch("/api/v1/plan-items/bishi-2023.9", json!({"projects": []})).by(&editor);
    assert_eq!(item.await.status, 200);
    app.sql(
        "INSERT INTO progress_reports (project, as_of, text, author, recorded_at, seq, updated_at) VALUES \
         ('trial-works', '2023-01-01', '开工', 'clerk', '2023-01-01 00:00:00', 1, '2023-01-01 00:00:00')",
    );
    assert_eq!(uses(PATH).await.len(), 1);
    app.sql("DELETE FROM progress_reports");

    let why = format!("{PATH}?comment=%E9%87%8D%E5%A4%8D");
    let gone = app.delete(&why).by(&editor).await;
    assert_eq!((gone.status.as_u16(), gone.body.len()), (204, 0));
    app.get(PATH).await.problem(404, "not_found");
    assert!(app.get("/api/v1/search?q=trial-works").await.items().is_empty());
    let expected = [
        "delete project_amount trial-works/budget/1",
        "delete project_amount trial-works/funding/1",
        "delete project_amount trial-works/funding/2",
        "delete project_amount trial-works/quantity/1",
        "delete project trial-works",
    ];
    assert_eq!(last_done(&app).await, expected);
    let again = app.post(LIST, whole_project(json!({}))).by(&editor).await;
    assert_eq!(again.status, 201, "{}", again.text());
}

#[actix_web::test]
async fn what_others_cite_does_not_bind_a_project() {
    let (app, editor) = with_project().await;
    let [owner, neighbour] =
        [app.key("editor", Some("430681107")).await, app.key("editor", Some("430681108")).await];
    let post = |key: &str, path: &str, body: Value| app.post(&format!("/api/v1/{path}"), body).by(key).send();
    let linked = json!(["trial-works"]);
    let plan = json!({"code": "next", "title": "邻镇计划", "area": "430681108", "year": 2023});
    assert_eq!(post(&neighbour, "plans", plan).await.status, 201);
    let item = json!({"code": "next.a", "plan": "next", "title": "事项", "projects": linked});
    let item = post(&neighbour, "plan-items", item).await;
    let own = json!({"code": "bishi-2023.y", "plan": "bishi-2023", "title": "事项", "projects": linked});
    assert_eq!(post(&owner, "plan-items", own).await.status, 201);
    let figure = |value: i64| {
        json!({
            "metric": "land.management_right.certified_area", "area": "430681108", "period": "2022",
            "value": value, "projects": linked, "reason": "audit",
        })
    };
    let path = "observations?on_conflict=revise";
    assert_eq!(post(&neighbour, path, figure(7)).await.status, 201);
    let figure = post(&neighbour, path, figure(8)).await;
    assert_eq!((item.status.as_u16(), figure.status.as_u16()), (201, 200), "{}", figure.text());
    // What refers to it within the reach of the key binds as ever, and then nothing is let go.
    let problem = app.delete(PATH).by(&owner).await.problem(409, "in_use");
    assert_eq!(problem["errors"].as_array().unwrap().len(), 1, "{problem}");
    assert_eq!(
        app.delete(PATH).by(&editor).await.problem(409, "in_use")["errors"].as_array().unwrap().len(),
        2
    );
    let read = async |path: &str| app.get(&format!("/api/v1/{path}")).await;
    assert_eq!(read("plan-items/next.a").await.json()["projects"], linked);
    let unlinked = app.patch("/api/v1/plan-items/bishi-2023.y", json!({"projects": []})).by(&owner);
    assert_eq!(unlinked.await.status, 200);

    assert_eq!(app.delete(PATH).by(&owner).await.status, 204);
    let id = figure.json()["id"].clone();
    let done = last_done(&app).await;
    for told in ["put plan_item next.a".to_owned(), format!("put observation {id}")] {
        assert!(done.contains(&told), "{told}: {done:?}");
    }
    assert_eq!(done.last().unwrap(), "delete project trial-works");
    let seq = app.db.head().await.unwrap();
    let observation = format!("observations/{id}");
    let row = read("plan-items/next.a").await.json();
    assert_eq!((&row["projects"], &row["seq"]), (&json!([]), &json!(seq)));
    // What is stated was stated when it was.
    let row = read(&observation).await.json();
    assert_eq!((&row["projects"], &row["seq"]), (&json!([]), &figure.json()["seq"]));
    for revision in read(&format!("{observation}/revisions")).await.items() {
        assert_eq!(revision["projects"], json!([]));
    }
    let last = read("plan-items/next.a/timeline").await.items().pop().unwrap();
    assert_eq!((&last["seq"], &last["data"]), (&json!(seq), &json!({"members": ["projects"]})));
}

#[actix_web::test]
async fn a_deleted_project_does_not_come_back_with_the_seed() {
    let (app, editor) = with_project().await;
    let path = "/api/v1/projects/tongba-bridge";
    assert_eq!(app.delete(path).by(&editor).await.status, 204);
    assert_eq!(last_done(&app).await, ["delete milestone tongba-bridge/1", "delete project tongba-bridge"]);
    // Nor does an item that is there stumble over a project that has gone since.
    let item = app.patch("/api/v1/plan-items/bishi-2023.4.2.11", json!({"projects": []})).by(&editor);
    assert_eq!(item.await.status, 200);
    assert_eq!(app.delete("/api/v1/projects/fire-station").by(&editor).await.status, 204);
    let head = app.db.head().await.unwrap();
    let added = seed::load(&app.db, Files::built_in().unwrap()).await.unwrap();
    assert_eq!((added.to_string().as_str(), app.db.head().await.unwrap()), ("nothing to add", head));
    app.get(path).await.problem(404, "not_found");
}

#[actix_web::test]
async fn the_milestones_of_a_project_stay_when_it_changes() {
    let (app, editor) = with_project().await;
    let path = "/api/v1/projects/tongba-bridge";
    let before = app.get(&format!("{path}/milestones")).await.items();
    assert_eq!(app.patch(path, json!({"stage": "completed"})).by(&editor).await.status, 200);
    assert_eq!(app.get(&format!("{path}/milestones")).await.items(), before);
    assert_eq!(before.len(), 1);
    app.project(whole_project(
        json!({"code": "trial-6", "milestones": [{"title": "通车", "status": "due"}]}),
    ))
    .await;
    assert_eq!(app.get("/api/v1/projects/trial-6/milestones").await.items().len(), 1);
}
