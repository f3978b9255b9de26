//! Many who follow: executed once for all who get the same, judged for each, without gap or repeat; and what a targeted event
//! costs does not depend on who else is connected.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use api::access::scope;
use api::access::sight::Sight;
use api::access::viewer::Viewer;
use api::edge::Config;
use api::edge::limits::{Limits, SocketLimits};
use domain::organization::Language;
use entity::{account, complaint, role_grant, work_order};
use futures_util::StreamExt;
use futures_util::future::join_all;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter,
};
use serde_json::{Value, json};
use tests::World;
use tests::database::Engine;
use tests::edge::Edge;
use tests::socket::Socket;
use tests::world::row_id;

/// What an app shows of an event, with objects from the database.
const SEEN: &str =
    "subscription($id: ID!, $after: String) { complaintEvents(complaintId: $id, after: $after) { cursor kind text
    complaint { number state description handler { name } } workOrder { state } } }";
/// What depends on who asks.
const MINE: &str =
    "subscription($id: ID!) { complaintEvents(complaintId: $id) { kind complaint { allowedActions contactPhone } } }";

async fn served(engine: Engine) -> (World, Edge) {
    let world = World::new(engine).await;
    let socket = SocketLimits { open_for_one: 200, ..SocketLimits::default() };
    let edge = Edge::of(&world, Config { limits: Limits { socket, ..Limits::default() }, ..Config::default() }).await;
    (world, edge)
}

/// Follows a case, and has surely joined: whatever happens from now on is heard.
async fn following(edge: &Edge, token: &str, document: &str, variables: Value) -> Socket {
    let mut socket = Socket::begun(edge, token).await;
    socket.subscribe("1", document, variables).await;
    socket
}

async fn add(world: &World, case: &str, text: &str) {
    world.on_case("owner", "addToComplaint", case, json!({ "text": text })).await;
}

/// Adds to a case until a follower hears of it: then it has joined.
async fn joined(world: &World, case: &str, sockets: &mut [Socket]) {
    add(world, case, "joined?").await;
    for socket in sockets {
        let heard = tokio::time::timeout(Duration::from_secs(2), socket.hear()).await;
        assert!(heard.is_ok(), "it was told to begin after the first event, and hears it whenever it joins");
    }
}

