//! `graphql-transport-ws`, message by message and close code by close code.

use std::sync::Arc;
use std::time::Duration;

use api::edge::Config;
use api::edge::limits::{Limits, SocketLimits};
use chrono::TimeDelta;
use serde_json::{Value, json};
use tests::World;
use tests::database::Engine;
use tests::edge::Edge;
use tests::measure::resident;
use tests::replicas::{Client, tokens};
use tests::server::Server;
use tests::socket::Socket;
use tokio_tungstenite::tungstenite::Message;

const PROTOCOL: &str = "graphql-transport-ws";
const CASE: &str = "subscription($id: ID!) { complaintEvents(complaintId: $id) { kind } }";
const NAME: &str = "{ viewer { name } }";

pub(super) async fn served(socket: SocketLimits) -> (World, Edge) {
    let world = World::new(Engine::Sqlite).await;
    let edge = Edge::of(&world, Config { limits: Limits { socket, ..Limits::default() }, ..Config::default() }).await;
    (world, edge)
}

async fn usual() -> (World, Edge) {
    served(SocketLimits::default()).await
}

#[tokio::test]
async fn queries_mutations_and_streams_run_side_by_side() {
    let (world, edge) = usual().await;
    let case = world.dripping_tap().await;
    let mut socket = Socket::begun(&edge, &world.token("owner").await).await;
    socket.subscribe("live", CASE, json!({ "id": case })).await;
    socket.subscribe("name", NAME, json!({})).await;
    let name = socket.hear().await;
    assert_eq!(
        (&name["type"], &name["id"], &name["payload"]["data"]),
        (&json!("next"), &json!("name"), &json!({ "viewer": { "name": "owner" } }))
    );
    assert_eq!(socket.hear().await, json!({ "type": "complete", "id": "name" }));
    let input = json!({ "input": { "complaintId": case, "expectedVersion": 1, "text": "还在漏" } });
    socket
        .subscribe(
            "act",
            "mutation($input: AddToComplaintInput!) { addToComplaint(input: $input) { errors { code } } }",
            input,
        )
        .await;
    let mut heard = [socket.hear().await, socket.hear().await, socket.hear().await];
    heard.sort_by_key(|message| message["id"].as_str().unwrap().to_owned() + message["type"].as_str().unwrap());
    assert_eq!(heard[0], json!({ "type": "complete", "id": "act" }));
    assert_eq!(heard[1]["payload"]["data"]["addToComplaint"]["errors"], json!([]));
    assert_eq!(heard[2]["payload"]["data"]["complaintEvents"]["kind"], "COMPLAINT_ADDED_TO");
}

#[tokio::test]
async fn a_stream_that_the_client_completes_says_nothing_more_and_its_id_is_free() {
    let (world, edge) = usual().await;
    let case = world.dripping_tap().await;
    let mut socket = Socket::begun(&edge, &world.token("owner").await).await;
    socket.subscribe("1", CASE, json!({ "id": case })).await;
    socket.say(&json!({ "type": "complete", "id": "1" })).await;
    socket.say(&json!({ "type": "ping" })).await;
    assert_eq!(socket.hear().await, json!({ "type": "pong" }), "what was said before it has been heard");
    world.on_case("owner", "addToComplaint", &case, json!({ "text": "还在漏" })).await;
    socket.subscribe("1", NAME, json!({})).await;
    assert_eq!(socket.hear().await["payload"]["data"], json!({ "viewer": { "name": "owner" } }));
    assert_eq!(socket.hear().await, json!({ "type": "complete", "id": "1" }));
    socket.say(&json!({ "type": "complete", "id": "never begun" })).await;
    socket.say(&json!({ "type": "ping" })).await;
    assert_eq!(socket.hear().await, json!({ "type": "pong" }), "an unknown id is no fault");
}

