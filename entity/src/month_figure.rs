//! How many cases of a month count as what, by department, category and kind (E4.5.3): the sum of `case_figure`.

use sea_orm::entity::prelude::*;

/// How many cases of a month count as what, by department, category and kind (E4.5.3): the sum of `case_figure`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "month_figure")]
pub struct Model {
    /// The site.
    #[sea_orm(primary_key, auto_increment = false)]
    pub site_id: Uuid,
    /// The first day of the month.
    #[sea_orm(primary_key, auto_increment = false)]
    pub month: Date,
    /// The department; nil for none.
    #[sea_orm(primary_key, auto_increment = false)]
    pub department_id: Uuid,
    /// The category.
    #[sea_orm(primary_key, auto_increment = false)]
    pub category_id: Uuid,
    /// The kind.
    #[sea_orm(primary_key, auto_increment = false)]
    pub kind: domain::complaint::Kind,
    /// The organization.
    pub organization_id: Uuid,
    /// Cases received.
    pub cases: i64,
    /// Handled in time.
    pub in_time: i64,
    /// Late.
    pub late: i64,
    /// Open and not due.
    pub open: i64,
    /// Carried on under another number.
    pub merged: i64,
    /// Taken back.
    pub withdrawn: i64,
    /// Of nobody known.
    pub anonymous: i64,
    /// Rated.
    pub rated: i64,
    /// Rated as satisfied.
    pub satisfied: i64,
    /// Handled, and owed a follow-up.
    pub follow_ups_owed: i64,
    /// Followed up.
    pub follow_ups_held: i64,
    /// Content when asked.
    pub content: i64,
    /// Reported before.
    pub repeated: i64,
    /// Opened again.
    pub reopened: i64,
}

/// Edges are followed by loaders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
