//! Servers on one PostgreSQL, killed at random and stopped in mid-sentence: every moment of every clock is told exactly once.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use api::app::lease::{HOLDS, RENEWED};
use api::event::query::cursor;
use domain::event::Kind as Event;
use entity::{clock, event, job_lease, notice};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder};
use serde_json::{Value, json};
use tests::World;
use tests::database::Engine;
use tests::outside::nats;
use tests::replicas::{Client, Met, goal, start, tell, tokens};
use tests::server::Server;
use tests::socket::Socket;
use tokio::time::Instant;

const CASES: usize = 30;
/// How often a server is killed, at least; and for how long all of it may take.
const KILLS: usize = 6;
const PATIENCE: Duration = Duration::from_mins(2);
/// How often whoever holds the lease looks for clocks that are due.
const LOOKS: Duration = Duration::from_millis(500);
/// For what the work itself takes, on a machine that is busy with other tests.
const SLACK: Duration = Duration::from_secs(2);
/// After how long the database ends a transaction that nobody goes on with.
const IDLE: Duration = Duration::from_secs(10);
const NOTICES: &str = "subscription($after: String) { item: myNotices(after: $after) { cursor kind } }";
const CASE: &str =
    "subscription($id: ID!, $after: String) { complaintEvents(complaintId: $id, after: $after) { cursor kind } }";

async fn due(world: &World) -> u64 {
    let now = api::app::clock::Clock::System.now();
    clock::Entity::find().filter(clock::Column::NextAt.lte(now)).count(&world.app.db).await.unwrap()
}

/// Within what another goes on with the work when whoever did it is gone: its lease ends, another's turn comes to look at
/// leases, and then at clocks.
fn followed() -> Duration {
    HOLDS + RENEWED + LOOKS + SLACK
}

/// How often the work has passed from one to another.
async fn passed(world: &World) -> i64 {
    job_lease::Entity::find_by_id("clocks").one(&world.app.db).await.unwrap().map_or(0, |lease| lease.term)
}

