//! Moves from one word of a code list to another: whether there is such a move.

use crate::error::Error;

/// Checks that a state can follow another, given those that can and the word of each.
///
/// Errors: `IllegalTransition` with those that can.
pub fn check<S: Copy + PartialEq>(
    from: S,
    to: S,
    next: &[S],
    word: impl Fn(S) -> &'static str,
) -> Result<(), Error> {
    if next.contains(&to) {
        return Ok(());
    }
    let allowed = next.iter().map(|&state| word(state)).collect();
    Err(Error::IllegalTransition { from: word(from), to: word(to), allowed })
}
