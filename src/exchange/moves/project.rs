//! How a project moves from one stage to the next, into suspension and out of it.

use chrono::NaiveDate;

use super::{day, takes, takes_reason};
use crate::db::ledger::Entry;
use crate::db::moves::{self, ProjectMoveRow};
use crate::db::projects::whole::WholeProject;
use crate::db::projects::write;
use crate::domain::access::{Caller, KeyRole};
use crate::domain::stage::Stage;
use crate::domain::transition;
use crate::error::{Invalid, Result};
use crate::exchange::drafts::{check_order, fault};

/// A move that somebody asks for. Its reason and comment are those of the entry.
#[derive(Debug, Clone, Copy)]
pub struct ProjectMove {
    /// The stage to come to; none to stay.
    pub to: Option<Stage>,
    /// Whether work is suspended from now on; none to leave it.
    pub suspended: Option<bool>,
    /// The day on which it happened; today when not told.
    pub on: Option<NaiveDate>,
}

impl ProjectMove {
    /// Checks that the caller has the role for it.
    ///
    /// Errors: `Forbidden` when not.
    pub fn permit(&self, caller: &Caller, before: &WholeProject) -> Result<()> {
        let stage = before.row.stage;
        let forward = self.suspended.is_none() && self.to.is_none_or(|to| stage == to || stage.is_before(to));
        takes(caller, if forward { KeyRole::Reporter } else { KeyRole::Reviewer })
    }

    /// Checks that the move leads somewhere.
    ///
    /// Errors: `IllegalTransition` when the project is there already.
    pub fn check(&self, before: &WholeProject) -> Result<()> {
        let row = &before.row;
        if let Some(to) = self.to {
            let others: Vec<Stage> = Stage::ALL.iter().copied().filter(|&stage| stage != row.stage).collect();
            transition::check(row.stage, to, &others, Stage::as_str)?;
        }
        if let Some(to) = self.suspended {
            let word = |suspended: bool| if suspended { "suspended" } else { "resumed" };
            transition::check(row.suspended, to, &[!row.suspended], word)?;
        }
        Ok(())
    }

    /// Makes the move, for who may, and gives the project after it.
    ///
    /// Errors: `IllegalTransition`, `Invalid` for what the move says.
    pub fn make(
        &self,
        entry: &mut Entry<'_>,
        caller: &Caller,
        before: &WholeProject,
    ) -> Result<WholeProject> {
        let row = &before.row;
        if self.to.is_none() && self.suspended.is_none() {
            let invalid = Invalid::new("missing", "须有 to 或 suspended", "is needed, or `suspended`");
            return Err(fault("to", invalid).into());
        }
        let mut after = before.clone();
        after.row.stage = self.to.unwrap_or(row.stage);
        after.row.suspended = self.suspended.unwrap_or(row.suspended);
        self.check(before)?;
        let (made, last) = moves::last_of_project(entry.conn, &row.code)?;
        let on = day(entry, self.on, last)?;
        // What goes back to a stage is not finished yet, or not even begun.
        if self.to.is_some_and(|to| !row.stage.is_before(to) && to < Stage::Completed) {
            after.row.finished_on = None;
            after.row.started_on = row.started_on.filter(|_| self.to >= Some(Stage::Started));
        }
        // What is begun or finished by a move is so on its day, unless that is known otherwise.
        match self.to {
            Some(Stage::Started | Stage::UnderConstruction) if after.row.started_on.is_none() => {
                after.row.started_on = Some(on.into());
            }
            Some(Stage::Completed) if row.finished_on.is_none() => {
                after.row.finished_on = Some(on.into());
            }
            _ => {}
        }
        check_order("on", after.row.started_on, after.row.finished_on)?;
        (after.row.seq, after.row.updated_at) = (entry.seq, entry.at);
        write::update(entry, before, &after)?;
        note(entry, caller, before, &after, (made + 1, on))?;
        Ok(after)
    }
}

/// Notes a change of stage or suspension that was made in another way: it is a move of today like any other.
///
/// Errors: as of [`ProjectMove::make`].
pub fn note_change(
    entry: &mut Entry<'_>,
    caller: &Caller,
    before: &WholeProject,
    after: &WholeProject,
) -> Result<()> {
    if (before.row.stage, before.row.suspended) == (after.row.stage, after.row.suspended) {
        return Ok(());
    }
    let (made, last) = moves::last_of_project(entry.conn, &after.row.code)?;
    let on = day(entry, None, last)?;
    note(entry, caller, before, after, (made + 1, on))
}

fn note(
    entry: &mut Entry<'_>,
    caller: &Caller,
    before: &WholeProject,
    after: &WholeProject,
    (ordinal, on): (i64, NaiveDate),
) -> Result<()> {
    let (was, row) = (&before.row, &after.row);
    let back = was.stage != row.stage && !was.stage.is_before(row.stage);
    if back || row.suspended && !was.suspended {
        takes_reason(entry)?;
    }
    let made = ProjectMoveRow {
        project: row.code.clone(),
        ordinal,
        was_stage: was.stage,
        was_suspended: was.suspended,
        stage: row.stage,
        suspended: row.suspended,
        moved_on: on,
        reason: entry.origin.reason,
        comment: entry.origin.comment.clone(),
        author: caller.name.clone(),
        author_key: caller.id.clone(),
        recorded_at: entry.at,
        seq: entry.seq,
    };
    moves::insert_of_project(entry, &made, &after.areas)
}
