//! What a dry run answers: a progress report that it would create has no id yet, which is all that its schema differs
//! in. Of observations one or several are answered, and so by a schema that needs no member.

use serde_json::Value;

use super::sharing::reference;

const REPORT: &str = "ProgressReport";

/// Gives the answer to dry runs a schema of its own.
pub fn leave_out_ids(document: &mut Value) {
    let Some(schemas) = document["components"]["schemas"].as_object_mut() else { return };
    let Some(mut tried) = schemas.get(REPORT).cloned() else { return };
    if let Some(required) = tried["required"].as_array_mut() {
        required.retain(|member| member != "id");
    }
    tried["description"] = format!("As {REPORT}, but without `id` where a dry run would create it.").into();
    schemas.insert(format!("Tried{REPORT}"), tried);
    let operations = document["paths"].as_object_mut().into_iter().flatten();
    for post in operations.filter_map(|(_, item)| item.get_mut("post")) {
        let takes_trials = post["parameters"].to_string().contains("\"dry_run\"");
        let Some(answer) = post["responses"].get_mut("200").filter(|_| takes_trials) else { continue };
        let schema = &mut answer["content"]["application/json"]["schema"];
        if *schema == reference(REPORT) {
            *schema = reference(&format!("Tried{REPORT}"));
        }
    }
}
