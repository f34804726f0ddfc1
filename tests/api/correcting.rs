//! Correcting and retracting observations over HTTP: revisions, their reasons, and what is known as of
//! when.

use std::time::Duration;

use actix_web::http::Method;
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::builders::observations::fund;
use crate::harness::lists::each;
use crate::harness::{Answer, TestApp};

const PATH: &str = "/api/v1/observations";

/// Corrects a figure as it was read.
async fn correct(app: &TestApp, key: &str, path: &str, changes: Value) -> Answer {
    let tag = app.get(path).by(key).await.header("etag").to_owned();
    app.patch(path, changes).by(key).if_match(&tag).await
}

/// An observation of a village, and its address.
async fn stated(app: &TestApp, key: &str, more: Value) -> String {
    let made = app.post(PATH, fund("430681107223", more)).by(key).await;
    assert_eq!(made.status, 201, "{}", made.text());
    made.header("location").to_owned()
}

#[actix_web::test]
async fn a_correction_is_a_revision_with_reason_author_and_both_times() {
    let (app, editor) = TestApp::seeded_for("editor", Some("430681107")).await;
    let path = stated(&app, &editor, json!({"value": 10, "report": "bishi-2022"})).await;
    let changes = json!({"value": 12, "reason": "entry_error", "comment": "漏记两笔"});
    let corrected = correct(&app, &editor, &path, changes).await;
    assert_eq!(corrected.status, 200, "{}", corrected.text());
    assert_eq!(corrected.json(), app.get(&path).await.json());
    assert_eq!((&corrected.json()["value"], &corrected.json()["revision"]), (&json!(12), &json!(2)));
    let revisions = app.get(&format!("{path}/revisions")).await.items();
    assert_eq!(each(&revisions, "value"), ["10", "12"]);
    assert_eq!(each(&revisions, "reason"), ["null", "entry_error"]);
    assert_eq!(each(&revisions, "comment"), ["null", "漏记两笔"]);
    assert_eq!(each(&revisions, "author"), ["editor", "editor"]);
    assert!(revisions[0]["seq"].as_i64() < revisions[1]["seq"].as_i64());
    // It was not known when the report came out.
    assert_eq!(revisions[0]["released_at"], "2023-01-17T10:21:00+08:00");
    assert_eq!(app.get(&format!("{path}?as_of=2023-01-17")).await.json()["value"], 10);
    assert_eq!(app.get(&format!("{path}?as_of=2023-01-16")).await.status, 404);
}

#[actix_web::test]
async fn a_correction_needs_a_reason_and_changes_no_key() {
    let (app, editor) = TestApp::seeded_for("editor", Some("430681107")).await;
    let path = stated(&app, &editor, json!({"value": 10})).await;
    let problem = correct(&app, &editor, &path, json!({"value": 12})).await.problem(422, "invalid_value");
    assert_eq!(problem["errors"][0]["pointer"], "/reason");
    for member in ["metric", "area", "period", "accumulation", "role", "id", "revision", "warnings"] {
        let changes = json!({member: "x", "reason": "audit"});
        let problem = correct(&app, &editor, &path, changes).await.problem(400, "malformed_request");
        assert_eq!(problem["errors"][0]["pointer"], format!("/{member}"));
    }
    let change = |tag: Option<&str>| {
        let request =
            app.request(Method::PATCH, &path).by(&editor).json(json!({"value": 1, "reason": "audit"}));
        match tag {
            Some(tag) => request.if_match(tag),
            None => request,
        }
    };
    change(None).await.problem(428, "precondition_required");
    change(Some("\"1-0\"")).await.problem(412, "stale");
    let lost = app.patch("/api/v1/observations/99999", json!({"value": 1, "reason": "audit"})).by(&editor);
    lost.await.problem(404, "not_found");
    assert_eq!(app.get(&path).await.json()["revision"], 1);
}

