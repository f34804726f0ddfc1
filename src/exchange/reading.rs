//! Reading what is handed in: everything that is wrong with its form at once, each told by its place, in the order
//! of the text.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::domain::decimal::Decimal;
use crate::domain::members::{Described, Members};
use crate::error::{Error, Fault, Invalid, Refusal, Result};

/// A row that somebody hands in, by its members.
pub trait HandedIn: DeserializeOwned + ToSchema + 'static {
    /// Fills in the members whose default depends on others, where they are absent.
    fn fill(_: &mut Map<String, Value>) {}
}

/// Reads a row by its members. A member that is absent has its default.
///
/// Errors: as of [`read`].
pub fn read_row<T: HandedIn>(mut members: Map<String, Value>) -> Result<T> {
    T::fill(&mut members);
    read(Value::Object(members))
}

/// Reads a value.
///
/// Errors: `Malformed` when anything in it cannot be read, else `Invalid` when anything is missing or breaks a rule
/// that its schema states; both tell all faults of the form.
pub fn read<T: DeserializeOwned + ToSchema + 'static>(value: Value) -> Result<T> {
    let (read, found) = look::<T>(value);
    match read {
        Some(read) if found.is_empty() => Ok(read),
        _ => Err(refusal(found)),
    }
}

/// What is wrong with the form of a part of a value: nothing is missing in it.
///
/// Errors: `Malformed`, as of [`read`].
pub fn check_part<T: DeserializeOwned + ToSchema + 'static>(part: Value) -> Result<()> {
    let (_, mut found) = look::<T>(part);
    found.retain(|found| found.fault.invalid.code != "missing");
    if found.iter().any(|found| found.is_malformed) { Err(refusal(found)) } else { Ok(()) }
}

/// A fault of the form, and whether it is one of syntax.
#[derive(Debug)]
struct Found {
    fault: Fault,
    is_malformed: bool,
}

fn refusal(found: Vec<Found>) -> Error {
    let is_malformed = found.iter().any(|found| found.is_malformed);
    let faults = found.into_iter().map(|found| found.fault).collect();
    if is_malformed { Error::Malformed(faults) } else { Error::Invalid(faults) }
}

fn look<T: DeserializeOwned + ToSchema + 'static>(mut value: Value) -> (Option<T>, Vec<Found>) {
    let members = Members::of::<T>();
    let (read, unreadable) = match deserialize::<T>(&mut value) {
        Ok(read) => (Some(read), None),
        Err(found) => (None, Some(found)),
    };
    let mut walk = Walk { members, is_readable: read.is_some(), path: Vec::new(), steps: Vec::new() };
    walk.value(members.whole(), &value);
    let told = walk.steps.into_iter().filter_map(|step| match step {
        Step::Fault(found) => Some(found),
        Step::Leaf { path, leaf, described } => told_of_leaf::<T>(&path, leaf, described),
    });
    let mut found: Vec<Found> = told.collect();
    // What no part shows by itself.
    found.extend(unreadable.filter(|_| found.is_empty()));
    (read, found)
}

/// Deserialises a value. 2819.0 is an integer wherever one is taken; of a figure it says how many decimals are known.
fn deserialize<T: DeserializeOwned>(value: &mut Value) -> Result<T, Found> {
    loop {
        let (path, error) = match serde_path_to_error::deserialize(&*value) {
            Ok(read) => return Ok(read),
            Err(error) => (pointer(error.path()), error.into_inner()),
        };
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
fn unreadable(path: String, error: &serde_json::Error) -> Found {
    let told = error.to_string();
    // Serde tells these by their first words only.
    let named = |start: &str| told.strip_prefix(start)?.split('`').next();
    if let Some(name) = named("unknown field `") {
        let place = if path.ends_with(&format!("/{name}")) { path } else { format!("{path}/{name}") };
        return unknown(place);
    }
    if let Some(name) = named("missing field `") {
        return missing(format!("{path}/{name}"));
    }
    match Refusal::of(error) {
        Some(Refusal::Meaning(invalid)) => broken(path, invalid),
        Some(Refusal::Form(invalid)) => malformed(path, invalid),
        // Its words are those of the program's inside.
        None => malformed(path, Invalid::new(UNREADABLE, "无法读取", "cannot be read")),
    }
}

/// The code of what no rule of ours refuses.
const UNREADABLE: &str = "unreadable_value";

fn malformed(place: String, invalid: Invalid) -> Found {
    Found { fault: Fault::pointer(place, invalid), is_malformed: true }
}

fn broken(place: String, invalid: Invalid) -> Found {
    Found { fault: Fault::pointer(place, invalid), is_malformed: false }
}

fn unknown(place: String) -> Found {
    malformed(place, Invalid::new("unknown_member", "没有该字段", "there is no such member"))
}

fn missing(place: String) -> Found {
    broken(place, Invalid::new("missing", "缺少必填字段", "is missing"))
}

/// One step of a walk over a value.
enum Step<'a> {
    /// Something is wrong.
    Fault(Found),
    /// A value without parts, which its type alone can tell the faults of.
    Leaf { path: Vec<Segment>, leaf: &'a Value, described: Described<'a> },
}

/// One step of the way to a place.
#[derive(Debug, Clone)]
enum Segment {
    Member(String),
    Item(usize),
}

fn place(path: &[Segment]) -> String {
    let part = |segment: &Segment| match segment {
        Segment::Member(name) => format!("/{}", escaped(name)),
        Segment::Item(index) => format!("/{index}"),
    };
    path.iter().map(part).collect()
}

/// A walk over a value beside its schema.
struct Walk<'a> {
    members: &'a Members,
    /// Whether the value can be read as a whole, so that no leaf has a fault.
    is_readable: bool,
    path: Vec<Segment>,
    steps: Vec<Step<'a>>,
}

