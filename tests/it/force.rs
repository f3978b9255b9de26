//! The log by force: many writers whose commits are late or fail, servers that are killed, readers that hang up. Every
//! reader ends with exactly what was committed and they may see: each once, in order.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use api::event::query::{self, position};
use domain::event::Kind;
use entity::event;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QueryResult,
    Statement,
};
use serde_json::{Value, json};
use tests::World;
use tests::outside::nats;
use tests::replicas::{Client, Goal, Met, Reader, goal, start, tokens};
use tests::server::Server;
use tests::world::row_id;
use tokio::task::JoinHandle;
use uuid::Uuid;

const WRITERS: usize = 32;
/// How many acts each of them does at least.
const ACTS: usize = 7;
const KILLS: usize = 5;
/// How many emergencies are reported besides, each of which calls somebody.
const BURSTS: usize = 2;
const NOTICES: &str = "subscription($after: String) { item: myNotices(after: $after) { cursor kind } }";
const QUEUE: &str = "subscription($id: ID!, $after: String) { item: departmentQueue(departmentId: $id, after: $after) { cursor kind } }";
const CASE: &str =
    "subscription($id: ID!, $after: String) { item: complaintEvents(complaintId: $id, after: $after) { cursor kind } }";
const BOARD: &str =
    "subscription($id: ID!, $after: String) { item: teamBoardEvents(teamId: $id, after: $after) { cursor kind } }";
const ALARMS: &str = "subscription($after: String) { item: alarmEvents(after: $after) { cursor kind } }";
const CHANGES: &str = "query($after: String) { changes(after: $after) { events { cursor kind } cursor hasMore } }";
const SYNC: &str =
    "query($after: String, $first: Int!, $now: DateTime!) { sync(after: $after, first: $first, deviceTime: $now) {
    orders { id version state } gone cursor hasMore } }";
/// What of all that may happen here stays among employees.
const AMONG_STAFF: &str = "'ASSIGNMENT_REFUSED', 'COMPLAINT_RECLASSIFIED', 'WORK_ORDER_ACKNOWLEDGED', 'TEAM_ASSIGNED',
    'CLOCK_WARNED', 'CLOCK_MISSED', 'CASE_ESCALATED', 'COMPLAINT_ESCALATED', 'ALARM_RAISED', 'ALARM_ACKNOWLEDGED',
    'ALARM_ANSWERED', 'ALARM_ENDED', 'COMPLAINT_CHASED', 'COMPLAINT_REPEATED', 'WORK_ORDER_RELEASED'";

/// What somebody reads.
#[derive(Debug, Clone, Copy)]
enum Reads {
    /// The queue of engineering.
    Queue,
    /// What they are told.
    Notices,
    /// The board of the plumbers.
    Board,
    /// Alarms.
    Alarms,
    /// The case that was there first.
    Case,
    /// All that they see.
    Everything,
}

/// Who follows what.
const STREAMS: [(&str, Reads); 10] = [
    ("head", Reads::Queue),
    ("head", Reads::Queue),
    ("supervisor", Reads::Notices),
    ("supervisor", Reads::Notices),
    ("technician", Reads::Notices),
    ("leader", Reads::Board),
    ("agent", Reads::Alarms),
    ("supervisor", Reads::Alarms),
    ("owner", Reads::Case),
    ("agent", Reads::Case),
];
/// Who asks for changes.
const POLLS: [&str; 2] = ["agent", "owner"];

impl Reads {
    /// What a stream of it is asked with.
    fn document(self, world: &World, case: &Value) -> (&'static str, Value) {
        match self {
            Self::Queue => (QUEUE, json!({ "id": world.id("Department", "engineering") })),
            Self::Notices => (NOTICES, json!({})),
            Self::Board => (BOARD, json!({ "id": world.id("Team", "plumbers") })),
            Self::Alarms => (ALARMS, json!({})),
            Self::Case => (CASE, json!({ "id": case })),
            Self::Everything => unreachable!("no stream has it"),
        }
    }
}

