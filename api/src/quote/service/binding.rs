//! An accepted quote becomes the price of the order that is issued for it (E4.2.1).

use domain::quote::State;
use domain::refusal::{Code, Refusal, Requirement};
use entity::{quote, work_order};
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel};
use uuid::Uuid;

use crate::app::act::Act;
use crate::app::database::locked;
use crate::app::error::{Error, Result};
use crate::complaint::case::Case;

/// The accepted quote of a case that an order is to be issued for. One whose order was cancelled can be taken again.
///
/// # Errors
/// `NOT_FOUND` for one of another case; `MISSING` while it is not accepted; `TAKEN` when an order has it.
pub async fn accepted_for(act: &Act<'_>, case: &Case, id: Uuid) -> Result<quote::Model> {
    let row = locked(quote::Entity::find_by_id(id), &act.txn).one(&act.txn).await?;
    let row = row.filter(|row| row.complaint_id == case.row.id);
    let row = row.ok_or_else(|| Error::refused(Code::NotFound, "quoteId"))?;
    if row.state != State::Accepted {
        return Err(Refusal::Missing(Requirement::AcceptedQuote).into());
    }
    let order = match row.work_order_id {
        Some(order) => work_order::Entity::find_by_id(order).one(&act.txn).await?,
        None => None,
    };
    if order.is_some_and(|order| order.state != domain::work_order::State::Cancelled) {
        return Err(Error::refused(Code::Taken, "quoteId"));
    }
    Ok(row)
}

/// Says under which order a quote is carried out.
///
/// # Errors
/// When the database does not answer.
pub async fn bind(act: &Act<'_>, mut row: quote::Model, order: Uuid) -> Result<()> {
    row.work_order_id = Some(order);
    row.version += 1;
    row.into_active_model().reset_all().update(&act.txn).await?;
    Ok(())
}
