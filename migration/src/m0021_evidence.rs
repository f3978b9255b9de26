//! Adds to `clock`: what a handheld has said of the time at which it ended. Creates: `position_fix`.

use sea_orm_migration::prelude::*;

use crate::columns::{
    add_column, bigint, boolean, drop_column, drop_tables, index, instant, int, json, nullable, reference, uuid,
};

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        add_column(manager, "clock", nullable(json("evidence"))).await?;
        let mut fix = Table::create();
        fix.table("position_fix")
            .col(uuid("id"))
            .col(uuid("organization_id"))
            .col(uuid("work_order_id"))
            .col(uuid("account_id"))
            .col(boolean("on_arrival"))
            .col(bigint("latitude_e7"))
            .col(bigint("longitude_e7"))
            .col(int("accuracy_meters"))
            .col(instant("taken_at"))
            .primary_key(Index::create().col("id"))
            .foreign_key(&mut reference("position_fix", "work_order_id", "work_order"));
        manager.create_table(fix).await?;
        index(manager, "position_fix", &["work_order_id", "id"]).await?;
        index(manager, "position_fix", &["taken_at"]).await?;
        // By it a handheld's sync finds what was once a technician's.
        index(manager, "event", &["owner_account_id", "complaint_id"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let owned = Index::drop().name("ix_event_owner_account_id_complaint_id").table("event").to_owned();
        manager.drop_index(owned).await?;
        drop_tables(manager, &["position_fix"]).await?;
        drop_column(manager, "clock", "evidence").await
    }
}
