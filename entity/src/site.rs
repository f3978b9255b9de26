//! A managed place with an office 管理处.

use sea_orm::entity::prelude::*;

/// A managed place with an office 管理处.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "site")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The company that manages it.
    pub organization_id: Uuid,
    /// The letters its case numbers begin with, such as `LY`; unique in the organization.
    pub code: String,
    /// Its name.
    pub name: String,
    /// What kind of place.
    pub kind: domain::organization::SiteKind,
    /// IANA time zone; days and years of the site are counted in it.
    pub time_zone: String,
    /// The 24-hour hotline (B2).
    pub hotline: String,
    /// The office's published e-mail address (B2).
    pub email: String,
    /// The office's address (B2).
    pub address: String,
    /// The published name of who is responsible (B2).
    pub responsible_person: String,
    /// Raised by every change.
    pub version: i32,
    /// When it was retired: it is not offered any more, and what refers to it keeps it.
    pub retired_at: Option<DateTimeUtc>,
}

/// Edges are followed by loaders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
