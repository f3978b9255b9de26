//! Reads of what cases refer to.

use entity::{account, department, organization, role_grant, site};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use crate::access::viewer::{Viewer, holds, parse_zone};
use crate::app::App;
use crate::app::error::Result;

/// The most that a fixed list shows.
const MAX_LIST: u64 = 500;

/// The sites of an organization that are not retired, by its code.
///
/// # Errors
/// When the database does not answer.
pub async fn sites(app: &App, organization_code: &str) -> Result<Vec<site::Model>> {
    let organization =
        organization::Entity::find().filter(organization::Column::Code.eq(organization_code)).one(&app.db).await?;
    let Some(organization) = organization else {
        return Ok(Vec::new());
    };
    Ok(site::Entity::find()
        .filter(site::Column::OrganizationId.eq(organization.id))
        .filter(site::Column::RetiredAt.is_null())
        .order_by_asc(site::Column::Code)
        .limit(MAX_LIST)
        .all(&app.db)
        .await?)
}

/// The departments of a site of the viewer's organization that are not retired.
///
/// # Errors
/// When the database does not answer.
pub async fn departments(app: &App, viewer: &Viewer, site: Uuid) -> Result<Vec<department::Model>> {
    Ok(department::Entity::find()
        .filter(department::Column::OrganizationId.eq(viewer.organization_id))
        .filter(department::Column::SiteId.eq(site))
        .filter(department::Column::RetiredAt.is_null())
        .order_by_asc(department::Column::Kind)
        .all(&app.db)
        .await?)
}

/// The people who hold a role at a site today, with those roles.
///
/// # Errors
/// When the database does not answer.
pub async fn staff(
    app: &App,
    viewer: &Viewer,
    site: &site::Model,
) -> Result<Vec<(account::Model, Vec<role_grant::Model>)>> {
    let now = app.clock.now();
    let zone = parse_zone(&site.time_zone);
    let grants: Vec<role_grant::Model> = role_grant::Entity::find()
        .filter(role_grant::Column::OrganizationId.eq(viewer.organization_id))
        .filter(role_grant::Column::SiteId.eq(site.id))
        .order_by_asc(role_grant::Column::Id)
        .limit(MAX_LIST)
        .all(&app.db)
        .await?
        .into_iter()
        .filter(|grant| holds(grant.from_date, grant.to_date, zone, now))
        .collect();
    let people = account::Entity::find()
        .filter(account::Column::Id.is_in(grants.iter().map(|grant| grant.account_id)))
        .order_by_asc(account::Column::Id)
        .all(&app.db)
        .await?;
    let held = |id: Uuid| grants.iter().filter(|grant| grant.account_id == id).cloned().collect();
    Ok(people
        .into_iter()
        .map(|person| {
            let roles = held(person.id);
            (person, roles)
        })
        .collect())
}
