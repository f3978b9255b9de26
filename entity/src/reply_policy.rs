//! In which forms each channel is answered at a site (C8); the defaults hold where there is no row.

use sea_orm::entity::prelude::*;

/// In which forms each channel is answered at a site (C8); the defaults hold where there is no row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "reply_policy")]
pub struct Model {
    /// The site.
    #[sea_orm(primary_key, auto_increment = false)]
    pub site_id: Uuid,
    /// The organization.
    pub organization_id: Uuid,
    /// Channel and forms, by their names; a channel that is not named has the default.
    pub forms: Json,
    /// Raised by every change.
    pub version: i32,
}

/// Edges are followed by loaders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
