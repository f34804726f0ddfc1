//! `GET /projects/{code}/timeline` and `GET /plan-items/{code}/timeline`: everything that happened to one.

pub mod types;

use std::collections::{BTreeMap, BTreeSet, HashSet};

use actix_web::web::Data;
use actix_web::{HttpRequest, get};
use chrono::{NaiveDate, NaiveDateTime};
use serde_json::{Map, Value, json};

use super::answer::Answer;
use super::listing::Listing;
use super::page::{self, Page, PageQuery};
use super::problem::Problem;
use super::progress_reports::wire;
use super::query::{Code, Query};
use crate::db::evidence;
use crate::db::extensions::{self, ExtensionRow};
use crate::db::ledger::now;
use crate::db::moves::{self, ItemMoveRow, ProjectMoveRow};
use crate::db::observations::{self, Moment};
use crate::db::progress_reports::{self, ProgressReportFilter, Subject};
use crate::db::timeline::{self, Named, Written};
use crate::db::{Conn, Db, Window};
use crate::domain::access::Sight;
use crate::domain::code::Code as SubjectCode;
use crate::domain::codes::AmountKind;
use crate::domain::zone;
use crate::error::{Error, Result};
use crate::exchange::moves::plan_item::Evidence;
use types::{TimelineEvent, TimelineItem};

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

/// What happened to one project or plan item.
struct Timeline {
    subject: Subject,
    now: NaiveDateTime,
}

impl Timeline {
    /// All of it, in order.
    fn whole(&self, conn: &mut Conn, sight: Sight) -> Result<Vec<TimelineItem>> {
        let mut items = Vec::new();
        match &self.subject {
            Subject::Project(code) => {
                let mut parts = Parts::new();
                for edit in timeline::of_parts(conn, "project_amount", code)? {
                    parts.entry(edit.seq).or_default().insert(amount(&edit)?);
                }
                let edits = read_all(timeline::of_row(conn, "project", code)?)?;
                items.extend(written(&edits, &parts, &Links::new()));
                for row in timeline::of_parts(conn, "milestone", code)? {
                    items.push(milestone(row)?);
                }
                items.extend(moves::of_project(conn, code)?.into_iter().map(project_move));
            }
            Subject::PlanItem(code) => {
                let moment = Moment::new(sight, None, self.now);
                let edits = read_all(timeline::of_row(conn, "plan_item", code)?)?;
                let links = links(conn, moment, &edits)?;
                items.extend(written(&edits, &Parts::new(), &links));
                items.extend(item_moves(conn, moment, code)?);
                let all = Window { after: None, limit: i64::MAX };
                items.extend(extensions::list(conn, code, &all)?.into_iter().flat_map(extension));
            }
        }
        let (every, all) = (ProgressReportFilter { current: false }, Window { after: None, limit: i64::MAX });
        let rows = progress_reports::list(conn, &self.subject, every, &all)?;
        // A report carries the entry that corrected it; here it stands with the one that made it.
        let keys = rows.iter().map(|row| row.id.to_string()).collect();
        let makers = timeline::makers(conn, "progress_report", keys)?;
        for report in wire(conn, Moment::new(sight, None, self.now), rows)? {
            let told = serde_json::to_value(&report).map_err(|error| Error::Corrupt(error.to_string()))?;
            let times = (report.as_of, report.recorded_at.naive_utc());
            let event = TimelineEvent::Reported;
            let made = makers.get(&report.id.to_string()).copied().unwrap_or(report.seq);
            items.push(TimelineItem::new(times, (made, report.id), event, report.author, told));
        }
        items.sort_by_key(|item| item.place);
        Ok(items)
    }
}

impl Listing for Timeline {
    type Key = (NaiveDate, i64, i64);
    type Item = TimelineItem;

    fn check(&self, conn: &mut Conn, sight: Sight) -> Result<()> {
        self.subject.scope(conn, sight).map(drop)
    }

    fn page(
        &self,
        conn: &mut Conn,
        sight: Sight,
        window: &Window<(NaiveDate, i64, i64)>,
    ) -> Result<Vec<TimelineItem>> {
        let limit = usize::try_from(window.limit).unwrap_or(usize::MAX);
        let items = self.whole(conn, sight)?.into_iter();
        let rest = items.filter(|item| window.after.is_none_or(|after| item.place > after));
        Ok(rest.take(limit).collect())
    }

    fn count(&self, conn: &mut Conn, sight: Sight) -> Result<i64> {
        Ok(self.whole(conn, sight)?.len() as i64)
    }

    fn key(&self, item: &TimelineItem) -> (NaiveDate, i64, i64) {
        item.place
    }

