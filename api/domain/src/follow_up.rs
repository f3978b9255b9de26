//! The life of a follow-up 回访 (C10, D0–D5): planned, tried, held, inspected by the director or not drawn for it, signed by
//! the office head, in this order.
//!
//! ```text
//! OPEN ─ finish ─▶ FINISHED ─ inspect, or not drawn ─▶ INSPECTED ─ sign ─▶ SIGNED
//!   └ nobody was reached, by the director's word ─▲
//! ```

pub mod attempt;
pub mod inspection;
pub mod questionnaire;

use crate::closed_set::closed_set;
use crate::organization::Role;
use crate::ownership::Post;
use crate::refusal::{Refusal, Requirement};
use crate::standing::{Permission, Standing, Who, permit};
use attempt::Tries;

closed_set! {
    /// Where a follow-up stands. In every state one named person owns it (A0).
    pub enum State as "FollowUpState" {
        /// To be held by the supervisor (D1).
        Open,
        /// Held, or nobody was reached; the director is to inspect it.
        Finished,
        /// Inspected, or not drawn for inspection; the office head is to sign an opinion.
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
        /// Say when it is to be held, and by whom.
        Plan,
        /// Record that the customer was not to be had: no answer, refused, moved away.
        RecordAttempt,
        /// Record how it went.
        Finish,
        /// Make a case of something new that the customer raised, with a promised time of reply (D3).
        RaiseMatter,
        /// Close it without a talk, because the customer cannot be had: the director's word.
        CloseUnreached,
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

/// What the rules need to know of a follow-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Facts {
    /// Where it stands.
    pub state: State,
    /// How often the customer was not to be had.
    pub tries: Tries,
}

impl From<State> for Facts {
    /// A follow-up that nobody has tried yet.
    fn from(state: State) -> Self {
        Self { state, tries: Tries::default() }
    }
}

/// What an act changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The state after the act.
    pub state: State,
    /// Who owns it after the act; `None` keeps the owner.
    pub owner: Option<Post>,
}

impl Change {
    const fn to(state: State, owner: Post) -> Self {
        Self { state, owner: Some(owner) }
    }
}

const SUPERVISOR: Who = Who::Holder(Role::CustomerServiceSupervisor);
const DIRECTOR: Who = Who::Holder(Role::CustomerServiceDirector);
const OFFICE_HEAD: Who = Who::Holder(Role::OfficeHead);

/// In which states an act is possible and who may do it: the whole table. The supervisor is responsible (D1), whoever else
/// is asked to hold the talk.
#[must_use]
pub fn permission(action: Action) -> Permission<State> {
    let (states, who): (&'static [State], &'static [Who]) = match action {
        Action::Plan => (&[State::Open], &[Who::Owner, SUPERVISOR]),
        Action::RecordAttempt | Action::Finish => (&[State::Open], &[Who::Owner, SUPERVISOR, Who::Assignee]),
        Action::RaiseMatter => (&[State::Open, State::Finished], &[Who::Owner, SUPERVISOR, Who::Assignee]),
        Action::CloseUnreached => (&[State::Open], &[DIRECTOR, OFFICE_HEAD]),
        Action::Inspect => (&[State::Finished], &[Who::Owner, DIRECTOR]),
        Action::SignOpinion => (&[State::Inspected], &[Who::Owner, OFFICE_HEAD]),
    };
    Permission { states, who }
}

/// Decides an act; does nothing.
///
/// # Errors
/// [`Refusal::NotYours`] or [`Refusal::WrongState`]; [`Refusal::Missing`] while the customer was not tried often enough.
pub fn decide(facts: impl Into<Facts>, action: Action, standing: &Standing) -> Result<Change, Refusal> {
    let Facts { state, tries } = facts.into();
    permit(&permission(action), state, State::name, standing)?;
    Ok(match action {
        Action::Plan | Action::RecordAttempt | Action::RaiseMatter => Change { state, owner: None },
        Action::CloseUnreached if tries.unreached().is_none() => {
            return Err(Refusal::Missing(Requirement::ThreeAttempts));
        }
        Action::Finish | Action::CloseUnreached => Change::to(State::Finished, Post::CustomerServiceDirector),
        Action::Inspect => Change::to(State::Inspected, Post::OfficeHead),
        Action::SignOpinion => Change::to(State::Signed, Post::Archivist),
    })
}

/// What becomes of a follow-up in the director's draw: drawn, it is to be inspected; not drawn, it goes on to the head.
#[must_use]
pub fn after_draw(drawn: bool) -> Change {
    if drawn { Change { state: State::Finished, owner: None } } else { Change::to(State::Inspected, Post::OfficeHead) }
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
pub fn allowed_actions(facts: impl Into<Facts>, standing: &Standing) -> Vec<Action> {
    let facts = facts.into();
    Action::ALL.iter().copied().filter(|action| decide(facts, *action, standing).is_ok()).collect()
}
