//! A call to the hotline that led to no new case (B2, E7.2). The calls of cases are `call_record`.

use sea_orm::entity::prelude::*;

/// A call to the hotline that led to no new case (B2, E7.2).
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "hotline_call")]
pub struct Model {
    /// Its id; time-ordered.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The organization.
    pub organization_id: Uuid,
    /// The site.
    pub site_id: Uuid,
    /// The caller's number.
    pub phone: String,
    /// Who called, where they said so.
    pub caller_name: Option<String>,
    /// When it began.
    pub started_at: DateTimeUtc,
    /// How long it lasted.
    pub duration_seconds: i32,
    /// What was said.
    #[sea_orm(column_type = "Text")]
    pub summary: String,
    /// What became of it.
    pub handling: domain::hotline::Handling,
    /// The same in words.
    #[sea_orm(column_type = "Text", nullable)]
    pub note: Option<String>,
    /// The opinion that it brought.
    pub opinion_id: Option<Uuid>,
    /// The case that it was about.
    pub complaint_id: Option<Uuid>,
    /// The employee on the telephone.
    pub received_by: Uuid,
    /// When it was written down.
    pub recorded_at: DateTimeUtc,
}

/// Edges are followed by loaders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