#[tokio::test]
async fn what_never_ran_is_an_error_and_ends_its_operation() {
    let (world, edge) = usual().await;
    let mut socket = Socket::begun(&edge, &world.token("owner").await).await;
    for (id, payload, code) in [
        ("1", json!({ "query": "{" }), "BAD_REQUEST"),
        ("2", json!({ "query": "subscription { nothing }" }), "BAD_REQUEST"),
        ("3", json!({ "query": "query($x: ID!) { node(id: $x) { id } }" }), "BAD_REQUEST"),
        ("4", json!({ "variables": {} }), "BAD_REQUEST"),
        ("5", json!({ "query": "{ ...F } fragment F on Query { ...F }" }), "BAD_REQUEST"),
        (
            "6",
            json!({ "extensions": { "persistedQuery": { "version": 1, "sha256Hash": "00".repeat(32) } } }),
            "PERSISTED_QUERY_NOT_FOUND",
        ),
    ] {
        socket.say(&json!({ "type": "subscribe", "id": id, "payload": payload })).await;
        let heard = socket.hear().await;
        assert_eq!((&heard["type"], &heard["id"]), (&json!("error"), &json!(id)), "{heard}");
        assert_eq!(heard["payload"][0]["extensions"]["code"], code);
    }
    socket.subscribe("1", NAME, json!({})).await;
    assert_eq!(socket.hear().await["type"], "next", "the id is free, and no complete came after the errors");
}

#[tokio::test]
async fn pings_are_answered_at_any_time_with_what_they_brought() {
    let (_world, edge) = usual().await;
    let mut socket = Socket::open(&edge, PROTOCOL).await;
    socket.say(&json!({ "type": "ping" })).await;
    assert_eq!(socket.hear().await, json!({ "type": "pong" }));
    socket.say(&json!({ "type": "pong" })).await;
    socket.say(&json!({ "type": "ping", "payload": { "at": 1 } })).await;
    assert_eq!(socket.hear().await, json!({ "type": "pong", "payload": { "at": 1 } }));
}

#[tokio::test]
async fn a_message_that_is_not_of_the_protocol_closes_with_4400() {
    let (world, edge) = usual().await;
    let token = world.token("owner").await;
    for text in [
        "",
        "no JSON",
        "null",
        "[]",
        "{}",
        r#"{"type":"start","id":"1","payload":{"query":"{ __typename }"}}"#,
        r#"{"type":"connection_terminate"}"#,
        r#"{"type":"subscribe","payload":{"query":"{ __typename }"}}"#,
        r#"{"type":"subscribe","id":1,"payload":{"query":"{ __typename }"}}"#,
        r#"{"type":"subscribe","id":"1"}"#,
        r#"{"type":"subscribe","id":"1","payload":"{ __typename }"}"#,
        r#"{"type":"complete"}"#,
        r#"{"type":"ping","payload":7}"#,
    ] {
        let mut socket = Socket::begun(&edge, &token).await;
        socket.send(Message::text(text)).await;
        assert_eq!(socket.closed().await.0, 4400, "{text}");
    }
    let mut socket = Socket::begun(&edge, &token).await;
    socket.send(Message::binary(b"{}".to_vec())).await;
    assert_eq!(socket.closed().await.0, 4400);
    let mut socket = Socket::open(&edge, PROTOCOL).await;
    socket.say(&json!({ "type": "connection_init", "payload": "token" })).await;
    assert_eq!(socket.closed().await.0, 4400);
    let mut socket = Socket::begun(&edge, &token).await;
    socket.send(Message::text("x".repeat(300_000))).await;
    assert_eq!(socket.closed().await.0, 1009);
}

#[tokio::test]
async fn each_wrong_beginning_has_its_close_code() {
    let (world, edge) = usual().await;
    for protocols in ["", "graphql-ws", "mqtt"] {
        let mut socket = Socket::unaccepted(&edge, protocols).await;
        assert_eq!(socket.closed().await, (4406, "Subprotocol not acceptable".to_owned()), "{protocols}");
    }
    let mut socket = Socket::open(&edge, PROTOCOL).await;
    socket.subscribe("1", NAME, json!({})).await;
    assert_eq!(socket.closed().await, (4401, "Unauthorized".to_owned()));
    let mut socket = Socket::open(&edge, PROTOCOL).await;
    socket.say(&json!({ "type": "connection_init", "payload": { "authorization": "Bearer nonsense" } })).await;
    assert_eq!(socket.closed().await, (4403, "Forbidden".to_owned()));
    let mut socket = Socket::begun(&edge, &world.token("owner").await).await;
    socket.say(&json!({ "type": "connection_init" })).await;
    assert_eq!(socket.closed().await, (4429, "Too many initialisation requests".to_owned()));
    let mut socket = Socket::begun(&edge, &world.token("owner").await).await;
    socket.subscribe("one", "subscription { myNotices { kind } }", json!({})).await;
    socket.subscribe("one", NAME, json!({})).await;
    assert_eq!(socket.closed().await, (4409, "Subscriber for one already exists".to_owned()));
}

