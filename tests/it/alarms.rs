//! Alarms: who is called, again and higher up, until somebody takes them; the duty roster; escalation by hand; chases.

use api::alarm::{calling, sweep};
use api::app::sms::{Gateway, Sms};
use chrono::{DateTime, TimeDelta, Utc};
use domain::organization::Role;
use entity::{alarm, complaint, role_grant};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};
use tests::World;
use tests::ask::{refusal, told};
use tests::world::{app_over, row_id};

const LADDER: [&str; 5] = ["ON_DUTY", "DEPUTY", "DEPARTMENT_HEAD", "OFFICE_HEAD", "COMPANY_LEADER"];

fn moment(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// The alarms of a case as somebody sees them, from the lowest rung up.
async fn alarms(world: &World, who: &str, case: &str) -> Vec<Value> {
    let document = "query($f: AlarmFilter!) { alarms(filter: $f, page: { first: 100 }) { nodes { id reason state rung urgent person
        callsMe calls words clock answer acknowledgedBy number place complaint { id }
        gatewayCalls { person attempt outcome fault } } } }";
    let data = world.ask(who, document, json!({ "f": { "complaintId": case } })).await;
    let mut alarms = data["alarms"]["nodes"].as_array().expect("alarms").clone();
    // Those that were raised at once stand in no order.
    let place = |alarm: &Value| LADDER.iter().position(|rung| alarm["rung"] == *rung);
    alarms.sort_by_key(place);
    alarms
}

/// A burst pipe is reported at two in the morning.
async fn burst_pipe(world: &World) -> String {
    world.app.clock.set(moment("2026-03-02T18:00:00Z"));
    let input =
        json!({ "unitId": world.id("Unit", "home"), "report": world.report("BURST_PIPE", "REPAIR", "水管爆裂") });
    world.act("owner", "fileComplaint", input).await["complaint"]["id"].as_str().unwrap().to_owned()
}

async fn on_duty(world: &World, who: &str, deputy: Option<&str>) -> Value {
    let account = async |who: &str| format!("Account_{}", world.viewer(who).await.id.simple());
    let deputy = match deputy {
        Some(deputy) => Some(account(deputy).await),
        None => None,
    };
    let input = json!({ "departmentId": world.id("Department", "engineering"), "accountId": account(who).await, "deputyId": deputy,
        "from": "2026-03-02T10:00:00Z", "to": "2026-03-03T01:00:00Z" });
    world.act("head", "setDutyShift", input).await["dutyShift"].clone()
}

async fn minute(world: &World) {
    world.pass(TimeDelta::minutes(1));
    sweep::call_again(&world.app).await.unwrap();
    calling::send_waiting(&world.app).await.unwrap();
}

fn numbers_called(world: &World) -> Vec<String> {
    world.app.sms.collected().into_iter().map(|(phone, _)| phone).collect()
}

async fn phone(world: &World, who: &str) -> String {
    world.account(who).await.phone
}

