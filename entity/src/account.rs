//! A person who can be known to the system. Belongs to one organization.

use sea_orm::entity::prelude::*;

/// A person who can be known to the system. Belongs to one organization.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "account")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The organization.
    pub organization_id: Uuid,
    /// The number they sign in with; unique in the organization.
    pub phone: String,
    /// Their name.
    pub name: String,
    /// The number on the handler's card (C1), for staff.
    pub work_phone: Option<String>,
    /// Argon2id in PHC form; none until the person sets a password.
    pub password_hash: Option<String>,
    /// The language of their notices.
    pub language: domain::organization::Language,
    /// Whether they may sign in.
    pub state: domain::organization::AccountState,
    /// Raised to end every session at once; tokens carry it.
    pub session_epoch: i32,
    /// When it was made.
    pub created_at: DateTimeUtc,
    /// Raised by every change.
    pub version: i32,
}

/// Edges are followed by loaders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
