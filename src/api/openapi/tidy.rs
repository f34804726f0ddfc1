//! What the derives cannot say of our wire types, said of all of them at once.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::sharing::reference;
use super::{bodies, links, sharing, trials};
use crate::api::query::MOST_VALUES;
use crate::domain::members::is_name;
use crate::domain::text;

/// Members that are left out of an answer when there is nothing to say, beside names that nobody asked for. All others
/// are always there, null where there is no value.
const MAY_BE_ABSENT: &[&str] = &["count", "digest", "parameter", "pointer", "row", "column", "updated"];

/// Puts a document into its final form.
pub fn tidy(document: &mut Value) {
    let foreign = foreign(document);
    bodies::explain_all(document);
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
                schema["properties"]["items"]["items"] = reference(item);
            }
            if let Some((meta, item)) = name.strip_prefix("Statistics_").and_then(|name| name.split_once('_'))
            {
                schema["properties"]["meta"] = reference(meta);
                schema["properties"]["items"]["items"] = reference(item);
            }
        }
        schemas["Terms"]["pattern"] = text::WORDS.into();
        schemas["Word"]["pattern"] = text::WORD.into();
        bodies::describe(schemas);
        if let Some(recorded) = schemas["RecordedObservations"].as_object_mut() {
            // It is one row or several.
            recorded.remove("required");
        }
    }
    inline_nullable(document);
    select_members(document);
    trials::leave_out_ids(document);
    if let Some(paths) = document["paths"].as_object_mut() {
        links::add(paths);
    }
    rename(document);
    sharing::share(document);
}

/// Gives schemas the names that clients are to have for them: of pages after what they hold, and of an area's level one
/// that no standard library of a target language has.
fn rename(document: &mut Value) {
    let renamed = |name: &str| -> Option<String> {
        if name == "Level" {
            return Some("AreaLevel".to_owned());
        }
        if let Some(item) = name.strip_prefix("Page_") {
            return Some(format!("{item}Page"));
        }
        let (meta, _) = name.strip_prefix("Statistics_")?.split_once('_')?;
        Some(format!("{}Page", meta.trim_end_matches("Meta")))
    };
    let schemas = document["components"]["schemas"].take();
    if let Value::Object(schemas) = schemas {
        let renamed = schemas.into_iter().map(|(name, schema)| (renamed(&name).unwrap_or(name), schema));
        document["components"]["schemas"] = renamed.collect::<Map<_, _>>().into();
    }
    each_reference(document, &|reference| {
        let (before, name) = reference.rsplit_once('/')?;
        Some(format!("{before}/{}", renamed(name)?))
    });
}

fn each_reference(value: &mut Value, change: &impl Fn(&str) -> Option<String>) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| each_reference(item, change)),
        Value::Object(members) => {
            for (name, inner) in members.iter_mut() {
                match inner {
                    Value::String(reference) if name == "$ref" => {
                        if let Some(changed) = change(reference) {
                            *reference = changed;
                        }
                    }
                    // What an example shows is data, whatever it looks like.
                    _ if name == "example" => {}
                    inner => each_reference(inner, change),
                }
            }
        }
        _ => {}
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
            order_extensions(value);
            format_integers(value);
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

/// A text or a number that may be null is one schema with two types, which clients read without a union: its own, or
/// where its rule is long a named one. Codes of a list keep their name.
fn inline_nullable(document: &mut Value) {
    let schemas = document["components"]["schemas"].as_object().cloned().unwrap_or_default();
    let mut named = BTreeSet::new();
    inline_in(document, &schemas, &mut named);
    for name in named {
        let mut nullable = schemas[&name].clone();
        nullable["type"] = json!([nullable["type"], "null"]);
        document["components"]["schemas"][nullable_name(&name)] = nullable;
    }
}

fn nullable_name(name: &str) -> String {
    format!("Nullable{name}")
}

fn inline_in(value: &mut Value, schemas: &Map<String, Value>, named: &mut BTreeSet<String>) {
    if let Some([first, second]) = value["oneOf"].as_array().map(Vec::as_slice) {
        let null = json!({"type": "null"});
        let other = if *first == null { Some(second) } else { Some(first).filter(|_| *second == null) };
        let name = other.and_then(|other| other["$ref"].as_str()?.rsplit('/').next()).map(str::to_owned);
        let plain = name.and_then(|name| Some((schemas.get(&name).filter(|schema| is_plain(schema))?, name)));
        if let (Some((plain, name)), Some(members)) = (plain, value.as_object_mut()) {
            members.remove("oneOf");
            if is_long(plain) {
                members.insert("$ref".to_owned(), reference(&nullable_name(&name))["$ref"].take());
                named.insert(name);
            } else {
                let rules = plain.as_object().into_iter().flatten().filter(|(name, _)| *name != "examples");
                for (name, rule) in rules {
                    let rule = if name == "type" { json!([rule, "null"]) } else { rule.clone() };
                    members.entry(name).or_insert(rule);
                }
            }
        }
    }
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| inline_in(item, schemas, named)),
        Value::Object(members) => members.values_mut().for_each(|member| inline_in(member, schemas, named)),
        _ => {}
    }
}

