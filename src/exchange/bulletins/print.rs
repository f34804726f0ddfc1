//! A bulletin in the words and tables that it is printed with, in Chinese, whatever the format.

mod board;
mod figure;
mod ranking;
pub mod table;

use chrono::{NaiveDate, NaiveDateTime};

use self::table::Table;
use super::content::{BoardContent, RankingContent};
use crate::db::bulletins::Issued;
use crate::db::imprints::ImprintRow;
use crate::domain::bulletin::BulletinKind;
use crate::error::{Error, Result};

/// A bulletin, ready to be printed.
#[derive(Debug)]
pub struct Printed {
    /// The organ that issues it.
    pub issuer: String,
    /// Its number among those of the organ in the year.
    pub issue: String,
    /// Document number, if it has one.
    pub document_number: Option<String>,
    /// Title.
    pub title: String,
    /// The day that it speaks of.
    pub date: NaiveDate,
    /// The same in words.
    pub day: String,
    /// What it comes to, in sentences.
    pub lead: Vec<String>,
    /// The tables, in their order.
    pub tables: Vec<Table>,
    /// How to read it: a word and an explanation each.
    pub notes: Vec<(&'static str, String)>,
    /// The person who signed it, if one is named.
    pub signatory: Option<String>,
    /// The day on which it was issued.
    pub issued_on: NaiveDate,
    /// The same in words.
    pub issued_day: String,
    /// When it was recorded, in UTC.
    pub recorded_at: NaiveDateTime,
}

impl Printed {
    /// A stored bulletin as it is printed, beside the imprint of the one before it. Nothing else counts, so that
    /// it is printed alike for ever.
    ///
    /// Errors: `Corrupt` when its content cannot be read.
    pub fn new(issued: &Issued, before: Option<&ImprintRow>) -> Result<Printed> {
        let Issued { bulletin: row, imprint } = issued;
        let broken =
            |error: serde_json::Error| Error::Corrupt(format!("content of bulletin {}: {error}", row.no));
        let (issued_on, lead, tables, notes) = match row.kind {
            BulletinKind::Metric => {
                let content: RankingContent = serde_json::from_str(&row.content).map_err(broken)?;
                let since = since(imprint, before, content.previous_date);
                let lead = ranking::lead(&content, since.as_deref());
                (content.issued_on, lead, ranking::tables(&content), ranking::notes(&content))
            }
            BulletinKind::Plan => {
                let content: BoardContent = serde_json::from_str(&row.content).map_err(broken)?;
                let since = since(imprint, before, content.previous_date);
                let lead = board::lead(&content, since.as_deref());
                (content.issued_on, lead, board::tables(&content), board::notes(&content))
            }
        };
        Ok(Printed {
            issuer: imprint.issuer.clone(),
            issue: in_order(imprint),
            document_number: imprint.document_number(),
            title: row.title.clone(),
            date: row.date,
            day: in_words(row.date),
            lead,
            tables,
            notes,
            signatory: imprint.signatory.clone(),
            issued_on,
            issued_day: in_words(issued_on),
            recorded_at: row.recorded_at,
        })
    }
}

fn in_order(imprint: &ImprintRow) -> String {
    format!("第 {} 期", imprint.issue)
}

fn in_words(day: NaiveDate) -> String {
    day.format("%Y年%-m月%-d日").to_string()
}

/// The bulletin that changes are told since, if there is one; by its organ, where that is another.
fn since(imprint: &ImprintRow, before: Option<&ImprintRow>, date: Option<NaiveDate>) -> Option<String> {
    let (before, date) = before.zip(date)?;
    let of = |row: &ImprintRow| (row.issuer_area, row.issuer.clone());
    let whose = if of(before) == of(imprint) { "" } else { &before.issuer };
    Some(format!("{whose}{}（{}）", in_order(before), in_words(date)))
}
