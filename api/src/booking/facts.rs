//! What the rules need to know of a case and its visits.

use chrono::{DateTime, Utc};
use domain::booking::{Facts, State, Window};
use entity::{booking, complaint, work_order};
use uuid::Uuid;

/// The newest visit of a case that is wished, agreed or kept, of all its visits in order.
#[must_use]
pub fn current(visits: &[booking::Model]) -> Option<&booking::Model> {
    visits.iter().rfind(|row| matches!(row.state, State::Wished | State::Booked | State::Kept))
}

/// The facts for a person, given all visits of the case in order and all its orders.
#[must_use]
pub fn of(
    case: &complaint::Model,
    emergency: bool,
    visits: &[booking::Model],
    orders: &[work_order::Model],
    (person, now): (Uuid, DateTime<Utc>),
) -> Facts {
    let own = || orders.iter().filter(|order| order.technician_id == Some(person));
    let on_site = |order: &&work_order::Model| order.state == domain::work_order::State::Arrived;
    Facts {
        case: case.state,
        emergency,
        visit: current(visits).map(|row| (row.state, Window { from: row.from_at, to: row.to_at })),
        own_order: own().find(on_site).or_else(|| own().next()).map(|order| order.state),
        now,
    }
}
