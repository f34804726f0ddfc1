//! Phrases of town, county and provincial reports with their right readings, counted by kind.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::*;

/// Text, unit of the metric and reading of each phrase; `refuse` where no single figure can be read.
const CASES: &str = include_str!("../../../../tests/data/quantity-words.csv");

/// The units that the service is shipped with.
const UNITS: &str = include_str!("../../../../seeds/units.csv");

/// How the phrases of one kind are read.
#[derive(Default)]
struct Count {
    all: usize,
    right: usize,
    /// Refused, although they have a reading.
    refused: Vec<String>,
    /// Read as something else.
    wrong: Vec<String>,
}

/// The units of the seed.
pub(super) fn shipped() -> Vec<Unit> {
    let mut rows = csv::Reader::from_reader(UNITS.as_bytes());
    let rows = rows.deserialize::<BTreeMap<String, String>>().map(|row| row.expect("a row"));
    rows.map(|row| Unit {
        code: row["code"].clone(),
        name: row["name"].clone(),
        name_en: row["name_en"].clone(),
        symbol: row["symbol"].clone(),
        aliases: row["aliases"].split(';').filter(|alias| !alias.is_empty()).map(str::to_owned).collect(),
        dimension: row["dimension"].clone(),
        numerator: row["numerator"].parse().expect("a number"),
        denominator: row["denominator"].parse().expect("a number"),
    })
    .collect()
}

/// The reading of a phrase for a metric in this unit, as a row of the file has it.
pub(super) fn read_for(
    text: &str,
    role: Role,
    metric_unit: &str,
    units: &[Unit],
) -> Result<[String; 6], Invalid> {
    let metric_unit = units.iter().find(|unit| unit.code == metric_unit).expect("a unit");
    let quantity = read(text, role)?.resolve(metric_unit, units)?;
    let bound = |bound: Option<Decimal>| bound.map_or_else(String::new, |bound| bound.to_string());
    let inclusive = |bound: Option<Decimal>, inclusive: bool| {
        bound.map_or_else(String::new, |_| u8::from(inclusive).to_string())
    };
    Ok([
        quantity.value.to_string(),
        quantity.comparator.map_or_else(String::new, |comparator| comparator.to_string()),
        bound(quantity.lower),
        bound(quantity.upper),
        inclusive(quantity.lower, quantity.lower_inclusive),
        inclusive(quantity.upper, quantity.upper_inclusive),
    ])
}

/// ASCII as it is typed on a Chinese keyboard.
fn widened(text: &str) -> String {
    let wide = |c: char| match c {
        '!'..='~' => char::from_u32(u32::from(c) + 0xFEE0).expect("a character"),
        other => other,
    };
    text.chars().map(wide).collect()
}

fn counted(typed: impl Fn(&str) -> String) -> BTreeMap<String, Count> {
    let units = shipped();
    let mut counts: BTreeMap<String, Count> = BTreeMap::new();
    for row in csv::Reader::from_reader(CASES.as_bytes()).records() {
        let row = row.expect("a row");
        let text = typed(&row[1]);
        let role = row[3].parse().expect("a role");
        let reading = read_for(&text, role, &row[2], &units);
        let expected: Vec<&str> = row.iter().skip(4).collect();
        let count = counts.entry(row[0].to_owned()).or_default();
        count.all += 1;
        match reading {
            Err(_) if expected[0] == "refuse" => count.right += 1,
            Ok(reading) if reading == *expected => count.right += 1,
            Ok(reading) => count.wrong.push(format!("{text}: {reading:?}, not {expected:?}")),
            Err(refused) => count.refused.push(format!("{text}: {}", refused.code)),
        }
    }
    counts
}

fn table(counts: &BTreeMap<String, Count>) -> String {
    let mut table = format!("{:<10} {:>5} {:>5} {:>8} {:>6}\n", "kind", "all", "right", "refused", "wrong");
    let mut line = |kind: &str, [all, right, refused, wrong]: [usize; 4]| {
        writeln!(table, "{kind:<10} {all:>5} {right:>5} {refused:>8} {wrong:>6}").expect("text");
    };
    let mut sum = [0; 4];
    for (kind, count) in counts {
        let numbers = [count.all, count.right, count.refused.len(), count.wrong.len()];
        line(kind, numbers);
        sum = std::array::from_fn(|place| sum[place] + numbers[place]);
    }
    line("together", sum);
    for phrase in counts.values().flat_map(|count| count.refused.iter().chain(&count.wrong)) {
        writeln!(table, "{phrase}").expect("text");
    }
    table
}

/// `cargo test the_words_of_reports -- --nocapture` prints the table.
#[test]
#[expect(clippy::print_stdout, reason = "what a change of the reader does is read off the table")]
fn the_words_of_reports_are_read_right() {
    let counts = counted(str::to_owned);
    println!("{}", table(&counts));
    assert!(counts.values().all(|count| count.right == count.all), "{}", table(&counts));
}

#[test]
fn the_words_of_reports_are_read_right_in_full_width() {
    let counts = counted(widened);
    assert!(counts.values().all(|count| count.right == count.all), "{}", table(&counts));
}

#[test]
fn no_two_units_have_a_name_in_common() {
    let units = shipped();
    for (place, unit) in units.iter().enumerate() {
        for other in &units[place + 1..] {
            let shared = unit.names().find(|name| other.names().any(|other| other == *name));
            assert_eq!(shared, None, "{} and {}", unit.code, other.code);
        }
    }
}
