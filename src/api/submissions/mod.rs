//! `GET` and `POST /submissions`, `GET /submissions/{id}`, `POST /submissions/{id}/transitions`.

pub mod bodies;
pub mod types;

use std::collections::HashMap;

use actix_web::web::Data;
use actix_web::{HttpRequest, get, post};

use super::answer::Answer;
use super::body::Plain;
use super::language::Language;
use super::listing::Listing;
use super::page::{self, Page, PageQuery};
use super::problem::Problem;
use super::query::{Code, Fields, FromFields, NoParameters, Query};
use super::write::Write;
use super::write::done::Done;
use super::write::intent::Intent;
use crate::db::ledger::Entry;
use crate::db::submissions::{self, SubmissionFilter, SubmissionRow};
use crate::db::{Conn, Db, Window, areas};
use crate::domain::access::{Caller, Sight};
use crate::domain::id::Id;
use crate::domain::submission::SubmissionState;
use crate::error::{Result, only};
use crate::exchange::submissions::{SubmissionDraft, moves};
use bodies::{SubmissionInput, SubmissionTransitionInput};
use types::{Submission, SubmissionEvent, SubmissionItem};

impl FromFields for SubmissionFilter {
    fn from_fields(fields: &mut Fields) -> SubmissionFilter {
        SubmissionFilter {
            state: fields.many("state"),
            area: fields.many("area"),
            within: fields.one("within"),
            author: fields.texts("author"),
        }
    }
}

/// Rows as they go over the wire, told in a language.
fn wire(conn: &mut Conn, language: Language, rows: Vec<SubmissionRow>) -> Result<Vec<Submission>> {
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    let (mut items, mut history) = (HashMap::new(), HashMap::new());
    for item in submissions::items(conn, &ids)? {
        items.entry(item.submission).or_insert_with(Vec::new).push(SubmissionItem::try_from(item)?);
    }
    for event in submissions::events(conn, &ids)? {
        history.entry(event.submission).or_insert_with(Vec::new).push(SubmissionEvent::try_from(event)?);
    }
    rows.into_iter()
        .map(|row| {
            let (items, history) = (items.remove(&row.id), history.remove(&row.id));
            Submission::new(row, items.unwrap_or_default(), history.unwrap_or_default(), language)
        })
        .collect()
}

/// A submission as its reader sees it.
fn shown(conn: &mut Conn, caller: &Caller, id: i64, language: Language) -> Result<Submission> {
    let row = submissions::find(conn, caller, id)?;
    only(wire(conn, language, vec![row])?)
}

struct Submissions {
    filter: SubmissionFilter,
    caller: Caller,
    language: Language,
}

impl Listing for Submissions {
    type Key = i64;
    type Item = Submission;

    fn check(&self, conn: &mut Conn, _: Sight) -> Result<()> {
        for &area in &self.filter.area {
            areas::check(conn, "area", Some(area))?;
        }
        areas::check(conn, "within", self.filter.within)
    }

    fn page(&self, conn: &mut Conn, _: Sight, window: &Window<i64>) -> Result<Vec<Submission>> {
        let rows = submissions::list(conn, &self.caller, &self.filter, window)?;
        wire(conn, self.language, rows)
    }

    fn count(&self, conn: &mut Conn, _: Sight) -> Result<i64> {
        submissions::count(conn, &self.caller, &self.filter)
    }

    fn key(&self, submission: &Submission) -> i64 {
        submission.id
    }
}

/// List submissions
///
/// Submissions in the order of their making, as far as the key sees them: those of its area and below, and
/// those that it made itself.
#[utoipa::path(
    tag = "submissions",
    params(SubmissionFilter, PageQuery),
    responses((status = 200, description = "A page of submissions", body = Page<Submission>)),
    extensions(("x-min-role" = json!("reporter"))),
)]
#[get("/submissions")]
pub async fn list_submissions(
    db: Data<Db>,
    request: HttpRequest,
    caller: Caller,
    query: Query<(SubmissionFilter, PageQuery)>,
) -> Result<Answer, Problem> {
    let Query((filter, paging)) = query;
    let submissions = Submissions { filter, caller, language: Language::of(&request) };
    page::list(&db, &request, paging, submissions).await
}

