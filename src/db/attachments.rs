//! Attachments: rows and queries. The files themselves lie in the store. No part of the ledger: what is
//! uploaded takes no entry, what hangs it on something does.

use chrono::{DateTime, NaiveDateTime};
use diesel::dsl::{exists, not};
use diesel::prelude::*;

use super::Window;
use super::dialect::Conn;
use super::progress_reports::Subject;
use super::schema::{
    attachment_strays, attachment_uploads, attachments, plan_item_move_attachments, plan_items,
    progress_report_attachments, progress_reports, projects,
};
use super::sight::{plan_item_visible, project_visible};
use crate::domain::access::{Caller, KeyRole, Reach, Sight};
use crate::domain::codes::MediaType;
use crate::error::{Error, Result, Thing};

/// An attachment as stored.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = attachments, treat_none_as_default_value = false)]
pub struct AttachmentRow {
    /// The hash of its content.
    pub id: String,
    /// The same.
    pub sha256: String,
    /// Type of the file.
    pub media_type: MediaType,
    /// Size of the file.
    pub size_bytes: i64,
    /// Name of the key that uploaded it first.
    pub author: String,
    /// When that was.
    pub recorded_at: NaiveDateTime,
    /// Width in pixels of an upright picture.
    pub width: Option<i64>,
    /// Height in pixels of an upright picture.
    pub height: Option<i64>,
    /// Whether a picture still tells where it was taken.
    pub position_kept: Option<bool>,
    /// Name of the file in the store. It is never used again: whoever deletes it deletes no other's.
    pub object: String,
    /// When it was last uploaded.
    pub touched_at: NaiveDateTime,
}

/// That a key has uploaded an attachment.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = attachment_uploads)]
pub struct UploadRow {
    /// Id of the attachment.
    pub attachment: String,
    /// Id of the key.
    pub key_id: String,
    /// Name of the key.
    pub author: String,
    /// When it did so first.
    pub recorded_at: NaiveDateTime,
}

/// An attachment that its reader sees.
#[derive(Debug, Clone)]
pub struct Seen {
    /// The attachment.
    pub row: AttachmentRow,
    /// Whether everybody sees it.
    pub is_public: bool,
}

/// The attachment with this id, if the caller sees it: it hangs on something that they see, or they have
/// uploaded it. What hangs on nothing is also seen by an admin of all areas.
///
/// Errors: `NotFound`.
pub fn find(conn: &mut Conn, caller: Option<&Caller>, id: &str) -> Result<Seen> {
    let missing = || Error::NotFound { what: Thing::Attachment, key: id.to_owned() };
    let row = get(conn, id)?.ok_or_else(missing)?;
    let is_public = hangs_on_what_is_seen(conn, Sight::PUBLIC, id)?;
    if is_public {
        return Ok(Seen { row, is_public });
    }
    let caller = caller.ok_or_else(missing)?;
    let is_seen = caller.role == KeyRole::Admin && caller.reach() == Reach::Everywhere
        || upload(conn, id, caller)?.is_some()
        || hangs_on_what_is_seen(conn, caller.sight(), id)?;
    if is_seen { Ok(Seen { row, is_public }) } else { Err(missing()) }
}

/// The first of these ids that is no attachment which the caller sees, if there is one.
pub fn missing_among(conn: &mut Conn, caller: &Caller, ids: &[String]) -> Result<Option<String>> {
    for id in ids {
        match find(conn, Some(caller), id) {
            Ok(_) => {}
            Err(Error::NotFound { .. }) => return Ok(Some(id.clone())),
            Err(error) => return Err(error),
        }
    }
    Ok(None)
}

fn get(conn: &mut Conn, id: &str) -> Result<Option<AttachmentRow>> {
    Ok(attachments::table.find(id).select(AttachmentRow::as_select()).first(conn).optional()?)
}

fn upload(conn: &mut Conn, id: &str, caller: &Caller) -> Result<Option<UploadRow>> {
    let upload = attachment_uploads::table.find((id, &caller.id)).select(UploadRow::as_select());
    Ok(upload.first(conn).optional()?)
}

