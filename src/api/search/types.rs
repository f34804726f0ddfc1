//! Hits of a search as they go over the wire.

use serde::Serialize;
use utoipa::ToSchema;

use crate::db::search::{DocumentRow, HitKey};
use crate::domain::area_code::AreaCode;
use crate::domain::codes::HitKind;
use crate::domain::fold;
use crate::exchange::table::Tabular;

/// Characters shown on either side of what was found.
const AROUND: usize = 20;

/// Something that a search found.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Hit {
    /// Kind of the thing.
    pub kind: HitKind,
    /// Its code.
    #[schema(example = "longtouba-reservoir")]
    pub code: String,
    /// Its name.
    #[schema(example = "龙头坝水库除险加固工程")]
    pub name: String,
    /// Code of its area, the first of several; null for a metric.
    pub area: Option<AreaCode>,
    /// The words around what was found, from the name or the description.
    pub snippet: String,
    /// Place in the list.
    #[serde(skip)]
    pub key: HitKey,
}

impl Tabular for Hit {
    const COLUMNS: &'static [&'static str] = &["kind", "code", "name", "area", "snippet"];
}

impl Hit {
    /// A hit of a search for `q`.
    pub fn new(rank: u8, row: DocumentRow, area: Option<AreaCode>, q: &str) -> Hit {
        let DocumentRow { id: _, kind, key: code, name, body } = row;
        let terms = fold::terms(q);
        let snippet =
            snippet(&name, &terms).or_else(|| snippet(&body, &terms)).unwrap_or_else(|| name.clone());
        Hit { kind, key: (rank, kind, code.clone()), code, name, area, snippet }
    }
}

/// The part of a text around the first term that is in it.
fn snippet(text: &str, terms: &[String]) -> Option<String> {
    let chars: Vec<char> = text.chars().collect();
    // Folding may change lengths, so the place is found character by character.
    let folded: Vec<String> = chars.iter().map(|sign| fold::fold(&sign.to_string())).collect();
    let found = (0..chars.len()).find(|&start| {
        let rest: String = folded[start..].iter().take(AROUND * 2).map(String::as_str).collect();
        !folded[start].is_empty() && terms.iter().any(|term| rest.starts_with(&term.replace(' ', "")))
    })?;
    let (from, to) = (found.saturating_sub(AROUND), (found + AROUND).min(chars.len()));
    let cut: String = chars[from..to].iter().collect();
    let (before, after) = (if from > 0 { "…" } else { "" }, if to < chars.len() { "…" } else { "" });
    Some(format!("{before}{cut}{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_snippet_shows_what_was_found_and_a_little_around_it() {
        let text = format!("{}水库{}", "前".repeat(30), "后".repeat(30));
        let cut = snippet(&text, &["水库".to_owned()]).expect("found");
        assert_eq!(cut, format!("…{}水库{}…", "前".repeat(20), "后".repeat(18)));
        assert_eq!(snippet("Ｇ１０７国道", &["g107".to_owned()]).as_deref(), Some("Ｇ１０７国道"));
        assert_eq!(snippet("别处", &["水库".to_owned()]), None);
    }
}
