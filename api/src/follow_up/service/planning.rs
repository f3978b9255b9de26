//! When a follow-up is held and by whom (D1), the tries that came to nothing, and the director's word where none can (D5).

use chrono::{DateTime, Utc};
use domain::event::Kind as Event;
use domain::follow_up::attempt::AttemptOutcome;
use domain::follow_up::{Action, Method};
use domain::organization::Role;
use domain::refusal::Code;
use entity::{account, follow_up_attempt};
use sea_orm::{ActiveModelTrait, IntoActiveModel};
use serde_json::json;
use uuid::Uuid;

use super::{Held, at_place, move_case, tries_of};
use crate::access::viewer::parse_zone;
use crate::app::act::{Act, ActResult, Caller};
use crate::app::error::{Error, Result, upper_snake};
use crate::app::validate;
use crate::complaint::case::Target;
use crate::complaint::owner::employee_at;
use crate::complaint::parts::{self, Call};

/// Who may be asked to hold a follow-up (ours).
pub const TALKERS: &[Role] = &[Role::CustomerServiceAgent, Role::CustomerServiceSupervisor];

/// When a follow-up is held, and by whom; what is not given stays.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// When.
    pub at: Option<DateTime<Utc>>,
    /// Who holds it.
    pub assignee: Option<Uuid>,
}

/// Says when a follow-up is held, and by whom.
///
/// # Errors
/// The rule's refusal; `INVALID` for a time that is past or somebody who is not of customer service; `NOT_FOUND` for nobody of
/// the site, or whom the complaint is about (C11).
pub async fn plan(caller: &Caller<'_>, target: Target, plan: Plan) -> Result<ActResult> {
    let mut act = Act::begin(caller).await?;
    let mut held = Held::open(&act, target).await?;
    lay_down(&mut act, &mut held, plan).await?;
    held.finish(act).await
}

/// The supervisor gives several follow-ups to one person (D1). All of them, or none.
///
/// # Errors
/// As [`plan`], with the place in the list.
pub async fn assign(caller: &Caller<'_>, targets: &[Target], plan: Plan) -> Result<ActResult> {
    let mut act = Act::begin(caller).await?;
    Held::lock_all(&act, targets).await?;
    for (place, target) in targets.iter().enumerate() {
        let mut held = Held::open(&act, *target).await.map_err(|error| at_place(error, place))?;
        lay_down(&mut act, &mut held, plan).await.map_err(|error| at_place(error, place))?;
        held.save(&act).await?;
    }
    let follow_ups = targets.iter().map(|target| target.id).collect();
    act.commit(ActResult { follow_ups, ..ActResult::default() }).await
}

async fn lay_down(act: &mut Act<'_>, held: &mut Held, plan: Plan) -> Result<()> {
    held.decide(act, Action::Plan).await?;
    if plan.at.is_none() && plan.assignee.is_none() {
        return Err(Error::refused(Code::Required, "plannedFor"));
    }
    if let Some(at) = plan.at {
        held.row.planned_for = Some(to_come(act, "plannedFor", at)?);
    }
    let mut person = None;
    if let Some(id) = plan.assignee {
        let found = assignee(act, held, id).await?;
        held.row.assignee_account_id = Some(found.id);
        person = Some(found.name);
    }
    let data = json!({ "person": person, "window": held.row.planned_for.map(|at| local(held, at)) });
    held.tell_with(act, Action::Plan, Event::FollowUpPlanned, None, data).await
}

async fn assignee(act: &Act<'_>, held: &Held, id: Uuid) -> Result<account::Model> {
    let subject = held.case.row.about_account_id;
    let (person, roles) = employee_at(&act.txn, &held.case.site, id, subject, act.now, "assigneeId").await?;
    if !roles.iter().any(|role| TALKERS.contains(role)) {
        let needed = TALKERS.iter().map(|role| upper_snake(role.name())).collect();
        return Err(Error::refused_needing(Code::Invalid, "assigneeId", needed));
    }
    Ok(person)
}

