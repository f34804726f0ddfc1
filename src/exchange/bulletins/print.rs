//! A bulletin in the words and tables that it is printed with, in Chinese, whatever the format.

mod board;
mod ranking;

use std::fmt;

use chrono::{NaiveDate, NaiveDateTime};

use super::content::{BoardContent, BulletinNumber, RankingContent};
use crate::db::bulletins::BulletinRow;
use crate::domain::bulletin::BulletinKind;
use crate::domain::decimal::Decimal;
use crate::domain::light::LightColor;
use crate::domain::quantity::Comparator;
use crate::error::{Error, Result};

/// A bulletin, ready to be printed.
#[derive(Debug)]
pub struct Printed {
    /// Number of the bulletin.
    pub no: i64,
    /// Who speaks: the area.
    pub organ: String,
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
    /// By whom and when it was issued.
    pub issued: String,
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
    /// What the row is about.
    Name(String),
    /// A whole number.
    Count(i64),
    /// A figure.
    Number(Figure),
    /// Ranks gained, or lost below 0.
    Move(i64),
    /// A light.
    Light(LightColor),
}

/// A number as it is printed, with its qualifier.
#[derive(Debug, Clone, Copy)]
pub struct Figure {
    /// The number.
    pub value: Decimal,
    comparator: Option<Comparator>,
    decimals: u8,
    signed: bool,
}

impl Figure {
    fn new(number: &BulletinNumber, decimals: i64, signed: bool) -> Figure {
        let decimals = u8::try_from(decimals).unwrap_or(0);
        Figure { value: number.value, comparator: number.comparator, decimals, signed }
    }

    fn plain(value: Decimal, signed: bool) -> Figure {
        Figure { value, comparator: None, decimals: 0, signed }
    }

    /// How many decimals it is printed with.
    pub fn decimals(&self) -> usize {
        usize::from(self.decimals.max(self.value.decimals()))
    }

    /// The sign of how the true number lies to it.
    pub fn qualifier(&self) -> &'static str {
        match self.comparator {
            None => "",
            Some(Comparator::About) => "约",
            Some(Comparator::Less) => "＜",
            Some(Comparator::AtMost) => "≤",
            Some(Comparator::AtLeast) => "≥",
            Some(Comparator::More) => "＞",
        }
    }
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.signed && self.value > Decimal::ZERO { "+" } else { "" };
        write!(f, "{}{sign}{}", self.qualifier(), self.value.to_fixed(self.decimals))
    }
}

impl Printed {
    /// A stored bulletin as it is printed. Nothing else counts, so that it is printed alike for ever.
    ///
    /// Errors: `Corrupt` when its content cannot be read.
    pub fn new(row: &BulletinRow) -> Result<Printed> {
        let broken =
            |error: serde_json::Error| Error::Corrupt(format!("content of bulletin {}: {error}", row.no));
        let (organ, issued_on, lead, tables, notes) = match row.kind {
            BulletinKind::Metric => {
                let content: RankingContent = serde_json::from_str(&row.content).map_err(broken)?;
                let said =
                    (ranking::lead(row, &content), ranking::tables(&content), ranking::notes(&content));
                (content.area_name, content.issued_on, said.0, said.1, said.2)
            }
            BulletinKind::Plan => {
                let content: BoardContent = serde_json::from_str(&row.content).map_err(broken)?;
                let said = (board::lead(row, &content), board::tables(&content), board::notes(&content));
                (content.area_name, content.issued_on, said.0, said.1, said.2)
            }
        };
        Ok(Printed {
            no: row.no,
            organ,
            title: row.title.clone(),
            date: row.date,
            day: in_words(row.date),
            lead,
            tables,
            notes,
            issued: format!("{} 签发　　{}印发", row.author, in_words(issued_on)),
            recorded_at: row.recorded_at,
        })
    }
}

fn in_words(day: NaiveDate) -> String {
    day.format("%Y年%-m月%-d日").to_string()
}

/// The bulletin that changes are told since, if there is one.
fn since(row: &BulletinRow, date: Option<NaiveDate>) -> Option<String> {
    row.previous.zip(date).map(|(no, date)| format!("第 {no} 期（{}）", in_words(date)))
}

/// Where all that is printed comes from.
const SOURCE: &str = "台账中印发时已公开的数据。此后的补报和更正不改变本期通报。";

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
