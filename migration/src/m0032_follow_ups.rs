//! Creates: `follow_up_attempt`, `follow_up_matter`, `follow_up_questionnaire`, `inspection_draw`. Adds to `follow_up` who
//! holds it and when, its answers, the outcome of its inspection and the head's signature; to `complaint` the index of what
//! was resolved when.

use sea_orm_migration::prelude::*;

use crate::columns::{
    add_column, boolean, code, day, drop_column, drop_tables, index, instant, int, json, nullable, reference, text,
    unique, uuid, varchar,
};

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in [
            nullable(uuid("assignee_account_id")),
            nullable(instant("planned_for")),
            int("attempts").default(0).take(),
            nullable(code("unreached")),
            nullable(text("unreached_remark")),
            nullable(int("questionnaire_revision")),
            nullable(json("answers")),
            nullable(code("inspection_outcome")),
            nullable(uuid("draw_id")),
            nullable(boolean("drawn")),
            nullable(uuid("opinion_signature_id")),
        ] {
            add_column(manager, "follow_up", column).await?;
        }
        let connection = manager.get_connection();
        // What was inspected before there were draws.
        connection
            .execute_unprepared("UPDATE follow_up SET inspection_outcome = 'INSPECTED' WHERE inspected_at IS NOT NULL")
            .await?;
        index(manager, "follow_up", &["assignee_account_id", "state", "id"]).await?;
        index(manager, "follow_up", &["draw_id"]).await?;
        index(manager, "complaint", &["site_id", "resolved_at", "id"]).await?;
        attempts(manager).await?;
        matters(manager).await?;
        questionnaires(manager).await?;
        draws(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let tables = ["inspection_draw", "follow_up_questionnaire", "follow_up_matter", "follow_up_attempt"];
        drop_tables(manager, &tables).await?;
        for (table, name) in [
            ("complaint", "ix_complaint_site_id_resolved_at_id"),
            ("follow_up", "ix_follow_up_draw_id"),
            ("follow_up", "ix_follow_up_assignee_account_id_state_id"),
        ] {
            manager.drop_index(Index::drop().name(name).table(table).to_owned()).await?;
        }
        for column in [
            "opinion_signature_id",
            "drawn",
            "draw_id",
            "inspection_outcome",
            "answers",
            "questionnaire_revision",
            "unreached_remark",
            "unreached",
            "attempts",
            "planned_for",
            "assignee_account_id",
        ] {
            drop_column(manager, "follow_up", column).await?;
        }
        Ok(())
    }
}

async fn attempts(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("follow_up_attempt")
        .col(uuid("id"))
        .col(uuid("organization_id"))
        .col(uuid("site_id"))
        .col(uuid("complaint_id"))
        .col(uuid("follow_up_id"))
        .col(code("outcome"))
        .col(code("method"))
        .col(day("day"))
        .col(nullable(varchar("note", 500)))
        .col(nullable(instant("next_at")))
        .col(uuid("made_by"))
        .col(instant("made_at"))
        .primary_key(Index::create().col("id"))
        .foreign_key(&mut reference("follow_up_attempt", "follow_up_id", "follow_up"))
        .foreign_key(&mut reference("follow_up_attempt", "made_by", "account"));
    manager.create_table(table).await?;
    index(manager, "follow_up_attempt", &["follow_up_id", "id"]).await
}

async fn matters(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("follow_up_matter")
        .col(uuid("id"))
        .col(uuid("organization_id"))
        .col(uuid("site_id"))
        .col(uuid("complaint_id"))
        .col(uuid("follow_up_id"))
        .col(nullable(uuid("raised_complaint_id")))
        .col(text("text"))
        .col(instant("reply_by"))
        .col(uuid("raised_by"))
        .col(instant("raised_at"))
        .primary_key(Index::create().col("id"))
        .foreign_key(&mut reference("follow_up_matter", "follow_up_id", "follow_up"))
        .foreign_key(&mut reference("follow_up_matter", "raised_complaint_id", "complaint"));
    manager.create_table(table).await?;
    index(manager, "follow_up_matter", &["follow_up_id", "id"]).await?;
    index(manager, "follow_up_matter", &["raised_complaint_id"]).await
}

async fn questionnaires(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("follow_up_questionnaire")
        .col(uuid("id"))
        .col(uuid("organization_id"))
        .col(uuid("site_id"))
        .col(int("revision"))
        .col(json("questions"))
        .col(uuid("published_by"))
        .col(instant("published_at"))
        .primary_key(Index::create().col("id"))
        .foreign_key(&mut reference("follow_up_questionnaire", "site_id", "site"))
        .foreign_key(&mut reference("follow_up_questionnaire", "published_by", "account"));
    manager.create_table(table).await?;
    unique(manager, "follow_up_questionnaire", &["site_id", "revision"]).await
}

async fn draws(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("inspection_draw")
        .col(uuid("id"))
        .col(uuid("organization_id"))
        .col(uuid("site_id"))
        .col(varchar("seed", 16))
        .col(int("percent"))
        .col(int("candidates"))
        .col(int("drawn"))
        .col(uuid("drawn_by"))
        .col(instant("drawn_at"))
        .primary_key(Index::create().col("id"))
        .foreign_key(&mut reference("inspection_draw", "site_id", "site"))
        .foreign_key(&mut reference("inspection_draw", "drawn_by", "account"));
    manager.create_table(table).await?;
    index(manager, "inspection_draw", &["site_id", "id"]).await
}