async fn nothing_is_due(world: &World) {
    let began = Instant::now();
    while due(world).await > 0 {
        assert!(began.elapsed() < PATIENCE, "{} are due", due(world).await);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn c7_when_whoever_does_the_work_is_killed_or_stopped_another_goes_on_within_seconds() {
    let world = World::new(Engine::Postgres).await;
    let mut servers = start(&world, 3, &[]).await;
    let mut took: BTreeMap<&str, Vec<Duration>> = BTreeMap::new();
    for how in ["killed", "stopped"] {
        // One after the other, as nobody tells which of them it is. Whoever else is gone holds nobody up.
        for server in &mut servers {
            // The clocks of a case are past for the servers, so the work is known to go on when none of them is due any more.
            Box::pin(world.dripping_tap()).await;
            nothing_is_due(&world).await;
            let before = passed(&world).await;
            let gone = Instant::now();
            if how == "killed" {
                server.kill().await;
            } else {
                server.signal("-STOP").await;
            }
            Box::pin(world.dripping_tap()).await;
            nothing_is_due(&world).await;
            let goes_on = gone.elapsed();
            assert!(goes_on < followed(), "{how}: {goes_on:?}");
            if passed(&world).await > before {
                took.entry(how).or_default().push(goes_on);
            }
            if how == "killed" {
                server.again().await;
            } else {
                server.signal("-CONT").await;
                server.says("ready").await;
            }
        }
    }
    println!("until another went on: {took:?}");
    assert_eq!(took.len(), 2, "one that did the work was killed, and one was stopped: {took:?}");
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
    let began = Instant::now();
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
        let stopped = Instant::now();
        for _ in 0..3 {
            Box::pin(world.dripping_tap()).await;
        }
        // It may hold the lease, and rows in a transaction that the database ends.
        let left = due(&world).await;
        while left > 0 && due(&world).await >= left {
            assert!(stopped.elapsed() < followed() + IDLE, "{left} are due, and nobody goes on");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        nothing_is_due(&world).await;
        server.signal("-CONT").await;
    }
    for server in &servers {
        server.says("ready").await;
    }
    let clocks = clock::Entity::find().count(&world.app.db).await.unwrap();
    assert_told_once(&world, usize::try_from(clocks).unwrap()).await;
}

/// Adds to a case, from a version on.
async fn add(client: &mut Client, case: &Value, versions: std::ops::RangeInclusive<i64>) {
    for version in versions {
        let input = json!({ "complaintId": case, "expectedVersion": version, "text": "还在滴" });
        client.act("owner", "addToComplaint", input).await;
    }
}

/// Who a server says that the holder of a token is; the whole answer.
async fn viewer(server: &Server, token: &str) -> Value {
    let request = reqwest::Client::new().post(format!("http://{}/graphql", server.address())).bearer_auth(token);
    request.json(&json!({ "query": "{ viewer { id } }" })).send().await.unwrap().json().await.unwrap()
}

/// Who follows through a replica that stands still for a while misses nothing; and a session that has ended meanwhile does
/// not hold there when it goes on.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_replica_that_stood_still_goes_on_with_its_streams_without_gap_and_with_no_session_that_has_ended() {
    let world = World::new(Engine::Postgres).await;
    let people = Arc::new(tokens(&world, &["owner", "supervisor", "wife"]).await);
    let other_device = Arc::new(tokens(&world, &["wife"]).await);
    let servers = start(&world, 3, &[("HUIYIN_NATS_URL", nats())]).await;
    for server in &servers {
        server.says("ready\n").await;
    }
    let (paused, met, end) = (&servers[1], Arc::new(Met::default()), goal());
    let mut elsewhere = Client::new(&servers[..1], &people, &met, 0);
    let (say, mut heard) = tokio::sync::mpsc::unbounded_channel();
    let reading = tell(paused, &people["supervisor"], NOTICES, say, end.clone());
    let case = elsewhere.act("owner", "fileComplaint", world.tap_input()).await["complaint"]["id"].clone();
    heard.recv().await.unwrap();
    let mut hers = Socket::begun_at(&paused.address(), &people["wife"]).await;
    hers.subscribe("1", CASE, json!({ "id": case, "after": cursor(0) })).await;
    assert_eq!(hers.hear().await["type"], "next");
    for _ in 0..3 {
        let kept = viewer(paused, &people["wife"]).await;
        assert!(kept["data"]["viewer"].is_object(), "{kept}");
    }
    paused.signal("-STOP").await;
    add(&mut elsewhere, &case, 1..=5).await;
    let mut she = Client::new(&servers[..1], &other_device, &met, 1);
    she.act("wife", "endOtherSessions", json!({})).await;
    add(&mut elsewhere, &case, 6..=10).await;
    paused.signal("-CONT").await;
    let refused = viewer(paused, &people["wife"]).await;
    assert_eq!(refused["errors"][0]["extensions"]["code"], "UNAUTHENTICATED", "{refused}");
    assert_eq!(hers.closed().await.0, 4403, "her stream ends as well");
    add(&mut elsewhere, &case, 11..=12).await;
    let notices = notice::Entity::find().filter(notice::Column::AccountId.eq(world.town.id("supervisor")));
    let notices = notices.order_by_asc(notice::Column::Position).all(&world.app.db).await.unwrap();
    let told: Vec<i64> = notices.iter().map(|notice| notice.position).collect();
    assert!(told.len() >= 13, "{told:?}");
    end.store(*told.last().unwrap(), Ordering::SeqCst);
    let reader = reading.await.unwrap();
    let taken: Vec<i64> = reader.taken.iter().map(|(at, _)| *at).filter(|at| told.contains(at)).collect();
    assert_eq!(taken, told, "no event is lost, none comes twice");
    assert!(
        reader.came == 1 && reader.closed.is_empty(),
        "by the same connection: {} {:?}",
        reader.came,
        reader.closed
    );
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
