//! The change feed: copies that are kept by it for several readers, through everything that can happen to rows.

use std::time::Duration;

use chrono::{TimeDelta, Utc};
use futures_util::future::join;
use serde_json::{Value, json};

use crate::builders::merged;
use crate::builders::mirror::Mirror;
use crate::builders::projects::whole_project;
use crate::harness::TestApp;

const FEED: &str = "/api/v1/changes";
const VILLAGE: &str = "430681107223";
const SIBLING: &str = "430681107224";

/// Says what is done, to whom.
struct Deed(&'static str, String, Value);

fn post(path: &str, body: Value) -> Deed {
    Deed("POST", path.to_owned(), body)
}

fn patch(path: &str, body: Value) -> Deed {
    Deed("PATCH", path.to_owned(), body)
}

fn delete(path: &str) -> Deed {
    Deed("DELETE", path.to_owned(), Value::Null)
}

/// Deletes with the key of an editor of the village.
const OF_THE_VILLAGE: &str = "DELETE for the village";

async fn doing(app: &TestApp, key: &str, Deed(method, path, body): &Deed) -> Value {
    let path = format!("/api/v1/{path}");
    let request = match *method {
        "POST" => app.post(&path, body.clone()),
        "PATCH" => app.patch(&path, body.clone()).if_match("*"),
        _ => app.delete(&path).if_match("*"),
    };
    let answer = request.by(key).await;
    assert!(answer.status.is_success(), "{method} {path}: {}", answer.text());
    if answer.body.is_empty() { Value::Null } else { answer.json() }
}

fn figure(metric: &str, area: &str, period: &str, more: Value) -> Value {
    merged(json!({"metric": metric, "area": area, "period": period, "value": 5}), more)
}

/// All that is done to rows, one thing after the other.
fn deeds() -> Vec<Deed> {
    let fund = "education.fund.raised";
    let cause = json!({"value": 6, "reason": "entry_error"});
    let secret = |code: &str| {
        json!({"code": code, "name": "密件", "kind": "construction", "areas": [VILLAGE], "stage": "approved",
        "visibility": "internal"})
    };
    let item = |code: &str, more: Value| {
        let least = json!({"code": format!("bishi-2023.{code}"), "plan": "bishi-2023", "ordinal": 9, "title": "试验事项"});
        merged(least, more)
    };
    vec![
        // Projects: made, changed, moved, hidden, published, deleted, with what hangs on them.
        post("projects", whole_project(json!({"areas": [VILLAGE]}))),
        patch("projects/trial-works", json!({"name": "改名"})),
        post("projects/trial-works/milestones", json!({"title": "开工", "status": "due"})),
        post("projects/trial-works/milestones", json!({"title": "完工", "status": "due"})),
        patch("projects/trial-works/milestones/2", json!({"title": "竣工"})),
        post(
            "projects/trial-works/progress-reports",
            json!({"as_of": "2023-03-01", "text": "开工", "progress": 5}),
        ),
        post("observations", figure(fund, VILLAGE, "2001", json!({"projects": ["trial-works"]}))),
        post("plan-items", item("9", json!({"areas": [VILLAGE], "projects": ["trial-works"]}))),
        patch("projects/trial-works", json!({"areas": [SIBLING]})),
        patch("projects/trial-works", json!({"visibility": "internal"})),
        patch("projects/trial-works", json!({"areas": [VILLAGE]})),
        patch("projects/trial-works", json!({"visibility": "public"})),
        delete("projects/trial-works/milestones/1"),
        post("projects", secret("sesame-works")),
        post("projects/sesame-works/milestones", json!({"title": "密件", "status": "due"})),
        post("projects/sesame-works/progress-reports", json!({"as_of": "2023-03-01", "text": "密件"})),
        patch("projects/sesame-works", json!({"place": "密件处"})),
        post("projects", secret("sesame-hut")),
        delete("projects/sesame-hut"),
        // Figures: stated, corrected, taken back, stated again; their metric hidden and shown.
        post("observations", figure(fund, VILLAGE, "2002", json!({}))),
        patch("observations/LAST", cause),
        delete("observations/LAST?reason=entry_error"),
        post("observations", figure(fund, VILLAGE, "2002", json!({"value": 8}))),
        patch("metrics/education.fund.raised", json!({"visibility": "internal"})),
        post("observations", figure(fund, SIBLING, "2003", json!({}))),
        patch("metrics/education.fund.raised", json!({"visibility": "public", "name": "筹资"})),
        // Plan items: internal ones, links to them, and public ones that refer to what is internal.
        post("plan-items", item("8", json!({"visibility": "internal", "areas": [VILLAGE], "title": "密件"}))),
        post("plan-items/bishi-2023.8/progress-reports", json!({"as_of": "2023-03-01", "text": "会上公开"})),
        patch("plan-items/bishi-2023.8", json!({"projects": ["trial-works"]})),
        patch("plan-items/bishi-2023.8", json!({"visibility": "public", "title": "公开"})),
        patch("plan-items/bishi-2023.8", json!({"visibility": "internal"})),
        delete("plan-items/bishi-2023.9"),
        // What has no visibility of its own.
        post(
            "reports",
            json!({"code": "trial", "title": "试验", "published_at": "2023-01-01T00:00:00+08:00"}),
        ),
        patch("reports/trial", json!({"title": "再试验"})),
        delete("reports/trial"),
        patch("villages/430681107223", json!({"aliases": ["试验村"]})),
        post("plans", json!({"code": "trial-plan", "area": VILLAGE, "year": 2024, "title": "试验"})),
        patch("plans/trial-plan", json!({"area": SIBLING})),
        delete("plans/trial-plan"),
        post("projects", whole_project(json!({"code": "trial-hut", "areas": [VILLAGE]}))),
        post("projects/trial-hut/milestones", json!({"title": "开工", "status": "due"})),
        post("plan-items", item("7", json!({"areas": [SIBLING], "projects": ["trial-hut"]}))),
        patch("plan-items/bishi-2023.7", json!({"projects": []})),
        patch("plan-items/bishi-2023.7", json!({"projects": ["trial-hut"]})),
        post("observations", figure(fund, SIBLING, "2004", json!({"projects": ["trial-hut"]}))),
        // By the village alone: what others say of it does not bind it.
        Deed(OF_THE_VILLAGE, "projects/trial-hut".to_owned(), Value::Null),
        delete("plan-items/bishi-2023.7"),
    ]
}

#[actix_web::test]
async fn copies_stay_equal_whatever_happens_to_rows() {
    let app = TestApp::seeded().await;
    let admin = app.key("admin", None).await;
    let (near, far) = (app.key("reader", Some(VILLAGE)).await, app.key("reviewer", Some(SIBLING)).await);
    let within = format!("{FEED}?within={VILLAGE}");
    let mut copies = vec![
        (Mirror::new(&app, FEED, None), 7),
        (Mirror::new(&app, FEED, Some(&admin)), 1000),
        (Mirror::new(&app, FEED, Some(&near)), 2),
        (Mirror::new(&app, FEED, Some(&far)), 1),
        (Mirror::new(&app, &within, None), 3),
        (Mirror::new(&app, &within, Some(&near)), 1000),
        (Mirror::new(&app, &format!("{FEED}?kinds=milestone,progress_report"), None), 1),
        // Catches up now and then.
        (Mirror::new(&app, FEED, None), 5),
        (Mirror::new(&app, &within, Some(&admin)), 4),
    ];
    for (copy, limit) in &mut copies {
        copy.pull((*limit).max(300), "nothing").await;
        copy.is_equal("nothing").await;
    }
    let of_the_village = app.key("editor", Some(VILLAGE)).await;
    let mut last = Value::Null;
    for (number, mut deed) in deeds().into_iter().enumerate() {
        deed.1 = deed.1.replace("LAST", &last.to_string());
        let key = if deed.0 == OF_THE_VILLAGE { &of_the_village } else { &admin };
        let made = doing(&app, key, &deed).await;
        let after = format!("{} {} {}", deed.0, deed.1, deed.2);
        if !made["metric"].is_null() {
            last = made["id"].clone();
        }
        for (at, (copy, limit)) in copies.iter_mut().enumerate() {
            if at < 7 || number % 5 == 4 {
                let told = copy.pull(*limit, &after).await;
                copy.is_equal(&after).await;
                let is_stranger = [0, 4, 6, 7].contains(&at);
                let told = json!(told).to_string();
                assert!(!is_stranger || !told.contains("密件"), "after {after}: {told}");
                assert!(!is_stranger || !told.contains("sesame"), "after {after}: {told}");
            }
        }
    }
}

#[actix_web::test]
async fn a_figure_appears_when_it_becomes_public() {
    let (app, editor) = TestApp::seeded_for("editor", None).await;
    let mut copies = vec![Mirror::new(&app, FEED, None), Mirror::new(&app, FEED, Some(&editor))];
    for copy in &mut copies {
        copy.pull(1000, "it").await;
    }
    let soon = (Utc::now() + TimeDelta::seconds(3)).to_rfc3339();
    let mut paths = Vec::new();
    for year in [1991, 1992, 1993] {
        let body = figure("education.fund.raised", VILLAGE, &year.to_string(), json!({"released_at": soon}));
        let made = doing(&app, &editor, &post("observations", body)).await;
        paths.push(made["id"].clone());
    }
    assert!(copies[0].pull(1000, "it").await.is_empty(), "nothing of it is public");
    assert_eq!(copies[1].pull(1000, "it").await.len(), 3, "its editor sees it");
    let waiting = copies[0].ask("wait=10").await.json();
    assert!(!waiting["items"].as_array().unwrap().is_empty(), "{waiting:#}");
    copies[0].apply(&waiting);
    copies[0].pull(1, "it").await;
    copies[0].is_equal("it").await;
    assert!(copies[1].pull(1000, "it").await.is_empty(), "who had it is not told again");
}

#[actix_web::test]
async fn who_waits_is_told_at_once() {
    let (app, editor) = TestApp::seeded_for("editor", None).await;
    let mut copy = Mirror::new(&app, FEED, None);
    copy.pull(1000, "it").await;
    let quiet = copy.ask("wait=0").await;
    assert_eq!(
        quiet.json()["next"],
        copy.ask("").await.json()["next"],
        "while nothing happens the bookmark stays"
    );
    let again = app.get(&format!("{FEED}?since={}", quiet.json()["next"].as_str().unwrap()));
    let tag = quiet.header("ETag").to_owned();
    assert_eq!(again.header("If-None-Match", &tag).await.status, 304);
    let began = std::time::Instant::now();
    let write = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        let body = figure("education.fund.raised", VILLAGE, "1991", json!({}));
        doing(&app, &editor, &post("observations", body)).await
    };
    let (waited, made) = join(copy.ask("wait=20"), write).await;
    assert_eq!(waited.items()[0]["key"]["id"], made["id"]);
    assert!(began.elapsed() < Duration::from_secs(15), "{:?}", began.elapsed());
    copy.apply(&waited.json());
    let nothing = copy.ask("wait=1").await.json();
    assert_eq!((&nothing["items"], &nothing["more"]), (&json!([]), &json!(false)));
}

