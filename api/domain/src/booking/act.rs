//! Who may agree, change and give up a visit, who may say that somebody was not there, and when (E4.2.1).

use chrono::{DateTime, Utc};

use super::{LATEST_CHANGE, State, Window};
use crate::closed_set::closed_set;
use crate::complaint::State as CaseState;
use crate::organization::Role;
use crate::refusal::{Refusal, Requirement};
use crate::standing::{Permission, Standing, Who, permit};
use crate::work_order::State as OrderState;

closed_set! {
    /// An act on the visits of a case. `Booking.allowedActions` and `Complaint.bookingActions` list those that the viewer can do
    /// now.
    pub enum Action as "BookingAction" {
        /// Agree a visit: `bookVisit`.
        Book,
        /// Agree another window instead of the one that is agreed 改约: `bookVisit`.
        Reschedule,
        /// Give up the visit that is agreed: `cancelVisit`.
        Cancel,
        /// Say that nobody came 爽约: `recordNoShow` with `TECHNICIAN`.
        RecordTechnicianAbsent,
        /// Say that the customer was not there 爽约: `recordNoShow` with `CUSTOMER`.
        RecordCustomerAbsent,
    }
}

/// What the rules need to know of a case and its visit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Facts {
    /// Where the case stands.
    pub case: CaseState,
    /// Whether it is an emergency, which is attended at once (B6).
    pub emergency: bool,
    /// The newest visit that is wished, agreed or kept, if there is one.
    pub visit: Option<(State, Window)>,
    /// Where the order of the case stands that this person carries out, if they carry out one.
    pub own_order: Option<OrderState>,
    /// Now.
    pub now: DateTime<Utc>,
}

/// Those who agree visits for the company.
const STAFF: &[Who] = &[
    Who::Owner,
    Who::Holder(Role::CustomerServiceAgent),
    Who::Holder(Role::CustomerServiceSupervisor),
    Who::Holder(Role::DepartmentHead),
    Who::Holder(Role::MarketHead),
    Who::Holder(Role::OfficeHead),
];
/// They, and the customers.
const EVERYBODY: &[Who] = &[
    Who::Filer,
    Who::Household,
    Who::Owner,
    Who::Holder(Role::CustomerServiceAgent),
    Who::Holder(Role::CustomerServiceSupervisor),
    Who::Holder(Role::DepartmentHead),
    Who::Holder(Role::MarketHead),
    Who::Holder(Role::OfficeHead),
];
/// The states of a case in which somebody may still come.
const OPEN: &[CaseState] = &[CaseState::Received, CaseState::Dispatched, CaseState::Assigned, CaseState::InProgress];

/// In which states of a case an act is possible, and who may do it.
#[must_use]
pub const fn permission(action: Action) -> Permission<CaseState> {
    match action {
        Action::Book | Action::Reschedule | Action::Cancel => Permission { states: OPEN, who: EVERYBODY },
        Action::RecordTechnicianAbsent => Permission { states: CaseState::ALL, who: EVERYBODY },
        Action::RecordCustomerAbsent => Permission { states: CaseState::ALL, who: &[Who::Holder(Role::Technician)] },
    }
}

/// Whether somebody acts for the company: who is sooner than a customer may be, and later.
#[must_use]
pub fn in_person(standing: &Standing) -> bool {
    standing.is_any(STAFF)
}

/// Decides an act; does nothing. The answer is what becomes of the visit that stood before, if one did.
///
/// # Errors
/// [`Refusal::NotYours`], [`Refusal::WrongState`], or [`Refusal::Missing`] with what must come first.
pub fn decide(facts: &Facts, action: Action, standing: &Standing) -> Result<Option<State>, Refusal> {
    let permission = permission(action);
    match (action, facts.own_order) {
        // Whoever stands at the door says it, whatever else they are.
        (Action::RecordCustomerAbsent, Some(OrderState::Arrived)) => {}
        (Action::RecordCustomerAbsent, Some(_)) => return Err(Refusal::Missing(Requirement::ArrivalRecorded)),
        (Action::RecordCustomerAbsent, None) => {
            return Err(Refusal::NotYours { who_may: permission.who.iter().map(|who| who.name()).collect() });
        }
        _ => permit(&permission, facts.case, CaseState::name, standing)?,
    }
    let agreed = facts.visit.filter(|(state, _)| *state == State::Booked).map(|(_, window)| window);
    match action {
        Action::Book | Action::Reschedule if facts.emergency => Err(Refusal::Missing(Requirement::NoEmergency)),
        Action::Book => match facts.visit {
            // A visit that took place stays one, also when another is agreed.
            Some((State::Kept, _)) => Ok(Some(State::Kept)),
            Some((State::Booked, _)) => {
                Err(Refusal::WrongState { possible_in: vec![State::Wished.name(), State::Kept.name()] })
            }
            Some(_) => Ok(Some(State::Rescheduled)),
            None => Ok(None),
        },
        Action::Reschedule => changeable(agreed, facts.now, standing).map(|()| Some(State::Rescheduled)),
        Action::Cancel => changeable(agreed, facts.now, standing).map(|()| Some(State::Cancelled)),
        Action::RecordTechnicianAbsent => match agreed {
            None => Err(Refusal::Missing(Requirement::BookedVisit)),
            Some(window) if facts.now < window.to => Err(Refusal::Missing(Requirement::WindowOver)),
            Some(_) => Ok(Some(State::NoShow)),
        },
        Action::RecordCustomerAbsent => match facts.visit {
            Some((State::Kept, _)) => Ok(Some(State::NoShow)),
            _ => Err(Refusal::Missing(Requirement::BookedVisit)),
        },
    }
}

