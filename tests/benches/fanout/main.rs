//! What it costs to bring one event to many: `cargo bench -p tests --bench fanout`, with the numbers of clients as arguments
//! where other ones are wanted (`-- 100 1000`).
//!
//! The clients are in this process; the server is in another, first a bare one (axum and a channel, a frame that is built
//! beforehand) and then ours, with the product's allocator and the same buffers. Each client of ours is an account of its own
//! with a session and a role, subscribed by `graphql-transport-ws` to one case, with objects from the database in its
//! selection; the right of each is judged at each delivery. CPU is that of the whole server process, the database's work
//! included (SQLite). An event begins with a person's act: what such an act costs whose case nobody follows is measured among
//! the same clients and stated apart. The first event loads whoever follows it into memory; it is stated apart from the later
//! ones, and memory is stated before and after it.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    reason = "a benchmark that cannot go on says where by panicking, and prints what it measured"
)]

mod bare;
mod clients;
mod ours;

use std::fs::read_to_string;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};
use serde_json::{Value, json};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// How many clients there are, where nobody says: as many as a descriptor limit of 20,000 lets one server have.
const SIZES: [usize; 3] = [100, 1000, 19_000];
/// How many deliveries are measured of each, at least.
const DELIVERIES: usize = 20_000;

/// A server in a process of its own, told what to do line by line.
struct Server {
    child: Child,
    lines: std::io::Lines<BufReader<std::process::ChildStdout>>,
    /// What it said first.
    begun: Value,
}

