//! What every write has in common: a row that was read can be sent back, and of several faults the first in
//! the order of refusal is told. Both are driven by the document.

use actix_web::http::Method;
use serde_json::{Map, Value, json};

use crate::harness::request::Request;
use crate::harness::{Answer, TestApp};
use crate::openapi::{address, document, operations};

/// Every operation of these methods, with its address.
fn writes(methods: &[&str]) -> Vec<(Method, String, Value)> {
    let chosen = operations().into_iter().filter(|(_, method, _)| methods.contains(&method.as_str()));
    chosen
        .map(|(path, method, operation)| {
            (method.to_uppercase().parse().unwrap(), address(&path, &operation), operation)
        })
        .collect()
}

/// The schema of an operation's body, in JSON.
fn schema(operation: &Value) -> Option<(String, Value)> {
    let (media_type, content) = operation["requestBody"]["content"].as_object()?.iter().next()?;
    let name = content["schema"]["$ref"].as_str()?.rsplit('/').next()?;
    Some((media_type.clone(), document()["components"]["schemas"][name].clone()))
}

fn fractional(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(fractional),
        Value::Object(members) => members.values_mut().for_each(fractional),
        Value::Number(number) if number.is_i64() => {
            *number = format!("{number}.0").parse().unwrap();
        }
        _ => {}
    }
}

fn another(value: &Value) -> Value {
    match value {
        Value::Number(number) => json!(number.as_i64().unwrap() + 1),
        Value::String(_) | Value::Null => json!("another"),
        Value::Bool(value) => json!(!value),
        Value::Array(_) => json!([1]),
        Value::Object(_) => json!({"another": 1}),
    }
}

#[actix_web::test]
async fn a_row_that_was_read_can_be_sent_back() {
    let app = TestApp::seeded().await.signed_in().await;
    let mut seen = 0;
    for (method, address, operation) in writes(&["put", "patch"]) {
        let what = format!("{method} {address}");
        let (media_type, schema) = schema(&operation).unwrap();
        let has_names = ["/observations/", "/projects/", "/plan-items/"]
            .iter()
            .any(|list| address.split_once(list).is_some_and(|(_, key)| !key.contains('/')));
        let names = if has_names { "?names=true" } else { "" };
        let read = app.get(&format!("{address}{names}")).await;
        let tag = app.get(&address).await.header("etag").to_owned();
        let send = |body: &Value| {
            let request = app.request(method.clone(), &address).if_match(&tag);
            request.body(&media_type, body.to_string()).send()
        };
        let row = read.json();
        let mut decimal = row.clone();
        fractional(&mut decimal);
        for body in [&row, &decimal] {
            let answer = send(body).await;
            assert_eq!(answer.status, 200, "{what}: {}", answer.text());
            assert_eq!(answer.json()["seq"], row["seq"], "{what} changed something");
        }
        assert_eq!(app.get(&address).await.header("etag"), tag, "{what}");
        for (member, schema) in schema["properties"].as_object().unwrap() {
            if schema["readOnly"] != true || row.get(member).is_none() {
                continue;
            }
            let mut body = row.clone();
            body[member] = another(&row[member]);
            let answer = send(&body).await;
            let told = answer.json()["errors"][0].clone();
            let pointer = told["pointer"].as_str().unwrap_or_default();
            assert!(pointer.starts_with(&format!("/{member}")), "{what}: {}", answer.text());
            assert_eq!(answer.status, 400, "{what}: {}", answer.text());
            // Of another code it is what is no key, period or level at all.
            seen += i32::from(told["code"] == "read_only");
        }
    }
    assert!(seen > 30, "{seen} members are read only");
    // A new row has nothing that could be sent back.
    let put = app.request(Method::PUT, "/api/v1/areas/430681107333").header("if-none-match", "*");
    let body =
        json!({"name": "新村", "level": "village", "kind": "village", "code_system": "NBS-2023", "seq": 7});
    assert_eq!(put.json(body).await.problem(400, "malformed_request")["errors"][0]["pointer"], "/seq");
}