/// Whether the caller has uploaded an attachment.
pub fn is_uploaded_by(conn: &mut Conn, id: &str, caller: &Caller) -> Result<bool> {
    Ok(upload(conn, id, caller)?.is_some())
}

/// The projects and plan items on which an attachment hangs, seen or not.
pub fn hangs_on(conn: &mut Conn, id: &str) -> Result<Vec<Subject>> {
    let hung = progress_report_attachments::table
        .inner_join(
            progress_reports::table.on(progress_reports::id.eq(progress_report_attachments::progress_report)),
        )
        .filter(progress_report_attachments::attachment.eq(id));
    let on_projects = hung.filter(progress_reports::project.is_not_null());
    let projects: Vec<String> =
        on_projects.select(progress_reports::project.assume_not_null()).distinct().load(conn)?;
    let on_items = hung.filter(progress_reports::plan_item.is_not_null());
    let items: Vec<String> =
        on_items.select(progress_reports::plan_item.assume_not_null()).distinct().load(conn)?;
    let shown: Vec<String> = plan_item_move_attachments::table
        .filter(plan_item_move_attachments::attachment.eq(id))
        .select(plan_item_move_attachments::item)
        .distinct()
        .load(conn)?;
    let items = items.into_iter().chain(shown).map(Subject::PlanItem);
    Ok(projects.into_iter().map(Subject::Project).chain(items).collect())
}

fn hangs_on_what_is_seen(conn: &mut Conn, sight: Sight, id: &str) -> Result<bool> {
    let reports = progress_report_attachments::table
        .inner_join(
            progress_reports::table.on(progress_reports::id.eq(progress_report_attachments::progress_report)),
        )
        .filter(progress_report_attachments::attachment.eq(id));
    let on_project = reports
        .inner_join(projects::table.on(progress_reports::project.eq(projects::code.nullable())))
        .filter(project_visible(sight.internal))
        .select(projects::code);
    if on_project.first::<String>(conn).optional()?.is_some() {
        return Ok(true);
    }
    let on_item = reports
        .inner_join(plan_items::table.on(progress_reports::plan_item.eq(plan_items::code.nullable())))
        .filter(plan_item_visible(sight.internal))
        .select(plan_items::code);
    if on_item.first::<String>(conn).optional()?.is_some() {
        return Ok(true);
    }
    let on_move = plan_item_move_attachments::table
        .inner_join(plan_items::table.on(plan_items::code.eq(plan_item_move_attachments::item)))
        .filter(plan_item_move_attachments::attachment.eq(id))
        .filter(plan_item_visible(sight.internal))
        .select(plan_items::code);
    Ok(on_move.first::<String>(conn).optional()?.is_some())
}

/// Notes that a key has uploaded an attachment that may be there already: if so, the attachment and the key's
/// first upload of it.
pub fn touch(
    conn: &mut Conn,
    id: &str,
    caller: &Caller,
    at: NaiveDateTime,
) -> Result<Option<(AttachmentRow, UploadRow)>> {
    let touched = attachments::table.find(id);
    if diesel::update(touched).set(attachments::touched_at.eq(at)).execute(conn)? == 0 {
        return Ok(None);
    }
    let uploaded = match upload(conn, id, caller)? {
        Some(uploaded) => uploaded,
        None => {
            let uploaded = UploadRow {
                attachment: id.to_owned(),
                key_id: caller.id.clone(),
                author: caller.name.clone(),
                recorded_at: at,
            };
            diesel::insert_into(attachment_uploads::table).values(&uploaded).execute(conn)?;
            uploaded
        }
    };
    Ok(get(conn, id)?.map(|row| (row, uploaded)))
}

/// Notes a file before it is stored, so that it is known whatever happens.
pub fn announce(conn: &mut Conn, object: &str, at: NaiveDateTime) -> Result<()> {
    let stray = (attachment_strays::object.eq(object), attachment_strays::recorded_at.eq(at));
    diesel::insert_into(attachment_strays::table).values(stray).execute(conn)?;
    Ok(())
}

