//! Many people at once: no lost update, no double number, no event missing.

use std::collections::BTreeSet;
use std::sync::Arc;

use entity::{complaint, event, idempotent_act};
use futures_util::future::join_all;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder};
use serde_json::{Value, json};
use tests::World;

const CLIENTS: usize = 50;

/// Fifty clients do something at the same time.
async fn all_at_once<F, T>(world: &Arc<World>, act: impl Fn(Arc<World>, usize) -> F) -> Vec<T>
where
    F: Future<Output = T> + Send + 'static,
    T: Send + 'static,
{
    let tasks = (0..CLIENTS).map(|client| tokio::spawn(act(world.clone(), client)));
    join_all(tasks).await.into_iter().map(|done| done.expect("no client panics")).collect()
}

/// The log has no gap, and its head is the organization's.
async fn assert_log_is_whole(world: &World) {
    let events = event::Entity::find().order_by_asc(event::Column::Position).all(&world.app.db).await.unwrap();
    let positions: Vec<i64> = events.iter().map(|event| event.position).collect();
    let whole: Vec<i64> = (1..=i64::try_from(positions.len()).unwrap()).collect();
    assert_eq!(positions, whole);
}

on_both! {
    async fn a2_fifty_filings_at_once_get_fifty_numbers_without_a_gap(world) {
        let world = Arc::new(world);
        let numbers: BTreeSet<String> = all_at_once(&world, |world, _| async move {
            world.act("owner", "fileComplaint", world.tap_input()).await["number"].as_str().unwrap().to_owned()
        }).await.into_iter().collect();
        let expected: BTreeSet<String> = (1..=CLIENTS).map(|n| format!("LY-2026-{n:06}")).collect();
        assert_eq!(numbers, expected);
        assert_log_is_whole(&world).await;
        let received = event::Entity::find().filter(event::Column::Kind.eq(domain::event::Kind::ComplaintReceived));
        assert_eq!(received.count(&world.app.db).await.unwrap(), 50);
    }

    async fn of_fifty_who_act_on_one_version_one_succeeds_and_the_others_see_the_current_state(world) {
        let case = world.dripping_tap().await;
        let world = Arc::new(world);
        let payloads: Vec<Value> = all_at_once(&world, |world, client| {
            let case = case.clone();
            async move {
                let text = format!("进展 {client}");
                let input = json!({ "complaintId": case, "expectedVersion": 1, "text": text });
                if client % 2 == 0 {
                    world.try_to("agent", "addToComplaint", input).await
                } else {
                    world.try_to("owner", "addToComplaint", input).await
                }
            }
        }).await;
        let done = payloads.iter().filter(|payload| payload["errors"] == json!([])).count();
        let stale = payloads.iter().filter(|payload| payload["errors"][0]["code"] == "STALE").count();
        assert_eq!((done, stale), (1, CLIENTS - 1));
        assert!(payloads.iter().all(|payload| payload["complaint"]["version"] == 2));
        assert_log_is_whole(&world).await;
        assert_eq!(event::Entity::find().count(&world.app.db).await.unwrap(), 2);
    }

    async fn fifty_who_try_again_until_it_is_their_turn_are_all_counted(world) {
        let case = world.dripping_tap().await;
        let world = Arc::new(world);
        all_at_once(&world, |world, client| {
            let case = case.clone();
            async move {
                let text = format!("补充 {client}");
                loop {
                    let seen = world.case("agent", &case).await["version"].clone();
                    let input = json!({ "complaintId": case, "expectedVersion": seen, "text": text });
                    if world.try_to("agent", "addToComplaint", input).await["errors"] == json!([]) {
                        break;
                    }
                }
            }
        }).await;
        let row = complaint::Entity::find().one(&world.app.db).await.unwrap().unwrap();
        assert_eq!(row.version, 51);
        let events = event::Entity::find().all(&world.app.db).await.unwrap();
        let said: BTreeSet<String> = events.iter().filter_map(|event| event.reason.clone()).collect();
        assert_eq!(said.len(), CLIENTS, "every word is in the log, once");
        assert_log_is_whole(&world).await;
    }

    async fn fifty_copies_of_one_call_are_done_once(world) {
        let world = Arc::new(world);
        let ids: BTreeSet<String> = all_at_once(&world, |world, _| async move {
            let mut input = world.tap_input();
            input["idempotencyKey"] = json!("the one call");
            world.act("owner", "fileComplaint", input).await["complaint"]["id"].as_str().unwrap().to_owned()
        }).await.into_iter().collect();
        assert_eq!(ids.len(), 1);
        assert_eq!(complaint::Entity::find().count(&world.app.db).await.unwrap(), 1);
        assert_eq!(idempotent_act::Entity::find().count(&world.app.db).await.unwrap(), 1);
        assert_log_is_whole(&world).await;
    }

    async fn orders_of_one_case_move_at_the_same_time_without_waiting_for_each_other_for_ever(world) {
        let case = world.dripping_tap().await;
        let mut orders = vec![world.issued(&case).await];
        for _ in 1..10 {
            orders.push(world.issued(&case).await);
        }
        let world = Arc::new(world);
        let orders = Arc::new(orders);
        all_at_once(&world, |world, client| {
            let (orders, case) = (orders.clone(), case.clone());
            async move {
                if client < orders.len() {
                    world.to_technician(&orders[client]).await;
                } else {
                    // Whoever is stale here has lost a race fairly; only a lock that never opens would be wrong.
                    world.try_on_case("agent", "reportProgress", &case, json!({ "text": "处理中" })).await;
                }
            }
        }).await;
        let seen = world.case("agent", &case).await;
        assert!(seen["workOrders"].as_array().unwrap().iter().all(|order| order["state"] == "TECHNICIAN_ASSIGNED"));
        assert_log_is_whole(&world).await;
    }
}
