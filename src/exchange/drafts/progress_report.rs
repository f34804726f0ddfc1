//! Drafts of progress reports. They come from phones that were offline: late, out of order, or twice.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::hanging::{Obstacle, obstacle};
use super::{check_once, fault};
use crate::db::ledger::Entry;
use crate::db::observations;
use crate::db::progress_reports::write::{self, WholeReport};
use crate::db::progress_reports::{self, ProgressReportRow, Subject};
use crate::db::sight::Moment;
use crate::domain::access::{Caller, KeyRole};
use crate::domain::area_code::AreaCode;
use crate::domain::id::AttachmentId;
use crate::domain::text::{Passage, plain};
use crate::domain::when;
use crate::domain::zone;
use crate::error::{Error, Fault, Invalid, Result, Text};
use crate::exchange::reading::HandedIn;

/// An id of a client has at most so many characters.
const LONGEST_CLIENT_ID: usize = 128;

/// A progress report on a project or a plan item.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "the wire type of the same members describes them")]
#[schema(as = ProgressReportInput)]
pub struct ProgressReportDraft {
    #[serde(deserialize_with = "when::day")]
    pub as_of: NaiveDate,
    #[schema(minimum = 0, maximum = 100)]
    pub progress: Option<i16>,
    pub text: Option<Passage>,
    pub problems: Option<Passage>,
    pub next_step: Option<Passage>,
    #[serde(default)]
    #[schema(value_type = Vec<AttachmentId>, max_items = 20)]
    pub attachments: Vec<String>,
    #[serde(default)]
    #[schema(max_items = 20)]
    pub observations: Vec<i64>,
    #[schema(pattern = "^[!-~]{1,128}$")]
    pub client_id: Option<String>,
    #[schema(minimum = 1)]
    pub corrects: Option<i64>,
}

impl HandedIn for ProgressReportDraft {}

/// What became of a progress report that was handed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entered {
    /// It was added, with this id.
    Added(i64),
    /// It was there already, by the id of its client.
    Known(i64),
}

impl ProgressReportDraft {
    /// Enters the report on a subject that lies in these areas, unless its client has handed it in before.
    ///
    /// Errors: `Refused` when the client's id belongs to something else, or what is to be corrected was
    /// corrected already; `Forbidden` when the caller may not correct it, `ForbiddenMembers` when an attachment
    /// is not theirs to hang up; `Invalid` with the members that break a rule.
    pub fn enter(
        &self,
        entry: &mut Entry<'_>,
        caller: &Caller,
        subject: &Subject,
        areas: &[AreaCode],
    ) -> Result<Entered> {
        if let Some(id) = self.known(entry, caller, subject)? {
            return Ok(Entered::Known(id));
        }
        self.check_correction(entry, caller, subject, areas)?;
        self.check(zone::local(entry.at).date_naive())?;
        self.check_links(entry, caller, subject)?;
        let report = self.whole(entry, caller, subject);
        Ok(Entered::Added(write::insert(entry, subject, areas, report)?))
    }

    /// The report of the same key and client id, when it says the same of the same subject.
    fn known(&self, entry: &mut Entry<'_>, caller: &Caller, subject: &Subject) -> Result<Option<i64>> {
        let Some(client_id) = &self.client_id else { return Ok(None) };
        let Some(row) = progress_reports::of_client(entry.conn, &caller.id, client_id)? else {
            return Ok(None);
        };
        let told = write::whole(entry.conn, row)?;
        let mut again = self.whole(entry, caller, subject);
        // What it is known by here says nothing of what it says, nor does the name that the key had then.
        let ProgressReportRow { id, author, corrected_by, recorded_at, seq, updated_at, .. } =
            told.row.clone();
        again.row = ProgressReportRow { id, author, corrected_by, recorded_at, seq, updated_at, ..again.row };
        if again == told {
            return Ok(Some(id));
        }
        Err(Error::Refused(Text::new(
            format!(
                "client_id “{client_id}”已用于内容不同的进展 {id}；更正须用新的 client_id，并填 corrects"
            ),
            format!(
                "The client_id “{client_id}” is that of progress report {id}, which says something else; a \
                 correction has a client_id of its own, and corrects."
            ),
        )))
    }

