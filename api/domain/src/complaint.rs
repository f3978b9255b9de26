//! The life of a complaint, a repair or a paid service (E1, E2): what may follow what, who owns it, what it owes.
//!
//! ```text
//! RECEIVED ─ dispatch ─▶ DISPATCHED ─ accept assignment ─▶ ASSIGNED ─ accept ─▶ IN_PROGRESS ─ resolve ─▶ RESOLVED
//!    ▲                       │ refuse assignment               │ decline ────────────────────────────────▲  │
//!    └───────────────────────┘                                 └ hand over ▶ DISPATCHED        follow-up  ▼  │
//! ARCHIVED ◀─ archive (follow-up inspected and signed, or anonymous with written result) ─ FOLLOWED_UP ◀─────┘
//! ```

mod words;

pub use words::{Channel, Kind, Outcome, ReplyForm, Severity};

use crate::closed_set::closed_set;
use crate::follow_up;
use crate::organization::Role;
use crate::ownership::Post;
use crate::refusal::{Refusal, Requirement};
use crate::standing::{Permission, Standing, Who, permit};
use crate::undertaking::Summary as Undertakings;

closed_set! {
    /// Where a case stands. In every state one named person owns it (A0).
    pub enum State as "ComplaintState" {
        /// Registered; customer service is to dispatch it.
        Received,
        /// Sent to a department, which is to accept it or to refuse it with a reason.
        Dispatched,
        /// The department has it and is to decide: accept or decline (C5).
        Assigned,
        /// Being worked on.
        InProgress,
        /// Handled, declined or withdrawn; the follow-up is owed (C10), or the written result if anonymous (D7).
        Resolved,
        /// Followed up; inspection, opinion and archiving remain (D2, A8).
        FollowedUp,
        /// Ended. Cannot change; takes addenda (A8).
        Archived,
        /// Carried on under another number.
        Merged,
    }
}

closed_set! {
    /// An act on a case. `allowedActions` lists those that the viewer can do now.
    pub enum Action as "ComplaintAction" {
        /// Send the case to the responsible department (E4.2).
        Dispatch,
        /// The department takes the case (C4).
        AcceptAssignment,
        /// The department refuses the case with a reason; it returns to customer service.
        RefuseAssignment,
        /// Pass the case on to another department (C4).
        HandOver,
        /// Name the person in the department who handles it (A0).
        AssignHandler,
        /// Decide to handle it, with a reason the customer can read (C5).
        Accept,
        /// Decide not to handle it, with a reason the customer can read (C5).
        Decline,
        /// Correct kind, category or severity.
        Reclassify,
        /// Issue a work order (E4.2.1A).
        IssueWorkOrder,
        /// Quote what paid work would cost (E4.2.1).
        Quote,
        /// Tell the customer how it goes (C5).
        ReportProgress,
        /// Answer the customer, finally or for the time being (C8).
        Reply,
        /// Add words or items.
        Add,
        /// Let the household see it, or no longer.
        Share,
        /// Take it back, with a reason.
        Withdraw,
        /// Record that it has been handled, and the result.
        Resolve,
        /// Record that it cannot be solved, with an explanation and an apology; a remedy must have been offered (C9).
        ConcludeUnresolvable,
        /// Undertake something for it: a promise to the customer, a task of another department, a question to an outside
        /// party, an action against its cause (C4, C6, C9, C11, E4.4).
        Undertake,
        /// Record a visit on site with a finding for every matter (A5, C3).
        RecordVisit,
        /// Record the cause and who is liable (A4, C4).
        Investigate,
        /// Say that it repeats an earlier case, or that it does not (D6).
        CorrectRepeat,
        /// Take back a resolution made by mistake.
        CorrectResolution,
        /// Open it again because the matter is not settled.
        Reopen,
        /// Rate the handling (E4.5.2).
        Rate,
        /// Talk over how it goes (D0); between resolution and the follow-up that is owed, that one is open already.
        OpenFollowUp,
        /// Write down the result of an anonymous case (D7).
        RecordResult,
        /// Carry the case on under another case of the same customer.
        Merge,
        /// Make a case of its own from some of the items.
        Split,
        /// Put it into the archive (A8).
        Archive,
        /// Add a note to an archived case (A8).
        AddAddendum,
        /// Customer service takes it into its hands (E3.5).
        TakeOver,
        /// Ask whoever reported an anonymous case, who reads it by the receipt code (D7).
        Ask,
    }
}

