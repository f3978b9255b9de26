//! The log by force: many writers whose commits are late or fail, servers that are killed, readers that hang up. Every
//! reader ends with exactly what was committed and they may see: each once, in order.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use api::event::query::{self, Of, position};
use domain::event::Kind;
use entity::event;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use sea_orm::{ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder};
use serde_json::{Value, json};
use tests::World;
use tests::outside::nats;
use tests::replicas::{Client, Goal, Met, Reader, goal, start, tokens};
use tests::server::Server;
use tokio::task::JoinHandle;

const WRITERS: usize = 32;
/// How many acts each of them does.
const ACTS: usize = 7;
const KILLS: usize = 5;
const NOTICES: &str = "subscription($after: String) { item: myNotices(after: $after) { cursor kind } }";
const QUEUE: &str = "subscription($id: ID!, $after: String) { item: departmentQueue(departmentId: $id, after: $after) { cursor kind } }";
const CHANGES: &str = "query($after: String) { changes(after: $after) { events { cursor kind } cursor hasMore } }";
const SYNC: &str =
    "query($after: String, $first: Int!, $now: DateTime!) { sync(after: $after, first: $first, deviceTime: $now) {
    orders { id version state } gone cursor hasMore } }";
/// All that a reader may see, for asking at rest.
const ALL: u64 = 1_000_000;

/// Makes commits late by chance, and has some of them fail when all is written: on PostgreSQL at the commit itself. On
/// SQLite only one can be between its positions and its commit, so lateness would show nothing.
async fn disturb(world: &World) {
    let sql = if world.app.db.get_database_backend() == DbBackend::Postgres {
        "CREATE FUNCTION disturb() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
             PERFORM pg_sleep(random() * 0.02);
             IF random() < 0.1 THEN RAISE EXCEPTION 'rolled back at the commit'; END IF;
             RETURN NULL;
         END $$;
         CREATE CONSTRAINT TRIGGER disturb AFTER INSERT ON event DEFERRABLE INITIALLY DEFERRED
             FOR EACH ROW EXECUTE FUNCTION disturb();"
    } else {
        "CREATE TRIGGER disturb AFTER INSERT ON event BEGIN
             SELECT CASE WHEN abs(random()) % 10 = 0 THEN RAISE(ABORT, 'rolled back') END;
         END;"
    };
    world.app.db.execute_unprepared(sql).await.unwrap();
}

/// One writer: a case from its report until the technician is on the way.
async fn write(mut client: Client, world: Arc<World>, technician: &'static str) {
    let filed = client.act("owner", "fileComplaint", world.tap_input()).await["complaint"].clone();
    let case = |version: &Value, more: Value| {
        tests::world::with(more, json!({ "complaintId": filed["id"], "expectedVersion": version }))
    };
    let added = client.act("owner", "addToComplaint", case(&filed["version"], json!({ "text": "也漏到楼下" }))).await;
    let issue = case(&added["complaint"]["version"], json!({ "task": "更换阀芯" }));
    let mut order = client.act("agent", "issueWorkOrder", issue).await["workOrder"].clone();
    let steps = [
        ("head", "acknowledgeWorkOrder", json!({})),
        ("head", "assignTeam", json!({ "teamId": world.id("Team", "plumbers") })),
        ("leader", "assignTechnician", json!({ "technicianId": world.id("Account", technician) })),
        (technician, "departForWorkOrder", json!({})),
    ];
    for (who, field, more) in steps {
        let input =
            tests::world::with(more, json!({ "workOrderId": order["id"], "expectedVersion": order["version"] }));
        order = client.act(who, field, input).await["workOrder"].clone();
    }
}

