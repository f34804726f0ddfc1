//! `POST /attachments` and `GET /attachments/{id}`: files that hang on progress reports. They are answered as
//! they lie in the store, and not from the cache of answers, which is for what the ledger says.

mod form;
mod range;
pub mod types;

use actix_web::body::SizedStream;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, EntityTag};
use actix_web::web::{Bytes, Data, Payload};
use actix_web::{HttpMessage, HttpRequest, HttpResponse, get, post};
use futures_util::TryStreamExt;

use super::base;
use super::condition::{self, Verdict};
use super::format::{self, Format};
use super::problem::Problem;
use super::query::{Code, Fields, Query};
use crate::db::Db;
use crate::db::attachments::{self, Seen};
use crate::domain::access::Caller;
use crate::domain::codes::MediaType;
use crate::domain::id::AttachmentId;
use crate::error::{Error, Fault, Invalid};
use crate::exchange::attachments as files;
use crate::storage::Store;
use crate::storage::pictures::{self, Edge, Unfit};
use types::{Attachment, AttachmentInput, FileBytes, SizeQuery, UploadQuery};

/// What everybody sees never changes under its address. A shared cache asks once a day all the same, should
/// what it hangs on have become internal.
const PUBLIC: &str = "public, max-age=31536000, s-maxage=86400, immutable";

/// What not everybody sees is asked for again each time.
const PRIVATE: &str = "private, no-cache";

/// Upload a file
///
/// A photo or a document of up to 10 MiB, to hang on a progress report by its id. What it is, JPEG, PNG, WebP or
/// PDF, is told by its content alone: anything else is a 415, a picture that cannot be shown or has more than
/// 50 million pixels a 422.
///
/// **Position data.** From pictures all metadata is removed before they are stored: where, when and with what
/// they were taken, previews, comments. The picture is not encoded anew; its colour profile and which way is up
/// stay. `keep_position=true` keeps everything. A PDF is stored as it is.
///
/// The same file has the same id: an upload that is repeated is answered as the first time, with 201, and needs
/// no Idempotency-Key. Until it hangs on something it is seen by whoever uploaded it and by admins of all areas;
/// then also by who sees that. It is hung on something by the key that uploaded it, or by one that may write where
/// it hangs already; where more would see it than do so far, by an `editor` of all places where it hangs (403).
/// What hangs on nothing for some days (7, if not set otherwise) is deleted.
#[utoipa::path(
    tag = "attachments",
    params(UploadQuery),
    request_body(content = AttachmentInput, content_type = "multipart/form-data"),
    responses((
        status = 201,
        description = "What was stored",
        body = Attachment,
        headers(("ETag" = String, description = "Tag of the file, which is its id.")),
    )),
    extensions(("x-min-role" = json!("reporter"))),
)]
#[post("/attachments")]
pub async fn create_attachment(
    db: Data<Db>,
    store: Data<Store>,
    request: HttpRequest,
    caller: Caller,
    body: Payload,
) -> Result<HttpResponse, Problem> {
    Format::json(&request)?;
    let file = form::read(&request, &mut body.into_inner()).await?;
    let UploadQuery { keep_position } = Fields::parse(request.query_string())?.read()?;
    let refuse = |invalid| Problem::from(Error::from(Fault::pointer("/file", invalid)));
    let unfit = |unfit| match unfit {
        Unfit::Type => Problem::unsupported_file(
            &MediaType::ALL.iter().map(|kind| kind.as_str()).collect::<Vec<_>>().join(", "),
        ),
        Unfit::Content(invalid) => refuse(invalid),
    };
    let recognised = pictures::recognise(file).map_err(unfit)?;
    let turn = store.turn(recognised.mib).await?;
    let prepared = turn.work(move || pictures::prepare(recognised, keep_position)).await?.map_err(unfit)?;
    let attachment = Attachment::from(files::keep(&db, &store, &caller, prepared).await?);
    Ok(HttpResponse::build(StatusCode::CREATED)
        .insert_header((header::LOCATION, base::address(&format!("/api/v1/attachments/{}", attachment.id))))
        .insert_header((header::ETAG, EntityTag::new_strong(attachment.id.clone()).to_string()))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(attachment))
}

