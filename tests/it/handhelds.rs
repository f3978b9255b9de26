//! The handheld without signal: what it is given, what it sends later, and that nothing is lost or done twice.

mod chance;
mod queue;
mod size;

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use data_encoding::HEXLOWER;
use entity::{event, position_fix, session, stock_change, stock_item};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, IntoActiveModel, PaginatorTrait};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tests::World;
use tests::ask::{needed, refusal, told};
use tests::drawing::signature;
use tests::world::{row_id, with};

/// What the tests' handheld keeps of an order.
const KEPT: &str = "id number state version task place pricing workDone cause materials holdReason holdUntil acceptedAt departedAt arrivedAt contentToSign
    allowedActions quotes { id state contentHash } photos { sentSha256 } complaint { id number version state description contactName contactPhone severity
        category { nameZh } unit { name } items { text } bookings { state from to } clocks { kind state dueAt } }";

/// And of a material.
const OF_STOCK: &str = "id code name unit count minimum low version";

/// The same order as the guide to handhelds selects it: a day's work of it must be small.
fn sync_document() -> String {
    format!(
        "query($after: String, $first: Int!, $now: DateTime!) {{ sync(after: $after, first: $first, deviceTime: $now) {{
            orders {{ {KEPT} }} stock {{ whole items {{ {OF_STOCK} retiredAt }} }} gone cursor hasMore serverTime }} }}"
    )
}

/// A technician's handheld: what it has kept so far.
struct Handheld {
    who: &'static str,
    orders: BTreeMap<String, Value>,
    stock: BTreeMap<String, Value>,
    cursor: Option<String>,
    /// By how much its clock is ahead of the server's.
    ahead: TimeDelta,
}

impl Handheld {
    fn new(who: &'static str) -> Self {
        Self { who, orders: BTreeMap::new(), stock: BTreeMap::new(), cursor: None, ahead: TimeDelta::zero() }
    }

    fn now(&self, world: &World) -> DateTime<Utc> {
        world.now() + self.ahead
    }

    async fn page(&self, world: &World, first: usize) -> Value {
        let variables = json!({ "after": self.cursor, "first": first, "now": self.now(world) });
        world.ask(self.who, &sync_document(), variables).await["sync"].clone()
    }

    fn take(&mut self, page: &Value) -> bool {
        for order in page["orders"].as_array().unwrap() {
            self.orders.insert(order["id"].as_str().unwrap().to_owned(), order.clone());
        }
        for id in page["gone"].as_array().unwrap() {
            self.orders.remove(id.as_str().unwrap());
        }
        if page["stock"]["whole"] == true {
            self.stock.clear();
        }
        for item in page["stock"]["items"].as_array().into_iter().flatten() {
            let (id, mut item) = (item["id"].as_str().unwrap().to_owned(), item.clone());
            if item.as_object_mut().unwrap().remove("retiredAt").unwrap().is_null() {
                self.stock.insert(id, item);
            } else {
                self.stock.remove(&id);
            }
        }
        self.cursor = page["cursor"].as_str().map(str::to_owned);
        page["hasMore"] == true
    }

    /// Reads on until there is nothing more.
    async fn sync(&mut self, world: &World, first: usize) {
        while self.take(&self.page(world, first).await) {}
    }

    /// The version of an order that it saw last.
    fn base(&self, order: &str) -> i64 {
        self.orders[order]["version"].as_i64().unwrap()
    }

    fn queued(&self, world: &World, acts: &[Value]) -> Value {
        json!({ "deviceTime": self.now(world), "cursor": self.cursor, "acts": acts })
    }

    async fn submit(&self, world: &World, acts: &[Value]) -> Vec<Value> {
        let payload = world.act(self.who, "submitActs", self.queued(world, acts)).await;
        payload["acts"].as_array().unwrap().clone()
    }

    /// The same in a session of its own.
    async fn submit_by(&self, world: &World, token: &str, acts: &[Value]) -> Vec<Value> {
        let payload = world.act_by(token, "submitActs", self.queued(world, acts)).await;
        payload["acts"].as_array().unwrap().clone()
    }
}

/// An act that a handheld keeps.
fn act(id: &str, at: DateTime<Utc>, name: &str, order: &str, base: i64, more: Value) -> Value {
    let input = with(more, json!({ "workOrderId": order, "expectedVersion": base }));
    json!({ "id": id, "occurredAt": at, "act": { name: input } })
}

/// The same act, with where it was done.
fn located(mut act: Value) -> Value {
    act["position"] = json!({ "latitude": 22.5431, "longitude": 114.0579, "accuracyMeters": 20 });
    act
}

/// A token of a session of the technician's on a phone with a name, and the session.
async fn on_phone(world: &World, name: &str) -> (String, String) {
    let id = world.session("technician").await;
    let mut row = session::Entity::find_by_id(id).one(&world.app.db).await.unwrap().unwrap().into_active_model();
    row.device_name = Set(Some(name.to_owned()));
    row.update(&world.app.db).await.unwrap();
    let token = world.app.tokens.sign(world.town.id("technician"), id, world.now()).unwrap().0;
    (token, format!("Session_{}", id.simple()))
}

fn outcomes(answers: &[Value]) -> Vec<&str> {
    answers.iter().map(|answer| answer["outcome"].as_str().unwrap()).collect()
}

fn work() -> Value {
    json!({ "workDone": "更换阀芯", "cause": "阀芯磨损", "materials": "阀芯 1 个" })
}

fn hash(text: &str) -> String {
    HEXLOWER.encode(&Sha256::digest(text.as_bytes()))
}

/// A value as the guide says that it is written: of texts only quotes, backslashes and control characters are escaped.
fn written(value: &Value) -> String {
    match value {
        Value::String(text) => {
            let mut out = String::from('"');
            for letter in text.chars() {
                match letter {
                    '"' => out.push_str("\\\""),
                    '\\' => out.push_str("\\\\"),
                    '\n' => out.push_str("\\n"),
                    '\r' => out.push_str("\\r"),
                    '\t' => out.push_str("\\t"),
                    other => out.push(other),
                }
            }
            out.push('"');
            out
        }
        Value::Array(items) => format!("[{}]", items.iter().map(written).collect::<Vec<_>>().join(",")),
        other => other.to_string(),
    }
}

