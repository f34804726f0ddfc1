//! What stands in the document several times is told once, in its components: answers with problems, parameters,
//! headers, and the lists of codes that only parameters have.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value, json};

/// Lists of codes that only parameters have: the parameter, how many words there are, and the name of the list.
const LISTS: &[(&str, usize, &str)] = &[
    ("If-None-Match", 1, "AnyTag"),
    ("count", 1, "CountMode"),
    ("data", 2, "ChangeData"),
    ("format", 2, "FeedFormat"),
    ("format", 3, "BulletinFormat"),
    ("format", 4, "ListFormat"),
    ("format", 6, "CubeFormat"),
    ("frequency", 6, "SeriesFrequency"),
    ("on_conflict", 3, "OnConflict"),
    ("thumbnail", 3, "ThumbnailSize"),
];

/// Shares what is the same.
pub fn share(document: &mut Value) {
    name_lists(document);
    leave_out_unused(document);
    share_all(document, "headers", |operation, visit| {
        for (_, answer) in members(&mut operation["responses"]) {
            for (name, header) in answer.get_mut("headers").into_iter().flat_map(members) {
                visit(&camel(name), header);
            }
        }
    });
    share_all(document, "links", |operation, visit| {
        for (_, answer) in members(&mut operation["responses"]) {
            for (name, link) in answer.get_mut("links").into_iter().flat_map(members) {
                visit(name, link);
            }
        }
    });
    share_examples(document);
    share_all(document, "responses", |operation, visit| {
        for (status, answer) in members(&mut operation["responses"]) {
            if status == "304" || answer["content"].get("application/problem+json").is_some() {
                visit(status, answer);
            }
        }
    });
    share_all(document, "parameters", |operation, visit| {
        for parameter in operation.get_mut("parameters").and_then(Value::as_array_mut).into_iter().flatten() {
            let name = camel(parameter["name"].as_str().unwrap_or_default());
            visit(&name, parameter);
        }
    });
}

/// Puts what an operation has several times, or others have too, into a part of the components. `find` visits it in an
/// operation, with the name that it is to have.
fn share_all(document: &mut Value, part: &str, find: impl Fn(&mut Value, &mut dyn FnMut(&str, &mut Value))) {
    let mut known: Vec<(String, Value, usize)> = Vec::new();
    let mut places: HashMap<Value, usize> = HashMap::new();
    each_operation(document, |operation| {
        find(operation, &mut |name, found| match places.get(found) {
            Some(&place) => known[place].2 += 1,
            None => {
                places.insert(found.clone(), known.len());
                known.push((name.to_owned(), found.clone(), 1));
            }
        });
    });
    known.retain(|(_, _, count)| *count > 1);
    // The commonest of several with one name has it as it is.
    known.sort_by_key(|(_, _, count)| std::cmp::Reverse(*count));
    let mut shared = Map::new();
    let mut names: HashMap<Value, String> = HashMap::new();
    for (name, value, _) in known {
        let numbered = (2..).map(|number| format!("{name}{number}"));
        let free = std::iter::once(name.clone()).chain(numbered).find(|name| !shared.contains_key(name));
        let name = free.unwrap_or_default();
        names.insert(value.clone(), name.clone());
        shared.insert(name, value);
    }
    each_operation(document, |operation| {
        find(operation, &mut |_, found| {
            if let Some(name) = names.get(found) {
                *found = json!({"$ref": format!("#/components/{part}/{name}")});
            }
        });
    });
    shared.sort_keys();
    document["components"][part] = shared.into();
}

/// As [`share_all`], of long examples, which are referred to in another way than they stand.
fn share_examples(document: &mut Value) {
    const LONG: usize = 200;
    show_alike(document);
    share_all(document, "examples", |operation, visit| {
        let id = operation["operationId"].as_str().unwrap_or_default().to_owned();
        for (_, answer) in members(&mut operation["responses"]) {
            for (_, content) in answer.get_mut("content").into_iter().flat_map(members) {
                let is_long = content.get("example").is_some_and(|example| example.to_string().len() > LONG);
                if is_long {
                    let mut named = json!({"value": content["example"].take()});
                    visit(&id, &mut named);
                    let Some(content) = content.as_object_mut() else { continue };
                    match named.get_mut("value") {
                        Some(example) => drop(content.insert("example".to_owned(), example.take())),
                        None => {
                            content.remove("example");
                            content.insert("examples".to_owned(), json!({"answer": named}));
                        }
                    }
                }
            }
        }
    });
}

