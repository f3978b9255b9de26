//! The limit: the least that the work takes. One hand-written statement for each workload, run by pgbench, and a server that
//! answers every request with the same bytes.

use std::collections::HashMap;
use std::io::Write;
use std::net::SocketAddr;
use std::process::Stdio;
use std::time::Duration;

use axum::Router;
use axum::routing::post;
use chrono::{DateTime, Datelike, Months, NaiveDate, Utc};
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement};
use tests::seed::{Seeded, Size};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use crate::CONNECTIONS;

/// What the static server takes as its task: how long its answers are.
pub const STATIC: &str = "HUIYIN_BENCH_STATIC";

/// A server that answers every request with the same bytes.
pub async fn static_server(length: usize) {
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

/// Starts one in a process of its own.
pub async fn start_static(length: usize) -> (Child, SocketAddr) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .env(STATIC, length.to_string())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let port: u16 = lines.next_line().await.unwrap().unwrap().parse().unwrap();
    (child, SocketAddr::from(([127, 0, 0, 1], port)))
}

/// What pgbench said of a run.
pub struct Pgbench {
    /// How many transactions a second it made.
    pub a_second: f64,
    /// How long each took, sorted; from when it was due, where there was a pace. Only with a pace.
    pub latencies: Vec<Duration>,
}

/// Runs a statement so many times over the connections: one after the other, or at a pace.
pub async fn pgbench(url: &str, sql: &str, transactions: usize, pace: Option<f64>) -> Pgbench {
    let folder = std::env::temp_dir().join(format!("huiyin_limit_{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let script = folder.join("limit.sql");
    std::fs::write(&script, sql).unwrap();
    let each = transactions.div_ceil(CONNECTIONS).to_string();
    let connections = CONNECTIONS.to_string();
    let mut command = Command::new("pgbench");
    command.args(["-n", "-M", "prepared", "-c", &connections, "-j", "1", "-t", &each, "-f"]).arg(&script);
    if let Some(pace) = pace {
        command.args(["-R", &format!("{pace:.1}"), "-l", "--log-prefix"]).arg(folder.join("took"));
    }
    let done = command.arg(url).output().await.expect("pgbench comes with PostgreSQL");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let said = String::from_utf8(done.stdout).unwrap();
    let a_second = said.lines().find_map(|line| line.strip_prefix("tps = ")?.split(' ').next()?.parse().ok());
    let latencies = latencies(&folder);
    std::fs::remove_dir_all(&folder).unwrap();
    Pgbench { a_second: a_second.unwrap_or_else(|| panic!("no rate in {said}")), latencies }
}

/// The third word of each line of pgbench's log: microseconds since the transaction was due.
fn latencies(folder: &std::path::Path) -> Vec<Duration> {
    let mut latencies = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if !path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("took")) {
            continue;
        }
        let log = std::fs::read_to_string(path).unwrap();
        latencies
            .extend(log.lines().filter_map(|line| line.split(' ').nth(2)?.parse().ok()).map(Duration::from_micros));
    }
    latencies.sort_unstable();
    latencies
}

/// How PostgreSQL would run a statement of pgbench, with a number in place of each of its variables.
pub async fn plan(db: &DatabaseConnection, script: &str) -> Vec<String> {
    let sql: Vec<&str> = script.lines().filter(|line| !line.starts_with('\\')).collect();
    let sql = sql.join("\n").replace(":n", "1").replace(":m", "1");
    let explain = Statement::from_string(DbBackend::Postgres, format!("EXPLAIN {sql}"));
    let rows = db.query_all_raw(explain).await.unwrap();
    rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect()
}

/// A seeded id by a number in SQL.
fn sql_id(tag: u8, number: &str) -> String {
    let first = i64::from(tag) << 40;
    format!("('01000000000000{tag:02x}' || encode(int8send({first} + ({number})::bigint), 'hex'))::uuid")
}

const SITE: u8 = 2;
const ORGANIZATION: u8 = 1;