/// A visit is changed by the customer until [`LATEST_CHANGE`] before it begins, and by the company at any time.
fn changeable(agreed: Option<Window>, now: DateTime<Utc>, standing: &Standing) -> Result<(), Refusal> {
    match agreed {
        None => Err(Refusal::Missing(Requirement::BookedVisit)),
        Some(window) if !in_person(standing) && window.from - now < LATEST_CHANGE => {
            Err(Refusal::Missing(Requirement::TimeToChange))
        }
        Some(_) => Ok(()),
    }
}

/// Every act that this person can do now; the same rule that [`decide`] enforces.
#[must_use]
pub fn allowed_actions(facts: &Facts, standing: &Standing) -> Vec<Action> {
    Action::ALL.iter().copied().filter(|action| decide(facts, *action, standing).is_ok()).collect()
}

/// Whether an act is one on a visit that is there, and not on the case.
#[must_use]
pub const fn is_on_visit(action: Action) -> bool {
    !matches!(action, Action::Book)
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn facts(visit: Option<State>, now: &str) -> Facts {
        let window = Window { from: at("2026-03-03T01:00:00Z"), to: at("2026-03-03T03:00:00Z") };
        let visit = visit.map(|state| (state, window));
        Facts { case: CaseState::Dispatched, emergency: false, visit, own_order: None, now: at(now) }
    }

    fn customer() -> Standing {
        Standing(vec![Who::Filer])
    }

    fn agent() -> Standing {
        Standing(vec![Who::Holder(Role::CustomerServiceAgent)])
    }

    #[test]
    fn e4_2_1_a_customer_changes_a_visit_until_two_hours_before_and_customer_service_at_any_time() {
        use Action::{Book, Cancel, RecordTechnicianAbsent, Reschedule};
        let early = "2026-03-02T23:00:00Z";
        assert_eq!(allowed_actions(&facts(None, early), &customer()), [Book]);
        assert_eq!(allowed_actions(&facts(Some(State::Wished), early), &customer()), [Book]);
        assert_eq!(allowed_actions(&facts(Some(State::Booked), early), &customer()), [Reschedule, Cancel]);
        let late = "2026-03-02T23:00:01Z";
        assert_eq!(allowed_actions(&facts(Some(State::Booked), late), &customer()), []);
        assert_eq!(
            decide(&facts(Some(State::Booked), late), Cancel, &customer()),
            Err(Refusal::Missing(Requirement::TimeToChange))
        );
        assert_eq!(allowed_actions(&facts(Some(State::Booked), late), &agent()), [Reschedule, Cancel]);
        let over = "2026-03-03T03:00:00Z";
        assert_eq!(allowed_actions(&facts(Some(State::Booked), over), &customer()), [RecordTechnicianAbsent]);
        assert_eq!(allowed_actions(&facts(Some(State::Booked), over), &Standing::default()), []);
    }

    #[test]
    fn b6_an_emergency_is_never_booked_and_a_visit_of_before_can_be_given_up() {
        let urgent = |visit| Facts { emergency: true, ..facts(visit, "2026-03-02T01:00:00Z") };
        assert_eq!(allowed_actions(&urgent(None), &agent()), []);
        assert_eq!(decide(&urgent(None), Action::Book, &agent()), Err(Refusal::Missing(Requirement::NoEmergency)));
        assert_eq!(allowed_actions(&urgent(Some(State::Booked)), &agent()), [Action::Cancel]);
    }

    #[test]
    fn e4_2_1_only_whoever_stands_at_the_door_says_that_the_customer_was_not_there() {
        let on_site = |own_order, visit| Facts { own_order, ..facts(visit, "2026-03-03T01:10:00Z") };
        let technician = Standing::default();
        let arrived = Some(OrderState::Arrived);
        assert_eq!(allowed_actions(&on_site(arrived, Some(State::Kept)), &technician), [Action::RecordCustomerAbsent]);
        assert_eq!(allowed_actions(&on_site(arrived, None), &technician), []);
        assert_eq!(allowed_actions(&on_site(Some(OrderState::EnRoute), Some(State::Kept)), &technician), []);
        assert!(!allowed_actions(&on_site(None, Some(State::Kept)), &agent()).contains(&Action::RecordCustomerAbsent));
    }

    #[test]
    fn the_end_of_a_case_ends_what_can_be_booked() {
        for state in CaseState::ALL.iter().filter(|state| !OPEN.contains(state)) {
            let facts = Facts { case: *state, now: at("2026-03-02T01:00:00Z"), ..facts(None, "2026-03-02T01:00:00Z") };
            assert_eq!(allowed_actions(&facts, &agent()), [], "{state:?}");
        }
        let before = at("2026-03-03T01:00:00Z") - LATEST_CHANGE - TimeDelta::hours(1);
        let kept = Facts { now: before, ..facts(Some(State::Kept), "2026-03-02T01:00:00Z") };
        assert_eq!(decide(&kept, Action::Book, &customer()), Ok(Some(State::Kept)), "what took place stays");
    }
}
