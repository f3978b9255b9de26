//! Creates: `session`, `refresh_token`, `one_time_code`, `second_factor`, `recovery_code`, `api_key`, `phone_recovery`.

use sea_orm_migration::prelude::*;

use crate::columns::{
    bigint, boolean, code, drop_tables, index, instant, int, json, nullable, reference, text, unique, uuid, varchar,
};

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        session(manager).await?;
        refresh_token(manager).await?;
        one_time_code(manager).await?;
        second_factor(manager).await?;
        recovery_code(manager).await?;
        api_key(manager).await?;
        phone_recovery(manager).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(
            manager,
            &[
                "phone_recovery",
                "api_key",
                "recovery_code",
                "second_factor",
                "one_time_code",
                "refresh_token",
                "session",
            ],
        )
        .await
    }
}

async fn session(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("session")
        .col(uuid("id"))
        .col(uuid("organization_id"))
        .col(uuid("account_id"))
        .col(nullable(varchar("device_name", 80)))
        .col(int("epoch"))
        .col(boolean("second_factor_passed"))
        .col(instant("began_at"))
        .col(instant("last_used_at"))
        .col(instant("ends_at"))
        .col(nullable(instant("ended_at")))
        .col(nullable(code("end_reason")))
        .primary_key(Index::create().col("id"))
        .foreign_key(&mut reference("session", "account_id", "account"));
    manager.create_table(table).await?;
    index(manager, "session", &["account_id", "id"]).await
}

async fn refresh_token(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("refresh_token")
        .col(varchar("hash", 64))
        .col(uuid("session_id"))
        .col(instant("made_at"))
        .col(instant("ends_at"))
        .col(nullable(instant("used_at")))
        .col(nullable(varchar("used_key", 64)))
        .col(nullable(varchar("next_hash", 64)))
        .col(nullable(text("next_sealed")))
        .primary_key(Index::create().col("hash"))
        .foreign_key(&mut reference("refresh_token", "session_id", "session"));
    manager.create_table(table).await?;
    index(manager, "refresh_token", &["session_id"]).await
}

async fn one_time_code(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("one_time_code")
        .col(uuid("id"))
        .col(varchar("phone_hash", 64))
        .col(code("purpose"))
        .col(varchar("code_hash", 64))
        .col(int("tries"))
        .col(instant("made_at"))
        .col(instant("ends_at"))
        .col(nullable(instant("used_at")))
        .primary_key(Index::create().col("id"));
    manager.create_table(table).await?;
    index(manager, "one_time_code", &["phone_hash", "made_at"]).await?;
    index(manager, "one_time_code", &["made_at"]).await
}

async fn second_factor(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("second_factor")
        .col(uuid("account_id"))
        .col(uuid("organization_id"))
        .col(text("secret_sealed"))
        .col(nullable(bigint("last_step")))
        .col(instant("made_at"))
        .col(nullable(instant("confirmed_at")))
        .primary_key(Index::create().col("account_id"))
        .foreign_key(&mut reference("second_factor", "account_id", "account"));
    manager.create_table(table).await
}

async fn recovery_code(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("recovery_code")
        .col(uuid("account_id"))
        .col(varchar("hash", 64))
        .col(nullable(instant("used_at")))
        .primary_key(Index::create().col("account_id").col("hash"))
        .foreign_key(&mut reference("recovery_code", "account_id", "account"));
    manager.create_table(table).await
}

async fn api_key(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("api_key")
        .col(uuid("id"))
        .col(uuid("organization_id"))
        .col(varchar("name", 60))
        .col(varchar("prefix", 16))
        .col(varchar("secret_hash", 64))
        .col(json("scopes"))
        .col(json("sites"))
        .col(uuid("made_by"))
        .col(instant("made_at"))
        .col(instant("ends_at"))
        .col(nullable(instant("ended_at")))
        .col(nullable(instant("last_used_at")))
        .primary_key(Index::create().col("id"))
        .foreign_key(&mut reference("api_key", "organization_id", "organization"))
        .foreign_key(&mut reference("api_key", "made_by", "account"));
    manager.create_table(table).await?;
    unique(manager, "api_key", &["prefix"]).await?;
    index(manager, "api_key", &["organization_id", "id"]).await
}

async fn phone_recovery(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("phone_recovery")
        .col(uuid("id"))
        .col(uuid("organization_id"))
        .col(uuid("site_id"))
        .col(varchar("name", 60))
        .col(varchar("unit", 60))
        .col(varchar("phone", 32))
        .col(code("state"))
        .col(nullable(uuid("account_id")))
        .col(nullable(uuid("decided_by")))
        .col(nullable(varchar("reason", 500)))
        .col(instant("made_at"))
        .col(nullable(instant("decided_at")))
        .primary_key(Index::create().col("id"))
        .foreign_key(&mut reference("phone_recovery", "site_id", "site"))
        .foreign_key(&mut reference("phone_recovery", "account_id", "account"))
        .foreign_key(&mut reference("phone_recovery", "decided_by", "account"));
    manager.create_table(table).await?;
    index(manager, "phone_recovery", &["organization_id", "id"]).await
}
