//! The OpenAPI document: complete, equal to the committed one, and true in its examples.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use actix_web::http::Method;
use actix_web::introspection::IntrospectionTree;
use actix_web::{test, web};
use serde_json::{Value, json};
use taizhang::api::openapi;

use crate::builders::attachments::{form, png};
use crate::conventions::words;
use crate::harness::TestApp;
use crate::harness::times::forget_today;

/// Examples that the seed cannot give: written by hand, held to their schema by the linter.
const BY_HAND: &[&str] = &["show_openapi", "show_report_text"];

/// Lists whose words are names of members or of nothing else.
const UNEXPLAINED: &[&str] =
    &["AnyTag", "ObservationMember", "PlanItemMember", "ProjectMember", "SeriesFrequency"];

pub fn document() -> Value {
    // Made once: nearly every test asks for it, and that takes longer than most of them.
    static DOCUMENT: LazyLock<Value> =
        LazyLock::new(|| serde_json::from_str(&openapi::rendered(&openapi::document()).unwrap()).unwrap());
    DOCUMENT.clone()
}

/// Every operation as (path, method, operation).
pub fn operations() -> Vec<(String, String, Value)> {
    let document = document();
    let paths = document["paths"].as_object().unwrap();
    paths
        .iter()
        .flat_map(|(path, item)| {
            let operations = item.as_object().unwrap();
            operations.iter().map(|(method, operation)| {
                let mut operation = operation.clone();
                resolve_shared(&document, &mut operation);
                (path.clone(), method.clone(), operation)
            })
        })
        .collect()
}

/// Puts shared parameters, answers and headers in the place of what refers to them; schemas stay.
fn resolve_shared(document: &Value, value: &mut Value) {
    if let Some(place) = value["$ref"].as_str().and_then(|reference| reference.strip_prefix('#')) {
        if !place.starts_with("/components/schemas/") {
            *value = document.pointer(place).unwrap().clone();
            resolve_shared(document, value);
        }
        return;
    }
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| resolve_shared(document, item)),
        Value::Object(members) => {
            for (name, inner) in members.iter_mut().filter(|(name, _)| *name != "example") {
                // A list of codes of a parameter stands where it did.
                let listed = inner["$ref"].as_str().filter(|_| name == "schema" || name == "items");
                let listed = listed.and_then(|reference| document.pointer(reference.strip_prefix('#')?));
                match listed.filter(|schema| !schema["enum"].is_null()) {
                    Some(list) => *inner = list.clone(),
                    None => resolve_shared(document, inner),
                }
            }
        }
        _ => {}
    }
}

/// Every operation that reads, likewise.
pub fn reads() -> Vec<(String, String, Value)> {
    operations().into_iter().filter(|(_, method, _)| method == "get").collect()
}

/// The address of an operation, its path filled with the examples of its parameters. It is short, and of a
/// day of its own where its answer has one.
pub fn address(path: &str, operation: &Value) -> String {
    let mut address = path.to_owned();
    let mut query = Vec::new();
    for parameter in operation["parameters"].as_array().into_iter().flatten() {
        let name = parameter["name"].as_str().unwrap();
        let example = words(&parameter["example"]);
        match parameter["in"].as_str().unwrap() {
            "header" => {}
            "path" => address = address.replace(&format!("{{{name}}}"), &example),
            _ if parameter["required"] == true || ["limit", "at"].contains(&name) => {
                query.push(format!("{name}={example}"))
            }
            _ => {}
        }
    }
    // It needs one of several parameters, which the document can only say in words.
    if operation["operationId"] == "list_metric_aggregates" {
        query.extend(["within=430681107".to_owned(), "period=2022".to_owned()]);
    }
    if query.is_empty() { address } else { format!("{address}?{}", query.join("&")) }
}

#[actix_web::test]
async fn the_document_stays_small_enough_to_be_read_by_a_phone() {
    let minified = document().to_string().len();
    assert!(minified < 545_000, "{minified} bytes: what operations have in common is to be shared");
}

#[actix_web::test]
async fn every_list_of_codes_has_a_name_and_tells_what_each_word_means() {
    let document = document();
    let mut lists = 0;
    for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
        let Some(words) = schema["enum"].as_array() else { continue };
        let about = schema["description"].as_str().unwrap_or_default();
        for word in words.iter().filter_map(Value::as_str).filter(|_| !UNEXPLAINED.contains(&name.as_str())) {
            assert!(about.contains(&format!("`{word}` ")), "{name}: {word} in {about}");
        }
        lists += 1;
    }
    assert!(lists > 40, "{lists}");
    let paths = document["paths"].to_string();
    assert!(!paths.contains("\"enum\""), "a list of codes without a name");
}

#[actix_web::test]
async fn the_committed_document_is_the_generated_one() {
    let committed =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi/openapi.json"));
    let generated = openapi::rendered(&openapi::document()).unwrap();
    assert!(committed.unwrap() == generated, "run: cargo run -- openapi > openapi/openapi.json");
}

