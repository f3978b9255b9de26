//! What the main operations cost beside the least they could: `cargo bench -p tests --bench workloads`.
//!
//! PostgreSQL is filled with 500,000 cases in 200 sites. The server runs in a process of its own, as in production:
//! tokens are checked, rights are read, limits and allowances are kept, figures are counted and every operation is logged.
//! (R1 asks for nothing of anybody's: its token is checked, and its session is not read. R1s is the least operation that
//! has its session read; nothing of the peers' is like it.)
//! The limit of each workload is one hand-written statement that does its least, run by pgbench (prepared, 16 connections),
//! plus a static answer of the same length over HTTP. Server and limit take turns in one run. CPU time is that of the server
//! and of PostgreSQL together; of the limit, that of PostgreSQL and of the static server. The clients' is not counted.
//! Each is then asked at two fifths of what each of the two can do, whether or not earlier ones are answered.
//!
//! | variable | what it changes |
//! |---|---|
//! | `HUIYIN_TEST_POSTGRES` | names the PostgreSQL, on this machine |
//! | `HUIYIN_BENCH_CASES` | fewer or more cases in the same sites: 50,000 beside 5,000,000 shows what growth costs |
//! | `HUIYIN_BENCH_SITES` | other than 200 sites: with fewer of them, each has cases enough to fill a page of R3 |
//! | `HUIYIN_BENCH_REQUESTS` | requests in a turn, 4,000 otherwise |
//! | `HUIYIN_BENCH_SQLITE` | `1`: R2, R3 and W1 over a SQLite file, without a limit; CPU of the server alone, the database being in it |
//! | `HUIYIN_BENCH_JSON` | the file for the figures, otherwise one in the temporary folder |

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::expect_used,
    reason = "a benchmark that cannot go on says where by panicking, and prints what it measured"
)]

mod limit;
mod machine;
mod workload;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use api::access::token::TokenKeys;
use api::app::clock::Clock;
use chrono::TimeDelta;
use sea_orm::{ConnectionTrait, DatabaseConnection, Statement};
use serde_json::{Value, json};
use tests::World;
use tests::database::Engine;
use tests::load::{Run, closed, open};
use tests::measure::{cpu, cpu_with_children, load, postmaster, resident};
use tests::seed::{Size, fill};
use tests::server::Server;
use tests::world::TOKEN_KEY;

use limit::{LIMIT_TABLES, STATIC, pgbench, plan, start_static, static_server};
use workload::{Bench, Workload};

/// How many connections ask at a time.
const CONNECTIONS: usize = 16;
/// How many connections ask at a pace, so that one that waits holds up no other.
const OPEN_CONNECTIONS: usize = 64;
/// How often server and limit take turns; the first turn warms up.
const TURNS: usize = 4;
/// What was published: a limit in CPU seconds for a thousand requests, and how many times its limit the best of the peers took
/// and we want to take.
struct Published {
    workload: &'static str,
    limit: f64,
    best_peer: f64,
    aim: f64,
}

const PUBLISHED: [Published; 6] = [
    Published { workload: "R1", limit: 0.010, best_peer: 3.4, aim: 2.0 },
    Published { workload: "R2", limit: 0.109, best_peer: 6.2, aim: 2.2 },
    Published { workload: "R3", limit: 0.346, best_peer: 4.1, aim: 1.8 },
    Published { workload: "R4", limit: 1.294, best_peer: 1.3, aim: 0.15 },
    Published { workload: "W1", limit: 0.271, best_peer: 2.0, aim: 2.0 },
    Published { workload: "W2", limit: 0.252, best_peer: 1.8, aim: 1.8 },
];
/// From which part above it on a measured limit must be explained before a ratio is quoted.
const EXPLAIN_FROM: f64 = 0.30;
/// Of a hundred cases so many are in progress: the newest, but for those that nobody has taken up.
const IN_PROGRESS: i64 = 4;
/// How many cases a page of R3 has.
const PAGE: i64 = 20;

