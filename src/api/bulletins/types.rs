//! Bulletins as they go over the wire, and the formats of one.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::{IntoParams, ToSchema};

use crate::api::format::Format;
use crate::api::query::{Fields, FromFields};
use crate::db::bulletins::{BulletinRow, Issued};
use crate::db::imprints::ImprintRow;
use crate::domain::area_code::AreaCode;
use crate::domain::bulletin::BulletinKind;
use crate::domain::codes::codes;
use crate::error::{Error, Result};
use crate::exchange::bulletins::content::BulletinContent;
use crate::exchange::table::Tabular;

/// A bulletin 通报: a ranking or a scoreboard as it was known when it was issued. It never changes, whatever
/// is reported or corrected later; what was public then stays public.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Bulletin {
    /// Number in this register, in the order of issue, from 1 without gaps. What stands on its face are `issue` and
    /// `document_number`.
    #[schema(minimum = 1, example = 1)]
    pub no: i64,
    /// What it is about.
    pub kind: BulletinKind,
    /// Code of the metric that is ranked; null in one about a plan.
    pub metric: Option<String>,
    /// Code of the plan; null in one about a metric.
    pub plan: Option<String>,
    /// The area whose parts are ranked, or in which the plan is looked at.
    pub area: AreaCode,
    /// The day that it speaks of.
    pub date: NaiveDate,
    /// Title.
    pub title: String,
    /// Number of the bulletin that it tells changes since: the last of an earlier day on the same subject in
    /// the same area, of a metric with the same level, unit, accumulation, kind of period, order and thing that
    /// is ranked by. Null for the first.
    pub previous: Option<i64>,
    /// The organ that issued it 落款.
    #[schema(example = "弼时镇")]
    pub issuer: String,
    /// Code of the area of that organ.
    pub issuer_area: AreaCode,
    /// The person who signed it 签发人; null when none is named.
    pub signatory: Option<String>,
    /// Year of issue, in the township's zone.
    #[schema(example = 2023)]
    pub year: i64,
    /// Number among the bulletins of the organ in the year 第N期, from 1 without gaps.
    #[schema(minimum = 1, example = 1)]
    pub issue: i64,
    /// Document number 文号: document code of the organ, year, and number under that code in the year. Null for a
    /// bulletin that is no numbered document.
    #[schema(example = "弼镇督〔2023〕5号")]
    pub document_number: Option<String>,
    /// When it was issued.
    pub recorded_at: DateTime<Utc>,
    /// Number of the entry that it was issued in.
    #[schema(minimum = 1)]
    pub seq: i64,
    /// What it says.
    #[schema(value_type = BulletinContent)]
    pub content: Value,
}

impl Tabular for Bulletin {
    const LEFT_OUT: &'static [&'static str] = &["content"];
}

impl TryFrom<Issued> for Bulletin {
    type Error = Error;

    /// Errors: `Corrupt` when the content is no JSON.
    fn try_from(issued: Issued) -> Result<Bulletin> {
        let Issued { bulletin, imprint } = issued;
        let document_number = imprint.document_number();
        let ImprintRow { bulletin: _, issuer, issuer_area, signatory, year, issue, .. } = imprint;
        let BulletinRow { no, kind, metric, plan, area, date, title, series: _, previous, .. } = bulletin;
        let BulletinRow { author: _, content, recorded_at, seq, .. } = bulletin;
        let mut content: Map<String, Value> = serde_json::from_str(&content)
            .map_err(|error| Error::Corrupt(format!("content of bulletin {no}: {error}")))?;
        // What was issued before its content told it.
        content.insert("kind".to_owned(), kind.as_str().into());
        let recorded_at = recorded_at.and_utc();
        Ok(Bulletin {
            no,
            kind,
            metric,
            plan,
            area,
            date,
            title,
            previous,
            issuer,
            issuer_area,
            signatory,
            year,
            issue,
            document_number,
            recorded_at,
            seq,
            content: content.into(),
        })
    }
}

codes! {
    /// Format of a bulletin.
    BulletinFormat ("通报格式", "format of a bulletin") {
        Json = "json" ("JSON", "All of it as JSON"),
        Html = "html" ("网页", "A page to be printed on A4"),
        Xlsx = "xlsx" ("Excel", "A workbook with its tables and notes"),
    }
}

impl BulletinFormat {
    /// The media type of the format.
    pub fn media_type(self) -> &'static str {
        match self {
            BulletinFormat::Json => Format::Json.media_type(),
            BulletinFormat::Html => "text/html; charset=utf-8",
            BulletinFormat::Xlsx => Format::Xlsx.media_type(),
        }
    }
}

/// The format that a bulletin is wanted in.
#[derive(Debug, Clone, Copy, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct BulletinQuery {
    /// Format of the answer; wins over the Accept header.
    #[param(required = false, inline, value_type = Option<BulletinFormat>)]
    pub format: Option<BulletinFormat>,
}

impl FromFields for BulletinQuery {
    fn from_fields(fields: &mut Fields) -> BulletinQuery {
        BulletinQuery { format: fields.one("format") }
    }
}
