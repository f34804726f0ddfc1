//! Bodies: what a request says in JSON, read into drafts, with every refusal told by its place.

use std::borrow::Cow;
use std::marker::PhantomData;

use actix_web::HttpRequest;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Number, Value};

use crate::domain::area_code::AreaCode;
use crate::domain::codes::RevisionReason;
use crate::domain::decimal::Decimal;
use crate::domain::text;
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

/// A body, or what is wrong with its meaning. That is told last, after what the path, the preconditions and
/// the stored rows have to say: see [`Held::checked`].
#[derive(Debug)]
pub struct Held<B> {
    read: Result<B, Vec<Fault>>,
    said: Map<String, Value>,
}

/// Members that say where a row belongs or what becomes of it: they are looked at even in a body that breaks a
/// rule elsewhere, for what they are refused for is told before that.
const TELLING: &[&str] = &["code", "area", "areas", "within", "issuer_area", "plan", "to", "suspended"];

impl<B: Body> Held<B> {
    /// Reads a body, and why it is sent.
    ///
    /// Errors: `Malformed` for what cannot be read. What is missing, or breaks a rule, is held back.
    pub fn read(request: &HttpRequest, mut members: Map<String, Value>) -> Result<(Held<B>, Why)> {
        let telling = TELLING.iter().filter_map(|name| members.get_key_value(*name));
        let said = telling.map(|(name, value)| (name.clone(), value.clone())).collect();
        let (why, explained) = hold(take_why(&mut members))?;
        let (body, read) = hold(B::read(request, members))?;
        let faults = [read, explained].concat();
        let read = body.filter(|_| faults.is_empty()).ok_or(faults);
        Ok((Held { read, said }, why.unwrap_or_default()))
    }

    /// The body of a request that has none.
    pub fn none(request: &HttpRequest) -> Result<Held<B>> {
        Ok(Held { read: Ok(B::read(request, Map::new())?), said: Map::new() })
    }
}

impl<B> Held<B> {
    /// The body, where all that comes before has been looked at.
    ///
    /// Errors: `Invalid` for what is missing or breaks a rule.
    pub fn checked(&self) -> Result<&B> {
        self.read.as_ref().map_err(|faults| Error::Invalid(faults.clone()))
    }

    /// A member that tells, where it can be read by itself.
    pub fn said<T: DeserializeOwned>(&self, name: &str) -> Option<T> {
        serde_json::from_value(self.said.get(name)?.clone()).ok()
    }

    /// The areas that a new row is said to belong to.
    pub fn areas(&self) -> Vec<AreaCode> {
        let listed = self.said::<Vec<AreaCode>>("areas").unwrap_or_default();
        self.said("area").into_iter().chain(listed).collect()
    }

    /// As [`Held::checked`], of a move, of which it comes first whether the row can go to the state that it names.
    pub fn checked_move<T: DeserializeOwned>(&self, check: impl FnOnce(T) -> Result<()>) -> Result<&B> {
        self.checked().or_else(|error| self.said("to").map_or(Ok(()), check).and(Err(error)))
    }

    /// As [`Held::checked`], of a new row, of which it comes first that its code is taken.
    ///
    /// Errors: `Conflict` when it is, of a row that breaks a rule; any other is asked again when it is added.
    pub fn checked_unless_taken(
        &self,
        what: &'static str,
        is_taken: impl FnOnce(&str) -> Result<bool>,
    ) -> Result<&B> {
        match self.said::<String>("code") {
            Some(key) if self.read.is_err() && is_taken(&key)? => Err(Error::Conflict { what, key }),
            _ => self.checked(),
        }
    }
}

/// Keeps what breaks a rule apart from what cannot be read.
fn hold<T>(read: Result<T>) -> Result<(Option<T>, Vec<Fault>)> {
    match read {
        Ok(read) => Ok((Some(read), Vec::new())),
        Err(Error::Invalid(faults)) => Ok((None, faults)),
        Err(other) => Err(other),
    }
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

    fn read(_: &HttpRequest, members: Map<String, Value>) -> Result<New<D>> {
        New::of(members)
    }
}