/// Makes commits late by chance, and has some of them fail when all is written: on PostgreSQL at the commit itself. On
/// SQLite only one can be between its positions and its commit, so lateness would show nothing.
async fn disturb(world: &World) {
    let sql = if world.app.db.get_database_backend() == DbBackend::Postgres {
        "CREATE FUNCTION disturb() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
             PERFORM pg_sleep(random() * 0.02);
             IF random() < 0.1 THEN RAISE EXCEPTION 'rolled back at the commit'; END IF;
             RETURN NULL;
         END $$;
         CREATE CONSTRAINT TRIGGER disturb AFTER INSERT ON event DEFERRABLE INITIALLY DEFERRED
             FOR EACH ROW EXECUTE FUNCTION disturb();"
    } else {
        "CREATE TRIGGER disturb AFTER INSERT ON event BEGIN
             SELECT CASE WHEN abs(random()) % 10 = 0 THEN RAISE(ABORT, 'rolled back') END;
         END;"
    };
    world.app.db.execute_unprepared(sql).await.unwrap();
}

async fn file(client: &mut Client, world: &World) -> Value {
    client.act("owner", "fileComplaint", world.tap_input()).await["complaint"].clone()
}

/// What becomes of an order whose technician is on the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// It stays with them.
    Stays,
    /// It is given to the other technician.
    Passes,
    /// They give it back to the team.
    Returns,
}

impl Fate {
    /// Of a writer's order: of each technician's orders a quarter goes to the other, and a quarter back.
    fn of(writer: usize) -> Self {
        match writer % 8 {
            0 | 1 => Self::Passes,
            2 | 3 => Self::Returns,
            _ => Self::Stays,
        }
    }
}

const TECHNICIANS: [&str; 2] = ["technician", "second technician"];

/// One writer: a case from its report until the technician is on the way, and what becomes of its order then; of a case that
/// was reported before, the rest.
async fn write(mut client: Client, world: Arc<World>, name: usize, reported: Option<Value>) {
    let (technician, other) = (TECHNICIANS[name % 2], TECHNICIANS[1 - name % 2]);
    let filed = match reported {
        Some(case) => case,
        None => file(&mut client, &world).await,
    };
    let case = |version: &Value, more: Value| {
        tests::world::with(more, json!({ "complaintId": filed["id"], "expectedVersion": version }))
    };
    let added = client.act("owner", "addToComplaint", case(&filed["version"], json!({ "text": "也漏到楼下" }))).await;
    let issue = case(&added["complaint"]["version"], json!({ "task": "更换阀芯" }));
    let mut order = client.act("agent", "issueWorkOrder", issue).await["workOrder"].clone();
    let steps = [
        ("head", "acknowledgeWorkOrder", json!({})),
        ("head", "assignTeam", json!({ "teamId": world.id("Team", "plumbers") })),
        ("leader", "assignTechnician", json!({ "technicianId": world.id("Account", technician) })),
        (technician, "departForWorkOrder", json!({})),
    ];
    let last = match Fate::of(name) {
        Fate::Stays => None,
        Fate::Passes => Some(("leader", "assignTechnician", json!({ "technicianId": world.id("Account", other) }))),
        Fate::Returns => Some((technician, "releaseWorkOrder", json!({ "reason": "正在另一单抢修" }))),
    };
    for (who, field, more) in steps.into_iter().chain(last) {
        let input =
            tests::world::with(more, json!({ "workOrderId": order["id"], "expectedVersion": order["version"] }));
        order = client.act(who, field, input).await["workOrder"].clone();
    }
}

/// Asks for changes over and over; an answer in five is lost on its way.
async fn poll(mut client: Client, who: &'static str, goal: Goal, seed: u64) -> Vec<i64> {
    let mut dice = StdRng::seed_from_u64(seed);
    let (mut after, mut taken) = (query::cursor(0), Vec::new());
    while position(&after).ok().unwrap() < goal.load(Ordering::SeqCst) {
        let page = client.ask(who, CHANGES, json!({ "after": after })).await["changes"].clone();
        if dice.random_range(0..5) == 0 {
            continue;
        }
        let events = page["events"].as_array().unwrap();
        taken.extend(events.iter().map(|event| position(event["cursor"].as_str().unwrap()).ok().unwrap()));
        after = page["cursor"].as_str().unwrap().to_owned();
        if page["hasMore"] != true {
            tokio::time::sleep(Duration::from_millis(dice.random_range(10..100))).await;
        }
    }
    taken
}

