//! The rows that changes tell of, each as the list of its kind has it.

use std::collections::{HashMap, HashSet};

use itertools::Itertools;
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::types::Change;
use crate::api::plans::types::PlanSummary;
use crate::api::projects::types::Milestone;
use crate::api::reports::types::Report;
use crate::api::units::types::Unit;
use crate::api::{areas, metrics, observations, plan_items, progress_reports, projects};
use crate::db::feed;
use crate::db::feed::reader::Reader;
use crate::db::progress_reports::ProgressReportRow;
use crate::db::projects::milestones;
use crate::db::{self, Conn};
use crate::domain::at::At;
use crate::domain::codes::Op;
use crate::domain::feed::{FeedKind, Key};
use crate::error::{Error, Result};
use crate::exchange::writer::unwritable;

/// Changes as they go over the wire, with the rows where they are wanted.
pub fn told(
    conn: &mut Conn,
    reader: &Reader,
    changes: Vec<feed::Change>,
    is_full: bool,
) -> Result<Vec<Change>> {
    let mut rows: HashMap<(FeedKind, Key), Value> = HashMap::new();
    if is_full {
        let there = changes.iter().filter(|change| !change.is_gone);
        let keys = there.map(|change| (change.kind, change.key.clone())).into_group_map();
        for (kind, keys) in keys {
            let of_kind = of_kind(conn, reader, kind, &keys)?;
            rows.extend(of_kind.into_iter().map(|(key, row)| ((kind, key), row)));
        }
    }
    let keys = Keys::of(conn, &changes)?;
    let told = changes.into_iter().map(|change| {
        let (kind, op) = (change.kind, if change.is_gone { Op::Delete } else { Op::Put });
        let key = keys.members(kind, &change.key)?;
        let data = rows.remove(&(kind, change.key));
        if is_full && data.is_none() && op == Op::Put {
            return Err(Error::Bug("a row that is seen has no data"));
        }
        Ok(Change { seq: change.seq, kind, key, op, data })
    });
    told.collect()
}

/// What is told of rows by which they are known beside their own keys.
struct Keys {
    observations: HashMap<i64, db::observations::Key>,
    /// The project or plan item of each progress report.
    subjects: HashMap<i64, (&'static str, String)>,
}

impl Keys {
    fn of(conn: &mut Conn, changes: &[feed::Change]) -> Result<Keys> {
        let ids = |kind: FeedKind| -> Vec<i64> {
            let of_kind = changes.iter().filter(|change| change.kind == kind);
            of_kind.filter_map(|change| change.key.number()).collect()
        };
        let reports = db::progress_reports::of_ids(conn, ids(FeedKind::ProgressReport))?;
        let subject = |report: ProgressReportRow| match (report.project, report.plan_item) {
            (Some(project), _) => Some((report.id, ("project", project))),
            (None, item) => item.map(|item| (report.id, ("plan_item", item))),
        };
        Ok(Keys {
            observations: db::observations::keys(conn, ids(FeedKind::Observation))?,
            subjects: reports.into_iter().filter_map(subject).collect(),
        })
    }

