//! Attachments as they go over the wire.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, Schema, SchemaFormat, Type};
use utoipa::{IntoParams, ToSchema};

use crate::api::query::{Fields, FromFields};
use crate::db::attachments::{AttachmentRow, UploadRow};
use crate::domain::codes::MediaType;
use crate::domain::id::AttachmentId;
use crate::storage::pictures::Edge;

/// What is known of an uploaded file.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Attachment {
    /// Id, to be given in `attachments` of a progress report: the SHA-256 of the file as it is stored, so that
    /// the same file has the same id.
    #[schema(value_type = AttachmentId)]
    pub id: String,
    /// Type of the file, as its content tells it.
    pub media_type: MediaType,
    /// Size of the file as it is stored, in bytes.
    #[schema(minimum = 1)]
    pub size_bytes: i64,
    /// SHA-256 of the file as it is stored, in hexadecimal.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    pub sha256: String,
    /// Width of the upright picture in pixels; null of a PDF.
    #[schema(minimum = 1)]
    pub width: Option<i64>,
    /// Height of the upright picture in pixels; null of a PDF.
    #[schema(minimum = 1)]
    pub height: Option<i64>,
    /// Whether the picture still has metadata, such as where it was taken: only where there was some and
    /// `keep_position=true` asked for it. Null of a PDF, in which nothing is changed.
    pub position_kept: Option<bool>,
    /// Name of the key that uploaded it.
    pub author: String,
    /// When this key first uploaded it.
    pub recorded_at: DateTime<Utc>,
}

impl From<(AttachmentRow, UploadRow)> for Attachment {
    fn from((row, upload): (AttachmentRow, UploadRow)) -> Attachment {
        // Who else has uploaded the same file, and when, is theirs to know.
        let AttachmentRow { id, sha256, media_type, size_bytes, width, height, position_kept, .. } = row;
        let UploadRow { author, recorded_at, .. } = upload;
        let recorded_at = recorded_at.and_utc();
        Attachment { id, media_type, size_bytes, sha256, width, height, position_kept, author, recorded_at }
    }
}

/// A file to be uploaded, as a form.
#[derive(Debug, ToSchema)]
pub struct AttachmentInput {
    /// The file: a JPEG, PNG, WebP or PDF of at most 10 MiB. Neither its name nor the type that the client
    /// gives it matters.
    #[schema(value_type = String, format = Binary)]
    pub file: Vec<u8>,
}

/// The bytes of a file.
pub struct FileBytes;

impl ToSchema for FileBytes {}

impl utoipa::PartialSchema for FileBytes {
    fn schema() -> RefOr<Schema> {
        let binary = SchemaFormat::KnownFormat(KnownFormat::Binary);
        ObjectBuilder::new().schema_type(Type::String).format(Some(binary)).into()
    }
}

/// What is done to a picture that is uploaded.
#[derive(Debug, Clone, Copy, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct UploadQuery {
    /// Keeps all metadata of a picture: where, when and with what it was taken.
    #[param(required = false, default = false)]
    pub keep_position: bool,
}

impl FromFields for UploadQuery {
    fn from_fields(fields: &mut Fields) -> UploadQuery {
        UploadQuery { keep_position: fields.flag("keep_position") }
    }
}

/// In which size a picture is wanted.
#[derive(Debug, Clone, Copy, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SizeQuery {
    /// A small picture, a JPEG whose longer edge has at most so many pixels. A PDF has none (422).
    #[param(required = false, inline)]
    pub thumbnail: Option<Edge>,
}

impl FromFields for SizeQuery {
    fn from_fields(fields: &mut Fields) -> SizeQuery {
        SizeQuery { thumbnail: fields.one("thumbnail") }
    }
}
