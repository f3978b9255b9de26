//! Creates: `incident`, `incident_follower`, `open_letter`, `open_letter_place`, `open_letter_case`, `open_letter_reading`.
//! Adds to `complaint`: the incident that it belongs to (D4).

use sea_orm_migration::prelude::*;

use crate::columns::{
    add_column, boolean, code, drop_column, drop_tables, index, instant, int, nullable, reference, text, unique, uuid,
    varchar,
};

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        incident(manager).await?;
        add_column(manager, "complaint", nullable(uuid("incident_id"))).await?;
        index(manager, "complaint", &["incident_id"]).await?;
        letter(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let tables =
            ["open_letter_reading", "open_letter_case", "open_letter_place", "open_letter", "incident_follower"];
        drop_tables(manager, &tables).await?;
        let members = Index::drop().name("ix_complaint_incident_id").table("complaint").to_owned();
        manager.drop_index(members).await?;
        drop_column(manager, "complaint", "incident_id").await?;
        drop_tables(manager, &["incident"]).await
    }
}

async fn incident(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut incident = Table::create();
    incident
        .table("incident")
        .col(uuid("id"))
        .col(uuid("organization_id"))
        .col(uuid("site_id"))
        .col(code("state"))
        .col(varchar("title", 120))
        .col(boolean("announced"))
        .col(nullable(uuid("merged_into_id")))
        .col(uuid("confirmed_by"))
        .col(instant("confirmed_at"))
        .col(nullable(instant("ended_at")))
        .col(int("version"))
        .primary_key(Index::create().col("id"))
        .foreign_key(&mut reference("incident", "site_id", "site"));
    manager.create_table(incident).await?;
    index(manager, "incident", &["site_id", "state", "id"]).await?;
    let mut follower = Table::create();
    follower
        .table("incident_follower")
        .col(uuid("id"))
        .col(uuid("organization_id"))
        .col(uuid("incident_id"))
        .col(uuid("account_id"))
        .col(uuid("unit_id"))
        .col(instant("since"))
        .primary_key(Index::create().col("id"))
        .foreign_key(&mut reference("incident_follower", "incident_id", "incident"))
        .foreign_key(&mut reference("incident_follower", "account_id", "account"));
    manager.create_table(follower).await?;
    unique(manager, "incident_follower", &["incident_id", "account_id"]).await?;
    index(manager, "incident_follower", &["account_id"]).await
}

async fn letter(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut letter = Table::create();
    letter
        .table("open_letter")
        .col(uuid("id"))
        .col(uuid("organization_id"))
        .col(uuid("site_id"))
        .col(uuid("incident_id"))
        .col(code("state"))
        .col(varchar("title", 120))
        .col(text("text"))
        .col(code("audience"))
        .col(uuid("drafted_by"))
        .col(instant("drafted_at"))
        .col(nullable(uuid("approved_by")))
        .col(nullable(instant("published_at")))
        .col(int("version"))
        .primary_key(Index::create().col("id"))
        .foreign_key(&mut reference("open_letter", "incident_id", "incident"));
    manager.create_table(letter).await?;
    index(manager, "open_letter", &["incident_id"]).await?;
    index(manager, "open_letter", &["site_id", "state", "id"]).await?;
    let mut place = Table::create();
    place
        .table("open_letter_place")
        .col(uuid("open_letter_id"))
        // A building or a unit, by the letter's audience.
        .col(uuid("place_id"))
        .primary_key(Index::create().col("open_letter_id").col("place_id"))
        .foreign_key(&mut reference("open_letter_place", "open_letter_id", "open_letter"));
    manager.create_table(place).await?;
    index(manager, "open_letter_place", &["place_id"]).await?;
    let mut case = Table::create();
    case.table("open_letter_case")
        .col(uuid("open_letter_id"))
        .col(uuid("complaint_id"))
        .primary_key(Index::create().col("open_letter_id").col("complaint_id"))
        .foreign_key(&mut reference("open_letter_case", "open_letter_id", "open_letter"))
        .foreign_key(&mut reference("open_letter_case", "complaint_id", "complaint"));
    manager.create_table(case).await?;
    index(manager, "open_letter_case", &["complaint_id"]).await?;
    let mut reading = Table::create();
    reading
        .table("open_letter_reading")
        .col(uuid("id"))
        .col(uuid("organization_id"))
        .col(uuid("open_letter_id"))
        .col(uuid("account_id"))
        .col(instant("read_at"))
        .primary_key(Index::create().col("id"))
        .foreign_key(&mut reference("open_letter_reading", "open_letter_id", "open_letter"))
        .foreign_key(&mut reference("open_letter_reading", "account_id", "account"));
    manager.create_table(reading).await?;
    unique(manager, "open_letter_reading", &["open_letter_id", "account_id"]).await
}
