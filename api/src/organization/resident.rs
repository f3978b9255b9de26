//! Who lives where: invited by the office, registered by themselves, checked by the office; moved in and out.

pub mod graphql;
pub mod input;
pub mod invitation;
pub mod mutation;
pub mod registration;
pub mod residency;

use domain::organization::Role;
use domain::refusal::Code;
use entity::{site, unit};
use sea_orm::EntityTrait;
use uuid::Uuid;

use crate::access::viewer::Viewer;
use crate::app::act::Act;
use crate::app::error::{Error, Result};
use crate::complaint::parts::unit_at;

/// The roles that keep the residents of a site; administrators import them.
pub const KEEPERS: [Role; 6] = [
    Role::CustomerServiceAgent,
    Role::CustomerServiceSupervisor,
    Role::CustomerServiceDirector,
    Role::OfficeHead,
    Role::CompanyLeader,
    Role::Administrator,
];

/// Whether somebody keeps the residents of a site of their organization.
#[must_use]
pub fn keeps(viewer: &Viewer, site: Uuid) -> bool {
    let mut held = viewer.grants.iter().filter(|grant| KEEPERS.contains(&grant.role));
    held.any(|grant| grant.site_id.is_none_or(|held| held == site))
}

/// A unit whose residents the actor keeps, with its site.
///
/// # Errors
/// `NOT_FOUND` or `RETIRED`.
async fn kept_unit(act: &Act<'_>, id: Uuid) -> Result<(unit::Model, site::Model)> {
    let not_found = || Error::refused(Code::NotFound, "unitId");
    let home = unit_at(act, id, "unitId").await?;
    if home.organization_id != act.organization_id() || !keeps(act.person()?, home.site_id) {
        return Err(not_found());
    }
    let site = site::Entity::find_by_id(home.site_id).one(&act.txn).await?.ok_or_else(not_found)?;
    Ok((home, site))
}
