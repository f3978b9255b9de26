//! Streams by server-sent events: the same items as by a socket, and how a client learns that one was broken off.

use std::time::Duration;

use api::edge::limits::SocketLimits;
use api::event::query::{cursor, position};
use chrono::TimeDelta;
use serde_json::{Value, json};
use tests::World;
use tests::edge::Edge;
use tests::socket::Socket;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpSocket, TcpStream};

use super::socket::{FLOOD, hears_a_large_one, long_report, served, wide};

const CASE: &str =
    "subscription($id: ID!, $after: String) { complaintEvents(complaintId: $id, after: $after) { cursor kind } }";
const NAME: &str = "{ viewer { name } }";
/// A bound for a stream that stands still, not a measure.
const PATIENCE: Duration = Duration::from_mins(1);

/// A stream on a line of its own, of which the system holds little: what is not read stays with the server.
struct Line(BufReader<TcpStream>);

impl Line {
    /// Opens one; as a stranger where the token is empty. It must be let in.
    async fn open(edge: &Edge, token: &str, query: &str, variables: &Value) -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(16 * 1024).unwrap();
        let mut stream = BufReader::new(socket.connect(edge.address.parse().unwrap()).await.unwrap());
        let body = json!({ "query": query, "variables": variables }).to_string();
        let request = format!(
            "POST /graphql HTTP/1.1\r\nhost: {}\r\naccept: text/event-stream\r\ncontent-type: application/json\r\n\
             authorization: Bearer {token}\r\ncontent-length: {}\r\n\r\n{body}",
            edge.address,
            body.len()
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut line = Self(stream);
        let mut head = line.row().await;
        assert!(head.starts_with("HTTP/1.1 200"), "{head}");
        while !head.ends_with("\r\n\r\n") {
            head += &line.row().await;
        }
        assert!(head.to_lowercase().contains("content-type: text/event-stream"), "{head}");
        line
    }

    async fn row(&mut self) -> String {
        let mut row = String::new();
        tokio::time::timeout(PATIENCE, self.0.read_line(&mut row)).await.expect("the server says something").unwrap();
        row
    }

    /// The next event with its data; none at the end of the answer, which must be a whole one.
    async fn event(&mut self) -> Option<(String, Value)> {
        loop {
            let length = usize::from_str_radix(self.row().await.trim(), 16).expect("the answer ends as it should");
            let mut chunk = vec![0; length + 2];
            let reading = self.0.read_exact(&mut chunk);
            tokio::time::timeout(PATIENCE, reading).await.expect("the server says something").unwrap();
            if length == 0 {
                return None;
            }
            let chunk = String::from_utf8(chunk).unwrap();
            let field = |name: &str| chunk.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
            // What only keeps the line open has no name.
            if let Some(kind) = field("event:") {
                let data = field("data:").and_then(|data| serde_json::from_str(data).ok()).unwrap_or_default();
                return Some((kind.to_owned(), data));
            }
        }
    }

    /// The next item.
    async fn item(&mut self) -> Value {
        let (kind, item) = self.event().await.expect("the stream goes on");
        assert_eq!(kind, "next", "{item}");
        item
    }

    /// Reads to the end: the positions that came, and the code with which the stream was broken off.
    async fn rest(&mut self) -> (Vec<i64>, String) {
        let mut came = Vec::new();
        loop {
            let item = self.item().await;
            let Some(error) = item["errors"].get(0) else {
                came.push(at(&item));
                continue;
            };
            assert_eq!(item["data"], Value::Null);
            assert!(error["message"].as_str().unwrap().contains("last cursor"), "it says how to go on: {error}");
            assert_eq!(self.event().await, None, "it has not ended, so there is no `complete`");
            return (came, error["extensions"]["code"].as_str().unwrap().to_owned());
        }
    }
}

/// Where an item of a case stands in the log.
fn at(item: &Value) -> i64 {
    position(item["data"]["complaintEvents"]["cursor"].as_str().unwrap_or_else(|| panic!("{item}"))).ok().unwrap()
}

async fn add(world: &World, case: &str) {
    world.on_case("owner", "addToComplaint", case, json!({ "text": "还在滴" })).await;
}

