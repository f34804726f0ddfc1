//! Areas as they go over the wire.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::body::changes::Changes;
use crate::api::body::rows::{Put, Writable};
use crate::db::areas::{AreaRow, HighlightRow};
use crate::db::columns::words;
use crate::domain::area_code::AreaCode;
use crate::domain::citation::Citation;
use crate::domain::codes::{AreaKind, HighlightKind, Level};
use crate::domain::decimal::Decimal;
use crate::domain::partial_date::PartialDate;
use crate::error::Result;
use crate::exchange::drafts::area::AreaDraft;
use crate::exchange::table::Tabular;

/// An administrative division 区划, a village 村 or community 社区 among them.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Area {
    /// Official statistical code, always 12 digits.
    pub code: AreaCode,
    /// Official name.
    #[schema(example = "弼时镇")]
    pub name: String,
    /// Other names in use, for example in reports.
    pub aliases: Vec<String>,
    /// Level of the division.
    pub level: Level,
    /// Kind within its level.
    pub kind: AreaKind,
    /// Code of the division above; null at the top of what is registered.
    pub parent: Option<AreaCode>,
    /// List of codes and its edition: `NBS-2023` is the 2023 list of the National Bureau of
    /// Statistics.
    #[schema(example = "NBS-2023")]
    pub code_system: String,
    /// Urban-rural class of the statistical code list, three digits; null when not known.
    #[schema(pattern = "^[0-9]{3}$")]
    pub urban_rural_class: Option<String>,
    /// First day of the division, as precise as known; null when not known.
    pub valid_from: Option<PartialDate>,
    /// Last day of the division, as precise as known; null while it lasts.
    pub valid_to: Option<PartialDate>,
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

/// A point on the WGS 84 ellipsoid, in degrees.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Point {
    /// Longitude, east positive.
    #[schema(value_type = f64, minimum = -180, maximum = 180)]
    pub lon: Decimal,
    /// Latitude, north positive.
    #[schema(value_type = f64, minimum = -90, maximum = 90)]
    pub lat: Decimal,
}

/// One thing that an area is known for. One village one product 一村一品 is a specialty.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Highlight {
    /// Kind of the highlight.
    pub kind: HighlightKind,
    /// What it is, in a few words; no two of an area say the same.
    #[schema(min_length = 1, max_length = 200, example = "湖南省乡村旅游重点村（第四批）")]
    pub text: String,
    /// Since when, as precise as known; null when not said.
    #[schema(example = "2022-11")]
    pub since: Option<PartialDate>,
    /// Code of the report that says so; null when it comes from elsewhere.
    #[schema(example = "bishi-2022")]
    pub report: Option<String>,
    /// Where in the report; null when it comes from elsewhere.
    pub citation: Option<Citation>,
}

impl From<HighlightRow> for Highlight {
    fn from(row: HighlightRow) -> Highlight {
        let HighlightRow { area: _, ordinal: _, kind, text, since, report, cited } = row;
        Highlight { kind, text, since, report, citation: cited.into() }
    }
}

/// An area as a body: all of it, for PUT.
pub type AreaInput = Put<AreaDraft>;

/// Changes of an area, for PATCH.
pub type AreaChanges = Changes<AreaDraft>;

impl Writable for AreaDraft {
    type Answer = Area;
    const KEY: &'static [&'static str] = &["code"];
}

impl Tabular for Area {
    const LISTS: &'static [&'static str] = &["highlights[text]"];
}

impl Area {
    /// An area with the codes of its successors and what it is known for.
    pub fn new(row: AreaRow, successors: Vec<AreaCode>, highlights: Vec<Highlight>) -> Result<Area> {
        let AreaRow {
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
            lon,
            lat,
            folded: _,
            seq,
            updated_at,
        } = row;
        let point = lon.zip(lat).map(|(lon, lat)| Point { lon, lat });
        Ok(Area {
            code,
            name,
            aliases: words(&aliases)?,
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
            updated_at: updated_at.and_utc(),
        })
    }
}
