//! `POST …/transitions` of plan items and projects: who may, what a move takes, and that every day is told as it
//! was.

use actix_web::http::Method;
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::builders::merged;
use crate::builders::plans::Office;
use crate::builders::progress::report;
use crate::harness::Answer;
use crate::harness::lists::each;

const ITEMS: &str = "/api/v1/plan-items";
const PROJECTS: &str = "/api/v1/projects";

fn at(answer: &Answer, status: u16, pointer: &str, code: &str) {
    assert_eq!(answer.status, status, "{pointer}: {}", answer.text());
    let fault = &answer.json()["errors"][0];
    assert_eq!((&fault["pointer"], &fault["code"]), (&json!(pointer), &json!(code)), "{}", answer.text());
}

#[actix_web::test]
async fn an_item_is_closed_on_evidence_by_a_second_person() {
    let item =
        json!({"deliverables": ["道路硬化", "验收报告"], "start_on": "2023-01-01", "due_on": "2023-06-30"});
    let office = Office::with(&[("a", item)]).await;
    let Office { app, reporter, reviewer, editor } = &office;
    let assigned =
        json!({"to": "assigned", "on": "2023-01-05", "lead_unit": "镇水利站", "co_units": ["财政所"]});
    let told = office.goes(editor, "trial.a", assigned).await;
    assert_eq!(
        (&told["state"], &told["lead_unit"], &told["co_units"]),
        (&json!("assigned"), &json!("镇水利站"), &json!(["财政所"]))
    );
    office.goes(reporter, "trial.a", json!({"to": "in_progress", "on": "2023-01-06"})).await;
    let ask = |evidence: Value| json!({"to": "close_requested", "on": "2023-05-01", "evidence": evidence});
    // Each deliverable is shown by something.
    for evidence in [
        json!([]),
        json!(["照片"]),
        json!([{"deliverable": 2, "text": "报告"}, {"deliverable": 2, "text": "附件"}]),
    ] {
        at(&office.go(reporter, "trial.a", ask(evidence)).await, 422, "/evidence", "missing");
    }
    for (evidence, pointer, code) in [
        (json!([{"deliverable": 3, "text": "x"}]), "/evidence/0/deliverable", "unknown_reference"),
        (json!([{"deliverable": 1}]), "/evidence/0", "empty"),
        (json!([{"text": " "}]), "/evidence/0/text", "empty"),
        (json!(["x", {"attachment": "none"}]), "/evidence/1/attachment", "unknown_reference"),
        (json!([{"progress_report": 99}]), "/evidence/0/progress_report", "unknown_reference"),
        (json!([{"observation": 99999}]), "/evidence/0/observation", "unknown_reference"),
    ] {
        at(&office.go(reporter, "trial.a", ask(evidence)).await, 422, pointer, code);
    }
    at(
        &office.go(reporter, "trial.a", ask(json!([{"words": "x"}]))).await,
        400,
        "/evidence/0/words",
        "unknown_member",
    );
    report(app, "plan_item", "trial.a", "2023-04-30", "100");
    let evidence = json!([{"deliverable": 2, "text": "弼政发〔2023〕12号"}, {"progress_report": 1}]);
    office.goes(reporter, "trial.a", ask(evidence)).await;
    // Who asked does not close, whatever the role; a reporter never does.
    office.go(reporter, "trial.a", json!({"to": "closed"})).await.problem(403, "forbidden");
    office
        .goes(reviewer, "trial.a", json!({"to": "returned", "on": "2023-05-10", "comment": "缺照片"}))
        .await;
    office.goes(reviewer, "trial.a", json!({"to": "in_progress", "on": "2023-05-11"})).await;
    office
        .goes(
            reviewer,
            "trial.a",
            json!({"to": "close_requested", "on": "2023-05-12", "evidence": ["甲", "乙"]}),
        )
        .await;
    let own = office.go(reviewer, "trial.a", json!({"to": "closed", "on": "2023-05-20"})).await;
    own.problem(403, "forbidden");
    let closed = office.goes(editor, "trial.a", json!({"to": "closed", "on": "2023-05-20"})).await;
    assert_eq!((&closed["state"], &closed["light"]["color"]), (&json!("closed"), &json!("blue")));
    // What was shown stays what was to be there.
    let patch = |changes: Value| app.patch(&format!("{ITEMS}/trial.a"), changes).by(editor).send();
    patch(json!({"deliverables": ["道路硬化"]})).await.problem(409, "conflict");
    assert_eq!(patch(json!({"title": "硬化"})).await.status, 200);
    // A day is told as it was.
    assert_eq!(office.color("trial.a", "2023-05-19").await, "green");
    assert_eq!(office.color("trial.a", "2023-05-20").await, "blue");
    office
        .go(reporter, "trial.a", json!({"to": "in_progress", "comment": "x"}))
        .await
        .problem(403, "forbidden");
    at(&office.go(reviewer, "trial.a", json!({"to": "in_progress"})).await, 422, "/comment", "missing");
    office
        .goes(reviewer, "trial.a", json!({"to": "in_progress", "on": "2023-08-01", "reason": "audit"}))
        .await;
    assert_eq!(office.color("trial.a", "2023-07-31").await, "blue");
    assert_eq!(office.color("trial.a", "2023-08-01").await, "green");
}

