//! Adds to `signature`: the form of its document, the session and the device in which it was drawn, and when we heard of it.

use sea_orm_migration::prelude::*;

use crate::columns::{add_column, drop_column, instant, int, nullable, uuid, varchar};

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        add_column(manager, "signature", nullable(int("document_version"))).await?;
        add_column(manager, "signature", nullable(uuid("session_id"))).await?;
        add_column(manager, "signature", nullable(varchar("device_name", 80))).await?;
        add_column(manager, "signature", nullable(instant("received_at"))).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in ["received_at", "device_name", "session_id", "document_version"] {
            drop_column(manager, "signature", column).await?;
        }
        Ok(())
    }
}
