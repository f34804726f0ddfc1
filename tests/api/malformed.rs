//! Malformed input of every kind, against every operation: whatever is sent, the answer is a problem
//! document or a success, never a failure of the service.

use actix_web::http::Method;
use serde_json::{Map, Value, json};

use crate::harness::{Answer, TestApp};
use crate::openapi::{address, lived_in, operations};

/// An operation with its example's address and body, as (method, address, media type, body).
type Operation = (Method, String, Option<(String, Value)>);

fn examples() -> Vec<Operation> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi/examples");
    operations()
        .iter()
        .map(|(path, method, operation)| {
            let id = operation["operationId"].as_str().unwrap();
            let media_type =
                operation["requestBody"]["content"].as_object().and_then(|content| content.keys().next());
            let media_type = media_type.filter(|media_type| media_type.ends_with("json"));
            let body = media_type.map(|media_type| {
                let text = std::fs::read(folder.join(format!("{id}.request.json"))).unwrap();
                (media_type.clone(), serde_json::from_slice(&text).unwrap())
            });
            (method.to_uppercase().parse().unwrap(), address(path, operation), body)
        })
        .collect()
}

/// Checks that an answer is a success or a problem document of a fault of the client.
fn sound(answer: &Answer, what: &str) {
    let status = answer.status.as_u16();
    if (200..400).contains(&status) {
        return;
    }
    assert!((400..500).contains(&status), "{what}: {status} {}", answer.text());
    assert_eq!(answer.header("content-type"), "application/problem+json", "{what}: {}", answer.text());
    let problem = answer.json();
    assert_eq!(problem["status"], status, "{what}");
    assert!(problem["detail"].as_str().is_some_and(|detail| !detail.is_empty()), "{what}: {problem}");
}

fn request<'a>(app: &'a TestApp, method: &Method, address: &str) -> crate::harness::request::Request<'a> {
    let request = app.request(method.clone(), address);
    if [Method::PUT, Method::PATCH, Method::DELETE].contains(method) {
        request.if_match("*")
    } else {
        request
    }
}

#[actix_web::test]
async fn bodies_that_are_no_json_are_refused_by_every_operation() {
    let app = TestApp::seeded().await.signed_in().await;
    let head = app.db.head().await.unwrap();
    let deep = [vec![b'['; 5000], vec![b']'; 5000]].concat();
    let wide = format!("{{{}\"a\":1}}", "\"a\":1,".repeat(1000));
    let bodies: [&[u8]; 18] = [
        b"",
        b" ",
        b"{",
        b"}",
        b"nul",
        b"null",
        b"[]",
        b"7",
        b"\"text\"",
        b"{\"a\":}",
        b"{'a':1}",
        b"{\"a\":1}}",
        b"{\"a\":1} {\"b\":2}",
        b"\xef\xbb\xbf{}",
        b"{\"a\":\"\xff\"}",
        b"{\"name\":\"a\\u0000b\"}",
        &deep,
        wide.as_bytes(),
    ];
    for (method, address, body) in examples() {
        let Some((media_type, _)) = body else { continue };
        for body in bodies {
            let answer = request(&app, &method, &address).body(&media_type, body).await;
            let what = format!("{method} {address} {}", String::from_utf8_lossy(&body[..body.len().min(40)]));
            assert_eq!(answer.status, 400, "{what}: {}", answer.text());
            sound(&answer, &what);
        }
        for media_type in [
            "",
            "text/plain",
            "application/xml",
            "application/x-www-form-urlencoded",
            "multipart/form-data",
            "x",
            "*/*",
        ] {
            let answer = request(&app, &method, &address).body(media_type, "{}").await;
            answer.problem(415, "unsupported_media_type");
        }
        for coding in ["compress", "gzip, gzip", "identity, gzip", "x", "gzip;q=1"] {
            let coded = request(&app, &method, &address).header("content-encoding", coding);
            coded.body(&media_type, "{}").await.problem(415, "unsupported_media_type");
        }
        for coding in ["gzip", "br", "zstd", "deflate"] {
            let broken = request(&app, &method, &address).header("content-encoding", coding);
            broken.body(&media_type, "{}").await.problem(400, "malformed_request");
        }
    }
    assert_eq!(app.db.head().await.unwrap(), head, "nothing was done");
}

