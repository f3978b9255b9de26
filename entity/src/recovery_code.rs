//! A code that stands in once for the second factor.

use sea_orm::entity::prelude::*;

/// A code that stands in once for the second factor.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "recovery_code")]
pub struct Model {
    /// Whose it is.
    #[sea_orm(primary_key, auto_increment = false)]
    pub account_id: Uuid,
    /// Keyed hash of the code, in hex.
    #[sea_orm(primary_key, auto_increment = false)]
    pub hash: String,
    /// When it was used.
    pub used_at: Option<DateTimeUtc>,
}

/// Edges are followed by loaders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
