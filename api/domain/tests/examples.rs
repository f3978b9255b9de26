//! The main paths by example.

use domain::complaint::{self, Effect, Outcome};
use domain::follow_up::{self, Evidence, Method, Satisfaction};
use domain::organization::Role;
use domain::refusal::{Refusal, Requirement};
use domain::standing::{Standing, Who};
use domain::work_order::{self, SignOffReason};

use crate::people::{EVERYBODY, Person};
use crate::world::Act::{self, Case};
use crate::world::World;

/// Each act in turn by that person; none may be refused.
fn play(world: &mut World, acts: &[(Person, Act)]) {
    for (actor, act) in acts {
        assert_eq!(world.step(*actor, *act), Ok(()), "{actor:?}: {act:?}");
    }
}

fn order(action: work_order::Action) -> Act {
    Act::Order(0, action)
}

fn follow_up(action: follow_up::Action) -> Act {
    Act::FollowUp(0, action, Satisfaction::Satisfied)
}

/// A case for which the front desk has issued one order.
fn with_order() -> World {
    let mut world = World::new(false, None);
    play(&mut world, &[(Person::Agent, Case(complaint::Action::IssueWorkOrder))]);
    world
}

/// The steps of an order up to the report that the work is done.
const UNTIL_DONE: [(Person, work_order::Action); 6] = [
    (Person::Head, work_order::Action::Acknowledge),
    (Person::Head, work_order::Action::AssignTeam),
    (Person::Leader, work_order::Action::AssignTechnician),
    (Person::Technician, work_order::Action::Depart),
    (Person::Technician, work_order::Action::RecordArrival),
    (Person::Technician, work_order::Action::Complete),
];

fn with_work_done() -> World {
    let mut world = with_order();
    play(&mut world, &UNTIL_DONE.map(|(actor, action)| (actor, order(action))));
    world
}

fn facts(state: work_order::State) -> work_order::Facts {
    let price = crate::world::FREE;
    work_order::Facts {
        state,
        held_from: None,
        accepted: false,
        anonymous: false,
        public_area: false,
        open_copies: 2,
        price,
    }
}

#[test]
fn e4_2_a_dispatched_case_is_accepted_resolved_and_archived_and_each_step_has_its_owner() {
    use complaint::Action::{Accept, AcceptAssignment, Archive, AssignHandler, Dispatch, Resolve};
    use complaint::State::{Archived, Assigned, Dispatched, FollowedUp, InProgress, Received, Resolved};
    use follow_up::Action::{Finish, Inspect, SignOpinion};
    let mut world = World::new(false, None);
    assert_eq!((world.state, world.owner), (Received, Some(Person::Supervisor)));
    for (actor, act, state, owner) in [
        (Person::Agent, Case(Dispatch), Dispatched, Person::Head),
        (Person::Head, Case(AcceptAssignment), Assigned, Person::Head),
        (Person::Head, Case(AssignHandler), Assigned, Person::Technician),
        (Person::Technician, Case(Accept), InProgress, Person::Technician),
        (Person::Technician, Case(Resolve), Resolved, Person::Supervisor),
        (Person::Supervisor, follow_up(Finish), FollowedUp, Person::Director),
        (Person::Director, follow_up(Inspect), FollowedUp, Person::Director),
        (Person::OfficeHead, follow_up(SignOpinion), FollowedUp, Person::Director),
        (Person::Archivist, Case(Archive), Archived, Person::Archivist),
    ] {
        play(&mut world, &[(actor, act)]);
        assert_eq!((world.state, world.owner), (state, Some(owner)), "after {act:?}");
    }
    assert_eq!(world.outcome, Some(Outcome::Handled));
}

#[test]
fn e4_2_1a_an_order_goes_from_the_desk_to_two_acknowledged_copies_and_each_step_has_its_owner() {
    use work_order::Action::{AcknowledgeCopy, Sign};
    use work_order::State::{
        Acknowledged, Arrived, Closed, Done, EnRoute, Issued, Signed, TeamAssigned, TechnicianAssigned,
    };
    let mut world = with_order();
    assert_eq!((world.state, world.owner), (complaint::State::InProgress, Some(Person::Head)));
    let order_now = |world: &World| (world.orders[0].state, world.orders[0].owner);
    assert_eq!(order_now(&world), (Issued, Some(Person::Head)));
    let steps = UNTIL_DONE.into_iter().chain([
        (Person::Filer, Sign),
        (Person::Head, AcknowledgeCopy),
        (Person::Agent, AcknowledgeCopy),
    ]);
    let results = [
        (Acknowledged, Person::Head),
        (TeamAssigned, Person::Leader),
        (TechnicianAssigned, Person::Technician),
        (EnRoute, Person::Technician),
        (Arrived, Person::Technician),
        (Done, Person::Technician),
        (Signed, Person::Head),
        (Signed, Person::Head),
        (Closed, Person::Head),
    ];
    for ((actor, action), (state, owner)) in steps.zip(results) {
        play(&mut world, &[(actor, order(action))]);
        assert_eq!(order_now(&world), (state, Some(owner)), "after {action:?}");
    }
}

