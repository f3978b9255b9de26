//! Service promises of a site: drafted, approved, published, tried beforehand, and kept by the cases that began under them.

use api::clock::moving;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use tests::World;
use tests::ask::{needed, refusal, told};
use tests::world::with;

fn moment(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn at(value: &Value) -> DateTime<Utc> {
    moment(value.as_str().unwrap_or_else(|| panic!("no moment: {value}")))
}

/// The clock of a kind of a case, with its promise.
async fn clock(world: &World, case: &str, kind: &str) -> Value {
    let document = "query($id: ID!) { complaint(id: $id) { clocks { kind state source startedAt dueAt missedAt servicePromisesId
        promise { words source limitMinutes limitWorkingDays } segments { department { kind } waitsFor seconds workingSeconds } } } }";
    let data = world.ask("office head", document, json!({ "id": case })).await;
    let clocks = data["complaint"]["clocks"].as_array().expect("clocks").clone();
    clocks.into_iter().rfind(|clock| clock["kind"] == kind).unwrap_or_default()
}

fn days(clock: &str, days: i32, more: Value) -> Value {
    with(json!({ "clock": clock, "limitWorkingDays": days }), more)
}

async fn drafted(world: &World, lines: Value) -> Value {
    let input = json!({ "siteId": world.id("Site", "site"), "lines": lines, "note": "业主大会后" });
    world.act("office head", "draftServicePromises", input).await["servicePromises"].clone()
}

/// As [`Value`] a version is given back to the next act.
fn seen(version: &Value, more: Value) -> Value {
    with(json!({ "id": version["id"], "expectedVersion": version["version"] }), more)
}

async fn published(world: &World, lines: Value) -> Value {
    let draft = drafted(world, lines).await;
    let approved = world.act("company leader", "approveServicePromises", seen(&draft, json!({}))).await;
    let approved = approved["servicePromises"].clone();
    world.act("office head", "publishServicePromises", seen(&approved, json!({}))).await["servicePromises"].clone()
}

async fn timeline(world: &World, case: &str, kind: &str) -> Vec<Value> {
    let case = world.case("owner", case).await;
    let events = case["timeline"].as_array().expect("a timeline").clone();
    events.into_iter().filter(|event| event["kind"] == kind).collect()
}

/// A trial of a leaking tap at the site.
async fn simulated(world: &World, more: Value) -> Value {
    let category = world.report("NOISE", "COMPLAINT", "x")["categoryId"].clone();
    let usual = json!({ "siteId": world.id("Site", "site"), "kind": "REPAIR", "categoryId": category });
    let input = with(more, usual);
    let document = "query($i: SimulateClocksInput!) { simulateClocks(input: $i) { servicePromises { revision } clocks { kind onReceipt
        startedAt dueAt regulated promise { source limitMinutes limitWorkingDays } lost { source limitWorkingDays }
        moments { at moment } daysWithoutWork { date name } } } }";
    world.ask("office head", document, json!({ "i": input })).await["simulateClocks"].clone()
}

fn of_kind(simulated: &Value, kind: &str) -> Value {
    let clocks = simulated["clocks"].as_array().expect("clocks");
    clocks.iter().find(|clock| clock["kind"] == kind).cloned().unwrap_or_default()
}

/// The owner files a repair; each of another matter, for what is reported again is more serious (D6).
async fn repair(world: &World, text: &str) -> String {
    let report = world.report("WATER", "REPAIR", text);
    let payload =
        world.act("owner", "fileComplaint", json!({ "unitId": world.id("Unit", "home"), "report": report })).await;
    payload["complaint"]["id"].as_str().expect("an id").to_owned()
}

