//! Formats of an answer, and which of them a request wants.

use actix_web::HttpRequest;
use actix_web::http::header::{Accept, Header, Quality};

use super::problem::Problem;
use crate::domain::codes::codes;

codes! {
    /// Format of a list.
    Format ("格式", "format") {
        /// One page as JSON.
        Json = "json",
        /// The whole selection as CSV in UTF-8, with a header.
        Csv = "csv",
        /// The whole selection as JSON, one item a line.
        Ndjson = "ndjson",
    }
}

impl Format {
    /// The media type of the format.
    pub fn media_type(self) -> &'static str {
        match self {
            Format::Json => "application/json",
            Format::Csv => "text/csv; charset=utf-8",
            Format::Ndjson => "application/x-ndjson",
        }
    }

    /// The format that a request wants: the one it names, else the best of its Accept header.
    pub fn negotiate(request: &HttpRequest, named: Option<Format>) -> Result<Format, Problem> {
        named.map_or_else(|| best(request, Format::ALL), Ok)
    }

    /// Checks that a request takes JSON, the only format of a single read.
    pub fn json(request: &HttpRequest) -> Result<(), Problem> {
        best(request, &[Format::Json]).map(drop)
    }
}

fn best(request: &HttpRequest, offered: &[Format]) -> Result<Format, Problem> {
    let accepted = Accept::parse(request).map(|accept| accept.0).unwrap_or_default();
    if accepted.is_empty() {
        return Ok(Format::Json);
    }
    let quality = |format: Format| {
        let media_type: mime::Mime = format.media_type().parse().unwrap_or(mime::APPLICATION_JSON);
        // The most specific range that fits decides (RFC 9110, 12.5.1).
        accepted
            .iter()
            .filter_map(|range| {
                let specific = match (range.item.type_(), range.item.subtype()) {
                    (mime::STAR, mime::STAR) => 0,
                    (main, mime::STAR) if main == media_type.type_() => 1,
                    (main, sub) if main == media_type.type_() && sub == media_type.subtype() => 2,
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
        let known: Vec<&str> = offered.iter().map(|format| format.media_type()).collect();
        Problem::not_acceptable(&known.join(", "))
    })
}
