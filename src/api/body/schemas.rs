//! The schemas of bodies, made from those of what they hold. What their members mean is told with the answer's:
//! see `openapi/bodies.rs`.

use std::borrow::Cow;

use serde_json::{Map, Value, json};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::changes::Changes;
use super::rows::{New, Put, Writable, read_only};
use super::why::Why;
use crate::domain::members::Members;

type Schemas = Vec<(String, RefOr<Schema>)>;

impl<D: Writable> ToSchema for New<D> {
    fn name() -> Cow<'static, str> {
        D::name()
    }

    fn schemas(schemas: &mut Schemas) {
        D::schemas(schemas);
        Why::schemas(schemas);
    }
}

impl<D: Writable> PartialSchema for New<D> {
    fn schema() -> RefOr<Schema> {
        finished(input::<D>())
    }
}

impl<D: Writable> ToSchema for Put<D> {
    fn name() -> Cow<'static, str> {
        D::name()
    }

    fn schemas(schemas: &mut Schemas) {
        D::schemas(schemas);
        D::Answer::schemas(schemas);
        Why::schemas(schemas);
    }
}

impl<D: Writable> PartialSchema for Put<D> {
    fn schema() -> RefOr<Schema> {
        let mut schema = input::<D>();
        send_back::<D>(&mut schema, &[]);
        if let Some(required) = schema["required"].as_array_mut() {
            // The path says it.
            required.retain(|name| name != "code");
        }
        finished(schema)
    }
}

impl<D: Writable> ToSchema for Changes<D> {
    fn name() -> Cow<'static, str> {
        format!("{}Changes", D::Answer::name()).into()
    }

    fn schemas(schemas: &mut Schemas) {
        let mut inner = Schemas::new();
        D::schemas(&mut inner);
        D::Answer::schemas(&mut inner);
        let mut parts = Schemas::new();
        add_parts(&changes(input::<D>()), &inner, &mut parts);
        schemas.extend(inner.into_iter().chain(parts));
        Why::schemas(schemas);
    }
}

impl<D: Writable> PartialSchema for Changes<D> {
    fn schema() -> RefOr<Schema> {
        let mut schema = changes(input::<D>());
        send_back::<D>(&mut schema, D::KEY);
        schema["description"] =
            "A merge patch (RFC 7396): a member that is absent stays as it is, null clears it. A row as it was read \
             is one too: members that are read only may be sent back as they are."
                .into();
        finished(schema)
    }
}

/// The members of a row that can be handed in.
pub fn input<D: Writable>() -> Value {
    let mut schema = plain(&D::schema());
    if let Some(members) = schema["properties"].as_object_mut() {
        members.retain(|name, _| !D::SEEDS_ONLY.contains(&name.as_str()));
    }
    schema
}

/// A merge patch of what a schema describes: null stands for what is absent, and lists are replaced.
fn changes(mut schema: Value) -> Value {
    let required = schema.as_object_mut().and_then(|schema| schema.remove("required")).unwrap_or_default();
    let is_required = |name: &str| required.as_array().into_iter().flatten().any(|one| one == name);
    for (name, member) in members_mut(&mut schema) {
        change_in_part(member);
        if !is_required(name) {
            or_null(member);
        }
    }
    schema
}

/// Adds the changes of the objects that stand inside of a row: these can be changed in part.
fn add_parts(of: &Value, known: &Schemas, parts: &mut Schemas) {
    let choices =
        |member: &Value| member["oneOf"].as_array().cloned().unwrap_or_else(|| vec![member.clone()]);
    let members = of["properties"].as_object().into_iter().flat_map(Map::values).flat_map(choices);
    for member in members {
        let part = member["$ref"]
            .as_str()
            .and_then(|reference| reference.rsplit('/').next()?.strip_suffix("Changes"));
        let whole =
            part.and_then(|part| known.iter().find(|(name, _)| name.strip_suffix("Input") == Some(part)));
        if let (Some(part), Some((_, whole))) = (part, whole) {
            let part_changes = changes(plain(whole));
            add_parts(&part_changes, known, parts);
            parts.push((format!("{part}Changes"), finished(part_changes)));
        }
    }
}

/// Refers to the changes of an object, where a member refers to the object.
fn change_in_part(member: &mut Value) {
    for choice in member["oneOf"].as_array_mut().into_iter().flatten() {
        change_in_part(choice);
    }
    if let Some(Value::String(reference)) = member.get_mut("$ref")
        && let Some(part) = reference.strip_suffix("Input")
    {
        *reference = format!("{part}Changes");
    }
}

fn or_null(schema: &mut Value) {
    if let Some(reference) = schema.as_object_mut().and_then(|schema| schema.remove("$ref")) {
        schema["oneOf"] = json!([{"$ref": reference}, {"type": "null"}]);
    } else if schema["type"].is_string() {
        schema["type"] = json!([schema["type"], "null"]);
    }
}

/// Adds the members that may only be sent back as they were read, and marks those that may not change.
fn send_back<D: Writable>(schema: &mut Value, fixed: &[&str]) {
    let answer = Members::of::<D::Answer>().whole().schema;
    for name in read_only::<D>().into_iter().filter(|name| !D::SEEDS_ONLY.contains(name)) {
        schema["properties"][name] = answer["properties"][name].clone();
    }
    for name in fixed {
        schema["properties"][*name]["readOnly"] = true.into();
    }
}

/// Why something is written can stand in every body: see `openapi/bodies.rs`.
pub fn explain(schema: &mut Value) {
    let mut why = plain(&Why::schema());
    for (name, member) in members_mut(&mut why) {
        schema["properties"][name] = member.clone();
    }
}

/// A schema as JSON.
pub fn plain(schema: &RefOr<Schema>) -> Value {
    serde_json::to_value(schema).unwrap_or_default()
}

/// A schema out of its JSON.
pub fn finished(schema: Value) -> RefOr<Schema> {
    serde_json::from_value(schema).unwrap_or_else(|_| ObjectBuilder::new().into())
}

/// The members of a schema.
pub fn members_mut(schema: &mut Value) -> impl Iterator<Item = (&String, &mut Value)> {
    schema.get_mut("properties").and_then(Value::as_object_mut).into_iter().flat_map(Map::iter_mut)
}
