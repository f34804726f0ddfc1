//! Revisions and "as of": what the public could know at a time, by release and not by entry.

use serde_json::{Value, json};
use taizhang::db::ledger::{Entry, Origin};
use taizhang::db::observations::history;
use taizhang::db::revisions::Additions;
use taizhang::domain::access::Sight;
use taizhang::domain::codes::RevisionReason;
use taizhang::error::only;
use taizhang::exchange::drafts::observation::ObservationDraft;
use taizhang::exchange::drafts::recording;

use crate::harness::TestApp;
use crate::harness::lists::each;

/// One state of an observation: its figure in whole 万元, and when the public could know it.
struct State {
    value: i64,
    released_at: &'static str,
    retracted: bool,
}

fn state(value: i64, released_at: &'static str) -> State {
    State { value, released_at, retracted: false }
}

/// An observation with these states, in the order of their entry, and its id. Retractions at a time of
/// choice are no part of the API, so these are written one ring below it.
async fn observed(app: &TestApp, states: &[State]) -> i64 {
    let mut id = 0;
    for (number, state) in (1..).zip(states) {
        let State { value, released_at, retracted } = *state;
        let draft: ObservationDraft = serde_json::from_value(json!({
            "metric": "education.fund.raised", "area": "430681107223", "period": "2022", "accumulation": "ytd",
            "value": value, "released_at": released_at,
        }))
        .unwrap();
        let (author, reason) =
            if number == 1 { ("test", None) } else { ("reviewer", Some(RevisionReason::Audit)) };
        let comment = reason.map(|_| format!("state {number}"));
        let origin = Origin { author: author.to_owned(), reason, comment, ..Origin::default() };
        let work = move |entry: &mut Entry<'_>| {
            let sources = recording::sources(entry.conn, Sight::ALL, &[&draft], [])?;
            let mut statement = draft.statement(&sources)?;
            statement.state.retracted = retracted;
            let known = history::with_keys(entry.conn, &[&statement.key])?;
            let mut additions = Additions::default();
            match known.get(&statement.key) {
                None => additions.insert(entry, &statement),
                Some(history) => additions.revise(entry, history, &statement)?,
            }
            let added = additions.write(entry)?;
            only(known.values().map(|history| history.row.id).chain(added.into_values()))
        };
        id = app.db.write(origin, work).await.unwrap().data;
    }
    id
}

/// The value as of a time, in the list and read alone; null when there is none.
async fn value_as_of(app: &TestApp, id: i64, as_of: &str) -> Value {
    let query = if as_of.is_empty() { String::new() } else { format!("as_of={}", as_of.replace('+', "%2B")) };
    let answer = app.get(&format!("/api/v1/observations/{id}?{query}")).await;
    let path = format!("/api/v1/observations?area=430681107223&metric=education.fund.raised&{query}");
    let listed = app.get(&path).await.items();
    assert_eq!(app.counted(&path).await, listed.len() as i64);
    if answer.status == 404 {
        answer.problem(404, "not_found");
        assert!(listed.is_empty(), "as of {as_of}: {listed:?}");
        return Value::Null;
    }
    assert_eq!(listed, [answer.json()], "as of {as_of}");
    answer.json()["value"].clone()
}

#[actix_web::test]
async fn as_of_a_day_the_figure_is_the_one_last_released_by_its_end() {
    let app = TestApp::seeded().await;
    let states = [
        state(10, "2023-01-10T08:00:00+08:00"),
        state(20, "2023-02-10T00:00:00+08:00"),
        state(30, "2023-03-10T23:59:59+08:00"),
    ];
    let id = observed(&app, &states).await;
    for (as_of, value) in [
        ("2023-01-09", Value::Null),
        ("2023-01-10", json!(10)),
        ("2023-02-09", json!(10)),
        ("2023-02-10", json!(20)),
        ("2023-03-09", json!(20)),
        ("2023-03-10", json!(30)),
        ("", json!(30)),
        ("2099-12-31", json!(30)),
        // An instant is inclusive to the second, whatever its offset.
        ("2023-01-10T07:59:59+08:00", Value::Null),
        ("2023-01-10T08:00:00+08:00", json!(10)),
        ("2023-02-09T15:59:59Z", json!(10)),
        ("2023-02-09T16:00:00Z", json!(20)),
        ("2023-03-10T23:59:58+08:00", json!(20)),
        ("2023-03-10T23:59:59+08:00", json!(30)),
        // A plus sign that was not escaped arrives as a space.
        ("2023-01-10T08:00:00 08:00", json!(10)),
    ] {
        assert_eq!(value_as_of(&app, id, &as_of.replace(' ', "%20")).await, value, "as of {as_of}");
    }
}

