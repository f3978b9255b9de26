//! Creates: `job_lease`, `guess_budget`.

use sea_orm_migration::prelude::*;

use crate::columns::{bigint, drop_tables, index, instant, uuid, varchar};

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut lease = Table::create();
        lease
            .table("job_lease")
            .col(varchar("job", 40))
            .col(uuid("holder"))
            .col(instant("held_until"))
            .col(bigint("term"))
            .primary_key(Index::create().col("job"));
        manager.create_table(lease).await?;
        let mut budget = Table::create();
        budget
            .table("guess_budget")
            .col(varchar("whose", 64))
            .col(bigint("whole_at"))
            .primary_key(Index::create().col("whose"));
        manager.create_table(budget).await?;
        index(manager, "guess_budget", &["whole_at"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["guess_budget", "job_lease"]).await
    }
}
