//! What holds after every step of every walk, whoever tries whatever.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fmt::Debug;

use domain::refusal::Refusal;
use domain::standing::Standing;
use domain::{complaint, follow_up, work_order};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use crate::people::{EVERYBODY, Person};
use crate::walk::{Step, after_every_step, walks};
use crate::world::{World, follow_up_facts};

/// What a person of that standing can do anywhere, by the lists and by trying each act; the two must be one.
fn able(world: &World, standing: impl Fn(Option<Person>) -> Standing) -> (Vec<String>, Vec<String>) {
    fn compare<A: Copy + Debug>(
        both: &mut (Vec<String>, Vec<String>),
        every: &[A],
        listed: &[A],
        can: impl Fn(A) -> bool,
    ) {
        both.0.extend(listed.iter().map(|action| format!("{action:?}")));
        both.1.extend(every.iter().filter(|action| can(**action)).map(|action| format!("{action:?}")));
    }
    let mut both = (Vec::new(), Vec::new());
    let (facts, mine) = (world.facts(), standing(world.owner));
    let listed = complaint::allowed_actions(&facts, &mine);
    compare(&mut both, complaint::Action::ALL, &listed, |action| complaint::decide(&facts, action, &mine).is_ok());
    for order in &world.orders {
        let (facts, mine) = (world.order_facts(order), standing(order.owner));
        let listed = work_order::allowed_actions(&facts, &mine);
        compare(&mut both, work_order::Action::ALL, &listed, |action| {
            work_order::decide(&facts, action, &mine).is_ok()
        });
    }
    for held in &world.follow_ups {
        let mine = standing(held.owner);
        let facts = follow_up_facts(held);
        let listed = follow_up::allowed_actions(facts, &mine);
        compare(&mut both, follow_up::Action::ALL, &listed, |action| follow_up::decide(facts, action, &mine).is_ok());
    }
    both
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a0_the_case_its_orders_and_its_follow_ups_always_have_an_owner(walk in walks()) {
        after_every_step(&walk, |Step { after, .. }| {
            let named = |owner: Option<Person>| owner.is_some() && owner != after.subject;
            named(after.owner)
                && after.orders.iter().all(|order| named(order.owner))
                && after.follow_ups.iter().all(|held| named(held.owner))
        })?;
    }

    #[test]
    fn a8_an_ended_case_takes_addenda_only(walk in walks()) {
        use complaint::{Action, State};
        after_every_step(&walk, |Step { after, .. }| {
            let allowed = complaint::allowed_actions(&after.facts(), &EVERYBODY);
            match after.state {
                State::Archived => allowed == [Action::AddAddendum],
                State::Merged => allowed.is_empty(),
                _ => true,
            }
        })?;
    }

    #[test]
    fn a8_no_case_leaves_the_state_in_which_it_ended(walk in walks()) {
        use complaint::State::{Archived, Merged};
        after_every_step(&walk, |Step { before, after, .. }| {
            !matches!(before.state, Archived | Merged) || before.state == after.state
        })?;
    }

    #[test]
    fn a0_a_refused_act_changes_nothing(walk in walks()) {
        after_every_step(&walk, |Step { before, result, after, .. }| result.is_ok() || before == after)?;
    }

    #[test]
    fn a0_the_list_of_allowed_actions_is_what_can_be_done(walk in walks()) {
        after_every_step(&walk, |Step { after, actor, .. }| {
            let (listed, possible) = able(after, |owner| after.standing(*actor, owner));
            listed == possible
        })?;
    }

    #[test]
    fn c10_no_case_closes_without_a_follow_up(walk in walks()) {
        after_every_step(&walk, |Step { after, .. }| {
            let last = after.follow_ups.iter().rfind(|held| held.closing);
            after.state != complaint::State::Archived
                || after.anonymous
                || last.is_some_and(|held| held.state == follow_up::State::Signed)
        })?;
    }

    #[test]
    fn c11_a_stranger_may_do_nothing(walk in walks()) {
        after_every_step(&walk, |Step { after, actor, result, .. }| {
            let nothing = (Vec::new(), Vec::new());
            let strange = *actor == Person::Passerby || Some(*actor) == after.subject;
            able(after, |_| Standing::default()) == nothing
                && (!strange || matches!(result, Err(Refusal::NotYours { .. })))
        })?;
    }

    #[test]
    fn d1_a_resolved_case_owes_one_follow_up_unless_it_is_anonymous(walk in walks()) {
        after_every_step(&walk, |Step { after, .. }| {
            let open = after.follow_ups.iter().filter(|held| held.closing && held.state == follow_up::State::Open);
            let owed = after.state == complaint::State::Resolved && !after.anonymous;
            open.count() == usize::from(owed)
        })?;
    }

    #[test]
    fn d2_a_follow_up_is_held_then_inspected_then_signed(walk in walks()) {
        use follow_up::State::{Cancelled, Finished, Inspected, Open, Signed};
        after_every_step(&walk, |Step { before, after, .. }| {
            before.follow_ups.iter().zip(&after.follow_ups).all(|(was, is)| {
                let next = matches!(
                    (was.state, is.state),
                    (Open, Finished | Cancelled) | (Finished, Inspected) | (Inspected, Signed)
                );
                was.state == is.state || next
            })
        })?;
    }

    #[test]
    fn d7_an_anonymous_case_closes_with_its_result_written(walk in walks()) {
        after_every_step(&walk, |Step { after, .. }| {
            after.state != complaint::State::Archived || !after.anonymous || after.result_written
        })?;
    }

    #[test]
    fn e4_2_1a_an_archived_case_has_both_copies_of_every_signed_order_acknowledged(walk in walks()) {
        after_every_step(&walk, |Step { after, .. }| {
            let signed = |state| matches!(state, work_order::State::Signed | work_order::State::Closed);
            let mut orders = after.orders.iter().filter(|order| signed(order.state));
            after.state != complaint::State::Archived || orders.all(|order| order.open_copies == 0)
        })?;
    }

    #[test]
    fn e4_5_2_a_followed_up_case_has_no_unfinished_order(walk in walks()) {
        use complaint::State::{Archived, FollowedUp};
        after_every_step(&walk, |Step { after, .. }| {
            !matches!(after.state, FollowedUp | Archived) || after.orders.iter().all(|order| order.state.is_finished())
        })?;
    }
}