on_both! {
    async fn b6_at_night_an_emergency_calls_whoever_is_on_duty_and_climbs_every_minute_until_somebody_takes_it(world) {
        on_duty(&world, "technician", Some("leader")).await;
        let case = burst_pipe(&world).await;
        let heard = world.ask("technician", "{ notices { kind alarmId } }", json!({})).await["notices"].clone();
        let seen = alarms(&world, "technician", &case).await;
        assert_eq!(seen.len(), 1);
        assert_eq!(heard, json!([{ "kind": "ALARM_RAISED", "alarmId": seen[0]["id"] }]));
        let alarm = &seen[0];
        assert_eq!((&alarm["reason"], &alarm["state"], &alarm["rung"], &alarm["callsMe"]), (&json!("EMERGENCY"), &json!("RINGING"), &json!("ON_DUTY"), &json!(true)));
        assert_eq!(alarm["complaint"], Value::Null, "no order is theirs yet");
        assert!(alarm["number"].is_string() && alarm["place"].is_string(), "enough to go: {alarm}");
        minute(&world).await;
        assert_eq!(numbers_called(&world), [phone(&world, "technician").await], "the same person by telephone");
        let mut rungs = Vec::new();
        for _ in 0..5 {
            minute(&world).await;
            rungs.push(alarms(&world, "office head", &case).await[0]["rung"].as_str().unwrap().to_owned());
        }
        assert_eq!(rungs, ["DEPUTY", "DEPARTMENT_HEAD", "OFFICE_HEAD", "COMPANY_LEADER", "COMPANY_LEADER"]);
        let called = numbers_called(&world);
        for who in ["leader", "head", "office head", "company leader"] {
            assert!(called.contains(&phone(&world, who).await), "{who}");
        }
        let id = &alarm["id"];
        let taken = world.act("office head", "acknowledgeAlarm", json!({ "alarmId": id })).await["alarm"].clone();
        assert_eq!(taken["state"], "ACKNOWLEDGED");
        let before = numbers_called(&world).len();
        for _ in 0..30 {
            minute(&world).await;
        }
        assert_eq!(numbers_called(&world).len(), before, "it stops calling");
        assert_eq!(refusal(&world.try_to("head", "acknowledgeAlarm", json!({ "alarmId": id })).await), "WRONG_STATE");
        let answered = world.act("office head", "answerAlarm", json!({ "alarmId": id, "answer": "已派值班人员到场" })).await;
        assert_eq!(answered["alarm"]["state"], "ANSWERED");
    }

    async fn b6_without_a_roster_the_head_is_called_and_an_arrival_ends_the_alarm(world) {
        let case = burst_pipe(&world).await;
        let seen = alarms(&world, "head", &case).await;
        assert_eq!((&seen[0]["rung"], &seen[0]["callsMe"]), (&json!("DEPARTMENT_HEAD"), &json!(true)), "never nobody");
        minute(&world).await;
        let order = world.issued(&case).await;
        world.to_technician(&order).await;
        world.on_order("technician", "departForWorkOrder", &order, json!({})).await;
        world.on_order("technician", "recordArrival", &order, json!({})).await;
        assert_eq!(alarms(&world, "head", &case).await[0]["state"], "OVER");
        let before = numbers_called(&world).len();
        minute(&world).await;
        assert_eq!(numbers_called(&world).len(), before);
    }

    async fn b6_every_try_over_the_gateway_is_on_record_and_a_dead_gateway_is_tried_five_times(world) {
        let world = world.with(|parts| parts.sms = Sms::new(Gateway::None, &parts.clock));
        let case = burst_pipe(&world).await;
        minute(&world).await;
        let id = alarms(&world, "head", &case).await[0]["id"].clone();
        for _ in 0..20 {
            world.pass(TimeDelta::seconds(10));
            calling::send_waiting(&world.app).await.unwrap();
        }
        let calls = alarms(&world, "head", &case).await[0]["gatewayCalls"].clone();
        let tries: Vec<_> = calls.as_array().unwrap().iter().map(|call| (call["attempt"].as_i64().unwrap(), call["outcome"].as_str().unwrap())).collect();
        assert_eq!(tries, [(1, "FAILED"), (2, "FAILED"), (3, "FAILED"), (4, "FAILED"), (5, "FAILED")]);
        assert_eq!(calls[0]["fault"], "no gateway");
        world.act("head", "answerAlarm", json!({ "alarmId": id, "answer": "我来" })).await;
    }

    async fn c7_what_is_late_calls_the_head_and_climbs_in_office_hours(world) {
        let case = world.dripping_tap().await;
        let start = world.now();
        let due = start + TimeDelta::minutes(15);
        while let Some(next) = api::clock::sweep::next(&world.app).await.unwrap().filter(|next| *next <= due) {
            world.app.clock.set(next);
            api::clock::sweep::tell_due(&world.app).await.unwrap();
        }
        let case_now = world.case("office head", &case).await;
        assert!(case_now["timeline"].to_string().contains("CLOCK_MISSED"), "{case_now}");
        let seen = alarms(&world, "supervisor", &case).await;
        assert_eq!((seen.len(), &seen[0]["clock"], &seen[0]["rung"]), (1, &json!("ARRIVAL"), &json!("DEPARTMENT_HEAD")), "customer service still has it");
        world.app.clock.set(due + TimeDelta::minutes(119));
        assert_eq!(sweep::call_again(&world.app).await.unwrap(), 0);
        world.app.clock.set(due + TimeDelta::minutes(120));
        sweep::call_again(&world.app).await.unwrap();
        assert_eq!(alarms(&world, "supervisor", &case).await[0]["rung"], "OFFICE_HEAD");
        assert_eq!(numbers_called(&world), Vec::<String>::new(), "only emergencies go out by telephone");
    }

    async fn e4_3_leaders_and_heads_hear_of_a_serious_matter_at_once(world) {
        let mut report = world.report("NOISE", "COMPLAINT", "多户反映外墙脱落");
        report["severity"] = json!("SERIOUS");
        report["contactName"] = json!("owner");
        report["contactPhone"] = json!("13800000001");
        report["place"] = json!("3栋");
        let input = json!({ "siteId": world.id("Site", "site"), "channel": "VISIT", "report": report,
            "confirmations": { "heard": true, "asked": true, "repeated": true, "recorded": true } });
        let case = world.act("agent", "registerComplaint", input).await["complaint"]["id"].as_str().unwrap().to_owned();
        let seen = alarms(&world, "company leader", &case).await;
        let reasons: Vec<_> = seen.iter().map(|alarm| (alarm["reason"].as_str().unwrap(), alarm["rung"].as_str().unwrap())).collect();
        assert_eq!(reasons, [("SERIOUS", "DEPARTMENT_HEAD"), ("SERIOUS", "OFFICE_HEAD"), ("SERIOUS", "COMPANY_LEADER")]);
    }

    async fn c7_whoever_owns_it_brings_it_higher_with_a_reason_and_an_answer_comes_back(world) {
        let case = world.dripping_tap().await;
        let order = world.issued(&case).await;
        world.to_technician(&order).await;
        let reason = json!({ "reason": "需要停整栋楼的水,超出权限" });
        assert_eq!(refusal(&world.try_on_case("agent", "escalateComplaint", &case, json!({ "reason": " " })).await), "REQUIRED");
        assert_eq!(told(&world.try_on_case("agent", "escalateComplaint", &case, reason.clone()).await), ("NOT_YOURS", "complaintId"));
        world.on_case("technician", "escalateComplaint", &case, reason.clone()).await;
        world.on_case("head", "escalateComplaint", &case, reason.clone()).await;
        world.on_case("office head", "escalateComplaint", &case, reason).await;
        let seen = alarms(&world, "office head", &case).await;
        let rungs: Vec<_> = seen.iter().map(|alarm| (alarm["reason"].as_str().unwrap(), alarm["rung"].as_str().unwrap())).collect();
        assert_eq!(rungs, [("ESCALATED", "DEPARTMENT_HEAD"), ("ESCALATED", "OFFICE_HEAD"), ("ESCALATED", "COMPANY_LEADER")]);
        world.act("head", "answerAlarm", json!({ "alarmId": seen[0]["id"], "answer": "同意停水两小时" })).await;
        let heard = world.ask("technician", "{ notices { kind } }", json!({})).await["notices"].clone();
        assert_eq!(heard[0]["kind"], "ALARM_ANSWERED", "whoever raised it hears the answer: {heard}");
        assert_eq!(alarms(&world, "office head", &case).await[0]["answer"], "同意停水两小时");
    }

    async fn e4_2_1b_customer_service_chases_and_it_is_counted(world) {
        let case = world.dripping_tap().await;
        let order = world.issued(&case).await;
        world.to_technician(&order).await;
        for count in 1..=2 {
            let chased = world.on_case("agent", "chaseComplaint", &case, json!({ "reason": "住户来电催促" })).await;
            assert_eq!(chased["complaint"]["chases"], count);
        }
        let heard = world.ask("technician", "{ notices { kind } }", json!({})).await["notices"].clone();
        assert_eq!(heard[0]["kind"], "COMPLAINT_CHASED");
        assert!(world.case("owner", &case).await["timeline"].as_array().unwrap().iter().all(|event| event["kind"] != "COMPLAINT_CHASED"));
    }

    async fn the_roster_is_kept_by_heads_and_nothing_of_it_crosses_organizations(world) {
        let shift = on_duty(&world, "technician", None).await;
        let read = "query($s: ID!) { dutyRoster(siteId: $s, from: \"2026-03-02T00:00:00Z\", to: \"2026-03-04T00:00:00Z\") { id person } }";
        let site = json!({ "s": world.id("Site", "site") });
        assert_eq!(world.ask("agent", read, site.clone()).await["dutyRoster"], json!([{ "id": shift["id"], "person": shift["person"] }]));
        assert_eq!(world.ask("stranger agent", read, site).await["dutyRoster"], Value::Null);
        let account = |viewer: &api::access::viewer::Viewer| format!("Account_{}", viewer.id.simple());
        let stranger = world.viewer("stranger agent").await;
        let input = |account: String, from: &str, to: &str| json!({ "departmentId": world.id("Department", "engineering"), "accountId": account, "from": from, "to": to });
        let far = input(account(&stranger), "2026-03-02T10:00:00Z", "2026-03-03T01:00:00Z");
        assert_eq!(told(&world.try_to("head", "setDutyShift", far).await), ("NOT_FOUND", "accountId"));
        let technician = world.viewer("technician").await;
        let backwards = input(account(&technician), "2026-03-03T10:00:00Z", "2026-03-03T01:00:00Z");
        assert_eq!(told(&world.try_to("head", "setDutyShift", backwards).await), ("INVALID", "to"));
        let case = burst_pipe(&world).await;
        let id = alarms(&world, "technician", &case).await[0]["id"].clone();
        assert_eq!(told(&world.try_to("stranger agent", "acknowledgeAlarm", json!({ "alarmId": id })).await), ("NOT_FOUND", "alarmId"));
        assert_eq!(alarms(&world, "stranger agent", &case).await, Vec::<Value>::new());
        world.act("office head", "endDutyShift", json!({ "id": shift["id"] })).await;
        minute(&world).await;
        minute(&world).await;
        assert_eq!(alarms(&world, "head", &case).await[0]["rung"], "DEPARTMENT_HEAD", "nobody is on duty any more");
    }

    async fn a0_where_nobody_stands_above_whoever_owns_the_case_is_called(world) {
        let case = burst_pipe(&world).await;
        let above = [Role::DepartmentHead, Role::OfficeHead, Role::CompanyLeader, Role::Administrator];
        let nobody = role_grant::Entity::delete_many().filter(role_grant::Column::Role.is_in(above));
        nobody.exec(&world.app.db).await.unwrap();
        let row = complaint::Entity::find_by_id(row_id(&case)).one(&world.app.db).await.unwrap().unwrap();
        for _ in 0..4 {
            minute(&world).await;
        }
        let rung = alarm::Entity::find().filter(alarm::Column::ComplaintId.eq(row.id)).one(&world.app.db).await.unwrap().unwrap();
        assert_eq!((rung.account_id, rung.rung.name()), (row.owner_account_id, "CompanyLeader"));
        assert!(rung.next_at > Some(world.now()), "it is called again: {rung:?}");
        world.app.clock.set(rung.next_at.unwrap());
        assert_eq!(sweep::call_again(&world.app).await.unwrap(), 1);
        let again = alarm::Entity::find_by_id(rung.id).one(&world.app.db).await.unwrap().unwrap();
        assert_eq!(again.calls, rung.calls + 1);
    }

    async fn two_servers_call_once(world) {
        burst_pipe(&world).await;
        let other = app_over(&world.database, world.app.clock.clone(), 9);
        world.pass(TimeDelta::minutes(1));
        let (one, two) = tokio::join!(sweep::call_again(&world.app), sweep::call_again(&other));
        one.unwrap();
        two.unwrap();
        let (one, two) = tokio::join!(calling::send_waiting(&world.app), calling::send_waiting(&other));
        one.unwrap();
        two.unwrap();
        assert_eq!(world.app.sms.collected().len() + other.sms.collected().len(), 1);
    }
}
