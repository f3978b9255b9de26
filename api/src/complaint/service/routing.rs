//! Where a case goes and whether it is handled: dispatch, assignment, hand-over, decision (C4, C5, E4.2).

use super::{CASE, MAX_REASON, apply, department_at, department_of_kind, simply, tell};
use domain::alarm::Rung;
use domain::complaint::{Action, Kind, Severity};
use domain::event::Kind as Event;
use domain::refusal::Code;
use entity::{department, event};
use sea_orm::{ActiveEnum, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::json;
use uuid::Uuid;

use crate::app::act::{Act, ActResult, Caller};
use crate::app::error::{Error, Result};
use crate::app::validate;
use crate::complaint::case::{Case, Target};
use crate::complaint::owner;
use crate::complaint::parts::{category_at, category_of};
use crate::complaint::told;

/// What counts as work on a case between two hand-overs (A4).
const WORK: &[Event] = &[
    Event::ComplaintAccepted,
    Event::ProgressReported,
    Event::CustomerReplied,
    Event::WorkOrderIssued,
    Event::SiteVisited,
    Event::CauseRecorded,
    Event::CommitmentMade,
    Event::PromiseSubmitted,
    Event::RemedyOffered,
    Event::TaskRequested,
    Event::OutsidePartyAsked,
    Event::ActionPlanned,
    Event::QuoteOffered,
    Event::QuoteSubmitted,
    Event::JointLookHeld,
];

/// Sends a case to the department that its category names, or to another with a reason (E4.2).
///
/// # Errors
/// The rule's refusal; `REQUIRED` for the reason of an override.
pub async fn dispatch(
    caller: &Caller<'_>,
    target: Target,
    to: Option<Uuid>,
    reason: Option<&str>,
) -> Result<ActResult> {
    let mut act = Act::begin(caller).await?;
    let mut case = Case::open(&act, target, CASE).await?;
    case.check(Action::Dispatch)?;
    let usual = responsible(&act.txn, &case).await?;
    let chosen = match to {
        Some(id) => department_at(&act.txn, case.site.id, id).await?,
        None => usual.clone(),
    };
    let reason = validate::optional_text("reason", reason, MAX_REASON)?;
    if chosen.id != usual.id && reason.is_none() {
        return Err(Error::refused(Code::Required, "reason"));
    }
    case.row.department_id = Some(chosen.id);
    let data = json!({ "department": chosen.name, "override": chosen.id != usual.id });
    apply(&mut act, &mut case, Action::Dispatch, Event::ComplaintDispatched, reason, data).await?;
    case.finish(act).await
}

/// Passes a case on to another department (C4). The next owner is told.
///
/// # Errors
/// The rule's refusal; `INVALID` when it is the same department.
pub async fn hand_over(caller: &Caller<'_>, target: Target, to: Uuid, reason: &str) -> Result<ActResult> {
    let mut act = Act::begin(caller).await?;
    let mut case = Case::open(&act, target, CASE).await?;
    case.check(Action::HandOver)?;
    let next = department_at(&act.txn, case.site.id, to).await?;
    if case.row.department_id == Some(next.id) {
        return Err(Error::refused_needing(Code::Invalid, "departmentId", vec!["another department".to_owned()]));
    }
    case.row.department_id = Some(next.id);
    let reason = validate::text("reason", reason, MAX_REASON)?;
    let data = json!({ "department": next.name });
    let idle = handed_on_without_work(&act.txn, case.row.id).await?;
    apply(&mut act, &mut case, Action::HandOver, Event::ComplaintHandedOver, Some(reason.clone()), data).await?;
    if idle {
        // The office head is called: a matter that is only passed on is nobody's (A4).
        let data = json!({ "rung": Rung::OfficeHead.to_value(), "handedOnTwice": true });
        tell(&mut act, &mut case, Action::HandOver, Event::ComplaintEscalated, Some(reason), data).await?;
    }
    case.finish(act).await
}

/// Whether a case was handed on before, and nobody has done any work on it since (A4).
async fn handed_on_without_work(db: &impl ConnectionTrait, case: Uuid) -> Result<bool> {
    let kinds: Vec<Event> = WORK.iter().copied().chain([Event::ComplaintHandedOver]).collect();
    let last = event::Entity::find()
        .filter(event::Column::ComplaintId.eq(case))
        .filter(event::Column::Kind.is_in(kinds))
        .order_by_desc(event::Column::Position)
        .one(db)
        .await?;
    Ok(last.is_some_and(|last| last.kind == Event::ComplaintHandedOver))
}

/// The department takes a case.
///
/// # Errors
/// The rule's refusal.
pub async fn accept_assignment(caller: &Caller<'_>, target: Target) -> Result<ActResult> {
    simply(caller, target, Action::AcceptAssignment, Event::AssignmentAccepted, None).await
}

/// The department refuses a case with a reason; it returns to customer service.
///
/// # Errors
/// The rule's refusal; `REQUIRED` for the reason.
pub async fn refuse_assignment(caller: &Caller<'_>, target: Target, reason: &str) -> Result<ActResult> {
    let mut act = Act::begin(caller).await?;
    let mut case = Case::open(&act, target, CASE).await?;
    let reason = validate::text("reason", reason, MAX_REASON)?;
    case.decide(&mut act, Action::RefuseAssignment, None).await?;
    tell(&mut act, &mut case, Action::RefuseAssignment, Event::AssignmentRefused, Some(reason), json!({})).await?;
    case.row.department_id = None;
    case.finish(act).await
}

/// Names the person of the department who handles a case (A0).
///
/// # Errors
/// The rule's refusal; `NOT_FOUND` for somebody who is not of the department, or whom the complaint is about.
pub async fn assign_handler(caller: &Caller<'_>, target: Target, handler: Uuid) -> Result<ActResult> {
    let mut act = Act::begin(caller).await?;
    let mut case = Case::open(&act, target, CASE).await?;
    case.check(Action::AssignHandler)?;
    // Somebody who has left the department cannot own its cases (A0).
    let grants = owner::grants_now(&act.txn, handler, act.now).await?;
    let belongs = grants.iter().any(|grant| grant.department_id == case.row.department_id);
    if !belongs || case.row.about_account_id == Some(handler) {
        return Err(Error::refused(Code::NotFound, "handlerId"));
    }
    case.decide(&mut act, Action::AssignHandler, Some(handler)).await?;
    tell(&mut act, &mut case, Action::AssignHandler, Event::HandlerAssigned, None, json!({})).await?;
    case.finish(act).await
}

/// Decides to handle a case, with a reason the customer can read (C5).
///
/// # Errors
/// The rule's refusal; `REQUIRED` for the reason.
pub async fn accept(caller: &Caller<'_>, target: Target, reason: &str) -> Result<ActResult> {
    let reason = validate::text("reason", reason, MAX_REASON)?;
    simply(caller, target, Action::Accept, Event::ComplaintAccepted, Some(reason)).await
}

/// Decides not to handle a case, with a reason the customer can read (C5).
///
/// # Errors
/// The rule's refusal; `REQUIRED` for the reason.
pub async fn decline(caller: &Caller<'_>, target: Target, reason: &str) -> Result<ActResult> {
    let reason = validate::text("reason", reason, MAX_REASON)?;
    let mut act = Act::begin(caller).await?;
    let mut case = Case::open(&act, target, CASE).await?;
    case.row.result = Some(reason.clone());
    apply(&mut act, &mut case, Action::Decline, Event::ComplaintDeclined, Some(reason), json!({})).await?;
    case.finish(act).await
}

/// What [`reclassify`] corrects; what is not given stays.
#[derive(Debug, Clone, Default)]
pub struct Classification {
    /// What the customer wants.
    pub kind: Option<Kind>,
    /// What it is about.
    pub category_id: Option<Uuid>,
    /// How serious it is.
    pub severity: Option<Severity>,
}

/// Corrects kind, category or severity, with a reason.
///
/// # Errors
/// The rule's refusal; `REQUIRED` when nothing is given.
pub async fn reclassify(caller: &Caller<'_>, target: Target, to: Classification, reason: &str) -> Result<ActResult> {
    let reason = validate::text("reason", reason, MAX_REASON)?;
    let mut act = Act::begin(caller).await?;
    let mut case = Case::open(&act, target, CASE).await?;
    if to.kind.is_none() && to.category_id.is_none() && to.severity.is_none() {
        return Err(Error::refused_needing(Code::Required, "kind", vec!["kind, categoryId or severity".to_owned()]));
    }
    let before = told::classified(&case.row);
    if let Some(category) = to.category_id {
        case.row.category_id = category_at(&act.txn, case.site.id, category).await?.id;
    }
    case.row.kind = to.kind.unwrap_or(case.row.kind);
    case.row.severity = to.severity.unwrap_or(case.row.severity);
    let data = json!({ "before": before, "after": told::classified(&case.row) });
    apply(&mut act, &mut case, Action::Reclassify, Event::ComplaintReclassified, Some(reason), data).await?;
    case.finish(act).await
}

/// The department that a case's category makes responsible (E3.1–E3.4).
async fn responsible(db: &impl ConnectionTrait, case: &Case) -> Result<department::Model> {
    let category = category_of(db, &case.row).await?;
    department_of_kind(db, case.site.id, category.department).await
}
