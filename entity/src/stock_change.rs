//! How many acts have changed the stock of a team. An act holds the row until it ends, so numbers become visible in order:
//! whoever has seen one has seen everything below it.

use sea_orm::entity::prelude::*;

/// How many acts have changed the stock of a team.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "stock_change")]
pub struct Model {
    /// The team.
    #[sea_orm(primary_key, auto_increment = false)]
    pub team_id: Uuid,
    /// The organization.
    pub organization_id: Uuid,
    /// The number of the last one.
    pub last: i64,
}

/// Edges are followed by loaders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
