//! What holds for every operation: parameters, pages, formats, problems, methods. The operations come
//! from the OpenAPI document, so a new one is held to it from its first day.

use actix_web::http::Method;
use calamine::Data;
use serde_json::{Value, json};
use taizhang::api::format::Format;
use taizhang::db::metrics::members::Metric;

use crate::builders::metrics::metric;
use crate::formats::sheets;
use crate::harness::TestApp;
use crate::harness::lists::{escaped, with};
use crate::openapi::{address, lived_in, operations, reads};

/// Every list: its address without a limit, and its operation.
pub fn lists() -> Vec<(String, Value)> {
    let is_list = |operation: &Value| {
        operation["parameters"].as_array().is_some_and(|all| all.iter().any(|one| one["name"] == "cursor"))
    };
    reads()
        .into_iter()
        .filter(|(_, _, operation)| is_list(operation))
        .map(|(path, _, operation)| (bare(&address(&path, &operation)), operation))
        .collect()
}

/// The address without the example's limit, ready for more parameters.
fn bare(address: &str) -> String {
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    let kept: Vec<&str> =
        query.split('&').filter(|part| !part.is_empty() && !part.starts_with("limit=")).collect();
    if kept.is_empty() { format!("{path}?") } else { format!("{path}?{}&", kept.join("&")) }
}

#[actix_web::test]
async fn an_unknown_parameter_is_refused_by_name_everywhere() {
    let app = TestApp::seeded().await.signed_in().await;
    for (path, _, operation) in reads() {
        let address = bare(&address(&path, &operation));
        let problem = app.get(&format!("{address}witihn=430681")).await.problem(400, "unknown_parameter");
        assert_eq!(problem["errors"][0]["parameter"], "witihn", "{path}");
    }
}

#[actix_web::test]
async fn a_parameter_with_one_value_is_refused_when_it_comes_twice_and_a_list_is_not() {
    let app = TestApp::seeded().await.signed_in().await;
    for (path, _, operation) in reads() {
        let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
        for parameter in parameters.iter().filter(|parameter| parameter["in"] == "query") {
            let name = parameter["name"].as_str().unwrap();
            let twice = format!("{path}?{name}=x&{name}=y")
                .replace("{code}", "430681107223")
                .replace("{id}", "1")
                .replace("{ordinal}", "1")
                .replace("{seq}", "1")
                .replace("{no}", "1");
            let problem = app.get(&twice).await.json();
            let faults = problem["errors"].as_array().cloned().unwrap_or_default();
            let has =
                |code: &str| faults.iter().any(|fault| fault["code"] == code && fault["parameter"] == name);
            let is_list = parameter["schema"]["type"] == "array";
            assert_eq!(has("repeated_parameter"), !is_list, "{twice}: {problem}");
            assert!(!has("unknown_parameter"), "{twice}: {problem}");
            // By default a list is repeated.
            assert!(parameter["explode"] != false && parameter.get("style").is_none(), "{path}: {name}");
        }
    }
}

#[actix_web::test]
async fn a_list_is_repeated_and_commas_separate_its_codes() {
    let app = TestApp::seeded().await;
    for (list, codes) in [
        ("observations?metric=", ["housing.illegal.demolished_area", "land.cultivated.area"]),
        ("observations?period=2022&area=", ["430681107", "430681107223"]),
        ("observations?level=", ["township", "village"]),
        ("units?dimension=", ["money", "land_area"]),
        ("plan-items?state=", ["drafted", "closed"]),
        ("metrics/land.cultivated.area/series?area=", ["430681107", "430681107223"]),
        ("search?q=%E6%9D%91&kinds=", ["area", "project"]),
    ] {
        let (path, name) = list.split_at(list.rfind(['?', '&']).unwrap() + 1);
        let path = format!("/api/v1/{path}");
        let [first, second] = codes;
        let repeated = app.get(&format!("{path}{name}{first}&{name}{second}")).await;
        let separated = app.get(&format!("{path}{name}{first},{second}")).await;
        assert_eq!(repeated.status, 200, "{list}: {}", repeated.text());
        assert_eq!(repeated.json()["items"], separated.json()["items"], "{list}");
        let one = app.get(&format!("{path}{name}{second}")).await;
        assert_ne!(repeated.json()["items"], one.json()["items"], "{list} is more than its last value");
    }
}

