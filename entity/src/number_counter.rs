//! The last running number of a site's series in a year: numbers without gaps or collisions.

use sea_orm::entity::prelude::*;

/// The last running number of a site's series in a year: numbers without gaps or collisions.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "number_counter")]
pub struct Model {
    /// The site.
    #[sea_orm(primary_key, auto_increment = false)]
    pub site_id: Uuid,
    /// Which numbers: `complaint` or `work_order`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub series: String,
    /// The year in the site's time zone.
    #[sea_orm(primary_key, auto_increment = false)]
    pub year: i32,
    /// The last number given.
    pub last: i64,
}

/// Edges are followed by loaders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
