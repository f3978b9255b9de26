//! Whatever an app can send costs no more when the register grows.
//!
//! Every read of the schema is sent, with each of its filters and orders, as people of every kind, with all edges that can
//! be followed; lists also for the page behind their own cursor, streams, `changes`, `notices` and `sync` also behind an old
//! one. Sweepers and a whole main job run as well. The statements that reach the database are written down and judged twice:
//!
//! **By what they read.** All of it is done over a short history and over one four times as long (`history.rs`). Each statement
//! of each call is run once more and counted (`work.rs`): on PostgreSQL the rows and pages of `EXPLAIN (ANALYZE, BUFFERS)`, with
//! the plan that its statistics give; on SQLite the steps of its engine, without statistics, as the program never gathers any. A
//! statement that reads by more than a fifth more over the longer history fails, whatever its plan is called: an index whose
//! condition is the organization alone, a sort of all that somebody may see, a count of everything, a walk past what a filter
//! leaves out.
//!
//! **By how they are planned**, where a table holds hardly anything in either history: no statement may scan a big table
//! (`plan.rs`). SQLite plans by the indexes alone, so that holds for full tables as well. PostgreSQL scans a small table in
//! any case, so there it walks through one only where nothing else serves (`enable_seqscan` off).

mod history;
mod plan;
mod shapes;
mod work;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use api::App;
use api::access::viewer::Viewer;
use api::handheld::cursor::Cursor;
use api::handheld::names::stamps;
use chrono::TimeDelta;
use futures_util::StreamExt;
use sea_orm::{DbBackend, Statement};
use serde_json::{Value, json};
use tests::World;
use tests::database::Engine;

use history::Past;
use plan::scans;
use shapes::{Call, Shapes, Values};
use work::{Meter, Work, shape};

/// Cases of the short history, and of the long one.
const SIZES: [i64; 2] = [2_000, 8_000];

/// Tables that stay small however many cases there are, and why.
const SMALL: &[(&str, &str)] = &[
    ("organization", "companies"),
    ("event_stream", "a row for each company"),
    ("figure_cursor", "a row for each company"),
    ("site", "some for each company"),
    ("building", "set up once"),
    ("department", "some for each site"),
    ("team", "some for each site"),
    ("category", "some for each site"),
    ("calendar", "one for each site"),
    ("calendar_day", "days that are not as the week says"),
    ("official_year", "one for each year"),
    ("service_promises", "versions, some in a year"),
    ("price_list", "versions, some in a year"),
    ("price_item", "lines of a version"),
    ("price_policy", "one for each site"),
    ("attention_policy", "one for each site"),
    ("booking_offer", "one for each team"),
    ("set_up", "one for each site"),
    ("stock_change", "one for each team"),
    ("outside_party", "a directory of some dozens"),
    ("api_key", "some for each company"),
    ("number_counter", "some for each site and year"),
    ("registered_document", "documents of the apps"),
    ("lease", "one for each job of the server"),
    ("seaql_migrations", "one for each step"),
    ("seed_series", "no table of the program"),
];

/// Who asks.
const PEOPLE: &[&str] = &[
    "company leader",
    "administrator",
    "office head",
    "supervisor",
    "agent",
    "archivist",
    "head",
    "leader",
    "technician",
    "owner",
];

/// Who narrows lists down as well, turns their pages, and is measured: one for each shape that a scope can have.
const FILTERERS: &[&str] = &["company leader", "office head", "head", "technician", "owner", "administrator"];

/// Reads that nobody's call gets through here, and why.
const UNANSWERED: &[(&str, &str)] =
    &[("replayServicePromises", "asks for a version of promises, and the town has none")];

