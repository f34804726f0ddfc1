//! Folding of text for search: width and other compatible forms, case, and white space, so that
//! ＧＤＰ, gdp and Gdp are one word.

use std::collections::BTreeSet;

use unicode_normalization::UnicodeNormalization;

/// The folded form of a text: compatible forms united (NFKC), lower case, white space as one space.
pub fn fold(text: &str) -> String {
    let united: String = text.nfkc().flat_map(char::to_lowercase).collect();
    united.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The words of a query, folded: white space between them means "and".
pub fn terms(query: &str) -> Vec<String> {
    fold(query).split(' ').filter(|term| !term.is_empty()).map(str::to_owned).collect()
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
        assert_eq!(terms(" 水库  S508 "), ["水库", "s508"]);
        assert_eq!(needed_grams("水"), ["水"]);
        assert_eq!(needed_grams("水库坝"), ["库坝", "水库"]);
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
            for gram in terms(&piece).iter().flat_map(|term| needed_grams(term)) {
                prop_assert!(have.contains(&gram), "{:?} lacks {:?}", have, gram);
            }
        }
    }
}
