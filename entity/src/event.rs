//! Something that happened. The log is the truth: rows are only ever added.

use sea_orm::entity::prelude::*;

/// Something that happened. The log is the truth: rows are only ever added.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "event")]
pub struct Model {
    /// The organization.
    #[sea_orm(primary_key, auto_increment = false)]
    pub organization_id: Uuid,
    /// Its place in the organization's log, without gaps, in the order of commits.
    #[sea_orm(primary_key, auto_increment = false)]
    pub position: i64,
    /// Its id.
    pub id: Uuid,
    /// The site.
    pub site_id: Uuid,
    /// The case.
    pub complaint_id: Uuid,
    /// The work order, if it is about one.
    pub work_order_id: Option<Uuid>,
    /// The follow-up, if it is about one.
    pub follow_up_id: Option<Uuid>,
    /// The department in whose queue it shows.
    pub department_id: Option<Uuid>,
    /// The team from whose board the order went by it, if it went from one.
    pub left_team_id: Option<Uuid>,
    /// What happened.
    pub kind: domain::event::Kind,
    /// Who did it; none for an anonymous customer.
    pub actor_account_id: Option<Uuid>,
    /// Their name at the time.
    pub actor_name: Option<String>,
    /// Their role at the time.
    pub actor_role: Option<domain::organization::Role>,
    /// Who owned the case or order after it (A0).
    pub owner_account_id: Uuid,
    /// Their name at the time.
    pub owner_name: String,
    /// The state of the case or order after it.
    pub state: String,
    /// The reason or the words given.
    #[sea_orm(column_type = "Text", nullable)]
    pub reason: Option<String>,
    /// Further facts, by kind.
    #[sea_orm(column_type = "JsonBinary")]
    pub data: Json,
    /// When, by the server's clock.
    pub occurred_at: DateTimeUtc,
}

/// Edges are followed by loaders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
