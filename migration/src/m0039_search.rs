//! PostgreSQL keeps the terms of a case in one row under an inverted index: `complaint_text`. SQLite has no such index and
//! keeps a row for each term: `complaint_term`.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if manager.get_database_backend() != DbBackend::Postgres {
            return Ok(());
        }
        run(
            manager,
            &[
                "CREATE TABLE complaint_text (complaint_id uuid PRIMARY KEY REFERENCES complaint (id), \
                 site_id uuid NOT NULL REFERENCES site (id), terms tsvector NOT NULL)",
                "INSERT INTO complaint_text (complaint_id, site_id, terms) \
                 SELECT complaint_id, site_id, array_to_tsvector(array_agg(term::text)) FROM complaint_term GROUP BY complaint_id, site_id",
                "CREATE INDEX ix_complaint_text_terms ON complaint_text USING gin (terms)",
                "TRUNCATE complaint_term",
            ],
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if manager.get_database_backend() != DbBackend::Postgres {
            return Ok(());
        }
        run(
            manager,
            &[
                "INSERT INTO complaint_term (complaint_id, term, site_id) \
                 SELECT complaint_id, term, site_id FROM complaint_text, \
                 LATERAL unnest(tsvector_to_array(terms)) AS term",
                "DROP TABLE complaint_text",
            ],
        )
        .await
    }
}

async fn run(manager: &SchemaManager<'_>, statements: &[&str]) -> Result<(), DbErr> {
    for statement in statements {
        manager.get_connection().execute_unprepared(statement).await?;
    }
    Ok(())
}
