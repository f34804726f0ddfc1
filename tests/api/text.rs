//! The one rule for free text: every member of every body, told by the document, and what is stored already.

use actix_web::http::Method;
use serde_json::{Value, json};

use crate::harness::TestApp;
use crate::openapi::{address, document, operations};
use taizhang::db::texts;

/// An operation with a body in JSON: method, address, media type, an example of the body.
fn examples() -> Vec<(Method, String, String, Value)> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi/examples");
    let schemas = document()["components"]["schemas"].clone();
    let example = |(path, method, operation): (String, String, Value)| {
        let (media_type, content) = operation["requestBody"]["content"].as_object()?.iter().next()?;
        let id = operation["operationId"].as_str()?;
        let text = std::fs::read(folder.join(format!("{id}.request.json"))).ok()?;
        let mut body: Value = serde_json::from_slice(&text).unwrap();
        // A code of its own, or that it is taken would be told first.
        if method == "post" && body["code"].is_string() {
            body["code"] = json!("bishi-2023.fresh");
        }
        // The members that the example does without.
        let name = content["schema"]["$ref"].as_str()?.rsplit('/').next()?;
        for (member, schema) in schemas[name]["properties"].as_object().into_iter().flatten() {
            let kind = &schema["type"];
            let is_text = kind == "string" || kind == &json!(["string", "null"]);
            let is_code =
                ["enum", "format", "pattern", "readOnly"].iter().any(|rule| !schema[rule].is_null());
            // Words of a figure are read: any word would not do.
            if is_text && !is_code && member != "text" && body[member].is_null() {
                body[member] = json!("词");
            }
        }
        Some((method.to_uppercase().parse().unwrap(), address(&path, &operation), media_type.clone(), body))
    };
    operations().into_iter().filter_map(example).collect()
}

fn places(value: &Value, here: &str, found: &mut Vec<String>) {
    match value {
        Value::String(_) => found.push(here.to_owned()),
        Value::Array(items) => {
            (0..).zip(items).for_each(|(at, item): (usize, _)| places(item, &format!("{here}/{at}"), found))
        }
        Value::Object(members) => {
            members.iter().for_each(|(name, member)| places(member, &format!("{here}/{name}"), found));
        }
        _ => {}
    }
}

fn spellings(word: &str) -> [String; 5] {
    [
        word.to_owned(),
        format!(" {word}"),
        format!("{word}\u{3000}"),
        format!("\t{word}\n"),
        format!("\u{a0}{word}\u{2003}"),
    ]
}

#[actix_web::test]
async fn no_text_of_any_body_holds_what_cannot_be_seen() {
    let app = TestApp::seeded().await.signed_in().await;
    // Where a move leads nowhere, that is told first.
    app.sql("UPDATE plan_items SET state = 'assigned' WHERE code = 'bishi-2023.4.2.01'");
    let head = app.db.head().await.unwrap();
    let mut texts = 0;
    for (method, address, media_type, body) in examples() {
        let mut found = Vec::new();
        places(&body, "", &mut found);
        for place in found {
            // The text of a report is quoted by its place: it stays as it was given.
            if place == "/text" && address.contains("/reports") {
                continue;
            }
            for (sign, code) in [
                ('\u{202e}', "bidirectional_control"),
                ('\u{200b}', "zero_width_character"),
                ('\u{7}', "control_character"),
            ] {
                let mut dirty = body.clone();
                let text = dirty.pointer_mut(&place).unwrap();
                *text = format!("{}{sign}", text.as_str().unwrap()).into();
                let mut request = app.request(method.clone(), &address);
                if method != Method::POST {
                    request = request.if_match("*");
                }
                let answer = request.body(&media_type, dirty.to_string()).await;
                if answer.status == 404 {
                    continue;
                }
                let what = format!("{method} {address} {place}: {}", answer.text());
                assert!([400, 422].contains(&answer.status.as_u16()), "{what}");
                let errors = answer.json()["errors"].clone();
                let is_told = |error: &&Value| error["pointer"] == place && error["code"] == code;
                // A code that is none is refused too, told by what refers to it.
                let Some(told) = errors.as_array().unwrap().iter().find(is_told) else { continue };
                if answer.status == 422 && told["code"] == code {
                    assert!(
                        told["message"].as_str().unwrap().contains(&format!("U+{:04X}", u32::from(sign)))
                    );
                    texts += 1;
                }
            }
        }
    }
    assert!(texts > 120, "{texts} texts were refused for what cannot be seen");
    assert_eq!(app.db.head().await.unwrap(), head, "nothing was written");
}

