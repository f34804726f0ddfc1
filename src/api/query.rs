//! Query strings: strict decoding, a parameter with one value at most once and a list as often as it has
//! values, every fault reported at once, and whatever an operation does not know refused.

use std::collections::BTreeSet;
use std::future::{Ready, ready};
use std::str::FromStr;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use futures_util::FutureExt;
use futures_util::future::{Either, LocalBoxFuture};
use utoipa::ToSchema;

use super::payload;
use super::problem::Problem;
use crate::domain::code::{self, Word};
use crate::domain::members::Members;
use crate::domain::text;
use crate::domain::when::calendar_day;
use crate::error::{Fault, Invalid, Place};

/// A parameter takes at most so many values: each is looked up.
pub const MOST_VALUES: usize = 200;

/// The parameters of one request. Reading one marks it as known; what is left unread is refused.
pub struct Fields {
    pairs: Vec<(String, String, bool)>,
    faults: Vec<Fault>,
}

impl Fields {
    /// Decodes a query string.
    ///
    /// Errors: a problem when it is not valid UTF-8.
    pub fn parse(query: &str) -> Result<Fields, Problem> {
        let broken = |part: &&str| percent_encoding::percent_decode_str(part).decode_utf8().is_err();
        if let Some(pair) = query.split('&').find(broken) {
            let name = pair.split('=').next().unwrap_or_default();
            let (zh, en) = ("不是有效的 UTF-8", "is not valid UTF-8");
            return Err(Problem::malformed_parameter(name, Invalid::new("not_utf8", zh, en)));
        }
        let pairs = form_urlencoded::parse(query.as_bytes())
            .map(|(name, value)| (name.into_owned(), value.into_owned(), false))
            .collect();
        Ok(Fields { pairs, faults: Vec::new() })
    }

    /// Every text that is given for a parameter. An empty one is a fault, and so is a NUL, which no database
    /// takes.
    fn given(&mut self, name: &str) -> Vec<String> {
        let mut given = Vec::new();
        for (_, value, known) in self.pairs.iter_mut().filter(|(given, _, _)| given == name) {
            *known = true;
            given.push(value.clone());
        }
        given.retain(|value| {
            let invalid = if value.is_empty() {
                Invalid::new("empty", "值为空", "is empty")
            } else if value.contains('\0') {
                Invalid::new("nul", "含有 NUL 字符", "contains a NUL character")
            } else {
                return true;
            };
            self.faults.push(Fault::parameter(name, invalid));
            false
        });
        given
    }

    /// The text of a parameter that takes one, if it is given. Given twice it is a fault.
    pub fn text(&mut self, name: &str) -> Option<String> {
        if self.pairs.iter().filter(|(given, _, _)| given == name).count() > 1 {
            let (zh, en) = ("参数重复；它只取一个值", "is given more than once, and takes one value");
            self.fault(name, Invalid::new("repeated_parameter", zh, en));
        }
        self.given(name).pop()
    }

    /// The value of a parameter, if it is given.
    pub fn one<T: FromStr<Err = Invalid>>(&mut self, name: &str) -> Option<T> {
        let value = self.text(name)?;
        self.value(name, &value)
    }

    /// The value of a parameter that must be given: it is there unless a fault is noted.
    pub fn required<T: FromStr<Err = Invalid>>(&mut self, name: &str) -> Option<T> {
        self.require(name);
        self.one(name)
    }

    /// The values of a list that must be given.
    pub fn many_required<T: FromStr<Err = Invalid>>(&mut self, name: &str) -> Vec<T> {
        self.require(name);
        self.many(name)
    }

    fn require(&mut self, name: &str) {
        if !self.pairs.iter().any(|(given, _, _)| given == name) {
            self.fault(name, Invalid::new("missing", "必须给出", "is needed"));
        }
    }

    /// The values of a list, separated by commas or each in a parameter of its own; none when it is not given.
    /// No value may have a comma in it: what is free text is read by [`Fields::texts`].
    pub fn many<T: FromStr<Err = Invalid>>(&mut self, name: &str) -> Vec<T> {
        let given = self.given(name);
        let parts = self.distinct(name, given.iter().flat_map(|value| value.split(',')));
        parts.into_iter().filter_map(|part| self.value(name, part)).collect()
    }

