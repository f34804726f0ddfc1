//! Rows as a workbook in XLSX: one sheet of data with the columns of the CSV, one of notes. Rows wait on
//! disk, not in memory, until all are there.

use std::io;

use chrono::Datelike;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook as Book, Worksheet, XlsxError};
use serde_json::Value;

use super::cube::{self, Cube, Metrics};
use super::table::{self, Tabular, path};
use super::writer::{About, Newest, Out, Writer, unwritable};
use crate::db::Conn;
use crate::domain::members::Members;
use crate::domain::zone;
use crate::error::{Error, Fault, Invalid, Result};

/// Rows of a sheet, its header included: more are in no file of this format.
const MOST_ROWS: i64 = 1_048_576;

/// Number formats by decimals.
const DECIMALS: [&str; 7] = ["0", "0.0", "0.00", "0.000", "0.0000", "0.00000", "0.000000"];

/// Writes a workbook.
pub struct Workbook {
    book: Book,
    columns: Vec<String>,
    descriptions: Vec<Option<String>>,
    formats: Vec<Format>,
    next: u32,
    cube: Option<&'static Cube>,
    metrics: Metrics,
    newest: Newest,
    about: About,
}

impl Workbook {
    /// A workbook of these columns.
    pub fn new<T: Tabular>(
        columns: Vec<String>,
        cube: Option<&'static Cube>,
        about: About,
    ) -> Result<Workbook> {
        let mut book = Book::new();
        let bold = Format::new().set_bold();
        let sheet = sheet(&mut book, "数据 data")?;
        sheet.set_freeze_panes(1, 0).map_err(refused)?;
        for (column, name) in (0..).zip(&columns) {
            sheet.write_string_with_format(0, column, table::heading(name), &bold).map_err(refused)?;
        }
        Ok(Workbook {
            book,
            descriptions: described::<T>(&columns),
            columns,
            formats: DECIMALS.iter().map(|shown| Format::new().set_num_format(*shown)).collect(),
            next: 1,
            cube,
            metrics: Metrics::default(),
            newest: Newest::default(),
            about,
        })
    }

    fn row(&mut self, row: &Value) -> Result<()> {
        fits(i64::from(self.next))?;
        let sheet = self.book.worksheet_from_index(0).map_err(refused)?;
        for (column, name) in (0..).zip(&self.columns) {
            match table::cell(row, name) {
                table::Cell::Empty => continue,
                table::Cell::Flag(flag) => sheet.write_boolean(self.next, column, flag),
                // Never a formula, whatever it starts with.
                table::Cell::Text(text) => sheet.write_string(self.next, column, text),
                table::Cell::Number(number) => {
                    // Fifteen significant digits survive the binary floating point of the format.
                    let value: f64 = number.parse().map_err(unwritable)?;
                    let decimals = number.split_once('.').map_or(0, |(_, fraction)| fraction.len());
                    match self.formats.get(decimals) {
                        Some(format) => sheet.write_number_with_format(self.next, column, value, format),
                        None => sheet.write_number(self.next, column, value),
                    }
                }
            }
            .map_err(refused)?;
        }
        self.next += 1;
        Ok(())
    }

