//! Teams of a department.

use domain::refusal::Need;
use entity::{department, role_grant, team, work_order};
use sea_orm::ColumnTrait;
use uuid::Uuid;

use super::needs::{open_orders, roles_held};
use super::thing::{Stamp, twin};
use super::{Draft, pick};
use crate::app::act::Act;
use crate::app::error::Result;
use crate::app::validate;

/// What is given of a team.
#[derive(Debug, Clone)]
pub struct TeamDraft {
    /// The department.
    pub department_id: Uuid,
    /// The name.
    pub name: String,
}

impl Draft for TeamDraft {
    type Row = team::Model;
    const KEY: &'static str = "name";

    async fn row(&self, act: &Act<'_>, stamp: Stamp) -> Result<team::Model> {
        let Stamp { id, organization_id, version, retired_at } = stamp;
        let department = pick::<department::Model>(act, self.department_id, "departmentId").await?;
        let name = validate::text("name", &self.name, 60)?;
        let (site_id, department_id) = (department.site_id, department.id);
        Ok(team::Model { id, organization_id, site_id, department_id, name, version, retired_at })
    }

    async fn twin(act: &Act<'_>, row: &team::Model) -> Result<Option<team::Model>> {
        twin!(team in act, row by DepartmentId department_id, Name name)
    }

    async fn needs(act: &Act<'_>, row: &team::Model) -> Result<Vec<(Need, u64)>> {
        let orders = open_orders(act, work_order::Column::TeamId.eq(row.id)).await?;
        let roles = roles_held(act, role_grant::Column::TeamId.eq(row.id)).await?;
        Ok(vec![(Need::WorkOrders, orders), (Need::Roles, roles)])
    }
}
