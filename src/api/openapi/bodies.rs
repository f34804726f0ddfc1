//! What the members of bodies mean. A body has the members of the answer, less those that only the service sets, so
//! that each is described once: with the answer.

use serde_json::{Map, Value, json};

use crate::api::body::schemas::{explain, members_mut};
use crate::api::villages::types::VillageChanges;
use crate::domain::members::in_one_piece;

/// The schemas of what is handed in end in one of these, behind the name of what is answered.
const ENDINGS: [&str; 2] = ["Input", "Changes"];

/// Members of rows that are put in their place as they were read.
const STAMP: [&str; 2] = ["seq", "updated_at"];

/// Members of every body.
const EXPLAINING: [&str; 2] = ["reason", "comment"];

/// Describes the schemas of all bodies.
pub fn describe(schemas: &mut Map<String, Value>) {
    let names: Vec<String> = schemas.keys().cloned().collect();
    for name in names {
        let answered = ENDINGS.iter().find_map(|ending| schemas.get(name.strip_suffix(ending)?)).cloned();
        let answered = answered.map(|answered| in_one_piece(answered, |name| schemas.get(name)));
        let input =
            name.strip_suffix("Changes").and_then(|name| schemas.get(&format!("{name}Input"))).cloned();
        if let (Some(answered), Some(body)) = (answered, schemas.get_mut(&name)) {
            describe_as(body, &answered);
            mark_read_only(body, |name| STAMP.contains(&name));
            if let Some(input) = input {
                mark_read_only(body, |name| {
                    input["properties"].get(name).is_none() && !EXPLAINING.contains(&name)
                });
            }
        }
    }
    // One observation, or several, has the members of one.
    let observation = schemas["Observation"].clone();
    describe_as(&mut schemas["ObservationsInput"], &observation);
    let mut village = schemas["AreaChanges"].clone();
    mark_read_only(&mut village, |name| {
        !VillageChanges::MEMBERS.contains(&name) && !EXPLAINING.contains(&name)
    });
    schemas.insert("VillageChanges".to_owned(), village);
    // What is only sent back is described with the answer, and no client makes it up. Only here: schemas of utoipa have a
    // type.
    for (_, body) in
        schemas.iter_mut().filter(|(name, _)| ENDINGS.iter().any(|ending| name.ends_with(ending)))
    {
        for (_, member) in
            members_mut(body).filter(|(_, member)| member.get("readOnly") == Some(&Value::Bool(true)))
        {
            *member = json!({"readOnly": true, "description": "As it was read."});
        }
    }
}

/// Lets every body of a request say why something is written.
pub fn explain_all(document: &mut Value) {
    let operations =
        document["paths"].as_object().into_iter().flat_map(Map::values).filter_map(Value::as_object);
    let bodies = operations
        .flat_map(Map::values)
        .filter_map(|operation| operation["requestBody"]["content"].as_object());
    let schemas = bodies
        .flatten()
        .filter(|(media_type, _)| media_type.ends_with("json"))
        .filter_map(|(_, content)| content["schema"]["$ref"].as_str()?.rsplit('/').next());
    let names: Vec<String> = schemas.map(str::to_owned).collect();
    for name in names {
        explain(&mut document["components"]["schemas"][name]);
    }
}

/// Marks the members that may only be sent back as they were read.
fn mark_read_only(body: &mut Value, is_fixed: impl Fn(&str) -> bool) {
    for (name, member) in members_mut(body) {
        if is_fixed(name) {
            member["readOnly"] = true.into();
        }
    }
}

fn describe_as(body: &mut Value, answered: &Value) {
    take_over(body, answered);
    for (name, member) in members_mut(body) {
        if let Some(answered) = answered["properties"].get(name) {
            take_over(member, answered);
        }
    }
}

fn take_over(described: &mut Value, answered: &Value) {
    let Some(described) = described.as_object_mut() else { return };
    for what in ["description", "example"] {
        if let Some(said) = answered.get(what) {
            described.entry(what).or_insert_with(|| said.clone());
        }
    }
}