#[actix_web::test]
async fn the_service_serves_its_document() {
    let app = TestApp::empty().await;
    assert_eq!(app.get("/openapi.json").await.json(), document());
}

#[actix_web::test]
async fn every_operation_says_what_it_is_and_how_it_refuses() {
    let mut ids = BTreeSet::new();
    for (path, method, operation) in operations() {
        let id = operation["operationId"].as_str().unwrap().to_owned();
        for member in ["summary", "description"] {
            assert!(operation[member].as_str().is_some_and(|text| !text.is_empty()), "{id} has no {member}");
        }
        assert_eq!(operation["tags"].as_array().map(Vec::len), Some(1), "{id}");
        let answers = operation["responses"].as_object().unwrap();
        for (status, answer) in answers {
            let content = answer["content"].as_object();
            if status.starts_with(['4', '5']) {
                let problem = &content.unwrap()["application/problem+json"];
                assert_eq!(problem["schema"]["$ref"], "#/components/schemas/Problem", "{id} {status}");
            }
        }
        let mut needed = vec!["400", "401", "500"];
        if path.starts_with("/api/") {
            needed.extend(["406", "503"]);
        }
        if path.contains('{') {
            needed.push("404");
        }
        if !operation["x-min-role"].is_null() {
            needed.push("403");
        }
        needed.extend(match method.as_str() {
            "get" if path.starts_with("/api/") => &["200", "304"] as &[&str],
            "get" => &["200"],
            "delete" => &["204", "409", "422"],
            "put" => &["200", "201", "409", "412", "413", "415", "422", "428"],
            "patch" => &["200", "409", "412", "413", "415", "422", "428"],
            _ => &["409", "413", "415", "422"],
        });
        for status in needed {
            assert!(answers.contains_key(status), "{method} {path} does not document {status}");
        }
        // Who may: a role and the key it needs go together.
        let open = operation["security"].as_array().unwrap().contains(&serde_json::json!({}));
        assert_eq!(open, operation["x-min-role"].is_null(), "{id}");
        assert!(method == "get" || !open, "{id} changes something and needs no key");
        assert!(ids.insert(id.clone()), "{id} twice");
    }
}

#[actix_web::test]
async fn the_document_is_ours() {
    let document = document();
    assert_eq!(document["info"]["title"], "taizhang");
    assert_eq!(document["info"]["license"]["name"], "MIT");
    assert!(document["info"]["contact"]["name"].as_str().is_some_and(|name| name.contains("taizhang")));
    assert_eq!(document["servers"], serde_json::json!([{"url": "/"}]));
}

/// The routes of the running application, from its own router.
async fn walk() -> BTreeSet<(String, String)> {
    let app = TestApp::empty().await;
    let report = |tree: web::Data<IntrospectionTree>| async move { tree.report_as_json() };
    let walked = taizhang::api::app(&app.shared).route("/walk", web::get().to(report));
    let service = test::init_service(walked).await;
    let answer = test::call_and_read_body(&service, test::TestRequest::with_uri("/walk").to_request()).await;
    let report: Value = serde_json::from_slice(&answer).unwrap();
    let mut routes = BTreeSet::new();
    for item in report.as_array().unwrap() {
        for method in item["methods"].as_array().into_iter().flatten() {
            let path = item["full_path"].as_str().unwrap().to_owned();
            routes.insert((path, method.as_str().unwrap().to_lowercase()));
        }
    }
    routes
}

#[actix_web::test]
async fn every_route_is_documented_and_every_operation_is_routed() {
    let mut routes = walk().await;
    assert!(routes.remove(&("/walk".to_owned(), "get".to_owned())), "{routes:?}");
    // The documentation of the API is not part of the API.
    routes.retain(|(path, _)| path != "/" && !path.starts_with("/swagger-ui"));
    let documented: BTreeSet<(String, String)> =
        operations().into_iter().map(|(path, method, _)| (path, method)).collect();
    assert_eq!(routes, documented);
}

/// An example shows the first item of each list, and three of words and numbers.
fn shorten(value: &mut Value) {
    match value {
        Value::Array(items) => {
            items.truncate(if items.iter().any(Value::is_object) { 1 } else { 3 });
            items.iter_mut().for_each(shorten);
        }
        Value::Object(members) => members.values_mut().for_each(shorten),
        _ => {}
    }
}

