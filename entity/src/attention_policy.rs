//! How a site calls for attention: how soon alarms repeat, and when work is chased around a booked visit.

use sea_orm::entity::prelude::*;

/// How a site calls for attention; the defaults hold where there is no row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "attention_policy")]
pub struct Model {
    /// The site.
    #[sea_orm(primary_key, auto_increment = false)]
    pub site_id: Uuid,
    /// The organization.
    pub organization_id: Uuid,
    /// How soon an emergency calls again, in seconds.
    pub urgent_seconds: i32,
    /// The same at the top of the ladder.
    pub urgent_at_the_top_seconds: i32,
    /// How soon any other alarm calls again, in minutes of office hours.
    pub ordinary_minutes: i32,
    /// The same at the top of the ladder.
    pub ordinary_at_the_top_minutes: i32,
    /// How long before a booked visit it is reminded of, and chased where nobody has it, in minutes.
    pub before_visit_minutes: i32,
    /// How long after the end of a visit, and after each chase, unfinished work is chased again, in minutes.
    pub after_visit_minutes: i32,
    /// Within how many days a report of the same matter counts as a repetition (D6).
    pub repeat_window_days: i32,
    /// Raised by every change.
    pub version: i32,
}

/// Edges are followed by loaders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
