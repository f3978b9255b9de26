//! A telephone call 客户来电记录 (E7.2), in or out.

use sea_orm::entity::prelude::*;

/// A telephone call 客户来电记录 (E7.2), in or out.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "call_record")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The organization.
    pub organization_id: Uuid,
    /// The site.
    pub site_id: Uuid,
    /// The case it led to or was about.
    pub complaint_id: Uuid,
    /// The follow-up it carried out, if any.
    pub follow_up_id: Option<Uuid>,
    /// Whether the office called.
    pub outgoing: bool,
    /// The other side's number.
    pub phone: String,
    /// When it began.
    pub started_at: DateTimeUtc,
    /// How long it lasted.
    pub duration_seconds: i32,
    /// What was said.
    #[sea_orm(column_type = "Text")]
    pub summary: String,
    /// The employee on the telephone.
    pub taken_by: Uuid,
    /// Who was on the other side, where they said so.
    pub caller_name: Option<String>,
    /// What became of it.
    #[sea_orm(column_type = "Text", nullable)]
    pub handling: Option<String>,
}

/// Edges are followed by loaders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
