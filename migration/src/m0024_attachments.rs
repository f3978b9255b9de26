//! Creates: `attachment`.

use sea_orm_migration::prelude::*;

use crate::columns::{
    bigint, boolean, code, drop_tables, index, instant, int, json, nullable, reference, uuid, varchar,
};

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut attachment = Table::create();
        attachment
            .table("attachment")
            .col(uuid("id"))
            .col(uuid("organization_id"))
            .col(uuid("site_id"))
            .col(uuid("complaint_id"))
            .col(nullable(uuid("work_order_id")))
            .col(code("state"))
            .col(varchar("name", 120))
            .col(boolean("for_staff"))
            .col(bigint("expected"))
            .col(bigint("received"))
            .col(json("parts"))
            .col(instant("expires_at"))
            .col(nullable(code("kind")))
            .col(nullable(varchar("media_type", 60)))
            .col(nullable(bigint("size")))
            .col(nullable(varchar("sha256", 64)))
            .col(nullable(int("width")))
            .col(nullable(int("height")))
            .col(nullable(json("evidence")))
            .col(nullable(code("fault")))
            .col(nullable(varchar("removed_because", 500)))
            .col(boolean("stored"))
            .col(nullable(uuid("uploaded_by")))
            .col(instant("created_at"))
            .col(nullable(instant("added_at")))
            .col(int("version"))
            .primary_key(Index::create().col("id"))
            .foreign_key(&mut reference("attachment", "complaint_id", "complaint"))
            .foreign_key(&mut reference("attachment", "work_order_id", "work_order"));
        manager.create_table(attachment).await?;
        index(manager, "attachment", &["complaint_id", "id"]).await?;
        index(manager, "attachment", &["state", "stored", "expires_at"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["attachment"]).await
    }
}
