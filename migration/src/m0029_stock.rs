//! Creates: `stock_item`, `stock_movement`.

use sea_orm_migration::prelude::*;

use crate::columns::{
    bigint, code, drop_tables, index, instant, int, nullable, reference, text, unique, uuid, varchar,
};

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut item = Table::create();
        item.table("stock_item")
            .col(uuid("id"))
            .col(uuid("organization_id"))
            .col(uuid("site_id"))
            .col(uuid("team_id"))
            .col(varchar("code", 40))
            .col(varchar("name", 120))
            .col(varchar("unit", 20))
            .col(bigint("count_thousandths"))
            .col(bigint("minimum_thousandths"))
            .col(int("version"))
            .col(nullable(instant("retired_at")))
            .primary_key(Index::create().col("id"))
            .check(Expr::col("count_thousandths").gte(0))
            .foreign_key(&mut reference("stock_item", "team_id", "team"));
        manager.create_table(item).await?;
        unique(manager, "stock_item", &["team_id", "code"]).await?;
        index(manager, "stock_item", &["team_id", "id"]).await?;
        let mut movement = Table::create();
        movement
            .table("stock_movement")
            .col(uuid("id"))
            .col(uuid("organization_id"))
            .col(uuid("stock_item_id"))
            .col(code("kind"))
            .col(bigint("change_thousandths"))
            .col(bigint("count_thousandths"))
            .col(nullable(uuid("work_order_id")))
            .col(nullable(text("note")))
            .col(uuid("account_id"))
            .col(instant("moved_at"))
            .primary_key(Index::create().col("id"))
            .foreign_key(&mut reference("stock_movement", "stock_item_id", "stock_item"))
            .foreign_key(&mut reference("stock_movement", "work_order_id", "work_order"));
        manager.create_table(movement).await?;
        index(manager, "stock_movement", &["stock_item_id", "id"]).await?;
        index(manager, "stock_movement", &["stock_item_id", "moved_at"]).await?;
        index(manager, "stock_movement", &["work_order_id"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["stock_movement", "stock_item"]).await
    }
}
