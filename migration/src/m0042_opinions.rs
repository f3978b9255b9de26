//! Creates: `opinion`, `opinion_step`.

use sea_orm_migration::prelude::*;

use crate::columns::{code, drop_tables, index, instant, int, nullable, reference, text, unique, uuid, varchar};

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut opinion = Table::create();
        opinion
            .table("opinion")
            .col(uuid("id"))
            .col(uuid("organization_id"))
            .col(uuid("site_id"))
            .col(varchar("number", 40))
            .col(code("channel"))
            .col(code("state"))
            .col(text("text"))
            .col(nullable(uuid("unit_id")))
            .col(nullable(uuid("customer_account_id")))
            .col(nullable(varchar("contact_name", 60)))
            .col(nullable(varchar("contact_phone", 21)))
            .col(nullable(uuid("about_account_id")))
            .col(uuid("owner_account_id"))
            .col(nullable(uuid("recorded_by")))
            .col(instant("recorded_at"))
            .col(instant("due_at"))
            .col(nullable(instant("next_at")))
            .col(nullable(uuid("brought_before")))
            .col(nullable(uuid("follow_up_id")))
            .col(nullable(uuid("complaint_id")))
            .col(nullable(text("answer")))
            .col(nullable(code("answer_form")))
            .col(nullable(instant("settled_at")))
            .col(nullable(instant("archived_at")))
            .col(int("version"))
            .primary_key(Index::create().col("id"))
            .foreign_key(&mut reference("opinion", "site_id", "site"))
            .foreign_key(&mut reference("opinion", "unit_id", "unit"))
            .foreign_key(&mut reference("opinion", "owner_account_id", "account"))
            .foreign_key(&mut reference("opinion", "follow_up_id", "follow_up"))
            .foreign_key(&mut reference("opinion", "complaint_id", "complaint"));
        manager.create_table(opinion).await?;
        unique(manager, "opinion", &["site_id", "number"]).await?;
        index(manager, "opinion", &["site_id", "id"]).await?;
        index(manager, "opinion", &["customer_account_id", "id"]).await?;
        index(manager, "opinion", &["owner_account_id", "state"]).await?;
        index(manager, "opinion", &["follow_up_id"]).await?;
        index(manager, "opinion", &["next_at"]).await?;
        let mut step = Table::create();
        step.table("opinion_step")
            .col(uuid("id"))
            .col(uuid("opinion_id"))
            .col(int("ordinal"))
            .col(code("kind"))
            .col(nullable(varchar("actor_name", 60)))
            .col(varchar("owner_name", 60))
            .col(instant("due_at"))
            .col(nullable(text("words")))
            .col(instant("occurred_at"))
            .primary_key(Index::create().col("id"))
            .foreign_key(&mut reference("opinion_step", "opinion_id", "opinion"));
        manager.create_table(step).await?;
        unique(manager, "opinion_step", &["opinion_id", "ordinal"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["opinion_step", "opinion"]).await
    }
}