/// Acts by which there is a row of nearly everything at the site.
async fn sample(world: &World, past: &Past) -> Values {
    let case = world.resolved().await;
    let follow_up = world.open_follow_up(&case).await;
    world.on_follow_up("supervisor", "finishFollowUp", &follow_up, world.call("SATISFIED")).await;
    let open = world.dripping_tap().await;
    let order = world.work_done(&open).await;
    let dispatched = world.dripping_tap().await;
    world.on_case("agent", "dispatchComplaint", &dispatched, json!({})).await;
    let fire =
        json!({ "unitId": world.id("Unit", "home"), "report": world.report("BURST_PIPE", "REPAIR", "水管爆裂") });
    world.act("owner", "fileComplaint", fire).await;
    let mut values = Values::new(world.now(), past.early, past.cursor.clone());
    for (name, id) in [("Complaint", &open), ("WorkOrder", &order), ("FollowUp", &follow_up)] {
        values.id(name, id.clone());
    }
    for (kind, name) in [
        ("Site", "site"),
        ("Department", "engineering"),
        ("Team", "plumbers"),
        ("Category", "WATER"),
        ("Unit", "home"),
        ("Account", "technician"),
    ] {
        values.id(kind, world.id(kind, name));
    }
    let account = world.town.id("technician");
    let viewer = Viewer::load(&world.app.db, account, world.now()).await.unwrap();
    let names = stamps(&world.app.db, &viewer).await.unwrap();
    let looked = Cursor { reading: None, ..Cursor::first(&viewer, 100, Some(names)) };
    values.synced(looked.write(&world.app).unwrap());
    values
}

/// A row of what hardly any case has.
async fn seldom(world: &World) {
    let site = world.id("Site", "site");
    let opinion = json!({ "siteId": site, "channel": "COUNTER", "text": "建议北门加装快递柜", "contactName": "王女士",
        "contactPhone": "13800009999" });
    world.act("agent", "recordOpinion", opinion).await;
    let call = json!({ "siteId": site, "phone": "13800009999", "callerName": "王女士", "startedAt": world.now(),
        "durationSeconds": 95, "summary": "询问游泳池开放时间", "handling": "ANSWERED", "note": "已告知" });
    world.act("agent", "recordCall", call).await;
    let case = world.dripping_tap().await;
    world.on_case("agent", "dispatchComplaint", &case, json!({})).await;
    world.on_case("head", "acceptAssignment", &case, json!({})).await;
    world.on_case("head", "acceptComplaint", &case, json!({ "reason": "属维修范围" })).await;
    let promise = json!({ "text": "三日内更换阀芯", "dueAt": world.now() + TimeDelta::days(2) });
    world.on_case("head", "makeCommitment", &case, promise).await;
    let list = json!({ "siteId": site, "from": world.now().date_naive().to_string(),
        "items": [{ "code": "V01", "kind": "VISIT", "name": "上门费", "unit": "次", "unitPrice": "30.00" }] });
    let item = world.act("office head", "publishPriceList", list).await["priceList"]["items"][0]["id"].clone();
    let quoted = world.dripping_tap().await;
    let lines = json!({ "lines": [{ "priceItemId": item, "quantity": "1" }] });
    world.on_case("agent", "createQuote", &quoted, lines).await;
}

/// What was read for each call: the statements, and how much each shape of them read in all.
#[derive(Default)]
struct Read {
    /// By who asked for what, and by the shape of the statement.
    work: BTreeMap<(String, String, String), Work>,
    /// An example of each shape of each call.
    examples: BTreeMap<(String, String, String), Statement>,
    /// Every statement once, by its text.
    distinct: BTreeMap<String, Statement>,
}

impl Read {
    async fn take(&mut self, world: &World, meter: Option<&mut Meter>, who: &str, about: &str) {
        let statements = world.database.recorded();
        if let Some(meter) = meter {
            for (statement, work) in statements.iter().zip(meter.measure(&statements).await) {
                let Some(work) = work else { continue };
                let key = (who.to_owned(), about.to_owned(), shape(&statement.sql));
                let so_far = self.work.entry(key.clone()).or_default();
                *so_far = so_far.plus(work);
                self.examples.entry(key).or_insert_with(|| statement.clone());
            }
        }
        for statement in statements {
            self.distinct.entry(statement.sql.clone()).or_insert(statement);
        }
    }
}

/// Sends every read as everybody; says which nobody's call got through.
async fn read_everything(
    world: &World,
    shapes: &Shapes,
    values: &Values,
    (read, meter): (&mut Read, &mut Meter),
) -> BTreeSet<String> {
    let mut unanswered = BTreeSet::new();
    for field in shapes.fields("Query") {
        let calls = shapes.calls(field, values);
        let mut answered = false;
        for who in PEOPLE {
            let narrows = FILTERERS.contains(who);
            for (place, call) in calls.iter().enumerate().filter(|(place, _)| *place == 0 || narrows) {
                let mut denied = false;
                let mut next = Some(call.clone());
                while let Some(call) = next.take() {
                    world.database.record();
                    let response = world.response(who, &call.document, call.variables.clone()).await;
                    read.take(world, narrows.then_some(&mut *meter), who, &call.about).await;
                    let code = &response["errors"][0]["extensions"]["code"];
                    let right = code != "INTERNAL" && code != "BAD_INPUT";
                    assert!(right, "{who}: {}\n{}\n{response}", call.document, call.variables);
                    answered |= response.get("errors").is_none();
                    denied |= place == 0 && code == "FORBIDDEN";
                    let first = call.variables["page"]["after"].is_null();
                    next = Some(call).filter(|_| first && narrows).and_then(|call| behind(&call, &response));
                }
                if denied {
                    break;
                }
            }
        }
        if !answered {
            unanswered.insert(field.name.node.to_string());
        }
    }
    unanswered
}

