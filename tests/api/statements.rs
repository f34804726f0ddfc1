//! How many statements each operation makes, and which tables its answer is read from. On a server each statement is a
//! round trip. `SHOW='POST observation'` prints those of one, `INSTA_UPDATE=always` writes the numbers anew.

use std::collections::BTreeSet;
use std::fmt::Write;

use futures_util::future::join_all;
use serde_json::{Value, json};
use taizhang::api::made_of;
use taizhang::domain::row_kind::{Kinds, RowKind};

use crate::builders::projects::whole_project;
use crate::builders::submissions::{Desk, row};
use crate::harness::statements::{Statements, show};
use crate::harness::{Answer, TestApp};
use crate::openapi::{address, lived_in, reads};

/// The kinds of rows that a table holds: none of it is written but in an entry with an edit of one of these.
fn owners(table: &str) -> Kinds {
    use RowKind::*;
    match table {
        "areas" | "area_successors" => Kinds::of(&[Area]),
        "area_highlights" => Kinds::of(&[Area, Highlight]),
        "units" => Kinds::of(&[Unit]),
        "metrics" => Kinds::of(&[Metric]),
        "observations" => Kinds::of(&[Observation]),
        "revisions" | "revision_areas" | "revision_projects" => Kinds::of(&[Observation, Revision]),
        "reports" => Kinds::of(&[Report]),
        // The ledger itself, and who asks.
        "ledger" | "api_keys" | "json_each" => Kinds::of(&[]),
        _ => Kinds::ALL,
    }
}

/// Tables that an answer is read from in a way that other writes do not change, and why.
const APART: &[(&str, &str)] = &[
    // Who sees a project that figures speak of: a write that changes it says so, see `RowKind::touches`.
    ("/api/v1/observations", "projects"),
    ("/api/v1/observations", "project_areas"),
    // Edits of the metric.
    ("/api/v1/metrics/{code}/series", "edits"),
];

/// The tables that statements read.
fn tables(statements: &[String]) -> BTreeSet<String> {
    let bare = statements
        .iter()
        .map(|text| text.replace(['(', ')', '`', '"', ','], " "))
        .collect::<Vec<_>>()
        .join(" ");
    let words: Vec<&str> = bare.split_whitespace().collect();
    let named = words.windows(2).filter(|pair| ["FROM", "JOIN"].contains(&pair[0]));
    named.map(|pair| pair[1].to_owned()).filter(|word| word != "SELECT").collect()
}

