//! A database for each test: a file for SQLite, a database of its own on the PostgreSQL that `tests/run` starts.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use api::app::database::{Durability, connect, migrate};
use sea_orm::{ConnectionTrait, DatabaseConnection};

/// One of the two databases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// A file.
    Sqlite,
    /// A server, named by `HUIYIN_TEST_POSTGRES` (`postgres://user@host:port`).
    Postgres,
}

/// A database that is thrown away with the test.
pub struct Database {
    /// The connection.
    pub db: DatabaseConnection,
    /// Its address.
    pub url: String,
    /// How many statements have been sent to it.
    pub statements: Arc<AtomicU64>,
    /// The folder of the file, removed at the end.
    folder: Option<PathBuf>,
}

static COUNT: AtomicU32 = AtomicU32::new(0);

/// Makes a migrated database.
///
/// # Panics
/// When it cannot; for PostgreSQL with a hint to use `tests/run`.
pub async fn fresh(engine: Engine) -> Database {
    let (url, folder) = match engine {
        Engine::Sqlite => {
            let name = format!("huiyin_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::SeqCst));
            let folder = std::env::temp_dir().join(&name);
            std::fs::create_dir_all(&folder).expect("a temporary folder");
            (format!("sqlite://{}/test.db", folder.display()), Some(folder))
        }
        Engine::Postgres => {
            let server = std::env::var("HUIYIN_TEST_POSTGRES")
                .expect("HUIYIN_TEST_POSTGRES is not set: start the tests by tests/run, which starts a PostgreSQL");
            return fresh_on(&server).await;
        }
    };
    migrated(url, folder).await
}

/// Makes a migrated database on a PostgreSQL.
///
/// # Panics
/// When it cannot.
pub async fn fresh_on(server: &str) -> Database {
    let name = format!("huiyin_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::SeqCst));
    let admin = connect(&format!("{server}/postgres"), 1, Durability::Full).await.expect("PostgreSQL answers");
    // A process that had this number before may have been ended before it could clean up.
    admin.execute_unprepared(&format!("DROP DATABASE IF EXISTS {name}")).await.expect("nobody uses it");
    admin.execute_unprepared(&format!("CREATE DATABASE {name}")).await.expect("a database of its own");
    migrated(format!("{server}/{name}"), None).await
}

async fn migrated(url: String, folder: Option<PathBuf>) -> Database {
    let mut db = connect(&url, 8, Durability::Full).await.expect("the database answers");
    migrate(&db).await.expect("the migrations run");
    let statements = Arc::new(AtomicU64::new(0));
    let counter = statements.clone();
    db.set_metric_callback(move |_| {
        counter.fetch_add(1, Ordering::SeqCst);
    });
    Database { db, url, statements, folder }
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Some(folder) = &self.folder {
            // A file that is still open goes with the process; nothing depends on it.
            let _ = std::fs::remove_dir_all(folder);
        }
    }
}
