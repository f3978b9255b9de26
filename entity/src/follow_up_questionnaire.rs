//! What customers of a site are asked in follow-ups, in versions. Written once.

use sea_orm::entity::prelude::*;

/// What customers of a site are asked in follow-ups, in versions. Written once.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "follow_up_questionnaire")]
pub struct Model {
    /// Its id; time-ordered.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The organization.
    pub organization_id: Uuid,
    /// The site.
    pub site_id: Uuid,
    /// Its number at the site, from 1.
    pub revision: i32,
    /// The questions, in order.
    pub questions: Json,
    /// Who published it.
    pub published_by: Uuid,
    /// Since when it holds, until the next.
    pub published_at: DateTimeUtc,
}

/// Edges are followed by loaders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
