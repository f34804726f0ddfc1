//! Timelines: everything that happened to one project or plan item, in the order of the days on which it did, as far
//! as its reader sees it.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use chrono::{NaiveDate, NaiveDateTime};
use serde_json::{Map, Value, json};

use crate::db::evidence;
use crate::db::extensions::{self, ExtensionRow};
use crate::db::moves::{self, ItemMoveRow, ProjectMoveRow};
use crate::db::observations;
use crate::db::progress_reports::seen::{SeenReport, seen};
use crate::db::progress_reports::{self, ProgressReportFilter, Subject};
use crate::db::sight::Moment;
use crate::db::timeline::{self, Named, Written};
use crate::db::{Conn, Window};
use crate::domain::access::Sight;
use crate::domain::codes::AmountKind;
use crate::domain::evidence::Evidence;
use crate::domain::row_kind::RowKind;
use crate::domain::zone;
use crate::error::{Error, Result};

/// Of what is kept of a row, what says nothing of what happened to it, and what its moves say.
const UNTOLD: [&str; 8] =
    ["seq", "updated_at", "folded", "path", "state", "stage", "suspended", "carried_to"];

/// Members of a plan item that name other rows: of these, a reader is told what he may see.
const LINKS: [(&str, Named); 5] = [
    ("carried_from", Named::PlanItem),
    ("metric", Named::Metric),
    ("parent", Named::PlanItem),
    ("projects", Named::Project),
    ("target", Named::Observation),
];

/// One thing that happened.
#[derive(Debug, Clone)]
pub struct Happening {
    /// The day on which it did; of what was only written, the day of the entry.
    pub on: NaiveDate,
    /// When it was entered.
    pub recorded_at: NaiveDateTime,
    /// Number of the entry.
    pub seq: i64,
    /// Its place among what one entry says of one day.
    pub rank: i64,
    /// Who entered it.
    pub by: String,
    /// What it was.
    pub event: Event,
}

/// What happened.
#[derive(Debug, Clone)]
pub enum Event {
    /// It was entered for the first time.
    Created,
    /// Members of it were changed; these are their names.
    Changed(BTreeSet<String>),
    /// A plan item came to another state, on this evidence.
    ItemMoved(ItemMoveRow, Vec<Evidence>),
    /// A project came to another stage, into suspension or out of it.
    ProjectMoved(ProjectMoveRow),
    /// Somebody reported on it.
    Reported(SeenReport),
    /// More time was asked for.
    ExtensionRequested(ExtensionRow),
    /// The request was decided on.
    ExtensionDecided(ExtensionRow),
    /// A milestone of a project was set, met or changed: its members by name, as the ledger keeps them; without
    /// status when it was deleted.
    Milestone(Map<String, Value>),
}

impl Happening {
    /// Its place in the order of a timeline.
    pub fn place(&self) -> (NaiveDate, i64, i64) {
        (self.on, self.seq, self.rank)
    }
}

/// All that happened, in order.
pub fn timeline(
    conn: &mut Conn,
    sight: Sight,
    subject: &Subject,
    now: NaiveDateTime,
) -> Result<Vec<Happening>> {
    let moment = Moment::new(sight, None, now);
    let mut all = match subject {
        Subject::Project(code) => of_project(conn, code)?,
        Subject::PlanItem(code) => of_item(conn, moment, code)?,
    };
    all.extend(reports(conn, moment, subject)?);
    all.sort_by_key(Happening::place);
    Ok(all)
}

fn of_project(conn: &mut Conn, code: &str) -> Result<Vec<Happening>> {
    let mut parts = Parts::new();
    for edit in timeline::of_parts(conn, RowKind::ProjectAmount, code)? {
        parts.entry(edit.seq).or_default().insert(amount(&edit)?);
    }
    let edits = read_all(timeline::of_row(conn, RowKind::Project, code)?)?;
    let mut all = written(&edits, &parts, &Links::new());
    for edit in timeline::of_parts(conn, RowKind::Milestone, code)? {
        all.push(milestone(edit)?);
    }
    all.extend(moves::of_project(conn, code)?.into_iter().map(project_move));
    Ok(all)
}

