//! What a caller is answered, byte for byte and header for header, is a function of what that caller may see: every
//! read of the document is asked before and after writes that are none of his business.

use std::collections::BTreeMap;

use actix_web::http::Method;
use chrono::{NaiveDate, Utc};
use serde_json::{Value, json};
use taizhang::domain::zone;
use taizhang::exchange::drafts::reference::UnitDraft;

use crate::builders::attachments::{form, png};
use crate::conventions::lists;
use crate::harness::lists::{escaped, with};
use crate::harness::{Answer, TestApp};
use crate::openapi::{address, reads};

/// Headers that carry a clock, a count of requests or the request itself. The counters of the process (`/-/metrics`),
/// which are its operator's, and what else lies outside of `/api` are not asked.
const OF_THE_REQUEST: [&str; 5] = ["date", "ratelimit", "ratelimit-policy", "retry-after", "x-request-id"];

/// Public rows beside the examples of the document: those that are linked to what is internal.
const ROWS: [(&str, &[&str]); 5] = [
    ("/api/v1/metrics/{code}", &["open.metric", "land.cultivated.area"]),
    ("/api/v1/observations/{id}", &["54", "55"]),
    ("/api/v1/plan-items/{code}", &["bishi-2023.7", "bishi-2023"]),
    ("/api/v1/projects/{code}", &["hidden-works"]),
    ("/api/v1/areas/{code}", &["430681107223", "430681"]),
];

/// Every read under `/api`, in every format.
fn addresses() -> Vec<String> {
    let mut all = Vec::new();
    for (path, _, operation) in reads().into_iter().filter(|(path, ..)| path.starts_with("/api/")) {
        let mut subjects = vec![address(&path, &operation)];
        for (prefix, codes) in ROWS.into_iter().filter(|(prefix, _)| path.starts_with(prefix)) {
            let (_, name) = prefix.rsplit_once('/').unwrap();
            let asked = |code: &&str| address(&path.replacen(name, code, 1), &operation);
            subjects.extend(codes.iter().map(asked));
        }
        let parameter = |name: &str| {
            operation["parameters"].as_array().into_iter().flatten().find(|one| one["name"] == name).cloned()
        };
        let is_list = parameter("cursor").is_some();
        let described = parameter("format").map(|format| format.to_string()).unwrap_or_default();
        let is_offered = |format: &&str| described.contains(&format!("\"{format}\""));
        let formats: Vec<&str> = ["csv", "ndjson", "xlsx", "json-stat", "sdmx-csv", "html"]
            .into_iter()
            .filter(is_offered)
            .collect();
        assert!(!is_list || formats.len() > 2, "{path}: {described}");
        for subject in subjects {
            let bare = subject.replace("limit=2", "limit=1000");
            if is_list {
                all.push(with(&bare, "count=exact"));
            }
            for format in &formats {
                all.push(with(&bare, &format!("format={format}")));
            }
            all.push(subject);
        }
    }
    all.extend(
        ["桥", "hidden", "试验"]
            .map(|word| with("/api/v1/search", &format!("count=exact&q={}", escaped(word)))),
    );
    all
}

/// Status, headers and body.
type Whole = (u16, BTreeMap<String, String>, Vec<u8>);

type Told = BTreeMap<String, Whole>;

/// The bookmark of the change feed stands at the head, whoever has moved that: what it is hung on is left out, and all
/// else of the answer is compared.
fn without_bookmark((status, mut headers, body): Whole) -> Whole {
    headers.remove("etag");
    headers.remove("content-length");
    let lines = std::str::from_utf8(&body).unwrap().lines().map(|line| {
        let mut line: Value = serde_json::from_str(line).unwrap();
        let bookmark = line.as_object_mut().unwrap().remove("next");
        assert!(bookmark.is_some() || line["kind"].is_string(), "{line}");
        line.to_string()
    });
    let body = lines.collect::<Vec<_>>().join("\n").into_bytes();
    (status, headers, body)
}

fn told(answer: Answer) -> Whole {
    let headers =
        answer.headers.iter().map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()));
    let headers = headers.filter(|(name, _)| !OF_THE_REQUEST.contains(&name.as_str())).collect();
    let mut body = answer.body;
    if answer.status.is_client_error() {
        let mut problem: Value = serde_json::from_slice(&body).unwrap();
        problem["request_id"] = Value::Null;
        body = problem.to_string().into_bytes();
    }
    (answer.status.as_u16(), headers, body)
}

