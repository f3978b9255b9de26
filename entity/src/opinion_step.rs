//! Something that happened to an opinion.

use sea_orm::entity::prelude::*;

/// Something that happened to an opinion.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "opinion_step")]
pub struct Model {
    /// Its id; time-ordered.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The opinion.
    pub opinion_id: Uuid,
    /// Its place among them, from 1.
    pub ordinal: i32,
    /// What happened.
    pub kind: domain::opinion::Step,
    /// The name of who did it; none where the server or nobody known did.
    pub actor_name: Option<String>,
    /// The name of who answers for it after that (A0).
    pub owner_name: String,
    /// Until when the answer is promised after that.
    pub due_at: DateTimeUtc,
    /// The words given, or who was told.
    #[sea_orm(column_type = "Text", nullable)]
    pub words: Option<String>,
    /// When.
    pub occurred_at: DateTimeUtc,
}

/// Edges are followed by loaders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
