//! Something that was done to an account, a right or the set-up. Rows are only ever added.

use sea_orm::entity::prelude::*;

/// Something that was done to an account, a right or the set-up. Rows are only ever added.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "audit_entry")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The organization.
    pub organization_id: Uuid,
    /// What was done.
    pub kind: domain::audit::Kind,
    /// Who did it; none for a stranger and for the server itself.
    pub actor_account_id: Option<Uuid>,
    /// Their name at the time.
    pub actor_name: Option<String>,
    /// The type of what it was done to, as the schema names it.
    pub subject_type: String,
    /// The id of what it was done to.
    pub subject_id: Uuid,
    /// The account it concerns, which may read it.
    pub account_id: Option<Uuid>,
    /// Further facts, by kind: never a secret, a phone number in full or a text of a case.
    #[sea_orm(column_type = "JsonBinary")]
    pub data: Json,
    /// When, by the server's clock.
    pub occurred_at: DateTimeUtc,
}

/// Edges are followed by loaders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
