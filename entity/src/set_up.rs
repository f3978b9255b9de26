//! Whether what a site works by has changed: another number after every change of it, kept by triggers.

use sea_orm::entity::prelude::*;

/// Whether what a site works by has changed.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "set_up")]
pub struct Model {
    /// The site.
    #[sea_orm(primary_key, auto_increment = false)]
    pub site_id: Uuid,
    /// The organization.
    pub organization_id: Uuid,
    /// The number that nothing else ever had or has.
    pub stamp: i64,
}

/// Edges are followed by loaders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