on_both! {
    async fn what_is_judged_in_memory_is_the_scope_of_the_database(world) {
        let plain = world.dripping_tap().await;
        let worked = world.dripping_tap().await;
        let order = world.issued(&worked).await;
        world.to_technician(&order).await;
        world.issued(&worked).await;
        for (about, shared) in [("head", true), ("office head", false), ("agent", true)] {
            let mut input = world.tap_input();
            input["report"]["kind"] = json!("COMPLAINT");
            input["report"]["aboutAccountId"] = json!(world.id("Account", about));
            input["sharedWithHousehold"] = json!(shared);
            world.act("owner", "fileComplaint", input).await;
        }
        world.on_case("agent", "dispatchComplaint", &plain, json!({})).await;
        world.on_case("head", "acceptAssignment", &plain, json!({})).await;
        let part = json!({ "departmentId": world.id("Department", "security"), "text": "查看监控", "dueAt": world.now() + chrono::TimeDelta::days(1) });
        world.on_case("head", "requestTask", &plain, part).await;
        let report = tests::world::with(world.report("NOISE", "COMPLAINT", "夜间施工"), json!({ "place": "5栋旁" }));
        world.act("", "fileAnonymousComplaint", json!({ "siteId": world.id("Site", "site"), "report": report })).await;
        let (cases, orders) = (
            complaint::Entity::find().all(&world.app.db).await.unwrap(),
            work_order::Entity::find().all(&world.app.db).await.unwrap(),
        );
        let (mut seen, mut judged) = (0, 0);
        for person in account::Entity::find().all(&world.app.db).await.unwrap() {
            let viewer = Viewer::load(&world.app.db, person.id, world.now()).await.unwrap();
            for case in &cases {
                let sight = Sight::load(&world.app.db, case.id).await.unwrap();
                let found = scope::complaints(&viewer).filter(complaint::Column::Id.eq(case.id)).count(&world.app.db).await.unwrap() > 0;
                assert_eq!(sight.sees(&viewer), found, "{} and case {}", viewer.name, case.number);
                (seen, judged) = (seen + usize::from(found), judged + 1);
                for order in orders.iter().filter(|order| order.complaint_id == case.id) {
                    let found = scope::work_orders(&viewer).filter(work_order::Column::Id.eq(order.id)).count(&world.app.db).await.unwrap() > 0;
                    assert_eq!(sight.sees_order(&viewer, order.id), found, "{} and order {}", viewer.name, order.number);
                }
            }
        }
        assert!(seen > 20 && judged - seen > 20, "{seen} of {judged}");
    }

    async fn streams_that_begin_anywhere_among_writers_skip_nothing_and_repeat_nothing(world) {
        let case = world.dripping_tap().await;
        let world = Arc::new(world);
        let writing = {
            let (world, case) = (world.clone(), case.clone());
            tokio::spawn(async move {
                for n in 0..40 {
                    add(&world, &case, &n.to_string()).await;
                }
            })
        };
        let mut readers = Vec::new();
        for seed in 0..6 {
            let (world, case) = (world.clone(), case.clone());
            readers.push(tokio::spawn(async move { read_with_breaks(&world, &case, seed).await }));
        }
        let read = join_all(readers).await;
        writing.await.unwrap();
        let events = entity::event::Entity::find().filter(entity::event::Column::ComplaintId.eq(row_id(&case)));
        let events = events.all(&world.app.db).await.unwrap();
        let shown = events.iter().filter(|event| event.kind.is_for_customer());
        let mut whole: Vec<i64> = shown.map(|event| event.position).collect();
        whole.sort_unstable();
        for read in read {
            assert_eq!(read.unwrap(), whole[..41]);
        }
    }

    async fn a_right_that_ends_ends_the_view_although_nothing_happens(world) {
        let case = world.dripping_tap().await;
        let request = world.request("second agent", SEEN, json!({ "id": case, "after": api::event::query::cursor(0) })).await;
        let mut live = world.schema.execute_stream(request);
        assert!(live.next().await.unwrap().errors.is_empty());
        let waiting = tokio::spawn(async move { live.next().await });
        let grant = role_grant::Entity::find().filter(role_grant::Column::AccountId.eq(world.town.id("second agent")));
        let mut grant = grant.one(&world.app.db).await.unwrap().unwrap().into_active_model();
        grant.to_date = Set(chrono::NaiveDate::from_ymd_opt(2026, 3, 1));
        grant.update(&world.app.db).await.unwrap();
        let end = tokio::time::timeout(Duration::from_secs(30), waiting).await.unwrap().unwrap().unwrap();
        assert!(!end.errors.is_empty());
    }
}

