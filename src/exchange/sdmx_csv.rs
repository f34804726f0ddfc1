//! Rows as SDMX-CSV 2.0: one observation a line, by the concepts of SDMX. Codes, numbers and dates only.

use serde_json::Value;

use super::cube::{Axis, Cell, Cube};
use super::table::Tabular;
use super::writer::{Out, Writer, unwritable};
use crate::domain::period::Period;
use crate::error::Result;

/// Who maintains the dataflows.
const AGENCY: &str = "TAIZHANG";

/// What SDMX calls the members of a quantity, and ours where it has no name.
const QUANTITY: [(&str, &str); 7] = [
    ("unit", "UNIT_MEASURE"),
    ("decimals", "DECIMALS"),
    ("comparator", "COMPARATOR"),
    ("lower", "LOWER"),
    ("upper", "UPPER"),
    ("lower_inclusive", "LOWER_INCLUSIVE"),
    ("upper_inclusive", "UPPER_INCLUSIVE"),
];

/// Writes SDMX-CSV.
pub struct SdmxCsv {
    cube: &'static Cube,
    meta: Value,
    begun: bool,
}

impl SdmxCsv {
    /// The cells of a cube, of which all share `meta`.
    pub fn new(cube: &'static Cube, meta: Value) -> SdmxCsv {
        SdmxCsv { cube, meta, begun: false }
    }
}

impl<T: Tabular> Writer<T> for SdmxCsv {
    fn rows(&mut self, rows: &[T], out: Out<'_>) -> Result<()> {
        let Cube { dataflow, dimensions, value, attributes, .. } = self.cube;
        let attributes = || QUANTITY.iter().chain(attributes.iter());
        let mut csv = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
        if !self.begun {
            let header = ["STRUCTURE", "STRUCTURE_ID", "ACTION"].into_iter();
            let header = header.chain(dimensions.iter().map(|dimension| dimension.concept));
            let header = header.chain(["OBS_VALUE"]).chain(attributes().map(|(_, concept)| *concept));
            csv.write_record(header).map_err(unwritable)?;
            self.begun = true;
        }
        let structure = format!("{AGENCY}:{dataflow}(1.0)");
        for row in rows {
            let cell = Cell::new(row, &self.meta)?;
            let mut record = vec!["dataflow".to_owned(), structure.clone(), "I".to_owned()];
            for dimension in *dimensions {
                let code = cell.text(dimension.member).unwrap_or_default();
                record.push(if dimension.axis == Axis::Time { time_period(code) } else { code });
            }
            record.push(cell.stated(value).unwrap_or_default());
            for (member, _) in attributes() {
                let text = match *member {
                    "lower" | "upper" => cell.stated(member),
                    member => cell.text(member),
                };
                record.push(text.unwrap_or_default());
            }
            csv.write_record(record).map_err(unwritable)?;
        }
        Ok(csv.flush()?)
    }
}

/// A period as SDMX writes it: ours but for intervals, which it gives a length (`2022-01-01/P11M`).
fn time_period(code: String) -> String {
    match code.parse::<Period>() {
        Ok(period) if code.contains('/') => period.with_length(),
        _ => code,
    }
}

#[cfg(test)]
mod tests {
    use chrono::{Days, Months, NaiveDate};
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_period_that_is_written_is_read_back(day in 0..400_000_u64, days in 1..900_u64, months in 1..40_u32) {
            let first = NaiveDate::from_ymd_opt(1900, 1, 1).expect("a day") + Days::new(day);
            let of_month = first - Days::new(u64::from(chrono::Datelike::day0(&first)));
            let spans = [(first, first + Days::new(days)), (of_month, of_month + Months::new(months))];
            for period in spans.map(|(first, next)| Period::from_days(first, next - Days::new(1)).expect("a period")) {
                let written = time_period(period.to_string());
                prop_assert_eq!(written.parse::<Period>(), Ok(period), "{}", written);
            }
        }
    }
}
