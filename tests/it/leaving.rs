//! Whoever leaves hands over what they own (A0): in the act, or when the last day is over; never to whom it is about (C11).

use api::access::viewer::Viewer;
use api::organization::staff::sweep::carry_out_ended_roles;
use chrono::TimeDelta;
use entity::{account, complaint, follow_up, role_grant, work_order};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use serde_json::{Value, json};
use tests::World;
use tests::ask::refusal;
use tests::world::{row_id, with};
use uuid::Uuid;

async fn disable(world: &World, who: &str, successor: Option<&str>) -> Value {
    let row = account::Entity::find_by_id(world.town.id(who)).one(&world.app.db).await.unwrap().unwrap();
    let input = json!({ "accountId": world.id("Account", who), "expectedVersion": row.version,
        "successorId": successor.map(|name| world.id("Account", name)) });
    world.try_to("administrator", "disableAccount", input).await
}

/// Everything open, as its site, its owner and whom it is about.
async fn open_things(world: &World) -> Vec<(String, Uuid, Uuid, Option<Uuid>)> {
    let db = &world.app.db;
    let cases = complaint::Entity::find().all(db).await.unwrap();
    let about = |id: Uuid| cases.iter().find(|case| case.id == id).and_then(|case| case.about_account_id);
    let mut open = Vec::new();
    for case in &cases {
        if domain::complaint::duty(case.state, None).is_some() {
            open.push((format!("case {:?}", case.state), case.site_id, case.owner_account_id, case.about_account_id));
        }
    }
    for order in work_order::Entity::find().all(db).await.unwrap() {
        if order.state.duty().is_some() {
            let subject = about(order.complaint_id);
            open.push((format!("order {:?}", order.state), order.site_id, order.owner_account_id, subject));
        }
    }
    for follow_up in follow_up::Entity::find().all(db).await.unwrap() {
        if follow_up.state.duty().is_some() {
            let subject = about(follow_up.complaint_id);
            open.push((
                format!("follow-up {:?}", follow_up.state),
                follow_up.site_id,
                follow_up.owner_account_id,
                subject,
            ));
        }
    }
    open
}

/// Everything open is owned by somebody who may sign in, holds a role for it, and is not whom it is about.
async fn assert_owned(world: &World, after: &str) {
    for (what, site, owner, subject) in open_things(world).await {
        let person = Viewer::load(&world.app.db, owner, world.now()).await;
        let person = person.unwrap_or_else(|_| panic!("{what} is owned by nobody after {after}"));
        let held = person.grants.iter().any(|grant| grant.site_id.is_none_or(|held| held == site));
        assert!(held, "{what} is owned by {}, who holds no role, after {after}", person.name);
        assert_ne!(subject, Some(owner), "C11: {what} after {after}");
    }
}

/// Cases, orders and follow-ups in every state in which somebody owns them.
async fn busy(world: &World) {
    let step = |order: String, technician: &'static [&'static str]| async move {
        world.to_technician(&order).await;
        for field in technician {
            let more = match *field {
                "completeWorkOrder" => json!({ "workDone": "修好", "cause": "磨损" }),
                "holdWorkOrder" => json!({ "reason": "PARTS", "until": world.now() + TimeDelta::days(2) }),
                _ => json!({}),
            };
            world.on_order("technician", field, &order, more).await;
        }
    };
    world.dripping_tap().await;
    let sent = world.dripping_tap().await;
    world.on_case("agent", "dispatchComplaint", &sent, json!({})).await;
    let handled = world.dripping_tap().await;
    world.on_case("agent", "dispatchComplaint", &handled, json!({})).await;
    world.on_case("head", "acceptAssignment", &handled, json!({})).await;
    world.on_case("head", "assignHandler", &handled, json!({ "handlerId": world.id("Account", "leader") })).await;
    let worked = world.dripping_tap().await;
    world.issued(&worked).await;
    let acknowledged = world.issued(&worked).await;
    world.on_order("head", "acknowledgeWorkOrder", &acknowledged, json!({})).await;
    let teamed = world.issued(&worked).await;
    world.on_order("head", "acknowledgeWorkOrder", &teamed, json!({})).await;
    world.on_order("head", "assignTeam", &teamed, json!({ "teamId": world.id("Team", "plumbers") })).await;
    step(world.issued(&worked).await, &[]).await;
    step(world.issued(&worked).await, &["departForWorkOrder"]).await;
    step(world.issued(&worked).await, &["recordArrival"]).await;
    step(world.issued(&worked).await, &["holdWorkOrder"]).await;
    step(world.issued(&worked).await, &["recordArrival", "completeWorkOrder"]).await;
    world.resolved().await;
    let called = world.resolved().await;
    let follow_up = world.open_follow_up(&called).await;
    world.on_follow_up("supervisor", "finishFollowUp", &follow_up, world.call("SATISFIED")).await;
    let signed = world.resolved().await;
    let follow_up = world.open_follow_up(&signed).await;
    world.on_follow_up("supervisor", "finishFollowUp", &follow_up, world.call("SATISFIED")).await;
    world.on_follow_up("director", "inspectFollowUp", &follow_up, json!({ "remark": "好" })).await;
    let mut about = world.tap_input();
    about["report"]["aboutAccountId"] = json!(world.id("Account", "office head"));
    world.act("owner", "fileComplaint", about).await;
}

