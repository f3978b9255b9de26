//! How a case ends: resolved, its result written down, archived (C10, D7, A8).

use super::{CASE, MAX_REASON, apply, simply};
use domain::complaint::Action;
use domain::event::Kind as Event;
use domain::undertaking::Recourse;
use serde_json::json;
use uuid::Uuid;

use crate::app::act::{Act, ActResult, Caller};
use crate::app::error::{Result, upper_snake};
use crate::app::validate;
use crate::complaint::case::{Case, Target};

/// Records that a case has been handled, and the result for the customer to read. The follow-up opens by itself (D1).
///
/// # Errors
/// The rule's refusal; `MISSING` while a work order is not signed.
pub async fn resolve(caller: &Caller<'_>, target: Target, result: &str) -> Result<ActResult> {
    let result = validate::text("result", result, 2000)?;
    let mut act = Act::begin(caller).await?;
    let mut case = Case::open(&act, target, CASE).await?;
    case.row.result = Some(result.clone());
    apply(&mut act, &mut case, Action::Resolve, Event::ComplaintResolved, Some(result), json!({})).await?;
    case.finish(act).await
}

/// What the customer is told of a matter that cannot be solved (C9).
#[derive(Debug, Clone)]
pub struct Conclusion {
    /// Why it cannot.
    pub explanation: String,
    /// The apology.
    pub apology: String,
    /// Where the customer can turn.
    pub recourse: Vec<Recourse>,
}

/// Records that a case cannot be solved, with explanation and apology (C9). The follow-up opens by itself (D1).
///
/// # Errors
/// The rule's refusal; `MISSING` while no remedy was offered; `REQUIRED` for the texts.
pub async fn conclude(caller: &Caller<'_>, target: Target, conclusion: &Conclusion) -> Result<ActResult> {
    let explanation = validate::text("explanation", &conclusion.explanation, 2000)?;
    let apology = validate::text("apology", &conclusion.apology, 1000)?;
    let mut act = Act::begin(caller).await?;
    let mut case = Case::open(&act, target, CASE).await?;
    let recourse: Vec<String> = conclusion.recourse.iter().map(|one| upper_snake(one.name())).collect();
    let data = json!({ "apology": apology, "recourse": recourse });
    case.row.result = Some(explanation.clone());
    case.row.conclusion = Some(data.clone());
    let event = Event::ComplaintUnresolvable;
    apply(&mut act, &mut case, Action::ConcludeUnresolvable, event, Some(explanation), data).await?;
    case.finish(act).await
}

/// Takes back a resolution made by mistake: a recorded counter-act.
///
/// # Errors
/// The rule's refusal; `REQUIRED` for the reason.
pub async fn correct_resolution(caller: &Caller<'_>, target: Target, reason: &str) -> Result<ActResult> {
    let reason = validate::text("reason", reason, MAX_REASON)?;
    let mut act = Act::begin(caller).await?;
    let mut case = Case::open(&act, target, CASE).await?;
    apply(&mut act, &mut case, Action::CorrectResolution, Event::ResolutionCorrected, Some(reason), json!({})).await?;
    case.row.outcome = None;
    case.row.resolved_at = None;
    case.row.result = None;
    case.row.conclusion = None;
    case.finish(act).await
}

/// Writes down the result of an anonymous case (D7).
///
/// # Errors
/// The rule's refusal; `MISSING` when there is somebody to follow up with.
pub async fn record_result(caller: &Caller<'_>, target: Target, result: &str) -> Result<ActResult> {
    let result = validate::text("result", result, 2000)?;
    let mut act = Act::begin(caller).await?;
    let mut case = Case::open(&act, target, CASE).await?;
    case.row.written_result = Some(result.clone());
    apply(&mut act, &mut case, Action::RecordResult, Event::ResultRecorded, Some(result), json!({})).await?;
    case.finish(act).await
}

/// Puts a case into the archive (A8). From then on it cannot change.
///
/// # Errors
/// The rule's refusal; `MISSING` with what must come first.
pub async fn archive(caller: &Caller<'_>, target: Target) -> Result<ActResult> {
    simply(caller, target, Action::Archive, Event::ComplaintArchived, None).await
}

/// Adds a note to an archived case (A8). The case itself stays as it is: the note is an event.
///
/// # Errors
/// The rule's refusal; `REQUIRED` for the text.
pub async fn add_addendum(caller: &Caller<'_>, case_id: Uuid, text: &str) -> Result<ActResult> {
    let text = validate::text("text", text, 2000)?;
    let mut act = Act::begin(caller).await?;
    let mut case = Case::load(&act, case_id, CASE).await?;
    apply(&mut act, &mut case, Action::AddAddendum, Event::AddendumAdded, Some(text), json!({})).await?;
    case.finish(act).await
}
