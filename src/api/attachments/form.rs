//! The body of an upload: a form with one file.

use actix_multipart::{Multipart, MultipartError};
use actix_web::dev::Payload;
use actix_web::web::Bytes;
use actix_web::{HttpMessage, HttpRequest};
use futures_util::{StreamExt, TryStreamExt, stream};

use crate::api::payload::{self, Limits};
use crate::api::problem::Problem;
use crate::error::{Error, Fault, Invalid};

/// The media type of the form.
const FORM: &str = "multipart/form-data";

/// Largest file, in bytes.
pub const LARGEST: usize = 10 << 20;

/// What may stand around the file.
const AROUND: usize = 64 << 10;

/// Reads the one file of a form.
///
/// Errors: `unsupported_media_type` of another body; `too_large`; `malformed_request` of a form that is broken or
/// has no file or several, `unknown_parameter` of another field; `invalid_value` of an empty file.
pub async fn read(request: &HttpRequest, body: &mut Payload) -> Result<Vec<u8>, Problem> {
    let is_form = request.mime_type().ok().flatten().is_some_and(|given| given.essence_str() == FORM);
    if !is_form {
        return Err(Problem::unsupported_media_type(FORM));
    }
    let limits = request.app_data::<Limits>().copied().unwrap_or_default();
    let body = payload::read(request, body, &Limits { bytes: LARGEST + AROUND, ..limits }).await?;
    let mut fields = Multipart::new(request.headers(), stream::iter([Ok(body)]));
    let mut file: Option<Vec<u8>> = None;
    while let Some(mut field) = fields.next().await.transpose().map_err(broken)? {
        match field.name() {
            Some("file") if file.is_none() => {
                let mut content = Vec::new();
                while let Some(piece) = field.try_next().await.map_err(broken)? as Option<Bytes> {
                    content.extend_from_slice(&piece);
                }
                file = Some(content);
            }
            Some("file") => {
                return Err(malformed("/file", "duplicate_member", "文件只能有一个", "is given twice"));
            }
            other => {
                let pointer = format!("/{}", other.unwrap_or_default().replace('~', "~0").replace('/', "~1"));
                return Err(malformed(
                    &pointer,
                    "unknown_member",
                    "表单没有这个字段",
                    "is no field of the form",
                ));
            }
        }
    }
    let file = file.ok_or_else(|| malformed("/file", "missing", "缺少文件", "is missing"))?;
    match file.len() {
        0 => Err(Error::from(Fault::pointer("/file", Invalid::new("empty", "文件为空", "is empty"))).into()),
        size if size > LARGEST => Err(Problem::too_large(LARGEST)),
        _ => Ok(file),
    }
}

fn malformed(pointer: &str, code: &'static str, zh: &str, en: &str) -> Problem {
    Error::Malformed(vec![Fault::pointer(pointer, Invalid::new(code, zh, en))]).into()
}

fn broken(error: MultipartError) -> Problem {
    let zh = "表单无法读取：应为 multipart/form-data，有分隔符，各字段有名称";
    malformed("", "broken_form", zh, &format!("the form cannot be read: {error}"))
}
