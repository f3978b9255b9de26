//! Who could best take an order: technicians in order, each with the reasons (E4.2.1A).

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::closed_set::closed_set;

closed_set! {
    /// What speaks for a technician.
    pub enum Reason as "DispatchReason" {
        /// Their team can do what the case is about.
        Skilled,
        /// The duty roster names them now.
        OnDuty,
        /// They are of the team that has the order.
        OfTheTeam,
        /// Another order of theirs is in the same building.
        Near,
        /// They have nothing to do.
        Free,
        /// Nobody has fewer orders.
        LeastLoaded,
    }
}

/// What speaks for a technician by itself, the weightiest first. What they have to do is compared with the others.
pub const MERITS: [Reason; 4] = [Reason::Skilled, Reason::OnDuty, Reason::OfTheTeam, Reason::Near];

/// What is known of a technician.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The account.
    pub account: Uuid,
    /// What of their skill, duty, team and place speaks for them, in the order of [`MERITS`].
    pub merits: Vec<Reason>,
    /// How many orders they have to do.
    pub open_orders: u32,
    /// When the first of those is due.
    pub next_due: Option<DateTime<Utc>>,
}

/// A technician with what speaks for them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// The technician.
    pub candidate: Candidate,
    /// What speaks for them.
    pub reasons: Vec<Reason>,
}

/// Puts technicians in order: who can do it before who cannot, then who is on duty, of the team, near, with fewer orders, and
/// with more time until the next of them is due.
#[must_use]
pub fn suggest(mut candidates: Vec<Candidate>) -> Vec<Suggestion> {
    let least = candidates.iter().map(|candidate| candidate.open_orders).min();
    candidates.sort_by_key(|candidate| {
        let lacking = MERITS.map(|merit| !candidate.merits.contains(&merit));
        let hurry = candidate.next_due.map_or(i64::MIN, |due| -due.timestamp());
        (lacking, candidate.open_orders, hurry, candidate.account)
    });
    let reasons = |candidate: &Candidate| {
        let mut reasons = candidate.merits.clone();
        reasons.extend((candidate.open_orders == 0).then_some(Reason::Free));
        reasons.extend((Some(candidate.open_orders) == least).then_some(Reason::LeastLoaded));
        reasons
    };
    candidates.into_iter().map(|candidate| Suggestion { reasons: reasons(&candidate), candidate }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidate(id: u128, merits: &[Reason], open_orders: u32) -> Candidate {
        Candidate { account: Uuid::from_u128(id), merits: merits.to_vec(), open_orders, next_due: None }
    }

    fn order(candidates: Vec<Candidate>) -> Vec<u128> {
        suggest(candidates).into_iter().map(|suggestion| suggestion.candidate.account.as_u128()).collect()
    }

    #[test]
    fn e4_2_1a_whoever_can_do_it_and_is_on_duty_comes_first_then_whoever_is_near_and_has_little_to_do() {
        use Reason::{Near, OfTheTeam, OnDuty, Skilled};
        let all = vec![
            candidate(1, &[OnDuty], 0),
            candidate(2, &[Skilled], 1),
            candidate(3, &[Skilled, Near], 5),
            candidate(4, &[Skilled, OnDuty], 9),
            candidate(5, &[Skilled, OfTheTeam], 2),
            candidate(6, &[Skilled], 0),
        ];
        assert_eq!(order(all), [4, 5, 3, 6, 2, 1]);
    }

    #[test]
    fn of_two_equals_the_one_with_more_time_comes_first() {
        let due = |minutes: i64| Some(DateTime::UNIX_EPOCH + chrono::TimeDelta::minutes(minutes));
        let soon = Candidate { next_due: due(10), ..candidate(1, &[], 1) };
        let later = Candidate { next_due: due(60), ..candidate(2, &[], 1) };
        assert_eq!(order(vec![soon, later, candidate(3, &[], 1)]), [3, 2, 1]);
    }

    #[test]
    fn reasons_say_what_is_so_and_nothing_else() {
        let told =
            suggest(vec![candidate(1, &[Reason::Skilled, Reason::Near], 0), candidate(2, &[Reason::Skilled], 2)]);
        assert_eq!(told[0].reasons, [Reason::Skilled, Reason::Near, Reason::Free, Reason::LeastLoaded]);
        assert_eq!(told[1].reasons, [Reason::Skilled]);
        assert_eq!(suggest(Vec::new()), []);
    }
}
