//! What somebody has undertaken for a case, to a date: a commitment to the customer (C6), a remedy for what cannot be
//! solved (C9), a task of another department (C4), a question to an outside party (E4.4), an action against the cause
//! (C11).
//!
//! ```text
//! SUBMITTED ─ approve ─▶ OPEN ─ finish ─▶ DONE ─ confirm ─▶ CONFIRMED
//!     │         a remedy: OFFERED ─ accept ─▶ OPEN     └ reopen (an action without effect) ▶ OPEN
//!     └ refuse ▶ REFUSED        └ decline ▶ DECLINED        cancel ▶ CANCELLED
//! ```

use crate::closed_set::closed_set;
use crate::organization::Role;
use crate::refusal::{Refusal, Requirement};
use crate::standing::{Permission, Standing, Who, permit};

closed_set! {
    /// What kind of thing was undertaken.
    pub enum Kind as "UndertakingKind" {
        /// 承诺: what the customer was promised (C6). A promised time of reply or visit is not one.
        Commitment,
        /// 弥补: what the customer is offered where the matter cannot be solved (C9).
        Remedy,
        /// 协办: what another department does for the case (C4).
        Task,
        /// 外联: what an outside party was asked (E4.4).
        Referral,
        /// 纠正措施: what is done so that the cause is gone (C11 g).
        CorrectiveAction,
        /// 预防措施: what is done so that it does not happen elsewhere (C11 f).
        PreventiveAction,
    }
}

impl Kind {
    /// Whether it is meant for the customer, who sees it once it stands.
    #[must_use]
    pub const fn is_for_customer(self) -> bool {
        matches!(self, Self::Commitment | Self::Remedy | Self::Referral)
    }

    /// Whether it is a promise to the customer.
    #[must_use]
    pub const fn is_promise(self) -> bool {
        matches!(self, Self::Commitment | Self::Remedy)
    }

    /// Whether it is an action against a cause, which goes on when its case has ended.
    #[must_use]
    pub const fn is_action(self) -> bool {
        matches!(self, Self::CorrectiveAction | Self::PreventiveAction)
    }
}

closed_set! {
    /// Where an undertaking stands. In every state one named person answers for it (A0).
    pub enum State as "UndertakingState" {
        /// It waits for the head's word; the customer does not see it (C6).
        Submitted,
        /// The head said no.
        Refused,
        /// A remedy that waits for the customer's word.
        Offered,
        /// The customer does not want it.
        Declined,
        /// It is owed.
        Open,
        /// It was carried out.
        Done,
        /// The customer has received it, or its effect was checked.
        Confirmed,
        /// It is not wanted any more.
        Cancelled,
    }
}

impl State {
    /// Whether something is still to come: a word, or the thing itself.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Submitted | Self::Offered | Self::Open)
    }
}

closed_set! {
    /// An act on an undertaking. `allowedActions` lists those that the viewer can do now.
    pub enum Action as "UndertakingAction" {
        /// Let the customer see it (C6).
        Approve,
        /// Say no, with a reason: the head to a commitment or a remedy, a department to a task.
        Refuse,
        /// Take the remedy (C9).
        Accept,
        /// Not take the remedy, with a reason (C9).
        Decline,
        /// Record what an outside party said, and when it is asked again (E4.4).
        Check,
        /// Record that it was carried out.
        Finish,
        /// Record that the customer has received it, or that it had its effect.
        Confirm,
        /// An action had no effect: it is owed again (C11 e).
        Reopen,
        /// It is not wanted any more, with a reason.
        Cancel,
    }
}

closed_set! {
    /// Why a promise needs the head's word before the customer sees it (C6).
    pub enum ApprovalReason as "ApprovalReason" {
        /// The cause or the best solution is not established.
        NotEstablished,
        /// Its value is above the limit of the site.
        AboveLimit,
        /// The matter is serious.
        SeriousMatter,
    }
}

