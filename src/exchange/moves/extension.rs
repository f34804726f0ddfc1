//! How more time for a plan item is asked for, and given or not.

use chrono::NaiveDate;

use super::{day, takes};
use crate::db::extensions::{self, ExtensionRow};
use crate::db::ledger::Entry;
use crate::db::plan_items::PlanItemRow;
use crate::db::plan_items::whole::{self, WholeItem};
use crate::db::plan_items::write;
use crate::domain::access::{Caller, KeyRole};
use crate::domain::codes::ExtensionState;
use crate::domain::partial_date::PartialDate;
use crate::error::{Error, Invalid, Result, Text};
use crate::exchange::drafts::{check_order, check_text, fault};

/// A request for more time. Why it is needed is the comment of the entry.
#[derive(Debug, Clone, Copy)]
pub struct NewExtension {
    /// The due date that is asked for.
    pub due_on: PartialDate,
    /// The day on which it was asked for; today when not told.
    pub on: Option<NaiveDate>,
}

impl NewExtension {
    /// Adds the request and gives its number.
    ///
    /// Errors: `Refused` for an item of which nothing is to be done, or with a request that is not decided;
    /// `Invalid` for a date that is no later, or without words.
    pub fn insert(&self, entry: &mut Entry<'_>, caller: &Caller, item: &WholeItem) -> Result<i64> {
        let row = &item.row;
        check_open(row)?;
        let (last, open, decided) = extensions::last(entry.conn, &row.code)?;
        if let Some(open) = open {
            let (zh, en) = (
                format!("第 {open} 号延期申请尚未决定"),
                format!("The request {open} for more time is not decided yet."),
            );
            return Err(Error::Refused(Text::new(zh, en)));
        }
        let on = day(entry, self.on, decided)?;
        check_text("comment", entry.origin.comment.as_deref().unwrap_or_default())?;
        check_due(row, self.due_on)?;
        let asked = ExtensionRow {
            item: row.code.clone(),
            ordinal: last + 1,
            state: ExtensionState::Requested,
            due_on: self.due_on,
            was_due_on: None,
            requested_on: on,
            comment: entry.origin.comment.clone().unwrap_or_default(),
            author: caller.name.clone(),
            author_key: caller.id.clone(),
            decided_on: None,
            decision: None,
            decided_by: None,
            recorded_at: entry.at,
            requested_seq: entry.seq,
            seq: entry.seq,
            updated_at: entry.at,
        };
        let scope = whole::scope(entry.conn, &row.plan, &item.areas)?;
        extensions::insert(entry, &asked, &scope)?;
        restamp(entry, item, None)?;
        Ok(asked.ordinal)
    }
}

/// Checks that there is still something to be done of an item.
fn check_open(row: &PlanItemRow) -> Result<()> {
    if row.state.is_open() {
        return Ok(());
    }
    let (zh, en) = (
        format!("事项已是 {}，不能延期", row.state),
        format!("The item is {}: there is nothing to put off.", row.state),
    );
    Err(Error::Refused(Text::new(zh, en)))
}

/// Checks that a due date gives an item more time than it has, and does not end before it starts.
fn check_due(row: &PlanItemRow, due_on: PartialDate) -> Result<()> {
    if row.due_on.is_some_and(|due| due_on.last_day() <= due.last_day()) {
        let (zh, en) = ("不晚于现在的期限", "is no later than the due date now");
        return Err(fault("due_on", Invalid::new("not_later", zh, en)).into());
    }
    check_order("due_on", row.start_on, Some(due_on))
}

/// A decision on a request for more time.
#[derive(Debug, Clone, Copy)]
pub struct Decision {
    /// The state to come to.
    pub to: ExtensionState,
    /// The day on which it was decided; today when not told.
    pub on: Option<NaiveDate>,
}

impl Decision {
    /// Checks that the caller may make the decision.
    ///
    /// Errors: `Forbidden` when not.
    pub fn permit(&self, caller: &Caller, before: &ExtensionRow) -> Result<()> {
        let own = before.author_key == caller.id;
        match self.to {
            ExtensionState::Withdrawn if own => Ok(()),
            ExtensionState::Withdrawn => takes(caller, KeyRole::Editor),
            _ if own => Err(Error::Forbidden(Text::new(
                "申请延期的密钥不能自行决定；须由另一人审核",
                "The key that asked for more time does not decide on it: a second person does.",
            ))),
            _ => takes(caller, KeyRole::Reviewer),
        }
    }

    /// Makes the decision, for who may; of a granted request the item gets the due date.
    ///
    /// Errors: `IllegalTransition` when it is decided, `Refused` to grant what suits the item no more, `Invalid`
    /// for a day that lies ahead or before the request.
    pub fn make(
        &self,
        entry: &mut Entry<'_>,
        caller: &Caller,
        item: &WholeItem,
        before: &ExtensionRow,
    ) -> Result<()> {
        before.state.check_move(self.to)?;
        let on = day(entry, self.on, Some(before.requested_on))?;
        let granted = self.to == ExtensionState::Granted;
        if granted {
            check_open(&item.row)?;
            // Since it was asked for, the item may have got other dates.
            check_due(&item.row, before.due_on).map_err(|_| outdated(before.due_on))?;
        }
        let decided = ExtensionRow {
            state: self.to,
            was_due_on: item.row.due_on.filter(|_| granted),
            decided_on: Some(on),
            decision: entry.origin.comment.clone(),
            decided_by: Some(caller.name.clone()),
            seq: entry.seq,
            updated_at: entry.at,
            ..before.clone()
        };
        let scope = whole::scope(entry.conn, &item.row.plan, &item.areas)?;
        extensions::update(entry, before, &decided, &scope)?;
        restamp(entry, item, granted.then_some(before.due_on))
    }
}

fn outdated(due_on: PartialDate) -> Error {
    let (zh, en) = (
        format!("{due_on} 已不合事项现在的起止日期"),
        format!("{due_on} suits the dates of the item no more: it has others since."),
    );
    Error::Refused(Text::new(zh, en))
}

/// Stamps the item, whose extensions have changed, and sets its due date.
fn restamp(entry: &mut Entry<'_>, item: &WholeItem, due_on: Option<PartialDate>) -> Result<()> {
    match due_on {
        Some(due_on) => {
            let mut after = item.clone();
            (after.row.seq, after.row.updated_at) = (entry.seq, entry.at);
            after.row.due_on = Some(due_on);
            write::update(entry, item, &after)
        }
        None => write::restamp(entry, &item.row.code),
    }
}
