//! What the main operations cost beside the least they could: `cargo bench -p tests --bench workloads`.
//!
//! PostgreSQL is filled with 500,000 cases in 200 sites. The server runs in a process of its own, as in production:
//! tokens are checked, rights are read, limits and allowances are kept, figures are counted and every operation is logged.
//! The limit of each workload is one hand-written statement that does its least, run by pgbench (prepared, 16 connections),
//! plus a static answer of the same length over HTTP. Server and limit take turns in one run. CPU time is that of the server
//! and of PostgreSQL together; of the limit, that of PostgreSQL and of the static server. The clients' is not counted.
//!
//! `HUIYIN_TEST_POSTGRES` names the PostgreSQL, on this machine; `HUIYIN_BENCH_CASES` and `HUIYIN_BENCH_REQUESTS` make it
//! smaller; `HUIYIN_BENCH_JSON` names a file for the figures.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::expect_used,
    reason = "a benchmark that cannot go on says where by panicking, and prints what it measured"
)]

use std::collections::HashMap;
use std::io::Write;
use std::net::SocketAddr;
use std::process::Stdio;
use std::time::{Duration, Instant};

use api::access::token::TokenKeys;
use api::app::clock::Clock;
use axum::Router;
use axum::routing::post;
use chrono::{DateTime, Datelike, Months, NaiveDate, TimeDelta, Utc};
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement};
use serde_json::json;
use tests::World;
use tests::database::Engine;
use tests::load::{Run, closed, open, request};
use tests::measure::{cpu, cpu_with_children, load, postmaster, resident};
use tests::seed::{Seeded, Size, fill, session};
use tests::server::Server;
use tests::world::TOKEN_KEY;
use tokio::process::{Child, Command};
use uuid::Uuid;

/// How many connections ask at a time.
const CONNECTIONS: usize = 16;
/// How often server and limit take turns; the first turn warms up.
const TURNS: usize = 4;

const R1: &str = "{ __typename }";
const R2: &str =
    "query CaseScreen($id: ID!) { complaint(id: $id) { id number state severity description receivedAt dueAt
    contactName contactPhone department { name } workOrders { id number state task technicianName }
    timeline(first: 10, newestFirst: true) { kind occurredAt actorName text } } }";
const R3: &str =
    "query Queue($site: ID!) { complaints(filter: { siteId: $site, states: [IN_PROGRESS] }, page: { first: 20 }) {
    nodes { id number state severity description receivedAt contactName department { name }
    workOrders { id number state technicianName } } pageInfo { hasNextPage endCursor } } }";
const R4: &str =
    "query Month($site: ID!, $month: NaiveDate!) { figures(from: $month, filter: { siteIds: [$site] }, by: [DEPARTMENT, CATEGORY]) {
    asOf total { ...F } groups { departmentName categoryName figures { ...F } } } }
    fragment F on Figures { cases inTime late handled timelyRate { ...R } satisfaction { ...R } followUpCoverage { ...R } repeatRate { ...R } }
    fragment R on FigureRate { numerator denominator percent target reached }";
const W1: &str = "mutation File($input: FileComplaintInput!) { fileComplaint(input: $input) {
    number receiver { name department phone } complaint { id version state } errors { code field message } } }";
const W2: &str = "mutation Depart($input: DepartForWorkOrderInput!) { departForWorkOrder(input: $input) {
    workOrder { id state version } errors { code field message } } }";

fn setting(name: &str, usual: i64) -> i64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

/// One workload: what is asked, and the statement that is its limit.
struct Workload {
    name: &'static str,
    what: &'static str,
    /// Requests of each turn.
    turns: Vec<Vec<Vec<u8>>>,
    /// What pgbench runs; none where nothing has to be read.
    limit: Option<String>,
    /// One statement that writes the same rows as we do, where we write.
    same_rows: Option<String>,
    server: Vec<Duration>,
    database: Vec<Duration>,
    limit_database: Vec<Duration>,
    limit_static: Vec<Duration>,
    same_rows_database: Vec<Duration>,
    runs: Vec<Run>,
}

