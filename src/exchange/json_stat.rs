//! Rows as a data cube in JSON-stat 2.0. Its categories must be known before its values, so the values
//! wait on disk: memory grows with the categories only.

use std::collections::{BTreeMap, HashMap};
use std::io::{BufRead, BufReader, BufWriter, Seek, Write};

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::{Map, Value, json};
use tempfile::SpooledTempFile;
use utoipa::ToSchema;

use super::cube::{self, Axis, Cell, Cube, Metrics};
use super::table::Tabular;
use super::writer::{About, Newest, Out, Writer, unwritable};
use crate::db::Conn;
use crate::domain::decimal::Decimal;
use crate::domain::quantity::Comparator;
use crate::domain::unit::Unit;
use crate::error::{Fault, Invalid, Result};

/// Values that need no disk, in bytes.
const IN_MEMORY: usize = 1 << 20;

/// A cube has fewer cells than a client can number exactly.
const MOST_CELLS: u64 = 1 << 53;

/// A data cube in JSON-stat 2.0 (<https://json-stat.org/full/>). Every cell is a metric, area, period and
/// whatever else is in `id`; its number counts the combinations in row-major order.
#[derive(Debug, Serialize, ToSchema)]
pub struct JsonStat {
    /// Version of the format.
    #[schema(example = "2.0")]
    version: String,
    /// Class of the document.
    #[schema(example = "dataset")]
    class: String,
    /// What the cube is of.
    label: String,
    /// Whose figures they are.
    source: String,
    /// When the last of its rows was written; absent where the cells are worked out.
    #[serde(skip_serializing_if = "Option::is_none")]
    updated: Option<DateTime<Utc>>,
    /// The address that was asked for.
    href: String,
    /// The dimensions, in order.
    id: Vec<String>,
    /// How many categories each dimension has.
    size: Vec<usize>,
    /// Which dimensions are of `time`, `geo` and `metric`.
    role: BTreeMap<String, Vec<String>>,
    /// The categories of each dimension: their order in `index`, their names in `label`, the units of metrics
    /// in `unit`.
    #[schema(value_type = Object)]
    dimension: Map<String, Value>,
    /// The value of each cell that has one, by its number.
    value: BTreeMap<String, Decimal>,
    /// How the true figure lies to the value, where it is not exact.
    status: BTreeMap<String, Comparator>,
    /// What JSON-stat has no member for.
    extension: Extension,
}

/// What JSON-stat has no member for.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = JsonStatExtension)]
pub struct Extension {
    /// The greatest entry number of its rows; null where the cells are worked out.
    seq: Option<i64>,
    /// What all cells share, where they are worked out.
    #[schema(value_type = Option<Object>)]
    meta: Value,
    /// Least that the true figure can be, where that is not the value itself.
    lower: BTreeMap<String, Decimal>,
    /// Most that the true figure can be, where that is not the value itself.
    upper: BTreeMap<String, Decimal>,
}

/// Writes JSON-stat.
pub struct JsonStatWriter {
    cube: &'static Cube,
    about: About,
    /// The categories of each dimension, numbered as they come.
    categories: Vec<HashMap<String, usize>>,
    metrics: Metrics,
    newest: Newest,
    /// A line for each cell: its categories, value, comparator, lower and upper.
    cells: BufWriter<SpooledTempFile>,
}

/// The fields of a waiting cell after its categories.
#[derive(Clone, Copy)]
enum Field {
    Value,
    Comparator,
    Lower,
    Upper,
}

impl JsonStatWriter {
    /// The cells of a cube.
    pub fn new(cube: &'static Cube, about: About) -> JsonStatWriter {
        let cells = BufWriter::new(SpooledTempFile::new(IN_MEMORY));
        let categories = vec![HashMap::new(); cube.dimensions.len()];
        let (metrics, newest) = (Metrics::default(), Newest::default());
        JsonStatWriter { cube, about, categories, metrics, newest, cells }
    }

    fn keep(&mut self, row: &impl Serialize) -> Result<()> {
        let cell = Cell::new(row, &self.about.meta)?;
        self.metrics.note(self.cube, &cell);
        self.newest.note(cell.row());
        for (dimension, categories) in self.cube.dimensions.iter().zip(&mut self.categories) {
            let code = cell.text(dimension.member).unwrap_or_default();
            let next = categories.len();
            write!(self.cells, "{}\t", categories.entry(code).or_insert(next))?;
        }
        let value = cell.text(self.cube.value);
        let unlike = |bound: Option<String>| if bound == value { None } else { bound }.unwrap_or_default();
        let comparator = cell.text("comparator").unwrap_or_default();
        let (lower, upper) = (unlike(cell.text("lower")), unlike(cell.text("upper")));
        let value = value.as_deref().unwrap_or_default();
        writeln!(self.cells, "{value}\t{comparator}\t{lower}\t{upper}")?;
        Ok(())
    }

