//! The words behind the unit of a figure: qualifiers, and words that close it.

use super::qualifier::{Around, Change};
use crate::domain::quantity::Comparator;

#[derive(Clone, Copy)]
enum Meaning {
    Nothing,
    Is(Comparator),
    /// The figure is a growth.
    Grows,
    /// There are two figures.
    Spans,
}

/// Words after the unit. A word that ends like a shorter one stands before it.
const WORDS: [(&str, Meaning); 23] = [
    ("左右", Meaning::Is(Comparator::About)),
    ("上下", Meaning::Is(Comparator::About)),
    ("(含)以下", Meaning::Is(Comparator::AtMost)),
    ("以下(含)", Meaning::Is(Comparator::AtMost)),
    ("及以下", Meaning::Is(Comparator::AtMost)),
    ("以下", Meaning::Is(Comparator::AtMost)),
    ("(含)以内", Meaning::Is(Comparator::AtMost)),
    ("以内", Meaning::Is(Comparator::AtMost)),
    ("之内", Meaning::Is(Comparator::AtMost)),
    ("(含)以上", Meaning::Is(Comparator::AtLeast)),
    ("以上(含)", Meaning::Is(Comparator::AtLeast)),
    ("及以上", Meaning::Is(Comparator::AtLeast)),
    ("以上", Meaning::Is(Comparator::AtLeast)),
    ("之间", Meaning::Spans),
    ("不等", Meaning::Spans),
    ("大关", Meaning::Nothing),
    ("关口", Meaning::Nothing),
    ("元整", Meaning::Nothing),
    ("圆整", Meaning::Nothing),
    ("角整", Meaning::Nothing),
    ("的增长", Meaning::Grows),
    ("的增速", Meaning::Grows),
    ("增长", Meaning::Grows),
];

/// Takes the words after the unit off the text; what is left are the figure and its unit.
pub(super) fn take<'a>(text: &'a str, around: &mut Around) -> &'a str {
    let mut rest = text.trim();
    while let Some((before, word, meaning)) =
        WORDS.iter().find_map(|&(word, meaning)| Some((rest.strip_suffix(word)?, word, meaning)))
    {
        // A word that says nothing of 元 leaves it there.
        let closes = word.ends_with('整');
        rest = if closes { &rest[..rest.len() - '整'.len_utf8()] } else { before.trim_end() };
        match meaning {
            Meaning::Nothing => {}
            Meaning::Is(comparator) => around.comparators.push(comparator),
            Meaning::Grows => around.changes(Change::Rise),
            Meaning::Spans => around.spans = true,
        }
    }
    rest
}

/// Whether such a word is left in the words of a unit, where none can be read.
pub(super) fn is_in(unit: &str) -> bool {
    let qualifies = |meaning: &Meaning| matches!(meaning, Meaning::Is(_));
    WORDS.iter().any(|(word, meaning)| qualifies(meaning) && unit.contains(word))
}
