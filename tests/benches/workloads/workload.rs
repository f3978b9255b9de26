//! The workloads: what an app asks, as whom, and what the limit of each is.

use std::time::Duration;

use api::access::token::TokenKeys;
use api::app::clock::Clock;
use serde_json::{Value, json};
use tests::World;
use tests::load::{Run, request};
use tests::seed::{Seeded, Size, session};
use uuid::Uuid;

use crate::TURNS;
use crate::limit::{
    Pgbench, SameRows, limit_of_filing, limit_of_month, limit_of_one, limit_of_page, limit_of_step, months,
};

const R1: &str = "{ __typename }";
const R1S: &str = "{ viewer { id } }";
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
const W2: &str = "mutation Depart($input: WorkOrderInput!) { departForWorkOrder(input: $input) {
    workOrder { id state version } errors { code field message } } }";

/// The requests of one turn.
pub type Turn = Vec<Vec<u8>>;

/// One workload: what is asked, and the statement that is its limit.
pub struct Workload {
    /// Its short name.
    pub name: &'static str,
    /// What it is, in words.
    pub what: &'static str,
    /// The requests of each turn, and at the end those that are sent at a pace.
    pub turns: Vec<Turn>,
    /// What pgbench runs; none where nothing has to be read, or nothing is compared.
    pub limit: Option<String>,
    /// One statement that writes the same rows as we do, where we write.
    pub same_rows: Option<String>,
    /// How PostgreSQL would run these two.
    pub plans: Vec<Vec<String>>,
    /// CPU of the server in each turn, and so on.
    pub server: Vec<Duration>,
    pub database: Vec<Duration>,
    pub limit_database: Vec<Duration>,
    pub limit_static: Vec<Duration>,
    pub same_rows_database: Vec<Duration>,
    /// What each turn was like for the clients.
    pub runs: Vec<Run>,
    /// The same for the static server and for pgbench.
    pub limit_runs: Vec<(Run, Option<Pgbench>)>,
}

impl Workload {
    fn new(name: &'static str, what: &'static str, turns: Vec<Turn>) -> Self {
        Self {
            name,
            what,
            turns,
            limit: None,
            same_rows: None,
            plans: Vec::new(),
            server: Vec::new(),
            database: Vec::new(),
            limit_database: Vec::new(),
            limit_static: Vec::new(),
            same_rows_database: Vec::new(),
            runs: Vec::new(),
            limit_runs: Vec::new(),
        }
    }

    /// What was spent in a turn, in CPU seconds for a thousand requests.
    pub fn per_thousand(&self, turn: usize, spent: Duration) -> f64 {
        let requests = self.turns[turn].len();
        spent.as_secs_f64() * 1e3 / f64::from(u32::try_from(requests).unwrap())
    }
}

/// What all workloads run on.
pub struct Bench {
    /// The database.
    pub world: World,
    /// What is in it.
    pub seeded: Seeded,
    /// How much of it.
    pub size: Size,
    /// Signs the clients' tokens.
    pub keys: TokenKeys,
    /// How many requests a turn has.
    pub requests: usize,
}

fn body(query: &str, variables: &Value) -> String {
    json!({ "query": query, "variables": variables }).to_string()
}

fn id(name: &str, row: Uuid) -> String {
    format!("{name}_{}", row.simple())
}

impl Bench {
    async fn token(&self, account: Uuid, site: i64) -> String {
        let now = Clock::System.now();
        let session = session(&self.world.app.db, account, self.seeded.organization(site), now).await;
        self.keys.sign(account, session, now).unwrap().0
    }

    /// A token for each site, of whoever has that post there.
    async fn tokens(&self, of: impl Fn(i64) -> Uuid) -> Vec<String> {
        let mut tokens = Vec::new();
        for site in 0..self.size.sites {
            tokens.push(self.token(of(site), site).await);
        }
        tokens
    }

    fn turns(requests: usize, mut one: impl FnMut(usize) -> Vec<u8>) -> Vec<Turn> {
        (0..=TURNS).map(|turn| (0..requests).map(|number| one(turn * requests + number)).collect()).collect()
    }

    fn sites(&self) -> usize {
        usize::try_from(self.size.sites).unwrap()
    }

    fn site_of(&self, case: i64) -> usize {
        usize::try_from(case % self.size.sites).unwrap()
    }

