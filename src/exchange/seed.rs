//! Seeds: files that a clerk can edit, read into drafts, added in one entry of the ledger. What is
//! there already stays as it is, so that loading twice changes nothing.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::path::Path;

use include_dir::{Dir, include_dir};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::cells;
use super::drafts::Draft;
use super::drafts::area::{AreaDraft, HighlightDraft};
use super::drafts::observation::ObservationDraft;
use super::drafts::plan::PlanDraft;
use super::drafts::plan_item::PlanItemDraft;
use super::drafts::project::ProjectDraft;
use super::drafts::reference::{MetricDraft, UnitDraft};
use super::drafts::report::ReportDraft;
use crate::db::Db;
use crate::db::ledger::{self, Entry, Origin};
use crate::domain::access::Sight;
use crate::error::{Error, Fault, Invalid, Place, Result, Text};

static BUILT_IN: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/seeds");

/// How the cells of one CSV file become members.
struct Shape {
    file: &'static str,
    /// Columns with several values, as [`cells::join`] writes them.
    lists: &'static [&'static str],
    /// Columns with numbers.
    numbers: &'static [&'static str],
}

/// Columns that together are one member.
const GROUPS: &[(&str, &[&str])] =
    &[("citation", &["paragraph", "start", "end", "words"]), ("point", &["lon", "lat"])];

const PLACE: [&str; 3] = ["paragraph", "start", "end"];

const UNITS: Shape = Shape { file: "units.csv", lists: &[], numbers: &["numerator", "denominator"] };
const AREAS: Shape = Shape { file: "areas.csv", lists: &["aliases"], numbers: &["lon", "lat"] };
const METRICS: Shape =
    Shape { file: "metrics.csv", lists: &["frequencies"], numbers: &["decimals", "min", "max", "headline"] };
const REPORTS: Shape = Shape { file: "reports.csv", lists: &[], numbers: &[] };
const HIGHLIGHTS: Shape = Shape { file: "highlights.csv", lists: &[], numbers: &PLACE };
const PROJECTS: &str = "projects.json";
const OBSERVATIONS: Shape = Shape {
    file: "observations.csv",
    lists: &["covers", "projects"],
    numbers: &["value", "decimals", "lower", "upper", "paragraph", "start", "end"],
};
const PLANS: Shape = Shape { file: "plans.csv", lists: &[], numbers: &["year"] };
const PLAN_ITEMS: Shape = Shape {
    file: "plan_items.csv",
    lists: &["deliverables", "co_units", "areas", "projects"],
    numbers: &["ordinal", "weight", "progress", "paragraph", "start", "end"],
};

/// The drafts of a seed.
#[derive(Debug, Clone, Default)]
pub struct Files {
    units: Vec<UnitDraft>,
    areas: Vec<AreaDraft>,
    reports: Vec<ReportDraft>,
    highlights: Vec<HighlightDraft>,
    metrics: Vec<MetricDraft>,
    projects: Vec<ProjectDraft>,
    observations: Vec<ObservationDraft>,
    plans: Vec<PlanDraft>,
    plan_items: Vec<PlanItemDraft>,
}

impl Files {
    /// The seed inside the program.
    pub fn built_in() -> Result<Files> {
        Files::read(|name| Ok(BUILT_IN.get_file(name).map(|file| file.contents().to_vec())))
    }

    /// The units of measure.
    pub(super) fn units(&self) -> &[UnitDraft] {
        &self.units
    }

    /// The files of a folder; any of them may be missing.
    ///
    /// Errors: `File` when the folder cannot be read, or a file cannot be understood.
    pub fn in_folder(folder: &Path) -> Result<Files> {
        let known = [
            UNITS.file,
            AREAS.file,
            METRICS.file,
            REPORTS.file,
            HIGHLIGHTS.file,
            PROJECTS,
            OBSERVATIONS.file,
            PLANS.file,
            PLAN_ITEMS.file,
        ];
        if !folder.is_dir() {
            let reason = "is not a folder that can be read".to_owned();
            return Err(Error::File { file: folder.display().to_string(), reason });
        }
        if !known.iter().any(|name| folder.join(name).is_file()) {
            let reason = format!("has none of {}", known.join(", "));
            return Err(Error::File { file: folder.display().to_string(), reason });
        }
        Files::read(|name| {
            let path = folder.join(name);
            let unreadable = |error: std::io::Error| unreadable(&path.display().to_string(), &error);
            path.is_file().then(|| std::fs::read(&path).map_err(unreadable)).transpose()
        })
    }

