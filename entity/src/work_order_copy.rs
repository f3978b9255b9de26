//! One of the two copies of a signed order (E4.2.1A).

use sea_orm::entity::prelude::*;

/// One of the two copies of a signed order (E4.2.1A).
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "work_order_copy")]
pub struct Model {
    /// The order.
    #[sea_orm(primary_key, auto_increment = false)]
    pub work_order_id: Uuid,
    /// Who receives it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub holder: domain::work_order::CopyHolder,
    /// The organization.
    pub organization_id: Uuid,
    /// Who acknowledged it.
    pub acknowledged_by: Option<Uuid>,
    /// When.
    pub acknowledged_at: Option<DateTimeUtc>,
}

/// Edges are followed by loaders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
