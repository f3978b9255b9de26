//! The office's invitation to register as a resident of a unit.

use sea_orm::entity::prelude::*;

/// The office's invitation to register as a resident of a unit.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "invitation")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The organization.
    pub organization_id: Uuid,
    /// The site.
    pub site_id: Uuid,
    /// The unit.
    pub unit_id: Uuid,
    /// In what right they will live there.
    pub kind: domain::organization::ResidencyKind,
    /// First day, in the site's time zone.
    pub from_date: Date,
    /// Last day, if it is known.
    pub to_date: Option<Date>,
    /// Whom the office means to invite, if it said so.
    pub name: Option<String>,
    /// SHA-256 of the code, in hex.
    pub code_hash: String,
    /// Who invited.
    pub made_by: Uuid,
    /// When.
    pub made_at: DateTimeUtc,
    /// Until when the code can be used.
    pub expires_at: DateTimeUtc,
    /// When somebody registered with it; it works once.
    pub used_at: Option<DateTimeUtc>,
    /// When the office took it back.
    pub revoked_at: Option<DateTimeUtc>,
}

/// Edges are followed by loaders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
