//! A building or unit that an open letter is for.

use sea_orm::entity::prelude::*;

/// A building or unit that an open letter is for.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "open_letter_place")]
pub struct Model {
    /// The letter.
    #[sea_orm(primary_key, auto_increment = false)]
    pub open_letter_id: Uuid,
    /// The building or unit.
    #[sea_orm(primary_key, auto_increment = false)]
    pub place_id: Uuid,
}

/// Edges are followed by loaders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
