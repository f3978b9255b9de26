//! Lets the set-up be changed and retired: adds `version` and `retired_at`, who follows in a role, and creates
//! `invitation` and `resident_request`.

use sea_orm_migration::prelude::*;

use crate::columns::{
    add_column, boolean, code, day, drop_column, drop_tables, index, instant, int, nullable, reference, unique, uuid,
    varchar,
};

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

/// What an organization is set up with.
const SETUP: [&str; 6] = ["site", "building", "unit", "department", "team", "category"];
/// What else two people may change at once.
const PEOPLE: [&str; 3] = ["account", "residency", "role_grant"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in SETUP.into_iter().chain(PEOPLE) {
            add_column(manager, table, int("version").default(1).take()).await?;
        }
        for table in SETUP {
            add_column(manager, table, nullable(instant("retired_at"))).await?;
        }
        retire_categories(manager).await?;
        add_column(manager, "role_grant", nullable(uuid("successor_id"))).await?;
        add_column(manager, "role_grant", nullable(instant("carried_out_at"))).await?;
        index(manager, "role_grant", &["carried_out_at", "to_date"]).await?;
        index(manager, "work_order", &["owner_account_id", "state", "id"]).await?;
        invitation(manager).await?;
        resident_request(manager).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["resident_request", "invitation"]).await?;
        for name in ["ix_role_grant_carried_out_at_to_date", "ix_work_order_owner_account_id_state_id"] {
            let table = if name.contains("role_grant") { "role_grant" } else { "work_order" };
            manager.drop_index(Index::drop().name(name).table(table).to_owned()).await?;
        }
        add_column(manager, "category", boolean("retired").default(false).take()).await?;
        let retired = Query::update()
            .table("category")
            .value("retired", true)
            .and_where(Expr::col("retired_at").is_not_null())
            .to_owned();
        manager.execute(retired).await?;
        for table in SETUP {
            drop_column(manager, table, "retired_at").await?;
        }
        drop_column(manager, "role_grant", "carried_out_at").await?;
        drop_column(manager, "role_grant", "successor_id").await?;
        for table in SETUP.into_iter().chain(PEOPLE) {
            drop_column(manager, table, "version").await?;
        }
        Ok(())
    }
}

/// A category was retired by a mark only; when is not known any more, so it counts from this step on.
async fn retire_categories(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let retired = Query::update()
        .table("category")
        .value("retired_at", Expr::current_timestamp())
        .and_where(Expr::col("retired").eq(true))
        .to_owned();
    manager.execute(retired).await?;
    drop_column(manager, "category", "retired").await
}

async fn invitation(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("invitation")
        .col(uuid("id"))
        .col(uuid("organization_id"))
        .col(uuid("site_id"))
        .col(uuid("unit_id"))
        .col(code("kind"))
        .col(day("from_date"))
        .col(nullable(day("to_date")))
        .col(nullable(varchar("name", 60)))
        .col(varchar("code_hash", 64))
        .col(uuid("made_by"))
        .col(instant("made_at"))
        .col(instant("expires_at"))
        .col(nullable(instant("used_at")))
        .col(nullable(instant("revoked_at")))
        .primary_key(Index::create().col("id"))
        .foreign_key(&mut reference("invitation", "organization_id", "organization"))
        .foreign_key(&mut reference("invitation", "site_id", "site"))
        .foreign_key(&mut reference("invitation", "unit_id", "unit"))
        .foreign_key(&mut reference("invitation", "made_by", "account"));
    manager.create_table(table).await?;
    unique(manager, "invitation", &["code_hash"]).await?;
    index(manager, "invitation", &["site_id", "id"]).await?;
    Ok(())
}

async fn resident_request(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table("resident_request")
        .col(uuid("id"))
        .col(uuid("organization_id"))
        .col(uuid("site_id"))
        .col(uuid("unit_id"))
        .col(uuid("invitation_id"))
        .col(code("kind"))
        .col(day("from_date"))
        .col(nullable(day("to_date")))
        .col(varchar("name", 60))
        .col(varchar("phone", 32))
        .col(nullable(varchar("password_hash", 200)))
        .col(code("language"))
        .col(code("state"))
        .col(nullable(varchar("reason", 500)))
        .col(nullable(uuid("account_id")))
        .col(nullable(uuid("decided_by")))
        .col(nullable(instant("decided_at")))
        .col(instant("requested_at"))
        .col(int("version"))
        .primary_key(Index::create().col("id"))
        .foreign_key(&mut reference("resident_request", "organization_id", "organization"))
        .foreign_key(&mut reference("resident_request", "site_id", "site"))
        .foreign_key(&mut reference("resident_request", "unit_id", "unit"))
        .foreign_key(&mut reference("resident_request", "invitation_id", "invitation"))
        .foreign_key(&mut reference("resident_request", "account_id", "account"))
        .foreign_key(&mut reference("resident_request", "decided_by", "account"));
    manager.create_table(table).await?;
    unique(manager, "resident_request", &["invitation_id"]).await?;
    index(manager, "resident_request", &["site_id", "state", "id"]).await?;
    Ok(())
}
