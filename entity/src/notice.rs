//! What somebody must hear of.

use sea_orm::entity::prelude::*;

/// What somebody must hear of.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "notice")]
pub struct Model {
    /// Who.
    #[sea_orm(primary_key, auto_increment = false)]
    pub account_id: Uuid,
    /// The position of the event it tells of.
    #[sea_orm(primary_key, auto_increment = false)]
    pub position: i64,
    /// The organization.
    pub organization_id: Uuid,
    /// The event.
    pub event_id: Uuid,
    /// The case.
    pub complaint_id: Uuid,
    /// When it was read.
    pub read_at: Option<DateTimeUtc>,
}

/// Edges are followed by loaders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
