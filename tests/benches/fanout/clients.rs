//! The clients: as little as the protocol allows, so that the server has the processor.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::stream::{self, StreamExt};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio::task::JoinSet;

/// What an app shows of an event, with objects from the database.
const DOCUMENT: &str =
    "subscription($id: ID!) { complaintEvents(complaintId: $id) { cursor kind text occurredAt actorName
    complaint { number state description handler { name } } workOrder { state } } }";
/// How many connect at a time.
const AT_A_TIME: usize = 64;

/// All clients, and what they have got.
pub struct Clients {
    got: Arc<Got>,
    _reading: JoinSet<()>,
}

#[derive(Default)]
struct Got {
    frames: AtomicUsize,
    bytes: AtomicUsize,
    wanted: AtomicUsize,
    all: Notify,
}

impl Clients {
    /// Does something, and waits until so many frames came.
    pub async fn take(&mut self, wanted: usize, act: impl FnOnce()) {
        self.got.frames.store(0, Ordering::SeqCst);
        self.got.wanted.store(wanted, Ordering::SeqCst);
        tokio::task::block_in_place(act);
        tokio::time::timeout(Duration::from_mins(2), self.got.all.notified()).await.unwrap();
    }

    /// The same for the one client that follows another case.
    pub async fn take_one(&mut self, act: impl FnOnce()) {
        self.take(1, act).await;
    }

    /// How long a frame was.
    pub fn frame(&self) -> usize {
        self.got.bytes.load(Ordering::SeqCst)
    }
}

/// Connects so many clients; of ours each with a token of its own, and one more that follows another case.
pub async fn connect(address: &str, begun: &Value, size: usize) -> Clients {
    let got = Arc::new(Got::default());
    let tokens: Vec<String> = serde_json::from_value(begun["tokens"].clone()).unwrap_or_default();
    let openings = (0..size.max(tokens.len())).map(|n| {
        let case = if n < size { &begun["case"] } else { &begun["target"] };
        let token = tokens.get(n).map(|token| (token.clone(), case.clone()));
        let address = address.to_owned();
        async move { open(&address, token).await }
    });
    let open: Vec<TcpStream> = stream::iter(openings).buffer_unordered(AT_A_TIME).collect().await;
    let mut reading = JoinSet::new();
    for stream in open {
        reading.spawn(read(stream, got.clone()));
    }
    Clients { got, _reading: reading }
}

async fn open(address: &str, begin: Option<(String, Value)>) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let head = format!(
        "GET /graphql HTTP/1.1\r\nhost: {address}\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
         sec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\
         sec-websocket-protocol: graphql-transport-ws\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    while !answer.ends_with(b"\r\n\r\n") {
        answer.push(stream.read_u8().await.unwrap());
    }
    assert!(answer.starts_with(b"HTTP/1.1 101"), "{}", String::from_utf8_lossy(&answer));
    if let Some((token, case)) = begin {
        say(&mut stream, &json!({ "type": "connection_init", "payload": { "token": token } })).await;
        let payload = json!({ "query": DOCUMENT, "variables": { "id": case } });
        assert!(String::from_utf8(frame(&mut stream).await).unwrap().contains("connection_ack"));
        say(&mut stream, &json!({ "type": "subscribe", "id": "1", "payload": payload })).await;
        // What is asked after it is answered after it was heard.
        say(&mut stream, &json!({ "type": "ping" })).await;
        assert!(String::from_utf8(frame(&mut stream).await).unwrap().contains("pong"));
    }
    stream
}

/// Sends a text frame; its mask is of zeros.
async fn say(stream: &mut TcpStream, message: &Value) {
    let text = message.to_string();
    let mut frame = vec![0x81];
    match text.len() {
        length @ 0..126 => frame.push(0x80 | u8::try_from(length).unwrap()),
        length => {
            frame.push(0x80 | 0x7E);
            frame.extend(u16::try_from(length).unwrap().to_be_bytes());
        }
    }
    frame.extend([0; 4]);
    frame.extend(text.as_bytes());
    stream.write_all(&frame).await.unwrap();
}

/// The next text frame; pings of the server are not answered within the time that this takes.
async fn frame(stream: &mut TcpStream) -> Vec<u8> {
    loop {
        let kind = stream.read_u8().await.unwrap();
        let length = match stream.read_u8().await.unwrap() {
            126 => usize::from(stream.read_u16().await.unwrap()),
            length => usize::from(length),
        };
        let mut payload = vec![0; length];
        stream.read_exact(&mut payload).await.unwrap();
        if kind == 0x81 {
            return payload;
        }
        assert_eq!(kind, 0x89, "{}", String::from_utf8_lossy(&payload));
        stream.write_all(&[0x8a, 0x80, 0, 0, 0, 0]).await.unwrap();
    }
}

/// Counts frames as they come.
async fn read(mut stream: TcpStream, got: Arc<Got>) {
    let mut buffer = vec![0; 4096];
    let mut filled = 0;
    loop {
        match stream.read(&mut buffer[filled..]).await {
            Ok(read) if read > 0 => filled += read,
            _ => return,
        }
        while let Some((kind, from, to)) = whole(&buffer[..filled]) {
            if kind == 0x89 {
                stream.write_all(&[0x8a, 0x80, 0, 0, 0, 0]).await.ok();
            } else {
                got.bytes.store(to - from, Ordering::Relaxed);
                if got.frames.fetch_add(1, Ordering::SeqCst) + 1 == got.wanted.load(Ordering::SeqCst) {
                    got.all.notify_one();
                }
            }
            buffer.copy_within(to..filled, 0);
            filled -= to;
        }
    }
}

/// The kind of the first frame, and where its payload begins and ends, once it is whole.
fn whole(bytes: &[u8]) -> Option<(u8, usize, usize)> {
    let (kind, short) = (*bytes.first()?, *bytes.get(1)?);
    let (from, length) = match short {
        126 => (4, usize::from(u16::from_be_bytes([*bytes.get(2)?, *bytes.get(3)?]))),
        short => (2, usize::from(short)),
    };
    (bytes.len() >= from + length).then_some((kind, from, from + length))
}