impl Server {
    fn start(kind: &str, size: usize) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args([kind, &size.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let begun = serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap();
        Self { child, lines, begun }
    }

    /// Has it do something; what it says of it.
    fn ask(&mut self, what: &str) -> Value {
        writeln!(self.child.stdin.as_mut().unwrap(), "{what}").unwrap();
        serde_json::from_str(&self.lines.next().unwrap().unwrap()).unwrap()
    }

    fn end(mut self) {
        drop(self.child.stdin.take());
        self.child.wait().unwrap();
    }
}

/// What a server says of itself.
fn stand() -> Value {
    let pages: usize = read_to_string("/proc/self/statm").unwrap().split(' ').nth(1).unwrap().parse().unwrap();
    let cpu: Duration = clock_gettime(ClockId::ProcessCPUTime).try_into().unwrap();
    json!({ "resident": pages * 4096, "cpu": cpu.as_secs_f64() })
}

/// What a server says of itself when everybody has joined and it has nothing to do any more.
async fn settled(server: &mut Server) -> Value {
    let mut before = server.ask("stand");
    loop {
        tokio::time::sleep(Duration::from_secs(1)).await;
        let now = server.ask("stand");
        if number(&now, "cpu") - number(&before, "cpu") < 0.02 {
            return now;
        }
        before = now;
    }
}

fn number(value: &Value, name: &str) -> f64 {
    value[name].as_f64().unwrap()
}

/// The figures of one server with so many clients.
async fn measure(kind: &str, size: usize, bytes: usize) -> Value {
    let mut server = Server::start(kind, size);
    let address = server.begun["address"].as_str().unwrap().to_owned();
    let before = server.ask("stand");
    let began = Instant::now();
    let mut clients = clients::connect(&address, &server.begun, size).await;
    let connected = began.elapsed();
    let idle = settled(&mut server).await;
    let events = (DELIVERIES / size).max(5);
    let emit = format!("emit {bytes}");
    // The first event finds nobody's rights in memory yet.
    let (start, began) = (server.ask("stand"), Instant::now());
    clients.take(size, || drop(server.ask(&emit))).await;
    let first = began.elapsed();
    let first_cpu = number(&server.ask("stand"), "cpu") - number(&start, "cpu");
    let known = settled(&mut server).await;
    let (start, mut last, mut every) = (server.ask("stand"), Vec::new(), Vec::new());
    for _ in 0..events {
        let began = Instant::now();
        clients.take(size, || every.push(number(&server.ask(&emit), "took"))).await;
        last.push(began.elapsed().as_secs_f64() * 1e3);
    }
    let end = server.ask("stand");
    let spent = number(&end, "cpu") - number(&start, "cpu");
    let mut told = json!({
        "clients": size, "events": events, "frame": clients.frame(),
        "connectMs": connected.as_secs_f64() * 1e3,
        "connectCpuUs": (number(&idle, "cpu") - number(&before, "cpu")) * 1e6 / size as f64,
        "bytesPerConnection": (number(&idle, "resident") - number(&before, "resident")) / size as f64,
        "bytesPerConnectionAfterFirst": (number(&known, "resident") - number(&before, "resident")) / size as f64,
        "firstCpuUs": first_cpu * 1e6 / size as f64,
        "firstMs": first.as_secs_f64() * 1e3,
        "cpuUs": spent * 1e6 / (events * size) as f64,
        "lastMs": median(&mut last),
    });
    if kind == "ours" {
        let (acts, start) = (events.max(20), server.ask("stand"));
        for _ in 0..acts {
            server.ask("unheard");
        }
        let act = (number(&server.ask("stand"), "cpu") - number(&start, "cpu")) / acts as f64;
        told["actCpuMs"] = json!(act * 1e3);
        told["cpuUsWithoutAct"] = json!((spent - act * events as f64) * 1e6 / (events * size) as f64);
        let (mut statements, mut latest, start) = (Vec::new(), Vec::new(), server.ask("stand"));
        for _ in 0..acts {
            let began = Instant::now();
            clients.take_one(|| statements.push(number(&server.ask("target"), "statements"))).await;
            latest.push(began.elapsed().as_secs_f64() * 1e3);
        }
        let spent = (number(&server.ask("stand"), "cpu") - number(&start, "cpu")) / acts as f64;
        told["targeted"] =
            json!({ "cpuMs": spent * 1e3, "statements": median(&mut statements), "ms": median(&mut latest) });
    }
    drop(clients);
    server.end();
    told
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

fn load() -> String {
    read_to_string("/proc/loadavg").unwrap_or_default().trim().to_owned()
}

fn print(size: usize, bare: &Value, ours: &Value) {
    let row = |name: &str, key: &str, unit: &str, scale: f64| {
        let (bare, ours) = (number(bare, key) / scale, number(ours, key) / scale);
        println!("  {name:<46} {bare:>9.2} {ours:>9.2} {unit:<4} {:>6.2}x", ours / bare);
    };
    println!(
        "\n{size} clients, {} bytes a frame, {} events {:>19} {:>9}",
        ours["frame"], ours["events"], "bare", "ours"
    );
    row("memory of an idle connection, subscribed", "bytesPerConnection", "KiB", 1024.0);
    row("the same after the first event", "bytesPerConnectionAfterFirst", "KiB", 1024.0);
    row("CPU of a first delivery, with the person's act", "firstCpuUs", "us", 1.0);
    row("until the last has the first event", "firstMs", "ms", 1.0);
    row("CPU of each later delivery, with the act", "cpuUs", "us", 1.0);
    let without = number(ours, "cpuUsWithoutAct");
    println!("  {:<46} {:>9} {without:>9.2} us   {:>6.2}x", "  the act apart", "", without / number(bare, "cpuUs"));
    row("until the last has a later event", "lastMs", "ms", 1.0);
    row("CPU to connect", "connectCpuUs", "us", 1.0);
    let targeted = &ours["targeted"];
    println!(
        "  an event for one of them: {:.2} ms of CPU, {} statements, {:.1} ms; an act that nobody hears of {:.2} ms of CPU",
        number(targeted, "cpuMs"),
        targeted["statements"],
        number(targeted, "ms"),
        number(ours, "actCpuMs")
    );
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|it| it != "--bench").collect();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    match arguments.first().map(String::as_str) {
        Some("bare") => return runtime.block_on(bare::serve()),
        Some("ours") => return runtime.block_on(ours::serve(arguments[1].parse().unwrap())),
        _ => {}
    }
    let sizes: Vec<usize> = arguments.iter().filter_map(|it| it.parse().ok()).collect();
    let sizes = if sizes.is_empty() { SIZES.to_vec() } else { sizes };
    println!("load before: {}", load());
    let mut all = Vec::new();
    for size in sizes {
        // A little of ours first, to learn how long a frame is.
        let bytes = runtime.block_on(measure("ours", 10, 0))["frame"].as_u64().unwrap();
        let bare = runtime.block_on(measure("bare", size, usize::try_from(bytes).unwrap()));
        let ours = runtime.block_on(measure("ours", size, 0));
        print(size, &bare, &ours);
        all.push(json!({ "clients": size, "bare": bare, "ours": ours, "load": load() }));
    }
    let processor = read_to_string("/proc/cpuinfo").unwrap_or_default();
    let processor =
        processor.lines().find_map(|line| line.strip_prefix("model name\t: ")).unwrap_or("unknown").to_owned();
    let told =
        json!({ "processor": processor, "cores": std::thread::available_parallelism().unwrap().get(), "runs": all });
    let path = concat!(env!("CARGO_TARGET_TMPDIR"), "/fanout.json");
    std::fs::write(path, serde_json::to_string_pretty(&told).unwrap()).unwrap();
    println!("\nload after: {}; {processor}; as JSON: {path}", load());
}