#[actix_web::test]
async fn an_answer_is_read_from_what_it_is_made_of() {
    let lived_in = lived_in().await;
    let (watched, app) = Statements::of(&lived_in).await;
    let app = app.signed_in().await;
    let mut faults = Vec::new();
    let mut told = String::new();
    for (path, _, operation) in reads() {
        // What it takes to know the key is done once.
        let address = address(&path, &operation);
        app.get("/api/v1/units").await;
        watched.taken();
        // Some files lie with the service that took them.
        if app.get(&address).await.status == 404 {
            continue;
        }
        let taken = watched.taken();
        writeln!(told, "{:>3} {path}", taken.len()).unwrap();
        for table in tables(&taken) {
            let is_apart = APART.iter().any(|(stem, one)| path.starts_with(stem) && *one == table);
            if !is_apart && made_of::kinds(&path).union(owners(&table)) != made_of::kinds(&path) {
                faults.push(format!("{path} is read from {table}"));
            }
        }
        show(&path, &taken);
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    held(&lived_in, "reads", &told);
}

/// Compares with what is written down for this database.
fn held(app: &TestApp, what: &str, told: &str) {
    insta::assert_snapshot!(format!("{what}_{}", app.db.kind()), told);
}

#[actix_web::test]
async fn a_write_makes_no_more_statements_than_it_needs() {
    let desk = Desk::new().await;
    let (watched, app) = Statements::of(&desk.app).await;
    let app = app.signed_in().await;
    let mut told = String::new();
    let mut count = |what: &str, answer: &Answer| {
        assert!(answer.status.is_success(), "{what}: {}", answer.text());
        let taken = watched.taken();
        writeln!(told, "{:>3} {what}", taken.len()).unwrap();
        show(what, &taken);
    };
    let village = "430681107223";
    let figure = |year: i32| row(village, &year.to_string(), json!({"value": 3}));
    app.get("/api/v1/units").await;
    watched.taken();
    count("POST project", &app.post("/api/v1/projects", whole_project(json!({}))).await);
    let path = "/api/v1/projects/trial-works";
    count("PATCH project, its name", &app.patch(path, json!({"name": "改名"})).if_match("*").await);
    count("PATCH project, its areas", &app.patch(path, json!({"areas": [village]})).if_match("*").await);
    count("DELETE project", &app.delete(path).if_match("*").await);
    count("POST observation", &app.post("/api/v1/observations", figure(2001)).await);
    let made = app.post("/api/v1/observations", figure(2002)).await;
    watched.taken();
    let path = format!("/api/v1/observations/{}", made.json()["id"]);
    count(
        "PATCH observation",
        &app.patch(&path, json!({"value": 4, "reason": "entry_error"})).if_match("*").await,
    );
    count("DELETE observation", &app.delete(&format!("{path}?reason=entry_error")).if_match("*").await);
    for many in [5, 25] {
        let items: Vec<Value> = (0..many).map(|year| figure(1900 + 5 * (many / 25) + year)).collect();
        let body = json!({"items": items});
        count(&format!("POST {many} observations"), &app.post("/api/v1/observations", body).await);
        let items: Vec<Value> = (0..many).map(|year| figure(1960 + 5 * (many / 25) + year)).collect();
        let body = json!({"area": "430681107", "title": "月报", "items": items});
        let made = app.post("/api/v1/submissions", body).by(&desk.reporter).await;
        count(&format!("POST submission of {many}"), &made);
        let path = format!("/api/v1/submissions/{}/transitions", made.json()["id"]);
        for (key, to) in [(&desk.reporter, "submitted"), (&desk.reviewer, "approved")] {
            let moved = app.post(&path, json!({"to": to})).by(key).await;
            count(&format!("submission of {many}: {to}"), &moved);
        }
    }
    held(&desk.app, "writes", &told);
}

/// The statements of a write, less the rows that the embedded database is given one by one: no round trip is made for
/// them, and none is read.
fn round_trips(app: &TestApp, taken: &[String]) -> usize {
    let is_row = |text: &&String| app.db.kind() == "sqlite" && text.starts_with("INSERT");
    taken.len() - taken.iter().filter(is_row).count()
}

#[actix_web::test]
async fn a_write_of_many_rows_makes_as_many_statements_as_one_of_few() {
    let desk = Desk::new().await;
    let (watched, app) = Statements::of(&desk.app).await;
    let app = app.signed_in().await;
    // What it takes to know the keys is done once.
    for key in [&desk.reporter, &desk.reviewer] {
        app.get("/api/v1/me").by(key).await;
    }
    app.get("/api/v1/units").await;
    let figure = |year: usize| row("430681107223", &year.to_string(), json!({"value": 3, "note": "改"}));
    let mut counted = Vec::new();
    for (first, many) in [(1900, 5), (1950, 25)] {
        watched.taken();
        let mut counts = Vec::new();
        let mut count = |what: &str, answer: &Answer| {
            assert!(answer.status.is_success(), "{what}: {}", answer.text());
            let taken = watched.taken();
            counts.push((what.to_owned(), round_trips(&desk.app, &taken)));
            show(&format!("{what} of {many}"), &taken);
        };
        let items = |value: i32| -> Vec<Value> {
            let figures = (first..first + many).map(|year| {
                let mut figure = figure(year);
                figure["value"] = value.into();
                figure
            });
            figures.collect()
        };
        let body = |value: i32| json!({"items": items(value), "reason": "entry_error"});
        let path = |how: &str| format!("/api/v1/observations?on_conflict={how}");
        count("new", &app.post(&path("fail"), body(3)).await);
        count("skipped", &app.post(&path("skip"), body(4)).await);
        count("unchanged", &app.post(&path("revise"), body(3)).await);
        count("revised", &app.post(&path("revise"), body(4)).await);
        let proposed = json!({"area": "430681107", "title": "月报", "items": items(5), "reason": "late"});
        let made = app.post("/api/v1/submissions", proposed).by(&desk.reporter).await;
        count("proposed", &made);
        let path = format!("/api/v1/submissions/{}/transitions", made.json()["id"]);
        let rows: Vec<Value> =
            (1..=many).zip(items(6)).map(|(row, item)| json!({"row": row, "observation": item})).collect();
        count(
            "submitted",
            &app.post(&path, json!({"to": "submitted", "rows": rows})).by(&desk.reporter).await,
        );
        count("approved", &app.post(&path, json!({"to": "approved"})).by(&desk.reviewer).await);
        counted.push(counts);
    }
    assert_eq!(counted[0], counted[1]);
}

#[actix_web::test]
async fn who_asks_for_the_same_at_the_same_time_has_it_made_once() {
    let seeded = TestApp::seeded().await;
    let (watched, app) = Statements::of(&seeded).await;
    // It is worked out beside the requests that are answered at once.
    let path = "/api/v1/metrics/land.management_right.certified_area/ranking?within=430681107&period=2022";
    app.get("/api/v1/units").await;
    watched.taken();
    let answers = join_all((0..5).map(|_| app.get(path).send())).await;
    assert!(answers.iter().all(|answer| answer.status == 200 && answer.body == answers[0].body));
    let made = watched.taken().iter().filter(|text| text.contains("lower_inclusive")).count();
    assert_eq!(made, 2, "queries of the figures, of the period and the one before");
}

#[actix_web::test]
async fn the_embedded_database_plans_a_statement_once_whatever_is_bound_to_it() {
    let app = TestApp::empty().await;
    if app.db.kind() == "sqlite" {
        let options = app.texts("SELECT compile_options AS text FROM pragma_compile_options");
        for option in ["ENABLE_QPSG", "THREADSAFE=2"] {
            assert!(
                options.iter().any(|known| known == option),
                "{option}: see .cargo/config.toml; {options:?}"
            );
        }
    }
}
