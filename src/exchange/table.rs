//! Rows as CSV and as NDJSON, and the cells of every table. A column has the name of the JSON member, inner
//! members joined by an underscore, so that every format shows the same words and the same numbers.

use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::cells;
use super::writer::{Out, Writer, unwritable};
use crate::domain::members::{Described, Members};
use crate::error::Result;

/// A wire type that can be written as a table.
pub trait Tabular: Serialize + ToSchema + 'static {
    /// Of lists of objects the members that are written: `light.reasons[text]`. Of a list that is not named they
    /// are all written.
    const LISTS: &'static [&'static str] = &[];
    /// Members that are written before those that the type shares with others: its schema does not tell their place.
    const LEADING: &'static [&'static str] = &[];
    /// Members that are written behind them.
    const TRAILING: &'static [&'static str] = &[];
    /// Members that are not written, by their paths.
    const LEFT_OUT: &'static [&'static str] = &[];

    /// The columns in order; a dot leads to an inner member (`citation.paragraph`). They are the members of its
    /// schema, of inner objects theirs.
    fn columns() -> Vec<String>
    where
        Self: Sized,
    {
        let members = Members::of::<Self>();
        let mut columns = Vec::new();
        add_columns::<Self>(members, members.whole(), "", &mut columns);
        let leading = |column: &String| Self::LEADING.iter().position(|leading| leading == column);
        columns.sort_by_key(|column| {
            (Self::TRAILING.contains(&column.as_str()), leading(column).unwrap_or(usize::MAX))
        });
        columns
    }
}

fn add_columns<T: Tabular>(members: &Members, of: Described<'_>, before: &str, columns: &mut Vec<String>) {
    for (name, schema) in of.members() {
        let path = format!("{before}{name}");
        let described = members.described(schema);
        if T::LEFT_OUT.contains(&path.as_str()) {
            continue;
        }
        if described.members().next().is_some() {
            add_columns::<T>(members, described, &format!("{path}."), columns);
        } else {
            let list = T::LISTS.iter().find(|list| list.split('[').next() == Some(path.as_str()));
            columns.push(list.map_or(path, |list| (*list).to_owned()));
        }
    }
}

/// How a table is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// Comma-separated values in UTF-8 with a header (RFC 4180).
    Csv {
        /// Whether the file starts with a byte-order mark.
        bom: bool,
    },
    /// One JSON object a line.
    Ndjson,
}

/// Writes a table piece by piece.
pub struct Table {
    style: Style,
    columns: Vec<String>,
    fields: Vec<String>,
    begun: bool,
}

impl Table {
    /// A table of these columns, of which only the members in `fields` are kept, all when it is empty.
    pub fn new(style: Style, columns: Vec<String>, fields: &[String]) -> Table {
        Table { style, columns: kept(columns, fields), fields: fields.to_vec(), begun: false }
    }

    fn csv<T: Tabular>(&mut self, rows: &[T], bom: bool, out: Out<'_>) -> Result<()> {
        if !self.begun && bom {
            out.write_all("\u{feff}".as_bytes())?;
        }
        let mut csv = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
        if !self.begun {
            csv.write_record(self.columns.iter().map(|column| heading(column))).map_err(unwritable)?;
            self.begun = true;
        }
        for row in rows {
            let value = serde_json::to_value(row).map_err(unwritable)?;
            let cells = self.columns.iter().map(|column| cell(&value, column).into_csv());
            csv.write_record(cells).map_err(unwritable)?;
        }
        Ok(csv.flush()?)
    }

    fn ndjson<T: Tabular>(&self, rows: &[T], out: Out<'_>) -> Result<()> {
        for row in rows {
            if self.fields.is_empty() {
                serde_json::to_writer(&mut *out, row).map_err(unwritable)?;
            } else {
                serde_json::to_writer(&mut *out, &keep(row, &self.fields)?).map_err(unwritable)?;
            }
            out.write_all(b"\n")?;
        }
        Ok(())
    }
}

impl<T: Tabular> Writer<T> for Table {
    fn rows(&mut self, rows: &[T], out: Out<'_>) -> Result<()> {
        match self.style {
            Style::Csv { bom } => self.csv(rows, bom, out),
            Style::Ndjson => self.ndjson(rows, out),
        }
    }
}

/// The columns of which the outermost member is one of `fields`; all when it is empty.
pub fn kept(columns: Vec<String>, fields: &[String]) -> Vec<String> {
    let wanted = |column: &String| fields.is_empty() || fields.iter().any(|field| field == member(column));
    columns.into_iter().filter(wanted).collect()
}

/// What a column is headed with.
pub fn heading(column: &str) -> String {
    path(column).0.replace('.', "_")
}

