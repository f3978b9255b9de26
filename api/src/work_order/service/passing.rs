//! An order passes on because its owner has left the post (A0).

use domain::event::Kind as Event;
use domain::standing::Standing;
use entity::{complaint, work_order};
use serde_json::json;

use super::order::Order;
use crate::app::act::Act;
use crate::app::error::Result;
use crate::complaint::case::Case;
use crate::complaint::owner::{Leaving, Thing};

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
    let mut order = Order { before_owner: row.owner_account_id, row, case, standing: Standing::default() };
    let state = order.row.state.without_technician();
    if state != order.row.state {
        order.row.state = state;
        order.row.technician_id = None;
        order.row.departed_at = None;
        order.row.arrived_at = None;
        order.row.held_from = None;
        order.row.hold_reason = None;
        order.row.hold_until = None;
    }
    order.row.owner_account_id = match leaving.successor_for(post, &thing) {
        Some(successor) => successor,
        None => order.find_owner(act, post, None).await?,
    };
    order.tell(act, None, Event::OwnerChanged, None, json!({}), Vec::new()).await?;
    order.save(act).await?;
    Ok(true)
}
