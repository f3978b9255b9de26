//! A movement of a material. Rows are only ever added.

use sea_orm::entity::prelude::*;

/// A movement of a material. Rows are only ever added.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "stock_movement")]
pub struct Model {
    /// Its id; time-ordered.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The organization.
    pub organization_id: Uuid,
    /// The material.
    pub stock_item_id: Uuid,
    /// Why the count changed.
    pub kind: domain::stock::MovementKind,
    /// By how many thousandths; below nothing for what went out.
    pub change_thousandths: i64,
    /// How much there was after it.
    pub count_thousandths: i64,
    /// The work order, if it is about one.
    pub work_order_id: Option<Uuid>,
    /// Why, or what is said of it.
    #[sea_orm(column_type = "Text", nullable)]
    pub note: Option<String>,
    /// Who recorded it.
    pub account_id: Uuid,
    /// When, by the server's clock.
    pub moved_at: DateTimeUtc,
}

/// Edges are followed by loaders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