/// What a handheld has: by order; and which it was told are gone.
#[derive(Default)]
struct Device {
    orders: BTreeMap<String, Value>,
    gone: BTreeSet<String>,
}

impl Device {
    /// What a technician's device must have in the end, by a statement of this test's own: the orders that are theirs to do.
    async fn of(world: &World, who: &str) -> BTreeMap<String, Value> {
        let sql = "SELECT id, version, state FROM work_order WHERE organization_id = $1 AND technician_id = $2
            AND state IN ('TECHNICIAN_ASSIGNED', 'EN_ROUTE', 'ARRIVED', 'ON_HOLD', 'DONE')";
        let values: [sea_orm::Value; 2] = [world.town.id("company").into(), world.town.id(who).into()];
        let db = &world.app.db;
        let rows =
            db.query_all_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, values)).await.unwrap();
        let order = |row: &QueryResult| {
            let (id, version): (Uuid, i32) = (row.try_get("", "id").unwrap(), row.try_get("", "version").unwrap());
            let (id, state) = (format!("WorkOrder_{}", id.simple()), row.try_get::<String>("", "state").unwrap());
            (id.clone(), json!({ "id": id, "version": version, "state": state }))
        };
        rows.iter().map(order).collect()
    }
}

/// A handheld; an answer in five is lost on its way. What it has in the end.
async fn sync(mut client: Client, who: &'static str, goal: Goal, seed: u64) -> Device {
    let mut dice = StdRng::seed_from_u64(seed);
    let (mut after, mut device) = (Value::Null, Device::default());
    loop {
        let last = goal.load(Ordering::SeqCst) < i64::MAX;
        let variables =
            json!({ "after": after, "first": dice.random_range(1..6), "now": api::app::clock::Clock::System.now() });
        let page = client.ask(who, SYNC, variables).await["sync"].clone();
        if dice.random_range(0..5) == 0 {
            continue;
        }
        for order in page["orders"].as_array().unwrap() {
            device.orders.insert(order["id"].as_str().unwrap().to_owned(), order.clone());
        }
        for id in page["gone"].as_array().unwrap() {
            device.orders.remove(id.as_str().unwrap());
            device.gone.insert(id.as_str().unwrap().to_owned());
        }
        after = page["cursor"].clone();
        if page["hasMore"] != true {
            if last {
                return device;
            }
            tokio::time::sleep(Duration::from_millis(dice.random_range(10..100))).await;
        }
    }
}

