//! The customer's answer (E4.2.1): in the app, by signature on the handheld, or by telephone. What is accepted is what the
//! customer saw, told by its hash.

use domain::event::Kind as Event;
use domain::quote::{Action, Method, method};
use domain::standing::Who;

use super::Held;
use crate::app::act::{Act, ActResult, Caller};
use crate::app::error::{Error, Result};
use crate::app::validate;
use crate::complaint::case::Target;
use crate::complaint::parts::{self, Call};
use crate::complaint::service::MAX_REASON;
use crate::signature::keeping::{self as signature, Drawing};

/// What a customer says yes to, and how.
#[derive(Debug, Clone)]
pub struct Acceptance {
    /// The hash of the content that the customer saw.
    pub content_hash: String,
    /// Their signature.
    pub drawing: Option<Drawing>,
    /// The record of the call.
    pub call: Option<Call>,
}

/// The customer accepts exactly the content that they saw.
///
/// # Errors
/// The rule's refusal; `STALE` for another content; `MISSING` when an employee brings neither signature nor call.
pub async fn accept(caller: &Caller<'_>, target: Target, acceptance: Acceptance) -> Result<ActResult> {
    let mut act = Act::begin(caller).await?;
    let mut held = Held::open(&act, target).await?;
    held.decide(&act, Action::Accept)?;
    if !acceptance.content_hash.trim().eq_ignore_ascii_case(&held.row.content_sha256) {
        return Err(Error::stale_at("contentHash", held.result()));
    }
    let by = method(&held.standing, acceptance.drawing.is_some(), acceptance.call.is_some())?;
    held.row.answer_method = Some(by);
    if let Some(drawing) = &acceptance.drawing {
        let content = held.row.content.clone();
        held.row.signature_id = Some(signature::keep(&act, &held.case.row, drawing, content).await?.id);
    }
    record_call(&act, &mut held, acceptance.call).await?;
    answered(&act, &mut held)?;
    let crew = held.crew();
    held.tell(&mut act, Some(Action::Accept), Event::QuoteAccepted, None, crew).await?;
    held.finish(act).await
}

/// The customer declines, with a reason.
///
/// # Errors
/// The rule's refusal; `REQUIRED` for the reason.
pub async fn decline(caller: &Caller<'_>, target: Target, reason: &str, call: Option<Call>) -> Result<ActResult> {
    let reason = validate::text("reason", reason, MAX_REASON)?;
    let mut act = Act::begin(caller).await?;
    let mut held = Held::open(&act, target).await?;
    held.decide(&act, Action::Decline)?;
    let in_app = held.standing.is_any(&[Who::Filer, Who::Household]).then_some(Method::App);
    held.row.answer_method = if call.is_some() { Some(Method::Phone) } else { in_app };
    record_call(&act, &mut held, call).await?;
    answered(&act, &mut held)?;
    held.row.decline_reason = Some(reason.clone());
    let crew = held.crew();
    held.tell(&mut act, Some(Action::Decline), Event::QuoteDeclined, Some(reason), crew).await?;
    held.finish(act).await
}

async fn record_call(act: &Act<'_>, held: &mut Held, call: Option<Call>) -> Result<()> {
    if let Some(call) = call {
        held.row.call_record_id = Some(parts::record_call(act, &held.case.row, None, true, call).await?);
    }
    Ok(())
}

fn answered(act: &Act<'_>, held: &mut Held) -> Result<()> {
    held.row.answered_by = Some(act.person()?.id);
    held.row.answered_at = Some(act.now);
    Ok(())
}
