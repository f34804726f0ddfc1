//! The query parameters of the change feed.

use std::time::Duration;

use utoipa::IntoParams;

use super::choices::{ChangeData, FeedFormat};
use crate::api::format::Format;
use crate::api::query::{Fields, FromFields};
use crate::domain::area_code::AreaCode;
use crate::domain::feed::FeedKind;

/// Which changes are asked for, and how.
#[derive(Debug, Clone, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ChangesQuery {
    /// The bookmark to go on from: `next` of the answer before. Without it the whole current state is told. Opaque.
    #[param(required = false, pattern = "^[A-Za-z0-9_-]+$")]
    pub since: Option<String>,
    /// Kinds, repeated or comma-separated; all by default.
    #[param(example = json!(["metric", "observation"]))]
    pub kinds: Vec<FeedKind>,
    /// Rows in this area or below, and the areas above it; of kinds without an area all. 2, 4, 6, 9 or 12 digits.
    #[param(example = "430681107")]
    pub within: Option<AreaCode>,
    /// Changes in one answer of JSON. NDJSON has all that there are.
    #[param(required = false, minimum = 1, maximum = 1000, default = 50, example = 2)]
    pub limit: i64,
    /// Seconds to wait for a change where there is none. The answer comes as soon as there is one.
    #[param(required = false, value_type = i64, minimum = 0, maximum = 30, default = 0, example = 0)]
    pub wait: Duration,
    /// How much is told of each row.
    #[param(required = false, inline, value_type = Option<ChangeData>)]
    pub data: ChangeData,
    /// Adds `digest` where there is no more.
    #[param(required = false, default = false)]
    pub digest: bool,
    /// Format of the answer; wins over the Accept header.
    #[param(required = false, inline, value_type = Option<FeedFormat>)]
    pub format: Option<Format>,
}

impl FromFields for ChangesQuery {
    fn from_fields(fields: &mut Fields) -> ChangesQuery {
        let kinds: Vec<FeedKind> = fields.many("kinds");
        ChangesQuery {
            since: fields.text("since"),
            kinds: if kinds.is_empty() { FeedKind::ALL.to_vec() } else { kinds },
            within: fields.one("within"),
            limit: fields.number("limit", 1, 1000).unwrap_or(50),
            wait: Duration::from_secs(fields.number("wait", 0, 30).unwrap_or(0).unsigned_abs()),
            data: fields.one("data").unwrap_or(ChangeData::Full),
            digest: fields.flag("digest"),
            format: fields.one("format").map(|FeedFormat(format)| format),
        }
    }
}