/// A row whose members are, one after the other, each of these.
fn mutations(body: &Value) -> Vec<Value> {
    let long = "长".repeat(70_000);
    let values = [
        Value::Null,
        json!(true),
        json!(-1),
        json!(0.1234567),
        "1e400".parse::<serde_json::Number>().map_or(Value::Null, Value::Number),
        json!(9_223_372_036_854_775_807_i64),
        json!(""),
        json!(" \u{a0}\u{3000}"),
        json!("\u{202e}\u{feff}🌾'; DROP TABLE metrics; --"),
        json!(long),
        json!("9999-12-31"),
        json!("999999999999"),
        json!([]),
        json!([[]]),
        json!({}),
        json!({"value": {"value": []}}),
    ];
    let mut mutated = Vec::new();
    let mut places = vec![Vec::new()];
    walk(body, &mut Vec::new(), &mut places);
    for place in places.iter().filter(|place| !place.is_empty()) {
        for value in &values {
            let mut body = body.clone();
            if let Some(target) =
                body.pointer_mut(&place.iter().map(|part| format!("/{part}")).collect::<String>())
            {
                *target = value.clone();
            }
            mutated.push(body);
        }
    }
    mutated
}

fn walk(value: &Value, here: &mut Vec<String>, places: &mut Vec<Vec<String>>) {
    let inner: Vec<(String, &Value)> = match value {
        Value::Object(members) => members.iter().map(|(name, value)| (name.clone(), value)).collect(),
        Value::Array(items) => items.iter().enumerate().map(|(at, item)| (at.to_string(), item)).collect(),
        _ => return,
    };
    for (part, value) in inner {
        here.push(part);
        places.push(here.clone());
        walk(value, here, places);
        here.pop();
    }
}

#[actix_web::test]
async fn members_with_anything_in_them_never_make_the_service_fail() {
    for (method, address, body) in examples() {
        let Some((media_type, Value::Object(body))) = body else { continue };
        let app = TestApp::seeded().await.signed_in().await;
        // What an answer has that no body may, too.
        let mut whole = body.clone();
        whole.extend(Map::from_iter([
            ("seq".to_owned(), json!(1)),
            ("note".to_owned(), json!("x")),
            ("__proto__".to_owned(), json!({})),
        ]));
        for body in mutations(&Value::Object(body)).into_iter().chain([Value::Object(whole)]) {
            let answer = request(&app, &method, &address).body(&media_type, body.to_string()).await;
            let shown: String = body.to_string().chars().take(300).collect();
            sound(&answer, &format!("{method} {address} {shown}"));
        }
    }
}

#[actix_web::test]
async fn paths_and_queries_with_anything_in_them_never_make_the_service_fail() {
    let app = TestApp::seeded().await.signed_in().await;
    let words = [
        "%00",
        "%FF",
        "%2F",
        "..",
        "%2e%2e",
        "-1",
        "0",
        "9223372036854775808",
        "430681107223",
        "%F0%9F%8C%BE",
        "a'b",
        "%25",
        "NULL",
        "1e9",
        "x%0d%0aX:y",
    ];
    for (path, method, operation) in operations() {
        let method: Method = method.to_uppercase().parse().unwrap();
        let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
        for word in words.into_iter().map(str::to_owned).chain(["%E9%95%BF".repeat(700)]) {
            let mut address = path.clone();
            for name in ["code", "id", "seq", "slug"] {
                address = address.replace(&format!("{{{name}}}"), &word);
            }
            let answer = request(&app, &method, &address).json(json!({})).await;
            sound(&answer, &format!("{method} {address}"));
            for parameter in parameters.iter().filter(|parameter| parameter["in"] == "query") {
                let name = parameter["name"].as_str().unwrap();
                let address = format!(
                    "{}?{name}={word}",
                    crate::openapi::address(&path, &operation).split('?').next().unwrap()
                );
                let answer = request(&app, &method, &address).json(json!({})).await;
                sound(&answer, &format!("{method} {address}"));
            }
        }
    }
}