#[actix_web::test]
async fn an_illegal_move_names_the_legal_ones_and_writes_nothing() {
    let office = Office::with(&[("a", json!({}))]).await;
    let head = office.app.db.head().await.unwrap();
    let refused = office.go(&office.editor, "trial.a", json!({"to": "closed"})).await;
    let problem = refused.problem(409, "illegal_transition");
    assert_eq!(each(problem["errors"].as_array().unwrap(), "message"), ["assigned", "cancelled"]);
    for (body, status, pointer) in [
        (json!({}), 422, "/to"),
        (json!({"to": "done"}), 400, "/to"),
        (json!({"to": "assigned", "on": "someday"}), 400, "/on"),
        (json!({"to": "assigned", "on": "-0001-01-01"}), 400, "/on"),
        (json!({"to": "assigned", "on": "2999-01-01"}), 422, "/on"),
        (json!({"to": "assigned", "evidence": ["x"]}), 422, "/evidence"),
        (json!({"to": "assigned", "carried_to": "x"}), 422, "/carried_to"),
        (json!({"to": "assigned", "co_units": [""]}), 422, "/co_units/0"),
        (json!({"to": "assigned", "state": "x"}), 400, "/state"),
        (json!({"to": "cancelled"}), 422, "/comment"),
    ] {
        let answer = office.go(&office.editor, "trial.a", body.clone()).await;
        assert_eq!(answer.status, status, "{body}: {}", answer.text());
        assert_eq!(answer.json()["errors"][0]["pointer"], pointer, "{body}");
    }
    office.go(&office.editor, "trial.none", json!({"to": "assigned"})).await.problem(404, "not_found");
    office.go(&office.reporter, "trial.a", json!({"to": "assigned"})).await.problem(403, "forbidden");
    let stale = office.app.request(Method::POST, &format!("{ITEMS}/trial.a/transitions")).by(&office.editor);
    stale.if_match("\"1-0\"").json(json!({"to": "assigned"})).await.problem(412, "stale");
    // Who may not learns nothing of the state.
    let stale =
        office.app.request(Method::POST, &format!("{ITEMS}/trial.a/transitions")).by(&office.reporter);
    stale.if_match("\"1-0\"").json(json!({"to": "assigned"})).await.problem(403, "forbidden");
    assert_eq!(office.app.db.head().await.unwrap(), head);
    office.goes(&office.editor, "trial.a", json!({"to": "assigned", "on": "2023-02-01"})).await;
    let early =
        office.go(&office.reporter, "trial.a", json!({"to": "in_progress", "on": "2023-01-31"})).await;
    at(&early, 422, "/on", "before_last_move");
}

