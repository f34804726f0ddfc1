//! Ids that this installation gives, to observations and progress reports.

use std::str::FromStr;

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
