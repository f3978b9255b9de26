//! Creates: `service_promises`. Adds to `clock`: the promise that it was made from. Adds to `calendar`: since when clocks
//! wait to be moved by it.

use sea_orm_migration::prelude::*;

use crate::columns::{
    add_column, code, drop_column, drop_tables, index, instant, int, json, nullable, reference, unique, uuid, varchar,
};

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut table = Table::create();
        table
            .table("service_promises")
            .col(uuid("id"))
            .col(uuid("organization_id"))
            .col(uuid("site_id"))
            .col(int("revision"))
            .col(code("state"))
            .col(json("lines"))
            .col(nullable(varchar("note", 500)))
            .col(nullable(instant("from_at")))
            .col(nullable(instant("to_at")))
            .col(uuid("drafted_by"))
            .col(instant("drafted_at"))
            .col(nullable(uuid("approved_by")))
            .col(nullable(instant("approved_at")))
            .col(nullable(uuid("published_by")))
            .col(nullable(instant("published_at")))
            .col(int("version"))
            .primary_key(Index::create().col("id"))
            .foreign_key(&mut reference("service_promises", "organization_id", "organization"))
            .foreign_key(&mut reference("service_promises", "site_id", "site"));
        manager.create_table(table).await?;
        unique(manager, "service_promises", &["site_id", "revision"]).await?;
        index(manager, "service_promises", &["site_id", "state", "from_at"]).await?;
        add_column(manager, "clock", nullable(uuid("promises_id"))).await?;
        add_column(manager, "clock", nullable(json("promise"))).await?;
        add_column(manager, "calendar", nullable(instant("clocks_wait_since"))).await?;
        index(manager, "calendar", &["clocks_wait_since"]).await?;
        index(manager, "clock", &["site_id", "started_at"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_index(Index::drop().name("ix_clock_site_id_started_at").table("clock").to_owned()).await?;
        manager.drop_index(Index::drop().name("ix_calendar_clocks_wait_since").table("calendar").to_owned()).await?;
        drop_column(manager, "calendar", "clocks_wait_since").await?;
        drop_column(manager, "clock", "promise").await?;
        drop_column(manager, "clock", "promises_id").await?;
        drop_tables(manager, &["service_promises"]).await
    }
}
