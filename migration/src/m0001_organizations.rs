//! Creates: `organization`, `site`, `building`, `unit`, `department`, `team`, `category`.

use sea_orm_migration::prelude::*;

use crate::columns::{boolean, code, drop_tables, instant, nullable, reference, unique, uuid, varchar};

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        organization(manager).await?;
        site(manager).await?;
        building(manager).await?;
        unit(manager).await?;
        department(manager).await?;
        team(manager).await?;
        category(manager).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["category", "team", "department", "unit", "building", "site", "organization"]).await
    }
}

async fn organization(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("organization")
        .col(uuid("id"))
        .col(varchar("code", 40).unique_key().take())
        .col(varchar("name", 120))
        .col(instant("created_at"))
        .primary_key(Index::create().col("id"));
    manager.create_table(table).await?;
    Ok(())
}

async fn site(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("site")
        .col(uuid("id"))
        .col(uuid("organization_id"))
        .col(varchar("code", 16))
        .col(varchar("name", 120))
        .col(code("kind"))
        .col(varchar("time_zone", 40))
        .col(varchar("hotline", 32))
        .col(varchar("email", 120))
        .col(varchar("address", 200))
        .col(varchar("responsible_person", 60))
        .primary_key(Index::create().col("id"))
        .foreign_key(&mut reference("site", "organization_id", "organization"));
    manager.create_table(table).await?;
    unique(manager, "site", &["organization_id", "code"]).await?;
    Ok(())
}

async fn building(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("building")
        .col(uuid("id"))
        .col(uuid("organization_id"))
        .col(uuid("site_id"))
        .col(varchar("name", 60))
        .primary_key(Index::create().col("id"))
        .foreign_key(&mut reference("building", "site_id", "site"));
    manager.create_table(table).await?;
    unique(manager, "building", &["site_id", "name"]).await?;
    Ok(())
}

async fn unit(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("unit")
        .col(uuid("id"))
        .col(uuid("organization_id"))
        .col(uuid("site_id"))
        .col(uuid("building_id"))
        .col(varchar("name", 60))
        .primary_key(Index::create().col("id"))
        .foreign_key(&mut reference("unit", "site_id", "site"))
        .foreign_key(&mut reference("unit", "building_id", "building"));
    manager.create_table(table).await?;
    unique(manager, "unit", &["building_id", "name"]).await?;
    Ok(())
}

async fn department(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("department")
        .col(uuid("id"))
        .col(uuid("organization_id"))
        .col(uuid("site_id"))
        .col(code("kind"))
        .col(varchar("name", 60))
        .col(varchar("phone", 32))
        .primary_key(Index::create().col("id"))
        .foreign_key(&mut reference("department", "site_id", "site"));
    manager.create_table(table).await?;
    unique(manager, "department", &["site_id", "kind"]).await?;
    Ok(())
}

async fn team(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("team")
        .col(uuid("id"))
        .col(uuid("organization_id"))
        .col(uuid("site_id"))
        .col(uuid("department_id"))
        .col(varchar("name", 60))
        .primary_key(Index::create().col("id"))
        .foreign_key(&mut reference("team", "site_id", "site"))
        .foreign_key(&mut reference("team", "department_id", "department"));
    manager.create_table(table).await?;
    unique(manager, "team", &["department_id", "name"]).await?;
    Ok(())
}

async fn category(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("category")
        .col(uuid("id"))
        .col(uuid("organization_id"))
        .col(uuid("site_id"))
        .col(nullable(uuid("parent_id")))
        .col(varchar("code", 40))
        .col(varchar("name_zh", 60))
        .col(varchar("name_en", 60))
        .col(code("department"))
        .col(code("emergency"))
        .col(boolean("retired"))
        .primary_key(Index::create().col("id"))
        .foreign_key(&mut reference("category", "site_id", "site"))
        .foreign_key(&mut reference("category", "parent_id", "category"));
    manager.create_table(table).await?;
    unique(manager, "category", &["site_id", "code"]).await?;
    Ok(())
}
