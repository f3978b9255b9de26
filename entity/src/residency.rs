//! Who lives in a unit, in what right, from when to when.

use sea_orm::entity::prelude::*;

/// Who lives in a unit, in what right, from when to when.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "residency")]
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
    /// The person.
    pub account_id: Uuid,
    /// In what right.
    pub kind: domain::organization::ResidencyKind,
    /// First day, in the site's time zone.
    pub from_date: Date,
    /// Last day; what depends on the residency ends with it. None: still lives there.
    pub to_date: Option<Date>,
    /// Raised by every change.
    pub version: i32,
}

/// Edges are followed by loaders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