    /// The words of a list; none when it is not given.
    pub fn words(&mut self, name: &str) -> Vec<String> {
        self.many::<Word>(name).into_iter().map(Word::into_string).collect()
    }

    /// The names of members of a type, of a list; none when it is not given.
    pub fn members_of<T: ToSchema + 'static>(&mut self, name: &str) -> Vec<String> {
        let (names, members) = (self.words(name), Members::of::<T>());
        for unknown in names.iter().filter(|name| members.member(name).is_none()) {
            let (zh, en) = (format!("没有成员“{unknown}”"), format!("there is no member “{unknown}”"));
            self.fault(name, Invalid::new("unknown_field", zh, en));
        }
        names
    }

    /// The codes of a list; none when it is not given.
    pub fn codes(&mut self, name: &str) -> Vec<String> {
        self.many::<code::Code>(name).iter().map(ToString::to_string).collect()
    }

    /// The free texts of a list, each in a parameter of its own, for a comma may be part of one; none when it is
    /// not given.
    pub fn texts(&mut self, name: &str) -> Vec<String> {
        let given = self.given(name);
        let labels: Vec<String> = given.iter().filter_map(|value| self.as_label(name, value)).collect();
        self.distinct(name, labels.iter().map(String::as_str)).into_iter().map(str::to_owned).collect()
    }

    /// A free text, if it is given.
    pub fn label(&mut self, name: &str) -> Option<String> {
        let value = self.text(name)?;
        self.as_label(name, &value)
    }

    fn as_label(&mut self, name: &str, value: &str) -> Option<String> {
        text::label(value).map_err(|invalid| self.fault(name, invalid)).ok()
    }

    /// Each of the values once; none, and a fault, when there are too many.
    fn distinct<'a>(&mut self, name: &str, values: impl Iterator<Item = &'a str>) -> BTreeSet<&'a str> {
        let values: Vec<&str> = values.collect();
        if values.len() <= MOST_VALUES {
            return values.into_iter().collect();
        }
        let (zh, en) = (format!("最多 {MOST_VALUES} 个值"), format!("takes at most {MOST_VALUES} values"));
        self.fault(name, Invalid::new("too_many_values", zh, en));
        BTreeSet::new()
    }

    /// A whole number within a range.
    pub fn number(&mut self, name: &str, least: i64, most: i64) -> Option<i64> {
        let value = self.text(name)?;
        match value.parse::<i64>() {
            Ok(number) if (least..=most).contains(&number) => Some(number),
            _ => {
                self.fault(
                    name,
                    Invalid::new(
                        "out_of_range",
                        format!("“{value}”不是 {least} 到 {most} 的整数"),
                        format!("“{value}” is not a whole number from {least} to {most}"),
                    ),
                );
                None
            }
        }
    }

    /// `true` or `false`; false when it is not given.
    pub fn flag(&mut self, name: &str) -> bool {
        self.choice(name).unwrap_or(false)
    }

    /// `true` or `false`, if it is given.
    pub fn choice(&mut self, name: &str) -> Option<bool> {
        match self.text(name)?.as_str() {
            "false" => Some(false),
            "true" => Some(true),
            other => {
                let invalid = Invalid::new(
                    "not_boolean",
                    format!("“{other}”应为 true 或 false"),
                    format!("“{other}” is neither true nor false"),
                );
                self.fault(name, invalid);
                None
            }
        }
    }

    /// A calendar day, `2022-11-30`.
    pub fn day(&mut self, name: &str) -> Option<chrono::NaiveDate> {
        let value = self.text(name)?;
        match calendar_day(&value) {
            Some(day) => Some(day),
            None => {
                self.fault(
                    name,
                    Invalid::new(
                        "not_a_day",
                        format!("“{value}”不是 2022-11-30 形式的日期"),
                        format!("“{value}” is not a day such as 2022-11-30"),
                    ),
                );
                None
            }
        }
    }

    fn value<T: FromStr<Err = Invalid>>(&mut self, name: &str, value: &str) -> Option<T> {
        match value.parse() {
            Ok(value) => Some(value),
            Err(invalid) => {
                self.fault(name, invalid);
                None
            }
        }
    }

    /// Whether a fault of a parameter has been noted.
    pub fn is_faulty(&self, name: &str) -> bool {
        self.faults.iter().any(|fault| fault.place == Place::Parameter(name.to_owned()))
    }

    /// Notes a fault of a parameter.
    pub fn fault(&mut self, name: &str, invalid: Invalid) {
        self.faults.push(Fault::parameter(name, invalid));
    }

    /// Reads all parameters of an operation, and refuses what it does not know.
    pub fn read<T: FromFields>(mut self) -> Result<T, Problem> {
        let value = T::from_fields(&mut self);
        self.finish().map(|()| value)
    }

    fn finish(mut self) -> Result<(), Problem> {
        for (name, _, _) in self.pairs.iter().filter(|(_, _, known)| !known) {
            self.faults.push(Fault::parameter(
                name.clone(),
                Invalid::new(
                    "unknown_parameter",
                    "本操作没有这个参数",
                    "this operation has no such parameter",
                ),
            ));
        }
        if self.faults.is_empty() { Ok(()) } else { Err(Problem::parameters(self.faults)) }
    }
}

