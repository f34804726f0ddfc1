//! The audit: what it tells, to whom, and that nothing changes it.

use actix_web::http::Method;
use diesel::prelude::*;
use serde_json::{Value, json};

use crate::builders::metrics::metric;
use crate::harness::TestApp;
use crate::harness::lists::{each, escaped, with};
use crate::openapi::operations;

const ENTRIES: &str = "/api/v1/entries";
const METRIC: &str = "/api/v1/metrics/trial.metric";

/// A service whose editor has put a metric, changed it with a reason, and deleted it; and the key of a
/// reviewer.
async fn with_history() -> (TestApp, String) {
    let app = TestApp::seeded().await;
    let (reviewer, editor) = (app.key("reviewer", None).await, app.key("editor", None).await);
    let new = metric("trial.metric", json!({"min": 0.5, "frequencies": ["year"], "comment": "试"}));
    assert_eq!(app.put(METRIC, new).by(&editor).await.status, 201);
    let change = json!({"max": 9.25, "reason": "definition", "comment": "口径"});
    assert_eq!(app.patch(METRIC, change).by(&editor).await.status, 200);
    let gone = app.delete(&format!("{METRIC}?reason=other&comment=done")).by(&editor).await;
    assert_eq!(gone.status, 204);
    (app, reviewer)
}

#[actix_web::test]
async fn an_entry_says_who_when_why_and_what_was_there_before_and_after() {
    let (app, reviewer) = with_history().await;
    let head = app.db.head().await.unwrap();
    let entries = app.get(&with(ENTRIES, "actor=editor")).by(&reviewer).await.items();
    assert_eq!(each(&entries, "seq"), [head - 2, head - 1, head].map(|seq| seq.to_string()));
    let [put, changed, gone] = [&entries[0], &entries[1], &entries[2]];
    assert_eq!((&put["by"], &put["comment"], &put["reason"]), (&json!("editor"), &json!("试"), &Value::Null));
    assert!(
        put["key_id"].is_string()
            && put["request_id"].is_string()
            && put["at"].as_str().unwrap().ends_with('Z')
    );
    assert_eq!((&changed["reason"], &changed["comment"]), (&json!("definition"), &json!("口径")));
    assert_eq!((&gone["reason"], &gone["comment"]), (&json!("other"), &json!("done")));

    let edit = &changed["edits"][0];
    assert_eq!(
        (&changed["edits_count"], &edit["kind"], &edit["op"]),
        (&json!(1), &json!("metric"), &json!("put"))
    );
    assert_eq!(edit["key"], json!({"code": "trial.metric"}));
    let (before, after) = (&edit["before"], &edit["after"]);
    assert_eq!((&before["min"], &before["max"], &before["seq"]), (&json!(0.5), &Value::Null, &put["seq"]));
    assert_eq!((&after["min"], &after["max"], &after["seq"]), (&json!(0.5), &json!(9.25), &changed["seq"]));
    assert_eq!(after["frequencies"], json!(["year"]));
    assert_eq!(after["updated_at"], changed["at"]);
    assert!(after.get("folded").is_none());
    assert_eq!((&put["edits"][0]["before"], &gone["edits"][0]["after"]), (&Value::Null, &Value::Null));
    assert_eq!((&gone["edits"][0]["op"], &gone["edits"][0]["before"]), (&json!("delete"), after));

    let read = app.get(&format!("{ENTRIES}/{head}")).by(&reviewer).await;
    assert_eq!(&read.json(), gone, "a list item has all members of the single read");
    assert!(read.header("etag").starts_with(&format!("\"{head}-")));
}

