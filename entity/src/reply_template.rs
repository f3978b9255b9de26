//! A version of what a site writes to customers (C2), with its courtesy parts in both languages.

use sea_orm::entity::prelude::*;

/// A version of what a site writes to customers (C2), with its courtesy parts in both languages.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "reply_template")]
pub struct Model {
    /// Its id; time-ordered.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The organization.
    pub organization_id: Uuid,
    /// The site.
    pub site_id: Uuid,
    /// What it is for.
    pub purpose: domain::reply::Purpose,
    /// Its number for that purpose at the site, from 1.
    pub revision: i32,
    /// Where it stands.
    pub state: domain::reply::TemplateState,
    /// Its parts in Chinese.
    pub zh: Json,
    /// Its parts in English.
    pub en: Json,
    /// Who wrote it.
    pub drafted_by: Uuid,
    /// When.
    pub drafted_at: DateTimeUtc,
    /// Who published it.
    pub published_by: Option<Uuid>,
    /// When.
    pub published_at: Option<DateTimeUtc>,
    /// Raised by every change.
    pub version: i32,
}

/// Edges are followed by loaders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
