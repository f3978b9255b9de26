//! What becomes of what was undertaken.

use chrono::{DateTime, Utc};
use domain::event::Kind as Event;
use domain::refusal::{Refusal, Requirement};
use domain::standing::Who;
use domain::undertaking::{Action, Kind};

use super::making::{MAX_TEXT, in_time_to_come, made};
use super::{Held, dropped};
use crate::app::act::{Act, ActResult, Caller};
use crate::app::error::Result;
use crate::app::validate;
use crate::complaint::case::Target;
use crate::complaint::parts::{self, Call};
use crate::complaint::service::MAX_REASON;

/// The head lets the customer see a promise (C6).
///
/// # Errors
/// The rule's refusal; `MISSING` for one's own promise.
pub async fn approve(caller: &Caller<'_>, target: Target) -> Result<ActResult> {
    let mut act = Act::begin(caller).await?;
    let mut held = Held::open(&act, target).await?;
    held.decide(Action::Approve)?;
    held.row.approved_by = Some(act.person()?.id);
    held.row.approved_at = Some(act.now);
    held.row.shown_at = Some(act.now);
    let text = held.row.text.clone();
    held.tell(&mut act, Action::Approve, made(&held.row), Some(text)).await?;
    held.finish(act).await
}

/// The head says no to a promise, or a department to a task.
///
/// # Errors
/// The rule's refusal; `REQUIRED` for the reason.
pub async fn refuse(caller: &Caller<'_>, target: Target, reason: &str) -> Result<ActResult> {
    let reason = validate::text("reason", reason, MAX_REASON)?;
    let mut act = Act::begin(caller).await?;
    let mut held = Held::open(&act, target).await?;
    held.decide(Action::Refuse)?;
    held.row.reason = Some(reason.clone());
    let event = if held.row.kind == Kind::Task { Event::TaskRefused } else { Event::PromiseRefused };
    held.tell(&mut act, Action::Refuse, event, Some(reason)).await?;
    held.finish(act).await
}

/// What the customer says to a remedy (C9).
#[derive(Debug, Clone)]
pub struct Answer {
    /// Whether they take it; why not, where they do not.
    pub declined_because: Option<String>,
    /// The record of the call, when an employee records it for them.
    pub call: Option<Call>,
}

/// The customer takes a remedy, or does not.
///
/// # Errors
/// The rule's refusal; `MISSING` when an employee answers for them without the record of the call.
pub async fn answer(caller: &Caller<'_>, target: Target, answer: Answer) -> Result<ActResult> {
    let reason = answer.declined_because.map(|reason| validate::text("reason", &reason, MAX_REASON)).transpose()?;
    let (action, event) = match reason {
        None => (Action::Accept, Event::RemedyAccepted),
        Some(_) => (Action::Decline, Event::RemedyDeclined),
    };
    let mut act = Act::begin(caller).await?;
    let mut held = Held::open(&act, target).await?;
    held.decide(action)?;
    customers_word(&act, &mut held, answer.call).await?;
    held.row.answered_at = Some(act.now);
    held.row.reason.clone_from(&reason);
    held.tell(&mut act, action, event, reason).await?;
    held.finish(act).await
}

/// The customer's own word: theirs, or the record of the call in which they gave it.
async fn customers_word(act: &Act<'_>, held: &mut Held, call: Option<Call>) -> Result<()> {
    match call {
        Some(call) => {
            parts::record_call(act, &held.case.row, None, true, call).await?;
            held.row.answered_by_phone = true;
            Ok(())
        }
        None if held.standing.is_any(&[Who::Filer]) => Ok(()),
        None => Err(Refusal::Missing(Requirement::CustomersWord).into()),
    }
}

