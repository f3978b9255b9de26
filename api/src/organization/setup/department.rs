//! Departments of a site, one of each kind.

use domain::organization::DepartmentKind;
use domain::refusal::Need;
use entity::{complaint, department, role_grant, site, work_order};
use sea_orm::ColumnTrait;
use sea_orm::sea_query::ExprTrait;
use uuid::Uuid;

use super::needs::{open_cases, open_orders, roles_held};
use super::thing::{Stamp, twin};
use super::{Draft, pick};
use crate::app::act::Act;
use crate::app::error::Result;
use crate::app::validate;

/// What is given of a department.
#[derive(Debug, Clone)]
pub struct DepartmentDraft {
    /// The site.
    pub site_id: Uuid,
    /// What it is for; one of a kind in a site.
    pub kind: DepartmentKind,
    /// The name.
    pub name: String,
    /// The number customers may call (C1).
    pub phone: String,
}

impl Draft for DepartmentDraft {
    type Row = department::Model;
    const KEY: &'static str = "kind";

    async fn row(&self, act: &Act<'_>, stamp: Stamp) -> Result<department::Model> {
        let Stamp { id, organization_id, version, retired_at } = stamp;
        let site_id = pick::<site::Model>(act, self.site_id, "siteId").await?.id;
        let name = validate::text("name", &self.name, 60)?;
        let phone = validate::phone("phone", &self.phone)?;
        Ok(department::Model { id, organization_id, site_id, kind: self.kind, name, phone, version, retired_at })
    }

    async fn twin(act: &Act<'_>, row: &department::Model) -> Result<Option<department::Model>> {
        twin!(department in act, row by SiteId site_id, Kind kind)
    }

    async fn needs(act: &Act<'_>, row: &department::Model) -> Result<Vec<(Need, u64)>> {
        let cases = open_cases(act, complaint::Column::DepartmentId.eq(row.id)).await?;
        let orders = open_orders(act, work_order::Column::DepartmentId.eq(row.id)).await?;
        // The head stays to the end, and can be ended when the department is retired.
        let below = role_grant::Column::Role.ne(row.kind.head());
        let roles = roles_held(act, role_grant::Column::DepartmentId.eq(row.id).and(below)).await?;
        Ok(vec![(Need::Complaints, cases), (Need::WorkOrders, orders), (Need::Roles, roles)])
    }
}