/// Reads the first 41 events that the owner may see, and breaks off now and then; their positions.
async fn read_with_breaks(world: &World, case: &str, seed: u64) -> Vec<i64> {
    let (mut dice, mut read) = (StdRng::seed_from_u64(seed), Vec::new());
    let mut cursor = api::event::query::cursor(0);
    while read.len() < 41 {
        let request = world.request("owner", SEEN, json!({ "id": case, "after": cursor })).await;
        let mut items = world.schema.execute_stream(request);
        for _ in 0..dice.random_range(1..12) {
            let item = tokio::time::timeout(Duration::from_mins(1), items.next()).await.unwrap().unwrap();
            let item = serde_json::to_value(item).unwrap();
            let place = item["data"]["complaintEvents"]["cursor"].as_str();
            place.unwrap_or_else(|| panic!("{item}")).clone_into(&mut cursor);
            read.push(api::event::query::position(&cursor).unwrap());
            if read.len() == 41 {
                break;
            }
        }
    }
    read
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sockets_that_come_again_get_every_event_once_and_in_order() {
    let (world, edge) = served(Engine::Sqlite).await;
    let case = world.dripping_tap().await;
    let (world, edge) = (Arc::new(world), Arc::new(edge));
    let crowd = world.crowd(8, world.now()).await;
    let writing = {
        let (world, case) = (world.clone(), case.clone());
        tokio::spawn(async move {
            for n in 0..40 {
                add(&world, &case, &n.to_string()).await;
            }
        })
    };
    let clients = crowd.into_iter().enumerate().map(|(seed, member)| {
        let (edge, case) = (edge.clone(), case.clone());
        tokio::spawn(async move {
            let (mut dice, mut kinds) = (StdRng::seed_from_u64(seed as u64), Vec::new());
            let mut cursor = api::event::query::cursor(0);
            while kinds.len() < 41 {
                let variables = json!({ "id": case, "after": cursor });
                let mut socket = following(&edge, &member.token, SEEN, variables).await;
                for _ in 0..dice.random_range(1..12).min(41 - kinds.len()) {
                    let heard = socket.hear().await;
                    let item = &heard["payload"]["data"]["complaintEvents"];
                    cursor = item["cursor"].as_str().unwrap_or_else(|| panic!("{heard}")).to_owned();
                    kinds.push(api::event::query::position(&cursor).unwrap());
                }
            }
            kinds
        })
    });
    let read = join_all(clients.collect::<Vec<_>>()).await;
    writing.await.unwrap();
    let first = read[0].as_ref().unwrap().clone();
    assert!(first.is_sorted_by(|one, next| one < next), "{first:?}");
    for read in read {
        assert_eq!(read.unwrap(), first);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_event_costs_as_many_statements_for_one_as_for_forty_and_whoever_else_is_connected() {
    let (world, edge) = served(Engine::Sqlite).await;
    let (followed, other) = (world.dripping_tap().await, world.dripping_tap().await);
    let crowd = world.crowd(81, world.now()).await;
    let after = json!({ "id": followed, "after": api::event::query::cursor(0) });
    let mut sockets = vec![following(&edge, &crowd[0].token, SEEN, after.clone()).await];
    sockets[0].hear().await;
    joined(&world, &followed, &mut sockets).await;
    let alone = least(&world, &followed, &mut sockets).await;
    for member in &crowd[1..40] {
        let mut socket = following(&edge, &member.token, SEEN, after.clone()).await;
        for _ in 0..6 {
            socket.hear().await;
        }
        sockets.push(socket);
    }
    let together = least(&world, &followed, &mut sockets).await;
    let mut elsewhere = Vec::new();
    for member in &crowd[40..] {
        let mut socket =
            following(&edge, &member.token, SEEN, json!({ "id": other, "after": api::event::query::cursor(0) })).await;
        socket.hear().await;
        elsewhere.push(socket);
    }
    let among = least(&world, &followed, &mut sockets).await;
    assert!(alone >= 5, "{alone}");
    assert_eq!((together, among), (alone, alone), "statements for an event");
}

/// The least number of statements that an act with its delivery to all of these takes, of some tries: the reader looks at
/// the log by itself now and then.
async fn least(world: &World, case: &str, sockets: &mut [Socket]) -> u64 {
    let mut least = u64::MAX;
    for _ in 0..4 {
        let before = world.database.statements.load(Ordering::SeqCst);
        add(world, case, "还在漏").await;
        let mut heard = Vec::new();
        for socket in sockets.iter_mut() {
            let item = socket.hear().await["payload"].clone();
            assert_eq!(item["data"]["complaintEvents"]["complaint"]["state"], "RECEIVED", "{item}");
            heard.push(item);
        }
        assert!(heard.iter().all(|item| *item == heard[0]), "the same bytes");
        least = least.min(world.database.statements.load(Ordering::SeqCst) - before);
    }
    least
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_depends_on_who_asks_is_each_ones_own() {
    let (world, edge) = served(Engine::Sqlite).await;
    let case = world.dripping_tap().await;
    let mut sockets = Vec::new();
    let people = ["owner", "agent", "second agent", "supervisor", "company leader", "wife"];
    for who in people {
        for _ in 0..2 {
            let after = MINE
                .replace("complaintId: $id", &format!("complaintId: $id, after: \"{}\"", api::event::query::cursor(0)));
            let mut socket = following(&edge, &world.token(who).await, &after, json!({ "id": case })).await;
            socket.hear().await;
            sockets.push((who, socket));
        }
    }
    world.on_case("agent", "reportProgress", &case, json!({ "text": "已安排" })).await;
    let mut kinds = std::collections::BTreeSet::new();
    for (who, socket) in &mut sockets {
        let heard = socket.hear().await["payload"]["data"]["complaintEvents"]["complaint"].clone();
        let document = "query($id: ID!) { complaint(id: $id) { allowedActions contactPhone } }";
        let asked =
            edge.post(&world.token(who).await, &json!({ "query": document, "variables": { "id": case } })).await;
        assert_eq!(heard, asked.json()["data"]["complaint"], "{who} gets what a query tells them");
        kinds.insert(heard.to_string());
    }
    assert!(kinds.len() > 2, "{kinds:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whose_team_has_lost_an_order_hears_of_it_and_is_told_nothing_of_its_case() {
    let (world, edge) = served(Engine::Sqlite).await;
    let case = world.dripping_tap().await;
    let order = world.issued(&case).await;
    world.to_technician(&order).await;
    let document = "subscription($t: ID!, $after: String) { teamBoardEvents(teamId: $t, after: $after) { kind
        complaint { number description } workOrder { state } } }";
    let head = api::event::query::head(&world.app.db, world.town.id("company")).await.unwrap();
    let variables = json!({ "t": world.id("Team", "plumbers"), "after": api::event::query::cursor(head) });
    let mut sockets = Vec::new();
    for who in ["head", "leader"] {
        sockets.push(following(&edge, &world.token(who).await, document, variables.clone()).await);
    }
    for text in ["还在漏", "更大了", "楼下也漏"] {
        add(&world, &case, text).await;
        let [head, leader] = [sockets[0].hear().await, sockets[1].hear().await];
        assert_eq!(head, leader, "who sees the case gets the same");
    }
    world.on_order("head", "assignTeam", &order, json!({ "teamId": world.id("Team", "electricians") })).await;
    let item = |heard: Value| heard["payload"]["data"]["teamBoardEvents"].clone();
    let [head, leader] = [item(sockets[0].hear().await), item(sockets[1].hear().await)];
    assert_eq!((&head["kind"], &leader["kind"]), (&json!("WORK_ORDER_LEFT_TEAM"), &json!("WORK_ORDER_LEFT_TEAM")));
    assert!(head["complaint"]["number"].is_string(), "{head}");
    assert_eq!((&leader["complaint"], &leader["workOrder"]), (&Value::Null, &Value::Null));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_is_told_in_their_language() {
    let (world, edge) = served(Engine::Sqlite).await;
    let case = world.dripping_tap().await;
    let document =
        "subscription($id: ID!, $after: String) { complaintEvents(complaintId: $id, after: $after) { text } }";
    let mut english = world.account("wife").await.into_active_model();
    english.language = Set(Language::En);
    english.update(&world.app.db).await.unwrap();
    let mut texts = Vec::new();
    for who in ["owner", "wife"] {
        let after = json!({ "id": case, "after": api::event::query::cursor(0) });
        let mut socket = following(&edge, &world.token(who).await, document, after).await;
        socket.hear().await;
        texts.push(socket);
    }
    add(&world, &case, "还在漏").await;
    let [one, other] = texts.as_mut_slice() else { panic!("two") };
    let (one, other) = (one.hear().await["payload"]["data"].clone(), other.hear().await["payload"]["data"].clone());
    assert!(one["complaintEvents"]["text"].is_string() && one != other, "{one} {other}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_role_ends_a_subscription_and_an_ended_session_its_socket_at_once() {
    let (world, edge) = served(Engine::Sqlite).await;
    let case = world.dripping_tap().await;
    let crowd = world.crowd(3, world.now()).await;
    let after = json!({ "id": case, "after": api::event::query::cursor(0) });
    let mut sockets = Vec::new();
    for member in &crowd {
        let mut socket = following(&edge, &member.token, SEEN, after.clone()).await;
        assert_eq!(socket.hear().await["type"], "next");
        sockets.push(socket);
    }
    let grant = role_grant::Entity::find().filter(role_grant::Column::AccountId.eq(crowd[0].account));
    let mut grant = grant.one(&world.app.db).await.unwrap().unwrap().into_active_model();
    grant.to_date = Set(chrono::NaiveDate::from_ymd_opt(2026, 3, 1));
    grant.update(&world.app.db).await.unwrap();
    let end = sockets[0].hear().await;
    assert_eq!(end["payload"]["errors"][0]["extensions"]["code"], "REFUSED", "{end}");
    assert_eq!(sockets[0].hear().await, json!({ "type": "complete", "id": "1" }));
    let ended = entity::session::Entity::find().filter(entity::session::Column::AccountId.eq(crowd[1].account));
    let mut ended = ended.one(&world.app.db).await.unwrap().unwrap().into_active_model();
    ended.ended_at = Set(Some(world.now()));
    ended.update(&world.app.db).await.unwrap();
    assert_eq!(sockets[1].closed().await, (4403, "The token holds no longer".to_owned()));
    add(&world, &case, "还在漏").await;
    assert_eq!(sockets[2].hear().await["type"], "next", "the others go on");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_subscription_by_itself_ends_with_the_last_role_that_may_follow_it() {
    let (world, edge) = served(Engine::Sqlite).await;
    let organization = world.app.hub().of(&world.app, world.town.id("company")).await.unwrap();
    // A directive at the root: it is not shared.
    let document = "subscription($x: Boolean!) { alarmEvents @include(if: $x) { kind } }";
    let mut socket = following(&edge, &world.token("agent").await, document, json!({ "x": true })).await;
    let joined = async {
        while organization.followed() == 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), joined).await.expect("it follows the alarms");
    let grants = role_grant::Entity::find().filter(role_grant::Column::AccountId.eq(world.town.id("agent")));
    for grant in grants.all(&world.app.db).await.unwrap() {
        let mut grant = grant.into_active_model();
        grant.to_date = Set(chrono::NaiveDate::from_ymd_opt(2026, 3, 1));
        grant.update(&world.app.db).await.unwrap();
    }
    let end = socket.hear().await;
    assert!(end.to_string().contains("\"FORBIDDEN\""), "{end}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_its_last_client_a_topic_ends() {
    let (world, edge) = served(Engine::Sqlite).await;
    let case = world.dripping_tap().await;
    let organization = world.app.hub().of(&world.app, world.town.id("company")).await.unwrap();
    let mut sockets = Vec::new();
    for who in ["owner", "agent"] {
        let after = json!({ "id": case, "after": api::event::query::cursor(0) });
        let mut socket = following(&edge, &world.token(who).await, SEEN, after).await;
        socket.hear().await;
        sockets.push(socket);
    }
    assert_eq!(organization.followed(), 1);
    sockets[1].say(&json!({ "type": "complete", "id": "1" })).await;
    sockets.remove(0);
    let nobody = async {
        while organization.followed() > 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), nobody).await.expect("nobody follows it any more");
}