#[tokio::test]
async fn the_same_streams_come_as_server_sent_events() {
    let (world, mut edge) = served(SocketLimits { ping: Duration::from_millis(20), ..SocketLimits::default() }).await;
    let token = world.token("owner").await;
    let case = world.dripping_tap().await;
    let mut events = Line::open(&edge, &token, CASE, &json!({ "id": case })).await;
    add(&world, &case).await;
    assert_eq!(events.item().await["data"]["complaintEvents"]["kind"], "COMPLAINT_ADDED_TO");
    let mut once = Line::open(&edge, &token, NAME, &json!({})).await;
    assert_eq!(once.item().await["data"]["viewer"]["name"], "owner");
    assert_eq!(once.event().await.unwrap().0, "complete");
    assert_eq!(once.event().await, None);
    let wrong = edge.client.post(edge.url()).header("accept", "text/event-stream").json(&json!({ "query": "{" }));
    assert_eq!(edge.send(wrong, &token).await.status, 400);
    world.pass(TimeDelta::hours(13));
    assert_eq!(events.rest().await, (Vec::new(), "UNAUTHENTICATED".to_owned()), "the token has ended");
    edge.stop();
    edge.stopped().await;
}

#[tokio::test]
async fn a_server_that_stops_tells_its_streams_to_come_again() {
    let (world, mut edge) =
        served(SocketLimits { farewells: Duration::from_millis(50), ..SocketLimits::default() }).await;
    let case = world.dripping_tap().await;
    let variables = json!({ "id": case, "after": cursor(0) });
    let mut events = Line::open(&edge, &world.token("owner").await, CASE, &variables).await;
    assert_eq!(events.item().await["data"]["complaintEvents"]["kind"], "COMPLAINT_RECEIVED");
    edge.stop();
    assert_eq!(events.rest().await, (Vec::new(), "UNAVAILABLE".to_owned()));
    edge.stopped().await;
}

#[tokio::test]
async fn a_session_that_ends_breaks_its_streams_off_and_says_so() {
    let (world, edge) = served(SocketLimits::default()).await;
    let case = world.dripping_tap().await;
    let one = world.signed_in("owner").await;
    let phone = world.viewer("owner").await.phone;
    let other = world.act("", "signIn", json!({ "phone": phone, "password": tests::door::PASSWORD })).await;
    let variables = json!({ "id": case, "after": cursor(0) });
    let mut events = Line::open(&edge, &tests::door::token(&one), CASE, &variables).await;
    events.item().await;
    world.act_by(&tests::door::token(&other), "endOtherSessions", json!({})).await;
    assert_eq!(events.rest().await, (Vec::new(), "UNAUTHENTICATED".to_owned()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_takes_a_stream_too_slowly_is_told_so_and_loses_nothing_by_going_on_from_the_last_cursor() {
    // Nobody is cut for their silence here: what waits for them is what cuts them.
    let (world, edge) = served(SocketLimits { silence: Duration::from_mins(10), ..SocketLimits::default() }).await;
    let filed = world.act("owner", "fileComplaint", long_report(&world)).await;
    let case = filed["complaint"]["id"].as_str().unwrap().to_owned();
    let agent = world.token("agent").await;
    let from = |position: i64| json!({ "id": case, "after": cursor(position) });
    let mut keen = Socket::begun(&edge, &world.token("supervisor").await).await;
    keen.subscribe("1", &wide(0), from(0)).await;
    hears_a_large_one(&mut keen).await;
    let mut laggard = Line::open(&edge, &agent, &wide(1), &from(0)).await;
    let mut had = vec![at(&laggard.item().await)];
    for _ in 0..FLOOD {
        add(&world, &case).await;
        hears_a_large_one(&mut keen).await;
    }
    // What had left before is still there to be read; then comes why there is no more.
    let (rest, code) = laggard.rest().await;
    assert_eq!(code, "TOO_SLOW");
    had.extend(rest);
    let all: Vec<i64> = (1..=1 + FLOOD).collect();
    assert!(had.len() < all.len(), "some of it was dropped: {had:?}");
    let mut again = Line::open(&edge, &agent, &wide(1), &from(*had.last().unwrap())).await;
    while had.len() < all.len() {
        had.push(at(&again.item().await));
    }
    assert_eq!(had, all, "each once, in order, and none is missed");
}
