//! One matter that several units report (D4).

use sea_orm::entity::prelude::*;

/// One matter that several units report (D4).
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "incident")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The organization.
    pub organization_id: Uuid,
    /// The site.
    pub site_id: Uuid,
    /// Where it stands.
    pub state: domain::incident::State,
    /// What it is, in a few words.
    pub title: String,
    /// Whether residents of the site know of it.
    pub announced: bool,
    /// The incident that carries it on.
    pub merged_into_id: Option<Uuid>,
    /// Who said that it is one.
    pub confirmed_by: Uuid,
    /// When.
    pub confirmed_at: DateTimeUtc,
    /// When it was over.
    pub ended_at: Option<DateTimeUtc>,
    /// Raised by every change.
    pub version: i32,
}

/// Edges are followed by loaders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