#[actix_web::test]
async fn words_and_parts_follow_each_other() {
    let (app, editor) = TestApp::seeded_for("editor", Some("430681107")).await;
    let path = stated(&app, &editor, json!({"text": "90万余元", "note": "口头"})).await;
    let change = async |mut changes: Value| {
        changes["reason"] = "audit".into();
        let answer = correct(&app, &editor, &path, changes).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        let row = answer.json();
        ["value", "comparator", "lower", "upper", "text", "decimals"].map(|member| row[member].clone())
    };
    let null = Value::Null;
    // A new value keeps the qualifier, not the words, nor the bound that followed from the old value.
    assert_eq!(
        change(json!({"value": 95.5})).await,
        [json!(95.5), json!(">"), json!(95.5), null.clone(), null.clone(), json!(1)]
    );
    assert_eq!(
        change(json!({"comparator": null})).await,
        [json!(95.5), null.clone(), json!(95.5), json!(95.5), null.clone(), json!(1)]
    );
    assert_eq!(
        change(json!({"text": "近100万元"})).await,
        [json!(100), json!("<"), null.clone(), json!(100), json!("近100万元"), json!(0)]
    );
    assert_eq!(change(json!({"text": null})).await[..2], [json!(100), json!("<")]);
    let row = app.get(&path).await.json();
    assert_eq!((&row["text"], &row["note"]), (&null, &json!("口头")));
    let bad = correct(&app, &editor, &path, json!({"value": 7, "text": "8万元", "reason": "audit"})).await;
    bad.problem(422, "invalid_value");
    let cleared = correct(&app, &editor, &path, json!({"value": null, "reason": "audit"})).await;
    cleared.problem(422, "invalid_value");
}

#[actix_web::test]
async fn a_retracted_observation_is_gone_until_it_is_stated_anew() {
    let (app, editor) = TestApp::seeded_for("editor", Some("430681107")).await;
    let path = stated(&app, &editor, json!({"value": 10, "covers": []})).await;
    let retract = |query: &str| app.delete(&format!("{path}{query}")).by(&editor);
    let problem = retract("").await.problem(422, "invalid_value");
    assert_eq!(problem["errors"][0]["parameter"], "reason");
    retract("?reason=because").await.problem(400, "invalid_parameter");
    let bare = app.request(Method::DELETE, &format!("{path}?reason=audit")).by(&editor);
    bare.await.problem(428, "precondition_required");
    assert_eq!(retract("?reason=entry_error&comment=%E8%AF%AF").await.status, 204);
    app.get(&path).await.problem(404, "not_found");
    retract("?reason=audit").await.problem(404, "not_found");
    let revisions = app.get(&format!("{path}/revisions")).await.items();
    assert_eq!(each(&revisions, "retracted"), ["false", "true"]);
    assert_eq!((&revisions[1]["reason"], &revisions[1]["comment"]), (&json!("entry_error"), &json!("误")));

    let early = fund("430681107223", json!({"value": 11, "released_at": "2023-01-31T00:00:00Z"}));
    let problem = app.post(PATH, early).by(&editor).await.problem(422, "invalid_value");
    assert_eq!(problem["errors"][0]["code"], "before_retraction");

    // Its report came out long before the retraction: what it says counts again from now on.
    let anew =
        app.post(PATH, fund("430681107223", json!({"value": 11, "report": "bishi-2022"}))).by(&editor).await;
    assert_eq!((anew.status.as_u16(), anew.header("location")), (201, path.as_str()), "{}", anew.text());
    assert_eq!(anew.json()["revision"], 3);
    assert_eq!(app.get(&format!("{path}/revisions")).await.items().len(), 3);
}

#[actix_web::test]
async fn what_is_not_released_yet_is_seen_and_corrected_by_reviewers_of_the_area_only() {
    let (app, editor) = TestApp::seeded_for("editor", Some("430681107")).await;
    let later = "2998-01-01T00:00:00Z";
    let path = stated(&app, &editor, json!({"value": 10, "released_at": later})).await;
    let at = "430681107";
    for (key, seen) in [
        (None, false),
        (Some(app.key("reporter", Some(at)).await), false),
        (Some(app.key("reviewer", Some("430681108")).await), false),
        (Some(app.key("reviewer", Some(at)).await), true),
        (Some(app.key("admin", None).await), true),
    ] {
        let get = |path: &str| app.get(path).by_if(key.as_deref());
        assert_eq!(get(&path).await.status.as_u16(), if seen { 200 } else { 404 });
        assert_eq!(get(&format!("{path}/revisions")).await.status.as_u16(), if seen { 200 } else { 404 });
        let list = get("/api/v1/observations?area=430681107223&metric=education.fund.raised").await;
        assert_eq!(list.items().len(), usize::from(seen));
        assert_eq!(
            get(&format!("{path}?as_of=2997-01-01")).await.status,
            404,
            "even a reviewer asks of then"
        );
    }
    // A correction of it is released with it, not before.
    let corrected = correct(&app, &editor, &path, json!({"value": 12, "reason": "entry_error"})).await.json();
    assert_eq!(
        (&corrected["value"], &corrected["released_at"]),
        (&json!(12), &json!("2998-01-01T08:00:00+08:00"))
    );
    app.get(&path).await.problem(404, "not_found");
}