    fn read(mut open: impl FnMut(&str) -> Result<Option<Vec<u8>>>) -> Result<Files> {
        Ok(Files {
            units: table(&UNITS, open(UNITS.file)?)?,
            areas: table(&AREAS, open(AREAS.file)?)?,
            reports: table(&REPORTS, open(REPORTS.file)?)?,
            highlights: table(&HIGHLIGHTS, open(HIGHLIGHTS.file)?)?,
            metrics: table(&METRICS, open(METRICS.file)?)?,
            projects: match open(PROJECTS)? {
                None => Vec::new(),
                Some(bytes) => serde_json::from_slice(&bytes)
                    .map_err(|error| unreadable(PROJECTS, &Text::of_deserializer(&error)))?,
            },
            observations: table(&OBSERVATIONS, open(OBSERVATIONS.file)?)?,
            plans: table(&PLANS, open(PLANS.file)?)?,
            plan_items: table(&PLAN_ITEMS, open(PLAN_ITEMS.file)?)?,
        })
    }
}

fn unreadable(file: &str, reason: &dyn fmt::Display) -> Error {
    Error::File { file: file.to_owned(), reason: reason.to_string() }
}

/// The drafts of a CSV file, none when there is no file.
fn table<T: DeserializeOwned>(shape: &Shape, bytes: Option<Vec<u8>>) -> Result<Vec<T>> {
    let Some(bytes) = bytes else { return Ok(Vec::new()) };
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&bytes);
    let mut reader = csv::Reader::from_reader(bytes);
    let columns = reader.headers().map_err(|error| unreadable(shape.file, &error))?.clone();
    let mut drafts = Vec::new();
    for (row, record) in (1..).zip(reader.records()) {
        let record = record.map_err(|error| unreadable(shape.file, &format!("row {row}: {error}")))?;
        let mut members = Map::new();
        for (column, cell) in columns.iter().zip(&record).filter(|(_, cell)| !cell.is_empty()) {
            let value = member(shape, column, cell)
                .map_err(|error| unreadable(shape.file, &format!("row {row}, {column}: {error}")))?;
            match GROUPS.iter().find(|(_, grouped)| grouped.contains(&column)) {
                None => {
                    members.insert(column.to_owned(), value);
                }
                Some((group, _)) => {
                    let group = members.entry(*group).or_insert_with(|| Value::Object(Map::new()));
                    if let Value::Object(group) = group {
                        group.insert(column.to_owned(), value);
                    }
                }
            }
        }
        let draft = serde_json::from_value(Value::Object(members)).map_err(|error| {
            unreadable(shape.file, &format!("row {row}: {}", Text::of_deserializer(&error)))
        })?;
        drafts.push(draft);
    }
    Ok(drafts)
}

fn member(shape: &Shape, column: &str, cell: &str) -> std::result::Result<Value, serde_json::Error> {
    if shape.lists.contains(&column) {
        return Ok(cells::split(cells::plain(cell)).into_iter().map(Value::String).collect());
    }
    if shape.numbers.contains(&column) {
        return cell.parse::<serde_json::Number>().map(Value::Number);
    }
    Ok(Value::String(cells::plain(cell).to_owned()))
}

/// How many rows of each file were added.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Added(BTreeMap<&'static str, usize>);

impl fmt::Display for Added {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows: Vec<String> = self.0.iter().map(|(file, count)| format!("{count} from {file}")).collect();
        if rows.is_empty() { f.write_str("nothing to add") } else { write!(f, "added {}", rows.join(", ")) }
    }
}

