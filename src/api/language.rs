//! The two languages of the service, and which of them a request prefers.

use actix_web::HttpRequest;

/// A language of the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Language {
    /// Chinese, the default.
    Chinese,
    /// English.
    English,
}

impl Language {
    /// The language that Accept-Language prefers; Chinese when it says nothing of either.
    pub fn of(request: &HttpRequest) -> Language {
        use actix_web::http::header::{AcceptLanguage, Header, Quality};
        let Ok(accepted) = AcceptLanguage::parse(request) else { return Language::Chinese };
        let mut preferred: Vec<_> = accepted.iter().filter(|one| one.quality > Quality::ZERO).collect();
        preferred.sort_by_key(|one| std::cmp::Reverse(one.quality));
        for one in preferred {
            let tag = one.item.to_string().to_ascii_lowercase();
            match tag.split('-').next() {
                Some("en") => return Language::English,
                Some("zh" | "*") => return Language::Chinese,
                _ => {}
            }
        }
        Language::Chinese
    }

    /// The sentence in this language.
    pub fn pick<'a>(self, zh: &'a str, en: &'a str) -> &'a str {
        match self {
            Language::Chinese => zh,
            Language::English => en,
        }
    }

    /// The language's tag, for Content-Language.
    pub fn tag(self) -> &'static str {
        self.pick("zh-CN", "en")
    }
}
