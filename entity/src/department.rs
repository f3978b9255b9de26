//! A department of a site.

use sea_orm::entity::prelude::*;

/// A department of a site.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "department")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The organization.
    pub organization_id: Uuid,
    /// The site.
    pub site_id: Uuid,
    /// What it is for; one of a kind in a site.
    pub kind: domain::organization::DepartmentKind,
    /// Its name.
    pub name: String,
    /// The number customers may call; part of the handler's card (C1).
    pub phone: String,
    /// Raised by every change.
    pub version: i32,
    /// When it was retired: it is not offered any more, and what refers to it keeps it.
    pub retired_at: Option<DateTimeUtc>,
}

/// Edges are followed by loaders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
