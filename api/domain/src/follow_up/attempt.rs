//! Tries to hold a follow-up that came to nothing, and when they are enough.

use chrono::NaiveDate;

use crate::closed_set::closed_set;

closed_set! {
    /// Why a try to hold a follow-up came to nothing.
    pub enum AttemptOutcome as "FollowUpAttemptOutcome" {
        /// 无人接听、无人在家: nobody answered, or nobody was there.
        NoAnswer,
        /// 拒绝回访: the customer does not want to talk about it.
        Refused,
        /// 已搬离: the customer has moved away and cannot be had.
        MovedAway,
    }
}

/// On how many different days somebody must have tried before a follow-up may be closed without an answer (ours).
pub const DAYS_WITHOUT_ANSWER: usize = 3;

/// How often the customer was not to be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tries {
    /// On how many days nobody answered.
    pub days_without_answer: usize,
    /// Whether the customer refused.
    pub refused: bool,
    /// Whether the customer has moved away.
    pub moved_away: bool,
}

impl Tries {
    /// What the tries come to: the days are those of the site's time zone, and several tries of one day are one.
    #[must_use]
    pub fn of(tries: impl Iterator<Item = (AttemptOutcome, NaiveDate)>) -> Self {
        let mut days = std::collections::BTreeSet::new();
        let mut sum = Self::default();
        for (outcome, day) in tries {
            match outcome {
                AttemptOutcome::NoAnswer => {
                    days.insert(day);
                }
                AttemptOutcome::Refused => sum.refused = true,
                AttemptOutcome::MovedAway => sum.moved_away = true,
            }
        }
        sum.days_without_answer = days.len();
        sum
    }

    /// Why the customer cannot be had, once that is sure: moved away, refused, or not there on three days (ours).
    #[must_use]
    pub const fn unreached(self) -> Option<AttemptOutcome> {
        if self.moved_away {
            Some(AttemptOutcome::MovedAway)
        } else if self.refused {
            Some(AttemptOutcome::Refused)
        } else if self.days_without_answer >= DAYS_WITHOUT_ANSWER {
            Some(AttemptOutcome::NoAnswer)
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(of_month: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 3, of_month).unwrap_or_default()
    }

    #[test]
    fn d5_three_different_days_without_an_answer_are_enough_and_three_tries_of_one_day_are_not() {
        let no = AttemptOutcome::NoAnswer;
        let one_day = Tries::of([(no, day(2)), (no, day(2)), (no, day(2))].into_iter());
        assert_eq!((one_day.days_without_answer, one_day.unreached()), (1, None));
        let three = Tries::of([(no, day(2)), (no, day(3)), (no, day(5)), (no, day(5))].into_iter());
        assert_eq!(three.unreached(), Some(no));
    }

    #[test]
    fn d5_who_refuses_or_has_moved_away_need_not_be_asked_again() {
        for sure in [AttemptOutcome::Refused, AttemptOutcome::MovedAway] {
            let tries = Tries::of([(AttemptOutcome::NoAnswer, day(2)), (sure, day(2))].into_iter());
            assert_eq!(tries.unreached(), Some(sure));
        }
        assert_eq!(Tries::of(std::iter::empty()).unreached(), None);
    }
}