closed_set! {
    /// What is offered to make good (C9).
    pub enum RemedyKind as "RemedyKind" {
        /// Something is done besides what was asked for.
        Service,
        /// The fee of this or another month is lower.
        FeeReduction,
        /// Money is paid.
        Compensation,
        /// A thing is given.
        Gift,
        /// Something else, in words.
        Other,
    }
}

closed_set! {
    /// What an outside party is (E4.4).
    pub enum PartyKind as "OutsidePartyKind" {
        /// 供水供电供气通信.
        Utility,
        /// 开发商.
        Developer,
        /// 消防.
        FireService,
        /// 公安.
        Police,
        /// 12345 政务热线.
        GovernmentHotline,
        /// 街道、社区、主管部门.
        Authority,
        /// 承包商、维保单位.
        Contractor,
        /// Anybody else.
        Other,
    }
}

closed_set! {
    /// Where the customer can turn when we cannot solve it (C9, A6).
    pub enum Recourse as "Recourse" {
        /// 业主委员会.
        OwnersCommittee,
        /// 街道办事处 / 物业主管部门.
        Authority,
        /// 消费者协会.
        ConsumerAssociation,
        /// 人民调解.
        Mediation,
        /// 仲裁.
        Arbitration,
        /// 诉讼.
        Court,
    }
}

/// What is known of a promise when it is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grounds {
    /// Whether a cause and a solution are on record.
    pub established: bool,
    /// Whether its value is above the limit of the site.
    pub above_limit: bool,
    /// Whether the matter is serious.
    pub serious: bool,
}

/// Why a promise waits for the head's word; empty when the customer may see it at once (C6), as when the head makes it.
#[must_use]
pub fn approval_reasons(kind: Kind, grounds: Grounds, maker: &Standing) -> Vec<ApprovalReason> {
    if !kind.is_promise() || maker.is_any(HEADS) {
        return Vec::new();
    }
    // A remedy makes good for what has no solution, so none can be on record.
    let unknown = kind == Kind::Commitment && !grounds.established;
    [
        (unknown, ApprovalReason::NotEstablished),
        (grounds.above_limit, ApprovalReason::AboveLimit),
        (grounds.serious, ApprovalReason::SeriousMatter),
    ]
    .into_iter()
    .filter_map(|(holds, reason)| holds.then_some(reason))
    .collect()
}

/// Where an undertaking begins.
#[must_use]
pub fn first_state(kind: Kind, reasons: &[ApprovalReason]) -> State {
    if !reasons.is_empty() {
        State::Submitted
    } else if kind == Kind::Remedy {
        State::Offered
    } else {
        State::Open
    }
}

/// Who is the head of whoever handles a case (C6).
pub const HEADS: &[Who] = &[
    Who::Holder(Role::DepartmentHead),
    Who::Holder(Role::MarketHead),
    Who::Holder(Role::CustomerServiceSupervisor),
    Who::Holder(Role::OfficeHead),
    Who::Holder(Role::CompanyLeader),
];
const HANDLERS: &[Who] = &[
    Who::Owner,
    Who::Holder(Role::CustomerServiceAgent),
    Who::Holder(Role::CustomerServiceSupervisor),
    Who::Holder(Role::DepartmentHead),
    Who::Holder(Role::MarketHead),
    Who::Holder(Role::OfficeHead),
];
const ASKERS: &[Who] = &[
    Who::Holder(Role::CustomerServiceAgent),
    Who::Holder(Role::CustomerServiceSupervisor),
    Who::Holder(Role::DepartmentHead),
    Who::Holder(Role::MarketHead),
    Who::Holder(Role::OfficeHead),
];
const CUSTOMER_OR_DESK: &[Who] =
    &[Who::Filer, Who::Holder(Role::CustomerServiceAgent), Who::Holder(Role::CustomerServiceSupervisor)];
const CHECKERS: &[Who] = &[
    Who::Holder(Role::DepartmentHead),
    Who::Holder(Role::MarketHead),
    Who::Holder(Role::CustomerServiceSupervisor),
    Who::Holder(Role::CustomerServiceDirector),
    Who::Holder(Role::OfficeHead),
    Who::Holder(Role::CompanyLeader),
];
const OPEN: &[State] = &[State::Open];
const NEVER: &[State] = &[];