fn setting(name: &str, usual: i64) -> i64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// An answer that is in order: neither a refusal nor an error, and what was asked for is there.
fn in_order(answer: &str) -> bool {
    answer.starts_with("{\"data\":{") && !answer.contains("\"code\":") && !answer.contains("\":null}}")
}

fn address(server: &Server) -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], server.port))
}

/// What a process has spent on something, or its children with it.
struct Spent(fn(u32) -> Duration, u32, Duration);

impl Spent {
    fn begin(of: fn(u32) -> Duration, process: u32) -> Self {
        Self(of, process, of(process))
    }

    fn until_now(&self) -> Duration {
        (self.0)(self.1).saturating_sub(self.2)
    }
}

/// Waits until what was written counts in the figures: whoever writes pays for that as well.
async fn counted(db: &DatabaseConnection) {
    let behind = "SELECT count(*) FROM event_stream s JOIN figure_cursor f USING (organization_id) WHERE f.position < s.position";
    loop {
        let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), behind)).await.unwrap().unwrap();
        if row.try_get_by_index::<i64>(0).unwrap() == 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Server and limit in turns.
async fn measure(bench: &Bench, server: &Server, workload: &mut Workload) {
    let mother = postmaster(&bench.world.app.db).await;
    let url = &bench.world.database.url;
    for turn in 0..TURNS {
        let requests = workload.turns[turn].clone();
        let count = requests.len();
        let (ours, database) = (Spent::begin(cpu, server.process()), Spent::begin(cpu_with_children, mother));
        let run = closed(address(server), CONNECTIONS, requests.clone(), in_order).await;
        counted(&bench.world.app.db).await;
        workload.server.push(ours.until_now());
        workload.database.push(database.until_now());
        let (child, place) = start_static(run.answer.len()).await;
        let spent = Spent::begin(cpu, child.id().unwrap());
        let exchanged = closed(place, CONNECTIONS, requests, |_| true).await;
        workload.limit_static.push(spent.until_now());
        drop(child);
        let spent = Spent::begin(cpu_with_children, mother);
        let written = match &workload.limit {
            Some(sql) => Some(pgbench(url, sql, count, None).await),
            None => None,
        };
        workload.limit_database.push(spent.until_now());
        let spent = Spent::begin(cpu_with_children, mother);
        if let Some(sql) = &workload.same_rows {
            pgbench(url, sql, count, None).await;
        }
        workload.same_rows_database.push(spent.until_now());
        workload.runs.push(run);
        workload.limit_runs.push((exchanged, written));
    }
}

/// The server alone.
async fn measure_server(server: &Server, workload: &mut Workload) {
    for turn in 0..TURNS {
        let spent = Spent::begin(cpu, server.process());
        let run = closed(address(server), CONNECTIONS, workload.turns[turn].clone(), in_order).await;
        workload.server.push(spent.until_now());
        workload.runs.push(run);
    }
}

fn ms(run: &Run, thousandths: usize) -> f64 {
    run.quantile(thousandths).as_secs_f64() * 1e3
}

/// How many requests a second a run made.
fn a_second(run: &Run) -> f64 {
    f64::from(u32::try_from(run.latencies.len()).unwrap()) / run.took.as_secs_f64()
}

fn over(workload: &Workload, values: &[Duration]) -> f64 {
    median((1..TURNS).map(|turn| workload.per_thousand(turn, values[turn])).collect())
}

