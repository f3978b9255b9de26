//! An incident: one matter that several units report, and the open letter that answers them all (D4).

use crate::closed_set::closed_set;
use crate::organization::Role;
use crate::refusal::{Refusal, Requirement};
use crate::standing::{Permission, Standing, Who, permit};

/// How many cases one incident holds. A letter answers all of them in one transaction, so that nobody ever sees a half
/// published one; so many take a second or two.
pub const MAX_CASES: usize = 300;
/// How many units must report the same before it is suggested as an incident (ours).
pub const SEVERAL: usize = 2;
/// Within how many days (ours).
pub const RECENT_DAYS: i64 = 14;

closed_set! {
    /// Where an incident stands.
    pub enum State as "IncidentState" {
        /// It goes on: cases join it, residents follow it.
        Open,
        /// It is over.
        Ended,
        /// It is carried on under another incident.
        Merged,
    }
}

closed_set! {
    /// An act on an incident.
    pub enum Action as "IncidentAction" {
        /// Take more cases into it.
        AddCases,
        /// Make an incident of its own from some of its cases.
        Split,
        /// Carry it on under another incident of the site.
        Merge,
        /// Let residents know of it, or no longer.
        Announce,
        /// Say that it is over.
        End,
        /// Draft an open letter.
        DraftLetter,
    }
}

closed_set! {
    /// Where an open letter stands.
    pub enum LetterState as "OpenLetterState" {
        /// Being written; only employees see it.
        Draft,
        /// Approved and published; it is not changed any more.
        Published,
        /// Not wanted.
        Discarded,
    }
}

closed_set! {
    /// An act on an open letter.
    pub enum LetterAction as "OpenLetterAction" {
        /// Change its words or whom it is for.
        Revise,
        /// Approve and publish it: the head of the office or a leader, never whoever wrote it.
        Publish,
        /// Throw the draft away.
        Discard,
    }
}

closed_set! {
    /// Whom an open letter is for, besides those whose cases it answers.
    pub enum Audience as "OpenLetterAudience" {
        /// Every unit of the site.
        All,
        /// The units of some buildings.
        Buildings,
        /// Some units.
        Units,
        /// Nobody but those whose cases it answers, and those who follow the incident.
        Members,
    }
}

const DESK: &[Who] = &[
    Who::Holder(Role::CustomerServiceAgent),
    Who::Holder(Role::CustomerServiceSupervisor),
    Who::Holder(Role::CustomerServiceDirector),
    Who::Holder(Role::OfficeHead),
    Who::Holder(Role::CompanyLeader),
];
const APPROVERS: &[Who] = &[Who::Holder(Role::OfficeHead), Who::Holder(Role::CompanyLeader)];

/// In which states an act is possible and who may do it.
#[must_use]
pub const fn permission(action: Action) -> Permission<State> {
    let states: &'static [State] = match action {
        // What is over may still be answered.
        Action::DraftLetter => &[State::Open, State::Ended],
        _ => &[State::Open],
    };
    Permission { states, who: DESK }
}

/// Decides an act on an incident.
///
/// # Errors
/// [`Refusal::NotYours`] or [`Refusal::WrongState`].
pub fn decide(state: State, action: Action, standing: &Standing) -> Result<State, Refusal> {
    permit(&permission(action), state, State::name, standing)?;
    Ok(match action {
        Action::Merge => State::Merged,
        Action::End => State::Ended,
        _ => state,
    })
}

/// Every act that this person can do now.
#[must_use]
pub fn allowed_actions(state: State, standing: &Standing) -> Vec<Action> {
    Action::ALL.iter().copied().filter(|action| decide(state, *action, standing).is_ok()).collect()
}

/// Decides an act on an open letter, by whoever wrote it or not.
///
/// # Errors
/// [`Refusal::NotYours`], [`Refusal::WrongState`], or [`Refusal::Missing`] where it must be somebody else.
pub fn decide_letter(
    state: LetterState,
    action: LetterAction,
    standing: &Standing,
    own: bool,
) -> Result<LetterState, Refusal> {
    let who = if action == LetterAction::Publish { APPROVERS } else { DESK };
    permit(&Permission { states: &[LetterState::Draft], who }, state, LetterState::name, standing)?;
    match action {
        LetterAction::Publish if own => Err(Refusal::Missing(Requirement::SomebodyElse)),
        LetterAction::Publish => Ok(LetterState::Published),
        LetterAction::Discard => Ok(LetterState::Discarded),
        LetterAction::Revise => Ok(state),
    }
}

/// Every act on an open letter that this person can do now.
#[must_use]
pub fn allowed_letter_actions(state: LetterState, standing: &Standing, own: bool) -> Vec<LetterAction> {
    let possible = |action: &LetterAction| decide_letter(state, *action, standing, own).is_ok();
    LetterAction::ALL.iter().copied().filter(possible).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn d4_a_letter_is_published_by_the_head_and_by_somebody_else_than_who_wrote_it() {
        let head = Standing(vec![Who::Holder(Role::OfficeHead)]);
        let agent = Standing(vec![Who::Holder(Role::CustomerServiceAgent)]);
        let publish = |standing, own| decide_letter(LetterState::Draft, LetterAction::Publish, standing, own);
        assert_eq!(publish(&head, false), Ok(LetterState::Published));
        assert_eq!(publish(&head, true), Err(Refusal::Missing(Requirement::SomebodyElse)));
        assert!(matches!(publish(&agent, false), Err(Refusal::NotYours { .. })));
    }

    #[test]
    fn d4_what_was_published_stays_as_it_is() {
        let head = Standing(vec![Who::Holder(Role::OfficeHead)]);
        assert_eq!(allowed_letter_actions(LetterState::Published, &head, false), []);
        assert_eq!(allowed_actions(State::Merged, &head), []);
    }
}
