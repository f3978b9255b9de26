//! Who is on duty for a department, from when to when.

use sea_orm::entity::prelude::*;

/// Who is on duty for a department, from when to when.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "duty_shift")]
pub struct Model {
    /// Its id; time-ordered.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The organization.
    pub organization_id: Uuid,
    /// The site.
    pub site_id: Uuid,
    /// The department.
    pub department_id: Uuid,
    /// Who is on duty.
    pub account_id: Uuid,
    /// Who is called when they do not answer.
    pub deputy_id: Option<Uuid>,
    /// When it begins.
    pub from_at: DateTimeUtc,
    /// When it ends.
    pub to_at: DateTimeUtc,
    /// Who has set it.
    pub set_by: Uuid,
    /// When.
    pub set_at: DateTimeUtc,
}

/// Edges are followed by loaders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
