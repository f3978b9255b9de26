//! Materials: a team's stock is the sum of its movements, never below nothing, and what an order used is on the order.

use std::collections::HashMap;

use chrono::TimeDelta;
use domain::money::Quantity;
use entity::{stock_item, stock_movement};
use futures_util::future::join_all;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};
use tests::World;
use tests::ask::{needed, refusal, told};
use tests::world::row_id;

/// The plumbers keep a material; its id.
async fn kept(world: &World, code: &str, minimum: &str) -> String {
    let input = json!({ "teamId": world.id("Team", "plumbers"), "code": code, "name": "阀芯", "unit": "个", "minimum": minimum });
    let made = world.act("leader", "createStockItem", input).await;
    made["stockItem"]["id"].as_str().unwrap().to_owned()
}

async fn received(world: &World, item: &str, quantity: &str) -> Value {
    world.act("leader", "receiveStock", json!({ "stockItemId": item, "quantity": quantity })).await["stockItem"].clone()
}

fn material(item: &str, quantity: &str) -> Value {
    json!({ "materials": [{ "stockItemId": item, "quantity": quantity }] })
}

/// An order on which the technician is at work.
async fn at_work(world: &World) -> String {
    let order = world.issued(&world.dripping_tap().await).await;
    world.to_technician(&order).await;
    world.on_order("technician", "recordArrival", &order, json!({})).await;
    order
}

async fn stock(world: &World, who: &str, more: &str) -> Value {
    let document = format!(
        "query($t: ID!) {{ stockItems(teamId: $t{more}) {{ nodes {{ id code count low version consumption(month: \"2026-03\") {{ month used returned consumed orders }} }} }} }}"
    );
    world.ask(who, &document, json!({ "t": world.id("Team", "plumbers") })).await["stockItems"].clone()
}

/// The count of a material and the sum of its movements, in thousandths, and whether it was ever below nothing.
async fn count_and_sum(world: &World, item: &str) -> (i64, i64, bool) {
    let row = stock_item::Entity::find_by_id(row_id(item)).one(&world.app.db).await.unwrap().unwrap();
    let moved = stock_movement::Entity::find().filter(stock_movement::Column::StockItemId.eq(row.id));
    let moved = moved.all(&world.app.db).await.unwrap();
    let sum = moved.iter().map(|movement| movement.change_thousandths).sum();
    (row.count_thousandths, sum, moved.iter().any(|movement| movement.count_thousandths < 0))
}

