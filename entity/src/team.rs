//! A crew 班组 of a department.

use sea_orm::entity::prelude::*;

/// A crew 班组 of a department.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "team")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The organization.
    pub organization_id: Uuid,
    /// The site.
    pub site_id: Uuid,
    /// The department.
    pub department_id: Uuid,
    /// Its name.
    pub name: String,
    /// Raised by every change.
    pub version: i32,
    /// When it was retired: it is not offered any more, and what refers to it keeps it.
    pub retired_at: Option<DateTimeUtc>,
}

/// Edges are followed by loaders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