    /// Checks that the report which this one corrects is there, still stands, and may be corrected: by who
    /// made it, or by an editor of all areas of the subject.
    fn check_correction(
        &self,
        entry: &mut Entry<'_>,
        caller: &Caller,
        subject: &Subject,
        areas: &[AreaCode],
    ) -> Result<()> {
        let Some(id) = self.corrects else { return Ok(()) };
        let row = match progress_reports::find(entry.conn, subject, id) {
            Err(Error::NotFound { key, .. }) => {
                let (zh, en) =
                    (format!("这里没有进展 {key}"), format!("there is no progress report {key} here"));
                return Err(fault("corrects", Invalid::new("unknown_reference", zh, en)).into());
            }
            found => found?,
        };
        let is_editor =
            caller.role >= KeyRole::Editor && areas.iter().all(|&area| caller.reach().covers(area));
        if row.author_key.as_ref() != Some(&caller.id) && !is_editor {
            return Err(Error::Forbidden(Text::new(
                "进展只能由原报送密钥或该区划的 editor 更正",
                "A progress report is corrected by the key that made it, or by an editor of the area.",
            )));
        }
        match row.corrected_by {
            None => Ok(()),
            Some(by) => Err(Error::Refused(Text::new(
                format!("进展 {id} 已由进展 {by} 更正；请更正后者"),
                format!("Progress report {id} was corrected by {by} already; correct that one."),
            ))),
        }
    }

    fn check(&self, today: NaiveDate) -> Result<()> {
        if self.as_of > today {
            let (zh, en) = (format!("晚于今天 {today}"), format!("is after today, {today}"));
            return Err(fault("as_of", Invalid::new("in_the_future", zh, en)).into());
        }
        let visible = |id: &String| id.bytes().all(|sign| sign.is_ascii_graphic());
        let fits = |id: &String| (1..=LONGEST_CLIENT_ID).contains(&id.len());
        if self.client_id.as_ref().is_some_and(|id| !visible(id) || !fits(id)) {
            let (zh, en) = (
                format!("应为 1 到 {LONGEST_CLIENT_ID} 个可见 ASCII 字符"),
                format!("must be 1 to {LONGEST_CLIENT_ID} visible ASCII characters"),
            );
            return Err(fault("client_id", Invalid::new("malformed_client_id", zh, en)).into());
        }
        check_once("attachments", &self.attachments)?;
        check_once("observations", &self.observations)?;
        let says = [&self.text, &self.problems, &self.next_step].into_iter().any(Option::is_some);
        if !says && self.progress.is_none() && self.attachments.is_empty() && self.observations.is_empty() {
            let (zh, en) = (
                "至少填写 progress、text、problems、next_step、attachments、observations 之一",
                "needs one of progress, text, problems, next_step, attachments and observations",
            );
            return Err(fault("text", Invalid::new("says_nothing", zh, en)).into());
        }
        Ok(())
    }

    fn check_links(&self, entry: &mut Entry<'_>, caller: &Caller, subject: &Subject) -> Result<()> {
        for (at, id) in self.attachments.iter().enumerate() {
            let place = format!("/attachments/{at}");
            match obstacle(entry.conn, caller, subject, id)? {
                None => {}
                Some(Obstacle::Unknown(invalid)) => return Err(Fault::pointer(place, invalid).into()),
                Some(Obstacle::Forbidden(invalid)) => {
                    return Err(Error::ForbiddenMembers(vec![Fault::pointer(place, invalid)]));
                }
            }
        }
        let moment = Moment::new(caller.sight(), None, entry.at);
        let seen = observations::current_among(entry.conn, moment, self.observations.clone())?;
        match self.observations.iter().position(|id| !seen.contains(id)) {
            None => Ok(()),
            Some(at) => Err(unknown("observations", at, self.observations[at])),
        }
    }

    fn whole(&self, entry: &Entry<'_>, caller: &Caller, subject: &Subject) -> WholeReport {
        let ProgressReportDraft {
            as_of,
            progress,
            text,
            problems,
            next_step,
            attachments,
            observations,
            client_id,
            corrects,
        } = self.clone();
        let (project, plan_item) = match subject.clone() {
            Subject::Project(code) => (Some(code), None),
            Subject::PlanItem(code) => (None, Some(code)),
        };
        let row = ProgressReportRow {
            id: 0,
            project,
            plan_item,
            as_of,
            progress,
            text: plain(text),
            problems: plain(problems),
            next_step: plain(next_step),
            author: caller.name.clone(),
            author_key: Some(caller.id.clone()),
            client_id,
            corrects,
            corrected_by: None,
            recorded_at: entry.at,
            seq: entry.seq,
            updated_at: entry.at,
        };
        WholeReport { row, attachments, observations }
    }
}

fn unknown(member: &str, at: usize, id: impl std::fmt::Display) -> Error {
    fault(&format!("{member}/{at}"), Invalid::unregistered(id)).into()
}
