//! What a case counts as in the figures of its month (E4.5.3).

use sea_orm::entity::prelude::*;

/// What a case counts as in the figures of its month (E4.5.3).
#[expect(clippy::struct_excessive_bools, reason = "each is a figure of its own")]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "case_figure")]
pub struct Model {
    /// The case.
    #[sea_orm(primary_key, auto_increment = false)]
    pub complaint_id: Uuid,
    /// The organization.
    pub organization_id: Uuid,
    /// The site.
    pub site_id: Uuid,
    /// The first day of the month in which it was received, where the site is.
    pub month: Date,
    /// The responsible department; nil while there is none.
    pub department_id: Uuid,
    /// What it is about.
    pub category_id: Uuid,
    /// What the customer wants.
    pub kind: domain::complaint::Kind,
    /// The employee whom it is about, whose figures leave it out (C11).
    pub about_account_id: Option<Uuid>,
    /// Whether it was handled in time.
    pub timeliness: domain::figure::Timeliness,
    /// Whether it is handled.
    pub handled: bool,
    /// Whether the customer took it back.
    pub withdrawn: bool,
    /// Whether nobody is known.
    pub anonymous: bool,
    /// Whether a customer has signed an order of its present handling.
    pub signed: bool,
    /// The overall rating.
    pub rating: Option<i32>,
    /// Whether it was followed up.
    pub coverage: domain::figure::Coverage,
    /// Whether the customer was content when asked.
    pub content: Option<bool>,
    /// Whether the matter had been reported before.
    pub repeated: bool,
    /// Whether it was opened again.
    pub reopened: bool,
}

/// Edges are followed by loaders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
