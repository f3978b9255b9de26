//! Indexes by which the newest of what somebody may see is found without a walk through a table.

use sea_orm_migration::prelude::*;

use crate::columns::index;

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

/// Table and columns of each.
const INDEXES: [(&str, &[&str]); 4] = [
    // Leaders see the whole organization.
    ("complaint", &["organization_id", "id"]),
    ("complaint", &["owner_account_id", "id"]),
    ("complaint", &["received_by", "id"]),
    ("work_order", &["organization_id", "id"]),
];

/// Hardly any case is about an employee, and everybody's lists leave out those about themself (C11).
const ABOUT: &str = "ix_complaint_about_account_id";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, columns) in INDEXES {
            index(manager, table, columns).await?;
        }
        let about = Index::create()
            .name(ABOUT)
            .table("complaint")
            .col("about_account_id")
            .and_where(Expr::col("about_account_id").is_not_null())
            .to_owned();
        manager.create_index(about).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_index(Index::drop().name(ABOUT).table("complaint").to_owned()).await?;
        for (table, columns) in INDEXES {
            let name = format!("ix_{table}_{}", columns.join("_"));
            manager.drop_index(Index::drop().name(name).table(table).to_owned()).await?;
        }
        Ok(())
    }
}
