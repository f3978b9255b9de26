//! What a case is about, in a tree per site; it names the responsible department (E3, E4.2).

use sea_orm::entity::prelude::*;

/// What a case is about, in a tree per site; it names the responsible department (E3, E4.2).
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "category")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The organization.
    pub organization_id: Uuid,
    /// The site.
    pub site_id: Uuid,
    /// The category above, if any.
    pub parent_id: Option<Uuid>,
    /// A stable code, unique in the site.
    pub code: String,
    /// Its Chinese name.
    pub name_zh: String,
    /// Its English name.
    pub name_en: String,
    /// The department that is responsible.
    pub department: domain::organization::DepartmentKind,
    /// Whether it is an emergency (B6).
    pub emergency: domain::category::Emergency,
    /// Raised by every change.
    pub version: i32,
    /// When it was retired: it is not offered any more, and what refers to it keeps it.
    pub retired_at: Option<DateTimeUtc>,
}

/// Edges are followed by loaders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