on_both! {
    async fn e4_5_1_a_case_keeps_the_promise_it_began_under(world) {
        let before = repair(&world, "厨房水龙头滴水").await;
        let words = "两个工作日内修好";
        let draft = drafted(&world, json!([days("RESOLUTION", 2, json!({ "words": words }))])).await;
        assert_eq!((&draft["state"], &draft["revision"]), (&json!("DRAFT"), &json!(1)));
        let own = world.try_to("office head", "approveServicePromises", seen(&draft, json!({}))).await;
        assert_eq!(told(&own), ("NOT_YOURS", "id"), "somebody else has to read it");
        let early = world.try_to("office head", "publishServicePromises", seen(&draft, json!({}))).await;
        assert_eq!((refusal(&early), needed(&early)), ("WRONG_STATE", vec!["APPROVED"]));
        let approved = world.act("company leader", "approveServicePromises", seen(&draft, json!({}))).await["servicePromises"].clone();
        let past = json!({ "from": world.now() - TimeDelta::seconds(1) });
        let past = world.try_to("office head", "publishServicePromises", seen(&approved, past)).await;
        assert_eq!(told(&past), ("INVALID", "from"));
        let stale = world.try_to("office head", "publishServicePromises", seen(&draft, json!({}))).await;
        assert_eq!(refusal(&stale), "STALE");
        assert_eq!(stale["servicePromises"]["version"], approved["version"], "with the version as it is");
        let from = world.now() + TimeDelta::hours(1);
        let holds = world.act("office head", "publishServicePromises", seen(&approved, json!({ "from": from }))).await["servicePromises"].clone();
        let meanwhile = repair(&world, "空调外机支架松动").await;
        world.pass(TimeDelta::hours(1));
        let after = repair(&world, "阳台推拉门的轮子掉了").await;
        for case in [&before, &meanwhile] {
            let resolution = clock(&world, case, "RESOLUTION").await;
            assert_eq!((&resolution["source"], &resolution["promise"]["limitWorkingDays"]), (&json!("OURS"), &json!(3)));
        }
        let resolution = clock(&world, &after, "RESOLUTION").await;
        assert_eq!((&resolution["source"], &resolution["promise"]["words"]), (&json!("SITE"), &json!(words)));
        assert_eq!(resolution["servicePromisesId"], holds["id"]);
        assert_eq!(at(&resolution["dueAt"]), moment("2026-03-04T10:00:00Z"));
        world.act("company leader", "endServicePromises", seen(&holds, json!({}))).await;
        let last = repair(&world, "书房插座没有电").await;
        assert_eq!(clock(&world, &last, "RESOLUTION").await["source"], "OURS", "the defaults hold again");
        world.work_done(&after).await;
        assert_eq!(clock(&world, &after, "RESOLUTION").await["servicePromisesId"], holds["id"]);
    }

    async fn e4_5_1_two_promises_that_no_rule_puts_in_order_are_refused_with_the_pair(world) {
        let refused = async |lines: Value| {
            let input = json!({ "siteId": world.id("Site", "site"), "lines": lines });
            world.try_to("office head", "draftServicePromises", input).await
        };
        let serious = json!({ "severity": "SERIOUS" });
        let pair = refused(json!([days("RESOLUTION", 2, serious.clone()), days("RESOLUTION", 2, json!({})), days("RESOLUTION", 1, serious)])).await;
        assert_eq!((refusal(&pair), needed(&pair)), ("TAKEN", vec!["lines.0"]));
        assert_eq!(pair["errors"][0]["field"], json!(["lines", "2"]));
        let wrong = [
            (json!([]), ("REQUIRED", "lines")),
            (json!([{ "clock": "RESOLUTION" }]), ("REQUIRED", "lines.0.limitMinutes")),
            (json!([{ "clock": "NEXT_REPLY", "limitMinutes": 5 }]), ("INVALID", "lines.0.clock")),
            (json!([{ "clock": "ARRIVAL", "limitMinutes": 0 }]), ("INVALID", "lines.0.limitMinutes")),
            (json!([{ "clock": "ARRIVAL", "limitMinutes": 9, "limitWorkingDays": 1 }]), ("INVALID", "lines.0.limitWorkingDays")),
            (json!([{ "clock": "ARRIVAL", "limitMinutes": 9, "targetMinutes": 9 }]), ("INVALID", "lines.0.targetMinutes")),
            (json!([{ "clock": "ARRIVAL", "limitMinutes": 9, "warnAtPercent": [90, 50] }]), ("INVALID", "lines.0.warnAtPercent")),
            (json!([{ "clock": "ARRIVAL", "limitMinutes": 9, "waitsFor": ["PARTS"] }]), ("INVALID", "lines.0.waitsFor")),
            (json!([{ "clock": "ARRIVAL", "limitMinutes": 9, "officeHeadAfterMinutes": 5, "companyLeaderAfterMinutes": 5 }]), ("INVALID", "lines.0.companyLeaderAfterMinutes")),
            (json!([{ "clock": "ARRIVAL", "limitMinutes": 9, "departmentId": "Department_00000000000000000000000000000001" }]), ("NOT_FOUND", "lines.0.departmentId")),
        ];
        for (lines, expected) in wrong {
            let payload = refused(lines.clone()).await;
            let path: Vec<&str> = payload["errors"][0]["field"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
            assert_eq!((refusal(&payload), path.join(".").as_str()), expected, "{lines}");
        }
    }

    async fn c8_a_site_may_answer_letters_sooner_than_the_regulation_asks_and_never_later(world) {
        published(&world, json!([days("FIRST_REPLY", 5, json!({ "channel": "LETTER" })), days("FIRST_REPLY", 2, json!({ "channel": "EMAIL" }))])).await;
        let reply = of_kind(&simulated(&world, json!({ "channel": "LETTER" })).await, "FIRST_REPLY");
        assert_eq!((&reply["regulated"], &reply["promise"]["limitWorkingDays"], &reply["promise"]["source"]), (&json!(true), &json!(3), &json!("REGULATION")));
        assert_eq!(reply["lost"][0], json!({ "source": "SITE", "limitWorkingDays": 5 }));
        let reply = of_kind(&simulated(&world, json!({ "channel": "EMAIL" })).await, "FIRST_REPLY");
        assert_eq!((&reply["regulated"], &reply["promise"]["limitWorkingDays"]), (&json!(false), &json!(2)));
    }

    async fn e4_5_1_what_a_case_would_be_promised_is_shown_with_the_days_that_are_passed_over(world) {
        let trial = json!({ "kind": "COMPLAINT", "channel": "LETTER", "filedAt": "2026-09-30T02:00:00Z" });
        let found = simulated(&world, trial).await;
        assert_eq!(found["servicePromises"], Value::Null, "the site has published nothing");
        let reply = of_kind(&found, "FIRST_REPLY");
        assert_eq!(at(&reply["dueAt"]), moment("2026-10-10T10:00:00Z"), "the 8th, the 9th, and Saturday the 10th");
        let passed: Vec<_> = reply["daysWithoutWork"].as_array().unwrap().iter().map(|day| day["date"].as_str().unwrap()).collect();
        assert_eq!(passed, ["2026-10-01", "2026-10-02", "2026-10-03", "2026-10-04", "2026-10-05", "2026-10-06", "2026-10-07"]);
        assert_eq!(reply["daysWithoutWork"][0]["name"], "国庆节");
        assert_eq!((&reply["onReceipt"], &of_kind(&found, "FOLLOW_UP")["onReceipt"]), (&json!(true), &json!(false)));
        let moments: Vec<_> = reply["moments"].as_array().unwrap().iter().map(|moment| at(&moment["at"])).collect();
        assert!(moments.len() == 4 && moments.is_sorted(), "{moments:?}");
        let draft = drafted(&world, json!([days("RESOLUTION", 1, json!({ "kind": "COMPLAINT" }))])).await;
        let tried = simulated(&world, json!({ "kind": "COMPLAINT", "promisesId": draft["id"] })).await;
        assert_eq!(tried["servicePromises"]["revision"], 1);
        let resolution = of_kind(&tried, "RESOLUTION");
        assert_eq!(resolution["promise"]["source"], "SITE", "{resolution}");
        let outside = json!({ "i": { "siteId": world.id("Site", "other site"), "kind": "REPAIR", "categoryId": "Category_00000000000000000000000000000001" } });
        let document = "query($i: SimulateClocksInput!) { simulateClocks(input: $i) { clocks { kind } } }";
        assert_eq!(world.error("office head", document, outside).await, "REFUSED");
    }

    async fn e4_5_1_a_draft_is_tried_on_past_months(world) {
        let case = world.resolved().await;
        let late = drafted(&world, json!([{ "clock": "HAND_OVER", "limitMinutes": 1 }, { "clock": "RESOLUTION", "limitMinutes": 100_000 }])).await;
        world.dripping_tap().await;
        let document = "query($i: ReplayServicePromisesInput!) { replayServicePromises(input: $i) { clock
            kept { numerator denominator percent } wouldBeKept { numerator denominator percent } } }";
        let input = json!({ "i": { "id": late["id"], "from": "2026-03-01", "to": "2026-03-31" } });
        let found = world.ask("company leader", document, input).await["replayServicePromises"].clone();
        let of = |kind: &str| found.as_array().unwrap().iter().find(|one| one["clock"] == kind).cloned().unwrap_or_default();
        let all = json!({ "numerator": 1, "denominator": 1, "percent": "100.00" });
        assert_eq!((&of("RESOLUTION")["kept"], &of("RESOLUTION")["wouldBeKept"]), (&all, &all), "{case}");
        let hand_over = of("HAND_OVER");
        assert_eq!(hand_over["kept"], all, "one of two has ended");
        let taken = clock(&world, &case, "HAND_OVER").await;
        let kept = i64::from(at(&taken["dueAt"]) - TimeDelta::minutes(30) >= at(&taken["startedAt"]));
        assert_eq!(hand_over["wouldBeKept"]["denominator"], 1);
        assert!(hand_over["wouldBeKept"]["numerator"].as_i64().unwrap() <= kept);
        let long = json!({ "i": { "id": late["id"], "from": "2026-01-01", "to": "2026-12-31" } });
        assert_eq!(world.error("company leader", document, long).await, "REFUSED");
    }

    async fn a_change_of_the_calendar_moves_open_clocks_and_says_so_in_each_case(world) {
        let case = world.dripping_tap().await;
        let resolved = world.resolved().await;
        let before = clock(&world, &case, "RESOLUTION").await;
        assert_eq!(at(&before["dueAt"]), moment("2026-03-05T10:00:00Z"));
        let (ended, arrival) = (clock(&world, &resolved, "RESOLUTION").await, clock(&world, &case, "ARRIVAL").await);
        let input = json!({ "siteId": world.id("Site", "site"), "expectedVersion": 1, "date": "2026-03-04", "name": "停工", "spans": [] });
        world.act("administrator", "setCalendarDay", input).await;
        assert!(moving::follow_calendars(&world.app).await.unwrap() > 0);
        let moved = clock(&world, &case, "RESOLUTION").await;
        assert_eq!(at(&moved["dueAt"]), moment("2026-03-06T10:00:00Z"), "one working day later");
        assert_eq!(clock(&world, &case, "ARRIVAL").await, arrival, "around the clock no day is special");
        assert_eq!(clock(&world, &resolved, "RESOLUTION").await, ended, "what has ended stays");
        assert_eq!(timeline(&world, &case, "CLOCKS_MOVED").await.len(), 1);
        assert_eq!(moving::follow_calendars(&world.app).await.unwrap(), 0, "once");
        let input = json!({ "siteId": world.id("Site", "site"), "expectedVersion": 2, "date": "2026-03-04" });
        world.act("administrator", "removeCalendarDay", input).await;
        moving::follow_calendars(&world.app).await.unwrap();
        assert_eq!(clock(&world, &case, "RESOLUTION").await["dueAt"], before["dueAt"]);
    }

    async fn a_change_of_the_calendar_mends_no_broken_promise_and_breaks_none(world) {
        let case = world.dripping_tap().await;
        world.app.clock.set(moment("2026-03-04T03:00:00Z"));
        let reply = clock(&world, &case, "FIRST_REPLY").await;
        assert!(at(&reply["dueAt"]) < world.now(), "{reply}");
        for (version, date, spans) in [(1, "2026-03-03", json!([])), (2, "2026-03-05", json!([]))] {
            let input = json!({ "siteId": world.id("Site", "site"), "expectedVersion": version, "date": date, "name": "停工", "spans": spans });
            world.act("administrator", "setCalendarDay", input).await;
        }
        let due = clock(&world, &case, "RESOLUTION").await["dueAt"].clone();
        moving::follow_calendars(&world.app).await.unwrap();
        assert_eq!(clock(&world, &case, "FIRST_REPLY").await["dueAt"], reply["dueAt"], "it was broken on the 3rd");
        let moved = clock(&world, &case, "RESOLUTION").await["dueAt"].clone();
        assert!(at(&moved) > at(&due));
        world.app.clock.set(moment("2026-03-08T03:00:00Z"));
        for (version, date) in [(3, "2026-03-03"), (4, "2026-03-05")] {
            let input = json!({ "siteId": world.id("Site", "site"), "expectedVersion": version, "date": date });
            world.act("administrator", "removeCalendarDay", input).await;
        }
        moving::follow_calendars(&world.app).await.unwrap();
        assert_eq!(clock(&world, &case, "RESOLUTION").await["dueAt"], moved, "it would have ended before now");
    }

    async fn e4_5_1_lateness_is_explained_by_department_and_by_what_was_waited_for(world) {
        let case = world.dripping_tap().await;
        let order = world.issued(&case).await;
        world.to_technician(&order).await;
        world.on_order("technician", "departForWorkOrder", &order, json!({})).await;
        world.on_order("technician", "recordArrival", &order, json!({})).await;
        let hold = json!({ "reason": "PARTS", "until": world.now() + TimeDelta::days(1) });
        world.on_order("technician", "holdWorkOrder", &order, hold).await;
        world.pass(TimeDelta::days(1));
        world.on_order("technician", "resumeWorkOrder", &order, json!({})).await;
        world.pass(TimeDelta::hours(2));
        let resolution = clock(&world, &case, "RESOLUTION").await;
        let segments = resolution["segments"].as_array().unwrap();
        let waited: Vec<_> = segments.iter().filter(|part| part["waitsFor"] == "PARTS").collect();
        assert_eq!(waited.len(), 1);
        assert_eq!((&waited[0]["department"]["kind"], &waited[0]["seconds"]), (&json!("ENGINEERING"), &json!(86_400)));
        assert_eq!(waited[0]["workingSeconds"], json!(27_000), "seven and a half hours of the office");
        let whole: i64 = segments.iter().map(|part| part["seconds"].as_i64().unwrap()).sum();
        assert_eq!(whole, (world.now() - at(&resolution["startedAt"])).num_seconds());
        let document = "query($id: ID!) { complaint(id: $id) { clocks { kind segments { seconds } } } }";
        let own = world.ask("owner", document, json!({ "id": case })).await;
        let clocks = own["complaint"]["clocks"].as_array().unwrap();
        assert!(!clocks.is_empty() && clocks.iter().all(|clock| clock["segments"] == json!([])), "who had it when is for employees");
    }
}
