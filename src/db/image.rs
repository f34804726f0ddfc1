//! What the image of a row that the ledger keeps says of who sees the row.

use serde::Deserialize;

use crate::domain::area_code::AreaCode;
use crate::domain::codes::Visibility;
use crate::domain::row_kind::RowKind;
use crate::error::{Error, Result};

/// The members of an image that decide who sees the row, or which row it belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Image {
    /// Null of rows that are public, and of rows that are seen with the row that they belong to.
    pub visibility: Option<Visibility>,
    /// The areas of a project or plan item.
    #[serde(default)]
    pub areas: Vec<AreaCode>,
    /// The projects that a plan item is linked to: they tell of it.
    #[serde(default)]
    pub projects: Vec<String>,
    /// The area of a plan.
    pub area: Option<AreaCode>,
    /// The project that a milestone or progress report belongs to.
    pub project: Option<String>,
    /// The plan item that a progress report belongs to.
    pub plan_item: Option<String>,
}

impl Image {
    /// Reads an image.
    ///
    /// Errors: `Corrupt`.
    pub fn read(kept: &str) -> Result<Image> {
        serde_json::from_str(kept).map_err(|error| Error::Corrupt(format!("image of a row: {error}")))
    }
}

/// Whether others see a row of a kind after a change than before it, or see it beside other rows.
pub fn changes_access(kind: RowKind, before: Option<&str>, after: Option<&str>) -> Result<bool> {
    let (RowKind::Metric | RowKind::Project | RowKind::PlanItem, Some(after)) = (kind, after) else {
        return Ok(false);
    };
    let after = Image::read(after)?;
    let Some(before) = before else { return Ok(!after.projects.is_empty()) };
    let before = Image::read(before)?;
    let of = |image: Image| (image.visibility, image.areas, image.projects);
    Ok(of(before) != of(after))
}
