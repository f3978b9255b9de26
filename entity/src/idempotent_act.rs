//! An act that must not happen twice, and its result.

use sea_orm::entity::prelude::*;

/// An act that must not happen twice, and its result.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "idempotent_act")]
pub struct Model {
    /// The account's id, or `anonymous`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub actor: String,
    /// SHA-256 of the key the caller chose, in hex: the key itself opens a sealed receipt code.
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: String,
    /// Hash of the operation and its input under the server's secret, in hex.
    pub input_hash: String,
    /// What the first call returned, by id.
    #[sea_orm(column_type = "JsonBinary")]
    pub result: Json,
    /// When.
    pub created_at: DateTimeUtc,
}

/// Edges are followed by loaders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