async fn crawl(app: &TestApp, key: Option<&str>) -> Told {
    let mut all = Told::new();
    for path in addresses() {
        let answer = app.get(&path).by_if(key).await;
        let whole = told(answer);
        let is_feed = path.starts_with("/api/v1/changes");
        all.insert(path, if is_feed { without_bookmark(whole) } else { whole });
    }
    assert!(all.values().filter(|(status, ..)| *status == 200).count() > 100, "most are answered");
    all
}

fn compare(before: &Told, after: &Told, who: &str) {
    let mut differ = Vec::new();
    for (path, answered) in before {
        let now = &after[path];
        if answered != now {
            let words = |body: &[u8]| String::from_utf8_lossy(body).chars().take(3000).collect::<String>();
            differ.push(format!(
                "{path}\n  {:?}\n  {:?}\n  {}\n  {}",
                answered.1,
                now.1,
                words(&answered.2),
                words(&now.2)
            ));
        }
    }
    assert!(differ.is_empty(), "{who} is told of what is none of his business:\n{}", differ.join("\n"));
}

fn today() -> NaiveDate {
    zone::local(Utc::now().naive_utc()).date_naive()
}

async fn done(app: &TestApp, key: &str, method: Method, path: &str, body: Value) -> Value {
    let request = app.request(method.clone(), &format!("/api/v1/{path}")).by(key);
    let request = if method == Method::PATCH { request.if_match("*") } else { request };
    let answer = request.json(body).await;
    assert!(answer.status.is_success(), "{path}: {}", answer.text());
    answer.json()
}

/// The seed with public rows that can be linked to what is internal.
async fn with_hidden() -> TestApp {
    let app = TestApp::seeded().await;
    app.metric("open.metric", json!({})).await;
    app.metric("hidden.metric", json!({"visibility": "internal"})).await;
    let figure = json!({"metric": "open.metric", "area": "430681107223", "period": "2021", "value": 5});
    app.observation(figure).await; // 54
    let aim = json!({"metric": "open.metric", "area": "430681107223", "period": "2021", "value": 6, "role": "target"});
    app.observation(aim).await; // 55
    let item = json!({"code": "bishi-2023.7", "plan": "bishi-2023", "ordinal": 7, "title": "试验事项",
        "projects": ["tongba-bridge"]});
    app.plan_item(item).await;
    app
}

