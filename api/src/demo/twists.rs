//! What can make a case unlike the others.

use domain::organization::DepartmentKind;

use super::script::Opening;
use super::texts::Topic;

/// What makes a case unlike the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Twist {
    /// Nothing.
    Plain,
    /// The order waits.
    Held,
    /// The customer does not sign at first.
    Unsigned,
    /// Nobody is at home to sign.
    Absent,
    /// The order is not carried out.
    Cancelled,
    /// The technician takes a step back.
    Corrected,
    /// Not content when called.
    Discontent,
    /// Opened again by the customer.
    Reopened,
    /// The resolution was a mistake.
    Mistaken,
    /// The department sends it back.
    Refused,
    /// It goes on to another department.
    HandedOver,
    /// It is not handled.
    Declined,
    /// Taken back before anybody worked.
    Withdrawn,
    /// Taken back while somebody is on the way.
    WithdrawnLate,
    /// The customer adds an item.
    Added,
    /// A talk while it is handled.
    Talked,
    /// Found more serious.
    Graver,
    /// Two matters, of which one becomes a case of its own.
    Split,
    /// Shown to the household later.
    Shared,
    /// A note after archiving.
    Addendum,
}

impl Twist {
    /// Whether it can happen to a case about a topic that comes in so.
    #[must_use]
    pub fn fits(self, topic: &Topic, opening: Opening) -> bool {
        let known = !opening.is_anonymous();
        let sent = topic.team.is_some();
        match self {
            Self::Plain => true,
            Self::Held | Self::Corrected | Self::Cancelled => sent && !topic.urgent,
            Self::Unsigned | Self::Absent => sent && !topic.urgent && known && topic.places.is_empty(),
            Self::WithdrawnLate => sent && !topic.urgent && known,
            Self::Shared => opening == Opening::App { shared: false },
            Self::Refused | Self::HandedOver => {
                !topic.urgent && !matches!(topic.department, DepartmentKind::CustomerService)
            }
            Self::Declined | Self::Added | Self::Split | Self::Graver => !topic.urgent,
            Self::Discontent | Self::Reopened | Self::Withdrawn | Self::Talked => !topic.urgent && known,
            Self::Mistaken | Self::Addendum => known,
        }
    }
}

/// Every twist that a case of the past can have.
pub const EVERY_TWIST: &[Twist] = &[
    Twist::Held,
    Twist::Unsigned,
    Twist::Absent,
    Twist::Cancelled,
    Twist::Corrected,
    Twist::Discontent,
    Twist::Reopened,
    Twist::Mistaken,
    Twist::Refused,
    Twist::HandedOver,
    Twist::Declined,
    Twist::Withdrawn,
    Twist::WithdrawnLate,
    Twist::Added,
    Twist::Talked,
    Twist::Graver,
    Twist::Shared,
    Twist::Addendum,
];
