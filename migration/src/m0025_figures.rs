//! Creates: `case_figure`, `month_figure`. Adds to `complaint` which earlier case reported the same matter. What stands
//! already is counted by `huiyin figures check --repair`.

use sea_orm_migration::prelude::*;

use crate::columns::{
    add_column, bigint, boolean, code, day, drop_column, drop_tables, index, int, nullable, reference, uuid,
};

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut of_case = Table::create();
        of_case
            .table("case_figure")
            .col(uuid("complaint_id"))
            .col(uuid("organization_id"))
            .col(uuid("site_id"))
            .col(day("month"))
            .col(uuid("department_id"))
            .col(uuid("category_id"))
            .col(code("kind"))
            .col(code("timeliness"))
            .col(boolean("withdrawn"))
            .col(boolean("anonymous"))
            .col(nullable(int("rating")))
            .col(code("coverage"))
            .col(nullable(boolean("content")))
            .col(boolean("repeated"))
            .col(boolean("reopened"))
            .primary_key(Index::create().col("complaint_id"))
            .foreign_key(&mut reference("case_figure", "complaint_id", "complaint"));
        manager.create_table(of_case).await?;
        index(manager, "case_figure", &["site_id", "month", "complaint_id"]).await?;
        index(manager, "case_figure", &["site_id", "coverage", "complaint_id"]).await?;
        let mut of_month = Table::create();
        of_month
            .table("month_figure")
            .col(uuid("site_id"))
            .col(day("month"))
            .col(uuid("department_id"))
            .col(uuid("category_id"))
            .col(code("kind"))
            .col(uuid("organization_id"))
            .col(bigint("cases"))
            .col(bigint("in_time"))
            .col(bigint("late"))
            .col(bigint("open"))
            .col(bigint("merged"))
            .col(bigint("withdrawn"))
            .col(bigint("anonymous"))
            .col(bigint("rated"))
            .col(bigint("satisfied"))
            .col(bigint("follow_ups_owed"))
            .col(bigint("follow_ups_held"))
            .col(bigint("content"))
            .col(bigint("repeated"))
            .col(bigint("reopened"))
            .primary_key(
                Index::create().col("site_id").col("month").col("department_id").col("category_id").col("kind"),
            )
            .foreign_key(&mut reference("month_figure", "site_id", "site"));
        manager.create_table(of_month).await?;
        add_column(manager, "complaint", nullable(uuid("repeat_of_id"))).await?;
        add_column(manager, "complaint", int("repeats").default(0).take()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_column(manager, "complaint", "repeats").await?;
        drop_column(manager, "complaint", "repeat_of_id").await?;
        drop_tables(manager, &["month_figure", "case_figure"]).await
    }
}