#[actix_web::test]
async fn nobody_is_told_of_a_write_to_what_he_does_not_see() {
    let begun = today();
    let app = with_hidden().await;
    let town = app.key("editor", Some("430681107")).await;
    let village = app.key("reporter", Some("430681107223")).await;
    let sibling = app.key("reviewer", Some("430681107224")).await;
    let before = crawl(&app, None).await;

    // What has no area is seen by every key, and by no stranger.
    app.metric("hidden.other", json!({"visibility": "internal"})).await;
    let weighed = json!({"weight": "hidden.other", "reason": "definition"});
    done(&app, &town, Method::PATCH, "metrics/open.metric", weighed).await;
    app.key("reader", Some("430681107")).await;
    done(&app, &town, Method::PATCH, "plan-items/bishi-2023.7", json!({"metric": "hidden.other"})).await;
    done(&app, &town, Method::PATCH, "plan-items/bishi-2023.7", json!({"metric": null})).await;
    compare(&before, &crawl(&app, None).await, "a stranger");

    let (before, siblings) = (crawl(&app, None).await, crawl(&app, Some(&sibling)).await);
    let area = "430681107223";
    let post = async |path: &str, body: Value| done(&app, &town, Method::POST, path, body).await;
    post("observations", json!({"metric": "hidden.metric", "area": area, "period": "2021", "value": 7}))
        .await;
    let later = "2999-01-01T00:00:00+08:00";
    let scheduled = json!({"metric": "open.metric", "area": area, "period": "2022", "value": 8, "role": "target",
        "released_at": later});
    let unreleased = post("observations", scheduled).await["id"].clone();
    let correction = json!({"value": 9, "reason": "audit", "released_at": later});
    let corrected = done(&app, &town, Method::PATCH, "observations/54", correction).await;
    assert_eq!(corrected["value"], 9, "its keepers see what is to come");
    let works = json!({"code": "hidden-works", "name": "内部桥", "kind": "construction", "areas": [area],
        "stage": "started", "visibility": "internal", "report": "bishi-2022"});
    post("projects", works).await;
    post("projects/hidden-works/milestones", json!({"title": "试验", "due_on": "2023"})).await;
    let item = json!({"code": "bishi-2023.7.1", "plan": "bishi-2023", "parent": "bishi-2023.7", "title": "内部试验",
        "areas": [area], "visibility": "internal", "due_on": "2023-01-01", "report": "bishi-2022"});
    post("plan-items", item).await;
    let first = json!({"code": "bishi-2023.first", "plan": "bishi-2023", "ordinal": 1, "title": "内部事项",
        "areas": [area], "visibility": "internal"});
    post("plan-items", first).await;
    let (media_type, file) = form(&png(3, 2));
    let upload = app.request(Method::POST, "/api/v1/attachments").by(&village).body(&media_type, file);
    let photo = upload.await.json()["id"].clone();
    let progress = json!({"as_of": "2023-05-01", "progress": 30, "attachments": [photo]});
    let path = "plan-items/bishi-2023.7.1/progress-reports";
    done(&app, &village, Method::POST, path, progress.clone()).await;
    done(&app, &village, Method::POST, "projects/hidden-works/progress-reports", progress).await;
    let links = json!({"projects": ["tongba-bridge", "hidden-works"], "target": unreleased});
    let linked = done(&app, &town, Method::PATCH, "plan-items/bishi-2023.7", links).await;
    assert_eq!(linked["projects"], json!(["tongba-bridge", "hidden-works"]));
    let draft = json!({"area": area, "title": "月报", "items": [{"metric": "open.metric", "area": area, "period": "2023", "value": 1}]});
    done(&app, &village, Method::POST, "submissions", draft).await;

    let (after, siblings_after) = (crawl(&app, None).await, crawl(&app, Some(&sibling)).await);
    if today() == begun {
        compare(&before, &after, "a stranger");
        compare(&siblings, &siblings_after, "a key of the village beside");
    }
    // Those who keep the rows are told of each write.
    let kept = app.get("/api/v1/plan-items/bishi-2023.7").by(&town).await;
    assert_eq!(kept.json()["seq"], linked["seq"]);
    assert!(kept.header("etag").starts_with(&format!("\"{}-", linked["seq"])));
    let public = app.get("/api/v1/plan-items/bishi-2023.7").await.json();
    assert!(public["seq"].as_i64() < linked["seq"].as_i64());
    let timeline = |key: Option<&str>| app.get("/api/v1/plan-items/bishi-2023.7/timeline").by_if(key);
    assert!(!timeline(None).await.text().contains("changed"));
    assert!(timeline(Some(&town)).await.text().contains(r#""members":["projects","target"]"#));
    // What everybody sees moves the public stamp again.
    let renamed = done(&app, &town, Method::PATCH, "plan-items/bishi-2023.7", json!({"title": "新名"})).await;
    assert_eq!(app.get("/api/v1/plan-items/bishi-2023.7").await.json()["seq"], renamed["seq"]);
}

#[actix_web::test]
async fn an_unrelated_write_leaves_every_list_a_304_and_a_related_one_does_not() {
    let app = with_hidden().await.signed_in().await;
    let begun = today();
    let mut tags = Vec::new();
    for (list, operation) in lists() {
        for format in ["format=json", "format=csv", "format=xlsx"] {
            let path = format!("{list}limit=1000&{format}");
            let answer = app.get(&path).await;
            assert!(answer.header("etag").starts_with("\"0-"), "{path}: {}", answer.header("etag"));
            let id = operation["operationId"].as_str().unwrap().to_owned();
            tags.push((id, path, answer.header("etag").to_owned()));
        }
    }
    let unchanged =
        async |path: &str, tag: &str| app.get(path).header("if-none-match", tag).await.status == 304;
    // Of the ledger's own entries, and of keys and when they were used, every write is one.
    let apart = ["list_entries", "list_entry_edits", "list_api_keys"];
    app.add::<UnitDraft>(
        json!({"code": "XUN", "name": "寻", "name_en": "xun", "symbol": "寻", "dimension": "xun",
        "numerator": 1, "denominator": 1}),
    )
    .await;
    for (id, path, tag) in tags.iter().filter(|(id, ..)| !apart.contains(&id.as_str())) {
        let is_other_day = begun != today();
        assert!(is_other_day || unchanged(path, tag).await == (id != "list_units"), "{path}");
    }
    app.metric("land.other", json!({})).await;
    app.project(json!({"code": "other", "name": "其他", "kind": "service", "areas": ["430681107"],
        "stage": "idea"}))
        .await;
    app.report(json!({"code": "other", "title": "其他", "issuer": "430681107",
        "published_at": "2023-01-01T00:00:00+08:00"}))
        .await;
    app.plan_item(json!({"code": "bishi-2023.8", "plan": "bishi-2023", "ordinal": 8, "title": "其他"})).await;
    app.observation(json!({"metric": "open.metric", "area": "430681107223", "period": "2020", "value": 1}))
        .await;
    let related = [
        "list_metrics",
        "list_projects",
        "list_reports",
        "list_plan_items",
        "list_observations",
        "list_entries",
    ];
    for (_, path, tag) in tags.iter().filter(|(id, ..)| related.contains(&id.as_str())) {
        assert!(!unchanged(path, tag).await, "{path}");
    }
}

#[actix_web::test]
async fn a_read_honours_if_match() {
    let app = with_hidden().await;
    let (row, list, file) = ("/api/v1/metrics/open.metric", "/api/v1/units", "/api/v1/units?format=csv");
    for path in [row, list, file] {
        let tag = app.get(path).await.header("etag").to_owned();
        for good in [tag.clone(), format!("\"1-x\", {tag}"), "*".to_owned()] {
            assert_eq!(app.get(path).header("if-match", &good).await.status, 200, "{path} {good}");
        }
        let both = app.get(path).header("if-match", &tag).header("if-none-match", &tag).await;
        assert_eq!(both.status, 304, "{path}");
        let other =
            app.get(path).header("if-match", "\"0-0000000000000000\"").header("if-none-match", &tag).await;
        other.problem(412, "stale");
        let weak =
            app.get(path).header("if-match", &format!("W/{tag}")).header("accept-language", "en").await;
        let detail = weak.problem(412, "stale")["detail"].as_str().unwrap().to_owned();
        assert!(detail.contains("weak tag"), "{detail}");
    }
    // Any variant of a row serves: its entry decides.
    let packed = app.get("/api/v1/areas/430681107000").header("accept-encoding", "gzip").await;
    let headers = [("if-match", packed.header("etag"))];
    assert_eq!(app.get("/api/v1/areas/430681107000").headers(&headers).await.status, 200);
    let key = app.key("editor", None).await;
    let tag = app.get("/api/v1/metrics/open.metric").await.header("etag").to_owned();
    let write = app
        .patch("/api/v1/metrics/open.metric", json!({"name": "甲"}))
        .by(&key)
        .if_match(&format!("W/{tag}"));
    let refused = write.header("accept-language", "en").await;
    assert!(refused.problem(412, "stale")["detail"].as_str().unwrap().contains("weak tag"));
}

#[actix_web::test]
async fn a_correction_that_is_to_come_moves_the_stamp_when_it_comes() {
    let app = with_hidden().await;
    let key = app.key("editor", Some("430681107")).await;
    let path = "/api/v1/observations/54";
    let read = async || app.get(path).by(&key).await;
    let public = app.get(path).await;
    let (first, tag) = (public.json(), read().await.header("etag").to_owned());
    let change = |tag: &str, value: i64, at: &str| {
        let body = json!({"value": value, "reason": "audit", "released_at": at});
        app.patch(path, body).by(&key).if_match(tag).send()
    };
    let scheduled = change(&tag, 9, "2999-01-01T00:00:00+08:00").await;
    assert_eq!((scheduled.status.as_u16(), &scheduled.json()["value"]), (200, &json!(9)));
    change(&tag, 10, "2999-01-02T00:00:00+08:00").await.problem(412, "stale");
    let seen = app.get(path).await;
    assert_eq!((seen.json(), seen.header("etag")), (first.clone(), public.header("etag")));
    let sorted = app.get("/api/v1/observations?sort=-seq&limit=2").await.items();
    assert_eq!(sorted[1]["id"], 54, "the list is in the order of what is shown");
    // Time passes.
    app.sql("UPDATE revisions SET released_at = recorded_at WHERE observation = 54 AND revision = 2");
    app.sql("UPDATE revisions SET superseded_at = recorded_at WHERE observation = 54 AND revision = 1");
    let fresh = app.again().await;
    let later = fresh.get(path).await.json();
    assert_eq!((&later["value"], &later["seq"]), (&json!(9), &scheduled.json()["seq"]));
    assert_ne!(later["seq"], first["seq"]);
}
