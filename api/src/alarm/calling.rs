//! Sends calls over the gateway, with each try on record. A call may go out twice where a server dies between the
//! gateway's answer and our note of it, and never goes missing.

use chrono::TimeDelta;
use domain::alarm::{CallOutcome, State, tried_again};
use entity::{account, alarm, alarm_call, complaint};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect};

use crate::app::App;
use crate::app::error::Result;
use crate::app::language::{kebab, sentence};

/// How many go out in one round.
const BATCH: u64 = 50;
/// After how long a call that is on its way is given up for lost, and made again.
const LOST: TimeDelta = TimeDelta::minutes(1);
/// How much of a gateway's fault is kept.
const FAULT: usize = 200;

/// Sends every call that waits; says how many that were.
///
/// # Errors
/// When the database does not answer.
pub async fn send_waiting(app: &App) -> Result<u64> {
    let waiting = alarm_call::Entity::find()
        .filter(alarm_call::Column::NextAt.lte(app.clock.now()))
        .order_by_asc(alarm_call::Column::NextAt)
        .limit(BATCH)
        .all(&app.db)
        .await?;
    let found = waiting.len() as u64;
    for call in waiting {
        if claimed(app, &call).await? {
            send(app, call).await?;
        }
    }
    Ok(found)
}

/// Takes a call, so that no other replica makes it; one that is taken and never ended is due again after a while.
async fn claimed(app: &App, call: &alarm_call::Model) -> Result<bool> {
    let _turn = app.writing_turn().await?;
    let taken = alarm_call::Entity::update_many()
        .col_expr(alarm_call::Column::NextAt, Expr::value(app.clock.now() + LOST))
        .filter(alarm_call::Column::Id.eq(call.id))
        .filter(alarm_call::Column::NextAt.eq(call.next_at))
        .filter(alarm_call::Column::Outcome.eq(CallOutcome::Waiting))
        .exec(&app.db)
        .await?;
    Ok(taken.rows_affected == 1)
}

/// Makes a call, outside any transaction, and notes what came of it.
async fn send(app: &App, mut call: alarm_call::Model) -> Result<()> {
    let person = account::Entity::find_by_id(call.account_id).one(&app.db).await?;
    let row = alarm::Entity::find_by_id(call.alarm_id).one(&app.db).await?;
    let (Some(person), Some(row)) = (person, row) else { return Err("a call's alarm is missing".to_owned().into()) };
    let case = complaint::Entity::find_by_id(row.complaint_id).one(&app.db).await?;
    let case = case.ok_or_else(|| "an alarm's case is missing".to_owned())?;
    let reason = sentence(person.language, &format!("alarm-{}", kebab(row.reason.name())), &[]);
    let values = [("number", case.number.as_str()), ("reason", reason.as_str()), ("place", case.place.as_str())];
    let sent = app.sms.deliver(&person.phone, &sentence(person.language, "alarm-call", &values)).await;
    let now = app.clock.now();
    call.ended_at = Some(now);
    call.next_at = None;
    call.outcome = if sent.is_ok() { CallOutcome::Sent } else { CallOutcome::Failed };
    call.fault = sent.err().map(|fault| fault.chars().take(FAULT).collect());
    let again =
        tried_again(call.attempt, now).filter(|_| call.outcome == CallOutcome::Failed && row.state == State::Ringing);
    let next = again.map(|at| alarm_call::Model {
        id: app.dice.id(now),
        attempt: call.attempt + 1,
        outcome: CallOutcome::Waiting,
        fault: None,
        made_at: now,
        ended_at: None,
        next_at: Some(at),
        ..call.clone()
    });
    let _turn = app.writing_turn().await?;
    call.into_active_model().reset_all().update(&app.db).await?;
    if let Some(next) = next {
        next.into_active_model().insert(&app.db).await?;
    }
    Ok(())
}
