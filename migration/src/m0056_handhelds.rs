//! Creates: `handheld_step`. Lets the stamp of a site's set-up follow the names of units, departments and teams as well.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend};

use crate::columns::{drop_tables, index, instant, int, uuid};
use crate::m0055_set_up::{on_postgres, on_sqlite};

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

/// Tables whose rows are shown with orders, with the column of the site. A new row has no orders yet, and none is deleted.
const SHOWN: [&str; 3] = ["unit", "department", "team"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut step = Table::create();
        step.table("handheld_step")
            .col(uuid("subject_id"))
            .col(int("version"))
            .col(uuid("organization_id"))
            .col(uuid("device_id"))
            .col(instant("made_at"))
            .primary_key(Index::create().col("subject_id").col("version"));
        manager.create_table(step).await?;
        index(manager, "handheld_step", &["made_at"]).await?;
        let db = manager.get_connection();
        for table in SHOWN {
            let name = trigger(table);
            let statements = if manager.get_database_backend() == DbBackend::Postgres {
                on_postgres(table, Some("site_id"), "UPDATE", "NEW", &name)
            } else {
                vec![on_sqlite(table, Some("site_id"), "UPDATE", "NEW", &name)]
            };
            for statement in statements {
                db.execute_unprepared(&statement).await?;
            }
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        let postgres = manager.get_database_backend() == DbBackend::Postgres;
        for table in SHOWN {
            let name = trigger(table);
            let on = if postgres { format!(" ON {table}") } else { String::new() };
            db.execute_unprepared(&format!("DROP TRIGGER {name}{on}")).await?;
            if postgres {
                db.execute_unprepared(&format!("DROP FUNCTION {name}()")).await?;
            }
        }
        drop_tables(manager, &["handheld_step"]).await
    }
}

fn trigger(table: &str) -> String {
    format!("set_up_{table}_update")
}
