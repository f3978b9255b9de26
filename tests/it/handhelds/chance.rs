//! Whatever happens, in whatever order and however often the line drops, a handheld ends in the server's state.

use api::access::scope;
use api::app::clock::Clock;
use api::edge::Config;
use chrono::TimeDelta;
use domain::event::Kind;
use domain::quote::State as QuoteState;
use domain::work_order::State;
use entity::{complaint, event, quote, work_order};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder};
use serde_json::{Value, json};
use tests::World;
use tests::edge::Edge;
use tests::world::{row_id, with};

use super::queue::{photographed, picture};
use super::{Handheld, act, given_as, head, outcomes, shown, signing, stocked, truth, work};

on_both! {
    async fn whatever_happens_and_however_often_the_line_drops_every_handheld_ends_in_the_servers_state(world) {
        Box::pin(play(&world)).await;
    }

    // The other half, so that the two are tried beside each other.
    async fn whatever_else_happens_every_handheld_ends_in_the_servers_state(world) {
        Box::pin(play(&world)).await;
    }
}

/// Plays schedules by chance, each to its end.
async fn play(world: &World) {
    let seed = seed();
    println!("HUIYIN_TEST_SEED={seed} plays these schedules again");
    let mut dice = StdRng::seed_from_u64(seed);
    let mut stage = Stage::of(world).await;
    let mut schedule = 0;
    // What chance has left out by then gets as many schedules again.
    while schedule < SCHEDULES || (schedule < 2 * SCHEDULES && left_out(world).await.is_some()) {
        let mut handhelds =
            [Handheld::new("technician"), Handheld::new("second technician"), Handheld::new("technician")];
        for _ in 0..dice.random_range(3..8) {
            let reader = dice.random_range(0..handhelds.len());
            let first = dice.random_range(1..4);
            // A page is read while somebody acts; now and then its answer is lost.
            let (page, ()) =
                tokio::join!(Box::pin(handhelds[reader].page(world, first)), Box::pin(stage.step(world, &mut dice)));
            if dice.random_bool(0.7) {
                handhelds[reader].take(&page);
            }
            if dice.random_bool(0.5) {
                Box::pin(stage.offline(world, &mut dice, &mut handhelds[reader])).await;
            }
        }
        for handheld in &mut handhelds {
            handheld.sync(world, 2).await;
            assert_eq!(
                handheld.orders,
                truth(world, handheld.who).await,
                "schedule {schedule} of seed {seed}, {}",
                handheld.who
            );
            assert_eq!(
                handheld.stock,
                stocked(world).await,
                "stock in schedule {schedule} of seed {seed}, {}",
                handheld.who
            );
        }
        stage.settle(world).await;
        schedule += 1;
    }
    assert!(stage.done > SCHEDULES, "the schedules change something: {}", stage.done);
    assert!(stage.applied > SCHEDULES / 4, "and are changed offline: {}", stage.applied);
    let left_out = left_out(world).await.map(Kind::name);
    assert_eq!(left_out, None, "no schedule of seed {seed} comes to it");
    assert!(stage.renamed > 0, "no schedule of seed {seed} renames anything");
}

/// How many schedules each of the two tests tries on each database: 200 together.
const SCHEDULES: usize = 100;

/// What the schedules of every run must come to.
const REACHED: &[Kind] = &[
    Kind::WorkOrderCompleted,
    Kind::WorkOrderCorrected,
    Kind::WorkOrderSigned,
    Kind::QuoteOffered,
    Kind::QuoteAccepted,
    Kind::QuoteExpired,
    Kind::VisitBooked,
    Kind::AttachmentAdded,
    Kind::ComplaintReclassified,
    Kind::ClockMissed,
    Kind::MaterialsUsed,
];

/// What no schedule has come to.
async fn left_out(world: &World) -> Option<Kind> {
    for kind in REACHED {
        if event::Entity::find().filter(event::Column::Kind.eq(*kind)).count(&world.app.db).await.unwrap() == 0 {
            return Some(*kind);
        }
    }
    None
}

/// Another number for each run, so that many runs try much; or the one that `HUIYIN_TEST_SEED` names.
fn seed() -> u64 {
    match std::env::var("HUIYIN_TEST_SEED") {
        Ok(named) => named.parse().expect("HUIYIN_TEST_SEED is a whole number"),
        Err(_) => Clock::System.now().timestamp_micros().unsigned_abs(),
    }
}

/// What happens to orders, by chance.
struct Stage {
    edge: Edge,
    /// What quotes are made of.
    item: Value,
    cases: Vec<String>,
    stock: Vec<String>,
    done: usize,
    applied: usize,
    renamed: i32,
    acts: u32,
}

