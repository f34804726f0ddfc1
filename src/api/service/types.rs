//! What the service says of itself.

use serde::Serialize;
use utoipa::ToSchema;

/// Whether the service is alive or ready.
#[derive(Debug, Serialize, ToSchema)]
pub struct Health {
    /// Always `ok`: what is not is answered by a 503.
    #[schema(example = "ok")]
    pub status: String,
}

/// Which program answers, and on which database.
#[derive(Debug, Serialize, ToSchema)]
pub struct Version {
    /// Name of the program.
    #[schema(example = "taizhang")]
    pub name: String,
    /// Version of the program.
    #[schema(example = "0.1.0")]
    pub version: String,
    /// `sqlite` or `postgres`.
    #[schema(example = "sqlite")]
    pub database: String,
}