#[actix_web::test]
async fn an_unknown_theme_is_told_as_an_unknown_metric_is() {
    let app = TestApp::seeded().await;
    let secret = metric("sesame.kept", json!({"visibility": "internal", "theme": "密件, 其一"}));
    app.add::<Metric>(secret).await;
    let key = app.key("reader", None).await;
    for list in ["metrics", "observations", "completeness?period=2022&within=430681107"] {
        let list = with(&format!("/api/v1/{list}"), "theme=");
        // A comma is part of a theme; and what a reader may not see is not there.
        for theme in ["no-such", "land,housing", "密件, 其一"] {
            let address = format!("{list}land&theme={}", escaped(theme));
            let problem = app.get(&address).await.problem(422, "invalid_value");
            assert_eq!(problem["errors"].as_array().map(Vec::len), Some(1), "{problem}");
            assert_eq!(
                (&problem["errors"][0]["parameter"], &problem["errors"][0]["code"]),
                (&json!("theme"), &json!("unknown_reference"))
            );
            assert!(problem["errors"][0]["message"].as_str().unwrap().contains(theme), "{problem}");
        }
        let address = format!("{list}land&theme={}", escaped("密件, 其一"));
        let answer = app.get(&address).by(&key).await;
        assert_eq!(answer.status, 200, "{address}: {}", answer.text());
    }
}

#[actix_web::test]
async fn the_example_of_every_parameter_is_accepted() {
    let app = TestApp::seeded().await.signed_in().await;
    for (path, _, operation) in reads() {
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            let (name, example) = (parameter["name"].as_str().unwrap(), &parameter["example"]);
            if parameter["in"] != "query" || example.is_null() {
                continue;
            }
            let mut address = bare(&address(&path, &operation));
            if !address.contains(&format!("{name}=")) {
                address = format!("{address}{name}={}", words(example));
            }
            let answer = app.get(&address).await;
            // A unit that fits the example's own figures does not fit all figures of a list.
            assert!(answer.status == 200 || name == "unit", "{address}: {}", answer.text());
        }
    }
}

#[actix_web::test]
async fn the_examples_of_a_list_together_find_something() {
    let app = lived_in().await;
    for (path, _, operation) in reads() {
        let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
        let examples: Vec<String> = parameters
            .iter()
            .filter(|parameter| parameter["in"] == "query" && !parameter["example"].is_null())
            .map(|parameter| {
                format!("{}={}", parameter["name"].as_str().unwrap(), words(&parameter["example"]))
            })
            .collect();
        if examples.is_empty() {
            continue;
        }
        let path = bare(&address(&path, &operation)).split('?').next().unwrap().to_owned();
        let answer = app.get(&format!("{path}?{}", examples.join("&"))).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        assert_ne!(answer.json()["items"], serde_json::json!([]), "{path}?{}", examples.join("&"));
    }
}

