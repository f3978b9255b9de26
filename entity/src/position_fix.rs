//! Where a technician was when they set out or arrived; deleted after a set time.

use sea_orm::entity::prelude::*;

/// Where a technician was when they set out or arrived.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "position_fix")]
pub struct Model {
    /// Its id; time-ordered.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The organization.
    pub organization_id: Uuid,
    /// The order.
    pub work_order_id: Uuid,
    /// The technician.
    pub account_id: Uuid,
    /// Whether they arrived there; else they set out from there.
    pub on_arrival: bool,
    /// In ten-millionths of a degree north.
    pub latitude_e7: i64,
    /// In ten-millionths of a degree east.
    pub longitude_e7: i64,
    /// How exact it is, in metres.
    pub accuracy_meters: i32,
    /// When it was taken.
    pub taken_at: DateTimeUtc,
}

/// Edges are followed by loaders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