fn tell(workload: &Workload) -> Value {
    let over = |values: &[Duration]| over(workload, values);
    let (server, database) = (over(&workload.server), over(&workload.database));
    let (limit_database, limit_static) = (over(&workload.limit_database), over(&workload.limit_static));
    let (ours, limit) = (server + database, limit_database + limit_static);
    let same_rows = workload.same_rows.as_ref().map(|_| over(&workload.same_rows_database) + limit_static);
    let run = &workload.runs[TURNS - 1];
    println!(
        "{:<3} {:<50} {:>7.3} {:>7.3} {:>8.3} {:>7.3} {:>6.2}x {:>8.1} {:>8.1} {:>6}",
        workload.name,
        workload.what,
        server,
        database,
        ours,
        limit,
        ours / limit,
        ms(run, 500),
        ms(run, 990),
        run.answer.len(),
    );
    if let Some(same_rows) = same_rows {
        println!("    {:<50} {same_rows:>33.3} {:>6.2}x", "one statement that writes the same rows", ours / same_rows);
    }
    json!({
        "workload": workload.name, "what": workload.what, "serverCpu": server, "databaseCpu": database, "cpu": ours,
        "sameRowsCpu": same_rows, "sameRowsSql": workload.same_rows, "limitCpu": limit, "limitDatabaseCpu": limit_database,
        "limitStaticCpu": limit_static, "ratio": ours / limit, "p50Ms": ms(run, 500), "p99Ms": ms(run, 990),
        "answerBytes": run.answer.len(), "requestsATurn": workload.turns[0].len(), "requestsASecond": a_second(run),
        "limitSql": workload.limit, "plans": workload.plans,
    })
}

/// The same of a server that is compared with nothing.
fn tell_server(workload: &Workload) -> Value {
    let (server, run) = (over(workload, &workload.server), &workload.runs[TURNS - 1]);
    println!(
        "{:<3} {:<50} {server:>7.3} {:>8.1} {:>8.1} {:>6}",
        workload.name,
        workload.what,
        ms(run, 500),
        ms(run, 990),
        run.answer.len(),
    );
    json!({
        "workload": workload.name, "what": workload.what, "serverCpu": server, "p50Ms": ms(run, 500), "p99Ms": ms(run, 990),
        "answerBytes": run.answer.len(), "requestsATurn": workload.turns[0].len(), "requestsASecond": a_second(run),
    })
}

/// How the measured limits and ratios stand to those that were published.
fn tell_published(told: &[Value]) -> Vec<Value> {
    println!(
        "\nlimits in CPU seconds for 1,000 requests, measured here and published; times the limit: we, the best peer, our aim"
    );
    let mut compared = Vec::new();
    for Published { workload, limit, best_peer, aim } in PUBLISHED {
        let Some(one) = told.iter().find(|one| one["workload"] == workload) else { continue };
        let (measured, ratio) = (one["limitCpu"].as_f64().unwrap(), one["ratio"].as_f64().unwrap());
        let beyond = measured / limit - 1.0;
        let explain = beyond > EXPLAIN_FROM;
        println!(
            "{workload:<3} limit {measured:.3} and {limit:.3} ({:+.0} %); {ratio:.2}, {best_peer:.1}, {aim:.2}: {} the best peer, aim {}{}",
            beyond * 1e2,
            if ratio < best_peer { "below" } else { "ABOVE" },
            if ratio <= aim { "met" } else { "MISSED" },
            if explain { "; the limit is more than 30 % above: explain it before you quote a ratio" } else { "" },
        );
        compared.push(json!({
            "workload": workload, "measured": measured, "published": limit, "toBeExplained": explain, "ratio": ratio,
            "bestPeer": best_peer, "belowBestPeer": ratio < best_peer, "aim": aim, "aimMet": ratio <= aim,
        }));
    }
    compared
}

