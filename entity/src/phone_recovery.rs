//! Somebody who lost their number asks the office to check who they are.

use sea_orm::entity::prelude::*;

/// Somebody who lost their number asks the office to check who they are.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "phone_recovery")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The organization.
    pub organization_id: Uuid,
    /// The site they say they live at.
    pub site_id: Uuid,
    /// The name they give.
    pub name: String,
    /// The unit they give, as they write it.
    pub unit: String,
    /// Their new number, which they have shown to hold.
    pub phone: String,
    /// How it stands.
    pub state: domain::session::RecoveryState,
    /// Whose account it turned out to be.
    pub account_id: Option<Uuid>,
    /// Who decided.
    pub decided_by: Option<Uuid>,
    /// Why.
    pub reason: Option<String>,
    /// When it was asked.
    pub made_at: DateTimeUtc,
    /// When it was decided.
    pub decided_at: Option<DateTimeUtc>,
}

/// Edges are followed by loaders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
