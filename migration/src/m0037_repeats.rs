//! Adds to `complaint`: which earlier case reported the same matter, and how many did (C4, D6). Adds to
//! `attention_policy`: within how many days a report counts as a repetition.

use sea_orm_migration::prelude::*;

use crate::columns::{add_column, drop_column, index, int, nullable, uuid};

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        add_column(manager, "complaint", nullable(uuid("repeat_of_id"))).await?;
        add_column(manager, "complaint", int("repeats").default(0).take()).await?;
        add_column(manager, "attention_policy", int("repeat_window_days").default(90).take()).await?;
        // By it the earlier reports of a unit or a customer within the window are found, a handful of rows.
        index(manager, "complaint", &["unit_id", "received_at"]).await?;
        index(manager, "complaint", &["customer_account_id", "received_at"]).await?;
        index(manager, "complaint", &["organization_id", "contact_phone", "received_at"]).await?;
        index(manager, "complaint", &["repeat_of_id"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for name in [
            "unit_id_received_at",
            "customer_account_id_received_at",
            "organization_id_contact_phone_received_at",
            "repeat_of_id",
        ] {
            let index = Index::drop().name(format!("ix_complaint_{name}")).table("complaint").to_owned();
            manager.drop_index(index).await?;
        }
        drop_column(manager, "attention_policy", "repeat_window_days").await?;
        drop_column(manager, "complaint", "repeats").await?;
        drop_column(manager, "complaint", "repeat_of_id").await
    }
}
