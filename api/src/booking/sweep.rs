//! Visits of which somebody must hear: the customer and the technician are reminded before, and whoever owes it is chased
//! before and after (E4.2.1B). An index says which are due; of many replicas one tells it.

use chrono::{DateTime, TimeDelta, Utc};
use domain::booking::{State, Step, Window, step};
use domain::clock::promise::MAY_WAIT_FOR;
use domain::event::Kind as Event;
use domain::standing::Standing;
use domain::work_order::State as OrderState;
use entity::{booking, complaint, work_order};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect};
use serde_json::json;
use uuid::Uuid;

use super::service::{attention, orders};
use super::told;
use crate::access::viewer::parse_zone;
use crate::alarm::policy;
use crate::app::App;
use crate::app::act::{Act, ActResult, Caller};
use crate::app::database::locked;
use crate::app::error::Result;
use crate::complaint::case::Case;

/// How many are told in one round.
const BATCH: u64 = 200;
/// For how long a visit is left alone that cannot be told of: the others do not wait for it.
const LATER: TimeDelta = TimeDelta::minutes(1);

/// Tells of what is due now; says how many visits that were.
///
/// # Errors
/// When the database does not answer.
pub async fn tell_due(app: &App) -> Result<u64> {
    let now = app.clock.now();
    let due = booking::Entity::find()
        .filter(booking::Column::NextAt.lte(now))
        .order_by_asc(booking::Column::NextAt)
        .order_by_asc(booking::Column::Id)
        .limit(BATCH)
        .all(&app.db)
        .await?;
    let found = due.len() as u64;
    for row in due {
        if let Err(error) = tell(app, &row).await {
            tracing::error!(?error, booking = %row.id, "nobody could be told of a visit; it is tried again");
            let _turn = app.writing_turn().await?;
            booking::Entity::update_many()
                .col_expr(booking::Column::NextAt, Expr::value(now + LATER))
                .filter(booking::Column::Id.eq(row.id))
                // Another replica may have told it meanwhile.
                .filter(booking::Column::NextAt.eq(row.next_at))
                .exec(&app.db)
                .await?;
        }
    }
    Ok(found)
}

/// When the next visit is due, for a history that is played with a moved clock.
///
/// # Errors
/// When the database does not answer.
pub async fn next(app: &App) -> Result<Option<DateTime<Utc>>> {
    let first = booking::Entity::find()
        .filter(booking::Column::NextAt.is_not_null())
        .order_by_asc(booking::Column::NextAt)
        .one(&app.db)
        .await?;
    Ok(first.and_then(|row| row.next_at))
}

async fn tell(app: &App, due: &booking::Model) -> Result<()> {
    let caller = Caller { app, viewer: None, once: None, said: None };
    let mut act = Act::begin_anonymous(&caller, due.organization_id).await?;
    let case = locked(complaint::Entity::find_by_id(due.complaint_id), &act.txn).one(&act.txn).await?;
    let row = booking::Entity::find_by_id(due.id).one(&act.txn).await?;
    let (Some(case), Some(mut row)) = (case, row) else { return Ok(()) };
    if row.next_at.is_none_or(|next| next > act.now) {
        return Ok(());
    }
    let mut case = Case::of_row(&act, case, Standing::default()).await?;
    let orders = orders(&act, case.row.id).await?;
    let attention = attention(&policy::in_act(&act, &case.site).await?);
    let window = Window { from: row.from_at, to: row.to_at };
    let done = u32::try_from(row.steps).unwrap_or(u32::MAX);
    let Some((_, what)) = step(done, window, attention) else {
        return Err("a visit has no such step".to_owned().into());
    };
    let agreed = row.state == State::Booked;
    let told = match what {
        Step::Remind if agreed => vec![Event::VisitReminded],
        Step::Approach if agreed && has_technician(&orders) => vec![Event::VisitReminded],
        Step::Approach if agreed => vec![Event::VisitReminded, Event::ChasedBeforeVisit],
        Step::Approach if row.state == State::Wished && !has_technician(&orders) => vec![Event::ChasedBeforeVisit],
        Step::Chase if is_unfinished(&orders) => vec![Event::ChasedAfterVisit],
        Step::Remind | Step::Approach | Step::Chase => Vec::new(),
    };
    for event in told {
        say(&mut act, &mut case, event, &row, &orders).await?;
    }
    row.steps += 1;
    let over = what == Step::Chase && !is_unfinished(&orders);
    row.next_at = step(done + 1, window, attention).map(|(at, _)| at).filter(|_| !over);
    row.into_active_model().reset_all().update(&act.txn).await?;
    count_chases(&act, &case.row).await?;
    act.commit(ActResult::default()).await?;
    Ok(())
}

async fn say(
    act: &mut Act<'_>,
    case: &mut Case,
    event: Event,
    row: &booking::Model,
    orders: &[work_order::Model],
) -> Result<()> {
    let unfinished = orders.iter().filter(|order| !order.state.is_finished());
    let mut told: Vec<Uuid> = unfinished.clone().filter_map(|order| order.technician_id).collect();
    let mut data = told::data(row, parse_zone(&case.site.time_zone));
    if event != Event::VisitReminded {
        case.row.chases += 1;
        data["count"] = json!(case.row.chases.to_string());
        told.extend(unfinished.map(|order| order.owner_account_id));
        told.push(case.row.owner_account_id);
    }
    case.tell(act, event, None, None, data, told).await
}

/// Counts, and leaves the version alone: nobody's act is to be refused because the server has pushed for it.
async fn count_chases(act: &Act<'_>, case: &complaint::Model) -> Result<()> {
    complaint::Entity::update_many()
        .col_expr(complaint::Column::Chases, Expr::value(case.chases))
        .filter(complaint::Column::Id.eq(case.id))
        .exec(&act.txn)
        .await?;
    Ok(())
}

fn has_technician(orders: &[work_order::Model]) -> bool {
    orders.iter().any(|order| order.state.is_with_technician())
}

/// Whether somebody still owes work: no order was made, or one is neither done nor waiting for what is not ours.
fn is_unfinished(orders: &[work_order::Model]) -> bool {
    let waits = |order: &work_order::Model| {
        order.state == OrderState::OnHold && order.hold_reason.is_some_and(|reason| MAY_WAIT_FOR.contains(&reason))
    };
    let owed =
        |order: &work_order::Model| !order.state.is_finished() && order.state != OrderState::Done && !waits(order);
    orders.is_empty() || orders.iter().any(owed)
}
