//! Which problem an error of the program is.

use super::Problem;
use super::kinds::*;
use crate::error::{Error, Fault, Invalid, Place, Text, lacks_means};

impl From<Error> for Problem {
    fn from(error: Error) -> Problem {
        match error {
            Error::NotFound { what, key } => {
                let (zh, en) = what.words();
                let detail = Text::new(format!("没有{zh} {key}"), format!("There is no {en} {key}."));
                Problem::new(&NOT_FOUND, detail)
            }
            Error::Conflict { what, key } => {
                let (zh, en) = what.words();
                let detail = Text::new(format!("{zh} {key} 已存在"), format!("There is {en} {key} already."));
                Problem::new(&CONFLICT, detail)
            }
            Error::Taken(faults) => Problem::of_faults(&CONFLICT, faults),
            Error::InUse { what, key, uses } => {
                let (zh, en) = what.words();
                let mut problem = Problem::new(
                    &IN_USE,
                    Text::new(format!("{zh} {key} 正被引用"), format!("Other data refer to {en} {key}.")),
                );
                problem.0.faults = uses.into_iter().map(|used| reason("used_by", used)).collect();
                problem
            }
            Error::IllegalTransition { from, to, allowed } => {
                let mut problem = Problem::new(
                    &ILLEGAL_TRANSITION,
                    Text::new(
                        format!("不能从 {from} 转到 {to}"),
                        format!("There is no way from {from} to {to}."),
                    ),
                );
                let allow = |state: &str| reason("allowed", Text::new(state, state));
                problem.0.faults = allowed.into_iter().map(allow).collect();
                problem
            }
            Error::Refused(detail) => Problem::new(&CONFLICT, detail),
            Error::Forbidden(detail) => Problem::new(&FORBIDDEN, detail),
            Error::ForbiddenMembers(faults) => Problem::of_faults(&FORBIDDEN, faults),
            Error::BookmarkGone => Problem::explained(&BOOKMARK_GONE),
            Error::Stale(detail) => Problem::new(&STALE, detail),
            Error::PreconditionRequired => Problem::explained(&PRECONDITION_REQUIRED),
            Error::IdempotencyMismatch => Problem::explained(&IDEMPOTENCY_MISMATCH),
            Error::Malformed(faults) => {
                let kind = match () {
                    () if faults.iter().any(|fault| fault.invalid.code == "unknown_member") => {
                        &UNKNOWN_PARAMETER
                    }
                    () if faults.iter().any(|fault| matches!(fault.place, Place::Parameter(_))) => {
                        &INVALID_PARAMETER
                    }
                    () => &MALFORMED_REQUEST,
                };
                Problem::of_faults(kind, faults)
            }
            Error::Invalid(faults) => {
                let one_of = |code: &str| faults.iter().any(|fault| fault.invalid.code == code);
                let kind = match () {
                    () if one_of("unit_incompatible") => &UNIT_INCOMPATIBLE,
                    () if one_of("overflow") => &OVERFLOW,
                    () if one_of("not_aggregable") => &NOT_AGGREGABLE,
                    () => &INVALID_VALUE,
                };
                Problem::of_faults(kind, faults)
            }
            Error::TooLong => too_long(),
            Error::Busy(_) | Error::Storage(_) | Error::Unusable(_) => Problem::inside(&UNAVAILABLE, error),
            Error::Io(ref cause) if lacks_means(cause) => Problem::inside(&UNAVAILABLE, error),
            Error::File { .. }
            | Error::Config(_)
            | Error::Query(_)
            | Error::Corrupt(_)
            | Error::Unprinted(_)
            | Error::Cancelled
            | Error::Bug(_)
            | Error::Io(_) => Problem::inside(&INTERNAL, error),
        }
    }
}

/// One thing to know beside the detail, which has no place in the request.
fn reason(code: &'static str, message: Text) -> Fault {
    Fault::pointer("", Invalid { code, message })
}

/// A selection that takes too long to be put together.
fn too_long() -> Problem {
    let (zh, en) = (
        "整理所选数据用时过长，已中止以免妨碍他人；请用 format=json 与 cursor 分页读取，或缩小范围",
        "Putting the selection together took too long and was given up, so that nobody else is held up: read it page \
         by page (format=json with cursor), or select less.",
    );
    let mut problem = Problem::new(&UNAVAILABLE, Text::new(zh, en));
    problem.0.cause = Some(Error::TooLong);
    problem
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fails_inside_passes_or_does_not() {
        let kind = |error| Problem::from(error).0.kind.slug;
        assert_eq!(kind(Error::Bug("two are not two")), "internal");
        assert_eq!(kind(Error::Cancelled), "internal");
        assert_eq!(kind(Error::Busy("locked".to_owned())), "unavailable");
    }
}
