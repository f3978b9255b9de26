//! Adds to `attachment`: the hash of the bytes as they were sent.

use sea_orm_migration::prelude::*;

use crate::columns::{add_column, drop_column, nullable, varchar};

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        add_column(manager, "attachment", nullable(varchar("sent_sha256", 64))).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_column(manager, "attachment", "sent_sha256").await
    }
}