/// Kills servers at random moments of the work.
async fn kill(servers: &mut [Server], met: &Met) {
    let mut dice = StdRng::seed_from_u64(11);
    for _ in 0..KILLS {
        let until = met.done.load(Ordering::SeqCst) + dice.random_range(5..WRITERS);
        while met.done.load(Ordering::SeqCst) < until.min(WRITERS * ACTS) {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        let server = &mut servers[dice.random_range(0..servers.len())];
        server.kill().await;
        server.again().await;
    }
}

on_both! {
    async fn every_reader_ends_with_exactly_what_was_committed_once_and_in_order(world) {
        let replicas = world.app.db.get_database_backend() == DbBackend::Postgres;
        let settings = if replicas { vec![("HUIYIN_NATS_URL", nats())] } else { Vec::new() };
        let people = ["owner", "agent", "head", "leader", "technician", "second technician", "supervisor"];
        let tokens = Arc::new(tokens(&world, &people).await);
        disturb(&world).await;
        let mut servers = start(&world, if replicas { 3 } else { 1 }, &settings).await;
        let (world, met) = (Arc::new(world), Arc::new(Met::default()));
        let client = |name| Client::new(&servers, &tokens, &met, name);
        let mut writer = client(0);
        let first = file(&mut writer, &world).await;
        let streams = STREAMS.map(|(who, reads)| (who, reads, goal()));
        let readers: Vec<JoinHandle<Reader>> = streams.iter().zip(1..).map(|((who, reads, goal), seed)| {
            let (document, variables) = reads.document(&world, &first["id"]);
            let mut reader = Reader::new(&servers, &tokens[who], document, variables, seed);
            reader.hangs_up = 10;
            tokio::spawn(reader.read(goal.clone()))
        }).collect();
        let polls = POLLS.map(|who| (who, goal()));
        let polling = polls.clone().map(|(who, goal)| tokio::spawn(poll(client(100), who, goal, 21)));
        let synced = goal();
        let devices = TECHNICIANS.map(|who| (who, tokio::spawn(sync(client(200), who, synced.clone(), 31))));
        let mut reported = Some((writer, first.clone()));
        let mut writers: Vec<JoinHandle<()>> = (0..WRITERS)
            .map(|name| {
                let (client, case) = match reported.take() {
                    Some((writer, case)) => (writer, Some(case)),
                    None => (client(name), None),
                };
                tokio::spawn(write(client, world.clone(), name, case))
            })
            .collect();
        writers.extend((0..BURSTS).map(|name| tokio::spawn(burst(client(300 + name), world.clone()))));
        kill(&mut servers, &met).await;
        for writer in writers {
            writer.await.unwrap();
        }
        let end = query::head(&world.app.db, world.town.id("company")).await.unwrap();
        synced.store(end, Ordering::SeqCst);
        let first = row_id(first["id"].as_str().unwrap());
        let mut came = 0;
        for ((who, reads, goal), reader) in streams.into_iter().zip(readers) {
            let expected = Expected::of(&world, who, reads, first, end).await;
            goal.store(expected.last(), Ordering::SeqCst);
            let reader = reader.await.unwrap();
            let taken: Vec<i64> = reader.taken.iter().map(|(position, _)| *position).collect();
            expected.assert(&format!("{who}, {reads:?}"), &taken, end);
            came += reader.came;
        }
        assert!(came > 20, "readers have hung up and come again: {came}");
        for ((who, goal), polling) in polls.into_iter().zip(polling) {
            let expected = Expected::of(&world, who, Reads::Everything, first, end).await;
            goal.store(expected.last(), Ordering::SeqCst);
            expected.assert(who, &polling.await.unwrap(), end);
        }
        for (who, device) in devices {
            let (device, expected) = (device.await.unwrap(), Device::of(&world, who).await);
            assert_eq!(device.orders, expected, "{who}");
            // Half stays with each of them, and a quarter comes from the other.
            assert_eq!(expected.len(), WRITERS / 2 * 3 / 4, "{who}");
            assert!(!device.gone.is_empty(), "orders have left {who} while they looked");
        }
        assert!(met.failed.load(Ordering::SeqCst) > 0, "some commits have failed");
        assert_nothing_is_doubled(&world, end).await;
        assert_eq!(world.recounted().await, (WRITERS + BURSTS) as u64, "figures, rows and log say the same");
    }
}

/// Reports an emergency, of which somebody is called.
async fn burst(mut client: Client, world: Arc<World>) {
    let report = world.report("BURST_PIPE", "REPAIR", "水管爆裂");
    client.act("owner", "fileComplaint", json!({ "unitId": world.id("Unit", "home"), "report": report })).await;
}

/// What a reader must have taken in the end, and what they may have taken: by statements of this test's own, which know
/// nothing of how the server reads.
struct Expected {
    must: BTreeSet<i64>,
    may: BTreeSet<i64>,
}

impl Expected {
    /// Who sees what here. There is one site and nobody is complained about.
    async fn of(world: &World, who: &str, reads: Reads, case: Uuid, end: i64) -> Self {
        let (me, id) = (world.town.id(who), |name: &str| world.town.id(name));
        let all = "SELECT e.position FROM event e JOIN complaint c ON c.id = e.complaint_id
            WHERE e.organization_id = $1 AND e.position <= $2";
        let (may, ids) = match (reads, who) {
            // Theirs is what bears their name and tells of an event.
            (Reads::Notices, _) => (
                "SELECT e.position FROM event e JOIN notice n ON n.event_id = e.id AND n.position = e.position
                WHERE e.organization_id = $1 AND e.position <= $2 AND n.organization_id = $1 AND n.account_id = $3"
                    .to_owned(),
                vec![me],
            ),
            // Of what shows in the queue, a head sees the cases and orders of the department.
            (Reads::Queue, _) => (
                format!(
                    "{all} AND e.department_id = $3 AND (c.department_id = $3 OR c.owner_account_id = $4 OR EXISTS
                    (SELECT 1 FROM work_order o WHERE o.complaint_id = c.id AND o.department_id = $3))"
                ),
                vec![id("engineering"), me],
            ),
            // A leader sees the cases of which the team has an order.
            (Reads::Board, _) => (
                format!("{all} AND EXISTS (SELECT 1 FROM work_order o WHERE o.complaint_id = c.id AND o.team_id = $3)"),
                vec![id("plumbers")],
            ),
            // Customer service sees every case of the site, with all that employees see.
            (Reads::Alarms, _) => (
                format!(
                    "{all} AND c.site_id = $3 AND e.kind IN
                    ('ALARM_RAISED', 'ALARM_ACKNOWLEDGED', 'ALARM_ANSWERED', 'ALARM_ENDED')"
                ),
                vec![id("site")],
            ),
            (Reads::Everything, "agent") => (format!("{all} AND c.site_id = $3"), vec![id("site")]),
            (Reads::Case, "agent") => (format!("{all} AND c.site_id = $3 AND c.id = $4"), vec![id("site"), case]),
            // A customer sees the cases that are theirs, without what employees keep among themselves.
            (Reads::Everything, _) => {
                (format!("{all} AND c.customer_account_id = $3 AND e.kind NOT IN ({AMONG_STAFF})"), vec![me])
            }
            (Reads::Case, _) => (
                format!("{all} AND c.customer_account_id = $3 AND c.id = $4 AND e.kind NOT IN ({AMONG_STAFF})"),
                vec![me, case],
            ),
        };
        // A case comes to a board with its order. Who looks later than that sees what was before it as well.
        let must = match reads {
            Reads::Board => format!(
                "{may} AND e.position >= (SELECT MIN(t.position) FROM event t
                WHERE t.organization_id = $1 AND t.complaint_id = c.id AND t.kind = 'TEAM_ASSIGNED')"
            ),
            _ => may.clone(),
        };
        let least = match reads {
            Reads::Case => 4,
            Reads::Alarms => BURSTS,
            _ => WRITERS / 2,
        };
        let (must, may) = (positions(world, &must, end, &ids).await, positions(world, &may, end, &ids).await);
        assert!(must.len() >= least, "there was something to read of {reads:?} for {who}: {must:?}");
        Self { must, may }
    }

    /// Up to where a reader must have read.
    fn last(&self) -> i64 {
        *self.must.last().unwrap()
    }

    /// Each that they see, once, in order; what came after the end of writing is not looked at.
    fn assert(&self, who: &str, taken: &[i64], end: i64) {
        assert!(taken.is_sorted_by(|one, next| one < next), "{who}: each once, and in order: {taken:?}");
        let taken: BTreeSet<i64> = taken.iter().copied().filter(|position| *position <= end).collect();
        let missed: Vec<&i64> = self.must.difference(&taken).collect();
        let unseen: Vec<&i64> = taken.difference(&self.may).collect();
        assert!(missed.is_empty() && unseen.is_empty(), "{who} has missed {missed:?} and must not see {unseen:?}");
    }
}

