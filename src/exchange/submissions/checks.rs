//! The checks of a submission. Each row alone, by the rules that every observation is held to, then
//! beside the others and what is published. Errors block; a warning needs the note of its row.

use std::collections::HashMap;

use chrono::Utc;
use serde::{Deserialize, Serialize};

use super::figures::Figures;
use super::findings::{Finding, Findings, Row};
use super::item::Item;
use super::together;
use crate::db::Conn;
use crate::db::period_locks::{self, LockRow};
use crate::db::sight::Moment;
use crate::domain::access::{KeyRole, Reach, Sight};
use crate::domain::area_code::AreaCode;
use crate::domain::codes::RevisionReason;
use crate::domain::submission::CheckLevel;
use crate::error::{Error, Fault, Invalid, Place, Result};
use crate::exchange::drafts::recording;
use crate::exchange::drafts::sources::Sources;

/// What a check found as it is kept with the submission.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Check {
    /// Number of the row.
    pub row: i64,
    /// Whether it blocks.
    pub level: CheckLevel,
    /// Code of the rule.
    pub code: String,
    /// What was found, in Chinese.
    pub zh: String,
    /// What was found, in English.
    pub en: String,
}

impl Check {
    /// The column of what was found.
    pub fn list(found: &[Finding]) -> Result<String> {
        let checks: Vec<Check> = found.iter().map(Check::from).collect();
        serde_json::to_string(&checks).map_err(|error| Error::Corrupt(error.to_string()))
    }

    /// What was found, from its column.
    pub fn read(column: &str) -> Result<Vec<Check>> {
        serde_json::from_str(column).map_err(|error| Error::Corrupt(format!("checks: {error}")))
    }
}

impl From<&Finding> for Check {
    fn from(finding: &Finding) -> Check {
        let Fault { place, invalid } = &finding.fault;
        // A check says which row it is of, but not which member: the sentence begins with it.
        let member = match place {
            Place::Pointer(pointer) => pointer.splitn(4, '/').nth(3).filter(|member| !member.is_empty()),
            _ => None,
        };
        let told = |text: &str| member.map_or_else(|| text.to_owned(), |member| format!("{member}: {text}"));
        Check {
            row: finding.row,
            level: finding.level,
            code: invalid.code.to_owned(),
            zh: told(&invalid.message.zh),
            en: told(&invalid.message.en),
        }
    }
}

/// What the rows of a submission are looked at with. Findings are kept and shown to all who see the submission, so
/// they tell of no more than a reporter of its area sees, whoever has them made.
fn sight(area: AreaCode) -> Sight {
    Sight::of(KeyRole::Reporter, Reach::Within(area))
}

/// What the rows of a submission are made of.
pub(super) fn sources(conn: &mut Conn, area: AreaCode, items: &[Item]) -> Result<Sources> {
    let drafts: Vec<_> = items.iter().map(|item| &item.draft).collect();
    recording::sources(conn, sight(area), &drafts, [])
}

/// Runs every check over the rows of a submission, which gives a reason or none for what it revises. The
/// findings are in the order of the rows.
pub(super) fn run(
    conn: &mut Conn,
    area: AreaCode,
    reason: Option<RevisionReason>,
    items: &[Item],
    sources: &Sources,
) -> Result<Vec<Finding>> {
    let sight = sight(area);
    let mut findings = Findings::default();
    let mut figures = Figures::new(Moment::new(sight, None, Utc::now().naive_utc()));
    let locks = period_locks::list(conn)?;
    let mut rows = Vec::new();
    for item in items {
        let Some(row) = alone(sources, &locks, item, &mut findings)? else { continue };
        match figures.add(row.key.clone(), row.number, row.quantity) {
            None => rows.push(row),
            Some(first) => {
                let (zh, en) =
                    (format!("与第 {first} 行的键相同"), format!("has the same key as row {first}"));
                findings.refuse(row.number, "", Invalid::new("duplicate", zh, en));
            }
        }
    }
    together::check(conn, sources, &mut figures, &rows, &mut findings)?;
    explained(items, reason, &mut findings);
    let mut all = findings.all;
    all.sort_by_key(|finding| finding.row);
    Ok(all)
}

/// Refuses a submission in which anything blocks, with all that does.
pub fn refuse_errors(found: &[Finding]) -> Result<()> {
    let blocks = found.iter().filter(|finding| finding.level == CheckLevel::Error);
    let faults: Vec<Fault> = blocks.map(|finding| finding.fault.clone()).collect();
    if faults.is_empty() { Ok(()) } else { Err(Error::Invalid(faults)) }
}

/// Checks a row by itself. None when it cannot be compared with others.
fn alone(sources: &Sources, locks: &[LockRow], item: &Item, findings: &mut Findings) -> Result<Option<Row>> {
    let Item { row: number, draft } = item;
    let period = draft.period(sources.referred.period_of(draft.report.as_deref()));
    let Some(period) = findings.keep(*number, period)? else {
        return Ok(None);
    };
    if let Some(through) = period_locks::through(locks, draft.area)
        && period.last_day() <= through
    {
        let (zh, en) = (
            format!("{} 截至 {through} 的时期已锁定", draft.area),
            format!("periods of {} are locked through {through}", draft.area),
        );
        findings.refuse(*number, "period", Invalid::new("period_locked", zh, en));
    }
    let known = draft.check_registered(sources);
    if findings.keep(*number, known)?.is_none() {
        return Ok(None);
    }
    let metric = sources.metric(&draft.metric)?.clone();
    findings.keep(*number, draft.check_active(&metric))?;
    let statement = draft.statement(sources);
    let Some(statement) = findings.keep(*number, statement)? else { return Ok(None) };
    if let Some(Invalid { code, message }) = draft.outside_life(sources, period)? {
        findings.warn(*number, code, message.zh, message.en);
    }
    let key = statement.key;
    Ok(Some(Row { number: *number, metric, key, quantity: statement.state.figure.quantity() }))
}

/// Each warning needs the note of its row, and revisions a reason.
fn explained(items: &[Item], reason: Option<RevisionReason>, findings: &mut Findings) {
    let noted: HashMap<i64, bool> = items
        .iter()
        .map(|item| (item.row, item.draft.note.as_deref().is_some_and(|note| !note.trim().is_empty())))
        .collect();
    let warned: Vec<(i64, &'static str)> = findings
        .all
        .iter()
        .filter(|finding| finding.level == CheckLevel::Warning)
        .map(|finding| (finding.row, finding.fault.invalid.code))
        .collect();
    for (row, _) in &warned {
        if noted.get(row) != Some(&true) {
            let (zh, en) = ("有提醒的行须填写说明", "is needed in a row with a warning");
            findings.refuse(*row, "note", Invalid::new("note_required", zh, en));
        }
    }
    let revised = warned.iter().filter(|(_, code)| *code == together::EXISTS).map(|(row, _)| *row).min();
    if let (Some(row), None) = (revised, reason) {
        let (zh, en) = ("修订已公布的数值须说明原因", "is needed to revise what is published");
        let invalid = Invalid::new("reason_required", zh, en);
        findings.add(row, CheckLevel::Error, "/reason".to_owned(), invalid);
    }
}
