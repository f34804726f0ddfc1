//! The states of a submission 报送 and the moves between them, and how weighty a check of its figures is.
//! Who may make a move is decided where the caller is known.

use super::codes::codes;
use super::transition;
use crate::error::Error;

codes! {
    /// State of a submission: 草稿, 已报送, 已批准, 已退回, 已撤回.
    SubmissionState ("报送状态", "submission state") {
        Draft = "draft" ("草稿", "Being written"),
        Submitted = "submitted" ("已报送", "Waits for a reviewer"),
        Approved = "approved" ("已批准", "Published; nothing follows"),
        Returned = "returned" ("已退回", "Back with its author, with comments"),
        Withdrawn = "withdrawn" ("已撤回", "Given up; nothing follows"),
    }
}

codes! {
    /// Weight of a check: an error blocks, a warning needs a note.
    CheckLevel ("检查级别", "check level") {
        Error = "error" ("错误", "Blocks the submission"),
        Warning = "warning" ("提醒", "Needs the note of its row"),
    }
}

impl SubmissionState {
    /// The states that can follow.
    pub const fn next(self) -> &'static [SubmissionState] {
        use SubmissionState::{Approved, Draft, Returned, Submitted, Withdrawn};
        match self {
            Draft | Returned => &[Submitted, Withdrawn],
            Submitted => &[Approved, Returned, Withdrawn],
            Approved | Withdrawn => &[],
        }
    }

    /// Checks that a state can follow.
    ///
    /// Errors: `IllegalTransition` with those that can.
    pub fn check_move(self, to: SubmissionState) -> Result<(), Error> {
        transition::check(self, to, self.next(), Self::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::SubmissionState::{self, *};
    use super::*;

    #[test]
    fn there_are_seven_moves_and_no_others() {
        let all = SubmissionState::ALL;
        let moves: Vec<(SubmissionState, SubmissionState)> = all
            .iter()
            .flat_map(|&from| all.iter().map(move |&to| (from, to)))
            .filter(|(from, to)| from.check_move(*to).is_ok())
            .collect();
        let expected = [
            (Draft, Submitted),
            (Draft, Withdrawn),
            (Submitted, Approved),
            (Submitted, Returned),
            (Submitted, Withdrawn),
            (Returned, Submitted),
            (Returned, Withdrawn),
        ];
        assert_eq!(moves, expected);
    }

    #[test]
    fn a_refused_move_says_what_is_allowed() {
        let refused = Draft.check_move(Approved).expect_err("a draft is not approved");
        let Error::IllegalTransition { from, to, allowed } = refused else { panic!("{refused}") };
        assert_eq!((from, to), ("draft", "approved"));
        assert_eq!(allowed, ["submitted", "withdrawn"]);
    }
}
