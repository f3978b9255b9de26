//! A client that keeps a number of connections busy, for benchmarks. It reads answers of known length and nothing more,
//! so that it costs little beside what it measures.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// One request, ready to be sent.
#[must_use]
pub fn request(token: &str, body: &str) -> Vec<u8> {
    let authorization = if token.is_empty() { String::new() } else { format!("authorization: Bearer {token}\r\n") };
    format!(
        "POST /graphql HTTP/1.1\r\nhost: localhost\r\n{authorization}accept: application/json\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len(),
    )
    .into_bytes()
}

/// What a run of requests was like.
pub struct Run {
    /// How long each took, sorted.
    pub latencies: Vec<Duration>,
    /// How long the whole took.
    pub took: Duration,
    /// The last answer, for a look at it.
    pub answer: String,
}

impl Run {
    /// The latency below which a share of the requests stayed, in thousandths.
    #[must_use]
    pub fn quantile(&self, thousandths: usize) -> Duration {
        self.latencies[(self.latencies.len() - 1) * thousandths / 1000]
    }
}

/// Sends requests over so many connections, each connection the next one as soon as it has an answer. Every answer must
/// pass the check.
///
/// # Panics
/// When the server refuses or an answer does not pass.
pub async fn closed(address: SocketAddr, connections: usize, requests: Vec<Vec<u8>>, check: fn(&str) -> bool) -> Run {
    let (requests, next) = (Arc::new(requests), Arc::new(AtomicUsize::new(0)));
    let begun = Instant::now();
    let mut clients = Vec::new();
    for _ in 0..connections {
        let (requests, next) = (requests.clone(), next.clone());
        clients.push(tokio::spawn(async move {
            let mut line = Line::open(address).await;
            let mut latencies = Vec::new();
            while let Some(request) = requests.get(next.fetch_add(1, Ordering::Relaxed)) {
                let sent = Instant::now();
                let answer = line.ask(request).await;
                latencies.push(sent.elapsed());
                assert!(check(answer), "{answer}");
            }
            (latencies, line.answer().to_owned())
        }));
    }
    gather(clients, begun).await
}

/// Sends requests at a pace, whether earlier ones are answered or not, over so many connections. Latencies count from
/// when a request was due, so that a server that stops is not forgiven.
///
/// # Panics
/// When the server refuses or an answer does not pass.
pub async fn open(
    address: SocketAddr,
    connections: usize,
    requests: Vec<Vec<u8>>,
    a_second: f64,
    check: fn(&str) -> bool,
) -> Run {
    let (requests, next) = (Arc::new(requests), Arc::new(AtomicUsize::new(0)));
    let begun = Instant::now();
    let mut clients = Vec::new();
    for _ in 0..connections {
        let (requests, next) = (requests.clone(), next.clone());
        clients.push(tokio::spawn(async move {
            let mut line = Line::open(address).await;
            let mut latencies = Vec::new();
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                let Some(request) = requests.get(number) else { break };
                let due = begun + Duration::from_secs_f64(f64::from(u32::try_from(number).unwrap()) / a_second);
                tokio::time::sleep_until(due.into()).await;
                let answer = line.ask(request).await;
                latencies.push(due.elapsed());
                assert!(check(answer), "{answer}");
            }
            (latencies, line.answer().to_owned())
        }));
    }
    gather(clients, begun).await
}

async fn gather(clients: Vec<tokio::task::JoinHandle<(Vec<Duration>, String)>>, begun: Instant) -> Run {
    let (mut latencies, mut last) = (Vec::new(), String::new());
    for client in clients {
        let (some, answer) = client.await.unwrap();
        latencies.extend(some);
        last = answer;
    }
    let took = begun.elapsed();
    latencies.sort_unstable();
    Run { latencies, took, answer: last }
}

/// A connection that is kept.
struct Line {
    stream: TcpStream,
    buffer: Vec<u8>,
    filled: usize,
    body: usize,
}

impl Line {
    async fn open(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Self { stream, buffer: vec![0; 256 * 1024], filled: 0, body: 0 }
    }

    fn answer(&self) -> &str {
        std::str::from_utf8(&self.buffer[self.body..self.filled]).unwrap_or_default()
    }

    async fn ask(&mut self, request: &[u8]) -> &str {
        self.stream.write_all(request).await.unwrap();
        (self.filled, self.body) = (0, 0);
        loop {
            let read = self.stream.read(&mut self.buffer[self.filled..]).await.unwrap();
            assert!(read > 0, "the server has closed the connection");
            self.filled += read;
            let got = &self.buffer[..self.filled];
            let Some(end) = got.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
            let head = std::str::from_utf8(&got[..end]).unwrap();
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
            if self.filled - end - 4 == length.parse::<usize>().unwrap() {
                assert!(head.starts_with("HTTP/1.1 200"), "{}", String::from_utf8_lossy(got));
                self.body = end + 4;
                return self.answer();
            }
        }
    }
}
