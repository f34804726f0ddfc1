//! Texts: folded for search, and cut into paragraphs.

#![no_main]

use libfuzzer_sys::fuzz_target;
use taizhang::domain::fold::{Terms, fold, grams, needed_grams};
use taizhang::domain::prose::{Span, holds, paragraphs};

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
    let all = paragraphs(text);
    for (number, paragraph) in (1..).zip(&all) {
        let Span { paragraph: own, start, end: last } = paragraph.span;
        let (start, last) = (start as usize, last as usize);
        assert_eq!(own, number);
        assert!(blank(&chars[end..start]), "a line is left out before paragraph {number}");
        assert!(chars[start..last].iter().eq(&paragraph.text.chars().collect::<Vec<_>>()));
        assert!(!paragraph.text.contains('\n') && !paragraph.text.trim().is_empty());
        assert!(holds(&all, paragraph.span, paragraph.text), "paragraph {number} does not hold itself");
        end = last;
    }
    assert!(blank(&chars[end..]), "the last lines are left out");
});

fn blank(chars: &[char]) -> bool {
    chars.iter().all(|char| char.is_whitespace())
}
