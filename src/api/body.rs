//! Bodies: what a request says in JSON, read into drafts, with every refusal told by its place.

use std::borrow::Cow;
use std::marker::PhantomData;

use actix_web::HttpRequest;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::domain::codes::RevisionReason;
use crate::error::{Error, Fault, Invalid, Place, Result, Text};
use crate::exchange::drafts::{citation, quantity};

/// The media type of bodies.
pub const JSON: &str = "application/json";
const MERGE_PATCH: &str = "application/merge-patch+json";

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

/// What can be read from the body of a request.
pub trait Body: Sized {
    /// Media types of the body; none when the operation has no body.
    const MEDIA: &'static [&'static str];

    /// Reads the members, but for reason and comment.
    ///
    /// Errors: `Malformed` for what cannot be read, `Invalid` for what is missing.
    fn read(request: &HttpRequest, members: Map<String, Value>) -> Result<Self>;
}

/// No body at all.
#[derive(Debug, Clone, Copy)]
pub struct Nothing;

impl Body for Nothing {
    const MEDIA: &'static [&'static str] = &[];

    fn read(_: &HttpRequest, _: Map<String, Value>) -> Result<Nothing> {
        Ok(Nothing)
    }
}

/// A body whose members are all there is to it.
pub struct Plain<T>(pub T);

impl<T: DeserializeOwned> Body for Plain<T> {
    const MEDIA: &'static [&'static str] = &[JSON];

    fn read(_: &HttpRequest, members: Map<String, Value>) -> Result<Plain<T>> {
        parse(Value::Object(members)).map(Plain)
    }
}

/// A draft that bodies can hold.
pub trait Writable: DeserializeOwned + Clone + Send + 'static {
    /// Name of the answer's schema, from which those of the bodies are made.
    const NAME: &'static str;
    /// Members of the answer that no body may have.
    const READ_ONLY: &'static [&'static str];
    /// Members that are given once and stay: a change may not have them.
    const KEY: &'static [&'static str];
    /// Members that a new row must have.
    const REQUIRED: &'static [&'static str];
}

/// The schemas of bodies are made from those of the answers, which describe the same members: see
/// `openapi/bodies.rs`. Here they have their names only.
macro_rules! named {
    ($body:ident, $before:literal, $after:literal) => {
        impl<D: Writable> utoipa::ToSchema for $body<D> {
            fn name() -> Cow<'static, str> {
                format!("{}{}{}", $before, D::NAME, $after).into()
            }
        }

        impl<D: Writable> utoipa::PartialSchema for $body<D> {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                utoipa::openapi::ObjectBuilder::new().into()
            }
        }
    };
}

named!(New, "New", "");
named!(Changes, "", "Changes");

/// A whole row. A member that is absent has its default.
#[derive(Debug, Clone)]
pub struct New<D>(pub D);

impl<D: Writable> Body for New<D> {
    const MEDIA: &'static [&'static str] = &[JSON];

    fn read(request: &HttpRequest, mut members: Map<String, Value>) -> Result<New<D>> {
        // Where the path says which row it is, the body need not.
        let is_absent = D::KEY.contains(&"code") && !members.contains_key("code");
        let Some(code) = request.match_info().get("code").filter(|_| is_absent) else {
            return New::of(members);
        };
        members.insert("code".to_owned(), code.into());
        New::of(members).map_err(|error| match error {
            Error::Malformed(faults) => Error::Malformed(faults.into_iter().map(of_path).collect()),
            other => other,
        })
    }
}

/// A fault of the code is one of the path, where it was taken from there.
fn of_path(fault: Fault) -> Fault {
    match &fault.place {
        Place::Pointer(pointer) if pointer == "/code" => Fault::parameter("code", fault.invalid),
        _ => fault,
    }
}

impl<D: Writable> New<D> {
    /// The row that these members say.
    pub fn of(members: Map<String, Value>) -> Result<New<D>> {
        refuse_any(&members, D::READ_ONLY)?;
        parse(Value::Object(members)).map(New)
    }
}

/// Changes of a row, a merge patch (RFC 7396): an absent member stays, null clears.
#[derive(Debug, Clone)]
pub struct Changes<D> {
    members: Map<String, Value>,
    of: PhantomData<D>,
}

impl<D: Writable> Body for Changes<D> {
    const MEDIA: &'static [&'static str] = &[MERGE_PATCH, JSON];

    fn read(_: &HttpRequest, members: Map<String, Value>) -> Result<Changes<D>> {
        refuse_any(&members, D::READ_ONLY)?;
        refuse_any(&members, D::KEY)?;
        // Each member alone, so that all that cannot be read is told at once, before the row is looked
        // for. What is missing beside it is no fault of a change.
        let faults: Vec<Fault> = members
            .iter()
            .filter_map(|(name, value)| {
                let alone = Map::from_iter([(name.clone(), value.clone())]);
                match parse::<D>(Value::Object(alone)) {
                    Err(Error::Malformed(faults)) => Some(faults),
                    _ => None,
                }
            })
            .flatten()
            .collect();
        if faults.is_empty() {
            Ok(Changes { members, of: PhantomData })
        } else {
            Err(Error::Malformed(faults))
        }
    }
}

