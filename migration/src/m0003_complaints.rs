//! Creates: `number_counter`, `complaint`, `complaint_item`, `complaint_term`, `call_record`.

use sea_orm_migration::prelude::*;

use crate::columns::{
    bigint, boolean, code, drop_tables, index, instant, int, nullable, reference, text, unique, uuid, varchar,
};

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        number_counter(manager).await?;
        complaint(manager).await?;
        complaint_item(manager).await?;
        complaint_term(manager).await?;
        call_record(manager).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["call_record", "complaint_term", "complaint_item", "complaint", "number_counter"]).await
    }
}

async fn number_counter(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("number_counter")
        .col(uuid("site_id"))
        .col(varchar("series", 16))
        .col(int("year"))
        .col(bigint("last"))
        .primary_key(Index::create().col("site_id").col("series").col("year"))
        .foreign_key(&mut reference("number_counter", "site_id", "site"));
    manager.create_table(table).await?;
    Ok(())
}

async fn complaint(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("complaint")
        .col(uuid("id"))
        .col(uuid("organization_id"))
        .col(uuid("site_id"))
        .col(varchar("number", 40))
        .col(code("kind"))
        .col(code("channel"))
        .col(uuid("category_id"))
        .col(code("severity"))
        .col(code("state"))
        .col(nullable(code("outcome")))
        .col(nullable(uuid("department_id")))
        .col(uuid("owner_account_id"))
        .col(nullable(uuid("received_by")))
        .col(nullable(uuid("customer_account_id")))
        .col(nullable(uuid("unit_id")))
        .col(boolean("anonymous"))
        .col(nullable(varchar("receipt_hash", 64)))
        .col(nullable(uuid("about_account_id")))
        .col(nullable(varchar("contact_name", 60)))
        .col(nullable(varchar("contact_phone", 32)))
        .col(varchar("place", 200))
        .col(boolean("public_area"))
        .col(text("description"))
        .col(nullable(text("remedy_sought")))
        .col(nullable(instant("wished_at")))
        .col(boolean("shared_with_household"))
        .col(nullable(text("result")))
        .col(nullable(text("written_result")))
        .col(nullable(int("rating_attitude")))
        .col(nullable(int("rating_quality")))
        .col(nullable(int("rating_timeliness")))
        .col(nullable(int("rating_overall")))
        .col(int("reopened_count"))
        .col(nullable(uuid("merged_into_id")))
        .col(nullable(uuid("split_from_id")))
        .col(instant("received_at"))
        .col(nullable(instant("resolved_at")))
        .col(nullable(instant("archived_at")))
        .col(int("version"))
        .primary_key(Index::create().col("id"))
        .foreign_key(&mut reference("complaint", "organization_id", "organization"))
        .foreign_key(&mut reference("complaint", "site_id", "site"))
        .foreign_key(&mut reference("complaint", "category_id", "category"))
        .foreign_key(&mut reference("complaint", "department_id", "department"))
        .foreign_key(&mut reference("complaint", "owner_account_id", "account"))
        .foreign_key(&mut reference("complaint", "received_by", "account"))
        .foreign_key(&mut reference("complaint", "customer_account_id", "account"))
        .foreign_key(&mut reference("complaint", "unit_id", "unit"))
        .foreign_key(&mut reference("complaint", "about_account_id", "account"))
        .foreign_key(&mut reference("complaint", "merged_into_id", "complaint"))
        .foreign_key(&mut reference("complaint", "split_from_id", "complaint"));
    manager.create_table(table).await?;
    unique(manager, "complaint", &["organization_id", "number"]).await?;
    unique(manager, "complaint", &["receipt_hash"]).await?;
    index(manager, "complaint", &["site_id", "state", "id"]).await?;
    index(manager, "complaint", &["site_id", "id"]).await?;
    index(manager, "complaint", &["department_id", "state", "id"]).await?;
    index(manager, "complaint", &["owner_account_id", "state", "id"]).await?;
    index(manager, "complaint", &["customer_account_id", "id"]).await?;
    index(manager, "complaint", &["unit_id", "id"]).await?;
    Ok(())
}

async fn complaint_item(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("complaint_item")
        .col(uuid("id"))
        .col(uuid("organization_id"))
        .col(uuid("complaint_id"))
        .col(int("ordinal"))
        .col(text("text"))
        .col(instant("added_at"))
        .primary_key(Index::create().col("id"))
        .foreign_key(&mut reference("complaint_item", "complaint_id", "complaint"));
    manager.create_table(table).await?;
    index(manager, "complaint_item", &["complaint_id"]).await?;
    Ok(())
}

async fn complaint_term(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("complaint_term")
        .col(uuid("complaint_id"))
        .col(varchar("term", 16))
        .col(uuid("site_id"))
        .primary_key(Index::create().col("complaint_id").col("term"))
        .foreign_key(&mut reference("complaint_term", "complaint_id", "complaint"))
        .foreign_key(&mut reference("complaint_term", "site_id", "site"));
    manager.create_table(table).await?;
    index(manager, "complaint_term", &["term", "complaint_id"]).await?;
    Ok(())
}

async fn call_record(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("call_record")
        .col(uuid("id"))
        .col(uuid("organization_id"))
        .col(uuid("site_id"))
        .col(uuid("complaint_id"))
        .col(nullable(uuid("follow_up_id")))
        .col(boolean("outgoing"))
        .col(varchar("phone", 32))
        .col(instant("started_at"))
        .col(int("duration_seconds"))
        .col(text("summary"))
        .col(uuid("taken_by"))
        .primary_key(Index::create().col("id"))
        .foreign_key(&mut reference("call_record", "site_id", "site"))
        .foreign_key(&mut reference("call_record", "complaint_id", "complaint"))
        .foreign_key(&mut reference("call_record", "taken_by", "account"));
    manager.create_table(table).await?;
    index(manager, "call_record", &["complaint_id"]).await?;
    Ok(())
}
