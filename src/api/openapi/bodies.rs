//! The schemas of bodies. A body has the members of the answer, less those that only the service sets;
//! so its schema is made from the answer's, and each member is described once.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use crate::api::body::reading::parse;
use crate::api::body::rows::Writable;
use crate::api::body::why::LONGEST_COMMENT;
use crate::api::observations::bodies;
use crate::api::villages::types::VillageChanges;
use crate::domain::instant::Instant;
use crate::error::{Error, Fault, Place};
use crate::exchange::drafts::amount::{BudgetDraft, FundingDraft, NamedQuantityDraft};
use crate::exchange::drafts::area::{AreaDraft, KnownFor, PointDraft};
use crate::exchange::drafts::citation::CitationDraft;
use crate::exchange::drafts::key::KeyDraft;
use crate::exchange::drafts::milestone::MilestoneDraft;
use crate::exchange::drafts::observation::ObservationDraft;
use crate::exchange::drafts::plan::PlanDraft;
use crate::exchange::drafts::plan_item::PlanItemDraft;
use crate::exchange::drafts::progress_report::ProgressReportDraft;
use crate::exchange::drafts::project::ProjectDraft;
use crate::exchange::drafts::quantity::StatedDraft;
use crate::exchange::drafts::reference::MetricDraft;
use crate::exchange::drafts::report::{LONGEST_TEXT, ReportDraft};
use crate::exchange::drafts::{MOST_ITEMS, NAME, THEME, WORDS};

/// Members that refer to another row by its code.
const CODES: &[&str] = &[
    "carried_to",
    "denominator",
    "metric",
    "numerator",
    "parent",
    "plan",
    "projects",
    "replaced_by",
    "report",
    "weight",
];

/// Texts that need not say anything.
const MAY_BE_EMPTY: &[&str] = &["contractor", "lead_unit", "name_en", "note", "place", "post", "theme"];

/// Rows that are put in their place as a whole, and so as they were read.
const PUT: &[&str] = &["Area", "Metric"];

/// A kind of row that bodies can hold, or of what stands inside of rows.
struct Shape {
    name: &'static str,
    read_only: &'static [&'static str],
    key: &'static [&'static str],
    required: &'static [&'static str],
    takes_null: fn(&str) -> bool,
}

impl Shape {
    fn of<D: Writable>() -> Shape {
        Shape { read_only: D::READ_ONLY, key: D::KEY, ..Shape::inside::<D>(D::NAME, D::REQUIRED) }
    }

