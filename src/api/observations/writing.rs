//! `POST /observations`; `PATCH` and `DELETE /observations/{id}`.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{delete, patch, post};
use serde::Serialize;

use super::bodies::{Faults, ObservationChanges, ObservationsInput, RecordedObservations, Refused};
use super::types::Observation;
use super::wire;
use crate::api::body::Nothing;
use crate::api::problem::Problem;
use crate::api::query::{Code, Fields, FromFields};
use crate::api::write::Write;
use crate::api::write::done::Done;
use crate::api::write::intent::Intent;
use crate::api::write::parameters::{DryRun, WhyQuery};
use crate::db::idempotency::Reply;
use crate::db::ledger::{Entry, now};
use crate::db::observations::{self, Stated, history};
use crate::db::sight::Moment;
use crate::db::{Conn, Db};
use crate::domain::access::Sight;
use crate::domain::codes::OnConflict;
use crate::domain::id::Id;
use crate::error::{Error, Fault, Place, Result, only};
use crate::exchange::drafts::Draft;
use crate::exchange::drafts::observation::{self, ObservationDraft};
use crate::exchange::drafts::recording::{self, Recorded, Recording};

/// How statements are recorded.
#[derive(Debug, Clone, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct RecordQuery {
    /// What to do with a statement whose natural key is taken: `fail` (default) answers 409, `revise`
    /// makes it a revision, which needs a reason, `skip` leaves what is there.
    #[param(required = false, inline, value_type = Option<OnConflict>)]
    pub on_conflict: OnConflict,
}

impl FromFields for RecordQuery {
    fn from_fields(fields: &mut Fields) -> RecordQuery {
        RecordQuery { on_conflict: fields.one("on_conflict").unwrap_or(OnConflict::Fail) }
    }
}

/// Record observations
///
/// One observation, or up to 1000 as `items`: all of them or none, in one entry of the ledger. The
/// defaults are the metric's unit, the accumulation of its kind (flow: `period`, else `instant`), the
/// role `actual`, and release with the report, else now. `value` or `text` is needed; words alone are
/// read (`90万余元`), and where both are given they must agree.
///
/// A single one is answered with itself, 201 when it is new and 200 otherwise; several with `items`,
/// 201 when any is new.
#[utoipa::path(
    tag = "observations",
    params(RecordQuery, DryRun),
    request_body = ObservationsInput,
    responses(
        (status = 200, description = "Nothing new: what was revised, or stays", body = RecordedObservations),
        (status = 201, description = "What was recorded", body = RecordedObservations),
    ),
    extensions(("x-min-role" = json!("editor"))),
)]
#[post("/observations")]
pub async fn create_observations(
    db: Data<Db>,
    write: Write<ObservationsInput, (RecordQuery, DryRun)>,
) -> Result<Done, Problem> {
    let Write { intent, query: (query, _), body } = write;
    let work = move |entry: &mut Entry<'_>, intent: &Intent| {
        intent.may_write(&body.areas())?;
        let ObservationsInput { drafts, together } =
            body.checked_with(entry.conn, intent.sight(), ObservationDraft::REFERENCES)?;
        let recorded = record(entry, intent, (drafts, *together), query.on_conflict)?;
        let ids: Vec<i64> = recorded.iter().map(|(id, _)| *id).collect();
        let rows = shown(entry.conn, intent.sight(), &ids)?;
        answer(rows, *together, recorded.iter().any(|(_, recorded)| *recorded == Recorded::Added))
    };
    intent.commit(&db, work).await
}

/// Records what is stated, all of it or nothing; what is wrong with one of several is told with its place.
fn record(
    entry: &mut Entry<'_>,
    intent: &Intent,
    (drafts, together): (&[Result<ObservationDraft, Refused>], bool),
    on_conflict: OnConflict,
) -> Result<Vec<(i64, Recorded)>> {
    let mut faults = Faults::of(together);
    for (at, draft) in drafts.iter().enumerate() {
        let area = draft.as_ref().map_or_else(Refused::area, |draft| Some(draft.area));
        faults.keep(at, intent.may_write(area.as_slice()))?;
    }
    let readable: Vec<&ObservationDraft> = drafts.iter().filter_map(|draft| draft.as_ref().ok()).collect();
    let unread = drafts.iter().filter_map(|draft| draft.as_ref().err()).map(Refused::members);
    let sources = recording::sources(entry.conn, intent.sight(), &readable, unread)?;
    let mut recording = Recording::of(entry.conn, &sources, &readable, on_conflict)?;
    for (at, draft) in drafts.iter().enumerate() {
        let added = match draft {
            Ok(draft) => recording.add(entry, at, draft),
            Err(refused) => Err(refused.error(&sources.referred)),
        };
        faults.keep(at, added)?;
    }
    faults.finish()?;
    recording.write(entry)
}

