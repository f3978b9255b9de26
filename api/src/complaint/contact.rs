//! Who needs to know how the customer of a case is reached; everybody else sees a name and a number masked.

use domain::complaint::State;
use domain::organization::Role::{CustomerServiceAgent, CustomerServiceSupervisor};
use domain::standing::Who;
use entity::{complaint, work_order};

use crate::access::viewer::Viewer;

/// Whether a viewer needs the customer's name and number: the customer, the owner, customer service while the case is open,
/// and a technician while an order is theirs to do.
#[must_use]
pub fn needs_contact(case: &complaint::Model, orders: &[work_order::Model], viewer: &Viewer) -> bool {
    by_role(case, viewer)
        || orders.iter().any(|order| order.technician_id == Some(viewer.id) && order.state.is_with_technician())
}

/// The same by what they are to the case alone.
#[must_use]
pub fn by_role(case: &complaint::Model, viewer: &Viewer) -> bool {
    let standing = viewer.standing(case);
    let open = !matches!(case.state, State::Archived | State::Merged);
    standing.is_any(&[Who::Filer])
        || open
            && standing.is_any(&[Who::Owner, Who::Holder(CustomerServiceAgent), Who::Holder(CustomerServiceSupervisor)])
}
