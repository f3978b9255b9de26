//! Whether anything that orders refer to but do not own has another name by now: the numbers of the sites' set-ups.

use std::collections::BTreeMap;

use entity::set_up;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use crate::access::viewer::Viewer;
use crate::app::error::Result;

/// The number of each site's set-up, which is another one after every change.
pub type Stamps = BTreeMap<Uuid, i64>;

/// The numbers of the sites at which somebody works.
///
/// # Errors
/// When the database does not answer.
pub async fn stamps(db: &impl ConnectionTrait, viewer: &Viewer) -> Result<Stamps> {
    let sites = viewer.grants.iter().filter_map(|grant| grant.site_id);
    let rows = set_up::Entity::find().filter(set_up::Column::SiteId.is_in(sites)).all(db).await?;
    Ok(rows.into_iter().map(|row| (row.site_id, row.stamp)).collect())
}
