//! What a database says of how it would run a statement.

use std::collections::BTreeSet;

use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement};
use serde_json::Value;

/// The tables that there are.
pub async fn tables(db: &DatabaseConnection) -> Vec<String> {
    let sql = match db.get_database_backend() {
        DbBackend::Sqlite => "SELECT name FROM sqlite_master WHERE type = 'table'",
        _ => "SELECT tablename::text AS name FROM pg_tables WHERE schemaname = 'public'",
    };
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap();
    rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect()
}

/// The tables of PostgreSQL that hold enough for its plans to tell one way from another.
pub async fn filled(db: &DatabaseConnection) -> BTreeSet<String> {
    let sql = "SELECT relname::text FROM pg_class WHERE relkind = 'r' AND reltuples >= 200";
    let rows = db.query_all_raw(Statement::from_string(DbBackend::Postgres, sql)).await.unwrap();
    rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect()
}

/// The big tables that a statement walks through, and how.
pub async fn scans(db: &DatabaseConnection, statement: &Statement, big: &BTreeSet<String>) -> Vec<(String, String)> {
    let first = statement.sql.split_whitespace().next().unwrap_or_default().to_uppercase();
    if !matches!(first.as_str(), "SELECT" | "UPDATE" | "DELETE" | "INSERT" | "WITH") {
        return Vec::new();
    }
    match db.get_database_backend() {
        DbBackend::Sqlite => of_sqlite(db, statement, big).await,
        _ => of_postgres(db, statement, big).await,
    }
}

async fn of_sqlite(db: &DatabaseConnection, statement: &Statement, big: &BTreeSet<String>) -> Vec<(String, String)> {
    let explain = Statement { sql: format!("EXPLAIN QUERY PLAN {}", statement.sql), ..statement.clone() };
    let rows = db.query_all_raw(explain).await.unwrap_or_else(|error| panic!("{statement}: {error}"));
    let details = rows.iter().map(|row| row.try_get_by_index::<String>(3).unwrap());
    let said = statement.to_string();
    let walked = |line: String| {
        let table = line.strip_prefix("SCAN ")?.split_whitespace().next()?.to_owned();
        // For a new row SQLite plans to look for what refers to it already, and does so only where a deferred key is open.
        let named = statement.sql.contains(&format!("\"{table}\""));
        // Nothing is read for whoever may see nothing.
        let empty = said.contains(&format!("FROM \"{table}\" WHERE 1 = 2"));
        (named && !empty && big.contains(&table)).then_some((table, line))
    };
    details.filter_map(walked).collect()
}

async fn of_postgres(db: &DatabaseConnection, statement: &Statement, big: &BTreeSet<String>) -> Vec<(String, String)> {
    // One after the other on one connection: the setting and the plan.
    let txn = sea_orm::TransactionTrait::begin(db).await.unwrap();
    txn.execute_unprepared("SET LOCAL random_page_cost = 1.1; SET LOCAL enable_seqscan = off").await.unwrap();
    let explain = Statement { sql: format!("EXPLAIN (FORMAT JSON) {}", statement.sql), ..statement.clone() };
    let row = txn.query_one_raw(explain).await.unwrap_or_else(|error| panic!("{statement}: {error}")).unwrap();
    let plan: Value = row.try_get_by_index(0).unwrap();
    txn.rollback().await.unwrap();
    let mut found = Vec::new();
    walk(&plan[0]["Plan"], big, &mut found);
    found
}

fn walk(node: &Value, big: &BTreeSet<String>, found: &mut Vec<(String, String)>) {
    let kind = node["Node Type"].as_str().unwrap_or_default();
    let table = node["Relation Name"].as_str().unwrap_or_default();
    let along_an_index = matches!(kind, "Index Scan" | "Index Only Scan") && node["Index Cond"].is_null();
    if big.contains(table) && (kind == "Seq Scan" || along_an_index) {
        found.push((table.to_owned(), format!("{kind} {}", node["Index Name"].as_str().unwrap_or_default())));
    }
    for below in node["Plans"].as_array().into_iter().flatten() {
        walk(below, big, found);
    }
}

/// The table that a statement is about: the first that it names.
pub fn subject(sql: &str) -> &str {
    let after =
        ["FROM \"", "INTO \"", "UPDATE \""].iter().filter_map(|word| sql.find(word).map(|at| at + word.len())).min();
    after.and_then(|at| sql[at..].split('"').next()).unwrap_or_default()
}
