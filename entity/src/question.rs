//! A question to whoever reported an anonymous case, and the answer of the holder of its receipt code (D7).

use sea_orm::entity::prelude::*;

/// A question to whoever reported an anonymous case, and the answer of the holder of its receipt code (D7).
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "question")]
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
    /// What is asked.
    #[sea_orm(column_type = "Text")]
    pub text: String,
    /// The employee who asks.
    pub asked_by: Uuid,
    /// When.
    pub asked_at: DateTimeUtc,
    /// The answer.
    #[sea_orm(column_type = "Text", nullable)]
    pub answer: Option<String>,
    /// When it was answered.
    pub answered_at: Option<DateTimeUtc>,
}

/// Edges are followed by loaders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
