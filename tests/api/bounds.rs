//! The bounds that the document states of bodies are those that the service holds them to, and no text
//! and no list of a body is without one.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use taizhang::db::metrics::members::Metric;

use crate::builders::metrics::metric;
use crate::harness::TestApp;
use crate::openapi::{document, operations};

const TOWN: &str = "430681107";
const VILLAGE: &str = "430681107999";
/// An item of the seed that nobody has touched.
const DRAFTED: &str = "bishi-2023.4.2.01";
const WORDS: &str = "修路三条";

/// The rules that are broken beyond a bound, and by nothing else.
const OF_BOUNDS: &[&str] = &["too_long", "too_many", "empty", "item_count", "malformed_name", "out_of_range"];

/// Where rows are kept, and a body with all texts and lists that it can have, with the code of its row or of
/// the row that it belongs to. A change takes the members that it knows.
fn bodies() -> Vec<(&'static str, Value)> {
    let citation = json!({"words": WORDS});
    let quantity = json!({"text": "约20万元", "unit": "CNY_10K"});
    let area = json!({
        "code": VILLAGE, "name": "新村", "aliases": ["新"], "level": "village", "kind": "village", "parent": TOWN,
        "code_system": "NBS-2023", "successors": ["430681107223"], "point": {"lon": 113, "lat": 28},
        "highlights": [{"kind": "specialty", "text": "茶", "report": "trial", "citation": citation}],
    });
    let report = json!({
        "code": "trial", "title": "试验", "document_number": "一号", "published_at": "2023-06-01T08:30:00+08:00",
        "url": "https://example.org", "text": WORDS,
    });
    let plan = json!({"code": "trial", "title": "试验", "area": TOWN, "year": 2023});
    let project = json!({
        "code": "trial", "name": "试验", "aliases": ["试"], "kind": "service", "areas": [TOWN], "place": "街",
        "stage": "idea", "lead_unit": "办", "contractor": "公司", "report": "trial", "citation": citation,
        "budget": {"quantity": quantity, "citation": citation}, "funding_note": "注",
        "funding": [{"source": "自筹", "quantity": quantity, "citation": citation}],
        "quantities": [{"name": "花费", "quantity": quantity, "citation": citation}],
        "milestones": [{"title": "通车"}],
    });
    let milestone =
        json!({"code": "trial", "title": "通车", "due_on": "2023", "report": "trial", "citation": citation});
    let progress = |code: &str| {
        json!({
            "code": code, "as_of": "2023-03-01", "progress": 50, "text": "铺面", "problems": "雨多",
            "next_step": "验收", "attachments": ["photo"], "observations": [1], "client_id": "phone-1",
        })
    };
    let item = json!({
        "code": "trial.a", "plan": "trial", "ordinal": 1, "title": "事项", "deliverables": ["路"],
        "lead_unit": "办", "co_units": ["镇"], "post": "主任", "areas": [TOWN], "projects": ["trial"],
        "report": "trial", "citation": citation,
    });
    let evidence = json!({"deliverable": 1, "text": "照片", "attachment": "photo", "progress_report": 1, "observation": 1});
    let observation = json!({
        "metric": "trial.metric", "area": TOWN, "period": "2022", "text": "3亩", "unit": "MU",
        "covers": ["430681107223"], "projects": ["trial"], "note": "注", "report": "trial", "citation": citation,
    });
    let row = json!({"metric": "trial.metric", "area": TOWN, "period": "2021", "value": 1});
    vec![
        ("reports", report),
        ("metrics", metric("trial.metric", json!({}))),
        ("areas", area.clone()),
        ("villages", area),
        ("projects", project),
        ("projects/milestones", milestone),
        ("projects/progress-reports", progress("trial")),
        ("plan-items/progress-reports", progress("trial.a")),
        ("plans", plan),
        ("plan-items", item),
        ("observations", observation.clone()),
        ("observations", json!({"items": [observation]})),
        ("api-keys", json!({"name": "办公室", "role": "reader"})),
        ("submissions", json!({"area": TOWN, "title": "月报", "items": [row]})),
        ("submissions/transitions", json!({"to": "returned", "rows": [{"row": 1, "comment": "不对"}]})),
        (
            "plan-items/transitions",
            json!({"code": DRAFTED, "to": "assigned", "lead_unit": "办", "co_units": ["镇"]}),
        ),
        (
            "plan-items/transitions",
            json!({"code": "trial.a", "to": "close_requested", "evidence": [evidence]}),
        ),
        ("plan-items/transitions", json!({"code": "trial.a", "to": "carried_over", "carried_to": DRAFTED})),
        ("plan-items/extensions", json!({"code": "trial.a", "due_on": "2999"})),
        ("plan-items/extensions/transitions", json!({"code": "trial.a", "to": "withdrawn"})),
        ("projects/transitions", json!({"code": "trial", "to": "approved"})),
    ]
}