impl Stage {
    async fn of(world: &World) -> Self {
        let item = json!({ "code": "W01", "kind": "MATERIAL", "name": "阀芯", "unit": "个", "unitPrice": "35.50" });
        let list = json!({ "siteId": world.id("Site", "site"), "from": "2026-03-02", "items": [item] });
        let list = world.act("office head", "publishPriceList", list).await;
        let hours = json!([{ "from": "08:00", "to": "18:00" }]);
        let week = json!({ "monday": hours, "tuesday": hours, "wednesday": hours, "thursday": hours, "friday": hours, "saturday": hours, "sunday": hours });
        let offer = json!({ "teamId": world.id("Team", "plumbers"), "expectedVersion": 0, "week": week, "windowMinutes": 60, "capacity": 9,
            "leadMinutes": 0, "daysAhead": 3, "onHolidays": true, "categoryIds": [] });
        world.act("head", "setBookingOffer", offer).await;
        Self {
            edge: Edge::of(world, Config::default()).await,
            item: list["priceList"]["items"][0]["id"].clone(),
            cases: Vec::new(),
            stock: Vec::new(),
            done: 0,
            applied: 0,
            renamed: 0,
            acts: 0,
        }
    }

    /// One act of somebody, which may be refused.
    async fn step(&mut self, world: &World, dice: &mut StdRng) {
        if self.cases.len() < 3 {
            let paid = dice.random_bool(0.5);
            self.cases.push(given_as(world, "owner", "厨房水龙头滴水", "检查并更换阀芯", paid).await.0);
            self.done += 1;
            return;
        }
        let case = self.cases.choose(dice).unwrap().clone();
        let orders = work_order::Entity::find().filter(work_order::Column::ComplaintId.eq(row_id(&case)));
        let Some(order) = orders.one(&world.app.db).await.unwrap() else { return };
        let mate = if order.technician_id == Some(world.town.id("second technician")) {
            "second technician"
        } else {
            "technician"
        };
        let id = format!("WorkOrder_{}", order.id.simple());
        let tried = match dice.random_range(0..20) {
            0..6 => onward(world, dice, mate, &id, order.state).await,
            6..9 => to_the_order(world, dice, mate, &id).await,
            9..12 => self.of_stock(world, dice, mate, &id).await,
            12..16 => Box::pin(self.priced(world, dice, (mate, &case, &id), order.complaint_id)).await,
            16..19 => self.of_the_case(world, dice, (mate, &case, &id)).await,
            _ => self.beside(world, dice).await,
        };
        self.done += usize::from(tried["errors"] == json!([]));
    }

    /// A quote is made, or the newest one is answered.
    async fn priced(&mut self, world: &World, dice: &mut StdRng, at: (&str, &str, &str), case: uuid::Uuid) -> Value {
        let (mate, id, order) = at;
        let offered = quote::Entity::find().filter(quote::Column::ComplaintId.eq(case));
        let offered = offered.filter(quote::Column::State.eq(QuoteState::Offered)).order_by_desc(quote::Column::Id);
        match offered.one(&world.app.db).await.unwrap() {
            Some(_) if dice.random_bool(0.15) => time_passes(world, 24 * 15).await,
            Some(row) if dice.random_bool(0.7) => {
                let named = json!({ "quoteId": format!("Quote_{}", row.id.simple()), "expectedVersion": row.version });
                if dice.random_bool(0.7) {
                    let yes = with(json!({ "contentHash": row.content_sha256 }), named);
                    world.try_to("owner", "acceptQuote", yes).await
                } else {
                    world.try_to("owner", "declineQuote", with(json!({ "reason": "太贵" }), named)).await
                }
            }
            _ => {
                let quantity = dice.random_range(1..3).to_string();
                let lines =
                    json!({ "workOrderId": order, "lines": [{ "priceItemId": self.item, "quantity": quantity }] });
                world.try_on_case(mate, "createQuote", id, lines).await
            }
        }
    }