#[actix_web::test]
async fn a_state_entered_late_belongs_where_it_was_released() {
    let app = TestApp::seeded().await;
    let states = [
        state(10, "2023-01-10T00:00:00Z"),
        state(30, "2023-03-10T00:00:00Z"),
        state(20, "2023-02-10T00:00:00Z"),
    ];
    let id = observed(&app, &states).await;
    assert_eq!(value_as_of(&app, id, "2023-01-31").await, 10);
    assert_eq!(value_as_of(&app, id, "2023-02-28").await, 20);
    assert_eq!(value_as_of(&app, id, "2023-03-31").await, 30);
    assert_eq!(value_as_of(&app, id, "").await, 30);
    // Revisions stand in the order of entry.
    let path = format!("/api/v1/observations/{id}/revisions");
    assert_eq!(each(&app.paged(&path, 1..=4).await, "value"), ["10", "30", "20"]);
}

#[actix_web::test]
async fn of_states_released_together_the_one_entered_last_holds() {
    let app = TestApp::seeded().await;
    let together = "2023-01-10T00:00:00Z";
    let id = observed(&app, &[state(10, together), state(20, together), state(30, together)]).await;
    assert_eq!(value_as_of(&app, id, "2023-01-09").await, Value::Null);
    assert_eq!(value_as_of(&app, id, together).await, 30);
    assert_eq!(value_as_of(&app, id, "").await, 30);
}

#[actix_web::test]
async fn what_is_released_in_the_future_is_not_shown_yet() {
    let app = TestApp::seeded().await;
    let id = observed(&app, &[state(10, "2023-01-10T00:00:00Z"), state(20, "2998-01-01T00:00:00Z")]).await;
    for as_of in ["", "2023-01-10", "2998-01-02", "2998-01-01T00:00:00Z"] {
        assert_eq!(value_as_of(&app, id, as_of).await, 10, "as of {as_of}");
    }
    let path = format!("/api/v1/observations/{id}/revisions");
    assert_eq!(app.listed(&path, "revision").await, ["1"]);
    assert_eq!(app.counted(&path).await, 1);
}

#[actix_web::test]
async fn an_observation_that_was_never_released_is_not_there() {
    let app = TestApp::seeded().await;
    app.observation(json!({
        "metric": "education.fund.raised", "area": "430681107223", "period": "2022", "value": 10,
        "report": "bishi-2022", "released_at": "2998-01-01T00:00:00Z",
        "citation": {"paragraph": 1, "start": 0, "end": 2, "words": "未来"},
    }))
    .await;
    let id = 54; // 53 in the seed
    assert_eq!(value_as_of(&app, id, "").await, Value::Null);
    assert_eq!(value_as_of(&app, id, "2998-12-31").await, Value::Null);
    app.get(&format!("/api/v1/observations/{id}/revisions")).await.problem(404, "not_found");
    assert!(!app.get("/api/v1/reports/bishi-2022/facts?limit=1000").await.text().contains("未来"));
    assert_eq!(app.counted("/api/v1/observations").await, 53);
}