fn of_item(conn: &mut Conn, moment: Moment, code: &str) -> Result<Vec<Happening>> {
    let edits = read_all(timeline::of_row(conn, RowKind::PlanItem, code)?)?;
    let links = links(conn, moment, &edits)?;
    let mut all = written(&edits, &Parts::new(), &links);
    all.extend(item_moves(conn, moment, code)?);
    let window = Window { after: None, limit: i64::MAX };
    all.extend(extensions::list(conn, code, &window)?.into_iter().flat_map(extension));
    Ok(all)
}

fn reports(conn: &mut Conn, moment: Moment, subject: &Subject) -> Result<Vec<Happening>> {
    let (every, all) = (ProgressReportFilter { current: false }, Window { after: None, limit: i64::MAX });
    let rows = progress_reports::list(conn, subject, every, &all)?;
    // A report carries the entry that corrected it; here it stands with the one that made it.
    let keys = rows.iter().map(|row| row.id.to_string()).collect();
    let makers = timeline::makers(conn, RowKind::ProgressReport, keys)?;
    let happened = |report: SeenReport| Happening {
        on: report.row.as_of,
        recorded_at: report.row.recorded_at,
        seq: makers.get(&report.row.id.to_string()).copied().unwrap_or(report.row.seq),
        rank: report.row.id,
        by: report.row.author.clone(),
        event: Event::Reported(report),
    };
    Ok(seen(conn, moment, rows)?.into_iter().map(happened).collect())
}

fn day(at: NaiveDateTime) -> NaiveDate {
    zone::local(at).date_naive()
}

fn read(row: Option<&String>) -> Result<Option<Map<String, Value>>> {
    let unreadable = |error: serde_json::Error| Error::Corrupt(format!("edit: {error}"));
    row.map(|row| serde_json::from_str(row)).transpose().map_err(unreadable)
}

/// Members of which the ledger keeps the parts beside the row, by the entry that changed them.
type Parts = BTreeMap<i64, BTreeSet<&'static str>>;

/// The member of a project that an amount is part of.
fn amount(edit: &Written) -> Result<&'static str> {
    let row = read(edit.after.as_ref().or(edit.before.as_ref()))?.unwrap_or_default();
    let kind = row.get("kind").and_then(Value::as_str).and_then(|kind| kind.parse().ok());
    match kind {
        Some(AmountKind::Budget) => Ok("budget"),
        Some(AmountKind::Funding) => Ok("funding"),
        Some(AmountKind::Quantity) => Ok("quantities"),
        None => Err(Error::Corrupt("edit of an amount without its kind".to_owned())),
    }
}

/// An edit, with the row before, unless it was new, and after.
type Edit = (Written, Option<Map<String, Value>>, Map<String, Value>);

fn read_all(edits: Vec<Written>) -> Result<Vec<Edit>> {
    let read_one = |edit: Written| {
        let (before, after) = (read(edit.before.as_ref())?, read(edit.after.as_ref())?.unwrap_or_default());
        Ok((edit, before, after))
    };
    edits.into_iter().map(read_one).collect()
}

/// Of what members name, by member, the keys that the reader sees.
type Links = BTreeMap<&'static str, HashSet<String>>;

/// The keys that the reader sees of all that an item has ever named.
fn links(conn: &mut Conn, moment: Moment, edits: &[Edit]) -> Result<Links> {
    let rows = || edits.iter().flat_map(|(_, before, after)| before.iter().chain([after]));
    let mut links = Links::new();
    for (member, named) in LINKS {
        let all: BTreeSet<String> = rows().flat_map(|row| keys(row.get(member))).collect();
        let seen = if all.is_empty() {
            HashSet::new()
        } else {
            timeline::seen_among(conn, moment, named, all.into_iter().collect())?
        };
        links.insert(member, seen);
    }
    Ok(links)
}

/// The keys that a member names: one, several or none.
fn keys(member: Option<&Value>) -> Vec<String> {
    match member {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Array(all)) => all.iter().flat_map(|one| keys(Some(one))).collect(),
        Some(Value::String(code)) => vec![code.clone()],
        Some(id) => vec![id.to_string()],
    }
}

