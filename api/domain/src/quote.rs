//! The life of a quote 报价 (C6, E4.2.1): made from the price list, approved where it must be, offered, answered.
//!
//! A quote never changes once it is before the customer: it is replaced by a new revision, and the old one says so. What the
//! customer accepts is the content of [`Content::canonical`], word for word. How long it holds is counted from when the
//! customer has it.

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};

use crate::closed_set::closed_set;
use crate::money::{Money, Quantity};
use crate::organization::Role;
use crate::refusal::{Refusal, Requirement};
use crate::standing::{Permission, Standing, Who, permit};

/// The most lines that one quote may have.
pub const MAX_LINES: usize = 50;

closed_set! {
    /// Where a quote stands.
    pub enum State as "QuoteState" {
        /// The head sent it back; it is to be revised. The customer does not see it.
        Draft,
        /// Waits for the approval of the head (C6). The customer does not see it.
        AwaitingApproval,
        /// Before the customer.
        Offered,
        /// Accepted: it is owed when the work is done.
        Accepted,
        /// Declined.
        Declined,
        /// Not answered in time.
        Expired,
        /// Replaced by a new revision.
        Revised,
        /// Taken back without another one in its place.
        Withdrawn,
    }
}

closed_set! {
    /// How the customer's answer was given.
    pub enum Method as "QuoteAnswerMethod" {
        /// In their app.
        App,
        /// By their signature on the handheld.
        Signature,
        /// By telephone; the record of the call is kept (E7.2).
        Phone,
    }
}

closed_set! {
    /// An act on a quote. `allowedActions` lists those that the viewer can do now.
    pub enum Action as "QuoteAction" {
        /// Let it go to the customer (C6).
        Approve,
        /// Send it back to be revised (C6).
        Refuse,
        /// Replace it by a new revision.
        Revise,
        /// Accept it; an employee does so with the customer's signature or the record of the call.
        Accept,
        /// Decline it, with a reason.
        Decline,
        /// Take it back without another one in its place, with a reason.
        Withdraw,
    }
}

/// What the rules need to know of a quote.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Facts {
    /// Where it stands now, see [`state_at`].
    pub state: State,
    /// Whether a department is responsible for the case: its head approves. Until then customer service's does.
    pub routed: bool,
    /// Whether the case or order is open, and its work not done.
    pub work_open: bool,
    /// Whether another quote for the same waits for its answer.
    pub other_open: bool,
}

const AGENT: Who = Who::Holder(Role::CustomerServiceAgent);
const SUPERVISOR: Who = Who::Holder(Role::CustomerServiceSupervisor);
const TECHNICIAN: Who = Who::Holder(Role::Technician);
const HEADS: &[Who] =
    &[Who::Holder(Role::DepartmentHead), Who::Holder(Role::MarketHead), Who::Holder(Role::OfficeHead)];
const APPROVERS: &[Who] =
    &[Who::Holder(Role::DepartmentHead), Who::Holder(Role::MarketHead), Who::Holder(Role::OfficeHead), SUPERVISOR];
const AUTHORS: &[Who] = &[
    AGENT,
    SUPERVISOR,
    TECHNICIAN,
    Who::Holder(Role::DepartmentHead),
    Who::Holder(Role::MarketHead),
    Who::Holder(Role::OfficeHead),
];
/// The customer, or who has their word.
const ANSWERERS: &[Who] = &[Who::Filer, Who::Household, TECHNICIAN, AGENT, SUPERVISOR];

/// In which states an act is possible and who may do it: the whole table.
#[must_use]
pub fn permission(action: Action) -> Permission<State> {
    let (states, who): (&'static [State], &'static [Who]) = match action {
        Action::Approve | Action::Refuse => (&[State::AwaitingApproval], APPROVERS),
        Action::Revise => {
            (&[State::Draft, State::AwaitingApproval, State::Offered, State::Declined, State::Expired], AUTHORS)
        }
        Action::Accept | Action::Decline => (&[State::Offered], ANSWERERS),
        Action::Withdraw => (&[State::Draft, State::AwaitingApproval, State::Offered], AUTHORS),
    };
    Permission { states, who }
}

/// Decides an act; does nothing. The answer is the state after it.
///
/// # Errors
/// [`Refusal::NotYours`], [`Refusal::WrongState`], or [`Refusal::Missing`] with what must come first.
pub fn decide(facts: Facts, action: Action, standing: &Standing) -> Result<State, Refusal> {
    let row = permission(action);
    let approves = matches!(action, Action::Approve | Action::Refuse);
    let row = if approves && facts.routed { Permission { who: HEADS, ..row } } else { row };
    permit(&row, facts.state, State::name, standing)?;
    // What only takes a price from the table is possible whatever has become of the work.
    if !facts.work_open && !matches!(action, Action::Refuse | Action::Decline | Action::Withdraw) {
        return Err(Refusal::Missing(Requirement::OpenWork));
    }
    if action == Action::Revise && facts.other_open {
        return Err(Refusal::Missing(Requirement::QuotesAnswered));
    }
    Ok(match action {
        Action::Approve => State::Offered,
        Action::Refuse => State::Draft,
        Action::Revise => State::Revised,
        Action::Accept => State::Accepted,
        Action::Decline => State::Declined,
        Action::Withdraw => State::Withdrawn,
    })
}

/// Every act that this person can do now; the same rule that [`decide`] enforces.
#[must_use]
pub fn allowed_actions(facts: Facts, standing: &Standing) -> Vec<Action> {
    Action::ALL.iter().copied().filter(|action| decide(facts, *action, standing).is_ok()).collect()
}

