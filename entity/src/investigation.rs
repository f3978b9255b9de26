//! The cause of a matter, its solution, and who is liable (A4, C4). The newest of a case counts.

use sea_orm::entity::prelude::*;

/// The cause of a matter, its solution, and who is liable (A4, C4). The newest of a case counts.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "investigation")]
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
    /// What led to it.
    pub cause: domain::investigation::Cause,
    /// In words.
    #[sea_orm(column_type = "Text")]
    pub explanation: String,
    /// The best solution, once it is known.
    #[sea_orm(column_type = "Text", nullable)]
    pub solution: Option<String>,
    /// Who is liable: kind, id, name and percent of each, together 100.
    pub shares: Json,
    /// Who wrote it down.
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
