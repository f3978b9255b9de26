//! Giving orders out: who is suggested and why; taking one, refusing it, giving it back; the team's board.

use std::time::Duration;

use api::clock::sweep;
use chrono::TimeDelta;
use entity::{building, unit};
use futures_util::StreamExt;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};
use tests::World;
use tests::ask::{needed, refusal, told};
use tests::world::with;

async fn suggested(world: &World, who: &str, order: &str) -> Value {
    let document = "query($o: ID!) { dispatchSuggestions(workOrderId: $o) { technicianId name reasons openOrders nextDueAt distance spareMinutes } }";
    world.ask(who, document, json!({ "o": order })).await["dispatchSuggestions"].clone()
}

fn names(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|suggestion| suggestion["name"].as_str().unwrap()).collect()
}

fn reasons<'a>(list: &'a Value, name: &str) -> Vec<&'a str> {
    let found = list.as_array().unwrap().iter().find(|suggestion| suggestion["name"] == name).unwrap();
    found["reasons"].as_array().unwrap().iter().map(|reason| reason.as_str().unwrap()).collect()
}

/// The building of a home, as `changeBuilding` names it.
async fn building_of(world: &World, home: &str) -> Value {
    let home = unit::Entity::find_by_id(world.town.id(home)).one(&world.app.db).await.unwrap().unwrap();
    let row = building::Entity::find_by_id(home.building_id).one(&world.app.db).await.unwrap().unwrap();
    json!({ "buildingId": format!("Building_{}", row.id.simple()), "expectedVersion": row.version })
}

/// Gives the building of a home a place on the way through the site.
async fn placed(world: &World, home: &str, place: Value) {
    let input = with(json!({ "walkOrder": place }), building_of(world, home).await);
    let changed = world.act("administrator", "changeBuilding", input).await;
    assert_eq!(changed["building"]["walkOrder"], place);
}

/// A case of a unit that is reported at the desk.
async fn case_at(world: &World, unit: Value) -> String {
    let report = with(
        world.report("WATER", "REPAIR", "漏水"),
        json!({ "contactName": "王小明", "contactPhone": "13800009999" }),
    );
    let input = json!({ "siteId": world.id("Site", "site"), "channel": "VISIT", "unitId": unit, "report": report,
        "confirmations": { "heard": true, "asked": true, "repeated": true, "recorded": true } });
    world.act("agent", "registerComplaint", input).await["complaint"]["id"].as_str().unwrap().to_owned()
}

/// An order for a case that a plumber has to do.
async fn given(world: &World, case: &str, who: &str) -> String {
    let order = world.issued(case).await;
    world.on_order("head", "acknowledgeWorkOrder", &order, json!({})).await;
    world.on_order("head", "assignTeam", &order, json!({ "teamId": world.id("Team", "plumbers") })).await;
    world.on_order("leader", "assignTechnician", &order, json!({ "technicianId": world.id("Account", who) })).await;
    order
}

/// The clock of taking an order: its state, and by when.
async fn acceptance(world: &World, case: &str) -> Value {
    let document = "query($id: ID!) { complaint(id: $id) { clocks { kind state dueAt evidence { verdict } } } }";
    let clocks = world.ask("head", document, json!({ "id": case })).await["complaint"]["clocks"].clone();
    let found = clocks.as_array().unwrap().iter().rfind(|clock| clock["kind"] == "ACCEPTANCE").cloned();
    found.unwrap_or_else(|| panic!("nobody waits for acceptance: {clocks}"))
}

async fn heard(world: &World, who: &str) -> Vec<String> {
    let notices = world.ask(who, "{ notices(page: { first: 100 }) { kind } }", json!({})).await["notices"].clone();
    notices.as_array().unwrap().iter().map(|notice| notice["kind"].as_str().unwrap().to_owned()).collect()
}

const BOARD: &str = "query($t: ID!) { teamBoard(teamId: $t) { cursor team { name } columns { state count cards { dueAt visitFrom visitTo workOrder { id technicianName } } } } }";

async fn board(world: &World, who: &str, team: &str) -> Value {
    world.ask(who, BOARD, json!({ "t": world.id("Team", team) })).await["teamBoard"].clone()
}

