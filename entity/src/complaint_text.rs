//! The row that holds the terms under which a case is found, on PostgreSQL.

use sea_orm::entity::prelude::*;

/// The row that holds the terms under which a case is found, on PostgreSQL; on SQLite they are rows of `complaint_term`. The
/// terms themselves, a `tsvector`, are written and asked for in `api/src/search/index.rs`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "complaint_text")]
pub struct Model {
    /// The case.
    #[sea_orm(primary_key, auto_increment = false)]
    pub complaint_id: Uuid,
    /// The site.
    pub site_id: Uuid,
}

/// Edges are followed by loaders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
