//! Prices and quotes (C6, E4.2.1): what paid work costs is public, and nothing paid is done before the customer's word.

use chrono::TimeDelta;
use serde_json::{Value, json};
use tests::World;
use tests::ask::{needed, refusal, told};
use tests::world::with;

/// The office publishes a price list that holds from today; the ids of its items by code.
async fn price_list(world: &World) -> Value {
    let payload = world.act("office head", "publishPriceList", json!({ "siteId": world.id("Site", "site"), "from": "2026-03-02",
        "items": [
            { "code": "V01", "kind": "VISIT", "name": "上门费", "unit": "次", "unitPrice": "30.00", "freeWhen": ["WARRANTY"] },
            { "code": "W01", "kind": "MATERIAL", "name": "阀芯", "unit": "个", "unitPrice": "35.5" },
            { "code": "L01", "kind": "LABOUR", "name": "人工", "unit": "小时", "unitPrice": "33.33" },
        ] })).await;
    let items = payload["priceList"]["items"].as_array().unwrap();
    items.iter().map(|item| (item["code"].as_str().unwrap().to_owned(), item["id"].clone())).collect()
}

/// The office publishes a list of one item that holds from one day to another; the id of the item.
async fn published(world: &World, from: &str, to: Option<&str>, price: &str) -> Value {
    let item = json!({ "code": "V01", "kind": "VISIT", "name": "上门费", "unit": "次", "unitPrice": price });
    let list = json!({ "siteId": world.id("Site", "site"), "from": from, "to": to, "items": [item] });
    world.act("office head", "publishPriceList", list).await["priceList"]["items"][0]["id"].clone()
}

/// The list that is in force on a day.
async fn in_force(world: &World, day: &str) -> Value {
    let document = "query($site: ID!, $on: NaiveDate) { priceList(siteId: $site, on: $on) { revision from to } }";
    world.ask("", document, json!({ "site": world.id("Site", "site"), "on": day })).await["priceList"].clone()
}

fn line(items: &Value, code: &str, quantity: &str) -> Value {
    json!({ "priceItemId": items[code], "quantity": quantity })
}

/// A quote of 101.00 for a case, before an order is issued.
async fn quoted(world: &World, items: &Value, case: &str) -> Value {
    let lines = json!({ "lines": [line(items, "W01", "2"), line(items, "V01", "1")] });
    world.on_case("agent", "createQuote", case, lines).await["quote"].clone()
}

fn input(quote: &Value, more: Value) -> Value {
    with(more, json!({ "quoteId": quote["id"], "expectedVersion": quote["version"] }))
}

fn yes(quote: &Value) -> Value {
    input(quote, json!({ "contentHash": quote["contentHash"] }))
}

/// A technician on site for an order that is to be quoted there.
async fn on_site(world: &World, case: &str) -> String {
    let issue = json!({ "task": "上门检查", "pricing": "QUOTE_ON_SITE" });
    let order =
        world.on_case("agent", "issueWorkOrder", case, issue).await["workOrder"]["id"].as_str().unwrap().to_owned();
    world.to_technician(&order).await;
    world.on_order("technician", "departForWorkOrder", &order, json!({})).await;
    world.on_order("technician", "recordArrival", &order, json!({})).await;
    order
}

fn report() -> Value {
    json!({ "workDone": "更换阀芯", "cause": "阀芯磨损" })
}