/// A moment as people at the site say it.
pub(super) fn local(held: &Held, at: DateTime<Utc>) -> String {
    at.with_timezone(&parse_zone(&held.case.site.time_zone)).format("%Y-%m-%d %H:%M").to_string()
}

/// Refuses a time that is past.
pub(super) fn to_come(act: &Act<'_>, field: &str, at: DateTime<Utc>) -> Result<DateTime<Utc>> {
    if at > act.now {
        Ok(at)
    } else {
        Err(Error::refused_needing(Code::Invalid, field, vec!["a time to come".to_owned()]))
    }
}

/// A try that came to nothing.
#[derive(Debug, Clone)]
pub struct Attempt {
    /// Why.
    pub outcome: AttemptOutcome,
    /// By phone or on site.
    pub method: Method,
    /// In words.
    pub note: Option<String>,
    /// The call, where there was one.
    pub call: Option<Call>,
    /// When it is tried again.
    pub next_at: Option<DateTime<Utc>>,
}

/// Records a try that came to nothing. Until the tries are enough, it is said when the next one is (D5).
///
/// # Errors
/// The rule's refusal; `REQUIRED` or `INVALID` for the time of the next try; refusals on the call.
pub async fn attempt(caller: &Caller<'_>, target: Target, attempt: Attempt) -> Result<ActResult> {
    let note = validate::optional_text("note", attempt.note.as_deref(), 500)?;
    let mut act = Act::begin(caller).await?;
    let mut held = Held::open(&act, target).await?;
    held.decide(&act, Action::RecordAttempt).await?;
    let next_at = attempt.next_at.map(|at| to_come(&act, "nextAttemptAt", at)).transpose()?;
    let row = follow_up_attempt::Model {
        id: act.id(),
        organization_id: held.row.organization_id,
        site_id: held.row.site_id,
        complaint_id: held.row.complaint_id,
        follow_up_id: held.row.id,
        outcome: attempt.outcome,
        method: attempt.method,
        day: act.now.with_timezone(&parse_zone(&held.case.site.time_zone)).date_naive(),
        note,
        next_at,
        made_by: act.person()?.id,
        made_at: act.now,
    };
    row.into_active_model().insert(&act.txn).await?;
    if tries_of(&act, held.row.id).await?.unreached().is_none() && next_at.is_none() {
        return Err(Error::refused(Code::Required, "nextAttemptAt"));
    }
    if let Some(call) = attempt.call {
        parts::record_call(&act, &held.case.row, Some(held.row.id), true, call).await?;
    }
    held.row.attempts += 1;
    held.row.planned_for = next_at;
    let data = json!({ "outcome": upper_snake(attempt.outcome.name()), "nextAttemptAt": next_at });
    held.tell_with(&mut act, Action::RecordAttempt, Event::FollowUpAttempted, None, data).await?;
    held.finish(act).await
}

/// Closes a follow-up whose customer cannot be had, by the director's word (D5). It is inspected and signed like any other.
///
/// # Errors
/// The rule's refusal: `MISSING` while it was not tried often enough; `REQUIRED` for the word.
pub async fn close_unreached(caller: &Caller<'_>, target: Target, remark: &str) -> Result<ActResult> {
    let remark = validate::text("remark", remark, 1000)?;
    let mut act = Act::begin(caller).await?;
    let mut held = Held::open(&act, target).await?;
    let awaited = held.is_awaited();
    held.decide(&act, Action::CloseUnreached).await?;
    held.row.unreached = held.tries.unreached();
    held.row.unreached_remark = Some(remark);
    held.row.finished_by = Some(act.person()?.id);
    held.row.finished_at = Some(act.now);
    held.row.planned_for = None;
    let data = json!({ "outcome": held.row.unreached.map(|why| upper_snake(why.name())) });
    held.tell_with(&mut act, Action::CloseUnreached, Event::FollowUpUnreached, None, data).await?;
    if awaited {
        // Nobody said that the matter is not settled; who says so later opens the case again.
        move_case(&mut act, &mut held, true).await?;
    }
    held.finish(act).await
}
