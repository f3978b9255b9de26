//! Whatever an app can send stays as quick when the tables grow: no statement that it leads to walks through a big table.
//!
//! Every read of the schema is sent, with each of its filters and orders, as people of every kind, with all edges that can
//! be followed; streams, sweepers and a whole main job run as well. The statements that reach the database are written
//! down, and each is explained.
//!
//! Why the plans are the true ones. SQLite plans by the indexes alone, as the program never runs ANALYZE: what it says of
//! an empty table holds for a full one. PostgreSQL plans by what is in the tables, so they are filled first, with many
//! organizations and sites, and analysed; pages count as on a solid-state disk (`random_page_cost` 1.1), and it walks through a
//! table only where nothing else serves (`enable_seqscan` off). A few thousand rows are enough, for what has no index is a scan
//! at any size, and what is a search there is one among millions: the share that is asked for only gets smaller. Of tables that
//! hold next to nothing PostgreSQL's plans say nothing; those are judged on SQLite alone, whose indexes are the same.
//!
//! A walk along an index without a condition counts as a scan: it ends early only where what is looked for is frequent.

mod plan;
mod shapes;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use api::App;
use chrono::TimeDelta;
use futures_util::StreamExt;
use sea_orm::Statement;
use serde_json::{Value, json};
use tests::World;
use tests::database::Engine;
use tests::seed::{Size, fill};

use plan::scans;
use shapes::{Shapes, Values};

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
    "wife",
];

/// Who narrows lists down as well: one for each shape that a scope can have.
const FILTERERS: &[&str] = &["company leader", "office head", "head", "technician", "owner", "administrator"];

/// Reads that nobody's call gets through here, and why.
const UNANSWERED: &[(&str, &str)] = &[
    ("sync", "its cursor is one that it gave itself; it is sent without one apart from this"),
    ("replayServicePromises", "asks for a version of promises, and the town has none"),
];

async fn sample(world: &World) -> Values {
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
    let mut values = Values::new(world.now());
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
    values
}

/// Sends every read as everybody; says which nobody's call got through.
async fn read_everything(world: &World, shapes: &Shapes, values: &Values) -> BTreeSet<String> {
    let mut unanswered = BTreeSet::new();
    for field in shapes.fields("Query") {
        let calls = shapes.calls(field, values);
        let mut answered = false;
        for who in PEOPLE {
            let narrows = FILTERERS.contains(who);
            for (place, (document, variables)) in calls.iter().enumerate().filter(|(place, _)| *place == 0 || narrows) {
                let response = world.response(who, document, variables.clone()).await;
                let code = &response["errors"][0]["extensions"]["code"];
                assert!(code != "INTERNAL" && code != "BAD_INPUT", "{who}: {document}\n{variables}\n{response}");
                answered |= response.get("errors").is_none();
                if place == 0 && code == "FORBIDDEN" {
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

/// Follows each stream until it has given something, or has looked for it.
async fn follow_everything(world: &World, shapes: &Shapes, values: &Values) {
    for field in shapes.fields("Subscription") {
        for (document, variables) in shapes.calls(field, values) {
            for who in ["office head", "head", "owner"] {
                let request = world.request(who, &document, variables.clone()).await;
                let mut stream = Box::pin(world.schema.execute_stream(request));
                // What was never given within that time has looked once, and waits.
                tokio::time::timeout(Duration::from_millis(300), stream.next()).await.ok();
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

async fn explain(engine: Engine) {
    let world = World::new(engine).await;
    let mut values = Box::pin(sample(&world)).await;
    if engine == Engine::Postgres {
        let size = Size { organizations: 4, sites: 8, homes: 25, cases: 4_000 };
        Box::pin(fill(&world, size, world.now())).await;
        plan::settle(&world.app.db).await;
    }
    let shapes = Shapes::of(&api::schema::sdl());
    values.find_missing(&world).await;
    world.database.record();
    let unanswered = Box::pin(read_everything(&world, &shapes, &values)).await;
    Box::pin(follow_everything(&world, &shapes, &values)).await;
    world.pass(TimeDelta::minutes(20));
    Box::pin(sweep(&world.app)).await;
    let case = Box::pin(world.resolved()).await;
    let follow_up = world.open_follow_up(&case).await;
    Box::pin(world.on_follow_up("supervisor", "finishFollowUp", &follow_up, world.call("DISSATISFIED"))).await;
    let recorded: Vec<Statement> = world.database.recorded();
    let expected: BTreeSet<String> = UNANSWERED.iter().map(|(name, _)| (*name).to_owned()).collect();
    let unexpected: Vec<&String> = unanswered.difference(&expected).collect();
    assert!(unexpected.is_empty(), "nobody's call got through, so nothing is known of {unexpected:?}");
    let mut distinct: BTreeMap<&str, &Statement> = BTreeMap::new();
    for statement in &recorded {
        distinct.entry(&statement.sql).or_insert(statement);
    }
    assert!(distinct.len() > 100, "hardly anything was recorded: {}", distinct.len());
    let big = plan::tables(&world.app.db).await.into_iter().filter(|name| SMALL.iter().all(|(small, _)| small != name));
    let mut big: BTreeSet<String> = big.collect();
    if engine == Engine::Postgres {
        // Of a table of one page every way through it costs the same, and its plan says nothing: that is SQLite's to judge.
        let filled = plan::filled(&world.app.db).await;
        big.retain(|table| filled.contains(table));
        assert!(big.len() >= 6, "hardly a table is filled: {big:?}");
    }
    let mut found: BTreeMap<String, String> = BTreeMap::new();
    for statement in distinct.values() {
        for (table, how) in scans(&world.app.db, statement, &big).await {
            let place = format!("{engine:?} {} {table}", plan::subject(&statement.sql));
            found.entry(place).or_insert_with(|| format!("{how}: {statement}"));
        }
    }
    let known = known(engine);
    let new: Vec<_> = found.iter().filter(|(place, _)| !known.contains(*place)).collect();
    assert!(new.is_empty(), "of {} statements, these scan a big table:\n{new:#?}", distinct.len());
    let gone: Vec<&String> = known.iter().filter(|place| !found.contains_key(*place)).collect();
    assert!(gone.is_empty(), "these do not scan any more; take them off growth/known.txt: {gone:?}");
}

/// What still scans: database, subject of the statement, the table that is walked through; after a colon, why and until
/// when that can be.
fn known(engine: Engine) -> BTreeSet<String> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("it/growth/known.txt");
    let text = std::fs::read_to_string(path).unwrap();
    let lines = text.lines().filter(|line| line.starts_with(&format!("{engine:?} ")));
    lines.map(|line| line.split_once(": ").expect("a reason").0.to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_statement_of_an_app_scans_a_big_table_on_sqlite() {
    Box::pin(explain(Engine::Sqlite)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_statement_of_an_app_scans_a_big_table_on_postgres() {
    Box::pin(explain(Engine::Postgres)).await;
}

#[test]
fn every_filter_is_sent() {
    // What the generator cannot give a value for it would leave out: then this names it.
    let shapes = Shapes::of(&api::schema::sdl());
    let values = Values::new("2026-03-02T01:00:00Z".parse().unwrap());
    let sent: BTreeSet<String> = shapes
        .fields("Query")
        .flat_map(|field| shapes.calls(field, &values))
        .flat_map(|(_, variables)| names(&variables))
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