#[actix_web::test]
async fn what_is_not_seen_of_a_row_stays_when_it_is_sent_back() {
    let (app, all) = TestApp::seeded_for("editor", None).await;
    let area = "430681107000";
    let project = json!({"code": "hidden", "name": "内部项目", "kind": "construction", "areas": ["430681"],
        "stage": "idea", "visibility": "internal"});
    assert_eq!(app.post("/api/v1/projects", project).by(&all).await.status, 201);
    let path = "/api/v1/observations/4";
    let linked = json!({"projects": ["hidden"], "reason": "definition"});
    let linked = app.patch(path, linked).by(&all).await;
    assert_eq!(linked.json()["projects"], json!(["hidden"]), "{}", linked.text());
    let own = app.key("editor", Some(area)).await;
    let mut row = app.get(path).by(&own).await.json();
    assert_eq!(row["projects"], json!([]));
    row["note"] = json!("另有说明");
    row["reason"] = json!("definition");
    let changed = app.patch(path, row).by(&own).await;
    assert_eq!((changed.status.as_u16(), &changed.json()["note"]), (200, &json!("另有说明")));
    let after = app.get(path).by(&all).await.json();
    assert_eq!(after["projects"], json!(["hidden"]));
}

/// A fault of a request: the status it is told by, and which part of the request it is in.
#[derive(Clone, Copy, PartialEq)]
enum Part {
    Key,
    Media,
    Path,
    Precondition,
    Body,
}

const FAULTS: [(u16, Part); 9] = [
    (401, Part::Key),
    (403, Part::Key),
    (415, Part::Media),
    (413, Part::Body),
    (400, Part::Body),
    (404, Part::Path),
    (428, Part::Precondition),
    (412, Part::Precondition),
    (422, Part::Body),
];

/// The same address of nothing.
fn nowhere(path: &str, operation: &Value) -> String {
    let parameters = operation["parameters"].as_array().into_iter().flatten();
    parameters.filter(|parameter| parameter["in"] == "path").fold(path.to_owned(), |path, parameter| {
        let none = match &parameter["example"] {
            Value::Number(_) => "99999",
            Value::String(code) if code.len() == 12 && code.bytes().all(|byte| byte.is_ascii_digit()) => {
                "430681199299"
            }
            Value::String(id) if id.len() == 36 => "019ab0f2-7f3e-7cc1-8f52-0d1a3c5b7e91",
            _ => "nowhere",
        };
        path.replace(&format!("{{{}}}", parameter["name"].as_str().unwrap()), none)
    })
}

#[actix_web::test]
async fn of_two_faults_the_first_in_the_order_is_told() {
    let app = TestApp::seeded().await;
    let (admin, reader) = (app.key("admin", None).await, app.key("reader", None).await);
    let head = app.db.head().await.unwrap();
    let large = json!({"comment": "x".repeat(5 << 20)}).to_string();
    let wrong = json!({"comment": "长".repeat(2001)}).to_string();
    let mut pairs = 0;
    for (path, name, operation) in operations() {
        let method: Method = name.to_uppercase().parse().unwrap();
        let media_type = schema(&operation).map(|(media_type, _)| media_type);
        let has_form = operation["requestBody"].is_object()
            && media_type.as_deref().is_none_or(|kind| !kind.ends_with("json"));
        if method == Method::GET || has_form {
            continue;
        }
        let conditional = method != Method::POST && !path.contains("api-keys");
        let applies = |(status, part): (u16, Part)| match part {
            Part::Key => true,
            Part::Media | Part::Body => media_type.is_some(),
            Part::Path => path.contains('{') && method != Method::PUT,
            Part::Precondition => {
                conditional
                    || (status == 412
                        && path.ends_with("/transitions")
                        && !path.contains("submissions")
                        && !path.contains("extensions"))
            }
        };
        let faults: Vec<(u16, Part)> = FAULTS.into_iter().filter(|&fault| applies(fault)).collect();
        for (at, first) in faults.iter().enumerate() {
            for second in &faults[at + 1..] {
                if first.1 == second.1 {
                    continue;
                }
                let has = |status: u16| first.0 == status || second.0 == status;
                let place = if has(404) { nowhere(&path, &operation) } else { address(&path, &operation) };
                let mut request: Request<'_> = app.request(method.clone(), &place);
                request = match () {
                    () if has(401) => request.by("tz_no_such_key"),
                    () if has(403) => request.by(&reader),
                    () => request.by(&admin),
                };
                if conditional && !has(428) || has(412) {
                    request = request.if_match(if has(412) { "\"999999-x\"" } else { "*" });
                }
                if let Some(media_type) = &media_type {
                    let media_type = if has(415) { "text/plain" } else { media_type };
                    let body = match () {
                        () if has(413) => large.as_str(),
                        () if has(400) => "{",
                        () => wrong.as_str(),
                    };
                    request = request.body(media_type, body);
                }
                let answer: Answer = request.await;
                assert_eq!(
                    answer.status.as_u16(),
                    first.0,
                    "{method} {place} with {} and {}: {}",
                    first.0,
                    second.0,
                    answer.text()
                );
                pairs += 1;
            }
        }
    }
    assert!(pairs > 300, "{pairs} pairs");
    // Whether a code is taken comes before what the row lacks.
    for (path, code) in [
        ("/api/v1/plans", "bishi-2023"),
        ("/api/v1/projects", "tongba-bridge"),
        ("/api/v1/plan-items", "bishi-2023.4.2"),
        ("/api/v1/reports", "bishi-2022"),
    ] {
        let mut body = Map::from_iter([("code".to_owned(), json!(code))]);
        let send = |body: &Map<String, Value>| app.post(path, json!(body)).by(&admin).send();
        send(&body).await.problem(409, "conflict");
        body.insert("code".to_owned(), json!("bishi-2023.new"));
        send(&body).await.problem(422, "invalid_value");
    }
    assert_eq!(app.db.head().await.unwrap(), head, "nothing was done");
}

