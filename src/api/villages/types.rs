//! Villages as they go over the wire.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::areas::types::{Area, Point};
use crate::api::reports::types::Citation;
use crate::db::areas::HighlightRow;
use crate::domain::area_code::AreaCode;
use crate::domain::codes::{AreaKind, HighlightKind, Level};
use crate::exchange::table::Tabular;

/// An area of level village: a village 村 or a community 社区, and what it is known for.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Village {
    /// Official statistical code, always 12 digits.
    pub code: AreaCode,
    /// Official name.
    #[schema(example = "序贤村")]
    pub name: String,
    /// Other names in use, for example in reports.
    pub aliases: Vec<String>,
    /// Always `village`.
    pub level: Level,
    /// `village` 村 or `community` 社区.
    pub kind: AreaKind,
    /// Code of the township above; null when it is not registered.
    pub parent: Option<AreaCode>,
    /// List of codes and its edition.
    #[schema(example = "NBS-2023")]
    pub code_system: String,
    /// Urban-rural class of the statistical code list, three digits; null when not known.
    pub urban_rural_class: Option<String>,
    /// First day of the division, as precise as known; null when not known.
    #[schema(pattern = r"^\d{4}(-\d{2}(-\d{2})?)?$")]
    pub valid_from: Option<String>,
    /// Last day of the division, as precise as known; null while it lasts.
    #[schema(pattern = r"^\d{4}(-\d{2}(-\d{2})?)?$")]
    pub valid_to: Option<String>,
    /// Divisions that it was merged or split into, in order of code.
    pub successors: Vec<AreaCode>,
    /// A point inside of it; null when not known.
    pub point: Option<Point>,
    /// What it is known for, in the order given.
    pub highlights: Vec<Highlight>,
    /// Number of the entry that last touched this row.
    #[schema(minimum = 1)]
    pub seq: i64,
    /// When that entry was made.
    pub updated_at: DateTime<Utc>,
}

/// One thing that a village is known for. One village one product 一村一品 is a specialty.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Highlight {
    /// Kind of the highlight.
    pub kind: HighlightKind,
    /// What it is, in a few words.
    #[schema(example = "湖南省乡村旅游重点村（第四批）")]
    pub text: String,
    /// Since when, as precise as known; null when not said.
    #[schema(pattern = r"^\d{4}(-\d{2}(-\d{2})?)?$", example = "2022-11")]
    pub since: Option<String>,
    /// Code of the report that says so; null when it comes from elsewhere.
    #[schema(example = "bishi-2022")]
    pub report: Option<String>,
    /// Where in the report; null when it comes from elsewhere.
    pub citation: Option<Citation>,
}

impl From<HighlightRow> for Highlight {
    fn from(row: HighlightRow) -> Highlight {
        let HighlightRow {
            area: _,
            ordinal: _,
            kind,
            text,
            since,
            report,
            cite_paragraph,
            cite_start,
            cite_end,
            cite_words,
        } = row;
        let citation = Citation::from_columns(cite_paragraph, cite_start, cite_end, cite_words);
        Highlight { kind, text, since, report, citation }
    }
}

impl Tabular for Village {
    const COLUMNS: &'static [&'static str] = &[
        "code",
        "name",
        "aliases",
        "level",
        "kind",
        "parent",
        "code_system",
        "urban_rural_class",
        "valid_from",
        "valid_to",
        "successors",
        "point.lon",
        "point.lat",
        "highlights",
        "seq",
        "updated_at",
    ];
}

impl Village {
    /// An area of level village with its highlights.
    pub fn new(area: Area, highlights: Vec<Highlight>) -> Village {
        let Area {
            code,
            name,
            aliases,
            level,
            kind,
            parent,
            code_system,
            urban_rural_class,
            valid_from,
            valid_to,
            successors,
            point,
            seq,
            updated_at,
        } = area;
        Village {
            code,
            name,
            aliases,
            level,
            kind,
            parent,
            code_system,
            urban_rural_class,
            valid_from,
            valid_to,
            successors,
            point,
            highlights,
            seq,
            updated_at,
        }
    }
}
