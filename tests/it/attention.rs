//! How a site calls for attention: the pace of its alarms, their stream, the joint look at a serious matter, and a clock
//! that cannot be told.

use std::time::Duration;

use api::alarm::sweep as alarms;
use api::clock::sweep;
use chrono::TimeDelta;
use entity::clock;
use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};
use tests::World;
use tests::ask::{needed, refusal, told};
use tests::world::{row_id, with};

const ALARMS: &str = "subscription($after: String) { item: alarmEvents(after: $after) { cursor kind text alarmId complaintId number place
    reason state rung urgent person callsMe } }";

async fn follow(world: &World, who: &str, variables: Value) -> BoxStream<'static, Value> {
    let request = world.request(who, ALARMS, variables).await;
    Box::pin(world.schema.execute_stream(request).map(|item| serde_json::to_value(item).unwrap()))
}

/// The next item. A minute is a bound for a broken stream, not a measure.
async fn next(stream: &mut BoxStream<'static, Value>) -> Value {
    let item = tokio::time::timeout(Duration::from_mins(1), stream.next()).await;
    item.expect("the stream delivers").expect("the stream goes on")["data"]["item"].clone()
}

async fn file(world: &World, category: &str, kind: &str) -> String {
    let input = json!({ "unitId": world.id("Unit", "home"), "report": world.report(category, kind, "请尽快处理") });
    world.act("owner", "fileComplaint", input).await["complaint"]["id"].as_str().unwrap().to_owned()
}

async fn joint_clock(world: &World, case: &str) -> Value {
    let document = "query($id: ID!) { complaint(id: $id) { clocks { kind state startedAt dueAt } } }";
    let data = world.ask("office head", document, json!({ "id": case })).await;
    let clocks = data["complaint"]["clocks"].as_array().unwrap().clone();
    clocks.into_iter().find(|clock| clock["kind"] == "JOINT_LOOK").unwrap_or(Value::Null)
}

fn minutes(world: &World, attendees: &[&str]) -> Value {
    json!({
        "heldAt": world.now(),
        "place": "3栋东侧",
        "attendeeIds": attendees.iter().map(|who| world.id("Account", who)).collect::<Vec<_>>(),
        "guests": ["业委会代表"],
        "siteFindings": "外墙瓷砖松动约两平方米",
        "recordFindings": "去年检修记录缺少东侧",
        "decisions": [{ "text": "当日拉警戒线,三日内修复", "responsibleId": world.id("Account", "head"),
            "until": world.now() + TimeDelta::days(3) }],
    })
}