/// Read one submission
///
/// One submission by its id, with its rows, what the checks found, and its history. Those of other areas
/// are not found.
#[utoipa::path(
    tag = "submissions",
    params(("id" = Id, Path, description = "Id of the submission", example = 1)),
    responses((status = 200, description = "The submission", body = Submission)),
    extensions(("x-min-role" = json!("reporter"))),
)]
#[get("/submissions/{id}")]
pub async fn show_submission(
    db: Data<Db>,
    request: HttpRequest,
    id: Code<Id>,
    caller: Caller,
    _query: Query<NoParameters>,
) -> Result<Answer, Problem> {
    let language = Language::of(&request);
    let row = db.read(move |conn| shown(conn, &caller, id.0.number(), language)).await?;
    Answer::one(&request, row.data.seq, &row)
}

/// Propose figures
///
/// Makes a submission, a draft. Every row must speak of the submission's area or of one below it. Other
/// mistakes are kept and told in `checks`: they block only when it is submitted. `reason` is needed to
/// revise what is published, at the latest when it is submitted.
#[utoipa::path(
    tag = "submissions",
    request_body = SubmissionInput,
    responses((status = 201, description = "The submission, a draft", body = Submission)),
    extensions(("x-min-role" = json!("reporter"))),
)]
#[post("/submissions")]
pub async fn create_submission(
    db: Data<Db>,
    request: HttpRequest,
    write: Write<Plain<SubmissionInput>>,
) -> Result<Done, Problem> {
    let Write { intent, body, .. } = write;
    let language = Language::of(&request);
    let work = move |entry: &mut Entry<'_>, intent: &Intent| {
        intent.may_write(&body.areas())?;
        let Plain(body) = body.checked()?;
        let draft = SubmissionDraft::from(body.clone());
        let id = draft.insert(entry, &intent.caller, intent.why.reason)?;
        let submission = shown(entry.conn, &intent.caller, id, language)?;
        Done::created(format!("/api/v1/submissions/{id}"), submission.seq, &submission)
    };
    intent.commit(&db, work).await
}

/// Move a submission
///
/// From `draft` and `returned` to `submitted` or `withdrawn`, from `submitted` to `approved`, `returned` or
/// `withdrawn`; other moves are a 409 that names those that are allowed.
///
/// **submitted**, by its author or an editor of the area. `rows` replaces what rows propose, or drops rows.
/// Then the checks run: errors are a 422 that names each by its row number (`/items/{row}/member`), and
/// every warning needs the `note` of its row. What blocks: values, units and ranges as for an observation,
/// unknown references, the same key twice, retired metrics, locked periods. What is warned of: a published
/// figure that would be revised (`exists`, which needs a `reason` too), a part that exceeds its whole, a
/// ratio that is not that of its terms, areas that together exceed the one above them or, all reported,
/// fall short of it, and a change by half or more against the period before.
///
/// **approved**, by a reviewer of the area whose key has neither written nor submitted it. The checks run
/// again, and all rows are published in the entry of the move; what is published already is revised. The
/// revisions are signed by who submitted, the entry by who approves.
///
/// **returned**, by a reviewer of the area, with `comment` or comments on rows.
///
/// **withdrawn**, by its author or an editor of the area.
#[utoipa::path(
    tag = "submissions",
    params(("id" = Id, Path, description = "Id of the submission", example = 1)),
    request_body = SubmissionTransitionInput,
    responses((status = 200, description = "The submission after the move", body = Submission)),
    extensions(("x-min-role" = json!("reporter"))),
)]
#[post("/submissions/{id}/transitions")]
pub async fn move_submission(
    db: Data<Db>,
    request: HttpRequest,
    write: Write<Plain<SubmissionTransitionInput>>,
    id: Code<Id>,
) -> Result<Done, Problem> {
    let Write { intent, body, .. } = write;
    let language = Language::of(&request);
    let work = move |entry: &mut Entry<'_>, intent: &Intent| {
        let before = submissions::find(entry.conn, &intent.caller, id.0.number())?;
        if let Some(to) = body.said("to") {
            moves::permit(entry, &intent.caller, &before, to)?;
        }
        intent.matches_if_said(before.seq)?;
        let Plain(body) = body.checked_move(|to: SubmissionState| before.state.check_move(to))?;
        before.state.check_move(body.to)?;
        body.clone().into_move(intent.why.reason)?.make(entry, &intent.caller, &before)?;
        let submission = shown(entry.conn, &intent.caller, before.id, language)?;
        Done::row(submission.seq, &submission)
    };
    intent.commit(&db, work).await
}