/// Adds what is missing, all of it or none, as one entry; when nothing is missing there is no entry.
pub async fn load(db: &Db, files: Files) -> Result<Added> {
    let written = db
        .write(Origin::command("seed"), move |entry| {
            let mut added = Added::default();
            add(entry, &mut added, UNITS.file, &files.units)?;
            add(entry, &mut added, AREAS.file, &files.areas)?;
            add(entry, &mut added, REPORTS.file, &files.reports)?;
            add(entry, &mut added, HIGHLIGHTS.file, &files.highlights)?;
            add(entry, &mut added, METRICS.file, &files.metrics)?;
            add(entry, &mut added, PROJECTS, &files.projects)?;
            add(entry, &mut added, OBSERVATIONS.file, &files.observations)?;
            add(entry, &mut added, PLANS.file, &files.plans)?;
            add(entry, &mut added, PLAN_ITEMS.file, &files.plan_items)?;
            Ok(added)
        })
        .await?;
    Ok(written.data)
}

/// What became of a draft.
enum Step {
    /// It refers to something that is not there: its member and key.
    Waits(&'static str, String),
    /// A row of its key is there already.
    Stays,
    /// It was added.
    Added,
}

/// Adds the drafts of one file, in passes: a draft that refers to a later one waits for it.
fn add<D: Draft>(entry: &mut Entry<'_>, added: &mut Added, file: &'static str, drafts: &[D]) -> Result<()> {
    let mut waiting: Vec<(usize, &D)> = (1..).zip(drafts).collect();
    let mut rows = HashMap::new();
    while !waiting.is_empty() {
        let mut held_up = Vec::new();
        let mut first_missing = None;
        for &(row, draft) in &waiting {
            match step(entry, draft, row, &mut rows).map_err(|error| in_row(file, row, error))? {
                Step::Waits(member, key) => {
                    first_missing.get_or_insert((row, member, key));
                    held_up.push((row, draft));
                }
                Step::Stays => {}
                Step::Added => *added.0.entry(file).or_default() += 1,
            }
        }
        if let Some((row, member, key)) = first_missing.filter(|_| held_up.len() == waiting.len()) {
            return Err(unreadable(file, &format!("row {row}: {member}: “{key}” is not registered")));
        }
        waiting = held_up;
    }
    Ok(())
}

/// Adds one draft, unless it waits or is there. `rows` are the rows of the file by their keys: else the
/// second of two rows of one key would pass for one that is there already.
fn step<D: Draft>(
    entry: &mut Entry<'_>,
    draft: &D,
    row: usize,
    rows: &mut HashMap<String, usize>,
) -> Result<Step> {
    let known = match draft.edited() {
        // It is there, or somebody has deleted it on purpose: what it refers to may be gone by now.
        Some(row) => ledger::is_deleted(entry.conn, &row)? || draft.exists(entry.conn)?,
        None => false,
    };
    if !known && let Some((member, key)) = draft.missing(entry.conn, Sight::ALL)? {
        return Ok(Step::Waits(member, key));
    }
    if let Some(other) = rows.insert(draft.natural_key(entry.conn)?, row) {
        let (zh, en) = (format!("与第 {other} 行的键相同"), format!("the same key as row {other}"));
        let invalid = Invalid::new("same_key", zh, en);
        return Err(Fault { place: Place::Pointer(String::new()), invalid }.into());
    }
    if known || draft.exists(entry.conn)? {
        return Ok(Step::Stays);
    }
    draft.insert(entry)?;
    Ok(Step::Added)
}

/// The same error, told of a row of a file.
fn in_row(file: &str, row: usize, error: Error) -> Error {
    let told = |fault: &Fault| match &fault.place {
        Place::Pointer(pointer) if pointer.is_empty() => fault.invalid.to_string(),
        Place::Pointer(pointer) => format!("{}: {}", pointer.trim_start_matches('/'), fault.invalid),
        _ => fault.to_string(),
    };
    match error {
        Error::Invalid(faults) => {
            let told: Vec<String> = faults.iter().map(told).collect();
            unreadable(file, &format!("row {row}: {}", told.join("; ")))
        }
        taken @ Error::Conflict { .. } => unreadable(file, &format!("row {row}: {taken}")),
        // A rule that only the database holds.
        Error::Query(broken) => unreadable(file, &format!("row {row}: {broken}")),
        other => other,
    }
}
