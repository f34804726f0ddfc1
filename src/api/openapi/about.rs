//! What the OpenAPI document says of the service as a whole.

use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{Contact, Info, License, OpenApi, OpenApiBuilder, Server};

const TAGS: &[(&str, &str)] = &[
    ("villages", "Villages 村 and communities 社区, and what they are known for."),
    ("areas", "Administrative divisions 区划 by their official statistical codes."),
    ("metrics", "The dictionary of metrics 指标: definition, unit, roll-up rules."),
    (
        "observations",
        "Observations 观测值: what sources say, with qualifiers, words and citations; their revisions.",
    ),
    (
        "statistics",
        "Statistics 统计: what the figures of a metric say together, with method, bounds and what is missing.",
    ),
    (
        "submissions",
        "Submissions 报送: figures that a reporter proposes and a reviewer publishes. They are not public.",
    ),
    ("projects", "Projects 项目 with stages, money, quantities and milestones."),
    ("plans", "Plans 计划, each a tree of items."),
    ("bulletins", "Bulletins 通报: a ranking or a scoreboard of a day, frozen for ever, on a page to print."),
    ("plan-items", "Plan items 计划事项, flat in the order of their trees."),
    ("attachments", "Attachments 附件: photos and documents that hang on progress reports."),
    ("reports", "Reports 文献, the documents that figures are taken from, and all that cites them."),
    ("units", "Units of measure 计量单位 with exact factors."),
    ("search", "Search over everything that has a name."),
    ("changes", "Changes 变更: what a copy of the data has to pull."),
    ("entries", "Entries 记账 of the ledger: who wrote what, when and why."),
    ("api-keys", "API keys 密钥 with role, area and expiry."),
    ("service", "The service itself: health, version, counters, this document, problem types."),
];

const DESCRIPTION: &str = "台账 holds what a township says of its year once: villages, metrics with their \
observations, projects and plan items, each traceable to the sentence that states it.\n\n\
**Codes.** An area is its official code, accepted with 2, 4, 6, 9 or 12 digits and always given with 12. \
`area=` is exact, `within=` is the area itself and all below.\n\n\
**Figures** keep the qualifier of their source: 90万余元 is `value` 90 with `comparator` `>` and bounds 90 and 91, \
not 90. Numbers are exact decimals.\n\n\
**Lists** answer `{\"items\": […], \"next\": cursor or null}` and a Link header. `limit` is 1 to 1000, 50 by default. \
A parameter that is a list is repeated for several values; commas separate codes too, never free texts. What \
takes one value and is repeated, and an unknown parameter, is a 400 that names it. \
`format=csv`, `ndjson` or `xlsx`, and of observations `json-stat` or `sdmx-csv`, or the media type in Accept, \
download the whole selection.\n\n\
**Problems** are `application/problem+json` (RFC 9457), in Chinese or English by Accept-Language.\n\n\
**Rates.** A client sends so many requests a second as RateLimit-Policy tells; beyond is a 429 with Retry-After. \
RateLimit tells what is left of each rate (draft-ietf-httpapi-ratelimit-headers).\n\n\
**Every answer** has the header X-Request-Id, its id in the log of the service.\n\n\
**Caching.** Every read has an ETag; send it back in If-None-Match and an unchanged answer is a 304, whatever \
else has been written since.\n\n\
**Faults** stand in `errors`, each with its place and a code. Any text can be `empty`, `too_long`, or have a \
`control_character`, a `bidirectional_control` or a `zero_width_character`; any number be `out_of_range`, any member \
`missing`, any list have `too_many` items; what something refers to can be an `unknown_reference`. Further codes stand \
with the answers of each operation.\n\n\
**Writing** needs a key, `Authorization: Bearer tz_…`; `x-min-role` says which role. PUT, PATCH and DELETE need \
If-Match with the ETag of what was read (428 without, 412 when it has changed since); PUT creates with \
If-None-Match: *. PATCH is a merge patch (RFC 7396). Both take a row as it was read: members that are read only \
may be sent back as they are, and are refused by name (400) when they are not. An Idempotency-Key makes a POST \
safe to repeat. Of several faults the first is told: unknown path or method, 401, 403, 415, 413, 400, 404, 428, \
412, 409, 422.\n\n\
**Texts** are kept in Unicode NFC without white space at their edges. Names, titles, units and other labels are one \
line, in which any white space is one blank; longer texts keep their lines, which end in LF. Control characters, \
bidirectional controls and zero-width characters are refused (422) with their place; variation selectors are kept. \
Filters compare by the same rule. The text of a report, and the words that a citation quotes from it, stay as they \
are given.";

/// The document without any operation.
pub fn base() -> OpenApi {
    // Generators name their packages after the title, so it keeps to ASCII.
    let mut info = Info::new("taizhang", env!("CARGO_PKG_VERSION"));
    info.description = Some(DESCRIPTION.to_owned());
    let mut contact = Contact::new();
    contact.name = Some("taizhang maintainers".to_owned());
    contact.url = Some("https://example.org/taizhang".to_owned());
    info.contact = Some(contact);
    let mut license = License::new("MIT");
    license.url = Some("https://opensource.org/license/mit".to_owned());
    info.license = Some(license);
    let tags = TAGS.iter().map(|(name, text)| TagBuilder::new().name(*name).description(Some(*text)).build());
    OpenApiBuilder::new()
        .info(info)
        .servers(Some([Server::new("/")]))
        .tags(Some(tags.collect::<Vec<_>>()))
        .build()
}
