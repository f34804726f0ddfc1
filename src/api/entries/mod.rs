//! `GET /entries`, `/entries/{seq}` and `/entries/{seq}/edits`: the audit. It is read only, like the
//! ledger itself.

pub mod types;

use std::collections::HashMap;

use actix_web::web::Data;
use actix_web::{HttpRequest, get};

use super::answer::Answer;
use super::listing::Listing;
use super::page::{self, Page, PageQuery};
use super::problem::Problem;
use super::query::{Code, Fields, FromFields, NoParameters, Query};
use crate::db::entries::{self, Auditor, EntryFilter, EntryRow};
use crate::db::{Conn, Db, Window};
use crate::domain::access::{Caller, Sight};
use crate::domain::id::Id;
use crate::error::{Result, only};
use types::{Edit, Entry};

/// So many edits are shown with their entry: one entry of an import has thousands.
const SHOWN: i64 = 20;

impl FromFields for EntryFilter {
    fn from_fields(fields: &mut Fields) -> EntryFilter {
        EntryFilter {
            actor: fields.label("actor"),
            from: fields.one("from"),
            to: fields.one("to"),
            seq_ge: fields.number("seq_ge", 1, i64::MAX),
            seq_le: fields.number("seq_le", 1, i64::MAX),
        }
    }
}

/// A list of entries for one reader.
struct Entries {
    auditor: Auditor,
    filter: EntryFilter,
}

impl Listing for Entries {
    type Key = i64;
    type Item = Entry;

    fn page(&self, conn: &mut Conn, _: Sight, window: &Window<i64>) -> Result<Vec<Entry>> {
        let rows = entries::list(conn, self.auditor, &self.filter, window)?;
        shown(conn, self.auditor, rows)
    }

    fn count(&self, conn: &mut Conn, _: Sight) -> Result<i64> {
        entries::count(conn, self.auditor, &self.filter)
    }

    fn key(&self, entry: &Entry) -> i64 {
        entry.seq
    }

    fn is_endless(&self) -> bool {
        true
    }
}

/// Edits of an entry.
fn edits(conn: &mut Conn, auditor: Auditor, seq: i64, window: &Window<i64>) -> Result<Vec<Edit>> {
    let rows = entries::list_edits(conn, auditor, seq, window)?;
    rows.into_iter().map(|row| Edit::new(row, auditor.sees_everywhere())).collect()
}

/// Entries with the first of their edits.
fn shown(conn: &mut Conn, auditor: Auditor, rows: Vec<EntryRow>) -> Result<Vec<Entry>> {
    let numbers: Vec<i64> = rows.iter().map(|row| row.seq).collect();
    let counts = entries::counts_of_edits(conn, auditor, &numbers)?;
    let mut told: HashMap<i64, Vec<Edit>> = HashMap::new();
    for (entry, row) in entries::first_edits(conn, auditor, &counts, SHOWN)? {
        told.entry(entry).or_default().push(Edit::new(row, auditor.sees_everywhere())?);
    }
    let entry = |row: EntryRow| {
        let (count, edits) = (counts.get(&row.seq), told.remove(&row.seq));
        Entry::new(row, count.copied().unwrap_or(0), edits.unwrap_or_default())
    };
    Ok(rows.into_iter().map(entry).collect())
}

/// List entries of the ledger
///
/// Every write in its order: who, when, why, and each touched row before and after. A key for an area
/// sees what was done there, and to metrics, units and reports; what was done to keys is shown to
/// admins. Of plan items it is not shown `projects`, `parent`, `target`, `carried_from` and `carried_to`,
/// which may name rows of other areas. Nothing can change an entry.
///
/// Every page that has entries has a `next`, the last one too: it leads to the entries that are yet to be made. Null
/// says that there are none beyond the cursor so far.
#[utoipa::path(
    tag = "entries",
    params(EntryFilter, PageQuery),
    responses((status = 200, description = "A page of entries", body = Page<Entry>)),
    extensions(("x-min-role" = json!("reviewer"))),
)]
#[get("/entries")]
pub async fn list_entries(
    db: Data<Db>,
    request: HttpRequest,
    caller: Caller,
    query: Query<(EntryFilter, PageQuery)>,
) -> Result<Answer, Problem> {
    let Query((filter, paging)) = query;
    page::list(&db, &request, paging, Entries { auditor: Auditor::of(&caller), filter }).await
}

/// Read one entry of the ledger
///
/// One write by its number. 404 when the reader may see nothing of it.
#[utoipa::path(
    tag = "entries",
    params(("seq" = Id, Path, description = "Number of the entry", example = 1)),
    responses((status = 200, description = "The entry", body = Entry)),
    extensions(("x-min-role" = json!("reviewer"))),
)]
#[get("/entries/{seq}")]
pub async fn show_entry(
    db: Data<Db>,
    request: HttpRequest,
    seq: Code<Id>,
    caller: Caller,
    _query: Query<NoParameters>,
) -> Result<Answer, Problem> {
    let (seq, auditor) = (seq.0.number(), Auditor::of(&caller));
    let entry = db
        .read(move |conn| {
            let row = entries::find(conn, auditor, seq)?;
            only(shown(conn, auditor, vec![row])?)
        })
        .await?;
    Answer::one(&request, seq, &entry)
}

/// The edits of an entry for one reader.
struct Edits {
    auditor: Auditor,
    seq: i64,
}

impl Listing for Edits {
    type Key = i64;
    type Item = Edit;

    fn check(&self, conn: &mut Conn, _: Sight) -> Result<()> {
        entries::find(conn, self.auditor, self.seq).map(drop)
    }

    fn page(&self, conn: &mut Conn, _: Sight, window: &Window<i64>) -> Result<Vec<Edit>> {
        edits(conn, self.auditor, self.seq, window)
    }

    fn count(&self, conn: &mut Conn, _: Sight) -> Result<i64> {
        entries::count_edits(conn, self.auditor, self.seq)
    }

    fn key(&self, edit: &Edit) -> i64 {
        edit.ordinal
    }
}

/// List what an entry did
///
/// All edits of an entry in their order, as far as the reader may see them.
#[utoipa::path(
    tag = "entries",
    params(("seq" = Id, Path, description = "Number of the entry", example = 1), PageQuery),
    responses((status = 200, description = "A page of edits", body = Page<Edit>)),
    extensions(("x-min-role" = json!("reviewer"))),
)]
#[get("/entries/{seq}/edits")]
pub async fn list_entry_edits(
    db: Data<Db>,
    request: HttpRequest,
    seq: Code<Id>,
    caller: Caller,
    query: Query<PageQuery>,
) -> Result<Answer, Problem> {
    let edits = Edits { auditor: Auditor::of(&caller), seq: seq.0.number() };
    page::list(&db, &request, query.0, edits).await
}
