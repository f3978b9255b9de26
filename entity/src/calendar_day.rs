//! A special day of a site's own; it goes before official days.

use sea_orm::entity::prelude::*;

/// A special day of a site's own; it goes before official days.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "calendar_day")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The organization.
    pub organization_id: Uuid,
    /// The site.
    pub site_id: Uuid,
    /// The day, unique in the site.
    pub date: Date,
    /// What it is.
    pub name: String,
    /// When work is done on it, as pairs of minutes of the day; none on a day off.
    #[sea_orm(column_type = "JsonBinary")]
    pub spans: Json,
    /// Who announced it, or where.
    pub source: Option<String>,
    /// When it was set.
    pub set_at: DateTimeUtc,
}

/// Edges are followed by loaders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
