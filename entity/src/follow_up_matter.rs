//! Something new that a customer raised in a follow-up, and the case or the opinion that it became (D3). Written once.

use sea_orm::entity::prelude::*;

/// Something new that a customer raised in a follow-up, and the case or the opinion that it became (D3). Written once.
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
    /// The case that it became; none where it became an opinion.
    pub raised_complaint_id: Option<Uuid>,
    /// The opinion that it became; none where it became a case.
    pub raised_opinion_id: Option<Uuid>,
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
