//! A unit's statement of a month 管理费收费单. Only whether it is paid changes.

use sea_orm::entity::prelude::*;

/// A unit's statement of a month 管理费收费单. Only whether it is paid changes.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "statement")]
pub struct Model {
    /// Its id; time-ordered.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The organization.
    pub organization_id: Uuid,
    /// The site.
    pub site_id: Uuid,
    /// The unit.
    pub unit_id: Uuid,
    /// Its number, such as `LY-F2026-000123`.
    pub number: String,
    /// The first day of the month.
    pub from_date: Date,
    /// Its last day.
    pub to_date: Date,
    /// What its lines come to, in fen.
    pub total_fen: i64,
    /// Whether it is paid.
    pub state: domain::fee::StatementState,
    /// Who issued it.
    pub issued_by: Uuid,
    /// When.
    pub issued_at: DateTimeUtc,
    /// On which day it was paid.
    pub paid_on: Option<Date>,
    /// What the bank or the cashier calls the payment.
    pub reference: Option<String>,
    /// The account or key that last marked it.
    pub marked_by: Option<Uuid>,
    /// When.
    pub marked_at: Option<DateTimeUtc>,
    /// Raised by every change.
    pub version: i32,
}

/// Edges are followed by loaders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
