//! Who may do and see what; out of scope is the same as absent.

use chrono::TimeDelta;
use serde_json::json;
use tests::ask::refusal;

on_both! {
    async fn nothing_crosses_an_organization_and_absent_looks_the_same(world) {
        let case = world.resolved().await;
        let order = world.case("agent", &case).await["workOrders"][0]["id"].as_str().unwrap().to_owned();
        let nothing = format!("Complaint_{}", uuid::Uuid::from_u128(1).simple());
        for stranger in ["stranger agent", "stranger office head", "stranger leader"] {
            assert_eq!(world.case(stranger, &case).await, json!(null));
            let document = "query($ids: [ID!]!) { nodes(ids: $ids) { id } complaints { nodes { id } } workOrders { nodes { id } } changes { events { id } } }";
            let seen = world.ask(stranger, document, json!({ "ids": [case, order, nothing, "nonsense"] })).await;
            assert_eq!(seen["nodes"], json!([null, null, null, null]));
            assert_eq!(seen["complaints"]["nodes"], json!([]));
            assert_eq!(seen["workOrders"]["nodes"], json!([]));
            assert_eq!(seen["changes"]["events"], json!([]));
        }
        let there = world.try_on_case("stranger agent", "withdrawComplaint", &case, json!({ "reason": "x" })).await;
        let absent = world.try_on_case("stranger agent", "withdrawComplaint", &nothing, json!({ "reason": "x" })).await;
        assert_eq!(there, absent, "a stranger cannot tell a case that exists from one that does not");
        assert_eq!(refusal(&there), "NOT_FOUND");
    }

    async fn a_household_sees_repairs_and_shared_complaints_until_the_to_date(world) {
        let repair = world.dripping_tap().await;
        let payload = world.act("tenant", "fileComplaint", json!({
            "unitId": world.id("Unit", "home"), "report": world.report("SERVICE_QUALITY", "COMPLAINT", "业主不修") })).await;
        let private = payload["complaint"]["id"].as_str().unwrap().to_owned();
        assert_eq!(world.case("wife", &repair).await["state"], "RECEIVED");
        assert_eq!(world.case("tenant", &repair).await["state"], "RECEIVED");
        assert_eq!(world.case("neighbour", &repair).await, json!(null));
        assert_eq!(world.case("owner", &private).await, json!(null), "a tenant's complaint stays private");
        world.on_case("tenant", "shareComplaint", &private, json!({ "shared": true })).await;
        assert_eq!(world.case("owner", &private).await["state"], "RECEIVED");
        let refused = world.try_on_case("wife", "withdrawComplaint", &repair, json!({ "reason": "算了" })).await;
        assert_eq!(refusal(&refused), "NOT_YOURS");
        world.pass(TimeDelta::days(30));
        assert_eq!(world.case("tenant", &repair).await, json!(null), "the tenancy ended on 31 March");
        assert_eq!(world.case("tenant", &private).await["state"], "RECEIVED", "their own case they may follow to its end");
        let mut late = world.tap_input();
        late["report"]["description"] = json!("还住着?");
        assert_eq!(refusal(&world.try_to("tenant", "fileComplaint", late).await), "NOT_FOUND");
    }

    async fn a_technician_sees_only_their_orders_and_a_department_its_own(world) {
        let case = world.dripping_tap().await;
        let order = world.issued(&case).await;
        let see = "query($id: ID!) { workOrder(id: $id) { number complaint { contactPhone } } }";
        for who in ["technician", "electrician", "second technician", "security head", "neighbour"] {
            assert_eq!(world.ask(who, see, json!({ "id": order })).await["workOrder"], json!(null), "{who}");
        }
        world.to_technician(&order).await;
        let seen = world.ask("technician", see, json!({ "id": order })).await;
        assert_eq!(seen["workOrder"]["complaint"]["contactPhone"], world.viewer("owner").await.phone.as_str());
        assert_eq!(world.ask("second technician", see, json!({ "id": order })).await["workOrder"], json!(null));
        assert_eq!(world.case("security head", &case).await, json!(null));
        let wrong = json!({ "technicianId": world.id("Account", "electrician") });
        let payload = world.try_on_order("leader", "assignTechnician", &order, wrong).await;
        assert_eq!(payload["errors"][0]["field"], json!(["technicianId"]), "another team's");
    }

    async fn e3_1_the_category_names_the_department_that_sees_it(world) {
        for (category, text, head) in [
            ("WATER", "厨房水龙头滴水", "head"),
            ("NOISE", "楼上夜里拖动家具", "security head"),
            ("MAIL", "挂号信没有收到", "security head"),
            ("CLEANING", "楼道垃圾没人收", "environment head"),
        ] {
            let input = json!({ "unitId": world.id("Unit", "home"), "report": world.report(category, "COMPLAINT", text) });
            let filed = world.act("owner", "fileComplaint", input).await;
            let case = filed["complaint"]["id"].as_str().unwrap();
            let sent = world.on_case("agent", "dispatchComplaint", case, json!({})).await;
            assert_eq!(sent["complaint"]["handler"]["name"], head, "{category}");
            for who in ["head", "security head", "environment head"] {
                assert_eq!(world.case(who, case).await.is_null(), who != head, "{who} and {category}");
            }
            for who in ["agent", "second agent", "supervisor"] {
                assert_eq!(world.case(who, case).await["state"], "DISPATCHED", "customer service sees all: {who}");
            }
        }
    }

    async fn contact_details_are_masked_for_whoever_does_not_need_them(world) {
        let case = world.dripping_tap().await;
        let phone = world.viewer("owner").await.phone;
        let masked = domain::text::mask_phone(&phone);
        assert_eq!(world.case("owner", &case).await["contactPhone"], phone.as_str());
        assert_eq!(world.case("agent", &case).await["contactPhone"], phone.as_str());
        assert_eq!(world.case("office head", &case).await["contactPhone"], masked.as_str());
        assert_eq!(world.case("wife", &case).await["contactPhone"], masked.as_str());
        assert_eq!(world.case("company leader", &case).await["contactPhone"], masked.as_str());
    }

    async fn c11_a_complaint_about_somebody_passes_by_them_and_they_never_see_it(world) {
        let mut input = world.tap_input();
        input["report"] = tests::world::with(world.report("SERVICE_QUALITY", "COMPLAINT", "主管态度差"), json!({
            "aboutAccountId": world.id("Account", "supervisor") }));
        let payload = world.act("owner", "fileComplaint", input).await;
        let case = payload["complaint"]["id"].as_str().unwrap().to_owned();
        assert_eq!(payload["receiver"]["name"], "director", "the next level");
        assert_eq!(world.case("supervisor", &case).await, json!(null));
        let seen = world.ask("supervisor", "{ notices { kind } changes { events { kind } } register { nodes { id } } }", json!({})).await;
        assert_eq!(seen, json!({ "notices": [], "changes": { "events": [] }, "register": { "nodes": [] } }));
        let sent = world.on_case("agent", "dispatchComplaint", &case, json!({})).await;
        assert_eq!(sent["complaint"]["handler"]["name"], "office head", "not the head of the department, who is the subject");
        let refused = world.try_on_case("supervisor", "acceptAssignment", &case, json!({})).await;
        assert_eq!(refusal(&refused), "NOT_FOUND");
    }

    async fn a_stranger_is_told_to_sign_in_and_a_wrong_role_is_forbidden(world) {
        assert_eq!(world.error("", "{ viewer { name } }", json!({})).await, "UNAUTHENTICATED");
        assert_eq!(world.error("", "{ complaints { nodes { id } } }", json!({})).await, "UNAUTHENTICATED");
        let input = json!({ "input": { "complaintId": "Complaint_0", "expectedVersion": 1 } });
        let document = tests::ask::mutation("archiveComplaint");
        assert_eq!(world.error("owner", &document, input.clone()).await, "FORBIDDEN");
        assert_eq!(world.error("technician", &document, input).await, "FORBIDDEN");
    }

    async fn a_stale_version_is_refused_with_the_current_state(world) {
        let case = world.dripping_tap().await;
        let old = json!({ "complaintId": case, "expectedVersion": 1, "text": "马上来" });
        world.on_case("agent", "dispatchComplaint", &case, json!({})).await;
        let payload = world.try_to("agent", "reportProgress", old).await;
        assert_eq!(refusal(&payload), "STALE");
        assert_eq!(payload["complaint"]["state"], "DISPATCHED");
        assert_eq!(payload["complaint"]["version"], 2);
    }

    async fn viewer_tells_roles_and_units_that_hold_today(world) {
        let document = "{ viewer { name roles { role } units { name building site { code } } } }";
        let owner = world.ask("owner", document, json!({})).await;
        assert_eq!(owner["viewer"]["units"], json!([{ "name": "1203", "building": "1203栋", "site": { "code": "LY" } }]));
        let agent = world.ask("agent", document, json!({})).await;
        assert_eq!(agent["viewer"]["roles"], json!([{ "role": "CUSTOMER_SERVICE_AGENT" }]));
    }

    async fn e4_2_1c_every_step_tells_the_customer_who_marks_it_read(world) {
        let case = world.resolved().await;
        let document = "{ notices(page: { first: 50 }, unreadOnly: true) { kind text cursor complaintId } }";
        let told = world.ask("owner", document, json!({})).await["notices"].as_array().unwrap().clone();
        let kinds: Vec<&str> = told.iter().rev().map(|notice| notice["kind"].as_str().unwrap()).collect();
        assert_eq!(kinds, [
            "COMPLAINT_DISPATCHED", "WORK_ORDER_ISSUED", "TECHNICIAN_ASSIGNED", "TECHNICIAN_DEPARTED",
            "TECHNICIAN_ARRIVED", "WORK_ORDER_COMPLETED", "COMPLAINT_RESOLVED", "FOLLOW_UP_OPENED",
        ]);
        assert!(told.iter().all(|notice| notice["complaintId"] == json!(case)));
        world.act("owner", "markNoticesRead", json!({ "upTo": told[0]["cursor"] })).await;
        assert_eq!(world.ask("owner", document, json!({})).await["notices"], json!([]));
    }
}
