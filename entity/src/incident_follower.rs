//! A resident who follows an incident instead of reporting it again.

use sea_orm::entity::prelude::*;

/// A resident who follows an incident instead of reporting it again.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "incident_follower")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The organization.
    pub organization_id: Uuid,
    /// The incident.
    pub incident_id: Uuid,
    /// Who.
    pub account_id: Uuid,
    /// For which unit.
    pub unit_id: Uuid,
    /// Since when.
    pub since: DateTimeUtc,
}

/// Edges are followed by loaders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
