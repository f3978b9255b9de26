//! An order passes on because its owner has left the post (A0), or because the technician gives it back.

use domain::event::Kind as Event;
use domain::standing::Standing;
use domain::work_order::Action;
use entity::{complaint, work_order};
use serde_json::json;

use super::order::Order;
use crate::app::act::{Act, ActResult, Caller};
use crate::app::error::Result;
use crate::app::validate;
use crate::complaint::case::{Case, Target};
use crate::complaint::owner::{Leaving, Thing};
use crate::complaint::service::MAX_REASON;

/// Passes an order on whose owner holds no role for it any more. A technician's order goes back to the leader of the team,
/// who gives it to another one; work that is done stays done. Says whether it did.
///
/// # Errors
/// `NO_OWNER` when nobody can be named.
pub async fn pass_on(
    act: &mut Act<'_>,
    case: complaint::Model,
    row: work_order::Model,
    leaving: &Leaving,
) -> Result<bool> {
    let Some(post) = row.state.duty() else { return Ok(false) };
    let thing = Thing {
        site_id: row.site_id,
        department_id: Some(row.department_id),
        team_id: row.team_id,
        subject: case.about_account_id,
    };
    if thing.may_be_owned(post, &leaving.kept) {
        return Ok(false);
    }
    let case = Case::of_row(act, case, Standing::default()).await?;
    let mut order = Order { before: Box::new(row.clone()), row, case, standing: Standing::default() };
    let state = order.row.state.without_technician();
    if state != order.row.state {
        order.row.state = state;
        without_technician(&mut order.row);
    }
    order.row.owner_account_id = match leaving.successor_for(post, &thing) {
        Some(successor) => successor,
        None => order.find_owner(act, post, None).await?,
    };
    order.tell(act, None, Event::OwnerChanged, None, json!({}), Vec::new()).await?;
    order.save(act).await?;
    Ok(true)
}

/// A technician gives an order back to the team, with a reason: before the work, or while it waits (E4.2.1A).
///
/// # Errors
/// The rule's refusal; `REQUIRED` for the reason; `NO_OWNER` where the team has no leader and nobody stands above.
pub async fn release(caller: &Caller<'_>, target: Target, reason: &str) -> Result<ActResult> {
    to_the_team(caller, target, Action::Release, Event::WorkOrderReleased, reason).await
}

/// A technician does not take the order that they were given, with a reason; the leader gives it to another one (E4.2.1A).
///
/// # Errors
/// The rule's refusal; `REQUIRED` for the reason; `NO_OWNER` where the team has no leader and nobody stands above.
pub async fn refuse(caller: &Caller<'_>, target: Target, reason: &str) -> Result<ActResult> {
    to_the_team(caller, target, Action::Refuse, Event::WorkOrderRefused, reason).await
}

async fn to_the_team(
    caller: &Caller<'_>,
    target: Target,
    action: Action,
    event: Event,
    reason: &str,
) -> Result<ActResult> {
    let reason = validate::text("reason", reason, MAX_REASON)?;
    let mut act = Act::begin(caller).await?;
    let mut order = Order::open(&act, target).await?;
    order.decide(&act, action, None).await?;
    without_technician(&mut order.row);
    let data = json!({ "technician": act.person()?.name });
    order.tell(&mut act, Some(action), event, Some(reason), data, Vec::new()).await?;
    order.finish(act).await
}

/// What an order was with its technician, it is no more.
pub(super) fn without_technician(row: &mut work_order::Model) {
    row.technician_id = None;
    row.accepted_at = None;
    row.departed_at = None;
    row.arrived_at = None;
    row.held_from = None;
    row.hold_reason = None;
    row.hold_until = None;
}