/// What the rules need to know of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// Where it stands.
    pub state: State,
    /// Whether nobody is known to whom an answer could go (D7).
    pub anonymous: bool,
    /// Work orders that are neither signed nor cancelled.
    pub unfinished_orders: u32,
    /// Signed work orders with a copy not yet acknowledged.
    pub orders_with_open_copies: u32,
    /// The state of the follow-up that satisfies C10, once the case is resolved.
    pub follow_up: Option<follow_up::State>,
    /// Whether the result of an anonymous case is written down.
    pub result_written: bool,
    /// Whether the customer has rated.
    pub rated: bool,
    /// The number of items.
    pub items: u32,
    /// What has been said of its price.
    pub price: Price,
    /// What was undertaken for it.
    pub undertakings: Undertakings,
}

/// What the rules need to know of the price of a case before an order is issued (E4.2.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Price {
    /// Whether there is a unit that paid work could be charged to.
    pub billable: bool,
    /// Quotes without an order that are neither answered nor expired.
    pub open_quotes: u32,
}

/// Something that happens with the change, in the same transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Open the follow-up that C10 owes (D1: automatic on resolution).
    OpenFollowUp,
    /// Cancel every follow-up that is open. One that was held already stays, and is inspected and signed all the same.
    CancelFollowUp,
    /// Cancel every unfinished work order.
    CancelWorkOrders,
    /// Cancel what was undertaken and is still open, but for actions against the cause.
    CancelUndertakings,
    /// Count a reopening; the outcome and the rating of before stand in the log, and the case can be rated anew.
    CountReopening,
}

/// What an act changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The state after the act.
    pub state: State,
    /// Who owns it after the act; `None` keeps the owner.
    pub owner: Option<Post>,
    /// How the handling ended, where the act ends it.
    pub outcome: Option<Outcome>,
    /// What else happens.
    pub effects: Vec<Effect>,
}

impl Change {
    fn to(state: State, owner: Post) -> Self {
        Self { state, owner: Some(owner), outcome: None, effects: Vec::new() }
    }

    fn stay(state: State) -> Self {
        Self { state, owner: None, outcome: None, effects: Vec::new() }
    }

    fn with(mut self, effects: &[Effect]) -> Self {
        self.effects.extend_from_slice(effects);
        self
    }

    fn ending(mut self, outcome: Outcome) -> Self {
        self.outcome = Some(outcome);
        self
    }
}

const AGENT: Who = Who::Holder(Role::CustomerServiceAgent);
const SUPERVISOR: Who = Who::Holder(Role::CustomerServiceSupervisor);
const HEAD: Who = Who::Holder(Role::DepartmentHead);
const MARKET_HEAD: Who = Who::Holder(Role::MarketHead);
const DIRECTOR: Who = Who::Holder(Role::CustomerServiceDirector);
const OFFICE_HEAD: Who = Who::Holder(Role::OfficeHead);
const ARCHIVIST: Who = Who::Holder(Role::Archivist);

const DESK: &[Who] = &[Who::Owner, AGENT, SUPERVISOR];
const DEPARTMENT: &[Who] = &[Who::Owner, HEAD, MARKET_HEAD];
const DESK_AND_DEPARTMENT: &[Who] = &[Who::Owner, AGENT, SUPERVISOR, HEAD, MARKET_HEAD];
const UNDERTAKERS: &[Who] = &[Who::Owner, AGENT, SUPERVISOR, HEAD, MARKET_HEAD, DIRECTOR, OFFICE_HEAD];
const NOT_ENDED: &[State] =
    &[State::Received, State::Dispatched, State::Assigned, State::InProgress, State::Resolved, State::FollowedUp];
const OPEN: &[State] = &[State::Received, State::Dispatched, State::Assigned, State::InProgress];

