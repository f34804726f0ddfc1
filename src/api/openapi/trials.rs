//! What a dry run answers: what it would create has no id yet, which is all that its schemas differ in.

use serde_json::{Value, json};

/// Rows that get their id when they are created, and what holds several of them.
const NUMBERED: [&str; 2] = ["Observation", "ProgressReport"];
const SEVERAL: (&str, &str) = ("RecordedObservations", "Observation");

/// Gives the answers to dry runs schemas of their own.
pub fn leave_out_ids(document: &mut Value) {
    let Some(schemas) = document["components"]["schemas"].as_object_mut() else { return };
    for name in NUMBERED {
        let Some(mut tried) = schemas.get(name).cloned() else { continue };
        if let Some(required) = tried["required"].as_array_mut() {
            required.retain(|member| member != "id");
        }
        tried["description"] = format!("As {name}, but without `id` where a dry run would create it.").into();
        schemas.insert(format!("Tried{name}"), tried);
    }
    let (several, one) = SEVERAL;
    if let Some(mut tried) = schemas.get(several).cloned() {
        refer(&mut tried, one);
        schemas.insert(format!("Tried{several}"), tried);
    }
    let operations = document["paths"].as_object_mut().into_iter().flatten();
    for post in operations.filter_map(|(_, item)| item.get_mut("post")) {
        let takes_trials = post["parameters"].to_string().contains("\"dry_run\"");
        let answer = post["responses"].get_mut("200").and_then(|answer| answer.get_mut("content"));
        if let Some(answer) = answer.filter(|_| takes_trials) {
            NUMBERED.into_iter().chain([several]).for_each(|name| refer(answer, name));
        }
    }
}

/// Lets what refers to a schema refer to that of dry runs.
fn refer(value: &mut Value, name: &str) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| refer(item, name)),
        Value::Object(members) => {
            for (member, inner) in members.iter_mut() {
                match member.as_str() {
                    "$ref" if *inner == format!("#/components/schemas/{name}") => {
                        *inner = json!(format!("#/components/schemas/Tried{name}"));
                    }
                    // What an example shows is data, whatever it looks like.
                    "example" => {}
                    _ => refer(inner, name),
                }
            }
        }
        _ => {}
    }
}