/// A row after a change or a move is shown as it is read: one example tells both.
fn show_alike(document: &mut Value) {
    let mut shown: HashMap<Value, Value> = HashMap::new();
    each_example(document, &["show_"], |content| {
        shown.insert(content["schema"].clone(), content["example"].clone());
    });
    each_example(document, &["update_", "replace_", "move_"], |content| {
        if let Some(example) = shown.get(&content["schema"]) {
            content["example"] = example.clone();
        }
    });
}

/// Visits the JSON that operations of these verbs answer and show.
fn each_example(document: &mut Value, verbs: &[&str], mut visit: impl FnMut(&mut Value)) {
    each_operation(document, |operation| {
        let id = operation["operationId"].as_str().unwrap_or_default();
        if !verbs.iter().any(|verb| id.starts_with(verb)) {
            return;
        }
        for (_, answer) in members(&mut operation["responses"]) {
            let content = answer.get_mut("content").and_then(|content| content.get_mut("application/json"));
            content.filter(|content| content.get("example").is_some()).into_iter().for_each(&mut visit);
        }
    });
}

/// Leaves out the schemas that nothing refers to: texts and numbers that stand in the place of each that may be null.
fn leave_out_unused(document: &mut Value) {
    loop {
        let mut used = HashSet::new();
        add_used(document, &mut used);
        let Some(schemas) = document["components"]["schemas"].as_object_mut() else { return };
        let before = schemas.len();
        schemas.retain(|name, _| used.contains(name));
        if schemas.len() == before {
            return;
        }
    }
}

fn add_used(value: &Value, used: &mut HashSet<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| add_used(item, used)),
        Value::Object(members) => {
            let name = members
                .get("$ref")
                .and_then(Value::as_str)
                .and_then(|reference| reference.rsplit('/').next());
            used.extend(name.map(str::to_owned));
            members.values().for_each(|inner| add_used(inner, used));
        }
        _ => {}
    }
}

fn each_operation(document: &mut Value, mut visit: impl FnMut(&mut Value)) {
    for (_, item) in members(&mut document["paths"]) {
        members(item).for_each(|(_, operation)| visit(operation));
    }
}

fn members(value: &mut Value) -> impl Iterator<Item = (&String, &mut Value)> {
    value.as_object_mut().into_iter().flat_map(Map::iter_mut)
}

/// `plan_item` and `If-Match` as `PlanItem` and `IfMatch`.
fn camel(name: &str) -> String {
    let word = |word: &str| {
        let mut signs = word.chars();
        signs.next().map(|first| first.to_uppercase().chain(signs).collect::<String>()).unwrap_or_default()
    };
    name.split(['_', '-']).map(word).collect()
}

/// Gives every list of codes of a parameter its name.
fn name_lists(document: &mut Value) {
    let mut lists: Vec<(String, Value)> = Vec::new();
    for (name, schema) in members(&mut document["components"]["schemas"]) {
        if !schema["enum"].is_null() {
            lists.push((name.clone(), schema["enum"].clone()));
        }
    }
    let mut added = Map::new();
    each_operation(document, |operation| {
        for parameter in operation.get_mut("parameters").and_then(Value::as_array_mut).into_iter().flatten() {
            let parameter_name = parameter["name"].as_str().unwrap_or_default().to_owned();
            let schema = &mut parameter["schema"];
            let schema = if schema["items"].is_null() { schema } else { &mut schema["items"] };
            let Some(words) = schema.get("enum").cloned() else { continue };
            let default = schema.get("default").cloned();
            let count = words.as_array().map_or(0, Vec::len);
            let listed =
                LISTS.iter().find(|(parameter, most, _)| *parameter == parameter_name && *most == count);
            let name = match listed {
                Some((_, _, name)) => Some((*name).to_owned()),
                None => lists.iter().find(|(_, listed)| *listed == words).map(|(name, _)| name.clone()),
            };
            let Some(name) = name else { continue };
            let mut list = schema.take();
            if let Some(list) = list.as_object_mut() {
                list.remove("default");
            }
            if !lists.iter().any(|(known, _)| *known == name) {
                added.insert(name.clone(), list);
            }
            *schema = reference(&name);
            if let Some(default) = default {
                schema["default"] = default;
            }
        }
    });
    for (name, list) in added {
        document["components"]["schemas"][name] = list;
    }
}

/// What stands in the place of the schema of this name.
pub fn reference(name: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
}