#[actix_web::test]
async fn an_item_is_carried_over_with_both_ends_linked() {
    let office = Office::with(&[("a", json!({"due_on": "2023-12-31"})), ("b", json!({}))]).await;
    let Office { app, editor, .. } = &office;
    let next = json!({"code": "next", "title": "明年计划", "area": "430681107", "year": 2024});
    assert_eq!(office.app.post("/api/v1/plans", next).by(editor).await.status, 201);
    let item = json!({"code": "next.a", "plan": "next", "ordinal": 1, "title": "续建"});
    assert_eq!(office.app.post(ITEMS, item).by(editor).await.status, 201);
    office.begun("trial.a").await;
    office.begun("trial.b").await;
    let over = |to: Value| json!({"to": "carried_over", "on": "2023-12-31", "carried_to": to});
    for (to, code) in
        [(json!(null), "missing"), (json!("next.z"), "unknown_reference"), (json!("trial.b"), "not_later")]
    {
        at(&office.go(editor, "trial.a", over(to)).await, 422, "/carried_to", code);
    }
    let old = office.goes(editor, "trial.a", over(json!("next.a"))).await;
    let new = app.get(&format!("{ITEMS}/next.a")).await.json();
    assert_eq!((&old["carried_to"], &new["carried_from"]), (&json!("next.a"), &json!("trial.a")));
    assert_eq!(old["seq"], new["seq"], "one entry");
    let patch =
        |plan: &str, changes: Value| app.patch(&format!("/api/v1/plans/{plan}"), changes).by(editor).send();
    patch("next", json!({"year": 2022})).await.problem(409, "conflict");
    patch("trial", json!({"year": 2025})).await.problem(409, "conflict");
    assert_eq!(patch("next", json!({"title": "明年"})).await.status, 200);
    at(&office.go(editor, "trial.b", over(json!("next.a"))).await, 422, "/carried_to", "taken");
    let back = json!({"to": "in_progress", "comment": "误操作"});
    let old = office.goes(editor, "trial.a", back).await;
    let new = app.get(&format!("{ITEMS}/next.a")).await.json();
    assert_eq!((&old["carried_to"], &new["carried_from"]), (&json!(null), &json!(null)));
    // On the day itself it was carried over, the day before it was not.
    assert_eq!(office.color("trial.a", "2023-12-30").await, "yellow");
    assert_eq!(office.color("trial.a", "2023-12-31").await, "grey");
}

#[actix_web::test]
async fn of_moves_that_race_one_wins() {
    let office = Office::with(&[("a", json!({}))]).await;
    office.begun("trial.a").await;
    office
        .goes(
            &office.reporter,
            "trial.a",
            json!({"to": "close_requested", "on": "2023-02-01", "evidence": ["x"]}),
        )
        .await;
    let head = office.app.db.head().await.unwrap();
    let closing = (0..8).map(|nth| {
        let key = if nth % 2 == 0 { &office.reviewer } else { &office.editor };
        office.go(key, "trial.a", json!({"to": "closed", "on": "2023-02-02"}))
    });
    let answers = join_all(closing).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
    for lost in answers.iter().filter(|answer| answer.status != 200) {
        lost.problem(409, "illegal_transition");
    }
    assert_eq!(office.app.db.head().await.unwrap(), head + 1);
    let path = format!("{PROJECTS}/tongba-bridge/transitions");
    let racing = (0..6).map(|_| office.app.post(&path, json!({"to": "in_use"})).by(&office.reporter).send());
    let answers = join_all(racing).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
}