/// Latencies while two fifths of what the server can do are asked of it; the same of the limit.
async fn at_two_fifths(server: &Server, workload: &Workload, url: Option<&str>) -> Value {
    let (asked, requests) = (&workload.runs[TURNS - 1], &workload.turns[TURNS]);
    let pace = a_second(asked) * 0.4;
    let run = open(address(server), OPEN_CONNECTIONS, requests.clone(), pace, in_order).await;
    println!(
        "{} asked {pace:.0} times a second, two fifths of what it can: p50 {:.1} ms, p99 {:.1} ms",
        workload.name,
        ms(&run, 500),
        ms(&run, 990),
    );
    let mut told =
        json!({ "workload": workload.name, "aSecond": pace, "p50Ms": ms(&run, 500), "p99Ms": ms(&run, 990) });
    let Some(url) = url else { return told };
    let (exchanged, written) = &workload.limit_runs[TURNS - 1];
    let static_pace = a_second(exchanged) * 0.4;
    let (child, target) = start_static(asked.answer.len()).await;
    let exchanged = open(target, OPEN_CONNECTIONS, requests.clone(), static_pace, |_| true).await;
    drop(child);
    println!(
        "   its limit: the static answer {static_pace:.0} times a second p50 {:.1} ms, p99 {:.1} ms",
        ms(&exchanged, 500),
        ms(&exchanged, 990),
    );
    told["limit"] =
        json!({ "staticASecond": static_pace, "staticP50Ms": ms(&exchanged, 500), "staticP99Ms": ms(&exchanged, 990) });
    let (Some(sql), Some(written)) = (&workload.limit, written) else { return told };
    let pace = written.a_second * 0.4;
    let took = pgbench(url, sql, requests.len(), Some(pace)).await.latencies;
    let quantile = |thousandths: usize| took[(took.len() - 1) * thousandths / 1000].as_secs_f64() * 1e3;
    println!("   its limit: SQL {pace:.0} times a second p50 {:.1} ms, p99 {:.1} ms", quantile(500), quantile(990));
    told["limit"]["sqlASecond"] = json!(pace);
    told["limit"]["sqlP50Ms"] = json!(quantile(500));
    told["limit"]["sqlP99Ms"] = json!(quantile(990));
    told
}

/// How much is seeded. A size that is asked for is had in the same sites, so that nothing but the tables grows.
fn size() -> Size {
    let cases = setting("HUIYIN_BENCH_CASES", Size::LARGE.cases);
    let sites = setting("HUIYIN_BENCH_SITES", Size::LARGE.sites);
    let organizations = (1..=Size::LARGE.organizations).rev().find(|count| sites % count == 0).unwrap_or(1);
    let size = Size { organizations, sites, cases, ..Size::LARGE };
    let of_a_site = cases * IN_PROGRESS / 100 / sites;
    if of_a_site <= PAGE {
        println!(
            "R3: a site has some {of_a_site} cases in progress, which fill no page of {PAGE}: compare it with no other size, or set HUIYIN_BENCH_SITES to {} for both",
            (cases * IN_PROGRESS / 100 / (PAGE + 5)).max(1)
        );
    }
    size
}

/// Prints how PostgreSQL would run each limit, and keeps it.
async fn explain(bench: &Bench, workloads: &mut [Workload]) {
    let db = &bench.world.app.db;
    for workload in workloads {
        for sql in workload.limit.iter().chain(&workload.same_rows) {
            let lines = plan(db, sql).await;
            println!("\n{} limit:\n{sql}\n{}", workload.name, lines.join("\n"));
            workload.plans.push(lines);
        }
    }
}

/// Where the figures go.
fn json_path(sqlite: bool) -> PathBuf {
    let usual = if sqlite { "huiyin_workloads_sqlite.json" } else { "huiyin_workloads.json" };
    std::env::var_os("HUIYIN_BENCH_JSON").map_or_else(|| std::env::temp_dir().join(usual), PathBuf::from)
}

/// The server, and what it was told.
async fn started(url: &str, log: &Path) -> (Server, Value) {
    let settings = [
        ("HUIYIN_LOG", "info".to_owned()),
        ("HUIYIN_LOG_FORMAT", "json".to_owned()),
        ("HUIYIN_ALLOWANCE", "1000000000".to_owned()),
        ("HUIYIN_METRICS_LISTEN", "127.0.0.1:0".to_owned()),
    ];
    let began = Instant::now();
    let server = Server::telling(url, &settings, log.to_owned()).await;
    let ready = began.elapsed().as_millis();
    let idle = resident(server.process());
    println!("start to ready {ready} ms, of which up to 50 ms is the look; memory of the idle server {idle} KiB");
    for (name, value) in &settings {
        println!("{name}={value}");
    }
    println!("all other settings of the server as they are by themselves; HUIYIN_DATABASE_CONNECTIONS=8");
    println!(
        "tokens, scope, limits and allowance are always on; R1 `{{ __typename }}` checks its token and reads no session"
    );
    let set: serde_json::Map<String, Value> =
        settings.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
    let told = json!({ "startToReadyMs": u64::try_from(ready).unwrap(), "idleKib": idle, "settings": set });
    (server, told)
}

