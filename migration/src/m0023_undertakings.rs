//! Creates: `outside_party`, `undertaking`, `investigation`, `site_visit`. Adds to `clock` what was undertaken, to
//! `complaint` how a matter was concluded that cannot be solved.

use sea_orm_migration::prelude::*;

use crate::columns::{
    add_column, bigint, boolean, code, drop_column, drop_tables, index, instant, int, json, nullable, reference, text,
    uuid, varchar,
};

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut party = Table::create();
        party
            .table("outside_party")
            .col(uuid("id"))
            .col(uuid("organization_id"))
            .col(uuid("site_id"))
            .col(code("kind"))
            .col(varchar("name", 120))
            .col(varchar("phone", 20))
            .col(nullable(varchar("contact", 120)))
            .col(nullable(varchar("note", 500)))
            .col(nullable(instant("retired_at")))
            .col(int("version"))
            .primary_key(Index::create().col("id"))
            .foreign_key(&mut reference("outside_party", "site_id", "site"));
        manager.create_table(party).await?;
        index(manager, "outside_party", &["site_id", "name"]).await?;
        undertaking(manager).await?;
        let mut investigation = Table::create();
        investigation
            .table("investigation")
            .col(uuid("id"))
            .col(uuid("organization_id"))
            .col(uuid("site_id"))
            .col(uuid("complaint_id"))
            .col(code("cause"))
            .col(text("explanation"))
            .col(nullable(text("solution")))
            .col(json("shares"))
            .col(uuid("recorded_by"))
            .col(instant("recorded_at"))
            .primary_key(Index::create().col("id"))
            .foreign_key(&mut reference("investigation", "complaint_id", "complaint"));
        manager.create_table(investigation).await?;
        index(manager, "investigation", &["complaint_id", "id"]).await?;
        let mut visit = Table::create();
        visit
            .table("site_visit")
            .col(uuid("id"))
            .col(uuid("organization_id"))
            .col(uuid("site_id"))
            .col(uuid("complaint_id"))
            .col(instant("visited_at"))
            .col(varchar("place", 200))
            .col(json("findings"))
            .col(uuid("recorded_by"))
            .col(instant("recorded_at"))
            .primary_key(Index::create().col("id"))
            .foreign_key(&mut reference("site_visit", "complaint_id", "complaint"));
        manager.create_table(visit).await?;
        index(manager, "site_visit", &["complaint_id", "id"]).await?;
        add_column(manager, "complaint", nullable(json("conclusion"))).await?;
        add_column(manager, "clock", nullable(uuid("undertaking_id"))).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_column(manager, "clock", "undertaking_id").await?;
        drop_column(manager, "complaint", "conclusion").await?;
        drop_tables(manager, &["site_visit", "investigation", "undertaking", "outside_party"]).await
    }
}

async fn undertaking(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut undertaking = Table::create();
    undertaking
        .table("undertaking")
        .col(uuid("id"))
        .col(uuid("organization_id"))
        .col(uuid("site_id"))
        .col(uuid("complaint_id"))
        .col(code("kind"))
        .col(code("state"))
        .col(text("text"))
        .col(uuid("owner_account_id"))
        .col(nullable(uuid("department_id")))
        .col(nullable(uuid("outside_party_id")))
        .col(nullable(varchar("contact", 120)))
        .col(nullable(varchar("reference", 120)))
        .col(nullable(text("cause")))
        .col(nullable(text("solution")))
        .col(nullable(code("remedy_kind")))
        .col(nullable(bigint("amount_fen")))
        .col(instant("due_at"))
        .col(json("approval_reasons"))
        .col(uuid("made_by"))
        .col(instant("made_at"))
        .col(nullable(uuid("approved_by")))
        .col(nullable(instant("approved_at")))
        .col(nullable(instant("shown_at")))
        .col(nullable(text("reason")))
        .col(boolean("answered_by_phone"))
        .col(nullable(instant("answered_at")))
        .col(nullable(text("outcome")))
        .col(nullable(uuid("finished_by")))
        .col(nullable(instant("finished_at")))
        .col(nullable(text("proof")))
        .col(nullable(uuid("confirmed_by")))
        .col(nullable(instant("confirmed_at")))
        .col(int("version"))
        .primary_key(Index::create().col("id"))
        .foreign_key(&mut reference("undertaking", "complaint_id", "complaint"))
        .foreign_key(&mut reference("undertaking", "owner_account_id", "account"))
        .foreign_key(&mut reference("undertaking", "department_id", "department"))
        .foreign_key(&mut reference("undertaking", "outside_party_id", "outside_party"));
    manager.create_table(undertaking).await?;
    index(manager, "undertaking", &["complaint_id", "id"]).await?;
    index(manager, "undertaking", &["owner_account_id", "state"]).await?;
    index(manager, "undertaking", &["site_id", "id"]).await
}