#[actix_web::test]
async fn what_may_not_be_done_is_told_before_what_is_wrong_with_it() {
    let app = TestApp::seeded().await;
    let (town, village) = ("430681107000", "430681107201");
    let editor = app.key("editor", Some(village)).await;
    let (reporter, admin) = (app.key("reporter", None).await, app.key("admin", Some(village)).await);
    let send = async |path: &str, key: &str, body: &Value| {
        app.post(&format!("/api/v1/{path}"), body.clone()).by(key).await
    };
    // Rows of an area that the key is not for, each with something missing.
    for (path, body) in [
        ("observations", json!({"area": town})),
        ("observations", json!({"items": [{"area": village}, {"area": town}]})),
        ("plans", json!({"area": town})),
        ("projects", json!({"areas": [village, town]})),
        ("plan-items", json!({"areas": [town]})),
        ("plan-items", json!({"plan": "bishi-2023"})),
        ("submissions", json!({"area": town})),
        ("bulletins", json!({"within": town, "metric": "a", "plan": "b"})),
        ("bulletins", json!({"within": village, "issuer_area": town, "document_code": "2"})),
        ("api-keys", json!({"area": town, "name": ""})),
    ] {
        let key = if path == "api-keys" { &admin } else { &editor };
        send(path, key, &body).await.problem(403, "forbidden");
    }
    // Moves that the key may not make, or that lead nowhere, with a comment that is too long.
    let all = app.key("admin", None).await;
    let item = app.get("/api/v1/plan-items?limit=1&parent=none").await.items().remove(0);
    let item = format!("plan-items/{}", item["code"].as_str().unwrap());
    let made = send(
        "submissions",
        &reporter,
        &json!({"area": town, "title": "月报", "items": [
            {"metric": "homestead.fee.collected", "area": town, "period": "2031", "value": 1}]}),
    )
    .await;
    let submission = format!("submissions/{}", made.json()["id"]);
    let extension = format!("{item}/extensions");
    let asked = json!({"due_on": "2031-12-31", "comment": "汛期"});
    let made = send(&extension, &all, &asked).await;
    assert_eq!(made.status, 201, "{}", made.text());
    let extension = format!("{extension}/1");
    for (path, to, key, status) in [
        (&submission, "approved", &reporter, 403),
        (&submission, "draft", &all, 409),
        (&item, "closed", &reporter, 403),
        (&item, "drafted", &all, 409),
        (&"projects/tongba-bridge".to_owned(), "cancelled", &reporter, 403),
        (&extension, "granted", &reporter, 403),
    ] {
        let body = json!({"to": to, "comment": "长".repeat(2001)});
        let answer = send(&format!("{path}/transitions"), key, &body).await;
        assert_eq!(answer.status.as_u16(), status, "{path} to {to}: {}", answer.text());
    }
    let rows = json!({"to": "approved", "rows": [{"row": 1}]});
    send(&format!("{submission}/transitions"), &reporter, &rows).await.problem(403, "forbidden");
}
