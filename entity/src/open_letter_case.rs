//! A case that an open letter answered.

use sea_orm::entity::prelude::*;

/// A case that an open letter answered.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "open_letter_case")]
pub struct Model {
    /// The letter.
    #[sea_orm(primary_key, auto_increment = false)]
    pub open_letter_id: Uuid,
    /// The case.
    #[sea_orm(primary_key, auto_increment = false)]
    pub complaint_id: Uuid,
}

/// Edges are followed by loaders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
