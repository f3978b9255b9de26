//! Creates: `question`.

use sea_orm_migration::prelude::*;

use crate::columns::{drop_tables, index, instant, nullable, reference, text, uuid};

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut question = Table::create();
        question
            .table("question")
            .col(uuid("id"))
            .col(uuid("organization_id"))
            .col(uuid("site_id"))
            .col(uuid("complaint_id"))
            .col(text("text"))
            .col(uuid("asked_by"))
            .col(instant("asked_at"))
            .col(nullable(text("answer")))
            .col(nullable(instant("answered_at")))
            .primary_key(Index::create().col("id"))
            .foreign_key(&mut reference("question", "complaint_id", "complaint"))
            .foreign_key(&mut reference("question", "asked_by", "account"));
        manager.create_table(question).await?;
        index(manager, "question", &["complaint_id", "id"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["question"]).await
    }
}
