//! A material in the stock of a team.

use sea_orm::entity::prelude::*;

/// A material in the stock of a team.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "stock_item")]
pub struct Model {
    /// Its id; time-ordered.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The organization.
    pub organization_id: Uuid,
    /// The site.
    pub site_id: Uuid,
    /// The team.
    pub team_id: Uuid,
    /// Its code, unique in the team's stock.
    pub code: String,
    /// What it is called.
    pub name: String,
    /// Of what the count is.
    pub unit: String,
    /// How much there is, in thousandths; the sum of its movements.
    pub count_thousandths: i64,
    /// Below how much the team leader hears of it, in thousandths.
    pub minimum_thousandths: i64,
    /// Raised by every change and movement.
    pub version: i32,
    /// In which of its team's changes it was changed last (`stock_change`).
    pub changed_in: i64,
    /// When it was retired.
    pub retired_at: Option<DateTimeUtc>,
}

/// Edges are followed by loaders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