/// What a customer is shown of some facts, in the form of the guide: sorted keys, no spaces, texts cut, lists sorted.
fn in_one_line(facts: &Value) -> String {
    let field = |name: &str| match (name, &facts[name]) {
        ("cause" | "materials" | "workDone", Value::String(text)) if text.trim().is_empty() => Value::Null,
        ("cause" | "materials" | "workDone", Value::String(text)) => json!(text.trim()),
        (_, Value::Array(items)) => {
            let mut items: Vec<&str> = items.iter().map(|item| item.as_str().unwrap()).collect();
            items.sort_unstable();
            json!(items)
        }
        (_, other) => other.clone(),
    };
    let names =
        ["cause", "complaint", "materials", "photos", "place", "pricing", "quotes", "task", "workDone", "workOrder"];
    let fields = names.map(|name| format!("\"{name}\":{}", written(&field(name))));
    format!("{{{}}}", fields.join(","))
}

/// What a handheld makes by itself of what it knows, with photos that it has just taken: the hash of what it shows.
fn shown_with(order: &Value, work: &Value, taken: &[&[u8]]) -> String {
    let accepted = order["quotes"].as_array().unwrap().iter().filter(|quote| quote["state"] == "ACCEPTED");
    let accepted: Vec<Value> = accepted.map(|quote| quote["contentHash"].clone()).collect();
    let known = order["photos"].as_array().unwrap().iter().map(|photo| photo["sentSha256"].clone());
    let photos: Vec<Value> =
        known.chain(taken.iter().map(|bytes| json!(HEXLOWER.encode(&Sha256::digest(bytes))))).collect();
    hash(&in_one_line(
        &json!({ "workOrder": order["number"], "complaint": order["complaint"]["number"], "task": order["task"],
        "place": order["place"], "workDone": work["workDone"], "cause": work["cause"], "materials": work["materials"],
        "pricing": order["pricing"], "quotes": accepted, "photos": photos }),
    ))
}

fn shown(order: &Value, work: &Value) -> String {
    shown_with(order, work, &[])
}

fn signing(hash: &str) -> Value {
    json!({ "signature": { "signerName": "owner", "png": signature() }, "contentSha256": hash,
        "ratings": { "quality": 5, "attitude": 5, "timeliness": 4, "overall": 5 } })
}

/// A dripping tap whose order the technician has.
async fn given(world: &World) -> (String, String) {
    let case = world.dripping_tap().await;
    let order = world.issued(&case).await;
    world.to_technician(&order).await;
    (case, order)
}

/// What somebody reports in their own words, whose order the technician has; its price is agreed on site, or it has none.
async fn given_as(world: &World, who: &str, about: &str, task: &str, paid: bool) -> (String, String) {
    let home = if who == "neighbour" { "other home" } else { "home" };
    let report = world.report("WATER", "REPAIR", about);
    let filed = world.act(who, "fileComplaint", json!({ "unitId": world.id("Unit", home), "report": report })).await;
    let case = filed["complaint"]["id"].as_str().unwrap().to_owned();
    let pricing = if paid { json!("QUOTE_ON_SITE") } else { Value::Null };
    let issued = world.on_case("agent", "issueWorkOrder", &case, json!({ "task": task, "pricing": pricing })).await;
    let order = issued["workOrder"]["id"].as_str().unwrap().to_owned();
    world.to_technician(&order).await;
    (case, order)
}

/// A quote for one valve more, made by somebody and accepted by the owner.
async fn agreed(world: &World, who: &str, case: &str, order: &str, item: &Value) {
    let lines = json!({ "workOrderId": order, "lines": [{ "priceItemId": item, "quantity": "1" }] });
    let quote = world.on_case(who, "createQuote", case, lines).await["quote"].clone();
    let yes =
        json!({ "quoteId": quote["id"], "expectedVersion": quote["version"], "contentHash": quote["contentHash"] });
    world.act("owner", "acceptQuote", yes).await;
}

/// The plumbers have two valves; their id.
async fn valves(world: &World) -> Value {
    let stock =
        json!({ "teamId": world.id("Team", "plumbers"), "code": "W01", "name": "阀芯", "unit": "个", "minimum": "0" });
    let valve = world.act("leader", "createStockItem", stock).await["stockItem"]["id"].clone();
    world.act("leader", "receiveStock", json!({ "stockItemId": valve, "quantity": "2" })).await;
    valve
}

/// The owner has agreed to a visit from 13:00 to 15:00 of the first day.
async fn visited(world: &World, case: &str) {
    let hours = json!([{ "from": "09:00", "to": "17:00" }]);
    let week = json!({ "monday": hours, "tuesday": hours, "wednesday": hours, "thursday": hours, "friday": hours, "saturday": [], "sunday": [] });
    let offer = json!({ "teamId": world.id("Team", "plumbers"), "expectedVersion": 0, "week": week, "windowMinutes": 120, "capacity": 2,
        "leadMinutes": 0, "daysAhead": 14, "onHolidays": false, "categoryIds": [] });
    world.act("head", "setBookingOffer", offer).await;
    let window = json!({ "from": "2026-03-02T05:00:00Z", "to": "2026-03-02T07:00:00Z" });
    world.on_case("owner", "bookVisit", case, window).await;
}

async fn head(world: &World) -> u64 {
    event::Entity::find().count(&world.app.db).await.unwrap()
}

/// What the server has for a technician, in the form in which a handheld keeps it.
async fn truth(world: &World, who: &str) -> BTreeMap<String, Value> {
    let document = format!(
        "query {{ workOrders(filter: {{ assignedToMe: true, states: [TECHNICIAN_ASSIGNED, EN_ROUTE, ARRIVED, ON_HOLD, DONE] }}, page: {{ first: 100 }}) {{ nodes {{ {KEPT} }} pageInfo {{ hasNextPage }} }} }}"
    );
    let data = world.ask(who, &document, json!({})).await;
    assert_eq!(data["workOrders"]["pageInfo"]["hasNextPage"], false, "the test must see all of it");
    let nodes = data["workOrders"]["nodes"].as_array().unwrap();
    nodes.iter().map(|order| (order["id"].as_str().unwrap().to_owned(), order.clone())).collect()
}

