//! What a site asks for besides the fields that every case has: one version, for one of its categories or for all of them.

use sea_orm::entity::prelude::*;

/// What a site asks for besides the fields that every case has: one version, for one of its categories or for all of them.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "form_rule")]
pub struct Model {
    /// Its id; time-ordered.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The organization.
    pub organization_id: Uuid,
    /// The site.
    pub site_id: Uuid,
    /// The category; none for all of the site.
    pub category_id: Option<Uuid>,
    /// The category, or the site: for what the versions are counted.
    pub scope_id: Uuid,
    /// For cases of one kind, as the schema writes it, or `ANY`.
    pub for_kind: String,
    /// Which version; the highest holds.
    pub version: i32,
    /// The fields of every case that must be filled in: their names.
    pub required: Json,
    /// The site's own fields.
    pub fields: Json,
    /// Who has set it.
    pub set_by: Uuid,
    /// When.
    pub set_at: DateTimeUtc,
}

/// Edges are followed by loaders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
