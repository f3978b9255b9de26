//! A visit 预约上门: when somebody comes, or was to come.

use sea_orm::entity::prelude::*;

/// A visit 预约上门.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "booking")]
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
    /// The team whose window it takes; none for a time that the customer only wishes.
    pub team_id: Option<Uuid>,
    /// When it begins.
    pub from_at: DateTimeUtc,
    /// When it ends.
    pub to_at: DateTimeUtc,
    /// Where it stands.
    pub state: domain::booking::State,
    /// Who has agreed it; none for a wish.
    pub booked_by: Option<Uuid>,
    /// When.
    pub booked_at: DateTimeUtc,
    /// Since when a visit has been agreed without interruption; one instead of another goes on.
    pub agreed_since: DateTimeUtc,
    /// Who was not there.
    pub absent: Option<domain::booking::Absent>,
    /// What is known of it, or why it was cancelled.
    #[sea_orm(column_type = "Text", nullable)]
    pub note: Option<String>,
    /// Ids of the photos and papers that show who was not there.
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub attachments: Option<Json>,
    /// When it ended; none while it is wished or booked.
    pub ended_at: Option<DateTimeUtc>,
    /// How many of its reminders and chases are over.
    pub steps: i32,
    /// When the next one is due; none where there is none.
    pub next_at: Option<DateTimeUtc>,
}

/// Edges are followed by loaders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
