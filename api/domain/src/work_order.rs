//! The life of a work order 维修单 (E4.2.1A–C): issued, acknowledged, given to a team, to a technician, done, signed,
//! both copies acknowledged.

use crate::closed_set::closed_set;
use crate::organization::Role;
use crate::ownership::Post;
use crate::price::Pricing;
use crate::refusal::{Refusal, Requirement};
use crate::standing::{Permission, Standing, Who, permit};

closed_set! {
    /// Where a work order stands. In every state one named person owns it (A0).
    pub enum State as "WorkOrderState" {
        /// Sent to the department.
        Issued,
        /// The department has seen it.
        Acknowledged,
        /// Given to a team.
        TeamAssigned,
        /// Given to a technician.
        TechnicianAssigned,
        /// The technician is on the way.
        EnRoute,
        /// The technician is on site (B6: ends the arrival clock).
        Arrived,
        /// Waits for something, until a date.
        OnHold,
        /// Done; waits for the signature.
        Done,
        /// Signed by the customer, or by the head where nobody can (E4.5.2).
        Signed,
        /// Both copies acknowledged (E4.2.1A).
        Closed,
        /// Not carried out.
        Cancelled,
    }
}

closed_set! {
    /// Why a work order waits.
    pub enum HoldReason as "HoldReason" {
        /// Parts or materials are on their way.
        Parts,
        /// The customer asked for another time.
        Customer,
        /// Nobody opened, or the place cannot be reached.
        Access,
        /// Another organization must act first.
        ThirdParty,
        /// Weather or safety does not allow work.
        Safety,
    }
}

closed_set! {
    /// Why the head of the department signs instead of a customer.
    pub enum SignOffReason as "SignOffReason" {
        /// Nobody is known who could sign (D7).
        Anonymous,
        /// The work was done in a public area.
        PublicArea,
        /// Nobody was at home at two attempts or more.
        Absent,
    }
}

closed_set! {
    /// Who receives one of the two copies of a signed order (E4.2.1A).
    pub enum CopyHolder as "CopyHolder" {
        /// The department that did the work keeps the original.
        Department,
        /// Customer service receives the copy.
        CustomerService,
    }
}

closed_set! {
    /// An act on a work order. `allowedActions` lists those that the viewer can do now.
    pub enum Action as "WorkOrderAction" {
        /// The department confirms that it has the order.
        Acknowledge,
        /// Give it to a team.
        AssignTeam,
        /// Give it to a technician of the team.
        AssignTechnician,
        /// Take what one was given; setting out says it as well.
        Accept,
        /// Not take what one was given, with a reason: the team leader gives it to somebody else.
        Refuse,
        /// Give back to the team what one has accepted, with a reason.
        Release,
        /// Set out.
        Depart,
        /// Be on site (B6).
        RecordArrival,
        /// Let it wait, with a reason and a date.
        Hold,
        /// Go on with it.
        Resume,
        /// Report the work done: what, why, with which materials.
        Complete,
        /// Say what was taken from the team's stock for it, or came back unused; what is paid is accepted before anything is
        /// taken.
        RecordMaterials,
        /// Take back the last step, recorded with a reason.
        Correct,
        /// Sign and rate (E4.5.2).
        Sign,
        /// Refuse to sign, with a reason; the work goes on.
        RefuseSignature,
        /// Sign instead of a customer who cannot.
        SignOff,
        /// Confirm that the copy has come (E4.2.1A).
        AcknowledgeCopy,
        /// Do not carry it out, with a reason.
        Cancel,
        /// Make a quote for it, or for extra work found on site (E4.2.1).
        Quote,
        /// Say that it is free of charge, and why (E4.2.1).
        DeclareFree,
    }
}

/// What the rules need to know of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// Where it stands.
    pub state: State,
    /// Where it stood when it was put on hold.
    pub held_from: Option<State>,
    /// Whether the technician has accepted it.
    pub accepted: bool,
    /// Whether its case is anonymous.
    pub anonymous: bool,
    /// Whether the work is in a public area.
    pub public_area: bool,
    /// Copies not yet acknowledged, counting the one that the act acknowledges.
    pub open_copies: u32,
    /// What has been said of its price.
    pub price: Price,
}

/// What the rules need to know of the price of an order (E4.2.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Price {
    /// Whether it is paid.
    pub pricing: Pricing,
    /// Whether there is a unit that it could be charged to.
    pub billable: bool,
    /// Quotes that the customer has accepted.
    pub accepted_quotes: u32,
    /// Quotes that are neither answered nor expired.
    pub open_quotes: u32,
}

/// What an act changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The state after the act.
    pub state: State,
    /// Who owns it after the act; `None` keeps the owner.
    pub owner: Option<Post>,
    /// Whether the customer sent it back.
    pub reopened: bool,
    /// What becomes of the technician's word that they take it.
    pub acceptance: Acceptance,
}

/// What becomes of the technician's word that they take an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Acceptance {
    /// It stays as it is.
    Kept,
    /// They take it.
    Given,
    /// Somebody else is to take it.
    Gone,
}