/// What the plumbers have in stock, in the form in which a handheld keeps it.
async fn stocked(world: &World) -> BTreeMap<String, Value> {
    let document = format!(
        "query($t: ID!) {{ stockItems(teamId: $t, page: {{ first: 100 }}) {{ nodes {{ {OF_STOCK} }} pageInfo {{ hasNextPage }} }} }}"
    );
    let data = world.ask("technician", &document, json!({ "t": world.id("Team", "plumbers") })).await;
    assert_eq!(data["stockItems"]["pageInfo"]["hasNextPage"], false, "the test must see all of it");
    let nodes = data["stockItems"]["nodes"].as_array().unwrap();
    nodes.iter().map(|item| (item["id"].as_str().unwrap().to_owned(), item.clone())).collect()
}

on_both! {
    async fn a_handheld_knows_what_its_team_has_in_stock(world) {
        let mut handheld = Handheld::new("technician");
        let page = handheld.page(&world, 20).await;
        assert_eq!(page["stock"], json!({ "whole": true, "items": [] }));
        handheld.take(&page);
        let valve = valves(&world).await;
        let page = handheld.page(&world, 20).await;
        assert_eq!((&page["stock"]["whole"], page["stock"]["items"].as_array().unwrap().len()), (&json!(false), 1));
        handheld.take(&page);
        assert_eq!((&handheld.stock, handheld.stock.len()), (&stocked(&world).await, 1));
        assert_eq!(handheld.page(&world, 20).await["stock"], Value::Null, "nothing changed");
        let none = json!({ "stockItemId": valve, "expectedVersion": 2, "counted": "0", "reason": "盘点无货" });
        world.act("leader", "countStock", none).await;
        world.act("leader", "retireStockItem", json!({ "stockItemId": valve, "expectedVersion": 3 })).await;
        let page = handheld.page(&world, 20).await;
        assert!(page["stock"]["items"][0]["retiredAt"].is_string(), "{page}");
        handheld.take(&page);
        assert_eq!(handheld.stock.len(), 0);
        let role = json!({ "accountId": world.id("Account", "technician"), "role": "TECHNICIAN", "teamId": world.id("Team", "electricians"),
            "from": "2026-03-02" });
        world.act("administrator", "giveRole", role).await;
        let page = handheld.page(&world, 20).await;
        assert_eq!(page["stock"]["whole"], true, "of another team everything is read anew");
        handheld.take(&page);
        assert_eq!((&handheld.stock, handheld.stock.len()), (&stocked(&world).await, 0), "and what was retired is none of it");
    }

    async fn a_large_stock_is_given_in_pages_that_end_in_all_of_it(world) {
        let valve = valves(&world).await;
        let row = stock_item::Entity::find_by_id(row_id(valve.as_str().unwrap())).one(&world.app.db).await.unwrap().unwrap();
        let last = row.changed_in;
        let rows = (1..=450).map(|number| {
            let (id, code) = (world.app.dice.id(world.now()), format!("M{number}"));
            // Some acts change several materials, and none of these is left behind at the end of a page.
            stock_item::Model { id, code, changed_in: last + 1 + number / 40, ..row.clone() }.into_active_model()
        });
        stock_item::Entity::insert_many(rows).exec_without_returning(&world.app.db).await.unwrap();
        let counted = stock_change::Model { team_id: row.team_id, organization_id: row.organization_id, last: last + 1 + 450 / 40 };
        counted.into_active_model().reset_all().update(&world.app.db).await.unwrap();
        let mut handheld = Handheld::new("technician");
        let (mut pages, mut more) = (Vec::new(), true);
        while more {
            let page = handheld.page(&world, 20).await;
            pages.push((page["stock"]["whole"].clone(), page["stock"]["items"].as_array().unwrap().len()));
            more = handheld.take(&page);
        }
        assert_eq!(pages.iter().map(|(whole, _)| whole.clone()).collect::<Vec<_>>(), [json!(true), json!(false), json!(false)]);
        assert!(pages.iter().all(|(_, count)| (1..=200).contains(count)), "{pages:?}");
        assert_eq!((handheld.stock.len(), pages.iter().map(|(_, count)| count).sum::<usize>()), (451, 451));
        world.act("leader", "receiveStock", json!({ "stockItemId": valve, "quantity": "1" })).await;
        let page = handheld.page(&world, 20).await;
        assert_eq!((&page["stock"]["whole"], page["stock"]["items"].as_array().unwrap().len()), (&json!(false), 1));
    }

    async fn a_handheld_is_given_what_changed_and_what_is_not_its_own_any_more(world) {
        let (case, order) = given(&world).await;
        let mut handheld = Handheld::new("technician");
        handheld.sync(&world, 20).await;
        assert_eq!(handheld.orders, truth(&world, "technician").await);
        let kept = &handheld.orders[&order];
        assert_eq!(kept["complaint"]["contactPhone"], world.account("owner").await.phone, "whom to call, without signal");
        world.on_case("owner", "addToComplaint", &case, json!({ "text": "门禁密码在物业" })).await;
        let page = handheld.page(&world, 20).await;
        assert_eq!(page["orders"].as_array().unwrap().len(), 1, "a change of the case is one of the order");
        handheld.take(&page);
        let nothing = handheld.page(&world, 20).await;
        assert_eq!((&nothing["orders"], &nothing["gone"], &nothing["hasMore"]), (&json!([]), &json!([]), &json!(false)));
        let mut other = Handheld::new("second technician");
        other.sync(&world, 20).await;
        assert_eq!(other.orders, BTreeMap::new());
        world.on_order("leader", "assignTechnician", &order, json!({ "technicianId": world.id("Account", "second technician") })).await;
        let page = handheld.page(&world, 20).await;
        assert_eq!((&page["orders"], &page["gone"]), (&json!([]), &json!([order])));
        handheld.take(&page);
        other.sync(&world, 1).await;
        assert_eq!((handheld.orders.len(), other.orders.len()), (0, 1));
        let stolen = json!({ "after": handheld.cursor, "first": 5, "now": world.now() });
        assert_eq!(world.error("second technician", &sync_document(), stolen.clone()).await, "BAD_CURSOR", "somebody else's");
        assert_eq!(world.error("owner", &sync_document(), stolen).await, "FORBIDDEN");
        let made_up = json!({ "after": "bm9uc2Vuc2U=", "first": 5, "now": world.now() });
        assert_eq!(world.error("technician", &sync_document(), made_up).await, "BAD_CURSOR");
    }

    async fn a_handheld_is_told_of_other_names_though_nothing_happened_to_a_case(world) {
        let ((_, order), _) = (given(&world).await, given(&world).await);
        let mut handheld = Handheld::new("technician");
        handheld.sync(&world, 1).await;
        let named = json!({ "categoryId": world.id("Category", "WATER"), "expectedVersion": 1, "nameZh": "给排水" });
        world.act("administrator", "changeCategory", named).await;
        let page = handheld.page(&world, 20).await;
        assert_eq!((&page["orders"], &page["hasMore"]), (&json!([]), &json!(true)), "all orders come once more");
        handheld.take(&page);
        handheld.sync(&world, 1).await;
        assert_eq!(handheld.orders, truth(&world, "technician").await);
        assert_eq!(handheld.orders[&order]["complaint"]["category"]["nameZh"], "给排水");
        let nothing = handheld.page(&world, 20).await;
        assert_eq!((&nothing["orders"], &nothing["hasMore"]), (&json!([]), &json!(false)), "and only once");
        handheld.take(&nothing);
        let named = json!({ "unitId": world.id("Unit", "home"), "expectedVersion": 1, "name": "1203甲" });
        world.act("administrator", "changeUnit", named).await;
        // What is taken away meanwhile is taken away all the same.
        world.on_order("leader", "assignTechnician", &order, json!({ "technicianId": world.id("Account", "second technician") })).await;
        handheld.sync(&world, 1).await;
        assert_eq!((&handheld.orders, handheld.orders.len()), (&truth(&world, "technician").await, 1));
        assert_eq!(handheld.orders.values().next().unwrap()["complaint"]["unit"]["name"], "1203甲");
    }

    async fn e4_2_1a_work_that_was_done_in_a_basement_arrives_whole_and_once(world) {
        let (case, order) = given(&world).await;
        let mut handheld = Handheld::new("technician");
        handheld.sync(&world, 20).await;
        let (kept, base, began) = (handheld.orders[&order].clone(), handheld.base(&order), world.now());
        world.pass(TimeDelta::hours(2));
        let at = |minutes: i64| began + TimeDelta::minutes(minutes);
        let (token, phone) = on_phone(&world, "班组手机 3 号").await;
        let queue = [
            act("a1", at(3), "departForWorkOrder", &order, base, json!({})),
            located(act("a2", at(8), "recordArrival", &order, base, json!({}))),
            act("a3", at(40), "completeWorkOrder", &order, base, work()),
            act("a4", at(45), "signWorkOrder", &order, base, signing(&shown(&kept, &work()))),
        ];
        let answers = handheld.submit_by(&world, &token, &queue).await;
        assert_eq!(outcomes(&answers), ["APPLIED"; 4], "{answers:?}");
        assert_eq!(answers[3]["workOrder"]["state"], "SIGNED");
        let (received, before) = (world.now(), (head(&world).await, truth(&world, "technician").await));
        let again = handheld.submit(&world, &queue).await;
        assert_eq!(outcomes(&again), ["ALREADY_APPLIED"; 4]);
        assert_eq!((head(&world).await, truth(&world, "technician").await), before, "the whole queue again changes nothing");
        handheld.sync(&world, 20).await;
        assert_eq!(handheld.orders.len(), 0, "signed work is no more to do");
        let seen = world.ask("head", "query($id: ID!) { workOrder(id: $id) { arrivedAt completedAt positions { latitude onArrival accuracyMeters }
            signedAt signature { content document signedAt receivedAt deviceName } complaint { clocks { kind state evidence { deviceTime verdict countsFrom skewSeconds } } timeline(first: 100) { kind evidence { verdict } } } } }", json!({ "id": order })).await["workOrder"].clone();
        assert_eq!((moment(&seen["arrivedAt"]), moment(&seen["completedAt"])), (at(8), at(40)));
        assert_eq!(seen["positions"], json!([{ "latitude": 22.5431, "onArrival": true, "accuracyMeters": 20 }]));
        let arrival = seen["complaint"]["clocks"].as_array().unwrap().iter().find(|clock| clock["kind"] == "ARRIVAL").unwrap().clone();
        assert_eq!((&arrival["state"], &arrival["evidence"]["verdict"]), (&json!("MET"), &json!("PLAUSIBLE")), "eight of fifteen minutes");
        assert_eq!(arrival["evidence"]["skewSeconds"], 0);
        let timeline = seen["complaint"]["timeline"].to_string();
        assert!(timeline.contains("PLAUSIBLE"), "each step says that it was told later: {timeline}");
        let signed: Value = serde_json::from_str(seen["signature"]["content"].as_str().unwrap()).unwrap();
        assert_eq!(signed["workDone"], "更换阀芯");
        assert_eq!(["departedAt", "arrivedAt", "completedAt"].map(|step| moment(&signed[step])), [at(3), at(8), at(40)]);
        let document: Value = serde_json::from_str(seen["signature"]["document"].as_str().unwrap()).unwrap();
        assert_eq!((moment(&document["signedAt"]), moment(&document["receivedAt"])), (at(45), received), "made then, heard of now");
        assert_eq!(document["device"], json!({ "name": "班组手机 3 号", "session": phone }));
        let signature = &seen["signature"];
        assert_eq!((moment(&seen["signedAt"]), moment(&signature["signedAt"]), moment(&signature["receivedAt"])), (at(45), at(45), received));
        assert_eq!(signature["deviceName"], "班组手机 3 号");
        assert_eq!(world.case("head", &case).await["state"], "IN_PROGRESS");
        let theirs = world.ask("owner", "query($id: ID!) { workOrder(id: $id) { positions { latitude } } }", json!({ "id": order })).await;
        assert_eq!(theirs["workOrder"]["positions"], json!([]), "a customer is not shown where somebody was");
        world.recounted().await;
        world.pass(TimeDelta::days(31));
        assert_eq!(api::handheld::position::delete_old(&world.app).await.unwrap(), 1);
        assert_eq!(position_fix::Entity::find().count(&world.app.db).await.unwrap(), 0);
    }

    async fn what_somebody_else_did_meanwhile_is_a_conflict_and_holds_up_nothing_else(world) {
        let ((_, taken), (_, free)) = (given(&world).await, given(&world).await);
        let mut handheld = Handheld::new("technician");
        handheld.sync(&world, 20).await;
        let (one, two) = (handheld.base(&taken), handheld.base(&free));
        world.on_order("leader", "assignTechnician", &taken, json!({ "technicianId": world.id("Account", "second technician") })).await;
        let now = world.now();
        let queue = [
            act("b1", now, "departForWorkOrder", &taken, one, json!({})),
            act("b2", now, "completeWorkOrder", &free, two, work()),
            act("b3", now, "departForWorkOrder", &free, two, json!({})),
            act("b4", now, "recordArrival", &taken, one, json!({})),
            act("b5", now, "recordArrival", &free, two, json!({})),
            act(" ", now, "resumeWorkOrder", &free, two, json!({})),
        ];
        let answers = handheld.submit(&world, &queue).await;
        assert_eq!(outcomes(&answers), ["REFUSED", "REFUSED", "APPLIED", "REFUSED", "APPLIED", "REFUSED"]);
        assert_eq!(refusal(&answers[0]), "NOT_FOUND", "it is not theirs to see any more");
        assert_eq!(refusal(&answers[1]), "WRONG_STATE", "not before they are there");
        assert_eq!(told(&answers[5]), ("INVALID", "id"));
        world.on_order("leader", "holdWorkOrder", &free, json!({ "reason": "PARTS", "until": now + TimeDelta::days(2) })).await;
        let stale = handheld.submit(&world, &[act("b6", now, "completeWorkOrder", &free, two + 2, work())]).await;
        assert_eq!((outcomes(&stale), refusal(&stale[0])), (vec!["CONFLICT"], "STALE"));
        assert_eq!(stale[0]["workOrder"]["state"], "ON_HOLD", "what stands in its way is shown");
        assert!(stale[0]["workOrder"]["allowedActions"].to_string().contains("RESUME"), "and what they may do");
        let reused = handheld.submit(&world, &[act("b3", now, "departForWorkOrder", &taken, one, json!({}))]).await;
        assert_eq!(refusal(&reused[0]), "KEY_REUSED");
        let mut nowhere = act("b7", now, "departForWorkOrder", &given(&world).await.1, 4, json!({}));
        nowhere["position"] = json!({ "latitude": 222.5, "longitude": 114.0, "accuracyMeters": 20 });
        let answers = handheld.submit(&world, &[nowhere]).await;
        assert_eq!((outcomes(&answers), told(&answers[0])), (vec!["REFUSED"], ("INVALID", "position")), "all of an act or nothing");
        let none = world.try_to("technician", "submitActs", json!({ "deviceTime": now, "acts": [] })).await;
        assert_eq!(told(&none), ("INVALID", "acts"));
    }

    async fn b6_a_time_that_cannot_be_is_kept_marked_and_not_believed(world) {
        let (case, order) = given(&world).await;
        let mut handheld = Handheld::new("technician");
        handheld.sync(&world, 20).await;
        let base = handheld.base(&order);
        world.pass(TimeDelta::hours(1));
        // The clock of the device is set back so that it seems to have arrived in time.
        let seemed = world.now() - TimeDelta::minutes(50);
        handheld.ahead = TimeDelta::minutes(-30);
        let queue = [
            act("c1", seemed, "departForWorkOrder", &order, base, json!({})),
            act("c2", seemed, "recordArrival", &order, base, json!({})),
        ];
        assert_eq!(outcomes(&handheld.submit(&world, &queue).await), ["APPLIED", "APPLIED"], "the work is not lost for it");
        let document = "query($id: ID!) { complaint(id: $id) { clocks { kind state evidence { deviceTime verdict countsFrom skewSeconds } } } }";
        let clocks = world.ask("head", document, json!({ "id": case })).await["complaint"]["clocks"].clone();
        let arrival = clocks.as_array().unwrap().iter().find(|clock| clock["kind"] == "ARRIVAL").unwrap().clone();
        assert_eq!((&arrival["state"], &arrival["evidence"]["verdict"]), (&json!("MISSED"), &json!("CLOCK_CHANGED")));
        assert_eq!(moment(&arrival["evidence"]["deviceTime"]), seemed, "what it said is kept");
        assert_eq!(moment(&arrival["evidence"]["countsFrom"]), world.now());
        assert_eq!(arrival["evidence"]["skewSeconds"], 30 * 60);
    }

    async fn b6_without_a_cursor_no_time_is_believed(world) {
        let (case, order) = given(&world).await;
        let mut handheld = Handheld::new("technician");
        handheld.sync(&world, 20).await;
        let (base, began) = (handheld.base(&order), world.now());
        world.pass(TimeDelta::hours(1));
        handheld.cursor = None;
        let arrive = act("u1", began + TimeDelta::minutes(8), "recordArrival", &order, base, json!({}));
        assert_eq!(outcomes(&handheld.submit(&world, &[arrive]).await), ["APPLIED"], "the work is not lost for it");
        let document = "query($id: ID!) { complaint(id: $id) { clocks { kind state evidence { deviceTime verdict countsFrom } } } }";
        let clocks = world.ask("head", document, json!({ "id": case })).await["complaint"]["clocks"].clone();
        let arrival = clocks.as_array().unwrap().iter().find(|clock| clock["kind"] == "ARRIVAL").unwrap().clone();
        assert_eq!((&arrival["state"], &arrival["evidence"]["verdict"]), (&json!("MISSED"), &json!("CLOCK_UNKNOWN")));
        assert_eq!(moment(&arrival["evidence"]["deviceTime"]), began + TimeDelta::minutes(8), "what it said is kept");
        assert_eq!(moment(&arrival["evidence"]["countsFrom"]), world.now());
    }

    async fn b6_a_clock_that_was_set_between_an_act_and_a_sync_is_not_believed_by_syncing_first(world) {
        let (case, order) = given(&world).await;
        let mut handheld = Handheld::new("technician");
        handheld.sync(&world, 20).await;
        let (base, arrived) = (handheld.base(&order), handheld.now(&world) + TimeDelta::minutes(20));
        world.pass(TimeDelta::minutes(30));
        // Ten minutes fast from now on: what was done after twenty minutes seems to have been done after ten.
        handheld.ahead = TimeDelta::minutes(10);
        handheld.sync(&world, 20).await;
        handheld.sync(&world, 20).await;
        let queue = [act("g1", arrived, "departForWorkOrder", &order, base, json!({})), act("g2", arrived, "recordArrival", &order, base, json!({}))];
        assert_eq!(outcomes(&handheld.submit(&world, &queue).await), ["APPLIED", "APPLIED"], "the work is not lost for it");
        let document = "query($id: ID!) { complaint(id: $id) { clocks { kind state evidence { deviceTime verdict countsFrom } }
            timeline(first: 100) { kind evidence { verdict } } } }";
        let seen = world.ask("head", document, json!({ "id": case })).await["complaint"].clone();
        let clock = seen["clocks"].as_array().unwrap().iter().find(|clock| clock["kind"] == "ARRIVAL").unwrap().clone();
        assert_eq!((&clock["state"], &clock["evidence"]["verdict"]), (&json!("MISSED"), &json!("CLOCK_CHANGED")));
        assert_eq!((moment(&clock["evidence"]["deviceTime"]), moment(&clock["evidence"]["countsFrom"])), (arrived, world.now()));
        world.pass(TimeDelta::minutes(5));
        let done = act("g3", handheld.now(&world), "completeWorkOrder", &order, base, work());
        world.pass(TimeDelta::minutes(5));
        assert_eq!(outcomes(&handheld.submit(&world, &[done]).await), ["APPLIED"]);
        let seen = world.ask("head", document, json!({ "id": case })).await["complaint"].clone();
        let told = seen["timeline"].as_array().unwrap().iter().find(|event| event["kind"] == "WORK_ORDER_COMPLETED").unwrap().clone();
        assert_eq!(told["evidence"]["verdict"], "PLAUSIBLE", "since then it goes as it goes");
    }

    async fn b6_nobody_was_there_before_the_order_was_theirs(world) {
        let mut handheld = Handheld::new("technician");
        handheld.sync(&world, 20).await;
        let case = world.dripping_tap().await;
        let order = world.issued(&case).await;
        world.pass(TimeDelta::minutes(40));
        world.to_technician(&order).await;
        handheld.sync(&world, 20).await;
        let (base, before) = (handheld.base(&order), world.now() - TimeDelta::minutes(30));
        handheld.submit(&world, &[act("f1", before, "recordArrival", &order, base, json!({}))]).await;
        let document = "query($id: ID!) { complaint(id: $id) { clocks { kind state evidence { verdict } } } }";
        let clocks = world.ask("head", document, json!({ "id": case })).await["complaint"]["clocks"].clone();
        let arrival = clocks.as_array().unwrap().iter().find(|clock| clock["kind"] == "ARRIVAL").unwrap().clone();
        assert_eq!((&arrival["state"], &arrival["evidence"]["verdict"]), (&json!("MISSED"), &json!("TOO_EARLY")));
    }

    async fn b6_an_arrival_in_time_of_which_we_hear_late_keeps_the_promise(world) {
        let (case, order) = given(&world).await;
        let mut handheld = Handheld::new("technician");
        handheld.ahead = TimeDelta::hours(-9);
        handheld.sync(&world, 20).await;
        let (base, began) = (handheld.base(&order), handheld.now(&world));
        world.pass(TimeDelta::minutes(90));
        api::clock::sweep::tell_due(&world.app).await.unwrap();
        let document = "query($id: ID!) { complaint(id: $id) { clocks { kind state missedAt kept evidence { verdict skewSeconds } } } }";
        let arrival = async || {
            let clocks = world.ask("head", document, json!({ "id": case })).await["complaint"]["clocks"].clone();
            clocks.as_array().unwrap().iter().find(|clock| clock["kind"] == "ARRIVAL").unwrap().clone()
        };
        assert_eq!(arrival().await["kept"], false, "nobody has said that somebody is there");
        let queue = [
            act("d1", began + TimeDelta::minutes(2), "departForWorkOrder", &order, base, json!({})),
            act("d2", began + TimeDelta::minutes(12), "recordArrival", &order, base, json!({})),
        ];
        handheld.submit(&world, &queue).await;
        let evidence = json!({ "verdict": "PLAUSIBLE", "skewSeconds": 9 * 3600 });
        let met = json!({ "kind": "ARRIVAL", "state": "MET", "missedAt": null, "kept": true, "evidence": evidence });
        assert_eq!(arrival().await, met, "its clock was nine hours slow all the time");
    }

    async fn e4_2_1a_what_was_accepted_refused_or_used_without_signal_counts_when_it_was_done(world) {
        let (case, order) = given(&world).await;
        let (_, unwanted) = given(&world).await;
        let valve = valves(&world).await;
        let mut handheld = Handheld::new("technician");
        handheld.sync(&world, 20).await;
        let (base, other, began) = (handheld.base(&order), handheld.base(&unwanted), world.now());
        world.pass(TimeDelta::hours(1));
        api::clock::sweep::tell_due(&world.app).await.unwrap();
        let at = |minutes: i64| began + TimeDelta::minutes(minutes);
        let materials = |quantity: &str| json!({ "materials": [{ "stockItemId": valve, "quantity": quantity }] });
        let queue = [
            act("m1", at(4), "acceptWorkOrder", &order, base, json!({})),
            act("m2", at(5), "refuseWorkOrder", &unwanted, other, json!({ "reason": "无电工证" })),
            act("m3", at(8), "recordArrival", &order, base, json!({})),
            act("m4", at(20), "useMaterials", &order, base, materials("1.5")),
            act("m5", at(21), "useMaterials", &order, base, materials("0.6")),
            act("m6", at(30), "completeWorkOrder", &order, base, work()),
        ];
        let answers = handheld.submit(&world, &queue).await;
        assert_eq!(outcomes(&answers), ["APPLIED", "APPLIED", "APPLIED", "APPLIED", "REFUSED", "APPLIED"], "{answers:?}");
        assert_eq!(needed(&answers[4]), ["ENOUGH_IN_STOCK"], "and holds up nothing");
        let again = handheld.submit(&world, &queue).await;
        assert_eq!(outcomes(&again)[..4], ["ALREADY_APPLIED"; 4]);
        let document = "query($id: ID!) { complaint(id: $id) { clocks { kind state kept evidence { verdict } } workOrders { acceptedAt stockMovements { change } } } }";
        let seen = world.ask("head", document, json!({ "id": case })).await["complaint"].clone();
        let clock = seen["clocks"].as_array().unwrap().iter().find(|clock| clock["kind"] == "ACCEPTANCE").unwrap().clone();
        assert_eq!((&clock["state"], &clock["kept"], &clock["evidence"]["verdict"]), (&json!("MET"), &json!(true), &json!("PLAUSIBLE")), "it seemed broken until then");
        assert_eq!(moment(&seen["workOrders"][0]["acceptedAt"]), at(4));
        assert_eq!(seen["workOrders"][0]["stockMovements"], json!([{ "change": "-1.5" }]), "taken once");
        handheld.sync(&world, 20).await;
        assert_eq!(handheld.orders, truth(&world, "technician").await);
        assert_eq!(handheld.orders.len(), 1, "what was refused is the team's");
    }

    async fn e4_5_2_a_signature_holds_for_what_was_shown_and_for_nothing_else(world) {
        let (_, order) = given(&world).await;
        let mut handheld = Handheld::new("technician");
        handheld.sync(&world, 20).await;
        let (kept, base, now) = (handheld.orders[&order].clone(), handheld.base(&order), world.now());
        let mut other = work();
        other["workDone"] = json!("只拧紧了接头");
        let queue = [
            act("e1", now, "departForWorkOrder", &order, base, json!({})),
            act("e2", now, "recordArrival", &order, base, json!({})),
            act("e3", now, "completeWorkOrder", &order, base, work()),
            act("e4", now, "signWorkOrder", &order, base, signing(&shown(&kept, &other))),
            act("e5", now, "signWorkOrder", &order, base, with(json!({ "contentSha256": null }), signing(""))),
        ];
        let answers = handheld.submit(&world, &queue).await;
        assert_eq!(outcomes(&answers), ["APPLIED", "APPLIED", "APPLIED", "CONFLICT", "REFUSED"]);
        assert_eq!(told(&answers[3]), ("STALE", "contentSha256"));
        assert_eq!(told(&answers[4]), ("REQUIRED", "contentSha256"));
        handheld.sync(&world, 20).await;
        let to_sign = handheld.orders[&order]["contentToSign"].as_str().unwrap().to_owned();
        let hash = hash(&to_sign);
        assert_eq!(hash, shown(&kept, &work()), "a handheld makes the same of what it knows");
        let signed = handheld.submit(&world, &[act("e6", now, "signWorkOrder", &order, handheld.base(&order), signing(&hash))]).await;
        assert_eq!(outcomes(&signed), ["APPLIED"]);
    }

    async fn e4_5_2_a_signature_does_not_hold_for_a_price_that_was_agreed_after_it(world) {
        let item = json!({ "code": "W01", "kind": "MATERIAL", "name": "阀芯", "unit": "个", "unitPrice": "35.50" });
        let list = json!({ "siteId": world.id("Site", "site"), "from": "2026-03-02", "items": [item] });
        let item = world.act("office head", "publishPriceList", list).await["priceList"]["items"][0]["id"].clone();
        let case = world.dripping_tap().await;
        let issue = json!({ "task": "检查并更换阀芯", "pricing": "QUOTE_ON_SITE" });
        let issued = world.on_case("agent", "issueWorkOrder", &case, issue).await;
        let order = issued["workOrder"]["id"].as_str().unwrap().to_owned();
        world.to_technician(&order).await;
        world.on_order("technician", "recordArrival", &order, json!({})).await;
        agreed(&world, "technician", &case, &order, &item).await;
        let mut handheld = Handheld::new("technician");
        handheld.sync(&world, 20).await;
        let (kept, base, now) = (handheld.orders[&order].clone(), handheld.base(&order), world.now());
        assert_eq!(shown(&kept, &json!({})), hash(kept["contentToSign"].as_str().unwrap()), "with the price that was agreed");
        let queue = [
            act("q1", now, "completeWorkOrder", &order, base, work()),
            act("q2", now, "signWorkOrder", &order, base, signing(&shown(&kept, &work()))),
        ];
        world.pass(TimeDelta::minutes(10));
        agreed(&world, "agent", &case, &order, &item).await;
        let answers = handheld.submit(&world, &queue).await;
        assert_eq!((outcomes(&answers), told(&answers[1])), (vec!["APPLIED", "CONFLICT"], ("STALE", "contentSha256")), "{answers:?}");
        assert_eq!(answers[1]["workOrder"]["state"], "DONE", "what stands in its way is shown");
        handheld.sync(&world, 20).await;
        let to_sign = handheld.orders[&order]["contentToSign"].as_str().unwrap().to_owned();
        let again = act("q3", world.now(), "signWorkOrder", &order, handheld.base(&order), signing(&hash(&to_sign)));
        assert_eq!(outcomes(&handheld.submit(&world, &[again]).await), ["APPLIED"], "for both prices");
    }

    async fn a_position_is_kept_of_setting_out_and_arriving_and_of_nothing_else(world) {
        let (_, order) = given(&world).await;
        let mut handheld = Handheld::new("technician");
        handheld.sync(&world, 20).await;
        let (base, now) = (handheld.base(&order), world.now());
        let queue = [
            located(act("p1", now, "departForWorkOrder", &order, base, json!({}))),
            act("p2", now, "recordArrival", &order, base, json!({})),
            located(act("p3", now, "completeWorkOrder", &order, base, work())),
        ];
        assert_eq!(outcomes(&handheld.submit(&world, &queue).await), ["APPLIED"; 3]);
        let kept = position_fix::Entity::find().all(&world.app.db).await.unwrap();
        assert_eq!(kept.iter().map(|fix| fix.on_arrival).collect::<Vec<_>>(), [false], "from where they set out, and no more");
    }

    async fn e4_2_1a_whatever_else_went_wrong_out_of_reach_is_told_later_and_done_once(world) {
        let ((missed, shut), (_, leaking)) = (given(&world).await, given(&world).await);
        visited(&world, &missed).await;
        let valve = valves(&world).await;
        let mut handheld = Handheld::new("technician");
        handheld.sync(&world, 20).await;
        let (one, two) = (handheld.base(&shut), handheld.base(&leaking));
        let case = handheld.orders[&shut]["complaint"]["version"].clone();
        world.app.clock.set("2026-03-02T06:00:00Z".parse().unwrap());
        let at = |minutes: i64| world.now() + TimeDelta::minutes(minutes - 60);
        let absent = json!({ "complaintId": missed, "expectedVersion": case, "absent": "CUSTOMER", "evidence": "敲门三次,电话两次未接" });
        let materials = |quantity: &str| json!({ "materials": [{ "stockItemId": valve, "quantity": quantity }] });
        let waits = json!({ "reason": "CUSTOMER", "until": world.now() + TimeDelta::days(1), "note": "等客户另约时间" });
        let queue = [
            act("w1", at(5), "departForWorkOrder", &shut, one, json!({})),
            act("w2", at(10), "recordArrival", &shut, one, json!({})),
            json!({ "id": "w3", "occurredAt": at(20), "act": { "recordNoShow": absent } }),
            act("w4", at(21), "holdWorkOrder", &shut, one, waits),
            act("w5", at(22), "releaseWorkOrder", &shut, one, json!({ "reason": "今日已满,请改派" })),
            act("w6", at(25), "recordArrival", &leaking, two, json!({})),
            act("w7", at(26), "useMaterials", &leaking, two, materials("2")),
            act("w8", at(30), "returnMaterials", &leaking, two, materials("1")),
            act("w9", at(40), "completeWorkOrder", &leaking, two, work()),
            act("w10", at(41), "correctWorkOrder", &leaking, two, json!({ "reason": "漏填原因" })),
            act("w11", at(42), "completeWorkOrder", &leaking, two, work()),
            act("w12", at(50), "refuseSignature", &leaking, two, json!({ "reason": "仍在滴水" })),
        ];
        let answers = handheld.submit(&world, &queue).await;
        assert_eq!(outcomes(&answers), ["APPLIED"; 12], "{answers:?}");
        let before = head(&world).await;
        assert_eq!(outcomes(&handheld.submit(&world, &queue).await), ["ALREADY_APPLIED"; 12]);
        assert_eq!(head(&world).await, before, "nothing is done twice");
        let document = "query($id: ID!) { workOrder(id: $id) { state reopenedCount stockMovements { change }
            complaint { bookings { state absent } timeline(first: 100) { kind evidence { verdict } } } } }";
        let seen = world.ask("head", document, json!({ "id": shut })).await["workOrder"].clone();
        assert_eq!((&seen["state"], &seen["complaint"]["bookings"]), (&json!("TEAM_ASSIGNED"), &json!([{ "state": "NO_SHOW", "absent": "CUSTOMER" }])));
        let kinds = |seen: &Value| {
            let told = seen["complaint"]["timeline"].as_array().unwrap().iter();
            let told = told.filter(|event| !event["evidence"].is_null()).map(|event| event["kind"].as_str().unwrap().to_owned());
            told.collect::<Vec<_>>()
        };
        for kind in ["TECHNICIAN_DEPARTED", "TECHNICIAN_ARRIVED", "CUSTOMER_ABSENT", "WORK_ORDER_HELD", "WORK_ORDER_RELEASED"] {
            assert_eq!(kinds(&seen).iter().filter(|told| *told == kind).count(), 1, "{kind}: {seen}");
        }
        let seen = world.ask("head", document, json!({ "id": leaking })).await["workOrder"].clone();
        assert_eq!((&seen["state"], &seen["reopenedCount"]), (&json!("TECHNICIAN_ASSIGNED"), &json!(1)));
        let mut moved: Vec<&str> = seen["stockMovements"].as_array().unwrap().iter().map(|row| row["change"].as_str().unwrap()).collect();
        moved.sort_unstable();
        assert_eq!(moved, ["-2", "1"]);
        for (kind, times) in [("MATERIALS_USED", 1), ("MATERIALS_RETURNED", 1), ("WORK_ORDER_COMPLETED", 2), ("WORK_ORDER_CORRECTED", 1), ("SIGNATURE_REFUSED", 1)] {
            assert_eq!(kinds(&seen).iter().filter(|told| *told == kind).count(), times, "{kind}: {seen}");
        }
        handheld.sync(&world, 20).await;
        assert_eq!(handheld.orders, truth(&world, "technician").await);
        assert_eq!(handheld.orders.keys().collect::<Vec<_>>(), [&leaking], "the other is the team's again");
    }
}

fn moment(value: &Value) -> DateTime<Utc> {
    value.as_str().unwrap().parse().unwrap()
}
