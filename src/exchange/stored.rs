//! Rows as the ledger keeps them, before and after an edit, made readable: by their kind and the names of their
//! members, since rows of long ago may have other members than those of today.

use serde_json::{Map, Value};

use crate::db::columns::{decimal, words};
use crate::domain::row_kind::RowKind;
use crate::error::{Error, Result};

/// Reads a row: numbers are exact decimals, lists are arrays, instants are in UTC.
///
/// Errors: `Corrupt` when it is none.
pub fn readable(kind: Option<RowKind>, stored: &str) -> Result<Map<String, Value>> {
    let row: Map<String, Value> = serde_json::from_str(stored).map_err(unreadable)?;
    let hidden = kind.map_or(&[][..], RowKind::hidden);
    row.into_iter()
        .filter(|(name, _)| !hidden.contains(&name.as_str()))
        .map(|(name, value)| {
            let value = member(kind, &name, value)?;
            Ok((name, value))
        })
        .collect()
}

fn member(kind: Option<RowKind>, name: &str, value: Value) -> Result<Value> {
    let is_one_of =
        |names: fn(RowKind) -> &'static [&'static str]| kind.is_some_and(|kind| names(kind).contains(&name));
    match &value {
        Value::Number(number) if is_one_of(RowKind::numbers) => {
            let millionths = number.as_i64().ok_or_else(|| unreadable(number))?;
            serde_json::to_value(decimal(millionths)?).map_err(unreadable)
        }
        Value::String(list) if is_one_of(RowKind::lists) => Ok(words(list)?.into()),
        Value::String(time) if name.ends_with("_at") => Ok(format!("{time}Z").into()),
        _ => Ok(value),
    }
}

/// What a row of a kind is known by, out of its members.
pub fn key(kind: Option<RowKind>, stored: &str, row: &Map<String, Value>) -> Map<String, Value> {
    let known = |name: &&str| Some(((*name).to_owned(), row.get(*name)?.clone()));
    let names = kind.map_or(&["code"][..], RowKind::key);
    let members: Map<String, Value> = names.iter().filter_map(known).collect();
    // A row without these members is known by its key as it is kept.
    if members.is_empty() { Map::from_iter([("code".to_owned(), stored.into())]) } else { members }
}

fn unreadable(what: impl std::fmt::Display) -> Error {
    Error::Corrupt(format!("stored row: {what}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stored_row_is_shown_in_the_words_of_its_readers() {
        let read = |kind, stored| Value::Object(readable(Some(kind), stored).expect("a row")).to_string();
        let metric = r#"{"code":"a","min":660600000,"max":null,"frequencies":"[\"year\"]","folded":"a x y",
                         "updated_at":"2026-11-24T01:00:00","seq":3}"#;
        let wanted = r#"{"code":"a","min":660.6,"max":null,"frequencies":["year"],"updated_at":"2026-11-24T01:00:00Z","seq":3}"#;
        assert_eq!(read(RowKind::Metric, metric), wanted);
        // What is a number of one kind of row is a count of another.
        let key = r#"{"id":"k","max":660600000,"hash":"secret"}"#;
        assert_eq!(read(RowKind::ApiKey, key), r#"{"id":"k","max":660600000}"#);
        assert!(readable(None, "[]").is_err());
    }

    #[test]
    fn what_is_kept_is_read_as_it_was() {
        let members =
            serde_json::json!({"code": "a", "min": -1.5, "max": 7, "frequencies": ["year"], "decimals": 2});
        let kept = crate::db::ledger::as_kept(RowKind::Metric, &members).expect("an object");
        assert_eq!(
            (&kept["min"], &kept["decimals"]),
            (&serde_json::json!(-1_500_000), &serde_json::json!(2))
        );
        let stored = Value::Object(kept).to_string();
        let read = Value::Object(readable(Some(RowKind::Metric), &stored).expect("a row"));
        assert_eq!(read.to_string(), members.to_string());
    }

    #[test]
    fn every_kind_of_row_has_its_own_key() {
        let row = |json: &str| readable(None, json).expect("a row");
        let told =
            |kind: &str, json: &str| Value::Object(key(kind.parse().ok(), "k", &row(json))).to_string();
        assert_eq!(told("metric", r#"{"code":"a","name":"b"}"#), r#"{"code":"a"}"#);
        assert_eq!(
            told("revision", r#"{"observation":1,"revision":2,"value":3}"#),
            r#"{"observation":1,"revision":2}"#
        );
        assert_eq!(told("milestone", r#"{"project":"p","ordinal":2}"#), r#"{"project":"p","ordinal":2}"#);
        assert_eq!(told("novelty", r#"{"name":"b"}"#), r#"{"code":"k"}"#);
    }
}
