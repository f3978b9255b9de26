//! A try to hold a follow-up that came to nothing (D5). Written once.

use sea_orm::entity::prelude::*;

/// A try to hold a follow-up that came to nothing (D5). Written once.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "follow_up_attempt")]
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
    /// The follow-up.
    pub follow_up_id: Uuid,
    /// Why it came to nothing.
    pub outcome: domain::follow_up::attempt::AttemptOutcome,
    /// By phone or on site.
    pub method: domain::follow_up::Method,
    /// The day, in the site's time zone.
    pub day: Date,
    /// In words.
    pub note: Option<String>,
    /// When it is tried again.
    pub next_at: Option<DateTimeUtc>,
    /// Who tried.
    pub made_by: Uuid,
    /// When.
    pub made_at: DateTimeUtc,
}

/// Edges are followed by loaders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
