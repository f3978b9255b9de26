//! What replicas do once among them: who does it, and who after them.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use api::App;
use api::app::lease::{self, HOLDS, RENEWED};
use entity::job_lease;
use sea_orm::{EntityTrait, TransactionTrait};
use tests::World;
use tests::database::Engine;
use tests::world::app_over;
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout};

const JOB: &str = "test";
/// A bound for a test that goes wrong, not a measure.
const PATIENCE: Duration = Duration::from_mins(1);

/// Another process over the world's database.
fn process(world: &World, number: u64) -> App {
    app_over(&world.database, world.app.clock.clone(), number)
}

/// A process that renews its leases and waits for the job.
fn began(world: &World, number: u64) -> (App, JoinHandle<()>) {
    let app = process(world, number);
    let renewing = tokio::spawn(lease::renew(app.clone()));
    (app, renewing)
}

async fn taken(app: &App) {
    timeout(PATIENCE, app.leases.taken(JOB)).await.expect("somebody takes it");
}

#[tokio::test]
async fn of_three_replicas_one_does_a_job_and_another_within_seconds_when_it_dies() {
    let world = World::new(Engine::Postgres).await;
    let (first, renewing) = began(&world, 11);
    taken(&first).await;
    let others = [began(&world, 12).0, began(&world, 13).0];
    let waiting = others.clone().map(|app| tokio::spawn(async move { app.leases.taken(JOB).await }));
    tokio::time::sleep(HOLDS).await;
    assert!(first.leases.holds(JOB) && others.iter().all(|app| !app.leases.holds(JOB)), "it is renewed");
    renewing.abort();
    let died = Instant::now();
    let [one, other] = waiting;
    tokio::select! {
        done = one => done.unwrap(),
        done = other => done.unwrap(),
        () = tokio::time::sleep(PATIENCE) => panic!("nobody takes it"),
    }
    assert!(died.elapsed() < HOLDS + RENEWED + Duration::from_secs(2), "{:?}", died.elapsed());
    assert!(!first.leases.holds(JOB), "whoever lost it knows, although nobody told it");
    assert_eq!(others.iter().filter(|app| app.leases.holds(JOB)).count(), 1);
    let row = job_lease::Entity::find_by_id(JOB).one(&world.app.db).await.unwrap().unwrap();
    assert_eq!(row.term, 2, "it has passed on once since it was first taken");
}

#[tokio::test]
async fn a_job_that_is_given_back_is_taken_at_once_and_its_holder_before_is_refused() {
    let world = World::new(Engine::Postgres).await;
    let (first, renewing) = began(&world, 21);
    taken(&first).await;
    let txn = first.db.begin().await.unwrap();
    assert!(first.leases.fence(&txn, JOB).await.is_ok());
    txn.rollback().await.unwrap();
    let (second, _) = began(&world, 22);
    renewing.abort();
    first.leases.give_back(&first.db).await.unwrap();
    let given = Instant::now();
    taken(&second).await;
    assert!(given.elapsed() < HOLDS, "{:?}", given.elapsed());
    let txn = first.db.begin().await.unwrap();
    assert!(first.leases.fence(&txn, JOB).await.is_err(), "as a process that was stopped and goes on");
    txn.rollback().await.unwrap();
    let txn = second.db.begin().await.unwrap();
    assert!(second.leases.fence(&txn, JOB).await.is_ok());
}

#[tokio::test]
async fn nobody_takes_a_lease_while_its_holder_s_fenced_transaction_is_open() {
    let world = World::new(Engine::Postgres).await;
    let (first, renewing) = began(&world, 31);
    taken(&first).await;
    let txn = first.db.begin().await.unwrap();
    first.leases.fence(&txn, JOB).await.unwrap();
    renewing.abort();
    let (second, _) = began(&world, 32);
    let waiting = second.clone();
    let waiting = tokio::spawn(async move { taken(&waiting).await });
    tokio::time::sleep(HOLDS + 2 * RENEWED).await;
    assert!(!second.leases.holds(JOB));
    txn.commit().await.unwrap();
    waiting.await.unwrap();
}

on_both! {
    async fn a_round_that_fails_or_panics_is_tried_again(world) {
        let app = process(&world, 41);
        let tries = Arc::new(AtomicUsize::new(0));
        let counted = tries.clone();
        let renewing = tokio::spawn(lease::renew(app.clone()));
        let keeping = tokio::spawn(lease::keep(app.clone(), JOB, Duration::from_millis(5), move |_| {
            let tries = counted.clone();
            async move {
                match tries.fetch_add(1, Ordering::SeqCst) {
                    0 => Err("out of order".to_owned().into()),
                    1 => panic!("out of its mind"),
                    _ => Ok(()),
                }
            }
        }));
        let often = async {
            while tries.load(Ordering::SeqCst) < 4 {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        timeout(PATIENCE, often).await.expect("it goes on");
        keeping.abort();
        renewing.abort();
    }
}
