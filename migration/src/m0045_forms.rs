//! Creates: `form_rule`. Adds to `complaint` the answers to what a site asks for besides.

use sea_orm_migration::prelude::*;

use crate::columns::{
    add_column, code, drop_column, drop_tables, instant, int, json, nullable, reference, unique, uuid,
};

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut rule = Table::create();
        rule.table("form_rule")
            .col(uuid("id"))
            .col(uuid("organization_id"))
            .col(uuid("site_id"))
            .col(nullable(uuid("category_id")))
            .col(uuid("scope_id"))
            .col(code("for_kind"))
            .col(int("version"))
            .col(json("required"))
            .col(json("fields"))
            .col(uuid("set_by"))
            .col(instant("set_at"))
            .primary_key(Index::create().col("id"))
            .foreign_key(&mut reference("form_rule", "site_id", "site"))
            .foreign_key(&mut reference("form_rule", "category_id", "category"));
        manager.create_table(rule).await?;
        unique(manager, "form_rule", &["scope_id", "for_kind", "version"]).await?;
        add_column(manager, "complaint", nullable(json("details"))).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_column(manager, "complaint", "details").await?;
        drop_tables(manager, &["form_rule"]).await
    }
}
