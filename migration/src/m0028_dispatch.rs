//! Adds to `work_order`: when its technician accepted it; to `event`: the team that an order was taken from.

use sea_orm_migration::prelude::*;

use crate::columns::{add_column, drop_column, index, instant, nullable, uuid};

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

const INDICES: [(&str, &str); 2] =
    [("ix_work_order_team_id_state_id", "work_order"), ("ix_event_organization_id_left_team_id_position", "event")];
/// Whoever has set out has taken the order.
const FILL: &str = "UPDATE work_order SET accepted_at = COALESCE(departed_at, arrived_at, issued_at) \
    WHERE technician_id IS NOT NULL AND state <> 'TECHNICIAN_ASSIGNED'";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        add_column(manager, "work_order", nullable(instant("accepted_at"))).await?;
        manager.get_connection().execute_unprepared(FILL).await?;
        index(manager, "work_order", &["team_id", "state", "id"]).await?;
        add_column(manager, "event", nullable(uuid("left_team_id"))).await?;
        index(manager, "event", &["organization_id", "left_team_id", "position"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (name, table) in INDICES {
            manager.drop_index(Index::drop().name(name).table(table).to_owned()).await?;
        }
        drop_column(manager, "event", "left_team_id").await?;
        drop_column(manager, "work_order", "accepted_at").await
    }
}
