//! Every problem that any test meets is in the document, with its codes: the description of the status says of this
//! operation which problems it can give, and of what is in conflict or does not hold which codes.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{LazyLock, Mutex};

use actix_web::dev::ResourceDef;
use serde_json::Value;

use crate::harness::Answer;
use crate::openapi::{document, operations};

/// Every operation: its path, its method and itself.
static OPERATIONS: LazyLock<Vec<(ResourceDef, String, Value)>> = LazyLock::new(|| {
    let all = operations().into_iter();
    all.map(|(path, method, operation)| (ResourceDef::new(path), method.to_uppercase(), operation)).collect()
});

/// The codes that any body can have, of which the document tells at its beginning.
const GENERAL: &str = "`bidirectional_control` `control_character` `empty` `missing` `out_of_range` `too_long` `too_many` \
                       `unknown_reference` `zero_width_character`";

/// Of an operation and a status the problems, and of each the codes of its errors.
type Refusals = BTreeMap<String, BTreeMap<u16, BTreeMap<String, BTreeSet<String>>>>;

/// Statuses of which the codes are told.
const TOLD: [u16; 2] = [409, 422];

/// Checks that the document tells a problem.
pub fn check(method: &str, path: &str, answer: &Answer) {
    let method = if method == "HEAD" { "GET" } else { method };
    // Which methods a path takes, the document tells by having them.
    if answer.header("content-type") != "application/problem+json" || answer.status == 405 {
        return;
    }
    let Some((_, _, operation)) =
        OPERATIONS.iter().find(|(resource, taken, _)| taken == method && resource.is_match(path))
    else {
        return;
    };
    let problem: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let slug = problem["type"].as_str().unwrap_or_default().rsplit('/').next().unwrap_or_default().to_owned();
    let codes: BTreeSet<&str> = problem["errors"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|error| error["code"].as_str())
        .collect();
    let (id, status) = (operation["operationId"].as_str().unwrap_or_default(), answer.status.as_u16());
    let said = operation["responses"][status.to_string()]["description"].as_str().unwrap_or_default();
    let said = if TOLD.contains(&status) { format!("{said} {GENERAL}") } else { said.to_owned() };
    let is_said = |word: &str| said.contains(&format!("`{word}`"));
    let unsaid: Vec<&str> =
        codes.into_iter().filter(|code| TOLD.contains(&status) && !is_said(code)).collect();
    if is_said(&slug) && unsaid.is_empty() {
        return;
    }
    assert!(
        std::env::var_os("UPDATE_REFUSALS").is_some(),
        "{id} answers {status} {slug} {unsaid:?}: {HOW}\n{problem}"
    );
    note(id, status, &slug, &unsaid);
}

const HOW: &str = "the document does not say so. UPDATE_REFUSALS=1 notes it in openapi/refusals.json";

/// Notes a refusal, of which the document will then tell.
fn note(id: &str, status: u16, slug: &str, codes: &[&str]) {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _turn = ONE_AT_A_TIME.lock();
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi/refusals.json");
    let mut known: Refusals = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    let of_kind = known.entry(id.to_owned()).or_default().entry(status).or_default().entry(slug.to_owned());
    of_kind.or_default().extend(codes.iter().map(|code| (*code).to_owned()));
    std::fs::write(&file, format!("{}\n", serde_json::to_string_pretty(&known).unwrap())).unwrap();
}

#[test]
fn the_codes_that_any_body_can_have_are_told_at_the_beginning() {
    let about = document()["info"]["description"].as_str().unwrap().to_owned();
    for code in GENERAL.split_whitespace() {
        assert!(about.contains(code), "{code}");
    }
}

#[test]
fn every_refusal_of_every_operation_names_its_problems() {
    for (path, method, operation) in operations() {
        let takes_key = operation["parameters"].to_string().contains("\"Idempotency-Key\"");
        for (status, answer) in
            operation["responses"].as_object().unwrap().iter().filter(|(status, _)| status.as_str() >= "400")
        {
            let said = answer["description"].as_str().unwrap();
            assert!(said.contains(": `") && said.ends_with('.'), "{method} {path} {status}: {said}");
            let tells_key = said.contains("`idempotency_mismatch`");
            assert_eq!(tells_key, takes_key && status == "422", "{method} {path} {status}: {said}");
        }
    }
}
