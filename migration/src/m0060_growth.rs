//! Indexes by which what is rare, unread, running or of one person is found at once among ever more of everything else; and
//! for PostgreSQL's inverted index of terms the marks of when a case came in, so that it gives the newest first.
//!
//! What hardly anybody asks for by itself has none: each index makes every act dearer.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

use crate::columns::index;

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

/// Table and columns of each.
const INDEXES: [(&str, &[&str]); 22] = [
    // A category or a kind that is seldom used.
    ("complaint", &["site_id", "category_id", "id"]),
    ("complaint", &["site_id", "kind", "id"]),
    // A leader's lists are walked in order, and an employee's at each of their sites.
    ("follow_up", &["organization_id", "id"]),
    ("quote", &["organization_id", "id"]),
    ("alarm", &["organization_id", "id"]),
    ("undertaking", &["organization_id", "due_at", "id"]),
    ("follow_up", &["site_id", "id"]),
    ("quote", &["site_id", "id"]),
    // What is in a state that hardly anything is in: it does not fill its page, and the walk would go to the oldest.
    ("follow_up", &["organization_id", "state", "id"]),
    ("quote", &["organization_id", "state", "id"]),
    ("alarm", &["organization_id", "state", "id"]),
    ("undertaking", &["organization_id", "state", "due_at", "id"]),
    ("quote", &["site_id", "state", "id"]),
    ("alarm", &["site_id", "state", "id"]),
    ("undertaking", &["site_id", "state", "due_at", "id"]),
    ("work_order", &["site_id", "state", "id"]),
    ("opinion", &["site_id", "state", "id"]),
    // What somebody has had in all their years.
    ("work_order", &["owner_account_id", "id"]),
    ("work_order", &["technician_id", "id"]),
    ("opinion", &["owner_account_id", "id"]),
    ("opinion", &["recorded_by", "id"]),
    ("opinion", &["brought_before", "id"]),
];

/// Name, table, columns, and what of the table they hold: small parts of large tables.
const PARTIAL: [(&str, &str, &[&str], &str); 3] = [
    ("ix_notice_unread", "notice", &["account_id", "position"], "read_at IS NULL"),
    (
        "ix_event_alarms",
        "event",
        &["organization_id", "position"],
        "kind IN ('ALARM_RAISED', 'ALARM_ACKNOWLEDGED', 'ALARM_ANSWERED', 'ALARM_ENDED')",
    ),
    ("ix_clock_running", "clock", &["organization_id", "due_at", "id"], "state = 'RUNNING'"),
];

/// The moment in the first 48 bits of an id, in milliseconds.
const MADE_AT: &str = "to_timestamp(('x' || substr(replace(complaint_id::text, '-', ''), 1, 12))::bit(48)::bigint / 1000) AT TIME ZONE 'UTC'";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, columns) in INDEXES {
            index(manager, table, columns).await?;
        }
        for (name, table, columns, of) in PARTIAL {
            let mut partial = Index::create();
            partial.name(name).table(table);
            for column in columns {
                partial.col(*column);
            }
            manager.create_index(partial.and_where(Expr::cust(of)).to_owned()).await?;
        }
        if manager.get_database_backend() == DbBackend::Postgres {
            let marks = format!(
                "UPDATE complaint_text SET terms = terms || array_to_tsvector(ARRAY[ \
                 '^' || to_char({MADE_AT}, 'YYYYMM'), '^' || to_char({MADE_AT}, 'YYYY')])"
            );
            manager.get_connection().execute_unprepared(&marks).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if manager.get_database_backend() == DbBackend::Postgres {
            let marks = format!(
                "UPDATE complaint_text SET terms = ts_delete(terms, ARRAY[ \
                 '^' || to_char({MADE_AT}, 'YYYYMM'), '^' || to_char({MADE_AT}, 'YYYY')])"
            );
            manager.get_connection().execute_unprepared(&marks).await?;
        }
        for (name, table, ..) in PARTIAL {
            manager.drop_index(Index::drop().name(name).table(table).to_owned()).await?;
        }
        for (table, columns) in INDEXES {
            let name = format!("ix_{table}_{}", columns.join("_"));
            manager.drop_index(Index::drop().name(name).table(table).to_owned()).await?;
        }
        Ok(())
    }
}
