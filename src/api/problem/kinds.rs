//! The problem types of the service: the status of each, and what its page says.

use actix_web::http::StatusCode;

/// A problem type of the service: its slug, status, title and explanation.
#[derive(Debug)]
pub struct Kind {
    /// Last part of the type's address, `/problems/<slug>`.
    pub slug: &'static str,
    /// Status of answers of this type.
    pub status: StatusCode,
    /// Title in Chinese and English.
    pub title: (&'static str, &'static str),
    /// When it happens and what to do, in Chinese and English.
    pub explanation: (&'static str, &'static str),
}

macro_rules! kinds {
    ($($name:ident, $slug:literal, $status:ident, $zh:literal, $en:literal, $why_zh:literal, $why_en:literal;)+) => {
        $(pub(super) static $name: Kind = Kind {
            slug: $slug,
            status: StatusCode::$status,
            title: ($zh, $en),
            explanation: ($why_zh, $why_en),
        };)+
        /// Every problem type that the service answers with, of each status the commonest first.
        pub static KINDS: &[&Kind] = &[$(&$name),+];
    };
}

kinds! {
    MALFORMED_REQUEST, "malformed_request", BAD_REQUEST, "请求无法读取", "The request cannot be read",
        "请求的语法有误，例如请求头不是 HTTP/1.1，路径或查询串不是有效的 UTF-8，或请求体不是有效的 JSON。errors 指出在哪里。",
        "The syntax of the request is broken, for example a head that is not of HTTP/1.1, a path or query that is not valid UTF-8, or a body that is not valid JSON. errors says where.";
    UNKNOWN_PARAMETER, "unknown_parameter", BAD_REQUEST, "未知参数", "Unknown parameter",
        "查询中有本操作不认识的参数。为免拼错的筛选条件悄悄返回全部数据，未知参数一律拒绝。",
        "The query has a parameter that this operation does not know. Unknown parameters are refused, so that a misspelt filter never quietly answers with everything.";
    INVALID_PARAMETER, "invalid_parameter", BAD_REQUEST, "参数无效", "Invalid parameter",
        "参数的格式有误、重复出现，或不在可用值之内。errors 指出是哪一个。", "A parameter is malformed, repeated, or not one of the values it can take. errors names it.";
    UNAUTHORIZED, "unauthorized", UNAUTHORIZED, "需要有效密钥", "A valid key is needed",
        "本操作需要密钥，或所给密钥无效、过期、已撤销。请在 Authorization 头中给出 Bearer tz_…。",
        "The operation needs a key, or the key given is unknown, expired or revoked. Send Authorization: Bearer tz_….";
    FORBIDDEN, "forbidden", FORBIDDEN, "无权操作", "Forbidden",
        "密钥的角色或区划范围不允许这个操作。OpenAPI 文档的 x-min-role 写明所需角色。",
        "The role or the area of the key does not allow this. x-min-role in the OpenAPI document says which role is needed.";
    NOT_FOUND, "not_found", NOT_FOUND, "未找到", "Not found",
        "没有这个地址，或没有登记这个代码。", "There is nothing at this address, or nothing is registered under this code.";
    METHOD_NOT_ALLOWED, "method_not_allowed", METHOD_NOT_ALLOWED, "方法不允许", "Method not allowed",
        "该地址不支持这个方法，Allow 头列出可用的方法。", "The address does not take this method; the Allow header lists those it takes.";
    NOT_ACCEPTABLE, "not_acceptable", NOT_ACCEPTABLE, "无可接受的格式", "Not acceptable",
        "Accept 头里没有本操作能提供的格式。", "The Accept header names no format that this operation can give.";
    REQUEST_TIMEOUT, "request_timeout", REQUEST_TIMEOUT, "请求发送过慢", "Request too slow",
        "请求头未在 5 秒内发完，或请求体的发送速度低于每秒 1 KiB 持续 5 秒。连接已关闭。",
        "The head was not complete within 5 seconds, or the body came slower than 1 KiB a second over 5 seconds. The connection is closed.";
    HEAD_TOO_LARGE, "head_too_large", REQUEST_HEADER_FIELDS_TOO_LARGE, "请求头过大", "Head too large",
        "请求头超过 96 项或 128 KiB。连接已关闭。", "The head of the request has more than 96 headers or 128 KiB. The connection is closed.";
    TOO_LARGE, "too_large", PAYLOAD_TOO_LARGE, "请求体过大", "Too large",
        "请求体（解压前或解压后）超过本服务的上限。", "The body, as sent or as decompressed, is larger than this service takes.";
    UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", UNSUPPORTED_MEDIA_TYPE, "不支持的媒体类型", "Unsupported media type",
        "Content-Type 或文件内容不是本操作接受的类型，或 Content-Encoding 不是 gzip、br、zstd、deflate 之一。",
        "The Content-Type, or the content of the file, is not one that this operation takes, or the Content-Encoding is not one of gzip, br, zstd and deflate.";
    RANGE_NOT_SATISFIABLE, "range_not_satisfiable", RANGE_NOT_SATISFIABLE, "范围超出文件", "Range not satisfiable",
        "Range 头要的字节都在文件末尾之后，Content-Range 头给出文件大小。", "The bytes that Range asks for all lie behind the end of the file; Content-Range tells its size.";
    CONFLICT, "conflict", CONFLICT, "冲突", "Conflict",
        "代码已被占用，或与现有数据冲突。", "The code is taken, or the data conflict with what is stored.";
    IN_USE, "in_use", CONFLICT, "正在使用", "In use",
        "还有数据引用它，不能删除或这样修改。errors 列出引用者。", "Other data refer to it, so that it cannot be deleted or changed like this. errors lists them.";
    ILLEGAL_TRANSITION, "illegal_transition", CONFLICT, "不允许的状态变更", "Illegal transition",
        "从当前状态不能转到所要求的状态，errors 列出可转到的状态。", "There is no way from the present state to the one asked for; errors lists those that can be moved to.";
    BOOKMARK_GONE, "bookmark_gone", GONE, "变更游标已失效", "The bookmark is gone",
        "变更游标来自另一套数据：数据库已从备份恢复或已更换，或密钥的权限已变。请不带 since 重新读取全部现状，并以此替换本地数据。",
        "The bookmark is of other data: the database was restored from a backup or is another one, or the key sees something else now. Begin again without since, and put the whole current state in the place of what you hold.";
    STALE, "stale", PRECONDITION_FAILED, "版本已变", "Stale",
        "数据在您读取之后已被修改（If-Match 不符），或已存在（If-None-Match）。请重新读取后再试。",
        "The row has changed since you read it (If-Match), or is there already (If-None-Match). Read it again and retry.";
    PRECONDITION_REQUIRED, "precondition_required", PRECONDITION_REQUIRED, "需要前提条件", "Precondition required",
        "修改和删除须带 If-Match（读取时得到的 ETag），新建用 PUT 时须带 If-None-Match: *。",
        "Changing and deleting need If-Match with the ETag of what was read; creating by PUT needs If-None-Match: *.";
    INVALID_VALUE, "invalid_value", UNPROCESSABLE_ENTITY, "值不成立", "Invalid value",
        "请求读得懂，但其中的值不成立，例如引用了没有登记的区划或指标。", "The request can be read, but a value in it does not hold, for example a reference to an area or metric that is not registered.";
    IDEMPOTENCY_MISMATCH, "idempotency_mismatch", UNPROCESSABLE_ENTITY, "幂等键不符", "Idempotency mismatch",
        "这个 Idempotency-Key 已用于内容不同的请求。", "This Idempotency-Key was used by a request that said something else.";
    UNIT_INCOMPATIBLE, "unit_incompatible", UNPROCESSABLE_ENTITY, "单位不能换算", "Incompatible unit",
        "两个计量单位量纲不同，不能换算。", "The two units are of different dimensions and do not convert.";
    NOT_AGGREGABLE, "not_aggregable", UNPROCESSABLE_ENTITY, "不能汇总", "Not aggregable",
        "指标的汇总规则不允许这样汇总，例如比率不能相加或取平均。errors 指出缺少什么。",
        "The rules of the metric do not allow this roll-up: a rate, for example, is neither summed nor averaged. errors says what is missing.";
    OVERFLOW, "overflow", UNPROCESSABLE_ENTITY, "数值溢出", "Overflow",
        "计算结果超出可表示的范围（绝对值小于 10^12）。", "The result lies outside of what can be held (magnitude below 10^12).";
    TOO_MANY_REQUESTS, "too_many_requests", TOO_MANY_REQUESTS, "请求过多", "Too many requests",
        "该地址或密钥的请求超过速率上限，或正在进行的汇总、下载过多，请按 Retry-After 稍后重试。RateLimit-Policy 头给出速率上限。",
        "This address or key sent more requests than its rate allows, or has too many roll-ups or downloads under way; retry after the time in Retry-After. The RateLimit-Policy header tells the rate.";
    UNAVAILABLE, "unavailable", SERVICE_UNAVAILABLE, "暂不可用", "Unavailable",
        "数据库或附件存储暂时繁忙、无法连接或无法写入，请按 Retry-After 稍后重试。下载整理过久也会中止：请改为分页读取。",
        "The database or the store of attachments is busy, out of reach or cannot be written; retry after the time in Retry-After. A download that takes too long to be put together is given up as well: read it page by page.";
    INTERNAL, "internal", INTERNAL_SERVER_ERROR, "内部错误", "Internal error",
        "服务内部出错，已记录。请附上 request_id 联系运维。", "Something failed inside the service and was logged. Give the request_id to its operator.";
}
