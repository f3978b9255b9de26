//! Creates: `registered_document`.

use sea_orm_migration::prelude::*;

use crate::columns::{drop_tables, instant, text, varchar};

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut table = Table::create();
        table
            .table("registered_document")
            .col(varchar("hash", 64))
            .col(varchar("name", 200))
            .col(text("text"))
            .col(instant("registered_at"))
            .primary_key(Index::create().col("hash"));
        manager.create_table(table).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["registered_document"]).await
    }
}
