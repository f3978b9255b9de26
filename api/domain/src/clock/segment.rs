//! Whose time it was: the parts of a clock's run by the department that had the case and by what was waited for, so that
//! lateness can be explained.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::work_order::HoldReason;

/// Something that begins a new part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// The case went to a department, or back to customer service.
    To(Option<Uuid>),
    /// It waits.
    Waits(HoldReason),
    /// It goes on.
    GoesOn,
}

/// A part of a clock's run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Segment {
    /// Who had the case; none for customer service before it was passed on.
    pub department: Option<Uuid>,
    /// What was waited for.
    pub waits_for: Option<HoldReason>,
    /// When it began.
    pub from: DateTime<Utc>,
    /// When it ended.
    pub to: DateTime<Utc>,
}

/// The parts of the time from `start` to `end`, in order and without gaps. The changes are in order of time; those
/// before `start` say how it began.
#[must_use]
pub fn segments(start: DateTime<Utc>, end: DateTime<Utc>, changes: &[(DateTime<Utc>, Change)]) -> Vec<Segment> {
    let mut parts: Vec<Segment> = Vec::new();
    let mut now = Segment { department: None, waits_for: None, from: start, to: start };
    let mut close = |part: Segment, to: DateTime<Utc>| {
        if to > part.from {
            parts.push(Segment { to, ..part });
        }
    };
    for (at, change) in changes.iter().filter(|(at, _)| *at < end) {
        let next = match *change {
            Change::To(department) => Segment { department, ..now },
            Change::Waits(reason) => Segment { waits_for: Some(reason), ..now },
            Change::GoesOn => Segment { waits_for: None, ..now },
        };
        if next != now {
            close(now, *at);
            now = Segment { from: (*at).max(start), ..next };
        }
    }
    close(now, end);
    parts
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use proptest::prelude::*;

    use super::*;

    fn minute(count: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::minutes(count)
    }

    #[test]
    fn e4_5_1_a_hand_over_and_a_wait_part_the_time() {
        let (one, two) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let changes = [
            (minute(5), Change::To(Some(one))),
            (minute(20), Change::Waits(HoldReason::Parts)),
            (minute(50), Change::GoesOn),
            (minute(60), Change::To(Some(two))),
            (minute(99), Change::To(None)),
        ];
        let parts: Vec<_> = segments(minute(0), minute(70), &changes)
            .into_iter()
            .map(|part| ((part.to - part.from).num_minutes(), part.department, part.waits_for))
            .collect();
        let expected = [
            (5, None, None),
            (15, Some(one), None),
            (30, Some(one), Some(HoldReason::Parts)),
            (10, Some(one), None),
            (10, Some(two), None),
        ];
        assert_eq!(parts, expected);
    }

    proptest! {
        #[test]
        fn parts_have_no_gaps_and_no_length_of_nothing(
            start in 0_i64..100,
            length in 1_i64..200,
            changes in proptest::collection::vec((0_i64..300, 0_u8..4), 0..20),
        ) {
            let mut changes: Vec<_> = changes
                .into_iter()
                .map(|(at, which)| (minute(at), match which {
                    0 => Change::Waits(HoldReason::Customer),
                    1 => Change::GoesOn,
                    other => Change::To(Some(Uuid::from_u128(u128::from(other)))),
                }))
                .collect();
            changes.sort_by_key(|(at, _)| *at);
            let end = minute(start + length);
            let parts = segments(minute(start), end, &changes);
            prop_assert_eq!(parts.first().map(|part| part.from), Some(minute(start)));
            prop_assert_eq!(parts.last().map(|part| part.to), Some(end));
            prop_assert!(parts.iter().all(|part| part.from < part.to));
            prop_assert!(parts.windows(2).all(|pair| pair[0].to == pair[1].from));
        }
    }
}
