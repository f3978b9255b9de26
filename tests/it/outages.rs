//! What replicas need is taken away: the way between them, the database, its connections, the disk, and one replica after
//! the other for a restart. What was acknowledged stays, and whoever tries again gets through.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use api::event::query;
use entity::{attachment, complaint, event};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, TransactionTrait};
use serde_json::{Value, json};
use tests::World;
use tests::database::{Engine, fresh_on};
use tests::outside::{Nats, Postgres, nats};
use tests::replicas::{Client, Goal, Met, Reader, goal, start, tokens};
use tests::server::Server;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::task::JoinHandle;
use tokio::time::Instant;

const NOTICES: &str = "subscription($after: String) { item: myNotices(after: $after) { cursor kind } }";
const PEOPLE: [&str; 2] = ["owner", "supervisor"];
/// A bound for a test that goes wrong, not a measure.
const PATIENCE: Duration = Duration::from_mins(2);

/// Clients who file cases until they are told to stop; how many each has filed.
fn busy(
    world: &World,
    servers: &[Server],
    tokens: &Arc<std::collections::BTreeMap<&'static str, String>>,
    met: &Arc<Met>,
    stop: &Arc<AtomicBool>,
) -> Vec<JoinHandle<usize>> {
    (0..4)
        .map(|name| {
            let (mut client, input, stop) = (Client::new(servers, tokens, met, name), world.tap_input(), stop.clone());
            tokio::spawn(async move {
                let mut filed = 0;
                while !stop.load(Ordering::SeqCst) {
                    client.act("owner", "fileComplaint", input.clone()).await;
                    filed += 1;
                }
                filed
            })
        })
        .collect()
}

/// A reader of notices at each server.
fn following(servers: &[Server], token: &str, end: &Goal) -> Vec<JoinHandle<Reader>> {
    let one = |server: &Server| Reader::new(std::slice::from_ref(server), token, NOTICES, json!({}), 1);
    servers.iter().map(|server| tokio::spawn(one(server).read(end.clone()))).collect()
}