#[actix_web::test]
async fn a_project_goes_forward_freely_and_back_with_a_reason() {
    let office = Office::with(&[]).await;
    let Office { app, reporter, reviewer, editor } = &office;
    let new = json!({
        "code": "trial", "name": "试验工程", "kind": "construction", "areas": ["430681107"], "stage": "idea",
        "starts_on": "2023-03-01", "finishes_on": "2023-09-30",
    });
    assert_eq!(office.app.post(PROJECTS, new).by(editor).await.status, 201);
    let path = format!("{PROJECTS}/trial/transitions");
    let go = |key: &str, body: Value| {
        let (office, path, key) = (&office, path.clone(), key.to_owned());
        async move { office.app.post(&path, body).by(&key).await }
    };
    let begun = go(reporter, json!({"to": "started", "on": "2023-03-10"})).await.json();
    assert_eq!(
        (&begun["stage"], &begun["oc4ids_status"], &begun["started_on"]),
        (&json!("started"), &json!("implementation"), &json!("2023-03-10"))
    );
    go(reporter, json!({"to": "started"})).await.problem(409, "illegal_transition");
    go(reporter, json!({"to": "design", "comment": "x"})).await.problem(403, "forbidden");
    go(reporter, json!({"suspended": true, "comment": "汛期"})).await.problem(403, "forbidden");
    at(&go(reviewer, json!({"suspended": true})).await, 422, "/comment", "missing");
    at(&go(reviewer, json!({})).await, 422, "/to", "missing");
    let rests = go(reviewer, json!({"suspended": true, "on": "2023-06-01", "comment": "汛期"})).await.json();
    assert_eq!((&rests["stage"], &rests["suspended"]), (&json!("started"), &json!(true)));
    go(reviewer, json!({"suspended": true, "comment": "x"})).await.problem(409, "illegal_transition");
    assert_eq!(go(reviewer, json!({"suspended": false, "on": "2023-08-01"})).await.status, 200);
    at(&go(reviewer, json!({"to": "design", "on": "2023-08-02"})).await, 422, "/comment", "missing");
    let back = json!({"to": "design", "on": "2023-08-02", "comment": "设计变更"});
    let back = go(reviewer, back).await.json();
    assert_eq!((&back["stage"], &back["started_on"]), (&json!("design"), &Value::Null));
    let done = go(reporter, json!({"to": "completed", "on": "2023-09-01"})).await.json();
    assert_eq!((&done["finished_on"], &done["light"]["color"]), (&json!("2023-09-01"), &json!("blue")));
    // What was not finished after all is finished another day.
    let again = json!({"to": "under_construction", "on": "2023-09-10", "comment": "返工"});
    let again = go(reviewer, again).await.json();
    assert_eq!((&again["started_on"], &again["finished_on"]), (&json!("2023-09-10"), &Value::Null));
    let patch = |changes: Value| app.patch("/api/v1/projects/trial", changes).by(editor).send();
    assert_eq!(patch(json!({"started_on": "2023-11"})).await.status, 200);
    let early = go(reporter, json!({"to": "completed", "on": "2023-10-01"})).await;
    at(&early, 422, "/on", "ends_before_start");
    assert_eq!(patch(json!({"started_on": "2023-09-10"})).await.status, 200);
    let done = go(reporter, json!({"to": "completed", "on": "2023-10-01"})).await.json();
    assert_eq!(done["finished_on"], "2023-10-01");
    let stale = app.post(&path, json!({"to": "idea", "comment": "x"})).by(reporter).if_match("\"1-0\"");
    stale.await.problem(403, "forbidden");
    at(&go(reviewer, json!({"to": "cancelled"})).await, 422, "/comment", "missing");
    // A patch of the stage is a move too.
    at(&patch(json!({"stage": "idea"})).await, 422, "/comment", "missing");
    assert_eq!(patch(json!({"stage": "accepted"})).await.status, 200);
    let entries = app.get("/api/v1/entries?limit=1000").by(&app.key("admin", None).await).await;
    assert_eq!(entries.status, 200);
}

#[actix_web::test]
async fn a_suspended_project_shows_on_the_days_that_it_rested() {
    let linked = json!({"projects": ["tongba-bridge"]});
    let office = Office::with(&[("a", linked)]).await;
    let path = format!("{PROJECTS}/tongba-bridge/transitions");
    let rest = json!({"suspended": true, "on": "2023-06-01", "comment": "汛期"});
    assert_eq!(office.app.post(&path, rest).by(&office.reviewer).await.status, 200);
    let resume = json!({"suspended": false, "on": "2023-08-01"});
    assert_eq!(office.app.post(&path, resume).by(&office.reviewer).await.status, 200);
    for (day, color) in
        [("2023-05-31", "grey"), ("2023-06-01", "yellow"), ("2023-07-31", "yellow"), ("2023-08-01", "grey")]
    {
        assert_eq!(office.color("trial.a", day).await, color, "{day}");
        let board = office.app.get(&format!("/api/v1/plans/trial/scoreboard?at={day}")).await.json();
        assert_eq!(board["lights"][color], 1, "{day}: {board}");
    }
    // What is complete rests no more, whatever its flag says.
    let rest = json!({"suspended": true, "on": "2023-10-01", "comment": "收尾"});
    assert_eq!(office.app.post(&path, rest).by(&office.reviewer).await.status, 200);
    let done =
        office.app.post(&path, json!({"to": "in_use", "on": "2023-11-01"})).by(&office.reporter).await.json();
    assert_eq!(done["suspended"], true);
    for (day, color) in [("2023-10-31", "yellow"), ("2023-11-01", "grey")] {
        assert_eq!(office.color("trial.a", day).await, color, "{day}");
    }
    let now = office.app.get(&format!("{ITEMS}/trial.a")).await.json();
    assert_eq!(now["light"]["color"], "grey", "{now}");
}