/// The call for the page behind what a list answered, where there is one.
fn behind(call: &Call, response: &Value) -> Option<Call> {
    let (root, _) = call.about.split_once(' ').unwrap_or((call.about.as_str(), ""));
    let answer = &response["data"][root];
    if answer["pageInfo"]["hasNextPage"] == true {
        return call.after(&answer["pageInfo"]["endCursor"]);
    }
    // Notices are a plain list, each with its own cursor.
    let last = answer.as_array().and_then(|list| list.last()).map(|last| &last["cursor"]).filter(|one| one.is_string());
    call.after(last?)
}

/// Follows each stream until it has given something, or has looked for it.
async fn follow_everything(world: &World, shapes: &Shapes, values: &Values, (read, meter): (&mut Read, &mut Meter)) {
    for field in shapes.fields("Subscription") {
        for call in shapes.calls(field, values) {
            for who in ["company leader", "office head", "head", "technician", "owner"] {
                world.database.record();
                let request = world.request(who, &call.document, call.variables.clone()).await;
                let mut stream = Box::pin(world.schema.execute_stream(request));
                // What was never given within that time has looked once, and waits.
                tokio::time::timeout(Duration::from_millis(300), stream.next()).await.ok();
                drop(stream);
                read.take(world, Some(&mut *meter), who, &call.about).await;
            }
        }
    }
}

/// What the server does by itself.
async fn sweep(app: &App) {
    api::clock::sweep::tell_due(app).await.unwrap();
    api::clock::moving::follow_calendars(app).await.unwrap();
    api::alarm::sweep::call_again(app).await.unwrap();
    api::alarm::calling::send_waiting(app).await.unwrap();
    api::booking::sweep::tell_due(app).await.unwrap();
    api::quote::expiry::write_down_expired(app).await.unwrap();
    api::handheld::position::delete_old(app).await.unwrap();
    api::attachment::sweep::once(app).await.unwrap();
    api::organization::staff::sweep::carry_out_ended_roles(app, app.clock.now()).await.unwrap();
    api::figure::relay::catch_up(app).await.unwrap();
}

/// All of it over a history of so many cases.
async fn over(engine: Engine, cases: i64) -> (World, Read) {
    let mut world = World::new(engine).await;
    let past = Box::pin(history::fill(&mut world, cases)).await;
    let mut values = Box::pin(sample(&world, &past)).await;
    Box::pin(seldom(&world)).await;
    history::further(&world, &past).await;
    let shapes = Shapes::of(&api::schema::sdl());
    values.find_missing(&world).await;
    let (mut read, mut meter) = (Read::default(), Meter::over(&world.database).await);
    let unanswered = Box::pin(read_everything(&world, &shapes, &values, (&mut read, &mut meter))).await;
    let expected: BTreeSet<String> = UNANSWERED.iter().map(|(name, _)| (*name).to_owned()).collect();
    let unexpected: Vec<&String> = unanswered.difference(&expected).collect();
    assert!(unexpected.is_empty(), "nobody's call got through, so nothing is known of {unexpected:?}");
    Box::pin(follow_everything(&world, &shapes, &values, (&mut read, &mut meter))).await;
    world.pass(TimeDelta::minutes(20));
    world.database.record();
    Box::pin(sweep(&world.app)).await;
    read.take(&world, Some(&mut meter), "server", "sweep").await;
    world.database.record();
    let case = Box::pin(world.resolved()).await;
    let follow_up = world.open_follow_up(&case).await;
    Box::pin(world.on_follow_up("supervisor", "finishFollowUp", &follow_up, world.call("DISSATISFIED"))).await;
    read.take(&world, Some(&mut meter), "everybody", "main job").await;
    (world, read)
}

