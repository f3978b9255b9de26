//! Creates: `statement`, `charge`.

use sea_orm_migration::prelude::*;

use crate::columns::{bigint, code, day, drop_tables, index, instant, int, nullable, reference, unique, uuid, varchar};

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        statement(manager).await?;
        charge(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["charge", "statement"]).await
    }
}

async fn statement(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("statement")
        .col(uuid("id"))
        .col(uuid("organization_id"))
        .col(uuid("site_id"))
        .col(uuid("unit_id"))
        .col(varchar("number", 40))
        .col(day("from_date"))
        .col(day("to_date"))
        .col(bigint("total_fen"))
        .col(code("state"))
        .col(uuid("issued_by"))
        .col(instant("issued_at"))
        .col(nullable(day("paid_on")))
        .col(nullable(varchar("reference", 120)))
        .col(nullable(uuid("marked_by")))
        .col(nullable(instant("marked_at")))
        .col(int("version"))
        .primary_key(Index::create().col("id"))
        .foreign_key(&mut reference("statement", "organization_id", "organization"))
        .foreign_key(&mut reference("statement", "site_id", "site"))
        .foreign_key(&mut reference("statement", "unit_id", "unit"))
        .foreign_key(&mut reference("statement", "issued_by", "account"));
    manager.create_table(table).await?;
    unique(manager, "statement", &["organization_id", "number"]).await?;
    unique(manager, "statement", &["unit_id", "from_date"]).await?;
    index(manager, "statement", &["site_id", "from_date", "id"]).await
}

async fn charge(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("charge")
        .col(uuid("id"))
        .col(uuid("organization_id"))
        .col(uuid("site_id"))
        .col(uuid("unit_id"))
        .col(code("kind"))
        .col(uuid("complaint_id"))
        .col(uuid("work_order_id"))
        .col(uuid("quote_id"))
        .col(nullable(uuid("quote_line_id")))
        .col(nullable(uuid("credits_id")))
        .col(varchar("name", 120))
        .col(varchar("unit", 20))
        .col(bigint("quantity_thousandths"))
        .col(bigint("unit_price_fen"))
        .col(bigint("discount_fen"))
        .col(bigint("amount_fen"))
        .col(day("charged_on"))
        .col(nullable(uuid("statement_id")))
        .col(nullable(varchar("reason", 500)))
        .col(uuid("made_by"))
        .col(instant("made_at"))
        .primary_key(Index::create().col("id"))
        .foreign_key(&mut reference("charge", "organization_id", "organization"))
        .foreign_key(&mut reference("charge", "site_id", "site"))
        .foreign_key(&mut reference("charge", "unit_id", "unit"))
        .foreign_key(&mut reference("charge", "complaint_id", "complaint"))
        .foreign_key(&mut reference("charge", "work_order_id", "work_order"))
        .foreign_key(&mut reference("charge", "quote_id", "quote"))
        .foreign_key(&mut reference("charge", "quote_line_id", "quote_line"))
        .foreign_key(&mut reference("charge", "credits_id", "charge"))
        .foreign_key(&mut reference("charge", "statement_id", "statement"))
        .foreign_key(&mut reference("charge", "made_by", "account"));
    manager.create_table(table).await?;
    // A line of a quote is charged once; credits name none.
    unique(manager, "charge", &["quote_line_id"]).await?;
    index(manager, "charge", &["credits_id"]).await?;
    index(manager, "charge", &["statement_id", "id"]).await?;
    index(manager, "charge", &["unit_id", "id"]).await?;
    index(manager, "charge", &["site_id", "charged_on", "id"]).await
}
