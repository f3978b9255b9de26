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
    /// Cases of any kind received in the month.
    pub cases: i32,
    /// Handled in time.
    pub in_time: i32,
    /// Late.
    pub late: i32,
    /// Not handled and not past due.
    pub not_due: i32,
    /// Handled without a promise.
    pub unpromised: i32,
    /// Carried on under another number.
    pub merged: i32,
    /// Handled in time, proven by a signed order.
    pub proven: i32,
    /// Handled.
    pub handled: i32,
    /// Taken back.
    pub withdrawn: i32,
    /// Taken back in time.
    pub withdrawn_in_time: i32,
    /// Of nobody known.
    pub anonymous: i32,
    /// Of nobody known, in time.
    pub anonymous_in_time: i32,
    /// Of nobody known, late.
    pub anonymous_late: i32,
    /// Rated.
    pub rated: i32,
    /// Not rated.
    pub unrated: i32,
    /// Rated as satisfied.
    pub satisfied: i32,
    /// Rated as dissatisfied.
    pub dissatisfied: i32,
    /// Owed a follow-up, held or not.
    pub follow_up_owed: i32,
    /// Followed up.
    pub follow_up_held: i32,
    /// Owed a follow-up that was not held.
    pub follow_up_missing: i32,
    /// Asked in a follow-up.
    pub asked: i32,
    /// Content when asked.
    pub content: i32,
    /// Not content when asked.
    pub discontent: i32,
    /// Reported before.
    pub repeated: i32,
    /// Opened again.
    pub reopened: i32,
}

/// Edges are followed by loaders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
