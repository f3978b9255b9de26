//! Several servers over one database, and clients that go on with another when one is gone.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::time::Duration;

use api::app::clock::Clock;
use api::event::query::{cursor, position};
use futures_util::{SinkExt, StreamExt};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};
use tokio::sync::mpsc::UnboundedSender;
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout};
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

use crate::World;
use crate::ask::{mutation, variables};
use crate::server::Server;

/// A bound for a test that goes wrong, not a measure.
const PATIENCE: Duration = Duration::from_mins(4);
/// How long a reader waits before it looks whether it has enough.
const SLICE: Duration = Duration::from_millis(50);

/// Starts servers over a world's database with the same settings.
pub async fn start(world: &World, count: usize, settings: &[(&str, String)]) -> Vec<Server> {
    let mut servers = Vec::new();
    for _ in 0..count {
        servers.push(Server::with(&world.database.url, settings).await);
    }
    servers
}

/// Tokens of people that hold now.
pub async fn tokens(world: &World, people: &[&'static str]) -> BTreeMap<&'static str, String> {
    let mut tokens = BTreeMap::new();
    for who in people {
        tokens.insert(*who, world.token_at(who, Clock::System.now()).await);
    }
    tokens
}

/// What clients have met with.
#[derive(Debug, Default)]
pub struct Met {
    /// Acts that were acknowledged.
    pub done: AtomicUsize,
    /// Connections that were refused or broke off, and servers that said they were stopping.
    pub gone: AtomicUsize,
    /// Answers that were errors.
    pub failed: AtomicUsize,
}

/// A client that repeats each call under its key, wherever, until it is acknowledged.
#[derive(Clone)]
pub struct Client {
    ports: Arc<Vec<u16>>,
    tokens: Arc<BTreeMap<&'static str, String>>,
    met: Arc<Met>,
    name: String,
    calls: usize,
    place: usize,
    http: reqwest::Client,
}

impl Client {
    /// A client of several servers.
    #[must_use]
    pub fn new(servers: &[Server], tokens: &Arc<BTreeMap<&'static str, String>>, met: &Arc<Met>, name: usize) -> Self {
        Self {
            ports: Arc::new(servers.iter().map(|server| server.port).collect()),
            tokens: tokens.clone(),
            met: met.clone(),
            name: format!("client-{name}"),
            calls: 0,
            place: name,
            http: reqwest::Client::builder().timeout(Duration::from_secs(40)).build().unwrap(),
        }
    }

    /// Does a mutation; its payload.
    pub async fn act(&mut self, who: &str, field: &str, mut input: Value) -> Value {
        self.calls += 1;
        input["idempotencyKey"] = json!(format!("{}-{}", self.name, self.calls));
        let answer = self.ask(who, &mutation(field), variables(&input)).await;
        assert_eq!(answer[field]["errors"], json!([]), "{field}: {answer}");
        self.met.done.fetch_add(1, Ordering::SeqCst);
        answer[field].clone()
    }

    /// Asks until it is answered without errors; the data.
    pub async fn ask(&mut self, who: &str, document: &str, variables: Value) -> Value {
        let body = json!({ "query": document, "variables": variables });
        let until = Instant::now() + PATIENCE;
        let mut last = Value::Null;
        while Instant::now() < until {
            let sent = self.once(who, &body).await;
            match sent {
                Ok(answer) if answer.get("errors").is_none() && answer["data"].is_object() => {
                    return answer["data"].clone();
                }
                Ok(answer) => {
                    self.met.failed.fetch_add(1, Ordering::SeqCst);
                    last = answer;
                }
                Err(()) => drop(self.met.gone.fetch_add(1, Ordering::SeqCst)),
            }
            self.place += 1;
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("never answered: {body} {last}");
    }

    async fn once(&self, who: &str, body: &Value) -> Result<Value, ()> {
        let port = self.ports[self.place % self.ports.len()];
        let request = self.http.post(format!("http://127.0.0.1:{port}/graphql")).bearer_auth(&self.tokens[who]);
        let answer = request.json(body).send().await.map_err(drop)?;
        if answer.status() == 503 {
            return Err(());
        }
        answer.json().await.map_err(drop)
    }
}

/// Where a stream is read to the end: up to a position that is set when nothing more is written.
pub type Goal = Arc<AtomicI64>;

/// A goal that is not yet known.
#[must_use]
pub fn goal() -> Goal {
    Arc::new(AtomicI64::new(i64::MAX))
}

/// Follows a stream through whichever server is there, and comes again behind its last cursor whenever it breaks off.
pub struct Reader {
    ports: Vec<u16>,
    token: String,
    document: String,
    variables: Value,
    dice: StdRng,
    /// It hangs up after one item of so many, by chance; never for nought.
    pub hangs_up: u32,
    /// The position and the text of each item, as they came.
    pub taken: Vec<(i64, Value)>,
    /// With which codes servers have closed it.
    pub closed: Vec<u16>,
    /// How often it has come again.
    pub came: usize,
    /// Hears when each item has come.
    say: Option<UnboundedSender<Instant>>,
}

impl Reader {
    /// A reader of a subscription whose item is called `item` and has a `cursor`, from the beginning on.
    #[must_use]
    pub fn new(servers: &[Server], token: &str, document: &str, variables: Value, seed: u64) -> Self {
        Self {
            ports: servers.iter().map(|server| server.port).collect(),
            token: token.to_owned(),
            document: document.to_owned(),
            variables,
            dice: StdRng::seed_from_u64(seed),
            hangs_up: 0,
            taken: Vec::new(),
            closed: Vec::new(),
            came: 0,
            say: None,
        }
    }

    /// Has it come to other servers from now on.
    pub fn go_to(&mut self, servers: &[Server]) {
        self.ports = servers.iter().map(|server| server.port).collect();
    }

    /// Up to where it has read.
    #[must_use]
    pub fn position(&self) -> i64 {
        self.taken.last().map_or(0, |(position, _)| *position)
    }

    /// Reads until it has reached its goal; itself, for what it has taken.
    pub async fn read(mut self, goal: Goal) -> Self {
        let until = Instant::now() + PATIENCE;
        while self.position() < goal.load(Ordering::SeqCst) {
            assert!(Instant::now() < until, "the reader of {} stands at {}", self.document, self.position());
            self.came += 1;
            if self.once(&goal).await.is_none() {
                tokio::time::sleep(SLICE).await;
            }
        }
        self
    }

    /// One connection, until it breaks off.
    async fn once(&mut self, goal: &Goal) -> Option<()> {
        let port = self.ports[self.dice.random_range(0..self.ports.len())];
        let mut request = format!("ws://127.0.0.1:{port}/graphql").into_client_request().unwrap();
        request.headers_mut().insert("sec-websocket-protocol", "graphql-transport-ws".parse().unwrap());
        let (mut socket, _) = timeout(Duration::from_secs(5), connect_async(request)).await.ok()?.ok()?;
        let begin =
            json!({ "type": "connection_init", "payload": { "authorization": format!("Bearer {}", self.token) } });
        socket.send(Message::text(begin.to_string())).await.ok()?;
        let mut variables = self.variables.clone();
        variables["after"] = json!(cursor(self.position()));
        let payload = json!({ "query": self.document, "variables": variables });
        let subscribe = json!({ "type": "subscribe", "id": "1", "payload": payload });
        let mut subscribed = false;
        while self.position() < goal.load(Ordering::SeqCst) {
            let frame = match timeout(SLICE, socket.next()).await {
                Ok(frame) => frame?.ok()?,
                Err(_) => continue,
            };
            let text = match frame {
                Message::Text(text) => text,
                Message::Close(frame) => {
                    self.closed.extend(frame.map(|frame| u16::from(frame.code)));
                    return None;
                }
                _ => continue,
            };
            let message: Value = serde_json::from_str(&text).unwrap();
            match message["type"].as_str().unwrap() {
                "connection_ack" if !subscribed => {
                    subscribed = true;
                    socket.send(Message::text(subscribe.to_string())).await.ok()?;
                }
                "next" if message["payload"].get("errors").is_none() => {
                    let item = &message["payload"]["data"]["item"];
                    let at = position(item["cursor"].as_str().unwrap()).ok().unwrap();
                    self.taken.push((at, item.clone()));
                    if let Some(say) = &self.say {
                        say.send(Instant::now()).ok();
                    }
                    if self.hangs_up > 0 && self.dice.random_range(0..self.hangs_up) == 0 {
                        // Without a word, as a phone that loses its signal.
                        return Some(());
                    }
                }
                "ping" => socket.send(Message::text(json!({ "type": "pong" }).to_string())).await.ok()?,
                _ => return None,
            }
        }
        Some(())
    }
}

/// Follows a stream of one server up to a goal, and says when each item has come.
#[must_use]
pub fn tell(
    server: &Server,
    token: &str,
    document: &str,
    say: UnboundedSender<Instant>,
    goal: Goal,
) -> JoinHandle<Reader> {
    let mut reader = Reader::new(std::slice::from_ref(server), token, document, json!({}), 1);
    reader.say = Some(say);
    tokio::spawn(reader.read(goal))
}
