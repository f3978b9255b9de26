//! Indexes by which the newest of what somebody may see is found without a walk through a table.

use sea_orm_migration::prelude::*;

use crate::columns::index;

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

/// Table and columns of each.
const INDEXES: [(&str, &[&str]); 17] = [
    // Leaders see the whole organization.
    ("complaint", &["organization_id", "id"]),
    ("complaint", &["owner_account_id", "id"]),
    ("complaint", &["received_by", "id"]),
    ("work_order", &["organization_id", "id"]),
    ("account", &["organization_id", "id"]),
    ("opinion", &["organization_id", "id"]),
    ("open_letter", &["organization_id", "id"]),
    ("hotline_call", &["organization_id", "id"]),
    ("invitation", &["organization_id", "id"]),
    ("residency", &["site_id", "id"]),
    ("residency", &["organization_id", "id"]),
    ("resident_request", &["organization_id", "state", "id"]),
    // What their department has a part in shows them the case.
    ("undertaking", &["department_id"]),
    // Who holds the posts of a site is asked at nearly every act.
    ("role_grant", &["organization_id", "role"]),
    ("role_grant", &["role", "account_id"]),
    ("charge", &["organization_id", "charged_on"]),
    ("audit_entry", &["kind", "occurred_at"]),
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
