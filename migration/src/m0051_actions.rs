//! Adds to `undertaking` the incident and the code of the cause that an action is against (C11), to `follow_up_matter` the
//! opinion that something raised became, so that it needs not be a case (D3).

use sea_orm_migration::prelude::*;

use crate::columns::{add_column, code, drop_column, index, nullable, uuid};

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

const INCIDENT: &str = "ix_undertaking_incident_id";
/// Only actions name a cause by its code.
const CAUSE: &str = "ix_undertaking_organization_id_cause_code_due_at_id";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        add_column(manager, "undertaking", nullable(uuid("incident_id"))).await?;
        add_column(manager, "undertaking", nullable(code("cause_code"))).await?;
        index(manager, "undertaking", &["incident_id"]).await?;
        let cause = Index::create()
            .name(CAUSE)
            .table("undertaking")
            .col("organization_id")
            .col("cause_code")
            .col("due_at")
            .col("id")
            .and_where(Expr::col("cause_code").is_not_null())
            .to_owned();
        manager.create_index(cause).await?;
        add_column(manager, "follow_up_matter", nullable(uuid("raised_opinion_id"))).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_column(manager, "follow_up_matter", "raised_opinion_id").await?;
        for name in [CAUSE, INCIDENT] {
            manager.drop_index(Index::drop().name(name).table("undertaking").to_owned()).await?;
        }
        drop_column(manager, "undertaking", "cause_code").await?;
        drop_column(manager, "undertaking", "incident_id").await
    }
}
