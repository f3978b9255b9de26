//! A joint look at a matter 现场会商: who was there, what they found, what they decided (E4.3).

use sea_orm::entity::prelude::*;

/// A joint look at a matter 现场会商 (E4.3). Never changed.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "joint_look")]
pub struct Model {
    /// Its id; time-ordered.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The organization.
    pub organization_id: Uuid,
    /// The case.
    pub complaint_id: Uuid,
    /// When it was held.
    pub held_at: DateTimeUtc,
    /// Where.
    pub place: String,
    /// The employees who were there: id and name of each, as they were then.
    pub attendees: Json,
    /// Others who were there, each by name and for whom they stand.
    pub guests: Json,
    /// What the site showed.
    #[sea_orm(column_type = "Text")]
    pub site_findings: String,
    /// What the records showed.
    #[sea_orm(column_type = "Text")]
    pub record_findings: String,
    /// What was decided: text, who is responsible, until when.
    pub decisions: Json,
    /// Who wrote it down.
    pub recorded_by: Uuid,
    /// When.
    pub recorded_at: DateTimeUtc,
}

/// Edges are followed by loaders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