/// An example as it stands in an address.
pub fn words(example: &Value) -> String {
    let word = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let text = match example {
        Value::Array(items) => items.iter().map(word).collect::<Vec<_>>().join(","),
        other => word(other),
    };
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

#[actix_web::test]
async fn limits_and_cursors_are_checked_everywhere() {
    let app = TestApp::seeded().await.signed_in().await;
    for (list, _) in lists() {
        for wrong in [
            "limit=0",
            "limit=1001",
            "limit=x",
            "limit=",
            "cursor=x",
            "cursor=WyIiLDFd0",
            "count=yes",
            "bom=1",
        ] {
            let name = wrong.split('=').next().unwrap();
            let problem = app.get(&format!("{list}{wrong}")).await.problem(400, "invalid_parameter");
            assert_eq!(problem["errors"][0]["parameter"], name, "{list}{wrong}");
        }
    }
}

#[actix_web::test]
async fn the_pages_of_every_list_are_the_list() {
    let app = TestApp::seeded().await.signed_in().await;
    for (list, _) in lists() {
        let whole = app.get(&format!("{list}limit=1000&count=exact")).await;
        let all = whole.items();
        assert_eq!(whole.json()["count"], all.len(), "{list}");
        // The ledger goes on for ever: its last page leads to one without entries.
        let is_endless = list.contains("/entries?");
        assert_eq!(whole.json()["next"].is_null(), !is_endless, "{list}");
        for limit in [1, 7, all.len().max(1)] {
            // Small pages of a long list would only repeat themselves.
            let pages = if limit == 1 { 12 } else { usize::MAX };
            let mut walked = Vec::new();
            let mut next = format!("{list}limit={limit}");
            for _ in 0..pages {
                let page = app.get(&next).await;
                walked.extend(page.items());
                match page.json()["next"].as_str() {
                    None => {
                        assert_eq!(page.header("link"), "");
                        break;
                    }
                    Some(cursor) => {
                        assert!(page.items().len() == limit || is_endless, "{next}");
                        let link = page.header("link").to_owned();
                        next = link
                            .strip_prefix('<')
                            .unwrap()
                            .strip_suffix(">; rel=\"next\"")
                            .unwrap()
                            .to_owned();
                        assert!(next.contains(cursor) && next.contains(&format!("limit={limit}")), "{next}");
                    }
                }
            }
            assert_eq!(walked, all[..walked.len()], "{list} by {limit}");
            assert!(walked.len() == all.len() || limit == 1, "{list} by {limit}");
        }
    }
}

#[actix_web::test]
async fn every_format_has_the_same_rows() {
    let app = TestApp::seeded().await.signed_in().await;
    for (list, _) in lists() {
        let all = app.get(&format!("{list}limit=1000")).await.items();
        let ndjson = app.get(&format!("{list}format=ndjson&limit=1")).await;
        assert_eq!(ndjson.header("content-type"), "application/x-ndjson");
        let lines: Vec<Value> =
            ndjson.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines, all, "{list}");

        let plain = app.get(&list).header("accept", "text/csv").await;
        assert_eq!(plain.header("content-type"), "text/csv; charset=utf-8");
        let marked = app.get(&format!("{list}format=csv&bom=true")).await;
        assert_eq!(marked.text(), format!("\u{feff}{}", plain.text()));
        let [data, notes] = sheets(&app.get(&format!("{list}format=xlsx")).await.body);
        let mut reader = csv::Reader::from_reader(plain.body.as_slice());
        let header = reader.headers().unwrap().clone();
        let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        assert_eq!(rows.len(), all.len(), "{list}");
        assert!(header.iter().eq(data[0].iter().map(ToString::to_string)), "{list}");
        for column in &header {
            let described = notes.iter().any(|note| note[0] == *column && !note[1].to_string().is_empty());
            assert!(described, "{list}: {column} has no description");
        }
        assert_eq!(data.len(), all.len() + 1, "{list}");
        for (row, cells) in rows.iter().zip(&data[1..]) {
            for (plain, cell) in row.iter().zip(cells) {
                let plain = plain.strip_prefix('\'').unwrap_or(plain);
                let same = match cell {
                    Data::Float(number) => plain.parse() == Ok(*number),
                    Data::Bool(flag) => plain.parse() == Ok(*flag),
                    Data::String(text) => text == plain,
                    Data::Empty => plain.is_empty(),
                    _ => false,
                };
                assert!(same, "{list}: {cell:?} is not {plain}");
            }
        }
        for (row, item) in rows.iter().zip(&all) {
            for (column, cell) in header.iter().zip(row) {
                match &item[column] {
                    Value::String(text) => assert_eq!(cell.trim_start_matches('\''), text, "{list} {column}"),
                    Value::Bool(flag) => assert_eq!(cell, flag.to_string(), "{list} {column}"),
                    Value::Number(number) => {
                        let shown = cell.trim_end_matches('0').trim_end_matches('.');
                        let number = number.to_string();
                        let same = cell == number || (cell.contains('.') && shown == number);
                        assert!(same, "{list} {column}: {cell} is not {number}");
                    }
                    Value::Null | Value::Array(_) | Value::Object(_) => {}
                }
            }
        }
    }
}

#[actix_web::test]
async fn every_list_gives_the_formats_that_it_documents_and_no_other() {
    let app = TestApp::seeded().await.signed_in().await;
    for (list, operation) in lists() {
        let parameters = operation["parameters"].as_array().unwrap();
        let format = parameters.iter().find(|parameter| parameter["name"] == "format").unwrap();
        let documented = format["schema"]["enum"].as_array().unwrap();
        let mut media_types = Vec::new();
        for format in Format::ALL {
            let named = app.get(&format!("{list}format={format}")).await;
            let media_type = format.media_type();
            let asked = app.get(&list).header("accept", media_type).await;
            if !documented.contains(&format.as_str().into()) {
                let problem = named.problem(400, "invalid_parameter");
                assert_eq!(problem["errors"][0]["parameter"], "format", "{list}{format}");
                asked.problem(406, "not_acceptable");
                continue;
            }
            for answer in [&named, &asked] {
                assert_eq!(answer.status, 200, "{list}{format}: {}", answer.text());
                assert_eq!(answer.header("content-type"), media_type, "{list}{format}");
            }
            let kept = match format.ending() {
                Some(ending) => {
                    let operation = operation["operationId"].as_str().unwrap().replacen("list_", "", 1);
                    format!("attachment; filename=\"{operation}.{ending}\"")
                }
                None => String::new(),
            };
            assert_eq!(named.header("content-disposition"), kept, "{list}{format}");
            let etag = named.header("etag").to_owned();
            let path = format!("{list}format={format}");
            // When a key was last used is noted in its own time, which may be right now.
            if !list.contains("/api-keys") {
                assert_eq!(app.get(&path).header("if-none-match", &etag).await.status, 304, "{path}");
                let head = app.request(Method::HEAD, &path).await;
                assert_eq!((head.status.as_u16(), head.header("etag")), (200, etag.as_str()), "{path}");
            }
            media_types.push(media_type.split(';').next().unwrap());
        }
        let content = operation["responses"]["200"]["content"].as_object().unwrap();
        let mut answered: Vec<&str> = content.keys().map(String::as_str).collect();
        answered.sort_unstable();
        media_types.sort_unstable();
        assert_eq!(answered, media_types, "{list}");
    }
}

