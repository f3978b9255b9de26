//! The official days of a year, added by an organization before a version ships them.

use sea_orm::entity::prelude::*;

/// The official days of a year, added by an organization before a version ships them.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "official_year")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The organization.
    pub organization_id: Uuid,
    /// The year, unique in the organization.
    pub year: i32,
    /// Its days: date, kind and name of each.
    #[sea_orm(column_type = "JsonBinary")]
    pub days: Json,
    /// Where they are announced.
    pub source: String,
    /// When they were added.
    pub added_at: DateTimeUtc,
}

/// Edges are followed by loaders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
