//! What somebody has used up of what they may try.

use sea_orm::entity::prelude::*;

/// What somebody has used up of what they may try. Of whom it is, only a hash under the server's secret says.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "guess_budget")]
pub struct Model {
    /// Which budget, of whom: a hash under the server's secret.
    #[sea_orm(primary_key, auto_increment = false)]
    pub whose: String,
    /// When all of it is whole again, in microseconds since 1970.
    pub whole_at: i64,
}

/// Edges are followed by loaders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