/// A whole row that is put in its place, as it was read: members that only the service sets may stand in it
/// as they are. A member that is absent has its default.
#[derive(Debug, Clone)]
pub struct Put<D> {
    draft: D,
    read_only: Map<String, Value>,
}

impl<D: Writable> Body for Put<D> {
    const MEDIA: &'static [&'static str] = &[JSON];

    fn read(request: &HttpRequest, mut members: Map<String, Value>) -> Result<Put<D>> {
        let read_only = take(&mut members, D::READ_ONLY);
        // Where the path says which row it is, the body need not.
        let is_absent = D::KEY.contains(&"code") && !members.contains_key("code");
        let Some(code) = request.match_info().get("code").filter(|_| is_absent) else {
            return Ok(Put { draft: parse(Value::Object(members))?, read_only });
        };
        members.insert("code".to_owned(), code.into());
        let draft = parse(Value::Object(members)).map_err(|error| match error {
            Error::Malformed(faults) => Error::Malformed(faults.into_iter().map(of_path).collect()),
            other => other,
        })?;
        Ok(Put { draft, read_only })
    }
}

impl<D: Writable> Put<D> {
    /// What the row is to be, in the place of what it was; of a new row there is nothing to be sent back.
    ///
    /// Errors: `Malformed` for a member that only the service sets and that is not as it was.
    pub fn over(&self, row: Option<&impl Serialize>) -> Result<&D> {
        let row = row.map(members_of).transpose()?.unwrap_or_default();
        check_unchanged(&self.read_only, D::READ_ONLY, &row)?;
        Ok(&self.draft)
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
    pub fn of(mut members: Map<String, Value>) -> Result<New<D>> {
        let read_only = take(&mut members, D::READ_ONLY);
        if !read_only.is_empty() {
            // Of a new row there is nothing yet that could be sent back.
            return Err(Error::Malformed(read_only_faults(read_only.keys())));
        }
        parse(Value::Object(members)).map(New)
    }
}

/// Changes of a row, a merge patch (RFC 7396): an absent member stays, null clears. A row that was read is
/// one too, which changes nothing.
#[derive(Debug, Clone)]
pub struct Changes<D> {
    members: Map<String, Value>,
    of: PhantomData<D>,
}

impl<D: Writable> Body for Changes<D> {
    const MEDIA: &'static [&'static str] = &[MERGE_PATCH, JSON];

