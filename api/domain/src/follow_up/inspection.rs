//! The director's inspection by sample or of all (D2): which follow-ups are drawn, by a draw that can be done again.

use crate::closed_set::closed_set;
use crate::follow_up::Satisfaction;

closed_set! {
    /// What the director's inspection came to: each follow-up has one before the head signs it (D2).
    pub enum InspectionOutcome as "InspectionOutcome" {
        /// 已检查: the director has looked at the record.
        Inspected,
        /// 未抽中: a draw on record has passed it by.
        NotSampled,
    }
}

/// A follow-up before the draw.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Candidate {
    /// Its id.
    pub id: [u8; 16],
    /// What the customer said; none where nobody was reached.
    pub satisfaction: Option<Satisfaction>,
}

impl Candidate {
    /// Whether it is inspected whatever the dice say: a discontented customer, or one who was not reached (ours).
    #[must_use]
    pub const fn is_always_inspected(&self) -> bool {
        !matches!(self.satisfaction, Some(Satisfaction::Satisfied))
    }
}

/// Draws: for each of the candidates whether it is to be inspected. Those that always are come on top; of the others the
/// share is drawn, rounded up, so that a share above nothing draws at least one. The same seed, share and candidates draw
/// the same, in whatever order they come.
#[must_use]
pub fn draw(seed: u64, percent: u8, candidates: &[Candidate]) -> Vec<bool> {
    let mut order: Vec<usize> =
        (0..candidates.len()).filter(|place| !candidates[*place].is_always_inspected()).collect();
    let wanted = (order.len() * usize::from(percent.min(100))).div_ceil(100);
    order.sort_unstable_by_key(|place| (lot(seed, candidates[*place].id), candidates[*place].id));
    let mut drawn: Vec<bool> = candidates.iter().map(Candidate::is_always_inspected).collect();
    for place in order.into_iter().take(wanted) {
        drawn[place] = true;
    }
    drawn
}

/// The lot of one candidate: seed and id mixed by the steps of `SplitMix64`, eight bytes at a time.
fn lot(seed: u64, id: [u8; 16]) -> u64 {
    let (high, low) = id.split_at(8);
    let number = |bytes: &[u8]| bytes.iter().fold(0_u64, |number, byte| (number << 8) | u64::from(*byte));
    mixed(mixed(seed ^ number(high)) ^ number(low))
}

const fn mixed(state: u64) -> u64 {
    let state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let state = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let state = (state ^ (state >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    state ^ (state >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidates(count: u8) -> Vec<Candidate> {
        (0..count).map(|number| Candidate { id: [number; 16], satisfaction: Some(Satisfaction::Satisfied) }).collect()
    }

    fn count(drawn: &[bool]) -> usize {
        drawn.iter().filter(|drawn| **drawn).count()
    }

    #[test]
    fn d2_a_draw_takes_its_share_rounded_up_and_the_same_seed_draws_the_same() {
        let all = candidates(10);
        for (percent, wanted) in [(1, 1), (20, 2), (25, 3), (100, 10)] {
            assert_eq!(count(&draw(7, percent, &all)), wanted, "{percent} %");
        }
        assert_eq!(draw(7, 30, &all), draw(7, 30, &all));
        let backwards: Vec<Candidate> = all.iter().rev().copied().collect();
        let mut turned = draw(7, 30, &backwards);
        turned.reverse();
        assert_eq!(turned, draw(7, 30, &all), "in whatever order they come");
        assert!((0..20).any(|seed| draw(seed, 30, &all) != draw(7, 30, &all)), "other seeds draw others");
    }

    #[test]
    fn d2_nobody_is_always_drawn_or_never() {
        let all = candidates(5);
        for place in 0..5 {
            let times = (0..200).filter(|seed| draw(*seed, 20, &all)[place]).count();
            assert!((15..=65).contains(&times), "{place} was drawn {times} times of 200");
        }
    }

    #[test]
    fn d2_the_discontented_and_the_unreached_are_inspected_whatever_is_drawn() {
        let mut all = candidates(6);
        all[1].satisfaction = Some(Satisfaction::Dissatisfied);
        all[4].satisfaction = None;
        for seed in 0..50 {
            let drawn = draw(seed, 1, &all);
            assert!(drawn[1] && drawn[4]);
            assert_eq!(count(&drawn), 3);
        }
    }
}
