//! Statistical rows as cells of a cube, which JSON-stat and SDMX want: what the dimensions are, and what
//! is said of a cell. A wire type tells it once; where its member stands in what all rows share, it is
//! read from there.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;
use serde_json::Value;

use super::cells::with_decimals;
use super::writer::unwritable;
use crate::db::metrics::MetricRow;
use crate::db::{Conn, areas, metrics, units};
use crate::domain::unit::Unit;
use crate::error::{Error, Result};

/// Rows looked up at a time.
const CHUNK: usize = 1000;

/// How rows of one wire type make a cube. Besides, a row or what all rows share may have the members of a
/// quantity: `unit`, `decimals`, `comparator`, `lower`, `upper`.
#[derive(Debug)]
pub struct Cube {
    /// The dataflow that the rows belong to, `OBSERVATIONS`.
    pub dataflow: &'static str,
    /// Its name.
    pub label: &'static str,
    /// What spans the cube. Together they must be a key of the rows: of two rows in one cell, one is lost.
    pub dimensions: &'static [Dimension],
    /// The member that is the value of a cell.
    pub value: &'static str,
    /// Further members of a cell, each with its SDMX concept. Codes, numbers and dates only: what is
    /// free text could be a formula to whoever opens the file.
    pub attributes: &'static [(&'static str, &'static str)],
}

/// One dimension of a cube.
#[derive(Debug)]
pub struct Dimension {
    /// The member of a row; a dot leads to an inner one.
    pub member: &'static str,
    /// Its name.
    pub label: &'static str,
    /// Its concept in SDMX.
    pub concept: &'static str,
    /// What kind of thing its categories are.
    pub axis: Axis,
}

/// The dimensions of figures: their natural key, the area of which stands in this member.
pub const fn dimensions(area: &'static str) -> [Dimension; 5] {
    [
        Dimension { member: "metric", label: "Metric 指标", concept: "INDICATOR", axis: Axis::Metric },
        Dimension { member: area, label: "Area 区划", concept: "REF_AREA", axis: Axis::Area },
        Dimension { member: "period", label: "Period 时期", concept: "TIME_PERIOD", axis: Axis::Time },
        Dimension {
            member: "accumulation",
            label: "Accumulation 累计方式",
            concept: "ACCUMULATION",
            axis: Axis::Other,
        },
        Dimension { member: "role", label: "Role 数值类型", concept: "ROLE", axis: Axis::Other },
    ]
}

/// What the categories of a dimension are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Axis {
    /// Metrics, by code.
    Metric,
    /// Areas, by code.
    Area,
    /// Periods.
    Time,
    /// Words of a code list.
    Other,
}

/// A row and what all rows share.
pub(super) struct Cell<'a> {
    row: Value,
    meta: &'a Value,
}

impl<'a> Cell<'a> {
    pub(super) fn new(row: &impl Serialize, meta: &'a Value) -> Result<Cell<'a>> {
        Ok(Cell { row: serde_json::to_value(row).map_err(unwritable)?, meta })
    }

    /// The row alone.
    pub(super) fn row(&self) -> &Value {
        &self.row
    }

    fn find(&self, member: &str) -> &Value {
        let pointer = format!("/{}", member.replace('.', "/"));
        self.row.pointer(&pointer).or_else(|| self.meta.pointer(&pointer)).unwrap_or(&Value::Null)
    }

    /// A member as text, numbers as they are in JSON; none when it is null.
    pub(super) fn text(&self, member: &str) -> Option<String> {
        match self.find(member) {
            Value::Null => None,
            Value::String(text) => Some(text.clone()),
            other => Some(other.to_string()),
        }
    }

    /// A number with as many decimals as it was stated with.
    pub(super) fn stated(&self, member: &str) -> Option<String> {
        Some(with_decimals(self.text(member)?, self.find("decimals")))
    }
}

/// The metrics that occur, each with the unit that its figures are in.
#[derive(Debug, Default)]
pub(super) struct Metrics(BTreeMap<String, Option<String>>);

/// What is known of a metric that occurs.
pub(super) struct Described {
    pub(super) metric: MetricRow,
    pub(super) unit: Option<Unit>,
}

impl Metrics {
    pub(super) fn note(&mut self, cube: &Cube, cell: &Cell<'_>) {
        let metrics = cube.dimensions.iter().filter(|dimension| dimension.axis == Axis::Metric);
        for code in metrics.filter_map(|dimension| cell.text(dimension.member)) {
            self.0.entry(code).or_insert_with(|| cell.text("unit"));
        }
    }

    pub(super) fn described(&self, conn: &mut Conn) -> Result<Vec<Described>> {
        let known: HashMap<String, Unit> =
            units::all(conn)?.into_iter().map(|unit| (unit.code.clone(), unit)).collect();
        let mut described = Vec::new();
        for (code, unit) in &self.0 {
            let metric = metrics::get(conn, code)?.ok_or_else(|| Error::Corrupt(format!("metric {code}")))?;
            let unit = unit.as_ref().and_then(|unit| known.get(unit)).cloned();
            described.push(Described { metric, unit });
        }
        Ok(described)
    }
}

/// The names of categories, where they have others than their codes.
pub(super) fn names(conn: &mut Conn, axis: Axis, codes: &[String]) -> Result<HashMap<String, String>> {
    let mut names = HashMap::new();
    for some in codes.chunks(CHUNK) {
        match axis {
            Axis::Metric => names.extend(metrics::names(conn, some.to_vec())?),
            Axis::Area => {
                let areas = some.iter().map(|code| code.parse()).collect::<Result<Vec<_>, _>>();
                let named = areas::names(conn, areas.map_err(unwritable)?)?;
                names.extend(named.into_iter().map(|(area, name)| (area.to_string(), name)));
            }
            Axis::Time | Axis::Other => {}
        }
    }
    Ok(names)
}
