//! A site as the history sees it: who can play which part.

use std::collections::BTreeMap;

use domain::organization::{DepartmentKind, Role};
use uuid::Uuid;

/// The people and places of one site.
#[derive(Debug, Clone)]
pub struct Cast {
    /// The site.
    pub site_id: Uuid,
    /// Its code.
    pub code: &'static str,
    /// Its departments.
    pub departments: Vec<(DepartmentKind, Uuid)>,
    /// Its categories by code.
    pub categories: BTreeMap<&'static str, Uuid>,
    /// Its employees.
    pub staff: Vec<Player>,
    /// Its teams by name.
    pub teams: BTreeMap<&'static str, Uuid>,
    /// Who may bring a case.
    pub customers: Vec<Customer>,
}

/// An employee of a site.
#[derive(Debug, Clone)]
pub struct Player {
    /// The account.
    pub account: Uuid,
    /// Their role.
    pub role: Role,
    /// Their department.
    pub department: Option<Uuid>,
    /// Their team.
    pub team: Option<Uuid>,
}

/// Somebody who may bring a case.
#[derive(Debug, Clone)]
pub struct Customer {
    /// The account.
    pub account: Uuid,
    /// Their name.
    pub name: String,
    /// Their number.
    pub phone: String,
    /// Where they live at the site; a consumer of a mall lives elsewhere.
    pub unit: Option<Uuid>,
}

impl Cast {
    /// The first who holds a role.
    #[must_use]
    pub fn first(&self, role: Role) -> Option<Uuid> {
        self.staff.iter().find(|player| player.role == role).map(|player| player.account)
    }

    /// Everybody who holds a role in a department or a team.
    #[must_use]
    pub fn all(&self, role: Role, place: Uuid) -> Vec<Uuid> {
        let here = |player: &&Player| player.role == role && [player.department, player.team].contains(&Some(place));
        self.staff.iter().filter(here).map(|player| player.account).collect()
    }

    /// Customer service's desk: the agents, or the supervisor where there is none.
    #[must_use]
    pub fn desk(&self) -> Vec<Uuid> {
        let held_by = |role| self.staff.iter().filter(move |player| player.role == role).map(|player| player.account);
        let agents: Vec<Uuid> = held_by(Role::CustomerServiceAgent).collect();
        if agents.is_empty() { held_by(Role::CustomerServiceSupervisor).collect() } else { agents }
    }

    /// A department of a kind.
    #[must_use]
    pub fn department(&self, kind: DepartmentKind) -> Option<Uuid> {
        self.departments.iter().find(|(known, _)| *known == kind).map(|(_, id)| *id)
    }

    /// The head of a department.
    #[must_use]
    pub fn head(&self, department: Uuid) -> Option<Uuid> {
        let (kind, _) = self.departments.iter().find(|(_, id)| *id == department)?;
        self.all(kind.head(), department).first().copied()
    }
}