impl<'a> Walk<'a> {
    fn value(&mut self, described: Described<'a>, value: &'a Value) {
        if value.is_null() {
            if !described.is_nullable {
                self.broken(Invalid::new("missing", "不能为空", "cannot be null"));
            }
            return;
        }
        let kind = kind(value);
        let is_taken = described.takes(kind) || (kind == "integer" && described.takes("number"));
        if !is_taken && described.kinds().next().is_some() {
            let found = malformed(place(&self.path), wrong_type(described));
            return self.steps.push(Step::Fault(found));
        }
        match value {
            Value::Object(values) => self.members(described, values),
            Value::Array(items) => self.items(described, items),
            Value::Number(number) if let Some(invalid) = out_of_range(described, &number.to_string()) => {
                self.broken(invalid);
            }
            leaf if !self.is_readable => {
                self.steps.push(Step::Leaf { path: self.path.clone(), leaf, described });
            }
            _ => {}
        }
    }

    fn members(&mut self, described: Described<'a>, values: &'a Map<String, Value>) {
        let is_closed = described.schema["additionalProperties"] == false;
        for (name, value) in values {
            self.path.push(Segment::Member(name.clone()));
            match described.schema["properties"].get(name) {
                Some(schema) => self.value(self.members.described(schema), value),
                None if is_closed => self.steps.push(Step::Fault(unknown(place(&self.path)))),
                None => {}
            }
            self.path.pop();
        }
        let required =
            described.schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
        for name in required.filter(|name| !values.contains_key(*name)) {
            self.steps.push(Step::Fault(missing(format!("{}/{name}", place(&self.path)))));
        }
    }

    fn items(&mut self, described: Described<'a>, items: &'a [Value]) {
        if let Some(invalid) = wrong_count(described, items.len()) {
            return self.broken(invalid);
        }
        let item = self.members.described(&described.schema["items"]);
        for (index, value) in items.iter().enumerate() {
            self.path.push(Segment::Item(index));
            self.value(item, value);
            self.path.pop();
        }
    }

    fn broken(&mut self, invalid: Invalid) {
        self.steps.push(Step::Fault(broken(place(&self.path), invalid)));
    }
}

/// The type of a value, as a schema names it.
fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.as_i64().is_some() || integer(value).is_some() => "integer",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

fn wrong_type(described: Described<'_>) -> Invalid {
    let (zh, en) = match described.kinds().next() {
        Some("boolean") => ("应为 true 或 false", "must be true or false"),
        Some("integer") => ("应为整数", "must be a whole number"),
        Some("number") => ("应为数字", "must be a number"),
        Some("string") => ("应为文本", "must be a text"),
        Some("array") => ("应为列表", "must be a list"),
        _ => ("应为对象", "must be an object"),
    };
    Invalid::new("malformed_value", zh, en)
}

fn wrong_count(described: Described<'_>, count: usize) -> Option<Invalid> {
    let bound = |rule: &str| described.schema[rule].as_u64().and_then(|bound| usize::try_from(bound).ok());
    if let Some(most) = bound("maxItems").filter(|most| count > *most) {
        let (zh, en) = (format!("最多 {most} 项"), format!("has at most {most} items"));
        return Some(Invalid::new("too_many", zh, en));
    }
    let least = bound("minItems").filter(|least| count < *least)?;
    Some(Invalid::new("empty", format!("至少 {least} 项"), format!("has at least {least} items")))
}

fn out_of_range(described: Described<'_>, number: &str) -> Option<Invalid> {
    let number: Decimal = number.parse().ok()?;
    let bound = |rule: &str| {
        let bound = described.schema[rule].as_number()?.to_string();
        bound.parse::<Decimal>().ok()
    };
    let (least, most) = (bound("minimum"), bound("maximum"));
    if least.is_none_or(|least| number >= least) && most.is_none_or(|most| number <= most) {
        return None;
    }
    let (zh, en) = match (least, most) {
        (Some(least), Some(most)) => {
            (format!("应为 {least} 到 {most}"), format!("must be {least} to {most}"))
        }
        (Some(least), None) => (format!("不得小于 {least}"), format!("must be at least {least}")),
        (None, most) => {
            let most = most.map(|most| most.to_string()).unwrap_or_default();
            (format!("不得大于 {most}"), format!("must be at most {most}"))
        }
    };
    Some(Invalid::new("out_of_range", zh, en))
}

