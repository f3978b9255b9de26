//! What the figures were taken on, and under which settings.

use std::fs::read_to_string;
use std::path::Path;

use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement};
use serde_json::{Map, Value, json};

/// What PostgreSQL says of itself.
const ASKED: [&str; 7] = [
    "server_version",
    "fsync",
    "synchronous_commit",
    "full_page_writes",
    "max_connections",
    "shared_buffers",
    "random_page_cost",
];
/// The same of SQLite, of the connection of this process; the server opens its own in the same way.
const PRAGMAS: [&str; 3] = ["journal_mode", "synchronous", "foreign_keys"];

/// The settings of the database, as it says them itself.
pub async fn database(db: &DatabaseConnection) -> Value {
    let mut said = Map::new();
    if db.get_database_backend() == DbBackend::Postgres {
        for name in ASKED {
            let row = db.query_one_raw(Statement::from_string(DbBackend::Postgres, format!("SHOW {name}"))).await;
            said.insert(name.to_owned(), json!(row.unwrap().unwrap().try_get_by_index::<String>(0).unwrap()));
        }
        return Value::Object(said);
    }
    let version = Statement::from_string(DbBackend::Sqlite, "SELECT sqlite_version()");
    let row = db.query_one_raw(version).await.unwrap().unwrap();
    said.insert("sqlite_version".to_owned(), json!(row.try_get_by_index::<String>(0).unwrap()));
    for name in PRAGMAS {
        let asked = Statement::from_string(DbBackend::Sqlite, format!("PRAGMA {name}"));
        let row = db.query_one_raw(asked).await.unwrap().unwrap();
        // Some are words and some are numbers.
        let word = row.try_get_by_index::<String>(0);
        let said_of_it = word.or_else(|_| row.try_get_by_index::<i64>(0).map(|number| number.to_string()));
        said.insert(name.to_owned(), json!(said_of_it.unwrap()));
    }
    Value::Object(said)
}

/// The model of the processor.
pub fn processor() -> String {
    let text = read_to_string("/proc/cpuinfo").unwrap_or_default();
    text.lines().find_map(|line| line.strip_prefix("model name\t: ")).unwrap_or("unknown").to_owned()
}

/// How many threads run at a time.
pub fn cores() -> usize {
    std::thread::available_parallelism().unwrap().get()
}

/// How many lines a server has written to its log: a proof that it wrote one for each operation.
pub fn lines(log: &Path) -> usize {
    read_to_string(log).unwrap_or_default().lines().count()
}
