//! A case from report to archive, and every turn it can take on the way.

use chrono::TimeDelta;
use entity::complaint;
use sea_orm::EntityTrait;
use serde_json::json;
use tests::ask::{needed, refusal};

on_both! {
    async fn e4_2_1a_a_repair_goes_from_the_phone_to_the_archive(world) {
        let case = world.dripping_tap().await;
        let seen = world.case("owner", &case).await;
        assert_eq!((seen["state"].as_str(), seen["handler"]["name"].as_str()), (Some("RECEIVED"), Some("supervisor")));
        let order = world.issued(&case).await;
        let seen = world.case("owner", &case).await;
        assert_eq!((seen["state"].as_str(), seen["handler"]["name"].as_str()), (Some("IN_PROGRESS"), Some("head")));
        world.to_technician(&order).await;
        for (act, state) in [("departForWorkOrder", "EN_ROUTE"), ("recordArrival", "ARRIVED")] {
            let payload = world.on_order("technician", act, &order, json!({})).await;
            assert_eq!(payload["workOrder"]["state"], state);
            assert_eq!(payload["workOrder"]["handler"]["name"], "technician");
        }
        let unsigned = world.try_on_case("head", "resolveComplaint", &case, json!({ "result": "好了" })).await;
        assert_eq!((refusal(&unsigned), needed(&unsigned)), ("MISSING", vec!["WORK_ORDERS_FINISHED"]));
        let report = json!({ "workDone": "更换阀芯", "cause": "阀芯磨损" });
        world.on_order("technician", "completeWorkOrder", &order, report).await;
        let signed = world.on_order("owner", "signWorkOrder", &order, world.signing()).await;
        assert_eq!(signed["workOrder"]["state"], "SIGNED");
        assert_eq!(signed["workOrder"]["ratings"]["overall"], 5);
        assert_eq!(signed["workOrder"]["handler"]["name"], "head");
        let half = world.on_order("head", "acknowledgeCopy", &order, json!({ "holder": "DEPARTMENT" })).await;
        assert_eq!(half["workOrder"]["state"], "SIGNED");
        world.on_case("head", "resolveComplaint", &case, json!({ "result": "已更换阀芯" })).await;
        let follow_up = world.open_follow_up(&case).await;
        let early = world.try_on_case("archivist", "archiveComplaint", &case, json!({})).await;
        assert_eq!(refusal(&early), "WRONG_STATE");
        let held = world.on_follow_up("supervisor", "finishFollowUp", &follow_up, world.call("SATISFIED")).await;
        assert_eq!(held["complaint"]["state"], "FOLLOWED_UP");
        assert_eq!(held["complaint"]["handler"]["name"], "director");
        assert!(held["followUp"]["record"].as_str().unwrap().starts_with("电话回访"), "D2: the record says so");
        let early = world.try_on_case("archivist", "archiveComplaint", &case, json!({})).await;
        assert_eq!((refusal(&early), needed(&early)), ("MISSING", vec!["FOLLOW_UP_SIGNED"]));
        let early = world.try_on_follow_up("office head", "signOpinion", &follow_up, json!({ "opinion": "同意" })).await;
        assert_eq!((refusal(&early), needed(&early)), ("WRONG_STATE", vec!["INSPECTED"]));
        let inspected = world.on_follow_up("director", "inspectFollowUp", &follow_up, json!({ "remark": "属实" })).await;
        assert_eq!(inspected["complaint"]["handler"]["name"], "office head");
        let opinion = world.on_follow_up("office head", "signOpinion", &follow_up, json!({ "opinion": "同意归档" })).await;
        assert_eq!(opinion["complaint"]["handler"]["name"], "archivist");
        let early = world.try_on_case("archivist", "archiveComplaint", &case, json!({})).await;
        assert_eq!((refusal(&early), needed(&early)), ("MISSING", vec!["COPIES_ACKNOWLEDGED"]));
        let whole = world.on_order("agent", "acknowledgeCopy", &order, json!({ "holder": "CUSTOMER_SERVICE" })).await;
        assert_eq!(whole["workOrder"]["state"], "CLOSED");
        let archived = world.on_case("archivist", "archiveComplaint", &case, json!({})).await;
        assert_eq!(archived["complaint"]["state"], "ARCHIVED");
        let late = world.try_on_case("agent", "reportProgress", &case, json!({ "text": "再看看" })).await;
        assert_eq!(refusal(&late), "WRONG_STATE");
        let share = world.try_on_case("owner", "shareComplaint", &case, json!({ "shared": true })).await;
        assert_eq!(refusal(&share), "WRONG_STATE", "A8: nothing of an archived case changes");
        let before = complaint::Entity::find().one(&world.app.db).await.unwrap();
        world.pass(TimeDelta::days(2));
        let added = json!({ "complaintId": case, "text": "业主来电致谢" });
        world.act("archivist", "addAddendum", added).await;
        assert_eq!(complaint::Entity::find().one(&world.app.db).await.unwrap(), before, "A8: the row stays as it is");
        let seen = world.case("archivist", &case).await;
        assert_eq!(seen["timeline"].as_array().unwrap().last().unwrap()["reason"], "业主来电致谢");
        assert!(seen["timeline"].as_array().unwrap().iter().all(|e| e["ownerName"].is_string()), "A0");
    }

    async fn c5_a_department_that_declines_owes_reason_and_follow_up(world) {
        let case = world.dripping_tap().await;
        world.on_case("agent", "dispatchComplaint", &case, json!({})).await;
        let refused = world.try_on_case("agent", "acceptAssignment", &case, json!({})).await;
        assert_eq!(refusal(&refused), "NOT_YOURS");
        world.on_case("head", "acceptAssignment", &case, json!({})).await;
        for act in ["acceptComplaint", "declineComplaint"] {
            let blank = world.try_on_case("head", act, &case, json!({ "reason": "  " })).await;
            assert_eq!((refusal(&blank), blank["errors"][0]["field"][0].as_str()), ("REQUIRED", Some("reason")), "{act}");
        }
        let declined = world.on_case("head", "declineComplaint", &case, json!({ "reason": "属开发商保修范围" })).await;
        assert_eq!(declined["complaint"]["state"], "RESOLVED");
        assert_eq!(declined["complaint"]["outcome"], "DECLINED");
        assert_eq!(world.case("owner", &case).await["timeline"].as_array().unwrap().iter()
            .filter(|e| e["kind"] == "COMPLAINT_DECLINED" && e["reason"] == "属开发商保修范围").count(), 1);
        world.open_follow_up(&case).await;
    }

    async fn c4_a_refused_assignment_returns_to_customer_service_and_a_hand_over_names_the_next_owner(world) {
        let case = world.dripping_tap().await;
        let elsewhere = json!({ "departmentId": world.id("Department", "environment") });
        let silent = world.try_on_case("agent", "dispatchComplaint", &case, elsewhere.clone()).await;
        assert_eq!((refusal(&silent), silent["errors"][0]["field"][0].as_str()), ("REQUIRED", Some("reason")));
        let with_reason = tests::world::with(elsewhere, json!({ "reason": "疑为清洁问题" }));
        let sent = world.on_case("agent", "dispatchComplaint", &case, with_reason).await;
        assert_eq!(sent["complaint"]["handler"]["name"], "environment head");
        let refused = json!({ "reason": "是水管问题" });
        let payload = world.on_case("environment head", "refuseAssignment", &case, refused).await;
        assert_eq!(payload["complaint"], json!(null), "it has left the department's view");
        let seen = world.case("agent", &case).await;
        assert_eq!((seen["state"].as_str(), seen["handler"]["name"].as_str()), (Some("RECEIVED"), Some("supervisor")));
        world.on_case("agent", "dispatchComplaint", &case, json!({})).await;
        world.on_case("head", "acceptAssignment", &case, json!({})).await;
        let over = json!({ "departmentId": world.id("Department", "security"), "reason": "有人故意破坏" });
        let passed = world.on_case("agent", "handOverComplaint", &case, over).await;
        assert_eq!(passed["complaint"]["handler"]["name"], "security head");
        let notices = world.ask("security head", "{ notices { kind complaintId } }", json!({})).await;
        assert_eq!(notices["notices"][0]["kind"], "COMPLAINT_HANDED_OVER");
        assert_eq!(world.case("head", &case).await, json!(null), "C4: the case is the other department's now");
    }

    async fn a0_the_head_names_a_handler_whose_card_replaces_the_earlier_one(world) {
        let case = world.dripping_tap().await;
        world.on_case("agent", "dispatchComplaint", &case, json!({})).await;
        world.on_case("head", "acceptAssignment", &case, json!({})).await;
        let stranger = json!({ "handlerId": world.id("Account", "security head") });
        let refused = world.try_on_case("head", "assignHandler", &case, stranger).await;
        assert_eq!((refusal(&refused), refused["errors"][0]["field"][0].as_str()), ("NOT_FOUND", Some("handlerId")));
        let named = json!({ "handlerId": world.id("Account", "leader") });
        world.on_case("head", "assignHandler", &case, named).await;
        let seen = world.case("owner", &case).await;
        assert_eq!((seen["handler"]["name"].as_str(), seen["handler"]["department"].as_str()), (Some("leader"), Some("engineering")));
        let accepted = world.on_case("leader", "acceptComplaint", &case, json!({ "reason": "安排检修" })).await;
        assert_eq!(accepted["complaint"]["state"], "IN_PROGRESS");
    }

    async fn an_order_is_cancelled_with_a_reason_by_the_desk_but_not_by_its_technician(world) {
        let case = world.dripping_tap().await;
        let order = world.issued(&case).await;
        world.to_technician(&order).await;
        let refused = world.error("technician", &tests::ask::mutation("cancelWorkOrder"), json!({ "input": {
            "workOrderId": order, "expectedVersion": 1, "reason": "不想去" } })).await;
        assert_eq!(refused, "FORBIDDEN");
        let cancelled = world.on_order("agent", "cancelWorkOrder", &order, json!({ "reason": "重复派单" })).await;
        assert_eq!(cancelled["workOrder"]["state"], "CANCELLED");
        let again = world.try_on_order("agent", "cancelWorkOrder", &order, json!({ "reason": "重复派单" })).await;
        assert_eq!(refusal(&again), "WRONG_STATE");
        let told = world.ask("technician", "{ notices { kind } }", json!({})).await;
        assert_eq!(told["notices"][0]["kind"], "WORK_ORDER_CANCELLED");
    }

    async fn e4_5_2_a_customer_who_refuses_to_sign_sends_the_technician_back(world) {
        let case = world.dripping_tap().await;
        let order = world.work_done(&case).await;
        let refused = world.on_order("owner", "refuseSignature", &order, json!({ "reason": "还在滴" })).await;
        assert_eq!(refused["workOrder"]["state"], "TECHNICIAN_ASSIGNED");
        assert_eq!(refused["workOrder"]["reopenedCount"], 1);
        assert_eq!(refused["workOrder"]["handler"]["name"], "technician");
    }

    async fn e4_2_1a_a_signature_is_a_real_small_drawing_kept_with_what_was_signed(world) {
        let case = world.dripping_tap().await;
        let order = world.work_done(&case).await;
        for (png, code) in [
            ("bm90IGEgcG5n".to_owned(), "INVALID"),
            (tests::drawing::png(60, 20, |_, _| false), "INVALID"),
            (tests::drawing::png(2001, 2, |x, _| x == 3), "INVALID"),
            ("A".repeat(90_000), "TOO_LONG"),
        ] {
            let mut input = world.signing();
            input["signature"]["png"] = json!(png);
            let payload = world.try_on_order("owner", "signWorkOrder", &order, input).await;
            assert_eq!(refusal(&payload), code);
            assert_eq!(payload["errors"][0]["field"], json!(["signature", "png"]));
        }
        let mut input = world.signing();
        input["ratings"]["attitude"] = json!(6);
        let payload = world.try_on_order("owner", "signWorkOrder", &order, input).await;
        assert_eq!(payload["errors"][0]["field"], json!(["ratings", "attitude"]));
        let signed = world.on_order("technician", "signWorkOrder", &order, world.signing()).await;
        let kept = &signed["workOrder"]["signature"];
        let content: serde_json::Value = serde_json::from_str(kept["content"].as_str().unwrap()).unwrap();
        assert_eq!(content["workDone"], "更换阀芯");
        assert_eq!(
            kept["contentSha256"],
            api::app::act::sha256_hex(kept["content"].as_str().unwrap().as_bytes()).as_str()
        );
    }

    async fn e4_2_1a_the_head_signs_off_only_where_nobody_can_sign(world) {
        let case = world.dripping_tap().await;
        let order = world.work_done(&case).await;
        for why in ["PUBLIC_AREA", "ANONYMOUS", "ABSENT"] {
            let input = json!({ "why": why, "attempts": 1, "note": "无人签字" });
            let payload = world.try_on_order("head", "signOffWorkOrder", &order, input).await;
            assert_eq!((refusal(&payload), needed(&payload)), ("MISSING", vec!["NOBODY_CAN_SIGN"]), "{why}");
        }
        let input = json!({ "why": "ABSENT", "attempts": 2, "note": "两次上门无人" });
        let payload = world.on_order("head", "signOffWorkOrder", &order, input).await;
        assert_eq!(payload["workOrder"]["state"], "SIGNED");
        assert_eq!(payload["workOrder"]["signOffReason"], "ABSENT");
    }

    async fn e4_2_1a_an_order_waits_with_a_reason_and_goes_on_where_it_stood(world) {
        let case = world.dripping_tap().await;
        let order = world.issued(&case).await;
        world.to_technician(&order).await;
        world.on_order("technician", "departForWorkOrder", &order, json!({})).await;
        let past = json!({ "reason": "PARTS", "until": world.now() - TimeDelta::hours(1) });
        let payload = world.try_on_order("technician", "holdWorkOrder", &order, past).await;
        assert_eq!((refusal(&payload), payload["errors"][0]["field"][0].as_str()), ("INVALID", Some("until")));
        let until = json!({ "reason": "PARTS", "until": world.now() + TimeDelta::days(1) });
        let held = world.on_order("technician", "holdWorkOrder", &order, until).await;
        assert_eq!(held["workOrder"]["holdReason"], "PARTS");
        let resumed = world.on_order("technician", "resumeWorkOrder", &order, json!({})).await;
        assert_eq!(resumed["workOrder"]["state"], "EN_ROUTE");
        assert_eq!(resumed["workOrder"]["holdReason"], json!(null));
        let corrected =
            world.on_order("technician", "correctWorkOrder", &order, json!({ "reason": "误点出发" })).await;
        assert_eq!(corrected["workOrder"]["state"], "TECHNICIAN_ASSIGNED");
    }

    async fn c10_a_dissatisfied_customer_reopens_the_case_and_it_owes_a_new_follow_up(world) {
        let case = world.resolved().await;
        let first = world.open_follow_up(&case).await;
        world.pass(TimeDelta::hours(3));
        let held = world.on_follow_up("supervisor", "finishFollowUp", &first, world.call("DISSATISFIED")).await;
        assert_eq!(held["complaint"]["state"], "IN_PROGRESS");
        assert_eq!(held["complaint"]["reopenedCount"], 1);
        assert_eq!(held["complaint"]["handler"]["name"], "head");
        world.pass(TimeDelta::hours(1));
        world.on_case("head", "resolveComplaint", &case, json!({ "result": "再次处理" })).await;
        let second = world.open_follow_up(&case).await;
        assert_ne!(first, second);
        world.on_follow_up("director", "inspectFollowUp", &first, json!({ "remark": "已阅" })).await;
        let seen = world.case("supervisor", &case).await;
        assert_eq!(seen["state"], "RESOLVED", "the inspection of the old follow-up does not move the case");
        assert_eq!(seen["handler"]["name"], "supervisor");
    }

    async fn d2_a_follow_up_needs_the_evidence_of_its_method(world) {
        let case = world.resolved().await;
        let follow_up = world.open_follow_up(&case).await;
        for (method, missing) in [("PHONE", "CALL_RECORD"), ("ON_SITE", "SIGNATURE")] {
            let input = json!({ "method": method, "satisfaction": "SATISFIED", "record": "满意" });
            let payload = world.try_on_follow_up("supervisor", "finishFollowUp", &follow_up, input).await;
            assert_eq!((refusal(&payload), needed(&payload)), ("MISSING", vec![missing]));
        }
        let input = json!({
            "method": "ON_SITE", "satisfaction": "SATISFIED", "record": "满意",
            "signature": world.signing()["signature"],
        });
        let payload = world.on_follow_up("supervisor", "finishFollowUp", &follow_up, input).await;
        assert_eq!(payload["followUp"]["state"], "FINISHED");
    }

    async fn d0_a_talk_during_handling_changes_nothing_and_does_not_count_as_the_follow_up_that_is_owed(world) {
        let case = world.dripping_tap().await;
        world.issued(&case).await;
        let opened = world.on_case("supervisor", "openFollowUp", &case, json!({})).await;
        assert_eq!((opened["followUp"]["closing"].clone(), opened["followUp"]["ownerName"].as_str()), (json!(false), Some("supervisor")));
        let talk = opened["followUp"]["id"].as_str().unwrap();
        let held = world.on_follow_up("supervisor", "finishFollowUp", talk, world.call("DISSATISFIED")).await;
        assert_eq!(held["complaint"]["state"], "IN_PROGRESS");
        assert_eq!(held["complaint"]["reopenedCount"], 0);
        world.on_case("owner", "withdrawComplaint", &case, json!({ "reason": "自己修好了" })).await;
        assert_ne!(world.open_follow_up(&case).await, talk, "C10: the one that is owed is another");
    }

    async fn d7_an_anonymous_case_needs_its_written_result_instead_of_a_follow_up(world) {
        let input = json!({
            "siteId": world.id("Site", "site"),
            "report": tests::world::with(world.report("NOISE", "COMPLAINT", "夜间施工"), json!({ "place": "5栋旁" })),
        });
        let filed = world.act("", "fileAnonymousComplaint", input).await;
        let code = filed["receiptCode"].as_str().unwrap().to_owned();
        let number = filed["number"].clone();
        let found = world.ask("agent", "{ register { nodes { id number anonymous contactPhone } } }", json!({})).await;
        let case = found["register"]["nodes"][0]["id"].as_str().unwrap().to_owned();
        world.on_case("agent", "dispatchComplaint", &case, json!({})).await;
        world.on_case("security head", "acceptAssignment", &case, json!({})).await;
        world.on_case("security head", "acceptComplaint", &case, json!({ "reason": "立即核查" })).await;
        world.on_case("security head", "resolveComplaint", &case, json!({ "result": "已制止" })).await;
        let seen = world.case("supervisor", &case).await;
        assert_eq!(seen["followUps"], json!([]), "none is owed");
        let early = world.try_on_case("archivist", "archiveComplaint", &case, json!({})).await;
        assert_eq!(refusal(&early), "WRONG_STATE");
        let result = json!({ "result": "施工单位已整改" });
        world.on_case("supervisor", "recordResult", &case, result).await;
        world.on_case("archivist", "archiveComplaint", &case, json!({})).await;
        let document = "query($code: String!) { anonymousComplaint(receiptCode: $code) { number state result timeline { kind actorName } } }";
        let followed = world.ask("", document, json!({ "code": code.to_lowercase() })).await;
        assert_eq!(followed["anonymousComplaint"]["number"], number);
        assert_eq!(followed["anonymousComplaint"]["state"], "ARCHIVED");
        assert_eq!(followed["anonymousComplaint"]["result"], "施工单位已整改");
        assert_eq!(followed["anonymousComplaint"]["timeline"][0]["actorName"], json!(null));
        let wrong = world.ask("", document, json!({ "code": "0000-0000-0000-0000-0000" })).await;
        assert_eq!(wrong["anonymousComplaint"], json!(null));
    }

    async fn a_customer_withdraws_and_the_orders_are_cancelled(world) {
        let case = world.dripping_tap().await;
        let order = world.issued(&case).await;
        world.to_technician(&order).await;
        let payload = world.on_case("owner", "withdrawComplaint", &case, json!({ "reason": "自己修好了" })).await;
        assert_eq!(payload["complaint"]["outcome"], "WITHDRAWN");
        assert_eq!(payload["complaint"]["workOrders"][0]["state"], "CANCELLED");
        world.open_follow_up(&case).await;
        let told = world.ask("technician", "{ notices { kind } }", json!({})).await;
        assert_eq!(told["notices"][0]["kind"], "WORK_ORDER_CANCELLED");
    }

    async fn a_case_takes_words_and_items_is_reclassified_split_and_merged(world) {
        let case = world.dripping_tap().await;
        let added = json!({ "text": "现在滴得更快了", "items": ["卫生间也漏水"] });
        let payload = world.on_case("owner", "addToComplaint", &case, added).await;
        assert_eq!(payload["complaint"]["items"][1]["text"], "卫生间也漏水");
        let to = json!({ "severity": "HIGH", "reason": "漏水加剧" });
        let payload = world.on_case("agent", "reclassifyComplaint", &case, to).await;
        assert_eq!(payload["complaint"]["severity"], "HIGH");
        let item = payload["complaint"]["items"][1]["id"].clone();
        let payload =
            world.on_case("agent", "splitComplaint", &case, json!({ "itemIds": [item], "reason": "两处" })).await;
        let new = payload["otherComplaint"]["id"].as_str().unwrap().to_owned();
        assert_eq!(payload["otherComplaint"]["items"].as_array().unwrap().len(), 1);
        assert_eq!(payload["complaint"]["items"].as_array().unwrap().len(), 1);
        assert_eq!(payload["otherComplaint"]["state"], "RECEIVED");
        let only = payload["complaint"]["items"][0]["id"].clone();
        let all = world.try_on_case("agent", "splitComplaint", &case, json!({ "itemIds": [only], "reason": "全部" })).await;
        assert_eq!((refusal(&all), needed(&all)), ("MISSING", vec!["SECOND_ITEM"]));
        let back = json!({ "intoComplaintId": case, "reason": "同一根水管" });
        let payload = world.on_case("agent", "mergeComplaint", &new, back).await;
        assert_eq!(payload["complaint"]["state"], "MERGED");
        assert_eq!(payload["otherComplaint"]["items"].as_array().unwrap().len(), 2);
        let strange = world.act("neighbour", "fileComplaint", json!({
            "unitId": world.id("Unit", "other home"), "report": world.report("WATER", "REPAIR", "水管漏水") })).await;
        let strange = strange["complaint"]["id"].as_str().unwrap();
        let refused = json!({ "intoComplaintId": case, "reason": "看着像" });
        let payload = world.try_on_case("agent", "mergeComplaint", strange, refused).await;
        assert_eq!(refusal(&payload), "INVALID", "each customer keeps their own follow-up (C10)");
    }

    async fn a_wrong_resolution_is_taken_back_by_a_recorded_counter_act(world) {
        let case = world.resolved().await;
        let payload = world.on_case("head", "correctResolution", &case, json!({ "reason": "点错了" })).await;
        assert_eq!(payload["complaint"]["state"], "IN_PROGRESS");
        assert_eq!(payload["complaint"]["outcome"], json!(null));
        let seen = world.case("supervisor", &case).await;
        assert_eq!(seen["followUps"][0]["state"], "CANCELLED");
    }

    async fn e4_5_2_a_customer_rates_once_and_may_reopen_until_the_archive(world) {
        let case = world.resolved().await;
        let rated = json!({ "ratings": { "quality": 4, "attitude": 5, "timeliness": 3, "overall": 4 } });
        let payload = world.on_case("owner", "rateComplaint", &case, rated.clone()).await;
        assert_eq!(payload["complaint"]["ratings"]["overall"], 4);
        let again = world.try_on_case("owner", "rateComplaint", &case, rated).await;
        assert_eq!((refusal(&again), needed(&again)), ("MISSING", vec!["FIRST_RATING"]));
        let payload = world.on_case("owner", "reopenComplaint", &case, json!({ "reason": "又漏了" })).await;
        assert_eq!(payload["complaint"]["state"], "IN_PROGRESS");
    }

    async fn allowed_actions_are_exactly_what_the_mutations_do_not_refuse(world) {
        let case = world.dripping_tap().await;
        let seen = world.case("owner", &case).await;
        assert_eq!(seen["allowedActions"], json!(["ADD", "SHARE", "WITHDRAW"]));
        let seen = world.case("agent", &case).await;
        let allowed = seen["allowedActions"].as_array().unwrap();
        assert!(allowed.contains(&json!("DISPATCH")) && !allowed.contains(&json!("RESOLVE")));
        let refused = world.try_on_case("agent", "resolveComplaint", &case, json!({ "result": "好了" })).await;
        assert_eq!(refusal(&refused), "NOT_YOURS");
    }
}