/// In which states an act is possible and who may do it: the whole table.
#[must_use]
pub fn permission(action: Action) -> Permission<State> {
    let (states, who): (&'static [State], &'static [Who]) = match action {
        Action::Dispatch => (&[State::Received], DESK),
        Action::AcceptAssignment | Action::RefuseAssignment => (&[State::Dispatched], DEPARTMENT),
        Action::HandOver => (&[State::Assigned, State::InProgress], DESK_AND_DEPARTMENT),
        Action::AssignHandler => (&[State::Assigned, State::InProgress], DEPARTMENT),
        Action::Accept | Action::Decline => (&[State::Assigned], DEPARTMENT),
        Action::Reclassify | Action::Quote | Action::RecordVisit | Action::Investigate => (OPEN, DESK_AND_DEPARTMENT),
        Action::IssueWorkOrder => (&[State::Received, State::InProgress], DESK_AND_DEPARTMENT),
        Action::ReportProgress | Action::Reply | Action::Ask => (
            &[State::Received, State::Dispatched, State::Assigned, State::InProgress, State::Resolved],
            DESK_AND_DEPARTMENT,
        ),
        Action::Add => (
            &[State::Received, State::Dispatched, State::Assigned, State::InProgress, State::Resolved],
            &[Who::Filer, Who::Owner, AGENT, SUPERVISOR],
        ),
        Action::Share => (NOT_ENDED, &[Who::Filer]),
        Action::Withdraw => (OPEN, &[Who::Filer, AGENT, SUPERVISOR]),
        Action::Resolve | Action::ConcludeUnresolvable => (&[State::InProgress], DEPARTMENT),
        Action::Undertake | Action::CorrectRepeat => (NOT_ENDED, UNDERTAKERS),
        Action::CorrectResolution => (&[State::Resolved], DESK_AND_DEPARTMENT),
        Action::Reopen | Action::Rate => (&[State::Resolved, State::FollowedUp], &[Who::Filer]),
        Action::OpenFollowUp => (
            &[State::Received, State::Dispatched, State::Assigned, State::InProgress, State::FollowedUp],
            &[SUPERVISOR, DIRECTOR],
        ),
        Action::RecordResult => (&[State::Resolved], &[Who::Owner, SUPERVISOR]),
        Action::Merge | Action::Split => (OPEN, DESK),
        Action::Archive => (&[State::FollowedUp], &[Who::Owner, ARCHIVIST]),
        Action::AddAddendum => (&[State::Archived], &[ARCHIVIST, DIRECTOR, OFFICE_HEAD]),
        Action::TakeOver => (&[State::Received], &[AGENT, SUPERVISOR]),
    };
    Permission { states, who }
}

/// Decides an act by a person; does nothing. Every fact the rule needs is an argument.
///
/// # Errors
/// [`Refusal::NotYours`], [`Refusal::WrongState`], or [`Refusal::Missing`] with what must come first.
pub fn decide(facts: &Facts, action: Action, standing: &Standing) -> Result<Change, Refusal> {
    permit(&permission(action), facts.state, State::name, standing)?;
    let state = facts.state;
    Ok(match action {
        Action::Dispatch | Action::HandOver => Change::to(State::Dispatched, Post::DepartmentHead),
        Action::AcceptAssignment => Change::to(State::Assigned, Post::Actor),
        Action::RefuseAssignment => Change::to(State::Received, Post::CustomerServiceSupervisor),
        Action::AssignHandler => Change::to(state, Post::Named),
        Action::TakeOver => Change::to(state, Post::Actor),
        Action::Accept => Change::to(State::InProgress, Post::Actor),
        Action::Decline => {
            work_is_over(facts)?;
            resolved(facts, Outcome::Declined)
        }
        // Front desk issues directly (E4.2.1A): issuing is the decision to handle it, and routes it.
        Action::IssueWorkOrder if state == State::Received => Change::to(State::InProgress, Post::DepartmentHead),
        Action::Quote => {
            refuse_if(!facts.price.billable, Requirement::KnownUnit)?;
            refuse_if(facts.price.open_quotes > 0, Requirement::QuotesAnswered)?;
            Change::stay(state)
        }
        Action::IssueWorkOrder
        | Action::ReportProgress
        | Action::Reply
        | Action::Reclassify
        | Action::Add
        | Action::Share
        | Action::Rate
        | Action::OpenFollowUp
        | Action::Undertake
        | Action::Ask
        | Action::CorrectRepeat
        | Action::RecordVisit
        | Action::Investigate
        | Action::AddAddendum => {
            refuse_if(action == Action::OpenFollowUp && facts.anonymous, Requirement::KnownCustomer)?;
            refuse_if(action == Action::Ask && !facts.anonymous, Requirement::UnknownCustomer)?;
            refuse_if(action == Action::Rate && facts.rated, Requirement::FirstRating)?;
            Change::stay(state)
        }
        Action::Withdraw => {
            resolved(facts, Outcome::Withdrawn).with(&[Effect::CancelWorkOrders, Effect::CancelUndertakings])
        }
        Action::ConcludeUnresolvable => {
            work_is_over(facts)?;
            // Nobody is known to whom a remedy could be offered (D7).
            refuse_if(!facts.anonymous && !facts.undertakings.remedy_offered, Requirement::OfferedRemedy)?;
            resolved(facts, Outcome::Unresolvable)
        }
        Action::Resolve => {
            work_is_over(facts)?;
            resolved(facts, Outcome::Handled)
        }
        Action::CorrectResolution => {
            Change::to(State::InProgress, Post::DepartmentHead).with(&[Effect::CancelFollowUp])
        }
        Action::Reopen => reopened(),
        Action::RecordResult => {
            refuse_if(!facts.anonymous, Requirement::FollowUp)?;
            Change::to(State::FollowedUp, Post::Archivist)
        }
        Action::Merge => {
            refuse_if(facts.unfinished_orders > 0, Requirement::WorkOrdersFinished)?;
            undertakings_have_ended(facts)?;
            Change::stay(State::Merged).with(&[Effect::CancelFollowUp])
        }
        Action::Split => {
            refuse_if(facts.items < 2, Requirement::SecondItem)?;
            Change::stay(state)
        }
        Action::Archive => {
            refuse_if(facts.anonymous && !facts.result_written, Requirement::WrittenResult)?;
            refuse_if(
                !facts.anonymous && facts.follow_up != Some(follow_up::State::Signed),
                Requirement::FollowUpSigned,
            )?;
            refuse_if(facts.orders_with_open_copies > 0, Requirement::CopiesAcknowledged)?;
            undertakings_have_ended(facts)?;
            Change::to(State::Archived, Post::Actor).with(&[Effect::CancelFollowUp])
        }
    })
}

