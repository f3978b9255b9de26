//! Adds to `building`: its place on the way through the site.

use sea_orm_migration::prelude::*;

use crate::columns::{add_column, drop_column, int, nullable};

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        add_column(manager, "building", nullable(int("walk_order"))).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_column(manager, "building", "walk_order").await
    }
}
