//! Adds to `investigation` and `site_visit` the photos and papers that show what was found. Adds the index of what was
//! promised until when.

use sea_orm_migration::prelude::*;

use crate::columns::{add_column, drop_column, index, json, nullable};

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        add_column(manager, "investigation", nullable(json("evidence"))).await?;
        add_column(manager, "site_visit", nullable(json("evidence"))).await?;
        index(manager, "undertaking", &["site_id", "due_at", "id"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let owned = Index::drop().name("ix_undertaking_site_id_due_at_id").table("undertaking").to_owned();
        manager.drop_index(owned).await?;
        drop_column(manager, "site_visit", "evidence").await?;
        drop_column(manager, "investigation", "evidence").await
    }
}
