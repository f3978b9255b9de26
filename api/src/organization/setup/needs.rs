//! What still needs a part of the set-up: open cases, open orders, roles that are held.

use entity::{complaint, role_grant, work_order};
use sea_orm::sea_query::SimpleExpr;
use sea_orm::{ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter};

use crate::app::act::Act;
use crate::app::error::Result;
use crate::{complaint::query::ENDED as ENDED_CASES, work_order::service::ENDED as ENDED_ORDERS};

/// How many open cases there are at a place.
///
/// # Errors
/// When the database does not answer.
pub async fn open_cases(act: &Act<'_>, place: SimpleExpr) -> Result<u64> {
    let open = complaint::Column::State.is_not_in(ENDED_CASES.iter().copied());
    Ok(complaint::Entity::find().filter(place).filter(open).count(&act.txn).await?)
}

/// How many open work orders there are at a place.
///
/// # Errors
/// When the database does not answer.
pub async fn open_orders(act: &Act<'_>, place: SimpleExpr) -> Result<u64> {
    let open = work_order::Column::State.is_not_in(ENDED_ORDERS.iter().copied());
    Ok(work_order::Entity::find().filter(place).filter(open).count(&act.txn).await?)
}

/// How many roles that have not ended are held at a place.
///
/// # Errors
/// When the database does not answer.
pub async fn roles_held(act: &Act<'_>, place: SimpleExpr) -> Result<u64> {
    use role_grant::Column;
    // The earliest day that is today anywhere: a role that ends today still holds somewhere.
    let today = act.now.date_naive();
    let open = Condition::any().add(Column::ToDate.is_null()).add(Column::ToDate.gte(today));
    Ok(role_grant::Entity::find().filter(place).filter(open).count(&act.txn).await?)
}
