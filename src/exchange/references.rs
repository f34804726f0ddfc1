//! What rows that are handed in refer to, looked up by their members alone: so that all that is not registered is told
//! together, beside whatever else is wrong.

use serde_json::{Map, Value};

use crate::db::{Conn, areas, metrics, plan_items, plans, projects, reports, units};
use crate::domain::access::Sight;
use crate::error::{Error, Fault, Invalid, Place, Result};

/// What a member refers to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refers {
    /// An area.
    Area,
    /// A metric that may be seen.
    Metric,
    /// A plan.
    Plan,
    /// A plan item that may be seen.
    PlanItem,
    /// A project that may be seen.
    Project,
    /// A report.
    Report,
    /// A unit.
    Unit,
}

/// Members that refer to something, by their paths; a list refers by each of its items.
pub type References = &'static [(&'static str, Refers)];

/// Items of a longer list are not looked up: the list is refused for its length.
const MOST_ITEMS: usize = 200;

/// What is wrong with the form of a body, and what it refers to and is not there, in the order of the body.
pub fn with_unregistered(
    conn: &mut Conn,
    sight: Sight,
    references: References,
    members: &Map<String, Value>,
    faults: &[Fault],
) -> Error {
    let unregistered = match unregistered(conn, sight, references, members) {
        Ok(unregistered) => unregistered,
        Err(error) => return error,
    };
    let is_known = |other: &Fault| faults.iter().any(|fault| fault.place == other.place);
    let others = unregistered.into_iter().filter(|other| !is_known(other));
    let mut all: Vec<Fault> = faults.iter().cloned().chain(others).collect();
    all.sort_by_key(|fault| position(members, fault));
    Error::Invalid(all)
}

/// The place of the member that a fault is of, among those that were sent; at the end where it was not.
fn position(members: &Map<String, Value>, fault: &Fault) -> usize {
    let member = match &fault.place {
        Place::Pointer(pointer) => pointer.split('/').nth(1),
        _ => None,
    };
    let position = member.and_then(|member| members.keys().position(|name| name == member));
    position.unwrap_or(members.len())
}

/// The faults of the members that refer to what is not registered, or may not be seen. What cannot be read refers to
/// nothing.
pub fn unregistered(
    conn: &mut Conn,
    sight: Sight,
    references: References,
    members: &Map<String, Value>,
) -> Result<Vec<Fault>> {
    let mut faults = Vec::new();
    for &(path, refers) in references {
        let (name, inner) = path.split_once('/').unwrap_or((path, ""));
        let mut keys = Vec::new();
        if let Some(member) = members.get(name) {
            collect(member, inner, format!("/{name}"), &mut keys);
        }
        for (place, key) in keys {
            if !is_registered(conn, sight, refers, &key)? {
                faults.push(Fault::pointer(place, Invalid::unregistered(key)));
            }
        }
    }
    Ok(faults)
}

/// The texts at the end of a path, each with its place.
fn collect(value: &Value, path: &str, place: String, keys: &mut Vec<(String, String)>) {
    match value {
        Value::Array(items) if items.len() <= MOST_ITEMS => {
            for (index, item) in items.iter().enumerate() {
                collect(item, path, format!("{place}/{index}"), keys);
            }
        }
        Value::Object(members) => {
            let (name, inner) = path.split_once('/').unwrap_or((path, ""));
            if let Some(member) = members.get(name) {
                collect(member, inner, format!("{place}/{name}"), keys);
            }
        }
        Value::String(key) if path.is_empty() => keys.push((place, key.trim().to_owned())),
        _ => {}
    }
}

fn is_registered(conn: &mut Conn, sight: Sight, refers: Refers, key: &str) -> Result<bool> {
    match refers {
        Refers::Area => match key.parse() {
            Ok(code) => Ok(areas::get(conn, code)?.is_some()),
            Err(_) => Ok(true),
        },
        Refers::Metric => is_found(metrics::find(conn, sight, key)),
        Refers::Plan => Ok(plans::get(conn, key)?.is_some()),
        Refers::PlanItem => is_found(plan_items::find(conn, sight, key)),
        Refers::Project => is_found(projects::find(conn, sight, key)),
        Refers::Report => Ok(reports::get(conn, key)?.is_some()),
        Refers::Unit => Ok(units::get(conn, key)?.is_some()),
    }
}

/// Whether what was looked for is there.
pub fn is_found<T>(found: Result<T>) -> Result<bool> {
    match found {
        Ok(_) => Ok(true),
        Err(Error::NotFound { .. }) => Ok(false),
        Err(other) => Err(other),
    }
}