#[actix_web::test]
async fn what_no_operation_can_give_is_not_acceptable() {
    let app = TestApp::seeded().await.signed_in().await;
    for (path, _, operation) in reads().iter().filter(|(path, _, _)| path.starts_with("/api/")) {
        let address = address(path, operation);
        let answer = app.get(&address).header("accept", "image/png").await;
        if answer.status != 404 {
            answer.problem(406, "not_acceptable");
        }
        for fine in ["*/*", "application/*", "image/png, application/json;q=0.1", "text/html, */*;q=0.8"] {
            let answer = app.get(&address).header("accept", fine).await;
            assert!(
                answer.status == 404 || answer.header("content-type") == "application/json",
                "{address} {fine}"
            );
        }
    }
    app.get("/api/v1/units?format=xml").await.problem(400, "invalid_parameter");
}

#[actix_web::test]
async fn other_methods_are_refused_with_those_that_are_taken() {
    let app = TestApp::empty().await;
    let all = operations();
    for (path, _, operation) in &all {
        let methods = all.iter().filter(|(other, _, _)| other == path);
        let taken: Vec<String> = methods.map(|(_, method, _)| method.to_uppercase()).collect();
        let path = address(path, operation);
        for method in [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE, Method::TRACE] {
            if taken.contains(&method.to_string()) {
                continue;
            }
            let answer = app.request(method, &path).await;
            answer.problem(405, "method_not_allowed");
            let allowed: Vec<&str> =
                answer.header("allow").split(", ").filter(|name| *name != "HEAD").collect();
            assert_eq!(allowed.len(), taken.len(), "{path}: {allowed:?}");
            assert!(allowed.iter().all(|name| taken.contains(&(*name).to_owned())), "{path}: {allowed:?}");
            assert_eq!(answer.header("allow").contains("HEAD"), taken.contains(&"GET".to_owned()), "{path}");
        }
    }
    app.request(Method::POST, "/api/v1/nothing").await.problem(404, "not_found");
}

#[actix_web::test]
async fn head_answers_as_get_does() {
    let app = TestApp::seeded().await.signed_in().await;
    for (path, _, operation) in reads() {
        let path = address(&path, &operation);
        let (head, get) = (app.request(Method::HEAD, &path).await, app.get(&path).await);
        assert_eq!(head.status, get.status, "{path}");
        for name in ["etag", "content-type", "link"] {
            assert_eq!(head.header(name), get.header(name), "{path} {name}");
        }
    }
}

#[actix_web::test]
async fn paths_that_lead_nowhere_are_problems() {
    let app = TestApp::empty().await;
    for path in [
        "/api",
        "/api/v1",
        "/api/v1/",
        "/api/v1/nothing",
        "/api/v1/areas/",
        "/api/v2/areas",
        "/problems/none",
    ] {
        app.get(path).await.problem(404, "not_found");
    }
    for path in ["/api/v1/metrics/%FF", "/api/v1/areas?q=%FF", "/%C3%28"] {
        app.get(path).await.problem(400, "malformed_request");
    }
    for path in
        ["/api/v1/metrics/A", "/api/v1/observations/x", "/api/v1/observations/0", "/api/v1/areas/12345"]
    {
        app.get(path).await.problem(400, "invalid_parameter");
    }
    for query in
        ["observations?metric=A", "observations?report=a,B", "plan-items?plan=-", "plan-items?parent=A"]
    {
        app.get(&format!("/api/v1/{query}")).await.problem(400, "invalid_parameter");
    }
    for query in
        ["observations?metric=a", "observations?report=a", "plan-items?plan=a", "plan-items?parent=a"]
    {
        app.get(&format!("/api/v1/{query}")).await.problem(422, "invalid_value");
    }
    app.get("/api/v1/areas?q=a%00b").await.problem(400, "invalid_parameter");
}

#[actix_web::test]
async fn problems_speak_chinese_or_english() {
    let app = TestApp::empty().await;
    for (accepted, language, title) in [
        ("", "zh-CN", "未找到"),
        ("zh-CN,zh;q=0.9", "zh-CN", "未找到"),
        ("en-GB,en;q=0.9,zh;q=0.1", "en", "Not found"),
        ("fr, en;q=0.5", "en", "Not found"),
        ("fr", "zh-CN", "未找到"),
    ] {
        let headers = [("accept-language", accepted)];
        let answer = app.get("/api/v1/areas/43").headers(&headers[usize::from(accepted.is_empty())..]).await;
        assert_eq!(answer.problem(404, "not_found")["title"], title, "{accepted}");
        assert_eq!(answer.header("content-language"), language);
    }
}