#[test]
fn e4_5_2_a_case_is_not_resolved_while_an_order_is_unsigned() {
    let resolve = (Person::Head, Case(complaint::Action::Resolve));
    let mut world = with_work_done();
    let missing = Err(Refusal::Missing(Requirement::WorkOrdersFinished));
    assert_eq!(world.step(resolve.0, resolve.1), missing);
    play(&mut world, &[(Person::Filer, order(work_order::Action::Sign)), resolve]);
    assert_eq!(world.state, complaint::State::Resolved);
}

#[test]
fn e4_2_1a_a_case_is_not_archived_while_a_copy_is_out() {
    use follow_up::Action::{Finish, Inspect, SignOpinion};
    let mut world = with_work_done();
    let archive = (Person::Archivist, Case(complaint::Action::Archive));
    let copy = |actor| (actor, order(work_order::Action::AcknowledgeCopy));
    let end = [
        (Person::Filer, order(work_order::Action::Sign)),
        (Person::Head, Case(complaint::Action::Resolve)),
        (Person::Supervisor, follow_up(Finish)),
        (Person::Director, follow_up(Inspect)),
        (Person::OfficeHead, follow_up(SignOpinion)),
        copy(Person::Head),
    ];
    play(&mut world, &end);
    assert_eq!(world.step(archive.0, archive.1), Err(Refusal::Missing(Requirement::CopiesAcknowledged)));
    play(&mut world, &[copy(Person::Agent), archive]);
}

#[test]
fn c5_a_declined_case_is_resolved_as_declined_and_owes_a_follow_up() {
    use complaint::Action::{AcceptAssignment, Decline, Dispatch};
    let mut world = World::new(false, None);
    let acts = [(Person::Agent, Dispatch), (Person::Head, AcceptAssignment), (Person::Head, Decline)];
    play(&mut world, &acts.map(|(actor, action)| (actor, Case(action))));
    assert_eq!((world.state, world.outcome), (complaint::State::Resolved, Some(Outcome::Declined)));
    let owed = &world.follow_ups[0];
    assert_eq!((owed.state, owed.owner, owed.closing), (follow_up::State::Open, Some(Person::Supervisor), true));
}

#[test]
fn d2_a_follow_up_is_finished_then_inspected_then_signed_and_in_no_other_order() {
    use follow_up::Action::{Finish, Inspect, SignOpinion};
    use follow_up::State::{Finished, Inspected, Open, Signed};
    // Planning, trying and raising a matter leave it where it is.
    let leads_on = |state| {
        let listed = follow_up::allowed_actions(state, &EVERYBODY).into_iter();
        let moved = |action: &follow_up::Action| {
            follow_up::decide(state, *action, &EVERYBODY).is_ok_and(|change| change.state != state)
        };
        listed.filter(moved).collect::<Vec<_>>()
    };
    for (state, action, next) in
        [(Open, Finish, Finished), (Finished, Inspect, Inspected), (Inspected, SignOpinion, Signed)]
    {
        assert_eq!(leads_on(state), [action]);
        assert_eq!(follow_up::decide(state, action, &EVERYBODY).map(|change| change.state), Ok(next));
    }
    assert!(follow_up::allowed_actions(Signed, &EVERYBODY).is_empty());
}

#[test]
fn d5_only_the_director_closes_what_could_not_be_held_and_only_once_it_was_tried() {
    use domain::follow_up::attempt::Tries;
    use follow_up::Action::CloseUnreached;
    let facts = |days| follow_up::Facts {
        state: follow_up::State::Open,
        tries: Tries { days_without_answer: days, ..Tries::default() },
    };
    let by = |role| Standing(vec![Who::Owner, Who::Assignee, Who::Holder(role)]);
    let closed = |days, role| follow_up::decide(facts(days), CloseUnreached, &by(role));
    assert_eq!(closed(2, Role::CustomerServiceDirector), Err(Refusal::Missing(Requirement::ThreeAttempts)));
    assert!(matches!(closed(3, Role::CustomerServiceSupervisor), Err(Refusal::NotYours { .. })));
    let change = closed(3, Role::CustomerServiceDirector);
    assert_eq!(change.map(|change| change.state), Ok(follow_up::State::Finished), "it is still to be inspected (D2)");
}