/// In which states an act is possible and who may do it: the whole table. `Owner` is who answers for the undertaking.
#[must_use]
pub fn permission(kind: Kind, action: Action) -> Permission<State> {
    let (states, who): (&'static [State], &'static [Who]) = match action {
        Action::Approve | Action::Refuse if kind.is_promise() => (&[State::Submitted], HEADS),
        Action::Refuse | Action::Finish if kind == Kind::Task => (OPEN, &[Who::Owner, Who::Holder(Role::OfficeHead)]),
        Action::Accept | Action::Decline if kind == Kind::Remedy => (&[State::Offered], CUSTOMER_OR_DESK),
        Action::Check if kind == Kind::Referral => (OPEN, HANDLERS),
        Action::Finish => (OPEN, HANDLERS),
        Action::Confirm if kind == Kind::Remedy => (&[State::Done], CUSTOMER_OR_DESK),
        Action::Confirm | Action::Reopen if kind.is_action() => (&[State::Done], CHECKERS),
        // A department that does not want a task says no, with its reason; who has asked may take it back.
        Action::Cancel if kind == Kind::Task => (OPEN, ASKERS),
        Action::Cancel => (&[State::Submitted, State::Offered, State::Open], HANDLERS),
        Action::Approve
        | Action::Refuse
        | Action::Accept
        | Action::Decline
        | Action::Check
        | Action::Confirm
        | Action::Reopen => (NEVER, CHECKERS),
    };
    Permission { states, who }
}

/// Decides an act; does nothing. The state after it.
///
/// # Errors
/// [`Refusal::NotYours`] or [`Refusal::WrongState`]; [`Refusal::Missing`] where somebody would check their own work.
pub fn decide(kind: Kind, state: State, action: Action, standing: &Standing) -> Result<State, Refusal> {
    permit(&permission(kind, action), state, State::name, standing)?;
    let own = standing.is_any(&[Who::Owner]);
    Ok(match action {
        Action::Approve if own => return Err(Refusal::Missing(Requirement::SomebodyElse)),
        Action::Approve if kind == Kind::Remedy => State::Offered,
        Action::Confirm | Action::Reopen if kind.is_action() && own => {
            return Err(Refusal::Missing(Requirement::SomebodyElse));
        }
        Action::Approve | Action::Accept | Action::Reopen | Action::Check => State::Open,
        Action::Refuse => State::Refused,
        Action::Decline => State::Declined,
        Action::Finish => State::Done,
        Action::Confirm => State::Confirmed,
        Action::Cancel => State::Cancelled,
    })
}

/// Every act that this person can do now; the same rule that [`decide`] enforces.
#[must_use]
pub fn allowed_actions(kind: Kind, state: State, standing: &Standing) -> Vec<Action> {
    Action::ALL.iter().copied().filter(|action| decide(kind, state, *action, standing).is_ok()).collect()
}

/// What the undertakings of a case mean for its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Summary {
    /// Whether the customer was offered a remedy, whatever became of it (C9).
    pub remedy_offered: bool,
    /// Tasks of other departments and questions to outside parties that have no answer yet (C4, E4.4).
    pub unanswered: u32,
    /// Promises to the customer that are neither carried out nor answered otherwise (C6, C9).
    pub promised: u32,
}

impl Summary {
    /// What the undertakings of a case come to.
    #[must_use]
    pub fn of(undertakings: impl Iterator<Item = (Kind, State)>) -> Self {
        undertakings.fold(Self::default(), |mut sum, (kind, state)| {
            let open = u32::from(state.is_open());
            match kind {
                Kind::Commitment => sum.promised += open,
                Kind::Remedy => {
                    sum.promised += open;
                    let offered = matches!(state, State::Submitted | State::Refused | State::Cancelled);
                    sum.remedy_offered |= !offered;
                }
                Kind::Task | Kind::Referral => sum.unanswered += open,
                Kind::CorrectiveAction | Kind::PreventiveAction => {}
            }
            sum
        })
    }
}
