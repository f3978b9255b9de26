//! A sign-in on one device, from its beginning to its end.

use sea_orm::entity::prelude::*;

/// A sign-in on one device, from its beginning to its end.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "session")]
pub struct Model {
    /// Its id; access tokens name it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The organization.
    pub organization_id: Uuid,
    /// Whose it is.
    pub account_id: Uuid,
    /// What the device calls itself.
    pub device_name: Option<String>,
    /// The account's session epoch when it began; a raised epoch ends it.
    pub epoch: i32,
    /// Whether a second factor was shown in it.
    pub second_factor_passed: bool,
    /// When it began.
    pub began_at: DateTimeUtc,
    /// When it was last refreshed, or began.
    pub last_used_at: DateTimeUtc,
    /// When it ends at the latest, however much it is used.
    pub ends_at: DateTimeUtc,
    /// When it was ended before its time.
    pub ended_at: Option<DateTimeUtc>,
    /// Why it was ended.
    pub end_reason: Option<domain::session::End>,
}

/// Edges are followed by loaders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
