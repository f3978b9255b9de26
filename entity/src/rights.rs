//! How often what somebody may do in an organization has changed; kept by triggers.

use sea_orm::entity::prelude::*;

/// How often what somebody may do in an organization has changed; kept by triggers.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "rights")]
pub struct Model {
    /// The organization.
    #[sea_orm(primary_key, auto_increment = false)]
    pub organization_id: Uuid,
    /// The number of changes.
    pub version: i64,
    /// The transaction that changed it last, where the database names them.
    pub changed_in: Option<i64>,
}

/// Edges are followed by loaders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