/// What stands at the bounds of members that a body has, and what beyond, by their pointers; and the
/// pointers of texts and lists that it lacks.
#[derive(Default)]
struct Trials {
    within: Vec<(String, Value)>,
    beyond: Vec<(String, Value)>,
    lacking: BTreeSet<String>,
}

impl Trials {
    fn of(schemas: &Value, schema: &Value, body: &Value) -> Trials {
        let mut trials = Trials::default();
        trials.add(schemas, schema, Some(body), "");
        trials
    }

    fn add(&mut self, schemas: &Value, schema: &Value, member: Option<&Value>, pointer: &str) {
        let named = |schema: &Value| match schema["$ref"].as_str() {
            Some(name) => schemas[name.rsplit('/').next().unwrap()].clone(),
            None => schema.clone(),
        };
        let schema = named(schema);
        let has = |name: &Value| member.is_none_or(|member| member.get(name.as_str().unwrap()).is_some());
        for choice in schema["oneOf"].as_array().into_iter().flatten().map(named) {
            if choice["required"].as_array().into_iter().flatten().all(has) {
                self.add(schemas, &choice, member, pointer);
            }
        }
        let kind = schema["type"].as_str().or(schema["type"][0].as_str()).unwrap_or("one of several");
        let (least, most) = match kind {
            "string" => ("minLength", "maxLength"),
            "array" => ("minItems", "maxItems"),
            _ => ("minimum", "maximum"),
        };
        let (least, most) = (schema[least].as_i64(), schema[most].as_i64());
        if ["string", "array"].contains(&kind) && most.is_none() {
            let is_whole = schema["pattern"].as_str().is_some_and(|pattern| pattern.ends_with('$'));
            let is_named = !schema["enum"].is_null() || !schema["format"].is_null();
            return assert!(is_whole || is_named, "{pointer} has no bound");
        }
        if member.is_none() && ["string", "array", "object"].contains(&kind) {
            self.lacking.insert(pointer.to_owned());
            return;
        }
        let start = if schema["pattern"].is_null() { "" } else { "https://" };
        let sized = |size: i64| match (kind, usize::try_from(size)) {
            ("string", Ok(size)) => {
                start.chars().chain(std::iter::repeat('字')).take(size).collect::<String>().into()
            }
            ("array", Ok(size)) => vec![member.unwrap()[0].clone(); size].into(),
            _ => size.into(),
        };
        let put = |sizes: [Option<i64>; 2]| {
            let sizes = sizes.into_iter().flatten().filter(|&size| size >= 0 || kind == "integer");
            sizes.map(|size| (pointer.to_owned(), sized(size))).collect::<Vec<_>>()
        };
        self.within.extend(put([least, most]));
        self.beyond.extend(put([least.map(|least| least - 1), most.map(|most| most + 1)]));
        if kind == "array" {
            self.add(schemas, &schema["items"], member.map(|items| &items[0]), &format!("{pointer}/0"));
        }
        // What is read only may only be sent back as it is.
        let written = |(_, schema): &(&String, &Value)| schema["readOnly"] != true;
        for (name, schema) in schema["properties"].as_object().into_iter().flatten().filter(written) {
            let inner = member.and_then(|member| member.get(name));
            self.add(schemas, schema, inner, &format!("{pointer}/{name}"));
        }
    }
}

/// The places and the rules for which a body is refused, when a value stands in it.
async fn faults(
    app: &TestApp,
    (method, address): (&str, &str),
    mut body: Value,
    pointer: &str,
    value: Value,
) -> Vec<(String, String)> {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    match body.pointer_mut(parent).unwrap() {
        Value::Array(items) => items[0] = value,
        members => members[name] = value,
    }
    let request = app.request(method.to_uppercase().parse().unwrap(), address).json(body);
    let answer = if method == "post" { request } else { request.if_match("*") }.await;
    if answer.status.is_success() {
        return Vec::new();
    }
    assert!([400, 409, 422].contains(&answer.status.as_u16()), "{}", answer.text());
    let told =
        |error: &Value| ["pointer", "code"].map(|name| error[name].as_str().unwrap().to_owned()).into();
    answer.json()["errors"].as_array().unwrap().iter().map(told).collect()
}

