//! Texts: folded for search, and cut into paragraphs.

#![no_main]

use libfuzzer_sys::fuzz_target;
use taizhang::api::reports::types::paragraphs;
use taizhang::domain::fold::{Terms, fold, grams, needed_grams};

fuzz_target!(|text: &str| {
    let folded = fold(text);
    assert_eq!(fold(&folded), folded, "folding twice changes something");
    if let Ok(terms) = text.parse::<Terms>() {
        let have = grams(&folded);
        for term in terms.iter() {
            assert!(!term.is_empty() && folded.contains(term));
            assert!(needed_grams(term).iter().all(|gram| have.contains(gram)), "{term} is not found");
        }
    }
    let chars: Vec<char> = text.chars().collect();
    let mut end = 0;
    for (number, paragraph) in (1..).zip(paragraphs(text)) {
        assert_eq!(paragraph.paragraph, number);
        assert!(blank(&chars[end..paragraph.start]), "a line is left out before paragraph {number}");
        assert!(chars[paragraph.start..paragraph.end].iter().eq(&paragraph.text.chars().collect::<Vec<_>>()));
        assert!(!paragraph.text.contains('\n') && !paragraph.text.trim().is_empty());
        end = paragraph.end;
    }
    assert!(blank(&chars[end..]), "the last lines are left out");
});

fn blank(chars: &[char]) -> bool {
    chars.iter().all(|char| char.is_whitespace())
}
