//! The people of the small world.

use std::sync::LazyLock;

use domain::organization::Role;
use domain::standing::{Standing, Who};
use uuid::Uuid;

/// The people: one for every role that the three tables name, and one whom nothing concerns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Person {
    Filer,
    Household,
    Agent,
    Supervisor,
    Head,
    MarketHead,
    Leader,
    Technician,
    Director,
    OfficeHead,
    Archivist,
    CompanyLeader,
    Passerby,
}

impl Person {
    pub const ALL: [Self; 13] = [
        Self::Filer,
        Self::Household,
        Self::Agent,
        Self::Supervisor,
        Self::Head,
        Self::MarketHead,
        Self::Leader,
        Self::Technician,
        Self::Director,
        Self::OfficeHead,
        Self::Archivist,
        Self::CompanyLeader,
        Self::Passerby,
    ];

    pub const fn who(self) -> Option<Who> {
        Some(match self {
            Self::Filer => Who::Filer,
            Self::Household => Who::Household,
            Self::Agent => Who::Holder(Role::CustomerServiceAgent),
            Self::Supervisor => Who::Holder(Role::CustomerServiceSupervisor),
            Self::Head => Who::Holder(Role::DepartmentHead),
            Self::MarketHead => Who::Holder(Role::MarketHead),
            Self::Leader => Who::Holder(Role::TeamLeader),
            Self::Technician => Who::Holder(Role::Technician),
            Self::Director => Who::Holder(Role::CustomerServiceDirector),
            Self::OfficeHead => Who::Holder(Role::OfficeHead),
            Self::Archivist => Who::Holder(Role::Archivist),
            Self::CompanyLeader => Who::Holder(Role::CompanyLeader),
            Self::Passerby => return None,
        })
    }

    pub const fn account(self) -> Uuid {
        Uuid::from_u128(self as u128)
    }
}

/// One person of every standing at once: what they cannot do now, nobody can.
pub static EVERYBODY: LazyLock<Standing> = LazyLock::new(|| {
    let roles = Role::ALL.iter().copied().map(Who::Holder);
    Standing([Who::Filer, Who::Household, Who::Owner, Who::Assignee].into_iter().chain(roles).collect())
});
