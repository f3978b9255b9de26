//! Giving orders out: who is suggested and why, and giving one back.

use chrono::TimeDelta;
use serde_json::{Value, json};
use tests::World;
use tests::ask::refusal;

async fn suggested(world: &World, who: &str, order: &str) -> Value {
    let document =
        "query($o: ID!) { dispatchSuggestions(workOrderId: $o) { technicianId name reasons openOrders nextDueAt } }";
    world.ask(who, document, json!({ "o": order })).await["dispatchSuggestions"].clone()
}

fn names(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|suggestion| suggestion["name"].as_str().unwrap()).collect()
}

fn reasons<'a>(list: &'a Value, name: &str) -> Vec<&'a str> {
    let found = list.as_array().unwrap().iter().find(|suggestion| suggestion["name"] == name).unwrap();
    found["reasons"].as_array().unwrap().iter().map(|reason| reason.as_str().unwrap()).collect()
}

on_both! {
    async fn e4_2_1a_technicians_are_suggested_with_the_reasons(world) {
        let order = world.issued(&world.dripping_tap().await).await;
        let first = suggested(&world, "head", &order).await;
        assert_eq!(first.as_array().unwrap().len(), 3);
        assert_eq!(reasons(&first, "electrician"), ["SKILLED", "FREE", "LEAST_LOADED"], "a team that has said nothing can do all");
        world.on_order("head", "acknowledgeWorkOrder", &order, json!({})).await;
        world.on_order("head", "assignTeam", &order, json!({ "teamId": world.id("Team", "plumbers") })).await;
        let mine = world.issued(&world.dripping_tap().await).await;
        world.to_technician(&mine).await;
        let shift = json!({ "departmentId": world.id("Department", "engineering"), "accountId": world.id("Account", "second technician"),
            "from": world.now(), "to": world.now() + TimeDelta::hours(8) });
        let now = suggested(&world, "leader", &order).await;
        assert_eq!(names(&now), ["technician", "second technician", "electrician"], "already in the building");
        assert_eq!(reasons(&now, "technician"), ["SKILLED", "OF_THE_TEAM", "NEAR"]);
        assert_eq!(now[0]["openOrders"], 1);
        assert!(now[0]["nextDueAt"].is_string(), "{now}");
        world.act("head", "setDutyShift", shift).await;
        let on_duty = suggested(&world, "leader", &order).await;
        assert_eq!(names(&on_duty)[0], "second technician");
        assert_eq!(reasons(&on_duty, "second technician"), ["SKILLED", "ON_DUTY", "OF_THE_TEAM", "FREE", "LEAST_LOADED"]);
        let taken = world.on_order("leader", "assignTechnician", &order, json!({ "technicianId": on_duty[0]["technicianId"] })).await;
        assert_eq!(taken["workOrder"]["technicianName"], "second technician", "a suggestion can be taken as it is");
        let none: Value = suggested(&world, "stranger office head", &order).await;
        assert_eq!(none, Value::Null, "another organization's");
        assert_eq!(suggested(&world, "environment head", &order).await, Value::Null, "not their department's");
        assert_eq!(world.error("technician", "query($o: ID!) { dispatchSuggestions(workOrderId: $o) { name } }", json!({ "o": order })).await, "FORBIDDEN");
    }

    async fn e4_2_1a_a_technician_gives_an_order_back_with_a_reason(world) {
        let case = world.dripping_tap().await;
        let order = world.issued(&case).await;
        world.to_technician(&order).await;
        let reason = json!({ "reason": "需带电作业资质" });
        assert_eq!(refusal(&world.try_on_order("technician", "releaseWorkOrder", &order, json!({ "reason": " " })).await), "REQUIRED");
        assert_eq!(refusal(&world.try_on_order("second technician", "releaseWorkOrder", &order, reason.clone()).await), "NOT_FOUND");
        world.on_order("technician", "holdWorkOrder", &order, json!({ "reason": "PARTS", "until": world.now() + TimeDelta::days(1) })).await;
        world.on_order("technician", "releaseWorkOrder", &order, reason.clone()).await;
        let document = "query($o: ID!) { workOrder(id: $o) { state technicianName holdReason handler { name } complaint { clocks { kind state } } } }";
        let now = world.ask("head", document, json!({ "o": order })).await["workOrder"].clone();
        assert_eq!((&now["state"], &now["technicianName"], &now["holdReason"], &now["handler"]["name"]), (&json!("TEAM_ASSIGNED"), &Value::Null, &Value::Null, &json!("leader")));
        let resolution = now["complaint"]["clocks"].as_array().unwrap().iter().find(|clock| clock["kind"] == "RESOLUTION").unwrap().clone();
        assert_eq!(resolution["state"], "RUNNING", "nobody waits for parts any more");
        let heard = world.ask("leader", "{ notices { kind text } }", json!({})).await["notices"].clone();
        assert_eq!(heard[0]["kind"], "WORK_ORDER_RELEASED", "{heard}");
        let theirs = world.case("owner", &case).await["timeline"].to_string();
        assert!(!theirs.contains("WORK_ORDER_RELEASED"), "customers are told when somebody else comes");
        world.on_order("leader", "assignTechnician", &order, json!({ "technicianId": world.id("Account", "second technician") })).await;
        world.on_order("second technician", "departForWorkOrder", &order, json!({})).await;
        world.on_order("second technician", "recordArrival", &order, json!({})).await;
        assert_eq!(refusal(&world.try_on_order("second technician", "releaseWorkOrder", &order, reason).await), "WRONG_STATE", "not in the middle of the work");
    }
}