    /// Something that happens to the case of an order.
    async fn of_the_case(&mut self, world: &World, dice: &mut StdRng, at: (&str, &str, &str)) -> Value {
        let (mate, case, order) = at;
        match dice.random_range(0..9) {
            0 => world.try_on_case("owner", "addToComplaint", case, json!({ "text": "补充" })).await,
            1 => world.try_on_case("agent", "reportProgress", case, json!({ "text": "已安排" })).await,
            2 | 3 => {
                let windows = "query($c: ID!) { bookingWindows(complaintId: $c, days: 3) { from to } }";
                let windows = world.ask("owner", windows, json!({ "c": case })).await["bookingWindows"].clone();
                let Some(window) = windows.as_array().and_then(|windows| windows.choose(dice)) else {
                    return Value::Null;
                };
                world.try_on_case("owner", "bookVisit", case, window.clone()).await
            }
            4 => world.try_on_case("owner", "cancelVisit", case, json!({ "reason": "临时有事" })).await,
            5 => {
                let to = ["WATER", "BURST_PIPE", "GAS"].choose(dice).unwrap();
                let severity = ["NORMAL", "HIGH"].choose(dice).unwrap();
                let to = json!({ "categoryId": world.id("Category", to), "severity": severity, "reason": "现场查明" });
                world.try_on_case("agent", "reclassifyComplaint", case, to).await
            }
            6 | 7 if mate == "technician" => {
                self.acts += 1;
                let seen = "query($id: ID!) { workOrder(id: $id) { id } }";
                if world.ask(mate, seen, json!({ "id": order })).await["workOrder"].is_null() {
                    return Value::Null;
                }
                Box::pin(photographed(world, &self.edge, case, order, &picture(self.acts))).await;
                json!({ "errors": [] })
            }
            8 if dice.random_bool(0.3) => {
                world.try_on_case("owner", "withdrawComplaint", case, json!({ "reason": "已好" })).await
            }
            _ => world.try_on_order(mate, "recordArrival", order, json!({})).await,
        }
    }

    /// Something that happens to no case: time passes, and everybody hears of what is due; something gets another name.
    async fn beside(&mut self, world: &World, dice: &mut StdRng) -> Value {
        if dice.random_bool(0.3) {
            self.renamed += 1;
            let name = format!("名称{}", self.renamed);
            let (field, named) = if self.renamed % 2 == 0 {
                ("changeUnit", json!({ "unitId": world.id("Unit", "home"), "name": name }))
            } else {
                ("changeCategory", json!({ "categoryId": world.id("Category", "WATER"), "nameZh": name }))
            };
            // Each of the two has another name every second time.
            let version = json!({ "expectedVersion": 1 + (self.renamed - 1) / 2 });
            return world.try_to("administrator", field, with(named, version)).await;
        }
        time_passes(world, dice.random_range(1..20)).await
    }

    /// Something happens to the team's stock.
    async fn of_stock(&mut self, world: &World, dice: &mut StdRng, mate: &str, order: &str) -> Value {
        let item = self.stock.choose(dice).cloned();
        let count = dice.random_range(1..9).to_string();
        match (item, dice.random_range(0..5)) {
            (Some(item), 0 | 1) => {
                let used = json!({ "materials": [{ "stockItemId": item, "quantity": count }] });
                world.try_on_order(mate, "useMaterials", order, used).await
            }
            (Some(item), 2) => {
                world.try_to("leader", "receiveStock", json!({ "stockItemId": item, "quantity": count })).await
            }
            (Some(item), 3) => {
                let seen = stocked(world).await.remove(&item).unwrap_or_default();
                let gone = json!({ "stockItemId": item, "expectedVersion": seen["version"].as_i64().unwrap_or(1) });
                let none = with(gone.clone(), json!({ "counted": "0", "reason": "盘点" }));
                let tried = world.try_to("leader", "countStock", none).await;
                let next = json!({ "expectedVersion": gone["expectedVersion"].as_i64().unwrap() + 1 });
                world.try_to("leader", "retireStockItem", with(next, gone)).await;
                tried
            }
            _ => {
                self.acts += 1;
                let item = json!({ "teamId": world.id("Team", "plumbers"), "code": format!("M{}", self.acts), "name": "生料带",
                    "unit": "卷", "minimum": "1" });
                let tried = world.try_to("leader", "createStockItem", item).await;
                let id = tried["stockItem"]["id"].as_str().unwrap().to_owned();
                self.stock = self.stock.split_off(self.stock.len().saturating_sub(3));
                self.stock.push(id.clone());
                // Something to use, or hardly any schedule would.
                world.try_to("leader", "receiveStock", json!({ "stockItemId": id, "quantity": "20" })).await;
                tried
            }
        }
    }

