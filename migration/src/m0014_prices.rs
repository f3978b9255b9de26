//! Creates: `price_policy`, `price_list`, `price_item`, `quote`, `quote_line`; says of each work order whether it is paid.

use sea_orm_migration::prelude::*;

use crate::columns::{
    add_column, bigint, boolean, code, day, drop_column, drop_tables, index, instant, int, json, nullable, reference,
    text, unique, uuid, varchar,
};

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        add_column(manager, "work_order", code("pricing").default("FREE").take()).await?;
        add_column(manager, "work_order", nullable(code("free_reason"))).await?;
        add_column(manager, "work_order", nullable(varchar("free_note", 500))).await?;
        price_policy(manager).await?;
        price_list(manager).await?;
        price_item(manager).await?;
        quote(manager).await?;
        quote_line(manager).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["quote_line", "quote", "price_item", "price_list", "price_policy"]).await?;
        for column in ["free_note", "free_reason", "pricing"] {
            drop_column(manager, "work_order", column).await?;
        }
        Ok(())
    }
}

async fn price_policy(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("price_policy")
        .col(uuid("site_id"))
        .col(uuid("organization_id"))
        .col(bigint("approval_limit_fen"))
        .col(int("valid_days"))
        .col(int("version"))
        .primary_key(Index::create().col("site_id"))
        .foreign_key(&mut reference("price_policy", "site_id", "site"))
        .foreign_key(&mut reference("price_policy", "organization_id", "organization"));
    manager.create_table(table).await
}

async fn price_list(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("price_list")
        .col(uuid("id"))
        .col(uuid("organization_id"))
        .col(uuid("site_id"))
        .col(int("revision"))
        .col(day("from_date"))
        .col(nullable(day("to_date")))
        .col(nullable(varchar("note", 500)))
        .col(uuid("published_by"))
        .col(instant("published_at"))
        .primary_key(Index::create().col("id"))
        .foreign_key(&mut reference("price_list", "organization_id", "organization"))
        .foreign_key(&mut reference("price_list", "site_id", "site"))
        .foreign_key(&mut reference("price_list", "published_by", "account"));
    manager.create_table(table).await?;
    unique(manager, "price_list", &["site_id", "revision"]).await
}

async fn price_item(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("price_item")
        .col(uuid("id"))
        .col(uuid("organization_id"))
        .col(uuid("price_list_id"))
        .col(int("ordinal"))
        .col(varchar("code", 40))
        .col(code("kind"))
        .col(varchar("name", 120))
        .col(varchar("unit", 20))
        .col(bigint("unit_price_fen"))
        .col(json("free_when"))
        .col(nullable(varchar("note", 500)))
        .primary_key(Index::create().col("id"))
        .foreign_key(&mut reference("price_item", "organization_id", "organization"))
        .foreign_key(&mut reference("price_item", "price_list_id", "price_list"));
    manager.create_table(table).await?;
    unique(manager, "price_item", &["price_list_id", "code"]).await?;
    unique(manager, "price_item", &["price_list_id", "ordinal"]).await
}

async fn quote(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("quote")
        .col(uuid("id"))
        .col(uuid("organization_id"))
        .col(uuid("site_id"))
        .col(uuid("complaint_id"))
        .col(nullable(uuid("work_order_id")))
        .col(varchar("number", 40))
        .col(int("revision"))
        .col(nullable(uuid("revises_id")))
        .col(boolean("supplementary"))
        .col(code("state"))
        .col(nullable(uuid("price_list_id")))
        .col(boolean("off_list"))
        .col(boolean("above_limit"))
        .col(bigint("total_fen"))
        .col(nullable(varchar("note", 500)))
        .col(instant("valid_until"))
        .col(json("content"))
        .col(varchar("content_sha256", 64))
        .col(uuid("made_by"))
        .col(instant("made_at"))
        .col(nullable(uuid("decided_by")))
        .col(nullable(instant("decided_at")))
        .col(nullable(varchar("decision_note", 500)))
        .col(nullable(instant("offered_at")))
        .col(nullable(code("answer_method")))
        .col(nullable(uuid("answered_by")))
        .col(nullable(instant("answered_at")))
        .col(nullable(text("decline_reason")))
        .col(nullable(uuid("signature_id")))
        .col(nullable(uuid("call_record_id")))
        .col(int("version"))
        .primary_key(Index::create().col("id"))
        .foreign_key(&mut reference("quote", "organization_id", "organization"))
        .foreign_key(&mut reference("quote", "site_id", "site"))
        .foreign_key(&mut reference("quote", "complaint_id", "complaint"))
        .foreign_key(&mut reference("quote", "work_order_id", "work_order"))
        .foreign_key(&mut reference("quote", "price_list_id", "price_list"))
        .foreign_key(&mut reference("quote", "made_by", "account"))
        .foreign_key(&mut reference("quote", "decided_by", "account"))
        .foreign_key(&mut reference("quote", "answered_by", "account"))
        .foreign_key(&mut reference("quote", "signature_id", "signature"))
        .foreign_key(&mut reference("quote", "call_record_id", "call_record"));
    manager.create_table(table).await?;
    unique(manager, "quote", &["organization_id", "number", "revision"]).await?;
    index(manager, "quote", &["complaint_id", "id"]).await?;
    index(manager, "quote", &["work_order_id", "id"]).await?;
    index(manager, "quote", &["state", "valid_until"]).await
}

async fn quote_line(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("quote_line")
        .col(uuid("id"))
        .col(uuid("organization_id"))
        .col(uuid("quote_id"))
        .col(int("ordinal"))
        .col(nullable(uuid("price_item_id")))
        .col(varchar("name", 120))
        .col(varchar("unit", 20))
        .col(bigint("unit_price_fen"))
        .col(bigint("quantity_thousandths"))
        .col(bigint("discount_fen"))
        .col(nullable(varchar("discount_reason", 500)))
        .col(bigint("amount_fen"))
        .primary_key(Index::create().col("id"))
        .foreign_key(&mut reference("quote_line", "organization_id", "organization"))
        .foreign_key(&mut reference("quote_line", "quote_id", "quote"))
        .foreign_key(&mut reference("quote_line", "price_item_id", "price_item"));
    manager.create_table(table).await?;
    unique(manager, "quote_line", &["quote_id", "ordinal"]).await
}
