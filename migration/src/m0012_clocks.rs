//! Creates: `clock`.

use sea_orm_migration::prelude::*;

use crate::columns::{bigint, code, drop_tables, index, instant, int, nullable, reference, uuid};

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut table = Table::create();
        table
            .table("clock")
            .col(uuid("id"))
            .col(uuid("organization_id"))
            .col(uuid("site_id"))
            .col(uuid("complaint_id"))
            .col(nullable(uuid("work_order_id")))
            .col(nullable(uuid("department_id")))
            .col(code("kind"))
            .col(code("state"))
            .col(code("source"))
            .col(code("hours"))
            .col(instant("started_at"))
            .col(nullable(instant("target_at")))
            .col(instant("due_at"))
            .col(nullable(instant("paused_at")))
            .col(nullable(code("pause_reason")))
            .col(bigint("paused_seconds"))
            .col(nullable(instant("ended_at")))
            .col(nullable(instant("missed_at")))
            .col(int("told"))
            .col(nullable(instant("next_at")))
            .primary_key(Index::create().col("id"))
            .foreign_key(&mut reference("clock", "complaint_id", "complaint"))
            .foreign_key(&mut reference("clock", "work_order_id", "work_order"));
        manager.create_table(table).await?;
        index(manager, "clock", &["complaint_id"]).await?;
        // The sweeper reads the beginning of this index and nothing else: what nobody must hear of is not in its way.
        index(manager, "clock", &["next_at"]).await?;
        index(manager, "clock", &["site_id", "state", "due_at"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["clock"]).await
    }
}
