//! Connecting: the one place where SQLite and PostgreSQL differ.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use migration::{Migrator, MigratorTrait};
use sea_orm::sea_query::{LockType, SimpleExpr};
use sea_orm::sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
use sea_orm::{
    ActiveEnum, ActiveModelTrait, ColumnTrait, ConnectOptions, ConnectionTrait, Database, DatabaseConnection,
    DatabaseTransaction, DbBackend, DbErr, EntityTrait, IntoActiveModel, Iterable, ModelTrait, QuerySelect, QueryTrait,
    Select, SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait,
};
use tokio::sync::Semaphore;
use uuid::Uuid;

/// How many prepared statements a connection keeps: an app's day has more than sqlx's 100, and what is put out is prepared
/// anew.
const STATEMENTS: usize = 300;

/// How safely SQLite writes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// What was acknowledged survives a crash of the machine.
    Full,
    /// Fast and unsafe: only for filling a file that is thrown away when interrupted.
    Scratch,
}

/// Connects to `sqlite://…` or `postgres://…`.
///
/// SQLite runs with WAL, foreign keys on and `synchronous=FULL`. PostgreSQL is used as it is configured, but for a limit on
/// transactions that nobody goes on with.
///
/// # Errors
/// When the database cannot be reached or is neither of the two.
pub async fn connect(url: &str, max_connections: u32, durability: Durability) -> Result<DatabaseConnection, DbErr> {
    let synchronous = if durability == Durability::Full { SqliteSynchronous::Full } else { SqliteSynchronous::Off };
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(max_connections)
        .acquire_timeout(Duration::from_secs(30))
        .sqlx_logging(false)
        .test_before_acquire(false)
        .test_before_acquire_if_idle_for(Duration::from_secs(30))
        .map_sqlx_postgres_opts(|postgres| {
            // A process that was stopped in a transaction holds its locks no longer than this.
            postgres.options([("idle_in_transaction_session_timeout", "10s")]).statement_cache_capacity(STATEMENTS)
        })
        .map_sqlx_sqlite_opts(move |sqlite| {
            sqlite
                .create_if_missing(true)
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(synchronous)
                .foreign_keys(true)
                .statement_cache_capacity(STATEMENTS)
                .busy_timeout(Duration::from_secs(30))
        });
    Database::connect(options).await
}

/// The queue in which writers of a database with one writer stand, first come first served; none for PostgreSQL.
///
/// SQLite's own waiting is by repeated tries and can starve somebody under load.
#[must_use]
pub fn writer_queue(db: &DatabaseConnection) -> Option<Arc<Semaphore>> {
    (db.get_database_backend() == DbBackend::Sqlite).then(|| Arc::new(Semaphore::new(1)))
}

/// Begins a transaction that will write. On SQLite it takes the write lock at once: a transaction that reads first and
/// then writes would fail when somebody else wrote in between.
///
/// # Errors
/// When the database does not answer.
pub async fn begin_writing(db: &DatabaseConnection) -> Result<DatabaseTransaction, DbErr> {
    db.begin_with_options(TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..Default::default()
    })
    .await
}

/// Locks the rows that a query finds until the transaction ends. On SQLite the transaction already has the only write
/// lock.
pub fn locked<E: sea_orm::EntityTrait>(select: Select<E>, connection: &impl ConnectionTrait) -> Select<E> {
    if connection.get_database_backend() == DbBackend::Postgres { select.lock_exclusive() } else { select }
}

/// Locks rows against being changed until the transaction ends, while others may refer to them and read them.
pub fn held<E: sea_orm::EntityTrait>(select: Select<E>, connection: &impl ConnectionTrait) -> Select<E> {
    // A lock for update would also hold up whoever inserts a row that refers to this one.
    let postgres = connection.get_database_backend() == DbBackend::Postgres;
    if postgres { select.lock(LockType::NoKeyUpdate) } else { select }
}

/// Reads rows that must stay as they are until the transaction ends: whoever wants to change them waits.
pub fn steady<E: sea_orm::EntityTrait>(select: Select<E>, connection: &impl ConnectionTrait) -> Select<E> {
    if connection.get_database_backend() == DbBackend::Postgres { select.lock_shared() } else { select }
}