#[test]
fn d2_a_follow_up_on_site_needs_the_signature_and_one_by_phone_the_record_of_the_call() {
    let check = |method, call_record, signature| follow_up::check_evidence(Evidence { method, call_record, signature });
    assert_eq!(check(Method::OnSite, true, false), Err(Refusal::Missing(Requirement::Signature)));
    assert_eq!(check(Method::OnSite, false, true), Ok(()));
    assert_eq!(check(Method::Phone, false, true), Err(Refusal::Missing(Requirement::CallRecord)));
    assert_eq!(check(Method::Phone, true, false), Ok(()));
}

#[test]
fn d7_an_anonymous_case_owes_its_written_result_and_no_follow_up() {
    use complaint::Action::{Archive, Dispatch, RecordResult, Withdraw};
    let mut world = World::new(true, None);
    play(&mut world, &[(Person::Agent, Case(Dispatch)), (Person::Agent, Case(Withdraw))]);
    assert!(world.follow_ups.is_empty());
    assert!(matches!(world.step(Person::Archivist, Case(Archive)), Err(Refusal::WrongState { .. })));
    play(&mut world, &[(Person::Supervisor, Case(RecordResult)), (Person::Archivist, Case(Archive))]);
    assert_eq!(world.state, complaint::State::Archived);
}

#[test]
fn c10_a_customer_who_is_not_satisfied_opens_the_case_again() {
    let reopened = complaint::after_follow_up(false);
    assert_eq!(reopened.state, complaint::State::InProgress);
    assert_eq!(reopened.effects, [Effect::CancelFollowUp, Effect::CountReopening]);
    assert_eq!(complaint::after_follow_up(true).state, complaint::State::FollowedUp);
}

#[test]
fn e4_5_2_the_head_signs_only_where_nobody_else_can() {
    use SignOffReason::{Absent, Anonymous, PublicArea};
    let home = facts(work_order::State::Done);
    let anonymous = work_order::Facts { anonymous: true, ..home.clone() };
    let public = work_order::Facts { public_area: true, ..home.clone() };
    let refused = Err(Refusal::Missing(Requirement::NobodyCanSign));
    for (facts, reason, attempts, result) in [
        (&home, Anonymous, 9, &refused),
        (&home, PublicArea, 9, &refused),
        (&home, Absent, 1, &refused),
        (&home, Absent, 2, &Ok(())),
        (&anonymous, Anonymous, 0, &Ok(())),
        (&anonymous, PublicArea, 0, &refused),
        (&public, PublicArea, 0, &Ok(())),
    ] {
        assert_eq!(&work_order::check_sign_off(facts, reason, attempts), result, "{reason:?} of {facts:?}");
    }
}

#[test]
fn e4_2_1a_a_correction_takes_back_one_step() {
    use work_order::Action::Correct;
    use work_order::State::{Arrived, Done, EnRoute, TechnicianAssigned};
    let back = |state| work_order::decide(&facts(state), Correct, &EVERYBODY).map(|change| change.state);
    assert_eq!([back(Done), back(Arrived), back(EnRoute)], [Ok(Arrived), Ok(EnRoute), Ok(TechnicianAssigned)]);
    assert!(matches!(back(TechnicianAssigned), Err(Refusal::WrongState { .. })));
}

#[test]
fn e4_2_1_materials_of_paid_work_wait_for_the_customers_word_and_come_back_at_any_time() {
    use domain::price::Pricing::{Free, QuoteOnSite, Quoted};
    use work_order::Action::RecordMaterials;
    let used = |pricing, accepted_quotes| {
        let price = work_order::Price { pricing, accepted_quotes, ..crate::world::FREE };
        let facts = work_order::Facts { price, ..facts(work_order::State::Arrived) };
        work_order::decide(&facts, RecordMaterials, &EVERYBODY).map(|change| change.state)
    };
    let refused: Result<work_order::State, Refusal> = Err(Refusal::Missing(Requirement::AcceptedQuote));
    assert_eq!([used(Quoted, 0), used(QuoteOnSite, 0)], [refused.clone(), refused]);
    let stays: Result<work_order::State, Refusal> = Ok(work_order::State::Arrived);
    assert_eq!([used(Free, 0), used(Quoted, 1), used(QuoteOnSite, 1)], [stays.clone(), stays.clone(), stays]);
    assert_eq!(work_order::check_return(work_order::State::Arrived, &EVERYBODY), Ok(()));
    assert!(work_order::check_return(work_order::State::Signed, &EVERYBODY).is_err());
}

#[test]
fn e4_5_2_refusing_the_signature_sends_the_order_back_to_its_technician() {
    let refuse = work_order::Action::RefuseSignature;
    let change = work_order::decide(&facts(work_order::State::Done), refuse, &EVERYBODY).unwrap();
    assert_eq!((change.state, change.reopened), (work_order::State::TechnicianAssigned, true));
    let mut world = with_work_done();
    play(&mut world, &[(Person::Filer, order(refuse))]);
    assert_eq!(world.orders[0].owner, Some(Person::Technician));
}