async fn run(sqlite: bool) {
    let (size, requests) = (size(), usize::try_from(setting("HUIYIN_BENCH_REQUESTS", 4_000)).unwrap());
    let world = World::new(if sqlite { Engine::Sqlite } else { Engine::Postgres }).await;
    let begun = Instant::now();
    let seeded = fill(&world, size, Clock::System.now()).await;
    let seeding = begun.elapsed().as_secs_f64();
    println!("{} cases in {} sites seeded in {seeding:.0} s", size.cases, size.sites);
    if !sqlite {
        world.app.db.execute_unprepared(LIMIT_TABLES).await.unwrap();
    }
    let keys = TokenKeys::new(TOKEN_KEY, TimeDelta::hours(3)).unwrap();
    let bench = Bench { world, seeded, size, keys, requests };
    let database = machine::database(&bench.world.app.db).await;
    println!("{}, {} cores; load before {}", machine::processor(), machine::cores(), load());
    println!("database: {database}");
    let log = std::env::temp_dir().join(format!("huiyin_bench_{}.log", std::process::id()));
    let (server, mut all) = started(&bench.world.database.url, &log).await;
    let mut workloads = if sqlite { bench.on_sqlite().await } else { bench.all().await };
    if !sqlite {
        explain(&bench, &mut workloads).await;
    }
    println!(
        "\nCPU ms a request, medians of {} turns of {requests}; latencies with {CONNECTIONS} connections, server and client on the same cores",
        TURNS - 1
    );
    if sqlite {
        println!("{:<54} {:>7} {:>8} {:>8} {:>6}", "", "server", "p50 ms", "p99 ms", "bytes");
    } else {
        println!(
            "{:<54} {:>7} {:>7} {:>8} {:>7} {:>7} {:>8} {:>8} {:>6}",
            "", "server", "db", "together", "limit", "ratio", "p50 ms", "p99 ms", "bytes"
        );
    }
    let mut told: Vec<Value> = Vec::new();
    for workload in &mut workloads {
        if sqlite {
            measure_server(&server, workload).await;
            told.push(tell_server(workload));
        } else {
            Box::pin(measure(&bench, &server, workload)).await;
            told.push(tell(workload));
        }
    }
    let published = if sqlite { Vec::new() } else { tell_published(&told) };
    println!();
    let url = (!sqlite).then_some(&*bench.world.database.url);
    let mut paced = Vec::new();
    for workload in &workloads {
        paced.push(Box::pin(at_two_fifths(&server, workload, url)).await);
    }
    let (after, lines) = (resident(server.process()), machine::lines(&log));
    println!("memory of the server after it {after} KiB; {lines} lines in its log; load after {}", load());
    all["cases"] = json!(size.cases);
    all["sites"] = json!(size.sites);
    all["seedingSeconds"] = json!(seeding);
    all["at"] = json!(Clock::System.now());
    all["processor"] = json!(machine::processor());
    all["cores"] = json!(machine::cores());
    all["load"] = json!(load());
    all["database"] = database;
    all["workloads"] = json!(told);
    all["published"] = json!(published);
    all["atTwoFifths"] = json!(paced);
    all["afterKib"] = json!(after);
    all["logLines"] = json!(lines);
    let path = json_path(sqlite);
    std::fs::write(&path, serde_json::to_string_pretty(&all).unwrap()).unwrap();
    println!("as JSON: {}", path.display());
    std::fs::remove_file(log).ok();
}

#[tokio::main]
async fn main() {
    if let Ok(length) = std::env::var(STATIC) {
        return static_server(length.parse().unwrap()).await;
    }
    let sqlite = std::env::var("HUIYIN_BENCH_SQLITE").is_ok_and(|text| text == "1");
    Box::pin(run(sqlite)).await;
}
