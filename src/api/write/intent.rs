//! Who wants to change something, on which conditions, and how it is done.

use serde::Serialize;

use super::done::{Done, of_trial};
use super::expected::Expected;
use crate::api::body::changes::Changes;
use crate::api::body::held::Held;
use crate::api::body::rows::Writable;
use crate::api::body::why::Why;
use crate::api::problem::Problem;
use crate::db::Db;
use crate::db::idempotency::{Reply, Ticket};
use crate::db::ledger::{Entry, Origin};
use crate::domain::access::{Caller, Sight};
use crate::domain::area_code::AreaCode;
use crate::domain::text::plain;
use crate::error::{Error, Result, Text};

/// Who wants to change something, and on which conditions.
#[derive(Debug, Clone)]
pub struct Intent {
    /// The holder of the key.
    pub caller: Caller,
    /// Why.
    pub why: Why,
    pub(super) request_id: String,
    pub(super) expected: Expected,
    pub(super) ticket: Option<Ticket>,
    pub(super) trial: bool,
}

impl Intent {
    /// What the caller sees.
    pub fn sight(&self) -> Sight {
        self.caller.sight()
    }

    /// Checks that the caller may write to all of these areas.
    pub fn may_write(&self, areas: &[AreaCode]) -> Result<()> {
        match areas.iter().find(|&&area| !self.caller.reach().covers(area)) {
            None => Ok(()),
            Some(outside) => Err(Error::Forbidden(Text::new(
                format!("密钥的区划范围不含 {outside}"),
                format!("The key is not for {outside}."),
            ))),
        }
    }

    /// Checks that the caller may report on what lies in these areas: one of them is within the key's area,
    /// or has it within, so that a village reports on what concerns its township.
    pub fn may_report(&self, areas: &[AreaCode]) -> Result<()> {
        if areas.iter().any(|&area| self.caller.reach().meets(area)) {
            return Ok(());
        }
        Err(Error::Forbidden(Text::new(
            "密钥的区划与此事项所在区划无关",
            "The key is not for any of the areas that this concerns.",
        )))
    }

    /// Checks that the caller may write to all areas there are.
    pub fn may_write_everywhere(&self) -> Result<()> {
        match self.caller.area {
            None => Ok(()),
            Some(_) => Err(Error::Forbidden(Text::new(
                "需要不限区划的密钥",
                "This takes a key that is not for one area only.",
            ))),
        }
    }

    /// Checks that the caller may change something that is everybody's: it is not used outside of the areas
    /// that the caller may write to. Where it is used is not told, some of it may be internal.
    pub fn may_change_shared(&self, used_outside: bool) -> Result<()> {
        if !used_outside {
            return Ok(());
        }
        Err(Error::Forbidden(Text::new(
            "密钥的区划范围之外也在使用它，只有范围含全部使用者的密钥可以改动",
            "It is used outside of the area of the key: a key that covers all who use it changes it.",
        )))
    }

    /// Checks that the row whose last entry is `seq` is as the caller expects.
    pub fn matches(&self, seq: i64) -> Result<()> {
        self.expected.check(seq)
    }

    /// As [`Intent::matches`], of a request that need not say what it expects.
    pub fn matches_if_said(&self, seq: i64) -> Result<()> {
        if self.expected == Expected::Unsaid { Ok(()) } else { self.matches(seq) }
    }

    /// As [`Intent::matches`], where there may be no row yet.
    pub fn matches_or_creates(&self, seq: Option<i64>) -> Result<()> {
        seq.map_or_else(|| self.expected.check_absent(), |seq| self.matches(seq))
    }

    /// The row after the changes, when it is as the caller expects.
    pub fn changed<D: Writable>(&self, body: &Held<Changes<D>>, row: &impl Serialize, seq: i64) -> Result<D> {
        self.changes(body, row, seq)?.onto(row)
    }

    /// What really changes, when the row is as the caller expects.
    pub fn changes<D: Writable>(
        &self,
        body: &Held<Changes<D>>,
        row: &impl Serialize,
        seq: i64,
    ) -> Result<Changes<D>> {
        self.matches(seq)?;
        body.checked()?.of(row)
    }

    /// Does the work as one entry of the ledger, and answers with what it returns. A request that comes
    /// again with its idempotency key gets the first one's answer. A trial creates nothing: its answer is a
    /// 200 without address and tag.
    pub async fn commit<F>(self, db: &Db, mut work: F) -> Result<Done, Problem>
    where
        F: FnMut(&mut Entry<'_>, &Intent) -> Result<Reply> + Send + 'static,
    {
        let origin = Origin {
            author: self.caller.name.clone(),
            key_id: Some(self.caller.id.clone()),
            request_id: Some(self.request_id.clone()),
            reason: self.why.reason,
            comment: plain(self.why.comment.clone()),
        };
        let ticket = self.ticket.clone();
        let work = move |entry: &mut Entry<'_>| {
            if self.trial {
                entry.try_only();
                return of_trial(work(entry, &self)?, entry.seq);
            }
            work(entry, &self)
        };
        let reply = match ticket {
            Some(ticket) => db.write_once(origin, ticket, work).await?,
            None => db.write(origin, work).await?.data,
        };
        Ok(Done(reply))
    }
}
