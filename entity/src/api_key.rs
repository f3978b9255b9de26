//! A machine account's key.

use sea_orm::entity::prelude::*;

/// A machine account's key.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "api_key")]
pub struct Model {
    /// Its id; the machine acts under it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The organization.
    pub organization_id: Uuid,
    /// What it is for.
    pub name: String,
    /// The part of the key that finds it.
    pub prefix: String,
    /// SHA-256 of the secret part, in hex.
    pub secret_hash: String,
    /// What it may read: names of `domain::access::Scope`.
    #[sea_orm(column_type = "JsonBinary")]
    pub scopes: Json,
    /// The sites it may read of, by id.
    #[sea_orm(column_type = "JsonBinary")]
    pub sites: Json,
    /// The administrator who made it.
    pub made_by: Uuid,
    /// When it was made.
    pub made_at: DateTimeUtc,
    /// Until when it holds.
    pub ends_at: DateTimeUtc,
    /// When it was ended before its time.
    pub ended_at: Option<DateTimeUtc>,
    /// When it was last used, to the minute.
    pub last_used_at: Option<DateTimeUtc>,
}

/// Edges are followed by loaders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
