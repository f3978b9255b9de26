//! Alarms that nobody has taken call again, one rung higher, and an emergency goes out over the gateway as well.

use chrono::{DateTime, TimeDelta, Utc};
use domain::alarm::{CallOutcome, State};
use domain::clock::promise::Hours;
use domain::event::Kind as Event;
use entity::{alarm, alarm_call, complaint};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect};

use super::person::called;
use super::policy;
use super::raise::told_of;
use crate::app::App;
use crate::app::act::{Act, ActResult, Caller};
use crate::app::database::locked;
use crate::app::error::Result;
use crate::calendar;

/// How many are called in one round.
const BATCH: u64 = 200;
/// For how long an alarm is left alone whose call could not be written: the others do not wait for it.
const LATER: TimeDelta = TimeDelta::minutes(1);

/// Calls again for every alarm whose time has come; says how many that were.
///
/// # Errors
/// When the database does not answer.
pub async fn call_again(app: &App) -> Result<u64> {
    let now = app.clock.now();
    let due = alarm::Entity::find()
        .filter(alarm::Column::NextAt.lte(now))
        .order_by_asc(alarm::Column::NextAt)
        .order_by_asc(alarm::Column::Id)
        .limit(BATCH)
        .all(&app.db)
        .await?;
    let found = due.len() as u64;
    for row in due {
        if let Err(error) = call(app, &row).await {
            tracing::error!(?error, alarm = %row.id, "nobody could be called; it is tried again");
            let _turn = app.writing_turn().await?;
            alarm::Entity::update_many()
                .col_expr(alarm::Column::NextAt, Expr::value(now + LATER))
                .filter(alarm::Column::Id.eq(row.id))
                // Another replica may have called meanwhile.
                .filter(alarm::Column::NextAt.eq(row.next_at))
                .exec(&app.db)
                .await?;
        }
    }
    Ok(found)
}

/// When the next alarm calls again, for a history that is played with a moved clock.
///
/// # Errors
/// When the database does not answer.
pub async fn next(app: &App) -> Result<Option<DateTime<Utc>>> {
    let first = alarm::Entity::find()
        .filter(alarm::Column::NextAt.is_not_null())
        .order_by_asc(alarm::Column::NextAt)
        .one(&app.db)
        .await?;
    Ok(first.and_then(|alarm| alarm.next_at))
}

async fn call(app: &App, due: &alarm::Model) -> Result<()> {
    let caller = Caller { app, viewer: None, once: None, said: None };
    let mut act = Act::begin_anonymous(&caller, due.organization_id).await?;
    // Whoever takes the alarm holds the lock of its case too.
    let case = locked(complaint::Entity::find_by_id(due.complaint_id), &act.txn).one(&act.txn).await?;
    let row = alarm::Entity::find_by_id(due.id).one(&act.txn).await?;
    let (Some(case), Some(mut row)) = (case, row) else { return Ok(()) };
    if row.state != State::Ringing || row.next_at.is_none_or(|next| next > act.now) {
        return Ok(());
    }
    // Whoever was called first may only have no open socket: they are called by the gateway before anybody above is.
    if row.calls > 1 || !row.urgent {
        (row.account_id, row.rung) = called(&act, &case, row.rung.up()).await?;
    }
    row.calls += 1;
    let site = act.site(case.site_id).await?;
    let calendars = calendar::in_act(&act, &site).await?;
    let pace = policy::pace(&policy::in_act(&act, &site).await?);
    row.next_at = pace.calls_again(row.urgent, row.rung, act.now, calendars.of_hours(Hours::Office));
    if row.urgent {
        let attempt = alarm_call::Model {
            id: act.id(),
            organization_id: row.organization_id,
            alarm_id: row.id,
            account_id: row.account_id,
            attempt: 1,
            outcome: CallOutcome::Waiting,
            fault: None,
            made_at: act.now,
            ended_at: None,
            next_at: Some(act.now),
        };
        attempt.into_active_model().insert(&act.txn).await?;
    }
    let told = told_of(&act, &case, &row, Event::AlarmRaised).await?;
    row.into_active_model().reset_all().update(&act.txn).await?;
    act.happened(told);
    act.commit(ActResult::default()).await?;
    Ok(())
}
