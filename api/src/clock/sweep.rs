//! Finds the clocks of which somebody must hear, tells it, and looks ahead: an index says which are due, so it costs what
//! falls due and not what is open.
//!
//! What fell due while the server was down is told at its start, with the moment at which it was due. Of many replicas
//! one looks ([`lease`]); where two do for a moment, whoever locks the case first tells it, and the other finds it told.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use domain::clock::{Kind, Moment, State};
use domain::event::Kind as Event;
use domain::ownership::Post;
use domain::standing::Standing;
use entity::{clock, complaint, undertaking, work_order};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::json;
use uuid::Uuid;

use super::running::Running;
use super::told;
use crate::app::App;
use crate::app::act::{Act, ActResult, Caller};
use crate::app::database::locked;
use crate::app::error::{Error, Result, upper_snake};
use crate::app::lease;
use crate::calendar;
use crate::complaint::case::Case;

/// The job's name.
const JOB: &str = "clocks";
/// How often the server looks: what is due is found within a second.
const EVERY: Duration = Duration::from_millis(500);
/// How many are told in one round.
const BATCH: u64 = 200;
/// For how long a clock is left alone that cannot be told: the others do not wait for it.
const LATER: TimeDelta = TimeDelta::minutes(1);

/// Looks for as long as the server runs, where this is its to do.
pub async fn keep(app: App) {
    lease::keep(app, JOB, EVERY, |app| async move {
        while app.leases.holds(JOB) && tell_due(&app).await? == BATCH {}
        Ok(())
    })
    .await;
}

/// Tells of what is due now; says how many clocks that were. An error of the database is in the log by its id.
///
/// # Errors
/// When the database does not answer.
pub async fn tell_due(app: &App) -> Result<u64> {
    let now = app.clock.now();
    let due = clock::Entity::find()
        .filter(clock::Column::NextAt.lte(now))
        .order_by_asc(clock::Column::NextAt)
        .order_by_asc(clock::Column::Id)
        .limit(BATCH)
        .all(&app.db)
        .await?;
    let found = due.len() as u64;
    for clock in due {
        if let Err(error) = tell(app, &clock).await {
            tracing::error!(?error, clock = %clock.id, "nobody could be told that it is due; it is tried again");
            put_off(app, &clock, now + LATER).await?;
        }
    }
    Ok(found)
}

/// When the next clock is due, for a history that is played with a moved clock.
///
/// # Errors
/// When the database does not answer.
pub async fn next(app: &App) -> Result<Option<DateTime<Utc>>> {
    let first = clock::Entity::find()
        .filter(clock::Column::NextAt.is_not_null())
        .order_by_asc(clock::Column::NextAt)
        .one(&app.db)
        .await?;
    Ok(first.and_then(|clock| clock.next_at))
}

/// Tells every moment of a clock that is due, in one act.
async fn tell(app: &App, due: &clock::Model) -> Result<()> {
    let caller = Caller { app, viewer: None, once: None, said: None };
    let mut act = Act::begin_anonymous(&caller, due.organization_id).await?;
    // Whoever acts on the case holds this lock too, so the clock is as it stands until the act ends.
    let case = locked(complaint::Entity::find_by_id(due.complaint_id), &act.txn).one(&act.txn).await?;
    let row = clock::Entity::find_by_id(due.id).one(&act.txn).await?;
    let (Some(case), Some(row)) = (case, row) else { return Ok(()) };
    if row.state != State::Running || row.next_at.is_none_or(|next| next > act.now) {
        return Ok(());
    }
    let mut case = Case::of_row(&act, case, Standing::default()).await?;
    let calendars = calendar::in_act(&act, &case.site).await?;
    let mut clock = Running::read(row)?;
    let calendar = calendars.of_hours(clock.row.hours);
    while let Some(moment) = clock.take_due(act.now, calendar) {
        let told = who_hears(&act, &case, &clock.row, moment).await?;
        let mut data = json!({
            "clock": upper_snake(clock.row.kind.name()),
            "moment": upper_snake(moment.name()),
            "dueAt": clock.row.due_at,
            "startedAt": clock.row.started_at,
        });
        if moment == Moment::Limit && clock.row.kind == Kind::Resolution {
            told::keep(&mut data, &clock.row);
        }
        case.tell(&mut act, event_of(moment), None, None, data, told).await?;
    }
    clock.save(&act).await?;
    act.commit(ActResult::default()).await?;
    Ok(())
}

const fn event_of(moment: Moment) -> Event {
    match moment {
        Moment::Warning | Moment::Target => Event::ClockWarned,
        Moment::Limit => Event::ClockMissed,
        Moment::OfficeHead | Moment::CompanyLeader => Event::CaseEscalated,
    }
}

/// Who hears of a moment: the owner always, and the ladder the later it gets (C7).
async fn who_hears(act: &Act<'_>, case: &Case, clock: &clock::Model, moment: Moment) -> Result<Vec<Uuid>> {
    let mut told = vec![case.row.owner_account_id];
    if let Some(order) = clock.work_order_id {
        let order = work_order::Entity::find_by_id(order).one(&act.txn).await?;
        told.extend(order.map(|order| order.owner_account_id));
    }
    if let Some(id) = clock.undertaking_id {
        let undertaken = undertaking::Entity::find_by_id(id).one(&act.txn).await?;
        told.extend(undertaken.map(|row| row.owner_account_id));
    }
    let post = match moment {
        Moment::Warning | Moment::Target => return Ok(told),
        Moment::Limit if case.row.department_id.is_some() => Post::DepartmentHead,
        Moment::Limit => Post::CustomerServiceSupervisor,
        Moment::OfficeHead => Post::OfficeHead,
        Moment::CompanyLeader => Post::CompanyLeader,
    };
    match case.find_owner(act, post, None).await {
        Ok(person) => told.push(person.id),
        // The post is empty: whoever owns the case hears of it, and the next step goes higher.
        Err(Error::Refused(_)) => {}
        Err(error) => return Err(error),
    }
    Ok(told)
}

/// Leaves a clock alone that cannot be told, if it still stands as it was found: another replica may have told it.
async fn put_off(app: &App, found: &clock::Model, until: DateTime<Utc>) -> Result<()> {
    let _turn = app.writing_turn().await?;
    clock::Entity::update_many()
        .col_expr(clock::Column::NextAt, Expr::value(until))
        .filter(clock::Column::Id.eq(found.id))
        .filter(clock::Column::NextAt.eq(found.next_at))
        .exec(&app.db)
        .await?;
    Ok(())
}
