//! A technician's link to a feed of their day, for a calendar; one for each account.

use sea_orm::entity::prelude::*;

/// A technician's link to a feed of their day.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "day_feed")]
pub struct Model {
    /// Its id; time-ordered.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The organization.
    pub organization_id: Uuid,
    /// Whose day.
    pub account_id: Uuid,
    /// SHA-256 of the secret in the link, in hex.
    pub secret_hash: String,
    /// When it was made.
    pub made_at: DateTimeUtc,
}

/// Edges are followed by loaders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
