//! What the rules need to know of the quotes of a case or an order.

use chrono::{DateTime, Utc};
use domain::complaint::State as CaseState;
use domain::quote::{Facts, State, state_at};
use domain::work_order::{Price, State as OrderState};
use entity::{complaint, quote, work_order};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use crate::app::error::Result;

/// The quotes of a case.
///
/// # Errors
/// When the database does not answer.
pub async fn of_case(db: &impl ConnectionTrait, case: Uuid) -> Result<Vec<quote::Model>> {
    Ok(quote::Entity::find().filter(quote::Column::ComplaintId.eq(case)).all(db).await?)
}

/// Where a quote stands now.
#[must_use]
pub fn state_now(row: &quote::Model, now: DateTime<Utc>) -> State {
    state_at(row.state, row.valid_until, now)
}

/// How many quotes of a case are neither for an order nor answered.
#[must_use]
pub fn open_without_order(quotes: &[quote::Model], now: DateTime<Utc>) -> u32 {
    count(quotes.iter().filter(|row| row.work_order_id.is_none() && state_now(row, now).is_open()))
}

/// What the rules need to know of the price of an order, given all quotes of its case.
#[must_use]
pub fn price_of(
    row: &work_order::Model,
    case: &complaint::Model,
    quotes: &[quote::Model],
    now: DateTime<Utc>,
) -> Price {
    let mine = || quotes.iter().filter(|quote| quote.work_order_id == Some(row.id));
    Price {
        pricing: row.pricing,
        billable: case.unit_id.is_some(),
        accepted_quotes: count(mine().filter(|quote| quote.state == State::Accepted)),
        open_quotes: count(mine().filter(|quote| state_now(quote, now).is_open())),
    }
}

/// What the rules need to know of a quote, given all quotes of its case.
#[must_use]
pub fn of(
    row: &quote::Model,
    case: &complaint::Model,
    order: Option<&work_order::Model>,
    quotes: &[quote::Model],
    now: DateTime<Utc>,
) -> Facts {
    let for_the_same = |other: &&quote::Model| other.id != row.id && other.work_order_id == row.work_order_id;
    let order_open = |order: &work_order::Model| !order.state.is_finished() && order.state != OrderState::Done;
    let case_open =
        matches!(case.state, CaseState::Received | CaseState::Dispatched | CaseState::Assigned | CaseState::InProgress);
    Facts {
        state: state_now(row, now),
        routed: case.department_id.is_some() || order.is_some(),
        work_open: order.map_or(case_open, order_open),
        other_open: quotes.iter().filter(for_the_same).any(|other| state_now(other, now).is_open()),
    }
}

fn count<'a>(rows: impl Iterator<Item = &'a quote::Model>) -> u32 {
    u32::try_from(rows.count()).unwrap_or(u32::MAX)
}
