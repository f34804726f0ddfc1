//! Links: whatever answers with a row leads to the operations on that row.

use serde_json::{Map, Value, json};

/// An operation on one row, `/metrics/{code}` or what is below it. The row may belong to another one, whose
/// parameters are those of the path that leads here.
struct Target {
    /// The path before the last parameter.
    stem: String,
    /// Name of the parameter, which is also the member that holds its value.
    key: String,
    operation_id: String,
    takes_tag: bool,
    is_read: bool,
}

/// Adds the links to all answers.
pub fn add(paths: &mut Map<String, Value>) {
    let targets = targets(paths);
    for (path, item) in paths.iter_mut() {
        for (method, operation) in item.as_object_mut().into_iter().flatten() {
            let (id, is_list) = (operation["operationId"].clone(), method == "get" && !path.ends_with('}'));
            let links: Map<String, Value> = targets
                .iter()
                .filter(|target| {
                    *path == target.stem || *path == format!("{}/{{{}}}", target.stem, target.key)
                })
                // An item of a list leads to itself, and from there to the rest.
                .filter(|target| target.operation_id != id && (!is_list || target.is_read))
                .map(|target| (target.operation_id.clone(), target.link(is_list)))
                .collect();
            // Of what a dry run answers there is no row yet.
            let is_new = !operation["responses"]["201"].is_null();
            for status in if is_new { &["201"][..] } else { &["200"] } {
                let answer = operation["responses"].get_mut(status).filter(|_| !links.is_empty());
                if let Some(answer) =
                    answer.filter(|answer| answer["content"].get("application/json").is_some())
                {
                    answer["links"] = links.clone().into();
                }
            }
        }
    }
}

fn targets(paths: &Map<String, Value>) -> Vec<Target> {
    let mut targets = Vec::new();
    for (path, item) in paths {
        let Some((stem, (key, _))) =
            path.rsplit_once("/{").and_then(|(stem, rest)| Some((stem, rest.split_once('}')?)))
        else {
            continue;
        };
        for (method, operation) in item.as_object().into_iter().flatten() {
            let parameters = operation["parameters"].as_array().into_iter().flatten();
            targets.push(Target {
                stem: stem.to_owned(),
                key: key.to_owned(),
                operation_id: operation["operationId"].as_str().unwrap_or_default().to_owned(),
                is_read: method == "get" && path.ends_with('}'),
                takes_tag: parameters.clone().any(|parameter| parameter["name"] == "If-Match"),
            });
        }
    }
    targets
}

impl Target {
    /// The link from a row, or from the first of a list.
    fn link(&self, is_list: bool) -> Value {
        let row = if is_list { "/items/0" } else { "" };
        let mut parameters =
            json!({format!("path.{}", self.key): format!("$response.body#{row}/{}", self.key)});
        for outer in self.stem.split('{').skip(1).filter_map(|rest| rest.split('}').next()) {
            parameters[format!("path.{outer}")] = format!("$request.path.{outer}").into();
        }
        if self.takes_tag && !is_list {
            parameters["header.If-Match"] = "$response.header.ETag".into();
        }
        json!({"operationId": self.operation_id, "parameters": parameters})
    }
}
