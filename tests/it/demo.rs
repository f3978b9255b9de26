//! The demo's history: made by playing acts, the same for the same number, in every state.

use std::collections::BTreeSet;

use api::app::clock::Clock;
use entity::{complaint, event, follow_up, work_order};
use sea_orm::{DatabaseConnection, EntityTrait, QueryOrder};
use tests::database::{Engine, fresh};

const NUMBER: u64 = 20_260_101;

/// What happened, in order, by what does not hang on ids.
async fn history(db: &DatabaseConnection) -> Vec<String> {
    let events =
        event::Entity::find().order_by_asc(event::Column::OrganizationId).order_by_asc(event::Column::Position);
    let events = events.all(db).await.unwrap();
    events
        .iter()
        .map(|e| format!("{} {:?} {:?} {} {:?}", e.occurred_at, e.kind, e.actor_name, e.state, e.reason))
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_number_makes_one_history_on_both_databases_and_it_has_every_state() {
    let end = Clock::manual("2026-11-20T06:00:00Z".parse().unwrap()).now();
    let mut histories = Vec::new();
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let database = fresh(engine).await;
        let sign_ins = api::demo::seed(database.db.clone(), NUMBER, end).await.expect("the history is played");
        assert!(sign_ins.len() >= 20);
        histories.push(history(&database.db).await);
        let cases = complaint::Entity::find().all(&database.db).await.unwrap();
        let states: BTreeSet<_> = cases.iter().map(|case| case.state).collect();
        assert_eq!(states.len(), domain::complaint::State::ALL.len());
        let orders = work_order::Entity::find().all(&database.db).await.unwrap();
        let states: BTreeSet<_> = orders.iter().map(|order| order.state).collect();
        assert_eq!(states.len(), domain::work_order::State::ALL.len());
        let follow_ups = follow_up::Entity::find().all(&database.db).await.unwrap();
        let states: BTreeSet<_> = follow_ups.iter().map(|follow_up| follow_up.state).collect();
        assert_eq!(states.len(), domain::follow_up::State::ALL.len());
        let events = event::Entity::find().all(&database.db).await.unwrap();
        assert!(events.iter().all(|event| event.occurred_at <= end), "nothing happens after the end");
    }
    assert!(histories[0].len() > 1500);
    assert_eq!(histories[0], histories[1]);
}
