//! Creates: `booking_offer`, `booking`.

use sea_orm_migration::prelude::*;

use crate::columns::{boolean, code, drop_tables, index, instant, int, json, nullable, reference, text, uuid};

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut offer = Table::create();
        offer
            .table("booking_offer")
            .col(uuid("team_id"))
            .col(uuid("organization_id"))
            .col(uuid("site_id"))
            .col(uuid("department_id"))
            .col(json("week"))
            .col(int("window_minutes"))
            .col(int("capacity"))
            .col(int("lead_minutes"))
            .col(int("days_ahead"))
            .col(boolean("on_holidays"))
            .col(json("categories"))
            .col(int("version"))
            .primary_key(Index::create().col("team_id"))
            .foreign_key(&mut reference("booking_offer", "team_id", "team"));
        manager.create_table(offer).await?;
        index(manager, "booking_offer", &["site_id"]).await?;
        index(manager, "booking_offer", &["department_id"]).await?;
        let mut booking = Table::create();
        booking
            .table("booking")
            .col(uuid("id"))
            .col(uuid("organization_id"))
            .col(uuid("site_id"))
            .col(uuid("complaint_id"))
            .col(nullable(uuid("team_id")))
            .col(instant("from_at"))
            .col(instant("to_at"))
            .col(code("state"))
            .col(nullable(uuid("booked_by")))
            .col(instant("booked_at"))
            .col(instant("agreed_since"))
            .col(nullable(code("absent")))
            .col(nullable(text("note")))
            .col(nullable(instant("ended_at")))
            .col(int("steps"))
            .col(nullable(instant("next_at")))
            .primary_key(Index::create().col("id"))
            .foreign_key(&mut reference("booking", "complaint_id", "complaint"))
            .foreign_key(&mut reference("booking", "team_id", "team"));
        manager.create_table(booking).await?;
        index(manager, "booking", &["next_at"]).await?;
        index(manager, "booking", &["complaint_id", "id"]).await?;
        index(manager, "booking", &["team_id", "to_at"]).await?;
        index(manager, "booking", &["site_id", "to_at"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["booking", "booking_offer"]).await
    }
}
