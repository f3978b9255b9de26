//! A version of an order or a case that an act of a handheld has made, so that the acts that the same handheld sends later are
//! not held up by it; deleted after a set time.

use sea_orm::entity::prelude::*;

/// A version of an order or a case that an act of a handheld has made.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "handheld_step")]
pub struct Model {
    /// The order or the case.
    #[sea_orm(primary_key, auto_increment = false)]
    pub subject_id: Uuid,
    /// The version that was made.
    #[sea_orm(primary_key, auto_increment = false)]
    pub version: i32,
    /// The organization.
    pub organization_id: Uuid,
    /// The device.
    pub device_id: Uuid,
    /// When we heard of the act.
    pub made_at: DateTimeUtc,
}

/// Edges are followed by loaders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