/// Asks for changes over and over; an answer in five is lost on its way.
async fn poll(mut client: Client, who: &'static str, goal: Goal, seed: u64) -> Vec<i64> {
    let mut dice = StdRng::seed_from_u64(seed);
    let (mut after, mut taken) = (query::cursor(0), Vec::new());
    while position(&after).ok().unwrap() < goal.load(Ordering::SeqCst) {
        let page = client.ask(who, CHANGES, json!({ "after": after })).await["changes"].clone();
        if dice.random_range(0..5) == 0 {
            continue;
        }
        let events = page["events"].as_array().unwrap();
        taken.extend(events.iter().map(|event| position(event["cursor"].as_str().unwrap()).ok().unwrap()));
        after = page["cursor"].as_str().unwrap().to_owned();
        if page["hasMore"] != true {
            tokio::time::sleep(Duration::from_millis(dice.random_range(10..100))).await;
        }
    }
    taken
}

/// A handheld; an answer in five is lost on its way. What it has in the end, by order.
async fn sync(mut client: Client, who: &'static str, goal: Goal, seed: u64) -> BTreeMap<String, Value> {
    let mut dice = StdRng::seed_from_u64(seed);
    let (mut after, mut orders) = (Value::Null, BTreeMap::new());
    loop {
        let last = goal.load(Ordering::SeqCst) < i64::MAX;
        let variables =
            json!({ "after": after, "first": dice.random_range(1..6), "now": api::app::clock::Clock::System.now() });
        let page = client.ask(who, SYNC, variables).await["sync"].clone();
        if dice.random_range(0..5) == 0 {
            continue;
        }
        for order in page["orders"].as_array().unwrap() {
            orders.insert(order["id"].as_str().unwrap().to_owned(), order.clone());
        }
        for id in page["gone"].as_array().unwrap() {
            orders.remove(id.as_str().unwrap());
        }
        after = page["cursor"].clone();
        if page["hasMore"] != true {
            if last {
                return orders;
            }
            tokio::time::sleep(Duration::from_millis(dice.random_range(10..100))).await;
        }
    }
}

