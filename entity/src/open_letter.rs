//! One public answer to a matter that many raised 公开信 (D4).

use sea_orm::entity::prelude::*;

/// One public answer to a matter that many raised 公开信 (D4).
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "open_letter")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The organization.
    pub organization_id: Uuid,
    /// The site.
    pub site_id: Uuid,
    /// The incident that it answers.
    pub incident_id: Uuid,
    /// Where it stands.
    pub state: domain::incident::LetterState,
    /// Its title.
    pub title: String,
    /// Its words.
    #[sea_orm(column_type = "Text")]
    pub text: String,
    /// Whom it is for.
    pub audience: domain::incident::Audience,
    /// Who wrote it.
    pub drafted_by: Uuid,
    /// When it was begun.
    pub drafted_at: DateTimeUtc,
    /// Who approved and published it.
    pub approved_by: Option<Uuid>,
    /// When.
    pub published_at: Option<DateTimeUtc>,
    /// Raised by every change.
    pub version: i32,
}

/// Edges are followed by loaders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
