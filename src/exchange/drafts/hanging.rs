//! Whether somebody may hang an attachment on a project or a plan item: it has to be theirs to show, and to show
//! to those who see it there.

use crate::db::progress_reports::Subject;
use crate::db::progress_reports::write::Place;
use crate::db::{Conn, attachments};
use crate::domain::access::{Caller, KeyRole, Reach};
use crate::domain::codes::Visibility;
use crate::error::{Error, Invalid, Result};

/// What stands against hanging an attachment on something.
#[derive(Debug, Clone)]
pub enum Obstacle {
    /// There is none of this id that the caller sees.
    Unknown(Invalid),
    /// The caller may not.
    Forbidden(Invalid),
}

/// What stands against it, if anything. The attachment is one that the caller has uploaded, or hangs where the
/// caller may write. Where more would see it than do so far, the caller is an editor of all places where it hangs:
/// whoever uploads a file that hangs somewhere has it no other way. Of places that the caller does not see nothing
/// is told. Where it hangs already it may hang again.
pub fn obstacle(conn: &mut Conn, caller: &Caller, subject: &Subject, id: &str) -> Result<Option<Obstacle>> {
    if attachments::missing_among(conn, caller, &[id.to_owned()])?.is_some() {
        return Ok(Some(Obstacle::Unknown(Invalid::unregistered(id))));
    }
    let mut places = Vec::new();
    for other in attachments::hangs_on(conn, id)? {
        if other == *subject {
            return Ok(None);
        }
        match other.place(conn, caller.sight()) {
            Err(Error::NotFound { .. }) => {}
            place => places.push(place?),
        }
    }
    let writes = |place: &Place| place.areas.iter().all(|&area| caller.reach().covers(area));
    let uploaded = attachments::is_uploaded_by(conn, id, caller)?;
    if !uploaded && caller.reach() != Reach::Everywhere && !places.iter().any(writes) {
        let (zh, en) = (
            "只能附上自己上传的文件，或已附在本密钥可写入之处的文件",
            "is neither a file that this key uploaded nor one that hangs where it may write",
        );
        return Ok(Some(Obstacle::Forbidden(Invalid::new("not_yours", zh, en))));
    }
    let may_publish = places.is_empty() || caller.role >= KeyRole::Editor && places.iter().all(writes);
    if !may_publish && adds_readers(&subject.place(conn, caller.sight())?, &places) {
        let (zh, en) = (
            "附在此处会使更多人看到该文件；须为其现在所附各处的 editor",
            "would be seen by more than see it now: this takes an editor of all places where it hangs",
        );
        return Ok(Some(Obstacle::Forbidden(Invalid::new("more_visible", zh, en))));
    }
    Ok(None)
}

/// Whether some who see a place see none of the others. What is internal is seen from its areas and from above.
fn adds_readers(place: &Place, others: &[Place]) -> bool {
    if others.iter().any(|other| other.visibility == Visibility::Public) {
        return false;
    }
    place.visibility == Visibility::Public
        || place.areas.iter().any(|area| {
            let below = area.subtree();
            !others.iter().flat_map(|other| &other.areas).any(|other| below.contains(&other.as_i64()))
        })
}