/// Without this the properties above could hold because nothing happens.
#[test]
fn a0_the_walks_reach_every_state_and_whatever_a_property_speaks_of() {
    let (mut runner, mut reached) = (TestRunner::deterministic(), BTreeSet::new());
    for _ in 0..1000 {
        let walk = walks().new_tree(&mut runner).unwrap().current();
        let seen = RefCell::new(&mut reached);
        after_every_step(&walk, |Step { after, result, .. }| {
            let closed = after.orders.iter().any(|order| order.state == work_order::State::Closed);
            let (case, refused) = (after.state.name(), result.is_err());
            let mut now = vec![format!("case {case}"), format!("{:?}", after.outcome), format!("refused: {refused}")];
            now.push(format!("{case}, anonymous: {}, an order closed: {closed}", after.anonymous));
            now.push(format!("{case}, reopened: {}", after.reopenings > 0));
            now.push(format!("{case}, about staff: {}", after.subject.is_some()));
            now.extend(after.orders.iter().map(|order| format!("order {}", order.state.name())));
            now.extend(after.follow_ups.iter().map(|held| format!("follow-up {}", held.state.name())));
            seen.borrow_mut().extend(now);
            true
        })
        .unwrap();
    }
    let mut wanted = vec!["refused: true".to_owned(), "refused: false".to_owned(), "None".to_owned()];
    wanted.extend(complaint::State::ALL.iter().map(|state| format!("case {}", state.name())));
    wanted.extend(work_order::State::ALL.iter().map(|state| format!("order {}", state.name())));
    wanted.extend(follow_up::State::ALL.iter().map(|state| format!("follow-up {}", state.name())));
    wanted.extend(complaint::Outcome::ALL.iter().map(|outcome| format!("{:?}", Some(outcome))));
    for end in ["Resolved", "FollowedUp", "Archived"] {
        for known in [true, false] {
            wanted.push(format!("{end}, anonymous: {}, an order closed: true", !known));
        }
        wanted.extend([format!("{end}, reopened: true"), format!("{end}, about staff: true")]);
    }
    let missed: Vec<_> = wanted.iter().filter(|situation| !reached.contains(*situation)).collect();
    assert!(missed.is_empty(), "no walk gets to {missed:?}");
}
