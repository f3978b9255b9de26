//! The server is killed at random moments. Every acknowledged act is there with its event and notices, none half done.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use api::app::clock::Clock;
use domain::event::Kind as EventKind;
use entity::{complaint, complaint_item, event, idempotent_act, notice};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder};
use serde_json::{Value, json};
use tests::World;
use tests::ask::{mutation, variables};
use tests::server::Server;

const CLIENTS: usize = 6;
const KILLS: usize = 6;

/// One client, who repeats each call under its key until it is acknowledged.
struct Client {
    http: reqwest::Client,
    port: u16,
    token: String,
    name: usize,
    calls: usize,
}

impl Client {
    async fn call(&mut self, field: &str, mut input: Value) -> Value {
        self.calls += 1;
        input["idempotencyKey"] = json!(format!("{}-{}", self.name, self.calls));
        let body = json!({ "query": mutation(field), "variables": variables(&input) });
        loop {
            let sent = self
                .http
                .post(format!("http://127.0.0.1:{}/graphql", self.port))
                .bearer_auth(&self.token)
                .json(&body)
                .send()
                .await;
            if let Ok(answer) = sent
                && let Ok(answer) = answer.json::<Value>().await
                && answer["data"][field]["errors"] == json!([])
            {
                return answer["data"][field].clone();
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

/// Files cases and adds words to them until told to stop; for each case its version as last acknowledged.
async fn work(
    mut client: Client,
    file: Value,
    stop: Arc<AtomicBool>,
    done: Arc<AtomicUsize>,
) -> (BTreeMap<String, i64>, usize) {
    let mut acknowledged = BTreeMap::new();
    while !stop.load(Ordering::SeqCst) {
        let filed = client.call("fileComplaint", file.clone()).await;
        let id = filed["complaint"]["id"].as_str().unwrap().to_owned();
        acknowledged.insert(id.clone(), 1);
        done.fetch_add(1, Ordering::SeqCst);
        for version in 1..=3 {
            let input = json!({ "complaintId": id, "expectedVersion": version, "text": format!("补充 {version}") });
            let added = client.call("addToComplaint", input).await;
            acknowledged.insert(id.clone(), added["complaint"]["version"].as_i64().unwrap());
            done.fetch_add(1, Ordering::SeqCst);
        }
    }
    (acknowledged, client.calls)
}

on_both! {
    async fn what_was_acknowledged_survives_kill_9_and_nothing_is_half_done(world) {
        let mut server = Server::start(&world.database.url).await;
        let token = world.token_at("owner", Clock::System.now()).await;
        let stop = Arc::new(AtomicBool::new(false));
        let done = Arc::new(AtomicUsize::new(0));
        let clients: Vec<_> = (0..CLIENTS)
            .map(|name| {
                let http = reqwest::Client::builder().timeout(Duration::from_secs(20)).build().unwrap();
                let client = Client { http, port: server.port, token: token.clone(), name, calls: 0 };
                tokio::spawn(work(client, world.tap_input(), stop.clone(), done.clone()))
            })
            .collect();
        let mut dice = StdRng::seed_from_u64(9);
        for _ in 0..KILLS {
            // After so many acts more, in the middle of whatever the clients do then.
            let until = done.load(Ordering::SeqCst) + dice.random_range(1..25);
            while done.load(Ordering::SeqCst) < until {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            server.kill().await;
            server.again().await;
        }
        stop.store(true, Ordering::SeqCst);
        let mut acknowledged = BTreeMap::new();
        let mut calls = 0;
        for client in clients {
            let (cases, made) = client.await.unwrap();
            acknowledged.extend(cases);
            calls += made;
        }
        server.kill().await;
        assert_nothing_is_lost_or_half_done(&world, &acknowledged, calls).await;
        assert_eq!(world.recounted().await, acknowledged.len() as u64, "figures, rows and log say the same");
    }
}

async fn assert_nothing_is_lost_or_half_done(world: &World, acknowledged: &BTreeMap<String, i64>, calls: usize) {
    let db = &world.app.db;
    let cases = complaint::Entity::find().order_by_asc(complaint::Column::Number).all(db).await.unwrap();
    assert!(!cases.is_empty());
    assert_eq!(cases.len(), acknowledged.len(), "every acknowledged case is there, and no other");
    for (index, case) in cases.iter().enumerate() {
        assert!(case.number.ends_with(&format!("{:06}", index + 1)), "numbers have no gap: {}", case.number);
        let public = format!("Complaint_{}", case.id.simple());
        assert_eq!(i64::from(case.version), acknowledged[&public], "no acknowledged change is lost, none is doubled");
        // That the same tap was reported before is told beside the report (D6).
        let of_case = event::Entity::find().filter(event::Column::ComplaintId.eq(case.id)).all(db).await.unwrap();
        let (repeats, acts): (Vec<_>, Vec<_>) = of_case.iter().partition(|it| it.kind == EventKind::ComplaintRepeated);
        let repeats: Vec<i64> = repeats.iter().map(|event| event.position).collect();
        assert_eq!(repeats.len(), usize::from(case.repeats > 0), "a repeated report is told once");
        let events = acts.len() as u64;
        assert_eq!(events, u64::try_from(case.version).unwrap(), "each act has its event");
        let told = notice::Entity::find()
            .filter(notice::Column::ComplaintId.eq(case.id))
            .filter(notice::Column::AccountId.eq(world.town.id("supervisor")))
            .filter(notice::Column::Position.is_not_in(repeats))
            .count(db)
            .await
            .unwrap();
        assert_eq!(told, u64::try_from(case.version).unwrap(), "and its owner has each notice");
        let items =
            complaint_item::Entity::find().filter(complaint_item::Column::ComplaintId.eq(case.id)).count(db).await;
        assert_eq!(items.unwrap(), 1);
    }
    let events = event::Entity::find().order_by_asc(event::Column::Position).all(db).await.unwrap();
    assert!((1i64..).zip(&events).all(|(position, event)| event.position == position), "the log has no gap");
    assert_eq!(idempotent_act::Entity::find().count(db).await.unwrap(), calls as u64, "each call was done once");
}