impl<D: Writable> Changes<D> {
    /// The row as it is after the changes.
    ///
    /// Errors: `Invalid` when a member that is needed is cleared.
    pub fn onto(&self, row: &impl Serialize) -> Result<D> {
        let mut whole = serde_json::to_value(row).map_err(|error| Error::Corrupt(error.to_string()))?;
        if let Value::Object(whole) = &mut whole {
            whole.retain(|name, _| !D::READ_ONLY.contains(&name.as_str()));
            quantity::restate(whole, &self.members);
            merge(whole, &self.members);
        }
        parse(whole)
    }

    /// Whether a member is among the changes.
    pub fn has(&self, member: &str) -> bool {
        self.members.contains_key(member)
    }

    /// Checks that nothing is changed but these members.
    pub fn only(&self, members: &[&str]) -> Result<()> {
        let others: Vec<&str> =
            self.members.keys().map(String::as_str).filter(|name| !members.contains(name)).collect();
        refuse_any(&self.members, &others)
    }
}

/// Checks that a body names the same row as the path.
pub fn same_code<T: PartialEq>(body: &T, path: &T) -> Result<()> {
    if body == path {
        return Ok(());
    }
    let (zh, en) = ("与路径中的代码不同", "is not the code in the path");
    Err(Fault::pointer("/code", Invalid::new("other_code", zh, en)).into())
}

/// RFC 7396, section 2.
fn merge(row: &mut Map<String, Value>, patch: &Map<String, Value>) {
    for (name, change) in patch {
        match (row.get_mut(name), change) {
            (_, Value::Null) => drop(row.remove(name)),
            (Some(Value::Object(inner)), Value::Object(changes)) => {
                quantity::restate(inner, changes);
                citation::relocate(inner, changes);
                merge(inner, changes);
            }
            (_, Value::Object(changes)) => {
                let mut inner = Map::new();
                merge(&mut inner, changes);
                row.insert(name.clone(), Value::Object(inner));
            }
            (_, other) => drop(row.insert(name.clone(), other.clone())),
        }
    }
}

/// Refuses whatever is left of the members of a body.
pub fn refuse_all(members: &Map<String, Value>) -> Result<()> {
    let unknown = |name: &String| {
        let (zh, en) = ("没有这个成员", "there is no such member");
        Fault::pointer(format!("/{name}"), Invalid::new("unknown_member", zh, en))
    };
    let faults: Vec<Fault> = members.keys().map(unknown).collect();
    if faults.is_empty() { Ok(()) } else { Err(Error::Malformed(faults)) }
}

fn refuse_any(members: &Map<String, Value>, refused: &[&str]) -> Result<()> {
    let faults: Vec<Fault> = refused
        .iter()
        .filter(|name| members.contains_key(**name))
        .map(|name| {
            let (zh, en) = ("此成员不能由请求设置", "cannot be set by a request");
            Fault::pointer(format!("/{name}"), Invalid::new("read_only", zh, en))
        })
        .collect();
    if faults.is_empty() { Ok(()) } else { Err(Error::Malformed(faults)) }
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
    check_comment(why.comment.as_deref()).map_err(|invalid| Fault::pointer("/comment", invalid))?;
    Ok(why)
}

/// Checks that a comment is not too long.
pub fn check_comment(comment: Option<&str>) -> Result<(), Invalid> {
    if comment.is_some_and(|comment| comment.chars().count() > LONGEST_COMMENT) {
        let (zh, en) =
            (format!("最多 {LONGEST_COMMENT} 个字符"), format!("has at most {LONGEST_COMMENT} characters"));
        return Err(Invalid::new("too_long", zh, en));
    }
    Ok(())
}

/// Reads a value.
///
/// Errors: `Malformed` for what cannot be read, `Invalid` for what is missing; each with its pointer.
pub fn parse<T: DeserializeOwned>(value: Value) -> Result<T> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        let path = pointer(error.path());
        let error = error.into_inner();
        let told = error.to_string();
        // Serde tells these three by their first words only.
        let named = |start: &str| told.strip_prefix(start)?.split('`').next();
        if let Some(name) = named("unknown field `") {
            let place = if path.ends_with(&format!("/{name}")) { path } else { format!("{path}/{name}") };
            let (zh, en) = ("没有这个成员", "there is no such member");
            return Error::Malformed(vec![Fault::pointer(place, Invalid::new("unknown_member", zh, en))]);
        }
        if let Some(name) = named("missing field `") {
            let (zh, en) = ("缺少这个成员", "is missing");
            return Fault::pointer(format!("{path}/{name}"), Invalid::new("missing", zh, en)).into();
        }
        if told.starts_with("invalid type: null") {
            return Fault::pointer(path, Invalid::new("missing", "不能为空", "cannot be null")).into();
        }
        let message = Text::of_deserializer(&error);
        Error::Malformed(vec![Fault::pointer(path, Invalid { code: "malformed_value", message })])
    })
}

/// A place in a value as a JSON pointer (RFC 6901).
fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    let part = |segment: &Segment| match segment {
        Segment::Seq { index } => format!("/{index}"),
        Segment::Map { key } => format!("/{}", key.replace('~', "~0").replace('/', "~1")),
        Segment::Enum { variant } => format!("/{variant}"),
        Segment::Unknown => String::new(),
    };
    path.iter().map(part).collect()
}
