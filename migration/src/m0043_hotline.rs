//! Creates: `hotline_call`. Adds to `call_record` who called and what became of the call (E7.2).

use sea_orm_migration::prelude::*;

use crate::columns::{
    add_column, code, drop_column, drop_tables, index, instant, int, nullable, reference, text, uuid, varchar,
};

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut call = Table::create();
        call.table("hotline_call")
            .col(uuid("id"))
            .col(uuid("organization_id"))
            .col(uuid("site_id"))
            .col(varchar("phone", 21))
            .col(nullable(varchar("caller_name", 60)))
            .col(instant("started_at"))
            .col(int("duration_seconds"))
            .col(text("summary"))
            .col(code("handling"))
            .col(nullable(text("note")))
            .col(nullable(uuid("opinion_id")))
            .col(nullable(uuid("complaint_id")))
            .col(uuid("received_by"))
            .col(instant("recorded_at"))
            .primary_key(Index::create().col("id"))
            .foreign_key(&mut reference("hotline_call", "site_id", "site"))
            .foreign_key(&mut reference("hotline_call", "opinion_id", "opinion"))
            .foreign_key(&mut reference("hotline_call", "complaint_id", "complaint"))
            .foreign_key(&mut reference("hotline_call", "received_by", "account"));
        manager.create_table(call).await?;
        index(manager, "hotline_call", &["site_id", "id"]).await?;
        index(manager, "hotline_call", &["site_id", "phone"]).await?;
        index(manager, "hotline_call", &["received_by", "id"]).await?;
        add_column(manager, "call_record", nullable(varchar("caller_name", 60))).await?;
        add_column(manager, "call_record", nullable(text("handling"))).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_column(manager, "call_record", "handling").await?;
        drop_column(manager, "call_record", "caller_name").await?;
        drop_tables(manager, &["hotline_call"]).await
    }
}
