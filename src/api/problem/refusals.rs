//! What a request is refused for before any data are looked at: its syntax, head, size, key, method and formats.

use actix_web::http::header::{self, HeaderName};
use actix_web::http::{Method, StatusCode};

use super::Problem;
use super::kinds::*;
use crate::domain::access::KeyRole;
use crate::error::{Fault, Invalid, Place, Text};

impl Problem {
    /// A request whose syntax is broken.
    pub fn malformed(invalid: Invalid) -> Problem {
        Problem::new(&MALFORMED_REQUEST, invalid.message)
    }

    /// A parameter that cannot even be read.
    pub fn malformed_parameter(name: &str, invalid: Invalid) -> Problem {
        Problem::of_faults(&MALFORMED_REQUEST, vec![Fault::parameter(name, invalid)])
    }

    /// A body that cannot be read, and the JSON pointer to where.
    pub fn malformed_body(pointer: String, invalid: Invalid) -> Problem {
        Problem::of_faults(&MALFORMED_REQUEST, vec![Fault { place: Place::Pointer(pointer), invalid }])
    }

    /// A request that came too slowly.
    pub fn request_timeout() -> Problem {
        Problem::explained(&REQUEST_TIMEOUT)
    }

    /// What the server's parser refused with this status.
    pub fn unreadable(status: StatusCode) -> Problem {
        match status {
            StatusCode::REQUEST_TIMEOUT => Problem::request_timeout(),
            StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE => Problem::explained(&HEAD_TOO_LARGE),
            _ => Problem::new(
                &MALFORMED_REQUEST,
                Text::new(
                    "收到的不是可读的 HTTP/1.1 请求：请检查请求行（地址须百分号编码，不超过 64 KiB）、各请求头、Host，以及 Content-Length 和 Transfer-Encoding",
                    "This is no request of HTTP/1.1 that can be read: look at its first line (the address is percent-encoded and has at most 64 KiB), its headers, Host, Content-Length and Transfer-Encoding.",
                ),
            ),
        }
    }

    /// A body of more than `limit` bytes.
    pub fn too_large(limit: usize) -> Problem {
        let (zh, en) = (
            format!("请求体超过 {limit} 字节"),
            format!("The body, as sent or as decompressed, is larger than {limit} bytes."),
        );
        Problem::new(&TOO_LARGE, Text::new(zh, en))
    }

    /// A body whose coding is none of the `known`, or is put on another.
    pub fn unsupported_coding(known: &str) -> Problem {
        let (zh, en) = (
            format!("Content-Encoding 只能是一个，可用：{known}"),
            format!("A body has one Content-Encoding at most, of {known}."),
        );
        Problem::new(&UNSUPPORTED_MEDIA_TYPE, Text::new(zh, en)).with(header::ACCEPT_ENCODING, known)
    }

    /// A request over the rate of its client.
    pub fn too_many_requests() -> Problem {
        Problem::explained(&TOO_MANY_REQUESTS)
    }

    /// A client that has as much under way as it may.
    pub fn too_many_at_once() -> Problem {
        let (zh, en) = (
            "该地址或密钥正在进行的汇总或下载已达上限，请待其完成后再试",
            "This address or key has as many roll-ups or downloads under way as it may: let one of them end first.",
        );
        Problem::new(&TOO_MANY_REQUESTS, Text::new(zh, en))
    }

    /// Parameters that are unknown (first choice) or malformed. `faults` is not empty.
    pub fn parameters(faults: Vec<Fault>) -> Problem {
        let unknown = faults.iter().any(|fault| fault.invalid.code == "unknown_parameter");
        Problem::of_faults(if unknown { &UNKNOWN_PARAMETER } else { &INVALID_PARAMETER }, faults)
    }

    /// A path that leads nowhere.
    pub fn no_such_path(path: &str) -> Problem {
        let detail = Text::new(format!("没有地址 {path}"), format!("There is nothing at {path}."));
        Problem::new(&NOT_FOUND, detail)
    }

    /// A method that the path does not take; `allow` lists those it takes.
    pub fn method_not_allowed(method: &Method, allow: String) -> Problem {
        let (zh, en) = (
            format!("该地址不支持 {method}，可用：{allow}"),
            format!("{method} is not taken here; use {allow}."),
        );
        Problem::new(&METHOD_NOT_ALLOWED, Text::new(zh, en)).with(header::ALLOW, allow)
    }

    /// No key where one is needed, or none that is valid.
    pub fn unauthorized(given: bool) -> Problem {
        let (detail, challenge) = if given {
            (
                Text::new("密钥无效、已过期或已撤销", "The key is unknown, expired or revoked."),
                ", error=\"invalid_token\"",
            )
        } else {
            (Text::new("本操作需要密钥", "This operation needs a key."), "")
        };
        let challenge = format!("Bearer realm=\"taizhang\"{challenge}");
        Problem::new(&UNAUTHORIZED, detail).with(header::WWW_AUTHENTICATE, challenge)
    }

    /// A role that the operation needs and the caller has not.
    pub fn needs_role(role: KeyRole) -> Problem {
        let (zh, en) =
            (format!("需要 {role} 或更高角色"), format!("The role {role} or a higher one is needed."));
        Problem::new(&FORBIDDEN, Text::new(zh, en))
    }

    /// A body of a type that the operation does not take.
    pub fn unsupported_media_type(taken: &str) -> Problem {
        let (zh, en) = (format!("应为 {taken}"), format!("The body must be {taken}."));
        Problem::new(&UNSUPPORTED_MEDIA_TYPE, Text::new(zh, en))
    }

    /// A file of a type that is not taken.
    pub fn unsupported_file(taken: &str) -> Problem {
        let (zh, en) =
            (format!("文件内容应为 {taken}"), format!("The content of the file must be one of {taken}."));
        Problem::new(&UNSUPPORTED_MEDIA_TYPE, Text::new(zh, en))
    }

    /// A header that cannot be read.
    pub fn malformed_header(name: &HeaderName, invalid: Invalid) -> Problem {
        Problem::malformed_parameter(name.as_str(), invalid)
    }

    /// A part of a file that has none of its bytes.
    pub fn no_such_range(size: u64) -> Problem {
        let (zh, en) = (format!("文件共 {size} 字节"), format!("The file has {size} bytes."));
        Problem::new(&RANGE_NOT_SATISFIABLE, Text::new(zh, en))
            .with(header::CONTENT_RANGE, format!("bytes */{size}"))
    }

    /// An Accept header that no format satisfies.
    pub fn not_acceptable(known: &str) -> Problem {
        let (zh, en) =
            (format!("可提供的格式：{known}"), format!("The formats that can be given are {known}."));
        Problem::new(&NOT_ACCEPTABLE, Text::new(zh, en))
    }
}
