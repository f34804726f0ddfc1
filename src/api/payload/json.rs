//! Strict JSON: only what every reader understands alike becomes a [`Value`].

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Unexpected, Visitor};
use serde_json::{Map, Number, Value};

use crate::error::Invalid;

/// Arrays and objects may stand in one another so deep.
const DEEPEST: usize = 32;

/// The name under which serde_json hands over a number that no machine integer holds, as the one member
/// of an object.
const DIGITS: &str = "$serde_json::private::Number";

/// Reads one JSON text.
///
/// Errors: the JSON pointer to the first fault and what is wrong there.
pub fn read(bytes: &[u8]) -> Result<Value, (String, Invalid)> {
    let mut walk = Walk { path: Vec::new(), broken: None };
    let mut text = serde_json::Deserializer::from_slice(bytes);
    let read = walk.deserialize(&mut text).and_then(|value| text.end().map(|()| value));
    read.map_err(|error| (walk.pointer(), walk.broken.take().unwrap_or_else(|| syntax(&error))))
}

fn syntax(error: &serde_json::Error) -> Invalid {
    let (line, column) = (error.line(), error.column());
    Invalid::new(
        "json_syntax",
        format!("第 {line} 行第 {column} 列不是有效的 JSON"),
        format!("not valid JSON: {error}"),
    )
}

/// A walk through a text: where it stands, and the rule that it found broken there.
struct Walk {
    path: Vec<String>,
    broken: Option<Invalid>,
}

impl Walk {
    /// The JSON pointer (RFC 6901) to where the walk stands.
    fn pointer(&self) -> String {
        self.path.iter().map(|step| format!("/{}", step.replace('~', "~0").replace('/', "~1"))).collect()
    }

    fn refuse<E: Error>(&mut self, code: &'static str, zh: &str, en: &str) -> E {
        self.broken = Some(Invalid::new(code, zh, en));
        E::custom(code)
    }

    fn text<E: Error>(&mut self, text: &str) -> Result<String, E> {
        match text.contains('\0') {
            true => Err(self.refuse(
                "nul_character",
                "不能含有字符 U+0000",
                "the character U+0000 is not allowed",
            )),
            false => Ok(text.to_owned()),
        }
    }

    fn go_deeper<E: Error>(&mut self) -> Result<(), E> {
        match self.path.len() < DEEPEST {
            true => Ok(()),
            false => Err(self.refuse("too_deep", "嵌套超过 32 层", "nested deeper than 32 levels")),
        }
    }
}

impl<'de> DeserializeSeed<'de> for &mut Walk {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for &mut Walk {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Value, E> {
        Ok(Value::Bool(flag))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Value, E> {
        self.text(text).map(Value::String)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        self.go_deeper()?;
        let mut read = Vec::new();
        loop {
            self.path.push(read.len().to_string());
            let item = items.next_element_seed(&mut *self)?;
            self.path.pop();
            match item {
                Some(item) => read.push(item),
                None => return Ok(Value::Array(read)),
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut read = Map::new();
        let mut first = members.next_key::<String>()?;
        if first.as_deref() == Some(DIGITS) {
            return members.next_value_seed(Digits).map(Value::Number);
        }
        self.go_deeper()?;
        while let Some(name) = first.take() {
            let name = self.text(&name)?;
            self.path.push(name.clone());
            if read.contains_key(&name) {
                return Err(self.refuse("duplicate_member", "成员重复出现", "the member is given twice"));
            }
            let value = members.next_value_seed(&mut *self)?;
            self.path.pop();
            read.insert(name, value);
            first = members.next_key()?;
        }
        Ok(Value::Object(read))
    }
}

/// The digits of a number. serde_json owns them, while a string of the text is only lent: so an
/// object that somebody gave that one member is no number.
struct Digits;

impl<'de> DeserializeSeed<'de> for Digits {
    type Value = Number;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Number, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl Visitor<'_> for Digits {
    type Value = Number;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Number, E> {
        Err(E::invalid_type(Unexpected::Str(text), &self))
    }

    fn visit_string<E: Error>(self, digits: String) -> Result<Number, E> {
        digits.parse().map_err(E::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_is_what_was_written() {
        for text in [
            r#"{"b":1.50,"a":[null,true,"é\n"],"":{},"n":-12345678901234567890.000000001,"z":[]}"#,
            "0",
            r#""""#,
            "1E400",
        ] {
            let read = read(text.as_bytes()).expect(text);
            assert_eq!(read, serde_json::from_str::<Value>(text).expect(text));
        }
        let read = read(br#"{"z":1.50,"a":100}"#).expect("an object");
        assert_eq!(read.to_string(), r#"{"z":1.50,"a":100}"#, "in its order, with its digits");
        let deepest = format!("{}{}", "[".repeat(32), "]".repeat(32));
        assert!(super::read(deepest.as_bytes()).is_ok());
    }

    #[test]
    fn each_fault_is_told_with_its_place() {
        let deep = |open: &str, close: &str| format!("{}{}", open.repeat(33), close.repeat(33));
        let cases: [(&[u8], &str, &str); 20] = [
            (b"", "", "json_syntax"),
            (b" ", "", "json_syntax"),
            (b"\xEF\xBB\xBF{}", "", "json_syntax"),
            (b"{} {}", "", "json_syntax"),
            (b"[1,]", "/1", "json_syntax"),
            (b"{'a':1}", "", "json_syntax"),
            (b"{\"a\":\"\xFF\"}", "/a", "json_syntax"),
            (b"{\"a\":\"\\ud800\"}", "/a", "json_syntax"),
            (b"{\"a\":NaN}", "/a", "json_syntax"),
            (b"{\"a\":01}", "/a", "json_syntax"),
            (b"{\"a\":[0,{\"b\":tru}]}", "/a/1/b", "json_syntax"),
            (b"{\"a\":1,\"a\":1}", "/a", "duplicate_member"),
            (b"{\"a\":1,\"\\u0061\":1}", "/a", "duplicate_member"),
            (b"[{\"x/y~z\":{\"b\":1,\"b\":1}}]", "/0/x~1y~0z/b", "duplicate_member"),
            (b"{\"a\":\"x\\u0000\"}", "/a", "nul_character"),
            (b"{\"a\\u0000\":1}", "", "nul_character"),
            (b"\"\\u0000\"", "", "nul_character"),
            (b"{\"$serde_json::private::Number\":\"1\"}", "", "json_syntax"),
            (deep("[", "]").leak().as_bytes(), &"/0".repeat(32), "too_deep"),
            (deep("{\"a\":", "}").leak().as_bytes(), &"/a".repeat(32), "too_deep"),
        ];
        for (text, pointer, code) in cases {
            let (place, invalid) = read(text).expect_err("a fault");
            assert_eq!(
                (place.as_str(), invalid.code),
                (pointer, code),
                "{:?}",
                String::from_utf8_lossy(text)
            );
        }
    }
}
