//! Booked visits: windows, room for no more than there is, clocks that follow, reminders and chases, and who was not there.

use std::sync::Arc;

use api::app::clock::Clock;
use api::booking::sweep;
use chrono::{DateTime, Days, NaiveTime, TimeDelta, Utc};
use domain::booking::{SLICE, State};
use entity::booking;
use futures_util::future::join_all;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};
use tests::World;
use tests::ask::{mutation, needed, refusal, told, variables};
use tests::database::Engine;
use tests::drawing::signature;
use tests::edge::Edge;
use tests::replicas::{Client, Met, start, tokens};
use tests::world::{app_over, with};

fn moment(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// The plumbers come from Monday to Friday, 09:00 to 11:00, 13:00 to 15:00 and 15:00 to 17:00 in Shanghai.
async fn offer(world: &World, capacity: i32, more: Value) -> Value {
    let input = json!({ "teamId": world.id("Team", "plumbers"), "expectedVersion": 0, "week": week(), "windowMinutes": 120,
        "capacity": capacity, "leadMinutes": 240, "daysAhead": 14, "onHolidays": false, "categoryIds": [] });
    world.act("head", "setBookingOffer", with(more, input)).await["bookingOffer"].clone()
}

fn week() -> Value {
    let day = json!([{ "from": "09:00", "to": "12:00" }, { "from": "13:00", "to": "17:00" }]);
    json!({ "monday": day, "tuesday": day, "wednesday": day, "thursday": day, "friday": day, "saturday": [], "sunday": [] })
}

/// The windows of a case as somebody sees them: when each begins, as `03 09` in Shanghai, and its room.
async fn windows(world: &World, who: &str, case: &str, days: i32) -> Vec<(String, i64)> {
    let document = "query($c: ID!, $d: Int!) { bookingWindows(complaintId: $c, days: $d) { from to room } }";
    let data = world.ask(who, document, json!({ "c": case, "d": days })).await;
    let shown = |window: &Value| {
        let from = moment(window["from"].as_str().unwrap()).with_timezone(&chrono_tz::Asia::Shanghai);
        (from.format("%d %H").to_string(), window["room"].as_i64().unwrap())
    };
    data["bookingWindows"].as_array().unwrap_or(&Vec::new()).iter().map(shown).collect()
}

/// A window of two hours that begins on a day of March 2026, at an hour in Shanghai.
fn window(day: u32, hour: u32) -> Value {
    let from =
        moment("2026-03-01T00:00:00Z") + TimeDelta::days(i64::from(day) - 1) + TimeDelta::hours(i64::from(hour) - 8);
    json!({ "from": from, "to": from + TimeDelta::hours(2) })
}

async fn clocks(world: &World, case: &str) -> Vec<Value> {
    let document =
        "query($id: ID!) { complaint(id: $id) { clocks { kind state source targetAt dueAt pausedSeconds } } }";
    world.ask("office head", document, json!({ "id": case })).await["complaint"]["clocks"].as_array().unwrap().clone()
}

async fn clock(world: &World, case: &str, kind: &str) -> Value {
    clocks(world, case).await.into_iter().rfind(|clock| clock["kind"] == kind).unwrap_or(Value::Null)
}

fn at(value: &Value) -> DateTime<Utc> {
    moment(value.as_str().unwrap())
}

/// What somebody may do about the visits of a case, and to the newest of them.
async fn offered(world: &World, who: &str, case: &str) -> (Vec<String>, Vec<String>) {
    let document = "query($id: ID!) { complaint(id: $id) { bookingActions bookings { allowedActions } } }";
    let seen = world.ask(who, document, json!({ "id": case })).await["complaint"].clone();
    let names = |list: &Value| -> Vec<String> {
        list.as_array().unwrap_or(&Vec::new()).iter().map(|name| name.as_str().unwrap().to_owned()).collect()
    };
    let visits = seen["bookings"].as_array().cloned().unwrap_or_default();
    let newest = visits.last().map(|visit| names(&visit["allowedActions"])).unwrap_or_default();
    if let Some((_, before)) = visits.split_last() {
        assert!(before.iter().all(|visit| visit["allowedActions"] == json!([])), "nothing to what is over: {visits:?}");
    }
    (names(&seen["bookingActions"]), newest)
}

/// What is not offered to somebody is refused to them, and the window that they ask for is all that is wrong with a visit that
/// they are offered to agree. Nothing happens by it.
async fn agrees(world: &World, case: &str) {
    let before = said(world, case).await;
    for who in ["owner", "wife", "neighbour", "agent", "head", "technician", "second technician", "leader"] {
        let (offered, _) = offered(world, who, case).await;
        let is_offered = |name: &str| offered.iter().any(|offered| offered == name);
        // Nobody offers a window at night.
        let asked = world.try_on_case(who, "bookVisit", case, window(20, 3)).await;
        let may = is_offered("BOOK") || is_offered("RESCHEDULE");
        assert_eq!(told(&asked) == ("INVALID", "from"), may, "{who} {offered:?} {asked}");
        for (name, field, more) in [
            ("CANCEL", "cancelVisit", json!({ "reason": "不需要了" })),
            ("RECORD_TECHNICIAN_ABSENT", "recordNoShow", json!({ "absent": "TECHNICIAN", "evidence": "无人上门" })),
            ("RECORD_CUSTOMER_ABSENT", "recordNoShow", json!({ "absent": "CUSTOMER", "evidence": "无人开门" })),
        ] {
            if !is_offered(name) {
                let refused = world.try_on_case(who, field, case, more).await;
                assert_ne!(refused["errors"], json!([]), "{who} {name}");
            }
        }
    }
    assert_eq!(said(world, case).await, before, "all of it was refused");
}

/// What was told of visits to a case, in order.
async fn said(world: &World, case: &str) -> Vec<String> {
    let told = world.case("office head", case).await["timeline"].as_array().unwrap().clone();
    let kinds = told.iter().map(|event| event["kind"].as_str().unwrap().to_owned());
    kinds.filter(|kind| kind.contains("VISIT") || kind == "CUSTOMER_ABSENT").collect()
}

/// The reminders of visits that somebody was sent.
async fn reminders(world: &World, who: &str) -> Vec<String> {
    let heard = world.ask(who, "{ notices(page: { first: 100 }) { kind text } }", json!({})).await["notices"].clone();
    let heard = heard.as_array().unwrap().iter().filter(|notice| notice["kind"] == "VISIT_REMINDED");
    heard.map(|notice| notice["text"].as_str().unwrap().to_owned()).collect()
}

/// Plays the visits until a moment, each at its time.
async fn play_until(world: &World, end: DateTime<Utc>) {
    while let Some(next) = sweep::next(&world.app).await.unwrap().filter(|next| *next <= end) {
        world.app.clock.set(next);
        sweep::tell_due(&world.app).await.unwrap();
    }
    world.app.clock.set(end);
}

/// A photo of a case that its owner has sent; its id.
async fn sent(world: &World, edge: &Edge, case: &str) -> String {
    let bytes = data_encoding::BASE64.decode(signature().as_bytes()).unwrap();
    let input = json!({ "complaintId": case, "name": "门口.png", "size": bytes.len() });
    let payload = world.act("owner", "createUpload", input).await;
    let request = edge.client.patch(format!("http://{}{}", edge.address, payload["uploadPath"].as_str().unwrap()));
    let request = request.header("tus-resumable", "1.0.0").header("upload-offset", 0);
    let answer = request.header("content-type", "application/offset+octet-stream").body(bytes).send().await.unwrap();
    assert_eq!(answer.status(), 204);
    payload["attachment"]["id"].as_str().unwrap().to_owned()
}

on_both! {
    async fn e4_2_1_a_customer_books_a_window_and_the_clocks_follow_it(world) {
        offer(&world, 2, json!({})).await;
        let case = world.dripping_tap().await;
        let free = windows(&world, "owner", &case, 2).await;
        let named = |list: &[(&str, i64)]| list.iter().map(|(from, room)| ((*from).to_owned(), *room)).collect::<Vec<_>>();
        assert_eq!(free, named(&[("02 13", 2), ("02 15", 2), ("03 09", 2), ("03 13", 2), ("03 15", 2)]), "four hours ahead");
        assert_eq!(windows(&world, "agent", &case, 1).await.len(), 3, "customer service may book what is sooner");
        assert_eq!(windows(&world, "neighbour", &case, 2).await, [], "not theirs");
        let refused = world.try_on_case("owner", "bookVisit", &case, window(3, 10)).await;
        assert_eq!(told(&refused), ("INVALID", "from"));
        assert_eq!(needed(&refused)[0], "2026-03-02 05:00:00 UTC..2026-03-02 07:00:00 UTC");
        let booked = world.on_case("wife", "bookVisit", &case, window(3, 9)).await;
        let visit = &booked["complaint"]["bookings"][0];
        assert_eq!((&visit["state"], &visit["team"]["name"]), (&json!("BOOKED"), &json!("plumbers")));
        for kind in ["ARRIVAL", "RESOLUTION"] {
            let clock = clock(&world, &case, kind).await;
            assert_eq!((&clock["source"], at(&clock["dueAt"])), (&json!("NAMED"), moment("2026-03-03T03:00:00Z")), "{kind}");
        }
        assert_eq!(at(&clock(&world, &case, "ARRIVAL").await["targetAt"]), moment("2026-03-03T01:00:00Z"));
        let timeline = world.case("owner", &case).await["timeline"].to_string();
        assert!(timeline.contains("2026-03-03 09:00–11:00"), "in the site's own time: {timeline}");
        assert_eq!(windows(&world, "neighbour", &case, 2).await, []);
        let order = world.issued(&case).await;
        world.to_technician(&order).await;
        world.app.clock.set(moment("2026-03-03T01:10:00Z"));
        world.on_order("technician", "departForWorkOrder", &order, json!({})).await;
        world.on_order("technician", "recordArrival", &order, json!({})).await;
        assert_eq!(clock(&world, &case, "ARRIVAL").await["state"], "MET");
        let document = "query($s: ID!, $t: ID!) { bookings(siteId: $s, teamId: $t, from: \"2026-03-02T00:00:00Z\", to: \"2026-03-04T00:00:00Z\") { state complaint { id } } }";
        let ids = json!({ "s": world.id("Site", "site"), "t": world.id("Team", "plumbers") });
        let board = world.ask("leader", document, ids.clone()).await;
        assert_eq!(board["bookings"], json!([{ "state": "KEPT", "complaint": { "id": case } }]));
        assert_eq!(world.ask("stranger agent", document, ids).await["bookings"], json!([]));
    }

    async fn e4_2_1_fifty_at_once_never_take_more_than_there_is_room_for(world) {
        offer(&world, 3, json!({})).await;
        let mut cases = Vec::new();
        for _ in 0..50 {
            cases.push(world.dripping_tap().await);
        }
        let tries = join_all(cases.iter().map(|case| Box::pin(world.try_on_case("owner", "bookVisit", case, window(3, 13))))).await;
        let booked = tries.iter().filter(|payload| payload["errors"] == json!([])).count();
        assert_eq!(booked, 3);
        for full in tries.iter().filter(|payload| payload["errors"] != json!([])) {
            assert_eq!(told(full), ("TAKEN", "from"));
            assert!(!needed(full).is_empty(), "the next that are free are named: {full}");
        }
        let held = cases[tries.iter().position(|payload| payload["errors"] == json!([])).unwrap()].clone();
        assert_eq!(windows(&world, "owner", &held, 2).await.iter().find(|(from, _)| from == "03 13").unwrap().1, 1, "one's own place counts as free");
        world.on_case("owner", "cancelVisit", &held, json!({ "reason": "临时有事" })).await;
        let waiting = &cases[tries.iter().position(|payload| payload["errors"] != json!([])).unwrap()];
        world.on_case("owner", "bookVisit", waiting, window(3, 13)).await;
    }

    async fn e4_2_1_a_visit_is_changed_in_time_and_gives_its_place_back(world) {
        offer(&world, 1, json!({})).await;
        let (one, two) = (world.dripping_tap().await, world.dripping_tap().await);
        world.on_case("owner", "bookVisit", &one, window(3, 9)).await;
        assert_eq!(refusal(&world.try_on_case("owner", "bookVisit", &two, window(3, 9)).await), "TAKEN");
        world.pass(TimeDelta::minutes(1));
        let changed = world.on_case("owner", "bookVisit", &one, window(3, 13)).await;
        let states: Vec<_> = changed["complaint"]["bookings"].as_array().unwrap().iter().map(|visit| visit["state"].clone()).collect();
        assert_eq!(states, [json!("RESCHEDULED"), json!("BOOKED")]);
        assert_eq!(at(&clock(&world, &one, "RESOLUTION").await["dueAt"]), moment("2026-03-03T07:00:00Z"));
        world.on_case("owner", "bookVisit", &two, window(3, 9)).await;
        world.app.clock.set(moment("2026-03-03T03:01:00Z"));
        let late = world.try_on_case("owner", "bookVisit", &one, window(4, 9)).await;
        assert_eq!((refusal(&late), needed(&late)), ("MISSING", vec!["TIME_TO_CHANGE"]), "13:00 is less than two hours away");
        assert_eq!(refusal(&world.try_on_case("wife", "cancelVisit", &one, json!({ "reason": "不在家" })).await), "MISSING");
        world.on_case("agent", "bookVisit", &one, window(4, 9)).await;
        assert_eq!(said(&world, &one).await, ["VISIT_BOOKED", "VISIT_RESCHEDULED", "VISIT_RESCHEDULED"]);
        assert_eq!(refusal(&world.try_on_case("technician", "bookVisit", &one, window(4, 13)).await), "NOT_FOUND");
    }

    async fn e4_2_1_without_the_visit_the_promise_holds_again_but_not_for_the_time_it_was_agreed(world) {
        offer(&world, 1, json!({})).await;
        let case = world.dripping_tap().await;
        let promised = at(&clock(&world, &case, "RESOLUTION").await["dueAt"]);
        world.on_case("owner", "bookVisit", &case, window(5, 9)).await;
        world.pass(TimeDelta::hours(4));
        world.on_case("owner", "bookVisit", &case, window(6, 9)).await;
        world.app.clock.set(moment("2026-03-03T01:00:00Z"));
        world.on_case("owner", "cancelVisit", &case, json!({ "reason": "出差" })).await;
        let resolution = clock(&world, &case, "RESOLUTION").await;
        assert_eq!(at(&resolution["dueAt"]), promised + TimeDelta::days(1), "a working day was agreed away");
        assert_eq!(resolution["source"], "OURS");
        assert_eq!(clock(&world, &case, "ARRIVAL").await["state"], "RUNNING", "somebody is to come as was promised");
        let again = world.try_on_case("owner", "cancelVisit", &case, json!({ "reason": "出差" })).await;
        assert_eq!((refusal(&again), needed(&again)), ("MISSING", vec!["BOOKED_VISIT"]));
    }

    async fn b6_an_emergency_is_not_booked_and_no_visit_moves_its_arrival(world) {
        offer(&world, 1, json!({})).await;
        let case = world.dripping_tap().await;
        world.on_case("owner", "bookVisit", &case, window(3, 9)).await;
        let burst = json!({ "unitId": world.id("Unit", "home"), "report": world.report("BURST_PIPE", "REPAIR", "水管爆裂") });
        let emergency = world.act("owner", "fileComplaint", burst).await["complaint"]["id"].as_str().unwrap().to_owned();
        let received = world.app.clock.now();
        let refused = world.try_on_case("owner", "bookVisit", &emergency, window(3, 13)).await;
        assert_eq!((refusal(&refused), needed(&refused)), ("MISSING", vec!["NO_EMERGENCY"]));
        let arrival = clock(&world, &emergency, "ARRIVAL").await;
        assert_eq!((&arrival["state"], &arrival["source"]), (&json!("RUNNING"), &json!("REGULATION")));
        assert_eq!(at(&arrival["dueAt"]), received + TimeDelta::minutes(3));
    }

    async fn b6_a_booked_case_that_turns_out_to_be_an_emergency_is_attended_to_at_once(world) {
        offer(&world, 1, json!({})).await;
        let (case, other) = (world.dripping_tap().await, world.dripping_tap().await);
        let received = world.app.clock.now();
        let resolution = at(&clock(&world, &case, "RESOLUTION").await["dueAt"]);
        world.on_case("owner", "bookVisit", &case, window(4, 9)).await;
        assert_eq!(refusal(&world.try_on_case("owner", "bookVisit", &other, window(4, 9)).await), "TAKEN");
        world.pass(TimeDelta::hours(1));
        let burst = json!({ "categoryId": world.id("Category", "BURST_PIPE"), "reason": "现场判断为水管爆裂" });
        world.on_case("agent", "reclassifyComplaint", &case, burst).await;
        let document = "query($id: ID!) { complaint(id: $id) { bookings { state note endedAt } bookingActions } }";
        let seen = world.ask("owner", document, json!({ "id": case })).await["complaint"].clone();
        let note = "此事已列为紧急事项，值班人员即时处理，无需预约";
        let visit = &seen["bookings"][0];
        assert_eq!((&visit["state"], &visit["note"], at(&visit["endedAt"])), (&json!("CANCELLED"), &json!(note), world.app.clock.now()));
        assert_eq!(seen["bookingActions"], json!([]));
        assert_eq!(said(&world, &case).await, ["VISIT_BOOKED", "VISIT_CANCELLED"]);
        let heard = world.ask("owner", "{ notices { kind text } }", json!({})).await["notices"].clone();
        let words = "The visit of 2026-03-04 09:00–11:00 was cancelled. Reason: it is an emergency after all and is attended to at once, without an appointment";
        assert!(heard.as_array().unwrap().contains(&json!({ "kind": "VISIT_CANCELLED", "text": words })), "the customer is told: {heard}");
        assert!(!heard.to_string().contains("现场判断"), "what staff say among themselves stays with staff");
        // B6: the clock runs from the receipt, so it is late from the beginning; heads hear of it at once.
        let arrival = clock(&world, &case, "ARRIVAL").await;
        assert_eq!((&arrival["state"], &arrival["source"]), (&json!("RUNNING"), &json!("REGULATION")));
        assert_eq!(at(&arrival["dueAt"]), received + TimeDelta::minutes(3));
        assert_eq!(clocks(&world, &case).await.iter().filter(|clock| clock["kind"] == "ARRIVAL").count(), 1);
        let promised = clock(&world, &case, "RESOLUTION").await;
        assert_eq!(promised["source"], "OURS", "no window holds it up any more");
        assert!(at(&promised["dueAt"]) >= resolution, "{promised}");
        let alarms = "query($id: ID!) { alarms(filter: { complaintId: $id }) { nodes { reason } } }";
        let rung = world.ask("company leader", alarms, json!({ "id": case })).await;
        assert_eq!(rung["alarms"]["nodes"], json!([{ "reason": "EMERGENCY" }]), "whoever is on duty is called");
        world.on_case("owner", "bookVisit", &other, window(4, 9)).await;
        play_until(&world, moment("2026-03-05T00:00:00Z")).await;
        assert_eq!(said(&world, &case).await.len(), 2, "nobody is reminded of what does not take place");
    }

    async fn b6_an_unbooked_case_that_turns_out_to_be_an_emergency_has_three_minutes_and_who_is_there_has_come(world) {
        let (case, attended) = (world.dripping_tap().await, world.dripping_tap().await);
        let received = world.app.clock.now();
        assert_eq!(at(&clock(&world, &case, "ARRIVAL").await["dueAt"]), received + TimeDelta::minutes(15));
        let order = world.issued(&attended).await;
        world.to_technician(&order).await;
        world.on_order("technician", "departForWorkOrder", &order, json!({})).await;
        world.on_order("technician", "recordArrival", &order, json!({})).await;
        world.pass(TimeDelta::minutes(1));
        let burst = json!({ "categoryId": world.id("Category", "BURST_PIPE"), "reason": "水管爆裂" });
        for id in [&case, &attended] {
            world.on_case("agent", "reclassifyComplaint", id, burst.clone()).await;
        }
        let arrival = clock(&world, &case, "ARRIVAL").await;
        assert_eq!((&arrival["state"], at(&arrival["dueAt"])), (&json!("RUNNING"), received + TimeDelta::minutes(3)));
        let arrived = clocks(&world, &attended).await.into_iter().filter(|clock| clock["kind"] == "ARRIVAL").collect::<Vec<_>>();
        assert_eq!(arrived.len(), 1, "{arrived:?}");
        assert_eq!(arrived[0]["state"], "MET", "whoever is there has come");
        // Back to what it was: what the customer was promised meanwhile holds.
        let again = json!({ "categoryId": world.id("Category", "WATER"), "reason": "误判" });
        world.on_case("agent", "reclassifyComplaint", &case, again).await;
        assert_eq!(at(&clock(&world, &case, "ARRIVAL").await["dueAt"]), received + TimeDelta::minutes(3));
    }

    async fn e4_2_1_what_is_offered_of_a_visit_is_what_succeeds(world) {
        offer(&world, 1, json!({})).await;
        let case = world.dripping_tap().await;
        assert_eq!(offered(&world, "owner", &case).await, (vec!["BOOK".to_owned()], vec![]));
        assert_eq!(offered(&world, "technician", &case).await, (vec![], vec![]));
        agrees(&world, &case).await;
        world.on_case("owner", "bookVisit", &case, window(3, 9)).await;
        assert_eq!(offered(&world, "wife", &case).await.1, ["RESCHEDULE", "CANCEL"]);
        agrees(&world, &case).await;
        world.app.clock.set(moment("2026-03-02T23:00:01Z"));
        assert_eq!(offered(&world, "owner", &case).await.1, Vec::<String>::new(), "less than two hours before");
        assert_eq!(offered(&world, "agent", &case).await.1, ["RESCHEDULE", "CANCEL"]);
        agrees(&world, &case).await;
        world.app.clock.set(moment("2026-03-03T03:00:00Z"));
        assert_eq!(offered(&world, "owner", &case).await.1, ["RECORD_TECHNICIAN_ABSENT"], "nobody came");
        agrees(&world, &case).await;
        world.on_case("owner", "recordNoShow", &case, json!({ "absent": "TECHNICIAN", "evidence": "无人上门" })).await;
        assert_eq!(offered(&world, "owner", &case).await, (vec!["BOOK".to_owned()], vec![]));
        world.on_case("owner", "bookVisit", &case, window(4, 9)).await;
        world.on_case("owner", "cancelVisit", &case, json!({ "reason": "换个时间" })).await;
        world.on_case("agent", "bookVisit", &case, window(3, 15)).await;
        let order = world.issued(&case).await;
        world.to_technician(&order).await;
        assert_eq!(offered(&world, "technician", &case).await.1, Vec::<String>::new());
        world.on_order("technician", "departForWorkOrder", &order, json!({})).await;
        world.on_order("technician", "recordArrival", &order, json!({})).await;
        assert_eq!(offered(&world, "technician", &case).await.1, ["RECORD_CUSTOMER_ABSENT"]);
        agrees(&world, &case).await;
        world.on_case("technician", "recordNoShow", &case, json!({ "absent": "CUSTOMER", "evidence": "敲门三次" })).await;
        agrees(&world, &case).await;
        world.on_case("owner", "withdrawComplaint", &case, json!({ "reason": "不修了" })).await;
        assert_eq!(offered(&world, "owner", &case).await, (vec![], vec![]));
        agrees(&world, &case).await;
    }

    async fn e4_2_1_the_room_that_a_visit_takes_is_that_of_the_team_that_comes(world) {
        offer(&world, 1, json!({})).await;
        let electricians = json!({ "teamId": world.id("Team", "electricians"), "expectedVersion": 0, "week": week(), "windowMinutes": 120,
            "capacity": 1, "leadMinutes": 0, "daysAhead": 14, "onHolidays": false, "categoryIds": [world.id("Category", "GAS")] });
        let set = world.act("head", "setBookingOffer", electricians.clone()).await;
        let (one, two) = (world.dripping_tap().await, world.dripping_tap().await);
        world.on_case("owner", "bookVisit", &one, window(3, 9)).await;
        let team_of = async |case: &str| {
            let document = "query($id: ID!) { complaint(id: $id) { bookings { state team { name } } } }";
            let visits = world.ask("agent", document, json!({ "id": case })).await["complaint"]["bookings"].clone();
            visits.as_array().unwrap().iter().rfind(|visit| visit["state"] == "BOOKED").unwrap()["team"]["name"].clone()
        };
        assert_eq!(team_of(&one).await, "plumbers");
        let order = world.issued(&one).await;
        world.on_order("head", "acknowledgeWorkOrder", &order, json!({})).await;
        let to_electricians = json!({ "teamId": world.id("Team", "electricians") });
        world.on_order("head", "assignTeam", &order, to_electricians.clone()).await;
        assert_eq!(team_of(&one).await, "electricians", "the visit goes with the order");
        world.on_case("owner", "bookVisit", &two, window(3, 9)).await;
        assert_eq!(team_of(&two).await, "plumbers", "whose room is free again");
        let second = world.issued(&two).await;
        world.on_order("head", "acknowledgeWorkOrder", &second, json!({})).await;
        let full = world.try_on_order("head", "assignTeam", &second, to_electricians.clone()).await;
        assert_eq!((told(&full), needed(&full)), (("TAKEN", "teamId"), vec!["2026-03-03 01:00:00 UTC..2026-03-03 03:00:00 UTC"]));
        // A window is offered by the team that has the order, whatever others could do.
        let wider = with(json!({ "expectedVersion": set["bookingOffer"]["version"], "capacity": 2 }), electricians);
        world.act("head", "setBookingOffer", wider).await;
        world.on_order("head", "assignTeam", &second, to_electricians).await;
        assert_eq!(team_of(&two).await, "electricians");
        assert_eq!(windows(&world, "agent", &two, 2).await, [], "they do nothing about water of themselves");
    }

    async fn e4_2_1_one_technician_may_make_two_visits_of_one_window(world) {
        offer(&world, 2, json!({})).await;
        for _ in 0..2 {
            let case = world.dripping_tap().await;
            world.on_case("owner", "bookVisit", &case, window(3, 9)).await;
            world.to_technician(&world.issued(&case).await).await;
        }
        let mine = "{ workOrders { nodes { handler { name } state } } }";
        let held = world.ask("technician", mine, json!({})).await["workOrders"]["nodes"].clone();
        let one = json!({ "handler": { "name": "technician" }, "state": "TECHNICIAN_ASSIGNED" });
        assert_eq!(held, json!([one, one]), "room is counted for the team");
    }

    async fn e4_2_1_only_teams_that_can_do_it_are_offered_and_holidays_are_kept(world) {
        let offered = offer(&world, 2, json!({ "categoryIds": [world.id("Category", "GAS")] })).await;
        let case = world.dripping_tap().await;
        assert_eq!(windows(&world, "owner", &case, 7).await, []);
        let input = |more: Value| with(more, json!({ "expectedVersion": offered["version"] }));
        offer(&world, 2, input(json!({ "categoryIds": [world.id("Category", "WATER")] }))).await;
        assert_eq!(windows(&world, "owner", &case, 7).await.len(), 2 + 4 * 3, "no weekend");
        world.app.clock.set(moment("2026-09-30T01:00:00Z"));
        let late = world.dripping_tap().await;
        assert_eq!(windows(&world, "owner", &late, 8).await.len(), 2, "1 to 7 October are National Day");
        assert_eq!(told(&try_offer(&world, json!({ "windowMinutes": 45 })).await), ("INVALID", "windowMinutes"));
        assert_eq!(told(&try_offer(&world, json!({ "categoryIds": [world.id("Category", "WATER").replace(|c: char| c.is_ascii_digit(), "0")] })).await).0, "NOT_FOUND");
        let theirs = world.try_to("security head", "setBookingOffer", try_input(&world, json!({}))).await;
        assert_eq!(told(&theirs), ("NOT_FOUND", "teamId"), "not their roster");
    }

    async fn e4_2_1b_visits_are_reminded_of_and_unfinished_work_is_chased_by_itself(world) {
        offer(&world, 1, json!({})).await;
        let case = world.dripping_tap().await;
        world.on_case("owner", "bookVisit", &case, window(4, 9)).await;
        play_until(&world, moment("2026-03-03T01:00:00Z")).await;
        assert_eq!(said(&world, &case).await, ["VISIT_BOOKED", "VISIT_REMINDED"], "a day before");
        assert_eq!(reminders(&world, "owner").await.len(), 1, "they hear of it");
        assert!(reminders(&world, "technician").await.is_empty(), "it is nobody's yet");
        play_until(&world, moment("2026-03-04T00:00:00Z")).await;
        assert_eq!(said(&world, &case).await[2..], ["VISIT_REMINDED", "CHASED_BEFORE_VISIT"], "an hour before, and nobody has it");
        let order = world.issued(&case).await;
        world.to_technician(&order).await;
        let version = world.case("agent", &case).await["version"].clone();
        play_until(&world, moment("2026-03-04T04:30:00Z")).await;
        assert_eq!(world.case("agent", &case).await["version"], version, "nobody's act goes stale for it");
        assert_eq!(said(&world, &case).await[4..], ["CHASED_AFTER_VISIT", "CHASED_AFTER_VISIT"], "at 11:00 and at 12:00");
        let heard = world.ask("technician", "{ notices { kind text } }", json!({})).await["notices"].clone();
        assert_eq!(heard[0]["kind"], "CHASED_AFTER_VISIT", "{heard}");
        assert!(heard[0]["text"].as_str().unwrap().contains("2026-03-04 09:00–11:00"), "{heard}");
        let chases = world.ask("agent", "query($id: ID!) { complaint(id: $id) { chases } }", json!({ "id": case })).await;
        assert_eq!(chases["complaint"]["chases"], 3, "each is counted");
        let theirs = world.case("owner", &case).await["timeline"].to_string();
        assert!(theirs.contains("VISIT_REMINDED") && !theirs.contains("CHASED"), "{theirs}");
        world.on_order("technician", "departForWorkOrder", &order, json!({})).await;
        world.on_order("technician", "recordArrival", &order, json!({})).await;
        world.on_order("technician", "completeWorkOrder", &order, json!({ "workDone": "更换阀芯", "cause": "磨损" })).await;
        play_until(&world, moment("2026-03-05T00:00:00Z")).await;
        assert_eq!(said(&world, &case).await.len(), 6, "done work is not chased");
        assert_eq!(sweep::next(&world.app).await.unwrap(), None, "and nothing is looked at any more");
    }

    async fn e4_2_1b_whoever_waits_and_whoever_comes_are_both_reminded(world) {
        offer(&world, 1, json!({})).await;
        let case = world.dripping_tap().await;
        world.on_case("owner", "bookVisit", &case, window(4, 9)).await;
        world.to_technician(&world.issued(&case).await).await;
        for (until, times) in [("2026-03-03T01:00:00Z", 1), ("2026-03-04T00:00:00Z", 2)] {
            play_until(&world, moment(until)).await;
            for who in ["owner", "technician"] {
                let heard = reminders(&world, who).await;
                assert_eq!(heard.len(), times, "{who} at {until}: {heard:?}");
                assert!(heard.iter().all(|text| text.contains("2026-03-04 09:00–11:00")), "{heard:?}");
            }
        }
        assert_eq!(said(&world, &case).await, ["VISIT_BOOKED", "VISIT_REMINDED", "VISIT_REMINDED"], "nobody is chased");
        assert!(reminders(&world, "second technician").await.is_empty());
    }

    async fn e4_2_1b_a_time_that_was_only_wished_is_chased_too(world) {
        let mut input = world.tap_input();
        input["report"]["wishedAt"] = json!("2026-03-02T06:00:00Z");
        let case = world.act("owner", "fileComplaint", input).await["complaint"]["id"].as_str().unwrap().to_owned();
        play_until(&world, moment("2026-03-02T20:00:00Z")).await;
        let told = said(&world, &case).await;
        assert_eq!(told[..2], ["CHASED_BEFORE_VISIT", "CHASED_AFTER_VISIT"]);
        assert_eq!(told.len(), 6, "five times after it, by then its clocks have called the heads: {told:?}");
    }

    async fn e4_2_1_who_was_not_there_is_on_record_with_what_shows_it(world) {
        offer(&world, 2, json!({})).await;
        let (one, two) = (world.dripping_tap().await, world.dripping_tap().await);
        let order = world.issued(&two).await;
        world.to_technician(&order).await;
        for case in [&one, &two] {
            world.on_case("owner", "bookVisit", case, window(3, 9)).await;
        }
        let missed = json!({ "absent": "TECHNICIAN", "evidence": "等到十一点无人上门,客服电话也未通知" });
        world.app.clock.set(moment("2026-03-03T02:00:00Z"));
        assert_eq!(told(&world.try_on_case("owner", "recordNoShow", &one, missed.clone()).await), ("INVALID", "absent"), "the window goes on");
        let away = json!({ "absent": "CUSTOMER", "evidence": "敲门三次,电话两次未接" });
        let early = world.try_on_case("technician", "recordNoShow", &two, away.clone()).await;
        assert_eq!((refusal(&early), needed(&early)), ("MISSING", vec!["ARRIVAL_RECORDED"]));
        world.on_order("technician", "departForWorkOrder", &order, json!({})).await;
        world.on_order("technician", "recordArrival", &order, json!({})).await;
        assert_eq!(refusal(&world.try_on_case("agent", "recordNoShow", &two, away.clone()).await), "NOT_YOURS");
        let due = at(&clock(&world, &two, "RESOLUTION").await["dueAt"]);
        let gone = world.on_case("technician", "recordNoShow", &two, away).await;
        assert_eq!((&gone["complaint"]["bookings"][0]["state"], &gone["complaint"]["bookings"][0]["absent"]), (&json!("NO_SHOW"), &json!("CUSTOMER")));
        assert!(at(&clock(&world, &two, "RESOLUTION").await["dueAt"]) > due, "what the customer cost is not ours");
        world.app.clock.set(moment("2026-03-03T03:00:00Z"));
        let late = world.on_case("owner", "recordNoShow", &one, missed).await;
        assert_eq!(late["complaint"]["bookings"][0]["absent"], "TECHNICIAN");
        let heard = world.ask("head", "{ notices { kind } }", json!({})).await["notices"].clone();
        assert_eq!(heard[0]["kind"], "VISIT_MISSED", "the head hears of it: {heard}");
    }

    async fn e4_2_1_photos_show_who_was_not_there(world) {
        offer(&world, 2, json!({})).await;
        let (case, other) = (world.dripping_tap().await, world.dripping_tap().await);
        world.on_case("owner", "bookVisit", &case, window(3, 9)).await;
        world.app.clock.set(moment("2026-03-03T03:00:00Z"));
        let edge = Edge::of(&world, api::edge::Config::default()).await;
        let (door, elsewhere) = (sent(&world, &edge, &case).await, sent(&world, &edge, &other).await);
        let missed = |files: Vec<&String>| json!({ "absent": "TECHNICIAN", "evidence": "等到十一点无人上门", "attachmentIds": files });
        let wrong = world.try_on_case("owner", "recordNoShow", &case, missed(vec![&door, &elsewhere])).await;
        assert_eq!(wrong["errors"][0]["field"], json!(["attachmentIds", "1"]), "of another case: {wrong}");
        let told = world.on_case("owner", "recordNoShow", &case, missed(vec![&door])).await;
        assert_eq!(told["complaint"]["bookings"][0]["attachments"], json!([{ "id": door }]));
    }

    async fn the_end_of_a_case_ends_its_visit_and_two_servers_tell_it_once(world) {
        offer(&world, 1, json!({})).await;
        let (one, two) = (world.dripping_tap().await, world.dripping_tap().await);
        world.on_case("owner", "bookVisit", &one, window(4, 9)).await;
        world.on_case("owner", "bookVisit", &two, window(4, 13)).await;
        world.on_case("owner", "withdrawComplaint", &one, json!({ "reason": "已自行修好" })).await;
        let document = "query($id: ID!) { complaint(id: $id) { bookings { state } } }";
        let ended = world.ask("owner", document, json!({ "id": one })).await;
        assert_eq!(ended["complaint"]["bookings"][0]["state"], "CANCELLED");
        assert_eq!(refusal(&world.try_on_case("owner", "bookVisit", &one, window(5, 9)).await), "WRONG_STATE");
        let other = app_over(&world.database, world.app.clock.clone(), 9);
        world.app.clock.set(moment("2026-03-03T05:00:00Z"));
        let (first, second) = tokio::join!(sweep::tell_due(&world.app), sweep::tell_due(&other));
        first.unwrap();
        second.unwrap();
        assert_eq!(said(&world, &two).await, ["VISIT_BOOKED", "VISIT_REMINDED"]);
    }
}

fn try_input(world: &World, more: Value) -> Value {
    let none: [Value; 0] = [];
    let week = json!({ "monday": none, "tuesday": none, "wednesday": none, "thursday": none, "friday": none, "saturday": none,
        "sunday": [{ "from": "09:00", "to": "12:00" }] });
    let input = json!({ "teamId": world.id("Team", "plumbers"), "expectedVersion": 2, "week": week, "windowMinutes": 120,
        "capacity": 1, "leadMinutes": 240, "daysAhead": 14, "onHolidays": false, "categoryIds": none });
    with(more, input)
}

async fn try_offer(world: &World, more: Value) -> Value {
    world.try_to("head", "setBookingOffer", try_input(world, more)).await
}

/// Somebody with a case, at one of the servers.
struct Booker {
    client: Client,
    case: Value,
    calls: usize,
    dice: StdRng,
    /// Whether a visit was agreed with them.
    holds: bool,
}

impl Booker {
    /// Reports a dripping tap.
    async fn new(mut client: Client, tap: Value, number: u64) -> Self {
        let case = client.act("owner", "fileComplaint", tap).await["complaint"].clone();
        Self { client, case, calls: 0, dice: StdRng::seed_from_u64(number), holds: false }
    }

    /// Tries some of the windows, until one is theirs; instead of the one that they have.
    async fn book(mut self, windows: Arc<Vec<(DateTime<Utc>, DateTime<Utc>)>>) -> Self {
        for _ in 0..3 {
            let (from, to) = windows[self.dice.random_range(0..windows.len())];
            if self.gets(from, to).await {
                self.holds = true;
                break;
            }
        }
        self
    }

    async fn gets(&mut self, from: DateTime<Utc>, to: DateTime<Utc>) -> bool {
        loop {
            self.calls += 1;
            let key = format!("{}-{}", self.case["id"].as_str().unwrap(), self.calls);
            let input = json!({ "complaintId": self.case["id"], "expectedVersion": self.case["version"], "from": from, "to": to,
                "idempotencyKey": key });
            let answer = self.client.ask("owner", &mutation("bookVisit"), variables(&input)).await;
            let payload = &answer["bookVisit"];
            if payload["complaint"]["version"].is_i64() {
                self.case["version"] = payload["complaint"]["version"].clone();
            }
            match payload["errors"][0]["code"].as_str() {
                None => return true,
                Some("TAKEN") => return false,
                Some("STALE") => {}
                Some(_) => panic!("{payload}"),
            }
        }
    }
}

/// The visits that are agreed with the plumbers: never more in a half hour than there is room for, and once there is no more.
async fn assert_room(world: &World, capacity: usize) -> Vec<booking::Model> {
    let rows = booking::Entity::find()
        .filter(booking::Column::TeamId.eq(world.town.id("plumbers")))
        .filter(booking::Column::State.is_in([State::Booked, State::Kept]))
        .all(&world.app.db)
        .await
        .unwrap();
    let (first, last) =
        (rows.iter().map(|row| row.from_at).min().unwrap(), rows.iter().map(|row| row.to_at).max().unwrap());
    let (mut at, mut fullest) = (first, 0);
    while at < last {
        let there = rows.iter().filter(|row| row.from_at < at + SLICE && row.to_at > at).count();
        assert!(there <= capacity, "{there} visits at {at}, where there is room for {capacity}");
        fullest = fullest.max(there);
        at += SLICE;
    }
    assert_eq!(fullest, capacity, "there was a crowd");
    rows
}

/// In each round the team's windows are of another length and begin elsewhere, so that they overlap those that were booked
/// before, and there is a little more room.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn e4_2_1_fifty_clients_of_two_servers_never_fill_a_half_hour_beyond_its_room() {
    const CLIENTS: usize = 50;
    let world = World::new(Engine::Postgres).await;
    let tokens = Arc::new(tokens(&world, &["owner", "head"]).await);
    let servers = start(&world, 2, &[("HUIYIN_ALLOWANCE", "1000000000".to_owned())]).await;
    let met = Arc::new(Met::default());
    let client = |name| Client::new(&servers, &tokens, &met, name);
    let filing = (0..CLIENTS).map(|name| Box::pin(Booker::new(client(name), world.tap_input(), name as u64)));
    let mut bookers: Vec<Booker> = join_all(filing).await;
    // The servers go by the clock of the machine.
    let day = Clock::System.now().with_timezone(&chrono_tz::Asia::Shanghai).date_naive() + Days::new(2);
    let midnight = day.and_time(NaiveTime::MIN).and_utc() - TimeDelta::hours(8);
    let (mut head, mut version) = (client(CLIENTS), json!(0));
    for (length, from, to, capacity) in
        [(120, "09:00", "15:00", 4_usize), (90, "09:30", "14:00", 6), (60, "10:00", "15:00", 9)]
    {
        let span = json!([{ "from": from, "to": to }]);
        let week = json!({ "monday": span, "tuesday": span, "wednesday": span, "thursday": span, "friday": span, "saturday": span, "sunday": span });
        let offer = json!({ "teamId": world.id("Team", "plumbers"), "expectedVersion": version, "week": week, "windowMinutes": length,
            "capacity": capacity, "leadMinutes": 0, "daysAhead": 14, "onHolidays": true, "categoryIds": [] });
        version = head.act("head", "setBookingOffer", offer).await["bookingOffer"]["version"].clone();
        let since_midnight = |text: &str| NaiveTime::parse_from_str(text, "%H:%M").unwrap() - NaiveTime::MIN;
        let (begin, end, length) = (since_midnight(from), since_midnight(to), TimeDelta::minutes(length));
        let starts = std::iter::successors(Some(begin), |at| Some(*at + length)).take_while(|at| *at + length <= end);
        let windows: Arc<Vec<_>> = Arc::new(starts.map(|at| (midnight + at, midnight + at + length)).collect());
        let tries: Vec<_> = bookers.drain(..).map(|booker| tokio::spawn(booker.book(windows.clone()))).collect();
        for one in tries {
            bookers.push(one.await.unwrap());
        }
        let rows = assert_room(&world, capacity).await;
        let acknowledged = bookers.iter().filter(|booker| booker.holds).count();
        assert_eq!(rows.len(), acknowledged, "what was acknowledged, and nothing else");
        let mut cases: Vec<_> = rows.iter().map(|row| row.complaint_id).collect();
        cases.sort_unstable();
        cases.dedup();
        assert_eq!(cases.len(), acknowledged, "each has one visit");
    }
}
