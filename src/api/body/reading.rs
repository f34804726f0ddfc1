//! Reading values, with every refusal told by its place.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::domain::decimal::Decimal;
use crate::error::{Error, Fault, Invalid, Result, Text};

/// Reads a value.
///
/// Errors: `Malformed` for what cannot be read, `Invalid` for what is missing; each with its pointer.
pub fn parse<T: DeserializeOwned>(mut value: Value) -> Result<T> {
    loop {
        let (path, error) = match serde_path_to_error::deserialize(&value) {
            Ok(read) => return Ok(read),
            Err(error) => (pointer(error.path()), error.into_inner()),
        };
        // 2819.0 is an integer wherever one is taken; of a figure it says how many decimals are known.
        let integer = value.pointer_mut(&path).and_then(|place| Some((integer(place)?, place)));
        let Some((integer, place)) = integer else { return Err(unreadable(path, &error)) };
        *place = integer;
    }
}

/// The integer that a number is, where it is written otherwise.
fn integer(value: &Value) -> Option<Value> {
    let digits = value.as_number().filter(|number| number.as_i64().is_none())?.to_string();
    let millionths = digits.parse::<Decimal>().ok()?.millionths();
    (millionths % 1_000_000 == 0).then(|| (millionths / 1_000_000).into())
}

/// The fault of a value that a deserialiser refuses.
fn unreadable(path: String, error: &serde_json::Error) -> Error {
    let told = error.to_string();
    // Serde tells these three by their first words only.
    let named = |start: &str| told.strip_prefix(start)?.split('`').next();
    if let Some(name) = named("unknown field `") {
        let place = if path.ends_with(&format!("/{name}")) { path } else { format!("{path}/{name}") };
        let (zh, en) = ("没有这个成员", "there is no such member");
        return Error::Malformed(vec![Fault::pointer(place, Invalid::new("unknown_member", zh, en))]);
    }
    if let Some(name) = named("missing field `") {
        let (zh, en) = ("缺少这个成员", "is missing");
        return Fault::pointer(format!("{path}/{name}"), Invalid::new("missing", zh, en)).into();
    }
    if told.starts_with("invalid type: null") {
        return Fault::pointer(path, Invalid::new("missing", "不能为空", "cannot be null")).into();
    }
    if let Some(invalid) = Invalid::of_deserializer(error) {
        return Fault::pointer(path, invalid).into();
    }
    let message = Text::of_deserializer(error);
    Error::Malformed(vec![Fault::pointer(path, Invalid { code: "malformed_value", message })])
}

/// A place in a value as a JSON pointer (RFC 6901).
fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    let part = |segment: &Segment| match segment {
        Segment::Seq { index } => format!("/{index}"),
        Segment::Map { key } => format!("/{}", key.replace('~', "~0").replace('/', "~1")),
        Segment::Enum { variant } => format!("/{variant}"),
        Segment::Unknown => String::new(),
    };
    path.iter().map(part).collect()
}

/// Refuses whatever is left of the members of a body.
pub fn refuse_all(members: &Map<String, Value>) -> Result<()> {
    let unknown = |name: &String| {
        let (zh, en) = ("没有这个成员", "there is no such member");
        Fault::pointer(format!("/{name}"), Invalid::new("unknown_member", zh, en))
    };
    let faults: Vec<Fault> = members.keys().map(unknown).collect();
    if faults.is_empty() { Ok(()) } else { Err(Error::Malformed(faults)) }
}