/// Adds an attachment whose file was announced and is in the store. Where it is there already, its upload is
/// noted, and the file stays a stray.
pub fn insert(conn: &mut Conn, row: &AttachmentRow, caller: &Caller) -> Result<(AttachmentRow, UploadRow)> {
    if get(conn, &row.id)?.is_none() {
        if diesel::delete(attachment_strays::table.find(&row.object)).execute(conn)? == 0 {
            return Err(Error::Storage(format!("{} took too long to be stored", row.object)));
        }
        diesel::insert_into(attachments::table).values(row).execute(conn)?;
    }
    touch(conn, &row.id, caller, row.touched_at)?
        .ok_or(Error::Bug("an attachment that was added is not there"))
}

/// How many attachments there are.
pub fn count(conn: &mut Conn) -> Result<i64> {
    Ok(attachments::table.count().get_result(conn)?)
}

/// Attachments in the order of their ids.
pub fn list(conn: &mut Conn, window: &Window<String>) -> Result<Vec<AttachmentRow>> {
    let query = attachments::table.select(AttachmentRow::as_select()).into_boxed();
    let query = match &window.after {
        Some(after) => query.filter(attachments::id.gt(after.clone())),
        None => query,
    };
    Ok(query.order(attachments::id).limit(window.limit).load(conn)?)
}

/// So many attachments at random.
pub fn sample(conn: &mut Conn, limit: i64) -> Result<Vec<AttachmentRow>> {
    let random = diesel::dsl::sql::<diesel::sql_types::Double>("random()");
    Ok(attachments::table.select(AttachmentRow::as_select()).order(random).limit(limit).load(conn)?)
}

/// Whether there are attachments that were uploaded before a time and hang on nothing, or files that were
/// stored before it and belong to none.
pub fn is_any_unused(conn: &mut Conn, before: NaiveDateTime) -> Result<bool> {
    Ok(!unused(conn, before, 1)?.is_empty() || !strays(conn, before, 1)?.is_empty())
}

/// Takes away at most so many attachments that were uploaded before a time and hang on nothing, and says how
/// many. Their files are strays from now on. Writers take turns, so nothing is hung on something in between.
pub fn take_unused(conn: &mut Conn, before: NaiveDateTime, limit: i64) -> Result<usize> {
    let (ids, objects): (Vec<String>, Vec<String>) = unused(conn, before, limit)?.into_iter().unzip();
    for object in &objects {
        announce(conn, object, DateTime::UNIX_EPOCH.naive_utc())?;
    }
    diesel::delete(attachment_uploads::table.filter(attachment_uploads::attachment.eq_any(ids.clone())))
        .execute(conn)?;
    // Should something hang on one all the same, its foreign key undoes this as a whole.
    Ok(diesel::delete(attachments::table.filter(attachments::id.eq_any(ids))).execute(conn)?)
}

fn unused(conn: &mut Conn, before: NaiveDateTime, limit: i64) -> Result<Vec<(String, String)>> {
    let hung = progress_report_attachments::table
        .filter(progress_report_attachments::attachment.eq(attachments::id));
    let shown =
        plan_item_move_attachments::table.filter(plan_item_move_attachments::attachment.eq(attachments::id));
    Ok(attachments::table
        .filter(attachments::touched_at.lt(before))
        .filter(not(exists(hung)))
        .filter(not(exists(shown)))
        .select((attachments::id, attachments::object))
        .order((attachments::touched_at, attachments::id))
        .limit(limit)
        .load(conn)?)
}

/// At most so many files that were stored before a time and belong to no attachment.
pub fn strays(conn: &mut Conn, before: NaiveDateTime, limit: i64) -> Result<Vec<String>> {
    Ok(attachment_strays::table
        .filter(attachment_strays::recorded_at.lt(before))
        .select(attachment_strays::object)
        .order((attachment_strays::recorded_at, attachment_strays::object))
        .limit(limit)
        .load(conn)?)
}

/// Forgets files that are deleted.
pub fn forget(conn: &mut Conn, objects: &[String]) -> Result<()> {
    diesel::delete(attachment_strays::table.filter(attachment_strays::object.eq_any(objects.to_vec())))
        .execute(conn)?;
    Ok(())
}