/// A service with a row of every body, and the id of the observation. The submission is the first.
async fn with_each_resource() -> (TestApp, String) {
    let app = TestApp::seeded().await.signed_in().await;
    for (path, body) in bodies() {
        match path {
            "reports" => app.report(body).await,
            "metrics" => app.add::<Metric>(body).await,
            "areas" => app.area(body).await,
            "projects" => app.project(body).await,
            "plans" => app.plan(body).await,
            "plan-items" => app.plan_item(body).await,
            "observations" if body["items"].is_null() => app.observation(body).await,
            "submissions" | "submissions/transitions" => {
                let (path, body) = match body["to"].as_str() {
                    None => ("/api/v1/submissions", body),
                    Some(_) => ("/api/v1/submissions/1/transitions", json!({"to": "submitted"})),
                };
                let answer = app.post(path, body).await;
                assert!(answer.status.is_success(), "{}", answer.text());
            }
            _ => {}
        }
    }
    app.sql("UPDATE plan_items SET state = 'in_progress' WHERE code = 'trial.a'");
    let observation = app.get("/api/v1/observations?metric=trial.metric").await.items()[0]["id"].to_string();
    (app, observation)
}

#[actix_web::test]
async fn bodies_are_held_to_the_bounds_that_the_document_states() {
    let (app, observation) = with_each_resource().await;
    let mut wrong = Vec::new();
    let document = document();
    for (path, method, operation) in operations() {
        let Some(content) = operation["requestBody"]["content"].as_object() else { continue };
        let mut schemas = document["components"]["schemas"].clone();
        if path.contains("submissions") {
            // What is wrong with a row is told by the checks of the submission.
            schemas["ObservationInput"] = json!({});
        }
        let schema = &content.values().next().unwrap()["schema"];
        let members =
            &schemas[&schema["$ref"].as_str().unwrap()["#/components/schemas/".len()..]]["properties"];
        let (mut lacking, mut tried) = (BTreeSet::new(), BTreeSet::new());
        for (kept, mut body) in bodies() {
            let code = body["code"].as_str().unwrap_or_default().to_owned();
            let taken = body.as_object_mut().unwrap();
            let is_written = |member: &Value| member["readOnly"] != true;
            taken.retain(|name, _| members.is_null() || members.get(name).is_some_and(is_written));
            let parts = path.split('/').skip(3);
            let rows: Vec<&str> = parts.filter(|part| !part.starts_with('{')).collect();
            if rows.join("/") != kept || taken.is_empty() {
                continue;
            }
            taken.insert("comment".to_owned(), "更正".into());
            taken.insert("reason".to_owned(), "entry_error".into());
            if method == "post" && taken.contains_key("code") {
                taken.insert("code".to_owned(), format!("{code}.new").into());
            }
            let id = if kept.starts_with("submissions") { "1" } else { &observation };
            let mut address = path.replace("{code}", &code).replace("{id}", id).replace("{ordinal}", "1");
            if operation["parameters"].to_string().contains("dry_run") {
                address += "?dry_run=true";
            }
            let Trials { within, beyond, lacking: lacks } = Trials::of(&schemas, schema, &body);
            lacking.extend(lacks);
            for (pointer, value) in beyond {
                let is_number = value.is_number();
                let faults = faults(&app, (&method, &address), body.clone(), &pointer, value).await;
                // The place of a citation is refused as a whole; more rows than there are name one twice.
                let named = faults.iter().any(|(place, _)| {
                    *place == pointer
                        || is_number && pointer.starts_with(&format!("{place}/"))
                        || pointer == "/rows" && place == "/rows/1/row"
                });
                if !named {
                    wrong.push(format!("{method} {address} {pointer} beyond its bounds: {faults:?}"));
                }
                tried.insert(pointer);
            }
            // A move is not made twice.
            for (pointer, value) in within.into_iter().filter(|_| !path.ends_with("transitions")) {
                let faults = faults(&app, (&method, &address), body.clone(), &pointer, value).await;
                if faults.iter().any(|(place, code)| *place == pointer && OF_BOUNDS.contains(&&**code)) {
                    wrong.push(format!("{method} {address} {pointer} at its bounds: {faults:?}"));
                }
            }
        }
        // What one body lacks another has.
        let is_tried = |place: &String| {
            tried.iter().any(|tried| tried == place || tried.starts_with(&format!("{place}/")))
        };
        let untried: Vec<&String> = lacking.iter().filter(|place| !is_tried(place)).collect();
        assert!(untried.is_empty(), "{path}: {untried:?}");
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
