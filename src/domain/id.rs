//! Ids that this installation gives: numbers to observations and progress reports, UUIDs to keys, and to
//! attachments the hashes of their content.

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

/// Id of an attachment: the SHA-256 of its content as it is stored, in hexadecimal.
#[derive(Debug, Clone, PartialEq, Eq, utoipa::ToSchema)]
#[schema(value_type = String, pattern = "^[0-9a-f]{64}$", example = "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03")]
pub struct AttachmentId(String);

impl fmt::Display for AttachmentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for AttachmentId {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<AttachmentId, Invalid> {
        let is_hash = text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if is_hash {
            return Ok(AttachmentId(text.to_owned()));
        }
        Err(Invalid::new(
            "malformed_id",
            format!("“{text}”不是附件编号"),
            format!("“{text}” is no id of an attachment: 64 hexadecimal digits in lower case"),
        ))
    }
}
