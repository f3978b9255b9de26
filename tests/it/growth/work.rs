//! How much a statement reads: what tells a walk from a look-up, whatever the machine.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use api::app::database::{Durability, connect};
use sea_orm::{ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, Statement, TransactionTrait};
use serde_json::Value;
use tests::database::Database;

/// How much is read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Work {
    /// Rows that were looked at on PostgreSQL, also those that were left out; steps of SQLite's engine.
    pub rows: u64,
    /// Pages that were looked at, of indexes as well; none are counted on SQLite.
    pub pages: u64,
}

impl Work {
    /// Both together.
    pub const fn plus(self, other: Self) -> Self {
        Self { rows: self.rows + other.rows, pages: self.pages + other.pages }
    }

    /// Whether it is more than it was where the tables were small, by more than a fifth and a little that is always allowed:
    /// a page more or less of rows, a level more of an index for each row. Pages may grow by a half for these levels.
    pub const fn outgrows(self, small: Self, backend: DbBackend) -> bool {
        let rows = if matches!(backend, DbBackend::Sqlite) { 3_000 } else { 40 };
        self.rows * 5 > small.rows * 6 + rows * 5 || self.pages * 2 > small.pages * 3 + 200
    }
}

/// Runs statements once more and counts what they read.
pub struct Meter {
    db: DatabaseConnection,
    /// Steps of SQLite's engine on the connection.
    steps: Arc<AtomicU64>,
    known: HashMap<String, Work>,
}

/// How often SQLite says that it has gone on.
const STEPS: u32 = 10;

impl Meter {
    /// A meter on a connection of its own.
    pub async fn over(database: &Database) -> Self {
        let db = connect(&database.url, 1, Durability::Full).await.unwrap();
        let steps = Arc::new(AtomicU64::new(0));
        if db.get_database_backend() == DbBackend::Sqlite {
            let mut connection = db.get_sqlite_connection_pool().acquire().await.unwrap();
            let counter = steps.clone();
            let mut handle = connection.lock_handle().await.unwrap();
            handle.set_progress_handler(i32::try_from(STEPS).unwrap(), move || {
                counter.fetch_add(u64::from(STEPS), Ordering::Relaxed);
                true
            });
        }
        Self { db, steps, known: HashMap::new() }
    }

    /// What each of some statements reads; none for what is no reading.
    pub async fn measure(&mut self, statements: &[Statement]) -> Vec<Option<Work>> {
        let txn = self.db.begin().await.unwrap();
        if self.db.get_database_backend() == DbBackend::Postgres {
            // As on a solid-state disk; and nothing is compiled for the plan, whose cost is none of these.
            txn.execute_unprepared("SET LOCAL random_page_cost = 1.1; SET LOCAL jit = off").await.unwrap();
        }
        let mut found = Vec::with_capacity(statements.len());
        for statement in statements {
            let reads = statement.sql.starts_with("SELECT") && !statement.sql.contains(" FOR ");
            let said = statement.to_string();
            let known = self.known.get(&said).copied();
            let work = match known {
                _ if !reads => None,
                Some(work) => Some(work),
                None if self.db.get_database_backend() == DbBackend::Postgres => {
                    Some(of_postgres(&txn, statement).await)
                }
                None => Some(self.of_sqlite(&txn, statement).await),
            };
            if let Some(work) = work {
                self.known.insert(said, work);
            }
            found.push(work);
        }
        txn.rollback().await.unwrap();
        found
    }

    async fn of_sqlite(&self, txn: &DatabaseTransaction, statement: &Statement) -> Work {
        self.steps.store(0, Ordering::Relaxed);
        txn.query_all_raw(statement.clone()).await.unwrap_or_else(|error| panic!("{statement}: {error}"));
        Work { rows: self.steps.load(Ordering::Relaxed), pages: 0 }
    }
}

async fn of_postgres(txn: &DatabaseTransaction, statement: &Statement) -> Work {
    let sql = format!("EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) {}", statement.sql);
    let explain = Statement { sql, ..statement.clone() };
    let row = txn.query_one_raw(explain).await.unwrap_or_else(|error| panic!("{statement}: {error}")).unwrap();
    let plan: Value = row.try_get_by_index(0).unwrap();
    let top = &plan[0]["Plan"];
    let pages = number(top, "Shared Hit Blocks") + number(top, "Shared Read Blocks");
    Work { rows: rows(top), pages }
}

/// The rows that are read from tables and indexes, in a plan and below it.
fn rows(node: &Value) -> u64 {
    let left_out = ["Rows Removed by Filter", "Rows Removed by Index Recheck"].map(|name| number(node, name));
    let each = number(node, "Actual Rows") + left_out.iter().sum::<u64>();
    let reads = !(node["Relation Name"].is_null() && node["Index Name"].is_null());
    let own = if reads { each * number(node, "Actual Loops") } else { 0 };
    let below = node["Plans"].as_array().into_iter().flatten().map(rows).sum::<u64>();
    own + below
}

fn number(node: &Value, name: &str) -> u64 {
    node[name].as_u64().unwrap_or_default()
}

/// A statement without its values and without how many of them stand in a list: what two sizes have in common.
pub fn shape(sql: &str) -> String {
    let mut shape: String = sql.chars().filter(|letter| !letter.is_ascii_digit()).collect();
    for list in ["$, ", "?, "] {
        let two = list.repeat(2);
        while shape.contains(&two) {
            shape = shape.replace(&two, list);
        }
    }
    shape.replace("($, $)", "($)").replace("(?, ?)", "(?)")
}
