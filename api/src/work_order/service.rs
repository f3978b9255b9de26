//! The acts on a work order. Each locks the case first and the order second, so that no two acts wait for each other.

mod field;
mod issuing;
mod order;
mod passing;
mod signing;

pub use field::*;
pub use issuing::*;
pub use order::*;
pub use passing::*;
pub use signing::*;

use chrono::{DateTime, Utc};
use domain::event::Kind as Event;
use domain::work_order::{Acceptance, Action, State};
use entity::{event, work_order};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::json;

use crate::app::act::{Act, ActResult, Caller};
use crate::app::error::{Result, upper_snake};
use crate::complaint::case::Target;
use crate::handheld::position;

/// The states in which an order has ended.
pub const ENDED: &[State] = &[State::Closed, State::Cancelled];

/// The field of every input that names the order.
const ORDER: &str = "workOrderId";

/// An act that needs nothing but the rule, a reason, and what it writes into the row: with the state before, and the moment
/// at which it counts as done.
async fn simply(
    caller: &Caller<'_>,
    target: Target,
    action: Action,
    event: Event,
    reason: Option<String>,
    write: impl FnOnce(&mut work_order::Model, State, DateTime<Utc>) -> Result<()>,
) -> Result<ActResult> {
    let mut act = Act::begin(caller).await?;
    let mut order = Order::open(&act, target).await?;
    let before = order.row.state;
    let change = order.decide(&act, action, None).await?;
    let at = counts_from(&mut act, &order.row).await?;
    write(&mut order.row, before, at)?;
    if change.acceptance == Acceptance::Given {
        order.row.accepted_at.get_or_insert(at);
    }
    if matches!(action, Action::Depart | Action::RecordArrival) {
        position::keep(&act, order.row.id, action == Action::RecordArrival).await?;
    }
    let waits_for = order.row.hold_reason.filter(|_| event == Event::WorkOrderHeld);
    let data = waits_for.map_or(json!({}), |reason| json!({ "waitsFor": upper_snake(reason.name()) }));
    order.tell(&mut act, Some(action), event, reason, data, Vec::new()).await?;
    order.finish(act).await
}

/// When what a technician does to an order counts as done: as a handheld says where that is believed, else now.
async fn counts_from(act: &mut Act<'_>, row: &work_order::Model) -> Result<DateTime<Utc>> {
    if act.said.is_none() {
        return Ok(act.now);
    }
    let earliest = earliest(act, row).await?;
    Ok(act.occurred_at(earliest))
}

/// Before when nothing can have been done to an order by the technician who has it: they were not given it yet, or had not
/// taken the step before.
async fn earliest(act: &Act<'_>, row: &work_order::Model) -> Result<DateTime<Utc>> {
    let given = event::Entity::find()
        .filter(event::Column::WorkOrderId.eq(row.id))
        .filter(event::Column::ComplaintId.eq(row.complaint_id))
        .filter(event::Column::Kind.eq(Event::TechnicianAssigned))
        .order_by_desc(event::Column::Position)
        .one(&act.txn)
        .await?;
    let steps =
        [row.accepted_at, row.departed_at, row.arrived_at, row.completed_at, given.map(|given| given.occurred_at)];
    Ok(steps.into_iter().flatten().fold(row.issued_at, DateTime::max))
}
