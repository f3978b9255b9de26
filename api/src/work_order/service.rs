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
use domain::work_order::{Action, State};
use entity::work_order;
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
    order.decide(&act, action, None).await?;
    let steps = [order.row.departed_at, order.row.arrived_at, order.row.completed_at];
    let earliest = steps.into_iter().flatten().fold(order.row.issued_at, DateTime::max);
    let at = act.occurred_at(earliest);
    write(&mut order.row, before, at)?;
    if matches!(action, Action::Depart | Action::RecordArrival) {
        position::keep(&act, order.row.id, action == Action::RecordArrival).await?;
    }
    let waits_for = order.row.hold_reason.filter(|_| event == Event::WorkOrderHeld);
    let data = waits_for.map_or(json!({}), |reason| json!({ "waitsFor": upper_snake(reason.name()) }));
    order.tell(&mut act, Some(action), event, reason, data, Vec::new()).await?;
    order.finish(act).await
}
