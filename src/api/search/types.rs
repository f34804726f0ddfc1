//! Hits of a search as they go over the wire.

use serde::Serialize;
use utoipa::ToSchema;

use crate::db::search::{DocumentRow, HitKey};
use crate::domain::area_code::AreaCode;
use crate::domain::codes::HitKind;
use crate::domain::fold::{self, Terms};
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

impl Tabular for Hit {}

impl Hit {
    /// A hit of a search for `q`.
    pub fn new(rank: u8, row: DocumentRow, area: Option<AreaCode>, q: &Terms) -> Hit {
        let DocumentRow { id: _, kind, key: code, name, body } = row;
        let snippet = snippet(&name, q).or_else(|| snippet(&body, q)).unwrap_or_else(|| name.clone());
        Hit { kind, key: (rank, kind, code.clone()), code, name, area, snippet }
    }
}

/// The part of a text around the first term that is in it.
fn snippet(text: &str, terms: &Terms) -> Option<String> {
    let chars: Vec<char> = text.chars().collect();
    // Folding may change lengths: beside each folded byte stands the character that it comes from.
    let (mut folded, mut origin) = (String::new(), Vec::new());
    for (place, sign) in chars.iter().enumerate() {
        folded.push_str(&fold::fold(&sign.to_string()));
        origin.resize(folded.len(), place);
    }
    let found = terms.iter().filter_map(|term| folded.find(term)).min()?;
    let found = origin[found];
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
        let cut = snippet(&text, &"水库".parse().expect("a word")).expect("found");
        assert_eq!(cut, format!("…{}水库{}…", "前".repeat(20), "后".repeat(18)));
        assert_eq!(
            snippet("Ｇ１０７国道", &"g107".parse().expect("a word")).as_deref(),
            Some("Ｇ１０７国道")
        );
        assert_eq!(snippet("别处", &"水库".parse().expect("a word")), None);
    }
}