/// Parameters that can be read from a query.
pub trait FromFields: Sized {
    /// Reads every parameter, noting faults in `fields`.
    fn from_fields(fields: &mut Fields) -> Self;
}

/// An operation without query parameters.
pub struct NoParameters;

impl FromFields for NoParameters {
    fn from_fields(_: &mut Fields) -> NoParameters {
        NoParameters
    }
}

impl<A: FromFields, B: FromFields> FromFields for (A, B) {
    fn from_fields(fields: &mut Fields) -> (A, B) {
        (A::from_fields(fields), B::from_fields(fields))
    }
}

/// Extractor of an operation's whole query.
pub struct Query<T>(pub T);

impl<T: FromFields> FromRequest for Query<T> {
    type Error = Problem;
    type Future = Ready<Result<Query<T>, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Fields::parse(request.query_string()).and_then(Fields::read).map(Query))
    }
}

/// Extractor of a path's one code.
///
/// A code that cannot be read is a 400 that names the parameter.
pub struct Code<T>(pub T);

impl<T: FromStr<Err = Invalid> + 'static> FromRequest for Code<T> {
    type Error = Problem;
    type Future = AfterBody<Code<T>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        after_body(request, in_path(request, 0).map(Code))
    }
}

/// Extractor of the two codes of a path: of a row, and of what belongs to it.
pub struct Codes<A, B>(pub A, pub B);

impl<A, B> FromRequest for Codes<A, B>
where
    A: FromStr<Err = Invalid> + 'static,
    B: FromStr<Err = Invalid> + 'static,
{
    type Error = Problem;
    type Future = AfterBody<Codes<A, B>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        after_body(request, in_path(request, 0).and_then(|first| Ok(Codes(first, in_path(request, 1)?))))
    }
}

/// What the path says; what is wrong with it waits until the body has been read.
type AfterBody<T> = Either<Ready<Result<T, Problem>>, LocalBoxFuture<'static, Result<T, Problem>>>;

fn after_body<T: 'static>(request: &HttpRequest, read: Result<T, Problem>) -> AfterBody<T> {
    let Err(problem) = read else { return Either::Left(ready(read)) };
    let request = request.clone();
    let refuse = async move {
        payload::been_read(&request).await;
        Err(problem)
    };
    Either::Right(refuse.boxed_local())
}

/// The value of a path's parameter, by its place.
fn in_path<T: FromStr<Err = Invalid>>(request: &HttpRequest, place: usize) -> Result<T, Problem> {
    let (name, value) = request.match_info().iter().nth(place).unwrap_or(("code", ""));
    value.parse().map_err(|invalid| Problem::parameters(vec![Fault::parameter(name, invalid)]))
}
