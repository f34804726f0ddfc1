//! Ids that this installation gives: numbers to observations and progress reports, UUIDs to keys.

use std::fmt;
use std::str::FromStr;

use uuid::Uuid;

use crate::error::Invalid;

/// An id: a whole number from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, utoipa::ToSchema)]
#[schema(value_type = i64, minimum = 1, example = 17)]
pub struct Id(i64);

impl Id {
    /// The number.
    pub fn number(self) -> i64 {
        self.0
    }
}

impl FromStr for Id {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Id, Invalid> {
        let plain =
            !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
        text.parse::<i64>().ok().filter(|_| plain).map(Id).ok_or_else(|| {
            Invalid::new(
                "malformed_id",
                format!("“{text}”不是编号"),
                format!("“{text}” is no id: a whole number from 1"),
            )
        })
    }
}

/// Id of a key: a UUID.
#[derive(Debug, Clone, Copy, PartialEq, Eq, utoipa::ToSchema)]
#[schema(value_type = String, format = "uuid", example = "019ab0f2-7f3e-7cc1-8f52-0d1a3c5b7e90")]
pub struct KeyId(Uuid);

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for KeyId {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<KeyId, Invalid> {
        // The crate reads other spellings too, all of other lengths.
        text.parse().ok().filter(|_| text.len() == 36).map(KeyId).ok_or_else(|| {
            Invalid::new("malformed_id", format!("“{text}”不是 UUID"), format!("“{text}” is no UUID"))
        })
    }
}
