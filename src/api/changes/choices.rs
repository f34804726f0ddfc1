//! How the change feed is told: of each row how much, and in which format.

use std::str::FromStr;

use utoipa::openapi::RefOr;
use utoipa::openapi::schema::Schema;
use utoipa::{PartialSchema, ToSchema};

use crate::api::format::Format;
use crate::domain::codes::{self, Listed, codes, unknown};
use crate::error::Invalid;

codes! {
    /// How much is told of each row.
    ChangeData ("变更内容", "extent") {
        Full = "full" ("全部", "The row as the list of its kind has it"),
        Keys = "keys" ("仅键", "What the row is known by"),
    }
}

/// A format of the change feed.
#[derive(Debug, Clone, Copy)]
pub struct FeedFormat(pub Format);

impl FeedFormat {
    /// What is offered.
    pub const OFFERED: &'static [Format] = &[Format::Json, Format::Ndjson];
}

impl ToSchema for FeedFormat {}

impl PartialSchema for FeedFormat {
    fn schema() -> RefOr<Schema> {
        let is_offered =
            |listed: &&Listed| FeedFormat::OFFERED.iter().any(|format| format.as_str() == listed.1);
        let listed: Vec<Listed> = Format::LISTED.iter().filter(is_offered).copied().collect();
        codes::schema("Format of the feed.", ("格式", "format"), &listed)
    }
}

impl FromStr for FeedFormat {
    type Err = Invalid;

    fn from_str(word: &str) -> Result<FeedFormat, Invalid> {
        let known = FeedFormat::OFFERED.iter().find(|format| format.as_str() == word);
        known.map(|format| FeedFormat(*format)).ok_or_else(|| {
            let words: Vec<&str> = FeedFormat::OFFERED.iter().map(|format| format.as_str()).collect();
            unknown("格式", "format", word, &words)
        })
    }
}
