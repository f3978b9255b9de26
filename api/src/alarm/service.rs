//! The acts on alarms: taking one, answering it, bringing a case before a higher level (C7), and chasing it (E4.2.1B).

use domain::alarm::{Rung, State};
use domain::event::Kind as Event;
use domain::organization::Role;
use domain::refusal::Code;
use domain::standing::{Standing, Who};
use entity::{alarm, complaint, work_order};
use sea_orm::{ActiveEnum, ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use serde_json::json;
use uuid::Uuid;

use super::raise::stop_calls;
use crate::app::act::{Act, ActResult, Caller};
use crate::app::database::locked;
use crate::app::error::{Error, Result, upper_snake};
use crate::app::validate;
use crate::complaint::case::{Case, Target, acting_role};
use crate::complaint::query::ENDED;
use crate::complaint::service::MAX_REASON;
use crate::work_order::service::ENDED as ENDED_ORDERS;

/// Takes an alarm: it stops calling, and an answer is owed.
///
/// # Errors
/// `NOT_FOUND` for whoever is not called and does not see the case as an employee; `WRONG_STATE` once it does not ring.
pub async fn acknowledge(caller: &Caller<'_>, id: Uuid) -> Result<ActResult> {
    let mut act = Act::begin(caller).await?;
    let (mut case, mut row) = open(&act, id, &[State::Ringing]).await?;
    take(&act, &mut row)?;
    row.state = State::Acknowledged;
    case.tell(&mut act, Event::AlarmAcknowledged, None, None, json!({ "alarm": row.id }), Vec::new()).await?;
    close(act, row).await
}

/// Says what is done about it. Whoever answers an alarm that still rings has taken it, too.
///
/// # Errors
/// As [`acknowledge`]; refusals on `answer`.
pub async fn answer(caller: &Caller<'_>, id: Uuid, answer: &str) -> Result<ActResult> {
    let answer = validate::text("answer", answer, MAX_REASON)?;
    let mut act = Act::begin(caller).await?;
    let (mut case, mut row) = open(&act, id, &[State::Ringing, State::Acknowledged]).await?;
    if row.state == State::Ringing {
        take(&act, &mut row)?;
    }
    row.state = State::Answered;
    row.answer = Some(answer.clone());
    row.answered_by = Some(act.person()?.id);
    row.answered_at = Some(act.now);
    let waits: Vec<Uuid> = row.raised_by.into_iter().chain([case.row.owner_account_id]).collect();
    case.tell(&mut act, Event::AlarmAnswered, None, Some(answer), json!({ "alarm": row.id }), waits).await?;
    close(act, row).await
}

/// Brings a case before the next higher level (C7): of whoever owns it, one of its orders, or heads what it belongs to.
///
/// # Errors
/// `NOT_FOUND`, `STALE`, `WRONG_STATE` once it has ended, `NOT_YOURS`; refusals on `reason`.
pub async fn escalate(caller: &Caller<'_>, target: Target, reason: &str) -> Result<ActResult> {
    const WHO: &[Who] = &[
        Who::Owner,
        Who::Holder(Role::DepartmentHead),
        Who::Holder(Role::MarketHead),
        Who::Holder(Role::CustomerServiceSupervisor),
        Who::Holder(Role::CustomerServiceDirector),
        Who::Holder(Role::OfficeHead),
    ];
    let reason = validate::text("reason", reason, MAX_REASON)?;
    let mut act = Act::begin(caller).await?;
    let mut case = open_case(&act, target).await?;
    let viewer = act.person()?;
    let owns_order = orders(&act, case.row.id).await?.iter().any(|order| order.owner_account_id == viewer.id);
    if !owns_order && !WHO.iter().any(|who| case.standing.0.contains(who)) {
        return Err(Error::refused_needing(Code::NotYours, "complaintId", vec!["its owner, or a head".to_owned()]));
    }
    let holds =
        |roles: &[Role]| case.standing.0.iter().any(|who| matches!(who, Who::Holder(role) if roles.contains(role)));
    let rung = if holds(&[Role::OfficeHead]) {
        Rung::CompanyLeader
    } else if holds(&[
        Role::DepartmentHead,
        Role::MarketHead,
        Role::CustomerServiceSupervisor,
        Role::CustomerServiceDirector,
    ]) {
        Rung::OfficeHead
    } else {
        Rung::DepartmentHead
    };
    let role = acting_role(viewer, &case.standing, WHO, case.row.site_id);
    let data = json!({ "rung": rung.to_value() });
    case.tell(&mut act, Event::ComplaintEscalated, role, Some(reason), data, Vec::new()).await?;
    case.touch();
    case.finish(act).await
}

/// Pushes whoever owns a case or one of its unfinished orders 催办.
///
/// # Errors
/// `NOT_FOUND`, `STALE`, `WRONG_STATE` once it has ended; refusals on `reason`.
pub async fn chase(caller: &Caller<'_>, target: Target, reason: &str) -> Result<ActResult> {
    let reason = validate::text("reason", reason, MAX_REASON)?;
    let mut act = Act::begin(caller).await?;
    let mut case = open_case(&act, target).await?;
    let mut pushed: Vec<Uuid> = orders(&act, case.row.id).await?.iter().map(|order| order.owner_account_id).collect();
    pushed.push(case.row.owner_account_id);
    case.row.chases += 1;
    let data = json!({ "count": case.row.chases.to_string() });
    case.tell(&mut act, Event::ComplaintChased, None, Some(reason), data, pushed).await?;
    case.finish(act).await
}

async fn open_case(act: &Act<'_>, target: Target) -> Result<Case> {
    let case = Case::open(act, target, "complaintId").await?;
    if ENDED.contains(&case.row.state) {
        return Err(Error::refused(Code::WrongState, "complaintId"));
    }
    Ok(case)
}

async fn orders(act: &Act<'_>, case: Uuid) -> Result<Vec<work_order::Model>> {
    let unfinished = work_order::Entity::find()
        .filter(work_order::Column::ComplaintId.eq(case))
        .filter(work_order::Column::State.is_not_in(ENDED_ORDERS.iter().copied()));
    Ok(unfinished.all(&act.txn).await?)
}

/// An alarm and its case, locked, for whoever may take it: the one who is called, and employees who see the case.
async fn open(act: &Act<'_>, id: Uuid, states: &[State]) -> Result<(Case, alarm::Model)> {
    let not_found = || Error::refused(Code::NotFound, "alarmId");
    let viewer = act.person()?;
    let seen = alarm::Entity::find_by_id(id).one(&act.txn).await?;
    let seen = seen.filter(|row| row.organization_id == viewer.organization_id).ok_or_else(not_found)?;
    let case = locked(complaint::Entity::find_by_id(seen.complaint_id), &act.txn).one(&act.txn).await?;
    let case = case.ok_or_else(not_found)?;
    // Read again under the lock: somebody may have taken it meanwhile.
    let row = alarm::Entity::find_by_id(id).one(&act.txn).await?.ok_or_else(not_found)?;
    let about_them = case.about_account_id == Some(viewer.id);
    if about_them || (row.account_id != viewer.id && !viewer.sees_staff_side(&case)) {
        return Err(not_found());
    }
    if !states.contains(&row.state) {
        let needed = states.iter().map(|state| upper_snake(state.name())).collect();
        return Err(Error::refused_needing(Code::WrongState, "alarmId", needed));
    }
    Ok((Case::of_row(act, case, Standing::default()).await?, row))
}

fn take(act: &Act<'_>, row: &mut alarm::Model) -> Result<()> {
    row.acknowledged_by = Some(act.person()?.id);
    row.acknowledged_at = Some(act.now);
    row.next_at = None;
    Ok(())
}

async fn close(act: Act<'_>, row: alarm::Model) -> Result<ActResult> {
    let result = ActResult { subject: Some(row.id), ..ActResult::default() };
    stop_calls(&act, row.id).await?;
    row.into_active_model().reset_all().update(&act.txn).await?;
    act.commit(result).await
}
