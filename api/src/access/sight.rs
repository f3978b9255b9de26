//! The scope of cases and orders once more, judged in memory: for events that go to many, where one reading of the case
//! serves everybody. It says exactly what [`super::scope`] says; a test compares the two for everybody and every case.

use domain::complaint::Kind;
use domain::organization::Role;
use entity::{complaint, undertaking, work_order};
use sea_orm::{ColumnTrait, DatabaseConnection, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use super::viewer::Viewer;
use crate::app::error::{Error, Result};

/// What of a case says who may see it.
pub struct Sight {
    /// The case.
    pub case: complaint::Model,
    orders: Vec<Order>,
    /// Who answers for what was undertaken, and which departments have a part.
    undertaken: Vec<(Uuid, Option<Uuid>)>,
}

struct Order {
    id: Uuid,
    site: Uuid,
    department: Uuid,
    team: Option<Uuid>,
    technician: Option<Uuid>,
    owner: Uuid,
}

impl Sight {
    /// Reads it: three statements.
    ///
    /// # Errors
    /// When there is no such case, or the database does not answer.
    pub async fn load(db: &DatabaseConnection, case: Uuid) -> Result<Self> {
        use work_order::Column;
        let row = complaint::Entity::find_by_id(case).one(db).await?;
        let row = row.ok_or_else(|| Error::from("an event's case is missing".to_owned()))?;
        let orders = work_order::Entity::find()
            .select_only()
            .columns([Column::Id, Column::SiteId, Column::DepartmentId])
            .columns([Column::TeamId, Column::TechnicianId, Column::OwnerAccountId])
            .filter(Column::ComplaintId.eq(case))
            .into_tuple::<(Uuid, Uuid, Uuid, Option<Uuid>, Option<Uuid>, Uuid)>()
            .all(db)
            .await?;
        let undertaken = undertaking::Entity::find()
            .select_only()
            .columns([undertaking::Column::OwnerAccountId, undertaking::Column::DepartmentId])
            .filter(undertaking::Column::ComplaintId.eq(case))
            .into_tuple()
            .all(db)
            .await?;
        let orders = orders.into_iter().map(|(id, site, department, team, technician, owner)| Order {
            id,
            site,
            department,
            team,
            technician,
            owner,
        });
        Ok(Self { case: row, orders: orders.collect(), undertaken })
    }

    /// Whether somebody sees the case: [`super::scope::complaints`].
    #[must_use]
    pub fn sees(&self, viewer: &Viewer) -> bool {
        self.is_open_to(viewer) && (is_leader(viewer) || self.without_orders(viewer) || self.by_orders(viewer))
    }

    /// Whether somebody sees one of its orders: [`super::scope::work_orders`].
    #[must_use]
    pub fn sees_order(&self, viewer: &Viewer, order: Uuid) -> bool {
        let Some(order) = self.orders.iter().find(|it| it.id == order) else { return false };
        self.is_open_to(viewer)
            && (is_leader(viewer)
                || order.owner == viewer.id
                || order.technician == Some(viewer.id)
                || holds(viewer, |grant| grant.role.sees_site() && grant.site_id == Some(order.site))
                || is_of(viewer, order.department)
                || leads(viewer, order.team)
                || self.is_customer(viewer))
    }

    /// Whether the case is about somebody (C11).
    #[must_use]
    pub fn is_about(&self, viewer: &Viewer) -> bool {
        self.case.about_account_id == Some(viewer.id)
    }

    /// The teams that have its orders.
    pub fn teams(&self) -> impl Iterator<Item = Uuid> {
        self.orders.iter().filter_map(|order| order.team)
    }

    fn is_open_to(&self, viewer: &Viewer) -> bool {
        self.case.organization_id == viewer.organization_id && !self.is_about(viewer)
    }

    fn without_orders(&self, viewer: &Viewer) -> bool {
        let case = &self.case;
        self.is_customer(viewer)
            || case.owner_account_id == viewer.id
            || case.received_by == Some(viewer.id)
            || holds(viewer, |grant| grant.role.sees_site() && grant.site_id == Some(case.site_id))
            || case.department_id.is_some_and(|department| is_of(viewer, department))
            || (holds(viewer, |grant| grant.role.is_staff() && grant.site_id.is_some()) && self.has_part(viewer))
    }

    fn has_part(&self, viewer: &Viewer) -> bool {
        let part = |(owner, department): &(Uuid, Option<Uuid>)| {
            *owner == viewer.id || department.is_some_and(|department| is_of(viewer, department))
        };
        self.undertaken.iter().any(part)
    }

    fn by_orders(&self, viewer: &Viewer) -> bool {
        let mine = |order: &Order| {
            order.technician == Some(viewer.id) || leads(viewer, order.team) || is_of(viewer, order.department)
        };
        self.orders.iter().any(mine)
    }

    fn is_customer(&self, viewer: &Viewer) -> bool {
        let case = &self.case;
        let at_home = case.unit_id.is_some_and(|unit| viewer.units.contains(&unit));
        case.customer_account_id == Some(viewer.id)
            || (at_home && (case.shared_with_household || case.kind != Kind::Complaint))
    }
}

fn holds(viewer: &Viewer, condition: impl Fn(&super::viewer::Grant) -> bool) -> bool {
    viewer.grants.iter().any(condition)
}

fn is_leader(viewer: &Viewer) -> bool {
    holds(viewer, |grant| grant.role == Role::CompanyLeader)
}

fn is_of(viewer: &Viewer, department: Uuid) -> bool {
    holds(viewer, |grant| grant.role.sees_department() && grant.department_id == Some(department))
}

fn leads(viewer: &Viewer, team: Option<Uuid>) -> bool {
    team.is_some() && holds(viewer, |grant| grant.role == Role::TeamLeader && grant.team_id == team)
}
