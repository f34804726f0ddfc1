//! Bodies that say a whole row: a new one, and one to be put in the place of another.

use actix_web::HttpRequest;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::members::{check_unchanged, members_of, read_only_faults, take};
use super::{Body, JSON};
use crate::domain::members::Members;
use crate::error::{Error, Fault, Invalid, Place, Result};
use crate::exchange::reading::{HandedIn, read_row};

/// A draft that bodies can hold. Its members are those of the answer, less those that only the service sets.
pub trait Writable: HandedIn + Clone + Send {
    /// What the row is answered as.
    type Answer: ToSchema + 'static;
    /// Members that are given once and stay: a change may not have them.
    const KEY: &'static [&'static str];
    /// Members that only seeds have.
    const SEEDS_ONLY: &'static [&'static str] = &[];
}

/// Members of the answer that no body sets, and members that only seeds have.
pub fn read_only<D: Writable>() -> Vec<&'static str> {
    let own = Members::of::<D>();
    let answered = Members::of::<D::Answer>().names();
    answered.filter(|name| own.member(name).is_none()).chain(D::SEEDS_ONLY.iter().copied()).collect()
}

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
        let read_only = take(&mut members, &read_only::<D>());
        // Where the path says which row it is, the body need not.
        let is_absent = D::KEY.contains(&"code") && !members.contains_key("code");
        let Some(code) = request.match_info().get("code").filter(|_| is_absent) else {
            return Ok(Put { draft: read_row(members)?, read_only });
        };
        members.insert("code".to_owned(), code.into());
        let draft = read_row(members).map_err(|error| match error {
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
        check_unchanged(&self.read_only, &read_only::<D>(), &row)?;
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
        let read_only = take(&mut members, &read_only::<D>());
        if !read_only.is_empty() {
            // Of a new row there is nothing yet that could be sent back.
            return Err(Error::Malformed(read_only_faults(read_only.keys())));
        }
        read_row(members).map(New)
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