#[actix_web::test]
async fn more_time_is_asked_for_once_and_given_by_another() {
    let office = Office::with(&[("a", json!({"due_on": "2023-06-30"}))]).await;
    let Office { app, reporter, reviewer, editor } = &office;
    office.begun("trial.a").await;
    let path = format!("{ITEMS}/trial.a/extensions");
    let ask = |more: Value| {
        office
            .app
            .post(
                &path,
                merged(json!({"due_on": "2023-09-30", "on": "2023-06-20", "comment": "汛期停工"}), more),
            )
            .by(reporter)
    };
    for (more, status, pointer) in [
        (json!({"due_on": "2023-06"}), 422, "/due_on"),
        (json!({"due_on": "soon"}), 400, "/due_on"),
        (json!({"comment": " "}), 422, "/comment"),
        (json!({"comment": null}), 422, "/comment"),
        (json!({"on": "2999-01-01"}), 422, "/on"),
        (json!({"state": "granted"}), 400, "/state"),
    ] {
        let answer = ask(more.clone()).await;
        assert_eq!(answer.status, status, "{more}: {}", answer.text());
        assert_eq!(answer.json()["errors"][0]["pointer"], pointer, "{more}");
    }
    let asked = ask(json!({})).await;
    assert_eq!(asked.status, 201, "{}", asked.text());
    assert_eq!(asked.header("location"), format!("{path}/1"));
    ask(json!({})).await.problem(409, "conflict");
    let decide = |key: &str, body: Value| {
        let (office, path, key) = (&office, format!("{path}/1/transitions"), key.to_owned());
        async move { office.app.post(&path, body).by(&key).await }
    };
    decide(reporter, json!({"to": "granted"})).await.problem(403, "forbidden");
    at(&decide(reviewer, json!({"to": "granted", "on": "2023-06-19"})).await, 422, "/on", "before_last_move");
    let granted =
        decide(reviewer, json!({"to": "granted", "on": "2023-07-10", "comment": "同意"})).await.json();
    assert_eq!(
        (&granted["state"], &granted["was_due_on"], &granted["decision"]),
        (&json!("granted"), &json!("2023-06-30"), &json!("同意"))
    );
    decide(editor, json!({"to": "refused"})).await.problem(409, "illegal_transition");
    assert_eq!(app.get(&format!("{ITEMS}/trial.a")).await.json()["due_on"], "2023-09-30");
    // Until it was granted the item was overdue.
    for (day, color) in [("2023-07-09", "red"), ("2023-07-10", "grey"), ("2023-10-01", "red")] {
        assert_eq!(office.color("trial.a", day).await, color, "{day}");
    }
    let board = app.get("/api/v1/plans/trial/scoreboard?at=2023-07-05").await.json();
    assert_eq!(
        (&board["overdue"][0]["due_on"], &board["overdue"][0]["days_overdue"]),
        (&json!("2023-06-30"), &json!(5))
    );
    let listed = app.get(&format!("{path}?count=exact")).await.json();
    assert_eq!(
        (&listed["count"], each(listed["items"].as_array().unwrap(), "state")),
        (&json!(1), vec!["granted".into()])
    );
    assert_eq!(app.get(&format!("{path}/1")).await.json(), listed["items"][0]);
    app.get(&format!("{path}/2")).await.problem(404, "not_found");
    app.get(&format!("{path}/x")).await.problem(400, "invalid_parameter");
    office.goes(editor, "trial.a", json!({"to": "cancelled", "comment": "不再实施"})).await;
    ask(json!({"due_on": "2024"})).await.problem(409, "conflict");
}