#[actix_web::test]
async fn what_is_acknowledged_is_what_is_read() {
    let (app, editor) = TestApp::seeded_for("editor", Some("430681107")).await;
    // From the report again after a retraction: known from now on, not from when the report came out.
    let cited = json!({"value": 10, "report": "bishi-2022"});
    let path = stated(&app, &editor, cited.clone()).await;
    assert_eq!(app.delete(&format!("{path}?reason=audit")).by(&editor).await.status, 204);
    let anew = app.post(PATH, fund("430681107223", cited.clone())).by(&editor).await;
    assert_eq!((anew.status.as_u16(), anew.header("location")), (201, path.as_str()), "{}", anew.text());
    assert_eq!(app.get(&path).await.json(), anew.json());
    assert_eq!(
        app.get(&format!("{path}?as_of=2023-02-01")).await.json()["revision"],
        1,
        "as it was known then"
    );
    // A correction from the report, by whatever way, is not filed behind what it corrects.
    assert_eq!(
        correct(&app, &editor, &path, json!({"value": 6, "reason": "audit"})).await.json()["value"],
        6
    );
    let again = json!({"value": 9, "report": "bishi-2022", "reason": "audit"});
    let revised =
        app.post(&format!("{PATH}?on_conflict=revise"), fund("430681107223", again)).by(&editor).await.json();
    assert_eq!(revised["value"], 9);
    // Nor is a source that is added later.
    let bare = app.post(PATH, fund("430681107224", json!({"value": 5}))).by(&editor).await;
    let bare = bare.header("location").to_owned();
    let sourced =
        correct(&app, &editor, &bare, json!({"report": "bishi-2022", "reason": "other"})).await.json();
    assert_eq!((&sourced["report"], &sourced["revision"]), (&json!("bishi-2022"), &json!(2)));
    // What was retracted cannot be stated of a time before.
    assert_eq!(app.delete(&format!("{bare}?reason=audit")).by(&editor).await.status, 204);
    let early = json!({"value": 5, "released_at": "2020-01-01T00:00:00Z"});
    let problem = app.post(PATH, fund("430681107224", early)).by(&editor).await.problem(422, "invalid_value");
    assert_eq!(problem["errors"][0]["pointer"], "/released_at");
}

#[actix_web::test]
async fn a_retraction_takes_back_what_is_to_be_released_too() {
    let (app, editor) = TestApp::seeded_for("editor", Some("430681107")).await;
    let path = stated(&app, &editor, json!({"value": 5})).await;
    let later = json!({"value": 6, "reason": "audit", "released_at": "2030-01-01T00:00:00Z"});
    assert_eq!(correct(&app, &editor, &path, later).await.json()["value"], 6);
    assert_eq!(app.get(&path).await.json()["value"], 5);
    assert_eq!(app.delete(&format!("{path}?reason=audit")).by(&editor).await.status, 204);
    app.get(&path).await.problem(404, "not_found");
    app.get(&path).by(&editor).await.problem(404, "not_found");
    // What is public of it shows nothing of what was never released.
    let public = app.get(&format!("{path}/revisions")).await.items();
    assert_eq!(each(&public, "value"), ["5", "5"]);
    let all = app.get(&format!("{path}/revisions")).by(&editor).await.items();
    assert_eq!(each(&all, "value"), ["5", "6", "5", "6"]);
    assert_eq!(each(&all, "retracted"), ["false", "false", "true", "true"]);
    // Stated anew it holds now and then.
    let anew = app.post(PATH, fund("430681107223", json!({"value": 7}))).by(&editor).await;
    assert_eq!(anew.status, 201, "{}", anew.text());
    assert_eq!(app.get(&path).await.json()["value"], 7);
    assert_eq!(app.get(&path).by(&editor).await.json()["value"], 7);
}

#[actix_web::test]
async fn a_correction_keeps_the_projects_that_its_author_does_not_see() {
    let (app, _) = TestApp::seeded_for("editor", Some("430681107")).await;
    app.add::<taizhang::exchange::drafts::project::ProjectDraft>(json!({
        "code": "hidden-works", "name": "内部工程", "kind": "construction", "areas": ["430681107224"],
        "stage": "started", "visibility": "internal",
    }))
    .await;
    let admin = app.key("admin", None).await;
    let path = stated(&app, &admin, json!({"value": 5, "projects": ["hidden-works", "tongba-bridge"]})).await;
    let village = app.key("editor", Some("430681107223")).await;
    let noted = correct(&app, &village, &path, json!({"note": "复核", "reason": "other"})).await.json();
    assert_eq!(noted["projects"], json!(["tongba-bridge"]));
    let whole = app.get(&path).by(&admin).await.json();
    assert_eq!(
        (&whole["projects"], &whole["note"]),
        (&json!(["hidden-works", "tongba-bridge"]), &json!("复核"))
    );
}