/// Whether the rule of a text or a number is so long that it is better told once.
fn is_long(plain: &Value) -> bool {
    const LONG: usize = 60;
    let is_rule = |name: &str| !["type", "description", "example", "examples"].contains(&name);
    let rules = plain.as_object().into_iter().flatten().filter(|(name, _)| is_rule(name));
    rules.map(|(name, rule)| name.len() + rule.to_string().len()).sum::<usize>() > LONG
}

/// Whether a schema is that of one text or number, and of no list of codes.
fn is_plain(schema: &Value) -> bool {
    let kinds = ["string", "number", "integer"];
    schema["type"].as_str().is_some_and(|kind| kinds.contains(&kind)) && schema.get("enum").is_none()
}

fn require_members(value: &mut Value) {
    // What is handed in says itself what it needs.
    let is_answer = value.get("additionalProperties").is_none_or(|others| *others != false);
    let is_object = value.get("type").is_some_and(|kind| kind == "object") && is_answer;
    let Some(members) = value.get_mut("properties").and_then(Value::as_object_mut).filter(|_| is_object)
    else {
        return;
    };
    let mut required = Vec::new();
    for (name, member) in members {
        let may_be_absent = MAY_BE_ABSENT.contains(&name.as_str()) || is_name(name);
        match member.get_mut("type").and_then(Value::as_array_mut) {
            // What is left out is never null.
            Some(kinds) if may_be_absent => {
                kinds.retain(|kind| kind != "null");
                if let [kind] = &kinds[..] {
                    member["type"] = kind.clone();
                }
            }
            _ => required.push(name.clone()),
        }
    }
    value["required"] = required.into();
}

/// Every integer says how wide it is.
fn format_integers(value: &mut Value) {
    let is_integer = value["type"] == "integer" || value["type"] == json!(["integer", "null"]);
    if is_integer && value.get("format").is_none() {
        value["format"] = "int64".into();
    }
}

/// Extensions come in no order of their own.
fn order_extensions(value: &mut Value) {
    let Some(members) = value.as_object_mut() else { return };
    for name in ["x-enum-varnames", "x-enumDescriptions"] {
        if let Some(said) = members.shift_remove(name) {
            members.insert(name.to_owned(), said);
        }
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

/// With `fields` an item has the members asked for and no others: a schema of its own says so.
fn select_members(document: &mut Value) {
    let mut selectable = Vec::new();
    for (_, item) in document["paths"].as_object_mut().into_iter().flatten() {
        let Some(list) = item.get_mut("get") else { continue };
        let page = list["responses"]["200"]["content"]["application/json"]["schema"]["$ref"].as_str();
        let Some(name) = page.and_then(|page| Some(page.rsplit_once("/Page_")?.1.to_owned())) else {
            continue;
        };
        let mut parameters = list["parameters"].as_array_mut().into_iter().flatten();
        let Some(fields) = parameters.find(|parameter| parameter["name"] == "fields") else { continue };
        fields["schema"]["items"] = reference(&format!("{name}Member"));
        selectable.push(name);
    }
    let Some(schemas) = document["components"]["schemas"].as_object_mut() else { return };
    for name in selectable {
        let Some(mut selected) = schemas.get(&name).cloned() else { continue };
        let members: Vec<&String> =
            selected["properties"].as_object().into_iter().flat_map(Map::keys).collect();
        let listed = json!({
            "type": "string", "enum": members, "description": format!("Names of members of {name}, for `fields`."),
        });
        schemas.insert(format!("{name}Member"), listed);
        selected.as_object_mut().map(|selected| selected.remove("required"));
        let (one, of_page) = (format!("Selected{name}"), format!("Page_{name}"));
        selected["description"] =
            format!("As {name}, with the members that `fields` asks for; all by default.").into();
        schemas.insert(one.clone(), selected);
        schemas[&of_page]["properties"]["items"]["items"] = reference(&one);
    }
    // In a dry run they have no id.
    schemas["RecordedObservations"]["properties"]["items"]["items"] = reference("SelectedObservation");
}