#[actix_web::test]
async fn more_time_is_given_for_what_the_item_is_then() {
    let office = Office::with(&[("a", json!({"start_on": "2023-03", "due_on": "2023-06-30"}))]).await;
    let Office { app, reporter, reviewer, editor } = &office;
    office.begun("trial.a").await;
    let path = format!("{ITEMS}/trial.a/extensions");
    let ask = |due_on: &str, on: &str| {
        office.app.post(&path, json!({"due_on": due_on, "on": on, "comment": "汛期"})).by(reporter)
    };
    let decide = |nth: i64, to: &str, on: &str| {
        let (office, path) = (&office, format!("{path}/{nth}/transitions"));
        let body = json!({"to": to, "on": on});
        async move { office.app.post(&path, body).by(reviewer).await }
    };
    let patch = |changes: Value| app.patch(&format!("{ITEMS}/trial.a"), changes).by(editor).send();
    assert_eq!(ask("2023-07-31", "2023-06-10").await.status, 201);
    assert_eq!(decide(1, "granted", "2023-06-20").await.status, 200);
    // The next one follows: else a day in between would have a date that it never had.
    at(&ask("2023-09-30", "2023-05-01").await, 422, "/on", "before_last_move");
    assert_eq!(ask("2023-09-30", "2023-06-25").await.status, 201);
    assert_eq!(patch(json!({"due_on": "2023-12-31"})).await.status, 200);
    decide(2, "granted", "2023-06-26").await.problem(409, "conflict");
    assert_eq!(patch(json!({"due_on": null, "start_on": "2023-11"})).await.status, 200);
    decide(2, "granted", "2023-06-26").await.problem(409, "conflict");
    assert_eq!(decide(2, "refused", "2023-06-26").await.status, 200);
    at(&ask("2023-10", "2023-07-01").await, 422, "/due_on", "ends_before_start");
    assert_eq!(ask("2024", "2023-07-01").await.status, 201);
    office.goes(editor, "trial.a", json!({"to": "cancelled", "comment": "不再实施"})).await;
    decide(3, "granted", "2023-07-02").await.problem(409, "conflict");
    assert_eq!(app.get(&format!("{ITEMS}/trial.a")).await.json()["due_on"], Value::Null);
    let stale =
        app.post(&format!("{path}/3/transitions"), json!({"to": "refused"})).by(reporter).if_match("\"1-0\"");
    stale.await.problem(403, "forbidden");
}

#[actix_web::test]
async fn who_is_to_report_from_the_assignment_on_is_silent_without_a_report() {
    let office = Office::with(&[("a", json!({"reporting_cycle": "month", "due_on": "2023"}))]).await;
    office.goes(&office.editor, "trial.a", json!({"to": "assigned", "on": "2023-01-15"})).await;
    for (day, color) in
        [("2023-01-14", "grey"), ("2023-02-14", "grey"), ("2023-02-15", "yellow"), ("2023-03-15", "red")]
    {
        assert_eq!(office.color("trial.a", day).await, color, "{day}");
    }
    let bulletin = json!({"plan": "trial", "date": "2023-03-01"});
    let told = office.app.post("/api/v1/bulletins", bulletin).by(&office.editor).await;
    assert_eq!(told.status, 201, "{}", told.text());
    assert!(told.json()["content"]["not_reported"].to_string().contains("trial.a"), "{}", told.text());
    report(&office.app, "plan_item", "trial.a", "2023-03-01", "10");
    assert_eq!(office.color("trial.a", "2023-03-15").await, "grey");
}

#[actix_web::test]
async fn what_is_out_of_reach_is_not_moved() {
    let office = Office::with(&[("a", json!({"visibility": "internal"})), ("b", json!({}))]).await;
    let neighbour = office.app.key("editor", Some("430681108")).await;
    let extension = json!({"due_on": "2024", "comment": "x"});
    office.go(&neighbour, "trial.a", json!({"to": "assigned"})).await.problem(404, "not_found");
    office.go(&neighbour, "trial.b", json!({"to": "assigned"})).await.problem(403, "forbidden");
    let path = |item: &str| format!("{ITEMS}/{item}/extensions");
    office.app.post(&path("trial.a"), extension.clone()).by(&neighbour).await.problem(404, "not_found");
    office.app.post(&path("trial.b"), extension.clone()).by(&neighbour).await.problem(403, "forbidden");
    office.app.get(&path("trial.a")).await.problem(404, "not_found");
    let bridge = format!("{PROJECTS}/tongba-bridge/transitions");
    office.app.post(&bridge, json!({"to": "in_use"})).by(&neighbour).await.problem(403, "forbidden");
    // What was moved goes with its moves and extensions.
    assert_eq!(office.app.post(&path("trial.b"), extension).by(&office.reporter).await.status, 201);
    office.goes(&office.editor, "trial.b", json!({"to": "assigned"})).await;
    assert_eq!(office.app.delete(&format!("{ITEMS}/trial.b")).by(&office.editor).await.status, 204);
}
