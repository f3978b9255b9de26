//! Creates: `stock_change`. Adds to `stock_item`: in which of its team's changes it was changed last.

use sea_orm_migration::prelude::*;

use crate::columns::{add_column, bigint, drop_column, drop_tables, index, reference, uuid};

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut change = Table::create();
        change
            .table("stock_change")
            .col(uuid("team_id"))
            .col(uuid("organization_id"))
            .col(bigint("last"))
            .primary_key(Index::create().col("team_id"))
            .foreign_key(&mut reference("stock_change", "team_id", "team"));
        manager.create_table(change).await?;
        add_column(manager, "stock_item", bigint("changed_in").default(0).take()).await?;
        index(manager, "stock_item", &["team_id", "changed_in"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let by_change = Index::drop().name("ix_stock_item_team_id_changed_in").table("stock_item").to_owned();
        manager.drop_index(by_change).await?;
        drop_column(manager, "stock_item", "changed_in").await?;
        drop_tables(manager, &["stock_change"]).await
    }
}
