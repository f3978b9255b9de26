//! The head's word on a quote before the customer sees it (C6).

use domain::event::Kind as Event;
use domain::quote::{Action, valid_until, written};

use super::Held;
use crate::app::act::{Act, ActResult, Caller, sha256_hex};
use crate::app::error::Result;
use crate::app::validate;
use crate::complaint::case::Target;
use crate::complaint::service::MAX_REASON;

/// Lets a quote go to the customer (C6); how long it holds is counted from now.
///
/// # Errors
/// The rule's refusal.
pub async fn approve(caller: &Caller<'_>, target: Target, note: Option<&str>) -> Result<ActResult> {
    let note = validate::optional_text("note", note, MAX_REASON)?;
    let mut act = Act::begin(caller).await?;
    let mut held = Held::open(&act, target).await?;
    take_over(&act, &mut held, Action::Approve, note.clone())?;
    hold_from_now(&act, &mut held);
    held.tell(&mut act, Some(Action::Approve), Event::QuoteApproved, note, Vec::new()).await?;
    held.tell(&mut act, Some(Action::Approve), Event::QuoteOffered, None, Vec::new()).await?;
    held.finish(act).await
}

/// Sends a quote back to be revised, with a reason (C6).
///
/// # Errors
/// The rule's refusal; `REQUIRED` for the reason.
pub async fn refuse(caller: &Caller<'_>, target: Target, reason: &str) -> Result<ActResult> {
    let reason = validate::text("reason", reason, MAX_REASON)?;
    let mut act = Act::begin(caller).await?;
    let mut held = Held::open(&act, target).await?;
    take_over(&act, &mut held, Action::Refuse, Some(reason.clone()))?;
    held.tell(&mut act, Some(Action::Refuse), Event::QuoteRefused, Some(reason), Vec::new()).await?;
    held.finish(act).await
}

fn take_over(act: &Act<'_>, held: &mut Held, action: Action, note: Option<String>) -> Result<()> {
    held.decide(act, action)?;
    held.row.decided_by = Some(act.person()?.id);
    held.row.decided_at = Some(act.now);
    held.row.decision_note = note;
    Ok(())
}

/// The customer has it from now on, and as long to answer as it was made to hold. That belongs to what they accept.
fn hold_from_now(act: &Act<'_>, held: &mut Held) {
    let row = &mut held.row;
    row.offered_at = Some(act.now);
    row.valid_until = valid_until(row.made_at, row.valid_until, act.now);
    row.content["validUntil"] = written(row.valid_until).into();
    row.content_sha256 = sha256_hex(row.content.to_string().as_bytes());
}
