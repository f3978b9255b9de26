//! Creates: `stock_change`. Adds to `stock_item`: in which of its team's changes it was changed last.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::ConnectionTrait;

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
        // As if each material that is there had been made by an act of its own.
        let db = manager.get_connection();
        db.execute_unprepared(
            "UPDATE stock_item SET changed_in = (SELECT COUNT(*) FROM stock_item AS before
                WHERE before.team_id = stock_item.team_id AND before.id <= stock_item.id)",
        )
        .await?;
        db.execute_unprepared(
            "INSERT INTO stock_change (team_id, organization_id, last)
                SELECT team_id, organization_id, COUNT(*) FROM stock_item GROUP BY team_id, organization_id",
        )
        .await?;
        index(manager, "stock_item", &["team_id", "changed_in"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let by_change = Index::drop().name("ix_stock_item_team_id_changed_in").table("stock_item").to_owned();
        manager.drop_index(by_change).await?;
        drop_column(manager, "stock_item", "changed_in").await?;
        drop_tables(manager, &["stock_change"]).await
    }
}
