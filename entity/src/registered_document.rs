//! A document of an app that was registered with this server, where only registered ones run.

use sea_orm::entity::prelude::*;

/// A document of an app that was registered with this server, where only registered ones run.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "registered_document")]
pub struct Model {
    /// SHA-256 of its text, in hex: what clients send.
    #[sea_orm(primary_key, auto_increment = false)]
    pub hash: String,
    /// The name of its file.
    pub name: String,
    /// Its text.
    #[sea_orm(column_type = "Text")]
    pub text: String,
    /// When it was registered.
    pub registered_at: DateTimeUtc,
}

/// Edges are followed by loaders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
