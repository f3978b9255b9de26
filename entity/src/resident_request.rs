//! A registration by an invitation, which the office checks before the residency holds.

use sea_orm::entity::prelude::*;

/// A registration by an invitation, which the office checks before the residency holds.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "resident_request")]
pub struct Model {
    /// Its id; time-ordered.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The organization.
    pub organization_id: Uuid,
    /// The site.
    pub site_id: Uuid,
    /// The unit.
    pub unit_id: Uuid,
    /// The invitation that was used; each is used once.
    pub invitation_id: Uuid,
    /// In what right they live there, as invited.
    pub kind: domain::organization::ResidencyKind,
    /// First day, in the site's time zone.
    pub from_date: Date,
    /// Last day, if it is known.
    pub to_date: Option<Date>,
    /// The name they gave.
    pub name: String,
    /// The phone number they gave.
    pub phone: String,
    /// Argon2id in PHC form, for a new account; emptied when the office has decided.
    pub password_hash: Option<String>,
    /// The language they chose.
    pub language: domain::organization::Language,
    /// Where it stands.
    pub state: domain::organization::RequestState,
    /// Why it was refused.
    pub reason: Option<String>,
    /// The account, once confirmed.
    pub account_id: Option<Uuid>,
    /// Who decided.
    pub decided_by: Option<Uuid>,
    /// When.
    pub decided_at: Option<DateTimeUtc>,
    /// When they registered.
    pub requested_at: DateTimeUtc,
    /// Raised by every change.
    pub version: i32,
}

/// Edges are followed by loaders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
