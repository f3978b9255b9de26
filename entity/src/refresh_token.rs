//! A refresh token of a session; each is used once, and is followed by the next.

use sea_orm::entity::prelude::*;

/// A refresh token of a session; each is used once, and is followed by the next.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "refresh_token")]
pub struct Model {
    /// SHA-256 of the token, in hex.
    #[sea_orm(primary_key, auto_increment = false)]
    pub hash: String,
    /// The session.
    pub session_id: Uuid,
    /// When it was given.
    pub made_at: DateTimeUtc,
    /// Until when it can be used.
    pub ends_at: DateTimeUtc,
    /// When it was used.
    pub used_at: Option<DateTimeUtc>,
    /// Keyed hash of the idempotency key that it was used with, in hex.
    pub used_key: Option<String>,
    /// The hash of the token that followed it.
    pub next_hash: Option<String>,
    /// The token that followed it, sealed under the idempotency key, for a lost answer.
    pub next_sealed: Option<String>,
}

/// Edges are followed by loaders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
