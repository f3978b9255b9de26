//! Raises and ends alarms by what is told of a case, in the transaction in which it happens.

use domain::alarm::{Reason, Rung, State};
use domain::category::Emergency;
use domain::clock::promise::Hours;
use domain::complaint::Severity;
use domain::event::Kind as Event;
use entity::{alarm, alarm_call, complaint};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveEnum, ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};
use serde_json::{Value, json};
use uuid::Uuid;

use super::person::called;
use super::policy;
use crate::app::act::{Act, Happening};
use crate::app::error::{Result, upper_snake};
use crate::calendar;

/// What is raised.
struct Call {
    reason: Reason,
    rung: Rung,
    words: Option<String>,
    clock: Option<domain::clock::Kind>,
    by: Option<Uuid>,
}

/// Raises what the happenings call for, and ends what is over. Tells of each alarm that was raised.
///
/// # Errors
/// When the database does not answer.
pub async fn react(act: &mut Act<'_>, happenings: &[Happening]) -> Result<Vec<Happening>> {
    let mut told = Vec::new();
    for happening in happenings {
        match happening.kind {
            Event::ComplaintReceived | Event::ComplaintReclassified => {
                let case = case_of(act, happening.complaint_id).await?;
                told.extend(by_its_nature(act, &case).await?);
            }
            Event::ClockMissed | Event::CaseEscalated | Event::ComplaintEscalated => {
                let case = case_of(act, happening.complaint_id).await?;
                if let Some(call) = of_clock(act, happening) {
                    told.push(raise(act, &case, call).await?);
                }
            }
            Event::TechnicianArrived => told.extend(end(act, happening, Some(Reason::Emergency)).await?),
            Event::ComplaintResolved
            | Event::ComplaintDeclined
            | Event::ComplaintUnresolvable
            | Event::ComplaintWithdrawn
            | Event::ComplaintMerged
            | Event::ComplaintArchived => told.extend(end(act, happening, None).await?),
            _ => {}
        }
    }
    Ok(told)
}

/// What an emergency and a serious matter call for, once each: from the receipt, or from when it is known.
async fn by_its_nature(act: &Act<'_>, case: &complaint::Model) -> Result<Vec<Happening>> {
    let mut told = Vec::new();
    let emergency = act.category(case.site_id, case.category_id).await?.emergency != Emergency::None;
    if emergency && !was_raised(act, case.id, Reason::Emergency).await? {
        told.push(raise(act, case, plain(Reason::Emergency, Rung::OnDuty)).await?);
    }
    // Leaders and the heads concerned hear of a serious matter at once, each by name (E4.3).
    if case.severity == Severity::Serious && !was_raised(act, case.id, Reason::Serious).await? {
        for rung in [Rung::DepartmentHead, Rung::OfficeHead, Rung::CompanyLeader] {
            told.push(raise(act, case, plain(Reason::Serious, rung)).await?);
        }
    }
    Ok(told)
}

async fn was_raised(act: &Act<'_>, case: Uuid, reason: Reason) -> Result<bool> {
    let raised =
        alarm::Entity::find().filter(alarm::Column::ComplaintId.eq(case)).filter(alarm::Column::Reason.eq(reason));
    Ok(raised.one(&act.txn).await?.is_some())
}

fn plain(reason: Reason, rung: Rung) -> Call {
    Call { reason, rung, words: None, clock: None, by: None }
}

/// What a moment of a clock, or somebody's own word, calls for.
fn of_clock(act: &Act<'_>, happening: &Happening) -> Option<Call> {
    let text = |name: &str| happening.data.get(name).and_then(Value::as_str).map(str::to_owned);
    if let Some(rung) = text("rung") {
        let rung = Rung::try_from_value(&rung).ok()?;
        let by = act.viewer.map(|viewer| viewer.id);
        return Some(Call { reason: Reason::Escalated, rung, words: happening.reason.clone(), clock: None, by });
    }
    let clock = domain::clock::Kind::try_from_value(&text("clock")?).ok()?;
    let rung = match text("moment")?.as_str() {
        "LIMIT" => Rung::DepartmentHead,
        "OFFICE_HEAD" => Rung::OfficeHead,
        "COMPANY_LEADER" => Rung::CompanyLeader,
        _ => return None,
    };
    Some(Call { clock: Some(clock), ..plain(Reason::ClockMissed, rung) })
}

