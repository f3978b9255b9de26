//! Creates: `follow_up`.

use sea_orm_migration::prelude::*;

use crate::columns::{boolean, code, drop_tables, index, instant, int, nullable, reference, text, uuid};

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        follow_up(manager).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["follow_up"]).await
    }
}

async fn follow_up(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("follow_up")
        .col(uuid("id"))
        .col(uuid("organization_id"))
        .col(uuid("site_id"))
        .col(uuid("complaint_id"))
        .col(code("state"))
        .col(boolean("closing"))
        .col(uuid("owner_account_id"))
        .col(nullable(code("method")))
        .col(nullable(code("satisfaction")))
        .col(nullable(text("record")))
        .col(nullable(uuid("signature_id")))
        .col(nullable(uuid("finished_by")))
        .col(nullable(instant("finished_at")))
        .col(nullable(text("inspection")))
        .col(nullable(uuid("inspected_by")))
        .col(nullable(instant("inspected_at")))
        .col(nullable(text("opinion")))
        .col(nullable(uuid("opinion_by")))
        .col(nullable(instant("opinion_at")))
        .col(instant("opened_at"))
        .col(int("version"))
        .primary_key(Index::create().col("id"))
        .foreign_key(&mut reference("follow_up", "organization_id", "organization"))
        .foreign_key(&mut reference("follow_up", "site_id", "site"))
        .foreign_key(&mut reference("follow_up", "complaint_id", "complaint"))
        .foreign_key(&mut reference("follow_up", "owner_account_id", "account"))
        .foreign_key(&mut reference("follow_up", "signature_id", "signature"))
        .foreign_key(&mut reference("follow_up", "finished_by", "account"))
        .foreign_key(&mut reference("follow_up", "inspected_by", "account"))
        .foreign_key(&mut reference("follow_up", "opinion_by", "account"));
    manager.create_table(table).await?;
    index(manager, "follow_up", &["complaint_id"]).await?;
    index(manager, "follow_up", &["site_id", "state", "id"]).await?;
    index(manager, "follow_up", &["owner_account_id", "state", "id"]).await?;
    Ok(())
}