/// Records what an outside party said for the time being, and when it is asked again (E4.4).
///
/// # Errors
/// The rule's refusal; `REQUIRED` for the words; `INVALID` for a time that is past.
pub async fn check(caller: &Caller<'_>, target: Target, said: &str, next: DateTime<Utc>) -> Result<ActResult> {
    let said = validate::text("said", said, MAX_TEXT)?;
    let mut act = Act::begin(caller).await?;
    let mut held = Held::open(&act, target).await?;
    held.decide(Action::Check)?;
    in_time_to_come(&act, next)?;
    held.row.due_at = next;
    held.row.outcome = Some(said.clone());
    held.tell(&mut act, Action::Check, Event::OutsidePartyChecked, Some(said)).await?;
    held.finish(act).await
}

/// Records that it was carried out, and how.
///
/// # Errors
/// The rule's refusal; `REQUIRED` for the words.
pub async fn finish(caller: &Caller<'_>, target: Target, outcome: &str) -> Result<ActResult> {
    let outcome = validate::text("outcome", outcome, MAX_TEXT)?;
    let mut act = Act::begin(caller).await?;
    let mut held = Held::open(&act, target).await?;
    held.decide(Action::Finish)?;
    held.row.outcome = Some(outcome.clone());
    held.row.finished_by = Some(act.person()?.id);
    held.row.finished_at = Some(act.now);
    let event = match held.row.kind {
        Kind::Commitment | Kind::Remedy => Event::PromiseKept,
        Kind::Task => Event::TaskFinished,
        Kind::Referral => Event::OutsidePartyAnswered,
        Kind::CorrectiveAction | Kind::PreventiveAction => Event::ActionFinished,
    };
    held.tell(&mut act, Action::Finish, event, Some(outcome)).await?;
    held.finish(act).await
}

/// Records that the customer has received a remedy, or that an action had its effect (C11 e).
///
/// # Errors
/// The rule's refusal; `REQUIRED` for the proof; `MISSING` for the effect of one's own action, or where an employee
/// confirms for a customer without the record of the call.
pub async fn confirm(caller: &Caller<'_>, target: Target, proof: &str, call: Option<Call>) -> Result<ActResult> {
    let proof = validate::text("proof", proof, MAX_TEXT)?;
    let mut act = Act::begin(caller).await?;
    let mut held = Held::open(&act, target).await?;
    held.decide(Action::Confirm)?;
    let event = if held.row.kind == Kind::Remedy {
        customers_word(&act, &mut held, call).await?;
        Event::PromiseReceived
    } else {
        Event::ActionConfirmed
    };
    held.row.proof = Some(proof.clone());
    held.row.confirmed_by = Some(act.person()?.id);
    held.row.confirmed_at = Some(act.now);
    held.tell(&mut act, Action::Confirm, event, Some(proof)).await?;
    held.finish(act).await
}

/// An action had no effect: it is owed again, to another date (C11 e).
///
/// # Errors
/// The rule's refusal; `MISSING` for one's own action; `INVALID` for a time that is past.
pub async fn reopen(caller: &Caller<'_>, target: Target, reason: &str, due_at: DateTime<Utc>) -> Result<ActResult> {
    let reason = validate::text("reason", reason, MAX_REASON)?;
    let mut act = Act::begin(caller).await?;
    let mut held = Held::open(&act, target).await?;
    held.decide(Action::Reopen)?;
    in_time_to_come(&act, due_at)?;
    held.row.due_at = due_at;
    held.row.finished_by = None;
    held.row.finished_at = None;
    held.row.reason = Some(reason.clone());
    held.tell(&mut act, Action::Reopen, Event::ActionReopened, Some(reason)).await?;
    held.finish(act).await
}

/// It is not wanted any more, with a reason; the customer hears of it where they had seen it.
///
/// # Errors
/// The rule's refusal; `REQUIRED` for the reason.
pub async fn cancel(caller: &Caller<'_>, target: Target, reason: &str) -> Result<ActResult> {
    let reason = validate::text("reason", reason, MAX_REASON)?;
    let mut act = Act::begin(caller).await?;
    let mut held = Held::open(&act, target).await?;
    held.decide(Action::Cancel)?;
    held.row.reason = Some(reason.clone());
    held.tell(&mut act, Action::Cancel, dropped(&held.row), Some(reason)).await?;
    held.finish(act).await
}
