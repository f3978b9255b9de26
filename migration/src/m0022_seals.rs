//! Adds to `signature`: its case, its place among the signatures of the case, and the seals that chain them.

use sea_orm_migration::prelude::*;

use crate::columns::{add_column, drop_column, int, nullable, unique, uuid, varchar};

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        add_column(manager, "signature", nullable(uuid("complaint_id"))).await?;
        add_column(manager, "signature", nullable(int("ordinal"))).await?;
        add_column(manager, "signature", nullable(varchar("previous_seal", 64))).await?;
        add_column(manager, "signature", nullable(varchar("seal", 64))).await?;
        unique(manager, "signature", &["complaint_id", "ordinal"]).await?;
        unique(manager, "signature", &["seal"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for index in ["uq_signature_complaint_id_ordinal", "uq_signature_seal"] {
            manager.drop_index(Index::drop().name(index).table("signature").to_owned()).await?;
        }
        for column in ["seal", "previous_seal", "ordinal", "complaint_id"] {
            drop_column(manager, "signature", column).await?;
        }
        Ok(())
    }
}