    /// All of them, with their limits.
    pub async fn all(&self) -> Vec<Workload> {
        let (size, db) = (self.size, &self.world.app.db);
        let agents = self.tokens(|site| self.seeded.agent(site)).await;
        let (last_site, same_rows) = (size.sites - 1, SameRows::read(db, &self.seeded, size.cases).await);
        let limited = |workload: Workload, limit: String| Workload { limit: Some(limit), ..workload };
        vec![
            self.nothing(&agents),
            self.oneself(&agents),
            limited(self.one_case(&agents), limit_of_one(&self.seeded, size.cases)),
            limited(self.page(&agents), limit_of_page(last_site)),
            limited(self.month().await, limit_of_month(last_site, &months(Clock::System.now()))),
            Workload {
                same_rows: Some(same_rows.of_filing()),
                ..limited(self.filing().await, limit_of_filing(&self.seeded, size))
            },
            Workload {
                same_rows: Some(same_rows.of_step()),
                ..limited(self.step().await, limit_of_step(&self.seeded, size))
            },
        ]
    }

    /// Those that are stated for SQLite, where nothing is compared.
    pub async fn on_sqlite(&self) -> Vec<Workload> {
        let agents = self.tokens(|site| self.seeded.agent(site)).await;
        vec![self.one_case(&agents), self.page(&agents), self.filing().await]
    }

    fn nothing(&self, agents: &[String]) -> Workload {
        let turns = Self::turns(self.requests, |number| request(&agents[number % self.sites()], &body(R1, &json!({}))));
        Workload::new("R1", "{ __typename }", turns)
    }

    fn oneself(&self, agents: &[String]) -> Workload {
        let turns =
            Self::turns(self.requests, |number| request(&agents[number % self.sites()], &body(R1S, &json!({}))));
        Workload::new("R1s", "{ viewer { id } }, the session read", turns)
    }

    fn one_case(&self, agents: &[String]) -> Workload {
        let turns = Self::turns(self.requests, |number| {
            // A fixed walk over the cases: the same each time, and never the same case twice in a turn.
            let case = i64::try_from(number).unwrap() * 7_919 % self.size.cases;
            let variables = json!({ "id": id("Complaint", self.seeded.case(case)) });
            request(&agents[self.site_of(case)], &body(R2, &variables))
        });
        Workload::new("R2", "one case, its orders, its last 10 events", turns)
    }

    fn page(&self, agents: &[String]) -> Workload {
        let turns = Self::turns(self.requests, |number| {
            let site = number % self.sites();
            let named = id("Site", self.seeded.site(i64::try_from(site).unwrap()));
            request(&agents[site], &body(R3, &json!({ "site": named })))
        });
        Workload::new("R3", "20 cases of a site and state, with their orders", turns)
    }

    async fn month(&self) -> Workload {
        let heads = self.tokens(|site| self.seeded.office_head(site)).await;
        let (months, sites) = (months(Clock::System.now()), self.sites());
        let turns = Self::turns(self.requests, |number| {
            let (site, month) = (number % sites, months[number / sites % months.len()].to_string());
            let named = id("Site", self.seeded.site(i64::try_from(site).unwrap()));
            request(&heads[site], &body(R4, &json!({ "site": named, "month": month })))
        });
        Workload::new("R4", "a site's month, by department and category", turns)
    }

    async fn filing(&self) -> Workload {
        let (sites, homes) = (self.sites(), usize::try_from(self.size.homes).unwrap());
        let mut residents = Vec::new();
        // A home files once where there are homes enough, and not what the seeded cases are about: so nothing is repeated.
        for number in 0..((TURNS + 1) * self.requests).min(sites * homes) {
            let (site, home) = (i64::try_from(number % sites).unwrap(), i64::try_from(number / sites % homes).unwrap());
            let (unit, account) = self.seeded.home(site, home);
            residents.push((unit, self.seeded.water(site), self.token(account, site).await));
        }
        let turns = Self::turns(self.requests, |number| {
            let (unit, category, token) = &residents[number % residents.len()];
            let input = json!({
                "unitId": id("Unit", *unit), "idempotencyKey": format!("w1-{number}"),
                "report": { "kind": "REPAIR", "categoryId": id("Category", *category),
                            "description": format!("阳台推拉门的轮子掉了,第{number}户") },
            });
            request(token, &body(W1, &json!({ "input": input })))
        });
        Workload::new("W1", "file a case", turns)
    }

    async fn step(&self) -> Workload {
        let technicians = self.tokens(|site| self.seeded.technician(site)).await;
        // Each order is set out for once: where there are few cases, there are few of them.
        let most = self.seeded.assigned_orders().count() / (TURNS + 1);
        let mut orders = self.seeded.assigned_orders();
        let turns = Self::turns(self.requests.min(most), |number| {
            let (case, order) = orders.next().expect("they were counted");
            let input = json!({
                "workOrderId": id("WorkOrder", order), "expectedVersion": 4, "idempotencyKey": format!("w2-{number}"),
            });
            request(&technicians[self.site_of(case)], &body(W2, &json!({ "input": input })))
        });
        Workload::new("W2", "a technician sets out", turns)
    }
}
