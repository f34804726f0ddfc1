//! In which order a list is read.

use std::fmt;
use std::str::FromStr;

use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

use super::codes::Codes;
use crate::error::Invalid;

/// What to sort by, one of a list of codes, the first where nothing is asked for; with a minus before its word the
/// greatest comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sort<B> {
    /// What to sort by.
    pub by: B,
    /// Whether the greatest comes first.
    pub descending: bool,
}

impl<B: Codes> Default for Sort<B> {
    fn default() -> Sort<B> {
        Sort { by: B::FIRST, descending: false }
    }
}

impl<B: Codes> FromStr for Sort<B> {
    type Err = Invalid;

    fn from_str(word: &str) -> Result<Sort<B>, Invalid> {
        let (descending, name) = word.strip_prefix('-').map_or((false, word), |name| (true, name));
        Ok(Sort { by: name.parse()?, descending })
    }
}

impl<B: fmt::Display> fmt::Display for Sort<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", if self.descending { "-" } else { "" }, self.by)
    }
}

impl<B: Codes> ToSchema for Sort<B> {}

impl<B: Codes> PartialSchema for Sort<B> {
    fn schema() -> RefOr<Schema> {
        let words: Vec<&str> = B::LISTED.iter().map(|(_, word, ..)| *word).collect();
        let pattern = format!("^-?({})$", words.join("|"));
        ObjectBuilder::new().schema_type(Type::String).pattern(Some(pattern)).into()
    }
}
