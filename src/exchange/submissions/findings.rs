//! What the checks of a submission find.

use std::collections::HashSet;

use crate::db::metrics::MetricRow;
use crate::db::observations::Key;
use crate::domain::quantity::Quantity;
use crate::domain::submission::CheckLevel;
use crate::error::{Error, Fault, Invalid, Place, Result};

/// What a check found.
#[derive(Debug, Clone)]
pub struct Finding {
    /// Number of the row.
    pub row: i64,
    /// Whether it blocks.
    pub level: CheckLevel,
    /// Where it stands and what it is: `/items/{row}/member`, or a member of the submission.
    pub fault: Fault,
}

/// A row that can be compared: it is valid in itself.
pub(super) struct Row {
    pub(super) number: i64,
    pub(super) metric: MetricRow,
    pub(super) key: Key,
    pub(super) quantity: Quantity,
}

/// What was found so far. The same is told of a row only once.
#[derive(Default)]
pub(super) struct Findings {
    pub(super) all: Vec<Finding>,
    told: HashSet<(i64, String)>,
}

impl Findings {
    pub(super) fn warn(&mut self, row: i64, code: &'static str, zh: String, en: String) {
        self.add(row, CheckLevel::Warning, format!("/items/{row}"), Invalid::new(code, zh, en));
    }

    pub(super) fn refuse(&mut self, row: i64, member: &str, invalid: Invalid) {
        self.add(row, CheckLevel::Error, format!("/items/{row}/{member}"), invalid);
    }

    pub(super) fn add(&mut self, row: i64, level: CheckLevel, pointer: String, invalid: Invalid) {
        if self.told.insert((row, format!("{pointer} {}", invalid.message.zh))) {
            self.all.push(Finding { row, level, fault: Fault::pointer(pointer, invalid) });
        }
    }

    /// Keeps what is wrong with a row; what is no fault of the row ends the work.
    pub(super) fn keep<T>(&mut self, row: i64, checked: Result<T>) -> Result<Option<T>> {
        match checked {
            Ok(value) => Ok(Some(value)),
            Err(Error::Invalid(faults)) => {
                for Fault { place, invalid } in faults {
                    let pointer = match place {
                        Place::Pointer(pointer) => pointer,
                        Place::Parameter(name) | Place::Cell { column: name, .. } => format!("/{name}"),
                    };
                    self.refuse(row, pointer.trim_start_matches('/'), invalid);
                }
                Ok(None)
            }
            Err(other) => Err(other),
        }
    }
}
