//! What our edge costs beside the library's own handler: `cargo bench -p tests --bench edge`.
//!
//! Both serve the same schema over the same data in this process, to one client on loopback that asks for one complaint
//! with its work orders and the events of its timeline. Ours checks the token, reads who asks, keeps every limit, writes
//! a log line and counts; the stock handler is given its viewer for nothing and does none of that. Rounds take turns. Time
//! is CPU time of the whole process without the client's thread, so that work of the database's threads counts; with
//! PostgreSQL its own processes are left out, and both sides send it the same query.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark that cannot go on says where by panicking, and prints what it measured"
)]

use std::io::{Read, Write, sink};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use api::access::viewer::Viewer;
use api::app::loader::Rows;
use api::edge::Config;
use api::edge::limits::Limits;
use async_graphql_axum::{GraphQLRequest, GraphQLResponse};
use axum::Router;
use axum::extract::State;
use axum::routing::post;
use domain::organization::Language;
use rustix::time::{ClockId, clock_gettime};
use serde_json::json;
use tests::World;
use tests::database::Engine;
use tests::edge::Edge;
use tokio::net::TcpListener;

const QUERY: &str = "query OneCase($id: ID!) { complaint(id: $id) { id number state description receivedAt contactName
    handler { name } department { name } workOrders { id state task technicianName }
    timeline(first: 10) { kind occurredAt actorName text } } }";
const ROUNDS: usize = 9;
const REQUESTS: usize = 400;

/// What a round of requests took, in milliseconds of CPU a request.
struct Side {
    name: &'static str,
    address: SocketAddr,
    request: Vec<u8>,
    rounds: Vec<f64>,
}

impl Side {
    fn new(name: &'static str, address: SocketAddr, token: &str, body: &str) -> Self {
        let authorization = if token.is_empty() { String::new() } else { format!("authorization: Bearer {token}\r\n") };
        let request = format!(
            "POST /graphql HTTP/1.1\r\nhost: localhost\r\n{authorization}accept: application/json\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len(),
        );
        Self { name, address, request: request.into_bytes(), rounds: Vec::new() }
    }

    fn median(&self) -> f64 {
        let mut rounds = self.rounds.clone();
        rounds.sort_by(f64::total_cmp);
        rounds[rounds.len() / 2]
    }
}

async fn stock(State((world, viewer)): State<(&'static World, Viewer)>, request: GraphQLRequest) -> GraphQLResponse {
    let request = request.into_inner().data(Language::ZhCn).data(Rows::loader(world.app.clone(), Some(viewer.clone())));
    world.schema.execute(request.data(viewer)).await.into()
}

fn cpu(clock: ClockId) -> Duration {
    clock_gettime(clock).try_into().unwrap()
}

/// Asks on one connection, on this thread; the CPU time that the rest of the process took for a request, and the answer.
fn round(side: &Side) -> (f64, String) {
    let mut stream = TcpStream::connect(side.address).unwrap();
    stream.set_nodelay(true).unwrap();
    let (mut buffer, mut answer) = (vec![0; 64 * 1024], String::new());
    let (process, client) = (cpu(ClockId::ProcessCPUTime), cpu(ClockId::ThreadCPUTime));
    for _ in 0..REQUESTS {
        stream.write_all(&side.request).unwrap();
        answer = read(&mut stream, &mut buffer);
    }
    let spent = cpu(ClockId::ProcessCPUTime)
        .saturating_sub(process)
        .saturating_sub(cpu(ClockId::ThreadCPUTime).saturating_sub(client));
    (spent.as_secs_f64() * 1e3 / f64::from(u32::try_from(REQUESTS).unwrap()), answer)
}

/// Reads one answer of known length; its body.
fn read(stream: &mut TcpStream, buffer: &mut [u8]) -> String {
    let mut filled = 0;
    loop {
        let read = stream.read(&mut buffer[filled..]).unwrap();
        assert!(read > 0, "closed");
        filled += read;
        let text = std::str::from_utf8(&buffer[..filled]).unwrap_or_default();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
        if body.len() == length.parse::<usize>().unwrap() {
            assert!(head.starts_with("HTTP/1.1 200"), "{text}");
            return body.to_owned();
        }
    }
}

async fn compare(engine: Engine) {
    let world: &'static World = Box::leak(Box::new(World::new(engine).await));
    let case = Box::pin(world.resolved()).await;
    let body = json!({ "query": QUERY, "variables": { "id": case } }).to_string();
    // The allowance is counted as ever, and high enough for a benchmark.
    let limits = Limits { allowance: u32::MAX, stranger_allowance: u32::MAX, ..Limits::default() };
    let edge = Edge::of(world, Config { limits, ..Config::default() }).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let state = (world, world.viewer("owner").await);
    tokio::spawn(async move {
        let routes = Router::new().route("/graphql", post(stock)).with_state(state);
        axum::serve(listener, routes).await.unwrap();
    });
    let token = world.token("owner").await;
    let mut sides =
        vec![Side::new("stock", address, "", &body), Side::new("ours", edge.address.parse().unwrap(), &token, &body)];
    let mut answers = Vec::new();
    for turn in 0..=ROUNDS {
        for side in &mut sides {
            let (spent, answer) = std::thread::scope(|scope| scope.spawn(|| round(side)).join().unwrap());
            // The first round warms up.
            if turn > 0 {
                side.rounds.push(spent);
            } else {
                answers.push(serde_json::from_str::<serde_json::Value>(&answer).unwrap()["data"].clone());
            }
        }
    }
    assert_eq!(answers[0], answers[1], "both must say the same");
    assert!(answers[0]["complaint"]["workOrders"][0]["id"].is_string(), "{}", answers[0]);
    println!(
        "\n{engine:?}: one complaint with its work orders and events, CPU ms a request of {ROUNDS} rounds of {REQUESTS}"
    );
    for side in &sides {
        let least = side.rounds.iter().copied().fold(f64::MAX, f64::min);
        println!("  {:<6} median {:.3}  least {least:.3}", side.name, side.median());
    }
    println!("  ours is {:.2} times stock (aim: at most 1.25)", sides[1].median() / sides[0].median());
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    // Lines are made and thrown away: what they cost is counted, what a disk costs is not.
    tracing_subscriber::fmt().json().with_writer(sink).with_max_level(tracing::Level::INFO).init();
    println!("load before: {}", std::fs::read_to_string("/proc/loadavg").unwrap_or_default().trim());
    println!(
        "settings: access token checked, scope, default limits and allowances, figures, one JSON log line a request"
    );
    compare(Engine::Sqlite).await;
    if std::env::var_os("HUIYIN_TEST_POSTGRES").is_some() {
        compare(Engine::Postgres).await;
    }
}
