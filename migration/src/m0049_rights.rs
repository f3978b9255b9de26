//! Creates: `rights`, `rights_change`, kept by triggers; an index of `notice` by its place in the log.
//!
//! Whoever follows something is judged at each delivery, without asking the database about each of them: `rights` counts
//! the changes of what somebody may do in an organization, `rights_change` names whose they were. They are kept by
//! triggers, so that nobody who writes an account, a role, a home or the end of a session can forget them.
//!
//! On PostgreSQL the triggers run at the commit, after everything that an act locks: acts that change rights and cases can
//! lock each other out by nothing new. A transaction counts once.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend};

use crate::columns::{bigint, drop_tables, index, nullable, uuid};

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

/// A table whose rows say what somebody may do: its column of the account, what of it matters, and what may happen.
struct Watched {
    table: &'static str,
    account: &'static str,
    acts: &'static [&'static str],
}

const WATCHED: [Watched; 4] = [
    Watched { table: "account", account: "id", acts: &["UPDATE"] },
    Watched { table: "role_grant", account: "account_id", acts: &["INSERT", "UPDATE", "DELETE"] },
    Watched { table: "residency", account: "account_id", acts: &["INSERT", "UPDATE", "DELETE"] },
    // A session is used every few minutes, which changes nobody's rights.
    Watched {
        table: "session",
        account: "account_id",
        acts: &["UPDATE OF ended_at, ends_at, epoch, second_factor_passed", "DELETE"],
    },
];

impl Watched {
    fn triggers(&self) -> impl Iterator<Item = (String, &'static str)> {
        self.acts.iter().map(|act| {
            let verb = act.split(' ').next().unwrap_or(act).to_lowercase();
            (format!("rights_{}_{verb}", self.table), *act)
        })
    }

    /// The rows that a trigger has before it: as they were, as they are, or both.
    fn rows(act: &str) -> &'static [&'static str] {
        match act {
            "INSERT" => &["NEW"],
            "DELETE" => &["OLD"],
            _ => &["OLD", "NEW"],
        }
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut rights = Table::create();
        rights
            .table("rights")
            .col(uuid("organization_id"))
            .col(bigint("version"))
            .col(nullable(bigint("changed_in")))
            .primary_key(Index::create().col("organization_id"));
        manager.create_table(rights).await?;
        let mut change = Table::create();
        change
            .table("rights_change")
            .col(uuid("account_id"))
            .col(uuid("organization_id"))
            .col(bigint("version"))
            .primary_key(Index::create().col("account_id"));
        manager.create_table(change).await?;
        index(manager, "rights_change", &["organization_id", "version"]).await?;
        index(manager, "notice", &["organization_id", "position"]).await?;
        match manager.get_database_backend() {
            DbBackend::Postgres => postgres(manager).await,
            _ => sqlite(manager).await,
        }
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        let postgres = manager.get_database_backend() == DbBackend::Postgres;
        for watched in &WATCHED {
            for (name, _) in watched.triggers() {
                let on = if postgres { format!(" ON {}", watched.table) } else { String::new() };
                db.execute_unprepared(&format!("DROP TRIGGER {name}{on}")).await?;
            }
        }
        if postgres {
            for function in ["rights_of_account()", "rights_of_row()", "rights_changed(uuid, uuid)"] {
                db.execute_unprepared(&format!("DROP FUNCTION {function}")).await?;
            }
        }
        manager.drop_index(Index::drop().name("ix_notice_organization_id_position").table("notice").to_owned()).await?;
        drop_tables(manager, &["rights_change", "rights"]).await
    }
}

async fn sqlite(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    for watched in &WATCHED {
        for (name, act) in watched.triggers() {
            let body: Vec<String> = Watched::rows(act)
                .iter()
                .map(|row| {
                    format!(
                        "INSERT INTO rights (organization_id, version) VALUES ({row}.organization_id, 1)
                            ON CONFLICT (organization_id) DO UPDATE SET version = version + 1;
                         INSERT INTO rights_change (account_id, organization_id, version)
                            SELECT {row}.{account}, {row}.organization_id, version FROM rights
                            WHERE organization_id = {row}.organization_id
                            ON CONFLICT (account_id) DO UPDATE SET version = excluded.version;",
                        account = watched.account
                    )
                })
                .collect();
            let trigger =
                format!("CREATE TRIGGER {name} AFTER {act} ON {} BEGIN {} END", watched.table, body.join(" "));
            manager.get_connection().execute_unprepared(&trigger).await?;
        }
    }
    Ok(())
}

async fn postgres(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let db = manager.get_connection();
    db.execute_unprepared(
        "CREATE FUNCTION rights_changed(organization uuid, account uuid) RETURNS void LANGUAGE plpgsql AS $$
         DECLARE reached bigint;
         BEGIN
            INSERT INTO rights (organization_id, version, changed_in) VALUES (organization, 1, txid_current())
                ON CONFLICT (organization_id) DO UPDATE
                SET version = rights.version + 1, changed_in = excluded.changed_in
                WHERE rights.changed_in IS DISTINCT FROM excluded.changed_in;
            SELECT version INTO reached FROM rights WHERE organization_id = organization;
            INSERT INTO rights_change (account_id, organization_id, version) VALUES (account, organization, reached)
                ON CONFLICT (account_id) DO UPDATE SET version = excluded.version
                WHERE rights_change.version <> excluded.version;
         END $$",
    )
    .await?;
    for (function, account) in [("rights_of_account", "id"), ("rights_of_row", "account_id")] {
        db.execute_unprepared(&format!(
            "CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $$
             BEGIN
                IF TG_OP <> 'INSERT' THEN PERFORM rights_changed(OLD.organization_id, OLD.{account}); END IF;
                IF TG_OP <> 'DELETE' THEN PERFORM rights_changed(NEW.organization_id, NEW.{account}); END IF;
                RETURN NULL;
             END $$"
        ))
        .await?;
    }
    for watched in &WATCHED {
        let function = if watched.account == "id" { "rights_of_account" } else { "rights_of_row" };
        for (name, act) in watched.triggers() {
            let table = watched.table;
            db.execute_unprepared(&format!(
                "CREATE CONSTRAINT TRIGGER {name} AFTER {act} ON {table} DEFERRABLE INITIALLY DEFERRED
                 FOR EACH ROW EXECUTE FUNCTION {function}()"
            ))
            .await?;
        }
    }
    Ok(())
}