/// Whose duty a case is as it stands (A0); nobody's once it has ended. A case that is followed up is the duty of
/// whoever its follow-up waits for.
#[must_use]
pub fn duty(state: State, follow_up: Option<follow_up::State>) -> Option<Post> {
    match state {
        State::Received | State::Resolved => Some(Post::CustomerServiceSupervisor),
        State::Dispatched | State::Assigned | State::InProgress => Some(Post::DepartmentHead),
        State::FollowedUp => Some(follow_up.and_then(follow_up::State::duty).unwrap_or(Post::Archivist)),
        State::Archived | State::Merged => None,
    }
}

/// What the end of the follow-up that satisfies C10 does to its case: satisfied goes on to inspection, dissatisfied
/// reopens it.
#[must_use]
pub fn after_follow_up(satisfied: bool) -> Change {
    if satisfied { Change::to(State::FollowedUp, Post::CustomerServiceDirector) } else { reopened() }
}

/// Every act that this person can do now; the same rule that [`decide`] enforces.
#[must_use]
pub fn allowed_actions(facts: &Facts, standing: &Standing) -> Vec<Action> {
    Action::ALL.iter().copied().filter(|action| decide(facts, *action, standing).is_ok()).collect()
}

fn resolved(facts: &Facts, outcome: Outcome) -> Change {
    // Talks during handling that are still open give way to the follow-up that is owed now.
    let change =
        Change::to(State::Resolved, Post::CustomerServiceSupervisor).ending(outcome).with(&[Effect::CancelFollowUp]);
    if facts.anonymous { change } else { change.with(&[Effect::OpenFollowUp]) }
}

fn reopened() -> Change {
    Change::to(State::InProgress, Post::DepartmentHead).with(&[Effect::CancelFollowUp, Effect::CountReopening])
}

/// Nothing that others do for the case is open: orders, tasks of other departments, questions to outside parties.
fn work_is_over(facts: &Facts) -> Result<(), Refusal> {
    refuse_if(facts.unfinished_orders > 0, Requirement::WorkOrdersFinished)?;
    refuse_if(facts.undertakings.unanswered > 0, Requirement::TasksAnswered)
}

/// What was promised is kept, or was taken back with a reason: nothing without an outcome.
fn undertakings_have_ended(facts: &Facts) -> Result<(), Refusal> {
    refuse_if(facts.undertakings.unanswered > 0, Requirement::TasksAnswered)?;
    refuse_if(facts.undertakings.promised > 0, Requirement::PromisesCarriedOut)
}

fn refuse_if(condition: bool, requirement: Requirement) -> Result<(), Refusal> {
    if condition { Err(Refusal::Missing(requirement)) } else { Ok(()) }
}