    fn notes(&mut self, conn: &mut Conn) -> Result<()> {
        let About { address, meta } = &self.about;
        let mut notes = vec![
            vec!["地址 address".to_owned(), address.clone()],
            vec!["时区 time zone".to_owned(), zone::name().to_owned()],
        ];
        if let Some(seq) = self.newest.seq {
            notes.insert(1, vec!["最新记账序号 newest entry".to_owned(), seq.to_string()]);
        }
        for (name, value) in meta.as_object().into_iter().flatten() {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            notes.push(vec![name.clone(), text]);
        }
        notes.push(Vec::new());
        notes.push(vec!["列 column".to_owned(), "说明 description".to_owned()]);
        for (column, description) in self.columns.iter().zip(&self.descriptions) {
            notes.push(vec![table::heading(column), description.clone().unwrap_or_default()]);
        }
        let described = self.metrics.described(conn)?;
        if !described.is_empty() {
            notes.push(Vec::new());
            let header = ["指标 metric", "名称 name", "定义 definition", "单位 unit", "单位名称 unit name"];
            notes.push(header.map(str::to_owned).to_vec());
        }
        for cube::Described { metric, unit } in described {
            let (code, name) = unit.map_or_else(Default::default, |unit| (unit.code, unit.name));
            let metric = metric.members;
            notes.push(vec![metric.code, metric.name.into(), metric.definition.into(), code, name]);
        }
        let sheet = sheet(&mut self.book, "说明 notes")?;
        for (column, width) in [(0, 28), (1, 60), (2, 60)] {
            sheet.set_column_width(column, width).map_err(refused)?;
        }
        for (row, cells) in (0..).zip(notes) {
            for (column, text) in (0..).zip(cells) {
                sheet.write_string(row, column, text).map_err(refused)?;
            }
        }
        Ok(())
    }
}

impl<T: Tabular> Writer<T> for Workbook {
    fn rows(&mut self, rows: &[T], _: Out<'_>) -> Result<()> {
        for row in rows {
            if let Some(cube) = self.cube {
                self.metrics.note(cube, &cube::Cell::new(row, &self.about.meta)?);
            }
            let row = serde_json::to_value(row).map_err(unwritable)?;
            self.newest.note(&row);
            self.row(&row)?;
        }
        Ok(())
    }

    fn finish(&mut self, conn: &mut Conn, out: Out<'_>) -> Result<()> {
        self.notes(conn)?;
        // The same rows make the same file, whenever it is made.
        let at = self.newest.updated_at.unwrap_or_default();
        let year = u16::try_from(at.year()).map_err(unwritable)?;
        let part = |number: u32| u8::try_from(number).map_err(unwritable);
        let made = ExcelDateTime::from_ymd(year, part(at.month())?, part(at.day())?).map_err(refused)?;
        self.book.set_properties(&DocProperties::new().set_creation_datetime(&made));
        self.book.save_to_writer(out).map_err(refused)
    }
}

fn sheet<'a>(book: &'a mut Book, name: &str) -> Result<&'a mut Worksheet> {
    book.add_worksheet_with_constant_memory().and_then(|sheet| sheet.set_name(name)).map_err(refused)
}

/// Checks that so many rows are no more than a sheet has below its header.
pub fn fits(rows: i64) -> Result<()> {
    if rows < MOST_ROWS {
        return Ok(());
    }
    Err(narrow(
        format!("XLSX 最多 {} 行；请缩小选择范围，或改用 csv", MOST_ROWS - 1),
        format!("XLSX takes at most {} rows; narrow the selection, or take csv", MOST_ROWS - 1),
    ))
}

fn narrow(zh: impl Into<String>, en: impl Into<String>) -> Error {
    Fault::parameter("format", Invalid::new("too_much_for_format", zh, en)).into()
}

/// A failure of the library; of what the format cannot hold, a refusal.
pub(super) fn refused(error: XlsxError) -> Error {
    match error {
        XlsxError::MaxStringLengthExceeded => narrow(
            "XLSX 的单元格最多 32767 字；请改用 csv",
            "a cell of XLSX takes at most 32767 characters; take csv",
        ),
        XlsxError::IoError(error) => error.into(),
        XlsxError::ZipError(error) => io::Error::other(error).into(),
        other => unwritable(other),
    }
}

/// What each column shows, as the schema of its member says.
fn described<T: Tabular>(columns: &[String]) -> Vec<Option<String>> {
    let members = Members::of::<T>();
    columns.iter().map(|column| Some(members.description(path(column).0)?.replace('\n', " "))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_row_of_a_sheet_fits_and_the_next_is_refused() {
        assert!(fits(MOST_ROWS - 1).is_ok());
        let refusal = fits(MOST_ROWS).expect_err("one row more than a sheet has").to_string();
        assert_eq!(refusal, "format: XLSX takes at most 1048575 rows; narrow the selection, or take csv");
    }
}
