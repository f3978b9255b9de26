//! A code that was asked for, whether or not anybody has the number.

use sea_orm::entity::prelude::*;

/// A code that was asked for, whether or not anybody has the number.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "one_time_code")]
pub struct Model {
    /// Its id, which whoever asked for it is told.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Keyed hash of the number, in hex: a stranger's number is not kept.
    pub phone_hash: String,
    /// What it is for.
    pub purpose: domain::session::CodePurpose,
    /// Keyed hash of the id and the code, in hex.
    pub code_hash: String,
    /// How often a code was tried.
    pub tries: i32,
    /// When it was asked for.
    pub made_at: DateTimeUtc,
    /// Until when it can be used.
    pub ends_at: DateTimeUtc,
    /// When it was used.
    pub used_at: Option<DateTimeUtc>,
}

/// Edges are followed by loaders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
