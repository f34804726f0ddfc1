//! What a new bulletin says, worked out as the public could know it at this moment and compared with the bulletin
//! before.

pub mod board;
pub mod ranking;
mod total;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::db::bulletins::BulletinRow;
use crate::domain::area_code::AreaCode;
use crate::domain::codes::{Accumulation, Level};
use crate::domain::period::Period;
use crate::error::{Error, Fault, Invalid, Place, Result};
use crate::exchange::writer::unwritable;
use crate::statistics::ranking::By;

/// Which ranking a bulletin tells.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the members of the body of the same names describe them")]
pub struct Ranked {
    pub metric: String,
    pub within: AreaCode,
    pub level: Option<Level>,
    pub period: Option<Period>,
    pub accumulation: Option<Accumulation>,
    pub by: By,
}

/// A bulletin that is worked out but not yet numbered.
#[derive(Debug)]
pub struct Issue {
    /// Title, made of subject and day.
    pub title: String,
    /// What bulletins share that are compared with each other.
    pub series: String,
    /// Number of the bulletin before; none for the first.
    pub previous: Option<i64>,
    /// What it says, as JSON.
    pub content: String,
}

impl Issue {
    fn new(
        title: String,
        series: String,
        previous: Option<BulletinRow>,
        content: &impl Serialize,
    ) -> Result<Issue> {
        let content = serde_json::to_string(content).map_err(unwritable)?;
        Ok(Issue { title, series, previous: previous.map(|row| row.no), content })
    }
}

/// What a stored bulletin says.
fn read_content<T: DeserializeOwned>(row: &BulletinRow) -> Result<T> {
    serde_json::from_str(&row.content)
        .map_err(|error| Error::Corrupt(format!("content of bulletin {}: {error}", row.no)))
}

/// A refusal by a parameter of a statistic, told of the member of the body that stands for it.
fn of_body(error: Error) -> Error {
    match error {
        Error::Invalid(faults) => Error::Invalid(faults.into_iter().map(member).collect()),
        other => other,
    }
}

fn member(fault: Fault) -> Fault {
    match fault.place {
        Place::Parameter(name) => {
            let name = if name == "code" { "metric" } else { &name };
            Fault::pointer(format!("/{name}"), fault.invalid)
        }
        place => Fault { place, invalid: fault.invalid },
    }
}

/// The same refusal, of something named in the body that is not there, or not public.
pub fn unknown(error: Error, pointer: &str) -> Error {
    match error {
        Error::NotFound { key, .. } => {
            let (zh, en) =
                (format!("没有登记或不公开“{key}”"), format!("“{key}” is not registered, or not public"));
            Fault::pointer(pointer, Invalid::new("unknown_reference", zh, en)).into()
        }
        other => other,
    }
}
