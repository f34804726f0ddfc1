//! What a caller expects of the row that is to change, as `If-Match` and `If-None-Match` say it.

use actix_web::HttpRequest;
use actix_web::http::header::{self, Header, HeaderName, IfMatch, IfNoneMatch};

use crate::api::condition;
use crate::api::problem::Problem;
use crate::error::{Error, Invalid, Result, Text};

/// What the caller expects of the row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expected {
    /// It does not say.
    Unsaid,
    /// That there is none.
    Absent,
    /// That there is one.
    Any,
    /// That its last entry is one of these.
    Entry(Vec<i64>),
    /// It names weak tags only.
    Weak,
}

impl Expected {
    /// What the headers say.
    pub fn of(request: &HttpRequest) -> Result<Expected, Problem> {
        let has = |name: &HeaderName| request.headers().contains_key(name);
        let wrong = |name: &HeaderName, zh: &str, en: &str| {
            Problem::malformed_header(name, Invalid::new("malformed_header", zh, en))
        };
        if has(&header::IF_NONE_MATCH) {
            // Only `*` is of use to a write.
            return match IfNoneMatch::parse(request) {
                Ok(IfNoneMatch::Any) if !has(&header::IF_MATCH) => Ok(Expected::Absent),
                _ => Err(wrong(
                    &header::IF_NONE_MATCH,
                    "写操作只能用 *，且不与 If-Match 同用",
                    "of a write must be *, without If-Match",
                )),
            };
        }
        if !has(&header::IF_MATCH) {
            return Ok(Expected::Unsaid);
        }
        match IfMatch::parse(request) {
            Ok(IfMatch::Any) => Ok(Expected::Any),
            // RFC 9110, 13.1.1: a weak tag never matches.
            Ok(IfMatch::Items(tags)) if condition::all_weak(&tags) => Ok(Expected::Weak),
            Ok(IfMatch::Items(tags)) if !tags.is_empty() => {
                Ok(Expected::Entry(tags.iter().filter_map(condition::entry).collect()))
            }
            _ => Err(wrong(&header::IF_MATCH, "应为读取时得到的 ETag", "must be the ETag of what was read")),
        }
    }

    /// Checks that the row whose last entry is `seq` is as expected.
    pub fn check(&self, seq: i64) -> Result<()> {
        match self {
            Expected::Unsaid => Err(Error::PreconditionRequired),
            Expected::Any => Ok(()),
            Expected::Entry(expected) if expected.contains(&seq) => Ok(()),
            Expected::Entry(_) => Err(Error::Stale(Text::new(
                format!("现在的版本是 {seq}，与 If-Match 不符"),
                format!("Its last entry is {seq}, which If-Match does not name."),
            ))),
            Expected::Weak => Err(Error::Stale(condition::weak())),
            Expected::Absent => Err(Error::Stale(Text::new(
                "已存在（If-None-Match: *）",
                "It is there already (If-None-Match: *).",
            ))),
        }
    }

    /// Checks that it is expected that there is no row.
    pub fn check_absent(&self) -> Result<()> {
        match self {
            Expected::Absent => Ok(()),
            Expected::Unsaid => Err(Error::PreconditionRequired),
            Expected::Weak => Err(Error::Stale(condition::weak())),
            _ => Err(Error::Stale(Text::new(
                "尚不存在；新建请用 If-None-Match: *",
                "There is none yet; create it with If-None-Match: *.",
            ))),
        }
    }
}
