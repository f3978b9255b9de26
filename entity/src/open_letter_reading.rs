//! That somebody has read an open letter.

use sea_orm::entity::prelude::*;

/// That somebody has read an open letter.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "open_letter_reading")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The organization.
    pub organization_id: Uuid,
    /// The letter.
    pub open_letter_id: Uuid,
    /// Who.
    pub account_id: Uuid,
    /// When, the first time.
    pub read_at: DateTimeUtc,
}

/// Edges are followed by loaders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
