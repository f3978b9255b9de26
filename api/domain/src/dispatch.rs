//! Who could best take an order: technicians in order, each with the reasons (E4.2.1A).

use chrono::{DateTime, TimeDelta, Utc};
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
        /// Their last order of the day, or another one that they have to do, is in the same building.
        Near,
        /// Of nobody is it known that they are nearer on the way through the site.
        Closest,
        /// They can have done it before it is due, also after what they have to do before that.
        InTime,
        /// They have nothing to do.
        Free,
        /// Nobody has fewer orders.
        LeastLoaded,
    }
}

/// What speaks for a technician by itself, the weightiest first. What they have to do is compared with the others.
pub const MERITS: [Reason; 4] = [Reason::Skilled, Reason::OnDuty, Reason::OfTheTeam, Reason::Near];

/// How long an order is reckoned to take, with the way to it (ours).
pub const A_JOB: TimeDelta = TimeDelta::minutes(60);

/// A building, and its place on the way through the site where that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spot {
    /// The building.
    pub building: Uuid,
    /// Its place on the way.
    pub along: Option<i32>,
}

impl Spot {
    /// How many buildings further along the way another one is; nothing in the same one, unknown where one has no place.
    #[must_use]
    pub fn distance(self, other: Self) -> Option<u32> {
        if self.building == other.building {
            return Some(0);
        }
        Some(self.along?.abs_diff(other.along?))
    }
}

/// How much time is left before an order is due, once somebody has done those of theirs that are due until then. Below
/// nothing where there is too little.
#[must_use]
pub fn time_to_spare(
    now: DateTime<Utc>,
    due: DateTime<Utc>,
    theirs: impl IntoIterator<Item = DateTime<Utc>>,
) -> TimeDelta {
    let before = theirs.into_iter().filter(|other| *other <= due).count();
    due - now - A_JOB * i32::try_from(before).unwrap_or(i32::MAX)
}

/// What is known of a technician.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The account.
    pub account: Uuid,
    /// What of their skill, duty, team and place speaks for them, in the order of [`MERITS`].
    pub merits: Vec<Reason>,
    /// How many buildings it is along the way from the nearest of their orders, the last of the day among them.
    pub distance: Option<u32>,
    /// How many orders they have to do.
    pub open_orders: u32,
    /// When the first of those is due.
    pub next_due: Option<DateTime<Utc>>,
    /// How much time they have to spare before the order is due; none where that is not known.
    pub spare: Option<TimeDelta>,
}

impl Candidate {
    /// Whether they can have done it before it is due.
    #[must_use]
    pub fn in_time(&self) -> bool {
        self.spare.is_some_and(|spare| spare >= A_JOB)
    }
}

/// A technician with what speaks for them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// The technician.
    pub candidate: Candidate,
    /// What speaks for them.
    pub reasons: Vec<Reason>,
}

/// Puts technicians in order: who can do it before who cannot, then who is on duty, of the team, near, in time, with fewer
/// orders, with fewer buildings to walk past, and with more time until the next of their orders is due.
#[must_use]
pub fn suggest(mut candidates: Vec<Candidate>) -> Vec<Suggestion> {
    let least = candidates.iter().map(|candidate| candidate.open_orders).min();
    let closest = candidates.iter().filter_map(|candidate| candidate.distance).min();
    candidates.sort_by_key(|candidate| {
        let lacking = MERITS.map(|merit| !candidate.merits.contains(&merit));
        let hurry = candidate.next_due.map_or(i64::MIN, |due| -due.timestamp());
        let far = candidate.distance.unwrap_or(u32::MAX);
        (lacking, !candidate.in_time(), candidate.open_orders, far, hurry, candidate.account)
    });
    let reasons = |candidate: &Candidate| {
        let mut reasons = candidate.merits.clone();
        let near = candidate.distance.is_some_and(|distance| distance > 0 && Some(distance) == closest);
        reasons.extend(near.then_some(Reason::Closest));
        reasons.extend(candidate.in_time().then_some(Reason::InTime));
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
        let (account, merits) = (Uuid::from_u128(id), merits.to_vec());
        Candidate { account, merits, distance: None, open_orders, next_due: None, spare: None }
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
    fn of_two_equals_the_nearer_comes_first_and_whoever_would_be_late_comes_last() {
        let near = Candidate { distance: Some(2), ..candidate(3, &[], 1) };
        let far = Candidate { distance: Some(9), ..candidate(1, &[], 1) };
        assert_eq!(order(vec![far.clone(), candidate(2, &[], 1), near.clone()]), [3, 1, 2]);
        let told = suggest(vec![far.clone(), near.clone()]);
        assert_eq!(
            (&told[0].reasons[..], &told[1].reasons[..]),
            (&[Reason::Closest, Reason::LeastLoaded][..], &[Reason::LeastLoaded][..])
        );
        let late = Candidate { spare: Some(A_JOB - TimeDelta::seconds(1)), ..near };
        let in_time = Candidate { spare: Some(A_JOB), ..far };
        assert_eq!(order(vec![late, in_time]), [1, 3]);
    }

    #[test]
    fn a_distance_is_counted_along_the_way_and_the_time_to_spare_until_the_order_is_due() {
        let spot = |building: u128, along| Spot { building: Uuid::from_u128(building), along };
        assert_eq!(spot(1, Some(3)).distance(spot(2, Some(10))), Some(7));
        assert_eq!(spot(2, Some(10)).distance(spot(1, Some(3))), Some(7));
        assert_eq!(spot(1, None).distance(spot(1, None)), Some(0), "the same building, wherever it is");
        assert_eq!(spot(1, None).distance(spot(2, Some(1))), None);
        let at = |hours: i64| DateTime::UNIX_EPOCH + TimeDelta::hours(hours);
        assert_eq!(time_to_spare(at(0), at(5), [at(1), at(5), at(6)]), TimeDelta::hours(3));
        assert_eq!(time_to_spare(at(0), at(1), [at(1), at(1)]), TimeDelta::hours(-1));
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
