//! What one replica has done, counted or ended holds at the others.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use api::access::guesses;
use api::app::error::Error;
use chrono::TimeDelta;
use entity::{complaint, guess_budget};
use futures_util::future::join_all;
use futures_util::{SinkExt, StreamExt};
use sea_orm::{EntityTrait, PaginatorTrait};
use serde_json::{Value, json};
use tests::World;
use tests::ask::{mutation, variables};
use tests::database::Engine;
use tests::outside::nats;
use tests::replicas::{start, tokens};
use tests::server::Server;
use tests::world::{app_over, with};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

/// A bound for a test that goes wrong, not a measure.
const PATIENCE: Duration = Duration::from_mins(1);

struct Answer {
    body: Value,
    remaining: u64,
}

async fn post(server: &Server, token: &str, document: &str, variables: Value) -> Answer {
    let request = reqwest::Client::new()
        .post(format!("http://127.0.0.1:{}/graphql", server.port))
        .json(&json!({ "query": document, "variables": variables }));
    let request = if token.is_empty() { request } else { request.bearer_auth(token) };
    let answer = request.send().await.unwrap();
    let remaining = answer.headers().get("ratelimit-remaining").and_then(|value| value.to_str().ok()?.parse().ok());
    Answer { remaining: remaining.unwrap_or(u64::MAX), body: answer.json().await.unwrap() }
}

async fn act(server: &Server, token: &str, field: &str, input: Value) -> Value {
    let answer = post(server, token, &mutation(field), variables(&input)).await.body;
    assert_eq!(answer["data"][field]["errors"], json!([]), "{answer}");
    answer["data"][field].clone()
}

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// Begins a socket: itself, or the code with which it is closed.
async fn socket(server: &Server, token: &str) -> Result<Socket, u16> {
    let mut request = format!("ws://127.0.0.1:{}/graphql", server.port).into_client_request().unwrap();
    request.headers_mut().insert("sec-websocket-protocol", "graphql-transport-ws".parse().unwrap());
    let mut socket = connect_async(request).await.unwrap().0;
    let begin = json!({ "type": "connection_init", "payload": { "authorization": format!("Bearer {token}") } });
    socket.send(Message::text(begin.to_string())).await.unwrap();
    loop {
        match timeout(PATIENCE, socket.next()).await.unwrap().unwrap().unwrap() {
            Message::Text(_) => return Ok(socket),
            Message::Close(frame) => return Err(frame.unwrap().code.into()),
            _ => {}
        }
    }
}

