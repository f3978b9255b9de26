//! Creates: `audit_entry`.

use sea_orm_migration::prelude::*;

use crate::columns::{code, drop_tables, index, instant, json, nullable, reference, uuid, varchar};

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut table = Table::create();
        table
            .table("audit_entry")
            .col(uuid("id"))
            .col(uuid("organization_id"))
            .col(code("kind"))
            .col(nullable(uuid("actor_account_id")))
            .col(nullable(varchar("actor_name", 60)))
            .col(varchar("subject_type", 40))
            .col(uuid("subject_id"))
            .col(nullable(uuid("account_id")))
            .col(json("data"))
            .col(instant("occurred_at"))
            .primary_key(Index::create().col("id"))
            .foreign_key(&mut reference("audit_entry", "organization_id", "organization"));
        manager.create_table(table).await?;
        index(manager, "audit_entry", &["organization_id", "id"]).await?;
        index(manager, "audit_entry", &["account_id", "id"]).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["audit_entry"]).await
    }
}
