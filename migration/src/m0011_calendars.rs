//! Creates: `calendar`, `calendar_day`, `official_year`. A site without a row has the office's default week.

use sea_orm_migration::prelude::*;

use crate::columns::{day, drop_tables, instant, int, json, nullable, reference, unique, uuid, varchar};

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut calendar = Table::create();
        calendar
            .table("calendar")
            .col(uuid("site_id"))
            .col(uuid("organization_id"))
            .col(json("week"))
            .col(int("version"))
            .col(instant("changed_at"))
            .primary_key(Index::create().col("site_id"))
            .foreign_key(&mut reference("calendar", "site_id", "site"))
            .foreign_key(&mut reference("calendar", "organization_id", "organization"));
        manager.create_table(calendar).await?;
        let mut own_days = Table::create();
        own_days
            .table("calendar_day")
            .col(uuid("id"))
            .col(uuid("organization_id"))
            .col(uuid("site_id"))
            .col(day("date"))
            .col(varchar("name", 60))
            .col(json("spans"))
            .col(nullable(varchar("source", 300)))
            .col(instant("set_at"))
            .primary_key(Index::create().col("id"))
            .foreign_key(&mut reference("calendar_day", "organization_id", "organization"))
            .foreign_key(&mut reference("calendar_day", "site_id", "site"));
        manager.create_table(own_days).await?;
        unique(manager, "calendar_day", &["site_id", "date"]).await?;
        let mut years = Table::create();
        years
            .table("official_year")
            .col(uuid("id"))
            .col(uuid("organization_id"))
            .col(int("year"))
            .col(json("days"))
            .col(varchar("source", 300))
            .col(instant("added_at"))
            .primary_key(Index::create().col("id"))
            .foreign_key(&mut reference("official_year", "organization_id", "organization"));
        manager.create_table(years).await?;
        unique(manager, "official_year", &["organization_id", "year"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["official_year", "calendar_day", "calendar"]).await
    }
}
