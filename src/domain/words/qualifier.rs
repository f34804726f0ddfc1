//! What the words around a figure say of it: which comparator, whether a change is meant, whether two
//! figures must follow. The words before it stand in `lead.rs`, those behind it in `trail.rs`; 余, 多 and 来
//! stand inside the figure and are read with it, in `figure.rs`.

use crate::domain::quantity::Comparator;
use crate::error::Invalid;

/// What the words around a figure say together.
#[derive(Debug, Clone, Default)]
pub(super) struct Around {
    /// The qualifiers, in the order of the words.
    pub(super) comparators: Vec<Comparator>,
    /// A target that is reached (达, 达到): at least, where nothing else is said.
    pub(super) reaches: bool,
    /// The figure is a change and no level.
    pub(super) change: Option<Change>,
    /// It is compared with an earlier one, so that only a change can follow.
    pub(super) compared: bool,
    /// Its two ends are announced (之间), so that both must be there.
    pub(super) spans: bool,
    /// Two changes are spoken of, and it is open which one the figure is.
    pub(super) is_unclear: bool,
}

/// The direction of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Change {
    Rise,
    Fall,
}

impl Around {
    /// Notes a change. A second one makes the words unclear: 增速下降2%.
    pub(super) fn changes(&mut self, change: Change) {
        self.is_unclear |= self.change.replace(change).is_some();
    }
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