const OWNER: Who = Who::Owner;
const HEAD: Who = Who::Holder(Role::DepartmentHead);
const MARKET_HEAD: Who = Who::Holder(Role::MarketHead);
const SUPERVISOR: Who = Who::Holder(Role::CustomerServiceSupervisor);
const AGENT: Who = Who::Holder(Role::CustomerServiceAgent);
const LEADER: Who = Who::Holder(Role::TeamLeader);
const TECHNICIAN: Who = Who::Holder(Role::Technician);

/// The office head steps in for a head who is missing, or whom the complaint is about (C11).
const OFFICE_HEAD: Who = Who::Holder(Role::OfficeHead);
const HEADS: &[Who] = &[HEAD, MARKET_HEAD, OFFICE_HEAD];
/// Those above the technician, who name another one or take a step back for them.
const CREW: &[Who] = &[TECHNICIAN, LEADER, HEAD, MARKET_HEAD, OFFICE_HEAD];
/// The technician who holds the order. A leader steps in by naming another technician, not in their place.
const ON_SITE: &[Who] = &[TECHNICIAN];
/// The customer signs on their own phone, or on the technician's handheld.
const SIGNERS: &[Who] = &[Who::Filer, Who::Household, TECHNICIAN];
const UNFINISHED: &[State] = &[
    State::Issued,
    State::Acknowledged,
    State::TeamAssigned,
    State::TechnicianAssigned,
    State::EnRoute,
    State::Arrived,
    State::OnHold,
];

/// In which states an act is possible and who may do it: the whole table.
#[must_use]
pub fn permission(action: Action) -> Permission<State> {
    let (states, who): (&'static [State], &'static [Who]) = match action {
        Action::Acknowledge => (&[State::Issued], &[OWNER, HEAD, MARKET_HEAD, OFFICE_HEAD]),
        Action::AssignTeam => (&[State::Acknowledged, State::TeamAssigned, State::TechnicianAssigned], HEADS),
        Action::AssignTechnician => (
            &[State::TeamAssigned, State::TechnicianAssigned, State::EnRoute, State::OnHold],
            &[LEADER, HEAD, MARKET_HEAD, OFFICE_HEAD],
        ),
        Action::Accept | Action::Refuse => (&[State::TechnicianAssigned, State::OnHold], ON_SITE),
        Action::Release => (&[State::TechnicianAssigned, State::EnRoute, State::OnHold], ON_SITE),
        Action::Depart => (&[State::TechnicianAssigned], ON_SITE),
        Action::RecordArrival => (&[State::TechnicianAssigned, State::EnRoute], ON_SITE),
        Action::Hold => (&[State::TechnicianAssigned, State::EnRoute, State::Arrived], CREW),
        Action::Resume => (&[State::OnHold], CREW),
        Action::Complete => (&[State::Arrived], ON_SITE),
        Action::RecordMaterials => (&[State::Arrived, State::OnHold, State::Done], ON_SITE),
        Action::Correct => (&[State::EnRoute, State::Arrived, State::Done], CREW),
        Action::Sign | Action::RefuseSignature => (&[State::Done], SIGNERS),
        Action::SignOff => (&[State::Done], HEADS),
        Action::AcknowledgeCopy => (&[State::Signed], &[HEAD, MARKET_HEAD, OFFICE_HEAD, AGENT, SUPERVISOR]),
        Action::Cancel | Action::DeclareFree => (UNFINISHED, &[HEAD, MARKET_HEAD, OFFICE_HEAD, AGENT, SUPERVISOR]),
        Action::Quote => (UNFINISHED, &[TECHNICIAN, HEAD, MARKET_HEAD, OFFICE_HEAD, AGENT, SUPERVISOR]),
    };
    Permission { states, who }
}

/// Decides an act; does nothing.
///
/// # Errors
/// [`Refusal::NotYours`], [`Refusal::WrongState`], or [`Refusal::Missing`] with what must come first.
pub fn decide(facts: &Facts, action: Action, standing: &Standing) -> Result<Change, Refusal> {
    permit(&permission(action), facts.state, State::name, standing)?;
    check_acceptance(facts, action)?;
    check_price(facts, action)?;
    let acceptance = match action {
        Action::Accept | Action::Depart | Action::RecordArrival => Acceptance::Given,
        Action::AssignTeam | Action::AssignTechnician | Action::Refuse | Action::Release => Acceptance::Gone,
        _ => Acceptance::Kept,
    };
    let to = |state, owner| Change { state, owner, reopened: false, acceptance };
    Ok(match action {
        Action::Acknowledge => to(State::Acknowledged, Some(Post::DepartmentHead)),
        Action::AssignTeam | Action::Refuse | Action::Release => to(State::TeamAssigned, Some(Post::TeamLeader)),
        Action::AssignTechnician => to(State::TechnicianAssigned, Some(Post::Named)),
        Action::Depart => to(State::EnRoute, None),
        Action::RecordArrival => to(State::Arrived, None),
        Action::Hold => to(State::OnHold, None),
        Action::Resume => to(facts.held_from.unwrap_or(State::TechnicianAssigned), None),
        Action::Complete => to(State::Done, None),
        Action::Correct => to(step_before(facts.state), None),
        // Nobody is known whose signature this could be (D7): the head signs off.
        Action::Sign | Action::RefuseSignature if facts.anonymous => {
            return Err(Refusal::Missing(Requirement::KnownCustomer));
        }
        Action::RefuseSignature => Change { reopened: true, ..to(State::TechnicianAssigned, None) },
        Action::Sign | Action::SignOff => to(State::Signed, Some(Post::DepartmentHead)),
        Action::AcknowledgeCopy if facts.open_copies <= 1 => to(State::Closed, None),
        Action::AcknowledgeCopy => to(State::Signed, None),
        Action::Cancel => to(State::Cancelled, Some(Post::DepartmentHead)),
        Action::Accept | Action::RecordMaterials | Action::Quote | Action::DeclareFree => to(facts.state, None),
    })
}