#[actix_web::test]
async fn blanks_around_a_text_and_the_form_of_its_characters_change_nothing() {
    let app = TestApp::seeded().await.signed_in().await;
    let mut texts = 0;
    for (method, address, media_type, _) in examples() {
        if method != Method::PATCH {
            continue;
        }
        let row = app.get(&address).await.json();
        for (member, value) in row.as_object().unwrap() {
            let Some(word) = value.as_str().filter(|word| word.chars().any(|sign| sign > '\u{4e00}')) else {
                continue;
            };
            for spelling in spellings(word) {
                let request = app.request(method.clone(), &address).if_match("*");
                let changed = request.body(&media_type, json!({ member: spelling }).to_string()).await;
                if address.contains("/villages") && member == "name" {
                    continue;
                }
                let what = format!("{address} {member}: {}", changed.text());
                assert_eq!(changed.status, 200, "{what}");
                assert_eq!((&changed.json()[member], &changed.json()["seq"]), (value, &row["seq"]), "{what}");
                texts += 1;
            }
        }
    }
    assert!(texts > 40, "{texts}");
    for (at, spelling) in spellings("镇水利站").into_iter().enumerate() {
        let item = json!({"code": format!("bishi-2023.spelt.{at}"), "plan": "bishi-2023", "title": format!("事项 {at}"),
            "lead_unit": spelling, "deliverables": [spelling], "due_on": "2023-12-31"});
        let made = app.post("/api/v1/plan-items", item).await;
        assert_eq!(made.status, 201, "{}", made.text());
        assert_eq!(
            (&made.json()["lead_unit"], &made.json()["deliverables"]),
            (&json!("镇水利站"), &json!(["镇水利站"]))
        );
    }
    let board = app.get("/api/v1/plans/bishi-2023/scoreboard").await.json();
    let units = board["by_unit"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|unit| unit["lead_unit"].as_str().is_some_and(|name| name.contains("镇水利站")));
    assert_eq!(units.map(|unit| unit["total"].clone()).collect::<Vec<_>>().len(), 1);
    for spelling in ["", "%20", "%E3%80%80"] {
        assert_eq!(
            app.get(&format!(
                "/api/v1/plan-items?lead_unit={spelling}%E9%95%87%E6%B0%B4%E5%88%A9%E7%AB%99{spelling}"
            ))
            .await
            .items()
            .len(),
            5,
            "{spelling}"
        );
    }
    app.get("/api/v1/plan-items?lead_unit=%E9%95%87%E2%80%8B").await.problem(400, "invalid_parameter");
    app.get("/api/v1/search?q=%E9%95%87%E2%80%8B").await.problem(400, "invalid_parameter");
    // A name of nothing visible is empty, and a longer text keeps its lines.
    let village = "/api/v1/areas/430681107223";
    let patch = |path: &'static str, body: Value| app.patch(path, body).send();
    let nothing = patch(village, json!({"name": "\u{3164}\u{fe0f}"})).await;
    assert_eq!(nothing.problem(422, "invalid_value")["errors"][0]["code"], "empty");
    let metric = "/api/v1/metrics/housing.illegal.demolished_area";
    let told =
        patch(metric, json!({"definition": " 一\r\n\u{3000}二\t三\r\n", "name": "拆除\u{3000}\n面积", "reason": "definition"})).await;
    assert_eq!(
        (&told.json()["definition"], &told.json()["name"]),
        (&json!("一\n\u{3000}二 三"), &json!("拆除 面积"))
    );
}

#[actix_web::test]
async fn what_was_stored_before_the_rule_is_cleaned_once_in_one_entry() {
    let app = TestApp::seeded().await.signed_in().await;
    let head = app.db.head().await.unwrap();
    texts::migrate(&app.db).unwrap();
    assert_eq!(app.db.head().await.unwrap(), head, "it was done already");
    for statement in [
        "DELETE FROM data_steps",
        "UPDATE plan_items SET lead_unit = ' 镇水利站\u{3000}', deliverables = '[\"验收\u{200b}报告\"]' WHERE code = 'bishi-2023.4.2'",
        "UPDATE areas SET name = 'e\u{301}\u{a0}村', folded = '430681107223 e\u{301} 村' WHERE code = 430681107223",
        "UPDATE metrics SET definition = '一\r\n二\t三 ' WHERE code = 'housing.illegal.demolished_area'",
        "UPDATE projects SET contractor = '\u{3000}' WHERE code = 'tongba-bridge'",
        "UPDATE api_keys SET name = '\u{202e}甲' WHERE role = 'admin'",
    ] {
        app.sql(statement);
    }
    texts::migrate(&app.db).unwrap();
    texts::migrate(&app.db).unwrap();
    assert_eq!(app.db.head().await.unwrap(), head + 1, "one entry");
    let entry = app.get(&format!("/api/v1/entries/{}", head + 1)).await.json();
    assert_eq!(entry["by"], "migrate");
    let edits = entry["edits"].as_array().unwrap();
    let mut kinds: Vec<&str> = edits.iter().map(|edit| edit["kind"].as_str().unwrap()).collect();
    kinds.sort_unstable();
    assert_eq!(kinds, ["api_key", "area", "metric", "plan_item", "project"], "{entry}");
    let item = edits.iter().find(|edit| edit["kind"] == "plan_item").unwrap();
    assert_eq!(
        (&item["before"]["lead_unit"], &item["after"]["lead_unit"]),
        (&json!(" 镇水利站\u{3000}"), &json!("镇水利站"))
    );
    assert_eq!(item["after"]["deliverables"], json!(["验收报告"]));
    assert_eq!(app.get("/api/v1/areas/430681107223").await.json()["name"], "é 村");
    let metric = app.get("/api/v1/metrics/housing.illegal.demolished_area").await.json();
    assert_eq!(metric["definition"], "一\n二 三");
    // It counts what it did: no series breaks.
    let figure = json!({"metric": metric["code"], "area": "430681107000", "period": "2023", "value": 1});
    let stated = app.post("/api/v1/observations", figure).await;
    assert_eq!(stated.status, 201, "{}", stated.text());
    let series = "/api/v1/metrics/housing.illegal.demolished_area/series?area=430681107&frequency=year";
    assert_eq!(app.get(series).await.items().last().unwrap()["definition"], 1);
    assert_eq!(app.get("/api/v1/projects/tongba-bridge").await.json()["contractor"], Value::Null);
    assert_eq!(app.get("/api/v1/search?q=%C3%A9").await.items().len(), 1);
    assert_eq!(app.get("/api/v1/me").await.json()["name"], "甲");
}
