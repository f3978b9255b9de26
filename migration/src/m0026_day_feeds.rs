//! Creates: `day_feed`.

use sea_orm_migration::prelude::*;

use crate::columns::{drop_tables, instant, reference, unique, uuid, varchar};

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut feed = Table::create();
        feed.table("day_feed")
            .col(uuid("id"))
            .col(uuid("organization_id"))
            .col(uuid("account_id"))
            .col(varchar("secret_hash", 64))
            .col(instant("made_at"))
            .primary_key(Index::create().col("id"))
            .foreign_key(&mut reference("day_feed", "account_id", "account"));
        manager.create_table(feed).await?;
        unique(manager, "day_feed", &["account_id"]).await?;
        unique(manager, "day_feed", &["secret_hash"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["day_feed"]).await
    }
}