/// The orders of a column, in order.
fn column(board: &Value, state: &str) -> Vec<Value> {
    let columns = board["columns"].as_array().unwrap();
    let column = columns.iter().find(|column| column["state"] == state).unwrap();
    assert_eq!(column["count"].as_u64().unwrap(), column["cards"].as_array().unwrap().len() as u64);
    column["cards"].as_array().unwrap().clone()
}

on_both! {
    async fn e4_2_1a_technicians_are_suggested_with_the_reasons(world) {
        let order = world.issued(&world.dripping_tap().await).await;
        let first = suggested(&world, "head", &order).await;
        assert_eq!(first.as_array().unwrap().len(), 3);
        assert_eq!(reasons(&first, "electrician"), ["SKILLED", "IN_TIME", "FREE", "LEAST_LOADED"], "a team that has said nothing can do all");
        world.on_order("head", "acknowledgeWorkOrder", &order, json!({})).await;
        world.on_order("head", "assignTeam", &order, json!({ "teamId": world.id("Team", "plumbers") })).await;
        let mine = world.issued(&world.dripping_tap().await).await;
        world.to_technician(&mine).await;
        let shift = json!({ "departmentId": world.id("Department", "engineering"), "accountId": world.id("Account", "second technician"),
            "from": world.now(), "to": world.now() + TimeDelta::hours(8) });
        let now = suggested(&world, "leader", &order).await;
        assert_eq!(names(&now), ["technician", "second technician", "electrician"], "already in the building");
        assert_eq!(reasons(&now, "technician"), ["SKILLED", "OF_THE_TEAM", "NEAR", "IN_TIME"]);
        assert_eq!(now[0]["openOrders"], 1);
        assert!(now[0]["nextDueAt"].is_string(), "{now}");
        world.act("head", "setDutyShift", shift).await;
        let on_duty = suggested(&world, "leader", &order).await;
        assert_eq!(names(&on_duty)[0], "second technician");
        assert_eq!(reasons(&on_duty, "second technician"), ["SKILLED", "ON_DUTY", "OF_THE_TEAM", "IN_TIME", "FREE", "LEAST_LOADED"]);
        let taken = world.on_order("leader", "assignTechnician", &order, json!({ "technicianId": on_duty[0]["technicianId"] })).await;
        assert_eq!(taken["workOrder"]["technicianName"], "second technician", "a suggestion can be taken as it is");
        let none: Value = suggested(&world, "stranger office head", &order).await;
        assert_eq!(none, Value::Null, "another organization's");
        assert_eq!(suggested(&world, "environment head", &order).await, Value::Null, "not their department's");
        assert_eq!(world.error("technician", "query($o: ID!) { dispatchSuggestions(workOrderId: $o) { name } }", json!({ "o": order })).await, "FORBIDDEN");
    }

    async fn e4_2_1a_the_way_through_the_site_and_the_time_before_it_is_due_are_reasons_too(world) {
        placed(&world, "home", json!(1)).await;
        placed(&world, "other home", json!(4)).await;
        for (kind, csv) in [("BUILDINGS", "项目编号,楼栋,步行次序\nLY,9栋,10\n"), ("UNITS", "项目编号,楼栋,房号\nLY,9栋,0101\n")] {
            let report = world.act("administrator", "importSetup", json!({ "kind": kind, "csv": csv, "dryRun": false })).await;
            assert_eq!(report["report"]["made"], 1, "{report}");
        }
        let far = unit::Entity::find().filter(unit::Column::Name.eq("0101")).one(&world.app.db).await.unwrap().unwrap();
        let far = json!(format!("Unit_{}", far.id.simple()));
        given(&world, &case_at(&world, far).await, "technician").await;
        let near = given(&world, &case_at(&world, json!(world.id("Unit", "other home"))).await, "second technician").await;
        let order = world.issued(&world.dripping_tap().await).await;
        let now = suggested(&world, "head", &order).await;
        assert_eq!(names(&now), ["electrician", "second technician", "technician"], "of two with one order each the nearer");
        assert_eq!(reasons(&now, "second technician"), ["SKILLED", "CLOSEST", "IN_TIME"]);
        assert_eq!(reasons(&now, "technician"), ["SKILLED", "IN_TIME"]);
        let ways: Vec<_> = now.as_array().unwrap().iter().map(|one| one["distance"].clone()).collect();
        assert_eq!(ways, [json!(null), json!(3), json!(9)], "nobody knows where the electrician is");
        let spare = |list: &Value, at: usize| list[at]["spareMinutes"].as_i64().unwrap();
        assert_eq!(spare(&now, 0) - spare(&now, 1), 60, "an hour for the order that is due until then");
        for field in ["departForWorkOrder", "recordArrival"] {
            world.on_order("second technician", field, &near, json!({})).await;
        }
        world.on_order("second technician", "completeWorkOrder", &near, json!({ "workDone": "已修", "cause": "老化" })).await;
        let after = suggested(&world, "head", &order).await;
        assert_eq!(names(&after)[0], "second technician", "as free as the electrician, and still in the building of their last order");
        assert_eq!(reasons(&after, "second technician"), ["SKILLED", "CLOSEST", "IN_TIME", "FREE", "LEAST_LOADED"]);
        placed(&world, "other home", json!(null)).await;
        let unknown = suggested(&world, "head", &order).await;
        assert_eq!(reasons(&unknown, "technician"), ["SKILLED", "CLOSEST", "IN_TIME"], "of nobody is it known that they are nearer");
        world.pass(TimeDelta::days(60));
        let late = suggested(&world, "head", &order).await;
        assert!(late.as_array().unwrap().iter().all(|one| !one["reasons"].to_string().contains("IN_TIME")), "{late}");
        assert!(spare(&late, 0) < 0, "{late}");
        let wrong = world.try_to("administrator", "changeBuilding", with(json!({ "walkOrder": 0 }), building_of(&world, "home").await)).await;
        assert_eq!(told(&wrong), ("INVALID", "walkOrder"));
    }

    async fn e4_2_1a_a_technician_gives_an_order_back_with_a_reason(world) {
        let case = world.dripping_tap().await;
        let order = world.issued(&case).await;
        world.to_technician(&order).await;
        let reason = json!({ "reason": "需带电作业资质" });
        assert_eq!(refusal(&world.try_on_order("technician", "releaseWorkOrder", &order, json!({ "reason": " " })).await), "REQUIRED");
        assert_eq!(refusal(&world.try_on_order("second technician", "releaseWorkOrder", &order, reason.clone()).await), "NOT_FOUND");
        let unaccepted = world.try_on_order("technician", "releaseWorkOrder", &order, reason.clone()).await;
        assert_eq!((refusal(&unaccepted), needed(&unaccepted)), ("MISSING", vec!["ACCEPTANCE"]), "what was not accepted is refused");
        world.on_order("technician", "acceptWorkOrder", &order, json!({})).await;
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
    async fn e4_2_1a_a_technician_accepts_an_order_or_refuses_it_with_a_reason(world) {
        let case = world.dripping_tap().await;
        let order = world.issued(&case).await;
        world.to_technician(&order).await;
        let clock = acceptance(&world, &case).await;
        assert_eq!(clock["state"], "RUNNING");
        assert_eq!(clock["dueAt"], json!((world.now() + TimeDelta::minutes(15)).to_rfc3339_opts(chrono::SecondsFormat::Secs, true).replace('Z', "+00:00")));
        assert_eq!(refusal(&world.try_on_order("second technician", "acceptWorkOrder", &order, json!({})).await), "NOT_FOUND");
        assert_eq!(refusal(&world.try_on_order("technician", "refuseWorkOrder", &order, json!({ "reason": " " })).await), "REQUIRED");
        let refused = world.on_order("technician", "refuseWorkOrder", &order, json!({ "reason": "正在另一单抢修" })).await;
        assert_eq!(refused["workOrder"], Value::Null, "it is not theirs any more");
        assert_eq!(heard(&world, "leader").await[0], "WORK_ORDER_REFUSED");
        assert_eq!(acceptance(&world, &case).await["dueAt"], clock["dueAt"], "the time goes on: nobody has it");
        world.on_order("leader", "assignTechnician", &order, json!({ "technicianId": world.id("Account", "second technician") })).await;
        let taken = world.on_order("second technician", "acceptWorkOrder", &order, json!({})).await;
        let allowed = taken["workOrder"]["allowedActions"].to_string();
        assert!(allowed.contains("RELEASE") && !allowed.contains("ACCEPT") && !allowed.contains("REFUSE\""), "{allowed}");
        assert_eq!(acceptance(&world, &case).await["state"], "MET");
        let twice = world.try_on_order("second technician", "acceptWorkOrder", &order, json!({})).await;
        assert_eq!((refusal(&twice), needed(&twice)), ("MISSING", vec!["NOT_YET_ACCEPTED"]));
        let late = world.try_on_order("second technician", "refuseWorkOrder", &order, json!({ "reason": "忙" })).await;
        assert_eq!(needed(&late), ["NOT_YET_ACCEPTED"]);
        let theirs = world.case("owner", &case).await["timeline"].to_string();
        assert!(!theirs.contains("WORK_ORDER_ACCEPTED") && !theirs.contains("WORK_ORDER_REFUSED"), "among us");
    }

    async fn e4_2_1a_an_order_passed_to_another_technician_is_theirs_to_accept(world) {
        let case = world.dripping_tap().await;
        let order = world.issued(&case).await;
        world.to_technician(&order).await;
        world.on_order("technician", "departForWorkOrder", &order, json!({})).await;
        assert_eq!(acceptance(&world, &case).await["state"], "MET", "setting out says it");
        world.on_order("leader", "assignTechnician", &order, json!({ "technicianId": world.id("Account", "second technician") })).await;
        assert_eq!(heard(&world, "technician").await[0], "TECHNICIAN_ASSIGNED", "whoever had it hears of it");
        assert_eq!(acceptance(&world, &case).await["state"], "RUNNING", "somebody else is asked");
        let document = "query($o: ID!) { workOrder(id: $o) { acceptedAt departedAt technicianName allowedActions } }";
        let now = world.ask("second technician", document, json!({ "o": order })).await["workOrder"].clone();
        assert_eq!((&now["acceptedAt"], &now["departedAt"]), (&Value::Null, &Value::Null), "nobody has set out yet");
        assert!(now["allowedActions"].to_string().contains("ACCEPT"));
    }

    async fn e4_2_1a_an_order_that_nobody_takes_climbs(world) {
        let case = world.dripping_tap().await;
        let order = world.issued(&case).await;
        world.on_order("head", "acknowledgeWorkOrder", &order, json!({})).await;
        world.on_order("head", "assignTeam", &order, json!({ "teamId": world.id("Team", "plumbers") })).await;
        let called = async || {
            let document = "query($f: AlarmFilter!) { alarms(filter: $f, page: { first: 100 }) { nodes { rung clock person } } }";
            let found = world.ask("company leader", document, json!({ "f": { "complaintId": case } })).await;
            let mut rungs: Vec<_> = found["alarms"]["nodes"].as_array().unwrap().iter()
                .filter(|alarm| alarm["clock"] == "ACCEPTANCE")
                .map(|alarm| alarm["rung"].as_str().unwrap().to_owned()).collect();
            rungs.sort_unstable();
            rungs
        };
        for (minutes, rungs) in [(14, vec![]), (2, vec!["DEPARTMENT_HEAD"]), (5, vec!["DEPARTMENT_HEAD", "OFFICE_HEAD"]),
            (5, vec!["COMPANY_LEADER", "DEPARTMENT_HEAD", "OFFICE_HEAD"])] {
            world.pass(TimeDelta::minutes(minutes));
            sweep::tell_due(&world.app).await.unwrap();
            assert_eq!(called().await, rungs, "after {minutes} more minutes");
        }
        assert!(heard(&world, "leader").await.contains(&"CLOCK_MISSED".to_owned()), "whose order it is hears of it");
        assert_eq!(acceptance(&world, &case).await["state"], "RUNNING", "it is still to be taken");
    }

    async fn e4_2_1a_a_teams_board_shows_its_orders_by_state_and_what_changes(world) {
        let quiet = world.issued(&world.dripping_tap().await).await;
        world.to_technician(&quiet).await;
        let case = world.dripping_tap().await;
        let order = world.issued(&case).await;
        world.to_technician(&order).await;
        let first = board(&world, "leader", "plumbers").await;
        let given: Vec<_> = column(&first, "TECHNICIAN_ASSIGNED").iter().map(|card| card["workOrder"]["id"].clone()).collect();
        assert_eq!(given, [json!(quiet), json!(order)], "the first to be due first");
        assert!(column(&first, "TECHNICIAN_ASSIGNED")[0]["dueAt"].is_string());
        let document = "subscription($t: ID!, $after: String) { item: teamBoardEvents(teamId: $t, after: $after) { cursor kind workOrder { state } } }";
        let variables = json!({ "t": world.id("Team", "plumbers"), "after": first["cursor"] });
        let request = world.request("leader", document, variables).await;
        let mut live = Box::pin(world.schema.execute_stream(request).map(|item| serde_json::to_value(item).unwrap()));
        let mut next = async || {
            let item = tokio::time::timeout(Duration::from_mins(1), live.next()).await.expect("the stream delivers");
            item.expect("the stream goes on")["data"]["item"].clone()
        };
        world.on_order("technician", "acceptWorkOrder", &order, json!({})).await;
        assert_eq!(next().await["kind"], "WORK_ORDER_ACCEPTED");
        world.on_order("technician", "departForWorkOrder", &order, json!({})).await;
        let out = next().await;
        assert_eq!((&out["kind"], &out["workOrder"]["state"]), (&json!("TECHNICIAN_DEPARTED"), &json!("EN_ROUTE")));
        assert_eq!(column(&board(&world, "head", "plumbers").await, "EN_ROUTE")[0]["workOrder"]["technicianName"], "technician");
        world.on_order("head", "assignTeam", &quiet, json!({ "teamId": world.id("Team", "electricians") })).await;
        let gone = next().await;
        assert_eq!((&gone["kind"], &gone["workOrder"]), (&json!("WORK_ORDER_LEFT_TEAM"), &Value::Null), "and is no more to be seen");
        let now = board(&world, "leader", "plumbers").await;
        assert_eq!(column(&now, "TECHNICIAN_ASSIGNED"), Vec::<Value>::new());
        assert_eq!(column(&board(&world, "head", "electricians").await, "TEAM_ASSIGNED")[0]["workOrder"]["id"], json!(quiet));
        for who in ["leader", "environment head", "stranger office head"] {
            assert_eq!(board(&world, who, "electricians").await, Value::Null, "{who} does not lead them");
        }
        assert_eq!(world.error("technician", BOARD, json!({ "t": world.id("Team", "plumbers") })).await, "FORBIDDEN");
        let request = world.request("leader", document, json!({ "t": world.id("Team", "electricians") })).await;
        let refused = serde_json::to_value(Box::pin(world.schema.execute_stream(request)).next().await.unwrap()).unwrap();
        assert_eq!(refused["errors"][0]["extensions"]["code"], "REFUSED");
    }

    async fn e4_2_1_a_board_says_when_a_visit_is_booked(world) {
        let span = json!([{ "from": "09:00", "to": "17:00" }]);
        let week: Value = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"].iter().map(|day| ((*day).to_owned(), span.clone())).collect::<serde_json::Map<_, _>>().into();
        let offer = json!({ "teamId": world.id("Team", "plumbers"), "expectedVersion": 0, "week": week, "windowMinutes": 120,
            "capacity": 2, "leadMinutes": 60, "daysAhead": 7, "onHolidays": true, "categoryIds": [] });
        world.act("head", "setBookingOffer", offer).await;
        let case = world.dripping_tap().await;
        world.on_case("owner", "bookVisit", &case, json!({ "from": "2026-03-03T01:00:00Z", "to": "2026-03-03T03:00:00Z" })).await;
        let order = world.issued(&case).await;
        world.to_technician(&order).await;
        let card = column(&board(&world, "office head", "plumbers").await, "TECHNICIAN_ASSIGNED")[0].clone();
        assert_eq!((&card["visitFrom"], &card["visitTo"]), (&json!("2026-03-03T01:00:00+00:00"), &json!("2026-03-03T03:00:00+00:00")));
    }
}
