//! Adds to `attachment`: when whatever may be left of the parts of a file is cleared.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::ConnectionTrait;

use crate::columns::{add_column, drop_column, index, instant, nullable};

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        add_column(manager, "attachment", nullable(instant("clear_parts_at"))).await?;
        // Of every file that has come so far something may be left: each is looked at once.
        manager
            .get_connection()
            .execute_unprepared("UPDATE attachment SET clear_parts_at = created_at WHERE state <> 'UPLOADING'")
            .await?;
        index(manager, "attachment", &["clear_parts_at"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let by_time = Index::drop().name("ix_attachment_clear_parts_at").table("attachment").to_owned();
        manager.drop_index(by_time).await?;
        drop_column(manager, "attachment", "clear_parts_at").await
    }
}
