//! Why something is written: reason and comment.

use serde_json::{Map, Value};

use super::reading::parse;
use crate::domain::codes::RevisionReason;
use crate::domain::text;
use crate::error::{Error, Fault, Invalid, Result};

/// A comment has at most so many characters.
pub const LONGEST_COMMENT: usize = 2000;

/// Why something is written: members of every body, parameters where there is none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Why {
    /// Coded reason.
    pub reason: Option<RevisionReason>,
    /// Free words.
    pub comment: Option<String>,
}

/// Takes reason and comment out of the members of a body.
pub fn take_why(members: &mut Map<String, Value>) -> Result<Why> {
    let reason = members.remove("reason").filter(|reason| !reason.is_null());
    let comment = members.remove("comment").filter(|comment| !comment.is_null());
    let at = |name: &'static str| move |error: Error| error.inside(name);
    let why = Why {
        reason: reason.map(parse).transpose().map_err(at("reason"))?,
        comment: comment.map(parse).transpose().map_err(at("comment"))?,
    };
    let comment = clean_comment(why.comment).map_err(|invalid| Fault::pointer("/comment", invalid))?;
    Ok(Why { comment, ..why })
}

/// A comment as it is kept; one that says nothing is none.
///
/// Errors: of one that is too long, or holds what no text may.
pub fn clean_comment(comment: Option<String>) -> Result<Option<String>, Invalid> {
    let comment = comment.map(|comment| text::prose(&comment)).transpose()?;
    if comment.as_ref().is_some_and(|comment| comment.chars().count() > LONGEST_COMMENT) {
        let (zh, en) =
            (format!("最多 {LONGEST_COMMENT} 个字符"), format!("has at most {LONGEST_COMMENT} characters"));
        return Err(Invalid::new("too_long", zh, en));
    }
    Ok(comment.filter(|comment| !comment.is_empty()))
}
