//! Folding of text for search: width and other compatible forms, case, and white space, so that
//! ＧＤＰ, gdp and Gdp are one word.

use std::collections::BTreeSet;
use std::str::FromStr;

use unicode_normalization::UnicodeNormalization;

use super::text;
use crate::error::Invalid;

/// The folded form of a text: compatible forms united (NFKC), lower case, white space as one space.
pub fn fold(text: &str) -> String {
    // United again: ẖ is one character, while its capital, H̱, has to be two.
    let united: String = text.nfkc().flat_map(char::to_lowercase).nfkc().collect();
    united.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The words of a search, folded, each once; white space between them means "and". Bounded, because
/// every word is a condition of the query: at most 10 words of together 100 characters.
#[derive(Debug, Clone, Default, PartialEq, Eq, utoipa::ToSchema)]
#[schema(value_type = String, example = "水库")]
pub struct Terms(BTreeSet<String>);

impl Terms {
    const MOST: usize = 10;
    const LONGEST: usize = 100;

    /// The words.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }
}

impl FromStr for Terms {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Terms, Invalid> {
        let folded = fold(&text::label(text)?);
        let terms: BTreeSet<String> =
            folded.split(' ').filter(|term| !term.is_empty()).map(str::to_owned).collect();
        if terms.is_empty() {
            return Err(Invalid::new("empty", "缺少要查找的词", "has no word to look for"));
        }
        let length: usize = terms.iter().map(|term| term.chars().count()).sum();
        if terms.len() > Terms::MOST || length > Terms::LONGEST {
            let (zh, en) = ("最多 10 个词、共 100 个字", "takes at most 10 words of together 100 characters");
            return Err(Invalid::new("too_many_words", zh, en));
        }
        Ok(Terms(terms))
    }
}

/// Every single character and every pair of neighbouring characters of a folded text, but none
/// with white space in it.
pub fn grams(folded: &str) -> BTreeSet<String> {
    let mut grams = BTreeSet::new();
    for word in folded.split(' ') {
        let chars: Vec<char> = word.chars().collect();
        grams.extend(chars.iter().map(char::to_string));
        grams.extend(chars.windows(2).map(|pair| pair.iter().collect::<String>()));
    }
    grams
}

/// The grams that a text must have to contain `term`: its pairs, or its one character.
pub fn needed_grams(term: &str) -> Vec<String> {
    let longest = if term.chars().count() == 1 { 1 } else { 2 };
    grams(term).into_iter().filter(|gram| gram.chars().count() == longest).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn width_case_and_space_are_folded() {
        assert_eq!(fold("ＧＤＰ　总量 "), "gdp 总量");
        let terms: Terms = " 水库  S508 水库".parse().expect("words");
        assert_eq!(terms.iter().collect::<Vec<_>>(), ["s508", "水库"]);
        assert_eq!(needed_grams("水"), ["水"]);
        assert_eq!(needed_grams("水库坝"), ["库坝", "水库"]);
    }

    #[test]
    fn capitals_and_small_letters_fold_to_the_same_characters() {
        for (capital, small) in [("H\u{331}", "\u{1e96}"), ("T\u{308}", "\u{1e97}"), ("J\u{30c}", "\u{1f0}")]
        {
            assert_eq!(fold(capital), small);
            assert_eq!(fold(small), small);
        }
    }

    #[test]
    fn a_search_has_words_but_not_too_many() {
        assert!(" \u{3000}".parse::<Terms>().is_err());
        assert!("水 ".repeat(5000).parse::<Terms>().is_ok(), "one word is one word");
        assert!((0..11).map(|number| format!("{number} ")).collect::<String>().parse::<Terms>().is_err());
        assert!("水".repeat(101).parse::<Terms>().is_err());
        // One sign that stands for many words.
        let many: String = (0..20).map(|number| format!("\u{fdfa}{number}")).collect();
        assert!(many.parse::<Terms>().is_err());
    }

    proptest! {
        #[test]
        fn folding_twice_changes_nothing(text in "\\PC{0,40}") {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once);
        }

        #[test]
        fn a_text_has_every_gram_that_any_piece_of_it_needs(text in "[\\PC&&[^ ]]{1,20}", from in 0usize..20, len in 1usize..5) {
            let folded = fold(&text);
            let piece: String = folded.chars().skip(from).take(len).collect();
            let have = grams(&folded);
            for gram in piece.split(' ').flat_map(needed_grams) {
                prop_assert!(have.contains(&gram), "{:?} lacks {:?}", have, gram);
            }
        }
    }
}
