//! What answers are made of, so that a kept one is dropped when something of that is written, and not whenever anything
//! is. A test holds each line to the tables that its answers are read from.

use crate::domain::row_kind::{Kinds, RowKind};

const AREAS: Kinds = Kinds::of(&[RowKind::Area, RowKind::Highlight]);
const METRICS: Kinds = Kinds::of(&[RowKind::Metric, RowKind::Unit]);
const STATISTICS: Kinds =
    Kinds::of(&[RowKind::Observation, RowKind::Revision]).union(METRICS).union(Kinds::of(&[RowKind::Area]));

/// The kinds of rows that the answer of a path is made of. What is not listed is made of many, and counts as made of
/// all.
pub fn kinds(path: &str) -> Kinds {
    match path {
        "/openapi.json" => Kinds::of(&[]),
        "/api/v1/areas" | "/api/v1/areas/{code}" | "/api/v1/villages" | "/api/v1/villages/{code}" => AREAS,
        "/api/v1/units" => Kinds::of(&[RowKind::Unit]),
        "/api/v1/metrics" | "/api/v1/metrics/{code}" => METRICS,
        "/api/v1/metrics/{code}/series"
        | "/api/v1/metrics/{code}/aggregate"
        | "/api/v1/metrics/{code}/ranking"
        | "/api/v1/completion"
        | "/api/v1/completeness"
        | "/api/v1/observations"
        | "/api/v1/observations/{id}"
        | "/api/v1/observations/{id}/revisions" => STATISTICS,
        _ => Kinds::ALL,
    }
}