async fn chimes(world: &World, case: &str) -> Vec<String> {
    let document = "query($f: AlarmFilter!) { alarms(filter: $f, page: { first: 100 }) { nodes { reason } } }";
    let data = world.ask("company leader", document, json!({ "f": { "complaintId": case } })).await;
    data["alarms"]["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|alarm| alarm["reason"].as_str().unwrap().to_owned())
        .collect()
}

on_both! {
    async fn e4_3_a_serious_matter_is_looked_at_together_within_its_own_time_and_written_down(world) {
        let case = file(&world, "NOISE", "COMPLAINT").await;
        assert_eq!(joint_clock(&world, &case).await, Value::Null, "an ordinary matter needs none");
        world.pass(TimeDelta::hours(1));
        let serious = json!({ "severity": "SERIOUS", "reason": "外墙脱落,危及行人" });
        world.on_case("agent", "reclassifyComplaint", &case, serious).await;
        let clock = joint_clock(&world, &case).await;
        assert_eq!(clock["state"], "RUNNING");
        assert_eq!(clock["dueAt"], json!((world.now() + TimeDelta::hours(4)).to_rfc3339()), "from when it is known: {clock}");
        assert_eq!(chimes(&world, &case).await, ["SERIOUS"; 3], "and leaders hear of it at once");
        world.on_case("agent", "reclassifyComplaint", &case, json!({ "severity": "SERIOUS", "kind": "REPAIR", "reason": "属报修" })).await;
        assert_eq!(chimes(&world, &case).await.len(), 3, "once");
        world.pass(TimeDelta::hours(2));
        let input = |who: &[&str]| minutes(&world, who);
        assert_eq!(refusal(&world.try_on_case("security head", "recordJointLook", &case, input(&["office head", "head"])).await), "NOT_FOUND", "not their department's");
        let nobody = world.try_on_case("supervisor", "recordJointLook", &case, input(&["supervisor", "head"])).await;
        assert_eq!((refusal(&nobody), needed(&nobody)), ("MISSING", vec!["LEADER_PRESENT"]));
        let mut early = input(&["office head", "head"]);
        early["heldAt"] = json!(world.now() - TimeDelta::days(1));
        assert_eq!(told(&world.try_on_case("office head", "recordJointLook", &case, early).await), ("INVALID", "heldAt"));
        let twice = world.try_on_case("office head", "recordJointLook", &case, input(&["office head", "office head"])).await;
        assert_eq!(told(&twice), ("INVALID", "attendeeIds"), "one person is no meeting");
        let mut stranger = input(&["office head", "head"]);
        stranger["decisions"][0]["responsibleId"] = json!(world.id("Account", "stranger agent"));
        let refused = world.try_on_case("office head", "recordJointLook", &case, stranger).await;
        assert_eq!(refused["errors"][0]["field"], json!(["decisions", "0", "responsibleId"]));
        let held = world.on_case("office head", "recordJointLook", &case, input(&["office head", "company leader"])).await;
        let look = &held["complaint"]["jointLooks"][0];
        assert_eq!((&look["attendees"], &look["recordedBy"]), (&json!(["office head", "company leader"]), &json!("office head")));
        assert_eq!(look["decisions"][0]["responsible"], "head");
        assert_eq!(joint_clock(&world, &case).await["state"], "MET");
        let heard = world.ask("head", "{ notices { kind } }", json!({})).await["notices"].clone();
        assert_eq!(heard[0]["kind"], "JOINT_LOOK_HELD", "whoever has something to do hears of it: {heard}");
        let theirs = world.ask("owner", "query($id: ID!) { complaint(id: $id) { jointLooks { id } } }", json!({ "id": case })).await;
        assert_eq!(theirs["complaint"]["jointLooks"], json!([]), "minutes stay with staff");
    }

    async fn e4_3_what_is_not_serious_after_all_needs_no_joint_look(world) {
        let case = file(&world, "NOISE", "COMPLAINT").await;
        world.on_case("agent", "reclassifyComplaint", &case, json!({ "severity": "SERIOUS", "reason": "误判" })).await;
        world.on_case("agent", "reclassifyComplaint", &case, json!({ "severity": "NORMAL", "reason": "核实为一般" })).await;
        assert_eq!(joint_clock(&world, &case).await["state"], "CANCELLED");
    }

    async fn b6_an_emergency_that_is_found_out_late_calls_for_somebody_then(world) {
        let case = file(&world, "WATER", "REPAIR").await;
        assert_eq!(chimes(&world, &case).await, Vec::<String>::new());
        let burst = json!({ "categoryId": world.id("Category", "BURST_PIPE"), "reason": "水管爆裂" });
        world.on_case("agent", "reclassifyComplaint", &case, burst).await;
        assert_eq!(chimes(&world, &case).await, ["EMERGENCY"]);
    }

    async fn c7_how_soon_alarms_call_again_is_a_setting_of_the_site(world) {
        let site = json!({ "siteId": world.id("Site", "site"), "expectedVersion": 0 });
        let change = |more: Value| with(more, site.clone());
        assert_eq!(told(&world.try_to("office head", "changeAttentionPolicy", change(json!({ "urgentSeconds": 600 }))).await), ("INVALID", "urgentSeconds"));
        assert_eq!(told(&world.try_to("stranger office head", "changeAttentionPolicy", change(json!({ "urgentSeconds": 30 }))).await), ("NOT_FOUND", "siteId"));
        let set = world.act("office head", "changeAttentionPolicy", change(json!({ "urgentSeconds": 30, "ordinaryMinutes": 45 }))).await;
        assert_eq!(set["attentionPolicy"], json!({ "urgentSeconds": 30, "ordinaryMinutes": 45, "version": 1 }));
        assert_eq!(refusal(&world.try_to("office head", "changeAttentionPolicy", change(json!({ "urgentSeconds": 40 }))).await), "STALE");
        let read = "query($s: ID!) { attentionPolicy(siteId: $s) { urgentSeconds beforeVisitMinutes } }";
        let id = json!({ "s": world.id("Site", "site") });
        assert_eq!(world.ask("technician", read, id.clone()).await["attentionPolicy"], json!({ "urgentSeconds": 30, "beforeVisitMinutes": 60 }));
        assert_eq!(world.ask("stranger agent", read, id).await["attentionPolicy"], Value::Null);
        file(&world, "BURST_PIPE", "REPAIR").await;
        world.pass(TimeDelta::seconds(29));
        assert_eq!(alarms::call_again(&world.app).await.unwrap(), 0);
        world.pass(TimeDelta::seconds(1));
        assert_eq!(alarms::call_again(&world.app).await.unwrap(), 1);
    }

    async fn c7_alarms_are_a_stream_from_which_they_are_taken(world) {
        let shift = json!({ "departmentId": world.id("Department", "engineering"), "accountId": world.id("Account", "technician"),
            "from": world.now(), "to": world.now() + TimeDelta::hours(8) });
        world.act("head", "setDutyShift", shift).await;
        let beginning = json!({ "after": api::event::query::cursor(0) });
        let mut handheld = follow(&world, "technician", beginning.clone()).await;
        let mut console = follow(&world, "office head", beginning).await;
        let case = file(&world, "BURST_PIPE", "REPAIR").await;
        let rings = next(&mut handheld).await;
        assert_eq!((&rings["kind"], &rings["callsMe"], &rings["rung"], &rings["urgent"]), (&json!("ALARM_RAISED"), &json!(true), &json!("ON_DUTY"), &json!(true)));
        assert_eq!((&rings["complaintId"], &rings["person"]), (&json!(case), &json!("technician")));
        assert!(rings["place"].as_str().is_some_and(|place| !place.is_empty()), "enough to go: {rings}");
        let seen = next(&mut console).await;
        assert_eq!((&seen["alarmId"], &seen["callsMe"]), (&rings["alarmId"], &json!(false)));
        world.act("technician", "acknowledgeAlarm", json!({ "alarmId": rings["alarmId"] })).await;
        let taken = next(&mut console).await;
        assert_eq!((&taken["kind"], &taken["state"]), (&json!("ALARM_ACKNOWLEDGED"), &json!("ACKNOWLEDGED")));
        world.on_case("owner", "withdrawComplaint", &case, json!({ "reason": "已自行关阀" })).await;
        assert_eq!(next(&mut handheld).await["kind"], "ALARM_ACKNOWLEDGED", "whoever was called hears how it goes on");
        assert_eq!(next(&mut handheld).await["kind"], "ALARM_ENDED");
        let over = next(&mut console).await;
        assert_eq!((&over["kind"], &over["state"]), (&json!("ALARM_ENDED"), &json!("OVER")));
        let mut resumed = follow(&world, "office head", json!({ "after": seen["cursor"] })).await;
        assert_eq!(next(&mut resumed).await["cursor"], taken["cursor"], "nothing twice, nothing left out");
        assert_eq!(next(&mut resumed).await["cursor"], over["cursor"]);
        let document = "query($after: String) { changes(after: $after) { events { kind } } }";
        let theirs = world.ask("owner", document, json!({})).await["changes"]["events"].to_string();
        assert!(!theirs.contains("ALARM"), "customers see none of it: {theirs}");
    }

    async fn c7_a_clock_that_cannot_be_told_does_not_hold_the_others_up(world) {
        let poisoned = file(&world, "WATER", "REPAIR").await;
        let sound = file(&world, "WATER", "REPAIR").await;
        let broken = json!({ "clock": "NO_SUCH_CLOCK" });
        let of = |case: &str| clock::Column::ComplaintId.eq(row_id(case));
        let arrival = clock::Entity::find().filter(of(&poisoned)).filter(clock::Column::Kind.eq(domain::clock::Kind::Arrival));
        let before = arrival.clone().one(&world.app.db).await.unwrap().unwrap();
        let write = async |promise: Value| {
            let update = clock::Entity::update_many().col_expr(clock::Column::Promise, Expr::value(promise));
            update.filter(clock::Column::Id.eq(before.id)).exec(&world.app.db).await.unwrap();
        };
        write(broken).await;
        let due = world.now() + TimeDelta::minutes(15);
        world.app.clock.set(due);
        sweep::tell_due(&world.app).await.unwrap();
        let missed = async |case: &str| world.case("office head", case).await["timeline"].to_string().contains("CLOCK_MISSED");
        assert!(missed(&sound).await, "the other case's clock is told");
        assert!(!missed(&poisoned).await);
        write(before.promise.clone().unwrap()).await;
        world.pass(TimeDelta::minutes(1));
        sweep::tell_due(&world.app).await.unwrap();
        assert!(missed(&poisoned).await, "once it is mended it is told as well");
        let mended = clock::Entity::find_by_id(before.id).one(&world.app.db).await.unwrap().unwrap();
        assert_eq!(mended.missed_at, Some(due), "with the true time");
    }
}
