//! The hotline (B2): the published card, calls at any hour, whoever is on duty, callers among the residents; and what any
//! employee registers on the spot (E3.5).

use api::clock::sweep;
use chrono::TimeDelta;
use serde_json::{Value, json};
use tests::World;
use tests::ask::{refusal, told};
use tests::world::with;

fn call(world: &World) -> Value {
    json!({ "siteId": world.id("Site", "site"), "phone": "138 0000 9999", "callerName": "王女士", "startedAt": world.now(),
        "durationSeconds": 95, "summary": "询问游泳池开放时间", "handling": "ANSWERED", "note": "已告知" })
}

/// What a technician is told in the stairway.
fn told_on_the_spot(world: &World) -> Value {
    json!({ "siteId": world.id("Site", "site"), "categoryId": world.id("Category", "CLEANING"), "description": "楼道垃圾未清",
        "place": "3栋楼道", "contactPhone": "13800009999" })
}

async fn take_over_clock(world: &World, who: &str, case: &str) -> Value {
    let document = "query($id: ID!) { complaint(id: $id) { clocks { kind state startedAt dueAt } } }";
    let seen = world.ask(who, document, json!({ "id": case })).await;
    let clocks = seen["complaint"]["clocks"].as_array().unwrap().clone();
    clocks.into_iter().find(|clock| clock["kind"] == "TAKE_OVER").unwrap_or_default()
}

