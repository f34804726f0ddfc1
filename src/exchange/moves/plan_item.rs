//! How a plan item moves from one state to the next.

use std::collections::BTreeSet;

use super::{day, takes, takes_reason};
use crate::db::columns::list;
use crate::db::ledger::Entry;
use crate::db::moves::{self, ItemMoveRow};
use crate::db::observations;
use crate::db::plan_items::whole::{self, WholeItem};
use crate::db::plan_items::write;
use crate::db::plan_items::{self, PlanItemRow};
use crate::db::progress_reports::Subject;
use crate::db::sight::Moment;
use crate::db::{columns, evidence, plans};
use crate::domain::access::Caller;
use crate::domain::area_code::AreaCode;
use crate::domain::codes::ItemState;
use crate::domain::evidence::Evidence;
use crate::domain::text::{Line, Name};
use crate::error::{Error, Fault, Invalid, Result, Text};
use crate::exchange::drafts::fault;
use crate::exchange::drafts::hanging::{Obstacle, obstacle};
use crate::exchange::references::is_found;

/// A move that somebody asks for. Its reason and comment are those of the entry.
#[derive(Debug, Clone)]
pub struct ItemMove {
    /// The state to come to.
    pub to: ItemState,
    /// The day on which it did; today when not told.
    pub on: Option<chrono::NaiveDate>,
    /// What shows that the deliverables are there.
    pub evidence: Vec<Evidence>,
    /// With `assigned`: the unit in the lead from now on.
    pub lead_unit: Option<Line>,
    /// With `assigned`: the units that help from now on.
    pub co_units: Option<Vec<Name>>,
    /// With `carried_over`: code of the item of a later plan that goes on with it.
    pub carried_to: Option<String>,
}

/// Checks that the caller has the role for a move, and is not who asked for what is to be confirmed.
///
/// Errors: `Forbidden` when not.
pub fn permit(entry: &mut Entry<'_>, caller: &Caller, row: &PlanItemRow, to: ItemState) -> Result<()> {
    takes(caller, row.state.role_to(to))?;
    if to == ItemState::Closed {
        second_person(caller, &moves::of_item(entry.conn, &row.code)?)?;
    }
    Ok(())
}

impl ItemMove {
    /// Makes the move, for who may. `may_write` checks that the caller may write to areas.
    ///
    /// Errors: `Forbidden` when what is linked may not be written, `ForbiddenMembers` when an attachment is not
    /// theirs to hang up, `IllegalTransition`, `Invalid` for what the move says.
    pub fn make(
        &self,
        entry: &mut Entry<'_>,
        caller: &Caller,
        before: &WholeItem,
        may_write: impl Fn(&[AreaCode]) -> Result<()>,
    ) -> Result<()> {
        let row = &before.row;
        let scope = whole::scope(entry.conn, &row.plan, &before.areas)?;
        let made = moves::of_item(entry.conn, &row.code)?;
        let next = self.next(entry, caller, row)?;
        if let Some(next) = &next {
            may_write(&whole::scope(entry.conn, &next.row.plan, &next.areas)?)?;
        }
        self.check_attachments(entry, caller, row)?;
        row.state.check_move(self.to)?;
        let on = day(entry, self.on, made.last().map(|last| last.moved_on))?;
        if row.state.needs_reason(self.to) {
            takes_reason(entry)?;
        }
        self.check_members()?;
        self.check_evidence(entry, caller, row)?;
        let mut after = before.clone();
        after.row.state = self.to;
        (after.row.seq, after.row.updated_at) = (entry.seq, entry.at);
        if self.to == ItemState::Assigned {
            after.row.lead_unit = self.lead_unit.clone().map(String::from).or(after.row.lead_unit);
            if let Some(units) = &self.co_units {
                after.row.co_units = list(units)?;
            }
        }
        if self.to == ItemState::CarriedOver {
            after.row.carried_to = Some(self.carry_over(entry, row, next)?);
        } else if row.state == ItemState::CarriedOver {
            next.map_or(Ok(()), |next| link(entry, next, None))?;
            after.row.carried_to = None;
        }
        write::update(entry, before, &after)?;
        let made = ItemMoveRow {
            item: row.code.clone(),
            ordinal: made.last().map_or(0, |last| last.ordinal) + 1,
            was: row.state,
            became: self.to,
            moved_on: on,
            reason: entry.origin.reason,
            comment: entry.origin.comment.clone(),
            evidence: list(&self.evidence)?,
            author: caller.name.clone(),
            author_key: caller.id.clone(),
            recorded_at: entry.at,
            seq: entry.seq,
        };
        let files = self.evidence.iter().filter_map(|shown| shown.attachment.as_deref()).collect();
        moves::insert_of_item(entry, &made, &files, &scope)
    }