/// Whether a column holds one of these ids. PostgreSQL gets several of them as one value: a statement that is the same however
/// many there are is read and planned once for each connection. One is asked for by itself, as PostgreSQL takes a list that it
/// does not know for ten, and would plan anew each time that a plan for one is cheaper than that.
pub fn among(db: &impl ConnectionTrait, column: impl ColumnTrait, ids: impl IntoIterator<Item = Uuid>) -> SimpleExpr {
    let ids: Vec<Uuid> = ids.into_iter().collect();
    match ids[..] {
        [one] => column.eq(one),
        _ if db.get_database_backend() == DbBackend::Postgres => column.eq_any(ids),
        _ => column.is_in(ids),
    }
}

/// Reads the first rows of a query. How many stands in the statement's text: PostgreSQL takes a number that it is given as a
/// value for a tenth of all that there is, and plans anew each time that it gets one.
///
/// # Errors
/// When the database does not answer.
pub async fn first_rows<E: EntityTrait>(
    db: &impl ConnectionTrait,
    rows: Select<E>,
    limit: u64,
) -> Result<Vec<E::Model>, DbErr> {
    let mut statement = rows.build(db.get_database_backend());
    statement.sql = format!("{} LIMIT {limit}", statement.sql);
    E::find().from_raw_sql(statement).all(db).await
}

/// Writes what of a row has changed since it was read: of a wide row few columns are different after an act.
///
/// # Errors
/// When the row is not there any more, or the database does not answer.
pub fn write_changes<'a, A, M>(
    db: &'a impl ConnectionTrait,
    before: &'a M,
    after: &'a M,
) -> BoxFuture<'a, Result<(), DbErr>>
where
    A: ActiveModelTrait<Entity = M::Entity> + Send + 'a,
    M: ModelTrait + IntoActiveModel<A> + Clone + Sync,
{
    // On the heap: no act grows by a row that it holds once more.
    Box::pin(async move {
        let mut changed: A = after.clone().into_active_model();
        for column in <M::Entity as EntityTrait>::Column::iter() {
            if before.get(column) != after.get(column) {
                changed.reset(column);
            }
        }
        if changed.is_changed() {
            M::Entity::update(changed).exec_without_returning(db).await?;
        }
        Ok(())
    })
}

/// Brings the database up to date.
///
/// # Errors
/// When the database is newer than this program, or a step fails.
pub async fn migrate(db: &DatabaseConnection) -> Result<(), DbErr> {
    refuse_newer(db).await?;
    Migrator::up(db, None).await
}

/// Refuses a database that a newer program has changed.
///
/// # Errors
/// When it knows a step that this program does not.
pub async fn refuse_newer(db: &DatabaseConnection) -> Result<(), DbErr> {
    Migrator::install(db).await?;
    let known: Vec<String> = Migrator::migrations().iter().map(|step| step.name().to_owned()).collect();
    let applied = Migrator::get_migration_models(db).await?;
    match applied.iter().find(|step| !known.contains(&step.version)) {
        Some(step) => Err(DbErr::Custom(format!(
            "the database is newer than this program: it has step {}, which this program does not know; \
             start the newer program instead",
            step.version
        ))),
        None => Ok(()),
    }
}

/// A name for this database that all of its replicas know it by.
///
/// # Errors
/// When it does not answer.
pub async fn installation(db: &DatabaseConnection) -> Result<String, DbErr> {
    let named = match db.get_database_backend() {
        DbBackend::Postgres => {
            "SELECT datname || ' ' || oid AS name FROM pg_database WHERE datname = current_database()"
        }
        _ => "SELECT 'one machine' AS name",
    };
    let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), named)).await?;
    row.ok_or_else(|| DbErr::RecordNotFound("the database itself".to_owned()))?.try_get("", "name")
}

/// The values of a closed set that a JSON list names, as [`crate::app::error::upper_snake`] writes them.
///
/// # Errors
/// When it is no list of such names.
pub fn named<T: ActiveEnum<Value = String>>(list: &serde_json::Value) -> crate::app::error::Result<Vec<T>> {
    let names: Vec<String> = serde_json::from_value(list.clone())?;
    Ok(names.iter().map(T::try_from_value).collect::<Result<_, _>>()?)
}
