//! Creates: `figure_cursor`, `case_figure`, `month_figure`. What stands in the log already is counted from its beginning
//! by the server itself.

use sea_orm_migration::prelude::*;

use crate::columns::{bigint, boolean, code, day, drop_tables, index, instant, int, nullable, reference, uuid};

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

/// What is counted of a month; each has its measure in the domain.
const COUNTS: [&str; 25] = [
    "cases",
    "in_time",
    "late",
    "not_due",
    "unpromised",
    "merged",
    "proven",
    "handled",
    "withdrawn",
    "withdrawn_in_time",
    "anonymous",
    "anonymous_in_time",
    "anonymous_late",
    "rated",
    "unrated",
    "satisfied",
    "dissatisfied",
    "follow_up_owed",
    "follow_up_held",
    "follow_up_missing",
    "asked",
    "content",
    "discontent",
    "repeated",
    "reopened",
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        cursor(manager).await?;
        of_case(manager).await?;
        of_month(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["month_figure", "case_figure", "figure_cursor"]).await
    }
}

async fn cursor(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("figure_cursor")
        .col(uuid("organization_id"))
        .col(bigint("position"))
        .col(nullable(instant("as_of")))
        .primary_key(Index::create().col("organization_id"))
        .foreign_key(&mut reference("figure_cursor", "organization_id", "organization"));
    manager.create_table(table).await
}

async fn of_case(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("case_figure")
        .col(uuid("complaint_id"))
        .col(uuid("organization_id"))
        .col(uuid("site_id"))
        .col(day("month"))
        .col(uuid("department_id"))
        .col(uuid("category_id"))
        .col(code("kind"))
        .col(nullable(uuid("about_account_id")))
        .col(code("timeliness"))
        .col(boolean("handled"))
        .col(boolean("withdrawn"))
        .col(boolean("anonymous"))
        .col(boolean("signed"))
        .col(nullable(int("rating")))
        .col(code("coverage"))
        .col(nullable(boolean("content")))
        .col(boolean("repeated"))
        .col(boolean("reopened"))
        .primary_key(Index::create().col("complaint_id"))
        .foreign_key(&mut reference("case_figure", "complaint_id", "complaint"));
    manager.create_table(table).await?;
    index(manager, "case_figure", &["site_id", "month", "complaint_id"]).await?;
    // Hardly any case is about an employee: a small index, looked into at every reading of figures (C11).
    let about = Index::create()
        .name("ix_case_figure_about_account_id")
        .table("case_figure")
        .col("about_account_id")
        .and_where(Expr::col("about_account_id").is_not_null())
        .to_owned();
    manager.create_index(about).await
}

async fn of_month(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("month_figure")
        .col(uuid("site_id"))
        .col(day("month"))
        .col(uuid("department_id"))
        .col(uuid("category_id"))
        .col(code("kind"))
        .col(uuid("organization_id"));
    for count in COUNTS {
        table.col(int(count));
    }
    table
        .primary_key(Index::create().col("site_id").col("month").col("department_id").col("category_id").col("kind"))
        .foreign_key(&mut reference("month_figure", "site_id", "site"));
    manager.create_table(table).await?;
    index(manager, "month_figure", &["organization_id", "month"]).await
}
