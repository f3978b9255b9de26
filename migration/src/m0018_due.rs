//! Adds to `complaint`: when the first of its running clocks ends, so that queues stand in the order of what is due.

use sea_orm_migration::prelude::*;

use crate::columns::{add_column, drop_column, index, instant, nullable};

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

const INDICES: [&str; 2] = ["ix_complaint_site_id_due_at_id", "ix_complaint_department_id_due_at_id"];
const FILL: &str = "UPDATE complaint SET due_at = \
    (SELECT MIN(clock.due_at) FROM clock WHERE clock.complaint_id = complaint.id AND clock.state = 'RUNNING')";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        add_column(manager, "complaint", nullable(instant("due_at"))).await?;
        manager.get_connection().execute_unprepared(FILL).await?;
        index(manager, "complaint", &["site_id", "due_at", "id"]).await?;
        index(manager, "complaint", &["department_id", "due_at", "id"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for name in INDICES {
            manager.drop_index(Index::drop().name(name).table("complaint").to_owned()).await?;
        }
        drop_column(manager, "complaint", "due_at").await
    }
}
