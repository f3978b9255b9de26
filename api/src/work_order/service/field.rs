//! The technician's part: on the way, on site, waiting, done.

use super::simply;
use chrono::{DateTime, Utc};
use domain::event::Kind as Event;
use domain::refusal::Code;
use domain::work_order::{Action, HoldReason, State};

use crate::app::act::{ActResult, Caller};
use crate::app::error::{Error, Result};
use crate::app::validate;
use crate::complaint::case::Target;
use crate::complaint::service::MAX_REASON;

/// Takes the order that one was given (E4.2.1A).
///
/// # Errors
/// The rule's refusal.
pub async fn accept(caller: &Caller<'_>, target: Target) -> Result<ActResult> {
    simply(caller, target, Action::Accept, Event::WorkOrderAccepted, None, |_, _, _| Ok(())).await
}

/// Sets out.
///
/// # Errors
/// The rule's refusal.
pub async fn depart(caller: &Caller<'_>, target: Target) -> Result<ActResult> {
    simply(caller, target, Action::Depart, Event::TechnicianDeparted, None, |row, _, now| {
        row.departed_at = Some(now);
        Ok(())
    })
    .await
}

/// Is on site (B6).
///
/// # Errors
/// The rule's refusal.
pub async fn record_arrival(caller: &Caller<'_>, target: Target) -> Result<ActResult> {
    simply(caller, target, Action::RecordArrival, Event::TechnicianArrived, None, |row, _, now| {
        row.arrived_at = Some(now);
        Ok(())
    })
    .await
}

/// Lets the order wait, with a reason and a date.
///
/// # Errors
/// The rule's refusal; `INVALID` for a date that is past.
pub async fn hold(
    caller: &Caller<'_>,
    target: Target,
    reason: HoldReason,
    until: DateTime<Utc>,
    note: Option<&str>,
) -> Result<ActResult> {
    let note = validate::optional_text("note", note, MAX_REASON)?;
    simply(caller, target, Action::Hold, Event::WorkOrderHeld, note, |row, _, now| {
        if until <= now {
            return Err(Error::refused_needing(Code::Invalid, "until", vec!["a time to come".to_owned()]));
        }
        row.hold_reason = Some(reason);
        row.hold_until = Some(until);
        Ok(())
    })
    .await
}

/// Goes on with an order that waited.
///
/// # Errors
/// The rule's refusal.
pub async fn resume(caller: &Caller<'_>, target: Target) -> Result<ActResult> {
    simply(caller, target, Action::Resume, Event::WorkOrderResumed, None, |row, _, _| {
        row.held_from = None;
        row.hold_reason = None;
        row.hold_until = None;
        Ok(())
    })
    .await
}

/// What a technician reports of the work.
#[derive(Debug, Clone)]
pub struct WorkReport {
    /// What was done.
    pub work_done: String,
    /// Why it had broken.
    pub cause: String,
    /// What was used.
    pub materials: Option<String>,
}

/// Reports the work done: what, why, with which materials.
///
/// # Errors
/// The rule's refusal; `REQUIRED` for what was done and the cause.
pub async fn complete(caller: &Caller<'_>, target: Target, report: WorkReport) -> Result<ActResult> {
    let work_done = validate::text("workDone", &report.work_done, 2000)?;
    let cause = validate::text("cause", &report.cause, 1000)?;
    let materials = validate::optional_text("materials", report.materials.as_deref(), 1000)?;
    simply(caller, target, Action::Complete, Event::WorkOrderCompleted, Some(work_done.clone()), |row, _, now| {
        row.work_done = Some(work_done);
        row.cause = Some(cause);
        row.materials = materials;
        row.completed_at = Some(now);
        Ok(())
    })
    .await
}

/// Takes back the last step: a recorded counter-act with a reason.
///
/// # Errors
/// The rule's refusal; `REQUIRED` for the reason.
pub async fn correct(caller: &Caller<'_>, target: Target, reason: &str) -> Result<ActResult> {
    let reason = validate::text("reason", reason, MAX_REASON)?;
    simply(caller, target, Action::Correct, Event::WorkOrderCorrected, Some(reason), |row, before, _| {
        match before {
            State::Done => row.completed_at = None,
            State::Arrived => row.arrived_at = None,
            _ => row.departed_at = None,
        }
        Ok(())
    })
    .await
}
