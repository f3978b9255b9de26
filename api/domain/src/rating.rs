//! What a customer's ratings, each 1 to 5, call for (E4.5.2): a low one says why, and a customer who gives one, of whatever, is
//! talked to.

use crate::complaint::{self, Action};

/// From here down a rating is low (ours).
pub const LOW: i32 = 2;

/// Whether a rating is low.
#[must_use]
pub const fn is_low(rating: i32) -> bool {
    rating <= LOW
}

/// Whether some ratings need a reason in words.
#[must_use]
pub fn needs_reason(ratings: &[i32]) -> bool {
    ratings.iter().copied().any(is_low)
}

/// Whether the lowest of some ratings calls for a talk of its own (D0): where it is low, no follow-up is open that could be it,
/// and the case is in a state in which one can be opened.
#[must_use]
pub fn calls_for_talk(lowest: i32, state: complaint::State, open_follow_up: bool) -> bool {
    is_low(lowest) && !open_follow_up && complaint::permission(Action::OpenFollowUp).states.contains(&state)
}

#[cfg(test)]
mod tests {
    use super::*;
    use complaint::State;

    #[test]
    fn e4_5_2_a_low_rating_says_why() {
        assert!(needs_reason(&[5, 5, 2, 4]) && needs_reason(&[1, 5, 5, 5]));
        assert!(!needs_reason(&[3, 3, 3, 3]));
    }

    #[test]
    fn e4_5_2_who_is_not_content_is_talked_to_once() {
        assert!(calls_for_talk(2, State::InProgress, false) && calls_for_talk(1, State::FollowedUp, false));
        assert!(!calls_for_talk(3, State::InProgress, false), "content enough");
        assert!(!calls_for_talk(1, State::Resolved, true), "the follow-up that is owed is the talk");
        assert!(!calls_for_talk(1, State::Archived, false));
    }
}