fn shown(conn: &mut Conn, sight: Sight, ids: &[i64]) -> Result<Vec<Observation>> {
    let rows = observations::find_all(conn, ids, Moment::new(sight, None, now()))?;
    wire(conn, sight, rows, None, false)
}

fn answer(mut rows: Vec<Observation>, together: bool, added: bool) -> Result<Reply> {
    #[derive(Serialize)]
    struct Items {
        items: Vec<Observation>,
    }
    match rows.pop() {
        Some(row) if !together => {
            let location = format!("/api/v1/observations/{}", row.id);
            if added { Done::created(location, row.seq, &row) } else { Done::row(row.seq, &row) }
        }
        last => {
            rows.extend(last);
            let status = if added { StatusCode::CREATED } else { StatusCode::OK };
            Done::rows(status, &Items { items: rows })
        }
    }
}

/// The observation as the caller sees it, for a change: the last state that is not retracted.
fn current(conn: &mut Conn, intent: &Intent, id: i64) -> Result<Stated> {
    let stated = observations::find(conn, id, Moment::new(intent.sight(), None, now()))?;
    intent.may_write(&[stated.observation.key.area])?;
    Ok(stated)
}

/// Correct an observation
///
/// A merge patch (RFC 7396) that becomes a revision; the natural key stays as it is. A reason is needed.
/// The revision is released now, or with another report when it names one, but not before what it
/// corrects; another `released_at` says otherwise, and may file it before what is known since. A change of value,
/// unit or comparator without `text` clears `text`; new words alone are read.
#[utoipa::path(
    tag = "observations",
    params(("id" = Id, Path, description = "Id of the observation", example = 4)),
    request_body(content = ObservationChanges, content_type = "application/merge-patch+json"),
    responses((status = 200, description = "The observation, corrected", body = Observation)),
    extensions(("x-min-role" = json!("editor"))),
)]
#[patch("/observations/{id}")]
pub async fn update_observation(
    db: Data<Db>,
    write: Write<ObservationChanges>,
    id: Code<Id>,
) -> Result<Done, Problem> {
    let Write { intent, body, .. } = write;
    let work = move |entry: &mut Entry<'_>, intent: &Intent| {
        let stated = current(entry.conn, intent, id.0.number())?;
        let row = stated.observation.clone();
        intent.matches(stated.revision.seq)?;
        let before = only(wire(entry.conn, intent.sight(), vec![stated.clone()], None, body.has_names())?)?;
        let changes = body.checked()?.of(&before)?;
        if changes.is_empty() {
            let row = only(shown(entry.conn, intent.sight(), &[row.id])?)?;
            return Done::row(row.seq, &row);
        }
        let history = only(history::of(entry.conn, vec![row.clone()])?)?;
        // What the caller sees decides what it may refer to; what it does not see stays as it is.
        let seen = changes.onto(&before)?;
        let projects = history.joint(stated.revision.revision).projects;
        let mut whole = changes.onto(&Observation { projects, ..before })?;
        let sources = recording::sources(entry.conn, intent.sight(), &[&seen, &whole], [])?;
        seen.check_registered(&sources)?;
        // When it was released before, sent back or not, says nothing of when it is corrected.
        if !changes.has("released_at") {
            whole.released_at = None;
        }
        whole.revise(entry, &sources, &history)?;
        let after = only(shown(entry.conn, intent.sight(), &[row.id])?)?;
        Done::row(after.seq, &after)
    };
    intent.commit(&db, work).await
}

/// Retract an observation
///
/// Takes back what was stated; a reason is needed. The observation is then 404, its revisions stay
/// readable, and recording its natural key again revives its id.
#[utoipa::path(
    tag = "observations",
    params(("id" = Id, Path, description = "Id of the observation", example = 4), WhyQuery),
    responses((status = 204, description = "The observation is retracted")),
    extensions(("x-min-role" = json!("editor"))),
)]
#[delete("/observations/{id}")]
pub async fn delete_observation(
    db: Data<Db>,
    write: Write<Nothing, WhyQuery>,
    id: Code<Id>,
) -> Result<Done, Problem> {
    let work = move |entry: &mut Entry<'_>, intent: &Intent| {
        let stated = current(entry.conn, intent, id.0.number())?;
        intent.matches(stated.revision.seq)?;
        observation::retract(entry, &stated.observation).map_err(|error| match error {
            Error::Invalid(faults) => Error::Invalid(faults.into_iter().map(as_parameter).collect()),
            other => other,
        })?;
        Ok(Done::gone())
    };
    write.intent.commit(&db, work).await
}

/// A deletion has no body: what a member would say, a parameter does.
fn as_parameter(fault: Fault) -> Fault {
    match fault.place {
        Place::Pointer(pointer) => Fault::parameter(pointer.trim_start_matches('/'), fault.invalid),
        _ => fault,
    }
}
