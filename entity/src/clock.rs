//! A running deadline 时限 of a case.

use sea_orm::entity::prelude::*;

/// A running deadline 时限 of a case.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "clock")]
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
    /// The work order, where it is the order's.
    pub work_order_id: Option<Uuid>,
    /// What was undertaken, where it is the end of that.
    pub undertaking_id: Option<Uuid>,
    /// The department in whose list of due work it shows.
    pub department_id: Option<Uuid>,
    /// What it measures.
    pub kind: domain::clock::Kind,
    /// Where it stands.
    pub state: domain::clock::State,
    /// Where the promise comes from.
    pub source: domain::clock::promise::Source,
    /// The version of the site's promises that it was made from; none for a default or a named time.
    pub promises_id: Option<Uuid>,
    /// The promise that it was made from; none where its end was named.
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub promise: Option<Json>,
    /// In which hours it runs.
    pub hours: domain::clock::promise::Hours,
    /// When it began.
    pub started_at: DateTimeUtc,
    /// The aim within the promise.
    pub target_at: Option<DateTimeUtc>,
    /// The end that was promised; later by every pause.
    pub due_at: DateTimeUtc,
    /// Since when it waits.
    pub paused_at: Option<DateTimeUtc>,
    /// Why it waits.
    pub pause_reason: Option<domain::work_order::HoldReason>,
    /// How long it has waited before, in seconds of its hours.
    pub paused_seconds: i64,
    /// When it ended.
    pub ended_at: Option<DateTimeUtc>,
    /// When the promise was broken: the end that had been promised then.
    pub missed_at: Option<DateTimeUtc>,
    /// How many of its moments were told.
    pub told: i32,
    /// When somebody must hear of it next; none where nobody must.
    pub next_at: Option<DateTimeUtc>,
    /// What a handheld has said of the time at which it ended.
    pub evidence: Option<Json>,
}

/// Edges are followed by loaders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
