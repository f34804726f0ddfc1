//! A made-up data set of any size, to see how the service does with as much as a county, a province or the
//! country has. The same seed and sizes make the same rows on every machine and database. All of it is one
//! entry of the ledger; areas and observations have no edits, and areas are not in the search.

mod dice;
mod divisions;
mod figures;

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use serde_json::json;

use super::drafts::Draft;
use super::drafts::report::ReportDraft;
use super::seed::Files;
use crate::db::ledger::{Entry, Origin};
use crate::db::metrics::members::Metric;
use crate::db::{Db, bulk, dialect, units};
use crate::domain::codes::Level;
use crate::domain::row_kind::Kinds;
use crate::domain::unit::Unit;
use crate::error::{Error, Result};
use divisions::{Division, Shape};
use figures::Figures;

const METRICS: &str = include_str!("metrics.json");

/// Figures are of this year and those before it.
const LAST_YEAR: i32 = 2024;
const FIRST_YEAR: i32 = 1950;

/// Rows that are in memory at a time.
const CHUNK: usize = 5_000;

/// How much is generated.
#[derive(Debug, Clone, Copy)]
pub struct Sizes {
    /// Observations.
    pub observations: u64,
    /// Villages; what lies above them is as many as goes with them.
    pub villages: u64,
    /// Another one makes another data set of the same shape.
    pub seed: u64,
}

/// What was generated.
#[derive(Debug, Clone, Copy, Default)]
pub struct Generated {
    /// Areas of all levels.
    pub areas: u64,
    /// Observations.
    pub observations: u64,
    /// States of them.
    pub states: u64,
}

/// Fills an empty database, all of it or nothing.
///
/// Errors: `Unusable` when there is an area, a metric or an observation already, `Invalid` when so few
/// villages cannot have stated so much.
pub async fn fill(db: &Db, sizes: Sizes) -> Result<Generated> {
    let first_year = first_year(sizes)?;
    let written = db.write(Origin::command("generate"), move |entry| {
        if !bulk::is_empty(entry.conn)? {
            let reason = "the database is not empty: data is generated only where there is none";
            return Err(Error::Unusable(reason.to_owned()));
        }
        // The rows are the same whenever they are made; the entry itself tells when that was.
        entry.at = the_time();
        generate(entry, sizes, first_year)
    });
    let done = written.await?.data;
    db.tidy()?;
    Ok(done)
}

fn the_time() -> NaiveDateTime {
    NaiveDate::from_ymd_opt(2026, 1, 1).unwrap_or(NaiveDate::MAX).and_time(NaiveTime::MIN)
}

/// The year from which so many observations reach up to the last one.
fn first_year(sizes: Sizes) -> Result<i32> {
    let shape = Shape::of(sizes.villages);
    let a_year: u64 = Level::ALL.iter().map(|&level| shape.count(level) * figures::a_year(level)).sum();
    let years = (sizes.observations.saturating_mul(1000)).div_ceil(a_year);
    match i32::try_from(years).ok().map(|years| LAST_YEAR - years + 1).filter(|&year| year >= FIRST_YEAR) {
        Some(year) => Ok(year),
        None => {
            let most = a_year / 1000 * u64::from(LAST_YEAR.abs_diff(FIRST_YEAR) + 1);
            let reason = format!("{} villages state at most {most} observations", sizes.villages);
            Err(Error::Config(reason))
        }
    }
}

fn generate(entry: &mut Entry<'_>, sizes: Sizes, first_year: i32) -> Result<Generated> {
    let mut done = Generated::default();
    // Most rows have no edit.
    entry.touch(Kinds::ALL);
    let held_in = add_dictionary(entry)?;
    let shape = Shape::of(sizes.villages);
    let mut prefectures = Vec::new();
    let mut rows = Vec::with_capacity(CHUNK);
    for division in shape.divisions() {
        let division = division?;
        if division.level == Level::Prefecture {
            prefectures.push(division);
        }
        rows.push(division.row(entry.seq, entry.at));
        if rows.len() == CHUNK {
            bulk::add_areas(entry.conn, &rows)?;
            rows.clear();
        }
        done.areas += 1;
    }
    bulk::add_areas(entry.conn, &rows)?;
    add_reports(entry, &prefectures, first_year)?;
    let figures = Figures {
        seed: sizes.seed,
        seq: entry.seq,
        at: entry.at,
        author: entry.origin.author.clone(),
        units: units::all(entry.conn)?,
        held_in,
    };
    let indexes = dialect::lay_indexes_aside(entry.conn)?;
    add_figures(entry, &figures, sizes, first_year, &mut done)?;
    tracing::info!("indexing");
    dialect::settle(entry.conn, &indexes)?;
    Ok(done)
}

/// Adds the units of the built-in seed and the metrics, and gives the unit of each metric.
fn add_dictionary(entry: &mut Entry<'_>) -> Result<Vec<Unit>> {
    for unit in Files::built_in()?.units() {
        if !unit.exists(entry.conn)? {
            unit.insert(entry)?;
        }
    }
    let metrics: Vec<Metric> =
        serde_json::from_str(METRICS).map_err(|error| Error::Corrupt(error.to_string()))?;
    metrics.iter().try_for_each(|metric| metric.insert(entry))?;
    metrics.iter().map(|metric| units::named(entry.conn, "unit", &metric.unit)).collect()
}

/// Adds the report of each prefecture on each year.
fn add_reports(entry: &mut Entry<'_>, prefectures: &[Division], first_year: i32) -> Result<()> {
    for year in first_year..=LAST_YEAR {
        for prefecture in prefectures {
            let report = json!({
                "code": figures::report_code(prefecture.code, year),
                "title": format!("某市{year}年统计公报"),
                "issuer": prefecture.code,
                "published_at": figures::published_at(year).and_utc(),
                "period": year.to_string(),
            });
            let report: ReportDraft =
                serde_json::from_value(report).map_err(|error| Error::Corrupt(error.to_string()))?;
            report.insert(entry)?;
        }
    }
    Ok(())
}

/// Adds figures year by year, in a year area by area.
fn add_figures(
    entry: &mut Entry<'_>,
    figures: &Figures,
    sizes: Sizes,
    first_year: i32,
    done: &mut Generated,
) -> Result<()> {
    let mut chunk = Vec::with_capacity(CHUNK);
    'all: for year in first_year.. {
        for division in Shape::of(sizes.villages).divisions() {
            for told in figures.of(division?, year) {
                if done.observations == sizes.observations {
                    break 'all;
                }
                let (mut row, mut states) = told?;
                done.observations += 1;
                done.states += states.len() as u64;
                row.id = done.observations as i64;
                states.iter_mut().for_each(|state| state.observation = row.id);
                chunk.push((row, states));
                if chunk.len() == CHUNK {
                    bulk::add_observations(entry.conn, std::mem::take(&mut chunk))?;
                }
                if done.observations.is_multiple_of(1_000_000) {
                    tracing::info!(observations = done.observations, "generated");
                }
            }
        }
    }
    bulk::add_observations(entry.conn, chunk)
}
