//! What a refusal means for an operation, and the problems that it then gives. Which codes `errors` can hold is known
//! from the tests: they note each that they meet in `openapi/refusals.json`, and fail on one that is not in it.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use actix_web::http::{Method, StatusCode};

use crate::api::problem::kinds::KINDS;

/// Of an operation and a status the problems, and of each the codes of its errors.
type Refusals = BTreeMap<String, BTreeMap<u16, BTreeMap<String, Vec<String>>>>;

static REFUSALS: LazyLock<Refusals> = LazyLock::new(|| {
    let known = serde_json::from_str(include_str!("../../../openapi/refusals.json"));
    known.unwrap_or_default()
});

/// The statuses of which each operation has codes of its own.
pub const OWN: [StatusCode; 2] = [StatusCode::CONFLICT, StatusCode::UNPROCESSABLE_ENTITY];

/// What the answer of a status says of an operation, which may take an Idempotency-Key.
pub fn told(status: StatusCode, id: &str, method: &Method, takes_key: bool) -> String {
    let kinds = KINDS.iter().filter(|kind| kind.status == status);
    let Some(meaning) = meaning(status, id, method) else {
        let title = kinds.clone().next().map_or("", |kind| kind.title.1);
        let slugs: Vec<String> = kinds.map(|kind| format!("`{}`", kind.slug)).collect();
        return format!("{title}: {}.", slugs.join(", "));
    };
    let known = REFUSALS.get(id).and_then(|statuses| statuses.get(&status.as_u16()));
    let of_kind = |kind: &str| {
        let codes: Vec<String> = known
            .and_then(|kinds| kinds.get(kind))
            .into_iter()
            .flatten()
            .map(|code| format!("`{code}`"))
            .collect();
        if codes.is_empty() { format!("`{kind}`") } else { format!("`{kind}` ({})", codes.join(", ")) }
    };
    // Where no test meets any, it is the commonest.
    let first = kinds.clone().next().filter(|_| known.is_none());
    let is_given = |slug: &str| {
        known.is_some_and(|known| known.contains_key(slug))
            || takes_key && slug == "idempotency_mismatch"
            || first.is_some_and(|first| first.slug == slug)
    };
    let given: Vec<String> =
        kinds.filter(|kind| is_given(kind.slug)).map(|kind| of_kind(kind.slug)).collect();
    format!("{meaning} {}.", given.join("; "))
}

/// What a conflict, a precondition that fails, or what does not hold means for an operation.
fn meaning(status: StatusCode, id: &str, method: &Method) -> Option<&'static str> {
    let is_move = id.starts_with("move_");
    Some(match (status, method) {
        (StatusCode::CONFLICT, _) if is_move => {
            "There is no such move from the present state, or the row cannot make it now:"
        }
        (StatusCode::CONFLICT, &Method::DELETE) => "Something else refers to it, or it may not go:",
        (StatusCode::CONFLICT, &Method::PATCH) => "The change does not go together with what is stored:",
        (StatusCode::CONFLICT, _) => {
            "The code is taken, or the row does not go together with what is stored:"
        }
        (StatusCode::PRECONDITION_FAILED, &Method::GET) => "`If-Match` names another version than this one:",
        (StatusCode::PRECONDITION_FAILED, &Method::PUT) => {
            "It has changed since it was read (`If-Match`), or is there already (`If-None-Match: *`):"
        }
        (StatusCode::PRECONDITION_FAILED, _) => "It has changed since it was read:",
        (StatusCode::UNPROCESSABLE_ENTITY, &Method::GET) => "The parameters can be read, but do not hold:",
        (StatusCode::UNPROCESSABLE_ENTITY, _) => {
            "The request can be read, but does not hold; all its faults are told:"
        }
        _ => return None,
    })
}