/// One case with what R2 shows of it.
pub fn limit_of_one(seeded: &Seeded, cases: i64) -> String {
    format!(
        "\\set n random(0, {})\n\
         SELECT c.id, c.number, c.state, c.severity, c.description, c.received_at, c.due_at, c.contact_name, c.contact_phone,\n\
         d.name, (SELECT json_agg(json_build_object('id', o.id, 'number', o.number, 'state', o.state, 'task', o.task, 'by', a.name))\n\
         FROM work_order o LEFT JOIN account a ON a.id = o.technician_id WHERE o.complaint_id = c.id),\n\
         (SELECT json_agg(e) FROM (SELECT kind, occurred_at, actor_name, reason FROM event WHERE complaint_id = c.id\n\
         ORDER BY position DESC LIMIT 10) e)\n\
         FROM complaint c LEFT JOIN department d ON d.id = c.department_id WHERE c.id = {};\n",
        cases - 1,
        seeded.case_expression(":n"),
    )
}

/// A page of cases with what R3 shows of them.
pub fn limit_of_page(last_site: i64) -> String {
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
pub fn months(now: DateTime<Utc>) -> Vec<NaiveDate> {
    let this = now.date_naive().with_day(1).unwrap();
    (1..=22).map(|back| this - Months::new(back)).collect()
}

/// What a month came to, counted anew from the cases and their clocks.
pub fn limit_of_month(last_site: i64, months: &[NaiveDate]) -> String {
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
pub fn limit_of_filing(seeded: &Seeded, size: Size) -> String {
    two_rows(
        seeded,
        size,
        "INSERT INTO limit_case SELECT gen_random_uuid(), organization_id, site_id, gen_random_uuid()::text, kind,\n\
        channel, category_id, severity, state, owner_account_id, customer_account_id, unit_id, contact_name, contact_phone,\n\
        place, description, now(), 1 FROM complaint WHERE id = {case} RETURNING id, number",
    )
}

/// The same of a step of an order.
pub fn limit_of_step(seeded: &Seeded, size: Size) -> String {
    two_rows(
        seeded,
        size,
        "UPDATE limit_order SET departed_at = now(), version = version + 1 WHERE id = {case} RETURNING id, number",
    )
}

fn two_rows(seeded: &Seeded, size: Size, first: &str) -> String {
    let first = first.replace("{case}", &seeded.case_expression(":n"));
    format!(
        "\\set n random(0, {})\n\
         WITH made AS ({first})\n\
         INSERT INTO limit_event SELECT gen_random_uuid(), {}, id, 'ComplaintReceived', number, '{{}}', now() FROM made;\n",
        size.cases - 1,
        sql_id(ORGANIZATION, &format!(":n % {} % {}", size.sites, size.organizations)),
    )
}

/// Statements that write what we write, into our own tables with all their indexes: copies of rows that are there.
pub struct SameRows {
    columns: HashMap<&'static str, Vec<String>>,
    cases: i64,
    /// The id of the case of `:n`.
    case: String,
}

impl SameRows {
    /// Learns which columns there are.
    pub async fn read(db: &DatabaseConnection, seeded: &Seeded, cases: i64) -> Self {
        let mut columns = HashMap::new();
        for table in ["complaint", "complaint_item", "clock", "event"] {
            let sql = format!(
                "SELECT column_name::text FROM information_schema.columns WHERE table_name = '{table}' AND table_schema = 'public'"
            );
            let rows = db.query_all_raw(Statement::from_string(DbBackend::Postgres, sql)).await.unwrap();
            columns.insert(table, rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect());
        }
        Self { columns, cases, case: seeded.case_expression(":n") }
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
    pub fn of_filing(&self) -> String {
        let case = &self.case;
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
    pub fn of_step(&self) -> String {
        let case = &self.case;
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
pub const LIMIT_TABLES: &str = "CREATE TABLE limit_case (id uuid PRIMARY KEY, organization_id uuid NOT NULL, site_id uuid NOT NULL
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