#[actix_web::test]
async fn each_kind_of_row_is_told_by_its_key_and_in_readable_numbers() {
    let app = TestApp::seeded().await.signed_in().await;
    let edits = app.walked(&format!("{ENTRIES}/1/edits"), 200).await;
    let entry = app.get(&format!("{ENTRIES}/1")).await.json();
    assert_eq!(entry["edits_count"], edits.len());
    assert_eq!(entry["edits"].as_array().unwrap()[..], edits[..20]);
    let first = |kind: &str, wanted: &dyn Fn(&Value) -> bool| {
        let found = edits.iter().find(|edit| edit["kind"] == kind && wanted(&edit["after"]));
        found.unwrap_or_else(|| panic!("no {kind}")).clone()
    };
    let any = |_: &Value| true;
    for (kind, members) in [
        ("area", &["code"] as &[&str]),
        ("highlight", &["area", "kind", "text"]),
        ("metric", &["code"]),
        ("unit", &["code"]),
        ("report", &["code"]),
        ("project", &["code"]),
        ("project_amount", &["project", "kind", "ordinal"]),
        ("plan", &["code"]),
        ("plan_item", &["code"]),
        ("observation", &["id", "metric", "area", "period", "accumulation", "role"]),
        ("revision", &["observation", "revision"]),
    ] {
        let edit = first(kind, &any);
        let key = edit["key"].as_object().unwrap();
        assert_eq!(key.keys().collect::<Vec<_>>(), members, "{kind}");
        assert!(key.iter().all(|(name, value)| edit["after"][name] == *value), "{edit}");
    }
    let fund = first("revision", &|row| row["text"] == "660.60万元");
    assert_eq!((&fund["after"]["value"], &fund["after"]["warnings"]), (&json!(660.6), &json!([])));
    assert!(first("area", &any)["after"]["aliases"].is_array());
    assert_eq!(first("plan_item", &any)["after"]["deliverables"], json!([]));
}

#[actix_web::test]
async fn entries_are_found_by_actor_and_time_and_paged() {
    let (app, reviewer) = with_history().await;
    let id = app.get("/api/v1/me").by(&reviewer).await.json()["id"].as_str().unwrap().to_owned();
    let seqs = async |query: &str| each(&app.get(&with(ENTRIES, query)).by(&reviewer).await.items(), "seq");
    let all = seqs("limit=1000").await;
    assert_eq!(all.len(), 4, "the seed and the editor's three; those of keys are for admins");
    let editor = app.get(&with(ENTRIES, "actor=editor")).by(&reviewer).await.items()[0].clone();
    assert_eq!(seqs(&format!("actor={}", editor["key_id"].as_str().unwrap())).await, all[1..]);
    assert_eq!(seqs("actor=seed").await, ["1"]);
    assert_eq!(seqs(&format!("actor={id}")).await, Vec::<String>::new(), "the reviewer has written nothing");
    let at = editor["at"].as_str().unwrap();
    let local = at.parse::<chrono::DateTime<chrono::Utc>>().unwrap() + chrono::TimeDelta::hours(8);
    let day = local.date_naive();
    assert!(seqs(&format!("from={at}")).await.contains(&all[1]));
    assert!(seqs(&format!("to={at}")).await.contains(&all[1]));
    assert!(seqs(&format!("from={day}&to={day}")).await.contains(&all[1]), "{day}");
    assert_eq!(seqs("to=2022-12-31").await, Vec::<String>::new());
    assert_eq!(seqs(&format!("from={}", escaped("9998-12-31T00:00:00+08:00"))).await, Vec::<String>::new());
    for wrong in ["from=2022", "to=tomorrow", "seq=1", "actor="] {
        assert_eq!(app.get(&with(ENTRIES, wrong)).by(&reviewer).await.status, 400, "{wrong}");
    }
    app.get(&format!("{ENTRIES}/x")).by(&reviewer).await.problem(400, "invalid_parameter");
    for lost in [format!("{ENTRIES}/999"), format!("{ENTRIES}/999/edits")] {
        app.get(&lost).by(&reviewer).await.problem(404, "not_found");
    }
    let app = app.signed_in().await;
    let whole = app.paged(ENTRIES, [1, 2, 3]).await;
    assert_eq!(whole.len() as i64, app.db.head().await.unwrap(), "an admin sees them all");
    app.paged(&format!("{ENTRIES}/2/edits"), [1]).await;
}