on_both! {
    async fn of_many_guesses_at_once_at_several_replicas_no_more_get_through_than_the_budget_holds(world) {
        let processes: Vec<_> = (1..4).map(|seed| app_over(&world.database, world.app.clock.clone(), seed)).collect();
        // SQLite has one process, in which all write in turn.
        let processes = if world.app.writer.is_some() { vec![world.app.clone()] } else { processes };
        let address: Option<IpAddr> = Some("203.0.113.9".parse().unwrap());
        let tries = (0..60).map(|number| guesses::count(&processes[number % processes.len()], address));
        let through = join_all(tries).await.into_iter().flatten().count();
        assert_eq!(through, 30);
        let anew = app_over(&world.database, world.app.clock.clone(), 9);
        assert!(matches!(guesses::count(&anew, address).await, Err(Error::Limited)), "a restart forgives nothing");
        world.pass(TimeDelta::seconds(5));
        let later = join_all((0..4).map(|_| guesses::count(&world.app, address))).await;
        assert_eq!(later.into_iter().flatten().count(), 2, "one each two seconds");
        assert!(guesses::count(&world.app, Some("203.0.113.10".parse().unwrap())).await.is_ok(), "somebody else");
    }

    async fn d7_tries_of_whoever_stays_unknown_are_counted_in_memory_and_nowhere_else(world) {
        let address: Option<IpAddr> = Some("203.0.113.9".parse().unwrap());
        let through = (0..40).filter(|_| guesses::count_unwritten(&world.app, address).is_ok()).count();
        assert_eq!(through, 30);
        let seen = api::complaint::query::by_receipt(&world.app, "AAAA-AAAA-AAAA-AAAA-AAAA", address).await;
        assert!(matches!(seen, Err(Error::Limited)), "receipts are guessed no faster");
        assert!(guesses::count_unwritten(&world.app, Some("203.0.113.10".parse().unwrap())).is_ok(), "somebody else");
        world.pass(TimeDelta::seconds(5));
        let later = (0..4).filter(|_| guesses::count_unwritten(&world.app, address).is_ok()).count();
        assert_eq!(later, 2, "one each two seconds");
        assert!(guess_budget::Entity::find().all(&world.app.db).await.unwrap().is_empty(), "nothing is written");
        assert!(guesses::count(&world.app, address).await.is_ok(), "what else an address tries is counted by itself");
    }

    async fn what_is_kept_of_guesses_tells_nothing_and_goes_when_it_is_whole_again(world) {
        let address: Option<IpAddr> = Some("203.0.113.9".parse().unwrap());
        guesses::sign_in(&world.app, "13900000000", address, false).await.unwrap();
        guesses::signed_in(&world.app, "13900000000", address).await.unwrap();
        let rows = guess_budget::Entity::find().all(&world.app.db).await.unwrap();
        assert_eq!(rows.len(), 4, "address, pair, phone, and from where it has signed in");
        assert!(rows.iter().all(|row| row.whose.len() == 64 && row.whose.bytes().all(|byte| byte.is_ascii_hexdigit())));
        world.pass(TimeDelta::minutes(2));
        assert_eq!(guesses::forget_whole(&world.app).await.unwrap(), 3);
        world.pass(TimeDelta::days(31));
        assert_eq!(guesses::forget_whole(&world.app).await.unwrap(), 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_one_replica_has_done_holds_at_another() {
    let world = World::new(Engine::Postgres).await;
    let tokens: BTreeMap<_, _> = tokens(&world, &["owner", "agent"]).await;
    let servers = start(&world, 2, &[("HUIYIN_NATS_URL", nats())]).await;
    let owner = &tokens["owner"];
    // One call that is sent to both at once is done once.
    let input = with(world.tap_input(), json!({ "idempotencyKey": "the same call" }));
    let both = join_all(servers.iter().map(|server| act(server, owner, "fileComplaint", input.clone()))).await;
    assert_eq!(both[0]["complaint"]["id"], both[1]["complaint"]["id"]);
    assert_eq!(complaint::Entity::find().count(&world.app.db).await.unwrap(), 1);
    // The holder of a receipt code follows the case anywhere (D7).
    let report = with(world.report("NOISE", "COMPLAINT", "夜间施工"), json!({ "place": "5栋旁" }));
    let anonymous = json!({ "siteId": world.id("Site", "site"), "report": report });
    let code = act(&servers[0], "", "fileAnonymousComplaint", anonymous).await["receiptCode"].clone();
    let document = "query($code: String!) { anonymousComplaint(receiptCode: $code) { number } }";
    let found = post(&servers[1], "", document, json!({ "code": code })).await.body;
    assert!(found["data"]["anonymousComplaint"]["number"].is_string(), "{found}");
    // A session that ends at one ends at the other, and its streams with it.
    let other = tests::replicas::tokens(&world, &["owner"]).await["owner"].clone();
    let mut stream = socket(&servers[1], owner).await.unwrap();
    let payload = json!({ "query": "subscription { myNotices { cursor } }" });
    stream
        .send(Message::text(json!({ "type": "subscribe", "id": "1", "payload": payload }).to_string()))
        .await
        .unwrap();
    assert!(post(&servers[1], owner, "{ viewer { id } }", json!({})).await.body["data"]["viewer"].is_object());
    act(&servers[0], &other, "endOtherSessions", json!({})).await;
    let refused = post(&servers[1], owner, "{ viewer { id } }", json!({})).await.body;
    assert_eq!(refused["errors"][0]["extensions"]["code"], "UNAUTHENTICATED", "{refused}");
    let ended = timeout(PATIENCE, async {
        while let Some(Ok(message)) = stream.next().await {
            match message {
                Message::Text(text) if text.contains("UNAUTHENTICATED") => return true,
                Message::Close(frame) => return frame.is_some_and(|frame| u16::from(frame.code) == 4403),
                _ => {}
            }
        }
        false
    });
    assert!(ended.await.unwrap());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_spent_at_one_replica_is_missing_at_the_others() {
    let world = World::new(Engine::Postgres).await;
    let token = tokens(&world, &["agent"]).await["agent"].clone();
    let settings = [("HUIYIN_NATS_URL", nats()), ("HUIYIN_ALLOWANCE", "50000".to_owned())];
    let servers = start(&world, 3, &settings).await;
    for server in &servers {
        server.says("ready\n").await;
    }
    // Many at once: what is spent slowly comes back meanwhile.
    let (began, mut least) = (Instant::now(), u64::MAX);
    while least > 5_000 {
        assert!(began.elapsed() < PATIENCE, "it can spend on and on: {least} are left");
        let fields: Vec<String> =
            (0..8).map(|n| format!("f{n}: changes {{ events {{ kind complaint {{ number }} }} }}")).collect();
        let document = format!("{{ {} }}", fields.join(" "));
        let answers = join_all((0..20).map(|_| post(&servers[0], &token, &document, json!({})))).await;
        least = answers.iter().map(|answer| answer.remaining).min().unwrap();
    }
    for server in &servers[1..] {
        let began = Instant::now();
        // A fifth of it is what comes back in twelve seconds.
        while post(server, &token, "{ viewer { id } }", json!({})).await.remaining > 10_000 {
            assert!(began.elapsed() < PATIENCE, "its whole allowance stands here");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sockets_at_one_replica_count_at_the_others_until_they_are_closed() {
    let world = World::new(Engine::Postgres).await;
    let tokens = Arc::new(tokens(&world, &["owner", "agent"]).await);
    let servers = start(&world, 2, &[("HUIYIN_NATS_URL", nats())]).await;
    for server in &servers {
        server.says("ready\n").await;
    }
    let held = join_all((0..50).map(|_| socket(&servers[0], &tokens["owner"]))).await;
    assert!(held.iter().all(Result::is_ok));
    assert_eq!(socket(&servers[0], &tokens["owner"]).await.err(), Some(1013), "as many as one may have");
    assert!(settles(&servers[1], &tokens["owner"], false).await, "at the other as well");
    assert!(socket(&servers[1], &tokens["agent"]).await.is_ok(), "somebody else's");
    drop(held);
    assert!(settles(&servers[1], &tokens["owner"], true).await);
}

/// Whether it comes to that that somebody is let in, or not.
async fn settles(server: &Server, token: &str, let_in: bool) -> bool {
    let began = Instant::now();
    while socket(server, token).await.is_ok() != let_in {
        if began.elapsed() > PATIENCE {
            return false;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    true
}
