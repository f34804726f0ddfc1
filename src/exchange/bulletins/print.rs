//! A bulletin in the words and tables that it is printed with, in Chinese, whatever the format.

mod board;
mod figure;
mod ranking;

use chrono::{NaiveDate, NaiveDateTime};

use self::figure::Figure;
use super::content::{BoardContent, RankingContent};
use crate::db::bulletins::Issued;
use crate::db::imprints::ImprintRow;
use crate::domain::bulletin::BulletinKind;
use crate::domain::light::LightColor;
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

/// A table of a bulletin.
#[derive(Debug)]
pub struct Table {
    /// Name of its sheet.
    pub sheet: &'static str,
    /// What stands above it.
    pub caption: String,
    /// Headings of the columns.
    pub columns: Vec<String>,
    /// The rows, each with a cell for each column.
    pub rows: Vec<Vec<Cell>>,
    /// What a page says in the place of a table without rows; nothing where it is not worth a word.
    pub nothing: Option<&'static str>,
}

/// A cell of a table.
#[derive(Debug)]
pub enum Cell {
    /// Nothing.
    Empty,
    /// Words.
    Text(String),
    /// The area that the row is about: a name, which stays on its line.
    Name(String),
    /// What else the row is about.
    Title(String),
    /// A whole number.
    Count(i64),
    /// A figure.
    Number(Figure),
    /// Ranks gained, or lost below 0.
    Move(i64),
    /// The best rank and the worst that are possible.
    Ranks(i64, i64),
    /// A light.
    Light(LightColor),
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

/// Where all that is printed comes from.
const SOURCE: &str = "台账中印发时已公开的数据。此后的补报和更正不改变本期通报。";

/// The ranks from the best to the worst in words.
pub fn ranks(best: i64, worst: i64) -> String {
    if best == worst { best.to_string() } else { format!("{best}—{worst}") }
}

/// A light in words.
pub fn light(color: LightColor) -> &'static str {
    match color {
        LightColor::Green => "绿灯",
        LightColor::Yellow => "黄灯",
        LightColor::Red => "红灯",
        LightColor::Blue => "蓝灯",
        LightColor::Grey => "灰灯",
    }
}