#[actix_web::test]
async fn a_reviewer_sees_what_was_done_within_its_area_and_to_what_has_none() {
    let app = TestApp::seeded().await;
    let other = json!({"code": "430681108", "name": "外镇", "level": "township", "kind": "town", "parent": "430681", "code_system": "NBS-2023"});
    app.area(other).await;
    let village = app.key("reviewer", Some("430681107223")).await;
    let sibling = app.key("reviewer", Some("430681108000")).await;
    let admin = app.key("admin", None).await;
    let edits = async |key: &str| {
        let path = format!("{ENTRIES}/1/edits?limit=1000");
        app.get(&path).by(key).await.items()
    };
    let everybodys = |edit: &Value| ["metric", "unit", "report"].contains(&edit["kind"].as_str().unwrap());
    let seen = edits(&village).await;
    assert!(seen.iter().any(|edit| edit["key"] == json!({"code": "430681107223"})));
    assert!(seen.len() < edits(&admin).await.len());
    for edit in seen.iter().filter(|edit| !everybodys(edit)) {
        // Where other kinds of row lie does not stand in the row itself.
        let member = if edit["kind"] == "area" { "code" } else { "area" };
        let area = &edit["after"][member];
        assert!(area.is_null() || area == "430681107223", "{edit}");
    }
    let elsewhere = edits(&sibling).await;
    assert!(!elsewhere.is_empty() && elsewhere.iter().all(everybodys), "nothing was done there");
    let entry = app.get(&format!("{ENTRIES}/1")).by(&sibling).await.json();
    assert_eq!(entry["edits_count"], elsewhere.len());

    // An entry of which nothing is seen does not exist.
    let head = app.db.head().await.unwrap();
    assert_eq!(app.get(&format!("{ENTRIES}/{head}")).by(&admin).await.json()["edits"][0]["kind"], "api_key");
    for (key, count) in [(&village, 1), (&sibling, 2)] {
        assert_eq!(app.get(ENTRIES).by(key).await.items().len(), count);
        app.get(&format!("{ENTRIES}/{head}")).by(key).await.problem(404, "not_found");
        app.get(&format!("{ENTRIES}/{head}/edits")).by(key).await.problem(404, "not_found");
    }
    let town = app.key("admin", Some("430681107000")).await;
    let of_keys = app.get(ENTRIES).by(&town).await.items();
    assert_eq!(of_keys.len(), 3, "the seed, its own key and that of the village: {of_keys:?}");
}

#[actix_web::test]
async fn a_reviewer_of_an_area_is_not_told_which_rows_elsewhere_a_plan_item_names() {
    let app = TestApp::seeded().await;
    let (everywhere, town) = (app.key("reviewer", None).await, app.key("reviewer", Some("430681107")).await);
    let rows = async |key: &str| {
        let edits = app.get(&format!("{ENTRIES}/1/edits?limit=1000")).by(key).await.items();
        let of = |kind: &str| edits.iter().filter(|edit| edit["kind"] == kind).cloned().collect::<Vec<_>>();
        (of("plan_item"), of("area"))
    };
    let ((all, _), (items, areas)) = (rows(&everywhere).await, rows(&town).await);
    assert!(!items.is_empty() && areas.iter().all(|area| area["after"]["parent"].is_string()));
    assert!(all.iter().any(|item| item["after"]["parent"].is_string()));
    for member in ["projects", "parent", "target", "carried_from", "carried_to"] {
        assert!(all.iter().all(|item| item["after"].get(member).is_some()), "{member}");
        assert!(items.iter().all(|item| item["after"].get(member).is_none()), "{member}");
    }
    let first = app.get(&format!("{ENTRIES}/1")).by(&town).await.json();
    assert!(!first["edits"].to_string().contains("carried_from"));
}

#[actix_web::test]
async fn the_audit_is_for_reviewers() {
    let (app, _) = with_history().await;
    for path in [ENTRIES, "/api/v1/entries/1", "/api/v1/entries/1/edits"] {
        app.get(path).await.problem(401, "unauthorized");
        for role in ["reader", "reporter"] {
            let key = app.key(role, None).await;
            app.get(path).by(&key).await.problem(403, "forbidden");
        }
        for role in ["reviewer", "editor", "admin"] {
            let key = app.key(role, None).await;
            assert_eq!(app.get(path).by(&key).await.status, 200, "{role} {path}");
        }
    }
}

