//! A look on site, with a finding for every matter of the case (A5, C3). Never changed.

use sea_orm::entity::prelude::*;

/// A look on site, with a finding for every matter of the case (A5, C3). Never changed.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "site_visit")]
pub struct Model {
    /// Its id; time-ordered.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The organization.
    pub organization_id: Uuid,
    /// The site.
    pub site_id: Uuid,
    /// The case.
    pub complaint_id: Uuid,
    /// When.
    pub visited_at: DateTimeUtc,
    /// Where.
    pub place: String,
    /// Item id, its text then, and what was found, for each item.
    pub findings: Json,
    /// Who was there and wrote it down.
    pub recorded_by: Uuid,
    /// When.
    pub recorded_at: DateTimeUtc,
    /// The photos and papers that show it: ids of attachments.
    pub evidence: Option<Json>,
}

/// Edges are followed by loaders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
