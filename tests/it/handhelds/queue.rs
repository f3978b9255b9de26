//! A queue that goes out in pieces, twice, at a bad moment, or with something in it that nobody can read; and the signatures in it.

use std::collections::BTreeMap;

use api::app::validate;
use api::edge::Config;
use chrono::TimeDelta;
use data_encoding::{BASE64, HEXLOWER};
use entity::{attachment, complaint, handheld_step, quote, work_order};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tests::World;
use tests::ask::{mutation, needed, told, variables};
use tests::drawing::png;
use tests::edge::Edge;
use tests::world::row_id;

use super::{
    Handheld, act, agreed, given, hash, head, in_one_line, outcomes, shown, shown_with, signing, valves, visited, work,
};

const GUIDE: &str = include_str!("../../../README.md");

/// Sends a photo of an order's work.
pub async fn photographed(world: &World, edge: &Edge, case: &str, order: &str, bytes: &[u8]) {
    let input = json!({ "complaintId": case, "workOrderId": order, "name": "完工.png", "size": bytes.len() });
    let payload = world.act("technician", "createUpload", input).await;
    let request = edge.client.patch(edge.at(payload["uploadPath"].as_str().unwrap()));
    let request = request.header("tus-resumable", "1.0.0").header("upload-offset", 0);
    let request = request.header("content-type", "application/offset+octet-stream").body(bytes.to_vec());
    assert_eq!(request.send().await.unwrap().status(), 204);
}

/// A photo that is like no other.
pub fn picture(number: u32) -> Vec<u8> {
    BASE64.decode(png(60, 20, |x, y| (x + number) % 7 == y % 5).as_bytes()).unwrap()
}

/// An order whose price is agreed on site, with its technician there; case, order, and an item of the price list.
async fn on_site(world: &World, task: &str) -> (String, String, Value) {
    let item = json!({ "code": "W01", "kind": "MATERIAL", "name": "阀芯", "unit": "个", "unitPrice": "35.50" });
    let list = json!({ "siteId": world.id("Site", "site"), "from": "2026-03-02", "items": [item] });
    let item = world.act("office head", "publishPriceList", list).await["priceList"]["items"][0]["id"].clone();
    let case = world.dripping_tap().await;
    let issue = json!({ "task": task, "pricing": "QUOTE_ON_SITE" });
    let issued = world.on_case("agent", "issueWorkOrder", &case, issue).await;
    let order = issued["workOrder"]["id"].as_str().unwrap().to_owned();
    world.to_technician(&order).await;
    world.on_order("technician", "recordArrival", &order, json!({})).await;
    (case, order, item)
}

/// Sends acts over the edge, and halves what it cannot read as a whole; what became of each, by its id.
async fn halved(
    world: &World,
    edge: &Edge,
    token: &str,
    handheld: &Handheld,
    acts: &[Value],
) -> BTreeMap<String, String> {
    let input = variables(&handheld.queued(world, acts));
    let answer = edge.post(token, &json!({ "query": mutation("submitActs"), "variables": input })).await;
    let code = answer.json()["errors"][0]["extensions"]["code"].as_str().map(str::to_owned);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let Some(code) = code else {
        let answers = answer.json()["data"]["submitActs"]["acts"].as_array().unwrap().clone();
        return answers.iter().map(|answer| (text(&answer["id"]), text(&answer["outcome"]))).collect();
    };
    assert!(["BAD_REQUEST", "BAD_INPUT", "TOO_LARGE"].contains(&code.as_str()), "{}", answer.text);
    if let [act] = acts {
        return BTreeMap::from([(text(&act["id"]), code)]);
    }
    let (one, two) = acts.split_at(acts.len().div_ceil(2));
    let mut all = Box::pin(halved(world, edge, token, handheld, one)).await;
    all.extend(Box::pin(halved(world, edge, token, handheld, two)).await);
    all
}

/// The first block of the guide's part on signatures in a language.
fn fenced(language: &str) -> &'static str {
    let part = GUIDE.split("**Signatures.** The customer signs").nth(1).expect("a part on signatures");
    let block = part.split(&format!("```{language}\n")).nth(1).expect("a block");
    block.split("```").next().expect("its end").trim()
}

