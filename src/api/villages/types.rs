//! Villages as they go over the wire: as areas, but for what can be changed of them.

use actix_web::HttpRequest;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::api::areas::types::AreaChanges;
use crate::api::body::{Body, Changes};
use crate::error::Result;

/// Changes of a village, for PATCH: less than those of an area.
#[derive(Debug, Clone, ToSchema)]
#[schema(value_type = Object)]
pub struct VillageChanges(pub AreaChanges);

impl VillageChanges {
    /// The members of an area that can be changed here.
    pub const MEMBERS: &'static [&'static str] = &["highlights", "point", "aliases"];
}

impl Body for VillageChanges {
    const MEDIA: &'static [&'static str] = AreaChanges::MEDIA;

    fn read(request: &HttpRequest, members: Map<String, Value>) -> Result<VillageChanges> {
        let changes = Changes::read(request, members)?;
        changes.only(Self::MEMBERS)?;
        Ok(VillageChanges(changes))
    }
}
