//! How data are kept: what the embedded database promises, and which databases the program refuses.

use api::app::database::{migrate, refuse_newer};
use sea_orm::{ConnectionTrait, Statement};
use tests::World;
use tests::database::{Engine, fresh};

async fn pragma(world: &World, name: &str) -> String {
    let db = &world.app.db;
    let sql = Statement::from_string(
        db.get_database_backend(),
        format!("SELECT CAST({name} AS TEXT) AS v FROM pragma_{name}"),
    );
    db.query_one_raw(sql).await.unwrap().unwrap().try_get::<String>("", "v").unwrap()
}

#[tokio::test]
async fn sqlite_writes_through_with_a_log_and_holds_foreign_keys() {
    let world = World::new(Engine::Sqlite).await;
    assert_eq!(pragma(&world, "journal_mode").await, "wal");
    assert_eq!(pragma(&world, "synchronous").await, "2", "FULL");
    assert_eq!(pragma(&world, "foreign_keys").await, "1");
}

async fn a_newer_database_is_refused(engine: Engine) {
    let database = fresh(engine).await;
    migrate(&database.db).await.expect("migrating twice changes nothing");
    let newer = "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m9999_from_the_future', 1)";
    database.db.execute_unprepared(newer).await.unwrap();
    let refused = refuse_newer(&database.db).await.unwrap_err().to_string();
    assert!(refused.contains("newer than this program") && refused.contains("m9999_from_the_future"), "{refused}");
}

#[tokio::test]
async fn sqlite_a_database_newer_than_the_program_is_refused() {
    a_newer_database_is_refused(Engine::Sqlite).await;
}

#[tokio::test]
async fn postgres_a_database_newer_than_the_program_is_refused() {
    a_newer_database_is_refused(Engine::Postgres).await;
}