async fn until_done(met: &Met, more: usize) {
    let (until, began) = (met.done.load(Ordering::SeqCst) + more, Instant::now());
    while met.done.load(Ordering::SeqCst) < until {
        assert!(began.elapsed() < PATIENCE, "nothing is done any more: {met:?}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// What the supervisor must have been told.
async fn told(world: &World) -> Vec<i64> {
    let viewer = world.viewer("supervisor").await;
    let (notices, _) = query::notices_after(&world.app, &viewer, 0, 1_000_000).await.ok().unwrap();
    notices.iter().map(|(notice, _)| notice.position).collect()
}

async fn assert_each_was_filed_once_and_told_once(
    world: &World,
    busy: Vec<JoinHandle<usize>>,
    readers: Vec<JoinHandle<Reader>>,
    goal: Goal,
) -> Vec<Reader> {
    let mut filed = 0;
    for client in busy {
        filed += client.await.unwrap();
    }
    assert_eq!(complaint::Entity::find().count(&world.app.db).await.unwrap(), filed as u64, "each once");
    let told = told(world).await;
    goal.store(*told.last().unwrap(), Ordering::SeqCst);
    let mut ended = Vec::new();
    for reader in readers {
        let reader = reader.await.unwrap();
        let taken: Vec<i64> = reader.taken.iter().map(|(at, _)| *at).filter(|at| told.contains(at)).collect();
        assert_eq!(taken, told, "no event is lost, none comes twice");
        ended.push(reader);
    }
    ended
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_replica_after_the_other_is_started_anew_under_load_and_nobody_who_tries_again_fails() {
    let world = World::new(Engine::Postgres).await;
    let (tokens, met) = (Arc::new(tokens(&world, &PEOPLE).await), Arc::new(Met::default()));
    let mut servers = start(&world, 3, &[("HUIYIN_NATS_URL", nats())]).await;
    let (stop, end) = (Arc::default(), goal());
    let busy = busy(&world, &servers, &tokens, &met, &stop);
    let readers: Vec<JoinHandle<Reader>> = (1..7)
        .map(|seed| {
            tokio::spawn(Reader::new(&servers, &tokens["supervisor"], NOTICES, json!({}), seed).read(end.clone()))
        })
        .collect();
    for server in &mut servers {
        until_done(&met, 6).await;
        server.end().await;
        until_done(&met, 4).await;
        server.again().await;
    }
    until_done(&met, 6).await;
    stop.store(true, Ordering::SeqCst);
    let readers = assert_each_was_filed_once_and_told_once(&world, busy, readers, end).await;
    assert_eq!(met.failed.load(Ordering::SeqCst), 0, "whoever reached a server was served: {met:?}");
    let closed: Vec<u16> = readers.iter().flat_map(|reader| reader.closed.clone()).collect();
    assert!(
        !closed.is_empty() && closed.iter().all(|code| *code == 1012),
        "sockets are told to come again: {closed:?}"
    );
}

/// How long it takes from an act at one server to its notice at streams of the others, the last of them; the median and the
/// most of some.
async fn delays(
    client: &mut Client,
    case: &mut (Value, i64),
    readers: &mut [UnboundedReceiver<Instant>],
) -> (Duration, Duration) {
    let mut all = Vec::new();
    for _ in 0..7 {
        for reader in readers.iter_mut() {
            while reader.try_recv().is_ok() {}
        }
        // An act with one notice for its owner.
        let input = json!({ "complaintId": case.0, "expectedVersion": case.1, "text": "还在滴" });
        client.act("owner", "addToComplaint", input).await;
        case.1 += 1;
        let acknowledged = Instant::now();
        let mut last = Duration::ZERO;
        for reader in readers.iter_mut() {
            let heard_at = tokio::time::timeout(PATIENCE, reader.recv()).await.unwrap().unwrap();
            last = last.max(heard_at.saturating_duration_since(acknowledged));
        }
        all.push(last);
    }
    all.sort_unstable();
    (all[3], all[6])
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_the_way_between_replicas_events_come_within_two_seconds_and_with_it_at_once() {
    let world = World::new(Engine::Postgres).await;
    let tokens = Arc::new(tokens(&world, &PEOPLE).await);
    let mut wire = Nats::start().await;
    let servers = start(&world, 3, &[("HUIYIN_NATS_URL", wire.url())]).await;
    for server in &servers {
        server.says("ready\n").await;
    }
    let mut client = Client::new(&servers[..1], &tokens, &Arc::default(), 0);
    let (mut heard, mut listening) = (Vec::new(), Vec::new());
    for server in &servers[1..] {
        let (say, ear) = unbounded_channel();
        listening.push(tests::replicas::tell(server, &tokens["supervisor"], NOTICES, say, goal()));
        heard.push(ear);
    }
    let filed = client.act("owner", "fileComplaint", world.tap_input()).await;
    let mut case = (filed["complaint"]["id"].clone(), 1);
    for ear in &mut heard {
        ear.recv().await.unwrap();
    }
    let with = delays(&mut client, &mut case, &mut heard).await;
    wire.kill().await;
    for server in &servers {
        server.says("ready, degraded").await;
    }
    let without = delays(&mut client, &mut case, &mut heard).await;
    wire.again().await;
    for server in &servers {
        server.says("ready\n").await;
    }
    let again = delays(&mut client, &mut case, &mut heard).await;
    println!("median and most: with {with:?}, without {without:?}, again {again:?}");
    assert!(without.0 < Duration::from_secs(2), "{without:?}");
    assert!(with.0 < without.0 && again.0 < without.0, "with {with:?}, without {without:?}, again {again:?}");
    for listener in listening {
        listener.abort();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_the_way_between_replicas_is_away_all_of_them_go_on_and_no_reader_misses_anything() {
    let world = World::new(Engine::Postgres).await;
    let (tokens, met) = (Arc::new(tokens(&world, &PEOPLE).await), Arc::new(Met::default()));
    let mut wire = Nats::start().await;
    let settings = [("HUIYIN_NATS_URL", wire.url()), ("HUIYIN_ALLOWANCE", "1000000000".to_owned())];
    let servers = start(&world, 3, &settings).await;
    let (stop, end) = (Arc::default(), goal());
    let busy = busy(&world, &servers, &tokens, &met, &stop);
    let readers = following(&servers, &tokens["supervisor"], &end);
    for _ in 0..2 {
        until_done(&met, 6).await;
        wire.kill().await;
        until_done(&met, 12).await;
        wire.again().await;
        for server in &servers {
            server.says("ready\n").await;
        }
    }
    until_done(&met, 6).await;
    stop.store(true, Ordering::SeqCst);
    let readers = assert_each_was_filed_once_and_told_once(&world, busy, readers, end).await;
    assert_eq!(met.failed.load(Ordering::SeqCst), 0, "nobody was refused: {met:?}");
    assert!(readers.iter().all(|reader| reader.came == 1), "and no stream has ended");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_starts_and_serves_where_there_is_no_way_to_others_yet() {
    let world = World::new(Engine::Postgres).await;
    let nowhere = ("HUIYIN_NATS_URL", "nats://127.0.0.1:1".to_owned());
    let servers = [Server::with(&world.database.url, &[nowhere]).await];
    assert!(servers[0].readiness().await.starts_with("ready, degraded"));
    let tokens = Arc::new(tokens(&world, &PEOPLE).await);
    let mut client = Client::new(&servers, &tokens, &Arc::default(), 0);
    client.act("owner", "fileComplaint", world.tap_input()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_is_started_anew_loses_nothing_that_was_acknowledged() {
    let postgres = Postgres::start();
    let world = World::over(fresh_on(&postgres.url()).await).await;
    let (tokens, met) = (Arc::new(tokens(&world, &PEOPLE).await), Arc::new(Met::default()));
    let servers = start(&world, 3, &[]).await;
    let (stop, end) = (Arc::default(), goal());
    let busy = busy(&world, &servers, &tokens, &met, &stop);
    let readers = following(&servers, &tokens["supervisor"], &end);
    for mode in ["fast", "immediate"] {
        until_done(&met, 5).await;
        postgres.stop(mode);
        for server in &servers {
            server.says("the database does not answer").await;
        }
        postgres.again();
        for server in &servers {
            server.says("ready").await;
        }
    }
    until_done(&met, 5).await;
    stop.store(true, Ordering::SeqCst);
    // The test's own connections have ended, too.
    while futures_util::future::join_all((0..8).map(|_| world.app.db.ping())).await.iter().any(Result::is_err) {}
    assert_each_was_filed_once_and_told_once(&world, busy, readers, end).await;
    drop(servers);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_all_connections_wait_the_server_lives_says_so_and_goes_on_afterwards() {
    let world = World::new(Engine::Postgres).await;
    let tokens = Arc::new(tokens(&world, &PEOPLE).await);
    let servers = start(&world, 1, &[("HUIYIN_DATABASE_CONNECTIONS", "2".to_owned())]).await;
    // Every act waits for its organization's log.
    let txn = world.app.db.begin().await.unwrap();
    txn.execute_unprepared("SET LOCAL idle_in_transaction_session_timeout = 0").await.unwrap();
    entity::event_stream::Entity::update_many()
        .col_expr(entity::event_stream::Column::Position, Expr::col(entity::event_stream::Column::Position))
        .exec(&txn)
        .await
        .unwrap();
    let met = Arc::new(Met::default());
    let acts: Vec<_> = (0..6)
        .map(|name| {
            let (mut client, input) = (Client::new(&servers, &tokens, &met, name), world.tap_input());
            tokio::spawn(async move { client.act("owner", "fileComplaint", input).await })
        })
        .collect();
    servers[0].says("the database does not answer in time").await;
    let alive = reqwest::get(format!("http://127.0.0.1:{}/healthz", servers[0].port)).await.unwrap();
    assert!(alive.status().is_success());
    assert_eq!(met.done.load(Ordering::SeqCst), 0);
    txn.commit().await.unwrap();
    for act in acts {
        act.await.unwrap();
    }
    servers[0].says("ready").await;
    assert_eq!(complaint::Entity::find().count(&world.app.db).await.unwrap(), 6);
}

async fn patch(server: &Server, path: &str, token: &str, offset: usize, bytes: Vec<u8>) -> u16 {
    let url = format!("http://127.0.0.1:{}{path}", server.port);
    let sent = reqwest::Client::new()
        .patch(url)
        .bearer_auth(token)
        .header("tus-resumable", "1.0.0")
        .header("upload-offset", offset)
        .header("content-type", "application/offset+octet-stream")
        .body(bytes)
        .send()
        .await
        .unwrap();
    sent.status().as_u16()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn c3_a_disk_that_is_full_takes_no_part_of_a_file_and_the_upload_goes_on_when_there_is_room() {
    let world = World::new(Engine::Postgres).await;
    let tokens = Arc::new(tokens(&world, &PEOPLE).await);
    let mut server = Server::start(&world.database.url).await;
    server.end().await;
    server.largest_file = Some(8);
    server.again().await;
    // A paper of 40 KiB, of which the disk has room for eight.
    let mut paper = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\n".to_vec();
    paper.resize(40 * 1024, b'\n');
    paper.extend(b"trailer<</Root 1 0 R>>\n%%EOF\n");
    let case = world.dripping_tap().await;
    let input = json!({ "complaintId": case, "name": "合同.pdf", "size": paper.len() });
    // By the server's own clock, which takes back what is not sent within a day.
    let mut client = Client::new(std::slice::from_ref(&server), &tokens, &Arc::default(), 0);
    let announced = client.act("owner", "createUpload", input).await;
    let path = announced["uploadPath"].as_str().unwrap().to_owned();
    let token = tokens["owner"].clone();
    let refused = patch(&server, &path, &token, 0, paper.clone()).await;
    assert!(refused >= 500, "{refused}");
    let row = attachment::Entity::find().one(&world.app.db).await.unwrap().unwrap();
    assert_eq!((row.received, row.parts), (0, json!([])), "nothing of it counts");
    client.act("owner", "fileComplaint", world.tap_input()).await;
    server.end().await;
    server.largest_file = None;
    server.again().await;
    assert_eq!(patch(&server, &path, &token, 0, paper).await, 204);
    let document = "query($id: ID!) { attachment(id: $id) { state received } }";
    let id = announced["attachment"]["id"].clone();
    let began = Instant::now();
    loop {
        let file: Value = client.ask("owner", document, json!({ "id": id })).await;
        if file["attachment"]["state"] == "READY" {
            break;
        }
        assert!(began.elapsed() < PATIENCE, "{file}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let events = event::Entity::find().filter(event::Column::Kind.eq(domain::event::Kind::AttachmentAdded));
    assert_eq!(events.count(&world.app.db).await.unwrap(), 1);
}
