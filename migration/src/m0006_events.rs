//! Creates: `event_stream`, `event`, `notice`, `idempotent_act`.

use sea_orm_migration::prelude::*;

use crate::columns::{bigint, code, drop_tables, index, instant, json, nullable, reference, text, uuid, varchar};

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        event_stream(manager).await?;
        event(manager).await?;
        notice(manager).await?;
        idempotent_act(manager).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["idempotent_act", "notice", "event", "event_stream"]).await
    }
}

async fn event_stream(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("event_stream")
        .col(uuid("organization_id"))
        .col(bigint("position"))
        .primary_key(Index::create().col("organization_id"))
        .foreign_key(&mut reference("event_stream", "organization_id", "organization"));
    manager.create_table(table).await?;
    Ok(())
}

async fn event(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("event")
        .col(uuid("organization_id"))
        .col(bigint("position"))
        .col(uuid("id").unique_key().take())
        .col(uuid("site_id"))
        .col(uuid("complaint_id"))
        .col(nullable(uuid("work_order_id")))
        .col(nullable(uuid("follow_up_id")))
        .col(nullable(uuid("department_id")))
        .col(code("kind"))
        .col(nullable(uuid("actor_account_id")))
        .col(nullable(varchar("actor_name", 60)))
        .col(nullable(code("actor_role")))
        .col(uuid("owner_account_id"))
        .col(varchar("owner_name", 60))
        .col(varchar("state", 40))
        .col(nullable(text("reason")))
        .col(json("data"))
        .col(instant("occurred_at"))
        .primary_key(Index::create().col("organization_id").col("position"))
        .foreign_key(&mut reference("event", "organization_id", "organization"))
        .foreign_key(&mut reference("event", "site_id", "site"))
        .foreign_key(&mut reference("event", "complaint_id", "complaint"))
        .foreign_key(&mut reference("event", "work_order_id", "work_order"))
        .foreign_key(&mut reference("event", "follow_up_id", "follow_up"));
    manager.create_table(table).await?;
    index(manager, "event", &["complaint_id", "position"]).await?;
    index(manager, "event", &["department_id", "position"]).await?;
    Ok(())
}

async fn notice(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("notice")
        .col(uuid("account_id"))
        .col(bigint("position"))
        .col(uuid("organization_id"))
        .col(uuid("event_id"))
        .col(uuid("complaint_id"))
        .col(nullable(instant("read_at")))
        .primary_key(Index::create().col("account_id").col("position"))
        .foreign_key(&mut reference("notice", "account_id", "account"))
        .foreign_key(&mut reference("notice", "complaint_id", "complaint"));
    manager.create_table(table).await?;
    Ok(())
}

async fn idempotent_act(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("idempotent_act")
        .col(varchar("actor", 64))
        .col(varchar("key", 128))
        .col(varchar("input_hash", 64))
        .col(json("result"))
        .col(instant("created_at"))
        .primary_key(Index::create().col("actor").col("key"));
    manager.create_table(table).await?;
    Ok(())
}
