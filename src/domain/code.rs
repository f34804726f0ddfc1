//! Codes that clients give to metrics, reports, projects, plans and plan items; and words, which are codes of
//! any other form.

use std::fmt;
use std::str::FromStr;

use super::text;
use crate::error::Invalid;

/// A code: 1 to 64 of `a-z 0-9 . _ -`, the first a letter or a digit.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, utoipa::ToSchema)]
#[schema(value_type = String, pattern = "^[a-z0-9][a-z0-9._-]{0,63}$", example = "bishi-2022")]
pub struct Code(String);

/// Codes that would hide an operation of the same address.
const RESERVED: &[&str] = &["summary", "templates", "oc4ids.json"];

impl Code {
    /// The code as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Checks a code that is to be given: it must also not be reserved.
    pub fn to_give(code: &str) -> Result<Code, Invalid> {
        if RESERVED.contains(&code) {
            return Err(Invalid::new(
                "reserved_code",
                format!("代码“{code}”是保留字"),
                format!("the code “{code}” is reserved"),
            ));
        }
        code.parse()
    }
}

impl FromStr for Code {
    type Err = Invalid;

    fn from_str(code: &str) -> Result<Code, Invalid> {
        let sign = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        let bytes = code.as_bytes();
        let fits = (1..=64).contains(&bytes.len())
            && sign(bytes[0])
            && bytes.iter().all(|&byte| sign(byte) || b"._-".contains(&byte));
        if fits {
            return Ok(Code(code.to_owned()));
        }
        Err(Invalid::new(
            "malformed_code",
            format!("“{code}”不是代码：应为 1 到 64 个小写字母、数字或 . _ -，以字母或数字开头"),
            format!("“{code}” is no code: 1 to 64 of a-z, 0-9, . _ -, the first a letter or digit"),
        ))
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A word that stands for something, such as the code of a unit: any text without a comma, which ends a value in
/// a list.
#[derive(Debug, Clone, PartialEq, Eq, utoipa::ToSchema)]
#[schema(value_type = String, example = "MU")]
pub struct Word(String);

impl Word {
    /// The word as text.
    pub fn into_string(self) -> String {
        self.0
    }
}

impl FromStr for Word {
    type Err = Invalid;

    fn from_str(word: &str) -> Result<Word, Invalid> {
        let word = text::label(word)?;
        if word.is_empty() {
            return Err(Invalid::new("empty", "列表里有空值", "has an empty value in its list"));
        }
        Ok(Word(word))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_have_their_form() {
        for code in ["a", "0", "housing.illegal.demolished_area", "bishi-2023.4.2", &"x".repeat(64)] {
            assert!(code.parse::<Code>().is_ok(), "{code}");
        }
        for code in ["", "A", ".a", "-a", "a b", "水库", "a/b", &"x".repeat(65)] {
            assert!(code.parse::<Code>().is_err(), "{code}");
        }
        assert!(Code::to_give("summary").is_err());
    }
}
