//! Creates: `account`, `residency`, `role_grant`.

use sea_orm_migration::prelude::*;

use crate::columns::{code, day, drop_tables, index, instant, int, nullable, reference, unique, uuid, varchar};

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        account(manager).await?;
        residency(manager).await?;
        role_grant(manager).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["role_grant", "residency", "account"]).await
    }
}

async fn account(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("account")
        .col(uuid("id"))
        .col(uuid("organization_id"))
        .col(varchar("phone", 32))
        .col(varchar("name", 60))
        .col(nullable(varchar("work_phone", 32)))
        .col(nullable(varchar("password_hash", 200)))
        .col(code("language"))
        .col(code("state"))
        .col(int("session_epoch"))
        .col(instant("created_at"))
        .primary_key(Index::create().col("id"))
        .foreign_key(&mut reference("account", "organization_id", "organization"));
    manager.create_table(table).await?;
    unique(manager, "account", &["organization_id", "phone"]).await?;
    index(manager, "account", &["phone"]).await?;
    Ok(())
}

async fn residency(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("residency")
        .col(uuid("id"))
        .col(uuid("organization_id"))
        .col(uuid("site_id"))
        .col(uuid("unit_id"))
        .col(uuid("account_id"))
        .col(code("kind"))
        .col(day("from_date"))
        .col(nullable(day("to_date")))
        .primary_key(Index::create().col("id"))
        .foreign_key(&mut reference("residency", "site_id", "site"))
        .foreign_key(&mut reference("residency", "unit_id", "unit"))
        .foreign_key(&mut reference("residency", "account_id", "account"));
    manager.create_table(table).await?;
    index(manager, "residency", &["account_id"]).await?;
    index(manager, "residency", &["unit_id"]).await?;
    Ok(())
}

async fn role_grant(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("role_grant")
        .col(uuid("id"))
        .col(uuid("organization_id"))
        .col(uuid("account_id"))
        .col(code("role"))
        .col(nullable(uuid("site_id")))
        .col(nullable(uuid("department_id")))
        .col(nullable(uuid("team_id")))
        .col(day("from_date"))
        .col(nullable(day("to_date")))
        .primary_key(Index::create().col("id"))
        .foreign_key(&mut reference("role_grant", "account_id", "account"))
        .foreign_key(&mut reference("role_grant", "site_id", "site"))
        .foreign_key(&mut reference("role_grant", "department_id", "department"))
        .foreign_key(&mut reference("role_grant", "team_id", "team"));
    manager.create_table(table).await?;
    index(manager, "role_grant", &["account_id"]).await?;
    index(manager, "role_grant", &["site_id", "role"]).await?;
    Ok(())
}
