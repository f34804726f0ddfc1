//! The words that qualify a figure, and which comparator each means. 余 and 多 stand inside the
//! figure and are read with it, in `figure.rs`.

use crate::domain::codes::Role;
use crate::domain::quantity::Comparator;
use crate::error::Invalid;

#[derive(Clone, Copy)]
enum Meaning {
    /// Introduces the figure and says nothing of it.
    Nothing,
    /// At least in a target; in everything else it introduces the figure.
    Reaches,
    Is(Comparator),
}

/// Words before the number. A word that begins like a shorter one stands before it.
const BEFORE: [(&str, Meaning); 19] = [
    ("共计", Meaning::Nothing),
    ("合计", Meaning::Nothing),
    ("共", Meaning::Nothing),
    ("达到", Meaning::Reaches),
    ("达", Meaning::Reaches),
    ("约", Meaning::Is(Comparator::About)),
    ("将近", Meaning::Is(Comparator::Less)),
    ("接近", Meaning::Is(Comparator::Less)),
    ("近", Meaning::Is(Comparator::Less)),
    ("不足", Meaning::Is(Comparator::Less)),
    ("不满", Meaning::Is(Comparator::Less)),
    ("低于", Meaning::Is(Comparator::Less)),
    ("不超过", Meaning::Is(Comparator::AtMost)),
    ("不少于", Meaning::Is(Comparator::AtLeast)),
    ("不低于", Meaning::Is(Comparator::AtLeast)),
    ("至少", Meaning::Is(Comparator::AtLeast)),
    ("超过", Meaning::Is(Comparator::More)),
    ("突破", Meaning::Is(Comparator::More)),
    ("逾", Meaning::Is(Comparator::More)),
];

/// Words after the unit.
const AFTER: [(&str, Comparator); 5] = [
    ("左右", Comparator::About),
    ("上下", Comparator::About),
    ("以下", Comparator::AtMost),
    ("以内", Comparator::AtMost),
    ("以上", Comparator::AtLeast),
];

/// Words directly after the number or its multiplier: a little more than it.
pub(super) const MORE: [char; 2] = ['余', '多'];

/// Takes the qualifiers before the number off the text.
pub(super) fn take_before(text: &str, role: Role) -> (Vec<Comparator>, &str) {
    let mut said = Vec::new();
    let mut rest = text;
    while let Some((after, meaning)) =
        BEFORE.iter().find_map(|&(word, meaning)| Some((rest.strip_prefix(word)?, meaning)))
    {
        match meaning {
            Meaning::Is(comparator) => said.push(comparator),
            Meaning::Reaches if role == Role::Target => said.push(Comparator::AtLeast),
            Meaning::Reaches | Meaning::Nothing => {}
        }
        rest = after.trim_start();
    }
    (said, rest)
}

/// Takes the qualifiers after the unit off the text; what is left is the unit.
pub(super) fn take_after<'a>(text: &'a str, said: &mut Vec<Comparator>) -> &'a str {
    let mut rest = text.trim();
    while let Some((before, comparator)) =
        AFTER.iter().find_map(|&(word, is)| Some((rest.strip_suffix(word)?, is)))
    {
        said.push(comparator);
        rest = before.trim_end();
    }
    rest
}

/// Whether a qualifier is left in the words of a unit, where none can be read.
pub(super) fn is_in(unit: &str) -> bool {
    let mut words = BEFORE.iter().map(|&(word, _)| word).chain(AFTER.iter().map(|&(word, _)| word));
    unit.contains(MORE) || words.any(|word| unit.contains(word))
}

/// The one comparator that all qualifiers mean; none when there is no qualifier.
///
/// Errors: `ambiguous_qualifier` when they mean different ones.
pub(super) fn agreed(said: &[Comparator], text: &str) -> Result<Option<Comparator>, Invalid> {
    match said {
        [] => Ok(None),
        [first, others @ ..] if others.iter().all(|other| other == first) => Ok(Some(*first)),
        _ => Err(ambiguous(text)),
    }
}

/// The refusal of words whose qualifiers disagree.
pub(super) fn ambiguous(text: &str) -> Invalid {
    Invalid::new(
        "ambiguous_qualifier",
        format!("“{text}”中的限定词相互矛盾，请只用一个，或分别给出数值、比较符和上下限"),
        format!("the qualifiers in “{text}” disagree; use one, or give value, comparator and bounds instead"),
    )
}