    fn read(_: &HttpRequest, members: Map<String, Value>) -> Result<Changes<D>> {
        // Each member alone, so that all that cannot be read is told at once, before the row is looked
        // for. What is missing beside it is no fault of a change.
        let faults: Vec<Fault> = members
            .iter()
            .filter(|(name, _)| !D::READ_ONLY.contains(&name.as_str()))
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
    /// The changes without what is sent back as the caller sees the row.
    ///
    /// Errors: `Malformed` for a member that a change may not have and that is not as it is in the row.
    pub fn of(&self, row: &impl Serialize) -> Result<Changes<D>> {
        self.within(row, None)
    }

    /// As [`Changes::of`], where only these members may change.
    pub fn within(&self, row: &impl Serialize, only: Option<&[&str]>) -> Result<Changes<D>> {
        let row = members_of(row)?;
        let fixed = |name: &str| {
            D::READ_ONLY.contains(&name)
                || D::KEY.contains(&name)
                || only.is_some_and(|only| !only.contains(&name))
        };
        let names: Vec<&str> = self.members.keys().map(String::as_str).filter(|name| fixed(name)).collect();
        check_unchanged(&self.members, &names, &row)?;
        let mut members = self.members.clone();
        quantity::drop_restated(&mut members, &row, same);
        members.retain(|name, value| {
            !fixed(name) && (quantity::is_part(name, &row) || !same(value, row.get(name)))
        });
        Ok(Changes { members, of: PhantomData })
    }

    /// The row as it is after the changes.
    ///
    /// Errors: `Invalid` when a member that is needed is cleared.
    pub fn onto(&self, row: &impl Serialize) -> Result<D> {
        let mut whole = members_of(row)?;
        whole.retain(|name, _| !D::READ_ONLY.contains(&name.as_str()));
        quantity::restate(&mut whole, &self.members);
        merge(&mut whole, &self.members);
        parse(Value::Object(whole))
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// Whether a member is among the changes.
    pub fn has(&self, member: &str) -> bool {
        self.members.contains_key(member)
    }
}

/// The members of a row as it is answered.
fn members_of(row: &impl Serialize) -> Result<Map<String, Value>> {
    match serde_json::to_value(row) {
        Ok(Value::Object(members)) => Ok(members),
        Ok(other) => Err(Error::Corrupt(format!("no row: {other}"))),
        Err(error) => Err(Error::Corrupt(error.to_string())),
    }
}

/// Takes members out of others.
fn take(members: &mut Map<String, Value>, names: &[&str]) -> Map<String, Value> {
    names.iter().filter_map(|name| members.remove_entry(*name)).collect()
}

/// Whether a member that was sent is as it is in the row, where null is as good as absent.
fn same(sent: &Value, kept: Option<&Value>) -> bool {
    match (sent, kept.unwrap_or(&Value::Null)) {
        (Value::Number(sent), Value::Number(kept)) => {
            let read = |number: &Number| number.to_string().parse::<Decimal>();
            sent == kept || matches!((read(sent), read(kept)), (Ok(sent), Ok(kept)) if sent == kept)
        }
        (Value::Array(sent), Value::Array(kept)) => {
            sent.len() == kept.len() && sent.iter().zip(kept).all(|(sent, kept)| same(sent, Some(kept)))
        }
        (Value::Object(sent), Value::Object(kept)) => {
            let absent = |name: &&String| !sent.contains_key(*name);
            sent.iter().all(|(name, value)| same(value, kept.get(name)))
                && kept.keys().filter(absent).all(|name| same(&Value::Null, kept.get(name)))
        }
        (sent, kept) => sent == kept,
    }
}

/// Checks that members which no request can change are sent back as they are, where they are sent.
fn check_unchanged(sent: &Map<String, Value>, fixed: &[&str], row: &Map<String, Value>) -> Result<()> {
    let changed =
        sent.iter().filter(|(name, value)| fixed.contains(&name.as_str()) && !same(value, row.get(*name)));
    let faults = read_only_faults(changed.map(|(name, _)| name));
    if faults.is_empty() { Ok(()) } else { Err(Error::Malformed(faults)) }
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

/// The faults of members that no request sets.
fn read_only_faults<'a>(members: impl Iterator<Item = &'a String>) -> Vec<Fault> {
    let fault = |name: &String| {
        let (zh, en) = ("此成员不能由请求设置", "cannot be set by a request");
        Fault::pointer(format!("/{name}"), Invalid::new("read_only", zh, en))
    };
    members.map(fault).collect()
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

/// Reads a value.
///
/// Errors: `Malformed` for what cannot be read, `Invalid` for what is missing; each with its pointer.
pub fn parse<T: DeserializeOwned>(mut value: Value) -> Result<T> {
    loop {
        let (path, error) = match serde_path_to_error::deserialize(&value) {
            Ok(read) => return Ok(read),
            Err(error) => (pointer(error.path()), error.into_inner()),
        };
        // 2819.0 is an integer wherever one is taken; of a figure it says how many decimals are known.
        let integer = value.pointer_mut(&path).and_then(|place| Some((integer(place)?, place)));
        let Some((integer, place)) = integer else { return Err(unreadable(path, &error)) };
        *place = integer;
    }
}

/// The integer that a number is, where it is written otherwise.
fn integer(value: &Value) -> Option<Value> {
    let digits = value.as_number().filter(|number| number.as_i64().is_none())?.to_string();
    let millionths = digits.parse::<Decimal>().ok()?.millionths();
    (millionths % 1_000_000 == 0).then(|| (millionths / 1_000_000).into())
}

/// The fault of a value that a deserialiser refuses.
fn unreadable(path: String, error: &serde_json::Error) -> Error {
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
    if let Some(invalid) = Invalid::of_deserializer(error) {
        return Fault::pointer(path, invalid).into();
    }
    let message = Text::of_deserializer(error);
    Error::Malformed(vec![Fault::pointer(path, Invalid { code: "malformed_value", message })])
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