on_both! {
    async fn materials_are_received_used_on_an_order_returned_and_counted(world) {
        let valve = kept(&world, "W01", "2").await;
        let twice = json!({ "teamId": world.id("Team", "plumbers"), "code": "W01", "name": "阀芯", "unit": "个", "minimum": "0" });
        assert_eq!(told(&world.try_to("leader", "createStockItem", twice).await), ("TAKEN", "code"));
        assert_eq!(received(&world, &valve, "3.5").await["count"], "3.5");
        let order = at_work(&world).await;
        let used = world.on_order("technician", "useMaterials", &order, material(&valve, "1.125")).await;
        assert!(used["workOrder"]["allowedActions"].to_string().contains("RECORD_MATERIALS"));
        let back = world.try_on_order("technician", "returnMaterials", &order, material(&valve, "1.126")).await;
        assert_eq!((told(&back), needed(&back)), (("MISSING", "materials"), vec!["USED_MATERIALS"]), "no more than was used");
        world.pass(TimeDelta::seconds(1));
        world.on_order("technician", "returnMaterials", &order, material(&valve, "0.125")).await;
        let beyond = world.try_on_order("technician", "useMaterials", &order, material(&valve, "2.501")).await;
        assert_eq!(needed(&beyond), ["ENOUGH_IN_STOCK"]);
        let seen = stock(&world, "technician", "").await["nodes"][0].clone();
        assert_eq!((&seen["count"], &seen["low"]), (&json!("2.5"), &json!(false)));
        assert_eq!(seen["consumption"], json!({ "month": "2026-03", "used": "1.125", "returned": "0.125", "consumed": "1", "orders": 1 }));
        let document = "query($o: ID!) { workOrder(id: $o) { stockMovements { kind change count recordedBy stockItem { code } workOrder { id } } } }";
        let on_order = world.ask("head", document, json!({ "o": order })).await["workOrder"]["stockMovements"].clone();
        assert_eq!(on_order[0], json!({ "kind": "USED", "change": "-1.125", "count": "2.375", "recordedBy": "technician", "stockItem": { "code": "W01" }, "workOrder": { "id": order } }));
        assert_eq!((&on_order[1]["kind"], &on_order[1]["change"]), (&json!("RETURNED"), &json!("0.125")));
        assert_eq!(world.ask("owner", document, json!({ "o": order })).await["workOrder"]["stockMovements"], json!([]), "among us");
        let stale = json!({ "stockItemId": valve, "expectedVersion": 2, "counted": "2", "reason": "盘点" });
        assert_eq!(refusal(&world.try_to("leader", "countStock", stale).await), "STALE", "it moved since: count again");
        world.pass(TimeDelta::seconds(1));
        let counted = json!({ "stockItemId": valve, "expectedVersion": seen["version"], "counted": "2", "reason": "盘点少半个" });
        assert_eq!(world.act("leader", "countStock", counted).await["stockItem"]["count"], "2");
        let document = "query($i: ID!) { stockMovements(stockItemId: $i, page: { first: 2 }) { nodes { kind change note } pageInfo { hasNextPage } } }";
        let newest = world.ask("technician", document, json!({ "i": valve })).await["stockMovements"].clone();
        assert_eq!(newest["nodes"][0], json!({ "kind": "CORRECTED", "change": "-0.5", "note": "盘点少半个" }));
        assert_eq!(newest["pageInfo"]["hasNextPage"], true);
        assert_eq!(count_and_sum(&world, &valve).await, (2_000, 2_000, false));
    }

    async fn a_material_of_the_price_list_bears_its_code_and_only_those_who_lead_the_team_keep_its_stock(world) {
        let list = json!({ "siteId": world.id("Site", "site"), "from": "2026-03-02", "items": [
            { "code": "W01", "kind": "MATERIAL", "name": "陶瓷阀芯", "unit": "个", "unitPrice": "35.50" },
            { "code": "V01", "kind": "VISIT", "name": "上门费", "unit": "次", "unitPrice": "30.00" } ] });
        let items = world.act("office head", "publishPriceList", list).await["priceList"]["items"].clone();
        let of = |item: &Value| json!({ "teamId": world.id("Team", "plumbers"), "priceItemId": item["id"], "minimum": "1" });
        assert_eq!(told(&world.try_to("leader", "createStockItem", of(&items[1])).await), ("NOT_FOUND", "priceItemId"), "a visit is no material");
        let made = world.act("head", "createStockItem", of(&items[0])).await["stockItem"].clone();
        assert_eq!((&made["code"], &made["name"], &made["unit"], &made["count"], &made["low"]), (&json!("W01"), &json!("陶瓷阀芯"), &json!("个"), &json!("0"), &json!(true)));
        for who in ["environment head", "stranger office head"] {
            assert_eq!(told(&world.try_to(who, "receiveStock", json!({ "stockItemId": made["id"], "quantity": "1" })).await), ("NOT_FOUND", "stockItemId"), "{who}");
            assert_eq!(stock(&world, who, "").await, Value::Null, "{who}");
        }
        assert_eq!(stock(&world, "electrician", "").await, Value::Null, "another team's");
        for (field, quantity) in [("receiveStock", "0"), ("receiveStock", "1.0001"), ("receiveStock", "-1")] {
            assert_eq!(told(&world.try_to("leader", field, json!({ "stockItemId": made["id"], "quantity": quantity })).await), ("INVALID", "quantity"));
        }
        received(&world, made["id"].as_str().unwrap(), "1").await;
        let retire = |version: i32| json!({ "stockItemId": made["id"], "expectedVersion": version });
        assert_eq!(needed(&world.try_to("leader", "retireStockItem", retire(2)).await), ["EMPTY_STOCK"]);
        let minimum = json!({ "stockItemId": made["id"], "expectedVersion": 2, "minimum": "2.5", "name": "陶瓷阀芯 4 分" });
        assert_eq!(world.act("leader", "changeStockItem", minimum).await["stockItem"]["low"], true);
        assert_eq!(stock(&world, "leader", ", lowOnly: true").await["nodes"].as_array().unwrap().len(), 1);
        world.act("leader", "countStock", json!({ "stockItemId": made["id"], "expectedVersion": 3, "counted": "0", "reason": "全部领走" })).await;
        world.act("leader", "retireStockItem", retire(4)).await;
        assert_eq!(stock(&world, "leader", "").await["nodes"], json!([]));
        assert_eq!(refusal(&world.try_to("leader", "receiveStock", json!({ "stockItemId": made["id"], "quantity": "1" })).await), "RETIRED");
    }

    async fn the_leader_hears_once_that_a_material_runs_low(world) {
        let valve = kept(&world, "W01", "3").await;
        received(&world, &valve, "4").await;
        let order = at_work(&world).await;
        for _ in 0..3 {
            world.on_order("technician", "useMaterials", &order, material(&valve, "1")).await;
        }
        let notices = world.ask("leader", "{ notices(page: { first: 100 }) { kind text } }", json!({})).await["notices"].clone();
        let low: Vec<_> = notices.as_array().unwrap().iter().filter(|notice| notice["kind"] == "STOCK_LOW").collect();
        assert_eq!(low.len(), 1, "not with every piece: {notices}");
        assert!(low[0]["text"].as_str().unwrap().contains("阀芯 2 个"), "{low:?}");
        let theirs = world.ask("owner", "{ notices(page: { first: 100 }) { kind } }", json!({})).await["notices"].to_string();
        assert!(!theirs.contains("STOCK_LOW") && !theirs.contains("MATERIALS_USED"));
    }

    async fn what_is_taken_at_once_by_many_is_never_more_than_there_is(world) {
        let valve = kept(&world, "W01", "0").await;
        received(&world, &valve, "7").await;
        let mut orders = Vec::new();
        for _ in 0..20 {
            orders.push(at_work(&world).await);
        }
        let tries = join_all(orders.iter().map(|order| Box::pin(world.try_on_order("technician", "useMaterials", order, material(&valve, "1"))))).await;
        let done = tries.iter().filter(|payload| payload["errors"] == json!([])).count();
        assert_eq!(done, 7);
        assert!(tries.iter().filter(|payload| payload["errors"] != json!([])).all(|payload| needed(payload) == ["ENOUGH_IN_STOCK"]));
        assert_eq!(count_and_sum(&world, &valve).await, (0, 0, false));
    }

    async fn whatever_happens_the_count_is_the_sum_of_the_movements(world) {
        let seed = 20_261_126;
        let mut dice = StdRng::seed_from_u64(seed);
        let items = [kept(&world, "W01", "5").await, kept(&world, "W02", "0").await];
        let orders = [at_work(&world).await, at_work(&world).await];
        let mut expected: HashMap<&str, i64> = items.iter().map(|item| (item.as_str(), 0)).collect();
        let mut used: HashMap<(&str, &str), i64> = HashMap::new();
        let mut done = 0;
        for step in 0..120 {
            let (item, order) = (&items[dice.random_range(0..2)], &orders[dice.random_range(0..2)]);
            let size = dice.random_range(1..6_000_i64);
            let quantity = Quantity::from_thousandths(size).to_string();
            let count = expected[item.as_str()];
            let spent = used.entry((item, order)).or_default();
            let (payload, change) = match dice.random_range(0..5) {
                0 | 1 => (world.try_to("leader", "receiveStock", json!({ "stockItemId": item, "quantity": quantity })).await, Some(size)),
                2 => (world.try_on_order("technician", "useMaterials", order, material(item, &quantity)).await, (size <= count).then_some(-size)),
                3 => (world.try_on_order("technician", "returnMaterials", order, material(item, &quantity)).await, (size <= *spent).then_some(size)),
                _ => {
                    let row = stock_item::Entity::find_by_id(row_id(item)).one(&world.app.db).await.unwrap().unwrap();
                    let input = json!({ "stockItemId": item, "expectedVersion": row.version, "counted": quantity, "reason": "盘点" });
                    (world.try_to("leader", "countStock", input).await, Some(size - count))
                }
            };
            assert_eq!(payload["errors"] == json!([]), change.is_some(), "step {step} of seed {seed}: {payload}");
            if payload["workOrder"].is_object() {
                *spent -= change.unwrap_or_default();
            }
            *expected.get_mut(item.as_str()).unwrap() += change.unwrap_or_default();
            done += usize::from(change.is_some());
            let (now, sum, below) = count_and_sum(&world, item).await;
            assert_eq!((now, sum, below), (expected[item.as_str()], expected[item.as_str()], false), "step {step} of seed {seed}");
        }
        assert!(done > 60, "most steps move something: {done}");
    }
}