    /// A handheld does some acts on some orders without signal and sends them in batches, twice where an answer is lost.
    async fn offline(&mut self, world: &World, dice: &mut StdRng, handheld: &mut Handheld) {
        let orders: Vec<String> = handheld.orders.keys().cloned().collect();
        if orders.is_empty() {
            return;
        }
        let names = [
            "acceptWorkOrder",
            "departForWorkOrder",
            "recordArrival",
            "resumeWorkOrder",
            "completeWorkOrder",
            "signWorkOrder",
        ];
        let queue: Vec<Value> = (0..dice.random_range(1..7))
            .map(|_| {
                self.acts += 1;
                let order = orders.choose(dice).unwrap();
                let more = |name: &str| match name {
                    "completeWorkOrder" => work(),
                    "signWorkOrder" => signing(&shown(&handheld.orders[order], &work())),
                    _ => json!({}),
                };
                let name = names.choose(dice).unwrap();
                act(&format!("act-{}", self.acts), world.now(), name, order, handheld.base(order), more(name))
            })
            .collect();
        let mut first = Vec::new();
        for batch in queue.chunks(dice.random_range(1..4)) {
            first.extend(handheld.submit(world, batch).await);
        }
        self.applied += outcomes(&first).iter().filter(|outcome| **outcome == "APPLIED").count();
        if dice.random_bool(0.5) {
            let before = head(world).await;
            let again = handheld.submit(world, &queue).await;
            for (one, two) in first.iter().zip(&again) {
                let expected = if one["outcome"] == "APPLIED" { &json!("ALREADY_APPLIED") } else { &one["outcome"] };
                assert_eq!((expected, &one["errors"]), (&two["outcome"], &two["errors"]), "{first:?} {again:?}");
            }
            assert_eq!(head(world).await, before, "nothing is done twice");
        }
    }

    /// Cases that have ended, or whose work has, make room for others.
    async fn settle(&mut self, world: &World) {
        let leader = world.viewer("company leader").await;
        let open = scope::complaints(&leader).filter(complaint::Column::State.eq(domain::complaint::State::InProgress));
        let open = open.all(&world.app.db).await.unwrap();
        let rows = work_order::Entity::find().all(&world.app.db).await.unwrap();
        let at_work: Vec<uuid::Uuid> =
            rows.iter().filter(|row| !row.state.is_finished()).map(|row| row.complaint_id).collect();
        let open: Vec<uuid::Uuid> = open.iter().map(|case| case.id).filter(|case| at_work.contains(case)).collect();
        let cases = std::mem::take(&mut self.cases).into_iter();
        let (kept, ended): (Vec<String>, Vec<String>) = cases.partition(|case| open.contains(&row_id(case)));
        self.cases = kept;
        // Their clocks would run on, and all that falls due in the next schedules be of them.
        for case in ended {
            world.try_on_case("owner", "withdrawComplaint", &case, json!({ "reason": "已好" })).await;
        }
    }
}

/// Something that somebody does to an order, whether it may be done now or not.
async fn to_the_order(world: &World, dice: &mut StdRng, mate: &str, order: &str) -> Value {
    let (who, field, more) = match dice.random_range(0..11) {
        0 | 1 => {
            let other = ["technician", "second technician"].choose(dice).unwrap();
            ("leader", "assignTechnician", json!({ "technicianId": world.id("Account", other) }))
        }
        2 => (mate, "departForWorkOrder", json!({})),
        3 => (mate, "recordArrival", json!({})),
        4 => {
            let until = world.now() + TimeDelta::hours(dice.random_range(1..40));
            ("leader", "holdWorkOrder", json!({ "reason": "PARTS", "until": until }))
        }
        5 => (mate, "releaseWorkOrder", json!({ "reason": "缺专用工具" })),
        6 => (mate, "acceptWorkOrder", json!({})),
        7 => (mate, "refuseWorkOrder", json!({ "reason": "正在抢修" })),
        8 => ("owner", "refuseSignature", json!({ "reason": "仍在滴水" })),
        9 => (mate, "correctWorkOrder", json!({ "reason": "漏填原因" })),
        _ => ("supervisor", "cancelWorkOrder", json!({ "reason": "重复派单" })),
    };
    world.try_on_order(who, field, order, more).await
}

/// Hours pass, and whoever looks after what is due does.
async fn time_passes(world: &World, hours: i64) -> Value {
    world.pass(TimeDelta::hours(hours));
    while api::clock::sweep::tell_due(&world.app).await.unwrap() > 0 {}
    while api::booking::sweep::tell_due(&world.app).await.unwrap() > 0 {}
    api::quote::expiry::write_down_expired(&world.app).await.unwrap();
    json!({ "errors": [] })
}

/// The next thing that is to be done to an order.
async fn onward(world: &World, dice: &mut StdRng, mate: &str, order: &str, state: State) -> Value {
    let (who, field, more) = match state {
        State::TeamAssigned => ("leader", "assignTechnician", json!({ "technicianId": world.id("Account", mate) })),
        State::TechnicianAssigned => (mate, "departForWorkOrder", json!({})),
        State::EnRoute => (mate, "recordArrival", json!({})),
        State::Arrived => (mate, "completeWorkOrder", work()),
        State::OnHold => ("leader", "resumeWorkOrder", json!({})),
        _ if dice.random_bool(0.2) => (mate, "correctWorkOrder", json!({ "reason": "漏填原因" })),
        _ => ("owner", "signWorkOrder", world.signing()),
    };
    world.try_on_order(who, field, order, more).await
}