/// What reads more over the longer history, by engine, who asked for what, and the subject of the statement.
fn growers(engine: Engine, short: &Read, long: &Read) -> BTreeMap<String, String> {
    let backend = if engine == Engine::Postgres { DbBackend::Postgres } else { DbBackend::Sqlite };
    let mut found = BTreeMap::new();
    for (key, large) in &long.work {
        let small = short.work.get(key).copied().unwrap_or_default();
        if large.outgrows(small, backend) {
            let (who, about, _) = key;
            let example = &long.examples[key];
            let asked = about.split('=').next().unwrap_or(about);
            let place = format!("{engine:?} | {who} | {asked} | {}", plan::subject(&example.sql));
            found.entry(place).or_insert_with(|| format!("{about}: {small:?} became {large:?}: {example}"));
        }
    }
    found
}

async fn check(engine: Engine) {
    let (short, long) = (Box::pin(over(engine, SIZES[0])).await.1, Box::pin(over(engine, SIZES[1])).await);
    let (world, long) = long;
    assert!(long.work.len() > 1_000, "hardly anything was measured: {}", long.work.len());
    assert!(long.distinct.len() > 100, "hardly anything was recorded: {}", long.distinct.len());
    let mut found = growers(engine, &short, &long);
    let big = plan::tables(&world.app.db).await.into_iter().filter(|name| SMALL.iter().all(|(small, _)| small != name));
    let mut big: BTreeSet<String> = big.collect();
    if engine == Engine::Postgres {
        // Of a table of one page every way through it costs the same, and its plan says nothing: that is SQLite's to judge.
        let filled = plan::filled(&world.app.db).await;
        big.retain(|table| filled.contains(table));
        assert!(big.len() >= 15, "hardly a table is filled: {big:?}");
    }
    for statement in long.distinct.values() {
        for (table, how) in scans(&world.app.db, statement, &big).await {
            let place = format!("{engine:?} | scan | {} | {table}", plan::subject(&statement.sql));
            found.entry(place).or_insert_with(|| format!("{how}: {statement}"));
        }
    }
    let known = known(engine);
    let new: Vec<_> = found.iter().filter(|(place, _)| !known.iter().any(|one| covers(one, place))).collect();
    let listed: Vec<&String> = new.iter().map(|(place, _)| *place).collect();
    assert!(new.is_empty(), "these read more when the register grows:\n{new:#?}\n{listed:#?}");
    let gone: Vec<&String> = known.iter().filter(|one| !found.keys().any(|place| covers(one, place))).collect();
    assert!(gone.is_empty(), "these do not grow any more; take them off growth/known.txt: {gone:#?}");
}

/// Whether a line that is known is of a place; `*` stands for anything.
fn covers(known: &str, place: &str) -> bool {
    let mut place = place.split(" | ");
    known.split(" | ").all(|part| place.next().is_some_and(|own| part == "*" || part == own))
}

/// What may read more: engine, who asks, for what, the subject of the statement; after a colon, why that can be.
fn known(engine: Engine) -> BTreeSet<String> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("it/growth/known.txt");
    let text = std::fs::read_to_string(path).unwrap();
    let lines = text.lines().filter(|line| line.starts_with(&format!("{engine:?} ")));
    lines.map(|line| line.split_once(": ").expect("a reason").0.to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_statement_of_an_app_grows_with_the_register_on_sqlite() {
    Box::pin(check(Engine::Sqlite)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_statement_of_an_app_grows_with_the_register_on_postgres() {
    Box::pin(check(Engine::Postgres)).await;
}

#[test]
fn every_filter_is_sent() {
    // What the generator cannot give a value for it would leave out: then this names it.
    let shapes = Shapes::of(&api::schema::sdl());
    let now = "2026-03-02T01:00:00Z".parse().unwrap();
    let mut values = Values::new(now, now, String::new());
    values.synced(String::new());
    let sent: BTreeSet<String> = shapes
        .fields("Query")
        .flat_map(|field| shapes.calls(field, &values))
        .flat_map(|call| names(&call.variables))
        .collect();
    let wanted = shapes.inputs_of_reads();
    let missing: Vec<&String> = wanted.difference(&sent).collect();
    assert!(missing.is_empty(), "never sent: {missing:?}");
}

/// The names of all fields in a value.
fn names(value: &Value) -> Vec<String> {
    match value {
        Value::Object(fields) => {
            fields.iter().flat_map(|(name, value)| [vec![name.clone()], names(value)].concat()).collect()
        }
        Value::Array(values) => values.iter().flat_map(names).collect(),
        _ => Vec::new(),
    }
}
