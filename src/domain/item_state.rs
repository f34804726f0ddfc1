//! How a plan item moves from one state to another: which moves there are, the role that each takes, and
//! which need a reason. The states are in `codes.rs`; what a move takes beyond that is in `exchange/moves`.

use super::access::KeyRole;
use super::codes::{ExtensionState, ItemState};
use super::transition;
use crate::error::Error;

impl ItemState {
    /// The states that can follow.
    pub const fn next(self) -> &'static [ItemState] {
        use ItemState::{
            Assigned, Cancelled, CarriedOver, CloseRequested, Closed, Drafted, InProgress, Returned,
            Suspended,
        };
        match self {
            Drafted => &[Assigned, Cancelled],
            Assigned | Returned => &[InProgress, Suspended, Cancelled, CarriedOver],
            InProgress => &[CloseRequested, Suspended, Cancelled, CarriedOver],
            CloseRequested => &[Closed, Returned, InProgress],
            Suspended => &[InProgress, Cancelled, CarriedOver],
            // Reopened, taken up again, taken back.
            Closed | CarriedOver => &[InProgress],
            Cancelled => &[Drafted],
        }
    }

    /// Checks that a state can follow.
    ///
    /// Errors: `IllegalTransition` with those that can.
    pub fn check_move(self, to: ItemState) -> Result<(), Error> {
        transition::check(self, to, self.next(), Self::as_str)
    }

    /// The role that the move to a state takes: who works on an item goes on with it and asks to close it,
    /// who answers for it judges, who keeps the plan hands out, gives up and carries over.
    pub const fn role_to(self, to: ItemState) -> KeyRole {
        match (self, to) {
            (ItemState::CarriedOver, _)
            | (_, ItemState::Drafted | ItemState::Assigned | ItemState::Cancelled | ItemState::CarriedOver) => {
                KeyRole::Editor
            }
            (ItemState::Closed | ItemState::Suspended, _)
            | (_, ItemState::Closed | ItemState::Returned | ItemState::Suspended) => KeyRole::Reviewer,
            _ => KeyRole::Reporter,
        }
    }

    /// Whether the move to a state needs a reason: it says that something was not as it should be.
    pub const fn needs_reason(self, to: ItemState) -> bool {
        matches!(to, ItemState::Returned | ItemState::Suspended | ItemState::Cancelled)
            || matches!(self, ItemState::Closed | ItemState::Cancelled | ItemState::CarriedOver)
    }

    /// Whether there is still something to be done.
    pub const fn is_open(self) -> bool {
        !matches!(self, ItemState::Closed | ItemState::Cancelled | ItemState::CarriedOver)
    }
}

impl ExtensionState {
    /// The states that can follow: a request is decided once.
    pub const fn next(self) -> &'static [ExtensionState] {
        match self {
            ExtensionState::Requested => {
                &[ExtensionState::Granted, ExtensionState::Refused, ExtensionState::Withdrawn]
            }
            ExtensionState::Granted | ExtensionState::Refused | ExtensionState::Withdrawn => &[],
        }
    }

    /// Checks that a state can follow.
    ///
    /// Errors: `IllegalTransition` with those that can.
    pub fn check_move(self, to: ExtensionState) -> Result<(), Error> {
        transition::check(self, to, self.next(), Self::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_move_there_is_with_the_role_that_it_takes() {
        let mut moves = Vec::new();
        for &from in ItemState::ALL {
            for &to in from.next() {
                let reason = if from.needs_reason(to) { " with a reason" } else { "" };
                moves.push(format!("{from} -> {to}: {}{reason}", from.role_to(to)));
            }
        }
        let expected = [
            "drafted -> assigned: editor",
            "drafted -> cancelled: editor with a reason",
            "assigned -> in_progress: reporter",
            "assigned -> suspended: reviewer with a reason",
            "assigned -> cancelled: editor with a reason",
            "assigned -> carried_over: editor",
            "in_progress -> close_requested: reporter",
            "in_progress -> suspended: reviewer with a reason",
            "in_progress -> cancelled: editor with a reason",
            "in_progress -> carried_over: editor",
            "close_requested -> closed: reviewer",
            "close_requested -> returned: reviewer with a reason",
            "close_requested -> in_progress: reporter",
            "closed -> in_progress: reviewer with a reason",
            "returned -> in_progress: reporter",
            "returned -> suspended: reviewer with a reason",
            "returned -> cancelled: editor with a reason",
            "returned -> carried_over: editor",
            "suspended -> in_progress: reviewer",
            "suspended -> cancelled: editor with a reason",
            "suspended -> carried_over: editor",
            "cancelled -> drafted: editor with a reason",
            "carried_over -> in_progress: editor with a reason",
        ];
        assert_eq!(moves, expected);
    }

    #[test]
    fn a_refused_move_says_what_is_allowed() {
        let refused = ItemState::Drafted.check_move(ItemState::Closed).expect_err("nothing was done yet");
        let Error::IllegalTransition { from, to, allowed } = refused else { panic!("{refused}") };
        assert_eq!((from, to), ("drafted", "closed"));
        assert_eq!(allowed, ["assigned", "cancelled"]);
    }

    #[test]
    fn an_extension_is_decided_once() {
        for &to in ExtensionState::ALL {
            assert_eq!(ExtensionState::Requested.check_move(to).is_ok(), to != ExtensionState::Requested);
            assert!(ExtensionState::Granted.check_move(to).is_err(), "{to}");
        }
    }
}