    /// Checks that each member goes with the move, and is not too long.
    fn check_members(&self) -> Result<()> {
        let given = [
            ("lead_unit", self.lead_unit.is_some(), ItemState::Assigned),
            ("co_units", self.co_units.is_some(), ItemState::Assigned),
            ("carried_to", self.carried_to.is_some(), ItemState::CarriedOver),
        ];
        if let Some((member, _, with)) = given.into_iter().find(|(_, is, with)| *is && *with != self.to) {
            let (zh, en) = (format!("只与 {with} 同用"), format!("goes with {with} only"));
            return Err(fault(member, Invalid::new("not_taken", zh, en)).into());
        }
        let shows = matches!(self.to, ItemState::CloseRequested | ItemState::Closed);
        if !self.evidence.is_empty() && !shows {
            let (zh, en) = ("申请销号或销号时才给出", "is given to close an item, or to ask for it");
            return Err(fault("evidence", Invalid::new("not_taken", zh, en)).into());
        }
        Ok(())
    }

    /// Checks that the attachments among the evidence are the caller's to hang up.
    fn check_attachments(&self, entry: &mut Entry<'_>, caller: &Caller, row: &PlanItemRow) -> Result<()> {
        let subject = Subject::PlanItem(row.code.clone());
        let mut forbidden = Vec::new();
        for (place, shown) in self.evidence.iter().enumerate() {
            let Some(id) = &shown.attachment else { continue };
            if let Some(Obstacle::Forbidden(invalid)) = obstacle(entry.conn, caller, &subject, id)? {
                forbidden.push(Fault::pointer(format!("/evidence/{place}/attachment"), invalid));
            }
        }
        if forbidden.is_empty() { Ok(()) } else { Err(Error::ForbiddenMembers(forbidden)) }
    }

