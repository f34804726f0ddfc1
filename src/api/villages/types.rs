//! Villages as they go over the wire: as areas, but for what can be changed of them.

use utoipa::ToSchema;

/// Changes of a village, for PATCH: less than those of an area.
#[derive(Debug, Clone, ToSchema)]
pub struct VillageChanges {}

impl VillageChanges {
    /// The members of an area that can be changed here.
    pub const MEMBERS: &'static [&'static str] = &["highlights", "point", "aliases"];
}