/// Kills servers at random moments of the work.
async fn kill(servers: &mut [Server], met: &Met) {
    let mut dice = StdRng::seed_from_u64(11);
    for _ in 0..KILLS {
        let until = met.done.load(Ordering::SeqCst) + dice.random_range(5..WRITERS);
        while met.done.load(Ordering::SeqCst) < until.min(WRITERS * ACTS) {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        let server = &mut servers[dice.random_range(0..servers.len())];
        server.kill().await;
        server.again().await;
    }
}

on_both! {
    async fn every_reader_ends_with_exactly_what_was_committed_once_and_in_order(world) {
        let replicas = world.app.db.get_database_backend() == DbBackend::Postgres;
        let settings = if replicas { vec![("HUIYIN_NATS_URL", nats())] } else { Vec::new() };
        let people = ["owner", "agent", "head", "leader", "technician", "second technician", "supervisor"];
        let tokens = Arc::new(tokens(&world, &people).await);
        disturb(&world).await;
        let mut servers = start(&world, if replicas { 3 } else { 1 }, &settings).await;
        let (world, met, goals) = (Arc::new(world), Arc::new(Met::default()), [goal(), goal(), goal(), goal(), goal(), goal(), goal()]);
        let client = |name| Client::new(&servers, &tokens, &met, name);
        let queue = json!({ "id": world.id("Department", "engineering") });
        let streams = [
            ("head", QUEUE, queue.clone()), ("head", QUEUE, queue),
            ("supervisor", NOTICES, json!({})), ("supervisor", NOTICES, json!({})), ("technician", NOTICES, json!({})),
        ];
        let readers: Vec<JoinHandle<Reader>> = streams.into_iter().zip(&goals).zip(1..).map(|(((who, document, variables), goal), seed)| {
            let mut reader = Reader::new(&servers, &tokens[who], document, variables, seed);
            reader.hangs_up = 10;
            tokio::spawn(reader.read(goal.clone()))
        }).collect();
        let polls = [("agent", 5), ("owner", 6)].map(|(who, at)| (who, tokio::spawn(poll(client(100 + at), who, goals[at].clone(), 21))));
        let synced = goal();
        let devices = ["technician", "second technician"].map(|who| (who, tokio::spawn(sync(client(200), who, synced.clone(), 31))));
        let writers: Vec<JoinHandle<()>> = (0..WRITERS)
            .map(|name| {
                let technician = if name % 2 == 0 { "technician" } else { "second technician" };
                tokio::spawn(write(client(name), world.clone(), technician))
            })
            .collect();
        kill(&mut servers, &met).await;
        for writer in writers {
            writer.await.unwrap();
        }
        let end = query::head(&world.app.db, world.town.id("company")).await.unwrap();
        synced.store(end, Ordering::SeqCst);
        let expected = expected(&world, end).await;
        for (goal, expected) in goals.iter().zip(&expected) {
            goal.store(*expected.last().unwrap(), Ordering::SeqCst);
        }
        let mut came = 0;
        for (reader, expected) in readers.into_iter().zip(&expected) {
            let reader = reader.await.unwrap();
            let taken: Vec<i64> = reader.taken.iter().map(|(position, _)| *position).filter(|at| *at <= end).collect();
            assert_eq!(&taken, expected, "each that was committed, once, in order");
            came += reader.came;
        }
        assert!(came > 20, "readers have hung up and come again: {came}");
        for ((who, poll), expected) in polls.into_iter().zip(&expected[5..]) {
            let taken: Vec<i64> = poll.await.unwrap().into_iter().filter(|at| *at <= end).collect();
            assert_eq!(&taken, expected, "{who}");
        }
        for (who, device) in devices {
            let has = device.await.unwrap();
            let variables = json!({ "after": null, "first": 100, "now": world.now() });
            let page = world.ask(who, SYNC, variables).await["sync"].clone();
            let there: BTreeMap<String, Value> =
                page["orders"].as_array().unwrap().iter().map(|order| (order["id"].as_str().unwrap().to_owned(), order.clone())).collect();
            assert_eq!(has, there, "{who}");
            assert_eq!(there.len(), WRITERS / 2);
        }
        assert!(met.failed.load(Ordering::SeqCst) > 0, "some commits have failed");
        assert_nothing_is_doubled(&world, end).await;
    }
}

/// What each reader must have in the end, read at rest.
async fn expected(world: &World, end: i64) -> Vec<Vec<i64>> {
    let app = &world.app;
    let of_department = Of::Department(world.town.id("engineering"));
    let mut expected = Vec::new();
    for (who, of) in [("head", of_department), ("head", of_department)] {
        let (events, _) = query::after(app, &world.viewer(who).await, of, 0, ALL).await.ok().unwrap();
        expected.push(events.iter().map(|event| event.position).collect::<Vec<_>>());
    }
    for who in ["supervisor", "supervisor", "technician"] {
        let (notices, _) = query::notices_after(app, &world.viewer(who).await, 0, ALL).await.ok().unwrap();
        expected.push(notices.iter().map(|(notice, _)| notice.position).collect());
    }
    for who in ["agent", "owner"] {
        let (events, _) = query::after(app, &world.viewer(who).await, Of::Everything, 0, ALL).await.ok().unwrap();
        expected.push(events.iter().map(|event| event.position).collect());
    }
    for list in &mut expected {
        list.retain(|at| *at <= end);
        assert!(list.len() >= WRITERS / 2, "there was something to read");
    }
    expected
}

/// The log has no gap, and of each act that was acknowledged one event, whatever was rolled back, killed and repeated.
async fn assert_nothing_is_doubled(world: &World, end: i64) {
    let db = &world.app.db;
    let events = event::Entity::find().filter(event::Column::OrganizationId.eq(world.town.id("company")));
    let log = events.order_by_asc(event::Column::Position).all(db).await.unwrap();
    assert!((1i64..).zip(&log).all(|(position, event)| event.position == position), "the log has no gap");
    assert!(log.len() >= usize::try_from(end).unwrap());
    for kind in [Kind::ComplaintReceived, Kind::ComplaintAddedTo, Kind::WorkOrderIssued, Kind::TechnicianDeparted] {
        let told = event::Entity::find().filter(event::Column::Kind.eq(kind)).count(db).await.unwrap();
        assert_eq!(told, WRITERS as u64, "{kind:?}");
    }
}