/// How an acceptance was given, and whether it is the customer's own word: an employee brings the customer's signature or the
/// record of the call. A declined quote needs neither: it binds nobody to anything, the customer hears of it, and it can be
/// offered again.
///
/// # Errors
/// [`Refusal::Missing`] with [`Requirement::CustomersWord`].
pub fn method(standing: &Standing, signature: bool, call: bool) -> Result<Method, Refusal> {
    match (signature, call) {
        (true, _) => Ok(Method::Signature),
        (false, true) => Ok(Method::Phone),
        (false, false) if standing.is_any(&[Who::Filer, Who::Household]) => Ok(Method::App),
        (false, false) => Err(Refusal::Missing(Requirement::CustomersWord)),
    }
}

/// Where a quote stands at a moment: an offer that nobody has answered in time has run out, whether or not that was
/// written down already.
#[must_use]
pub fn state_at(stored: State, valid_until: DateTime<Utc>, now: DateTime<Utc>) -> State {
    if stored == State::Offered && valid_until < now { State::Expired } else { stored }
}

/// Until when a quote holds that the head lets go to the customer at a moment (C6): for as long from then as it was made to
/// hold, so that no time of the customer's is lost by the waiting.
#[must_use]
pub fn valid_until(made: DateTime<Utc>, until: DateTime<Utc>, offered: DateTime<Utc>) -> DateTime<Utc> {
    offered + (until - made)
}

/// A time as it stands in what the customer accepts.
#[must_use]
pub fn written(moment: DateTime<Utc>) -> String {
    moment.to_rfc3339_opts(SecondsFormat::Micros, true)
}

impl State {
    /// Whether an answer or an approval is still to come.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Draft | Self::AwaitingApproval | Self::Offered)
    }
}

/// A line of a quote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Whether it is an item of the price list.
    pub listed: bool,
    /// What.
    pub name: String,
    /// Of what the quantity is counted.
    pub unit: String,
    /// What one unit costs.
    pub unit_price: Money,
    /// How many.
    pub quantity: Quantity,
    /// What is taken off the line.
    pub discount: Money,
    /// Why.
    pub discount_reason: Option<String>,
}

/// What is wrong with a line, or with the whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It comes to more than [`Money::MOST`].
    TooMuch,
    /// The discount is more than what it is taken off, or less than nothing.
    DiscountTooLarge,
    /// A discount says why.
    ReasonMissing,
}

impl Line {
    /// What the line comes to.
    ///
    /// # Errors
    /// [`Fault`].
    pub fn amount(&self) -> Result<Money, Fault> {
        let full = self.unit_price.times(self.quantity).ok_or(Fault::TooMuch)?;
        if self.discount < Money::ZERO || self.discount > full {
            return Err(Fault::DiscountTooLarge);
        }
        if self.discount > Money::ZERO && self.discount_reason.is_none() {
            return Err(Fault::ReasonMissing);
        }
        Ok(full - self.discount)
    }
}

/// What all lines come to: exactly the sum of what each comes to.
///
/// # Errors
/// [`Fault`].
pub fn total(lines: &[Line]) -> Result<Money, Fault> {
    let amounts: Vec<Money> = lines.iter().map(Line::amount).collect::<Result<_, _>>()?;
    let total: Money = amounts.into_iter().sum();
    if total > Money::MOST { Err(Fault::TooMuch) } else { Ok(total) }
}

/// Why the head must approve a quote before the customer sees it (C6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grounds {
    /// A line is not of the price list.
    pub off_list: bool,
    /// What the customer would have accepted for the case comes to more than the site's limit.
    pub above_limit: bool,
}

impl Grounds {
    /// Looks at a quote. What was accepted before for the same case counts, so that a price is not cut into pieces to stay
    /// below the limit.
    #[must_use]
    pub fn of(lines: &[Line], total: Money, accepted_before: Money, limit: Money) -> Self {
        Self { off_list: lines.iter().any(|line| !line.listed), above_limit: accepted_before + total > limit }
    }

    /// Where the quote begins its life.
    #[must_use]
    pub const fn first_state(self) -> State {
        if self.off_list || self.above_limit { State::AwaitingApproval } else { State::Offered }
    }
}

/// Everything that a customer accepts.
#[derive(Debug, Clone, Copy)]
pub struct Content<'a> {
    /// The number.
    pub number: &'a str,
    /// Which revision.
    pub revision: i32,
    /// The number of the case.
    pub complaint: &'a str,
    /// The number of the order, where it is quoted on site.
    pub work_order: Option<&'a str>,
    /// The lines.
    pub lines: &'a [Line],
    /// What they come to.
    pub total: Money,
    /// What else is said.
    pub note: Option<&'a str>,
    /// Until when it can be accepted.
    pub valid_until: DateTime<Utc>,
}

impl Content<'_> {
    /// The content as one JSON value of strings. Its text with sorted keys is what is hashed, signed and accepted.
    ///
    /// # Errors
    /// [`Fault`].
    pub fn canonical(&self) -> Result<Value, Fault> {
        let line = |line: &Line| {
            Ok(json!({
                "name": line.name,
                "unit": line.unit,
                "unitPrice": line.unit_price.to_string(),
                "quantity": line.quantity.to_string(),
                "discount": line.discount.to_string(),
                "discountReason": line.discount_reason,
                "amount": line.amount()?.to_string(),
            }))
        };
        Ok(json!({
            "quote": self.number,
            "revision": self.revision.to_string(),
            "complaint": self.complaint,
            "workOrder": self.work_order,
            "currency": "CNY",
            "lines": self.lines.iter().map(line).collect::<Result<Vec<Value>, Fault>>()?,
            "total": self.total.to_string(),
            "note": self.note,
            "validUntil": written(self.valid_until),
        }))
    }
}
