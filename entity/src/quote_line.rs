//! A line of a quote.

use sea_orm::entity::prelude::*;

/// A line of a quote.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "quote_line")]
pub struct Model {
    /// Its id; time-ordered.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The organization.
    pub organization_id: Uuid,
    /// The quote.
    pub quote_id: Uuid,
    /// Its place, from 1.
    pub ordinal: i32,
    /// The item of the price list; none for a line outside of it.
    pub price_item_id: Option<Uuid>,
    /// What.
    pub name: String,
    /// Of what the quantity is counted.
    pub unit: String,
    /// What one unit costs, in fen.
    pub unit_price_fen: i64,
    /// How many, in thousandths.
    pub quantity_thousandths: i64,
    /// What is taken off the line, in fen.
    pub discount_fen: i64,
    /// Why.
    pub discount_reason: Option<String>,
    /// What the line comes to, in fen.
    pub amount_fen: i64,
}

/// Edges are followed by loaders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
