//! Creates: `alarm`, `alarm_call`, `duty_shift`. Adds to `complaint`: how often it was chased.

use sea_orm_migration::prelude::*;

use crate::columns::{
    add_column, boolean, code, drop_column, drop_tables, index, instant, int, nullable, reference, uuid, varchar,
};

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut alarm = Table::create();
        alarm
            .table("alarm")
            .col(uuid("id"))
            .col(uuid("organization_id"))
            .col(uuid("site_id"))
            .col(uuid("complaint_id"))
            .col(code("reason"))
            .col(code("state"))
            .col(code("rung"))
            .col(boolean("urgent"))
            .col(nullable(varchar("words", 500)))
            .col(nullable(code("clock")))
            .col(nullable(uuid("raised_by")))
            .col(instant("raised_at"))
            .col(uuid("account_id"))
            .col(int("calls"))
            .col(nullable(uuid("acknowledged_by")))
            .col(nullable(instant("acknowledged_at")))
            .col(nullable(varchar("answer", 500)))
            .col(nullable(uuid("answered_by")))
            .col(nullable(instant("answered_at")))
            .col(nullable(instant("next_at")))
            .primary_key(Index::create().col("id"))
            .foreign_key(&mut reference("alarm", "complaint_id", "complaint"))
            .foreign_key(&mut reference("alarm", "account_id", "account"));
        manager.create_table(alarm).await?;
        index(manager, "alarm", &["next_at"]).await?;
        index(manager, "alarm", &["complaint_id", "id"]).await?;
        index(manager, "alarm", &["site_id", "id"]).await?;
        index(manager, "alarm", &["account_id", "id"]).await?;
        let mut call = Table::create();
        call.table("alarm_call")
            .col(uuid("id"))
            .col(uuid("organization_id"))
            .col(uuid("alarm_id"))
            .col(uuid("account_id"))
            .col(int("attempt"))
            .col(code("outcome"))
            .col(nullable(varchar("fault", 200)))
            .col(instant("made_at"))
            .col(nullable(instant("ended_at")))
            .col(nullable(instant("next_at")))
            .primary_key(Index::create().col("id"))
            .foreign_key(&mut reference("alarm_call", "alarm_id", "alarm"))
            .foreign_key(&mut reference("alarm_call", "account_id", "account"));
        manager.create_table(call).await?;
        index(manager, "alarm_call", &["next_at"]).await?;
        index(manager, "alarm_call", &["alarm_id", "id"]).await?;
        let mut shift = Table::create();
        shift
            .table("duty_shift")
            .col(uuid("id"))
            .col(uuid("organization_id"))
            .col(uuid("site_id"))
            .col(uuid("department_id"))
            .col(uuid("account_id"))
            .col(nullable(uuid("deputy_id")))
            .col(instant("from_at"))
            .col(instant("to_at"))
            .col(uuid("set_by"))
            .col(instant("set_at"))
            .primary_key(Index::create().col("id"))
            .foreign_key(&mut reference("duty_shift", "department_id", "department"))
            .foreign_key(&mut reference("duty_shift", "account_id", "account"));
        manager.create_table(shift).await?;
        index(manager, "duty_shift", &["department_id", "to_at"]).await?;
        index(manager, "duty_shift", &["site_id", "to_at"]).await?;
        add_column(manager, "complaint", int("chases").default(0).take()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_column(manager, "complaint", "chases").await?;
        drop_tables(manager, &["duty_shift", "alarm_call", "alarm"]).await
    }
}
