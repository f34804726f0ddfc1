//! The schemas of bodies. A body has the members of the answer, less those that only the service sets;
//! so its schema is made from the answer's, and each member is described once.

use serde_json::{Map, Value, json};

use crate::api::body::Writable;
use crate::api::villages::types::VillageChanges;
use crate::exchange::drafts::area::AreaDraft;
use crate::exchange::drafts::key::KeyDraft;
use crate::exchange::drafts::observation::ObservationDraft;
use crate::exchange::drafts::plan::PlanDraft;
use crate::exchange::drafts::plan_item::PlanItemDraft;
use crate::exchange::drafts::project::ProjectDraft;
use crate::exchange::drafts::reference::MetricDraft;
use crate::exchange::drafts::report::ReportDraft;

/// A kind of row that bodies can hold.
struct Shape {
    name: &'static str,
    read_only: &'static [&'static str],
    key: &'static [&'static str],
    required: &'static [&'static str],
}

impl Shape {
    fn of<D: Writable>() -> Shape {
        Shape { name: D::NAME, read_only: D::READ_ONLY, key: D::KEY, required: D::REQUIRED }
    }
}

fn shapes() -> Vec<Shape> {
    vec![
        Shape::of::<AreaDraft>(),
        Shape::of::<KeyDraft>(),
        Shape::of::<MetricDraft>(),
        Shape::of::<ObservationDraft>(),
        Shape::of::<ReportDraft>(),
        Shape::of::<ProjectDraft>(),
        Shape::of::<PlanDraft>(),
        Shape::of::<PlanItemDraft>(),
    ]
}

/// What stands inside of rows, and which of its members a body must have.
const INNER: &[(&str, &[&str])] = &[
    ("Citation", &["words"]),
    ("Quantity", &[]),
    ("Budget", &["quantity"]),
    ("Funding", &["source", "quantity"]),
    ("NamedQuantity", &["name", "quantity"]),
    ("Highlight", &["kind", "text"]),
];

/// Bodies that no answer resembles: their schemas are their own, and the members that they must have.
const OWN: &[(&str, &[&str])] =
    &[("NewSubmission", &["area", "title", "items"]), ("SubmissionMove", &["to"]), ("RowMove", &["row"])];

/// Fills in the schemas of all bodies.
pub fn fill(schemas: &mut Map<String, Value>) {
    for (name, required) in INNER {
        let schema = body(schemas, name, &[], required);
        schemas.insert(format!("New{name}"), schema);
    }
    for (name, required) in OWN {
        let schema = body(schemas, name, &[], required);
        schemas.insert((*name).to_owned(), schema);
    }
    for name in ["NewSubmission", "SubmissionMove"] {
        schemas.get_mut(name).into_iter().for_each(explain);
    }
    for Shape { name, read_only, key, required } in shapes() {
        let mut whole = body(schemas, name, read_only, required);
        explain(&mut whole);
        schemas.insert(format!("New{name}"), whole);
        // Not every kind of row can be changed: the name is there when an operation uses it.
        if !schemas.contains_key(&format!("{name}Changes")) {
            continue;
        }
        let mut changes = body(schemas, name, &[read_only, key].concat(), &[]);
        explain(&mut changes);
        changes["description"] =
            "A merge patch (RFC 7396): a member that is absent stays as it is, null clears it.".into();
        schemas.insert(format!("{name}Changes"), changes);
    }
    for body in ["NewReport", "ReportChanges"] {
        schemas[body]["properties"]["text"] = json!({
            "description": "The whole text; with CRLF line ends it is kept with LF. Read it at `/reports/{code}/text`.",
            "type": ["string", "null"], "minLength": 1, "writeOnly": true
        });
    }
    let mut village = schemas["AreaChanges"].clone();
    if let Some(members) = village["properties"].as_object_mut() {
        let kept = [VillageChanges::MEMBERS, &["reason", "comment"]].concat();
        members.retain(|member, _| kept.contains(&member.as_str()));
    }
    schemas.insert("VillageChanges".to_owned(), village);
}

fn body(schemas: &Map<String, Value>, name: &str, without: &[&str], required: &[&str]) -> Value {
    let mut schema = schemas.get(name).cloned().unwrap_or_default();
    if let Some(members) = schema["properties"].as_object_mut() {
        members.retain(|member, _| !without.contains(&member.as_str()));
    }
    refer_to_bodies(&mut schema);
    schema["required"] = json!(required);
    schema["additionalProperties"] = false.into();
    if let Some(schema) = schema.as_object_mut().filter(|_| required.is_empty()) {
        schema.remove("required");
    }
    schema
}

/// Why something is written can stand in every body.
fn explain(schema: &mut Value) {
    schema["properties"]["reason"] = json!({
        "description": "Coded reason; needed to change an observation.",
        "oneOf": [{"type": "null"}, {"$ref": "#/components/schemas/RevisionReason"}]
    });
    schema["properties"]["comment"] = json!({
        "description": "Free words about this entry of the ledger.", "type": ["string", "null"], "maxLength": 2000
    });
}

fn refer_to_bodies(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(refer_to_bodies),
        Value::Object(members) => {
            if let Some(Value::String(reference)) = members.get_mut("$ref") {
                let inner = INNER.iter().find(|(name, _)| reference.ends_with(&format!("/{name}")));
                if let Some((name, _)) = inner {
                    *reference = format!("#/components/schemas/New{name}");
                }
            }
            members.values_mut().for_each(refer_to_bodies);
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