    /// Checks that what is named as evidence is there, and that every deliverable has some where somebody asks
    /// to close the item.
    fn check_evidence(&self, entry: &mut Entry<'_>, caller: &Caller, row: &PlanItemRow) -> Result<()> {
        let deliverables = columns::words(&row.deliverables)?;
        let moment = Moment::new(caller.sight(), None, entry.at);
        let subject = Subject::PlanItem(row.code.clone());
        let mut faults = Vec::new();
        for (place, shown) in self.evidence.iter().enumerate() {
            let mut refuse = |member: &str, code: &'static str, zh: &str, en: &str| {
                let place = format!("/evidence/{place}{member}");
                faults.push(Fault::pointer(place, Invalid::new(code, zh, en)));
            };
            let Evidence { deliverable, text, attachment, progress_report, observation } = shown;
            if text.is_none() && attachment.is_none() && progress_report.is_none() && observation.is_none() {
                refuse("", "empty", "须有 text、attachment、progress_report 或 observation", "shows nothing");
            }
            let known = |number: &i64| (1..=deliverables.len() as i64).contains(number);
            if deliverable.as_ref().is_some_and(|number| !known(number)) {
                refuse("/deliverable", "unknown_reference", "没有这一项成果", "there is no such deliverable");
            }
            if let Some(id) = attachment
                && obstacle(entry.conn, caller, &subject, id)?.is_some()
            {
                refuse("/attachment", "unknown_reference", "没有这个附件", "there is no such attachment");
            }
            if let Some(id) = progress_report
                && !evidence::has_progress_report(entry.conn, caller.sight(), &row.code, *id)?
            {
                let (zh, en) = ("该事项没有这份进展", "the item has no such progress report");
                refuse("/progress_report", "unknown_reference", zh, en);
            }
            if let Some(id) = observation
                && !is_found(observations::find(entry.conn, *id, moment))?
            {
                refuse("/observation", "unknown_reference", "没有这个观测值", "there is no such observation");
            }
        }
        if !faults.is_empty() {
            return Err(Error::Invalid(faults));
        }
        if self.to == ItemState::CloseRequested {
            self.check_complete(&deliverables)?;
        }
        Ok(())
    }

    /// Checks that every deliverable is shown, and that something is where none is named.
    fn check_complete(&self, deliverables: &[String]) -> Result<()> {
        let numbered: BTreeSet<i64> = self.evidence.iter().filter_map(|shown| shown.deliverable).collect();
        let mut rest = self.evidence.iter().filter(|shown| shown.deliverable.is_none());
        let bare = (1i64..).zip(deliverables).find(|(number, _)| {
            // What names no deliverable stands for the first one that nothing else shows.
            !numbered.contains(number) && rest.next().is_none()
        });
        let missing = match bare {
            Some((number, title)) => (
                format!("第 {number} 项成果没有佐证：{title}"),
                format!("nothing shows deliverable {number}: {title}"),
            ),
            None if self.evidence.is_empty() => {
                ("申请销号须有佐证".to_owned(), "is needed to ask for closing".to_owned())
            }
            None => return Ok(()),
        };
        Err(fault("evidence", Invalid::new("missing", missing.0, missing.1)).into())
    }

    /// The other item that the move links, or lets go, where there is one that the caller can name.
    fn next(&self, entry: &mut Entry<'_>, caller: &Caller, row: &PlanItemRow) -> Result<Option<WholeItem>> {
        let found = match (&self.carried_to, &row.carried_to) {
            (Some(code), _) if self.to == ItemState::CarriedOver => {
                match plan_items::find(entry.conn, caller.sight(), code) {
                    Err(Error::NotFound { .. }) => None,
                    found => Some(found?),
                }
            }
            (_, Some(code)) if row.state == ItemState::CarriedOver => plan_items::get(entry.conn, code)?,
            _ => None,
        };
        found.map(|next| whole::load(entry.conn, next)).transpose()
    }

    /// Links the item of a later plan that goes on with this one, and gives its code.
    fn carry_over(
        &self,
        entry: &mut Entry<'_>,
        row: &PlanItemRow,
        next: Option<WholeItem>,
    ) -> Result<String> {
        let refuse = |invalid| Error::from(fault("carried_to", invalid));
        let Some(code) = &self.carried_to else {
            let (zh, en) = ("须指明接续的事项", "is needed: the item that goes on with it");
            return Err(refuse(Invalid::new("missing", zh, en)));
        };
        let next = next.ok_or_else(|| refuse(Invalid::unregistered(code)))?;
        if plans::find(entry.conn, &next.row.plan)?.year <= plans::find(entry.conn, &row.plan)?.year {
            let (zh, en) = ("不属于以后年度的计划", "is not of a later year's plan");
            return Err(refuse(Invalid::new("not_later", zh, en)));
        }
        if next.row.carried_from.as_ref().is_some_and(|from| *from != row.code) {
            let (zh, en) = ("已接续另一事项", "goes on with another item already");
            return Err(refuse(Invalid::new("taken", zh, en)));
        }
        link(entry, next, Some(row.code.clone()))?;
        Ok(code.clone())
    }
}

fn link(entry: &mut Entry<'_>, next: WholeItem, carried_from: Option<String>) -> Result<()> {
    let mut linked = next.clone();
    linked.row.carried_from = carried_from;
    (linked.row.seq, linked.row.updated_at) = (entry.seq, entry.at);
    write::update(entry, &next, &linked)
}

/// Checks that somebody else closes an item than who asked for it.
fn second_person(caller: &Caller, made: &[ItemMoveRow]) -> Result<()> {
    let asked = made.iter().rfind(|made| made.became == ItemState::CloseRequested);
    match asked.filter(|asked| asked.author_key == caller.id) {
        None => Ok(()),
        Some(_) => Err(Error::Forbidden(Text::new(
            "申请销号的密钥不能销号；须由另一人审核",
            "The key that asked to close the item does not close it: a second person does.",
        ))),
    }
}