/// A value of the wrong type in every place that a schema of a body has, and where these places are.
fn wrong_everywhere(schemas: &Value, schema: &Value, place: String, places: &mut Vec<String>) -> Value {
    if let Some(name) = schema["$ref"].as_str().and_then(|reference| reference.rsplit('/').next()) {
        return wrong_everywhere(schemas, &schemas[name], place, places);
    }
    let choices = schema["oneOf"].as_array().into_iter().flatten();
    if let Some(choice) = choices.into_iter().find(|choice| choice["type"] != "null") {
        return wrong_everywhere(schemas, choice, place, places);
    }
    if let Some(members) = schema["properties"].as_object() {
        let own = members.iter().filter(|(_, member)| member["readOnly"] != true);
        return own
            .map(|(name, member)| {
                (name.clone(), wrong_everywhere(schemas, member, format!("{place}/{name}"), places))
            })
            .collect::<Map<String, Value>>()
            .into();
    }
    if !schema["items"].is_null() {
        return vec![wrong_everywhere(schemas, &schema["items"], format!("{place}/0"), places)].into();
    }
    places.push(place);
    let is_text = schema["type"] == "string" || schema["type"] == json!(["string", "null"]);
    if is_text { json!(5) } else { json!("?!") }
}

#[actix_web::test]
async fn all_wrong_types_of_a_body_are_told_at_once_in_words_of_the_service() {
    const INSIDE: [&str; 14] = [
        "expected",
        "invalid type",
        "invalid value",
        "invalid number",
        "invalid length",
        "struct",
        "Draft",
        "variant",
        "unknown field",
        "missing field",
        "i16",
        "i32",
        "i64",
        "column",
    ];
    let app = TestApp::seeded().await.signed_in().await;
    let schemas = crate::openapi::document()["components"]["schemas"].clone();
    let mut bodies = 0;
    for (path, method, operation) in operations() {
        let content = operation["requestBody"]["content"].as_object();
        let Some((media_type, content)) = content.and_then(|content| content.iter().next()) else { continue };
        if !media_type.ends_with("json") {
            continue;
        }
        let mut places = Vec::new();
        let mut body = wrong_everywhere(&schemas, &content["schema"], String::new(), &mut places);
        // One observation, or several: they do not stand beside each other.
        if path == "/api/v1/observations" {
            body.as_object_mut().unwrap().remove("items");
            places.retain(|place| !place.starts_with("/items"));
        }
        for language in ["zh", "en"] {
            let method = method.to_uppercase().parse().unwrap();
            let sent =
                request(&app, &method, &address(&path, &operation)).header("accept-language", language);
            let answer = sent.body(media_type, body.to_string()).await;
            assert_eq!(answer.status, 400, "{method} {path}: {}", answer.text());
            let problem = answer.json();
            let errors = problem["errors"].as_array().unwrap();
            let told: Vec<&str> = errors.iter().map(|error| error["pointer"].as_str().unwrap()).collect();
            for place in &places {
                assert!(told.contains(&place.as_str()), "{method} {path} {place}: {problem}");
            }
            for error in errors {
                let message = error["message"].as_str().unwrap();
                let said = INSIDE.iter().find(|word| message.contains(*word));
                assert_eq!(said, None, "{method} {path}: {error}");
                let is_chinese = message.chars().any(|sign| ('\u{4e00}'..='\u{9fff}').contains(&sign));
                assert_eq!(is_chinese, language == "zh", "{method} {path}: {error}");
            }
        }
        bodies += 1;
    }
    assert!(bodies > 20, "{bodies}");
}

