//! Service promises 服务承诺 of sites: versions that are drafted, approved and published, tried on cases made up or past,
//! and laid over the defaults of the domain (E4.5.1).
//!
//! A case keeps the version under which it was received. Nothing needs to be written down for that: a version holds from
//! the moment it is published or later, and never changes after.

pub mod draft;
pub mod graphql;
pub mod input;
pub mod mutation;
pub mod reading;
pub mod replay;
pub mod service;
pub mod simulation;
pub mod stored;

use chrono::{DateTime, Utc};
use domain::clock::policy::PromisesState;
use entity::service_promises::{self, Column};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use crate::app::error::Result;

/// The version of a site's promises under which a case is received at a moment: of those that hold, the one that began
/// last. None where the site has published nothing for that time.
///
/// # Errors
/// When the database does not answer.
pub async fn in_force(
    db: &impl ConnectionTrait,
    site: Uuid,
    at: DateTime<Utc>,
) -> Result<Option<service_promises::Model>> {
    let open = Condition::any().add(Column::ToAt.is_null()).add(Column::ToAt.gt(at));
    let holding = service_promises::Entity::find()
        .filter(Column::SiteId.eq(site))
        .filter(Column::State.eq(PromisesState::Published))
        .filter(Column::FromAt.lte(at))
        .filter(open)
        .order_by_desc(Column::FromAt)
        .order_by_desc(Column::Revision);
    Ok(holding.one(db).await?)
}
