//! The office hours of a site, once they were changed. A site without a row has the default week.

use sea_orm::entity::prelude::*;

/// The office hours of a site, once they were changed. A site without a row has the default week.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "calendar")]
pub struct Model {
    /// The site.
    #[sea_orm(primary_key, auto_increment = false)]
    pub site_id: Uuid,
    /// The organization.
    pub organization_id: Uuid,
    /// The spans of each weekday, Monday first, as pairs of minutes of the day.
    #[sea_orm(column_type = "JsonBinary")]
    pub week: Json,
    /// Raised by every change of the site's hours and days; 1 is the default that no row holds.
    pub version: i32,
    /// When it was changed last.
    pub changed_at: DateTimeUtc,
    /// Since when the running clocks of the site wait to be moved by a change; none once they were.
    pub clocks_wait_since: Option<DateTimeUtc>,
}

/// Edges are followed by loaders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
