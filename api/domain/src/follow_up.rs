//! The life of a follow-up 回访 (C10, D0–D2): held, inspected by the director, signed by the office head, in this order.

use crate::closed_set::closed_set;
use crate::organization::Role;
use crate::ownership::Post;
use crate::refusal::{Refusal, Requirement};
use crate::standing::{Permission, Standing, Who, permit};

closed_set! {
    /// Where a follow-up stands. In every state one named person owns it (A0).
    pub enum State as "FollowUpState" {
        /// To be held by the supervisor (D1).
        Open,
        /// Held; the director is to inspect it.
        Finished,
        /// Inspected; the office head is to sign an opinion.
        Inspected,
        /// Signed.
        Signed,
        /// No longer owed: the case was reopened.
        Cancelled,
    }
}

closed_set! {
    /// How a follow-up was held (D2).
    pub enum Method as "FollowUpMethod" {
        /// 电话回访: the record says so and holds the call.
        Phone,
        /// 上门回访: the customer signs.
        OnSite,
    }
}

closed_set! {
    /// What the customer said of the result.
    pub enum Satisfaction as "Satisfaction" {
        /// Content.
        Satisfied,
        /// Not content: the case is reopened.
        Dissatisfied,
    }
}

closed_set! {
    /// An act on a follow-up. `allowedActions` lists those that the viewer can do now.
    pub enum Action as "FollowUpAction" {
        /// Record how it went.
        Finish,
        /// Inspect the record (D2).
        Inspect,
        /// Sign an opinion (D2).
        SignOpinion,
    }
}

impl State {
    /// Whose duty the follow-up is in this state (A0); nobody's once it has ended.
    #[must_use]
    pub const fn duty(self) -> Option<Post> {
        match self {
            Self::Open => Some(Post::CustomerServiceSupervisor),
            Self::Finished => Some(Post::CustomerServiceDirector),
            Self::Inspected => Some(Post::OfficeHead),
            Self::Signed | Self::Cancelled => None,
        }
    }
}

/// What a finished follow-up brings with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Evidence {
    /// How it was held.
    pub method: Method,
    /// Whether the record of a call is there.
    pub call_record: bool,
    /// Whether the customer's signature is there.
    pub signature: bool,
}

/// What an act changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The state after the act.
    pub state: State,
    /// Who owns it after the act.
    pub owner: Post,
}

/// In which states an act is possible and who may do it: the whole table.
#[must_use]
pub fn permission(action: Action) -> Permission<State> {
    let (states, who): (&'static [State], &'static [Who]) = match action {
        Action::Finish => (&[State::Open], &[Who::Owner, Who::Holder(Role::CustomerServiceSupervisor)]),
        Action::Inspect => (&[State::Finished], &[Who::Owner, Who::Holder(Role::CustomerServiceDirector)]),
        Action::SignOpinion => (&[State::Inspected], &[Who::Owner, Who::Holder(Role::OfficeHead)]),
    };
    Permission { states, who }
}

/// Decides an act; does nothing.
///
/// # Errors
/// [`Refusal::NotYours`] or [`Refusal::WrongState`].
pub fn decide(state: State, action: Action, standing: &Standing) -> Result<Change, Refusal> {
    permit(&permission(action), state, State::name, standing)?;
    Ok(match action {
        Action::Finish => Change { state: State::Finished, owner: Post::CustomerServiceDirector },
        Action::Inspect => Change { state: State::Inspected, owner: Post::OfficeHead },
        Action::SignOpinion => Change { state: State::Signed, owner: Post::Archivist },
    })
}

/// Checks what a follow-up must bring (D2): on site the customer's signature, by phone the record of the call.
///
/// # Errors
/// [`Refusal::Missing`] with what is not there.
pub fn check_evidence(evidence: Evidence) -> Result<(), Refusal> {
    match evidence.method {
        Method::OnSite if !evidence.signature => Err(Refusal::Missing(Requirement::Signature)),
        Method::Phone if !evidence.call_record => Err(Refusal::Missing(Requirement::CallRecord)),
        _ => Ok(()),
    }
}

/// Every act that this person can do now; the same rule that [`decide`] enforces.
#[must_use]
pub fn allowed_actions(state: State, standing: &Standing) -> Vec<Action> {
    Action::ALL.iter().copied().filter(|action| decide(state, *action, standing).is_ok()).collect()
}
