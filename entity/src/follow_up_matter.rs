//! Something new that a customer raised in a follow-up, and the case that it became (D3). Written once.

use sea_orm::entity::prelude::*;

/// Something new that a customer raised in a follow-up, and the case that it became (D3). Written once.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "follow_up_matter")]
pub struct Model {
    /// Its id; time-ordered.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The organization.
    pub organization_id: Uuid,
    /// The site.
    pub site_id: Uuid,
    /// The case of the follow-up.
    pub complaint_id: Uuid,
    /// The follow-up.
    pub follow_up_id: Uuid,
    /// The case that it became.
    pub raised_complaint_id: Uuid,
    /// What was raised.
    #[sea_orm(column_type = "Text")]
    pub text: String,
    /// When the customer was promised an answer.
    pub reply_by: DateTimeUtc,
    /// Who wrote it down.
    pub raised_by: Uuid,
    /// When.
    pub raised_at: DateTimeUtc,
}

/// Edges are followed by loaders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
