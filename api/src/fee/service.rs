//! The acts on charges and statements.

mod charging;
mod issuing;
mod paying;

pub use charging::*;
pub use issuing::*;
pub use paying::*;

use domain::organization::Role;
use domain::refusal::Code;
use entity::site;
use sea_orm::EntityTrait;
use uuid::Uuid;

use crate::app::act::Act;
use crate::app::database::held;
use crate::app::error::{Error, Result};

/// A site whose fees the caller keeps; who issues or marks there waits for the end of the act.
///
/// # Errors
/// `NOT_FOUND`.
pub async fn billed_site(act: &Act<'_>, id: Uuid) -> Result<site::Model> {
    let viewer = act.person()?;
    let keeps = |role: Role| role.keeps_fees() || role == Role::Integration;
    let found = held(site::Entity::find_by_id(id), &act.txn).one(&act.txn).await?;
    let mine = found.filter(|site| {
        site.organization_id == viewer.organization_id
            && (viewer.holds_any(&[Role::CompanyLeader]) || viewer.sites(keeps).contains(&site.id))
    });
    mine.ok_or_else(|| Error::refused(Code::NotFound, "siteId"))
}
