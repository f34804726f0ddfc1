//! The members of a row beside those that a request sends: which are the same, and which may not differ.

use serde::Serialize;
use serde_json::{Map, Number, Value};

use crate::domain::decimal::Decimal;
use crate::error::{Error, Fault, Invalid, Result};

/// The members of a row as it is answered.
pub fn members_of(row: &impl Serialize) -> Result<Map<String, Value>> {
    match serde_json::to_value(row) {
        Ok(Value::Object(members)) => Ok(members),
        Ok(other) => Err(Error::Corrupt(format!("no row: {other}"))),
        Err(error) => Err(Error::Corrupt(error.to_string())),
    }
}

/// Takes members out of others.
pub fn take(members: &mut Map<String, Value>, names: &[&str]) -> Map<String, Value> {
    names.iter().filter_map(|name| members.remove_entry(*name)).collect()
}

/// Whether a member that was sent is as it is in the row, where null is as good as absent.
pub fn same(sent: &Value, kept: Option<&Value>) -> bool {
    match (sent, kept.unwrap_or(&Value::Null)) {
        (Value::Number(sent), Value::Number(kept)) => {
            let read = |number: &Number| number.to_string().parse::<Decimal>();
            sent == kept || matches!((read(sent), read(kept)), (Ok(sent), Ok(kept)) if sent == kept)
        }
        (Value::Array(sent), Value::Array(kept)) => {
            sent.len() == kept.len() && sent.iter().zip(kept).all(|(sent, kept)| same(sent, Some(kept)))
        }
        (Value::Object(sent), Value::Object(kept)) => {
            let absent = |name: &&String| !sent.contains_key(*name);
            sent.iter().all(|(name, value)| same(value, kept.get(name)))
                && kept.keys().filter(absent).all(|name| same(&Value::Null, kept.get(name)))
        }
        (sent, kept) => sent == kept,
    }
}

/// Checks that members which no request can change are sent back as they are, where they are sent.
pub fn check_unchanged(sent: &Map<String, Value>, fixed: &[&str], row: &Map<String, Value>) -> Result<()> {
    let changed =
        sent.iter().filter(|(name, value)| fixed.contains(&name.as_str()) && !same(value, row.get(*name)));
    let faults = read_only_faults(changed.map(|(name, _)| name));
    if faults.is_empty() { Ok(()) } else { Err(Error::Malformed(faults)) }
}

/// The faults of members that no request sets.
pub fn read_only_faults<'a>(members: impl Iterator<Item = &'a String>) -> Vec<Fault> {
    let fault = |name: &String| {
        let (zh, en) = ("此成员不能由请求设置", "cannot be set by a request");
        Fault::pointer(format!("/{name}"), Invalid::new("read_only", zh, en))
    };
    members.map(fault).collect()
}