/// Read a file
///
/// The file itself, or of a picture a small one. Everybody sees what hangs on a public project or plan item; what
/// hangs on internal ones is seen by the keys that see these, what hangs on nothing by the key that uploaded
/// it. To all others it is not found. What everybody sees may be kept for a year: its content never changes.
#[utoipa::path(
    tag = "attachments",
    params(
        (
            "id" = AttachmentId,
            Path,
            description = "Id of the attachment",
            example = "497790947d4666760ce38f3c00e852c71fdb66cae849bae8e9ede352719e1581",
        ),
        SizeQuery,
        (
            "Range" = Option<String>,
            Header,
            description = "Bytes of the file to answer with, `bytes=1000-`; not of a small picture. Of several parts, or \
                           of what is no range of bytes, it is answered whole.",
        ),
        (
            "If-Range" = Option<String>,
            Header,
            description = "ETag of the file that the part is to be of: without it, or of another, the file is answered whole.",
        ),
    ),
    responses(
        (
            status = 200,
            description = "The file",
            content(
                (inline(FileBytes) = "image/jpeg"),
                (inline(FileBytes) = "image/png"),
                (inline(FileBytes) = "image/webp"),
                (inline(FileBytes) = "application/pdf"),
            ),
            headers(
                ("ETag" = String, description = "Tag of the file: its id, and the size of a small picture."),
                (
                    "Content-Disposition" = String,
                    description = "`inline` of a picture, `attachment` of a PDF, with a name for the file."
                ),
                ("Accept-Ranges" = String, description = "`bytes`: parts of the file can be asked for."),
                (
                    "Cache-Control" = String,
                    description = "Up to a year of what everybody sees, for its content never changes; else `private, no-cache`."
                ),
            ),
        ),
    ),
)]
#[get("/attachments/{id}")]
pub async fn show_attachment(
    db: Data<Db>,
    store: Data<Store>,
    request: HttpRequest,
    query: Query<SizeQuery>,
    id: Code<AttachmentId>,
) -> Result<HttpResponse, Problem> {
    let Query(SizeQuery { thumbnail }) = query;
    let (id, caller) = (id.0.to_string(), request.extensions().get::<Caller>().cloned());
    let Seen { row, is_public } =
        db.read(move |conn| attachments::find(conn, caller.as_ref(), &id)).await?.data;
    let media_type = thumbnail.map_or(row.media_type, |_| MediaType::Jpeg);
    format::takes(&request, media_type.as_str())?;
    if thumbnail.is_some() && !row.media_type.is_picture() {
        let invalid = Invalid::new("no_picture", "PDF 没有缩略图", "is a size of pictures; this is a PDF");
        return Err(Error::from(Fault::parameter("thumbnail", invalid)).into());
    }
    let size = thumbnail.map_or_else(String::new, |Edge(edge)| format!("-{edge}"));
    let etag = EntityTag::new_strong(format!("{}{size}", row.id));
    let unchanged = match condition::of_read(&request, &etag) {
        Verdict::Failed(why) => return Err(Error::Stale(why).into()),
        verdict => matches!(verdict, Verdict::Unchanged),
    };
    let mut response = HttpResponse::build(if unchanged { StatusCode::NOT_MODIFIED } else { StatusCode::OK });
    response.insert_header((header::CACHE_CONTROL, if is_public { PUBLIC } else { PRIVATE }));
    response.insert_header((header::ETAG, etag.to_string()));
    if !is_public {
        response.insert_header((header::VARY, "authorization"));
    }
    if unchanged {
        return Ok(response.finish());
    }
    let opened = match thumbnail {
        Some(Edge(edge)) => files::thumbnail(&store, &row, edge).await?,
        None => {
            let size = u64::try_from(row.size_bytes).unwrap_or_default();
            let part = range::asked_for(&request, &etag, size)?;
            if let Some(part) = &part {
                let told = format!("bytes {}-{}/{size}", part.start, part.end - 1);
                response.status(StatusCode::PARTIAL_CONTENT).insert_header((header::CONTENT_RANGE, told));
            }
            response.insert_header((header::ACCEPT_RANGES, "bytes"));
            files::file(&store, &row, part).await?
        }
    };
    let disposition = if media_type.is_picture() { "inline" } else { "attachment" };
    let name = format!("{}{size}.{}", &row.id[..16], media_type.ending());
    Ok(response
        .insert_header((header::CONTENT_TYPE, media_type.as_str()))
        .insert_header((header::CONTENT_DISPOSITION, format!("{disposition}; filename=\"{name}\"")))
        .body(SizedStream::new(opened.size_bytes, opened.pieces.map_ok(Bytes::from))))
}