    fn good_until(&self, conn: &mut Conn) -> Result<Option<NaiveDateTime>> {
        observations::next_release(conn, self.now)
    }
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
fn written(edits: &[Edit], parts: &Parts, links: &Links) -> Vec<TimelineItem> {
    let mut items = Vec::new();
    for (edit, before, after) in edits {
        let times = (day(edit.at), edit.at);
        let told = |event, data| {
            TimelineItem::new(times, (edit.seq, -edit.ordinal), event, edit.author.clone(), data)
        };
        let Some(before) = before else {
            items.push(told(TimelineEvent::Created, Value::Null));
            continue;
        };
        let told_of = |name: &str, row: &Map<String, Value>| match links.get(name) {
            None => json!(row.get(name)),
            Some(seen) => keys(row.get(name)).into_iter().filter(|key| seen.contains(key)).collect(),
        };
        let changed = after.keys().map(String::as_str).filter(|name| !UNTOLD.contains(name));
        let changed = changed.filter(|name| told_of(name, before) != told_of(name, after));
        let members: BTreeSet<&str> = changed
            .map(|name| if name.starts_with("cite_") { "citation" } else { name })
            .chain(parts.get(&edit.seq).into_iter().flatten().copied())
            .collect();
        if !members.is_empty() {
            items.push(told(TimelineEvent::Changed, json!({ "members": members })));
        }
    }
    items
}

fn milestone(edit: Written) -> Result<TimelineItem> {
    let row = read(edit.after.as_ref())?;
    let told = |row: Map<String, Value>| {
        let shown = ["ordinal", "title", "status", "due_on", "forecast_on", "met_on"];
        shown.map(|name| (name.to_owned(), row.get(name).cloned().unwrap_or_default())).into_iter().collect()
    };
    let data = match row {
        Some(row) => told(row),
        None => {
            let mut gone: Map<String, Value> = told(read(edit.before.as_ref())?.unwrap_or_default());
            gone.insert("status".to_owned(), Value::Null);
            gone
        }
    };
    let place = (edit.seq, edit.ordinal);
    Ok(TimelineItem::new(
        (day(edit.at), edit.at),
        place,
        TimelineEvent::Milestone,
        edit.author,
        Value::Object(data),
    ))
}

/// The moves of a plan item. Of their evidence the reader is not told what is not for him to see.
fn item_moves(conn: &mut Conn, moment: Moment, code: &str) -> Result<Vec<TimelineItem>> {
    let mut told = Vec::new();
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
        told.push(item_move(row, &evidence));
    }
    Ok(told)
}

fn item_move(row: ItemMoveRow, evidence: &[Evidence]) -> TimelineItem {
    let data = json!({
        "from": row.was, "to": row.became, "reason": row.reason, "comment": row.comment, "evidence": evidence,
    });
    let times = (row.moved_on, row.recorded_at);
    TimelineItem::new(times, (row.seq, row.ordinal), TimelineEvent::Moved, row.author, data)
}

fn project_move(row: ProjectMoveRow) -> TimelineItem {
    let data = json!({
        "from": row.was_stage, "to": row.stage, "suspended": row.suspended, "reason": row.reason,
        "comment": row.comment,
    });
    let times = (row.moved_on, row.recorded_at);
    TimelineItem::new(times, (row.seq, row.ordinal), TimelineEvent::Moved, row.author, data)
}

/// The request, and what became of it.
fn extension(row: ExtensionRow) -> Vec<TimelineItem> {
    let told = |state: Value, comment: Option<&String>| {
        json!({
            "ordinal": row.ordinal, "state": state, "due_on": row.due_on, "was_due_on": row.was_due_on,
            "comment": comment,
        })
    };
    let asked = TimelineItem::new(
        (row.requested_on, row.recorded_at),
        (row.requested_seq, row.ordinal),
        TimelineEvent::ExtensionRequested,
        row.author.clone(),
        told("requested".into(), Some(&row.comment)),
    );
    let Some(decided_on) = row.decided_on else { return vec![asked] };
    let decided = TimelineItem::new(
        (decided_on, row.updated_at),
        (row.seq, row.ordinal),
        TimelineEvent::ExtensionDecided,
        row.decided_by.clone().unwrap_or_default(),
        told(json!(row.state), row.decision.as_ref()),
    );
    vec![asked, decided]
}

/// Read the timeline of a project
///
/// Everything that happened to the project, in the order of the days on which it did: how it was created and
/// changed, its moves, progress reports (corrected ones too) and milestones.
#[utoipa::path(tag = "projects", params(("code" = SubjectCode, Path, description = "Code of the project", example = "tongba-bridge"), PageQuery), responses((status = 200, description = "A page of the timeline", body = Page<TimelineItem>)))]
#[get("/projects/{code}/timeline")]
pub async fn show_project_timeline(
    db: Data<Db>,
    request: HttpRequest,
    code: Code<SubjectCode>,
    query: Query<PageQuery>,
) -> Result<Answer, Problem> {
    let subject = Subject::Project(code.0.to_string());
    page::list(&db, &request, query.0, Timeline { subject, now: now() }).await
}

/// Read the timeline of a plan item
///
/// Everything that happened to the item, in the order of the days on which it did: how it was created and
/// changed, its moves with their evidence, progress reports (corrected ones too) and extensions.
#[utoipa::path(tag = "plan-items", params(("code" = SubjectCode, Path, description = "Code of the plan item", example = "bishi-2023.4.2.01"), PageQuery), responses((status = 200, description = "A page of the timeline", body = Page<TimelineItem>)))]
#[get("/plan-items/{code}/timeline")]
pub async fn show_plan_item_timeline(
    db: Data<Db>,
    request: HttpRequest,
    code: Code<SubjectCode>,
    query: Query<PageQuery>,
) -> Result<Answer, Problem> {
    let subject = Subject::PlanItem(code.0.to_string());
    page::list(&db, &request, query.0, Timeline { subject, now: now() }).await
}
