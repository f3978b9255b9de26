//! Creates: `work_order`, `work_order_copy`, `signature`.

use sea_orm_migration::prelude::*;

use crate::columns::{
    blob, boolean, code, drop_tables, index, instant, int, json, nullable, reference, text, unique, uuid, varchar,
};

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        work_order(manager).await?;
        work_order_copy(manager).await?;
        signature(manager).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["signature", "work_order_copy", "work_order"]).await
    }
}

async fn work_order(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("work_order")
        .col(uuid("id"))
        .col(uuid("organization_id"))
        .col(uuid("site_id"))
        .col(uuid("complaint_id"))
        .col(varchar("number", 40))
        .col(code("state"))
        .col(nullable(code("held_from")))
        .col(nullable(code("hold_reason")))
        .col(nullable(instant("hold_until")))
        .col(uuid("department_id"))
        .col(nullable(uuid("team_id")))
        .col(nullable(uuid("technician_id")))
        .col(uuid("owner_account_id"))
        .col(text("task"))
        .col(varchar("place", 200))
        .col(boolean("public_area"))
        .col(nullable(text("work_done")))
        .col(nullable(text("cause")))
        .col(nullable(text("materials")))
        .col(nullable(instant("departed_at")))
        .col(nullable(instant("arrived_at")))
        .col(nullable(instant("completed_at")))
        .col(nullable(instant("signed_at")))
        .col(int("absence_attempts"))
        .col(int("reopened_count"))
        .col(nullable(int("rating_quality")))
        .col(nullable(int("rating_attitude")))
        .col(nullable(int("rating_timeliness")))
        .col(nullable(int("rating_overall")))
        .col(nullable(code("sign_off_reason")))
        .col(nullable(uuid("signature_id")))
        .col(instant("issued_at"))
        .col(int("version"))
        .primary_key(Index::create().col("id"))
        .foreign_key(&mut reference("work_order", "organization_id", "organization"))
        .foreign_key(&mut reference("work_order", "site_id", "site"))
        .foreign_key(&mut reference("work_order", "complaint_id", "complaint"))
        .foreign_key(&mut reference("work_order", "department_id", "department"))
        .foreign_key(&mut reference("work_order", "team_id", "team"))
        .foreign_key(&mut reference("work_order", "technician_id", "account"))
        .foreign_key(&mut reference("work_order", "owner_account_id", "account"));
    manager.create_table(table).await?;
    unique(manager, "work_order", &["organization_id", "number"]).await?;
    index(manager, "work_order", &["complaint_id"]).await?;
    index(manager, "work_order", &["technician_id", "state", "id"]).await?;
    index(manager, "work_order", &["department_id", "state", "id"]).await?;
    index(manager, "work_order", &["site_id", "id"]).await?;
    Ok(())
}

async fn work_order_copy(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("work_order_copy")
        .col(uuid("work_order_id"))
        .col(code("holder"))
        .col(uuid("organization_id"))
        .col(nullable(uuid("acknowledged_by")))
        .col(nullable(instant("acknowledged_at")))
        .primary_key(Index::create().col("work_order_id").col("holder"))
        .foreign_key(&mut reference("work_order_copy", "work_order_id", "work_order"))
        .foreign_key(&mut reference("work_order_copy", "acknowledged_by", "account"));
    manager.create_table(table).await?;
    Ok(())
}

async fn signature(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("signature")
        .col(uuid("id"))
        .col(uuid("organization_id"))
        .col(varchar("signer_name", 60))
        .col(blob("png"))
        .col(varchar("png_sha256", 64))
        .col(json("content"))
        .col(varchar("content_sha256", 64))
        .col(uuid("collected_by"))
        .col(instant("signed_at"))
        .primary_key(Index::create().col("id"))
        .foreign_key(&mut reference("signature", "collected_by", "account"));
    manager.create_table(table).await?;
    Ok(())
}
