//! Creates: `reply`, `reply_policy`, `reply_template`.

use sea_orm_migration::prelude::*;

use crate::columns::{code, drop_tables, index, instant, int, json, nullable, reference, text, unique, uuid, varchar};

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut policy = Table::create();
        policy
            .table("reply_policy")
            .col(uuid("site_id"))
            .col(uuid("organization_id"))
            .col(json("forms"))
            .col(int("version"))
            .primary_key(Index::create().col("site_id"))
            .foreign_key(&mut reference("reply_policy", "site_id", "site"));
        manager.create_table(policy).await?;
        let mut template = Table::create();
        template
            .table("reply_template")
            .col(uuid("id"))
            .col(uuid("organization_id"))
            .col(uuid("site_id"))
            .col(code("purpose"))
            .col(int("revision"))
            .col(code("state"))
            .col(json("zh"))
            .col(json("en"))
            .col(uuid("drafted_by"))
            .col(instant("drafted_at"))
            .col(nullable(uuid("published_by")))
            .col(nullable(instant("published_at")))
            .col(int("version"))
            .primary_key(Index::create().col("id"))
            .foreign_key(&mut reference("reply_template", "site_id", "site"))
            .foreign_key(&mut reference("reply_template", "drafted_by", "account"));
        manager.create_table(template).await?;
        unique(manager, "reply_template", &["site_id", "purpose", "revision"]).await?;
        reply(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["reply", "reply_template", "reply_policy"]).await
    }
}

async fn reply(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("reply")
        .col(uuid("id"))
        .col(uuid("organization_id"))
        .col(uuid("site_id"))
        .col(uuid("complaint_id"))
        .col(code("form"))
        .col(code("kind"))
        .col(code("language"))
        .col(text("text"))
        .col(varchar("text_sha256", 64))
        .col(nullable(code("purpose")))
        .col(nullable(int("template_revision")))
        .col(nullable(instant("next_reply_by")))
        .col(nullable(uuid("call_record_id")))
        .col(nullable(uuid("attachment_id")))
        .col(uuid("made_by"))
        .col(instant("made_at"))
        .col(nullable(instant("delivered_at")))
        .col(nullable(instant("read_at")))
        .col(int("version"))
        .primary_key(Index::create().col("id"))
        .foreign_key(&mut reference("reply", "complaint_id", "complaint"))
        .foreign_key(&mut reference("reply", "call_record_id", "call_record"))
        .foreign_key(&mut reference("reply", "attachment_id", "attachment"))
        .foreign_key(&mut reference("reply", "made_by", "account"));
    manager.create_table(table).await?;
    index(manager, "reply", &["complaint_id", "id"]).await
}
