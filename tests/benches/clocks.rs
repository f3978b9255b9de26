//! What it costs to find what is due among a million open clocks: `cargo bench -p tests --bench clocks`.
//!
//! A town's case is copied until a million clocks are open; ten thousand of them fall due within one minute. The sweeper
//! looks as it does in the server, on the system's clock. For each moment that is told, the delay is the time from when
//! it was due until its event was written. CPU time is that of this process; PostgreSQL's own processes are shown apart.
//! `HUIYIN_BENCH_CLOCKS` and `HUIYIN_BENCH_DUE` make it smaller.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark that cannot go on says where by panicking, and prints what it measured"
)]

use std::time::{Duration, Instant};

use api::app::clock::Clock;
use api::clock::sweep;
use chrono::{DateTime, TimeDelta, Utc};
use domain::clock::{Kind, State};
use domain::event::Kind as Event;
use entity::{clock, complaint, event};
use rustix::time::{ClockId, clock_gettime};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder};
use tests::World;
use tests::database::Engine;
use tests::world::app_over;
use uuid::Uuid;

/// How many rows are written by one statement: SQLite takes 32766 parameters.
const PART: usize = 500;
/// How many clocks a copied case has.
const PER_CASE: usize = 10;

fn setting(name: &str, usual: usize) -> usize {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

fn cpu() -> Duration {
    clock_gettime(ClockId::ProcessCPUTime).try_into().unwrap()
}

fn id(number: usize) -> Uuid {
    // Far away from what the town has made, and rising.
    Uuid::from_u128((0xF << 124) | number as u128)
}

/// Copies the case and one of its clocks; the first `due` clocks fall due from `begin` on, evenly over a minute.
async fn fill(world: &World, begin: DateTime<Utc>, open: usize, due: usize) {
    let case = complaint::Entity::find().one(&world.app.db).await.unwrap().unwrap();
    let sample = clock::Entity::find()
        .filter(clock::Column::Kind.eq(Kind::Resolution))
        .one(&world.app.db)
        .await
        .unwrap()
        .unwrap();
    let cases = open.div_ceil(PER_CASE);
    for from in (0..cases).step_by(PART) {
        let rows = (from..cases.min(from + PART)).map(|number| {
            let number_text = format!("BENCH-{number}");
            complaint::Model { id: id(number), number: number_text, ..case.clone() }.into_active_model()
        });
        complaint::Entity::insert_many(rows).exec_without_returning(&world.app.db).await.unwrap();
    }
    let step = TimeDelta::minutes(1) / i32::try_from(due).unwrap();
    for from in (0..open).step_by(PART) {
        let rows = (from..open.min(from + PART)).map(|number| {
            // What falls due is spread over the cases; the rest ends much later.
            let at = if number < due {
                begin + step * i32::try_from(number).unwrap()
            } else {
                begin + TimeDelta::days(30) + TimeDelta::seconds(i64::try_from(number % 2_000_000).unwrap())
            };
            let row = clock::Model {
                id: id(number),
                complaint_id: id(number % cases),
                started_at: at - TimeDelta::days(60),
                due_at: at,
                // The warning and everything before the end is told already.
                told: 1,
                state: State::Running,
                next_at: Some(at),
                hours: domain::clock::promise::Hours::Always,
                ..sample.clone()
            };
            row.into_active_model()
        });
        clock::Entity::insert_many(rows).exec_without_returning(&world.app.db).await.unwrap();
    }
}

async fn measure(engine: Engine) {
    let (open, due) = (setting("HUIYIN_BENCH_CLOCKS", 1_000_000), setting("HUIYIN_BENCH_DUE", 10_000));
    let world = World::new(engine).await;
    Box::pin(world.dripping_tap()).await;
    // The town's own clocks are of its own day; they are out of the way.
    let quiet = "UPDATE clock SET next_at = NULL";
    world.app.db.execute_unprepared(quiet).await.unwrap();
    let filling = Instant::now();
    let begin = Clock::System.now() + TimeDelta::seconds(i64::try_from(open / 4_000).unwrap() + 15);
    fill(&world, begin, open, due).await;
    if engine == Engine::Postgres {
        world.app.db.execute_unprepared("ANALYZE").await.unwrap();
    }
    let app = app_over(&world.database, Clock::System, 77);
    let filled = filling.elapsed();
    // An idle look, while nothing falls due.
    let idle = cpu();
    for _ in 0..100 {
        assert_eq!(sweep::tell_due(&app).await.unwrap(), 0, "filling took too long: give HUIYIN_BENCH_CLOCKS less");
    }
    let idle = cpu().saturating_sub(idle) / 100;
    let wait = (begin - app.clock.now()).to_std().unwrap_or_default();
    tokio::time::sleep(wait).await;
    let spent = cpu();
    let sweeper = tokio::spawn(sweep::keep(app.clone()));
    let missed = || event::Entity::find().filter(event::Column::Kind.eq(Event::ClockMissed));
    while missed().count(&app.db).await.unwrap() < due as u64 {
        tokio::time::sleep(Duration::from_secs(2)).await;
    }
    let spent = cpu().saturating_sub(spent);
    sweeper.abort();
    let events = missed().order_by_asc(event::Column::Position).all(&app.db).await.unwrap();
    let mut delays: Vec<i64> = events
        .iter()
        .map(|event| {
            let due: DateTime<Utc> = event.data["dueAt"].as_str().unwrap().parse().unwrap();
            (event.occurred_at - due).num_milliseconds()
        })
        .collect();
    delays.sort_unstable();
    let share = |of: usize| delays[(delays.len() - 1) * of / 100];
    println!(
        "{engine:?}: {open} open clocks, {due} due within a minute (filled in {:.0} s)\n  \
         delay p50 {} ms, p99 {} ms, most {} ms; {:.2} ms of CPU a moment told; {:.3} ms of CPU a look that finds nothing",
        filled.as_secs_f64(),
        share(50),
        share(99),
        share(100),
        spent.as_secs_f64() * 1e3 / f64::from(u32::try_from(delays.len()).unwrap()),
        idle.as_secs_f64() * 1e3,
    );
}

#[tokio::main]
async fn main() {
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    println!("load before: {}", load.trim());
    measure(Engine::Sqlite).await;
    measure(Engine::Postgres).await;
}