/// An order is accepted or refused once; what was accepted is given back.
fn check_acceptance(facts: &Facts, action: Action) -> Result<(), Refusal> {
    match action {
        Action::Accept | Action::Refuse if facts.accepted => Err(Refusal::Missing(Requirement::NotYetAccepted)),
        Action::Release if !facts.accepted => Err(Refusal::Missing(Requirement::Acceptance)),
        _ => Ok(()),
    }
}

/// Paid work needs the customer's word first (E4.2.1): nobody sets out for an order that was to be quoted before, and no
/// work is done and no material used while the quote is not accepted, or no work while one for extra work is not answered.
fn check_price(facts: &Facts, action: Action) -> Result<(), Refusal> {
    let Price { pricing, billable, accepted_quotes, open_quotes } = facts.price;
    let (accepted, open) = (accepted_quotes > 0, open_quotes > 0);
    let missing = match action {
        Action::Depart | Action::RecordArrival if pricing == Pricing::Quoted && !accepted => Requirement::AcceptedQuote,
        Action::Complete | Action::RecordMaterials if pricing != Pricing::Free && !accepted => {
            Requirement::AcceptedQuote
        }
        Action::Complete | Action::Quote | Action::DeclareFree if open => Requirement::QuotesAnswered,
        Action::Quote if !billable => Requirement::KnownUnit,
        Action::DeclareFree if accepted => Requirement::NothingAccepted,
        _ => return Ok(()),
    };
    Err(Refusal::Missing(missing))
}

/// Decides whether materials may be brought back: wherever they could be used, also while no quote is accepted.
///
/// # Errors
/// [`Refusal::NotYours`] or [`Refusal::WrongState`].
pub fn check_return(state: State, standing: &Standing) -> Result<(), Refusal> {
    permit(&permission(Action::RecordMaterials), state, State::name, standing)
}

/// Refuses a sign-off whose reason the facts contradict: `absent` needs two recorded attempts.
///
/// # Errors
/// [`Refusal::Missing`] with [`Requirement::NobodyCanSign`].
pub fn check_sign_off(facts: &Facts, reason: SignOffReason, attempts: u32) -> Result<(), Refusal> {
    let holds = match reason {
        SignOffReason::Anonymous => facts.anonymous,
        SignOffReason::PublicArea => facts.public_area,
        SignOffReason::Absent => attempts >= 2,
    };
    if holds { Ok(()) } else { Err(Refusal::Missing(Requirement::NobodyCanSign)) }
}

/// Every act that this person can do now; the same rule that [`decide`] enforces.
#[must_use]
pub fn allowed_actions(facts: &Facts, standing: &Standing) -> Vec<Action> {
    Action::ALL.iter().copied().filter(|action| decide(facts, *action, standing).is_ok()).collect()
}

impl State {
    /// Whether the order was signed or will not be carried out: it no longer holds its case up.
    #[must_use]
    pub const fn is_finished(self) -> bool {
        matches!(self, Self::Signed | Self::Closed | Self::Cancelled)
    }

    /// Where an order stands when its technician has left it: with the team, to be given to another one (A0). Work that is
    /// done stays done and waits for its signature.
    #[must_use]
    pub const fn without_technician(self) -> Self {
        match self {
            Self::TechnicianAssigned | Self::EnRoute | Self::Arrived | Self::OnHold => Self::TeamAssigned,
            other => other,
        }
    }

    /// Whose duty the order is in this state (A0); nobody's once it has ended.
    #[must_use]
    pub const fn duty(self) -> Option<Post> {
        match self {
            Self::Issued | Self::Acknowledged | Self::Signed => Some(Post::DepartmentHead),
            Self::TeamAssigned
            | Self::TechnicianAssigned
            | Self::EnRoute
            | Self::Arrived
            | Self::OnHold
            | Self::Done => Some(Post::TeamLeader),
            Self::Closed | Self::Cancelled => None,
        }
    }

    /// Whether the order is a technician's to do.
    #[must_use]
    pub const fn is_with_technician(self) -> bool {
        matches!(self, Self::TechnicianAssigned | Self::EnRoute | Self::Arrived | Self::OnHold | Self::Done)
    }
}

const fn step_before(state: State) -> State {
    match state {
        State::Done => State::Arrived,
        State::Arrived => State::EnRoute,
        _ => State::TechnicianAssigned,
    }
}
