//! The pages behind the types of problem documents.

use crate::api::problem::kinds::KINDS;

/// The page that explains a problem type, if there is such a type.
pub fn page(slug: &str) -> Option<String> {
    let kind = KINDS.iter().find(|kind| kind.slug == slug)?;
    let (title_zh, title_en) = kind.title;
    let (why_zh, why_en) = kind.explanation;
    let status = kind.status.as_u16();
    Some(format!(
        "<!doctype html><html lang=\"zh-CN\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>{slug} · {title_zh}</title></head>\
         <body><main><h1>{title_zh}</h1><p>HTTP {status} · <code>{slug}</code></p><p>{why_zh}</p>\
         <section lang=\"en\"><h2>{title_en}</h2><p>{why_en}</p></section></main></body></html>\n"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_has_a_page_of_its_own() {
        let slugs: std::collections::BTreeSet<_> = KINDS.iter().map(|kind| kind.slug).collect();
        assert_eq!(slugs.len(), KINDS.len());
        for slug in slugs {
            assert!(page(slug).is_some_and(|page| page.contains(slug)));
        }
        assert_eq!(page("nonsense"), None);
    }
}