    /// All but the values, and for each dimension where its categories, as they were numbered, stand in order.
    fn head(&self, conn: &mut Conn) -> Result<(JsonStat, Vec<Vec<u64>>)> {
        let size: Vec<usize> = self.categories.iter().map(HashMap::len).collect();
        fits(&size)?;
        let (mut places, mut described) = (Vec::new(), Map::new());
        let mut role = BTreeMap::<_, Vec<String>>::new();
        for (dimension, categories) in self.cube.dimensions.iter().zip(&self.categories) {
            let ordered: BTreeMap<&String, usize> =
                categories.iter().map(|(code, number)| (code, *number)).collect();
            let mut place = vec![0; categories.len()];
            for (at, &number) in (0..).zip(ordered.values()) {
                place[number] = at;
            }
            places.push(place);
            let codes: Vec<String> = ordered.into_keys().cloned().collect();
            let names = cube::names(conn, dimension.axis, &codes)?;
            let label = |code: &String| (code.clone(), names.get(code).unwrap_or(code).as_str().into());
            let label: Map<String, Value> = codes.iter().map(label).collect();
            let mut category = json!({"index": codes, "label": label});
            if dimension.axis == Axis::Metric {
                category["unit"] = self.units(conn)?.into();
            }
            let axis = match dimension.axis {
                Axis::Metric => Some("metric"),
                Axis::Area => Some("geo"),
                Axis::Time => Some("time"),
                Axis::Other => None,
            };
            if let Some(axis) = axis {
                role.entry(axis.to_owned()).or_default().push(dimension.member.to_owned());
            }
            described
                .insert(dimension.member.to_owned(), json!({"label": dimension.label, "category": category}));
        }
        let dataset = JsonStat {
            version: "2.0".to_owned(),
            class: "dataset".to_owned(),
            label: self.cube.label.to_owned(),
            source: "taizhang 台账".to_owned(),
            updated: self.newest.updated_at,
            href: self.about.address.clone(),
            id: self.cube.dimensions.iter().map(|dimension| dimension.member.to_owned()).collect(),
            size,
            role,
            dimension: described,
            value: BTreeMap::new(),
            status: BTreeMap::new(),
            extension: Extension {
                seq: self.newest.seq,
                meta: self.about.meta.clone(),
                lower: BTreeMap::new(),
                upper: BTreeMap::new(),
            },
        };
        Ok((dataset, places))
    }

    /// The unit of each metric.
    fn units(&self, conn: &mut Conn) -> Result<Map<String, Value>> {
        let shown = |cube::Described { metric, unit }| {
            let unit: Unit = unit?;
            // The decimals of a metric are those of the unit that it is held in.
            let decimals = (unit.code == *metric.unit).then_some(metric.decimals);
            let mut shown = json!({"code": unit.code, "label": unit.name, "symbol": unit.symbol});
            if let Some(decimals) = decimals {
                shown["decimals"] = decimals.into();
            }
            Some((metric.members.code, shown))
        };
        Ok(self.metrics.described(conn)?.into_iter().filter_map(shown).collect())
    }

    /// Writes one field of all cells that have it, by the numbers of the cells.
    fn sweep(&mut self, places: &[Vec<u64>], field: Field, out: Out<'_>) -> Result<()> {
        self.cells.flush()?;
        let file = self.cells.get_mut();
        file.rewind()?;
        let mut between = "{";
        for line in BufReader::new(file).lines() {
            let line = line?;
            let parts: Vec<&str> = line.split('\t').collect();
            let (numbers, fields) = parts.split_at(places.len());
            let written = fields[field as usize];
            if written.is_empty() {
                continue;
            }
            let mut cell = 0;
            for (place, number) in places.iter().zip(numbers) {
                cell = cell * place.len() as u64 + place[number.parse::<usize>().map_err(unwritable)?];
            }
            write!(out, "{between}\"{cell}\":")?;
            match field {
                Field::Comparator => serde_json::to_writer(&mut *out, written).map_err(unwritable)?,
                Field::Value | Field::Lower | Field::Upper => out.write_all(written.as_bytes())?,
            }
            between = ",";
        }
        let end = if between == "{" { "{}" } else { "}" };
        Ok(out.write_all(end.as_bytes())?)
    }
}

impl<T: Tabular> Writer<T> for JsonStatWriter {
    fn rows(&mut self, rows: &[T], _: Out<'_>) -> Result<()> {
        rows.iter().try_for_each(|row| self.keep(row))
    }

    fn finish(&mut self, conn: &mut Conn, out: Out<'_>) -> Result<()> {
        let (head, places) = self.head(conn)?;
        let Value::Object(head) = serde_json::to_value(head).map_err(unwritable)? else { return Ok(()) };
        out.write_all(b"{")?;
        for (at, (name, member)) in head.iter().enumerate() {
            write!(out, "{}\"{name}\":", if at == 0 { "" } else { "," })?;
            match name.as_str() {
                "value" => self.sweep(&places, Field::Value, out)?,
                "status" => self.sweep(&places, Field::Comparator, out)?,
                "extension" => {
                    write!(out, "{{\"seq\":{},\"meta\":{}", json!(self.newest.seq), self.about.meta)?;
                    write!(out, ",\"lower\":")?;
                    self.sweep(&places, Field::Lower, out)?;
                    write!(out, ",\"upper\":")?;
                    self.sweep(&places, Field::Upper, out)?;
                    out.write_all(b"}")?;
                }
                _ => serde_json::to_writer(&mut *out, member).map_err(unwritable)?,
            }
        }
        Ok(out.write_all(b"}\n")?)
    }
}

/// Checks that every cell of a cube can be numbered.
fn fits(size: &[usize]) -> Result<()> {
    let cells = size.iter().try_fold(1_u64, |cells, &size| cells.checked_mul(size as u64));
    if cells.is_some_and(|cells| cells <= MOST_CELLS) {
        return Ok(());
    }
    let (zh, en) = (
        "选择范围张成的数据立方体过大；请缩小选择范围，或改用 csv",
        "the selection spans too large a cube; narrow it, or take csv",
    );
    Err(Fault::parameter("format", Invalid::new("too_much_for_format", zh, en)).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cube_whose_cells_a_client_cannot_number_is_refused() {
        assert!(fits(&[]).is_ok() && fits(&[0, 7]).is_ok() && fits(&[1 << 26, 1 << 27]).is_ok());
        assert!(fits(&[1 << 27, 1 << 27]).is_err() && fits(&[usize::MAX, usize::MAX]).is_err());
    }
}