#[actix_web::test]
async fn a_bookmark_leads_on_in_its_own_feed_alone() {
    let (app, editor) = TestApp::seeded_for("editor", None).await;
    let first = app.get(&format!("{FEED}?limit=3")).await.json();
    let since = first["next"].as_str().unwrap();
    for (query, parameter, code) in [
        (format!("since={since}&kinds=unit"), "since", "invalid_cursor"),
        (format!("since={since}&within=430681107"), "since", "invalid_cursor"),
        ("since=nonsense".to_owned(), "since", "invalid_cursor"),
        ("limit=0".to_owned(), "limit", "out_of_range"),
        ("limit=1001".to_owned(), "limit", "out_of_range"),
        ("wait=31".to_owned(), "wait", "out_of_range"),
        ("kinds=nothing".to_owned(), "kinds", "unknown_code"),
        ("data=some".to_owned(), "data", "unknown_code"),
        ("format=csv".to_owned(), "format", "unknown_code"),
    ] {
        let problem = app.get(&format!("{FEED}?{query}")).await.problem(400, "invalid_parameter");
        let fault = (problem["errors"][0]["parameter"].clone(), problem["errors"][0]["code"].clone());
        assert_eq!(fault, (json!(parameter), json!(code)), "{query}");
    }
    app.get(&format!("{FEED}?cursor=x")).await.problem(400, "unknown_parameter");
    app.get(&format!("{FEED}?within=999999")).await.problem(422, "invalid_value");
    // Somebody who sees something else has to begin again.
    app.get(&format!("{FEED}?since={since}")).by(&editor).await.problem(410, "bookmark_gone");
    assert_eq!(app.get(&format!("{FEED}?since={since}&limit=1000")).await.status, 200);
}

