//! A database for each test: a file for SQLite, a database of its own on the PostgreSQL that `tests/run` starts.

use std::fs::File;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::UNIX_EPOCH;

use api::app::database::{Durability, connect, migrate};
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement};

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
    /// The statements themselves, while they are recorded.
    recording: Arc<Mutex<Option<Vec<Statement>>>>,
    /// The folder of the file, removed at the end.
    folder: Option<PathBuf>,
}

static COUNT: AtomicU32 = AtomicU32::new(0);

/// Makes a migrated database: a copy of one that was migrated once for all tests of this build.
///
/// # Panics
/// When it cannot; for PostgreSQL with a hint to use `tests/run`.
pub async fn fresh(engine: Engine) -> Database {
    let name = next_name();
    match engine {
        Engine::Sqlite => {
            let folder = std::env::temp_dir().join(&name);
            std::fs::create_dir_all(&folder).expect("a temporary folder");
            let file = folder.join("test.db");
            std::fs::copy(template_file().await, &file).expect("a copy of the template");
            opened(format!("sqlite://{}", file.display()), Some(folder)).await
        }
        Engine::Postgres => {
            let server = std::env::var("HUIYIN_TEST_POSTGRES")
                .expect("HUIYIN_TEST_POSTGRES is not set: start the tests by tests/run, which starts a PostgreSQL");
            let template = template_database(&server).await;
            create(&administration(&server).await, &name, &format!(" TEMPLATE {template}")).await;
            opened(format!("{server}/{name}"), None).await
        }
    }
}

/// Makes a migrated database on a PostgreSQL that is not the one of all tests.
///
/// # Panics
/// When it cannot.
pub async fn fresh_on(server: &str) -> Database {
    let name = next_name();
    create(&administration(server).await, &name, "").await;
    let url = format!("{server}/{name}");
    migrate(&connect(&url, 1, Durability::Full).await.expect("the database answers"))
        .await
        .expect("the migrations run");
    opened(url, None).await
}

fn next_name() -> String {
    format!("huiyin_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::SeqCst))
}

async fn administration(server: &str) -> DatabaseConnection {
    connect(&format!("{server}/postgres"), 1, Durability::Full).await.expect("PostgreSQL answers")
}

async fn create(admin: &DatabaseConnection, name: &str, like: &str) {
    // A process that had this number before may have been ended before it could clean up.
    admin.execute_unprepared(&format!("DROP DATABASE IF EXISTS {name}")).await.expect("nobody uses it");
    admin.execute_unprepared(&format!("CREATE DATABASE {name}{like}")).await.expect("a database of its own");
}

/// What names the templates: another build may have other migrations.
fn build() -> String {
    let program = std::env::current_exe().and_then(std::fs::metadata).expect("the program of the tests");
    let built = program.modified().ok().and_then(|at| at.duration_since(UNIX_EPOCH).ok()).unwrap_or_default();
    format!("{:x}_{:x}", built.as_nanos(), program.len())
}

/// Holds until it is dropped: each test is a process of its own, and one of them makes the template.
fn alone() -> File {
    let path = std::env::temp_dir().join(format!("huiyin_template_{}.lock", build()));
    let lock = File::create(path).expect("a temporary folder");
    lock.lock().expect("its turn");
    lock
}

async fn template_file() -> PathBuf {
    let file = std::env::temp_dir().join(format!("huiyin_template_{}.db", build()));
    let _turn = alone();
    if !file.exists() {
        let half = file.with_extension("half");
        let _ = std::fs::remove_file(&half);
        let db = connect(&format!("sqlite://{}", half.display()), 1, Durability::Full).await.expect("a file");
        migrate(&db).await.expect("the migrations run");
        // What is still beside the file goes into it.
        db.execute_unprepared("PRAGMA wal_checkpoint(TRUNCATE)").await.expect("nobody else reads it");
        db.close().await.expect("it is closed");
        std::fs::rename(half, &file).expect("the template has its name");
    }
    file
}

async fn template_database(server: &str) -> String {
    let name = format!("huiyin_template_{}", build());
    let _turn = alone();
    let admin = administration(server).await;
    let sql = format!("SELECT 1 FROM pg_database WHERE datname = '{name}'");
    let found =
        admin.query_one_raw(Statement::from_string(DbBackend::Postgres, sql)).await.expect("PostgreSQL answers");
    if found.is_none() {
        let half = format!("{name}_half");
        create(&admin, &half, "").await;
        let db = connect(&format!("{server}/{half}"), 1, Durability::Full).await.expect("the database answers");
        migrate(&db).await.expect("the migrations run");
        db.close().await.expect("nobody uses it any more");
        let rename = format!("ALTER DATABASE {half} RENAME TO {name}");
        admin.execute_unprepared(&rename).await.expect("the template has its name");
    }
    name
}

/// Opens a database so that its statements are counted.
async fn opened(url: String, folder: Option<PathBuf>) -> Database {
    let mut db = connect(&url, 8, Durability::Full).await.expect("the database answers");
    let statements = Arc::new(AtomicU64::new(0));
    let recording: Arc<Mutex<Option<Vec<Statement>>>> = Arc::default();
    let (counter, recorder) = (statements.clone(), recording.clone());
    db.set_metric_callback(move |info| {
        counter.fetch_add(1, Ordering::SeqCst);
        if let Some(recorded) = recorder.lock().unwrap().as_mut() {
            recorded.push(info.statement.clone());
        }
    });
    Database { db, url, statements, recording, folder }
}

impl Database {
    /// Records every statement from now on.
    ///
    /// # Panics
    /// When a recorder has panicked.
    pub fn record(&self) {
        *self.recording.lock().unwrap() = Some(Vec::new());
    }

    /// What was recorded; nothing more is.
    ///
    /// # Panics
    /// When a recorder has panicked.
    #[must_use]
    pub fn recorded(&self) -> Vec<Statement> {
        self.recording.lock().unwrap().take().unwrap_or_default()
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Some(folder) = &self.folder {
            // A file that is still open goes with the process; nothing depends on it.
            let _ = std::fs::remove_dir_all(folder);
        }
    }
}
