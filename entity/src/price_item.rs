//! An item of a price list.

use sea_orm::entity::prelude::*;

/// An item of a price list.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "price_item")]
pub struct Model {
    /// Its id; time-ordered.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The organization.
    pub organization_id: Uuid,
    /// The price list.
    pub price_list_id: Uuid,
    /// Its place in the list, from 1.
    pub ordinal: i32,
    /// Its code, unique in the list.
    pub code: String,
    /// What it is.
    pub kind: domain::price::ItemKind,
    /// What it is called.
    pub name: String,
    /// Of what the quantity is counted.
    pub unit: String,
    /// What one unit costs, in fen.
    pub unit_price_fen: i64,
    /// Names of the reasons for which it is free of charge.
    #[sea_orm(column_type = "JsonBinary")]
    pub free_when: Json,
    /// What else is said of it.
    pub note: Option<String>,
}

/// Edges are followed by loaders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