async fn case_of(act: &Act<'_>, id: Uuid) -> Result<complaint::Model> {
    act.told_case(id).await
}

async fn raise(act: &Act<'_>, case: &complaint::Model, call: Call) -> Result<Happening> {
    let Call { reason, rung, words, clock, by } = call;
    let (person, rung) = called(act, case, rung).await?;
    let urgent = reason == Reason::Emergency;
    let site = act.site(case.site_id).await?;
    let calendars = calendar::in_act(act, &site).await?;
    let pace = policy::pace(&policy::in_act(act, &site).await?);
    let row = alarm::Model {
        id: act.id(),
        organization_id: case.organization_id,
        site_id: case.site_id,
        complaint_id: case.id,
        reason,
        state: State::Ringing,
        rung,
        urgent,
        words,
        clock,
        raised_by: by,
        raised_at: act.now,
        account_id: person,
        calls: 1,
        acknowledged_by: None,
        acknowledged_at: None,
        answer: None,
        answered_by: None,
        answered_at: None,
        next_at: pace.calls_again(urgent, rung, act.now, calendars.of_hours(Hours::Office)),
    };
    let happening = told_of(act, case, &row, Event::AlarmRaised).await?;
    row.into_active_model().insert(&act.txn).await?;
    Ok(happening)
}

/// What happened to an alarm, told to the person whom it calls.
///
/// # Errors
/// When the database does not answer.
pub async fn told_of(act: &Act<'_>, case: &complaint::Model, row: &alarm::Model, kind: Event) -> Result<Happening> {
    let owner = act.account(case.owner_account_id).await?;
    Ok(Happening {
        kind,
        site_id: case.site_id,
        complaint_id: case.id,
        work_order_id: None,
        follow_up_id: None,
        department_id: case.department_id,
        actor_role: None,
        owner: (owner.id, owner.name),
        state: upper_snake(case.state.name()),
        reason: row.words.clone(),
        data: json!({
            "alarm": row.id,
            "alarmReason": row.reason.to_value(),
            "rung": row.rung.to_value(),
            "clock": row.clock.map(|clock| clock.to_value()),
            "person": act.account(row.account_id).await?.name,
        }),
        tell: vec![row.account_id],
    })
}

/// What alarms of a case were about is over; calls that have not gone out are not wanted any more.
async fn end(act: &Act<'_>, happening: &Happening, reason: Option<Reason>) -> Result<Vec<Happening>> {
    let mut open = alarm::Entity::find()
        .filter(alarm::Column::ComplaintId.eq(happening.complaint_id))
        .filter(alarm::Column::State.is_in([State::Ringing, State::Acknowledged]));
    if let Some(reason) = reason {
        open = open.filter(alarm::Column::Reason.eq(reason));
    }
    let mut told = Vec::new();
    for mut row in open.order_by_asc(alarm::Column::Id).all(&act.txn).await? {
        let case = case_of(act, happening.complaint_id).await?;
        row.state = State::Over;
        row.next_at = None;
        stop_calls(act, row.id).await?;
        told.push(told_of(act, &case, &row, Event::AlarmEnded).await?);
        row.into_active_model().reset_all().update(&act.txn).await?;
    }
    Ok(told)
}

/// Drops the calls of an alarm that wait.
///
/// # Errors
/// When the database does not answer.
pub async fn stop_calls(act: &Act<'_>, alarm: Uuid) -> Result<()> {
    use alarm_call::Column;
    alarm_call::Entity::update_many()
        .col_expr(Column::Outcome, Expr::value(domain::alarm::CallOutcome::Dropped))
        .col_expr(Column::EndedAt, Expr::value(act.now))
        .col_expr(Column::NextAt, Expr::value(Option::<chrono::DateTime<chrono::Utc>>::None))
        .filter(Column::AlarmId.eq(alarm))
        .filter(Column::Outcome.eq(domain::alarm::CallOutcome::Waiting))
        .exec(&act.txn)
        .await?;
    Ok(())
}
