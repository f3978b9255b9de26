//! What cases count as (E4.5.3, D5, D6), and that figures add up.

use domain::clock::State as Clock;
use domain::complaint::{Outcome, State};
use domain::figure::{Counts, Coverage, Facts, Figure, Indicator, Measure, Timeliness};
use domain::follow_up::{Satisfaction, State as FollowUp};
use proptest::prelude::*;

fn filed() -> Facts {
    Facts {
        state: State::Received,
        outcome: None,
        handled: false,
        anonymous: false,
        resolutions: vec![(Clock::Running, false)],
        signed: false,
        rating: None,
        follow_up: None,
        said: None,
        repeated: false,
        reopened: false,
    }
}

fn handled() -> Facts {
    Facts {
        state: State::Resolved,
        outcome: Some(Outcome::Handled),
        handled: true,
        resolutions: vec![(Clock::Met, false)],
        follow_up: Some(FollowUp::Open),
        ..filed()
    }
}

fn timeliness(facts: &Facts) -> Timeliness {
    Figure::of(facts).timeliness
}

#[test]
fn e4_5_3_in_time_is_a_clock_of_resolution_that_was_met() {
    assert_eq!(timeliness(&handled()), Timeliness::InTime);
    let late = Facts { resolutions: vec![(Clock::Missed, true)], ..handled() };
    assert_eq!(timeliness(&late), Timeliness::Late);
}

#[test]
fn e4_5_3_open_and_not_due_is_stated_apart_and_open_past_due_is_late() {
    assert_eq!(timeliness(&filed()), Timeliness::NotDue);
    assert_eq!(timeliness(&Facts { resolutions: vec![(Clock::Paused, false)], ..filed() }), Timeliness::NotDue);
    assert_eq!(timeliness(&Facts { resolutions: vec![(Clock::Running, true)], ..filed() }), Timeliness::Late);
    let counts = Counts::of(&Figure::of(&filed()));
    assert_eq!(Indicator::TimelyRate.parts(&counts), (0, 0), "neither for nor against");
}

#[test]
fn e4_5_3_a_case_that_was_opened_again_is_not_in_time_before_it_is_handled_again() {
    let again = Facts { resolutions: vec![(Clock::Met, false), (Clock::Running, false)], reopened: true, ..filed() };
    assert_eq!(timeliness(&again), Timeliness::NotDue);
    let late_once = Facts { resolutions: vec![(Clock::Missed, true), (Clock::Met, false)], ..handled() };
    assert_eq!(timeliness(&late_once), Timeliness::Late, "a broken promise stays broken");
}

#[test]
fn e4_5_3_what_is_taken_back_counts_and_is_shown_apart() {
    let back = Facts { outcome: Some(Outcome::Withdrawn), resolutions: vec![(Clock::Cancelled, false)], ..handled() };
    let counts = Counts::of(&Figure::of(&back));
    assert_eq!((counts.cases, counts.withdrawn, counts.withdrawn_in_time), (1, 1, 1));
    assert_eq!(Indicator::TimelyRate.parts(&counts), (1, 1));
    let too_late = Facts { resolutions: vec![(Clock::Missed, true)], ..back };
    let counts = Counts::of(&Figure::of(&too_late));
    assert_eq!((counts.withdrawn, counts.withdrawn_in_time, counts.late), (1, 0, 1));
}

#[test]
fn e4_5_3_what_is_carried_on_elsewhere_is_counted_there() {
    let merged = Facts { state: State::Merged, resolutions: vec![(Clock::Missed, true)], ..filed() };
    let counts = Counts::of(&Figure::of(&merged));
    assert_eq!((counts.cases, counts.merged, counts.late), (0, 1, 0));
}

#[test]
fn e4_5_3_satisfied_is_an_overall_rating_of_four_or_more() {
    for (rating, satisfied) in [(1, 0), (3, 0), (4, 1), (5, 1)] {
        let counts = Counts::of(&Figure::of(&Facts { rating: Some(rating), ..handled() }));
        assert_eq!(Indicator::Satisfaction.parts(&counts), (satisfied, 1), "{rating}");
    }
    let counts = Counts::of(&Figure::of(&handled()));
    assert_eq!((Indicator::Satisfaction.parts(&counts), counts.unrated), ((0, 0), 1));
}

