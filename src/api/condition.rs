//! Preconditions (RFC 9110, 13): what If-Match and If-None-Match compare. A tag is `"<entry>-<hash>"`: the number of
//! the entry that last wrote the row, 0 of what is no single row, and the hash of what is answered.

use actix_web::HttpRequest;
use actix_web::http::header::{self, EntityTag, Header, IfMatch, IfNoneMatch};

use crate::error::Text;

/// What becomes of a read.
pub enum Verdict {
    /// It is answered.
    Answer,
    /// The client has it.
    Unchanged,
    /// It is not what If-Match names, for this reason.
    Failed(Text),
}

/// What the conditions of a request say of an answer with this tag: If-Match first, which compares the entry of a
/// row and the whole tag of all else; then If-None-Match, which compares what is answered.
pub fn of_read(request: &HttpRequest, etag: &EntityTag) -> Verdict {
    if request.headers().contains_key(header::IF_MATCH) {
        let named = match IfMatch::parse(request) {
            Ok(IfMatch::Any) => None,
            Ok(IfMatch::Items(tags)) => Some(tags),
            Err(_) => Some(Vec::new()),
        };
        let is_meant =
            |tag: &EntityTag| tag.strong_eq(etag) || entry(tag).is_some_and(|seq| entry(etag) == Some(seq));
        if let Some(tags) = named.filter(|tags| !tags.iter().any(is_meant)) {
            return Verdict::Failed(if all_weak(&tags) { weak() } else { unlike(etag) });
        }
    }
    if !request.headers().contains_key(header::IF_NONE_MATCH) {
        return Verdict::Answer;
    }
    match IfNoneMatch::parse(request) {
        Ok(IfNoneMatch::Any) => Verdict::Unchanged,
        Ok(IfNoneMatch::Items(tags)) if tags.iter().any(|tag| tag.weak_eq(etag)) => Verdict::Unchanged,
        _ => Verdict::Answer,
    }
}

/// The entry that a tag of a row names; none of a weak tag, which never matches.
pub fn entry(tag: &EntityTag) -> Option<i64> {
    let number = tag.tag().split('-').next().filter(|_| !tag.weak)?;
    number.parse::<i64>().ok().filter(|seq| *seq > 0)
}

/// Whether there are tags, and weak ones only.
pub fn all_weak(tags: &[EntityTag]) -> bool {
    !tags.is_empty() && tags.iter().all(|tag| tag.weak)
}

/// Why weak tags fail.
pub fn weak() -> Text {
    Text::new(
        "If-Match 中的弱标签（W/\"…\"）从不匹配：本服务只给出强标签，中间的代理重新压缩了应答；请关闭代理的压缩，或去掉 W/ 再发",
        "A weak tag (W/\"…\") never matches in If-Match. This service gives strong tags only: a proxy in between has \
         compressed the answer anew. Turn that off there, or send the tag without W/.",
    )
}

fn unlike(etag: &EntityTag) -> Text {
    Text::new(
        format!("现在的版本是 {etag}，与 If-Match 不符"),
        format!("Its tag is {etag}, which If-Match does not name."),
    )
}
