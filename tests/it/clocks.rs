//! Clocks: what is promised, what moves them, and who hears of them when.

use api::clock::sweep;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use tests::World;
use tests::ask::refusal;
use tests::world::app_over;

const CLOCKS: &str =
    "query($id: ID!) { complaint(id: $id) { clocks { kind name state source hours startedAt targetAt dueAt
    pausedAt pauseReason endedAt missedAt lateBySeconds remainingSeconds } } }";

/// The newest clock of a kind, as somebody sees it; null where there is none.
async fn clock(world: &World, who: &str, case: &str, kind: &str) -> Value {
    let data = world.ask(who, CLOCKS, json!({ "id": case })).await;
    let clocks = data["complaint"]["clocks"].as_array().expect("clocks").clone();
    clocks.into_iter().rfind(|clock| clock["kind"] == kind).unwrap_or_default()
}

fn moment(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn at(value: &Value) -> DateTime<Utc> {
    moment(value.as_str().unwrap_or_else(|| panic!("no moment: {value}")))
}

/// Moves the world's clock to a moment, telling everything that is due on the way at its time.
async fn until(world: &World, end: DateTime<Utc>) {
    while let Some(next) = sweep::next(&world.app).await.unwrap().filter(|next| *next <= end) {
        world.app.clock.set(next);
        sweep::tell_due(&world.app).await.unwrap();
    }
    world.app.clock.set(end);
}

async fn told(world: &World, case: &str, kind: &str) -> Vec<Value> {
    let case = world.case("office head", case).await;
    let events = case["timeline"].as_array().expect("a timeline").clone();
    events.into_iter().filter(|event| event["kind"] == kind).collect()
}

async fn letter(world: &World) -> String {
    let input = json!({
        "siteId": world.id("Site", "site"), "channel": "LETTER",
        "report": world.report("NOISE", "COMPLAINT", "楼上深夜噪音").as_object().map(|report| {
            let mut report = report.clone();
            report.insert("contactName".into(), json!("owner"));
            report.insert("contactPhone".into(), json!("13800000001"));
            report.insert("place".into(), json!("3栋"));
            report
        }),
        "confirmations": { "heard": true, "asked": true, "repeated": true, "recorded": true },
    });
    let payload = world.act("agent", "registerComplaint", input).await;
    payload["complaint"]["id"].as_str().expect("an id").to_owned()
}

on_both! {
    async fn b6_somebody_is_on_site_of_an_emergency_within_three_minutes_of_the_report_or_the_leaders_hear_of_it(world) {
        let input = json!({ "unitId": world.id("Unit", "home"), "report": world.report("BURST_PIPE", "REPAIR", "水管爆裂") });
        let case = world.act("owner", "fileComplaint", input).await["complaint"]["id"].as_str().unwrap().to_owned();
        let received = world.now();
        let arrival = clock(&world, "owner", &case, "ARRIVAL").await;
        assert_eq!(at(&arrival["dueAt"]), received + TimeDelta::minutes(3));
        assert_eq!((&arrival["source"], &arrival["hours"]), (&json!("REGULATION"), &json!("ALWAYS")));
        until(&world, received + TimeDelta::minutes(3)).await;
        let arrival = clock(&world, "owner", &case, "ARRIVAL").await;
        assert_eq!((&arrival["state"], at(&arrival["missedAt"])), (&json!("RUNNING"), received + TimeDelta::minutes(3)));
        until(&world, received + TimeDelta::minutes(13)).await;
        assert!(told(&world, &case, "CLOCK_MISSED").await.iter().any(|event| event["text"].as_str().unwrap().contains("Arrival")));
        let heard = world.ask("company leader", "{ notices { kind } }", json!({})).await;
        assert!(heard.to_string().contains("CASE_ESCALATED"), "{heard}");
        let order = world.issued(&case).await;
        world.to_technician(&order).await;
        world.on_order("technician", "departForWorkOrder", &order, json!({})).await;
        world.on_order("technician", "recordArrival", &order, json!({})).await;
        let arrival = clock(&world, "owner", &case, "ARRIVAL").await;
        assert_eq!((&arrival["state"], &arrival["lateBySeconds"]), (&json!("MISSED"), &json!(600)));
    }

    async fn b6_water_is_looked_at_within_fifteen_minutes_with_an_aim_of_five_around_the_clock(world) {
        world.app.clock.set(moment("2026-03-01T18:00:00Z"));
        let case = world.dripping_tap().await;
        let arrival = clock(&world, "owner", &case, "ARRIVAL").await;
        assert_eq!(at(&arrival["targetAt"]), moment("2026-03-01T18:05:00Z"));
        assert_eq!(at(&arrival["dueAt"]), moment("2026-03-01T18:15:00Z"));
        let reply = clock(&world, "owner", &case, "FIRST_REPLY").await;
        assert_eq!(at(&reply["dueAt"]), moment("2026-03-03T10:00:00Z"), "by the end of the working day after the 2nd, a Monday");
    }

    async fn c8_letter_is_answered_within_three_working_days_in_writing(world) {
        // The last working day before the week of National Day 2026; Saturday the 10th is worked to make up for it.
        world.app.clock.set(moment("2026-09-30T02:00:00Z"));
        let case = letter(&world).await;
        let due = at(&clock(&world, "office head", &case, "FIRST_REPLY").await["dueAt"]);
        assert_eq!(due, moment("2026-10-10T10:00:00Z"));
        world.on_case("agent", "reportProgress", &case, json!({ "text": "已电话联系" })).await;
        assert_eq!(clock(&world, "office head", &case, "FIRST_REPLY").await["state"], "RUNNING", "a call does not answer a letter");
        let spoken = json!({ "form": "PHONE", "text": "已答复" });
        assert_eq!(refusal(&world.try_on_case("agent", "replyToCustomer", &case, spoken).await), "INVALID");
        until(&world, due).await;
        let written = json!({ "form": "LETTER", "text": "来信收悉" });
        world.on_case("agent", "replyToCustomer", &case, written).await;
        assert_eq!(clock(&world, "office head", &case, "FIRST_REPLY").await["state"], "MET");
    }

    async fn c8_an_answer_for_the_time_being_promises_the_next_and_that_is_a_clock(world) {
        let case = world.dripping_tap().await;
        let past = json!({ "form": "APP", "text": "正在查", "nextReplyBy": world.now() });
        assert_eq!(refusal(&world.try_on_case("agent", "replyToCustomer", &case, past).await), "INVALID");
        let next = world.now() + TimeDelta::hours(5);
        world.on_case("agent", "replyToCustomer", &case, json!({ "form": "APP", "text": "正在查", "nextReplyBy": next })).await;
        assert_eq!(clock(&world, "owner", &case, "FIRST_REPLY").await["state"], "MET");
        let promised = clock(&world, "owner", &case, "NEXT_REPLY").await;
        assert_eq!((&promised["state"], at(&promised["dueAt"]), &promised["source"]), (&json!("RUNNING"), next, &json!("NAMED")));
        until(&world, next + TimeDelta::hours(1)).await;
        world.on_case("agent", "replyToCustomer", &case, json!({ "form": "APP", "text": "已查明" })).await;
        let promised = clock(&world, "owner", &case, "NEXT_REPLY").await;
        assert_eq!((&promised["state"], &promised["lateBySeconds"]), (&json!("MISSED"), &json!(3600)));
    }

    async fn e4_2_3_public_cleaning_is_passed_on_at_once_and_done_within_the_promised_time(world) {
        let report = world.report("CLEANING", "COMPLAINT", "楼道垃圾两天没人收");
        let file = async |who: &str, home: &str| {
            let input = json!({ "unitId": world.id("Unit", home), "report": report });
            world.act(who, "fileComplaint", input).await["complaint"]["id"].as_str().unwrap().to_owned()
        };
        let done = file("owner", "home").await;
        let left = file("neighbour", "other home").await;
        let passed_on = at(&clock(&world, "office head", &done, "HAND_OVER").await["dueAt"]);
        assert_eq!(passed_on, world.now() + TimeDelta::minutes(30));
        let promised = clock(&world, "owner", &done, "RESOLUTION").await;
        assert_eq!((at(&promised["dueAt"]), &promised["source"]), (moment("2026-03-09T10:00:00Z"), &json!("OURS")), "five working days");
        world.pass(TimeDelta::minutes(10));
        let sent = world.on_case("agent", "dispatchComplaint", &done, json!({})).await;
        assert_eq!(sent["complaint"]["handler"]["name"], "environment head");
        world.on_case("environment head", "acceptAssignment", &done, json!({})).await;
        world.on_case("environment head", "acceptComplaint", &done, json!({ "reason": "立即清扫" })).await;
        world.on_case("environment head", "resolveComplaint", &done, json!({ "result": "已清扫" })).await;
        for kind in ["HAND_OVER", "RESOLUTION"] {
            assert_eq!(clock(&world, "office head", &done, kind).await["state"], "MET", "{kind}");
        }
        until(&world, moment("2026-03-09T10:00:00Z")).await;
        for (kind, due) in [("HAND_OVER", passed_on), ("RESOLUTION", moment("2026-03-09T10:00:00Z"))] {
            assert_eq!(at(&clock(&world, "office head", &left, kind).await["missedAt"]), due, "{kind}");
        }
    }

    async fn e4_5_1_waiting_for_parts_moves_the_end_and_says_why(world) {
        let case = world.dripping_tap().await;
        let order = world.issued(&case).await;
        world.to_technician(&order).await;
        world.on_order("technician", "departForWorkOrder", &order, json!({})).await;
        world.on_order("technician", "recordArrival", &order, json!({})).await;
        let due = at(&clock(&world, "owner", &case, "RESOLUTION").await["dueAt"]);
        assert_eq!(due, moment("2026-03-05T10:00:00Z"), "three working days after Monday the 2nd");
        let hold = json!({ "reason": "PARTS", "until": world.now() + TimeDelta::days(1) });
        world.on_order("technician", "holdWorkOrder", &order, hold).await;
        let waiting = clock(&world, "owner", &case, "RESOLUTION").await;
        assert_eq!((&waiting["state"], &waiting["pauseReason"]), (&json!("PAUSED"), &json!("PARTS")));
        world.pass(TimeDelta::days(1));
        world.on_order("technician", "resumeWorkOrder", &order, json!({})).await;
        let goes_on = clock(&world, "owner", &case, "RESOLUTION").await;
        assert_eq!((&goes_on["state"], at(&goes_on["dueAt"])), (&json!("RUNNING"), moment("2026-03-06T10:00:00Z")), "one working day later");
    }

    async fn a_case_in_time_keeps_its_promises_and_a_mistake_lets_the_clock_run_on(world) {
        let case = world.resolved().await;
        for kind in ["HAND_OVER", "ARRIVAL", "RESOLUTION", "ACKNOWLEDGEMENT", "TEAM_ASSIGNMENT"] {
            assert_eq!(clock(&world, "office head", &case, kind).await["state"], "MET", "{kind}");
        }
        let follow_up = clock(&world, "owner", &case, "FOLLOW_UP").await;
        assert_eq!(at(&follow_up["dueAt"]), moment("2026-03-05T10:00:00Z"));
        assert_eq!(clock(&world, "owner", &case, "HAND_OVER").await, Value::Null, "what we ask of each other is not the customer's");
        world.on_case("head", "correctResolution", &case, json!({ "reason": "登记有误" })).await;
        assert_eq!(clock(&world, "owner", &case, "RESOLUTION").await["state"], "RUNNING");
        assert_eq!(clock(&world, "owner", &case, "FOLLOW_UP").await["state"], "CANCELLED");
    }

    async fn two_servers_tell_each_moment_once(world) {
        let case = world.dripping_tap().await;
        world.pass(TimeDelta::minutes(20));
        let other = app_over(&world.database, world.app.clock.clone(), 9);
        for _ in 0..3 {
            let (one, two) = tokio::join!(sweep::tell_due(&world.app), sweep::tell_due(&other));
            one.unwrap();
            two.unwrap();
        }
        assert_eq!(told(&world, &case, "CLOCK_MISSED").await.len(), 1, "the arrival");
        let aims = told(&world, &case, "CLOCK_WARNED").await.len();
        assert_eq!(aims, 2, "its aim and its warning; the hand-over has twenty of thirty minutes behind it");
    }

    async fn what_is_due_first_stands_first_within_what_one_may_see(world) {
        world.dripping_tap().await;
        letter(&world).await;
        let document = "query($f: DueWorkFilter!, $p: PageInput!) { dueWork(filter: $f, page: $p) {
            nodes { kind dueAt complaint { id } } pageInfo { hasNextPage endCursor } } }";
        let all = world.ask("office head", document, json!({ "f": {}, "p": { "first": 100 } })).await;
        let dues: Vec<_> = all["dueWork"]["nodes"].as_array().unwrap().iter().map(|node| at(&node["dueAt"])).collect();
        assert!(dues.len() >= 6 && dues.is_sorted(), "{dues:?}");
        let mut paged = Vec::new();
        let mut after = Value::Null;
        loop {
            let page = world.ask("office head", document, json!({ "f": {}, "p": { "first": 2, "after": after } })).await;
            let page = &page["dueWork"];
            paged.extend(page["nodes"].as_array().unwrap().iter().map(|node| at(&node["dueAt"])));
            after = page["pageInfo"]["endCursor"].clone();
            if page["pageInfo"]["hasNextPage"] == false {
                break;
            }
        }
        assert_eq!(paged, dues);
        let late = world.ask("office head", document, json!({ "f": { "overdueOnly": true }, "p": {} })).await;
        assert_eq!(late["dueWork"]["nodes"], json!([]));
        let outside = world.ask("technician", document, json!({ "f": {}, "p": {} })).await;
        assert_eq!(outside["dueWork"]["nodes"], json!([]), "no order is theirs yet");
        assert_eq!(world.error("owner", document, json!({ "f": {}, "p": {} })).await, "FORBIDDEN");
    }

    async fn queues_stand_in_the_order_of_what_is_due_and_the_customer_knows_when_they_hear_of_us(world) {
        let written = letter(&world).await;
        let tap = world.dripping_tap().await;
        let filed = world.now();
        let document = "query($p: PageInput!) { complaints(order: DUE_FIRST, page: $p) {
            nodes { id dueAt nextPromisedContact } pageInfo { hasNextPage endCursor } } }";
        let first = world.ask("office head", document, json!({ "p": { "first": 1 } })).await["complaints"].clone();
        assert_eq!((&first["nodes"][0]["id"], &first["pageInfo"]["hasNextPage"]), (&json!(tap), &json!(true)));
        assert_eq!(at(&first["nodes"][0]["dueAt"]), filed + TimeDelta::minutes(15), "somebody looks at the tap");
        assert_eq!(at(&first["nodes"][0]["nextPromisedContact"]), filed + TimeDelta::minutes(15));
        let after = &first["pageInfo"]["endCursor"];
        let second = world.ask("office head", document, json!({ "p": { "first": 1, "after": after } })).await["complaints"].clone();
        assert_eq!((&second["nodes"][0]["id"], &second["pageInfo"]["hasNextPage"]), (&json!(written), &json!(false)));
        let reply = clock(&world, "office head", &written, "FIRST_PROPOSAL").await;
        assert_eq!(second["nodes"][0]["nextPromisedContact"], reply["dueAt"]);
        world.work_done(&tap).await;
        let kept = "query($id: ID!) { complaint(id: $id) { clocks { kind kept } } }";
        let clocks = world.ask("owner", kept, json!({ "id": tap })).await["complaint"]["clocks"].clone();
        let arrival = clocks.as_array().unwrap().iter().find(|clock| clock["kind"] == "ARRIVAL").unwrap();
        assert_eq!(arrival["kept"], true);
        let due = world.case("office head", &tap).await;
        until(&world, filed + TimeDelta::days(60)).await;
        let clocks = world.ask("owner", kept, json!({ "id": tap })).await["complaint"]["clocks"].clone();
        let resolution = clocks.as_array().unwrap().iter().find(|clock| clock["kind"] == "RESOLUTION").unwrap();
        assert_eq!(resolution["kept"], false, "{due}");
    }
}