#[actix_web::test]
async fn all_that_is_missing_is_told_at_once_beside_what_refers_to_nothing() {
    let app = lived_in().await;
    let schemas = crate::openapi::document()["components"]["schemas"].clone();
    for (path, method, operation) in operations() {
        let schema = &operation["requestBody"]["content"]["application/json"]["schema"]["$ref"];
        let Some(name) = schema.as_str().and_then(|reference| reference.rsplit('/').next()) else { continue };
        let required = schemas[name]["required"].as_array().cloned().unwrap_or_default();
        if required.is_empty() {
            continue;
        }
        let method: Method = method.to_uppercase().parse().unwrap();
        let mut address = address(&path, &operation);
        if method == Method::PUT {
            address = match address.strip_suffix("430681107000") {
                Some(areas) => format!("{areas}430681107999"),
                None => format!("{address}.new"),
            };
        }
        let sent = app.request(method.clone(), &address);
        let sent = if method == Method::PUT { sent.header("if-none-match", "*") } else { sent };
        let problem = sent.json(json!({})).await.problem(422, "invalid_value");
        let told: Vec<&Value> =
            problem["errors"].as_array().unwrap().iter().map(|error| &error["pointer"]).collect();
        for member in required {
            assert!(
                told.contains(&&json!(format!("/{}", member.as_str().unwrap()))),
                "{method} {path}: {problem}"
            );
        }
    }
    let body = json!({
        "report": "no-such", "areas": ["430681107000", "11"], "progress": 101, "kind": "construction",
        "name": "", "stage": "idea",
    });
    let problem = app.post("/api/v1/projects", body).await.problem(422, "invalid_value");
    let told: Vec<(&str, &str)> = problem["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| (error["pointer"].as_str().unwrap(), error["code"].as_str().unwrap()))
        .collect();
    let wanted = [
        ("/report", "unknown_reference"),
        ("/areas/1", "unknown_reference"),
        ("/progress", "out_of_range"),
        ("/name", "empty"),
        ("/code", "missing"),
    ];
    assert_eq!(told, wanted, "in the order of the body, and what is missing last");
}

#[actix_web::test]
async fn one_observation_tells_what_it_refers_to_too_and_a_list_that_is_too_long_is_not_looked_up() {
    let app = TestApp::seeded().await.signed_in().await;
    let told = |problem: &Value| -> Vec<(String, String)> {
        let errors = problem["errors"].as_array().unwrap().iter();
        let text = |member: &Value| member.as_str().unwrap().to_owned();
        errors.map(|error| (text(&error["pointer"]), text(&error["code"]))).collect()
    };
    let of = |pointer: &str, code: &str| (pointer.to_owned(), code.to_owned());
    let one = json!({"metric": "no-such", "value": 1, "decimals": 9, "area": "430681107"});
    let wanted =
        [of("/metric", "unknown_reference"), of("/decimals", "out_of_range"), of("/period", "missing")];
    let problem = app.post("/api/v1/observations", one.clone()).await.problem(422, "invalid_value");
    assert_eq!(told(&problem), wanted);
    let problem =
        app.post("/api/v1/observations", json!({"items": [one]})).await.problem(422, "invalid_value");
    assert_eq!(told(&problem), wanted.map(|(pointer, code)| (format!("/items/0{pointer}"), code)));
    let long = json!({
        "metric": "land.cultivated.area", "area": "430681107", "period": "2022", "value": 1,
        "projects": vec!["no-such"; 201],
    });
    let problem = app.post("/api/v1/observations", long).await.problem(422, "invalid_value");
    assert_eq!(told(&problem), [of("/projects", "too_many")]);
}
