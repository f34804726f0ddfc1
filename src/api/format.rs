//! Formats of an answer, and which of them a request wants.

use std::str::FromStr;

use actix_web::HttpRequest;
use actix_web::http::header::{Accept, Header, Quality};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::Schema;
use utoipa::{PartialSchema, ToSchema};

use super::problem::Problem;
use crate::domain::codes::{self, Listed, codes, unknown};
use crate::error::Invalid;

codes! {
    /// Format of a list.
    Format ("格式", "format") {
        Json = "json" ("JSON", "One page as JSON"),
        Csv = "csv" ("CSV", "The whole selection as CSV in UTF-8, with a header"),
        Ndjson = "ndjson" ("NDJSON", "The whole selection as JSON, one item a line"),
        Xlsx = "xlsx" ("Excel", "The whole selection as a workbook, with a sheet of notes"),
        JsonStat = "json-stat" ("JSON-stat", "The whole selection as a data cube"),
        SdmxCsv = "sdmx-csv" ("SDMX-CSV", "The whole selection as SDMX-CSV 2.0"),
    }
}

impl Format {
    /// The formats of a list that is no cube.
    pub const TABLES: &'static [Format] = &[Format::Json, Format::Csv, Format::Ndjson, Format::Xlsx];

    /// The media type of the format.
    pub fn media_type(self) -> &'static str {
        match self {
            Format::Json => "application/json",
            Format::Csv => "text/csv; charset=utf-8",
            Format::Ndjson => "application/x-ndjson",
            Format::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            // JSON-stat has registered none; a page of JSON is something else.
            Format::JsonStat => "application/vnd.json-stat+json",
            Format::SdmxCsv => "application/vnd.sdmx.data+csv; version=2.0.0; charset=utf-8",
        }
    }

    /// The ending of a file that a browser keeps, where it is one.
    pub fn ending(self) -> Option<&'static str> {
        match self {
            Format::Csv | Format::SdmxCsv => Some("csv"),
            Format::Xlsx => Some("xlsx"),
            Format::Json | Format::Ndjson | Format::JsonStat => None,
        }
    }

    /// The format that a request wants: the one it names, else the best of its Accept header.
    pub fn negotiate(
        request: &HttpRequest,
        named: Option<Format>,
        offered: &[Format],
    ) -> Result<Format, Problem> {
        named.map_or_else(|| best(request, offered, Format::media_type), Ok)
    }

    /// Checks that a request takes JSON, the only format of a single read.
    pub fn json(request: &HttpRequest) -> Result<(), Problem> {
        best(request, &[Format::Json], Format::media_type).map(drop)
    }
}

/// A format of a list that is no cube.
#[derive(Debug, Clone, Copy)]
pub struct TableFormat(pub Format);

impl ToSchema for TableFormat {}

impl PartialSchema for TableFormat {
    fn schema() -> RefOr<Schema> {
        let listed: Vec<Listed> = Format::LISTED
            .iter()
            .copied()
            .filter(|(_, word, ..)| Format::TABLES.iter().any(|format| format.as_str() == *word))
            .collect();
        codes::schema("Format of a list.", ("格式", "format"), &listed)
    }
}

impl FromStr for TableFormat {
    type Err = Invalid;

    fn from_str(word: &str) -> Result<TableFormat, Invalid> {
        let known = Format::TABLES.iter().find(|format| format.as_str() == word);
        known.map(|format| TableFormat(*format)).ok_or_else(|| {
            let words: Vec<&str> = Format::TABLES.iter().map(|format| format.as_str()).collect();
            unknown("格式", "format", word, &words)
        })
    }
}

/// Checks that a request takes a media type, the only one that there is.
pub fn takes(request: &HttpRequest, media_type: &str) -> Result<(), Problem> {
    best(request, &[()], |()| media_type)
}

/// Whether a format is what a parameter of a media range asks for.
fn has(media_type: &mime::Mime, parameter: &str, value: &str) -> bool {
    match (parameter.to_ascii_lowercase().as_str(), value.to_ascii_lowercase().as_str()) {
        // Whatever has a text has it in UTF-8, also where its type has no parameter that says so.
        ("charset", charset) => ["utf-8", "utf8"].contains(&charset),
        // A hint that changes nothing of what is said (RFC 6906).
        ("profile", _) => true,
        // Every CSV has its header (RFC 4180).
        ("header", header) => media_type.essence_str() == "text/csv" && header == "present",
        // SDMX-CSV has codes, no names, and periods as they are.
        ("labels", "id") | ("keys", "none") | ("timeformat", "original") => {
            media_type.suffix() == Some(mime::CSV)
        }
        (name, _) => media_type.get_param(name).is_some_and(|ours| ours.as_str() == value),
    }
}

/// Of the formats offered, by their media types, the best that the Accept header takes.
pub fn best<'a, F: Copy>(
    request: &HttpRequest,
    offered: &[F],
    media_type: impl Fn(F) -> &'a str,
) -> Result<F, Problem> {
    let accepted = Accept::parse(request).map(|accept| accept.0).unwrap_or_default();
    if let Some(first) = offered.first().filter(|_| accepted.is_empty()) {
        return Ok(*first);
    }
    let quality = |format: F| {
        let media_type: mime::Mime = media_type(format).parse().unwrap_or(mime::APPLICATION_JSON);
        // The most specific range that fits decides (RFC 9110, 12.5.1).
        accepted
            .iter()
            .filter(|range| {
                range.item.params().all(|(name, value)| has(&media_type, name.as_str(), value.as_str()))
            })
            .filter_map(|range| {
                let specific = match (range.item.type_(), range.item.subtype()) {
                    (mime::STAR, mime::STAR) => 0,
                    (main, mime::STAR) if main == media_type.type_() => 1,
                    _ if range.item.essence_str() == media_type.essence_str() => {
                        2 + range.item.params().count()
                    }
                    _ => return None,
                };
                Some((specific, range.quality))
            })
            .max_by_key(|(specific, _)| *specific)
            .map_or(Quality::ZERO, |(_, quality)| quality)
    };
    // Of equally good formats the one offered first wins.
    let mut best = (Quality::ZERO, None);
    for &format in offered {
        let quality = quality(format);
        if quality > best.0 {
            best = (quality, Some(format));
        }
    }
    best.1.ok_or_else(|| {
        let known: Vec<&str> = offered.iter().map(|format| media_type(*format)).collect();
        Problem::not_acceptable(&known.join(", "))
    })
}
