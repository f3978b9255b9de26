//! A line of a statement, or of one to come. It never changes but for the statement that takes it up.

use sea_orm::entity::prelude::*;

/// A line of a statement, or of one to come. It never changes but for the statement that takes it up.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "charge")]
pub struct Model {
    /// Its id; time-ordered.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The organization.
    pub organization_id: Uuid,
    /// The site.
    pub site_id: Uuid,
    /// The unit that owes it.
    pub unit_id: Uuid,
    /// What it is.
    pub kind: domain::fee::LineKind,
    /// The case.
    pub complaint_id: Uuid,
    /// The order.
    pub work_order_id: Uuid,
    /// The accepted quote.
    pub quote_id: Uuid,
    /// The line of the quote; none for a credit.
    pub quote_line_id: Option<Uuid>,
    /// The charge that a credit corrects.
    pub credits_id: Option<Uuid>,
    /// For what.
    pub name: String,
    /// Of what the quantity is counted.
    pub unit: String,
    /// How many, in thousandths.
    pub quantity_thousandths: i64,
    /// What one unit costs, in fen.
    pub unit_price_fen: i64,
    /// What was taken off in the quote, in fen.
    pub discount_fen: i64,
    /// What it comes to, in fen; below nothing for a credit.
    pub amount_fen: i64,
    /// The day on which it was made, in the site's time zone.
    pub charged_on: Date,
    /// The statement that it stands on.
    pub statement_id: Option<Uuid>,
    /// Why a credit was given.
    pub reason: Option<String>,
    /// Who made it.
    pub made_by: Uuid,
    /// When.
    pub made_at: DateTimeUtc,
}

/// Edges are followed by loaders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