on_both! {
    async fn b2_the_card_of_the_office_is_published_and_whoever_is_on_duty_is_not(world) {
        let card = "{ sites(organizationCode: \"town\") { hotline email address responsiblePerson } }";
        let seen = world.ask("", card, json!({})).await;
        assert_eq!(seen["sites"][0]["hotline"], "400-000-0000");
        for field in ["email", "address", "responsiblePerson"] {
            assert!(!seen["sites"][0][field].as_str().unwrap().is_empty(), "{field}");
        }
        world.act("supervisor", "setDutyShift", json!({
            "departmentId": world.id("Department", "customer service"), "accountId": world.id("Account", "second agent"),
            "deputyId": world.id("Account", "agent"), "from": world.now(), "to": world.now() + TimeDelta::hours(20) })).await;
        let duty = "query($site: ID!) { hotlineDuty(siteId: $site) { officeOpen opensAt onDuty { person { name } deputy { name } } } }";
        let site = json!({ "site": world.id("Site", "site") });
        let seen = world.ask("technician", duty, site.clone()).await;
        assert_eq!(seen["hotlineDuty"], json!({ "officeOpen": true, "opensAt": null,
            "onDuty": [{ "person": { "name": "second agent" }, "deputy": { "name": "agent" } }] }));
        world.pass(TimeDelta::hours(12));
        let night = world.ask("agent", duty, site.clone()).await;
        assert_eq!((&night["hotlineDuty"]["officeOpen"], &night["hotlineDuty"]["opensAt"]), (&json!(false), &json!("2026-03-03T01:00:00+00:00")));
        assert_eq!(night["hotlineDuty"]["onDuty"][0]["person"]["name"], "second agent");
        for (who, code) in [("", "UNAUTHENTICATED"), ("owner", "FORBIDDEN")] {
            assert_eq!(world.error(who, duty, site.clone()).await, code);
        }
        assert_eq!(world.ask("stranger agent", duty, site).await["hotlineDuty"], json!(null), "another organization's");
    }

    async fn e7_2_a_call_that_leads_to_no_case_is_kept_with_every_field_of_its_form(world) {
        world.pass(TimeDelta::hours(14));
        let payload = world.act("agent", "recordCall", call(&world)).await;
        let kept = &payload["call"];
        assert_eq!((&kept["phone"], &kept["callerName"], &kept["receivedByName"]), (&json!("13800009999"), &json!("王女士"), &json!("agent")));
        assert_eq!((&kept["summary"], &kept["handling"], &kept["note"]), (&json!("询问游泳池开放时间"), &json!("ANSWERED"), &json!("已告知")));
        let began: chrono::DateTime<chrono::Utc> = kept["startedAt"].as_str().unwrap().parse().unwrap();
        let ended: chrono::DateTime<chrono::Utc> = kept["endedAt"].as_str().unwrap().parse().unwrap();
        assert_eq!((began, ended - began), (world.now(), TimeDelta::seconds(95)), "at eleven in the evening");
        for (change, code, field) in [
            (json!({ "phone": "abc" }), "INVALID", "phone"), (json!({ "durationSeconds": -1 }), "INVALID", "durationSeconds"),
            (json!({ "summary": "" }), "REQUIRED", "summary"), (json!({ "handling": "KNOWN_CASE" }), "REQUIRED", "complaintId"),
            (json!({ "startedAt": world.now() + TimeDelta::hours(1) }), "INVALID", "startedAt"),
            (json!({ "siteId": world.id("Site", "other site") }), "NOT_FOUND", "siteId"),
        ] {
            let payload = world.try_to("agent", "recordCall", with(change, call(&world))).await;
            assert_eq!(told(&payload), (code, field));
        }
        let case = world.dripping_tap().await;
        let about = with(json!({ "handling": "KNOWN_CASE", "complaintId": case }), call(&world));
        let about = world.act("technician", "recordCall", with(json!({ "handling": "ANSWERED", "complaintId": null }), about)).await;
        assert_eq!(about["call"]["receivedByName"], "technician", "whoever answers the telephone");
        let known = world.act("agent", "recordCall", with(json!({ "handling": "KNOWN_CASE", "complaintId": case }), call(&world))).await;
        assert_eq!(known["call"]["complaint"]["id"], json!(case));
        let list = |filter: &str| format!("{{ hotlineCalls(filter: {{ {filter} }}) {{ nodes {{ phone handling }} }} }}");
        let seen = world.ask("technician", &list(""), json!({})).await;
        assert_eq!(seen["hotlineCalls"]["nodes"].as_array().unwrap().len(), 1, "those that they took");
        let seen = world.ask("archivist", &list("phone: \"13800009999\", handlings: [KNOWN_CASE]"), json!({})).await;
        assert_eq!(seen["hotlineCalls"]["nodes"], json!([{ "phone": "138****9999", "handling": "KNOWN_CASE" }]));
        assert_eq!(world.ask("stranger agent", &list(""), json!({})).await["hotlineCalls"]["nodes"], json!([]));
    }

    async fn e7_2_the_call_of_a_case_says_who_called_when_it_ended_and_what_became_of_it(world) {
        let payload = world.act("agent", "registerComplaint", json!({
            "siteId": world.id("Site", "site"), "channel": "PHONE", "unitId": world.id("Unit", "home"),
            "confirmations": { "heard": true, "asked": true, "repeated": true, "recorded": true },
            "report": with(world.report("WATER", "REPAIR", "水管漏水"), json!({ "contactName": "owner", "contactPhone": "13800009999" })),
            "call": { "phone": "13800009999", "startedAt": world.now(), "durationSeconds": 65, "summary": "报修", "callerName": "owner", "handling": "已派单" },
        })).await;
        let calls = "query($id: ID!) { complaint(id: $id) { calls { callerName endedAt handling takenByName } } }";
        let seen = world.ask("agent", calls, json!({ "id": payload["complaint"]["id"] })).await;
        assert_eq!(seen["complaint"]["calls"], json!([{ "callerName": "owner", "endedAt": "2026-03-02T01:01:05+00:00", "handling": "已派单", "takenByName": "agent" }]));
    }

    async fn b1_an_opinion_on_the_telephone_goes_into_the_register_with_its_call(world) {
        let phone = world.viewer("owner").await.phone;
        let opinion = with(json!({ "handling": "OPINION", "summary": "希望周末有讲座", "phone": phone }), call(&world));
        let payload = world.act("agent", "recordCall", opinion).await;
        assert_eq!(payload["call"]["opinion"]["text"], "希望周末有讲座");
        let seen = world.ask("owner", "{ opinions { nodes { channel text } } }", json!({})).await;
        assert_eq!(seen["opinions"]["nodes"], json!([{ "channel": "PHONE", "text": "希望周末有讲座" }]));
    }

    async fn b2_a_caller_is_found_among_the_residents_by_customer_service_alone_audited_and_counted(world) {
        let phone = world.viewer("owner").await.phone;
        let case = world.dripping_tap().await;
        let input = json!({ "siteId": world.id("Site", "site"), "phone": phone });
        let found = world.act("agent", "lookUpCaller", input.clone()).await;
        assert_eq!(found["people"], json!([{ "name": "owner", "homes": [{ "unit": { "name": "1203" }, "kind": "OWNER" }] }]));
        assert_eq!(found["complaints"][0]["id"], json!(case));
        let nobody = world.act("agent", "lookUpCaller", with(json!({ "phone": "13911112222" }), input.clone())).await;
        assert_eq!((&nobody["people"], &nobody["complaints"]), (&json!([]), &json!([])));
        let other = with(json!({ "siteId": world.id("Site", "other site") }), input.clone());
        assert_eq!(told(&world.try_to("agent", "lookUpCaller", other).await), ("NOT_FOUND", "siteId"));
        assert_eq!(told(&world.try_to("stranger agent", "lookUpCaller", input.clone()).await), ("NOT_FOUND", "siteId"));
        let document = tests::ask::mutation("lookUpCaller");
        assert_eq!(world.error("technician", &document, tests::ask::variables(&input)).await, "FORBIDDEN");
        let trail = world.ask("administrator", "{ auditTrail(page: { first: 50 }) { nodes { kind actorName } } }", json!({})).await;
        let told = trail["auditTrail"]["nodes"].as_array().unwrap().iter().filter(|entry| entry["kind"] == "CALLER_LOOKED_UP").count();
        assert_eq!(told, 2, "each look-up, and whether somebody was found or not");
        for _ in 0..27 {
            world.act("agent", "lookUpCaller", input.clone()).await;
        }
        assert_eq!(world.error("agent", &document, tests::ask::variables(&input)).await, "RATE_LIMITED");
        world.act("second agent", "lookUpCaller", input.clone()).await;
        world.pass(TimeDelta::seconds(31));
        world.act("agent", "lookUpCaller", input).await;
    }

    async fn e3_5_any_employee_registers_on_the_spot_and_a_clock_runs_until_customer_service_has_it(world) {
        for who in ["technician", "leader", "head", "security head", "archivist", "director", "office head", "administrator"] {
            let payload = world.act(who, "reportForCustomer", told_on_the_spot(&world)).await;
            assert_eq!(payload["receiver"]["name"], "supervisor", "customer service owns it at once");
        }
        let payload = world.act("technician", "reportForCustomer", told_on_the_spot(&world)).await;
        let case = payload["complaint"]["id"].as_str().unwrap();
        let clock = take_over_clock(&world, "agent", case).await;
        assert_eq!((&clock["state"], &clock["dueAt"]), (&json!("RUNNING"), &json!("2026-03-02T01:30:00+00:00")));
        let refused = world.try_on_case("agent", "takeOverComplaint", case, json!({})).await;
        assert_eq!(told(&refused), ("REQUIRED", "confirmations"), "E4.1.2: it is confirmed with the customer");
        let unclear = json!({ "confirmations": { "heard": true, "asked": true, "repeated": false, "recorded": true } });
        let refused = world.try_on_case("agent", "takeOverComplaint", case, unclear).await;
        assert_eq!(refused["errors"][0]["field"], json!(["confirmations", "repeated"]));
        let clear = json!({ "confirmations": { "heard": true, "asked": true, "repeated": true, "recorded": true } });
        let taken = world.on_case("agent", "takeOverComplaint", case, clear).await;
        assert_eq!(taken["complaint"]["handler"]["name"], "agent");
        assert_eq!(take_over_clock(&world, "agent", case).await["state"], "MET");
        let own = world.act("agent", "registerComplaint", json!({
            "siteId": world.id("Site", "site"), "channel": "VISIT",
            "confirmations": { "heard": true, "asked": true, "repeated": true, "recorded": true },
            "report": with(world.report("CLEANING", "COMPLAINT", "垃圾"), json!({ "place": "3栋", "contactName": "王女士", "contactPhone": "13800009999" })),
        })).await;
        let own = own["complaint"]["id"].as_str().unwrap();
        assert_eq!(take_over_clock(&world, "agent", own).await, json!(null), "customer service has what it registers itself");
        world.on_case("supervisor", "takeOverComplaint", own, json!({})).await;
    }

    async fn e3_5_what_customer_service_does_not_take_over_is_told_and_dispatching_it_takes_it_over(world) {
        let payload = world.act("technician", "reportForCustomer", told_on_the_spot(&world)).await;
        let case = payload["complaint"]["id"].as_str().unwrap().to_owned();
        let other = world.act("technician", "reportForCustomer", told_on_the_spot(&world)).await;
        let other = other["complaint"]["id"].as_str().unwrap().to_owned();
        world.on_case("agent", "dispatchComplaint", &other, json!({})).await;
        assert_eq!(take_over_clock(&world, "agent", &other).await["state"], "MET");
        world.pass(TimeDelta::minutes(31));
        while sweep::tell_due(&world.app).await.unwrap() > 0 {}
        let heard = world.ask("supervisor", "{ notices(page: { first: 50 }) { kind text complaintId } }", json!({})).await;
        let missed: Vec<&Value> = heard["notices"].as_array().unwrap().iter()
            .filter(|notice| notice["kind"] == "CLOCK_MISSED" && notice["text"].as_str().unwrap().contains("Customer service takes over")).collect();
        assert_eq!(missed.len(), 1, "{heard}");
        assert_eq!(missed[0]["complaintId"], json!(case));
        let taken = world.on_case("supervisor", "takeOverComplaint", &case, json!({ "confirmations": { "heard": true, "asked": true, "repeated": true, "recorded": true } })).await;
        assert_eq!(taken["complaint"]["handler"]["name"], "supervisor");
        assert_eq!(take_over_clock(&world, "agent", &case).await["state"], "MISSED");
    }

    async fn e3_5_without_a_number_what_is_registered_on_the_spot_is_anonymous_with_a_receipt_code(world) {
        let mut input = told_on_the_spot(&world);
        input.as_object_mut().unwrap().remove("contactPhone");
        let payload = world.act("technician", "reportForCustomer", input.clone()).await;
        assert_eq!(payload["receiptCode"].as_str().unwrap().len(), 24);
        input.as_object_mut().unwrap().remove("place");
        assert_eq!(told(&world.try_to("technician", "reportForCustomer", input).await), ("REQUIRED", "place"));
        let outside = with(json!({ "siteId": world.id("Site", "other site") }), told_on_the_spot(&world));
        assert_eq!(told(&world.try_to("technician", "reportForCustomer", outside).await), ("NOT_FOUND", "siteId"));
        let document = tests::ask::mutation("reportForCustomer");
        let resident = tests::ask::variables(&told_on_the_spot(&world));
        assert_eq!(world.error("owner", &document, resident).await, "FORBIDDEN");
        assert_eq!(refusal(&world.try_to("technician", "reportForCustomer", with(json!({ "description": "" }), told_on_the_spot(&world))).await), "REQUIRED");
    }
}
