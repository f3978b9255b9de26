//! Whose rights changed last at which version of their organization; kept by triggers.

use sea_orm::entity::prelude::*;

/// Whose rights changed last at which version of their organization; kept by triggers.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "rights_change")]
pub struct Model {
    /// The account.
    #[sea_orm(primary_key, auto_increment = false)]
    pub account_id: Uuid,
    /// The organization.
    pub organization_id: Uuid,
    /// The version of the rights in the organization that their change made.
    pub version: i64,
}

/// Edges are followed by loaders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