#[actix_web::test]
async fn a_ledger_that_was_restored_is_another_one() {
    let (app, editor) = TestApp::seeded_for("editor", None).await;
    let name = |name: &str| patch("metrics/education.fund.raised", json!({"name": name}));
    doing(&app, &editor, &name("甲")).await;
    let mut copy = Mirror::new(&app, FEED, None);
    copy.pull(1000, "it").await;
    // As a backup from before the last entry would be, which has come as far again.
    app.sql("UPDATE ledger SET head = head - 1");
    copy.ask("").await.problem(410, "bookmark_gone");
    app.sql("UPDATE ledger SET head = head + 1");
    assert_eq!(copy.ask("").await.status, 200);
    app.sql("UPDATE ledger SET epoch = 'another'");
    copy.ask("").await.problem(410, "bookmark_gone");
}

#[actix_web::test]
async fn a_feed_is_had_as_one_file() {
    let (app, editor) = TestApp::seeded_for("editor", None).await;
    let pages = app.get(&format!("{FEED}?limit=1000")).await.json();
    for answer in [
        app.get(&format!("{FEED}?format=ndjson&limit=1&digest=true")).await,
        app.get(&format!("{FEED}?digest=true")).header("Accept", "application/x-ndjson").await,
    ] {
        assert_eq!(answer.header("content-type"), "application/x-ndjson");
        let lines: Vec<Value> =
            answer.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let (end, items) = lines.split_last().unwrap();
        assert_eq!(json!(items), pages["items"]);
        assert!(end["digest"].is_string());
        let next = end["next"].as_str().unwrap();
        assert_eq!(app.get(&format!("{FEED}?since={next}")).await.items().len(), 0);
        let lines = app.get(&format!("{FEED}?since={next}&format=ndjson")).await.text();
        assert_eq!(lines.lines().count(), 1, "{lines}");
    }
    let body = figure("education.fund.raised", VILLAGE, "1991", json!({}));
    let made = doing(&app, &editor, &post("observations", body)).await;
    let keys = app.get(&format!("{FEED}?data=keys&limit=1000")).await.items();
    let key = json!({"id": made["id"], "metric": "education.fund.raised", "area": "430681107223", "period": "1991",
        "accumulation": made["accumulation"], "role": "actual"});
    let told = json!({"seq": made["seq"], "kind": "observation", "key": key, "op": "put", "data": null});
    assert_eq!(keys.last(), Some(&told));
    assert!(keys.iter().all(|change| change["data"].is_null()));
}

#[actix_web::test]
async fn each_row_is_told_as_its_list_has_it() {
    let app = TestApp::seeded().await;
    let told = app.get(&format!("{FEED}?limit=1000")).await.items();
    for (kind, path) in [
        ("unit", "units"),
        ("area", "areas"),
        ("metric", "metrics"),
        ("report", "reports"),
        ("project", "projects"),
        ("observation", "observations"),
        ("plan", "plans"),
        ("plan_item", "plan-items"),
    ] {
        let of_kind = told.iter().filter(|change| change["kind"] == kind);
        let mut rows: Vec<String> = of_kind.map(|change| change["data"].to_string()).collect();
        let mut listed: Vec<String> = app
            .get(&format!("/api/v1/{path}?limit=1000"))
            .await
            .items()
            .iter()
            .map(Value::to_string)
            .collect();
        rows.sort();
        listed.sort();
        assert!(!rows.is_empty() && rows == listed, "{kind}");
    }
}
