//! Creates: `attention_policy`, `joint_look`.

use sea_orm_migration::prelude::*;

use crate::columns::{drop_tables, index, instant, int, json, reference, text, uuid, varchar};

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut policy = Table::create();
        policy
            .table("attention_policy")
            .col(uuid("site_id"))
            .col(uuid("organization_id"))
            .col(int("urgent_seconds"))
            .col(int("urgent_at_the_top_seconds"))
            .col(int("ordinary_minutes"))
            .col(int("ordinary_at_the_top_minutes"))
            .col(int("before_visit_minutes"))
            .col(int("after_visit_minutes"))
            .col(int("version"))
            .primary_key(Index::create().col("site_id"))
            .foreign_key(&mut reference("attention_policy", "site_id", "site"));
        manager.create_table(policy).await?;
        let mut look = Table::create();
        look.table("joint_look")
            .col(uuid("id"))
            .col(uuid("organization_id"))
            .col(uuid("complaint_id"))
            .col(instant("held_at"))
            .col(varchar("place", 200))
            .col(json("attendees"))
            .col(json("guests"))
            .col(text("site_findings"))
            .col(text("record_findings"))
            .col(json("decisions"))
            .col(uuid("recorded_by"))
            .col(instant("recorded_at"))
            .primary_key(Index::create().col("id"))
            .foreign_key(&mut reference("joint_look", "complaint_id", "complaint"));
        manager.create_table(look).await?;
        index(manager, "joint_look", &["complaint_id", "id"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["joint_look", "attention_policy"]).await
    }
}