    /// A key by its members.
    fn members(&self, kind: FeedKind, key: &Key) -> Result<Map<String, Value>> {
        let mut members = match key {
            Key::Number(code) if kind == FeedKind::Area => json!({"code": code.to_string()}),
            Key::Number(id) => json!({"id": id}),
            Key::Code(code) => json!({"code": code}),
            Key::Part(project, ordinal) => json!({"project": project, "ordinal": ordinal}),
        };
        if let (FeedKind::Observation, Some(id)) = (kind, key.number())
            && let Some(key) = self.observations.get(&id)
        {
            let db::observations::Key { metric, area, period, accumulation, role } = key;
            members = json!({
                "id": id, "metric": metric, "area": area, "period": period, "accumulation": accumulation, "role": role,
            });
        }
        if let (FeedKind::ProgressReport, Some(id)) = (kind, key.number())
            && let Some((of, code)) = self.subjects.get(&id)
        {
            members[*of] = json!(code);
        }
        match members {
            Value::Object(members) => Ok(members),
            _ => Err(Error::Bug("a key has members")),
        }
    }
}

/// The rows of a kind with these keys, which the reader sees.
fn of_kind(conn: &mut Conn, reader: &Reader, kind: FeedKind, keys: &[Key]) -> Result<Vec<(Key, Value)>> {
    let codes = || keys.iter().map(ToString::to_string).collect_vec();
    let numbers = || keys.iter().filter_map(Key::number).collect_vec();
    let at = At::today(reader.now);
    match kind {
        FeedKind::Unit => {
            let rows = db::units::of_codes(conn, codes())?;
            let rows = rows.into_iter().map(Unit::try_from).collect::<Result<Vec<_>>>()?;
            written(rows, |unit| Key::Code(unit.code.clone()))
        }
        FeedKind::Area => {
            let codes = codes().iter().filter_map(|code| code.parse().ok()).collect();
            let rows = db::areas::of_codes(conn, codes)?;
            written(areas::wire(conn, rows)?, |area| Key::Number(area.code.as_i64()))
        }
        FeedKind::Metric => {
            let rows = db::metrics::of_codes(conn, codes())?;
            let rows = metrics::wire(conn, reader.sight, rows)?;
            written(rows, |metric| Key::Code(metric.members.code.clone()))
        }
        FeedKind::Report => {
            let rows = db::reports::of_codes(conn, codes())?.into_iter().map(Report::from);
            written(rows, |report| Key::Code(report.code.clone()))
        }
        FeedKind::Project => {
            let rows = db::projects::of_codes(conn, codes())?;
            let rows = projects::lit_wire(conn, reader.sight, at, rows)?;
            written(rows, |project| Key::Code(project.code.clone()))
        }
        FeedKind::Milestone => {
            let of = |key: &Key| match key {
                Key::Part(project, _) => Some(project.clone()),
                _ => None,
            };
            let rows = milestones::of_projects(conn, &keys.iter().filter_map(of).unique().collect_vec())?;
            let wanted: HashSet<&Key> = keys.iter().collect();
            let rows = rows.into_iter().map(|row| (Key::Part(row.project.clone(), row.ordinal), row));
            let rows = rows.filter(|(key, _)| wanted.contains(key));
            rows.map(|(key, row)| Ok((key, value(&Milestone::from(row))?))).collect()
        }
        FeedKind::Observation => {
            let rows = db::observations::find_all(conn, &numbers(), reader.moment())?;
            let rows = observations::wire(conn, reader.sight, rows, None, false)?;
            written(rows, |observation| Key::Number(observation.id))
        }
        FeedKind::Plan => {
            let rows = db::plans::of_codes(conn, codes())?.into_iter().map(PlanSummary::from);
            written(rows, |plan| Key::Code(plan.code.clone()))
        }
        FeedKind::PlanItem => {
            let rows = db::plan_items::of_codes(conn, codes())?;
            let rows = plan_items::with_lights(conn, reader.sight, at, rows)?;
            let rows = plan_items::wire(conn, reader.sight, at, rows)?;
            written(rows, |item| Key::Code(item.code.clone()))
        }
        FeedKind::ProgressReport => {
            let rows = db::progress_reports::of_ids(conn, numbers())?;
            let rows = progress_reports::wire(conn, reader.moment(), rows)?;
            written(rows, |report| Key::Number(report.id))
        }
    }
}

fn written<T: Serialize>(
    rows: impl IntoIterator<Item = T>,
    key: impl Fn(&T) -> Key,
) -> Result<Vec<(Key, Value)>> {
    rows.into_iter().map(|row| Ok((key(&row), value(&row)?))).collect()
}

fn value<T: Serialize>(row: &T) -> Result<Value> {
    serde_json::to_value(row).map_err(unwritable)
}
