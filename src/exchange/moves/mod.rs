//! Moves of plan items and projects: who may make them, what they take, and what they do. All of it inside the
//! entry, from the row as it is there, so that of moves that race one wins.

pub mod extension;
pub mod plan_item;
pub mod project;

use chrono::NaiveDate;

use super::drafts::fault;
use crate::db::ledger::Entry;
use crate::domain::access::{Caller, KeyRole};
use crate::domain::zone;
use crate::error::{Error, Invalid, Result, Text};

/// The day on which a move took place: the one that is told, else that of the entry.
///
/// Errors: `Invalid` for a day that is not over yet, or that lies before what was told last.
fn day(entry: &Entry<'_>, told: Option<NaiveDate>, last: Option<NaiveDate>) -> Result<NaiveDate> {
    let today = zone::local(entry.at).date_naive();
    let on = told.unwrap_or(today);
    if on > today {
        let (zh, en) = (format!("晚于今天 {today}"), format!("lies after today, {today}"));
        return Err(fault("on", Invalid::new("in_the_future", zh, en)).into());
    }
    if let Some(last) = last.filter(|&last| on < last) {
        let (zh, en) = (format!("早于上一步的日期 {last}"), format!("lies before the last move, on {last}"));
        return Err(fault("on", Invalid::new("before_last_move", zh, en)).into());
    }
    Ok(on)
}

/// Checks that the caller has a role.
fn takes(caller: &Caller, role: KeyRole) -> Result<()> {
    if caller.role >= role {
        return Ok(());
    }
    let (zh, en) = (format!("此步骤需要 {role} 角色"), format!("This move takes the role {role}."));
    Err(Error::Forbidden(Text::new(zh, en)))
}

/// Checks that the entry says why, by a coded reason or in words.
fn takes_reason(entry: &Entry<'_>) -> Result<()> {
    let said = |comment: &String| !comment.trim().is_empty();
    if entry.origin.reason.is_some() || entry.origin.comment.as_ref().is_some_and(said) {
        return Ok(());
    }
    let (zh, en) = ("此步骤须说明原因（comment 或 reason）", "is needed, or `reason`: this move says why");
    Err(fault("comment", Invalid::new("missing", zh, en)).into())
}