#[tokio::test]
async fn a_socket_that_does_not_begin_in_time_closes_with_4408() {
    let (_world, edge) = served(SocketLimits { beginning: Duration::from_millis(50), ..SocketLimits::default() }).await;
    let mut socket = Socket::open(&edge, PROTOCOL).await;
    assert_eq!(socket.closed().await, (4408, "Connection initialisation timeout".to_owned()));
}

#[tokio::test]
async fn a_token_that_has_ended_closes_its_socket() {
    let (world, edge) = served(SocketLimits { ping: Duration::from_millis(20), ..SocketLimits::default() }).await;
    let mut socket = Socket::begun(&edge, &world.token("owner").await).await;
    let mut stranger = Socket::begun(&edge, "").await;
    world.pass(TimeDelta::hours(13));
    assert_eq!(socket.closed().await, (4403, "The token holds no longer".to_owned()));
    stranger.say(&json!({ "type": "ping" })).await;
    assert_eq!(stranger.hear().await, json!({ "type": "pong" }), "who came without a token loses none");
}

#[tokio::test]
async fn one_account_may_open_so_many_sockets_and_run_so_many_operations() {
    let limits = SocketLimits { open: 3, open_for_one: 2, operations: 2, ..SocketLimits::default() };
    let (world, edge) = served(limits).await;
    let (owner, wife) = (world.token("owner").await, world.token("wife").await);
    let mut first = Socket::begun(&edge, &owner).await;
    let second = Socket::begun(&edge, &owner).await;
    let mut third = Socket::open(&edge, PROTOCOL).await;
    third.say(&json!({ "type": "connection_init", "payload": { "token": owner } })).await;
    assert_eq!(third.closed().await, (1013, "Too many sockets".to_owned()));
    drop(third);
    drop(second);
    for id in ["1", "2"] {
        first.subscribe(id, "subscription { myNotices { kind } }", json!({})).await;
    }
    first.subscribe("3", NAME, json!({})).await;
    assert_eq!(first.hear().await["payload"][0]["extensions"]["code"], "TOO_MANY");
    let _hers = Socket::begun(&edge, &wife).await;
}

