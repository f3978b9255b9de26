//! A try to call somebody over the gateway for an alarm.

use sea_orm::entity::prelude::*;

/// A try to call somebody over the gateway for an alarm.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "alarm_call")]
pub struct Model {
    /// Its id; time-ordered.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The organization.
    pub organization_id: Uuid,
    /// The alarm.
    pub alarm_id: Uuid,
    /// Who is called.
    pub account_id: Uuid,
    /// Which try of this call, from 1.
    pub attempt: i32,
    /// What came of it.
    pub outcome: domain::alarm::CallOutcome,
    /// Why it failed; never a number or a text.
    pub fault: Option<String>,
    /// When it was asked for.
    pub made_at: DateTimeUtc,
    /// When its outcome was known.
    pub ended_at: Option<DateTimeUtc>,
    /// When it is to go out; while it is on its way, when it is given up for lost.
    pub next_at: Option<DateTimeUtc>,
}

/// Edges are followed by loaders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