/// The fault of a leaf, by reading what has no other part than this.
fn told_of_leaf<T: DeserializeOwned>(
    path: &[Segment],
    leaf: &Value,
    described: Described<'_>,
) -> Option<Found> {
    let mut alone = path.iter().rev().fold(leaf.clone(), |inner, segment| match segment {
        Segment::Member(name) => Value::Object(Map::from_iter([(name.clone(), inner)])),
        Segment::Item(_) => Value::Array(vec![inner]),
    });
    let mut found = deserialize::<T>(&mut alone).err()?;
    let first = |segment: &Segment| match segment {
        Segment::Item(_) => Segment::Item(0),
        member @ Segment::Member(_) => member.clone(),
    };
    let own = place(&path.iter().map(first).collect::<Vec<_>>());
    let Fault { place: told, invalid } = &found.fault;
    if *told != Fault::pointer(own, invalid.clone()).place || invalid.code == "missing" {
        return None;
    }
    found.fault = Fault::pointer(place(path), invalid.clone());
    if found.fault.invalid.code == UNREADABLE {
        found.fault.invalid = wrong_type(described);
    }
    Some(found)
}

/// A place in a value as a JSON pointer (RFC 6901).
fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    let part = |segment: &Segment| match segment {
        Segment::Seq { index } => format!("/{index}"),
        Segment::Map { key } => format!("/{}", escaped(key)),
        Segment::Enum { variant } => format!("/{variant}"),
        Segment::Unknown => String::new(),
    };
    path.iter().map(part).collect()
}

fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde_json::json;

    use super::*;
    use crate::domain::codes::Level;
    use crate::domain::text::Name;

    #[derive(Debug, PartialEq, Deserialize, ToSchema)]
    #[serde(deny_unknown_fields)]
    struct Part {
        name: Name,
        #[schema(minimum = 1)]
        number: i16,
    }

    #[derive(Debug, PartialEq, Deserialize, ToSchema)]
    #[serde(deny_unknown_fields)]
    struct Whole {
        level: Level,
        #[schema(max_items = 2)]
        parts: Vec<Part>,
        least: Option<Decimal>,
    }

    fn told(value: Value) -> (bool, Vec<(String, &'static str)>) {
        let (is_malformed, faults) = match read::<Whole>(value) {
            Err(Error::Malformed(faults)) => (true, faults),
            Err(Error::Invalid(faults)) => (false, faults),
            other => panic!("{other:?}"),
        };
        let place = |fault: Fault| match fault.place {
            crate::error::Place::Pointer(pointer) => (pointer, fault.invalid.code),
            other => panic!("{other:?}"),
        };
        (is_malformed, faults.into_iter().map(place).collect())
    }

    #[test]
    fn all_faults_are_told_in_the_order_of_the_value() {
        let wrong = json!({
            "parts": [{"number": 0, "name": " "}, {"nmae": "a", "number": "x"}], "least": [], "level": "hamlet",
        });
        let wanted = [
            ("/parts/0/number", "out_of_range"),
            ("/parts/0/name", "empty"),
            ("/parts/1/nmae", "unknown_member"),
            ("/parts/1/number", "malformed_value"),
            ("/parts/1/name", "missing"),
            ("/least", "malformed_value"),
            ("/level", "malformed_value"),
        ];
        assert_eq!(told(wrong), (true, wanted.map(|(place, code)| (place.to_owned(), code)).to_vec()));
    }

    #[test]
    fn what_can_be_read_and_breaks_a_rule_is_not_malformed() {
        let wrong = json!({"level": null, "parts": [1, 2, 3]});
        let wanted = [("/level", "missing"), ("/parts", "too_many")];
        assert_eq!(told(wrong), (false, wanted.map(|(place, code)| (place.to_owned(), code)).to_vec()));
        // It fits no number of this width, of which the schema says nothing.
        let wide = json!({"level": "village", "parts": [{"name": "a", "number": 40_000}]});
        assert_eq!(told(wide), (true, vec![("/parts/0/number".to_owned(), "malformed_value")]));
    }

    #[test]
    fn a_whole_number_may_be_written_with_decimals() {
        let value: Value =
            serde_json::from_str(r#"{"level": "village", "parts": [{"name": "a", "number": 2.0}]}"#)
                .expect("JSON");
        assert_eq!(read::<Whole>(value).expect("readable").parts[0].number, 2);
    }

    #[test]
    fn nothing_is_missing_in_a_part() {
        assert!(check_part::<Whole>(json!({"parts": [{"number": 1}]})).is_ok());
        assert!(check_part::<Whole>(json!({"parts": [{"number": "x"}]})).is_err());
    }
}