#[tokio::test]
async fn a_client_that_does_not_read_is_cut_and_costs_bounded_memory() {
    let limits = SocketLimits { reading: Duration::from_millis(100), open_for_one: 1, ..SocketLimits::default() };
    let (world, edge) = served(limits).await;
    let token = world.token("owner").await;
    let mut socket = Socket::begun(&edge, &token).await;
    let schema = "{ __schema { types { name description fields { name description args { name description } } } } }";
    for n in 0..90 {
        socket.subscribe(&n.to_string(), schema, json!({})).await;
    }
    // Nothing is read here. The server gives up on its own, and then the account's only seat is free again.
    loop {
        let mut next = Socket::open(&edge, PROTOCOL).await;
        next.say(&json!({ "type": "connection_init", "payload": { "token": token } })).await;
        if next.begins().await {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// How many follow and do not read, each with a document of its own, so that they do not hold the same bytes.
const LAGGARDS: usize = 8;
/// How many events come while they do not read: far more than the system holds for a socket.
pub(super) const FLOOD: i64 = 80;
/// By how much the server may grow meanwhile, in KiB. What would wait for them without a bound is more than twice that.
const GROWTH: u64 = 24 * 1024;

/// A document of which each item is large: some 150 KB of a long description.
pub(super) fn wide(number: usize) -> String {
    let fields: Vec<String> = (0..25).map(|field| format!("d{number}x{field}: description")).collect();
    let case = fields.join(" ");
    format!(
        "subscription($id: ID!, $after: String) {{
        complaintEvents(complaintId: $id, after: $after) {{ cursor kind complaint {{ {case} }} }} }}"
    )
}

/// A report with a long description.
pub(super) fn long_report(world: &World) -> Value {
    let mut input = world.tap_input();
    input["report"]["description"] = json!("厨房水龙头滴水".repeat(285));
    input
}

pub(super) async fn hears_a_large_one(socket: &mut Socket) {
    let heard = socket.hear().await;
    assert!(heard["type"] == "next" && heard.to_string().len() > 100_000, "{}", heard["type"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_follows_and_does_not_read_is_cut_with_1013_and_the_others_are_served() {
    // It may take its time to read; what waits for it meanwhile is what cuts it.
    let (world, edge) = served(SocketLimits { reading: Duration::from_mins(10), ..SocketLimits::default() }).await;
    let filed = world.act("owner", "fileComplaint", long_report(&world)).await;
    let case = filed["complaint"]["id"].as_str().unwrap().to_owned();
    let variables = json!({ "id": case, "after": api::event::query::cursor(0) });
    let mut keen = Socket::begun(&edge, &world.token("supervisor").await).await;
    let mut laggard = Socket::narrow_at(&edge.address, &world.token("agent").await).await;
    for socket in [&mut keen, &mut laggard] {
        socket.subscribe("1", &wide(0), variables.clone()).await;
        hears_a_large_one(socket).await;
    }
    for _ in 0..FLOOD {
        world.on_case("owner", "addToComplaint", &case, json!({ "text": "还在滴" })).await;
        hears_a_large_one(&mut keen).await;
    }
    // What had left before is still there to be read; then comes the end.
    assert_eq!(laggard.closed().await, (1013, "Reads too slowly".to_owned()));
    world.on_case("owner", "addToComplaint", &case, json!({ "text": "还在滴" })).await;
    hears_a_large_one(&mut keen).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_who_follow_and_do_not_read_cost_bounded_memory() {
    let world = World::new(Engine::Sqlite).await;
    let tokens = Arc::new(tokens(&world, &["owner", "agent", "supervisor"]).await);
    let server = Server::with(&world.database.url, &[("HUIYIN_ALLOWANCE", "1000000000".to_owned())]).await;
    let mut client = Client::new(std::slice::from_ref(&server), &tokens, &Arc::default(), 0);
    let filed = client.act("owner", "fileComplaint", long_report(&world)).await;
    let case = filed["complaint"]["id"].clone();
    let variables = json!({ "id": case, "after": api::event::query::cursor(0) });
    let mut keen = Socket::begun_at(&server.address(), &tokens["supervisor"]).await;
    keen.subscribe("1", &wide(0), variables.clone()).await;
    hears_a_large_one(&mut keen).await;
    let mut laggards = Vec::new();
    for number in 0..LAGGARDS {
        let mut socket = Socket::narrow_at(&server.address(), &tokens["agent"]).await;
        socket.subscribe("1", &wide(number), variables.clone()).await;
        hears_a_large_one(&mut socket).await;
        laggards.push(socket);
    }
    let mut add = async |version: i64| {
        let input = json!({ "complaintId": case, "expectedVersion": version, "text": "还在滴" });
        client.act("owner", "addToComplaint", input).await;
    };
    // All read at first, so that what the server needs for them anyway is there already.
    for version in 1..5 {
        add(version).await;
        for socket in laggards.iter_mut().chain([&mut keen]) {
            hears_a_large_one(socket).await;
        }
    }
    let before = resident(server.process());
    for version in 5..5 + FLOOD {
        add(version).await;
        hears_a_large_one(&mut keen).await;
    }
    let after = resident(server.process());
    assert!(after < before + GROWTH, "it has grown from {before} to {after} KiB");
    for laggard in &mut laggards {
        laggard.ends().await;
    }
}

#[tokio::test]
async fn a_server_that_stops_tells_its_sockets_to_come_again() {
    let (world, mut edge) =
        served(SocketLimits { farewells: Duration::from_millis(50), ..SocketLimits::default() }).await;
    let mut socket = Socket::begun(&edge, &world.token("owner").await).await;
    edge.stop();
    assert_eq!(socket.closed().await, (1012, "Service restart".to_owned()));
    edge.stopped().await;
}
