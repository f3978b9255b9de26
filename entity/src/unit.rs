//! A unit 房屋 in a building.

use sea_orm::entity::prelude::*;

/// A unit 房屋 in a building.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "unit")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The organization.
    pub organization_id: Uuid,
    /// The site.
    pub site_id: Uuid,
    /// The building.
    pub building_id: Uuid,
    /// Its name in the building, such as `1203`.
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
