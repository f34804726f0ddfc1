//! What the columns of a table mean, as the schema of its wire type says: it is written once, beside the
//! member.

use serde_json::Value;
use utoipa::ToSchema;

use super::table::path;

/// The description of the member that each column shows; none where it has none.
pub fn columns<T: ToSchema>(columns: &[&str]) -> Vec<Option<String>> {
    let mut schemas = Vec::new();
    T::schemas(&mut schemas);
    let known: Vec<(String, Value)> = schemas
        .into_iter()
        .filter_map(|(name, schema)| Some((name, serde_json::to_value(schema).ok()?)))
        .collect();
    let root = serde_json::to_value(T::schema()).unwrap_or_default();
    columns
        .iter()
        .map(|column| {
            let mut member = &root;
            for name in path(column).0.split('.') {
                member = property(member, &known, name)?;
            }
            Some(description(member)?.replace('\n', " "))
        })
        .collect()
}

/// A property of a schema, also where it is one of several, or another schema.
fn property<'a>(schema: &'a Value, known: &'a [(String, Value)], name: &str) -> Option<&'a Value> {
    if let Some(found) = schema["properties"].get(name) {
        return Some(found);
    }
    if let Some(reference) = schema["$ref"].as_str() {
        let (_, other) = known.iter().find(|(name, _)| reference.ends_with(&format!("/{name}")))?;
        return property(other, known, name);
    }
    let parts = ["allOf", "oneOf"].into_iter().filter_map(|kind| schema[kind].as_array());
    parts.flatten().find_map(|part| property(part, known, name))
}

/// What is said of a member, if need be in one of its choices.
fn description(member: &Value) -> Option<&str> {
    let choices = member["oneOf"].as_array().into_iter().flatten();
    std::iter::once(member).chain(choices).find_map(|part| part["description"].as_str())
}
