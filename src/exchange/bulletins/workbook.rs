//! A bulletin as a workbook, each sheet to be printed on A4: one for each of its tables that has rows, then one
//! of notes. The same bulletin makes the same file.

use chrono::{Datelike, Timelike};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatAlign, Workbook, Worksheet, XlsxError};

use super::print::Printed;
use super::print::table::{Cell, Table, light, ranks};
use crate::error::Result;
use crate::exchange::workbook::refused;
use crate::exchange::writer::unwritable;

/// The number of A4 among the sizes of paper.
const A4: u8 = 9;

/// The page number at the foot of each printed page.
const FOOTER: &str = "&C第&P页 共&N页";

/// Ranks gained and lost, in the words of the page.
const MOVES: &str = "\"↑\"0;\"↓\"0;\"持平\"";

/// A column is at most so wide, in digits; longer words go on in the next line.
const WIDEST: usize = 42;

/// Sheets that are wider, in digits, lie on their side.
const PORTRAIT: usize = 96;

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
    for table in printed.tables.iter().filter(|table| !table.rows.is_empty()) {
        fill(book.add_worksheet(), printed, table).map_err(refused)?;
    }
    notes(book.add_worksheet(), printed).map_err(refused)?;
    book.save_to_buffer().map_err(refused)
}

fn fill(sheet: &mut Worksheet, printed: &Printed, table: &Table) -> Result<(), XlsxError> {
    let heading = Format::new().set_bold().set_align(FormatAlign::Center).set_text_wrap();
    let words = Format::new().set_align(FormatAlign::Top).set_text_wrap();
    sheet.set_name(table.sheet)?.set_freeze_panes(1, 0)?.set_repeat_rows(0, 0)?;
    let mut wide = 0;
    for (place, name) in table.columns.iter().enumerate() {
        let cells = table.rows.iter().filter_map(|row| row.get(place)).map(shown);
        let width = cells.chain([name.clone()]).map(|text| width(&text)).max().unwrap_or(0).min(WIDEST) + 2;
        let column = u16::try_from(place).map_err(unreadable)?;
        sheet.set_column_width(column, u32::try_from(width).map_err(unreadable)?)?;
        sheet.write_string_with_format(0, column, name, &heading)?;
        wide += width;
    }
    for (row, cells) in (1..).zip(&table.rows) {
        for (column, cell) in (0..).zip(cells) {
            let number = |shown: &str| Format::new().set_align(FormatAlign::Top).set_num_format(shown);
            match cell {
                Cell::Empty => continue,
                Cell::Text(_) | Cell::Name(_) | Cell::Title(_) | Cell::Ranks(..) | Cell::Light(_) => {
                    sheet.write_string_with_format(row, column, shown(cell), &words)?
                }
                // Ranks and counts of items are far below 2^53.
                Cell::Count(count) => {
                    sheet.write_number_with_format(row, column, *count as f64, &number("0"))?
                }
                Cell::Move(ranks) => {
                    sheet.write_number_with_format(row, column, *ranks as f64, &number(MOVES))?
                }
                Cell::Number(figure) => {
                    let value: f64 = figure.value.to_string().parse().map_err(unreadable)?;
                    let format = number(&figure.number_format());
                    sheet.write_number_with_format(row, column, value, &format)?
                }
            };
        }
    }
    on_paper(sheet, printed, wide > PORTRAIT);
    Ok(())
}

fn notes(sheet: &mut Worksheet, printed: &Printed) -> Result<(), XlsxError> {
    let words = Format::new().set_align(FormatAlign::Top).set_text_wrap();
    sheet.set_name("说明")?.set_column_width(0, 16)?.set_column_width(1, 76)?;
    let lines = [
        ("标题", Some(&printed.title)),
        ("期号", Some(&printed.issue)),
        ("文号", printed.document_number.as_ref()),
        ("日期", Some(&printed.day)),
        ("落款", Some(&printed.issuer)),
        ("签发人", printed.signatory.as_ref()),
        ("印发日期", Some(&printed.issued_day)),
    ];
    let lines = lines.into_iter().filter_map(|(name, text)| Some((name, text?.as_str())));
    let lead = printed.lead.iter().map(|line| ("摘要", line.as_str()));
    let empty = printed.tables.iter().filter(|table| table.rows.is_empty());
    let empty = empty.filter_map(|table| Some((table.sheet, table.nothing?)));
    let notes = printed.notes.iter().map(|(name, text)| (*name, text.as_str()));
    for (row, (name, text)) in (0..).zip(lines.chain(lead).chain(empty).chain(notes)) {
        sheet.write_string_with_format(row, 0, name, &words)?;
        sheet.write_string_with_format(row, 1, text, &words)?;
    }
    on_paper(sheet, printed, false);
    Ok(())
}

/// How a sheet is printed: on A4, as wide as one page, with the title above and the page number below.
fn on_paper(sheet: &mut Worksheet, printed: &Printed, on_its_side: bool) {
    sheet.set_paper_size(A4).set_print_fit_to_pages(1, 0).set_footer(FOOTER);
    // A line of head or foot takes 255 characters, and a single ampersand begins an instruction.
    let title: String = printed.title.chars().take(100).collect();
    sheet.set_header(format!("&C{}", title.replace('&', "&&")));
    if on_its_side {
        sheet.set_landscape();
    }
}

/// The words that a cell shows.
fn shown(cell: &Cell) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) | Cell::Name(text) | Cell::Title(text) => text.clone(),
        Cell::Ranks(best, worst) => ranks(*best, *worst),
        Cell::Light(color) => light(*color).to_owned(),
        Cell::Count(number) | Cell::Move(number) => number.to_string(),
        Cell::Number(figure) => figure.to_string(),
    }
}

/// How wide words are, in digits.
fn width(text: &str) -> usize {
    text.chars().map(|letter| if letter.is_ascii() { 1 } else { 2 }).sum()
}

fn unreadable(error: impl std::fmt::Display) -> XlsxError {
    XlsxError::ParameterError(error.to_string())
}