#[actix_web::test]
async fn a_release_lies_in_the_years_that_both_databases_order_alike() {
    let (app, editor) = TestApp::seeded_for("editor", Some("430681107")).await;
    for time in [
        "+12345-01-01T00:00:00Z",
        "9999-12-31T23:59:59-12:00",
        "-0005-01-01T00:00:00Z",
        "1899-01-01T00:00:00Z",
    ] {
        let refused =
            app.post(PATH, fund("430681107223", json!({"value": 1, "released_at": time}))).by(&editor).await;
        let problem = refused.problem(400, "malformed_request");
        assert_eq!(problem["errors"][0]["pointer"], "/released_at", "{time}");
    }
}

/// A small generator of numbers, the same in every run.
struct Dice(u64);

impl Dice {
    fn throw(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (self.0 >> 33) % sides
    }
}

#[actix_web::test]
async fn whatever_the_order_of_entry_the_order_of_release_decides() {
    let (app, editor) = TestApp::seeded_for("editor", Some("430681107")).await;
    let mut dice = Dice(20231124);
    for round in 0..6 {
        let village = format!("4306811072{}", 23 + round);
        let day = |number: u64| format!("2024-01-{:02}", number + 1);
        // (released on, number of entry, value): many on one day.
        let mut states: Vec<(u64, usize, i64)> = Vec::new();
        let mut path = String::new();
        for entry in 0..9 {
            let (released, value) = (dice.throw(4), dice.throw(1000) as i64);
            let released_at = format!("{}T08:00:00+08:00", day(released));
            let statement = json!({"value": value, "released_at": released_at, "reason": "source_revised"});
            let answer = if entry == 0 {
                app.post(PATH, fund(&village, statement)).by(&editor).await
            } else {
                let mut statement = fund(&village, statement);
                statement["note"] = format!("第 {entry} 次").into();
                app.post(&format!("{PATH}?on_conflict=revise"), statement).by(&editor).await
            };
            assert!(answer.status.is_success(), "{}", answer.text());
            path = answer.header("location").to_owned();
            if path.is_empty() {
                path = format!("/api/v1/observations/{}", answer.json()["id"]);
            }
            states.push((released, entry, value));
            let mut ordered = states.clone();
            ordered.sort();
            for asked in 0..4 {
                let known = ordered.iter().rfind(|(released, _, _)| *released <= asked);
                let answer = app.get(&format!("{path}?as_of={}", day(asked))).await;
                match known {
                    None => assert_eq!(answer.status, 404),
                    Some((_, _, value)) => {
                        assert_eq!(answer.json()["value"], *value, "{ordered:?} on {asked}")
                    }
                }
            }
            assert_eq!(app.get(&path).await.json()["value"], ordered.last().unwrap().2);
        }
        assert_eq!(app.get(&format!("{path}/revisions")).await.items().len(), 9);
    }
}

/// Raises the number by one a hundred times. When another was faster it waits a moment, as a client should,
/// and reads the number anew.
async fn raise(app: &TestApp, key: &str, path: &str, mut dice: Dice) {
    for _ in 0..20 {
        loop {
            let read = app.get(path).by(key).await;
            let next = read.json()["value"].as_i64().unwrap() + 1;
            let write = app
                .patch(path, json!({"value": next, "reason": "audit"}))
                .by(key)
                .if_match(read.header("etag"));
            let answer = write.await;
            match answer.status.as_u16() {
                200 => break,
                412 => tokio::time::sleep(Duration::from_millis(dice.throw(40))).await,
                other => panic!("{other}: {}", answer.text()),
            }
        }
    }
}

#[actix_web::test]
async fn sixteen_clients_raise_one_number_twenty_times_each() {
    let (app, editor) = TestApp::seeded_for("editor", Some("430681107")).await;
    let path = stated(&app, &editor, json!({"value": 0})).await;
    join_all((0..16).map(|client| raise(&app, &editor, &path, Dice(client)))).await;
    let last = app.get(&path).await.json();
    assert_eq!((&last["value"], &last["revision"]), (&json!(320), &json!(321)));
    let revisions = app.get(&format!("{path}/revisions?format=ndjson")).await.text();
    let value = |line: &str| serde_json::from_str::<Value>(line).unwrap()["value"].as_i64().unwrap();
    let values: Vec<i64> = revisions.lines().map(value).collect();
    assert_eq!(values, (0..=320).collect::<Vec<i64>>());
}