/// Makes alike what differs between two installations of one seed.
fn redact(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(redact),
        Value::Object(members) => {
            // A bulletin is of the year in which the test runs.
            if let Some(year) = members.get("year").filter(|_| members.contains_key("issue")).cloned() {
                let number = members["document_number"].to_string().replace(&year.to_string(), "2026");
                members["document_number"] = serde_json::from_str(&number).unwrap();
                members["year"] = 2026.into();
            }
            let is_feed = members.contains_key("more");
            for (name, inner) in members {
                match name.as_str() {
                    // The day of a scoreboard is the one asked for.
                    "at" if inner.as_str().is_some_and(|day| day.len() == 10) => {}
                    "at" | "updated" | "updated_at" | "recorded_at" | "created_at" => {
                        *inner = "2026-11-24T01:00:00Z".into();
                    }
                    "publishedDate" | "dateModified" => *inner = "2026-11-24T01:00:00Z".into(),
                    "last_used_at" if !inner.is_null() => *inner = "2026-11-24T01:00:00Z".into(),
                    // A bookmark of the change feed holds the mark of its ledger, and a time.
                    "next" if is_feed => *inner = "WyIvYXBpL3YxL2NoYW5nZXMi".into(),
                    "token" => *inner = format!("tz_{}", "x".repeat(64)).into(),
                    "id" if inner.as_str().is_some_and(|id| uuid::Uuid::try_parse(id).is_ok()) => {
                        *inner = "019ab0f2-7f3e-7cc1-8f52-0d1a3c5b7e90".into()
                    }
                    "database" => *inner = "sqlite".into(),
                    _ => redact(inner),
                }
            }
        }
        _ => forget_today(value),
    }
}

/// The example of a request's body, and its media type as it is sent.
pub fn example_of_request(id: &str, media_type: &str) -> (String, Vec<u8>) {
    if media_type.starts_with("multipart/") {
        return form(&png(2, 1));
    }
    let body = std::fs::read(examples().join(format!("{id}.request.json")));
    let body = body.unwrap_or_else(|error| panic!("{id} has no example of a request: {error}"));
    (media_type.to_owned(), body)
}

fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi/examples")
}

/// The seed, signed in, with what a seed cannot hold: a submission, progress reports, a bulletin, an item that is
/// assigned, and a request for more time for it.
pub async fn lived_in() -> TestApp {
    let app = TestApp::seeded().await.signed_in().await;
    for (path, id) in [
        ("submissions", "create_submission"),
        ("projects/tongba-bridge/progress-reports", "create_project_progress_report"),
        ("plan-items/bishi-2023.4.2/progress-reports", "create_plan_item_progress_report"),
        ("plan-items/bishi-2023.4.2.01/extensions", "create_plan_item_extension"),
        ("bulletins", "create_bulletin"),
    ] {
        let body = std::fs::read(examples().join(format!("{id}.request.json"))).unwrap();
        let request = app.request(Method::POST, &format!("/api/v1/{path}")).body("application/json", body);
        assert_eq!(request.await.status, 201, "{id}");
    }
    let assigned = app.request(Method::POST, "/api/v1/plan-items/bishi-2023.4.2.01/transitions");
    assert_eq!(assigned.json(json!({"to": "assigned"})).await.status, 200);
    app
}

#[actix_web::test]
async fn every_example_is_what_the_service_answers() {
    let folder = examples();
    let reading = lived_in().await;
    for (path, method, operation) in operations() {
        let answers = &operation["responses"];
        if ["200", "201"].iter().all(|status| answers[status]["content"]["application/json"].is_null()) {
            continue;
        }
        let id = operation["operationId"].as_str().unwrap();
        let file = folder.join(format!("{id}.json"));
        let address = address(&path, &operation);
        if BY_HAND.contains(&id) {
            assert!(file.exists(), "{id} has no example");
            continue;
        }
        let answer = if method == "get" {
            reading.get(&address).await
        } else {
            // Each on a township of its own: what one changes, another would show.
            let app = match path.contains("/submissions/") || path.contains("/extensions/") {
                true => lived_in().await,
                false => TestApp::seeded().await.signed_in().await,
            };
            let media_type = operation["requestBody"]["content"].as_object().unwrap().keys().next().unwrap();
            let (media_type, body) = example_of_request(id, media_type);
            let request = app.request(method.to_uppercase().parse().unwrap(), &address);
            let request = if method == "post" { request } else { request.if_match("*") };
            request.body(&media_type, body).await
        };
        assert!(answer.status.is_success(), "{address}: {}", answer.text());
        let mut answered = answer.json();
        shorten(&mut answered);
        redact(&mut answered);
        if std::env::var_os("UPDATE_EXAMPLES").is_some() {
            let text = format!("{}\n", serde_json::to_string_pretty(&answered).unwrap());
            std::fs::write(&file, text).unwrap();
        }
        let example: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
        assert_eq!(answered, example, "{address}; UPDATE_EXAMPLES=1 writes the examples anew");
    }
}

#[actix_web::test]
async fn the_example_of_a_cube_is_what_the_service_answers() {
    let app = TestApp::seeded().await;
    let path = "/api/v1/observations?metric=homestead.fee.collected&format=json-stat";
    let mut answered = app.get(path).await.json();
    redact(&mut answered);
    let file = examples().join("list_observations.json-stat.json");
    if std::env::var_os("UPDATE_EXAMPLES").is_some() {
        std::fs::write(&file, format!("{}\n", serde_json::to_string_pretty(&answered).unwrap())).unwrap();
    }
    let example: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    assert_eq!(answered, example, "UPDATE_EXAMPLES=1 writes the example anew");
}