async fn positions(world: &World, sql: &str, end: i64, ids: &[Uuid]) -> BTreeSet<i64> {
    let db = &world.app.db;
    let mut values: Vec<sea_orm::Value> = vec![world.town.id("company").into(), end.into()];
    values.extend(ids.iter().map(|id| sea_orm::Value::from(*id)));
    let asked = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    let rows = db.query_all_raw(asked).await.unwrap();
    rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect()
}

/// The log has no gap, and of each act that was acknowledged one event, whatever was rolled back, killed and repeated.
async fn assert_nothing_is_doubled(world: &World, end: i64) {
    let db = &world.app.db;
    let events = event::Entity::find().filter(event::Column::OrganizationId.eq(world.town.id("company")));
    let log = events.order_by_asc(event::Column::Position).all(db).await.unwrap();
    assert!((1i64..).zip(&log).all(|(position, event)| event.position == position), "the log has no gap");
    assert!(log.len() >= usize::try_from(end).unwrap());
    let received = (Kind::ComplaintReceived, WRITERS + BURSTS);
    let others = [Kind::ComplaintAddedTo, Kind::WorkOrderIssued, Kind::TechnicianDeparted].map(|kind| (kind, WRITERS));
    for (kind, times) in [received].into_iter().chain(others) {
        let told = event::Entity::find().filter(event::Column::Kind.eq(kind)).count(db).await.unwrap();
        assert_eq!(told, times as u64, "{kind:?}");
    }
}
