//! Seeds: files that a clerk can edit, read into drafts, added in one entry of the ledger. What is
//! there already stays as it is, so that loading twice changes nothing.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::path::Path;

use include_dir::{Dir, include_dir};
use serde_json::{Map, Value};

use super::cells;
use super::drafts::Draft;
use super::drafts::area::{AreaDraft, HighlightDraft};
use super::drafts::observation::ObservationDraft;
use super::drafts::plan::PlanDraft;
use super::drafts::plan_item::PlanItemDraft;
use super::drafts::project::ProjectDraft;
use super::drafts::reference::UnitDraft;
use super::drafts::report::ReportDraft;
use super::reading::{HandedIn, read_row};
use crate::db::Db;
use crate::db::ledger::{self, Entry, Origin};
use crate::db::metrics::members::Metric;
use crate::domain::access::Sight;
use crate::domain::members::{Described, Members};
use crate::error::{Error, Fault, Invalid, Place, Result};

static BUILT_IN: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/seeds");

const UNITS: &str = "units.csv";
const AREAS: &str = "areas.csv";
const METRICS: &str = "metrics.csv";
const REPORTS: &str = "reports.csv";
const HIGHLIGHTS: &str = "highlights.csv";
const PROJECTS: &str = "projects.json";
const OBSERVATIONS: &str = "observations.csv";
const PLANS: &str = "plans.csv";
const PLAN_ITEMS: &str = "plan_items.csv";

/// The drafts of a seed.
#[derive(Debug, Clone, Default)]
pub struct Files {
    units: Vec<UnitDraft>,
    areas: Vec<AreaDraft>,
    reports: Vec<ReportDraft>,
    highlights: Vec<HighlightDraft>,
    metrics: Vec<Metric>,
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
        let known = [UNITS, AREAS, METRICS, REPORTS, HIGHLIGHTS, PROJECTS, OBSERVATIONS, PLANS, PLAN_ITEMS];
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
            units: table(UNITS, open(UNITS)?)?,
            areas: table(AREAS, open(AREAS)?)?,
            reports: table(REPORTS, open(REPORTS)?)?,
            highlights: table(HIGHLIGHTS, open(HIGHLIGHTS)?)?,
            metrics: table(METRICS, open(METRICS)?)?,
            projects: match open(PROJECTS)? {
                None => Vec::new(),
                Some(bytes) => {
                    let rows: Vec<Map<String, Value>> =
                        serde_json::from_slice(&bytes).map_err(|error| unreadable(PROJECTS, &error))?;
                    let draft =
                        |(row, members)| read_row(members).map_err(|error| in_row(PROJECTS, row, error));
                    (1..).zip(rows).map(draft).collect::<Result<_>>()?
                }
            },
            observations: table(OBSERVATIONS, open(OBSERVATIONS)?)?,
            plans: table(PLANS, open(PLANS)?)?,
            plan_items: table(PLAN_ITEMS, open(PLAN_ITEMS)?)?,
        })
    }
}

fn unreadable(file: &str, reason: &dyn fmt::Display) -> Error {
    Error::File { file: file.to_owned(), reason: reason.to_string() }
}

/// The drafts of a CSV file, none when there is no file. A column is a member, or one of a member that is an object.
fn table<T: HandedIn>(file: &str, bytes: Option<Vec<u8>>) -> Result<Vec<T>> {
    let Some(bytes) = bytes else { return Ok(Vec::new()) };
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&bytes);
    let mut reader = csv::Reader::from_reader(bytes);
    let columns = reader.headers().map_err(|error| unreadable(file, &error))?.clone();
    let mut drafts = Vec::new();
    for (row, record) in (1..).zip(reader.records()) {
        let record = record.map_err(|error| unreadable(file, &format!("row {row}: {error}")))?;
        let mut members = Map::new();
        for (column, cell) in columns.iter().zip(&record).filter(|(_, cell)| !cell.is_empty()) {
            let (group, described) = place::<T>(column);
            let value = value(described, cell);
            match group {
                None => drop(members.insert(column.to_owned(), value)),
                Some(group) => {
                    let group = members.entry(group).or_insert_with(|| Value::Object(Map::new()));
                    group[column] = value;
                }
            }
        }
        drafts.push(read_row(members).map_err(|error| in_row(file, row, error))?);
    }
    Ok(drafts)
}

/// The member that is an object and has a column as its own, where the row has no such member itself; and what
/// describes the column.
fn place<T: HandedIn>(column: &str) -> (Option<&'static str>, Option<Described<'static>>) {
    let members = Members::of::<T>();
    if let Some(described) = members.member(column) {
        return (None, Some(described));
    }
    let inner = |group: &'static str| {
        let schema = members.member(group)?.schema["properties"].get(column)?;
        Some((Some(group), Some(members.described(schema))))
    };
    members.names().find_map(inner).unwrap_or_default()
}

/// What a cell says. What is no number stays a text, of which the member tells what is wrong with it.
fn value(described: Option<Described<'_>>, cell: &str) -> Value {
    let takes = |kind| described.is_some_and(|described| described.takes(kind));
    if takes("array") {
        return cells::split(cells::plain(cell)).into_iter().map(Value::String).collect();
    }
    let number =
        (takes("number") || takes("integer")).then(|| cell.parse::<serde_json::Number>().ok()).flatten();
    number.map_or_else(|| Value::String(cells::plain(cell).to_owned()), Value::Number)
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
            add(entry, &mut added, UNITS, &files.units)?;
            add(entry, &mut added, AREAS, &files.areas)?;
            add(entry, &mut added, REPORTS, &files.reports)?;
            add(entry, &mut added, HIGHLIGHTS, &files.highlights)?;
            add(entry, &mut added, METRICS, &files.metrics)?;
            add(entry, &mut added, PROJECTS, &files.projects)?;
            add(entry, &mut added, OBSERVATIONS, &files.observations)?;
            add(entry, &mut added, PLANS, &files.plans)?;
            add(entry, &mut added, PLAN_ITEMS, &files.plan_items)?;
            Ok(added)
        })
        .await?;
    Ok(written.data)
}

/// What became of a draft.
enum Step {
    /// It refers to something that is not there.
    Waits(Fault),
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
                Step::Waits(fault) => {
                    first_missing.get_or_insert((row, fault));
                    held_up.push((row, draft));
                }
                Step::Stays => {}
                Step::Added => *added.0.entry(file).or_default() += 1,
            }
        }
        if let Some((row, fault)) = first_missing.filter(|_| held_up.len() == waiting.len()) {
            return Err(in_row(file, row, fault.into()));
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
    if !known && let Some(fault) = draft.unregistered(entry.conn, Sight::ALL)?.into_iter().next() {
        return Ok(Step::Waits(fault));
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
        Error::Invalid(faults) | Error::Malformed(faults) => {
            let told: Vec<String> = faults.iter().map(told).collect();
            unreadable(file, &format!("row {row}: {}", told.join("; ")))
        }
        taken @ Error::Conflict { .. } => unreadable(file, &format!("row {row}: {taken}")),
        // A rule that only the database holds.
        Error::Query(broken) => unreadable(file, &format!("row {row}: {broken}")),
        other => other,
    }
}
