//! Adds to `quote`: why it was taken back.

use sea_orm_migration::prelude::*;

use crate::columns::{add_column, drop_column, nullable, varchar};

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        add_column(manager, "quote", nullable(varchar("withdrawn_because", 500))).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_column(manager, "quote", "withdrawn_because").await
    }
}
