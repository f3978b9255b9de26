//! What holds for quotes at a site; the defaults hold where there is no row.

use sea_orm::entity::prelude::*;

/// What holds for quotes at a site; the defaults hold where there is no row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "price_policy")]
pub struct Model {
    /// The site.
    #[sea_orm(primary_key, auto_increment = false)]
    pub site_id: Uuid,
    /// The organization.
    pub organization_id: Uuid,
    /// Above this, in fen, the head approves a quote (C6).
    pub approval_limit_fen: i64,
    /// How many days an offer holds when nothing else is said.
    pub valid_days: i32,
    /// Raised by every change.
    pub version: i32,
}

/// Edges are followed by loaders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