    fn inside<D: DeserializeOwned>(name: &'static str, required: &'static [&'static str]) -> Shape {
        Shape { name, read_only: &[], key: &[], required, takes_null: takes_null::<D> }
    }

    /// All of it: a member that is absent has its default.
    fn whole(&self, schemas: &Map<String, Value>) -> Value {
        let sent_back = PUT.contains(&self.name);
        let without = if sent_back { &[] } else { self.read_only };
        let mut schema = self.body(schemas, without, self.takes_null);
        mark_read_only(&mut schema, self.read_only);
        refer(&mut schema, &|name| format!("New{name}"));
        if !self.required.is_empty() {
            schema["required"] = json!(self.required);
        }
        schema
    }

    /// Changes of it: a merge patch, in which null stands for what is absent, and lists are replaced.
    fn changes(&self, schemas: &Map<String, Value>) -> Value {
        let mut schema = self.body(schemas, &[], |member| !self.required.contains(&member));
        mark_read_only(&mut schema, &[self.read_only, self.key].concat());
        for member in schema["properties"].as_object_mut().into_iter().flat_map(Map::values_mut) {
            let is_list = !member["items"].is_null();
            refer(member, &|name| if is_list { format!("New{name}") } else { format!("{name}Changes") });
        }
        schema["description"] =
            "A merge patch (RFC 7396): a member that is absent stays as it is, null clears it. A row as it was read \
             is one too: members that are read only may be sent back as they are."
                .into();
        schema
    }

    fn body(
        &self,
        schemas: &Map<String, Value>,
        without: &[&str],
        takes_null: impl Fn(&str) -> bool,
    ) -> Value {
        let mut schema = schemas.get(self.name).cloned().unwrap_or_default();
        if let Some(members) = schema["properties"].as_object_mut() {
            members.retain(|member, _| !without.contains(&member.as_str()));
            members.iter_mut().for_each(|(member, schema)| bound(member, schema, &schemas["Code"]));
            for instant in ["released_at", "published_at"] {
                if let Some(schema) = members.get_mut(instant) {
                    schema["pattern"] = Instant::PATTERN.into();
                }
            }
            members
                .iter_mut()
                .filter(|(member, _)| takes_null(member))
                .for_each(|(_, schema)| or_null(schema));
        }
        if let Some(schema) = schema.as_object_mut() {
            schema.remove("required");
        }
        schema["additionalProperties"] = false.into();
        schema
    }
}

/// Marks the members that may only be sent back as they were read.
fn mark_read_only(schema: &mut Value, read_only: &[&str]) {
    let members = schema["properties"].as_object_mut().into_iter().flatten();
    for (_, member) in members.filter(|(name, _)| read_only.contains(&name.as_str())) {
        member["readOnly"] = true.into();
    }
}

/// States the bounds that drafts hold their members to, where the schema states none.
fn bound(member: &str, schema: &mut Value, code: &Value) {
    if schema["type"] == "array" || schema["type"] == json!(["array", "null"]) {
        state(schema, "maxItems", MOST_ITEMS);
        return bound(member, &mut schema["items"], code);
    }
    let is_bounded = ["enum", "format"].iter().any(|rule| schema.get(rule).is_some())
        || schema.get("pattern").and_then(Value::as_str).is_some_and(|pattern| pattern.ends_with('$'));
    let is_text = schema["type"] == "string" || schema["type"] == json!(["string", "null"]);
    if is_bounded || !is_text {
        return;
    }
    if CODES.contains(&member) {
        schema["pattern"] = code["pattern"].clone();
        return;
    }
    let most = match member {
        "theme" => THEME,
        "definition" | "note" | "url" | "words" => WORDS,
        _ => NAME,
    };
    state(schema, "maxLength", most);
    if !MAY_BE_EMPTY.contains(&member) {
        state(schema, "minLength", 1);
    }
}

fn state(schema: &mut Value, rule: &str, bound: usize) {
    if let Some(schema) = schema.as_object_mut() {
        schema.entry(rule).or_insert_with(|| bound.into());
    }
}

/// Whether a draft takes null for a member, as if it were absent.
fn takes_null<D: DeserializeOwned>(member: &str) -> bool {
    let refused =
        |faults: &[Fault]| faults.iter().any(|fault| fault.place == Place::Pointer(format!("/{member}")));
    match parse::<D>(json!({member: null})) {
        Err(Error::Malformed(faults) | Error::Invalid(faults)) => !refused(&faults),
        _ => true,
    }
}

fn or_null(schema: &mut Value) {
    if let Some(reference) = schema.as_object_mut().and_then(|schema| schema.remove("$ref")) {
        schema["oneOf"] = json!([{"$ref": reference}, {"type": "null"}]);
    } else if schema["type"].is_string() {
        schema["type"] = json!([schema["type"], "null"]);
    }
}

fn rows() -> Vec<Shape> {
    vec![
        Shape::of::<AreaDraft>(),
        Shape::of::<KeyDraft>(),
        Shape::of::<MetricDraft>(),
        Shape::of::<ObservationDraft>(),
        Shape::of::<ReportDraft>(),
        Shape::of::<ProjectDraft>(),
        Shape::of::<MilestoneDraft>(),
        Shape::of::<ProgressReportDraft>(),
        Shape::of::<PlanDraft>(),
        Shape::of::<PlanItemDraft>(),
    ]
}

/// What stands inside of rows.
fn parts() -> Vec<Shape> {
    vec![
        Shape::inside::<CitationDraft>("Citation", &["words"]),
        Shape::inside::<StatedDraft>("Quantity", &[]),
        Shape::inside::<BudgetDraft>("Budget", &["quantity"]),
        Shape::inside::<PointDraft>("Point", &["lon", "lat"]),
    ]
}

/// What stands in lists inside of rows.
fn items() -> Vec<Shape> {
    vec![
        Shape::inside::<FundingDraft>("Funding", &["source", "quantity"]),
        Shape::inside::<NamedQuantityDraft>("NamedQuantity", &["name", "quantity"]),
        Shape::inside::<KnownFor>("Highlight", &["kind", "text"]),
    ]
}

/// Bodies that no answer resembles: their schemas are their own.
fn own() -> [Shape; 9] {
    let own = |name, required| Shape { name, read_only: &[], key: &[], required, takes_null: |_| false };
    [
        own("NewBulletin", &[]),
        own("NewSubmission", &["area", "title", "items"]),
        own("SubmissionMove", &["to"]),
        own("RowMove", &["row"]),
        own("NewAttachment", &["file"]),
        own("NewItemMove", &["to"]),
        own("NewProjectMove", &[]),
        own("NewExtension", &["due_on"]),
        own("ExtensionMove", &["to"]),
    ]
}

/// Fills in the schemas of all bodies.
pub fn fill(schemas: &mut Map<String, Value>) {
    for shape in items().into_iter().chain(parts()) {
        let whole = shape.whole(schemas);
        schemas.insert(format!("New{}", shape.name), whole);
    }
    for shape in parts() {
        let changes = shape.changes(schemas);
        schemas.insert(format!("{}Changes", shape.name), changes);
    }
    for shape in own() {
        let whole = shape.whole(schemas);
        schemas.insert(shape.name.to_owned(), whole);
    }
    let written = ["NewBulletin", "NewSubmission", "SubmissionMove"];
    for name in written.into_iter().chain(["NewItemMove", "NewProjectMove", "NewExtension", "ExtensionMove"])
    {
        schemas.get_mut(name).into_iter().for_each(explain);
    }
    for shape in rows() {
        let mut whole = shape.whole(schemas);
        explain(&mut whole);
        schemas.insert(format!("New{}", shape.name), whole);
        // Not every kind of row can be changed: the name is there when an operation uses it.
        if let Some(name) = Some(format!("{}Changes", shape.name)).filter(|name| schemas.contains_key(name)) {
            let mut changes = shape.changes(schemas);
            explain(&mut changes);
            schemas.insert(name, changes);
        }
    }
    for body in ["NewReport", "ReportChanges"] {
        schemas[body]["properties"]["text"] = json!({
            "description": "The whole text, which citations quote by its places: it is kept as it is given, but with LF for CRLF line ends. Read it at `/reports/{code}/text`.",
            "type": ["string", "null"], "minLength": 1, "maxLength": LONGEST_TEXT, "writeOnly": true
        });
    }
    let expires = &mut schemas["NewApiKey"]["properties"]["expires_at"];
    *expires = json!({
        "description": expires["description"], "oneOf": [{"$ref": "#/components/schemas/When"}, {"type": "null"}]
    });
    let mut village = schemas["AreaChanges"].clone();
    if let Some(members) = village["properties"].as_object() {
        let kept = [VillageChanges::MEMBERS, &["reason", "comment"]].concat();
        let others: Vec<String> =
            members.keys().filter(|name| !kept.contains(&name.as_str())).cloned().collect();
        mark_read_only(&mut village, &others.iter().map(String::as_str).collect::<Vec<_>>());
    }
    schemas.insert("VillageChanges".to_owned(), village);
    several(schemas);
}

/// Of several observations together it is said once why they are written.
fn several(schemas: &mut Map<String, Value>) {
    let mut one = schemas["NewObservation"].clone();
    if let Some(members) = one["properties"].as_object_mut() {
        members.retain(|member, _| !["reason", "comment"].contains(&member.as_str()));
    }
    schemas.insert("NewObservationItem".to_owned(), one);
    let several = &mut schemas["NewObservations"]["oneOf"][1];
    let items = &mut several["properties"]["items"];
    items["items"] = json!({"$ref": "#/components/schemas/NewObservationItem"});
    items["minItems"] = 1.into();
    items["maxItems"] = bodies::MOST_ITEMS.into();
    several["additionalProperties"] = false.into();
    explain(several);
}

/// Why something is written can stand in every body.
fn explain(schema: &mut Value) {
    schema["properties"]["reason"] = json!({
        "description": "Coded reason; needed to change an observation.",
        "oneOf": [{"type": "null"}, {"$ref": "#/components/schemas/RevisionReason"}]
    });
    schema["properties"]["comment"] = json!({
        "description": "Free words about this entry of the ledger.", "type": ["string", "null"],
        "maxLength": LONGEST_COMMENT
    });
}

/// Puts the schemas of bodies in the place of those of answers.
fn refer(value: &mut Value, body: &impl Fn(&str) -> String) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| refer(item, body)),
        Value::Object(members) => {
            if let Some(Value::String(reference)) = members.get_mut("$ref") {
                let mut inner = items().into_iter().chain(parts()).map(|shape| shape.name);
                if let Some(name) = inner.find(|name| reference.ends_with(&format!("/{name}"))) {
                    *reference = format!("#/components/schemas/{}", body(name));
                }
            }
            members.values_mut().for_each(|member| refer(member, body));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