#[actix_web::test]
async fn the_audit_is_downloaded_whole() {
    let (app, reviewer) = with_history().await;
    let csv = app.get(&with(ENTRIES, "format=csv")).by(&reviewer).await.text();
    assert!(csv.starts_with("seq,at,by,key_id,request_id,reason,comment,edits_count,edits\r\n"), "{csv}");
    let rows = csv::Reader::from_reader(csv.as_bytes()).into_records().count();
    let lines = app.get(&with(ENTRIES, "format=ndjson")).by(&reviewer).await.text();
    assert_eq!((rows, lines.lines().count()), (4, 4));
}

#[actix_web::test]
async fn nothing_changes_an_entry() {
    let (app, reviewer) = with_history().await;
    let app = app.signed_in().await;
    let before = app.get(ENTRIES).by(&reviewer).await.text();
    let paths = operations().into_iter().filter(|(path, _, _)| path.contains("/entries"));
    for (path, method, _) in paths {
        assert_eq!(method, "get", "{path}");
        let path = path.replace("{seq}", "1");
        for method in [Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
            let refused = app.request(method, &path).if_match("*").json(json!({"comment": "x"})).await;
            refused.problem(405, "method_not_allowed");
            assert_eq!(refused.header("allow"), "GET, HEAD");
        }
    }
    let help = std::process::Command::new(env!("CARGO_BIN_EXE_taizhang")).arg("--help").output().unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    let commands: Vec<&str> = help
        .split("Commands:")
        .nth(1)
        .unwrap()
        .split("\n\n")
        .next()
        .unwrap()
        .lines()
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    assert_eq!(
        commands,
        [
            "serve",
            "migrate",
            "seed",
            "generate",
            "keys",
            "periods",
            "attachments",
            "openapi",
            "check",
            "help"
        ],
        "none touches entries"
    );

    // Not even SQL does, short of taking the guard away.
    let mut conn = app.connection();
    for table in ["entries", "edits"] {
        for statement in [format!("UPDATE {table} SET seq = seq"), format!("DELETE FROM {table}")] {
            let refused = diesel::sql_query(&statement).execute(&mut conn).unwrap_err();
            assert!(refused.to_string().contains("never"), "{statement}: {refused}");
        }
    }
    assert_eq!(app.get(ENTRIES).by(&reviewer).await.text(), before);
}

#[actix_web::test]
async fn entries_are_chosen_by_number_and_followed_beyond_the_last_page() {
    let (app, reviewer) = with_history().await;
    let head = app.db.head().await.unwrap();
    let numbers =
        async |query: String| each(&app.get(&with(ENTRIES, &query)).by(&reviewer).await.items(), "seq");
    let told =
        |numbers: std::ops::RangeInclusive<i64>| numbers.map(|seq| seq.to_string()).collect::<Vec<_>>();
    assert_eq!(numbers(format!("seq_ge={}", head - 1)).await, told(head - 1..=head));
    assert_eq!(numbers(format!("seq_ge={}&seq_le={}", head - 2, head - 1)).await, told(head - 2..=head - 1));
    assert_eq!(numbers("seq_le=1".to_owned()).await, ["1"]);
    for wrong in ["seq_ge=0", "seq_le=x"] {
        let refused = app.get(&with(ENTRIES, wrong)).by(&reviewer).await.problem(400, "invalid_parameter");
        assert_eq!(refused["errors"][0]["parameter"], wrong[..6]);
    }
    // The last page leads on, to nothing so far; from there the next entry is found, and none is missed.
    let last = app.get(&format!("{ENTRIES}?seq_ge={head}")).by(&reviewer).await;
    assert!(last.header("link").contains("rel=\"next\""), "{}", last.header("link"));
    let beyond = format!("{ENTRIES}?seq_ge={head}&cursor={}", last.json()["next"].as_str().unwrap());
    assert_eq!(app.get(&beyond).by(&reviewer).await.json(), json!({"items": [], "next": null}));
    let editor = app.key("editor", None).await;
    assert_eq!(app.put(METRIC, metric("trial.metric", json!({}))).by(&editor).await.status, 201);
    let more = app.get(&beyond).by(&reviewer).await.items();
    assert_eq!(each(&more, "seq"), told(app.db.head().await.unwrap()..=app.db.head().await.unwrap()));
}
