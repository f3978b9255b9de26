//! Which replica does a job that must be done once.

use sea_orm::entity::prelude::*;

/// Which replica does a job that must be done once.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "job_lease")]
pub struct Model {
    /// The job's name.
    #[sea_orm(primary_key, auto_increment = false)]
    pub job: String,
    /// The process that does it.
    pub holder: Uuid,
    /// Until when, by the database's clock, if it is not renewed.
    pub held_until: DateTimeUtc,
    /// How often it has passed to another.
    pub term: i64,
}

/// Edges are followed by loaders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
