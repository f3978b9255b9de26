//! Creates: `set_up`, kept by triggers.
//!
//! What a site works by (its calendar, promises, categories, policies) is read by every act and changes a few times a year.
//! `set_up` has a number for each site that is another one after every change, so that one small statement says whether what
//! a server has in memory still holds. The numbers are never used again, also not those of changes that were rolled back:
//! what was read under one of these can be kept by nobody for something else. Triggers keep them, so that nobody who writes
//! the set-up can forget them.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend};

use crate::columns::{bigint, drop_tables, index, uuid};

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

/// Tables whose rows are about one site, with the column of it.
const OF_SITE: [(&str, &str); 9] = [
    ("site", "id"),
    ("building", "site_id"),
    ("category", "site_id"),
    ("calendar", "site_id"),
    ("calendar_day", "site_id"),
    ("service_promises", "site_id"),
    ("reply_policy", "site_id"),
    ("form_rule", "site_id"),
    ("attention_policy", "site_id"),
];
/// Tables whose rows are about all sites of an organization.
const OF_ORGANIZATION: [&str; 1] = ["official_year"];
/// What may happen, and the rows that a trigger looks at.
const ACTS: [(&str, &str); 3] = [("INSERT", "NEW"), ("UPDATE", "NEW"), ("DELETE", "OLD")];

fn triggers() -> impl Iterator<Item = (&'static str, Option<&'static str>, &'static str, &'static str, String)> {
    let of_site = OF_SITE.iter().map(|(table, site)| (*table, Some(*site)));
    of_site.chain(OF_ORGANIZATION.iter().map(|table| (*table, None))).flat_map(|(table, site)| {
        ACTS.iter().map(move |(act, row)| (table, site, *act, *row, format!("set_up_{table}_{}", act.to_lowercase())))
    })
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        let postgres = manager.get_database_backend() == DbBackend::Postgres;
        let mut set_up = Table::create();
        set_up
            .table("set_up")
            .col(uuid("site_id"))
            .col(uuid("organization_id"))
            .col(bigint("stamp"))
            .primary_key(Index::create().col("site_id"));
        manager.create_table(set_up).await?;
        index(manager, "set_up", &["organization_id"]).await?;
        let stamp = if postgres { "nextval('set_up_stamp')" } else { "random()" };
        if postgres {
            db.execute_unprepared("CREATE SEQUENCE set_up_stamp").await?;
        }
        let sites = format!(
            "INSERT INTO set_up (site_id, organization_id, stamp) SELECT id, organization_id, {stamp} FROM site"
        );
        db.execute_unprepared(&sites).await?;
        for (table, site, act, row, name) in triggers() {
            let statements = if postgres {
                on_postgres(table, site, act, row, &name)
            } else {
                vec![on_sqlite(table, site, act, row, &name)]
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
        for (table, _, _, _, name) in triggers() {
            let on = if postgres { format!(" ON {table}") } else { String::new() };
            db.execute_unprepared(&format!("DROP TRIGGER {name}{on}")).await?;
            if postgres {
                db.execute_unprepared(&format!("DROP FUNCTION {name}()")).await?;
            }
        }
        drop_tables(manager, &["set_up"]).await?;
        if postgres {
            db.execute_unprepared("DROP SEQUENCE set_up_stamp").await?;
        }
        Ok(())
    }
}

/// Once for each row that is written.
pub fn on_sqlite(table: &str, site: Option<&str>, act: &str, row: &str, name: &str) -> String {
    let body = match site {
        Some(site) => format!(
            "INSERT INTO set_up (site_id, organization_id, stamp) VALUES ({row}.{site}, {row}.organization_id, random())
             ON CONFLICT (site_id) DO UPDATE SET stamp = excluded.stamp;"
        ),
        None => format!("UPDATE set_up SET stamp = random() WHERE organization_id = {row}.organization_id;"),
    };
    format!("CREATE TRIGGER {name} AFTER {act} ON {table} BEGIN {body} END")
}

/// Once for a statement, however many rows it writes, and in the order of the sites.
pub fn on_postgres(table: &str, site: Option<&str>, act: &str, row: &str, name: &str) -> Vec<String> {
    let body = match site {
        Some(site) => format!(
            "INSERT INTO set_up (site_id, organization_id, stamp)
                SELECT site_id, organization_id, nextval('set_up_stamp')
                FROM (SELECT DISTINCT {site} AS site_id, organization_id FROM changed ORDER BY 1) AS sites
                ON CONFLICT (site_id) DO UPDATE SET stamp = excluded.stamp;"
        ),
        None => "UPDATE set_up SET stamp = nextval('set_up_stamp')
                WHERE organization_id IN (SELECT organization_id FROM changed);"
            .to_owned(),
    };
    vec![
        format!("CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} RETURN NULL; END $$"),
        format!(
            "CREATE TRIGGER {name} AFTER {act} ON {table} REFERENCING {row} TABLE AS changed
             FOR EACH STATEMENT EXECUTE FUNCTION {name}()"
        ),
    ]
}
