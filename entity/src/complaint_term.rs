//! A search term under which a case is found.

use sea_orm::entity::prelude::*;

/// A search term under which a case is found.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "complaint_term")]
pub struct Model {
    /// The case.
    #[sea_orm(primary_key, auto_increment = false)]
    pub complaint_id: Uuid,
    /// A letter or a pair of letters.
    #[sea_orm(primary_key, auto_increment = false)]
    pub term: String,
    /// The site, so that a search stays in it.
    pub site_id: Uuid,
}

/// Edges are followed by loaders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
