//! Reads the set-up back, with what is retired.

use async_graphql::connection::Connection;
use async_graphql::{Context, ID, Object, Result};
use domain::access::Operation;
use entity::{building, category, department, site, team, unit};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use crate::access::guard::Listed;
use crate::app::page::{PageInput, newest_first};
use crate::app::public_id;
use crate::app::request::Asked;
use crate::organization::graphql::{Building, Category, Department, Site, Team, Unit};

/// Rows of the viewer's organization in a place, with the retired ones or without.
macro_rules! rows {
    ($ctx:ident, $entity:ident, $retired:ident $(, $column:ident of $type_name:literal $place:ident)?) => {{
        let mut rows = $entity::Entity::find()
            .filter($entity::Column::OrganizationId.eq($ctx.signed_in()?.organization_id));
        if !$retired {
            rows = rows.filter($entity::Column::RetiredAt.is_null());
        }
        // An id of another type names nothing.
        $(let rows = rows.filter(
            $entity::Column::$column.eq(public_id::read($type_name, &$place, "").unwrap_or_default()),
        );)?
        rows
    }};
}

/// Reads of the set-up.
#[derive(Default)]
pub struct SetupQuery;

#[Object(guard = "Listed(Operation::Query)")]
impl SetupQuery {
    /// The sites of your organization, newest first.
    async fn setup_sites(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whether with those that are retired.", default = true)] retired: bool,
        #[graphql(desc = "Which page.", default)] page: PageInput,
    ) -> Result<Connection<String, Site>> {
        Ok(newest_first(ctx.app()?, rows!(ctx, site, retired), site::Column::Id, &page, Site).await?)
    }

    /// The buildings of a site of your organization, newest first.
    async fn setup_buildings(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The site.")] site_id: ID,
        #[graphql(desc = "Whether with those that are retired.", default = true)] retired: bool,
        #[graphql(desc = "Which page.", default)] page: PageInput,
    ) -> Result<Connection<String, Building>> {
        let rows = rows!(ctx, building, retired, SiteId of "Site" site_id);
        Ok(newest_first(ctx.app()?, rows, building::Column::Id, &page, Building).await?)
    }

    /// The units of a building of your organization, newest first.
    async fn setup_units(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The building.")] building_id: ID,
        #[graphql(desc = "Whether with those that are retired.", default = true)] retired: bool,
        #[graphql(desc = "Which page.", default)] page: PageInput,
    ) -> Result<Connection<String, Unit>> {
        let rows = rows!(ctx, unit, retired, BuildingId of "Building" building_id);
        Ok(newest_first(ctx.app()?, rows, unit::Column::Id, &page, Unit).await?)
    }

    /// The departments of a site of your organization, newest first.
    async fn setup_departments(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The site.")] site_id: ID,
        #[graphql(desc = "Whether with those that are retired.", default = true)] retired: bool,
        #[graphql(desc = "Which page.", default)] page: PageInput,
    ) -> Result<Connection<String, Department>> {
        let rows = rows!(ctx, department, retired, SiteId of "Site" site_id);
        Ok(newest_first(ctx.app()?, rows, department::Column::Id, &page, Department).await?)
    }

    /// The teams of a department of your organization, newest first.
    async fn setup_teams(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The department.")] department_id: ID,
        #[graphql(desc = "Whether with those that are retired.", default = true)] retired: bool,
        #[graphql(desc = "Which page.", default)] page: PageInput,
    ) -> Result<Connection<String, Team>> {
        let rows = rows!(ctx, team, retired, DepartmentId of "Department" department_id);
        Ok(newest_first(ctx.app()?, rows, team::Column::Id, &page, Team).await?)
    }

    /// The categories of a site of your organization, newest first.
    async fn setup_categories(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The site.")] site_id: ID,
        #[graphql(desc = "Whether with those that are retired.", default = true)] retired: bool,
        #[graphql(desc = "Which page.", default)] page: PageInput,
    ) -> Result<Connection<String, Category>> {
        let rows = rows!(ctx, category, retired, SiteId of "Site" site_id);
        Ok(newest_first(ctx.app()?, rows, category::Column::Id, &page, Category).await?)
    }
}
