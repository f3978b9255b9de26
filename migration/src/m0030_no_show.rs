//! Adds to `booking`: the photos and papers that show who was not there.

use sea_orm_migration::prelude::*;

use crate::columns::{add_column, drop_column, json, nullable};

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        add_column(manager, "booking", nullable(json("attachments"))).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_column(manager, "booking", "attachments").await
    }
}