impl Workload {
    fn per_thousand(&self, turn: usize, spent: Duration) -> f64 {
        let requests = self.turns[turn].len();
        spent.as_secs_f64() * 1e3 / f64::from(u32::try_from(requests).unwrap())
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// An answer that is in order: neither a refusal nor an error, and what was asked for is there.
fn in_order(answer: &str) -> bool {
    answer.starts_with("{\"data\":{") && !answer.contains("\"code\":") && !answer.contains("\":null}}")
}

/// A server that answers every request with the same bytes.
async fn static_server(length: usize) {
    let answer = "x".repeat(length);
    let take = move |body: axum::body::Bytes| {
        let answer = answer.clone();
        async move {
            drop(body);
            ([("content-type", "application/json")], answer)
        }
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    println!("{}", listener.local_addr().unwrap().port());
    std::io::stdout().flush().unwrap();
    axum::serve(listener, Router::new().route("/graphql", post(take))).await.unwrap();
}

async fn start_static(length: usize) -> (Child, SocketAddr) {
    use tokio::io::{AsyncBufReadExt, BufReader};
    let mut child = Command::new(std::env::current_exe().unwrap())
        .env("HUIYIN_BENCH_STATIC", length.to_string())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let port: u16 = lines.next_line().await.unwrap().unwrap().parse().unwrap();
    (child, SocketAddr::from(([127, 0, 0, 1], port)))
}

async fn pgbench(url: &str, sql: &str, transactions: usize) {
    let script = std::env::temp_dir().join(format!("huiyin_limit_{}.sql", std::process::id()));
    std::fs::write(&script, sql).unwrap();
    let each = transactions.div_ceil(CONNECTIONS).to_string();
    let done = Command::new("pgbench")
        .args(["-n", "-M", "prepared", "-c", "16", "-j", "1", "-t", &each, "-f"])
        .arg(&script)
        .arg(url)
        .output()
        .await
        .expect("pgbench comes with PostgreSQL");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    std::fs::remove_file(&script).unwrap();
}

struct Bench {
    world: World,
    seeded: Seeded,
    size: Size,
    keys: TokenKeys,
    requests: usize,
}

impl Bench {
    async fn token(&self, account: Uuid, site: i64) -> String {
        let now = Clock::System.now();
        let session = session(&self.world.app.db, account, self.seeded.organization(site), now).await;
        self.keys.sign(account, session, now).unwrap().0
    }

    fn turns(&self, mut one: impl FnMut(usize) -> Vec<u8>) -> Vec<Vec<Vec<u8>>> {
        (0..TURNS).map(|turn| (0..self.requests).map(|number| one(turn * self.requests + number)).collect()).collect()
    }

    async fn workloads(&self) -> Vec<Workload> {
        let (seeded, whole) = (&self.seeded, self.size);
        let sites = usize::try_from(whole.sites).unwrap();
        let mut agents = Vec::new();
        for site in 0..whole.sites {
            agents.push(self.token(seeded.agent(site), site).await);
        }
        let body =
            |query: &str, variables: serde_json::Value| json!({ "query": query, "variables": variables }).to_string();
        let id = |name: &str, row: Uuid| format!("{name}_{}", row.simple());
        // A fixed walk over the cases: the same each time, and never the same case twice in a turn.
        let nth = |number: usize| i64::try_from(number).unwrap() * 7_919 % whole.cases;
        let make = |name, what, turns, limit| Workload {
            name,
            what,
            turns,
            limit,
            same_rows: None,
            server: Vec::new(),
            database: Vec::new(),
            limit_database: Vec::new(),
            limit_static: Vec::new(),
            same_rows_database: Vec::new(),
            runs: Vec::new(),
        };
        let of_site = |case: i64| usize::try_from(case).unwrap() % sites;
        let r1 = self.turns(|number| request(&agents[number % sites], &body(R1, json!({}))));
        let r2 = self.turns(|number| {
            let case = nth(number);
            request(&agents[of_site(case)], &body(R2, json!({ "id": id("Complaint", seeded.case(case)) })))
        });
        let r3 = self.turns(|number| {
            let site = number % sites;
            let named = id("Site", seeded.site(i64::try_from(site).unwrap()));
            request(&agents[site], &body(R3, json!({ "site": named })))
        });
        let mut heads = Vec::new();
        for site in 0..whole.sites {
            heads.push(self.token(seeded.office_head(site), site).await);
        }
        let months = months(Clock::System.now());
        let r4 = self.turns(|number| {
            let (site, month) = (number % sites, months[number / sites % months.len()].to_string());
            let named = id("Site", seeded.site(i64::try_from(site).unwrap()));
            request(&heads[site], &body(R4, json!({ "site": named, "month": month })))
        });
        let homes = usize::try_from(whole.homes).unwrap();
        let mut residents = Vec::new();
        // A home files once where there are homes enough, and not what the seeded cases are about: so nothing is repeated.
        for number in 0..(TURNS * self.requests).min(sites * homes) {
            let (site, home) = (i64::try_from(number % sites).unwrap(), i64::try_from(number / sites % homes).unwrap());
            let (unit, account) = seeded.home(site, home);
            residents.push((unit, seeded.water(site), self.token(account, site).await));
        }
        let w1 = self.turns(|number| {
            let (unit, category, token) = &residents[number % residents.len()];
            let input = json!({
                "unitId": id("Unit", *unit), "idempotencyKey": format!("w1-{number}"),
                "report": { "kind": "REPAIR", "categoryId": id("Category", *category),
                            "description": format!("阳台推拉门的轮子掉了,第{number}户") },
            });
            request(token, &body(W1, json!({ "input": input })))
        });
        let mut technicians = Vec::new();
        for site in 0..whole.sites {
            technicians.push(self.token(seeded.technician(site), site).await);
        }
        let mut orders = seeded.assigned_orders();
        let w2 = self.turns(|number| {
            let (case, order) = orders.next().expect("more cases, so that there are orders enough");
            let input = json!({
                "workOrderId": id("WorkOrder", order), "expectedVersion": 4, "idempotencyKey": format!("w2-{number}"),
            });
            request(&technicians[of_site(case)], &body(W2, json!({ "input": input })))
        });
        let cases = whole.cases;
        let site_number = whole.sites - 1;
        let same_rows = SameRows::read(&self.world.app.db, cases).await;
        vec![
            make("R1", "{ __typename }", r1, None),
            make("R2", "one case, its orders, its last 10 events", r2, Some(limit_of_one(cases))),
            make("R3", "20 cases of a site and state, with their orders", r3, Some(limit_of_page(site_number))),
            make("R4", "a site's month, by department and category", r4, Some(limit_of_month(site_number, &months))),
            Workload {
                same_rows: Some(same_rows.of_filing()),
                ..make("W1", "file a case", w1, Some(limit_of_filing(cases, whole.sites)))
            },
            Workload {
                same_rows: Some(same_rows.of_step()),
                ..make("W2", "a technician sets out", w2, Some(limit_of_step(cases, whole.sites)))
            },
        ]
    }
}

/// A seeded id by a number in SQL.
fn sql_id(tag: u8, number: &str) -> String {
    let low = format!("lpad(to_hex(({number})::bigint), 16, '0')");
    format!("('01000000-0000-00{tag:02x}-' || substr({low}, 1, 4) || '-' || substr({low}, 5))::uuid")
}

const CASE: u8 = 7;
const SITE: u8 = 2;
const ORGANIZATION: u8 = 1;

fn limit_of_one(cases: i64) -> String {
    format!(
        "\\set n random(0, {})\n\
         SELECT c.id, c.number, c.state, c.severity, c.description, c.received_at, c.due_at, c.contact_name, c.contact_phone,\n\
         d.name, (SELECT json_agg(json_build_object('id', o.id, 'number', o.number, 'state', o.state, 'task', o.task, 'by', a.name))\n\
         FROM work_order o LEFT JOIN account a ON a.id = o.technician_id WHERE o.complaint_id = c.id),\n\
         (SELECT json_agg(e) FROM (SELECT kind, occurred_at, actor_name, reason FROM event WHERE complaint_id = c.id\n\
         ORDER BY position DESC LIMIT 10) e)\n\
         FROM complaint c LEFT JOIN department d ON d.id = c.department_id WHERE c.id = {};\n",
        cases - 1,
        sql_id(CASE, ":n"),
    )
}

fn limit_of_page(last_site: i64) -> String {
    format!(
        "\\set n random(0, {last_site})\n\
         SELECT c.id, c.number, c.state, c.severity, c.description, c.received_at, c.contact_name, d.name,\n\
         o.id, o.number, o.state, a.name\n\
         FROM (SELECT * FROM complaint WHERE site_id = {} AND state = 'InProgress' ORDER BY id DESC LIMIT 21) c\n\
         LEFT JOIN department d ON d.id = c.department_id LEFT JOIN work_order o ON o.complaint_id = c.id\n\
         LEFT JOIN account a ON a.id = o.technician_id;\n",
        sql_id(SITE, ":n"),
    )
}

/// The months before this one, as far as cases are seeded in all of them.
fn months(now: DateTime<Utc>) -> Vec<NaiveDate> {
    let this = now.date_naive().with_day(1).unwrap();
    (1..=22).map(|back| this - Months::new(back)).collect()
}

/// What a month came to, counted anew from the cases and their clocks.
fn limit_of_month(last_site: i64, months: &[NaiveDate]) -> String {
    let newest = months[0];
    format!(
        "\\set n random(0, {last_site})\n\\set m random(0, {})\n\
         SELECT c.department_id, d.name, c.category_id, g.name_zh, count(*),\n\
         count(*) FILTER (WHERE k.state = 'Met' AND k.missed_at IS NULL) AS in_time, count(*) FILTER (WHERE k.missed_at IS NOT NULL) AS late,\n\
         count(o.rating_overall) AS rated, count(*) FILTER (WHERE o.rating_overall >= 4) AS satisfied,\n\
         count(f.id) AS owed, count(*) FILTER (WHERE f.state = 'Signed') AS held\n\
         FROM limit_month c LEFT JOIN department d ON d.id = c.department_id JOIN category g ON g.id = c.category_id\n\
         LEFT JOIN clock k ON k.complaint_id = c.id AND k.kind = 'Resolution'\n\
         LEFT JOIN work_order o ON o.complaint_id = c.id LEFT JOIN follow_up f ON f.complaint_id = c.id\n\
         WHERE c.site_id = {} AND c.received_at >= (date '{newest}' - make_interval(months => :m)) AT TIME ZONE 'Asia/Shanghai'\n\
         AND c.received_at < (date '{newest}' - make_interval(months => :m - 1)) AT TIME ZONE 'Asia/Shanghai'\n\
         GROUP BY 1, 2, 3, 4;\n",
        months.len() - 1,
        sql_id(SITE, ":n"),
    )
}

/// Two rows, as the peers write them: the case and what happened.
fn limit_of_filing(cases: i64, sites: i64) -> String {
    two_rows(
        cases,
        sites,
        "INSERT INTO limit_case SELECT gen_random_uuid(), organization_id, site_id, gen_random_uuid()::text, kind,\n\
        channel, category_id, severity, state, owner_account_id, customer_account_id, unit_id, contact_name, contact_phone,\n\
        place, description, now(), 1 FROM complaint WHERE id = {case} RETURNING id, number",
    )
}

fn limit_of_step(cases: i64, sites: i64) -> String {
    two_rows(
        cases,
        sites,
        "UPDATE limit_order SET departed_at = now(), version = version + 1 WHERE id = {order} RETURNING id, number",
    )
}

fn two_rows(cases: i64, sites: i64, first: &str) -> String {
    let first = first.replace("{case}", &sql_id(CASE, ":n")).replace("{order}", &sql_id(CASE, ":n"));
    format!(
        "\\set n random(0, {})\n\
         WITH made AS ({first})\n\
         INSERT INTO limit_event SELECT gen_random_uuid(), {}, id, 'ComplaintReceived', number, '{{}}', now() FROM made;\n",
        cases - 1,
        sql_id(ORGANIZATION, &format!(":n % {sites}")),
    )
}

/// Statements that write what we write, into our own tables with all their indexes: copies of rows that are there.
struct SameRows {
    columns: HashMap<&'static str, Vec<String>>,
    cases: i64,
}

impl SameRows {
    async fn read(db: &DatabaseConnection, cases: i64) -> Self {
        let mut columns = HashMap::new();
        for table in ["complaint", "complaint_item", "clock", "event"] {
            let sql = format!(
                "SELECT column_name::text FROM information_schema.columns WHERE table_name = '{table}' AND table_schema = 'public'"
            );
            let rows = db.query_all_raw(Statement::from_string(DbBackend::Postgres, sql)).await.unwrap();
            columns.insert(table, rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect());
        }
        Self { columns, cases }
    }

    /// Copies rows of a table `x`, with other values in some columns.
    fn copy(&self, table: &str, given: &[(&str, &str)], from: &str) -> String {
        let columns = &self.columns[table];
        let value = |name: &String| {
            let said = given.iter().find(|(column, _)| column == name);
            said.map_or_else(|| format!("x.{name}"), |(_, value)| (*value).to_owned())
        };
        let values: Vec<String> = columns.iter().map(value).collect();
        format!("INSERT INTO {table} ({}) SELECT {} FROM {from}", columns.join(", "), values.join(", "))
    }

    /// The event with its place in the log, its notice, and the key of the act.
    fn told(&self, event: &str) -> String {
        let given = [("id", "gen_random_uuid()"), ("position", "s.position"), ("complaint_id", "c.id")];
        let event = self.copy("event", &given, &format!("(SELECT * FROM event {event} LIMIT 1) x, c, s"));
        format!(
            "s AS (UPDATE event_stream SET position = event_stream.position + 1 FROM c\n\
             WHERE event_stream.organization_id = c.organization_id RETURNING event_stream.position),\n\
             e AS ({event} RETURNING id, position, organization_id, complaint_id, owner_account_id),\n\
             a AS (INSERT INTO idempotent_act (actor, key, input_hash, result, created_at)\n\
             VALUES ('limit', gen_random_uuid()::text, 'x', '{{}}', now()))\n\
             INSERT INTO notice (account_id, position, organization_id, event_id, complaint_id)\n\
             SELECT owner_account_id, position, organization_id, id, complaint_id FROM e;\n"
        )
    }

    /// A case that has been received, with its item, terms and clocks.
    fn of_filing(&self) -> String {
        let case = sql_id(CASE, ":n");
        let of = |table: &str| format!("{table} x, c WHERE x.complaint_id = {case}");
        let new = [("id", "gen_random_uuid()"), ("complaint_id", "c.id")];
        let number = [("id", "gen_random_uuid()"), ("number", "'R' || gen_random_uuid()")];
        format!(
            "\\set n 3 * random({}, {})\n\
             WITH c AS ({} RETURNING id, organization_id, site_id),\n\
             n AS (INSERT INTO number_counter (site_id, series, year, last) SELECT site_id, 'limit', 2026, 1 FROM c\n\
             ON CONFLICT (site_id, series, year) DO UPDATE SET last = number_counter.last + 1),\n\
             i AS ({}), k AS ({}),\n\
             t AS (INSERT INTO complaint_text (complaint_id, site_id, terms) SELECT c.id, c.site_id, x.terms FROM {}),\n{}",
            self.cases * 94 / 100 / 3 + 1,
            self.cases / 3 - 1,
            self.copy("complaint", &number, &format!("complaint x WHERE x.id = {case}")),
            self.copy("complaint_item", &new, &of("complaint_item")),
            self.copy("clock", &new, &of("clock")),
            of("complaint_text"),
            self.told(&format!("WHERE complaint_id = {case} ORDER BY position")),
        )
    }

    /// An order with its departure and the clock that it meets.
    fn of_step(&self) -> String {
        let case = sql_id(CASE, ":n");
        format!(
            "\\set n random(0, {})\n\
             WITH c AS (UPDATE work_order SET departed_at = now(), version = version + 1\n\
             WHERE id = (SELECT id FROM work_order WHERE complaint_id = {case} LIMIT 1)\n\
             RETURNING complaint_id AS id, organization_id),\n\
             k AS (UPDATE clock SET told = told + 1 WHERE id = (SELECT id FROM clock WHERE complaint_id = {case} LIMIT 1)),\n{}",
            self.cases * 94 / 100 - 1,
            self.told(&format!("WHERE complaint_id = {case} ORDER BY position DESC")),
        )
    }
}

/// Tables like ours with the indexes that serve the peers' reads, for what the limit of writing writes.
const LIMIT_TABLES: &str = "CREATE TABLE limit_case (id uuid PRIMARY KEY, organization_id uuid NOT NULL, site_id uuid NOT NULL
    REFERENCES site, number text NOT NULL UNIQUE, kind text NOT NULL, channel text NOT NULL, category_id uuid NOT NULL
    REFERENCES category, severity text NOT NULL, state text NOT NULL, owner_account_id uuid NOT NULL REFERENCES account,
    customer_account_id uuid REFERENCES account, unit_id uuid REFERENCES unit, contact_name text, contact_phone text, place text NOT NULL,
    description text NOT NULL, received_at timestamptz NOT NULL, version int NOT NULL);
  CREATE INDEX ON limit_case (site_id, state, id);
  CREATE TABLE limit_order AS SELECT id, number, state, received_at, NULL::timestamptz AS departed_at, version FROM complaint;
  ALTER TABLE limit_order ADD PRIMARY KEY (id);
  CREATE TABLE limit_event (id uuid PRIMARY KEY, organization_id uuid NOT NULL REFERENCES organization, case_id uuid NOT NULL,
    kind text NOT NULL, number text, data jsonb NOT NULL, occurred_at timestamptz NOT NULL);
  CREATE INDEX ON limit_event (case_id, occurred_at);
  CREATE TABLE limit_month AS SELECT id, site_id, department_id, category_id, received_at FROM complaint;
  CREATE INDEX ON limit_month (site_id, received_at);
  INSERT INTO complaint_text (complaint_id, site_id, terms) SELECT c.id, c.site_id, t.terms FROM complaint c,
    (SELECT terms FROM complaint_text LIMIT 1) t ON CONFLICT DO NOTHING;
  ANALYZE limit_order, limit_month, complaint_text";

async fn measure(bench: &Bench, server: &Server, workload: &mut Workload, connections: usize) {
    let db = &bench.world.app.db;
    let (mother, process) = (postmaster(db).await, server.process());
    let address = SocketAddr::from(([127, 0, 0, 1], server.port));
    for turn in 0..TURNS {
        let requests = workload.turns[turn].clone();
        let (before, before_database) = (cpu(process), cpu_with_children(mother));
        let run = closed(address, connections, requests, in_order).await;
        workload.server.push(cpu(process).saturating_sub(before));
        workload.database.push(cpu_with_children(mother).saturating_sub(before_database));
        let (child, place) = start_static(run.answer.len()).await;
        let process = child.id().unwrap();
        let before = cpu(process);
        closed(place, connections, workload.turns[turn].clone(), |_| true).await;
        workload.limit_static.push(cpu(process).saturating_sub(before));
        drop(child);
        let before = cpu_with_children(mother);
        if let Some(sql) = &workload.limit {
            pgbench(&bench.world.database.url, sql, workload.turns[turn].len()).await;
        }
        workload.limit_database.push(cpu_with_children(mother).saturating_sub(before));
        let before = cpu_with_children(mother);
        if let Some(sql) = &workload.same_rows {
            pgbench(&bench.world.database.url, sql, workload.turns[turn].len()).await;
        }
        workload.same_rows_database.push(cpu_with_children(mother).saturating_sub(before));
        workload.runs.push(run);
    }
}

fn tell(workload: &Workload) -> serde_json::Value {
    let over = |values: &[Duration]| median((1..TURNS).map(|turn| workload.per_thousand(turn, values[turn])).collect());
    let (server, database) = (over(&workload.server), over(&workload.database));
    let (limit_database, limit_static) = (over(&workload.limit_database), over(&workload.limit_static));
    let (ours, limit) = (server + database, limit_database + limit_static);
    let same_rows = workload.same_rows.as_ref().map(|_| over(&workload.same_rows_database) + limit_static);
    let run = &workload.runs[TURNS - 1];
    let ms = |at: usize| run.quantile(at).as_secs_f64() * 1e3;
    println!(
        "{:<3} {:<50} {:>7.3} {:>7.3} {:>8.3} {:>7.3} {:>6.2}x {:>8.1} {:>8.1} {:>6}",
        workload.name,
        workload.what,
        server,
        database,
        ours,
        limit,
        ours / limit,
        ms(500),
        ms(990),
        run.answer.len(),
    );
    if let Some(same_rows) = same_rows {
        println!("    {:<50} {same_rows:>33.3} {:>6.2}x", "one statement that writes the same rows", ours / same_rows);
    }
    json!({
        "workload": workload.name, "what": workload.what, "serverCpu": server, "databaseCpu": database, "cpu": ours,
        "sameRowsCpu": same_rows, "sameRowsSql": workload.same_rows, "limitCpu": limit, "limitDatabaseCpu": limit_database, "limitStaticCpu": limit_static, "ratio": ours / limit,
        "p50Ms": ms(500), "p99Ms": ms(990), "answerBytes": run.answer.len(), "requestsATurn": workload.turns[0].len(),
        "requestsASecond": a_second(run), "limitSql": workload.limit,
    })
}

/// How many requests a second a run made.
fn a_second(run: &Run) -> f64 {
    f64::from(u32::try_from(run.latencies.len()).unwrap()) / run.took.as_secs_f64()
}

/// Latencies of reading one case while two fifths of what the server can do are asked of it.
async fn at_two_fifths(server: &Server, workload: &Workload) {
    let address = SocketAddr::from(([127, 0, 0, 1], server.port));
    let full = &workload.runs[TURNS - 1];
    let pace = a_second(full) * 0.4;
    let run = open(address, 64, workload.turns[TURNS - 1].clone(), pace, in_order).await;
    println!(
        "{} asked {pace:.0} times a second, two fifths of what it can: p50 {:.1} ms, p99 {:.1} ms",
        workload.name,
        run.quantile(500).as_secs_f64() * 1e3,
        run.quantile(990).as_secs_f64() * 1e3,
    );
}

async fn run() {
    let cases = setting("HUIYIN_BENCH_CASES", Size::LARGE.cases);
    let size =
        if cases < Size::LARGE.cases { Size { organizations: 4, sites: 8, homes: 50, cases } } else { Size::LARGE };
    let requests = usize::try_from(setting("HUIYIN_BENCH_REQUESTS", 4_000)).unwrap();
    let world = World::new(Engine::Postgres).await;
    let begun = Instant::now();
    let now = Clock::System.now();
    let seeded = fill(&world, size, now).await;
    println!("{} cases in {} sites seeded in {:.0} s", size.cases, size.sites, begun.elapsed().as_secs_f64());
    world.app.db.execute_unprepared(LIMIT_TABLES).await.unwrap();
    let keys = TokenKeys::new(TOKEN_KEY, TimeDelta::hours(3)).unwrap();
    let bench = Bench { world, seeded, size, keys, requests };
    let log = std::env::temp_dir().join(format!("huiyin_bench_{}.log", std::process::id()));
    let settings = [
        ("HUIYIN_LOG", "info".to_owned()),
        ("HUIYIN_LOG_FORMAT", "json".to_owned()),
        ("HUIYIN_ALLOWANCE", "1000000000".to_owned()),
        ("HUIYIN_METRICS_LISTEN", "127.0.0.1:0".to_owned()),
    ];
    let started = Instant::now();
    let server = Server::telling(&bench.world.database.url, &settings, log.clone()).await;
    println!("start to ready {} ms, of which up to 50 ms is the look", started.elapsed().as_millis());
    println!("memory of the idle server {} KiB", resident(server.process()));
    println!(
        "settings: token checked, scope, limits, allowance, metrics and a JSON log line each on; pool 8; fsync as PostgreSQL has it"
    );
    println!("load before {}", load());
    let mut workloads = bench.workloads().await;
    for workload in &mut workloads {
        Box::pin(measure(&bench, &server, workload, CONNECTIONS)).await;
    }
    println!(
        "\nCPU ms a request, medians of {} turns of {requests}; latencies with {CONNECTIONS} connections, server and client on the same cores",
        TURNS - 1
    );
    println!(
        "{:<54} {:>7} {:>7} {:>8} {:>7} {:>7} {:>8} {:>8} {:>6}",
        "", "server", "db", "together", "limit", "ratio", "p50 ms", "p99 ms", "bytes"
    );
    let told: Vec<_> = workloads.iter().map(tell).collect();
    at_two_fifths(&server, &workloads[1]).await;
    println!("memory of the server after it {} KiB; load after {}", resident(server.process()), load());
    if let Ok(path) = std::env::var("HUIYIN_BENCH_JSON") {
        let all = json!({ "cases": size.cases, "sites": size.sites, "load": load(), "at": Clock::System.now(), "workloads": told });
        std::fs::write(path, serde_json::to_string_pretty(&all).unwrap()).unwrap();
    }
    std::fs::remove_file(log).ok();
}

#[tokio::main]
async fn main() {
    match std::env::var("HUIYIN_BENCH_STATIC") {
        Ok(length) => static_server(length.parse().unwrap()).await,
        Err(_) => Box::pin(run()).await,
    }
}