on_both! {
    async fn a0_after_any_ending_nothing_open_is_owned_by_somebody_without_a_role(world) {
        busy(&world).await;
        assert_owned(&world, "the beginning").await;
        let before = open_things(&world).await.len();
        for (who, successor) in [
            ("technician", None), ("leader", None), ("agent", None), ("head", Some("security head")), ("director", None),
            ("supervisor", Some("second agent")), ("office head", Some("environment head")), ("archivist", None),
        ] {
            if successor.is_some() {
                assert_eq!(refusal(&disable(&world, who, None).await), "MISSING", "{who}");
                assert_owned(&world, "a refusal").await;
            }
            assert_eq!(disable(&world, who, successor).await["errors"], json!([]), "{who}");
            assert_owned(&world, who).await;
        }
        assert_eq!(open_things(&world).await.len(), before, "nothing was lost on the way");
    }

    async fn a0_a_technicians_orders_go_to_the_leader_to_be_given_again_and_the_customer_hears(world) {
        let case = world.dripping_tap().await;
        let order = world.issued(&case).await;
        world.to_technician(&order).await;
        world.on_order("technician", "departForWorkOrder", &order, json!({})).await;
        let role = world.role_of("technician").await;
        world.act("administrator", "endRole", role).await;
        let row = work_order::Entity::find_by_id(row_id(&order)).one(&world.app.db).await.unwrap().unwrap();
        assert_eq!(row.state, domain::work_order::State::TeamAssigned);
        assert_eq!((row.owner_account_id, row.technician_id, row.departed_at), (world.town.id("leader"), None, None));
        let seen = world.case("owner", &case).await;
        let last = seen["timeline"].as_array().unwrap().last().unwrap().clone();
        assert_eq!((last["kind"].as_str(), last["ownerName"].as_str()), (Some("OWNER_CHANGED"), Some("leader")));
        for who in ["owner", "leader"] {
            let notices = world.ask(who, "{ notices { kind complaintId } }", json!({})).await;
            assert_eq!(notices["notices"][0], json!({ "kind": "OWNER_CHANGED", "complaintId": case }), "{who}");
        }
        let second = json!({ "technicianId": world.id("Account", "second technician") });
        let given = world.on_order("leader", "assignTechnician", &order, second).await;
        assert_eq!(given["workOrder"]["state"], "TECHNICIAN_ASSIGNED");
        let back = json!({ "technicianId": world.id("Account", "technician") });
        let again = world.issued(&case).await;
        world.on_order("head", "acknowledgeWorkOrder", &again, json!({})).await;
        world.on_order("head", "assignTeam", &again, json!({ "teamId": world.id("Team", "plumbers") })).await;
        assert_eq!(refusal(&world.try_on_order("leader", "assignTechnician", &again, back).await), "NOT_FOUND");
    }

    async fn a0_work_that_is_done_stays_done_when_its_technician_leaves(world) {
        let case = world.dripping_tap().await;
        let order = world.work_done(&case).await;
        world.act("administrator", "endRole", world.role_of("technician").await).await;
        let row = work_order::Entity::find_by_id(row_id(&order)).one(&world.app.db).await.unwrap().unwrap();
        assert_eq!((row.state, row.owner_account_id), (domain::work_order::State::Done, world.town.id("leader")));
        let signed = world.on_order("owner", "signWorkOrder", &order, world.signing()).await;
        assert_eq!(signed["workOrder"]["state"], "SIGNED");
    }

    async fn a_named_successor_takes_over_what_they_may_own(world) {
        let case = world.dripping_tap().await;
        let ending = with(json!({ "successorId": world.id("Account", "agent") }), world.role_of("supervisor").await);
        world.act("administrator", "endRole", ending).await;
        assert_eq!(world.case("owner", &case).await["handler"]["name"], "agent");
        assert_eq!(world.case("administrator", &case).await, json!(null));
        let trail = "{ auditTrail(filter: { kinds: [HANDED_OVER] }) { nodes { data subjectId } } }";
        let trail = world.ask("administrator", trail, json!({})).await["auditTrail"]["nodes"].clone();
        assert_eq!(trail, json!([{ "data": { "complaints": 1, "workOrders": 0, "followUps": 0, "undertakings": 0, "opinions": 0 },
            "subjectId": world.id("Account", "supervisor") }]), "counted, but nothing of the case is named");
    }

    async fn c11_a_hand_over_passes_by_whom_the_complaint_is_about(world) {
        let mut input = world.tap_input();
        input["report"]["aboutAccountId"] = json!(world.id("Account", "head"));
        let case = world.act("owner", "fileComplaint", input).await["complaint"]["id"].as_str().unwrap().to_owned();
        let sent = world.on_case("agent", "dispatchComplaint", &case, json!({})).await;
        assert_eq!(sent["complaint"]["handler"]["name"], "office head");
        let ending = with(json!({ "successorId": world.id("Account", "head") }), world.role_of("office head").await);
        world.act("administrator", "endRole", ending).await;
        assert_eq!(world.case("owner", &case).await["handler"]["name"], "company leader");
        assert_owned(&world, "the office head").await;
    }

    async fn a_role_whose_last_day_is_over_is_carried_out_once_and_by_itself(world) {
        let case = world.dripping_tap().await;
        let order = world.issued(&case).await;
        world.to_technician(&order).await;
        let other = world.dripping_tap().await;
        let ending = with(json!({ "day": "2026-03-05", "successorId": world.id("Account", "agent") }), world.role_of("supervisor").await);
        world.act("administrator", "endRole", ending).await;
        let ending = with(json!({ "day": "2026-03-05" }), world.role_of("technician").await);
        let ended = world.act("administrator", "endRole", ending).await;
        assert_eq!(ended["role"]["to"], "2026-03-04");
        let carry_out = async || carry_out_ended_roles(&world.app, world.now()).await.unwrap();
        assert_eq!(carry_out().await, 0, "they hold until their last day is over");
        world.pass(TimeDelta::days(2));
        assert_eq!(carry_out().await, 0);
        assert_eq!(world.case("owner", &other).await["handler"]["name"], "supervisor");
        // 5 March begins in Shanghai at 16:00 of the 4th in UTC.
        world.pass(TimeDelta::hours(15));
        assert_eq!(carry_out().await, 2);
        assert_eq!(world.case("owner", &other).await["handler"]["name"], "agent");
        let row = work_order::Entity::find_by_id(row_id(&order)).one(&world.app.db).await.unwrap().unwrap();
        assert_eq!(row.owner_account_id, world.town.id("leader"));
        assert_owned(&world, "two last days").await;
        let events = entity::event::Entity::find().count(&world.app.db).await.unwrap();
        assert_eq!(carry_out().await, 0);
        assert_eq!(entity::event::Entity::find().count(&world.app.db).await.unwrap(), events, "done once");
    }

    async fn an_ended_role_waits_where_nobody_can_be_named_and_others_do_not_wait_for_it(world) {
        let case = world.dripping_tap().await;
        world.on_case("agent", "dispatchComplaint", &case, json!({})).await;
        world.issued(&world.dripping_tap().await).await;
        // Those who are left without anybody above them: no act lets it come to that, but rows of earlier times may.
        let above = ["office head", "company leader", "head"].map(|who| world.town.id(who));
        for id in above {
            use sea_orm::{ActiveModelTrait, ActiveValue::Set, IntoActiveModel};
            let rows = role_grant::Entity::find().filter(role_grant::Column::AccountId.eq(id)).all(&world.app.db).await.unwrap();
            for row in rows {
                let mut row = row.into_active_model();
                row.to_date = Set(chrono::NaiveDate::from_ymd_opt(2026, 3, 1));
                row.update(&world.app.db).await.unwrap();
            }
        }
        assert_eq!(carry_out_ended_roles(&world.app, world.now()).await.unwrap(), 2, "the two who own nothing");
        assert_eq!(carry_out_ended_roles(&world.app, world.now()).await.unwrap(), 0);
        let give = json!({ "accountId": world.id("Account", "security head"), "role": "OFFICE_HEAD", "siteId": world.id("Site", "site") });
        world.act("administrator", "giveRole", give).await;
        assert_eq!(carry_out_ended_roles(&world.app, world.now()).await.unwrap(), 1);
        assert_owned(&world, "the post was filled").await;
    }
}
