//! Servers on one PostgreSQL, killed at random and stopped in mid-sentence: every moment of every clock is told exactly once.

use std::collections::BTreeMap;
use std::time::Duration;

use domain::event::Kind as Event;
use entity::{clock, event};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use tests::World;
use tests::database::Engine;
use tests::replicas::start;
use tests::server::Server;

const CASES: usize = 30;
/// How often a server is killed, at least; and for how long all of it may take.
const KILLS: usize = 6;
const PATIENCE: Duration = Duration::from_mins(2);

async fn due(world: &World) -> u64 {
    let now = api::app::clock::Clock::System.now();
    clock::Entity::find().filter(clock::Column::NextAt.lte(now)).count(&world.app.db).await.unwrap()
}

#[tokio::test]
async fn c7_every_moment_that_fell_due_is_told_once_by_two_servers_that_are_killed() {
    let world = World::new(Engine::Postgres).await;
    // The world's clock stands months back, so that for the servers every moment of these clocks is past.
    for _ in 0..CASES {
        Box::pin(world.dripping_tap()).await;
    }
    let clocks = clock::Entity::find().all(&world.app.db).await.unwrap();
    assert!(clocks.len() >= 4 * CASES && clocks.iter().all(|clock| clock.told == 0));
    let mut servers = [Server::start(&world.database.url).await, Server::start(&world.database.url).await];
    let mut dice = StdRng::seed_from_u64(7);
    let began = tokio::time::Instant::now();
    let (mut kills, mut between) = (0, 0);
    while kills < KILLS || due(&world).await > 0 {
        assert!(began.elapsed() < PATIENCE, "{} are due after {kills} kills", due(&world).await);
        tokio::time::sleep(Duration::from_millis(dice.random_range(20..200))).await;
        if kills < KILLS {
            let server = &mut servers[kills % 2];
            server.kill().await;
            kills += 1;
            between += usize::from(due(&world).await > 0);
            server.again().await;
        }
    }
    assert!(between > 0, "no kill fell into the work");
    assert_told_once(&world, clocks.len()).await;
}

/// Of three replicas one is stopped after the other, whatever it is doing, and goes on later as if nothing had been.
#[tokio::test]
async fn c7_a_replica_that_is_stopped_is_followed_within_seconds_and_does_no_harm_when_it_goes_on() {
    let world = World::new(Engine::Postgres).await;
    let servers = start(&world, 3, &[]).await;
    for server in servers.iter().chain(&servers) {
        for _ in 0..3 {
            Box::pin(world.dripping_tap()).await;
        }
        server.signal("-STOP").await;
        for _ in 0..3 {
            Box::pin(world.dripping_tap()).await;
        }
        // It may hold the lease, and rows in a transaction that the database ends.
        let stopped = tokio::time::Instant::now();
        while due(&world).await > 0 {
            assert!(stopped.elapsed() < PATIENCE, "{} are due", due(&world).await);
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        server.signal("-CONT").await;
    }
    for server in &servers {
        server.says("ready").await;
    }
    let clocks = clock::Entity::find().count(&world.app.db).await.unwrap();
    assert_told_once(&world, usize::try_from(clocks).unwrap()).await;
}

async fn assert_told_once(world: &World, clocks: usize) {
    let kinds = [Event::ClockWarned, Event::ClockMissed, Event::CaseEscalated];
    let events = event::Entity::find().filter(event::Column::Kind.is_in(kinds)).all(&world.app.db).await.unwrap();
    let mut told: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for event in events {
        let text = |name: &str| event.data[name].as_str().unwrap().to_owned();
        let clock = format!("{} {} {}", event.complaint_id, text("clock"), text("startedAt"));
        told.entry(clock).or_default().push(text("moment"));
    }
    assert_eq!(told.len(), clocks);
    for (clock, moments) in told {
        let mut once = moments.clone();
        once.sort();
        once.dedup();
        assert_eq!(once.len(), moments.len(), "{clock}: {moments:?}");
        for moment in ["WARNING", "LIMIT", "OFFICE_HEAD", "COMPANY_LEADER"] {
            assert!(once.iter().any(|told| told == moment), "{clock}: {moments:?}");
        }
    }
    let after = clock::Entity::find().all(&world.app.db).await.unwrap();
    assert!(after.iter().all(|clock| clock.missed_at == Some(clock.due_at)), "the true time, not that of the telling");
}
