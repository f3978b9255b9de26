//! A property-management company 物业公司, the tenant: nothing crosses it.

use sea_orm::entity::prelude::*;

/// A property-management company 物业公司, the tenant: nothing crosses it.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "organization")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// A short code, unique among all, for people who belong to several.
    pub code: String,
    /// Its name.
    pub name: String,
    /// When it was set up.
    pub created_at: DateTimeUtc,
}

/// Edges are followed by loaders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
