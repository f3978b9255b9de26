//! The authenticator app of an account.

use sea_orm::entity::prelude::*;

/// The authenticator app of an account.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "second_factor")]
pub struct Model {
    /// Whose it is.
    #[sea_orm(primary_key, auto_increment = false)]
    pub account_id: Uuid,
    /// The organization.
    pub organization_id: Uuid,
    /// Its secret, sealed under the server's.
    pub secret_sealed: String,
    /// The newest step that was used; none at or before it is taken again.
    pub last_step: Option<i64>,
    /// When it was begun.
    pub made_at: DateTimeUtc,
    /// When a first code showed that it works; until then it does not count.
    pub confirmed_at: Option<DateTimeUtc>,
}

/// Edges are followed by loaders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