/// The path to what a column shows, and the members that are told of each item there.
pub fn path(column: &str) -> (&str, Vec<&str>) {
    let (path, told) = column.split_once('[').unwrap_or((column, ""));
    (path, told.trim_end_matches(']').split(',').filter(|member| !member.is_empty()).collect())
}

/// The outermost member that a column is read from.
pub fn member(column: &str) -> &str {
    column.split(['.', '[']).next().unwrap_or(column)
}

/// An item with only these of its members, in its own order.
pub fn keep<T: Serialize>(item: &T, fields: &[String]) -> Result<Value> {
    let kept: Map<String, Value> = match serde_json::to_value(item).map_err(unwritable)? {
        Value::Object(members) => members.into_iter().filter(|(name, _)| fields.contains(name)).collect(),
        other => return Ok(other),
    };
    Ok(Value::Object(kept))
}

/// What one cell of a table holds.
#[derive(Debug, PartialEq, Eq)]
pub enum Cell {
    /// Nothing.
    Empty,
    /// True or false.
    Flag(bool),
    /// A number, with as many decimals as it was stated with.
    Number(String),
    /// Words, a code or a date.
    Text(String),
}

impl Cell {
    fn into_csv(self) -> String {
        match self {
            Cell::Empty => String::new(),
            Cell::Flag(flag) => flag.to_string(),
            Cell::Number(number) => number,
            Cell::Text(text) => cells::harmless(text),
        }
    }
}

/// The cell of a row in a column.
pub fn cell(row: &Value, column: &str) -> Cell {
    let mut parent = row;
    let mut value = row;
    let (path, told) = path(column);
    let mut last = path;
    for name in path.split('.') {
        (parent, value, last) = (value, &value[name], name);
    }
    match value {
        Value::Null => Cell::Empty,
        Value::Bool(flag) => Cell::Flag(*flag),
        Value::Number(number) if matches!(last, "value" | "lower" | "upper") => {
            Cell::Number(cells::with_decimals(number.to_string(), &parent["decimals"]))
        }
        Value::Number(number) => Cell::Number(number.to_string()),
        Value::String(text) => Cell::Text(text.clone()),
        Value::Array(items) if items.is_empty() => Cell::Empty,
        Value::Array(items) => {
            Cell::Text(cells::join(&items.iter().map(|item| cells::words(item, &told)).collect::<Vec<_>>()))
        }
        nested => Cell::Text(nested.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Serialize, ToSchema)]
    struct Row {
        code: &'static str,
        #[schema(value_type = f64)]
        value: Value,
        decimals: u8,
        text: &'static str,
        aliases: Vec<&'static str>,
        citation: Option<Cited>,
    }

    #[derive(Serialize, ToSchema)]
    struct Cited {
        start: i64,
    }

    impl Tabular for Row {}

    fn row(text: &'static str) -> Row {
        let number = serde_json::from_str("660.6").expect("a number");
        Row {
            code: "a",
            value: number,
            decimals: 2,
            text,
            aliases: vec!["x", "y"],
            citation: Some(Cited { start: 7 }),
        }
    }

    fn written(style: Style, fields: &[&str], rows: &[Row]) -> String {
        let fields: Vec<String> = fields.iter().map(|field| (*field).to_owned()).collect();
        let mut table = Table::new(style, Row::columns(), &fields);
        let mut bytes = Vec::new();
        table.rows(rows, &mut bytes).expect("writable");
        Writer::<Row>::rows(&mut table, &[], &mut bytes).expect("writable");
        String::from_utf8(bytes).expect("UTF-8")
    }

    #[test]
    fn csv_flattens_members_and_keeps_the_decimals_as_stated() {
        assert_eq!(
            written(Style::Csv { bom: false }, &[], &[row("a,b")]),
            "code,value,decimals,text,aliases,citation_start\r\na,660.60,2,\"a,b\",x;y,7\r\n"
        );
    }

    #[test]
    fn an_empty_table_has_its_header_and_its_mark() {
        assert_eq!(written(Style::Csv { bom: true }, &["code"], &[]), "\u{feff}code\r\n");
    }

    #[test]
    fn formulas_are_made_plain_but_numbers_are_not() {
        for text in ["=1+1", "+1", "-1", "@x", "\tx"] {
            assert!(
                written(Style::Csv { bom: false }, &["text"], &[row(text)]).contains(&format!("'{text}"))
            );
        }
    }

    #[test]
    fn ndjson_keeps_only_the_fields_asked_for() {
        assert_eq!(
            written(Style::Ndjson, &["code", "value"], &[row("")]),
            "{\"code\":\"a\",\"value\":660.6}\n"
        );
    }
}