#[test]
fn d5_a_follow_up_is_owed_once_handled_and_d7_not_for_who_is_not_known() {
    let coverage = |facts: &Facts| Figure::of(facts).coverage;
    assert_eq!(coverage(&filed()), Coverage::NotOwed);
    assert_eq!(coverage(&handled()), Coverage::Missing);
    assert_eq!(coverage(&Facts { follow_up: None, ..handled() }), Coverage::Missing);
    for held in [FollowUp::Finished, FollowUp::Inspected, FollowUp::Signed] {
        assert_eq!(coverage(&Facts { follow_up: Some(held), ..handled() }), Coverage::Held);
    }
    assert_eq!(coverage(&Facts { anonymous: true, follow_up: None, ..handled() }), Coverage::NotOwed);
}

#[test]
fn b_an_aim_is_reached_exactly_and_not_as_rounded() {
    let of = |satisfied, rated| Counts { satisfied, rated, ..Counts::default() };
    assert_eq!(Indicator::Satisfaction.reached(&of(95, 100)), Some(true));
    // 94.996 %, which is shown as 95.00.
    assert_eq!(Indicator::Satisfaction.reached(&of(94_996, 100_000)), Some(false));
    assert_eq!(Indicator::Satisfaction.reached(&of(0, 0)), None);
    assert_eq!(Indicator::TimelyRate.reached(&Counts { in_time: 1, ..Counts::default() }), None, "no aim is set");
}

fn any_facts() -> impl Strategy<Value = Facts> {
    let state = proptest::sample::select(State::ALL);
    let outcome = proptest::option::of(proptest::sample::select(Outcome::ALL));
    let clocks = proptest::collection::vec((proptest::sample::select(Clock::ALL), any::<bool>()), 0..4);
    let follow_up = proptest::option::of(proptest::sample::select(FollowUp::ALL));
    let said = proptest::option::of(proptest::sample::select(Satisfaction::ALL));
    let flags = any::<(bool, bool, bool, bool, bool)>();
    (state, outcome, clocks, follow_up, said, flags, proptest::option::of(1..=5)).prop_map(
        |(state, outcome, resolutions, follow_up, said, flags, rating)| {
            let (handled, anonymous, signed, repeated, reopened) = flags;
            Facts {
                state,
                outcome,
                handled,
                anonymous,
                resolutions,
                signed,
                rating,
                follow_up,
                said,
                repeated,
                reopened,
            }
        },
    )
}

proptest! {
    #[test]
    fn e4_5_3_every_case_counts_once_and_the_parts_are_the_whole(all in proptest::collection::vec(any_facts(), 0..40)) {
        let figures: Vec<Figure> = all.iter().map(Figure::of).collect();
        let counts = figures.iter().fold(Counts::default(), |sum, figure| sum.plus(Counts::of(figure), 1));
        prop_assert_eq!(counts.cases + counts.merged, i64::try_from(all.len()).unwrap());
        prop_assert_eq!(counts.in_time + counts.late + counts.not_due + counts.unpromised, counts.cases);
        prop_assert_eq!(counts.rated + counts.unrated, counts.cases);
        prop_assert_eq!(counts.satisfied + counts.dissatisfied, counts.rated);
        prop_assert_eq!(counts.follow_up_held + counts.follow_up_missing, counts.follow_up_owed);
        prop_assert_eq!(counts.content + counts.discontent, counts.asked);
        for measure in Measure::ALL {
            let held = figures.iter().filter(|figure| measure.holds(figure)).count();
            prop_assert_eq!(counts.get(*measure), i64::try_from(held).unwrap(), "{:?}", measure);
        }
        for indicator in Indicator::ALL {
            let (part, whole) = indicator.parts(&counts);
            prop_assert!((0..=whole).contains(&part), "{:?}", indicator);
        }
        let gone = figures.iter().fold(counts, |sum, figure| sum.plus(Counts::of(figure), -1));
        prop_assert_eq!(gone, Counts::default(), "what is taken off again leaves nothing");
    }
}