on_both! {
    async fn e4_2_1_the_price_list_is_public_and_each_version_holds_from_its_day(world) {
        price_list(&world).await;
        let site = world.id("Site", "site");
        let document = "query($site: ID!, $on: NaiveDate) { priceList(siteId: $site, on: $on) { revision items { code unitPrice { amount currency } freeWhen } }
            priceLists(siteId: $site) { nodes { revision } } }";
        let seen = world.ask("", document, json!({ "site": site })).await;
        assert_eq!(seen["priceList"]["items"][1], json!({ "code": "W01", "unitPrice": { "amount": "35.50", "currency": "CNY" }, "freeWhen": [] }));
        assert_eq!(seen["priceList"]["items"][0]["freeWhen"], json!(["WARRANTY"]));
        world.pass(TimeDelta::minutes(1));
        let item = json!({ "code": "V01", "kind": "VISIT", "name": "上门费", "unit": "次", "unitPrice": "40.00" });
        let next = json!({ "siteId": site, "from": "2026-04-01", "items": [item] });
        assert_eq!(world.act("company leader", "publishPriceList", next).await["priceList"]["revision"], 2);
        for (day, revision) in [(json!(null), json!(1)), (json!("2026-03-31"), json!(1)), (json!("2026-04-01"), json!(2))] {
            let seen = world.ask("neighbour", document, json!({ "site": site, "on": day })).await;
            assert_eq!(seen["priceList"]["revision"], revision, "{day}");
            assert_eq!(seen["priceLists"]["nodes"], json!([{ "revision": 2 }, { "revision": 1 }]));
        }
        let before = world.ask("", document, json!({ "site": site, "on": "2026-03-01" })).await;
        assert_eq!(before["priceList"], json!(null), "no list was in force then");
        let doubled = json!({ "siteId": site, "from": "2026-04-01", "items": [item, item] });
        let refused = world.try_to("office head", "publishPriceList", doubled).await;
        assert_eq!((refusal(&refused), &refused["errors"][0]["field"]), ("TAKEN", &json!(["items", "1", "code"])));
        let past = json!({ "siteId": site, "from": "2026-03-01", "items": [item] });
        assert_eq!(told(&world.try_to("office head", "publishPriceList", past.clone()).await), ("INVALID", "from"));
        let strange = world.try_to("stranger office head", "publishPriceList", past.clone()).await;
        assert_eq!(told(&strange), ("NOT_FOUND", "siteId"));
        assert_eq!(world.error("agent", &tests::ask::mutation("publishPriceList"), json!({ "input": past })).await, "FORBIDDEN");
    }

    async fn e4_2_1_what_the_newest_list_overrides_comes_back_after_its_last_day(world) {
        let usual = published(&world, "2026-03-02", None, "30.00").await;
        let action = published(&world, "2026-03-10", Some("2026-03-12"), "20.00").await;
        for (day, revision) in [("2026-03-09", 1), ("2026-03-10", 2), ("2026-03-12", 2), ("2026-03-13", 1), ("2027-03-10", 1)] {
            assert_eq!(in_force(&world, day).await["revision"], revision, "{day}");
        }
        let case = world.dripping_tap().await;
        let quote = async |item: &Value| world.try_on_case("agent", "createQuote", &case, json!({ "lines": [{ "priceItemId": item, "quantity": "1" }] })).await;
        assert_eq!(told(&quote(&action).await), ("RETIRED", "lines"), "not yet in force");
        world.pass(TimeDelta::days(10));
        assert_eq!(told(&quote(&usual).await), ("RETIRED", "lines"), "overridden");
        let cheap = quote(&action).await["quote"].clone();
        assert_eq!((&cheap["state"], &cheap["total"]["amount"]), (&json!("OFFERED"), &json!("20.00")));
        world.pass(TimeDelta::days(1));
        assert_eq!(world.act("owner", "acceptQuote", yes(&cheap)).await["quote"]["state"], "ACCEPTED", "what was offered holds");
        assert_eq!(told(&quote(&action).await), ("RETIRED", "lines"), "its last day is over");
        assert_eq!(quote(&usual).await["quote"]["total"]["amount"], "30.00");
    }

    async fn e4_2_1_after_the_last_day_of_the_only_list_nothing_has_a_price_and_the_head_approves(world) {
        let item = json!({ "code": "V01", "kind": "VISIT", "name": "上门费", "unit": "次", "unitPrice": "30.00" });
        let turned = json!({ "siteId": world.id("Site", "site"), "from": "2026-03-03", "to": "2026-03-02", "items": [item] });
        assert_eq!(told(&world.try_to("office head", "publishPriceList", turned).await), ("INVALID", "to"));
        let item = published(&world, "2026-03-02", Some("2026-03-03"), "30.00").await;
        assert_eq!(in_force(&world, "2026-03-03").await["to"], "2026-03-03");
        assert_eq!(in_force(&world, "2026-03-04").await, json!(null));
        let case = world.dripping_tap().await;
        world.pass(TimeDelta::days(2));
        let listed = json!({ "lines": [{ "priceItemId": item, "quantity": "1" }] });
        assert_eq!(told(&world.try_on_case("agent", "createQuote", &case, listed).await), ("RETIRED", "lines"));
        let named = json!({ "lines": [{ "name": "上门费", "unit": "次", "unitPrice": "30.00", "quantity": "1" }] });
        let quote = world.on_case("agent", "createQuote", &case, named).await["quote"].clone();
        assert_eq!((&quote["state"], &quote["offList"]), (&json!("AWAITING_APPROVAL"), &json!(true)), "C6: the head first");
    }

    async fn e4_2_1_a_price_list_is_imported_whole_or_not_at_all(world) {
        price_list(&world).await;
        let table = "编号,类别,名称,单位,单价,免费条件,备注\nV01,上门费,上门费,次,30.00,保修期内,\nW01,MATERIAL,阀芯,个,36,保修期内;OUR_LIABILITY,进口\nN01,服务,疏通,处,80.5,,\n";
        let input = |csv: &str, dry: bool| json!({ "siteId": world.id("Site", "site"), "from": "2026-03-02", "csv": csv, "dryRun": dry });
        let count = |payload: &Value| ["made", "changed", "unchanged", "refused"].map(|name| payload["report"][name].as_i64().unwrap());
        let dry = world.act("administrator", "importPriceList", input(table, true)).await;
        assert_eq!((count(&dry), &dry["priceList"]), ([1, 1, 1, 0], &json!(null)));
        let wrong = table.replace("80.5", "80.555").replace("W01,MATERIAL", "V01,GOLD");
        let wrong = world.act("administrator", "importPriceList", input(&wrong, false)).await;
        assert_eq!((count(&wrong), &wrong["report"]["written"]), ([0, 0, 1, 2], &json!(false)));
        let lines: Vec<_> = [1, 2].map(|at| (wrong["report"]["lines"][at]["line"].clone(), wrong["report"]["lines"][at]["field"].clone())).into();
        assert_eq!(lines, [(json!(3), json!("kind")), (json!(4), json!("unitPrice"))]);
        let done = with(input(table, false), json!({ "idempotencyKey": "once" }));
        let written = world.act("administrator", "importPriceList", done.clone()).await;
        assert_eq!((count(&written), &written["priceList"]["revision"]), ([1, 1, 1, 0], &json!(2)));
        assert_eq!(written["priceList"]["items"][1]["freeWhen"], json!(["WARRANTY", "OUR_LIABILITY"]));
        assert_eq!(written["priceList"]["items"][1]["unitPrice"]["amount"], "36.00");
        assert_eq!(world.act("administrator", "importPriceList", done).await, written, "the first report is told again");
    }

    async fn e4_2_1_a_quote_is_exact_and_the_order_is_issued_only_after_the_customers_word(world) {
        let items = price_list(&world).await;
        let case = world.dripping_tap().await;
        let lines = json!([line(&items, "W01", "2"), line(&items, "L01", "1.5"),
            with(line(&items, "V01", "1"), json!({ "discount": "10.00", "discountReason": "老客户" }))]);
        let quote = world.on_case("agent", "createQuote", &case, json!({ "lines": lines })).await["quote"].clone();
        assert_eq!((quote["state"].as_str(), quote["total"].clone()), (Some("OFFERED"), json!({ "amount": "141.00", "currency": "CNY" })));
        assert_eq!(quote["lines"][1]["amount"]["amount"], "50.00", "33.33 × 1.5 = 49.995, half up");
        assert_eq!(quote["lines"][2]["amount"]["amount"], "20.00");
        let content = quote["content"].as_str().unwrap();
        assert_eq!(quote["contentHash"], api::app::act::sha256_hex(content.as_bytes()).as_str());
        let issue = json!({ "task": "更换阀芯", "quoteId": quote["id"] });
        let early = world.try_on_case("agent", "issueWorkOrder", &case, issue.clone()).await;
        assert_eq!((refusal(&early), needed(&early)), ("MISSING", vec!["ACCEPTED_QUOTE"]));
        let silent = world.try_on_case("agent", "issueWorkOrder", &case, json!({ "task": "更换阀芯", "pricing": "QUOTED" })).await;
        assert_eq!(told(&silent), ("REQUIRED", "quoteId"));
        let second = world.try_on_case("agent", "createQuote", &case, json!({ "lines": [line(&items, "V01", "1")] })).await;
        assert_eq!((refusal(&second), needed(&second)), ("MISSING", vec!["QUOTES_ANSWERED"]));
        let accepted = world.act("owner", "acceptQuote", yes(&quote)).await;
        assert_eq!((accepted["quote"]["state"].as_str(), accepted["quote"]["answerMethod"].as_str()), (Some("ACCEPTED"), Some("APP")));
        let issued = world.on_case("agent", "issueWorkOrder", &case, issue.clone()).await;
        assert_eq!((issued["workOrder"]["pricing"].as_str(), &issued["workOrder"]["quotes"][0]["state"]), (Some("QUOTED"), &json!("ACCEPTED")));
        let twice = world.try_on_case("agent", "issueWorkOrder", &case, issue.clone()).await;
        assert_eq!(told(&twice), ("TAKEN", "quoteId"));
        let order = issued["workOrder"]["id"].as_str().unwrap();
        world.on_order("agent", "cancelWorkOrder", order, json!({ "reason": "改期" })).await;
        world.on_case("agent", "issueWorkOrder", &case, issue).await;
        let timeline = world.case("owner", &case).await["timeline"].as_array().unwrap().clone();
        let told: Vec<_> = timeline.iter().filter(|event| event["kind"].as_str().unwrap().starts_with("QUOTE")).map(|event| event["text"].clone()).collect();
        assert_eq!(told, [
            json!("We have made you a quote, number LY-Q2026-000001: 141.00 yuan in all. Please look at it, then accept or decline."),
            json!("Quote LY-Q2026-000001 over 141.00 yuan was accepted. Thank you."),
        ]);
    }

    async fn c6_what_is_off_the_list_or_above_the_limit_is_approved_before_the_customer_sees_it(world) {
        let items = price_list(&world).await;
        let case = world.dripping_tap().await;
        let order = on_site(&world, &case).await;
        let off = json!({ "workOrderId": order, "lines": [{ "name": "进口龙头", "unit": "只", "unitPrice": "260.00", "quantity": "1" }] });
        let quote = world.on_case("technician", "createQuote", &case, off).await["quote"].clone();
        assert_eq!((quote["state"].as_str(), quote["offList"].clone(), quote["aboveLimit"].clone()), (Some("AWAITING_APPROVAL"), json!(true), json!(false)));
        let document = "query($id: ID!) { quote(id: $id) { state } complaint(id: $case) { quotes { id } timeline { kind } } }".replace("$id: ID!", "$id: ID!, $case: ID!");
        let seen = world.ask("owner", &document, json!({ "id": quote["id"], "case": case })).await;
        assert_eq!((&seen["quote"], &seen["complaint"]["quotes"]), (&json!(null), &json!([])), "C6: the head first");
        assert!(seen["complaint"]["timeline"].as_array().unwrap().iter().all(|event| !event["kind"].as_str().unwrap().starts_with("QUOTE")));
        assert_eq!(told(&world.try_to("owner", "acceptQuote", yes(&quote)).await), ("NOT_FOUND", "quoteId"));
        let notices = world.ask("head", "{ notices { kind quoteId } }", json!({})).await;
        assert_eq!(notices["notices"][0], json!({ "kind": "QUOTE_SUBMITTED", "quoteId": quote["id"] }));
        assert_eq!(refusal(&world.try_to("supervisor", "approveQuote", input(&quote, json!({}))).await), "NOT_YOURS");
        let back = world.act("head", "refuseQuote", input(&quote, json!({ "reason": "请用标准件" }))).await["quote"].clone();
        assert_eq!(back["state"], "DRAFT");
        let revised = input(&back, json!({ "lines": [line(&items, "W01", "40")] }));
        let dear = world.act("technician", "reviseQuote", revised).await["quote"].clone();
        assert_eq!((dear["revision"].clone(), dear["number"].clone(), dear["aboveLimit"].clone()), (json!(2), quote["number"].clone(), json!(true)));
        let approved = world.act("head", "approveQuote", input(&dear, json!({ "note": "同意" }))).await["quote"].clone();
        assert_eq!(approved["state"], "OFFERED");
        let seen = world.ask("owner", &document, json!({ "id": dear["id"], "case": case })).await;
        assert_eq!((&seen["quote"]["state"], seen["complaint"]["quotes"].as_array().unwrap().len()), (&json!("OFFERED"), 1));
        assert_eq!(refusal(&world.try_to("owner", "acceptQuote", yes(&quote)).await), "NOT_FOUND", "never offered, so never seen");
        assert_eq!(world.act("owner", "acceptQuote", yes(&approved)).await["quote"]["state"], "ACCEPTED");
    }

    async fn e4_2_1_an_extra_that_the_head_refused_is_taken_back_and_the_work_goes_on(world) {
        let items = price_list(&world).await;
        let case = world.dripping_tap().await;
        let order = on_site(&world, &case).await;
        let offer = json!({ "workOrderId": order, "lines": [line(&items, "W01", "1")] });
        let quote = world.on_case("technician", "createQuote", &case, offer).await["quote"].clone();
        world.act("owner", "acceptQuote", yes(&quote)).await;
        let off = json!({ "workOrderId": order, "lines": [{ "name": "进口龙头", "unit": "只", "unitPrice": "260.00", "quantity": "1" }] });
        let extra = world.on_case("technician", "createQuote", &case, off.clone()).await["quote"].clone();
        let refused = world.act("head", "refuseQuote", input(&extra, json!({ "reason": "请用标准件" }))).await["quote"].clone();
        assert_eq!((&refused["state"], refused["allowedActions"].as_array().unwrap().contains(&json!("WITHDRAW"))), (&json!("DRAFT"), true));
        let stuck = world.try_on_order("technician", "completeWorkOrder", &order, report()).await;
        assert_eq!((refusal(&stuck), needed(&stuck)), ("MISSING", vec!["QUOTES_ANSWERED"]));
        assert_eq!(told(&world.try_to("technician", "withdrawQuote", input(&refused, json!({ "reason": " " }))).await), ("REQUIRED", "reason"));
        let theirs = tests::ask::variables(&input(&refused, json!({ "reason": "x" })));
        assert_eq!(world.error("owner", &tests::ask::mutation("withdrawQuote"), theirs).await, "FORBIDDEN", "customers decline");
        let once = input(&refused, json!({ "reason": "不再需要", "idempotencyKey": "withdraws-the-extra" }));
        let gone = world.act("technician", "withdrawQuote", once.clone()).await["quote"].clone();
        assert_eq!((&gone["state"], &gone["withdrawnBecause"], &gone["allowedActions"]), (&json!("WITHDRAWN"), &json!("不再需要"), &json!([])));
        assert_eq!(world.act("technician", "withdrawQuote", once).await["quote"], gone, "the same call twice is done once");
        assert_eq!(refusal(&world.try_to("head", "withdrawQuote", input(&gone, json!({ "reason": "x" }))).await), "WRONG_STATE");
        let timeline = world.case("owner", &case).await["timeline"].to_string();
        assert!(!timeline.contains("DROPPED") && !timeline.contains("WITHDRAWN"), "what they never saw, they are not told of: {timeline}");
        assert!(world.case("agent", &case).await["timeline"].to_string().contains("QUOTE_DROPPED"));
        // The same while the head has not decided, and of one that is before the customer.
        let waits = world.on_case("technician", "createQuote", &case, off).await["quote"].clone();
        assert_eq!(waits["state"], "AWAITING_APPROVAL");
        world.act("head", "withdrawQuote", input(&waits, json!({ "reason": "改用库存" }))).await;
        let more = json!({ "workOrderId": order, "lines": [line(&items, "L01", "1")] });
        let seen = world.on_case("technician", "createQuote", &case, more).await["quote"].clone();
        world.act("technician", "withdrawQuote", input(&seen, json!({ "reason": "无需更换" }))).await;
        let late = with(json!({ "expectedVersion": 2 }), yes(&seen));
        assert_eq!(refusal(&world.try_to("owner", "acceptQuote", late).await), "WRONG_STATE");
        let heard = world.ask("owner", "{ notices { kind text } }", json!({})).await["notices"][0].clone();
        assert_eq!(heard["kind"], "QUOTE_WITHDRAWN");
        assert!(heard["text"].as_str().unwrap().ends_with("Reason: 无需更换"), "{heard}");
        assert_eq!(world.on_order("technician", "completeWorkOrder", &order, report()).await["workOrder"]["state"], "DONE");
    }

    async fn c6_a_quote_that_the_head_approves_late_holds_as_long_as_it_was_made_to(world) {
        price_list(&world).await;
        let case = world.dripping_tap().await;
        let off = json!({ "validDays": 1, "lines": [{ "name": "进口龙头", "unit": "只", "unitPrice": "260.00", "quantity": "1" }] });
        let quote = world.on_case("agent", "createQuote", &case, off).await["quote"].clone();
        world.pass(TimeDelta::days(2));
        let approved = world.act("supervisor", "approveQuote", input(&quote, json!({}))).await["quote"].clone();
        assert_eq!(approved["state"], "OFFERED");
        let until = world.now() + TimeDelta::days(1);
        assert_eq!(approved["validUntil"].as_str().unwrap().parse::<chrono::DateTime<chrono::Utc>>().unwrap(), until);
        let content: Value = serde_json::from_str(approved["content"].as_str().unwrap()).unwrap();
        assert_eq!(content["validUntil"], until.to_rfc3339_opts(chrono::SecondsFormat::Micros, true));
        let hash = data_encoding::HEXLOWER.encode(&<sha2::Sha256 as sha2::Digest>::digest(approved["content"].as_str().unwrap()));
        assert_eq!((&approved["contentHash"], approved["contentHash"] == quote["contentHash"]), (&json!(hash), false));
        world.pass(TimeDelta::hours(23));
        let before = with(json!({ "contentHash": quote["contentHash"] }), yes(&approved));
        assert_eq!(told(&world.try_to("owner", "acceptQuote", before).await), ("STALE", "contentHash"), "what the head had before them");
        assert_eq!(world.act("owner", "acceptQuote", yes(&approved)).await["quote"]["state"], "ACCEPTED");
    }

    async fn e4_2_1_an_employee_writes_down_that_the_customer_declined_and_the_customer_hears_of_it(world) {
        let items = price_list(&world).await;
        let case = world.dripping_tap().await;
        let order = on_site(&world, &case).await;
        let offer = json!({ "workOrderId": order, "lines": [line(&items, "W01", "1")] });
        let quote = world.on_case("technician", "createQuote", &case, offer).await["quote"].clone();
        let said = world.act("technician", "declineQuote", input(&quote, json!({ "reason": "客户当面谢绝" }))).await["quote"].clone();
        assert_eq!((&said["state"], &said["answerMethod"]), (&json!("DECLINED"), &json!(null)), "nobody's own word is claimed");
        let heard = world.ask("owner", "{ notices { kind text } }", json!({})).await["notices"][0].clone();
        assert_eq!(heard["kind"], "QUOTE_DECLINED", "it binds nobody, and they hear of it: {heard}");
        let again = world.act("technician", "reviseQuote", input(&said, json!({ "lines": [line(&items, "W01", "1")] }))).await["quote"].clone();
        let call = json!({ "reason": "电话谢绝", "call": world.call("SATISFIED")["call"] });
        let called = world.act("agent", "declineQuote", input(&again, call)).await["quote"].clone();
        assert_eq!((&called["state"], &called["answerMethod"]), (&json!("DECLINED"), &json!("PHONE")));
    }

    async fn c6_the_limit_is_the_sites_and_what_was_accepted_before_counts(world) {
        let items = price_list(&world).await;
        let site = world.id("Site", "site");
        let policy = |version: i32, limit: &str| json!({ "siteId": site, "expectedVersion": version, "approvalLimit": limit, "validDays": 3 });
        let changed = world.act("office head", "changePricePolicy", policy(0, "120.00")).await;
        assert_eq!(changed["pricePolicy"], json!({ "approvalLimit": { "amount": "120.00" }, "validDays": 3, "version": 1 }));
        assert_eq!(refusal(&world.try_to("office head", "changePricePolicy", policy(0, "1.00")).await), "STALE");
        assert_eq!(told(&world.try_to("office head", "changePricePolicy", policy(1, "-1.00")).await), ("INVALID", "approvalLimit"));
        let case = world.dripping_tap().await;
        let quote = quoted(&world, &items, &case).await;
        assert_eq!(quote["state"], "OFFERED", "101.00 is below 120.00");
        world.act("owner", "acceptQuote", yes(&quote)).await;
        let piece = world.on_case("agent", "createQuote", &case, json!({ "lines": [line(&items, "V01", "1")] })).await["quote"].clone();
        assert_eq!(piece["state"], "AWAITING_APPROVAL", "30.00 more makes 131.00");
        assert_eq!(world.act("supervisor", "approveQuote", input(&piece, json!({}))).await["quote"]["state"], "OFFERED");
    }

    async fn e4_2_1_what_is_accepted_is_what_was_seen_and_neither_revised_nor_expired(world) {
        let items = price_list(&world).await;
        let case = world.dripping_tap().await;
        let first = quoted(&world, &items, &case).await;
        let other = input(&first, json!({ "contentHash": "0".repeat(64) }));
        let stale = world.try_to("owner", "acceptQuote", other).await;
        assert_eq!((told(&stale), &stale["quote"]["contentHash"]), (("STALE", "contentHash"), &first["contentHash"]));
        let second = world.act("agent", "reviseQuote", input(&first, json!({ "lines": [line(&items, "V01", "1")] }))).await["quote"].clone();
        assert_ne!(first["contentHash"], second["contentHash"]);
        let seen = world.ask("owner", "query($id: ID!) { quote(id: $id) { state version contentHash } }", json!({ "id": first["id"] })).await;
        assert_eq!(seen["quote"]["state"], "REVISED");
        let old = with(json!({ "id": first["id"] }), seen["quote"].clone());
        assert_eq!((refusal(&world.try_to("owner", "acceptQuote", yes(&old)).await), ), ("WRONG_STATE",));
        world.pass(TimeDelta::days(14) + TimeDelta::seconds(1));
        let late = world.try_to("owner", "acceptQuote", yes(&second)).await;
        assert_eq!((refusal(&late), needed(&late), &late["quote"]), ("WRONG_STATE", vec!["OFFERED"], &json!(null)));
        let seen = world.ask("owner", "query($id: ID!) { quote(id: $id) { state allowedActions } }", json!({ "id": second["id"] })).await;
        assert_eq!(seen["quote"], json!({ "state": "EXPIRED", "allowedActions": [] }));
        assert_eq!(api::quote::expiry::write_down_expired(&world.app).await.unwrap(), 1);
        assert_eq!(api::quote::expiry::write_down_expired(&world.app).await.unwrap(), 0);
        let notices = world.ask("owner", "{ notices { kind text } }", json!({})).await;
        assert_eq!(notices["notices"][0]["kind"], "QUOTE_EXPIRED");
        let third = json!({ "quoteId": second["id"], "expectedVersion": 2, "lines": [line(&items, "V01", "1")] });
        let third = world.act("agent", "reviseQuote", third).await["quote"].clone();
        assert_eq!((third["state"].as_str(), third["revision"].as_i64()), (Some("OFFERED"), Some(3)));
        let declined = world.act("owner", "declineQuote", input(&third, json!({ "reason": "太贵" }))).await;
        assert_eq!((declined["quote"]["state"].as_str(), declined["quote"]["declineReason"].as_str()), (Some("DECLINED"), Some("太贵")));
        world.on_case("owner", "withdrawComplaint", &case, json!({ "reason": "自己修" })).await;
        let closed = world.try_to("agent", "reviseQuote", input(&declined["quote"], json!({ "lines": [line(&items, "V01", "1")] }))).await;
        assert_eq!((refusal(&closed), needed(&closed)), ("MISSING", vec!["OPEN_WORK"]));
    }

    async fn e4_2_1_an_employee_answers_only_with_the_customers_signature_or_call(world) {
        let items = price_list(&world).await;
        let case = world.dripping_tap().await;
        let order = on_site(&world, &case).await;
        let offer = json!({ "workOrderId": order, "lines": [line(&items, "W01", "1")] });
        let quote = world.on_case("technician", "createQuote", &case, offer).await["quote"].clone();
        for who in ["technician", "agent"] {
            let bare = world.try_to(who, "acceptQuote", yes(&quote)).await;
            assert_eq!((refusal(&bare), needed(&bare)), ("MISSING", vec!["CUSTOMERS_WORD"]));
        }
        assert_eq!(refusal(&world.try_to("head", "acceptQuote", with(yes(&quote), json!({}))).await), "NOT_YOURS");
        assert_eq!(told(&world.try_to("neighbour", "acceptQuote", yes(&quote)).await), ("NOT_FOUND", "quoteId"));
        let signed = with(yes(&quote), json!({ "signature": world.signing()["signature"] }));
        let signed = world.act("technician", "acceptQuote", signed).await["quote"].clone();
        assert_eq!((signed["answerMethod"].as_str(), &signed["signature"]["contentSha256"]), (Some("SIGNATURE"), &quote["contentHash"]));
        let more = json!({ "workOrderId": order, "lines": [line(&items, "L01", "1")] });
        let extra = world.on_case("technician", "createQuote", &case, more).await["quote"].clone();
        let call = with(yes(&extra), json!({ "call": world.call("SATISFIED")["call"] }));
        let called = world.act("agent", "acceptQuote", call).await["quote"].clone();
        assert_eq!((called["answerMethod"].as_str(), called["supplementary"].clone()), (Some("PHONE"), json!(true)));
        let calls = world.ask("agent", "query($id: ID!) { complaint(id: $id) { calls { outgoing summary } } }", json!({ "id": case })).await;
        assert_eq!(calls["complaint"]["calls"].as_array().unwrap().len(), 1, "E7.2");
    }

    async fn e4_2_1_paid_work_is_not_done_before_the_quote_and_extra_work_is_quoted_too(world) {
        let items = price_list(&world).await;
        let case = world.dripping_tap().await;
        let order = on_site(&world, &case).await;
        let early = world.try_on_order("technician", "completeWorkOrder", &order, report()).await;
        assert_eq!((refusal(&early), needed(&early)), ("MISSING", vec!["ACCEPTED_QUOTE"]));
        let seen = world.ask("technician", "query($id: ID!) { workOrder(id: $id) { allowedActions } }", json!({ "id": order })).await;
        let allowed = seen["workOrder"]["allowedActions"].as_array().unwrap();
        assert!(allowed.contains(&json!("QUOTE")) && !allowed.contains(&json!("COMPLETE")));
        assert!(!allowed.contains(&json!("RECORD_MATERIALS")));
        let stock = json!({ "teamId": world.id("Team", "plumbers"), "code": "W01", "name": "阀芯", "unit": "个", "minimum": "0" });
        let valve = world.act("leader", "createStockItem", stock).await["stockItem"]["id"].clone();
        world.act("leader", "receiveStock", json!({ "stockItemId": valve, "quantity": "2" })).await;
        let material = || json!({ "materials": [{ "stockItemId": valve, "quantity": "1" }] });
        let early = world.try_on_order("technician", "useMaterials", &order, material()).await;
        assert_eq!((refusal(&early), needed(&early)), ("MISSING", vec!["ACCEPTED_QUOTE"]), "nothing is taken for it");
        let back = world.try_on_order("technician", "returnMaterials", &order, material()).await;
        assert_eq!(needed(&back), ["USED_MATERIALS"], "what was used could come back");
        let offer = json!({ "workOrderId": order, "lines": [line(&items, "W01", "1")] });
        let quote = world.on_case("technician", "createQuote", &case, offer).await["quote"].clone();
        assert_eq!(quote["supplementary"], json!(false));
        world.act("wife", "acceptQuote", yes(&quote)).await;
        world.on_order("technician", "useMaterials", &order, material()).await;
        let more = json!({ "workOrderId": order, "lines": [line(&items, "L01", "2")] });
        let extra = world.on_case("technician", "createQuote", &case, more).await["quote"].clone();
        assert_eq!(extra["supplementary"], json!(true));
        let open = world.try_on_order("technician", "completeWorkOrder", &order, report()).await;
        assert_eq!((refusal(&open), needed(&open)), ("MISSING", vec!["QUOTES_ANSWERED"]));
        world.act("owner", "declineQuote", input(&extra, json!({ "reason": "先不修" }))).await;
        let free = world.try_on_order("head", "declareWorkOrderFree", &order, json!({ "reason": "WARRANTY" })).await;
        assert_eq!((refusal(&free), needed(&free)), ("MISSING", vec!["NOTHING_ACCEPTED"]));
        let done = world.on_order("technician", "completeWorkOrder", &order, report()).await;
        assert_eq!(done["workOrder"]["state"], "DONE");
        let late = world.try_to("technician", "reviseQuote", json!({ "quoteId": extra["id"], "expectedVersion": 2, "lines": [line(&items, "V01", "1")] })).await;
        assert_eq!((refusal(&late), needed(&late)), ("MISSING", vec!["OPEN_WORK"]));
    }

    async fn e4_2_1_free_work_says_why(world) {
        let case = world.dripping_tap().await;
        let order = world.issued(&case).await;
        let seen = world.ask("owner", "query($id: ID!) { workOrder(id: $id) { pricing freeReason } }", json!({ "id": order })).await;
        assert_eq!(seen["workOrder"], json!({ "pricing": "FREE", "freeReason": "INCLUDED" }));
        for (more, answer) in [
            (json!({ "pricing": "FREE" }), ("REQUIRED", "freeReason")),
            (json!({ "freeReason": "PUBLIC_AREA" }), ("INVALID", "freeReason")),
            (json!({ "freeReason": "GOODWILL" }), ("REQUIRED", "freeNote")),
            (json!({ "pricing": "QUOTE_ON_SITE", "freeReason": "WARRANTY" }), ("INVALID", "freeReason")),
        ] {
            let refused = world.try_on_case("head", "issueWorkOrder", &case, with(json!({ "task": "复查" }), more)).await;
            assert_eq!(told(&refused), answer);
        }
        let paid = world.act("owner", "fileComplaint", json!({ "unitId": world.id("Unit", "home"),
            "report": world.report("CLEANING", "PAID_SERVICE", "全屋保洁") })).await;
        let paid = paid["complaint"]["id"].as_str().unwrap();
        let visit = world.on_case("agent", "issueWorkOrder", paid, json!({ "task": "上门看看" })).await;
        assert_eq!(visit["workOrder"]["pricing"], "QUOTE_ON_SITE", "E4.2.2: its price cannot be known yet");
        let visit = visit["workOrder"]["id"].as_str().unwrap();
        let free = world.on_order("agent", "declareWorkOrderFree", visit, json!({ "reason": "OUR_LIABILITY", "freeNote": "上次未做干净" })).await;
        assert_eq!((free["workOrder"]["pricing"].as_str(), free["workOrder"]["freeReason"].as_str()), (Some("FREE"), Some("OUR_LIABILITY")));
    }

    async fn e4_2_2_indoor_cleaning_is_quoted_accepted_and_charged(world) {
        let items = price_list(&world).await;
        let crew = json!({ "departmentId": world.id("Department", "environment"), "name": "保洁班" });
        let crew = world.act("administrator", "createTeam", crew).await["team"]["id"].clone();
        for (who, role) in [("leader", "TEAM_LEADER"), ("electrician", "TECHNICIAN")] {
            world.act("administrator", "giveRole", json!({ "accountId": world.id("Account", who), "role": role, "teamId": crew })).await;
        }
        let filed = world.act("owner", "fileComplaint", json!({ "unitId": world.id("Unit", "home"),
            "report": world.report("CLEANING", "PAID_SERVICE", "全屋保洁") })).await;
        let case = filed["complaint"]["id"].as_str().unwrap();
        let quote = quoted(&world, &items, case).await;
        assert_eq!(quote["state"], "OFFERED");
        world.act("owner", "acceptQuote", yes(&quote)).await;
        let issue = json!({ "task": "全屋保洁", "quoteId": quote["id"] });
        let issued = world.on_case("agent", "issueWorkOrder", case, issue).await["workOrder"].clone();
        assert_eq!((&issued["pricing"], &issued["handler"]["name"]), (&json!("QUOTED"), &json!("environment head")));
        let order = issued["id"].as_str().unwrap();
        world.on_order("environment head", "acknowledgeWorkOrder", order, json!({})).await;
        world.on_order("environment head", "assignTeam", order, json!({ "teamId": crew })).await;
        let cleaner = json!({ "technicianId": world.id("Account", "electrician") });
        world.on_order("leader", "assignTechnician", order, cleaner).await;
        world.on_order("electrician", "departForWorkOrder", order, json!({})).await;
        world.on_order("electrician", "recordArrival", order, json!({})).await;
        world.on_order("electrician", "completeWorkOrder", order, json!({ "workDone": "全屋保洁", "cause": "定期保洁" })).await;
        let charges = async || world.ask("owner", "{ charges { nodes { amount { amount } } } }", json!({})).await["charges"]["nodes"].clone();
        assert_eq!(charges().await, json!([]), "nothing is owed before the customer signs");
        world.on_order("owner", "signWorkOrder", order, world.signing()).await;
        let owed = charges().await;
        let mut owed: Vec<&str> = owed.as_array().unwrap().iter().filter_map(|one| one["amount"]["amount"].as_str()).collect();
        owed.sort_unstable();
        assert_eq!(owed, ["30.00", "71.00"], "each line of the quote");
    }

    async fn e4_2_1_lines_of_a_quote_are_checked_one_by_one(world) {
        let items = price_list(&world).await;
        let case = world.dripping_tap().await;
        let listed = || line(&items, "V01", "1");
        for (bad, code, field) in [
            (json!({ "priceItemId": items["V01"], "quantity": "0" }), "INVALID", "quantity"),
            (json!({ "priceItemId": items["V01"], "quantity": "1.0001" }), "INVALID", "quantity"),
            (with(listed(), json!({ "discount": "5.00" })), "REQUIRED", "discountReason"),
            (with(listed(), json!({ "discount": "30.01", "discountReason": "优惠" })), "INVALID", "discount"),
            (json!({ "quantity": "1", "unit": "次", "unitPrice": "5.00" }), "REQUIRED", "name"),
            (json!({ "quantity": "1", "unit": "次", "name": "杂项" }), "REQUIRED", "unitPrice"),
            (json!({ "quantity": "1", "unit": "次", "name": "杂项", "unitPrice": "1.005" }), "INVALID", "unitPrice"),
            (json!({ "priceItemId": world.id("Site", "site"), "quantity": "1" }), "NOT_FOUND", "priceItemId"),
        ] {
            let refused = world.try_on_case("agent", "createQuote", &case, json!({ "lines": [listed(), bad] })).await;
            assert_eq!((refusal(&refused), &refused["errors"][0]["field"]), (code, &json!(["lines", "1", field])));
        }
        assert_eq!(told(&world.try_on_case("agent", "createQuote", &case, json!({ "lines": [] })).await), ("REQUIRED", "lines"));
        let float = json!({ "input": { "complaintId": case, "expectedVersion": 1, "lines": [{ "priceItemId": items["V01"], "quantity": 1.5 }] } });
        let response = world.response("agent", &tests::ask::mutation("createQuote"), float).await;
        assert!(response["errors"][0]["message"].as_str().unwrap().contains("decimal number as a string"), "{response}");
        let item = json!({ "code": "V01", "kind": "VISIT", "name": "上门费", "unit": "次", "unitPrice": "40.00" });
        world.act("office head", "publishPriceList", json!({ "siteId": world.id("Site", "site"), "from": "2026-03-02", "items": [item] })).await;
        let old = world.try_on_case("agent", "createQuote", &case, json!({ "lines": [listed()] })).await;
        assert_eq!((refusal(&old), &old["errors"][0]["field"]), ("RETIRED", &json!(["lines", "0", "priceItemId"])), "only the version in force");
        let nowhere = world.act("agent", "registerComplaint", json!({ "siteId": world.id("Site", "site"), "channel": "VISIT",
            "report": with(world.report("WATER", "REPAIR", "水表漏水"), json!({ "place": "大门", "contactName": "张三", "contactPhone": "13900001111" })),
            "confirmations": { "heard": true, "asked": true, "repeated": true, "recorded": true } })).await;
        let nowhere = nowhere["complaint"]["id"].as_str().unwrap();
        let refused = world.try_on_case("agent", "createQuote", nowhere, json!({ "lines": [listed()] })).await;
        assert_eq!((refusal(&refused), needed(&refused)), ("MISSING", vec!["KNOWN_UNIT"]), "it is charged to a unit");
    }
}
