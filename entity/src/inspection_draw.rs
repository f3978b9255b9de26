//! The director's draw of follow-ups to inspect (D2). Written once, so that it can be done again.

use sea_orm::entity::prelude::*;

/// The director's draw of follow-ups to inspect (D2). Written once, so that it can be done again.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "inspection_draw")]
pub struct Model {
    /// Its id; time-ordered.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The organization.
    pub organization_id: Uuid,
    /// The site.
    pub site_id: Uuid,
    /// The seed of the dice, in hex.
    pub seed: String,
    /// Which share is drawn, in hundredths.
    pub percent: i32,
    /// How many follow-ups there were.
    pub candidates: i32,
    /// How many were drawn.
    pub drawn: i32,
    /// Who drew.
    pub drawn_by: Uuid,
    /// When.
    pub drawn_at: DateTimeUtc,
}

/// Edges are followed by loaders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
