//! The tables of a bulletin, and the words that several of them have.

use super::figure::Figure;
use crate::domain::light::LightColor;

/// Where all that is printed comes from.
pub(super) const SOURCE: &str = "台账中印发时已公开的数据。此后的补报和更正不改变本期通报。";

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
