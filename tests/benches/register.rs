//! What it costs to search a register of half a million cases, and to find the earlier reports of a unit in it:
//! `cargo bench -p tests --bench register`.
//!
//! The cases are written directly at fifty sites (`tests/src/reports.rs`). Then a leader, who sees all of them, and an agent of
//! one site search for what is common and what is rare, and a customer's unit is asked for similar reports; each request goes
//! through the schema. `HUIYIN_BENCH_COMPLAINTS` makes it smaller, `HUIYIN_BENCH_SITES` says at how many sites,
//! `HUIYIN_BENCH_ROUNDS` how often each is asked, `HUIYIN_BENCH_SQLITE=1` measures SQLite too.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark that cannot go on says where by panicking, and prints what it measured"
)]

use std::time::{Duration, Instant};

use domain::organization::Role;
use entity::role_grant;
use sea_orm::{ConnectionTrait, EntityTrait, IntoActiveModel, Statement};
use serde_json::{Value, json};
use tests::World;
use tests::database::Engine;
use tests::reports::{Seeded, seed};

/// What is searched for: common and rare words, two common ones that seldom meet, a name, a place, a number, nothing.
const QUESTIONS: [&str; 10] =
    ["漏水", "电梯", "钢琴", "水龙头漏水", "外墙瓷砖 一直响", "王先生77", "地下车库", "1234", "马桶钢琴", "鲸鱼"];

fn setting(name: &str, usual: usize) -> usize {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

/// Asks a few times; how long each took.
async fn ask(world: &World, who: &str, document: &str, variables: Value, rounds: usize) -> Vec<Duration> {
    let mut took = Vec::new();
    for _ in 0..rounds {
        let begin = Instant::now();
        world.ask(who, document, variables.clone()).await;
        took.push(begin.elapsed());
    }
    took
}

fn tell(what: &str, mut took: Vec<Duration>) {
    took.sort_unstable();
    let share = |of: usize| took[(took.len() - 1) * of / 100].as_secs_f64() * 1e3;
    println!("  {what:<40} p50 {:7.1} ms, p99 {:7.1} ms, most {:7.1} ms", share(50), share(99), share(100));
}

/// The agent works at one of the seeded sites as well.
async fn employ(world: &World, seeded: &Seeded) {
    let like = role_grant::Entity::find().all(&world.app.db).await.unwrap();
    let like = like.into_iter().find(|grant| grant.role == Role::CustomerServiceAgent).unwrap();
    let account_id = world.town.id("second agent");
    let id = world.app.dice.id(world.now());
    let site_id = Some(seeded.sites[0]);
    let grant = role_grant::Model { id, account_id, site_id, department_id: None, ..like };
    role_grant::Entity::insert(grant.into_active_model()).exec_without_returning(&world.app.db).await.unwrap();
}

async fn sizes(world: &World) {
    let sql = "SELECT relname::text AS name, pg_relation_size(oid) AS bytes FROM pg_class WHERE relname IN \
               ('complaint', 'complaint_text', 'ix_complaint_text_terms', 'complaint_text_pkey') ORDER BY 1";
    let rows = world.app.db.query_all_raw(Statement::from_string(sea_orm::DbBackend::Postgres, sql)).await.unwrap();
    for row in rows {
        let (name, bytes): (String, i64) = (row.try_get("", "name").unwrap(), row.try_get("", "bytes").unwrap());
        println!("  {name:<40} {:7} MB", bytes / 1_000_000);
    }
}

async fn measure(engine: Engine) {
    let (cases, sites) = (setting("HUIYIN_BENCH_COMPLAINTS", 500_000), setting("HUIYIN_BENCH_SITES", 50));
    let rounds = setting("HUIYIN_BENCH_ROUNDS", 30);
    let world = World::new(engine).await;
    Box::pin(world.dripping_tap()).await;
    let filling = Instant::now();
    let seeded = seed(&world, cases, sites).await;
    employ(&world, &seeded).await;
    let analyze = if engine == Engine::Postgres { "VACUUM ANALYZE" } else { "ANALYZE" };
    world.app.db.execute_unprepared(analyze).await.unwrap();
    println!("{engine:?}: {cases} cases at {sites} sites (filled in {:.0} s)", filling.elapsed().as_secs_f64());
    if engine == Engine::Postgres {
        sizes(&world).await;
    }
    let document = "query($text: String!) { search(text: $text) { nodes { foundBy complaint { number } } } }";
    for (who, name) in [("company leader", "all sites"), ("second agent", "one site")] {
        let mut all = Vec::new();
        for question in QUESTIONS {
            ask(&world, who, document, json!({ "text": question }), 1).await;
            let took = ask(&world, who, document, json!({ "text": question }), rounds).await;
            all.extend(took.iter().copied());
            tell(&format!("search {name}: {question}"), took);
        }
        tell(&format!("search {name}: all of these"), all);
    }
    let similar =
        "query($input: SimilarComplaintsInput!) { similarComplaints(input: $input) { complaint { number } } }";
    let input = json!({ "unitId": format!("Unit_{}", seeded.unit.simple()), "description": "卫生间水龙头漏水",
        "categoryId": format!("Category_{}", seeded.category.simple()), "contactPhone": "13900000077" });
    tell(
        "similar reports of a unit",
        ask(&world, "second agent", similar, json!({ "input": input }), rounds.max(100)).await,
    );
}

#[tokio::main]
async fn main() {
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    println!("load before: {}", load.trim());
    measure(Engine::Postgres).await;
    if setting("HUIYIN_BENCH_SQLITE", 0) == 1 {
        measure(Engine::Sqlite).await;
    }
}