on_both! {
    async fn e4_2_1a_a_queue_that_goes_out_in_several_batches_is_one_queue(world) {
        let ((_, order), (_, other)) = (given(&world).await, given(&world).await);
        let mut handheld = Handheld::new("technician");
        handheld.sync(&world, 20).await;
        let (kept, one, two, now) = (handheld.orders[&order].clone(), handheld.base(&order), handheld.base(&other), world.now());
        let queue = [
            act("n1", now, "departForWorkOrder", &order, one, json!({})),
            act("n2", now, "departForWorkOrder", &other, two, json!({})),
            act("n3", now, "recordArrival", &order, one, json!({})),
            act("n4", now, "completeWorkOrder", &order, one, work()),
            // The customer signed in the basement, and the batch ended before it: they must not be asked again.
            act("n5", now, "signWorkOrder", &order, one, signing(&shown(&kept, &work()))),
            act("n6", now, "recordArrival", &other, two, json!({})),
        ];
        for batch in queue.chunks(2) {
            let answers = handheld.submit(&world, batch).await;
            assert_eq!(outcomes(&answers), ["APPLIED"; 2], "nothing is synced in between: {answers:?}");
        }
        let before = head(&world).await;
        for batch in queue.chunks(4) {
            assert!(outcomes(&handheld.submit(&world, batch).await).iter().all(|outcome| *outcome == "ALREADY_APPLIED"));
        }
        assert_eq!(head(&world).await, before, "nothing is done twice");
        let next = act("n7", now, "completeWorkOrder", &other, two, work());
        handheld.cursor = None;
        assert_eq!(outcomes(&handheld.submit(&world, &[next]).await), ["CONFLICT"], "without a cursor nobody knows which device it is");
        world.pass(TimeDelta::days(31));
        assert_eq!(api::handheld::steps::delete_old(&world.app).await.unwrap(), 6);
        assert_eq!(handheld_step::Entity::find().count(&world.app.db).await.unwrap(), 0);
    }

    async fn e4_2_1a_without_a_cursor_several_batches_are_one_queue_as_well(world) {
        let (_, order) = given(&world).await;
        let mut handheld = Handheld::new("technician");
        handheld.sync(&world, 20).await;
        let (base, now) = (handheld.base(&order), world.now());
        handheld.cursor = None;
        for (id, name) in [("o1", "acceptWorkOrder"), ("o2", "departForWorkOrder"), ("o3", "recordArrival")] {
            assert_eq!(outcomes(&handheld.submit(&world, &[act(id, now, name, &order, base, json!({}))]).await), ["APPLIED"], "{name}");
        }
    }

    async fn what_somebody_else_did_between_two_batches_is_a_conflict(world) {
        let ((_, held), (_, free)) = (given(&world).await, given(&world).await);
        let mut handheld = Handheld::new("technician");
        let mut tablet = Handheld::new("technician");
        handheld.sync(&world, 20).await;
        tablet.sync(&world, 20).await;
        let (kept, one, two, now) = (handheld.orders[&held].clone(), handheld.base(&held), handheld.base(&free), world.now());
        let first = [act("r1", now, "departForWorkOrder", &held, one, json!({})), act("r2", now, "recordArrival", &held, one, json!({}))];
        assert_eq!(outcomes(&handheld.submit(&world, &first).await), ["APPLIED", "APPLIED"]);
        world.on_order("leader", "holdWorkOrder", &held, json!({ "reason": "PARTS", "until": now + TimeDelta::days(2) })).await;
        world.on_order("leader", "resumeWorkOrder", &held, json!({})).await;
        let second = [
            act("r3", now, "completeWorkOrder", &held, one, work()),
            act("r4", now, "signWorkOrder", &held, one, signing(&shown(&kept, &work()))),
            act("r5", now, "departForWorkOrder", &free, two, json!({})),
        ];
        let answers = handheld.submit(&world, &second).await;
        assert_eq!(outcomes(&answers), ["CONFLICT", "CONFLICT", "APPLIED"], "though the order stands where it stood: {answers:?}");
        assert_eq!(told(&answers[0]), ("STALE", "expectedVersion"));
        assert_eq!(answers[0]["workOrder"]["state"], "ARRIVED", "what stands in its way is shown");
        let others = tablet.submit(&world, &[act("r6", now, "recordArrival", &free, two, json!({}))]).await;
        assert_eq!(outcomes(&others), ["CONFLICT"], "what the same person did on another device they have not seen on this one");
        handheld.sync(&world, 20).await;
        let again = act("r7", now, "completeWorkOrder", &held, handheld.base(&held), work());
        assert_eq!(outcomes(&handheld.submit(&world, &[again]).await), ["APPLIED"]);
        assert_eq!(outcomes(&handheld.submit(&world, &[act("r8", now, "correctWorkOrder", &held, 99, json!({ "reason": "x" }))]).await), ["CONFLICT"]);
    }

    async fn a_conflict_about_a_visit_shows_the_case(world) {
        let (case, order) = given(&world).await;
        visited(&world, &case).await;
        let mut handheld = Handheld::new("technician");
        handheld.sync(&world, 20).await;
        let (base, seen, now) = (handheld.base(&order), handheld.orders[&order]["complaint"]["version"].clone(), world.now());
        world.on_case("owner", "addToComplaint", &case, json!({ "text": "请走侧门" })).await;
        let absent = json!({ "complaintId": case, "expectedVersion": seen, "absent": "CUSTOMER", "evidence": "敲门三次" });
        let queue = [
            act("v1", now, "recordArrival", &order, base, json!({})),
            json!({ "id": "v2", "occurredAt": now, "act": { "recordNoShow": absent } }),
        ];
        let answers = handheld.submit(&world, &queue).await;
        assert_eq!(outcomes(&answers), ["APPLIED", "CONFLICT"]);
        assert_eq!((&answers[1]["complaint"]["id"], &answers[1]["complaint"]["bookings"][0]["state"]), (&json!(case), &json!("KEPT")));
        assert_ne!(answers[1]["complaint"]["version"], seen);
    }

    async fn an_act_is_answered_once_and_for_all(world) {
        let ((_, order), (_, taken)) = (given(&world).await, given(&world).await);
        let valve = valves(&world).await;
        let mut handheld = Handheld::new("technician");
        handheld.sync(&world, 20).await;
        let (one, two, now) = (handheld.base(&order), handheld.base(&taken), world.now());
        world.on_order("leader", "holdWorkOrder", &taken, json!({ "reason": "PARTS", "until": now + TimeDelta::days(2) })).await;
        let materials = json!({ "materials": [{ "stockItemId": valve, "quantity": "3" }] });
        let queue = [
            act("s1", now, "recordArrival", &order, one, json!({})),
            act("s2", now, "useMaterials", &order, one, materials.clone()),
            act("s3", now, "signWorkOrder", &order, one, signing("")),
            act("s4", now, "resumeWorkOrder", &taken, two, json!({})),
        ];
        // Two tries of one phone at once: the first answer seemed lost.
        let (first, second) = tokio::join!(Box::pin(handheld.submit(&world, &queue)), Box::pin(handheld.submit(&world, &queue)));
        let both: Vec<[&str; 2]> = outcomes(&first).into_iter().zip(outcomes(&second)).map(|(one, two)| [one.min(two), one.max(two)]).collect();
        assert_eq!(both, [["ALREADY_APPLIED", "APPLIED"], ["REFUSED"; 2], ["REFUSED"; 2], ["CONFLICT"; 2]]);
        assert_eq!(needed(&first[1]), ["ENOUGH_IN_STOCK"]);
        assert_eq!(told(&first[2]), ("REQUIRED", "contentSha256"));
        // What stood in the way of each is gone, and the device has changed the orders itself.
        world.act("leader", "receiveStock", json!({ "stockItemId": valve, "quantity": "5" })).await;
        handheld.sync(&world, 20).await;
        let resumed = act("s5", now, "resumeWorkOrder", &taken, handheld.base(&taken), json!({}));
        assert_eq!(outcomes(&handheld.submit(&world, &[resumed]).await), ["APPLIED"]);
        let before = head(&world).await;
        let again = handheld.submit(&world, &queue).await;
        assert_eq!(outcomes(&again), ["ALREADY_APPLIED", "REFUSED", "REFUSED", "CONFLICT"]);
        for (then, now) in first.iter().zip(&again) {
            assert_eq!(then["errors"], now["errors"], "for the same reason");
        }
        assert_ne!(again[3]["workOrder"]["state"], "ON_HOLD", "with the order as it is now");
        assert_eq!(head(&world).await, before);
        let reused = handheld.submit(&world, &[act("s2", now, "resumeWorkOrder", &order, one, json!({}))]).await;
        assert_eq!(told(&reused[0]).0, "KEY_REUSED");
        let new = handheld.submit(&world, &[act("s6", now, "useMaterials", &order, handheld.base(&order), materials)]).await;
        assert_eq!(outcomes(&new), ["APPLIED"], "whoever tries again does so by another id");
    }

    async fn an_act_that_nobody_can_read_spoils_no_queue(world) {
        let edge = Edge::of(&world, Config::default()).await;
        let ((_, order), (_, other)) = (given(&world).await, given(&world).await);
        let mut handheld = Handheld::new("technician");
        handheld.sync(&world, 20).await;
        let (one, two, now, token) = (handheld.base(&order), handheld.base(&other), world.now(), world.token("technician").await);
        let long = || json!({ "reason": "很长".repeat(15_000) });
        let queue = [
            act("t1", now, "departForWorkOrder", &order, one, json!({})),
            act("t2", now, "teleportToWorkOrder", &order, one, json!({})),
            act("t3", now, "recordArrival", &order, one, json!({})),
            act("t4", now, "holdWorkOrder", &order, one, json!({ "reason": "LUNCH", "until": now })),
            act("t5", now, "completeWorkOrder", &order, one, json!({ "workDone": 7, "cause": "阀芯磨损" })),
            act("t6", now, "releaseWorkOrder", &other, two, long()),
            act("t7", now, "releaseWorkOrder", &other, two, long()),
            act("t8", now, "releaseWorkOrder", &other, two, long()),
            act("t9", now, "departForWorkOrder", &other, two, json!({})),
        ];
        let before = head(&world).await;
        let input = variables(&handheld.queued(&world, &queue[..3]));
        let whole = edge.post(&token, &json!({ "query": mutation("submitActs"), "variables": input })).await;
        assert_eq!((whole.code().as_str(), head(&world).await), ("BAD_REQUEST", before), "a request is read as a whole: {}", whole.text);
        let answers = halved(&world, &edge, &token, &handheld, &queue).await;
        let expected = ["APPLIED", "BAD_REQUEST", "APPLIED", "BAD_REQUEST", "BAD_REQUEST", "REFUSED", "REFUSED", "REFUSED", "APPLIED"];
        assert_eq!(answers.values().map(String::as_str).collect::<Vec<_>>(), expected, "{answers:?}");
    }

    async fn e4_5_2_the_guides_example_of_what_is_signed_is_what_the_server_makes_of_it(world) {
        let (case, order, item) = on_site(&world, "检查阀门").await;
        agreed(&world, "technician", &case, &order, &item).await;
        agreed(&world, "technician", &case, &order, &item).await;
        let edge = Edge::of(&world, Config::default()).await;
        for number in 0..2 {
            photographed(&world, &edge, &case, &order, &picture(number)).await;
        }
        let facts: Value = serde_json::from_str(fenced("json")).unwrap();
        let text = |name: &str| facts[name].as_str().unwrap().to_owned();
        let db = &world.app.db;
        let mut case = complaint::Entity::find_by_id(row_id(&case)).one(db).await.unwrap().unwrap();
        let mut row = work_order::Entity::find_by_id(row_id(&order)).one(db).await.unwrap().unwrap();
        let mut quotes = quote::Entity::find().filter(quote::Column::WorkOrderId.eq(row.id)).all(db).await.unwrap();
        let photos = attachment::Entity::find().filter(attachment::Column::WorkOrderId.eq(row.id));
        let mut photos = photos.order_by_asc(attachment::Column::Id).all(db).await.unwrap();
        assert_eq!((quotes.len(), photos.len()), (2, 2));
        for (place, quote) in quotes.iter_mut().enumerate() {
            facts["quotes"][place].as_str().unwrap().clone_into(&mut quote.content_sha256);
        }
        for (place, photo) in photos.iter_mut().enumerate() {
            photo.sent_sha256 = facts["photos"][place].as_str().map(str::to_owned);
        }
        (case.number, row.number, row.task, row.place) = (text("complaint"), text("workOrder"), text("task"), text("place"));
        row.work_done = Some(validate::text("workDone", &text("workDone"), 2000).unwrap());
        row.cause = Some(validate::text("cause", &text("cause"), 1000).unwrap());
        row.materials = validate::optional_text("materials", Some(&text("materials")), 1000).unwrap();
        let made = api::work_order::service::content_to_sign(&row, &case, &quotes, &photos).to_string();
        assert_eq!(made, fenced("text"), "by the server");
        assert_eq!(in_one_line(&facts), fenced("text"), "by the rules of the guide");
        let told = GUIDE.split("and its SHA-256, `").nth(1).unwrap().split('`').next().unwrap();
        assert_eq!(told, hash(&made));
    }

    async fn e4_5_2_awkward_words_two_prices_and_photos_that_were_taken_without_signal_are_signed_for(world) {
        let edge = Edge::of(&world, Config::default()).await;
        let (case, order, item) = on_site(&world, "检查 \"冷\" 水阀\\水管/阀门 <厨房> 🚰\n\t第二行").await;
        agreed(&world, "technician", &case, &order, &item).await;
        agreed(&world, "technician", &case, &order, &item).await;
        let (first, second) = (picture(1), picture(2));
        photographed(&world, &edge, &case, &order, &first).await;
        let mut handheld = Handheld::new("technician");
        handheld.sync(&world, 20).await;
        let (kept, base, now) = (handheld.orders[&order].clone(), handheld.base(&order), world.now());
        assert_eq!((kept["quotes"].as_array().unwrap().len(), kept["photos"].as_array().unwrap().len()), (2, 1));
        let work = json!({ "workDone": "\u{3000} 更换 <阀芯> \"W01\"/\\ 😀\r\n已试水 & 不滴 ", "cause": " 老化\t/ 磨损\u{2028}", "materials": " \n " });
        let hash = shown_with(&kept, &work, &[&second]);
        assert_eq!(outcomes(&handheld.submit(&world, &[act("x1", now, "completeWorkOrder", &order, base, work.clone())]).await), ["APPLIED"]);
        let early = handheld.submit(&world, &[act("x2", now, "signWorkOrder", &order, base, signing(&hash))]).await;
        assert_eq!((outcomes(&early), told(&early[0])), (vec!["CONFLICT"], ("STALE", "contentSha256")), "the photo that was shown has not come");
        photographed(&world, &edge, &case, &order, &second).await;
        let signed = handheld.submit(&world, &[act("x3", now, "signWorkOrder", &order, base, signing(&hash))]).await;
        assert_eq!(outcomes(&signed), ["APPLIED"], "{signed:?}");
        let document = "query($id: ID!) { workOrder(id: $id) { signature { content } photos { sha256 sentSha256 } } }";
        let seen = world.ask("head", document, json!({ "id": order })).await["workOrder"].clone();
        let content: Value = serde_json::from_str(seen["signature"]["content"].as_str().unwrap()).unwrap();
        let mut sent = [&first, &second].map(|bytes| HEXLOWER.encode(&Sha256::digest(bytes)));
        let files: Vec<Value> = seen["photos"].as_array().unwrap().iter().map(|photo| json!({ "sent": photo["sentSha256"], "kept": photo["sha256"] })).collect();
        assert_eq!(content["files"], json!(files), "which file was kept of each");
        sent.sort_unstable();
        assert_eq!((&content["photos"], &content["materials"]), (&json!(sent), &Value::Null));
    }
}
