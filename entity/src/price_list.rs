//! A version of the price list 有偿服务收费标准 of a site. It never changes.

use sea_orm::entity::prelude::*;

/// A version of the price list 有偿服务收费标准 of a site. It never changes.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "price_list")]
pub struct Model {
    /// Its id; time-ordered.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The organization.
    pub organization_id: Uuid,
    /// The site.
    pub site_id: Uuid,
    /// Which version, from 1.
    pub revision: i32,
    /// Its first day.
    pub from_date: Date,
    /// Its last day, if it has one.
    pub to_date: Option<Date>,
    /// What else is said of it.
    pub note: Option<String>,
    /// Who published it.
    pub published_by: Uuid,
    /// When.
    pub published_at: DateTimeUtc,
}

/// Edges are followed by loaders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
