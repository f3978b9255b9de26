//! Intake: what is asked for, what is refused, what the answer carries.

use sea_orm::{ConnectionTrait, EntityTrait, Statement};
use serde_json::json;
use tests::ask::refusal;
use tests::world::with;

on_both! {
    async fn c1_the_answer_to_every_intake_carries_the_receivers_card(world) {
        let payload = world.act("owner", "fileComplaint", world.tap_input()).await;
        assert_eq!(payload["receiver"]["name"], "supervisor");
        assert!(payload["receiver"]["phone"].is_string());
        assert_eq!(payload["number"], "LY-2026-000001");
        assert_eq!(payload["safetyAdvice"], json!(null));
    }

    async fn b6_a_fire_or_gas_report_is_answered_at_once_with_119_and_the_hotline(world) {
        for (category, text) in [("FIRE", "楼道起火冒烟"), ("GAS", "厨房煤气泄漏")] {
            let input = json!({
                "unitId": world.id("Unit", "home"), "report": world.report(category, "COMPLAINT", text),
            });
            let payload = world.act("owner", "fileComplaint", input).await;
            assert_eq!(payload["safetyAdvice"]["fireService"], "119");
            assert_eq!(payload["safetyAdvice"]["hotline"], "400-000-0000");
        }
        let told = world.ask("office head", "{ notices { kind } }", json!({})).await;
        assert_eq!(told["notices"].as_array().unwrap().len(), 2, "the head hears of an emergency");
    }

    async fn e3_5_any_employee_registers_and_customer_service_owns_it_at_once(world) {
        let registration = |channel: &str| json!({
            "siteId": world.id("Site", "site"), "channel": channel,
            "confirmations": { "heard": true, "asked": true, "repeated": true, "recorded": true },
            "report": tests::world::with(world.report("CLEANING", "COMPLAINT", "楼道垃圾未清"), json!({
                "place": "3栋楼道", "contactName": "王女士", "contactPhone": "138 0000 9999" })),
        });
        let payload = world.act("technician", "registerComplaint", registration("VISIT")).await;
        assert_eq!(payload["complaint"]["handler"]["name"], "supervisor");
        let payload = world.act("agent", "registerComplaint", registration("LETTER")).await;
        assert_eq!(payload["complaint"]["handler"]["name"], "agent");
        let told = world.ask("supervisor", "{ notices { kind } }", json!({})).await;
        assert_eq!(told["notices"].as_array().unwrap().len(), 2, "E4.1.2: the head is told of each");
        let payload = world.try_to("agent", "registerComplaint", registration("PHONE")).await;
        assert_eq!((refusal(&payload), payload["errors"][0]["field"].clone()), ("REQUIRED", json!(["call"])), "E7.2");
        let payload = world.try_to("agent", "registerComplaint", registration("APP")).await;
        assert_eq!(payload["errors"][0]["field"], json!(["channel"]));
        let mut unclear = registration("VISIT");
        unclear["confirmations"]["repeated"] = json!(false);
        let payload = world.try_to("agent", "registerComplaint", unclear).await;
        assert_eq!(payload["errors"][0]["field"], json!(["confirmations", "repeated"]), "E4.1.2");
        let mut elsewhere = registration("VISIT");
        elsewhere["siteId"] = json!(world.id("Site", "other site"));
        let payload = world.try_to("agent", "registerComplaint", elsewhere).await;
        assert_eq!((refusal(&payload), payload["errors"][0]["field"].clone()), ("NOT_FOUND", json!(["siteId"])));
    }

    async fn e1_every_customer_is_taken_at_once_with_somebody_who_handles_it_and_a_promised_end(world) {
        let mut taken = Vec::new();
        for who in ["owner", "wife", "tenant", "neighbour"] {
            let home = world.id("Unit", if who == "neighbour" { "other home" } else { "home" });
            let input = json!({ "unitId": home, "report": world.report("WATER", "REPAIR", "水龙头滴水") });
            taken.push(world.act(who, "fileComplaint", input).await);
        }
        let passer_by = json!({ "siteId": world.id("Site", "site"), "channel": "VISIT",
            "confirmations": { "heard": true, "asked": true, "repeated": true, "recorded": true },
            "report": with(world.report("WATER", "REPAIR", "大门口漏水"), json!({ "place": "大门", "contactName": "王女士", "contactPhone": "13800009999" })) });
        taken.push(world.act("agent", "registerComplaint", passer_by).await);
        let document = "query($id: ID!) { complaint(id: $id) { clocks { kind state startedAt } } }";
        for one in taken {
            assert!(one["number"].is_string() && one["receiver"]["name"].is_string(), "{one}");
            let seen = world.ask("supervisor", document, json!({ "id": one["complaint"]["id"] })).await;
            let clocks = seen["complaint"]["clocks"].as_array().unwrap();
            let promised = clocks.iter().find(|clock| clock["kind"] == "RESOLUTION").unwrap_or_else(|| panic!("{seen}"));
            let since: chrono::DateTime<chrono::Utc> = promised["startedAt"].as_str().unwrap().parse().unwrap();
            assert_eq!((&promised["state"], since), (&json!("RUNNING"), world.now()));
        }
    }

    async fn e2_one_intake_takes_a_complaint_a_repair_and_a_paid_service(world) {
        let said = [("NOISE", "COMPLAINT", "楼上夜里拖动家具"), ("WATER", "REPAIR", "厨房水龙头滴水"), ("CLEANING", "PAID_SERVICE", "全屋保洁")];
        for (place, (category, kind, text)) in said.into_iter().enumerate() {
            let input = json!({ "unitId": world.id("Unit", "home"), "report": world.report(category, kind, text) });
            let filed = world.act("owner", "fileComplaint", input).await;
            assert_eq!((&filed["complaint"]["kind"], &filed["complaint"]["state"]), (&json!(kind), &json!("RECEIVED")));
            assert_eq!(filed["number"], format!("LY-2026-00000{}", place + 1), "one register for all");
        }
        let registered = world.ask("agent", "{ register { nodes { number } } }", json!({})).await;
        assert_eq!(registered["register"]["nodes"].as_array().unwrap().len(), 3);
    }

    async fn e4_1_2_four_confirmations_or_it_is_not_registered(world) {
        let registration = |unclear: Option<&str>| {
            let mut input = json!({
                "siteId": world.id("Site", "site"), "channel": "VISIT",
                "confirmations": { "heard": true, "asked": true, "repeated": true, "recorded": true },
                "report": tests::world::with(world.report("CLEANING", "COMPLAINT", "楼道垃圾未清"), json!({
                    "place": "3栋楼道", "contactName": "王女士", "contactPhone": "13800009999" })),
            });
            if let Some(name) = unclear {
                input["confirmations"][name] = json!(false);
            }
            input
        };
        for name in ["heard", "asked", "repeated", "recorded"] {
            let payload = world.try_to("agent", "registerComplaint", registration(Some(name))).await;
            assert_eq!((refusal(&payload), &payload["errors"][0]["field"]), ("REQUIRED", &json!(["confirmations", name])));
        }
        assert_eq!(entity::complaint::Entity::find().all(&world.app.db).await.unwrap(), []);
        let payload = world.act("agent", "registerComplaint", registration(None)).await;
        assert_eq!(payload["number"], "LY-2026-000001", "no number is lost");
        let told = world.ask("supervisor", "{ notices { kind } }", json!({})).await;
        assert_eq!(told["notices"].as_array().unwrap().len(), 1, "the head is told");
    }

    async fn e7_2_a_phoned_report_keeps_the_call_and_shows_in_the_callers_app(world) {
        let phone = world.viewer("owner").await.phone;
        let payload = world.act("agent", "registerComplaint", json!({
            "siteId": world.id("Site", "site"), "channel": "PHONE", "unitId": world.id("Unit", "home"),
            "confirmations": { "heard": true, "asked": true, "repeated": true, "recorded": true },
            "report": tests::world::with(world.report("WATER", "REPAIR", "水管漏水"), json!({
                "contactName": "owner", "contactPhone": phone })),
            "call": { "phone": phone, "startedAt": world.now(), "durationSeconds": 65, "summary": "报修" },
        })).await;
        let case = payload["complaint"]["id"].as_str().unwrap();
        let calls = "query($id: ID!) { complaint(id: $id) { calls { phone durationSeconds outgoing } } }";
        let seen = world.ask("agent", calls, json!({ "id": case })).await;
        assert_eq!(seen["complaint"]["calls"][0]["durationSeconds"], 65);
        let seen = world.ask("owner", calls, json!({ "id": case })).await;
        assert_eq!(seen["complaint"]["calls"], json!([]), "the record of the call is the office's");
        assert_eq!(world.case("owner", case).await["state"], "RECEIVED");
    }

    async fn bad_input_names_the_field_and_what_would_be_right(world) {
        let file = |change: serde_json::Value| {
            let mut input = world.tap_input();
            input["report"] = tests::world::with(change, input["report"].clone());
            input
        };
        for (change, code, field) in [
            (json!({ "description": " " }), "REQUIRED", json!(["description"])),
            (json!({ "description": "长".repeat(4001) }), "TOO_LONG", json!(["description"])),
            (json!({ "contactPhone": "abc" }), "INVALID", json!(["contactPhone"])),
            (json!({ "items": vec!["一"; 21] }), "TOO_LONG", json!(["items"])),
            (json!({ "items": ["一", ""] }), "REQUIRED", json!(["items", "1"])),
            (json!({ "categoryId": "Category_nonsense" }), "NOT_FOUND", json!(["report", "categoryId"])),
            (json!({ "categoryId": world.id("Site", "site") }), "NOT_FOUND", json!(["report", "categoryId"])),
        ] {
            let payload = world.try_to("owner", "fileComplaint", file(change)).await;
            assert_eq!((refusal(&payload), &payload["errors"][0]["field"]), (code, &field));
            assert!(payload["errors"][0]["message"].as_str().unwrap().len() > 10, "{payload}");
        }
        let mut strange = world.tap_input();
        strange["unitId"] = json!(world.id("Unit", "other home"));
        let payload = world.try_to("owner", "fileComplaint", strange).await;
        assert_eq!((refusal(&payload), payload["errors"][0]["field"].clone()), ("NOT_FOUND", json!(["unitId"])));
    }

    async fn the_same_call_twice_is_done_once(world) {
        let mut input = world.tap_input();
        input["idempotencyKey"] = json!("phone-1");
        let first = world.act("owner", "fileComplaint", input.clone()).await;
        let second = world.act("owner", "fileComplaint", input.clone()).await;
        assert_eq!(first["complaint"]["id"], second["complaint"]["id"]);
        input["sharedWithHousehold"] = json!(true);
        let other = world.try_to("owner", "fileComplaint", input.clone()).await;
        assert_eq!(refusal(&other), "KEY_REUSED");
        let mut neighbours = input;
        neighbours["unitId"] = json!(world.id("Unit", "other home"));
        let own = world.act("neighbour", "fileComplaint", neighbours).await;
        assert_ne!(own["complaint"]["id"], first["complaint"]["id"], "a key is its caller's own");
    }

    async fn d7_an_anonymous_retry_shows_the_same_receipt_and_nothing_of_the_caller_is_kept(world) {
        let input = json!({
            "siteId": world.id("Site", "site"), "idempotencyKey": "a-long-random-key-of-the-phone",
            "report": tests::world::with(world.report("NOISE", "COMPLAINT", "噪音"), json!({
                "place": "5栋", "contactName": "不该保存", "contactPhone": "13800001111" })),
        });
        let first = world.act("owner", "fileAnonymousComplaint", input.clone()).await;
        let second = world.act("owner", "fileAnonymousComplaint", input).await;
        assert_eq!(first["receiptCode"], second["receiptCode"]);
        assert_eq!(first["receiptCode"].as_str().unwrap().len(), 24);
        let nobody = world.ask("owner", "{ complaints { nodes { id } } notices { kind } }", json!({})).await;
        assert_eq!(nobody, json!({ "complaints": { "nodes": [] }, "notices": [] }));
        let me = world.town.id("owner");
        let db = &world.app.db;
        for (table, column) in
            [("complaint", "customer_account_id"), ("event", "actor_account_id"), ("complaint", "received_by")]
        {
            let sql = format!("SELECT count(*) AS n FROM {table} WHERE {column} IS NOT NULL");
            let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap().unwrap();
            assert_eq!(row.try_get::<i64>("", "n").unwrap(), 0, "{table}.{column} knows {me}");
        }
        let kept = entity::idempotent_act::Entity::find().all(db).await.unwrap();
        assert_eq!(kept.len(), 1);
        assert!(!format!("{kept:?}").contains("a-long-random-key"), "the key opens the receipt: only its hash is kept");
        let cases = entity::complaint::Entity::find().all(db).await.unwrap();
        assert_eq!((cases[0].contact_name.clone(), cases[0].contact_phone.clone()), (None, None));
    }

    async fn a2_the_register_is_searched_by_number_name_phone_and_two_character_words(world) {
        let case = world.dripping_tap().await;
        world.pass(chrono::TimeDelta::minutes(1));
        world.act("neighbour", "fileComplaint", json!({
            "unitId": world.id("Unit", "other home"), "report": world.report("WATER", "REPAIR", "电梯旁漏水,很严重") })).await;
        let find = |who: &'static str, arguments: &'static str| {
            let world = &world;
            async move {
                let document = format!("{{ register({arguments}) {{ nodes {{ number }} }} }}");
                let found = world.ask(who, &document, json!({})).await;
                let list = found["register"]["nodes"].as_array().unwrap().clone();
                list.iter().map(|n| n["number"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
            }
        };
        let (tap, lift) = ("LY-2026-000001".to_owned(), "LY-2026-000002".to_owned());
        assert_eq!(find("archivist", "filter: {}").await, [lift.clone(), tap.clone()]);
        assert_eq!(find("archivist", "filter: { text: \"漏水\" }").await, std::slice::from_ref(&lift));
        assert_eq!(find("archivist", "filter: { text: \"水龙\" }").await, std::slice::from_ref(&tap));
        assert_eq!(find("archivist", "filter: { text: \"电梯 漏水\" }").await, std::slice::from_ref(&lift));
        assert_eq!(find("archivist", "filter: { text: \"梯漏\" }").await, Vec::<String>::new());
        assert_eq!(find("archivist", "identity: { number: \"000001\" }").await, std::slice::from_ref(&tap));
        assert_eq!(find("archivist", "identity: { name: \"neigh\" }").await, std::slice::from_ref(&lift));
        let phone = world.viewer("owner").await.phone;
        let by_phone = format!("{{ register(identity: {{ phone: \"{phone}\" }}) {{ nodes {{ id }} }} }}");
        let found = world.ask("archivist", &by_phone, json!({})).await;
        assert_eq!(found["register"]["nodes"], json!([{ "id": case }]));
        assert_eq!(world.error("owner", "{ register { nodes { id } } }", json!({})).await, "FORBIDDEN");
        assert_eq!(find("stranger office head", "filter: {}").await, Vec::<String>::new(), "nothing crosses an organization");
    }

    async fn lists_are_paged_by_cursor_newest_first(world) {
        for _ in 0..5 {
            world.dripping_tap().await;
            world.pass(chrono::TimeDelta::minutes(1));
        }
        let document = "query($after: String) { complaints(page: { first: 2, after: $after }) {
            nodes { number } pageInfo { hasNextPage endCursor } } }";
        let (mut after, mut seen) = (json!(null), Vec::new());
        loop {
            let page = world.ask("owner", document, json!({ "after": after })).await["complaints"].clone();
            seen.extend(page["nodes"].as_array().unwrap().iter().map(|n| n["number"].as_str().unwrap().to_owned()));
            if page["pageInfo"]["hasNextPage"] == json!(false) {
                break;
            }
            after = page["pageInfo"]["endCursor"].clone();
        }
        assert_eq!(seen.len(), 5);
        assert!(seen.windows(2).all(|pair| pair[0] > pair[1]), "{seen:?}");
        let too_many = world.error("owner", "{ complaints(page: { first: 101 }) { nodes { id } } }", json!({})).await;
        assert_eq!(too_many, "REFUSED");
    }
}
