//! What the derives cannot say of our wire types, said of all of them at once.

use serde_json::{Map, Value, json};

use super::{bodies, links, trials};
use crate::api::query::MOST_VALUES;
use crate::domain::text;

/// Members that are left out of an answer when there is nothing to say. All others are always there,
/// null where there is no value.
const MAY_BE_ABSENT: &[&str] =
    &["count", "metric_name", "area_name", "unit_name", "parameter", "pointer", "row", "column", "updated"];

/// Puts a document into its final form.
pub fn tidy(document: &mut Value) {
    let foreign = foreign(document);
    visit(document);
    for (name, required) in foreign {
        if let Some(schema) = document["components"]["schemas"][name].as_object_mut() {
            schema.remove("required");
            schema.extend(required.map(|required| ("required".to_owned(), required)));
        }
    }
    if let Some(schemas) = document["components"]["schemas"].as_object_mut() {
        for (name, schema) in schemas.iter_mut() {
            // A page refers to the schema of its items instead of repeating it.
            if let Some(item) = name.strip_prefix("Page_") {
                let reference = format!("#/components/schemas/{item}");
                schema["properties"]["items"]["items"] = json!({"$ref": reference});
            }
            if let Some((meta, item)) = name.strip_prefix("Statistics_").and_then(|name| name.split_once('_'))
            {
                let reference = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
                schema["properties"]["meta"] = reference(meta);
                schema["properties"]["items"]["items"] = reference(item);
            }
        }
        schemas["Terms"]["pattern"] = text::WORDS.into();
        schemas["Word"]["pattern"] = text::WORD.into();
        bodies::fill(schemas);
    }
    select_members(document);
    trials::leave_out_ids(document);
    if let Some(paths) = document["paths"].as_object_mut() {
        links::add(paths);
    }
}

/// The members that schemas of another standard require: there, what has no value is left out.
fn foreign(document: &Value) -> Vec<(String, Option<Value>)> {
    let schemas = document["components"]["schemas"].as_object().into_iter().flatten();
    let foreign = schemas.filter(|(name, _)| name.starts_with("Oc4ids"));
    foreign.map(|(name, schema)| (name.clone(), schema.get("required").cloned())).collect()
}

fn visit(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(visit),
        Value::Object(_) => {
            flow_description(value);
            lift_description(value);
            require_members(value);
            finish_parameter(value);
            for (name, inner) in value.as_object_mut().into_iter().flatten() {
                // What an example shows is data, whatever it looks like.
                if name != "example" {
                    visit(inner);
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Doc comments are wrapped for the editor; in the document a paragraph is one line.
fn flow_description(value: &mut Value) {
    if let Some(text) = value.get("description").and_then(Value::as_str) {
        let paragraphs: Vec<String> =
            text.split("\n\n").map(|paragraph| paragraph.replace('\n', " ")).collect();
        value["description"] = paragraphs.join("\n\n").into();
    }
}

/// The description of a member that can be null belongs to the member, not to one of its choices.
fn lift_description(value: &mut Value) {
    let choice = value.get_mut("oneOf").and_then(|choices| choices.get_mut(0)).and_then(Value::as_object_mut);
    let lifted =
        choice.filter(|choice| choice.contains_key("$ref")).and_then(|choice| choice.remove("description"));
    if let Some(description) = lifted {
        value["description"] = description;
    }
}

fn require_members(value: &mut Value) {
    let is_object = value.get("type").is_some_and(|kind| kind == "object");
    if let Some(members) = value.get("properties").and_then(Value::as_object).filter(|_| is_object) {
        // What is never null is always there, whatever it is called.
        let is_there = |(name, member): &(&String, &Value)| {
            !MAY_BE_ABSENT.contains(&name.as_str()) || member["type"].is_string()
        };
        let required: Vec<&String> = members.iter().filter(is_there).map(|(name, _)| name).collect();
        value["required"] = json!(required);
    }
}

/// A filter with several values is one that may be left out, unless it says that it needs one, and clients repeat
/// it.
fn finish_parameter(value: &mut Value) {
    if value.get("in").is_none_or(|place| place != "query") {
        return;
    }
    if value["schema"]["type"] == "array" {
        value["required"] = value["schema"]["minItems"].is_number().into();
        value["schema"]["minItems"] = 1.into();
        value["schema"]["maxItems"] = MOST_VALUES.into();
        finish_text(&mut value["schema"]["items"]);
        value["style"] = "form".into();
        value["explode"] = true.into();
    }
    finish_text(&mut value["schema"]);
}

/// What is written into an address is not empty, and where it is free text it holds nothing that cannot be seen.
fn finish_text(schema: &mut Value) {
    if schema["type"] != "string" || schema.get("enum").is_some() {
        return;
    }
    schema["minLength"] = 1.into();
    if schema.get("pattern").or(schema.get("format")).is_none() {
        schema["pattern"] = text::TEXT.into();
    }
}

/// With `fields` an observation has the members asked for and no others: a schema of its own says so.
fn select_members(document: &mut Value) {
    let Some(schemas) = document["components"]["schemas"].as_object_mut() else { return };
    let Some(mut selected) = schemas.get("Observation").cloned() else { return };
    if let Some(schema) = selected.as_object_mut() {
        schema.remove("required");
    }
    selected["description"] =
        "An observation with the members that `fields` asks for; all by default.".into();
    schemas.insert("SelectedObservation".to_owned(), selected);
    let reference = "#/components/schemas/SelectedObservation";
    schemas["Page_Observation"]["properties"]["items"]["items"] = json!({"$ref": reference});
    let members: Vec<String> =
        schemas["Observation"]["properties"].as_object().into_iter().flat_map(Map::keys).cloned().collect();
    let parameters = document["paths"]["/api/v1/observations"]["get"]["parameters"].as_array_mut();
    for parameter in parameters.into_iter().flatten().filter(|parameter| parameter["name"] == "fields") {
        parameter["schema"]["items"] = json!({"type": "string", "enum": members});
    }
}
