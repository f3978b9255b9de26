//! The visits that a team offers to be booked.

use sea_orm::entity::prelude::*;

/// The visits that a team offers to be booked.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "booking_offer")]
pub struct Model {
    /// The team.
    #[sea_orm(primary_key, auto_increment = false)]
    pub team_id: Uuid,
    /// The organization.
    pub organization_id: Uuid,
    /// The site.
    pub site_id: Uuid,
    /// The department.
    pub department_id: Uuid,
    /// The spans of each weekday, Monday first, each as a pair of minutes of the day.
    pub week: Json,
    /// How long a window is, in minutes.
    pub window_minutes: i32,
    /// How many visits the team makes in one half hour; none are offered where it is 0.
    pub capacity: i32,
    /// How long before a window it must be booked, in minutes.
    pub lead_minutes: i32,
    /// How many days ahead windows are offered.
    pub days_ahead: i32,
    /// Whether the team also works on holidays.
    pub on_holidays: bool,
    /// The categories that the team can do, each with all below it; every one where there is none.
    pub categories: Json,
    /// Raised by every change.
    pub version: i32,
}

/// Edges are followed by loaders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
