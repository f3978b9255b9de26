//! What the six kinds of the set-up have in common.

use chrono::{DateTime, Utc};
use entity::{building, category, department, site, team, unit};
use sea_orm::sea_query::SimpleExpr;
use sea_orm::{ActiveModelBehavior, ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, ModelTrait, Select};
use uuid::Uuid;

use crate::app::act::Act;

/// What every row of the set-up has, whatever it is of.
#[derive(Debug, Clone, Copy)]
pub struct Stamp {
    /// Its id.
    pub id: Uuid,
    /// The organization.
    pub organization_id: Uuid,
    /// Raised by every change.
    pub version: i32,
    /// When it was retired.
    pub retired_at: Option<DateTime<Utc>>,
}

impl Stamp {
    /// That of a new row.
    #[must_use]
    pub fn new(act: &Act<'_>) -> Self {
        Self { id: act.id(), organization_id: act.organization_id(), version: 1, retired_at: None }
    }

    /// That of a row as it is.
    #[must_use]
    pub fn of(row: &impl Thing) -> Self {
        row.stamp()
    }
}

/// A part of the set-up.
pub trait Thing:
    ModelTrait<Entity = Self::Table> + IntoActiveModel<Self::Active> + Clone + PartialEq + Send + Sync + 'static
{
    /// Its table.
    type Table: EntityTrait<Model = Self>;
    /// Its row as it is written.
    type Active: ActiveModelTrait<Entity = Self::Table> + ActiveModelBehavior + Send;
    /// Its name in the schema.
    const TYPE: &'static str;
    /// The field of an input that names it.
    const FIELD: &'static str;

    /// What every row has.
    fn stamp(&self) -> Stamp;
    /// Retires or restores it.
    fn set_retired_at(&mut self, at: Option<DateTime<Utc>>);
    /// Counts a change.
    fn raise_version(&mut self);
    /// Rows of an organization.
    fn in_organization(organization: Uuid) -> SimpleExpr;
    /// The row with an id.
    fn by_id(id: Uuid) -> Select<Self::Table>;

    /// Its id.
    fn id(&self) -> Uuid {
        self.stamp().id
    }
    /// Raised by every change.
    fn version(&self) -> i32 {
        self.stamp().version
    }
    /// When it was retired.
    fn retired_at(&self) -> Option<DateTime<Utc>> {
        self.stamp().retired_at
    }
}

macro_rules! things {
    ($($entity:ident: $type_name:literal by $field:literal),+ $(,)?) => {$(
        impl Thing for $entity::Model {
            type Table = $entity::Entity;
            type Active = $entity::ActiveModel;
            const TYPE: &'static str = $type_name;
            const FIELD: &'static str = $field;

            fn stamp(&self) -> Stamp {
                let Self { id, organization_id, version, retired_at, .. } = *self;
                Stamp { id, organization_id, version, retired_at }
            }

            fn set_retired_at(&mut self, at: Option<DateTime<Utc>>) {
                self.retired_at = at;
            }

            fn raise_version(&mut self) {
                self.version += 1;
            }

            fn in_organization(organization: Uuid) -> SimpleExpr {
                $entity::Column::OrganizationId.eq(organization)
            }

            fn by_id(id: Uuid) -> Select<Self::Table> {
                $entity::Entity::find_by_id(id)
            }
        }
    )+};
}

things! {
    site: "Site" by "siteId",
    building: "Building" by "buildingId",
    unit: "Unit" by "unitId",
    department: "Department" by "departmentId",
    team: "Team" by "teamId",
    category: "Category" by "categoryId",
}

/// Finds another row with the same values: what bears the same code or name among its like.
macro_rules! twin {
    ($entity:ident in $act:ident, $row:ident by $($column:ident $field:ident),+) => {{
        use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};
        let like = $entity::Entity::find()
            $(.filter($entity::Column::$column.eq($row.$field.clone())))+
            .filter($entity::Column::Id.ne($row.id));
        Ok(like.one(&$act.txn).await?)
    }};
}

pub(crate) use twin;
