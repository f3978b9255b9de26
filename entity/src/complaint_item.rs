//! One of the separate matters in a complaint 投诉事项 (A5).

use sea_orm::entity::prelude::*;

/// One of the separate matters in a complaint 投诉事项 (A5).
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "complaint_item")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The organization.
    pub organization_id: Uuid,
    /// The case.
    pub complaint_id: Uuid,
    /// Its place in the list, from 1.
    pub ordinal: i32,
    /// The matter.
    #[sea_orm(column_type = "Text")]
    pub text: String,
    /// When it was added.
    pub added_at: DateTimeUtc,
}

/// Edges are followed by loaders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