#[actix_web::test]
async fn a_retracted_observation_is_gone_but_its_revisions_stay() {
    let app = TestApp::seeded().await;
    let retraction = State { value: 10, released_at: "2023-02-10T00:00:00Z", retracted: true };
    let id = observed(&app, &[state(10, "2023-01-10T00:00:00Z"), retraction]).await;
    assert_eq!(value_as_of(&app, id, "").await, Value::Null);
    assert_eq!(value_as_of(&app, id, "2023-02-10").await, Value::Null);
    assert_eq!(value_as_of(&app, id, "2023-02-09").await, 10);
    let revisions = app.get(&format!("/api/v1/observations/{id}/revisions")).await.items();
    assert_eq!(each(&revisions, "retracted"), ["false", "true"]);
    assert_eq!(each(&revisions, "reason"), ["null", "audit"]);
    assert_eq!(each(&revisions, "comment"), ["null", "state 2"]);
    assert_eq!(each(&revisions, "author"), ["test", "reviewer"]);
    assert_eq!(each(&revisions, "released_at"), ["2023-01-10T08:00:00+08:00", "2023-02-10T08:00:00+08:00"]);
    assert!(
        revisions
            .iter()
            .all(|revision| revision["id"] == id && revision["metric"] == "education.fund.raised")
    );
    // Each revision carries the number of its own entry.
    assert!(revisions[0]["seq"].as_i64() < revisions[1]["seq"].as_i64(), "{revisions:?}");
}

#[actix_web::test]
async fn a_retracted_observation_can_be_stated_anew() {
    let app = TestApp::seeded().await;
    let retraction = State { value: 10, released_at: "2023-02-10T00:00:00Z", retracted: true };
    let states = [state(10, "2023-01-10T00:00:00Z"), retraction, state(12, "2023-03-10T00:00:00Z")];
    let id = observed(&app, &states).await;
    assert_eq!(value_as_of(&app, id, "2023-01-31").await, 10);
    assert_eq!(value_as_of(&app, id, "2023-02-28").await, Value::Null);
    assert_eq!(value_as_of(&app, id, "").await, 12);
    assert_eq!(app.get(&format!("/api/v1/observations/{id}")).await.json()["revision"], 3);
}

#[actix_web::test]
async fn filters_and_orders_look_at_the_state_of_that_time() {
    let app = TestApp::seeded().await;
    observed(&app, &[state(10, "2023-01-10T00:00:00Z"), state(20, "2023-02-10T00:00:00Z")]).await;
    let path = "/api/v1/observations?area=430681107223&metric=education.fund.raised";
    assert_eq!(app.counted(&format!("{path}&value_ge=15")).await, 1);
    assert_eq!(app.counted(&format!("{path}&value_ge=15&as_of=2023-01-31")).await, 0);
    assert_eq!(app.counted(&format!("{path}&value_le=15&as_of=2023-01-31")).await, 1);
    // Nothing of the seed was known before its report: 17 January 2023.
    assert_eq!(app.listed("/api/v1/observations?as_of=2023-01-16&sort=-value", "value").await, ["10"]);
    assert_eq!(app.counted("/api/v1/observations?as_of=2023-01-17").await, 54);
}

#[actix_web::test]
async fn a_time_before_all_time_is_no_failure() {
    let app = TestApp::seeded().await;
    for as_of in ["0001-01-01", "0000-01-01T00:00:00Z", "-9999-01-01", "9999-12-31T23:59:59Z"] {
        let answer = app.get(&format!("/api/v1/observations?as_of={as_of}")).await;
        assert!([200, 400].contains(&answer.status.as_u16()), "{as_of}: {}", answer.text());
    }
    assert_eq!(app.counted("/api/v1/observations?as_of=0001-01-01").await, 0);
}

#[actix_web::test]
async fn what_has_no_revisions_is_not_found() {
    let app = TestApp::seeded().await;
    app.get("/api/v1/observations/100000/revisions").await.problem(404, "not_found");
    app.get("/api/v1/observations/x/revisions").await.problem(400, "invalid_parameter");
    let problem =
        app.get("/api/v1/observations/1/revisions?as_of=2023").await.problem(400, "unknown_parameter");
    assert_eq!(problem["errors"][0]["parameter"], "as_of");
}