/// How the row itself came to be, and what of it was changed. What members were before is for those who read the
/// entries: it may tell of what others may not see.
fn written(edits: &[Edit], parts: &Parts, links: &Links) -> Vec<Happening> {
    let mut all = Vec::new();
    for (edit, before, after) in edits {
        let happened = |event| Happening {
            on: day(edit.at),
            recorded_at: edit.at,
            seq: edit.seq,
            rank: -edit.ordinal,
            by: edit.author.clone(),
            event,
        };
        let Some(before) = before else {
            all.push(happened(Event::Created));
            continue;
        };
        let told_of = |name: &str, row: &Map<String, Value>| match links.get(name) {
            None => json!(row.get(name)),
            Some(seen) => keys(row.get(name)).into_iter().filter(|key| seen.contains(key)).collect(),
        };
        let changed = after.keys().map(String::as_str).filter(|name| !UNTOLD.contains(name));
        let changed = changed.filter(|name| told_of(name, before) != told_of(name, after));
        let members: BTreeSet<String> = changed
            .map(|name| if name.starts_with("cite_") { "citation" } else { name })
            .chain(parts.get(&edit.seq).into_iter().flatten().copied())
            .map(str::to_owned)
            .collect();
        if !members.is_empty() {
            all.push(happened(Event::Changed(members)));
        }
    }
    all
}

fn milestone(edit: Written) -> Result<Happening> {
    let (after, before) = (read(edit.after.as_ref())?, read(edit.before.as_ref())?);
    let is_gone = after.is_none();
    let row = after.or(before).unwrap_or_default();
    let member = |name: &str| match name {
        "status" if is_gone => Value::Null,
        name => row.get(name).cloned().unwrap_or_default(),
    };
    let members = ["ordinal", "title", "status", "due_on", "forecast_on", "met_on"];
    let event = Event::Milestone(members.map(|name| (name.to_owned(), member(name))).into_iter().collect());
    let (on, rank) = (day(edit.at), edit.ordinal);
    Ok(Happening { on, recorded_at: edit.at, seq: edit.seq, rank, by: edit.author, event })
}

/// The moves of a plan item. Of their evidence the reader is not told what is not for him to see.
fn item_moves(conn: &mut Conn, moment: Moment, code: &str) -> Result<Vec<Happening>> {
    let mut all = Vec::new();
    for row in moves::of_item(conn, code)? {
        let mut evidence: Vec<Evidence> = serde_json::from_str(&row.evidence)
            .map_err(|error| Error::Corrupt(format!("evidence of {}: {error}", row.item)))?;
        let figures = evidence.iter().filter_map(|shown| shown.observation).collect();
        let figures = observations::current_among(conn, moment, figures)?;
        let reports = evidence.iter().filter_map(|shown| shown.progress_report).collect();
        let reports = evidence::reports_seen(conn, moment.sight, reports)?;
        for shown in &mut evidence {
            shown.observation = shown.observation.filter(|id| figures.contains(id));
            shown.progress_report = shown.progress_report.filter(|id| reports.contains(id));
        }
        all.push(Happening {
            on: row.moved_on,
            recorded_at: row.recorded_at,
            seq: row.seq,
            rank: row.ordinal,
            by: row.author.clone(),
            event: Event::ItemMoved(row, evidence),
        });
    }
    Ok(all)
}

fn project_move(row: ProjectMoveRow) -> Happening {
    Happening {
        on: row.moved_on,
        recorded_at: row.recorded_at,
        seq: row.seq,
        rank: row.ordinal,
        by: row.author.clone(),
        event: Event::ProjectMoved(row),
    }
}

/// The request, and what became of it.
fn extension(row: ExtensionRow) -> Vec<Happening> {
    let requested = Happening {
        on: row.requested_on,
        recorded_at: row.recorded_at,
        seq: row.requested_seq,
        rank: row.ordinal,
        by: row.author.clone(),
        event: Event::ExtensionRequested(row.clone()),
    };
    let Some(decided_on) = row.decided_on else { return vec![requested] };
    let decided = Happening {
        on: decided_on,
        recorded_at: row.updated_at,
        seq: row.seq,
        rank: row.ordinal,
        by: row.decided_by.clone().unwrap_or_default(),
        event: Event::ExtensionDecided(row),
    };
    vec![requested, decided]
}
