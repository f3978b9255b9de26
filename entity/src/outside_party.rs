//! Somebody outside who is asked about matters of a site (E4.4).

use sea_orm::entity::prelude::*;

/// Somebody outside who is asked about matters of a site (E4.4).
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "outside_party")]
pub struct Model {
    /// Its id; time-ordered.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The organization.
    pub organization_id: Uuid,
    /// The site.
    pub site_id: Uuid,
    /// What it is.
    pub kind: domain::undertaking::PartyKind,
    /// Its name.
    pub name: String,
    /// Where to call.
    pub phone: String,
    /// Whom to ask for.
    pub contact: Option<String>,
    /// For what, and how.
    pub note: Option<String>,
    /// Since when it is not offered any more.
    pub retired_at: Option<DateTimeUtc>,
    /// Raised by every change.
    pub version: i32,
}

/// Edges are followed by loaders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
