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

use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::clock::policy::PromisesState;
use entity::service_promises::{self, Column};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use crate::app::act::Act;
use crate::app::error::Result;

/// The published versions of a site's promises, the one that began last first.
///
/// # Errors
/// When the database does not answer.
pub async fn published(db: &impl ConnectionTrait, site: Uuid) -> Result<Vec<service_promises::Model>> {
    let published = service_promises::Entity::find()
        .filter(Column::SiteId.eq(site))
        .filter(Column::State.eq(PromisesState::Published))
        .order_by_desc(Column::FromAt)
        .order_by_desc(Column::Revision);
    Ok(published.all(db).await?)
}

/// The same in an act that does not change them.
///
/// # Errors
/// When the database does not answer.
pub async fn in_act(act: &Act<'_>, site: Uuid) -> Result<Arc<Vec<service_promises::Model>>> {
    act.kept(site, site, async { Ok(Arc::new(published(&act.txn, site).await?)) }).await
}

/// The version under which a case is received at a moment: of the published that hold, the one that began last. None where the
/// site has published nothing for that time.
#[must_use]
pub fn in_force(published: &[service_promises::Model], at: DateTime<Utc>) -> Option<&service_promises::Model> {
    let holds = |version: &&service_promises::Model| {
        version.from_at.is_some_and(|from| from <= at) && version.to_at.is_none_or(|to| to > at)
    };
    published.iter().find(holds)
}
