//! A bulletin as a workbook: a sheet for each of its tables, then one of notes. The same bulletin makes the
//! same file.

use chrono::{Datelike, Timelike};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};

use super::print::{Cell, Printed, Table};
use crate::error::Result;
use crate::exchange::workbook::refused;
use crate::exchange::writer::unwritable;

/// The bytes of the workbook.
pub fn book(printed: &Printed) -> Result<Vec<u8>> {
    let mut book = Workbook::new();
    let at = printed.recorded_at;
    let small = |number: u32| u8::try_from(number).map_err(unwritable);
    let year = u16::try_from(at.year()).map_err(unwritable)?;
    let (hour, minute) = (u16::try_from(at.hour()).map_err(unwritable)?, small(at.minute())?);
    let made = ExcelDateTime::from_ymd(year, small(at.month())?, small(at.day())?)
        .and_then(|day| day.and_hms(hour, minute, at.second()))
        .map_err(refused)?;
    let properties = DocProperties::new().set_title(&printed.title).set_creation_datetime(&made);
    book.set_properties(&properties);
    for table in &printed.tables {
        fill(book.add_worksheet(), table).map_err(refused)?;
    }
    notes(book.add_worksheet(), printed).map_err(refused)?;
    book.save_to_buffer().map_err(refused)
}

fn fill(sheet: &mut Worksheet, table: &Table) -> Result<(), XlsxError> {
    let bold = Format::new().set_bold();
    sheet.set_name(table.sheet)?.set_freeze_panes(1, 0)?;
    for (column, name) in (0..).zip(&table.columns) {
        sheet.write_string_with_format(0, column, name, &bold)?;
        sheet.set_column_width(column, 14)?;
    }
    for (row, cells) in (1..).zip(&table.rows) {
        for (column, cell) in (0..).zip(cells) {
            match cell {
                Cell::Empty => continue,
                Cell::Text(text) | Cell::Name(text) => sheet.write_string(row, column, text)?,
                Cell::Light(color) => sheet.write_string(row, column, super::print::light(*color))?,
                Cell::Count(number) | Cell::Move(number) => {
                    // Ranks and counts of items are far below 2^53.
                    sheet.write_number(row, column, *number as f64)?
                }
                Cell::Number(figure) => {
                    // The qualifier stands before the number, which stays one.
                    let zeros = "0".repeat(figure.decimals());
                    let point = if zeros.is_empty() { "" } else { "." };
                    let shown = format!("\"{}\"0{point}{zeros}", figure.qualifier());
                    let value: f64 = figure.value.to_string().parse().map_err(unreadable)?;
                    let format = Format::new().set_num_format(shown);
                    sheet.write_number_with_format(row, column, value, &format)?
                }
            };
        }
    }
    Ok(())
}

fn notes(sheet: &mut Worksheet, printed: &Printed) -> Result<(), XlsxError> {
    sheet.set_name("说明")?.set_column_width(0, 16)?.set_column_width(1, 90)?;
    let head =
        [("标题", printed.title.clone()), ("期号", printed.no.to_string()), ("日期", printed.day.clone())];
    let lead = printed.lead.iter().map(|line| ("摘要", line.clone()));
    let lines = head.into_iter().chain(lead).chain(printed.notes.iter().cloned());
    for (row, (name, text)) in (0..).zip(lines) {
        sheet.write_string(row, 0, name)?.write_string(row, 1, text)?;
    }
    Ok(())
}

fn unreadable(error: impl std::fmt::Display) -> XlsxError {
    XlsxError::ParameterError(error.to_string())
}
